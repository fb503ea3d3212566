import Evidence
import Foundation
import Store
import Testing

@Suite("Store: signing keys") struct KeyTests {
  let folder: TemporaryFolder
  let store: Store

  init() throws {
    folder = try TemporaryFolder()
    store = try Store.open(folder.store)
  }

  private func path(_ name: String) -> String { folder.store.path + "/keys/\(name).key" }

  @Test("a key is read back, private, and signs so that both algorithms hold") func roundTrip() throws {
    let made = try store.createKey(named: "bank", role: .owner)
    #expect(try permissions(folder.store.path + "/keys") == 0o700 && permissions(path("bank")) == 0o600)
    let key = try Store.open(folder.store).key(named: "bank", role: .owner)
    #expect(key.publicKey == made.publicKey && key.role == .owner && key.created == made.created)
    let document = SignedDocument(type: "application/x-test", payload: [1, 2, 3])
    let signature = try key.signature(of: document)
    try made.publicKey.check(signature, of: document)
    #expect(throws: SignatureError.invalid(.ed25519)) {
      try key.publicKey.check(signature, of: SignedDocument(type: "application/x-test", payload: [1, 2, 4]))
    }
    #expect(throws: SignatureError.invalid(.ed25519)) {
      try key.publicKey.check(signature, of: SignedDocument(type: "application/x-tesu", payload: [1, 2, 3]))
    }
    let text = String(decoding: try Data(contentsOf: URL(fileURLWithPath: path("bank"))), as: UTF8.self)
    let seed = try #require(text.firstMatch(of: /ed25519Seed":"([0-9a-f]{64})"/)).1
    for shown in ["\(key)", String(reflecting: key), String(decoding: key.publicFile.json.canonicalBytes, as: UTF8.self)] {
      #expect(!shown.contains(seed))
    }
    var dumped = ""
    dump(key, to: &dumped)
    #expect(!dumped.contains(seed) && dumped.contains(key.publicKey.fingerprint))
  }

  @Test("names are taken once, keys are for one role") func names() throws {
    _ = try store.createKey(named: "bank", role: .owner)
    _ = try store.createKey(named: "acme", role: .provider)
    #expect(try store.keyNames() == ["acme", "bank"])
    #expect(code { _ = try store.createKey(named: "Bank", role: .owner) } == "store.key-exists")
    #expect(code { _ = try store.key(named: "nobody") } == "store.unknown-key")
    #expect(code { _ = try store.key(named: "../secrets/x") } == "store.unknown-key")
    #expect(code { _ = try store.key(named: "bank", role: .provider) } == "store.key-role")
    for name in ["", "../x", "a/b", ".hidden", "a b"] {
      #expect(code { _ = try store.createKey(named: name, role: .log) } == "store.invalid-argument")
    }
  }

  @Test("damaged and open key files are refused") func damaged() throws {
    _ = try store.createKey(named: "bank", role: .owner)
    let good = try Data(contentsOf: URL(fileURLWithPath: path("bank")))
    let other = try store.createKey(named: "other", role: .owner)
    #expect(other.name == "other")
    func expect(_ wanted: String, _ bytes: Data) throws {
      try bytes.write(to: URL(fileURLWithPath: path("bank")))
      chmod(path("bank"), 0o600)
      #expect(code { _ = try store.key(named: "bank") } == wanted)
    }
    for count in stride(from: 0, to: good.count, by: 13) { try expect("store.key-file", good.prefix(count)) }
    let text = String(decoding: good, as: UTF8.self)
    for (from, to) in [
      ("\"owner\"", "\"king\""), ("\"name\":\"bank\"", "\"name\":\"bonk\""), ("\"formatVersion\":1", "\"formatVersion\":2"), ("{", "{ "),
      ("{", "{\"a\":1,"),
    ] {
      try expect("store.key-file", Data(text.replacingOccurrences(of: from, with: to).utf8))
    }
    // A flipped digit of a seed makes another key than the fingerprint's.
    let at = try #require(text.range(of: "mlDSA65Seed\":\"")).upperBound
    let digit = text[at] == "0" ? "1" : "0"
    try expect("store.key-file", Data(text.replacingCharacters(in: at...at, with: digit).utf8))
    try expect("store.key-file", Data(repeating: 0x20, count: 5_000))
    try good.write(to: URL(fileURLWithPath: path("bank")))
    chmod(path("bank"), 0o640)
    #expect(code { _ = try store.key(named: "bank") } == "store.permissions-too-open")
    try FileManager.default.removeItem(atPath: path("bank"))
    symlink(path("other"), path("bank"))
    #expect(code { _ = try store.key(named: "bank") } == "store.key-file")
  }
}

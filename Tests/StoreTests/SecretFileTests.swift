import Foundation
import Store
import Testing

@Suite("Store: secret files")
struct SecretFileTests {
  /// The store, its one artefact and the path of its secret file.
  private func saved(_ folder: TemporaryFolder) throws -> (store: Store, artefact: StoredArtefact, path: String) {
    let store = try Store.open(folder.store)
    let artefact = try Fixture.save(store)
    let secrets = folder.store.path + "/secrets/"
    let name = try #require(try FileManager.default.contentsOfDirectory(atPath: secrets).first)
    return (store, artefact, secrets + name)
  }

  private func fault(_ store: Store, _ artefact: StoredArtefact) throws -> SecretFileFault? {
    do {
      _ = try store.secret(of: artefact)
      return nil
    } catch {
      guard case .secretFile(_, let fault) = error.reason else { throw error }
      return fault
    }
  }

  @Test("every changed byte, every truncation and every extension is refused with its fault")
  func damaged() throws {
    let folder = try TemporaryFolder()
    let (store, artefact, path) = try saved(folder)
    let good = try #require(FileManager.default.contents(atPath: path))
    #expect(good.count == 24 + 96 + 40 + 32)
    func write(_ data: Data) throws {
      try data.write(to: URL(fileURLWithPath: path))
      try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
    }
    for index in good.indices {
      for change: UInt8 in [0x01, 0x80, 0xff] {
        var bad = good
        bad[index] ^= change
        try write(bad)
        let found = try fault(store, artefact)
        switch index {
        case 0..<8: #expect(found == .wrongMagic)
        case 8..<12: #expect(found != nil && found != .checksum)
        case 12..<24: #expect(found != nil)
        default: #expect(found == .checksum)
        }
      }
    }
    for length in 0..<good.count {
      try write(good.prefix(length))
      guard case .truncated(_, let found) = try fault(store, artefact) else {
        Issue.record("a file cut to \(length) bytes was not refused as cut off")
        continue
      }
      #expect(found == UInt64(length))
    }
    try write(good + [0])
    #expect(try fault(store, artefact) == .trailingBytes(expected: UInt64(good.count), found: UInt64(good.count + 1)))
    var header = good
    header.replaceSubrange(12..<24, with: [0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0])
    try write(header)
    #expect(try fault(store, artefact) == .invalidHeader)
    header.replaceSubrange(12..<24, with: [64, 0, 0, 0] + [UInt8](repeating: 0xff, count: 8))
    try write(header)
    #expect(try fault(store, artefact) == .invalidHeader)
    try write(good)
    #expect(try fault(store, artefact) == nil)
  }

  @Test("another secret's file, a link, a pipe, a directory, a readable file and no file are refused")
  func strangers() throws {
    let folder = try TemporaryFolder()
    let (store, artefact, path) = try saved(folder)
    let other = try TemporaryFolder()
    _ = try Fixture.save(try Store.open(other.store), seed: 9)
    let foreignSecrets = other.store.path + "/secrets/"
    let foreign = foreignSecrets + (try #require(try FileManager.default.contentsOfDirectory(atPath: foreignSecrets).first))

    chmod(path, 0o640)
    #expect(code { _ = try store.secret(of: artefact) } == "store.permissions-too-open")
    try FileManager.default.removeItem(atPath: path)
    #expect(try fault(store, artefact) == .missing)
    try FileManager.default.copyItem(atPath: foreign, toPath: path)
    chmod(path, 0o600)
    #expect(try fault(store, artefact) == .notTheRecordedSecret)
    #expect(code { try store.checkIntegrity() } == "store.secret-file")
    try FileManager.default.removeItem(atPath: path)
    try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: foreign)
    #expect(try fault(store, artefact) == .notARegularFile)
    try FileManager.default.removeItem(atPath: path)
    #expect(mkfifo(path, 0o600) == 0)
    #expect(try fault(store, artefact) == .notARegularFile)
    try FileManager.default.removeItem(atPath: path)
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    #expect(try fault(store, artefact) == .notARegularFile)
  }

  @Test("a payload of 3 MB and one without values survive")
  func sizes() throws {
    let folder = try TemporaryFolder()
    let store = try Store.open(folder.store)
    for (seed, count) in [(UInt8(1), 400_001), (2, 0)] {
      let payload = try Fixture.payload(seed, count: count)
      let artefact = try store.saveArtefact(try Fixture.new("a\(seed)"), secret: payload)
      #expect(try store.secret(of: artefact) == payload)
    }
    try store.checkIntegrity()
  }

  @Test("nothing printed contains a secret")
  func redaction() throws {
    let payload = try SecretPayload(
      valueWidth: 8, values: [UInt8](repeating: 222, count: 8), tailSeed: [UInt8](repeating: 213, count: 32),
      saltSeed: [UInt8](repeating: 214, count: 32), masterSecret: [UInt8](repeating: 215, count: 32))
    var dumped = ""
    dump(payload, to: &dumped)
    for text in ["\(payload)", String(reflecting: payload), String(describing: [payload]), dumped] {
      for number in ["222", "213", "214", "215", "dedede"] { #expect(!text.contains(number)) }
    }
    for (width, values, seed) in [(0, 0, 32), (65, 65, 32), (8, 7, 32), (8, 8, 31)] {
      #expect(
        code {
          _ = try SecretPayload(
            valueWidth: width, values: [UInt8](repeating: 0, count: values), tailSeed: [UInt8](repeating: 0, count: seed),
            saltSeed: [UInt8](repeating: 0, count: 32), masterSecret: [UInt8](repeating: 0, count: 32))
        } == "store.invalid-argument")
    }
  }
}

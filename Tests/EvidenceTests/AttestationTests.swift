import Evidence
import Hashing
import Testing

@Suite("claims.jsonl") struct AttestationTests {
  private let provider: TestSigner
  private let bundle: EvidenceBundle

  init() throws {
    provider = try TestSigner("provider", .provider)
    bundle = try ExampleBundle.credit.draft().bundle(signedBy: provider)
  }

  private func replaced(_ bytes: [UInt8]) throws -> EvidenceBundle {
    var manifest = bundle.manifest
    manifest.attestations = SHA256.hash(bytes).hex
    manifest.signatures = []
    try manifest.sign(with: provider)
    return try EvidenceBundle(files: bundle.files.merging(["claims.jsonl": bytes, "manifest.json": manifest.json.canonicalBytes]) { $1 })
  }

  private var lines: [[UInt8]] { get throws { try #require(bundle.files["claims.jsonl"]).split(separator: 0x0a).map(Array.init) } }

  @Test("one in-toto Statement v1 a claim, with its subjects by commitment") func content() throws {
    let lines = try lines
    #expect(lines.count == bundle.manifest.claims.count && rejection(bundle) == nil)
    let envelope = try JSONNode(try JSONParser.parse(lines[3])).fields(["payloadType", "payload", "signatures"])
    #expect(try envelope.node("payloadType").string() == "application/vnd.in-toto+json")
    let keys = try envelope.node("signatures").elements().map { try $0.fields(["keyid", "sig"]).node("keyid").string() }
    #expect(keys == ["\(provider.publicKey.fingerprint)/ed25519", "\(provider.publicKey.fingerprint)/ml-dsa-65"])
    let payload = try #require(bundle.attestations?[3].payload)
    let statement = try JSONNode(try JSONParser.parse(payload)).fields(["_type", "subject", "predicateType", "predicate"])
    #expect(try statement.node("_type").string() == "https://in-toto.io/Statement/v1")
    #expect(try statement.node("predicateType").string() == "urn:zkmlops:claim:v1")
    let subjects = try statement.node("subject").elements().map { try $0.fields(["name", "digest"]).node("name").string() }
    #expect(subjects == ["predictions", "model"] && bundle.manifest.claims[3].name == "inference")
    let predicate = try statement.node("predicate").fields(["claim", "claimType", "statement", "reveals", "claimFile", "proof"])
    #expect(try predicate.node("claim").string() == "inference")
    #expect(try predicate.node("statement").value == bundle.claims["inference"]?.statement)
  }

  @Test("lines out of order, changed, missing, added, or signed apart are refused") func altered() throws {
    let lines = try lines
    func joined(_ lines: [[UInt8]]) -> [UInt8] { lines.flatMap { $0 + [0x0a] } }
    #expect(rejection(try replaced(joined(lines))) == nil)
    guard case .attestation? = rejection(try replaced(joined([lines[1], lines[0]] + lines[2...]))) else {
      Issue.record("swapped lines")
      return
    }
    for bytes in [joined(lines.dropLast()), joined(lines + [lines[0]]), joined(lines) + [0x0a], joined(lines).dropLast(), []] as [[UInt8]] {
      #expect(throws: BundleError.self) { try replaced(bytes) }
    }
    // Signed by a provider that did not sign the manifest, or one line unsigned.
    let stranger = try TestSigner("stranger", .provider)
    let payloads = try #require(bundle.attestations).map(\.payload)
    let foreign = ClaimEnvelope.fileBytes(try payloads.map { try ClaimEnvelope(payload: $0, signer: stranger) })
    guard case .attestation? = rejection(try replaced(foreign)) else {
      Issue.record("foreign signer")
      return
    }
    let mixed = ClaimEnvelope.fileBytes(
      try payloads.enumerated().map { try ClaimEnvelope(payload: $1, signer: $0 == 2 ? nil : provider) })
    guard case .attestation? = rejection(try replaced(mixed)) else {
      Issue.record("one line unsigned")
      return
    }
    // Payloads that say something else, properly signed.
    let other = ClaimEnvelope.fileBytes(
      try payloads.map { try ClaimEnvelope(payload: Array(String(decoding: $0, as: UTF8.self).replacing("226", with: "227").utf8), signer: provider) }
    )
    guard case .attestation(claim: "accuracy", _)? = rejection(try replaced(other)) else {
      Issue.record("another count")
      return
    }
  }

  @Test("hostile lines end in an error") func hostile() throws {
    let line = try lines[0]
    let text = String(decoding: line, as: UTF8.self)
    var cases: [[UInt8]] = [
      Array(text.replacing("\"payload\"", with: "\"payloads\"").utf8), Array(text.replacing("in-toto+json", with: "in-toto+jsom").utf8),
      Array(text.replacing("/ml-dsa-65", with: "/ml-dsa-87").utf8),
      Array(text.replacing("\"signatures\":[{", with: "\"signatures\":[{\"x\":1,").utf8),
      [0x20] + line, Array("[]".utf8), Array("{\"a\":".utf8), [0xff], [UInt8](repeating: 0x5b, count: 100_000),
    ]
    cases += stride(from: 0, to: line.count, by: 211).map { Array(line[..<$0]) }
    let rest: [UInt8] = try lines.dropFirst().flatMap { $0 + [0x0a] }
    for bytes in cases { #expect(throws: BundleError.self) { try replaced(bytes + [0x0a] + rest) } }
    let limits = BundleLimits(attestationsByteCount: 100)
    #expect(throws: BundleError.tooLarge(name: "claims.jsonl", limit: 100)) { try EvidenceBundle(files: bundle.files, limits: limits) }
  }

  @Test("written to a folder and to an archive, and read back") func files() throws {
    let directory = try TemporaryDirectory()
    try BundleWriter.write(bundle, to: directory.path + "/out")
    #expect(try BundleReader.read(directory.path + "/out").files == bundle.files)
    // Replaced by one without the file and the folder.
    try BundleWriter.write(try ExampleBundle.credit.bundle(), to: directory.path + "/out")
    #expect(try BundleReader.read(directory.path + "/out").attestations == nil)
    try BundleWriter.write(bundle, to: directory.path + "/out")
    try BundleWriter.writeArchive(bundle, to: directory.path + "/out.tar")
    #expect(try BundleReader.read(directory.path + "/out.tar").files == bundle.files)
    #expect(directory.names == ["out", "out.tar"])
  }
}

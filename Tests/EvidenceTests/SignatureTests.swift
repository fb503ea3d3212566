import Evidence
import Hashing
import Testing

@Suite("Signatures") struct SignatureTests {
  private let provider: TestSigner
  private let owner: TestSigner
  private let draft: BundleDraft

  init() throws {
    provider = try TestSigner("provider", .provider)
    owner = try TestSigner("owner", .owner)
    draft = try ExampleBundle.single.draft()
  }

  private func statement(_ signer: TestSigner, date: String = "2026-11-22T10:00:00Z", purpose: String = "audit") throws -> SignedDatasetStatement {
    let moment = try #require(Timestamp(date))
    let own = try #require(DatasetStatement(about: ExampleBundle.table("test"), name: "applicants", purpose: purpose, date: moment))
    return try SignedDatasetStatement(own, signer: signer)
  }

  @Test("DSSE's pre-authentication encoding, its own example") func encoding() {
    let document = SignedDocument(type: "http://example.com/HelloWorld", payload: Array("hello world".utf8))
    #expect(String(decoding: document.message, as: UTF8.self) == "DSSEv1 29 http://example.com/HelloWorld 11 hello world")
  }

  @Test("the fingerprint is the digest of both keys") func fingerprint() throws {
    let other = try TestSigner("other", .provider)
    let mixed = try PublicSigningKey(ed25519: provider.publicKey.ed25519, mlDSA65: other.publicKey.mlDSA65)
    #expect(Set([provider.publicKey.fingerprint, other.publicKey.fingerprint, mixed.fingerprint]).count == 3)
    let expected: CanonicalValue = ["ed25519": .bytes(provider.publicKey.ed25519), "ml-dsa-65": .bytes(provider.publicKey.mlDSA65)]
    #expect(provider.publicKey.fingerprint == expected.digest(tag: "zkmlops/signing-key/v1").hex)
    #expect(throws: SignatureError.malformed(.ed25519)) { try PublicSigningKey(ed25519: [1], mlDSA65: provider.publicKey.mlDSA65) }
    #expect(throws: SignatureError.malformed(.mlDSA65)) { try PublicSigningKey(ed25519: provider.publicKey.ed25519, mlDSA65: []) }
  }

  @Test("a signed bundle is read back and verified; its signers are known by the reader's list alone") func signed() throws {
    var draft = draft
    draft.add(try statement(owner), on: "test")
    let bundle = try EvidenceBundle(files: try draft.bundle(signedBy: provider).files)
    #expect(Set(bundle.files.keys).isSuperset(of: ["claims.jsonl", "signatures/\(bundle.manifest.statements[0].digest).json"]))
    let report = try verifyBundle(bundle, with: ExampleChecker())
    #expect(report.signers.map(\.role) == [.provider, .owner])
    #expect(report.signers[0].subject == .manifest(claims: true))
    #expect(report.signers.allSatisfy { report.name(of: $0) == nil })
    #expect(report.text.contains("provider: unknown") && report.text.contains(owner.publicKey.fingerprint) && report.text.contains("for: audit"))
    let trust = TrustedKeys(entries: [
      .init(fingerprint: provider.publicKey.fingerprint, name: "ACME", role: .provider),
      // Known, but not as an owner of data.
      .init(fingerprint: owner.publicKey.fingerprint, name: "City Bank", role: .auditor),
    ])
    let known = try verifyBundle(bundle, with: ExampleChecker(), trust: trust)
    #expect(known.signers.map(known.name) == ["ACME", nil])
    #expect(known.text.contains("ACME (trusted)") && known.text.contains("data owner: unknown"))
    let entries = try JSONNode(known.json).object()["signatures"]
    #expect(try JSONNode(entries ?? .null).elements().count == 2)
    #expect(HTMLReport.page(for: known).contains("ACME (trusted)"))
  }

  @Test("a bundle without signature is reported as unsigned") func unsigned() throws {
    let report = try verifyBundle(draft.bundle(signedBy: nil), with: ExampleChecker())
    #expect(report.signers.isEmpty && report.text.contains("Signed   no: the bundle is unsigned"))
    #expect(report.notEstablished[0].contains("no provider signed it"))
  }

  @Test("one valid algorithm of two is none", arguments: SignatureAlgorithm.allCases) func half(algorithm: SignatureAlgorithm) throws {
    let spoilt = try TestSigner("provider", .provider, spoilt: algorithm)
    let fingerprint = provider.publicKey.fingerprint
    #expect(
      rejection(try draft.bundle(signedBy: spoilt)) == .signature(document: "the manifest", fingerprint: fingerprint, .invalid(algorithm)))
    var draft = draft
    draft.add(try statement(try TestSigner("owner", .owner, spoilt: algorithm)), on: "test")
    #expect(
      rejection(try draft.bundle(signedBy: provider))
        == .signature(document: "the owner's statement on test", fingerprint: owner.publicKey.fingerprint, .invalid(algorithm)))
    // The manifest's signature is good, those of the claims are not.
    let honest = try self.draft.bundle(signedBy: provider)
    let lines = try honest.manifest.claims.map { _ in
      try ClaimEnvelope(payload: #require(honest.attestations?.first).payload, signer: spoilt)
    }
    var manifest = honest.manifest
    let bytes = ClaimEnvelope.fileBytes(lines)
    manifest.attestations = SHA256.hash(bytes).hex
    manifest.signatures = []
    try manifest.sign(with: provider)
    let files = honest.files.merging(["claims.jsonl": bytes, "manifest.json": manifest.json.canonicalBytes]) { $1 }
    #expect(
      rejection(try EvidenceBundle(files: files)) == .signature(document: "the attestation of w", fingerprint: fingerprint, .invalid(algorithm)))
  }

  /// A bundle whose manifest was changed after it was signed.
  private func altered(_ bundle: EvidenceBundle, _ change: (inout Manifest) throws -> Void) throws -> EvidenceBundle {
    var manifest = bundle.manifest
    try change(&manifest)
    return try EvidenceBundle(files: bundle.files.merging(["manifest.json": manifest.json.canonicalBytes]) { $1 })
  }

  @Test("a manifest changed after it was signed, or signed for another role or bundle, is rejected") func altered() throws {
    let bundle = try draft.bundle(signedBy: provider)
    let bad = VerificationError.signature(document: "the manifest", fingerprint: provider.publicKey.fingerprint, .invalid(.ed25519))
    #expect(rejection(try altered(bundle) { $0.created = try #require(Timestamp("2027-01-01T00:00:00Z")) }) == bad)
    #expect(rejection(try altered(bundle) { $0.previous = $0.bundleID }) == bad)
    #expect(rejection(try altered(bundle) { $0.artefacts[0].role = "trainingSet" }) == bad)
    let entry = bundle.manifest.signatures[0]
    let asAuditor = SignatureEntry(role: .auditor, key: entry.key, signature: entry.signature)
    #expect(rejection(try altered(bundle) { $0.signatures.append(asAuditor) }) == bad)
    var other = try ExampleBundle.single.draft()
    other.add(try statement(owner), on: "test")
    let signature = try other.bundle(signedBy: provider).manifest.signatures[0]
    #expect(rejection(try altered(bundle) { $0.signatures = [signature] }) == bad)
    // A countersignature leaves the identifier and the first signature as they are.
    let countersigned = try altered(bundle) { try $0.sign(with: try TestSigner("auditor", .auditor)) }
    #expect(countersigned.manifest.bundleID == bundle.manifest.bundleID)
    #expect(try verifyBundle(countersigned, with: ExampleChecker()).signers.map(\.role) == [.provider, .auditor])
  }

  @Test("signatures taken off, or replaced by another key's, do not fit the signed claims") func resigned() throws {
    let bundle = try draft.bundle(signedBy: provider)
    let stranger = try TestSigner("stranger", .provider)
    for change: (inout Manifest) throws -> Void in [
      { $0.signatures = [] },
      {
        $0.signatures = []
        try $0.sign(with: stranger)
      },
    ] {
      guard case .attestation(claim: "w", _)? = rejection(try altered(bundle, change)) else {
        Issue.record("accepted")
        continue
      }
    }
    // Made anew as a whole by another key it is another bundle, by a signer nobody knows.
    let whole = try draft.bundle(signedBy: stranger)
    let trust = TrustedKeys(entries: [.init(fingerprint: provider.publicKey.fingerprint, name: "ACME", role: .provider)])
    let report = try verifyBundle(whole, with: ExampleChecker(), trust: trust)
    #expect(report.bundleID != bundle.manifest.bundleID && report.signers.map(report.name) == [nil])
    #expect(BundleRequirements(signedBy: "ACME").outcomes(for: report).map(\.state) == [.notMet])
  }

  @Test("an owner's statement about other data, or changed afterwards, is rejected") func statements() throws {
    let good = try statement(owner)
    var wrongTable = good.statement
    wrongTable.identity = SHA256.hash([1]).hex
    var wrongRows = good.statement
    wrongRows.rowCount += 1
    var wrongSchema = good.statement
    wrongSchema.schema = SHA256.hash([2]).hex
    var wrongKey = good.statement
    wrongKey.keyColumns = []
    for changed in [wrongTable, wrongRows, wrongSchema, wrongKey] {
      var draft = draft
      draft.add(try SignedDatasetStatement(changed, signer: owner), on: "test")
      guard case .datasetStatement(artefact: "test", _)? = rejection(try draft.bundle(signedBy: nil)) else {
        Issue.record("accepted")
        continue
      }
    }
    // Purpose, date or name swapped under the same signature.
    for other in [try statement(owner, date: "2026-11-23T10:00:00Z"), try statement(owner, purpose: "marketing")] {
      var draft = draft
      draft.add(SignedDatasetStatement(statement: other.statement, signature: good.signature), on: "test")
      #expect(
        rejection(try draft.bundle(signedBy: nil))
          == .signature(document: "the owner's statement on test", fingerprint: owner.publicKey.fingerprint, .invalid(.ed25519)))
    }
  }

  @Test("files of statements are read strictly") func statementFiles() throws {
    let bytes = try statement(owner).fileBytes
    #expect(try SignedDatasetStatement(fileBytes: bytes, file: "f").fileBytes == bytes)
    for count in stride(from: 0, to: bytes.count, by: 97) {
      #expect(throws: BundleError.self) { try SignedDatasetStatement(fileBytes: Array(bytes[..<count]), file: "f") }
    }
    func changed(_ path: [String], _ value: JSONValue?) throws -> [UInt8] {
      func set(_ object: JSONObject, _ path: ArraySlice<String>) throws -> JSONObject {
        let key = try #require(path.first)
        guard path.count > 1 else { return object.setting(key, to: value) }
        return object.setting(key, to: .object(try set(try JSONNode(object[key] ?? .null).object(), path.dropFirst())))
      }
      return JSONValue.object(try set(try JSONNode(try JSONParser.parse(bytes)).object(), path[...])).canonicalBytes
    }
    let cases: [([String], JSONValue?)] = [
      (["formatVersion"], 2), (["extra"], 1), (["statement", "extra"], "x"), (["statement", "rows"], 0), (["statement", "rows"], "700"),
      (["statement", "date"], "2026-11-22"), (["statement", "purpose"], ""), (["statement", "purpose"], "a\u{202e}b"),
      (["statement", "purpose"], .string(String(repeating: "a", count: 501))), (["statement", "name"], "../x"), (["statement", "identity"], "ab"),
      (["statement", "keyColumns"], nil), (["signature", "role"], "provider"), (["signature", "role"], "king"),
      (["signature", "fingerprint"], .string(SHA256.hash([]).hex)), (["signature", "ed25519", "signature"], "AA=="),
      (["signature", "mlDSA65"], nil), (["signature", "ed25519", "publicKey"], .string(String(repeating: "A", count: 43) + "B")),
    ]
    for (path, value) in cases {
      #expect(throws: BundleError.self, "\(path)") { try SignedDatasetStatement(fileBytes: changed(path, value), file: "f") }
    }
    #expect(throws: BundleError.notCanonical(file: "f")) { try SignedDatasetStatement(fileBytes: bytes + [0x0a], file: "f") }
  }
}

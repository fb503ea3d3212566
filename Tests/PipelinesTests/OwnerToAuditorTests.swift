import Evidence
import Foundation
import Hashing
import Pipelines
import Store
import Testing

/// Three parties with stores in folders of their own: the owner of data, the provider, and an auditor who has files only.
@Suite("From the data owner to the auditor") struct OwnerToAuditorTests {
  let project: Project
  let folder: TemporaryFolder
  var ownerStore: String { folder.file("owner-store") }
  var providerStore: String { folder.file("provider-store") }
  let owner: PublicKeyFile
  let provider: PublicKeyFile

  init() throws {
    project = try Project()
    folder = project.folder
    owner = try KeyCare.create("bank", role: .owner, store: folder.file("owner-store"))
    provider = try KeyCare.create("acme", role: .provider, store: folder.file("provider-store"))
  }

  private var trust: TrustedKeys {
    TrustedKeys(entries: [
      .init(fingerprint: owner.key.fingerprint, name: "City Bank", role: .owner),
      .init(fingerprint: provider.key.fingerprint, name: "ACME", role: .provider),
    ])
  }

  /// The owner's commitment of the applicants.
  @discardableResult private func commit(openings: Int = 6) throws -> Commitments.Result {
    try Commitments.commit(
      data: folder.file("data.csv"), schema: folder.file("schema.yaml"), name: "applicants", openings: openings, store: ownerStore)
  }

  private func options(_ output: String, key: String? = "acme", previous: String? = nil) -> Pipeline.Options {
    Pipeline.Options(store: providerStore, output: folder.file(output), signing: BundleSigning(key: key, previous: previous))
  }

  @discardableResult private func prove(_ output: String, key: String? = "acme", previous: String? = nil) throws -> SingleProofs.Result {
    try folder.write(
      "version: 1\nclaims:\n  - {name: classes, type: classCounts, of: {artefact: bank-applicants, column: approved}}\n", to: "claims.yaml")
    return try SingleProofs.prove(files: [folder.file("claims.yaml")], options: options(output, key: key, previous: previous))
  }

  private func examine(_ output: String, _ trust: TrustedKeys) throws -> VerificationReport {
    try BundleVerifier.verify(try BundleReader.read(folder.file(output)), trust: trust)
  }

  @Test("the owner commits, signs and hands over; the provider receives, proves and signs; the auditor knows both") func wholeWay() throws {
    let commitment = try commit()
    let statement = try DatasetSigning.sign("applicants", key: "bank", purpose: "audit of the credit model", store: ownerStore)
    #expect(statement.signed.statement.identity == commitment.artefact.identity && statement.signed.statement.rowCount == 40)
    let given = try Handovers.give("applicants", to: folder.file("applicants.handover"), openings: 2, store: ownerStore)
    #expect(given.openingsLeft == commitment.price.openings - 2 && given.statementCount == 1)
    let received = try Handovers.receive(folder.file("applicants.handover"), as: "bank-applicants", store: providerStore, trust: trust)
    #expect(received.artefact.identity == commitment.artefact.identity && received.openings == 2)
    #expect(received.text.contains("City Bank (trusted)"))
    #expect(throws: StoreError.self) { try Handovers.receive(folder.file("applicants.handover"), as: "twice", store: providerStore) }

    try prove("first")
    let first = try examine("first", trust)
    #expect(first.signers.map(first.name) == ["ACME", "City Bank"])
    #expect(first.signers[0].subject == .manifest(claims: true))
    #expect(first.signers[1].subject == .dataset(artefact: "bank-applicants", statement.signed.statement))
    #expect(try examine("first", .none).signers.map(first.name) == ["ACME", "City Bank"])
    #expect(try examine("first", .none).text.contains("data owner: unknown"))
    try prove("second", previous: folder.file("first"))
    let second = try examine("second", trust)
    #expect(second.manifest.previous == first.bundleID)
    let predecessor = BundleRequirements(predecessor: .bundle(first.bundleID), signedBy: "ACME")
    #expect(predecessor.outcomes(for: second).map(\.state) == [.met, .met])
    #expect(predecessor.outcomes(for: first).map(\.state) == [.notMet, .met])
    // The share is used up; the owner's own is not.
    #expect(throws: StoreError.self) { try prove("third") }
    #expect(!FileManager.default.fileExists(atPath: folder.file("third")))
    let inspection = try StoreInspection(path: providerStore)
    #expect(inspection.handovers.count == 1 && inspection.text.contains("received") && inspection.artefacts[0].openings.left == 0)
    #expect(try StoreInspection(path: ownerStore).text.contains("given away"))
  }

  @Test("a run signs as its pipeline file or its command says") func run() throws {
    let store = project.store
    _ = try KeyCare.create("acme", role: .provider, store: store)
    _ = try KeyCare.create("bank", role: .owner, store: store)
    try folder.write(PipelineText(openings: 4, extra: "sign: acme").text, to: "pipeline.yaml")
    let result = try project.run()
    #expect(result.report.signers.map(\.role) == [.provider])
    #expect(try project.bundle().attestations?.count == result.report.claims.count)
    try folder.write(PipelineText(openings: 4, extra: "sign: nobody").text, to: "pipeline.yaml")
    #expect(throws: StoreError.self) { try project.run("none") }
    try folder.write(PipelineText(openings: 4, extra: "sign: bank").text, to: "pipeline.yaml")
    #expect(throws: StoreError.self) { try project.run("none") }
    #expect(!FileManager.default.fileExists(atPath: folder.file("none")))
    // Nothing was spent on what could not be signed.
    #expect(try StoreInspection(path: store).artefacts.allSatisfy { $0.openings.left >= 3 })
  }

  @Test("a run splits and prepares a received table, and its owner's statement is in the bundle") func receivedTable() throws {
    let commitment = try commit()
    let statement = try DatasetSigning.sign("applicants", key: "bank", purpose: "audit of the credit model", store: ownerStore)
    _ = try Handovers.give("applicants", to: folder.file("applicants.handover"), openings: 2, store: ownerStore)
    _ = try Handovers.receive(folder.file("applicants.handover"), as: "bank-applicants", store: providerStore, trust: trust)
    let text = PhaseText(extra: "statistics: auto").text.replacingOccurrences(
      of: "data: data.csv\nschema: schema.yaml", with: "raw: {artefact: bank-applicants}")
    try folder.write(text, to: "pipeline.yaml")
    let before = try StoreInspection(path: providerStore).artefacts.map(\.openings.left)
    let estimate = try Estimate.make(folder.file("pipeline.yaml"), store: providerStore, calibration: 0.01)
    #expect(try StoreInspection(path: providerStore).artefacts.map(\.openings.left) == before, "an estimate spends nothing")
    #expect(estimate.proofs.first?.openings.contains { $0.artefacts == ["raw"] } == true)
    let result = try Pipeline.run(folder.file("pipeline.yaml"), options: options("phase"))
    #expect(estimate.proofs.first?.openings.map(\.artefacts) == result.spendings.map(\.artefacts))
    let report = try examine("phase", trust)
    #expect(report.manifest.artefacts.first?.identity == commitment.artefact.identity && report.manifest.artefacts.first?.name == "raw")
    #expect(report.signers.map(report.name) == ["ACME", "City Bank"])
    #expect(report.signers.last?.subject == .dataset(artefact: "raw", statement.signed.statement))
    #expect(result.storedNames["raw"] == "bank-applicants")
    try folder.write(text.replacingOccurrences(of: "bank-applicants", with: "nobody"), to: "pipeline.yaml")
    #expect(throws: StoreError.self) { try Pipeline.run(folder.file("pipeline.yaml"), options: options("none")) }
  }

  @Test("only owners sign, only tables, only for a purpose") func signing() throws {
    try commit()
    _ = try KeyCare.create("acme", role: .provider, store: ownerStore)
    #expect(throws: StoreError.self) { try DatasetSigning.sign("applicants", key: "acme", purpose: "x", store: ownerStore) }
    #expect(throws: StoreError.self) { try DatasetSigning.sign("nothing", key: "bank", purpose: "x", store: ownerStore) }
    for purpose in ["", "a\nb", String(repeating: "a", count: 501)] {
      #expect(throws: PipelineError.self) { try DatasetSigning.sign("applicants", key: "bank", purpose: purpose, store: ownerStore) }
    }
  }

  @Test("a bundle that is signed again, or whose statement is exchanged, is not what the auditor asked for") func dishonest() throws {
    try commit()
    _ = try DatasetSigning.sign("applicants", key: "bank", purpose: "audit", store: ownerStore)
    _ = try Handovers.give("applicants", to: folder.file("a.handover"), openings: 2, store: ownerStore)
    _ = try Handovers.receive(folder.file("a.handover"), as: "bank-applicants", store: providerStore)
    _ = try KeyCare.create("other", role: .provider, store: providerStore)
    try prove("honest")
    try prove("resigned", key: "other")
    let resigned = try examine("resigned", trust)
    #expect(resigned.signers.map(resigned.name) == [nil, "City Bank"])
    #expect(BundleRequirements(signedBy: "ACME").outcomes(for: resigned).map(\.state) == [.notMet])
    // One bundle's manifest signature in the other; a flipped bit of each signature; none.
    let bundle = try BundleReader.read(folder.file("honest"))
    func rejected(_ change: (inout Manifest) throws -> Void) throws -> Bool {
      var manifest = bundle.manifest
      try change(&manifest)
      let changed = try EvidenceBundle(files: bundle.files.merging(["manifest.json": manifest.json.canonicalBytes]) { $1 })
      do {
        _ = try BundleVerifier.verify(changed)
        return false
      } catch { return true }
    }
    #expect(try rejected { $0.signatures = try BundleReader.read(folder.file("resigned")).manifest.signatures })
    #expect(try rejected { $0.signatures = [] })
    for algorithm in SignatureAlgorithm.allCases {
      #expect(
        try rejected { manifest in
          let entry = manifest.signatures[0]
          var (ed25519, mlDSA65) = (entry.signature.ed25519, entry.signature.mlDSA65)
          if algorithm == .ed25519 { ed25519[5] ^= 1 } else { mlDSA65[500] ^= 1 }
          manifest.signatures[0] = SignatureEntry(
            role: entry.role, key: entry.key, signature: try DualSignature(ed25519: ed25519, mlDSA65: mlDSA65))
        })
    }
    // A statement that the owner did not make is noticed by the signatures of the manifest; taken out altogether, too.
    #expect(throws: BundleError.self) { try rejected { $0.statements = [] } }
  }

  @Test("a handover with another row, another secret or another description is refused") func alteredHandover() throws {
    try commit()
    _ = try DatasetSigning.sign("applicants", key: "bank", purpose: "audit", store: ownerStore)
    _ = try Handovers.give("applicants", to: folder.file("a.handover"), openings: 1, store: ownerStore)
    let good = [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder.file("a.handover"))))
    func receive(_ change: (inout [UInt8]) -> Void) throws {
      var bytes = Array(good.dropLast(32))
      change(&bytes)
      try Data(bytes + SHA256.hash(bytes).bytes).write(to: URL(fileURLWithPath: folder.file("bad")))
      _ = try Handovers.receive(folder.file("bad"), store: providerStore)
    }
    let headerEnd = 16 + Int(good[12]) + Int(good[13]) << 8 + Int(good[14]) << 16
    func refused(_ change: (inout [UInt8]) -> Void) -> Bool {
      do {
        try receive(change)
        return false
      } catch let error as PipelineError { return error.problem == .foreignArtefact } catch { return false }
    }
    #expect(refused { $0[headerEnd] ^= 1 }, "seed")
    // The first value of the first row, and a value in the padding.
    #expect(refused { $0[headerEnd + 32] ^= 1 }, "row")
    #expect(refused { $0[$0.count - 8] ^= 1 }, "padding")
    #expect(refused { bytes in for index in bytes.count - 8..<bytes.count { bytes[index] = 0xff } }, "not an element")
    // The statement within the header: its purpose swapped for one of the same length.
    func replace(_ from: String, _ to: String) -> (inout [UInt8]) -> Void {
      { bytes in
        let header = String(decoding: bytes[16..<headerEnd], as: UTF8.self).replacingOccurrences(of: from, with: to)
        bytes.replaceSubrange(16..<headerEnd, with: Array(header.utf8))
      }
    }
    #expect(throws: VerificationError.self) { try receive(replace("audit", "trade")) }
    #expect(throws: (any Error).self) { try receive(replace("\\\"rows\\\":40", "\\\"rows\\\":41")) }
    #expect(try StoreInspection(path: providerStore).artefacts.isEmpty)
    try receive { _ in }
    #expect(try StoreInspection(path: providerStore).artefacts.map(\.record.name) == ["applicants"])
  }

  @Test("more openings than are left cannot be given away") func overShare() throws {
    let price = try commit().price
    #expect(throws: StoreError.self) { try Handovers.give("applicants", to: folder.file("x"), openings: price.openings + 1, store: ownerStore) }
    #expect(!FileManager.default.fileExists(atPath: folder.file("x")))
    let given = try Handovers.give("applicants", to: folder.file("x"), openings: price.openings, store: ownerStore)
    #expect(given.openingsLeft == 0)
    #expect(throws: StoreError.self) { try Handovers.give("applicants", to: folder.file("y"), openings: 1, store: ownerStore) }
  }
}

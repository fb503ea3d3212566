import Evidence
import Hashing
import Testing

@Suite("Verification of a bundle")
struct VerificationTests {
  private func refuses(_ error: VerificationError, _ change: (inout ExampleBundle) -> Void) throws {
    var example = ExampleBundle.credit
    change(&example)
    let bundle = try example.bundle()
    #expect(throws: error) { try verifyBundle(bundle, with: ExampleChecker()) }
  }

  @Test("an honest bundle is accepted, each proof checked once")
  func accepts() throws {
    let checker = ExampleChecker()
    let report = try verifyBundle(ExampleBundle.credit.bundle(), with: checker)
    #expect(checker.verifiedProofs == 2)
    #expect(report.claims.map(\.entry.name) == ["test-well-formed", "rest-well-formed", "training", "inference", "rows", "accuracy"])
    #expect(report.proofs.map(\.byteCount) == [37, 37] && report.proofByteCount == 74)
    #expect(report.duties == [.testing, .dataGovernance, .accuracy])
    #expect(report.notEstablished.count == 4)
  }

  @Test("a claim on an artefact without proved well-formedness is rejected")
  func wellFormedness() throws {
    try refuses(.wellFormednessMissing(claim: "rows", artefact: "test")) { $0.proofs[0].claims.removeFirst() }
    try refuses(.wellFormednessMissing(claim: "training", artefact: "model")) {
      $0.proofs[0].claims[1] = ExampleBundle.claim("rest-well-formed", "wellFormed", ["uses": ["predictions", "train"]])
    }
    // The name of a claim does not make it one of well-formedness, its type does.
    try refuses(.wellFormednessMissing(claim: "wellFormed", artefact: "test")) {
      $0.proofs[0].claims[0] = ExampleBundle.claim("wellFormed", "range", ["uses": ["test"]])
    }
  }

  @Test("an edge that no claim establishes is rejected")
  func edges() throws {
    let wrongEnd = ManifestEdge(.trainedOn, from: "model", to: "test")
    try refuses(.edgeNotEstablished(wrongEnd)) { $0.edges[2] = wrongEnd }
    let wrongKind = ManifestEdge(.fittedOn, from: "model", to: "train")
    try refuses(.edgeNotEstablished(wrongKind)) { $0.edges[2] = wrongKind }
    let backwards = ManifestEdge(.trainedOn, from: "train", to: "model")
    try refuses(.edgeNotEstablished(backwards)) { $0.edges = [backwards] }
  }

  @Test("an artefact whose identity is not its description's is rejected")
  func identities() throws {
    try refuses(.identity(artefact: "model")) { $0.artefacts[1].root = SHA256.hash([7]).hex }
    try refuses(.identity(artefact: "test")) { $0.artefacts[0].format = $0.artefacts[0].format.setting("rows", to: 701) }
    try refuses(.identity(artefact: "train")) { $0.artefacts[3].code.p += 1 }
    try refuses(.artefact("test", reason: "no such kind\u{1b}[2J")) { $0.artefacts[0].kind = "impossible" }
    #expect(!VerificationError.artefact("test", reason: "no such kind\u{1b}[2J").description.contains("\u{1b}"))
  }

  @Test("a claim must stay within its proof's artefacts and be well formed")
  func statements() throws {
    try refuses(.artefactOutsideProof(claim: "inference", artefact: "predictions")) { $0.proofs[1].artefacts.removeLast() }
    let example = ExampleBundle.credit
    let draft = try example.draft { claim, file in
      if claim.name == "rows" { file.statement = .object(["uses": ["test"], "bogus": 1]) }
    }
    #expect(throws: VerificationError.statement(claim: "rows", reason: "/bogus is not a field of this format")) {
      try verifyBundle(draft.bundle(), with: ExampleChecker())
    }
  }

  @Test("a reveals list that does not follow from the statement is rejected")
  func disclosures() throws {
    let changes: [(inout ClaimFile) -> Void] = [
      { $0.discloses.removeLast() }, { $0.discloses.append(Disclosure("x", .hidden)) }, { $0.discloses[0].extent = .exact },
      { $0.discloses[0].value = "7" }, { $0.discloses.swapAt(0, 1) }, { $0.discloses[0].field = "e\u{301}" },
    ]
    for change in changes {
      let draft = try ExampleBundle.credit.draft { if $0.name == "accuracy" { change(&$1) } }
      #expect(throws: VerificationError.disclosure(claim: "accuracy")) { try verifyBundle(draft.bundle(), with: ExampleChecker()) }
    }
  }

  @Test("a proof binds claims, artefacts and profile: another statement, order or profile is rejected")
  func proofs() throws {
    let honest = ExampleBundle.credit
    func swapped(_ change: (inout ExampleBundle) -> Void) throws -> EvidenceBundle {
      // The proofs of the honest bundle under the manifest of the changed one.
      var other = honest
      change(&other)
      let theirs = try honest.bundle()
      let ours = try other.bundle()
      var manifest = ours.manifest
      for index in manifest.proofs.indices { manifest.proofs[index].digest = theirs.manifest.proofs[index].digest }
      let digests = Dictionary(zip(ours.manifest.proofs, theirs.manifest.proofs).map { ($0.digest, $1.digest) }) { first, _ in first }
      for index in manifest.claims.indices { manifest.claims[index].proof = digests[manifest.claims[index].proof] ?? "" }
      var files = ours.files.filter { !$0.key.hasPrefix("proofs/") }
      files["manifest.json"] = manifest.json.canonicalBytes
      return try EvidenceBundle(files: files.merging(theirs.files.filter { $0.key.hasPrefix("proofs/") }) { $1 })
    }
    #expect(throws: Never.self) { try verifyBundle(swapped { _ in }, with: ExampleChecker()) }
    let changes: [(inout ExampleBundle) -> Void] = [
      { $0.proofs[1].claims.swapAt(0, 1) }, { $0.proofs[1].artefacts.swapAt(0, 1) }, { $0.profile = "P100" },
      { $0.proofs[1].claims[2] = ExampleBundle.claim("accuracy", "accuracy", ["uses": ["test", "predictions"], "rows": 300, "correct": 300]) },
      { $0.proofs[1].artefacts.append("train") },
    ]
    for change in changes {
      let bundle = try swapped(change)
      #expect {
        try verifyBundle(bundle, with: ExampleChecker())
      } throws: { error in
        guard case .proof(_, _, "digest mismatch") = error as? VerificationError else { return false }
        return true
      }
    }
  }

  @Test("every bit of every file changed is rejected, here and by the proof system")
  func flips() throws {
    let files = try ExampleBundle.credit.bundle().files
    for (name, bytes) in files where name != "manifest.json" {
      for index in bytes.indices {
        var changed = bytes
        changed[index] ^= 1 << UInt8(index % 8)
        #expect(throws: BundleError.digest(file: name)) { try EvidenceBundle(files: files.merging([name: changed]) { $1 }) }
      }
    }
  }

  @Test("the text has every part and escapes what comes from data")
  func text() throws {
    let text = try verifyBundle(ExampleBundle.credit.bundle(), with: ExampleChecker()).text
    #expect(text.hasPrefix("Evidence for a determination, not a determination.\n"))
    for part in [
      "Signed   no: the bundle is unsigned", "Verified 6 claims in 2 proofs", "6. accuracy (accuracy)", "Accuracy 75.33 %: 226 of n = 300 rows.",
      "95 % Wilson interval: 70.15 % to 79.88 %.", "Always answering the most frequent class: 70.00 % (210 of 300).", "number of test rows: 300",
      "Accuracy on other or future rows.", "predictions  is predicted by it [inference]", "128 bits",
      "Not established by this bundle", "actual bad\\u{202e}: 44 as good",
    ] {
      #expect(text.contains(part), "\(part)")
    }
    #expect(!text.lowercased().contains("compliant"))
    #expect(text.unicodeScalars.allSatisfy { $0 == "\n" || $0.value >= 0x20 && $0.properties.generalCategory != .format })
  }

  @Test("the JSON report is canonical JSON with the same content")
  func json() throws {
    let report = try verifyBundle(ExampleBundle.credit.bundle(), with: ExampleChecker())
    let parsed = try JSONParser.parse(report.json.canonicalBytes)
    #expect(parsed == report.json)
    let object = try JSONNode(parsed).object()
    #expect(object["verified"] == true && object["bundle"] == .string(report.bundleID) && object["signatures"] == [])
    let claims = try JSONNode(object["claims"] ?? .null).elements()
    let figures = try JSONNode(claims[5].object()["figures"] ?? .null).elements()
    #expect(try figures[0].object()["wilson95"] == ["0.701554", "0.798707"])
    #expect(try figures[0].object()["majorityCount"] == 210)
    #expect(try figures[1].object()["counts"] == [[180, 30], [44, 46]])
  }

  @Test("terminal escapes")
  func terminalText() {
    #expect(TerminalText.escaped("a\u{1b}[31mb\u{7}\r\n\u{9b}") == "a\\u{1b}[31mb\\u{7}\\u{d}\\u{a}\\u{9b}")
    let invisible = TerminalText.escaped("\u{202e}\u{2066}\u{200b}\u{feff}\u{2028}\u{e0041}\u{e000}")
    #expect(invisible == "\\u{202e}\\u{2066}\\u{200b}\\u{feff}\\u{2028}\\u{e0041}\\u{e000}")
    #expect(TerminalText.escaped("größe 年齢 😀 \\u{1b}") == "größe 年齢 😀 \\\\u{1b}")
    #expect(TerminalText.quoted(String(repeating: "x", count: 500)).count == 83)
  }
}

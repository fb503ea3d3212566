import Claims
import Evidence
import Fields
import Hashing
import Kernels
import ProofSystem
import Soundness
import TestSupport
import Testing

/// Proofs of version 1 as they were written go on verifying, whatever prover and compiler become.
@Suite("Golden proofs", .serialized) struct GoldenProofTests {
  /// Examples of the test profile: every claim type in the cubic extension, lookups in all three fields.
  static let examples: [(name: String, field: String, claims: SmallWorld.Claims, rows: Int)] = [
    ("five-claims-cubic", "cubic", .five, 10), ("table-cubic", "cubic", .table, 8), ("table-quadratic", "quadratic", .table, 8),
    ("table-bn254", "bn254", .table, 8),
  ]

  @Test("a stored proof verifies, and only its own bytes do", arguments: examples.map(\.name)) func proof(_ name: String) throws {
    let example = try #require(Self.examples.first { $0.name == name })
    switch example.field {
    case "cubic": try Self.check(GoldilocksCubic.self, example)
    case "quadratic": try Self.check(GoldilocksQuadratic.self, example)
    default: try Self.check(BN254Scalar.self, example)
    }
  }

  static func check<E: ToyField>(_: E.Type, _ example: (name: String, field: String, claims: SmallWorld.Claims, rows: Int)) throws {
    if GoldenFiles.isWriting { return try write(E.self, example) }
    let stored = try #require(try GoldenFiles.contents().proofs[example.name])
    let proof = try GoldenFiles.bytes(example.name + ".zkp")
    #expect(SHA256.hash(proof).hex == stored.proof)
    let identities = try stored.identities.mapValues { try #require(Digest(hex: $0)) }
    let claims = try #require(SmallWorld.Claims(rawValue: stored.claims))
    let statement = try SmallWorld().statement(
      claims, E.self, profile: E.toyProfile, rowLengths: .init(tables: stored.rows, model: stored.rows), identities: identities,
      correct: stored.correct
    ).statement
    #expect(SHA256.hash(statement.parameters.encoded).hex == stored.parameters)
    #expect(statement.relationDigest.hex == stored.relation)
    #expect(SHA256.hash(statement.treeDescription.encoded).hex == stored.trees)
    _ = try ProofVerifier.verify(statement, proof: proof)
    // The fields of the format cover the proof, and one byte in each of them counts.
    let fields = try ProofFields.of(proof, statement)
    #expect(fields.first?.range.lowerBound == 0 && fields.last?.range.upperBound == proof.count)
    #expect(zip(fields, fields.dropFirst()).allSatisfy { $0.range.upperBound == $1.range.lowerBound })
    for field in fields where field.index == 0 {
      var other = proof
      other[field.range.lowerBound + field.range.count / 2] ^= 1
      #expect(throws: ProofSystem.VerificationError.self, "\(field)") { _ = try ProofVerifier.verify(statement, proof: other) }
    }
  }

  private static func write<E: ToyField>(_: E.Type, _ example: (name: String, field: String, claims: SmallWorld.Claims, rows: Int)) throws {
    let lengths = SmallWorld.RowLengths(tables: example.rows, model: example.rows)
    let prover = try SmallWorldProver<E>(rowLengths: lengths)
    let proof = try prover.prove(example.claims, E.toyProfile)
    let statement = try prover.world.statement(
      example.claims, E.self, profile: E.toyProfile, rowLengths: lengths, identities: prover.identities, correct: prover.correct
    ).statement
    _ = try ProofVerifier.verify(statement, proof: proof)
    try GoldenFiles.write(proof, to: example.name + ".zkp")
    let used = prover.identities.filter { statement.artefacts.keys.contains($0.key) }
    try GoldenFiles.update {
      $0.proofs[example.name] = .init(
        claims: example.claims.rawValue, correct: prover.correct, rows: example.rows, identities: used.mapValues(\.hex),
        proof: SHA256.hash(proof).hex,
        parameters: SHA256.hash(statement.parameters.encoded).hex, relation: statement.relationDigest.hex,
        trees: SHA256.hash(statement.treeDescription.encoded).hex)
    }
    Issue.record("\(example.name) is written anew")
  }

  /// Parameters of the profiles that users have: query counts, level tables, shapes.
  @Test("parameters of public profiles are what they were") func parameters() throws {
    var found: [String: String] = [:]
    func add<E: ChallengeField>(_: E.Type, _ profile: SoundnessProfile, _ rows: SmallWorld.RowLengths) throws {
      let world = try SmallWorld()
      let identities = Dictionary(uniqueKeysWithValues: world.artefacts.map { ($0.name, SHA256.hash(Array($0.name.utf8))) })
      let statement = try world.statement(.five, E.self, profile: profile, rowLengths: rows, identities: identities, correct: 1).statement
      found["\(profile.name), 2^\(rows.tables) and 2^\(rows.model)"] = SHA256.hash(statement.parameters.encoded).hex
    }
    let prime = try SoundnessProfile(name: "P128 BN254", extensionDegree: 1, targetBits: 128)
    for rows in [SmallWorld.RowLengths(tables: 11, model: 11), .init(tables: 14, model: 12), .init(tables: 20, model: 11)] {
      try add(GoldilocksCubic.self, .p128, rows)
      try add(GoldilocksQuadratic.self, .p100, rows)
      try add(BN254Scalar.self, prime, rows)
    }
    if GoldenFiles.isWriting {
      try GoldenFiles.update { $0.parameters = found }
      Issue.record("parameters are written anew")
    } else {
      #expect(try GoldenFiles.contents().parameters == found)
    }
  }

  /// Archives of the command line's output: `run` on a table of 24 rows, and `prove` of one claim under the smaller profile; and claims about
  /// data as `DataClaimRefusalTests` proves them.
  @Test("a stored bundle verifies, by its own bytes alone", arguments: ["five-claims-p128", "table-p100", "data-claims-p128"]) func bundle(
    _ name: String
  ) throws {
    let bundle = try EvidenceBundle(files: try TarArchive.read(try GoldenFiles.bytes(name + ".tar")))
    let report = try BundleVerifier.verify(bundle)
    if GoldenFiles.isWriting {
      try GoldenFiles.update { $0.bundles[name] = report.bundleID }
      Issue.record("the identifier of \(name) is written anew")
      return
    }
    #expect(try GoldenFiles.contents().bundles[name] == report.bundleID)
    #expect(report.claims.count == ["table-p100": 1, "five-claims-p128": 5, "data-claims-p128": 31][name])
    #expect(report.proofs.allSatisfy { $0.summary.soundnessBits >= (name == "table-p100" ? 100 : 128) })
  }
}

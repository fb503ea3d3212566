import Fields
import Hashing
import Parallelism
import ProofSystem
import Prover
import TestSupport
import Testing

/// Honest proofs over random sizes are accepted, for every field; proofs are verified from their bytes alone.
@Suite("Completeness of the engine") struct CompletenessTests {
  static func innerProducts<E: ToyField>(_: E.Type, count: Int) throws {
    var random = ToyRandom(8)
    for seed in 0..<count {
      let secondM = [nil, 4, 5, 6][Int.random(in: 0..<4, using: &random)]
      let instance = try InnerInstances.make(
        E.self, seed: seed, m: Int.random(in: 4...6, using: &random), bits: Int.random(in: 1...7, using: &random), secondM: secondM)
      let proof = try instance.prove(seed: seed)
      let verified = try instance.verify(proof)
      #expect(verified.openedPositions.count == instance.statement.shapes.count)
    }
  }

  static func audits<E: ToyField>(_: E.Type, count: Int) throws {
    var random = ToyRandom(9)
    for seed in 0..<count {
      var q = LinearInstances.Parameters()
      q.n = Int.random(in: 1...9, using: &random)
      q.d = Int.random(in: 1...5, using: &random)
      q.c = Int.random(in: 1...3, using: &random)
      q.hb = 8
      let instance = try LinearInstances.make(E.self, seed: seed, parameters: q, twoShapes: seed % 2 == 1)
      try instance.verify(instance.prove(seed: seed))
    }
  }

  @Test("inner products over random shapes, cubic") func innerCubic() throws { try Self.innerProducts(GoldilocksCubic.self, count: 24) }
  @Test("inner products over random shapes, quadratic") func innerQuadratic() throws {
    try Self.innerProducts(GoldilocksQuadratic.self, count: 12)
  }
  @Test("inner products over random shapes, BN254") func innerPrime() throws { try Self.innerProducts(BN254Scalar.self, count: 12) }
  @Test("linear audits over random sizes, cubic") func auditCubic() throws { try Self.audits(GoldilocksCubic.self, count: 10) }
  @Test("linear audits over random sizes, quadratic") func auditQuadratic() throws { try Self.audits(GoldilocksQuadratic.self, count: 6) }
  @Test("linear audits over random sizes, BN254") func auditPrime() throws { try Self.audits(BN254Scalar.self, count: 6) }

  @Test("the pad matrix has one row or several") func padRows() throws {
    #expect(try InnerInstances.make(GoldilocksCubic.self, seed: 1, m: 6, bits: 2).statement.padRowCount == 1)
    let several = try LinearInstances.make(GoldilocksCubic.self, seed: 1, rowLengthBits: 6)
    #expect(several.statement.padRowCount > 2)
    try several.verify(several.prove())
  }

  @Test("a claimed count below the true one is accepted") func slack() throws {
    let instance = try LinearInstances.make(GoldilocksCubic.self, seed: 4, slack: 2)
    try instance.verify(instance.prove(seed: 4))
  }

  static func garbage<E: ToyField>(_: E.Type) throws {
    let tamper = LinearInstances.Tamper<E>(
      before: { witness in
        let q = witness.relation.parameters
        for k in q.d..<witness.paddedFeatures {
          for i in 0..<witness.paddedRows { witness["dataset", "X"][i * witness.paddedFeatures + k] = E.Base(99) }
          for j in 0..<witness.paddedOutputs { witness["model", "W"][k * witness.paddedOutputs + j] = E.Base(77) }
        }
        for i in q.n..<witness.paddedRows {
          for k in 0..<witness.paddedFeatures { witness["dataset", "X"][i * witness.paddedFeatures + k] = E.Base(98) }
          for j in 0..<witness.paddedOutputs { witness["dataset", "labels"][i * witness.paddedOutputs + j] = E.Base(55) }
        }
        for j in q.c..<witness.paddedOutputs {
          for i in 0..<witness.paddedRows { witness["dataset", "labels"][i * witness.paddedOutputs + j] = E.Base(54) }
          for k in 0..<witness.paddedFeatures { witness["model", "W"][k * witness.paddedOutputs + j] = E.Base(53) }
        }
      },
      after: { witness in
        let q = witness.relation.parameters
        for name in ["h", "rem", "y", "dec"] {
          for i in 0..<witness.paddedRows {
            for j in 0..<witness.paddedOutputs where i >= q.n || j >= q.c { witness["aux", name][i * witness.paddedOutputs + j] = E.Base(12345) }
          }
        }
      })
    var q = LinearInstances.Parameters()
    q.c = 3
    for twoShapes in [false, true] {
      let instance = try LinearInstances.make(E.self, seed: 21, parameters: q, twoShapes: twoShapes, tamper: tamper)
      try instance.verify(instance.prove())
    }
  }

  @Test("garbage in every padding cell changes nothing") func padding() throws {
    try Self.garbage(GoldilocksCubic.self)
    try Self.garbage(GoldilocksQuadratic.self)
    try Self.garbage(BN254Scalar.self)
  }

  @Test("one artefact in two roles: one identity, opened at the same positions, charged once") func twoRoles() throws {
    let instance = try InnerInstances.make(GoldilocksCubic.self, seed: 3, m: 5, bits: 4)
    let secret = try #require(instance.secrets["a"])
    let first = try #require(instance.statement.relation as? InnerProductRelation<GoldilocksCubic>)
    let a0 = secret.data.tensor("values")[0]
    let relation = InnerProductRelation<GoldilocksCubic>(bits: 4, log2RowLength: 5, shape: "S", total: first.total, second: ("S", 5, a0 + a0))
    var both = try instance.with(relation: relation, artefacts: ToyParts.references(["a": secret, "d": secret]))
    both.secrets["d"] = secret
    #expect(both.statement.artefacts["a"]?.identity == both.statement.artefacts["d"]?.identity)
    let ledger = LedgerSpy(capacity: secret.publicPart.shape.tailCount)
    let proof = try ProofSession<Production<GoldilocksCubic>>(both).prove(ledger: ledger)
    let verified = try both.verify(proof)
    #expect(ledger.log == [.reserved(both.statement.queryCounts[0]), .charged(verified.openedPositions[0])])
  }
}

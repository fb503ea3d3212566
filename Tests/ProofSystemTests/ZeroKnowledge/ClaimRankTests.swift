import Fields
import ProofSystem
import Prover
import TestSupport
import Testing

/// The rank test, the two-witness test and the simulator on compiled claims: lookups, a product, published values, shared trees.
@Suite("Zero knowledge of claims") struct ClaimRankTests {
  typealias E = GoldilocksCubic

  @Test("the instances are proved", arguments: ClaimInstances.Placement.allCases) func instances(_ placement: ClaimInstances.Placement) throws {
    let instance = try ClaimInstances.make(E.self, placement)
    try instance.verify(instance.prove())
    #expect(instance.relation.lookupDegree > 0 && !instance.statement.layout.products.isEmpty && !instance.statement.layout.secrets.isEmpty)
    // A false bit is rejected.
    let other = try ClaimInstances.make(E.self, placement, published: [1, 0])
    #expect(throws: VerificationError.checkFailed("ligerito.final_claim")) { try other.verify(other.prove()) }
  }

  /// Every message is in one of the two stages, or a function of them that the rank test's header lists.
  @Test("every label that is sent has its place in the test") func labels() throws {
    let later: Set<String> = ["shield.mu", "shield.a", "pads.mu", "merge.cross"]
    let challenges: Set<String> = [
      "rows.point", "product.columns", "product.round.r", "logup.fingerprint", "logup.lambda", "logup.round.r", "logup.mu", "sacrifice.rho",
      "rows.batch", "rows.round.r", "shield.epsilon", "pads.zeta", "pads.epsilon", "merge.epsilon",
    ]
    for placement in ClaimInstances.Placement.allCases {
      let view = try RankRun(instance: ClaimInstances.make(E.self, placement)).reveal()
      #expect(view.other.subtracting(later).subtracting(challenges).isEmpty, "\(view.other)")
    }
  }

  static func fullRank<F: ToyField>(_ field: F.Type, _ placement: ClaimInstances.Placement) throws {
    let deficits = try RankRun(instance: ClaimInstances.make(field, placement)).deficits()
    #expect(deficits == (0, 0, 0), "\(placement): \(deficits)")
  }

  @Test("everything revealed is of full rank, cubic", arguments: ClaimInstances.Placement.allCases)
  func cubic(_ placement: ClaimInstances.Placement) throws { try Self.fullRank(GoldilocksCubic.self, placement) }
  @Test("everything revealed is of full rank, quadratic") func quadratic() throws { try Self.fullRank(GoldilocksQuadratic.self, .together) }
  @Test("everything revealed is of full rank, BN254") func prime() throws { try Self.fullRank(BN254Scalar.self, .together) }

  @Test("control: more positions than random coefficients") func tooManyPositions() throws {
    let instance = try ClaimInstances.make(E.self, .together)
    let tail = instance.statement.shapes[0].tailCount
    #expect(try RankRun(instance: instance, opened: tail).deficits() == (0, 0, 0))
    // Each row of the tree, the witness and the pads misses one.
    #expect(try RankRun(instance: instance, opened: tail + 1).deficits().second > 0)
  }

  @Test("control: a pad used twice; a mask over the base field; a row without a tail") func faults() throws {
    let instance = try ClaimInstances.make(E.self, .together)
    #expect(try RankRun(instance: instance, fault: .padReused).deficits().first == 3)
    #expect(try RankRun(instance: instance, fault: .baseFieldMask).deficits().second > 0)
    #expect(try RankRun(instance: instance, fault: .rowWithoutTail).deficits().second == instance.statement.queryCounts[0])
  }

  @Test(
    "two proofs on one artefact, or on one tree: nothing within the budget, something beyond it, or with masks used twice",
    arguments: [ClaimInstances.Placement.apart, .together])
  func twoProofs(_ placement: ClaimInstances.Placement) throws {
    let instance = try ClaimInstances.make(E.self, placement)
    let p = instance.statement.shapes[0].tailCount
    #expect(try SeveralProofsTests.leaked(instance, [(3, p / 2), (3 + p / 2, p - p / 2)]) == 0)
    #expect(try SeveralProofsTests.leaked(instance, [(3, p), (3 + p, 1)]) > 0)
    #expect(try SeveralProofsTests.leaked(instance, [(3, 2), (5, 2)], sharedMasks: true) > 0)
  }

  @Test("two witnesses look the same", arguments: ClaimInstances.Placement.allCases)
  func twoWitnesses(_ placement: ClaimInstances.Placement) throws {
    let one = try ClaimInstances.make(E.self, placement, data: ClaimInstances.first)
    let two = try ClaimInstances.make(E.self, placement, data: ClaimInstances.second)
    #expect(try RankRun.difference(between: one, two) == nil)
  }

  @Test("a simulated proof verifies under programmed challenges only, of false statements too") func simulator() throws {
    for (seed, published) in ([[1, 1], [1, 0], [0, 0]] as [[Int64]]).enumerated() {
      try SimulatorTests.simulate(ClaimInstances.make(E.self, .apart, published: published), seed: seed)
      try SimulatorTests.simulate(ClaimInstances.make(E.self, .together, published: published), seed: seed)
      try SimulatorTests.simulate(ClaimInstances.make(BN254Scalar.self, .together, published: published), seed: seed)
    }
  }
}

import Fields
import ProofSystem
import Prover
import TestSupport
import Testing

/// The rank tests and the bytes of proofs about a training: the sums over steps, and over rows and features, of its own relations among them.
@Suite("Zero knowledge and bytes of proofs about a training") struct TrainingRankTests {
  typealias E = GoldilocksCubic
  typealias Kind = TrainingInstances.Kind

  @Test("the instances are proved, in three fields", arguments: Kind.allCases) func instances(_ kind: Kind) throws {
    let cubic = try TrainingInstances.make(GoldilocksCubic.self, kind)
    try cubic.verify(cubic.prove())
    let quadratic = try TrainingInstances.make(GoldilocksQuadratic.self, kind)
    try quadratic.verify(quadratic.prove())
    let prime = try TrainingInstances.make(BN254Scalar.self, kind)
    try prime.verify(prime.prove())
  }

  @Test("everything revealed is of full rank", arguments: Kind.allCases) func fullRank(_ kind: Kind) throws {
    let run = try RankRun(instance: TrainingInstances.make(E.self, kind))
    let deficits = try run.deficits()
    #expect(deficits == (0, 0, 0), "\(deficits)")
  }

  @Test("two proofs on one artefact: nothing within the budget, something with masks used twice") func twoProofs() throws {
    let instance = try TrainingInstances.make(E.self, .process)
    #expect(try SeveralProofsTests.leaked(instance, [(3, 2), (5, 2)]) == 0)
    #expect(try SeveralProofsTests.leaked(instance, [(3, 2), (5, 2)], sharedMasks: true) > 0)
  }

  // MARK: Bytes

  @Test("every byte flipped, truncations and extensions end in a typed error", arguments: Kind.allCases) func bytes(_ kind: Kind) throws {
    let instance = try TrainingInstances.make(E.self, kind)
    let proof = try instance.prove()
    var random = ToyRandom(9)
    var accepted: [Int] = []
    for i in proof.indices {
      var other = proof
      other[i] ^= i % 2 == 0 ? 1 << UInt8(i % 8) : UInt8.random(in: 1...255, using: &random)
      if !ProofBytesTests.rejected(instance, other) { accepted.append(i) }
    }
    #expect(accepted.isEmpty)
    for count in stride(from: 0, to: proof.count, by: 41) {
      do throws(VerificationError) {
        try instance.verify(Array(proof.prefix(count)))
        Issue.record("accepted with \(count) bytes")
      } catch {
        guard case .truncated = error else {
          Issue.record("\(count) bytes: \(error)")
          return
        }
      }
    }
    for extra in [[0], [0xff], Array(proof.suffix(32)), proof] {
      #expect(throws: VerificationError.trailingBytes(count: extra.count)) { try instance.verify(proof + extra) }
    }
    try instance.verify(proof)
  }
}

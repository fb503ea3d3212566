import Fields
import Kernels
import ProofSystem
import Prover
import TestSupport
import Testing

/// The fraction tree alone, in clear: claims are true of the columns, false counts are refused by the named check.
@Suite("Lookups") struct LookupTests {
  /// Proves and verifies in clear; the two leaf claims are checked against the data, entry by entry.
  static func run<E: ToyField>(_ witness: LookupWitness<E>, seed: Int = 1) throws {
    var randomness = Randomness(seed: ToyRandom.seed(seed))
    let proof = try ClearRun.prove(witness.relation, witness.reader, secrets: [randomness.nonzero(as: E.self)], chain: HashChain.self)
    let claims = try ClearRun.verify(witness.relation, proof, Production<E>.self)
    #expect(claims.count == 2)
    let matrices = witness.matrices
    for claim in claims {
      guard ClearRun.value(claim.terms, matrices) == claim.value.element else { throw VerificationError.checkFailed("leaf claim") }
    }
  }

  static func witness<E: ToyField>(_: E.Type, _ seed: Int) -> LookupWitness<E> {
    var random = ToyRandom(100 + seed)
    let bits = Int.random(in: 0...4, using: &random)
    let count = Int.random(in: 1...(1 << bits), using: &random)
    return LookupWitness(LookupRelation<E>(bits: bits, count: count, log2RowLength: 3), seed: seed)
  }

  @Test("complete over random sizes") func complete() throws {
    for seed in 0..<25 { try Self.run(Self.witness(GoldilocksCubic.self, seed), seed: seed) }
    for seed in 0..<10 { try Self.run(Self.witness(GoldilocksQuadratic.self, seed), seed: seed) }
    for seed in 0..<10 { try Self.run(Self.witness(BN254Scalar.self, seed), seed: seed) }
  }

  @Test("one layer streamed or two: the same proof") func streaming() throws {
    // Up to 2^15 leaves, more than a tile, in three fields.
    for bits in [1, 2, 3, 7, 10, 13] {
      try Self.compare(GoldilocksCubic.self, bits: bits)
      if bits <= 10 {
        try Self.compare(GoldilocksQuadratic.self, bits: bits)
        try Self.compare(BN254Scalar.self, bits: bits)
      }
    }
  }

  private static func compare<E: ToyField>(_: E.Type, bits: Int) throws {
    var witness = LookupWitness(LookupRelation<E>(bits: bits, count: (1 << bits) * 5 / 8 + 1, log2RowLength: 3), seed: bits)
    let secret: E = {
      var random = Randomness(seed: ToyRandom.seed(bits)); return random.nonzero()
    }()
    let proofs = try [1, 2].map { layers in
      var relation = witness.relation
      relation.streamedLayers = layers
      return try ClearRun.prove(relation, witness.reader, secrets: [secret], chain: HashChain.self)
    }
    #expect(proofs[0] == proofs[1])
    try Self.run(witness, seed: bits)
    witness["x"][0] = E.Base(6)
    witness.recount()
    #expect(throws: VerificationError.self) { try Self.run(witness, seed: bits) }
  }

  @Test("in zero knowledge too") func zeroKnowledge() throws {
    for seed in 0..<4 {
      let instance = try LookupWitness(LookupRelation<GoldilocksCubic>(bits: 3, count: 5 + seed, log2RowLength: 5), seed: seed).instance(seed: seed)
      try instance.verify(instance.prove())
    }
  }

  @Test("false claims fail in the layer where they enter") func falseClaims() throws {
    typealias E = GoldilocksCubic
    let relation = LookupRelation<E>(bits: 3, count: 7, log2RowLength: 5)
    let honest = LookupWitness(relation, seed: 3)
    try Self.run(honest)
    let changes: [(inout LookupWitness<E>) -> Void] = [
      {
        $0["x"][0] = Goldilocks(6); $0.recount()
      },
      {
        $0["v"][0] += .one; $0.recount()
      },
      {
        $0["k"][0] = Goldilocks(9); $0.recount()
      },
      { $0["m.r"][0] += .one }, { $0["m.t"][2] -= .one },
    ]
    for change in changes {
      var witness = honest
      change(&witness)
      #expect(throws: VerificationError.checkFailed("logup.layer")) { try Self.run(witness) }
    }
  }

  @Test("unselected rows and filling rows are free") func free() throws {
    typealias E = GoldilocksCubic
    var witness = LookupWitness(LookupRelation<E>(bits: 3, count: 5, log2RowLength: 5), seed: 3)
    for i in 5..<8 { for name in ["x", "k", "v"] { witness[name][i] = Goldilocks(UInt64(1000 + i)) } }
    witness.recount()
    try Self.run(witness)
    // A filling row's multiplicity cell carries no weight at all.
    witness["m.t"][3] = Goldilocks(77)
    try Self.run(witness)
  }

  @Test("a prover without a zero denominator does not stop, one with it does") func pole() throws {
    typealias E = BN254Scalar
    var chain = FrozenChallenges()
    let drawn = chain.challenges("logup.fingerprint", count: 2, as: E.self)
    var witness = LookupWitness(LookupRelation<E>(bits: 3, count: 7, log2RowLength: 5), seed: 3)
    witness["x"][0] = (drawn[0] - .one) * (drawn[1].inverse() ?? .zero) - E(3)
    #expect(throws: ProverError.pole) {
      _ = try ClearRun.prove(witness.relation, witness.reader, secrets: [E(5)], chain: FrozenChallenges.self)
    }
  }

  @Test("counts are those of a plain loop") func counts() {
    typealias E = GoldilocksCubic
    for seed in 0..<10 {
      let witness = Self.witness(E.self, seed)
      var integers = [UInt64](repeating: 0, count: 8)
      var pairs = [UInt64](repeating: 0, count: 4)
      for i in 0..<witness.relation.count {
        integers[Int(witness["x"][i].signedInteger ?? 0) + 3] += 1
        pairs[Int(witness["k"][i].signedInteger ?? 0)] += 1
      }
      #expect(witness["m.r"] == integers.map { Goldilocks($0) })
      #expect(witness["m.t"] == pairs.map { Goldilocks($0) })
    }
  }
}

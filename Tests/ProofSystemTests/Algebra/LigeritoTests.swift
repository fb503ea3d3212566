import Fields
import ProofSystem
import Prover
import TestSupport
import Testing

/// The recursion against dense evaluation: every kind of weight, absent rows, one level and several.
@Suite("Ligerito") struct LigeritoTests {
  static func honest<E: ToyField>(_: E.Type, _ seeds: Range<Int>) throws {
    var random = ToyRandom(17)
    for seed in seeds {
      let variables = Int.random(in: 3...9, using: &random)
      let rowBits = Int.random(in: 2...variables, using: &random)
      let instance = try LigeritoInstance<E>(seed: seed, variables: variables, rowBits: rowBits, foldBits: Int.random(in: 1...3, using: &random))
      try instance.verify(instance.prove(Production<E>.self), Production<E>.self)
    }
  }

  @Test("honest over random shapes") func complete() throws {
    try Self.honest(GoldilocksCubic.self, 0..<24)
    try Self.honest(GoldilocksQuadratic.self, 0..<12)
    try Self.honest(BN254Scalar.self, 0..<10)
  }

  static func wrong<E: ToyField>(_: E.Type) throws {
    for seed in 0..<8 {
      let instance = try LigeritoInstance<E>(seed: seed, variables: 6, rowBits: 4, foldBits: 2)
      let proof = instance.prove(Production<E>.self)
      for index in instance.claims.indices {
        var other = instance
        other.claims[index].value += .one
        #expect(throws: VerificationError.checkFailed("ligerito.final_claim")) { try other.verify(proof, Production<E>.self) }
      }
    }
  }

  @Test("one wrong value among several claims is refused") func wrongValues() throws {
    try Self.wrong(GoldilocksCubic.self)
    try Self.wrong(BN254Scalar.self)
  }

  @Test("another level table is refused") func levels() throws {
    let instance = try LigeritoInstance<GoldilocksCubic>(seed: 2, variables: 7, rowBits: 5, foldBits: 2)
    let proof = instance.prove(Production<GoldilocksCubic>.self)
    for depth in instance.levels.indices {
      var other = instance
      let level = other.levels[depth]
      other.levels[depth] = LigeritoLevel(
        rowBits: level.rowBits, log2RowLength: level.log2RowLength, log2Length: level.log2Length + 1, queryCount: level.queryCount)
      #expect(throws: VerificationError.self) { try other.verify(proof, Production<GoldilocksCubic>.self) }
    }
  }

  @Test("absent rows count as zero") func absentRows() throws {
    typealias E = GoldilocksCubic
    var instance = try LigeritoInstance<E>(seed: 2, variables: 6, rowBits: 3, foldBits: 2)
    instance.present = [1, 4]
    for u in 0..<8 where !instance.present.contains(u) { for b in 0..<8 { instance.vector[8 * u + b] = .zero } }
    instance.claims = instance.claims.map { OpeningClaim($0.weights, DenseReference.inner($0.weights, instance.vector)) }
    try instance.verify(instance.prove(Production<E>.self), Production<E>.self)
    // The same claims with a row declared that the oracle does not hold.
    var other = instance
    other.present = [1, 3, 4]
    #expect(throws: VerificationError.self) { try other.verify(instance.prove(Production<E>.self), Production<E>.self) }
  }
}

import Fields
import Kernels
import Parallelism
import ProofSystem
import Prover
import Soundness

/// The engine over its fields: one multiplication, and a vector of fresh values committed and opened at a random point, zero-knowledge on.
extension BenchmarkSuite {
  /// All fields: Goldilocks at both degrees, BN254, and BLS12-381 as a run-time prime.
  static func fields(bits: Int) throws -> [BenchmarkLine] {
    let bls: [UInt8] = [
      1, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xfe, 0x5b, 0xfe, 0xff, 0x02, 0xa4, 0xbd, 0x53, 0x05, 0xd8, 0xa1, 0x09, 0x08, 0xd8, 0x39, 0x33, 0x48, 0x7d,
      0x9d, 0x29, 0x53, 0xa7, 0xed, 0x73,
    ]
    let prime = try RuntimePrime(modulusBytes: bls)
    return try field(GoldilocksCubic.self, "P128", bits: bits, profile: .p128) + field(GoldilocksQuadratic.self, "P100", bits: bits, profile: .p100)
      + field(BN254Scalar.self, "bn254", bits: bits, profile: .p128DegreeOne)
      + prime.withModulus { try field(RuntimePrimeField.self, prime.name, bits: bits, profile: .p128DegreeOne) }
  }

  static func field<Field: KernelField>(_: Field.Type, _ name: String, bits: Int, profile: SoundnessProfile) throws -> [BenchmarkLine] {
    let opening = try FieldOpening<Field>(bits: bits, profile: profile)
    let vector = opening.auxiliary.vector
    let powers = best(9) { Field.fillPowers(vector.pointer, count: vector.count, start: .two, ratio: .two) }
    var proof: [UInt8] = []
    let prove = try best(5) { proof = try opening.prove() }
    let verify = try best(7) { try opening.verify(proof) }
    return [
      BenchmarkLine("\(name) multiplication (powers)", powers / Double(vector.count) * 1e9, "ns", note: "one core"),
      BenchmarkLine("\(name) open-2^\(bits) prove", prove * 1e3, "ms", note: "commitment included; proof \(proof.count / 1024) KiB"),
      BenchmarkLine("\(name) open-2^\(bits) verify", verify * 1e3, "ms", note: "one thread"),
    ]
  }
}

/// A statement about 2^bits committed values over one field, with its witness.
package struct FieldOpening<E: KernelField> {
  let relation: OpeningRelation<E>
  let statement: Statement<E>
  let auxiliary: MatrixData<E.Base>

  package init(bits: Int, profile: SoundnessProfile) throws {
    let plan = try CodePlan(log2Cells: bits, field: FieldFigures(E.self), profile: profile)
    relation = OpeningRelation(bits: bits, shape: plan.shape, persistent: false)
    auxiliary = MatrixData(layout: relation.auxiliary)
    E.fillPowers(auxiliary.vector.pointer, count: auxiliary.vector.count, start: .two, ratio: E.Base(3).power(1000))
    statement = try Statement(
      profile: profile, shapes: [plan.shape], primary: plan.shape.name, levels: plan.levels, relation: relation, artefacts: [:])
    try statement.checkSoundness()
  }

  package func prove() throws -> [UInt8] {
    try ProofSession<Production<E>>(
      statement: statement, relation: relation, secrets: [:], auxiliary: auxiliary, randomness: Randomness(seed: BenchmarkSuite.randomSeed())
    ).prove(ledger: UncountedOpenings())
  }

  package func verify(_ proof: [UInt8]) throws { _ = try ProofVerifier.verify(statement, proof: proof) }
}

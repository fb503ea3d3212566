import Fields
import Hashing
import Kernels
import Parallelism
import ProofSystem
import Prover
import R1CS
import Soundness
import TestSupport
import Testing

@Suite("R1CS: honest proofs", .serialized) struct R1CSCompletenessTests {
  static func accepted<E: ToyField>(_ field: E.Type) throws {
    for (constraints, free, publicCount, instances) in [
      (1, 1, 0, 1), (1, 2, 2, 1), (2, 1, 1, 1), (5, 3, 0, 1), (5, 3, 2, 3), (8, 7, 7, 1), (13, 4, 3, 2), (40, 9, 9, 1), (33, 5, 1, 5),
    ] {
      let instance = try R1CSInstances.sample(
        field, constraints: constraints, free: free, publicCount: publicCount, instances: instances, seed: UInt64(constraints))
      try instance.verify(instance.prove())
    }
  }

  @Test("cubic") func cubic() throws { try Self.accepted(GoldilocksCubic.self) }
  @Test("quadratic") func quadratic() throws { try Self.accepted(GoldilocksQuadratic.self) }
  @Test("BN254") func prime() throws { try Self.accepted(BN254Scalar.self) }

  @Test("more rows than one block, tables large enough for all kernels") func large() throws {
    let instance = try R1CSInstances.sample(GoldilocksCubic.self, constraints: 5000, free: 50, publicCount: 20, seed: 8)
    try instance.verify(instance.prove())
  }

  @Test("a circuit without entries, and one with the constant alone") func degenerate() throws {
    typealias E = GoldilocksCubic
    let empty: Circuit<Goldilocks> = SampleCircuits.circuit([[[], []], [[], []], [[], []]], columnCount: 3, inputs: 1)
    let first = try R1CSInstances.make(E.self, empty, wires: [[.one, .two, Goldilocks(7)]])
    try first.verify(first.prove())
    let one: [[SampleCircuits.Row<Goldilocks>]] = [[[(0, .one)]], [[(0, .two)]], [[(0, .two)]]]
    let second = try R1CSInstances.make(E.self, SampleCircuits.circuit(one, columnCount: 1, inputs: 0), wires: [[.one]])
    try second.verify(second.prove())
  }

  @Test("garbage beyond the wires changes nothing") func padding() throws {
    let instance = try R1CSInstances.sample(GoldilocksCubic.self, constraints: 6, free: 4, publicCount: 2, instances: 3)
    let relation = try #require(instance.relation as? R1CSRelation<GoldilocksCubic>)
    let tensor = instance.auxiliary.tensor("z")
    for own in 0..<3 {
      for wire in relation.circuit.wireCount..<(1 << relation.wireBits) { tensor[own << relation.wireBits + wire] = Goldilocks(99) }
    }
    try instance.verify(instance.prove())
  }

  static func sameBytes<E: ToyField>(_ instance: ToyInstance<E>) throws {
    defer { Parallelism.threadLimit = 0 }
    var digests: [Digest] = []
    for threads in [1, 2, 8] {
      Parallelism.threadLimit = threads
      digests.append(SHA256.hash(try instance.prove(seed: 6)))
    }
    #expect(Set(digests).count == 1)
  }

  @Test("the same bytes at 1, 2 and 8 threads") func threads() throws {
    try Self.sameBytes(R1CSInstances.sample(GoldilocksCubic.self, constraints: 9000, free: 50, publicCount: 20, seed: 8))
    try Self.sameBytes(R1CSInstances.sample(GoldilocksQuadratic.self, constraints: 300, free: 5, publicCount: 2, instances: 6))
    try Self.sameBytes(R1CSInstances.sample(BN254Scalar.self, constraints: 600, free: 5, publicCount: 2))
  }

  @Test("the 128-bit plan of a circuit, and its accounting") func plan() throws {
    typealias E = GoldilocksCubic
    let sample = SampleCircuits.random(Goldilocks.self, constraints: 300, free: 20, publicCount: 5, seed: 3)
    let (statement, relation) = try R1CSPlan.statement(
      circuit: sample.circuit, digest: sample.digest, publicValues: [sample.publicValues], profile: .p128, field: E.self)
    try statement.checkSoundness()
    // S = entries, more than the cells of the smallest shape would ask for once the circuit is large.
    #expect(relation.transcriptPaddingCells == sample.circuit.entryCount)
    #expect(statement.zeroByteCount == max(1024, (max(sample.circuit.entryCount, relation.auxiliary.rowCount << 11) + 7) / 8))
    let session = try ProofSession<Production<E>>(
      statement: statement, relation: relation, secrets: [:], auxiliary: R1CSWitness.matrix(relation, wires: [sample.wires]),
      randomness: Randomness(seed: ToyRandom.seed(5)))
    _ = try ProofVerifier.verify(statement, proof: session.prove())
  }

  @Test("zero bytes grow with the entries") func zeroBytes() throws {
    let row: SampleCircuits.Row<Goldilocks> = (0..<512).map { ($0, Goldilocks(3)) }
    let rows = [SampleCircuits.Row<Goldilocks>](repeating: row, count: 64)
    let circuit = SampleCircuits.circuit([rows, rows, rows], columnCount: 512, inputs: 0)
    let wires = [Goldilocks.one] + [Goldilocks](repeating: .zero, count: 511)
    let instance = try R1CSInstances.make(GoldilocksCubic.self, circuit, wires: [wires], m: 9)
    #expect(instance.statement.zeroByteCount == 3 * 64 * 512 / 8)
  }
}

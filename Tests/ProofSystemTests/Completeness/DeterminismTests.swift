import Fields
import Hashing
import Parallelism
import ProofSystem
import Prover
import TestSupport
import Testing

/// The proof is a function of the statement, the witness and the randomness: not of threads, and of nothing else.
@Suite("Determinism of the prover", .serialized) struct DeterminismTests {
  static func sameBytes<E: ToyField>(_ instance: ToyInstance<E>) throws {
    defer { Parallelism.threadLimit = 0 }
    var digests: [Digest] = []
    for threads in [1, 2, 8] {
      Parallelism.threadLimit = threads
      digests.append(SHA256.hash(try instance.prove(seed: 6)))
    }
    #expect(Set(digests).count == 1)
    #expect(SHA256.hash(try instance.prove(seed: 7)) != digests[0])
  }

  @Test("the same bytes at 1, 2 and 8 threads") func threads() throws {
    try Self.sameBytes(InnerInstances.make(GoldilocksCubic.self, seed: 5, m: 12, bits: 15))
    try Self.sameBytes(LinearInstances.make(GoldilocksCubic.self, seed: 5, twoShapes: true))
    try Self.sameBytes(InnerInstances.make(GoldilocksQuadratic.self, seed: 5, m: 10, bits: 12, secondM: 9))
    try Self.sameBytes(InnerInstances.make(BN254Scalar.self, seed: 5, m: 8, bits: 10))
  }

  @Test("large trees: the same bytes at 1, 2 and 8 threads") func largeTree() throws {
    var q = LinearInstances.Parameters()
    (q.n, q.d, q.hb) = (700, 9, 12)
    try Self.sameBytes(LinearInstances.make(GoldilocksCubic.self, seed: 5, parameters: q, rowLengthBits: 9))
  }
}

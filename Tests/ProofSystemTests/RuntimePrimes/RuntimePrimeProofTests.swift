import Fields
import Hashing
import Kernels
import ProofSystem
import Prover
import Soundness
import TestSupport
import Testing

/// The engine modulo primes that are chosen at run time: everything that holds for BN254.
@Suite("Proofs modulo run-time primes") struct RuntimePrimeProofTests {
  typealias E = RuntimePrimeField
  /// Two of different shape: 255 bits by name, 200 and 256 bits without.
  static let primes = [TestPrimes.bls12381, TestPrimes.random200, TestPrimes.random256]

  @Test("honest proofs are accepted", arguments: primes) func completeness(_ hexadecimal: String) throws {
    try TestPrimes.prime(hexadecimal).withModulus {
      try CompletenessTests.innerProducts(E.self, count: 8)
      try CompletenessTests.audits(E.self, count: 4)
      try CompletenessTests.garbage(E.self)
    }
  }

  @Test("changed bytes are rejected", arguments: primes) func tampering(_ hexadecimal: String) throws {
    try TestPrimes.prime(hexadecimal).withModulus {
      try ProofBytesTests.flips(E.self, step: 13)
      try ProofBytesTests.nonCanonical(E.self)
    }
  }

  @Test("dishonest provers are rejected by the check in their way alone", arguments: primes.prefix(2)) func cheats(_ hexadecimal: String) throws {
    try TestPrimes.prime(hexadecimal).withModulus {
      let all = CheatCatalogue<E>.all
      #expect(all.count > 40)
      for cheat in all { try cheat.expectCaughtByThisCheckAlone() }
    }
  }

  @Test("the same bytes at 1, 2 and 8 threads") func threads() throws {
    try TestPrimes.prime(TestPrimes.vesta).withModulus {
      try DeterminismTests.sameBytes(InnerInstances.make(E.self, seed: 5, m: 8, bits: 10))
    }
  }

  @Test("over the prime of BN254, the static type's proofs byte by byte; either verifies the other's") func asTheStaticType() throws {
    let fixed = try InnerInstances.make(BN254Scalar.self, seed: 7, m: 6, bits: 8, secondM: 5)
    let expected = try fixed.prove(seed: 7)
    let proof = try TestPrimes.prime(TestPrimes.bn254).withModulus {
      let instance = try InnerInstances.make(E.self, seed: 7, m: 6, bits: 8, secondM: 5)
      #expect(instance.statement.artefacts.mapValues(\.identity) == fixed.statement.artefacts.mapValues(\.identity))
      try instance.verify(expected)
      return try instance.prove(seed: 7)
    }
    #expect(SHA256.hash(proof) == SHA256.hash(expected))
    try fixed.verify(proof)
  }

  @Test("a proof of one prime is none of another, nor is a statement") func anotherPrime() throws {
    let (first, second) = (try TestPrimes.prime(TestPrimes.pallas), try TestPrimes.prime(TestPrimes.vesta))
    let (instance, proof) = try first.withModulus { try ProofBytesTests.small(E.self) }
    try second.withModulus {
      // The statement made anew: its artefacts have other identities.
      let other = try InnerInstances.make(E.self, seed: 6, m: 4, bits: 2)
      #expect(throws: VerificationError.self) { try other.verify(proof) }
      #expect(other.statement.artefacts["a"]?.identity != instance.statement.artefacts["a"]?.identity)
      // The statement carried over by mistake.
      #expect(throws: VerificationError.statementMismatch("modulus")) { try instance.verify(proof) }
      #expect(throws: ProverError.refusedByVerifier(.statementMismatch("modulus"))) { try instance.prove() }
    }
    try first.withModulus { _ = try instance.verify(proof) }
  }

  @Test("the modulus itself is bound, in identities and in parameters") func binding() throws {
    let layout = MatrixLayout(name: "a", log2RowLength: 4, tensors: [TensorLayout("values", [5])])
    let shape = try #require(CodeShape(name: "S", log2RowLength: 4, tailCount: 8, log2Length: 7))
    for hexadecimal in Self.primes {
      let prime = try TestPrimes.prime(hexadecimal)
      try prime.withModulus {
        let artefact = Artefact(kind: "tensor", shape: shape, layout: layout, format: .dictionary([:]), root: SHA256.hash([1]), field: E.self)
        #expect(Self.contains(artefact.preimage, prime.modulusBytes))
        let statement = try InnerInstances.make(E.self, seed: 6, m: 4, bits: 2).statement
        #expect(Self.contains(statement.parameters.encoded, prime.modulusBytes))
      }
    }
    #expect(Goldilocks.identityEntries.isEmpty)
    #expect(BN254Scalar.identityEntries == ["field": "bn254", "modulus": .bytes(BN254Scalar.modulusBytes)])
    // A run-time prime with the modulus of Goldilocks is not the default field.
    try TestPrimes.prime("ffffffff00000001").withModulus { #expect(E.identityEntries.count == 2) }
  }

  private static func contains(_ bytes: [UInt8], _ part: [UInt8]) -> Bool {
    (0...(bytes.count - part.count)).contains { bytes[$0..<($0 + part.count)] == part[...] }
  }

  /// 128 bits and zero-knowledge with the parameters that users get.
  @Test("a proof at 128 bits with the planned code", arguments: [TestPrimes.bls12377, TestPrimes.shallow256]) func planned(
    _ hexadecimal: String
  ) throws {
    let prime = try TestPrimes.prime(hexadecimal)
    let plan = try CodePlan(log2Cells: 12, prime: prime)
    try prime.withModulus {
      let instance = try CodePlanTests.instance(E.self, bits: 11, plan: plan)
      let proof = try ProofSession<Production<E>>(
        statement: instance.statement, relation: instance.relation, secrets: [:], auxiliary: instance.auxiliary,
        randomness: Randomness(seed: ToyRandom.seed(3))
      ).prove()
      _ = try ProofVerifier.verify(instance.statement, proof: proof)
      var other = proof
      other[proof.count / 2] ^= 1
      #expect(throws: VerificationError.self) { try ProofVerifier.verify(instance.statement, proof: other) }
    }
  }
}

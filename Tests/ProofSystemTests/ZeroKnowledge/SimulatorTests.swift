import Fields
import ProofSystem
import Prover
import TestSupport
import Testing

/// The simulator, run: without a witness, even for a false statement, its proofs verify under programmed challenges and under no others.
@Suite("Zero knowledge: simulator") struct SimulatorTests {
  static func simulate<E: ToyField>(_ instance: ToyInstance<E>, seed: Int) throws {
    var simulator = Simulator(instance.statement, seed: seed)
    let (proof, statement) = try simulator.run()
    #expect(throws: VerificationError.self) { _ = try ProofVerifier.verify(statement, proof: proof) }
    _ = try ProofVerifier.verify(statement, proof: proof, configuration: Frozen<E>.self)
    // As long as an honest proof up to the paths, which depend on the positions.
    let honest = try ProofVerifier.verify(statement, proof: proof, configuration: Frozen<E>.self).inventory
    #expect(honest.map(\.label).contains("shield.a"))
  }

  @Test("inner products, false statements too") func innerProducts() throws {
    for seed in 0..<4 {
      try Self.simulate(InnerInstances.make(GoldilocksCubic.self, seed: seed, m: 4 + seed % 2, excess: Goldilocks(UInt64(seed))), seed: seed)
      try Self.simulate(InnerInstances.make(GoldilocksQuadratic.self, seed: seed, m: 4, excess: .one), seed: seed)
      try Self.simulate(InnerInstances.make(BN254Scalar.self, seed: seed, m: 4, excess: .one), seed: seed)
    }
  }

  @Test("the whole audit: q_root is a uniform message like the others") func audit() throws {
    try Self.simulate(LinearInstances.make(GoldilocksCubic.self, seed: 3), seed: 9)
    try Self.simulate(LinearInstances.make(BN254Scalar.self, seed: 3), seed: 9)
  }

  @Test("a simulated proof and an honest one have the same transcript inventory up to opened positions") func inventory() throws {
    let instance = try InnerInstances.make(GoldilocksCubic.self, seed: 2)
    var simulator = Simulator(instance.statement, seed: 2)
    let (proof, statement) = try simulator.run()
    let simulated = try ProofVerifier.verify(statement, proof: proof, configuration: Frozen<GoldilocksCubic>.self).inventory
    let honest = try instance.verify(instance.prove(Frozen<GoldilocksCubic>.self), Frozen<GoldilocksCubic>.self).inventory
    #expect(simulated == honest)
  }
}

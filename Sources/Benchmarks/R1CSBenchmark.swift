import Fields
import Hashing
import Kernels
import ProofSystem
import Prover
import R1CS
import Soundness

/// Circuits of random sparse constraints: three non-zeros a row a matrix, coefficients of the whole field, zero-knowledge on, 128 bits.
enum R1CSBenchmark {
  static let names = ["r1cs-local-2^20", "r1cs-random-2^20", "r1cs-bn254-10000"]

  static func run(_ name: String) throws -> [BenchmarkLine]? {
    switch name {
    case "r1cs-local-2^20":
      return try measure(
        name, constraints: 1 << 20, window: 1 << 10, field: GoldilocksCubic.self, profile: .p128, limits: (prove: 1, verify: 0.15, kilobytes: 350))
    case "r1cs-random-2^20":
      return try measure(
        name, constraints: 1 << 20, window: nil, field: GoldilocksCubic.self, profile: .p128, limits: (prove: 1, verify: 1, kilobytes: 350))
    case "r1cs-bn254-10000":
      let profile = try SoundnessProfile(name: "P128-BN254", extensionDegree: 1, targetBits: 128)
      return try measure(
        name, constraints: 10_000, window: nil, field: BN254Scalar.self, profile: profile, limits: (prove: 0.5, verify: 0.05, kilobytes: nil))
    default: return nil
    }
  }

  private static func measure<E: KernelField>(
    _ name: String, constraints: Int, window: Int?, field: E.Type, profile: SoundnessProfile,
    limits: (prove: Double, verify: Double, kilobytes: Double?)
  ) throws -> [BenchmarkLine] {
    let (circuit, wires) = R1CSGenerator.circuit(constraintCount: constraints, window: window, field: E.Base.self)
    let digest = SHA256.hash(Array(name.utf8))
    let publicValues = [Array(wires[1...circuit.publicCount])]
    let (statement, relation) = try R1CSPlan.statement(
      circuit: circuit, digest: digest, publicValues: publicValues, profile: profile, field: E.self)
    try statement.checkSoundness()
    var proof: [UInt8] = []
    let (processor, prove) = try BenchmarkSuite.bestProcessorTime(5) {
      let session = try ProofSession<Production<E>>(
        statement: statement, relation: relation, secrets: [:], auxiliary: R1CSWitness.matrix(relation, wires: [wires]),
        randomness: Randomness(seed: BenchmarkSuite.randomSeed()))
      proof = try session.prove(ledger: UncountedOpenings())
    }
    // What one thread does is measured by its processor time, which other load on the machine disturbs less.
    let (verify, verifyWall) = try BenchmarkSuite.bestProcessorTime(5) {
      let own = try R1CSPlan.statement(circuit: circuit, digest: digest, publicValues: publicValues, profile: profile, field: E.self)
      _ = try ProofVerifier.verify(own.statement, proof: proof)
    }
    func each(_ seconds: Double) -> String {
      let (constraint, entry) = (seconds * 1e9 / Double(constraints), seconds * 1e9 / Double(circuit.entryCount))
      return "\(Int(constraint)) ns a constraint, \(Int((entry * 10).rounded()) / 10).\(Int((entry * 10).rounded()) % 10) ns a non-zero"
    }
    let peak = PeakMemory.gigabytes()
    // What a verifier who has the circuit as a file does before: no limit is set for it.
    let file = try circuit.r1csFile()
    let (read, _) = try BenchmarkSuite.bestProcessorTime(3) { _ = try R1CSFile(file).read(as: E.Base.self) }
    let (hash, _) = BenchmarkSuite.bestProcessorTime(3) { _ = circuit.digest }
    return [
      BenchmarkLine("\(name) prove", prove, "s", limit: limits.prove, note: "all cores (processor time \(Int(processor * 1e3)) ms); " + each(prove)),
      BenchmarkLine(
        "\(name) verify", verify, "s", limit: limits.verify,
        note: "one thread, processor time, statement included (\(Int(verifyWall * 1e3)) ms elapsed); " + each(verify)),
      BenchmarkLine("\(name) read", read, "s", note: "a file of \(file.count >> 20) MiB; " + each(read)),
      BenchmarkLine("\(name) digest", hash, "s", note: "SHA-256 of the circuit; " + each(hash)),
      BenchmarkLine("\(name) proof", Double(proof.count) / 1024, "KiB", limit: limits.kilobytes),
      BenchmarkLine("\(name) peak memory", peak, "GB", limit: 2, note: "whole process"),
    ]
  }
}

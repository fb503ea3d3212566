import Claims
import Fields
import Kernels
import Programs
import ProofSystem
import Prover
import TestSupport
import Testing

/// The first scalar of the proof arrives as one more than it is: the prover takes another pad off it than the committed one.
final class FirstScalarShifted<Configuration: EngineConfiguration>: ProofSession<Configuration> where Configuration.E: KernelField {
  override func runProtocol() throws {
    pads[0] -= .one
    try super.runProtocol()
    pads[0] += .one
  }
}

/// A false answer with a prover that repairs the one linear claim by lying about a value of the reduction: caught by one check alone.
@Suite("Dishonest provers against the reduction of networks")
struct NetworkCheckTests {
  typealias E = NetworkHarness.E

  /// Rejected, and accepted where the check is off on both sides; an honest run is accepted by both.
  private func expectCaught(by check: CheckName, _ build: (inout NetworkSamples, NodeReference) throws -> NodeReference) throws {
    var samples = NetworkSamples(21)
    let x = try samples.input("x", 4, -8...7)
    try samples.output("y", try build(&samples, x))
    let harness = NetworkHarness(model: try samples.model())
    let row: [Int64] = [3, -2, 5, 7]
    let answer = try #require(try harness.model.run(rows: 1, inputs: ["x": row])["y"]?.first)
    func claim(_ answer: Int64) -> NetworkInference {
      NetworkInference(model: "net", rows: 1, inputs: ["x": .published(row)], outputs: ["y": .published([answer])])
    }
    func isAccepted(_ stated: Int64, dropped: Set<CheckName>, shifted: Bool) throws -> Bool {
      let instance = try harness.instance([claim(stated)], honest: claim(answer))
      return try Dropping.$names.withValue(dropped) {
        let randomness = Randomness(seed: [UInt8](repeating: 3, count: 32))
        let session =
          shifted
          ? try FirstScalarShifted<Dropped<E>>(
            statement: instance.statement, relation: instance.relation, secrets: instance.secrets, auxiliary: instance.auxiliary,
            randomness: randomness)
          : try ProofSession<Dropped<E>>(
            statement: instance.statement, relation: instance.relation, secrets: instance.secrets, auxiliary: instance.auxiliary,
            randomness: randomness)
        let proof = try session.prove()
        return (try? ProofVerifier.verify(instance.statement, proof: proof, configuration: Dropped<E>.self)) != nil
      }
    }
    let recorder = CheckRecorder()
    let honest = try harness.instance([claim(answer)])
    let proof = try NetworkHarness.prove(honest)
    _ = try Recording.$recorder.withValue(recorder) {
      try ProofVerifier.verify(honest.statement, proof: proof, configuration: Recorded<E>.self)
    }
    #expect(recorder.names.contains(check))
    #expect(try isAccepted(answer, dropped: [], shifted: false))
    #expect(try !isAccepted(answer + 1, dropped: [], shifted: true), "accepted")
    #expect(try isAccepted(answer + 1, dropped: [check], shifted: true), "rejected without the check")
    // The repair is needed, and one check fewer does not stand in for another.
    #expect(try !isAccepted(answer + 1, dropped: [check], shifted: false))
    let others: Set<CheckName> = ["network.product", "network.dense", "network.stack"]
    #expect(try !isAccepted(answer + 1, dropped: others.subtracting([check]), shifted: true))
  }

  private func product(_ columns: Int) -> Operator {
    .batchMatrixMultiply(BatchMatrixMultiply(batch: 1, rows: 1, inner: 4, columns: columns, isLeftBatched: true, isRightBatched: true))
  }

  @Test("a false value of a product: network.product") func product() throws {
    try expectCaught(by: "network.product") { samples, x in
      let w = try samples.weights(4, -8...7)
      return try samples.reshape(try samples.add(product(1), [x, w]), 1)
    }
  }

  @Test("a false sum over the entries of a product: network.dense") func dense() throws {
    try expectCaught(by: "network.dense") { samples, x in
      let w = try samples.weights(8, -8...7)
      return try samples.gather(try samples.add(product(2), [x, w]), [1])
    }
  }

  @Test("a false sum over the committed columns: network.stack") func stack() throws {
    try expectCaught(by: "network.stack") { samples, x in
      let w = try samples.weights(4, -8...7)
      let sum = try samples.add(.affine(Affine(coefficients: [1, 1], constant: 0)), [x, w])
      return try samples.gather(sum, [2])
    }
  }
}

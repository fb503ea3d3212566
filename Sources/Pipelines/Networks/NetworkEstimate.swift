import Claims
import Evidence
import Fields
import Kernels
import Programs
import Soundness

extension Estimate {
  /// What a proof of a network's answers will cost, with rows that stay hidden and outputs that are published. Nothing is kept.
  ///
  /// - Parameter calibration: seconds that the measurement of this machine may take.
  /// - Throws: `StatementError` for a network that cannot be proved; `PipelineError.noCodeShape`.
  public static func network(
    _ model: NetworkModel, rows: Int = 1, profile: SoundnessProfile = .p128, openings: Int = 20, calibration: Double = 2
  ) throws -> Estimate.Proof {
    profile == .p100
      ? try network(model, rows, profile, openings, calibration, GoldilocksQuadratic.self)
      : try network(model, rows, profile, openings, calibration, GoldilocksCubic.self)
  }

  private static func network<E: KernelField>(
    _ model: NetworkModel, _ rows: Int, _ profile: SoundnessProfile, _ openings: Int, _ calibration: Double, _ field: E.Type
  ) throws -> Estimate.Proof where E.Base == Goldilocks {
    let values = ArtefactValues.network(model)
    let price = try OpeningsPrice(openings: openings, cells: values.contents.cellCount, profile: profile)
    let artefact = CommittedArtefact<E>(name: "model", role: "model", values: values, shape: try price.shape())
    // The layout does not depend on the values.
    let zeros = model.architecture.outputs.map { output in
      (output.name, NetworkInference.Target.published([Int64](repeating: 0, count: rows * output.dimensions.reduce(1, *))))
    }
    let inputs = model.architecture.inputs.filter { model.architecture.reads($0) }.map { ($0.name, NetworkInference.Source.hidden) }
    let claim = NetworkInference(
      model: "model", rows: rows, inputs: Dictionary(inputs) { first, _ in first }, outputs: Dictionary(zeros) { first, _ in first })
    let maker = try ProofMaker<E>(
      claims: [
        .init(name: "well-formed", statement: .wellFormed(artefact: "model")), .init(name: "inference", statement: .data(.network(claim))),
      ], artefacts: [artefact], profile: profile)
    let proof = try Estimate.Proof(maker, speed: Speed([]))
    let speed = try Calibration.speed(E.self, profile: profile, seconds: calibration)
    return proof.measured(speed.seconds(maker.workload, freshByteCount: proof.freshByteCount), memory: proof.memoryByteCount)
  }
}

extension Estimate.Proof {
  /// Size, time and memory in one line.
  public var line: String {
    let milliseconds = Int((seconds * 1_000).rounded())
    let time = milliseconds < 10_000 ? "\(milliseconds) ms" : "\(milliseconds / 1_000) s"
    return "about \(byteText(byteCount)), about \(time) to prove on this machine, \(byteText(memoryByteCount)) of memory"
  }
}

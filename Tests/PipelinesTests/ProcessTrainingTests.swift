import Evidence
import Importers
import Pipelines
import Testing

@Suite("Training whose steps are proved, in a pipeline") struct ProcessTrainingTests {
  static let proved = "model: {training: {proof: process, epochs: 4, batch: 16, rate: 0.1, momentum: 0.9, schedule: linear}}"

  @Test("the bundle shows that the model comes from the committed training rows") func whole() throws {
    let project = try Project(phase: PhaseText(extra: Self.proved))
    let result = try project.run()
    let report = try project.verify()
    #expect(report.bundleID == result.report.bundleID)
    #expect(report.claims.filter { $0.entry.type == "training" }.count == 1)
    #expect(report.manifest.edges.contains(ManifestEdge(.trainedOn, from: "model", to: "train-prepared")))
    #expect(!report.text.contains("how it was trained, and on what"))
    #expect(result.stages.contains { $0.name == "train step by step" })
  }

  @Test("nothing is trained in proof without a committed training table, and settings of such a training need it") func refusals() throws {
    #expect(throws: PipelineError.self) { try Project(PipelineText(extra: Self.proved)).run() }
    for wrong in [
      "{batch: 16}", "{proof: process, momentum: 1.5}", "{proof: process, batch: 0}", "{proof: maybe}", "{proof: process, schedule: cosine}",
    ] {
      let project = try Project(phase: PhaseText(extra: "model: {training: \(wrong)}"))
      #expect(project.refusal() != nil, "\(wrong)")
    }
  }
}

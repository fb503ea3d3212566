import Evidence
import Importers
import Pipelines
import Testing

@Suite("A model near its optimum, in a pipeline") struct OptimumPipelineTests {
  static func model(_ training: String) -> String { "model: {training: {proof: optimum\(training)}}" }

  @Test("the bundle shows how near the model is to the optimum on the committed training rows") func whole() throws {
    let project = try Project(phase: PhaseText(extra: Self.model("")))
    let result = try project.run()
    let report = try project.verify()
    #expect(report.bundleID == result.report.bundleID)
    let claim = try #require(report.claims.first { $0.entry.type == "optimum" })
    #expect(claim.description.shows.joined().contains("the distance to the optimum is at most"))
    #expect(report.manifest.edges.contains(ManifestEdge(.trainedOn, from: "model", to: "train-prepared")))
    #expect(!report.text.contains("how it was trained, and on what"))
    #expect(result.stages.contains { $0.name == "find the optimum" })
  }

  @Test("a radius is claimed as it is asked for, or refused") func radius() throws {
    let project = try Project(phase: PhaseText(extra: Self.model(", radius: 0.5, regularisation: 2")))
    _ = try project.run()
    let report = try project.verify()
    #expect(report.claims.contains { $0.description.discloses.contains { $0.value == "at most 1/2" } })
    #expect(throws: ImportError.self) { try Project(phase: PhaseText(extra: Self.model(", radius: 0.000000001"))).run() }
  }

  @Test("settings that do not go together are refused, and nothing is proved without a committed training table") func refusals() throws {
    #expect(throws: PipelineError.self) { try Project(PipelineText(extra: Self.model(""))).run() }
    for wrong in [", radius: 0", ", radius: none", ", radius: -1", ", batch: 16", ", momentum: 0.5", ", intercept: free"] {
      #expect(try Project(phase: PhaseText(extra: Self.model(wrong))).refusal() != nil, "\(wrong)")
    }
    for wrong in ["{radius: 0.1}", "{proof: process, radius: 0.1}", "{intercept: penalised}"] {
      #expect(try Project(phase: PhaseText(extra: "model: {training: \(wrong)}")).refusal() != nil, "\(wrong)")
    }
    for wrong in [", regularisation: 0", ", intercept: eliminated"] {
      #expect(throws: ImportError.self) { try Project(phase: PhaseText(extra: Self.model(wrong))).run() }
    }
  }
}

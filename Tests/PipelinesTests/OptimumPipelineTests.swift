import Claims
import Evidence
import Foundation
import Importers
import Pipelines
import Programs
import Synchronization
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

  @Test("the intercept of two classes may go without a penalty: then the curvature along it is shown too") func freeIntercept() throws {
    let project = try Project(phase: PhaseText(extra: Self.model(", intercept: eliminated, regularisation: 2")))
    _ = try project.run()
    let report = try project.verify()
    let claim = try #require(report.claims.first { $0.entry.type == "optimum" })
    #expect(claim.description.shows.contains { $0.contains("Along the intercept the loss curves by at least") })
    guard case .data(.optimum(let own))? = report.statements["optimum"], let curvature = own.curvature else {
      Issue.record("no curvature")
      return
    }
    let honest = try Rebuilt(try project.bundle())
    #expect(try honest.rejection() == nil)
    for (path, value) in [
      (["curvature"], JSONValue.integer(Int(2 * curvature))), (["curvature"], .integer(1)), (["problem", "intercept"], .string("penalised")),
    ] {
      var altered = honest
      altered.alter("optimum", path, to: value)
      #expect(try altered.rejection() != nil, "\(path)")
    }
  }

  /// CSV, as a loss that penalises the intercept; NPZ, as scikit-learn's default, which does not.
  @Test("imported weights are shown to be near the optimum, whoever found them", arguments: [false, true])
  func imported(_ isArchive: Bool) throws {
    let project = try Project(phase: PhaseText(extra: Self.model(", regularisation: 2")))
    // The split follows from the commitment of the raw table, which the second run finds again: its prepared rows are those that this one sees.
    let seen = Mutex<StoredTable?>(nil)
    var options = project.options("first")
    options.tampering = { _, tables in
      let table = tables["train-prepared"]
      seen.withLock { $0 = table }
    }
    _ = try Pipeline.run(project.folder.file("pipeline.yaml"), options: options)
    let table = try #require(seen.withLock { $0 })
    let weights = ImportedWeights(table, target: "approved", penalty: 2, isFree: isArchive)
    let name = isArchive ? "weights.npz" : "weights.csv"
    try (isArchive ? weights.npz(classes: ["no", "yes"]) : weights.csv).write(to: URL(fileURLWithPath: project.folder.file(name)))
    let phase = PhaseText(
      extra: "model: {import: \(name), training: {proof: optimum, regularisation: 2, radius: 0.01\(isArchive ? ", intercept: eliminated" : "")}}")
    try project.folder.write(phase.text, to: "pipeline.yaml")
    _ = try project.run()
    let report = try project.verify()
    let claim = try #require(report.claims.first { $0.entry.type == "optimum" })
    #expect(claim.description.shows.joined().contains("whoever found them"))
    #expect(report.manifest.edges.contains(ManifestEdge(.trainedOn, from: "model", to: "train-prepared")))
    // Of another loss they are not the optimum: what is left is a distance that is many times as large, or none at all.
    try project.folder.write(phase.text.replacing("regularisation: 2", with: "regularisation: 20"), to: "pipeline.yaml")
    #expect(throws: ImportError.self) { try project.run("other") }
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
    #expect(throws: ImportError.self) { try Project(phase: PhaseText(extra: Self.model(", regularisation: 0"))).run() }
    // Of three classes the intercepts are penalised.
    let jobs = try Project(phase: PhaseText(extra: Self.model(", intercept: eliminated")))
    try jobs.folder.write(
      try String(contentsOfFile: jobs.folder.file("pipeline.yaml"), encoding: .utf8).replacing("target: approved", with: "target: job"),
      to: "pipeline.yaml")
    #expect(throws: ImportError.self) { try jobs.run() }
  }
}

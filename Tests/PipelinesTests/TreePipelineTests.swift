import Claims
import Evidence
import Foundation
import Importers
import Pipelines
import Programs
import Testing

@Suite("Decision trees and forests in a pipeline") struct TreePipelineTests {
  static let tree = "model: {kind: tree, depth: 2, minimum-rows: 4, minimum-leaf: 2, bins: 4, training: {proof: certificate}}"
  static let forest =
    "model: {kind: forest, trees: 3, features: 2, depth: 2, minimum-rows: 4, minimum-leaf: 2, bins: 4, training: {proof: certificate}}"

  private func project(_ model: String, fairness: Bool = false) throws -> Project {
    let phase = PhaseText(extra: model)
    let project = try Project(phase: phase)
    var text = phase.text.replacingOccurrences(of: "openings: 2", with: "openings: 12")
    if fairness {
      text = text.replacingOccurrences(
        of: "predictions: committed}", with: "predictions: committed, metrics: [balancedAccuracy], fairness: {by: [job], minimumGroup: 2}}")
      text = text.replacingOccurrences(of: "target: approved", with: "target: approved\nprotected: [job]")
    }
    try project.folder.write(text, to: "pipeline.yaml")
    return project
  }

  @Test("from raw rows to a decision, with the certificate, in one proof; a receipt of one row is tied to it", arguments: [tree, forest])
  func whole(_ model: String) throws {
    let project = try project(model)
    let result = try project.run()
    let report = try project.verify()
    #expect(report.bundleID == result.report.bundleID && report.proofs.count == 1)
    #expect(report.claims.filter { $0.entry.type == "treeTraining" }.count == 1)
    #expect(Set(report.claims.map(\.entry.type)).isSuperset(of: ["fit", "transform", "split", "inference", "accuracy", "wellFormed"]))
    #expect(report.manifest.edges.contains(ManifestEdge(.trainedOn, from: "model", to: "train-prepared")))
    #expect(report.manifest.artefacts.first { $0.name == "model" }?.kind == "tree-ensemble")
    #expect(!report.text.contains("how it was trained, and on what"))
    #expect(result.stages.contains { $0.name == "grow trees" })
    if model == Self.forest { #expect(report.text.contains("drawn with replacement") && report.text.contains("that the draws were not chosen")) }
    // One row as it was measured, prepared by the committed parameters and answered by the committed trees.
    let question = PreparedQuestion(bundle: project.folder.file("bundle"), row: "income=4500.5,job=nurse,age=")
    _ = try SingleProofs.infer(question, options: project.options("answer"))
    let receipt = try project.verify("answer")
    #expect(receipt.proofs.count == 1 && receipt.claim("inference") != nil)
    let outcome = ReceiptComparison(audited: report).outcome(for: receipt)
    #expect(outcome.state == .met, "\(outcome.reason)")
  }

  @Test("metrics and fairness of a tree; without proof a tree is said to be unproved") func metrics() throws {
    let project = try project("model: {kind: tree, depth: 2, bins: 4, minimum-rows: 4, minimum-leaf: 2}", fairness: true)
    let notes = try project.notes()
    #expect(notes.contains { $0.contains("how the trees came about is not proved") })
    let report = try project.verify()
    #expect(Set(report.claims.map(\.entry.type)).isSuperset(of: ["confusion", "inference"]))
    #expect(!report.claims.contains { $0.entry.type == "treeTraining" })
  }

  @Test("a tree that predicts a number") func number() throws {
    var phase = PhaseText(extra: Self.tree.replacingOccurrences(of: "bins: 4", with: "bins: 3"), accuracy: "none")
    phase.split = "{test: 0.4, method: random}"
    let schema = Project.schema.replacingOccurrences(
      of: "{name: age, type: integer, range: [0, 120], missing: presence}",
      with: "{name: age, type: integer, range: [0, 120], missing: drop}")
    let project = try Project(phase: phase, schema: schema)
    let text = phase.text.replacingOccurrences(of: "target: approved", with: "target: age").replacingOccurrences(
      of: "predictions: committed}", with: "predictions: committed, metrics: [mae]}")
    try project.folder.write(text, to: "pipeline.yaml")
    try project.run()
    let report = try project.verify()
    #expect(report.claims.filter { $0.entry.type == "treeTraining" }.count == 1 && report.text.contains("squared error"))
  }

  @Test(
    "votes are scores, and their share a probability: of a forest, and of one tree",
    arguments: ["{kind: forest, trees: 5, depth: 3}", "{kind: tree, depth: 3}"])
  func scores(_ model: String) throws {
    let project = try Project(phase: PhaseText(extra: "model: \(model)"))
    let text = try String(contentsOfFile: project.folder.file("pipeline.yaml"), encoding: .utf8)
    try project.folder.write(
      text.replacing("predictions: committed}", with: "predictions: committed, metrics: [auc, ks, brier, logLoss, calibration]}"), to: "pipeline.yaml"
    )
    _ = try project.run()
    let report = try project.verify()
    guard case .data(.ranking(let claim))? = report.statements["ranking"], case .table(let schema, _)? = report.contents["predictions"] else {
      Issue.record("no ranking")
      return
    }
    let trees: Int64 = model.contains("forest") ? 5 : 1
    #expect(claim.unit == trees && claim.measures.count == 5 && claim.positive == 1 && claim.scores.column == "score.1")
    #expect(schema.columns.map(\.name) == ["prediction", "score.1"])
    #expect(schema.column("score.1")?.type == .integer(IntegerRange(0...(trees == 5 ? 7 : 1))))
    let keys = (report.claim("ranking")?.description.figures ?? []).compactMap { figure -> String? in
      if case .metric(let metric) = figure { metric.key } else { nil }
    }
    #expect(keys == ["auc", "ks", "brier", "logLoss", "calibration"])
  }

  @Test("settings that do not fit are refused where they stand") func refusals() throws {
    for wrong in [
      "{kind: tree, trees: 3}", "{kind: tree, features: 3}", "{kind: logistic, depth: 3}", "{kind: tree, import: a.csv}", "{depth: 3}",
      "{kind: tree, depth: 0}", "{kind: tree, bins: 1}", "{kind: tree, training: {proof: process}}", "{kind: tree, training: {epochs: 3}}",
      "{kind: forest, trees: 0}", "{kind: forest, features: 100}", "{training: {proof: certificate}}", "{kind: tree, minimum-rows: 1}",
    ] {
      let project = try Project(phase: PhaseText(extra: "model: \(wrong)"))
      #expect(project.refusal() != nil, "\(wrong)")
    }
    // Draws and certificates need a committed training table.
    for model in [Self.forest, Self.tree] {
      let project = try Project(
        PipelineText(extra: model), schema: Project.schema.replacingOccurrences(of: ", missing: presence", with: ", missing: drop"))
      #expect(throws: PipelineError.self) { try project.run() }
    }
  }
}

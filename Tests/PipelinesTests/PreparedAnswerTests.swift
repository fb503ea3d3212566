import Claims
import Evidence
import Foundation
import Pipelines
import Programs
import Store
import Testing

@Suite("Answers of prepared models for single rows") struct PreparedAnswerTests {
  static let row = "income=4500.5,job=nurse,age="

  /// A project whose model can be asked several times.
  private func project(_ phase: PhaseText = PhaseText()) throws -> Project {
    let project = try Project(phase: phase)
    try project.folder.write(phase.text.replacingOccurrences(of: "openings: 2", with: "openings: 12"), to: "pipeline.yaml")
    return project
  }

  private func ask(
    _ project: Project, _ row: String = row, hides: Bool = false, outputs: [String] = ["prediction"], bundle: String = "bundle",
    out: String = "answer"
  ) throws -> SingleProofs.Result {
    let question = PreparedQuestion(bundle: project.folder.file(bundle), row: row, hidesRow: hides, outputs: outputs)
    return try SingleProofs.infer(question, options: project.options(out))
  }

  @Test(
    "a raw row, committed parameters, a committed model and a published answer in one proof that an auditor ties to the run",
    arguments: ["auto", "{columns: {income: [log, standardise], age: [impute: mean, robust]}, others: drop}"]) func whole(prepare: String) throws
  {
    let project = try self.project(PhaseText(prepare: prepare))
    try project.run()
    let row = prepare == "auto" ? Self.row : "income=4500.5,age="
    let (run, result) = (try project.verify(), try ask(project, row, outputs: ["prediction", "probability"]))
    let receipt = try project.verify("answer")
    #expect(receipt.proofs.count == 1 && receipt.bundleID == result.report.bundleID)
    #expect(receipt.manifest.artefacts.first?.name == "row")
    for name in ["model"] + receipt.manifest.artefacts.map(\.name).filter({ $0.hasPrefix("parameters") }) {
      let own = receipt.manifest.artefacts.first { $0.name == name }
      #expect(own != nil && own?.identity == run.manifest.artefacts.first { $0.name == name }?.identity, "\(name)")
    }
    // What it says, in words and numbers: the row, the preparation, the answer.
    let cells = receipt.claim("row")?.description.shows.joined(separator: " ") ?? ""
    #expect(cells.contains("income 4500.5"))
    let answer = receipt.claim("inference")?.description
    #expect(answer?.discloses.contains { $0.field == "prediction" && $0.extent == .exact } == true)
    #expect(receipt.text.contains("transformed, row by row"))
    let outcome = ReceiptComparison(audited: run).outcome(for: receipt)
    #expect(outcome.state == .met, "\(outcome.reason)")
    let stages = receipt.manifest.artefacts.map(\.name).filter { $0.hasPrefix("row") }
    #expect(stages == (prepare == "auto" ? ["row", "row-prepared"] : ["row", "row-stage-1", "row-prepared"]))
    for (from, to) in zip(stages.dropFirst(), stages) { #expect(receipt.manifest.edges.contains(ManifestEdge(.derivedFrom, from: from, to: to))) }
    // A second receipt of the same row has another commitment to it.
    _ = try ask(project, row, out: "again")
    #expect(try project.verify("again").manifest.artefacts.first?.identity != receipt.manifest.artefacts.first?.identity)
  }

  @Test("answers agree with the model on every row of the test part") func agrees() throws {
    let phase = PhaseText(split: "{method: cutoff, column: income, from: 3000}", accuracy: "none")
    let project = try self.project(phase)
    let text = try String(contentsOfFile: project.folder.file("pipeline.yaml"), encoding: .utf8)
    try project.folder.write(text.replacingOccurrences(of: "predictions: committed", with: "predictions: public"), to: "pipeline.yaml")
    let run = try project.run()
    guard case .inference(_, _, let outputs)? = run.report.statements["published-predictions"], case .published(let values)? = outputs["prediction"]
    else {
      Issue.record("no published predictions")
      return
    }
    // By the cut-off the rows from income 3000 on are tested, in the order of the table.
    let rows = Project.applicants.split(separator: "\n").dropFirst().map { $0.split(separator: ",", omittingEmptySubsequences: false) }
    let tested = rows.filter { (Double($0[0]) ?? 0) >= 3_000 }
    #expect(tested.count == values.count)
    for (cells, value) in zip(tested, values).prefix(3) {
      _ = try ask(project, "income=\(cells[0]),job=\(cells[1]),age=\(cells[2])")
      let report = try project.verify("answer")
      guard case .inference(_, _, let outputs)? = report.statements["inference"], case .published(let own)? = outputs["prediction"] else { continue }
      #expect(own == [value])
    }
  }

  @Test("a hidden row: nothing of it is told but the answer") func hidden() throws {
    let project = try self.project()
    try project.run()
    _ = try ask(project, hides: true)
    let receipt = try project.verify("answer")
    #expect(receipt.claim("row") == nil && !receipt.text.contains("4500.5"))
    #expect(ReceiptComparison(audited: try project.verify()).outcome(for: receipt).state == .met)
  }

  @Test("a receipt of another run's model is told apart, and so is one whose statement was changed") func dishonest() throws {
    let project = try self.project()
    try project.run()
    _ = try ask(project)
    let other = try self.project()
    try other.run()
    let comparison = ReceiptComparison(audited: try other.verify())
    #expect(comparison.outcome(for: try project.verify("answer")).state == .notMet)
    #expect(ReceiptComparison(audited: try project.verify()).outcome(for: try project.verify()).state == .met)
    // Another answer, another cell, another step.
    let honest = try Rebuilt(try project.bundle("answer"))
    var altered = honest
    altered.alter("row", ["statistics"], to: .array([]))
    #expect(try altered.rejection() != nil)
    altered = honest
    altered.alter("transform", ["parameters"], to: "model")
    #expect(try altered.rejection() != nil)
    altered = honest
    altered.alter("inference", ["model"], to: "parameters")
    #expect(try altered.rejection() != nil)
    // The same model, but rows that were prepared already: its bundle says nothing about the preparation.
    let model = Pipeline.projectName(project.folder.file("pipeline.yaml")) + ".model"
    try project.folder.write("income,job=clerk,job=farmer,job=nurse,age,age is missing\n0.512,0,0,1,0.1,0\n", to: "row.csv")
    _ = try SingleProofs.infer(model: model, row: project.folder.file("row.csv"), options: project.options("prepared"))
    let outcome = ReceiptComparison(audited: try project.verify()).outcome(for: try project.verify("prepared"))
    #expect(outcome.state == .notMet && outcome.reason.contains("prepared otherwise"))
  }

  @Test("after a refresh the receipt names newer commitments, which the bundle of the refresh leads back") func refreshed() throws {
    let project = try self.project()
    try project.run()
    let prefix = Pipeline.projectName(project.folder.file("pipeline.yaml"))
    _ = try Refreshing.refresh("\(prefix).model", options: project.options("refresh"))
    _ = try ask(project)
    let (run, receipt, refresh) = (try project.verify(), try project.verify("answer"), try project.verify("refresh"))
    let models = [run, receipt].map { report in report.manifest.artefacts.first { $0.name == "model" }?.identity }
    #expect(models[0] != models[1] && models[1] != nil)
    let alone = ReceiptComparison(audited: run).outcome(for: receipt)
    #expect(alone.state == .notMet && alone.reason.contains("--refreshed"))
    let followed = ReceiptComparison(audited: run, refreshed: [refresh]).outcome(for: receipt)
    #expect(followed.state == .met && followed.reason.contains("refreshed with proof"))
    // The refresh of another run's model leads nowhere.
    let other = try self.project()
    try other.run()
    _ = try Refreshing.refresh("\(Pipeline.projectName(other.folder.file("pipeline.yaml"))).model", options: other.options("refresh"))
    #expect(ReceiptComparison(audited: run, refreshed: [try other.verify("refresh")]).outcome(for: receipt).state == .notMet)
  }

  @Test("what cannot be answered is refused with what to do") func refusals() throws {
    let project = try self.project()
    try project.run()
    func refusal(_ row: String, bundle: String = "bundle") -> String {
      do {
        _ = try ask(project, row, bundle: bundle, out: "refused")
        return "answered"
      } catch { return "\(error)" }
    }
    #expect(refusal("income=4500.5").contains("job"))
    #expect(refusal("income=4500.5,job=pilot,age=3").contains("pilot"))
    #expect(refusal("income=4500.5,job=nurse,age=3,sex=f").contains("no feature \"sex\""))
    #expect(refusal(Self.row, bundle: "nothing") != "answered")
    try project.folder.write(PipelineText().text, to: "pipeline.yaml")
    try project.run("plain")
    #expect(refusal(Self.row, bundle: "plain").contains("leave --bundle out"))
    #expect(!FileManager.default.fileExists(atPath: project.folder.file("refused")))
  }
}

import Evidence
import Foundation
import Importers
import Pipelines
import Store
import Synchronization
import Testing

/// A pipeline with a data phase on the small project.
struct PhaseText {
  var split = "{test: 0.4, method: random}"
  var prepare = "auto"
  var extra = ""
  var accuracy = "revealed"

  var text: String {
    """
    version: 1
    data: data.csv
    schema: schema.yaml
    target: approved
    split: \(split)
    \(prepare.isEmpty ? "" : "prepare: \(prepare)")
    claims: {accuracy: \(accuracy), predictions: committed}
    openings: 2
    \(extra)
    """
  }
}

extension Project {
  init(phase: PhaseText, data: String = Project.applicants, schema: String = Project.schema) throws {
    try self.init(PipelineText(), data: data, schema: schema)
    try folder.write(phase.text, to: "pipeline.yaml")
  }

  /// Notes and warnings of a run.
  func notes(_ output: String = "bundle") throws -> [String] {
    let log = Mutex<[String]>([])
    try run(output) { event in if case .note(let text) = event { log.withLock { $0.append(text) } } }
    return log.withLock { $0 }
  }

  /// The error of a run in words.
  func refusal() -> String? {
    do {
      try run("refused")
      return nil
    } catch { return "\(error)" }
  }
}

@Suite("The data phase of a pipeline") struct DataPhaseTests {
  @Test("raw table, split, parameters, prepared tables, model and predictions hang together in one verified bundle") func whole() throws {
    let project = try Project(
      phase: PhaseText(
        extra: """
          statistics: auto
          anonymity: {columns: [job], minimum: 5}
          disjoint: true
          """))
    let result = try project.run()
    let report = try project.verify()
    #expect(report.bundleID == result.report.bundleID)
    #expect(
      report.manifest.artefacts.map(\.name) == ["raw", "train", "test", "parameters", "train-prepared", "test-prepared", "model", "predictions"])
    #expect(
      report.claims.map(\.entry.type).filter { $0 != "wellFormed" } == [
        "statistics", "anonymity", "split", "disjoint", "fit", "transform", "transform", "inference", "accuracy",
      ])
    // The raw table has a tree of its own; everything else shares one.
    #expect(report.manifest.artefacts[0].tree == nil && report.manifest.artefacts.dropFirst().allSatisfy { $0.tree != nil })
    #expect(Set(report.manifest.artefacts.map(\.root)).count == 2)
    let edges = Set(report.manifest.edges)
    for (from, to) in [("train", "raw"), ("test", "raw"), ("train-prepared", "train"), ("test-prepared", "test"), ("predictions", "test-prepared")] {
      #expect(edges.contains(ManifestEdge(.derivedFrom, from: from, to: to)), "\(from) from \(to)")
    }
    #expect(edges.contains(ManifestEdge(.fittedOn, from: "parameters", to: "train")))
    #expect(result.spendings.map(\.artefacts.count) == [1, 7])
    #expect(report.text.contains("every value lies") || report.text.contains("statistic") || report.claim("statistics") != nil)
    #expect(result.storedNames["raw"] == Pipeline.projectName(project.folder.file("pipeline.yaml")) + ".raw")
    // A second run deals the same rows from the same commitment.
    let again = try project.run("again")
    #expect(again.report.manifest.artefacts.map(\.identity) == report.manifest.artefacts.map(\.identity))
  }

  @Test(
    "filters, duplicates, stages and every way to split",
    arguments: [
      ("{test: 0.3, method: stratified}", "auto", ["split"]),
      ("{test: 0.3, method: stratified, stratify: job, nonce: {auditor: 00112233445566778899}}", "auto", ["split"]),
      ("{method: cutoff, column: income, from: 3000}", "{columns: {income: [log, standardise]}}", ["split"]),
      (
        "{method: groups, column: job, test: 0.4}", "{columns: {income: [clip: {from: 5%, to: 95%}], age: [impute: mean, robust]}, others: drop}",
        ["split"]
      ),
      (
        "{method: random, folds: 4, nonce: {dated: pulse, date: 2026-11-01}}",
        "{filter: [{column: income, from: 1000}, {column: age, present: true}], deduplicate: true, columns: auto}", ["filter", "deduplicate"]
      ),
      ("{method: random}", "{deduplicate: true}", ["deduplicate"]), ("{method: random}", "", ["split"]),
    ]) func forms(split: String, prepare: String, types: [String]) throws
  {
    let project = try Project(phase: PhaseText(split: split, prepare: prepare))
    try project.run()
    let report = try project.verify()
    for type in types { #expect(report.claims.contains { $0.entry.type == type }, "\(type) in \(report.claims.map(\.entry.name))") }
    #expect(report.claim("inference") != nil && report.claim("accuracy") != nil)
  }

  @Test("what is said about the seed") func provenance() throws {
    #expect(try Project(PipelineText()).notes().contains { $0.contains("split into training and test rows is not proved") })
    #expect(try Project(phase: PhaseText()).notes().contains { $0.contains("could have been ground") })
    let project = try Project(phase: PhaseText(split: "{method: random, nonce: {auditor: 00112233445566778899}}"))
    #expect(try project.notes().contains { $0.contains("could have been ground") })  // committed in the same run
    #expect(try project.notes("again").contains { $0.contains("older than this run") })
    let dated = try Project(phase: PhaseText(split: "{method: random, nonce: {dated: pulse, date: 2026-11-01}}"))
    try dated.run("first")
    #expect(try dated.notes().contains { $0.contains("nonce of 2026-11-01") })
  }

  @Test("statistics of every kind, revealed and bounded") func statistics() throws {
    let list = """
      statistics:
        - {column: income, show: [mean, deviation, minimum, maximum, median, quartiles]}
        - {column: age, show: [missing, median], mean: {from: 20, to: 60}, minimum: {from: 10, to: 30}}
        - {column: age, missing: {from: 0, to: 0.5}}
        - {column: job, show: [counts]}
        - {pairs: [job, approved]}
      """
    let project = try Project(phase: PhaseText(extra: list))
    try project.run()
    let text = try project.verify().text
    // 8 of 40 ages are missing, and a third of the applicants has each job.
    #expect(text.contains("clerk") && text.contains("14"))
    #expect(try project.verify().claim("statistics")?.description.discloses.isEmpty == false)
  }

  @Test(
    "what is not so is refused with place and remedy, and nothing is proved",
    arguments: [
      (PhaseText(extra: "anonymity: {columns: [income], minimum: 2}"), "fewer than 2 rows"), (PhaseText(extra: "disjoint: [job]"), "method: groups"),
      (PhaseText(extra: "statistics: [{column: income, mean: {from: 0, to: 10}}]"), "is not from 0 to 10"),
      (PhaseText(extra: "statistics: [{column: incme, show: [mean]}]"), "incme"),
      (PhaseText(extra: "statistics: [{column: job, show: [mean]}]"), "mean of categories"),
      (PhaseText(extra: "anonymity: {columns: [jb], minimum: 2}"), "jb"), (PhaseText(extra: "disjoint: [jb]"), "jb"),
      (PhaseText(split: "{method: cutoff, column: age, from: 30}"), "missing cells"),
      (PhaseText(split: "{method: cutoff, column: income, from: 9000}"), "without rows"),
      (PhaseText(split: "{method: cutoff, column: incme, from: 1}"), "incme"),
      (PhaseText(split: "{method: cutoff, column: income, from: x}"), "a number"),
      (PhaseText(split: "{method: stratified, stratify: income}"), "stratified by numbers"),
      (PhaseText(split: "{method: random, test: 0}"), "no row for the test part"),
      (PhaseText(split: "{method: random, test: 1.0}"), "no row for the training part"),
      (PhaseText(extra: "statistics: [{correlation: [income, age]}]"), "missing cells"),
      (PhaseText(extra: "statistics: [{correlation: [income, job]}]"), "of categories"),
      (PhaseText(extra: "statistics: [{column: income, deviation: {from: 0, to: 1}}]"), "deviation of income is not from 0 to 1"),
      (PhaseText(extra: "statistics: [{column: job, shares: {clerk: {from: 0.9, to: 1}}}]"), "share of clerk in job is not"),
      (PhaseText(extra: "statistics: [{column: job, shares: {clark: {from: 0, to: 1}}}]"), "clark"),
      (PhaseText(extra: "statistics: [{histogram: {column: income, edges: [3000, 2000]}}]"), "Sort the edges"),
      (PhaseText(extra: "statistics: [{histogram: {column: job, edges: [1]}}]"), "show: [counts]"),
      (PhaseText(extra: "statistics: [{column: age, mean: {from: 20, to: 60}}, {column: age, show: [deviation]}]"), "only bounded"),
      (PhaseText(prepare: "{columns: {age: [min-max]}}"), "Write impute first"),
      (PhaseText(prepare: "{columns: {income: [standardise, log]}}"), "Write clip: {from: 0} before log"),
      (PhaseText(prepare: "{columns: {income: [bucketise: [20, 10]]}}"), "Sort the edges"),
      (PhaseText(prepare: "{columns: {income: [clip: {from: 60, to: 20}]}}"), "Exchange the two bounds"),
      (PhaseText(prepare: "{filter: [{column: income, from: 9000}]}"), "no row meets"),
      (PhaseText(prepare: "{columns: {age: [standardise]}}"), "impute"),
      (PhaseText(prepare: "{columns: {approved: drop}}"), "approved"), (PhaseText(extra: "protected: [job]\nexclude: [age]"), ""),
    ]) func refused(phase: PhaseText, words: String) throws
  {
    let project = try Project(phase: phase)
    guard !words.isEmpty else {
      try project.run()
      return
    }
    let refusal = try #require(project.refusal())
    #expect(refusal.contains(words), "\(refusal)")
    #expect(!FileManager.default.fileExists(atPath: project.folder.file("refused")))
  }

  @Test("correlation, quantiles, histograms, deviations and shares, revealed or bounded") func moreStatistics() throws {
    // Whole table of 40 rows; y = 2x + 1 exactly, z falls with x.
    let data =
      "x,y,z,kind,late,approved\n"
      + (0..<40).map { row in
        "\(row),\(2 * row + 1),\(100 - row * row / 20),\(["a", "b"][row % 4 == 0 ? 0 : 1]),\(row % 5 == 0 ? "" : "\(row % 7)"),\(["yes", "no"][row % 3 == 0 ? 0 : 1])"
      }.joined(separator: "\n") + "\n"
    let schema = """
      version: 1
      columns:
        - {name: x, type: integer, range: [0, 50]}
        - {name: y, type: integer, range: [0, 100]}
        - {name: z, type: integer, range: [0, 100]}
        - {name: kind, type: category, values: [a, b]}
        - {name: late, type: integer, range: [0, 9], missing: presence}
        - {name: approved, type: category, values: [no, yes]}
      """
    let list = """
      statistics:
        - {correlation: [x, y]}
        - {correlation: [x, z], from: -1, to: -0.9}
        - {column: x, quantiles: [5%, {at: 90%, from: 30, to: 40}]}
        - {histogram: {column: x, edges: [10, 20, 30]}}
        - {histogram: {column: y, edges: [0, 40]}, from: 0.3, to: 0.7}
        - {column: late, mean: {from: 2, to: 4}, deviation: {from: 1, to: 3}}
        - {column: z, variance: {from: 100, to: 1000}}
        - {column: kind, shares: {a: {from: 0.2, to: 0.3}}}
        - {pairs: [kind, approved], from: 0.05, to: 0.6}
      """
    let project = try Project(phase: PhaseText(extra: list), data: data, schema: schema)
    try project.run()
    let own = try #require(try project.verify().claim("statistics")).description
    let text = (own.shows + own.discloses.map { "\($0.field): \($0.value)" }).joined(separator: "\n")
    for part in [
      "x and y: correlation 1.0000 (Pearson, over 40 rows", "x and z: correlation from -0.9999 to -0.9001", "histogram of x",
      "10 from 10 to below 20", "12 to 28 from 40 to below 101", "standard deviation from 1.", "z: variance from 100.",
      "8 to 12 a", "kind: a 20.00 % to 30.00 %", "2 to 24 a and no", "late: mean from 2.0000 to 4.0000",
    ] { #expect(text.contains(part), "\(part)\n\(text)") }
    // What is only bounded stands nowhere.
    #expect(!text.contains("late: mean 2") && !text.contains("histogram of kind (raw): 10"))
  }

  @Test("statistics: auto says nothing about keys") func keys() throws {
    let data = "id,x,approved\n" + (0..<40).map { "\(900 + $0),\($0 % 9),\(["yes", "no"][$0 % 3 == 0 ? 0 : 1])" }.joined(separator: "\n") + "\n"
    let schema = """
      version: 1
      columns:
        - {name: id, type: integer, range: [0, 1000], role: key}
        - {name: x, type: integer, range: [0, 9]}
        - {name: approved, type: category, values: [no, yes]}
      """
    let project = try Project(phase: PhaseText(extra: "statistics: auto\nexclude: [id]"), data: data, schema: schema)
    #expect(try project.notes().contains { $0.contains("\"id\"") && $0.contains("key") })
    let fields = try project.verify().claim("statistics")?.description.discloses.map(\.field) ?? []
    #expect(fields.contains { $0.contains("sum of x") } && !fields.contains { $0.contains("of id") })
  }

  @Test("a part of few rows is warned of") func small() throws {
    #expect(try Project(phase: PhaseText(split: "{method: random, test: 0.1}")).notes().contains { $0.contains("the test part has 4 rows only") })
    #expect(try !Project(phase: PhaseText(split: "{method: random, test: 0.3}")).notes().contains { $0.contains("rows only") })
  }

  @Test("a duplicate row on both sides is refused, and removed on request") func duplicates() throws {
    let rows = Project.applicants.split(separator: "\n")
    let data = ([rows[0]] + rows.dropFirst() + rows.dropFirst()).joined(separator: "\n") + "\n"
    let project = try Project(phase: PhaseText(extra: "disjoint: true"), data: data)
    #expect(try #require(project.refusal()).contains("deduplicate"))
    try project.folder.write(PhaseText(prepare: "{deduplicate: true, columns: auto}", extra: "disjoint: true").text, to: "pipeline.yaml")
    try project.run()
    let report = try project.verify()
    #expect(report.claim("deduplicate") != nil && report.claim("disjoint") != nil)
    #expect(report.manifest.artefacts.map(\.name).contains("deduplicated"))
  }

  @Test("a feature that stands for a protected column is refused on the raw columns") func protectedColumns() throws {
    let data =
      "income,job,age,approved\n"
      + (0..<40).map { "\(900 + $0).0,\(["clerk", "farmer"][$0 % 2]),\(20 + $0 % 2),\(["yes", "no"][$0 % 3 == 0 ? 0 : 1])" }.joined(separator: "\n")
      + "\n"
    let project = try Project(phase: PhaseText(extra: "protected: [job]"), data: data)
    #expect(try #require(project.refusal()).contains("age"))
  }

  @Test("a raw row is no input of a prepared model, and the refusal says what is") func rawRow() throws {
    let project = try Project(phase: PhaseText())
    try project.run()
    let model = Pipeline.projectName(project.folder.file("pipeline.yaml")) + ".model"
    do {
      _ = try SingleProofs.infer(model: model, row: "income=4500.0,job=nurse,age=", options: project.options("answer"))
      Issue.record("answered")
    } catch let error as PipelineError {
      #expect(error.problem == .row && error.message.contains("prepared columns") && error.remedy.contains("zkmlops infer --bundle"))
    }
    try project.folder.write("income,job=clerk,job=farmer,job=nurse,age,age is missing\n0.512,0,0,1,0.1,0\n", to: "row.csv")
    _ = try SingleProofs.infer(model: model, row: project.folder.file("row.csv"), options: project.options("answer"))
    #expect(try project.verify("answer").claim("inference") != nil)
  }

  @Test("separate trees") func separateTrees() throws {
    let project = try Project(phase: PhaseText(extra: "trees: separate"))
    let result = try project.run()
    let manifest = try project.verify().manifest
    #expect(result.spendings.count == 8 && manifest.artefacts.allSatisfy { $0.tree == nil })
  }
}

import Claims
import Evidence
import Foundation
import Importers
import Pipelines
import Programs
import Testing

/// A pipeline with a data phase and claims about metrics on the small project, with a column that the model does not read.
private func project(_ claims: String, protected: String = "[sex]", model: String = "") throws -> Project {
  let rows = Project.applicants.split(separator: "\n").enumerated().map { index, line in
    index == 0 ? "\(line),sex" : "\(line),\(["f", "m", "m", "f", "m"][index % 5])"
  }
  var phase = PhaseText()
  phase.extra = "protected: \(protected)\n\(model)"
  let project = try Project(
    phase: phase, data: rows.joined(separator: "\n") + "\n",
    schema: Project.schema.replacing("    - {name: approved", with: "    - {name: approved") + "\n  - {name: sex, type: category, values: [f, m]}")
  try project.folder.write(
    phase.text.replacing("claims: {accuracy: revealed, predictions: committed}", with: "claims:\n  predictions: committed\n\(claims)"),
    to: "pipeline.yaml")
  return project
}

@Suite("Metrics and fairness of a pipeline") struct MetricPipelineTests {
  @Test("metrics of classes and scores, and counts by group, in one verified proof; the rows are one set of rows") func whole() throws {
    let project = try project(
      """
        metrics: [accuracy, balancedAccuracy, f1, auc, ks, brier, logLoss, calibration, {recall: {class: "yes", atLeast: 0.01}}]
        fairness: {by: [sex, {column: age, bands: [40]}], minimumGroup: 3}
      """)
    try project.run()
    let report = try project.verify()
    #expect(
      report.claims.map(\.entry.name).suffix(6) == ["inference", "metrics", "metric-bounds", "ranking", "fairness-sex", "fairness-age"])
    let predictions = try #require(report.contents["predictions"])
    guard case .table(let schema, _) = predictions else { return }
    #expect(schema.columns.map(\.name) == ["prediction", "probability"])
    let sex = try #require(report.claim("fairness-sex")?.description)
    #expect(sex.shows.contains { $0.contains("the groups are those of the same rows") })
    #expect(sex.shows.contains { $0.contains("part test of the split of raw") } && !sex.doesNotShow.contains { $0.contains("Whose") })
    #expect(report.manifest.edges.contains(ManifestEdge(.evaluatedOn, from: "predictions", to: "test-prepared")))
    let metrics = report.claims.flatMap(\.description.figures).compactMap { figure -> MetricFigure? in
      if case .metric(let metric) = figure { metric } else { nil }
    }
    for key in ["balancedAccuracy", "f1Macro", "auc", "ks", "brier", "logLoss", "calibration", "demographicParityDifference", "equalisedOddsRatio"] {
      let own = try #require(metrics.first { $0.key == key }, "\(key)")
      #expect(own.isExact && own.rows == 16 && own.baseline != nil, "\(key)")
    }
    #expect(metrics.first { $0.key == "recall" && !$0.isExact }?.lower == 0.01)
    #expect(metrics.first { $0.key == "auc" }?.interval != nil)
    #expect(report.text.contains("Hanley-McNeil") && HTMLReport.page(for: report).contains("Predicted as yes"))
  }

  @Test("of three classes every one's score is committed and ranked against the rest; no metric of probabilities is")
  func oneAgainstRest() throws {
    let project = try project("  metrics: [auc, ks, accuracy]")
    let path = project.folder.file("pipeline.yaml")
    let text = try String(contentsOfFile: path, encoding: .utf8).replacing("target: approved", with: "target: job")
    try project.folder.write(text, to: "pipeline.yaml")
    try project.run()
    let report = try project.verify()
    let rankings = report.claims.filter { $0.entry.name.hasPrefix("ranking-") }
    guard case .table(let schema, let rows)? = report.contents["predictions"], case .linearModel(let architecture)? = report.contents["model"],
      case .category(let names)? = architecture.encoding.schema.column("job")?.type
    else {
      Issue.record("no predictions of classes")
      return
    }
    #expect(names.count == 3 && rankings.count == 3 && schema.columns.map(\.name) == ["prediction", "score.0", "score.1", "score.2"])
    for (k, claim) in rankings.enumerated() {
      guard case .data(.ranking(let own))? = report.statements[claim.entry.name] else { continue }
      #expect(own.positive == k && own.scores.column == "score.\(k)" && own.measures.count == 2)
      #expect(claim.description.shows.contains { $0.contains("one against the rest") })
      #expect(claim.description.figures.count == 2 && rows == 16)
    }
    #expect(report.text.contains("score of class \(names[1])"))
    var altered = try Rebuilt(try project.bundle())
    altered.alter("ranking-\(names[1])", ["scores"], to: .object(["artefact": "predictions", "column": "score.2"]))
    #expect(try altered.rejection() != nil)
    #expect(throws: (any Error).self) {
      try project.folder.write(text.replacing("auc, ks, accuracy", with: "brier"), to: "other.yaml")
      _ = try Pipeline.run(project.folder.file("other.yaml"), options: project.options("other"))
    }
  }

  @Test("bounds reveal the groups' sizes alone; a bound that fails is refused before anything is proved") func bounds() throws {
    let kept = try project(
      "  fairness: {by: [sex], minimumGroup: 2, outcome: \"yes\", demographicParity: {atMost: 1}}\n  metrics: [{auc: {atLeast: 0.01}}]")
    try kept.run()
    let report = try kept.verify()
    guard case .data(.confusion(let claim))? = report.statements["fairness-sex"], case .bounds(_, let bounds) = claim.shown else {
      Issue.record("no bounds")
      return
    }
    #expect(bounds == [MetricBound(.demographicParityDifference(1), 1, of: 1)])
    guard case .table(let schema, _)? = report.contents["predictions"] else { return }
    #expect(schema.columns.map(\.name) == ["prediction", "score"])
    let ranked = try project("  metrics: [{brier: {atMost: 0.000001}}]")
    #expect(ranked.refusal()?.contains("outside") == true)
  }

  @Test("small groups are not shown, unless asked") func smallGroups() throws {
    let project = try project("  fairness: {by: [sex]}")
    try project.run()
    guard case .data(.confusion(let claim))? = try project.verify().statements["fairness-sex"] else {
      Issue.record("no claim")
      return
    }
    #expect(claim.shownGroups.isEmpty && claim.minimumGroup == 30)
    var options = project.options("other")
    options.minimumGroup = 1
    _ = try Pipeline.run(project.folder.file("pipeline.yaml"), options: options)
    guard case .data(.confusion(let asked))? = try project.verify("other").statements["fairness-sex"] else { return }
    #expect(asked.shownGroups == [0, 1] && asked.minimumGroup == 1)
  }

  @Test("a number's errors, with R² bounded, and what always answering the mean gives") func numbers() throws {
    let project = try project("  accuracy: none\n  metrics: [mse, mae, r2]")
    try project.folder.write(
      try String(contentsOfFile: project.folder.file("pipeline.yaml"), encoding: .utf8).replacing("target: approved", with: "target: income"),
      to: "pipeline.yaml")
    try project.run()
    let errors = try #require(try project.verify().claim("errors")?.description)
    #expect(errors.shows.contains { $0.hasPrefix("Mean squared error") && $0.contains("always answering the mean") })
    #expect(errors.shows.contains { $0.hasPrefix("R² = ") })
  }

  @Test("metrics of scores by group: each group's rows alone, in claims of their own, which policies do not take for the whole") func slices() throws
  {
    let project = try project(
      """
        metrics: [accuracy]
        slices: {by: [sex, {column: age, bands: [40]}], metrics: [auc, ks, {brier: {atMost: 1}}, logLoss, calibration], minimumGroup: 2}
      """)
    let notes = try project.notes()
    let report = try project.verify()
    let own = report.claims.compactMap { claim -> (name: String, claim: RankingClaim, description: ClaimDescription)? in
      guard case .data(.ranking(let ranking))? = report.statements[claim.entry.name] else { return nil }
      return (claim.entry.name, ranking, claim.description)
    }
    #expect(own.map(\.name).prefix(2) == ["ranking-sex-f", "ranking-sex-m"] && own.count >= 3 && own.allSatisfy { $0.name.hasPrefix("ranking-") })
    let sexes = own.filter { $0.claim.slice?.group.column.column == "sex" }
    #expect(sexes.compactMap { $0.claim.slice?.rows }.reduce(0, +) == 16)
    for entry in own {
      #expect(entry.claim.measures.count == 5 && entry.claim.unit != nil)
      #expect(entry.description.shows.contains { $0.contains("one group alone") && $0.contains("of 16") })
      #expect(entry.description.shows.contains { $0.contains("the groups are those of the same rows") })
    }
    let figures = sexes.flatMap(\.description.figures).compactMap { figure -> MetricFigure? in
      if case .metric(let metric) = figure { metric } else { nil }
    }
    #expect(figures.contains { $0.key == "auc" && $0.subject == "sex = f: yes" && $0.rows == sexes[0].claim.slice?.rows })
    let policy = try Policy(
      fileBytes: Array(
        """
        version: 1
        name: whole
        requirements:
          - require: metric
            model: model
            input: testSet
            metric: auc
          - require: metric
            model: model
            input: testSet
            metric: accuracy
        """.utf8), path: "policy.yaml")
    #expect(policy.outcomes(for: report).map(\.state) == [.notEvidenced, .met])
    let rows = Int64(try #require(sexes[0].claim.slice).rows)
    for (path, value) in [(["slice", "rows"], JSONValue.integer(Int(rows) + 1)), (["slice", "group"], .integer(1))] {
      var altered = try Rebuilt(try project.bundle())
      altered.alter("ranking-sex-f", path, to: value)
      #expect(try altered.rejection() != nil, "\(path)")
    }
    #expect(own.count == 5 || notes.contains { $0.contains("not measured by themselves") && $0.contains("age") })
  }

  @Test("errors of numbers by group") func numbersByGroup() throws {
    let project = try project("  accuracy: none\n  slices: {by: [sex], metrics: [mse, mae, r2], minimumGroup: 2}")
    try project.folder.write(
      try String(contentsOfFile: project.folder.file("pipeline.yaml"), encoding: .utf8).replacing("target: approved", with: "target: income"),
      to: "pipeline.yaml")
    try project.run()
    let report = try project.verify()
    for name in ["errors-sex-f", "errors-sex-m"] {
      let errors = try #require(report.claim(name)?.description)
      #expect(errors.shows.contains { $0.hasPrefix("R² = ") } && errors.shows.contains { $0.contains("sex = \(name.suffix(1))") })
    }
  }

  @Test("what does not fit is refused where it stands") func refusals() throws {
    for (claims, word) in [
      ("  metrics: [r2]", "r2"), ("  metrics: [{auc: {atMost: 0.5}}]", "atLeast"), ("  metrics: [{balancedAccuracy: {atLeast: 0.5}}]", "revealed"),
      ("  metrics: [auc, auc]", "once"), ("  metrics: [{recall: {class: maybe, atLeast: 0.5}}]", "maybe"), ("  fairness: {by: [age]}", "bands"),
      ("  fairness: {by: [gender]}", "gender"), ("  fairness: {by: [{column: job, bands: [3]}]}", "bands"),
      ("  fairness: {by: [sex], demographicParity: {atMost: 1.2}}", "1.2"), ("  metrics: []", "no metric"),
      ("  fairness: {by: [{column: age, bands: [400]}]}", "400"), ("  slices: {by: [sex], metrics: [accuracy]}", "fairness"),
      ("  slices: {by: [gender], metrics: [auc]}", "gender"), ("  slices: {by: [sex]}", "metrics"),
      ("  slices: {by: [age], metrics: [auc]}", "bands"), ("  slices: {by: [sex], metrics: [r2]}", "r2"),
    ] {
      let refusal = try project(claims).refusal()
      #expect(refusal?.contains(word) == true, "\(claims): \(refusal ?? "accepted")")
    }
  }

  @Test("groups of other rows, and answers about other rows, are said plainly") func otherRows() throws {
    let project = try project("  fairness: {by: [sex], minimumGroup: 1}")
    try project.run()
    func name(_ artefact: String, _ column: String) -> ClaimStatement.ColumnName { .init(artefact: artefact, column: column) }
    let store = Pipeline.projectName(project.folder.file("pipeline.yaml"))
    // The sensitive column of the training rows beside answers for test rows would have another number of rows; a copy of test rows has the same.
    let claim = ConfusionClaim(
      labels: name("\(store).test-prepared", "approved"), predictions: name("\(store).predictions", "prediction"),
      group: GroupColumn(column: name("\(store).test", "sex")), minimumGroup: 1, shown: .counts([]))
    let result = try SingleProofs.prove([("loose", .data(.confusion(claim)))], options: project.options("loose"))
    let loose = try #require(result.report.claim("loose")?.description)
    #expect(
      loose.doesNotShow.contains { $0.hasPrefix("Whose groups these are") } && loose.doesNotShow.contains { $0.hasPrefix("Whose answers these are") })
    #expect(loose.establishes.isEmpty)
    let policy = try Policy(
      fileBytes: Array(
        """
        version: 1
        name: groups
        requirements:
          - require: fairness
            model: model
            input: testSet
            by: sex
            metric: demographicParityDifference
            outcome: "yes"
            maximum: 1
          - require: metric
            model: model
            input: testSet
            metric: auc
        """.utf8), path: "policy.yaml")
    #expect(policy.outcomes(for: try project.verify()).map(\.state) == [.met, .notEvidenced])
    #expect(policy.outcomes(for: result.report).map(\.state) == [.notEvidenced, .notEvidenced])
  }

  @Test("a feature's association with a protected column is measured on the training rows") func associations() throws {
    let notes = try project("  accuracy: none").notes()
    #expect(notes.contains { $0.contains("goes most with the protected \"sex\"") && $0.contains("not proved") })
    let schema = try TableSchema(columns: [
      TableColumn(name: "sex", type: .category(["f", "m"])), TableColumn(name: "same", type: .category(["a", "b", "c"])),
      TableColumn(name: "other", type: .category(["x", "y"])), TableColumn(name: "size", type: .integer(IntegerRange(0...9))),
    ])
    let table = try StoredTable(schema: schema, columns: [[0, 0, 1, 1], [0, 0, 2, 1], [0, 1, 0, 1], [1, 2, 2, 3]])
    let all = try ProtectedAssociation.strongest(
      features: ["other", "size", "same"], protected: [ProtectedColumn(column: "sex")], table: table, file: "")
    #expect(all.map(\.feature) == ["same"] && abs((all.first?.value ?? 0) - 1) < 1e-12 && all.first?.measure == .cramersV)
    let number = try ProtectedAssociation.strongest(
      features: ["size", "other"], protected: [ProtectedColumn(column: "sex")], table: table, file: "")
    // Squares between 1.5 and 2.5 are 1, all are 2.
    #expect(number.first?.feature == "size" && abs((number.first?.value ?? 0) - 0.5.squareRoot()) < 1e-12)
  }
}

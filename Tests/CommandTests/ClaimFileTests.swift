import Foundation
import Testing

/// Claims about tables, from claim files through the programs as they are built.
@Suite("Claim files about tables", .serialized) struct ClaimFileTests {
  let zkmlops: BuiltProgram
  let verifier: BuiltProgram

  init() throws {
    zkmlops = try .zkmlops()
    verifier = try .verifier()
  }

  private func commit(_ project: SampleProject, _ data: String = "data.csv", name: String = "table") throws {
    let outcome = try zkmlops.run(
      ["commit", data, "--schema", "schema.yaml", "--name", name, "--openings", "6", "--store", "store"], in: project.path)
    try #require(outcome.status == 0, "\(outcome.errors)")
  }

  private func prove(_ project: SampleProject, _ claims: String, out: String) throws -> BuiltProgram.Outcome {
    try project.write("version: 1\nopenings: 4\nclaims:\n\(claims)", to: "claims.yaml")
    return try zkmlops.run(["prove", "claims.yaml", "--out", out, "--store", "store"], in: project.path)
  }

  static let chain = """
      - {name: rich, type: filter, table: table, output: rich, filter: [{column: income, from: 950}], commit: true}
      - {name: once, type: deduplicate, table: rich, output: once, commit: true}
      - name: split
        type: split
        table: once
        parts: [train, test]
        rule: {method: stratified, stratify: approved, test: 0.4, nonce: {auditor: 6b1f0c2e9d3a4b57}}
        commit: true
      - name: fit
        type: fit
        table: train
        parameters: parameters
        columns: [{name: income, steps: [standardise]}]
        commit: true
      - name: prepare
        type: transform
        input: test
        parameters: parameters
        output: prepared
        columns:
          - {name: income, steps: [standardise]}
          - {name: clerk, from: job, steps: [ordinal: [nurse, clerk]]}
          - {name: approved}
        commit: true
      - {name: apart, type: disjoint, tables: [train, test]}
      - {name: crowd, type: anonymity, table: table, columns: [job], minimum: 5}
      - name: numbers
        type: statistics
        table: table
        statistics: [{column: income, show: [mean], minimum: {from: 0, to: 1000}}, {pairs: [job, approved]}]

    """

  @Test("filter, deduplicate, split, fit, transform, disjoint, anonymity, statistics: outputs are made, and a second proof uses them") func chain()
    throws
  {
    let project = try SampleProject()
    try commit(project)
    for output in ["first", "second"] {
      let outcome = try prove(project, Self.chain, out: output)
      #expect(outcome.status == 0, "\(outcome.errors)")
      let verified = try verifier.run([output, "--json"], in: project.path)
      #expect(verified.status == 0)
      let claims = try #require(try verified.json()["claims"] as? [[String: Any]])
      let types = Set(claims.compactMap { $0["type"] as? String })
      #expect(types.isSuperset(of: ["filter", "deduplicate", "split", "fit", "transform", "disjoint", "anonymity", "statistics", "wellFormed"]))
    }
    let text = try verifier.run(["second"], in: project.path).output
    #expect(text.contains("part of a split, stratified by approved") && text.contains("without repeated rows"))
    // What the store has under an output's name and is not what the claim says is refused.
    let other = Self.chain.replacingOccurrences(of: "from: 950", with: "from: 4500")
    let refused = try prove(project, other, out: "third")
    #expect(refused.status == 2 && refused.isClearError && refused.errors.contains("\"rich\" does not hold what the claim says"))
  }

  @Test("k folds of equal size, each a table of its own, and statistics of one of them") func folds() throws {
    let project = try SampleProject()
    try commit(project)
    let parts = "[f1, f2, f3, f4, f5]"
    let claims = """
        - {name: folds, type: split, table: table, parts: \(parts), rule: {method: random, folds: 5}, commit: true}
        - {name: numbers, type: statistics, table: f1, statistics: [{histogram: {column: income, edges: [1000]}}]}

      """
    let outcome = try prove(project, claims, out: "bundle")
    #expect(outcome.status == 0, "\(outcome.errors)")
    let verified = try verifier.run(["bundle"], in: project.path)
    #expect(verified.status == 0 && verified.output.contains("The 5 parts are folds of equal size"), "\(verified.output)")
    for (wrong, words) in [("folds: 4", "folds: 5"), ("test: 0.2", "folds: 5")] {
      let refused = try prove(project, claims.replacingOccurrences(of: "folds: 5", with: wrong), out: "wrong")
      #expect(refused.status == 2 && refused.isClearError && refused.errors.contains(words), "\(refused.errors)")
    }
  }

  @Test("columns of another table are joined by a key") func join() throws {
    let project = try SampleProject()
    try project.write("id,income\n" + (0..<9).map { "\($0),\(900 + $0)" }.joined(separator: "\n") + "\n", to: "left.csv")
    try project.write("id,job\n" + (0..<9).reversed().map { "\($0),\(["clerk", "nurse"][$0 % 2])" }.joined(separator: "\n") + "\n", to: "right.csv")
    let key = "{name: id, type: integer, range: [0, 99]}"
    try project.write("version: 1\ncolumns: [\(key), {name: income, type: integer, range: [0, 9999]}]\n", to: "schema.yaml")
    try commit(project, "left.csv", name: "left")
    try project.write("version: 1\ncolumns: [\(key), {name: job, type: category, values: [clerk, nurse]}]\n", to: "schema.yaml")
    try commit(project, "right.csv", name: "right")
    let claim = "  - {name: both, type: join, left: left, right: right, output: both, key: id, commit: true}\n"
    let outcome = try prove(project, claim, out: "bundle")
    #expect(outcome.status == 0, "\(outcome.errors)")
    let verified = try verifier.run(["bundle"], in: project.path)
    #expect(verified.status == 0 && verified.output.contains("joined by id, with right"))
    let wrong = try prove(project, claim.replacingOccurrences(of: "key: id", with: "key: ident"), out: "wrong")
    #expect(wrong.status == 2 && wrong.isClearError && wrong.errors.contains("ident"))
  }

  @Test("metrics of committed predictions: counts by group, bounds, ranking of scores, errors of numbers") func metrics() throws {
    let project = try SampleProject()
    var lines = ["label,guess,score,sex,amount,forecast"]
    for index in 0..<40 {
      let label = index % 3 == 0
      let guess = index % 5 == 0 ? !label : label
      lines.append(
        "\(label ? "yes" : "no"),\(guess ? "yes" : "no"),\(guess ? 700 + index : 200 + index),\(index % 2 == 0 ? "f" : "m"),\(100 + index),\(101 + index)"
      )
    }
    try project.write(lines.joined(separator: "\n") + "\n", to: "data.csv")
    try project.write(
      """
      version: 1
      columns:
        - {name: label, type: category, values: ["no", "yes"]}
        - {name: guess, type: category, values: ["no", "yes"]}
        - {name: score, type: integer, range: [0, 1000]}
        - {name: sex, type: category, values: [f, m]}
        - {name: amount, type: integer, range: [0, 1000]}
        - {name: forecast, type: integer, range: [0, 1000]}
      """, to: "schema.yaml")
    try commit(project)
    func column(_ name: String) -> String { "{artefact: table, column: \(name)}" }
    let compared = "labels: \(column("label")), predictions: \(column("guess"))"
    let claims = """
        - {name: counts, type: confusion, \(compared), groups: \(column("sex")), counts: true}
        - name: bounds
          type: confusion
          labels: \(column("label"))
          predictions: \(column("guess"))
          groups: \(column("sex"))
          bounds: [{metric: accuracy, atLeast: 0.75}, {metric: recall, class: "yes", atLeast: 0.5}, {metric: demographicParityDifference, class: "yes", atMost: 0.5}]
        - name: ranking
          type: ranking
          labels: \(column("label"))
          scores: \(column("score"))
          positive: "yes"
          unit: 1000
          measures: [auc, ks: {from: 0.1, to: 1}, brier, log-loss: {from: 0, to: 5}]
          calibration: 5
        - {name: errors, type: errors, labels: \(column("amount")), predictions: \(column("forecast")), measures: [mae: {from: 0, to: 2}, r2]}
        - name: ranking-f
          type: ranking
          labels: \(column("label"))
          scores: \(column("score"))
          positive: "yes"
          measures: [auc]
          slice: {artefact: table, column: sex, group: f}
        - name: errors-high
          type: errors
          labels: \(column("amount"))
          predictions: \(column("forecast"))
          measures: [mse]
          slice: {artefact: table, column: amount, bands: [110, 125], group: 3}

      """
    let outcome = try prove(project, claims, out: "bundle")
    #expect(outcome.status == 0, "\(outcome.errors)")
    let verified = try verifier.run(["bundle"], in: project.path)
    #expect(verified.status == 0)
    #expect(verified.output.contains("AUC") && verified.output.contains("Mean squared error: 1.0000"))
    // 20 rows are of f, 15 amounts are 125 or more.
    let bundle = try String(contentsOfFile: project.path + "/bundle/manifest.json", encoding: .utf8)
    #expect(bundle.contains("ranking-f") && verified.output.contains("n = 20") && verified.output.contains("n = 15"), "\(verified.output)")
    let unmet = try prove(project, claims.replacingOccurrences(of: "atLeast: 0.75", with: "atLeast: 0.95"), out: "unmet")
    #expect(unmet.status == 2 && unmet.isClearError && unmet.errors.contains("19/20") || unmet.errors.contains("95/100"), "\(unmet.errors)")
  }

  @Test(
    "errors name the file, the line and what to do",
    arguments: [
      ("  - {name: a, type: filtr, table: table, output: b}\n", "Did you mean filter"),
      ("  - {name: a, type: filter, table: table, output: b, filter: [{column: incme, from: 1}], commit: true}\n", "incme"),
      ("  - {name: a, type: filter, table: table, output: b, filter: [{column: income, from: 1}]}\n", "commit: true"),
      ("  - {name: a, type: deduplicate, table: table, outptu: b}\n", "Did you mean output"),
      ("  - {name: a, type: split, table: table, parts: [x, y], rule: {test: 0.3, seed: 4}}\n", "Add method"),
      ("  - {name: a, type: split, table: table, parts: [x], rule: {method: random}}\n", "[TRAINING, TEST]"),
      ("  - {name: a, type: split, table: table, parts: [x, y], rule: {method: stratified}}\n", "stratify: COLUMN"),
      ("  - {name: a, type: fit, table: table, parameters: p, columns: [{name: job}], commit: true}\n", "need no parameter"),
      ("  - {name: a, type: transform, input: table, output: o, columns: [{name: income, steps: [standardise]}], commit: true}\n", "Add parameters"),
      (
        "  - {name: a, type: fit, table: table, parameters: p, columns: [{name: income, steps: [log, standardise]}], commit: true}\n", "in two claims"
      ),
      ("  - {name: a, type: anonymity, table: table, columns: [income], minimum: 9}\n", "fewer than the 9"),
      ("  - {name: a, type: statistics, table: table, statistics: [{column: job, show: [mean]}]}\n", "mean of categories"),
      (
        "  - {name: a, type: ranking, labels: {artefact: table, column: approved}, scores: {artefact: table, column: income}, positive: maybe, measures: [auc]}\n",
        "maybe"
      ),
      (
        "  - {name: a, type: errors, labels: {artefact: table, column: income}, predictions: {artefact: table, column: income}, measures: [mse], slice: {artefact: table, column: income, bands: [30], group: 3}}\n",
        "a band from 1 to 2"
      ),
      (
        "  - {name: a, type: errors, labels: {artefact: table, column: income}, predictions: {artefact: table, column: income}, measures: [mse], slice: {artefact: table, column: approved, group: maybe}}\n",
        "maybe"
      ),
      (
        "  - {name: a, type: confusion, labels: {artefact: table, column: approved}, predictions: {artefact: table, column: approved}}\n",
        "counts: true, or bounds"
      ),
      ("  - {name: a, type: disjoint, tables: [table]}\n", "two different tables"),
      ("  - {name: a, type: wellFormed, artefact: nothing}\n", "nothing"),
    ]) func errors(claim: String, words: String) throws
  {
    let project = try SampleProject()
    try commit(project)
    let outcome = try prove(project, claim, out: "bundle")
    #expect(outcome.status == 2 && outcome.isClearError && outcome.errors.contains(words), "\(outcome.errors)")
    #expect(!project.names.contains("bundle"))
  }
}

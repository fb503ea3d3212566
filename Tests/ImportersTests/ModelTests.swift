import Importers
import Programs
import Testing

@Suite("Training")
struct TrainingTests {
  private func table(rows: Int) throws -> StoredTable {
    let schema = try TableSchema(columns: [
      TableColumn(name: "a", type: .integer(IntegerRange(0...100))),
      TableColumn(name: "b", type: .decimal(scale: 3, range: IntegerRange(-5_000...5_000))),
      TableColumn(name: "m", type: .integer(IntegerRange(10...20)), missing: .presence),
      TableColumn(name: "c", type: .category(["x", "y", "z"]), missing: .presence), TableColumn(name: "two", type: .category(["n", "p"])),
      TableColumn(name: "three", type: .category(["r", "s", "t"])), TableColumn(name: "number", type: .integer(IntegerRange(-100_000...100_000))),
    ])
    var random = SplitMix(state: 21)
    var columns = [[Int64]](repeating: [], count: schema.storedColumns.count)
    for _ in 0..<rows {
      let a = Int64.random(in: 0...100, using: &random)
      let b = Int64.random(in: -5_000...5_000, using: &random)
      let mPresent = Int64.random(in: 0...1, using: &random)
      let m = mPresent == 1 ? Int64.random(in: 10...20, using: &random) : 10
      let cPresent = Int64.random(in: 0...3, using: &random) > 0 ? Int64(1) : 0
      let c = cPresent == 1 ? Int64.random(in: 0...2, using: &random) : 0
      let score = 40 * a - b + (mPresent == 1 ? 300 * (m - 15) : 700) + (cPresent == 1 ? [0, 900, -900][Int(c)] : 500) - 2_000
      let values = [a, b, m, mPresent, c, cPresent, score > 0 ? 1 : 0, score > 2_000 ? 2 : score > 0 ? 1 : 0, 3 * score + 7]
      for (index, value) in values.enumerated() { columns[index].append(Int64(value)) }
    }
    return try StoredTable(schema: schema, columns: columns)
  }

  private func fit(_ target: String, _ task: LinearTask, rows: [Int], table: StoredTable) throws -> LinearModel {
    let encoding = try FeatureEncoding(schema: table.schema, columns: ["a", "b", "m", "c"])
    return try ModelFitting.fit(
      table, rows: rows, encoding: encoding, target: target, task: task, settings: TrainingSettings(epochs: 400, regularisation: "0.01"),
      place: FilePlace(file: "t")
    ).model
  }

  @Test("recovers a separating plane, missing cells included")
  func classification() throws {
    let table = try table(rows: 3_000)
    let training = Array(0..<2_000)
    let test = table.selecting(rows: Array(2_000..<3_000))
    let two = try fit("two", .binary(positive: 1), rows: training, table: table).run(test, options: InferenceOptions(countsLabels: true))
    #expect(try #require(two.output("correct")?.first) >= 970)
    let swapped = try fit("two", .binary(positive: 0), rows: training, table: table).run(test, options: InferenceOptions(countsLabels: true))
    #expect(try #require(swapped.output("correct")?.first) >= 970)
    let three = try fit("three", .classes(count: 3), rows: training, table: table).run(test, options: InferenceOptions(countsLabels: true))
    #expect(try #require(three.output("correct")?.first) >= 930)
  }

  @Test("recovers an exact linear relation")
  func regression() throws {
    let table = try table(rows: 3_000)
    let range = IntegerRange(-100_000...100_000)
    let model = try fit(
      "number", .regression(target: range, unitShift: LinearArchitecture.unitShift(for: range)), rows: Array(0..<2_000), table: table)
    let test = table.selecting(rows: Array(2_000..<3_000))
    let labels = try #require(test.values("number"))
    let predictions = try #require(try model.run(test).output("prediction"))
    let summary = RegressionSummary(labels: labels, predictions: predictions, digits: 0)
    #expect(summary.rSquared > 0.9999)
  }

  @Test("is deterministic, and total without rows")
  func deterministic() throws {
    let table = try table(rows: 300)
    let first = try fit("three", .classes(count: 3), rows: Array(0..<200), table: table)
    #expect(try fit("three", .classes(count: 3), rows: Array(0..<200), table: table) == first)
    #expect(try fit("three", .classes(count: 3), rows: [], table: table).weights.allSatisfy { $0 == 0 })
  }
}

@Suite("Imported coefficients")
struct CoefficientTests {
  private func schema() throws -> TableSchema {
    try TableSchema(columns: [
      TableColumn(name: "x", type: .integer(IntegerRange(-10...117))),
      TableColumn(name: "d", type: .decimal(scale: 2, range: IntegerRange(0...12_799))),
      TableColumn(name: "c", type: .category(["u", "v"])), TableColumn(name: "m", type: .integer(IntegerRange(5...20)), missing: .presence),
      TableColumn(name: "y", type: .category(["no", "yes"])), TableColumn(name: "t", type: .decimal(scale: 1, range: IntegerRange(-1_000...1_000))),
      TableColumn(name: "k", type: .category(["a", "b", "c"])),
    ])
  }

  private func table() throws -> StoredTable {
    try StoredTable(
      schema: try schema(),
      columns: [
        [-10, 0, 50, 117], [0, 1_234, 9_999, 100], [0, 1, 0, 1], [5, 5, 20, 11], [0, 1, 1, 1], [0, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0],
      ])
  }

  /// The score of a row in real numbers for coefficients x 0.5, d −1.25, c=v 3, m 0.125, presence −2, intercept −0.75.
  private func expected(_ row: Int) throws -> Double {
    let table = try table()
    func value(_ name: String, _ part: StoredPart = .value) -> Double { Double(table.values(name, part)?[row] ?? 0) }
    let present = value("m", .presence)
    return 0.5 * value("x") - 1.25 * value("d") / 100 + (value("c") == 1 ? 3 : 0) + present * (0.125 * value("m") - 2) - 0.75
  }

  private let csv = "feature,weight\nx,0.5\nd,-1.25\nc = v,3\nm,0.125\nm is present,-2\n(intercept),-0.75\n"

  @Test("CSV coefficients in data units give the same scores")
  func csvScores() throws {
    let encoding = try FeatureEncoding(schema: try schema(), columns: ["x", "d", "c", "m"])
    let file = try CoefficientFile(csv: Array(csv.utf8), file: "w.csv")
    let model = try file.model(encoding: encoding, target: "y", task: .binary(positive: 1))
    let architecture = model.architecture
    let unit = Double(Int64(1) << Int64(architecture.encoding.fractionBits + architecture.weightFractionBits))
    let run = try model.run(try table())
    let accumulator = try #require(run.program.node(named: "accumulator"))
    for row in 0..<4 {
      let score = Double(run.values[accumulator][row]) / unit
      #expect(abs(score - (try expected(row))) < 0.02, "row \(row)")
      #expect(run.output("prediction")?[row] == (try expected(row) >= 0 ? 1 : 0))
    }
    let flipped = try file.model(encoding: encoding, target: "y", task: .binary(positive: 0))
    #expect(try flipped.run(try table()).output("prediction") == run.output("prediction"))
  }

  @Test("a regression's coefficients predict in the target's units")
  func regression() throws {
    let encoding = try FeatureEncoding(schema: try schema(), columns: ["x", "d", "c", "m"])
    let file = try CoefficientFile(csv: Array(csv.utf8), file: "w.csv")
    let task = LinearTask.regression(target: IntegerRange(-1_000...1_000), unitShift: 0)
    let run = try file.model(encoding: encoding, target: "t", task: task).run(try table())
    for row in 0..<4 {
      let prediction = Double(try #require(run.output("prediction")?[row])) / 10
      #expect(abs(prediction - (try expected(row))) < 0.2, "row \(row)")
    }
  }

  /// The integer model against the coefficients, in real numbers: features as the encoding rounds them are part of the difference.
  @Test("the comparison with floating point measures scores, decisions and the metric")
  func comparison() throws {
    let (schema, table) = (try schema(), try table())
    let encoding = try FeatureEncoding(schema: schema, columns: ["x", "d", "c", "m"])
    let file = try CoefficientFile(csv: Array(csv.utf8), file: "w.csv")
    for positive in [1, 0] {
      let model = try file.model(encoding: encoding, target: "y", task: .binary(positive: positive))
      let comparison = try RoundingComparison(file, model: model, table: table)
      let scores = try #require(try model.run(table).output("score"))
      let unit = Double(Int64(1) << Int64(model.architecture.scoreFractionBits))
      let differences = try (0..<4).map { abs(Double(scores[$0]) / unit - (try expected($0)) * (positive == 1 ? 1 : -1)) }
      #expect(abs(comparison.largestDifference - (differences.max() ?? 0)) < 1e-9 && comparison.largestDifference > 0)
      #expect(abs(comparison.meanDifference - differences.reduce(0, +) / 4) < 1e-9)
      let decisions = try (0..<4).map { try expected($0) >= 0 }
      #expect(comparison.changedDecisions == 0 && comparison.rowCount == 4)
      // Every label is `no`.
      let right = Double(decisions.filter { !$0 }.count) / 4
      #expect(comparison.metric == (right, right))
    }
    let model = try file.model(encoding: encoding, target: "t", task: .regression(target: IntegerRange(-1_000...1_000), unitShift: 0))
    let comparison = try RoundingComparison(file, model: model, table: table)
    let mean = try (0..<4).reduce(0.0) { $0 + abs(try expected($1)) } / 4
    #expect(comparison.changedDecisions == nil && abs(comparison.metric.floating - mean) < 1e-9)
    #expect(comparison.largestDifference < 0.2 && abs(comparison.metric.integer - mean) < 0.2)
    #expect(comparison.words.contains("mean absolute error") && !comparison.words.contains("decision"))
  }

  @Test("a decision that rounding changes is counted")
  func changedDecision() throws {
    let encoding = try FeatureEncoding(schema: try schema(), columns: ["x"])
    // Zero at x = 50 in integers, a little below in floating point; far from it elsewhere.
    let file = try CoefficientFile(csv: Array("feature,weight\nx,1000\n(intercept),-50000.0000001\n".utf8), file: "w.csv")
    let model = try file.model(encoding: encoding, target: "y", task: .binary(positive: 1))
    let comparison = try RoundingComparison(file, model: model, table: try table())
    let integers = try #require(try model.run(try table()).output("prediction"))
    #expect(comparison.changedDecisions == (integers[2] == 1 ? 1 : 0))
    #expect(comparison.metric.floating == 0.75)
  }

  @Test("several outputs are matched by class name")
  func classes() throws {
    let encoding = try FeatureEncoding(schema: try schema(), columns: ["x"])
    let text = "feature,b,c,a\nx,1,0,-1\n(intercept),0,5,0\n"
    let model = try CoefficientFile(csv: Array(text.utf8), file: "w").model(encoding: encoding, target: "k", task: .classes(count: 3))
    #expect(try model.run(try table()).output("prediction") == [0, 2, 1, 1])
  }

  @Test("NPZ archives, stored and deflated, floats and integers, with classes")
  func npz() throws {
    let vectors = try ImportVectors.load().archives
    let encoding = try FeatureEncoding(schema: try schema(), columns: ["x", "c"])
    for hex in [vectors.stored, vectors.deflated] {
      let file = try CoefficientFile(npz: bytes(hex: hex), file: "w.npz")
      #expect(file.coefficients == [[0.5, -1.25, 3]] && file.intercepts == [-0.75] && file.classes == ["no", "yes"] && file.features == nil)
      let model = try file.model(encoding: encoding, target: "y", task: .binary(positive: 1))
      #expect(try model.run(try table()).output("prediction") == [0, 1, 1, 1])
    }
    let integers = try CoefficientFile(npz: bytes(hex: vectors.integers), file: "w.npz")
    #expect(integers.coefficients == [[1, -2, 3]] && integers.intercepts == [4] && integers.classes == ["0", "1"])
    #expect(problem { _ = try integers.model(encoding: encoding, target: "y", task: .binary(positive: 1)) } == .invalidModel)
  }

  @Test("damaged archives are refused, never a trap")
  func damaged() throws {
    for hex in [try ImportVectors.load().archives.stored, try ImportVectors.load().archives.deflated] {
      let packed = bytes(hex: hex)
      for count in stride(from: 0, to: packed.count, by: 7) {
        #expect(failure { _ = try CoefficientFile(npz: Array(packed[..<count]), file: "w") } != nil)
      }
      for index in packed.indices {
        var changed = packed
        changed[index] ^= UInt8(1 << (index % 8))
        _ = try? CoefficientFile(npz: changed, file: "w")
        changed[index] = 0xFF
        _ = try? CoefficientFile(npz: changed, file: "w")
      }
    }
  }

  @Test(
    "coefficient files that do not fit are refused",
    arguments: [
      "", "feature\nx\n", "feature,w\nx,abc\n", "feature,w\nx,1\nx,2\n", "feature,w\nq,1\n", "feature,w\nx,inf\n", "feature,w\nx,1e300\n",
      "feature,a,b\nx,1,2\n",
    ])
  func misfits(text: String) throws {
    let encoding = try FeatureEncoding(schema: try schema(), columns: ["x"])
    #expect(
      failure { _ = try CoefficientFile(csv: Array(text.utf8), file: "w").model(encoding: encoding, target: "y", task: .binary(positive: 1)) } != nil)
  }
}

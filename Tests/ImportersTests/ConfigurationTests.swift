import Importers
import Programs
import Testing

@Suite("YAML configuration")
struct ConfigurationTests {
  private let minimal = "version: 1\ndata: d.csv\nschema: s.yaml\ntarget: y\n"

  private func pipeline(_ text: String) throws -> PipelineConfiguration { try PipelineConfiguration(yaml: Array(text.utf8), file: "p.yaml") }

  @Test("defaults and every key")
  func keys() throws {
    let plain = try pipeline(minimal)
    #expect(plain == PipelineConfiguration(data: "d.csv", schema: "s.yaml", target: "y"))
    let full = try pipeline(
      minimal + """
        positive: "yes"
        protected: [sex, {column: age, bands: [25, 60.5]}]
        exclude: [a, "b c"]
        split: {test: 0.30, seed: 9}
        model:
          kind: logistic
          training: {epochs: 7, regularisation: 0.5}
        claims:
          accuracy: {atLeast: 0.70}
          predictions: public
        openings: 40
        """)
    #expect(full.positive == "yes" && full.excluded == ["a", "b c"] && full.testFraction == "0.30" && full.seed == 9)
    #expect(full.protected == [ProtectedColumn(column: "sex"), ProtectedColumn(column: "age", bands: ["25", "60.5"])])
    #expect(full.kind == .logistic && full.source == .training(TrainingSettings(epochs: 7, regularisation: "0.5")))
    #expect(full.accuracy == .atLeast(numerator: 70, denominator: 100) && full.predictions == .public && full.openings == 40)
    #expect(try pipeline(minimal + "model: {import: w.npz}\n").source == .coefficients(path: "w.npz"))
    #expect(try pipeline(minimal + "claims: {accuracy: none}\n").accuracy == .none)
    #expect(try !pipeline(minimal).hidesClassCounts && pipeline(minimal).trees == .shared)
    #expect(try pipeline(minimal + "claims: {accuracy: {atLeast: 0.5}, classCounts: hidden}\n").hidesClassCounts)
    #expect(try !pipeline(minimal + "claims: {accuracy: {atLeast: 0.5}, classCounts: published}\n").hidesClassCounts)
    #expect(try pipeline(minimal + "trees: separate\n").trees == .separate)
  }

  @Test(
    "what is wrong is refused at its place",
    arguments: [
      ("tagret: x\n", ImportProblem.unknownKey, 5, "1"), ("data: again\n", .duplicateKey, 5, "1"), ("positive: &a x\n", .forbiddenYAML, 5, "11"),
      ("positive: *a\n", .forbiddenYAML, 5, "11"), ("positive: !!str x\n", .forbiddenYAML, 5, "11"), ("positive: !x y\n", .forbiddenYAML, 5, "11"),
      ("exclude: !!seq [a]\n", .forbiddenYAML, 5, "10"), ("split: &b {seed: 1}\n", .forbiddenYAML, 5, "8"),
      ("split: {seed: x}\n", .invalidValue, 5, "15"),
      ("split: {test: 1.5}\n", .invalidValue, 5, "15"), ("split: {sed: 1}\n", .unknownKey, 5, "9"), ("openings: 0\n", .invalidValue, 5, "11"),
      ("openings: [1]\n", .invalidValue, 5, "11"), ("model: {kind: logistics}\n", .invalidValue, 5, "15"),
      ("model: {import: a, training: {epochs: 1}}\n", .invalidValue, 5, "17"), ("claims: {accuracy: {atLeast: 70%}}\n", .invalidValue, 5, "30"),
      ("claims: {accuracy: revealed, classCounts: hidden}\n", .invalidValue, 5, "43"), ("claims: {classCounts: hidden}\n", .invalidValue, 5, "23"),
      ("trees: one\n", .invalidValue, 5, "8"),
      ("claims: {accuracy: {atMost: 1}}\n", .unknownKey, 5, "21"), ("protected: sex\n", .invalidValue, 5, "12"),
      ("positive:\n", .invalidValue, 5, "10"),
      ("  x: [\n", .yamlSyntax, 5, "4"), ("[a]: b\n", .yamlSyntax, 1, "1"), ("---\na: b\n", .forbiddenYAML, 1, "1"),
      ("protected: [{column: a, bands: [x]}]\n", .invalidValue, 5, "32"),
    ])
  func refused(text: String, expected: ImportProblem, line: Int, column: String) {
    let error = failure { _ = try pipeline(minimal + text) }
    #expect(error?.problem == expected, "\(text): \(String(describing: error))")
    #expect(error?.place.file == "p.yaml")
    if expected != .yamlSyntax {
      #expect(error?.place.line == line, "\(text): \(String(describing: error))")
      #expect(error?.place.column == column, "\(text): \(String(describing: error))")
    }
  }

  @Test("an unknown key names the nearest one")
  func nearest() {
    #expect(failure { _ = try pipeline(minimal + "protekted: []\n") }?.remedy == "Did you mean protected")
    #expect(failure { _ = try pipeline(minimal + "model: {trainng: {}}\n") }?.remedy == "Did you mean training")
  }

  @Test("missing keys, other documents, deep and huge input end in errors")
  func hostile() {
    #expect(failure { _ = try pipeline("") }?.problem == .emptyFile)
    #expect(failure { _ = try pipeline("version: 2\n") }?.problem == .invalidValue)
    #expect(failure { _ = try pipeline("version: 1\n") }?.problem == .missingKey)
    #expect(failure { _ = try pipeline(String(repeating: "[", count: 100_000)) } != nil)
    #expect(failure { _ = try pipeline(String(repeating: "a: {", count: 50)) } != nil)
    #expect(failure { _ = try pipeline(String(repeating: "- ", count: 50_000)) } != nil)
    #expect(failure { _ = try PipelineConfiguration(yaml: [0xFF], file: "p") }?.problem == .invalidUTF8)
    #expect(failure { _ = try PipelineConfiguration(yaml: [UInt8](repeating: 0x20, count: 9_000_000), file: "p") }?.problem == .tooLong)
    let bomb = "a: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\n"
    #expect(failure { _ = try pipeline(bomb) }?.problem == .forbiddenYAML)
    var random = SplitMix(state: 5)
    let alphabet = Array("ab:-[]{}#&*!|>'\"%@`,?\n \t0.~".utf8)
    for _ in 0..<2_000 {
      let text = (0..<Int.random(in: 0...40, using: &random)).map { _ in alphabet[Int.random(in: 0..<alphabet.count, using: &random)] }
      #expect(failure { _ = try PipelineConfiguration(yaml: text, file: "p") } != nil)
      #expect(failure { _ = try SchemaDocument(yaml: text, file: "p") } != nil)
    }
  }

  @Test(
    "schemas that are wrong are refused",
    arguments: [
      ("- {name: a, type: integer}", ImportProblem.missingKey), ("- {name: a, type: int, range: [0, 1]}", .invalidValue),
      ("- {name: a, type: integer, range: [1, 0]}", .invalidValue), ("- {name: a, type: integer, range: [0, 1.5]}", .invalidValue),
      ("- {name: a, type: integer, range: [0]}", .invalidValue), ("- {name: a, type: integer, range: [0, 1], digits: 1}", .invalidValue),
      ("- {name: a, type: decimal, range: [0, 1]}", .missingKey), ("- {name: a, type: decimal, digits: 19, range: [0, 1]}", .invalidValue),
      ("- {name: a, type: category, values: []}", .invalidValue), ("- {name: a, type: category, values: [x, x]}", .invalidValue),
      ("- {name: a, type: category, values: [x], range: [0, 1]}", .invalidValue), ("- {type: category, values: [x]}", .missingKey),
      ("- {name: a, type: category, values: [x]}\n- {name: a, type: category, values: [x]}", .invalidValue),
      ("- {name: a, type: category, values: [x], missing: maybe}", .invalidValue),
      ("- {name: a, type: category, values: [x], role: goal}", .invalidValue), ("- a", .invalidValue),
    ])
  func schema(columns: String, expected: ImportProblem) {
    #expect(failure { _ = try SchemaDocument(yaml: Array("version: 1\ncolumns:\n\(columns)\n".utf8), file: "s") }?.problem == expected)
  }

  @Test("a column cannot be ignored and kept")
  func ignored() {
    let text = "version: 1\ncolumns:\n- {name: a, type: category, values: [x]}\nignore: [a]\n"
    #expect(failure { _ = try SchemaDocument(yaml: Array(text.utf8), file: "s") }?.problem == .invalidValue)
  }
}

@Suite("Protected columns")
struct ProtectedColumnTests {
  private func table() throws -> StoredTable {
    let schema = try TableSchema(columns: [
      TableColumn(name: "sex", type: .category(["f", "m"])), TableColumn(name: "status", type: .category(["fs", "ms", "mm"])),
      TableColumn(name: "age", type: .integer(IntegerRange(0...99))), TableColumn(name: "band", type: .category(["young", "old"])),
      TableColumn(name: "amount", type: .integer(IntegerRange(0...99))), TableColumn(name: "constant", type: .category(["x"])),
      TableColumn(name: "free", type: .category(["a", "b"])),
    ])
    return try StoredTable(
      schema: schema,
      columns: [
        [0, 0, 1, 1, 1, 0], [0, 0, 1, 2, 1, 0], [20, 30, 22, 41, 24, 50], [0, 1, 0, 1, 0, 1], [1, 2, 3, 4, 5, 6], [0, 0, 0, 0, 0, 0],
        [0, 1, 0, 1, 1, 0],
      ])
  }

  @Test("a feature that determines one is refused, naming both")
  func determines() throws {
    let table = try table()
    func check(_ features: [String], _ protected: [ProtectedColumn]) -> ImportError? {
      failure { try ProtectedColumns.check(features: features, protected: protected, table: table, file: "p.yaml") }
    }
    let error = check(["free", "status"], [ProtectedColumn(column: "sex")])
    #expect(error?.problem == .determinedProtected && error?.place.column == "status" && error?.found.contains("sex") == true)
    #expect(check(["free", "amount", "constant"], [ProtectedColumn(column: "sex")]) == nil)
    #expect(check(["sex"], [ProtectedColumn(column: "sex")])?.problem == .protectedFeature)
    #expect(check(["band"], [ProtectedColumn(column: "age", bands: ["30"])])?.problem == .determinedProtected)
    #expect(check(["band"], [ProtectedColumn(column: "age", bands: ["40"])]) == nil)
    #expect(check(["status"], [ProtectedColumn(column: "constant")]) == nil)
    #expect(check(["free"], [ProtectedColumn(column: "sexx")])?.problem == .unknownColumn)
    #expect(check(["free"], [ProtectedColumn(column: "sex", bands: ["1"])])?.problem == .invalidValue)
    #expect(check(["free"], [ProtectedColumn(column: "age", bands: ["3", "2"])])?.problem == .invalidValue)
  }

  @Test("a missing cell is a value of the feature")
  func missing() throws {
    let schema = try TableSchema(columns: [
      TableColumn(name: "sex", type: .category(["f", "m"])), TableColumn(name: "x", type: .integer(IntegerRange(0...9)), missing: .presence),
    ])
    let table = try StoredTable(schema: schema, columns: [[0, 0, 1, 1], [0, 0, 0, 0], [0, 0, 1, 1]])
    #expect(
      failure { try ProtectedColumns.check(features: ["x"], protected: [ProtectedColumn(column: "sex")], table: table, file: "p") }?.problem
        == .determinedProtected)
  }
}

@Suite("Row split")
struct RowSplitTests {
  @Test("equals the Python vectors")
  func vectors() throws {
    for vector in try ImportVectors.load().split {
      let split = RowSplit(rowCount: vector.rows, seed: vector.seed, fraction: (vector.numerator, vector.denominator))
      #expect(split.test == vector.test)
      #expect(Set(split.training).union(split.test) == Set(0..<vector.rows) && split.training.count + split.test.count == vector.rows)
    }
    #expect(RowSplit(rowCount: 0, seed: 1, fraction: (1, 2)).test.isEmpty)
    #expect(RowSplit(rowCount: 5, seed: 1, fraction: (1, 1)).training.count == 1)
    #expect(RowSplit(rowCount: 5, seed: 1, fraction: (0, 1)).test.count == 1)
  }

  @Test("fractions are exact")
  func fractions() {
    #expect(RowSplit.fraction("0.25").map { [$0.numerator, $0.denominator] } == [25, 100])
    for text in ["-0.1", "1.1", "x", "", "0.0000000001"] { #expect(RowSplit.fraction(text) == nil) }
  }
}

@Suite("Metrics")
struct MetricsTests {
  @Test("Wilson's interval equals the Python vectors")
  func wilson() throws {
    for row in try ImportVectors.load().wilson {
      let interval = AccuracySummary.wilson95(successes: Int64(row[0]), count: Int64(row[1]))
      #expect(abs(interval.lowerBound - row[2]) < 1e-12 && abs(interval.upperBound - row[3]) < 1e-12)
    }
    #expect(AccuracySummary.wilson95(successes: 0, count: 0) == 0...1)
  }

  @Test("accuracy and baseline of a confusion matrix")
  func accuracy() throws {
    let summary = try #require(AccuracySummary(confusion: [5, 1, 2, 12], classCount: 2))
    #expect(summary.correct == 17 && summary.count == 20 && summary.accuracy == 0.85 && summary.majorityBaseline == 0.7)
    #expect(AccuracySummary(confusion: [1], classCount: 2) == nil && AccuracySummary(confusion: [-1], classCount: 1) == nil)
    #expect(AccuracySummary(confusion: [], classCount: Int.max) == nil)
  }

  @Test("errors of a regression")
  func regression() {
    let summary = RegressionSummary(labels: [10, 20, 30], predictions: [10, 20, 60], digits: 1)
    #expect(summary.count == 3 && abs(summary.meanAbsoluteError - 1) < 1e-12 && abs(summary.rootMeanSquaredError - 3.0.squareRoot()) < 1e-12)
    #expect(abs(summary.rSquared - (1 - 9 / 2)) < 1e-12)
  }
}

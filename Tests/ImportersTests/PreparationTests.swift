import Importers
import Programs
import Testing

@Suite("Preparation of columns")
struct PreparationTests {
  /// 40 rows: a number with missing cells, a category, an amount, a category with missing cells, a target.
  static func table() throws -> StoredTable {
    let schema = try TableSchema(columns: [
      TableColumn(name: "age", type: .integer(IntegerRange(0...120)), missing: .presence),
      TableColumn(name: "job", type: .category(["clerk", "nurse", "rare"])),
      TableColumn(name: "amount", type: .decimal(scale: 1, range: IntegerRange(0...50_000))),
      TableColumn(name: "town", type: .category(["a", "b"]), missing: .presence), TableColumn(name: "y", type: .category(["no", "yes"])),
    ])
    let rows = 0..<40
    let there = rows.map { Int64($0 % 5 == 0 ? 0 : 1) }, known = rows.map { Int64($0 % 7 == 0 ? 0 : 1) }
    return try StoredTable(
      schema: schema,
      columns: [
        rows.map { there[$0] * Int64(20 + $0) }, there, rows.map { $0 == 39 ? 2 : Int64($0 % 2) }, rows.map { Int64(($0 * 7_919) % 40_000) },
        rows.map { known[$0] * Int64($0 % 2) }, known, rows.map { Int64($0 % 3 == 0 ? 1 : 0) },
      ])
  }

  private func prepare(_ text: String, features: String = "") throws -> PreparedPipeline {
    let yaml =
      "version: 1\ndata: d.csv\nschema: s.yaml\ntarget: y\nsplit: {method: random}\nmodel: {training: {epochs: 5}}\n\(features)\nprepare: \(text)\n"
    let configuration = try PipelineConfiguration(yaml: Array(yaml.utf8), file: "p.yaml")
    let loaded = try LoadedPipeline(
      configuration: configuration, imported: ImportedTable(table: try Self.table(), droppedRowCount: 0), file: "p.yaml")
    return try PreparedPipeline(loaded, split: RowSplit(training: Array(0..<30), test: Array(30..<40)))
  }

  @Test("auto imputes, standardises and encodes, by the training rows alone")
  func auto() throws {
    let pipeline = try prepare("auto")
    let stage = try #require(pipeline.stages.first)
    #expect(pipeline.stages.count == 1 && stage.fit != nil)
    let names = stage.training.schema.columns.map(\.name)
    #expect(
      names == [
        "age", "age is missing", "job=clerk", "job=nurse", "job=rare", "amount", "town=a", "town=b", "town=(missing)", "y",
      ])
    // The 24 ages that are there among the first 30 rows, by definition.
    let ages = (0..<30).filter { $0 % 5 != 0 }.map { Int64(20 + $0) }
    let median = (ages[11] + ages[12]) * 5  // one digit
    #expect(stage.parameters?.values("age.median") == [median])
    let sum = ages.reduce(0, +)
    #expect(stage.parameters?.values("age.mean") == [(2 * 1_000 * sum + 24) / 48])
    #expect(stage.test.values("age is missing") == (30..<40).map { $0 % 5 == 0 ? 1 : 0 })
    // Row 39's job is in no training row: no column of the group is 1.
    #expect(stage.parameters?.values("job.seen.2") == [0])
    #expect(["job=clerk", "job=nurse", "job=rare"].map { stage.test.values($0)?.last } == [0, 0, 0])
    #expect(stage.test.values("town=(missing)") == (30..<40).map { $0 % 7 == 0 ? 1 : 0 })
    #expect(stage.test.values("y") == (30..<40).map { $0 % 3 == 0 ? 1 : 0 })
    // Standardised training numbers have mean 0 and deviation 1, to the digits kept.
    let values = try #require(stage.training.values("amount")).map(Double.init)
    let mean = values.reduce(0, +) / 30
    let deviation = (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 30).squareRoot()
    #expect(abs(mean) < 1 && abs(deviation - 1_000) < 1)
    #expect(pipeline.encoding.columns == names.dropLast())
    #expect(pipeline.model.target == "y")
  }

  @Test("one-hot columns train as categories do") func oneHotTraining() throws {
    func scores(_ text: String) throws -> [Int64] {
      let yaml = "version: 1\ndata: d.csv\nschema: s.yaml\ntarget: y\nexclude: [age, amount, town]\nsplit: {method: random}\nprepare: \(text)\n"
      let loaded = try LoadedPipeline(
        configuration: try PipelineConfiguration(yaml: Array(yaml.utf8), file: "p"), imported: ImportedTable(table: try Self.table()), file: "p")
      let pipeline = try PreparedPipeline(loaded, split: RowSplit(training: Array(0..<30), test: Array(30..<39)))
      return try #require(try pipeline.model.run(pipeline.testTable).output("score"))
    }
    let (raw, prepared) = (try scores("{columns: {job: keep}}"), try scores("{columns: {job: [one-hot]}}"))
    for (a, b) in zip(raw, prepared) { #expect(abs(a - b) <= 4) }
  }

  @Test("a parameter of changed values is fitted in a stage of its own")
  func stages() throws {
    let pipeline = try prepare("{columns: {amount: [log, min-max], age: [impute: 30, {clip: {from: 25, to: 45}}], job: drop, town: drop}}")
    #expect(pipeline.stages.count == 2)
    let (first, second) = (pipeline.stages[0], pipeline.stages[1])
    #expect(first.fit == nil && second.fit?.parameters.map(\.name) == ["amount.min", "amount.range"])
    #expect(first.training.schema.columns.map(\.name) == ["age", "amount", "y"])
    #expect(first.training.schema.column("age")?.missing == .presence)  // changed in the last stage
    let scaled = try #require(second.training.values("amount"))
    #expect(scaled.min() == 0 && scaled.max() == 1_000)
    let ages: [Int64] = (30..<40).map { $0 % 5 == 0 ? 30 : min(45, Int64(20 + $0)) }
    #expect(second.test.values("age") == ages)
  }

  @Test("every step on its column")
  func steps() throws {
    func column(_ chain: String, _ column: String, of source: String? = nil) throws -> [Int64] {
      let pipeline = try prepare("{others: drop, columns: {\(source ?? column): \(chain)}}")
      return try #require(pipeline.testTable.values(column), "\(pipeline.testTable.schema.columns.map(\.name))")
    }
    let amounts = (30..<40).map { Int64(($0 * 7_919) % 40_000) }
    #expect(try column("keep", "amount") == amounts)
    #expect(try column("[round: 0]", "amount") == amounts.map { ($0 + 5) / 10 })
    #expect(try column("[round: -2]", "amount") == amounts.map { ($0 + 500) / 1_000 })
    let buckets: [Int64] = amounts.map { $0 < 10_000 ? 0 : ($0 < 20_005 ? 1 : 2) }
    #expect(try column("[bucketise: [1000, 2000.5]]", "amount") == buckets)
    let codes: [Int64] = (30..<40).map { $0 == 39 ? 2 : 1 - Int64($0 % 2) }
    #expect(try column("[ordinal: {order: [nurse, clerk], unseen: {other: else}}]", "job") == codes)
    #expect(try column("[one-hot: {unseen: {other: else}}]", "job=else", of: "job").last == 1)
    #expect(try column("[one-hot: {unseen: known}]", "job=rare", of: "job").last == 1)
    #expect(try column("[impute: mode, one-hot]", "town=a", of: "town").reduce(0, +) > 0)
    #expect(try column("[impute: c, one-hot]", "town=c", of: "town") == (30..<40).map { $0 % 7 == 0 ? 1 : 0 })
    #expect(try column("[missing-indicator]", "age") == (30..<40).map { $0 % 5 == 0 ? 1 : 0 })
    #expect(try column("[impute: mean, robust]", "age").count == 10)
    #expect(try column("[impute: 1.5]", "age").first == 15)
    #expect(try column("[clip: {from: 5%, to: 95%}, log: {base: two, digits: 2}, standardise]", "amount").count == 10)
  }

  @Test("chains that do not fit are refused, naming the column")
  func refused() throws {
    func error(_ text: String) -> ImportError? { failure { _ = try prepare(text) } }
    for (text, column) in [
      ("{columns: {ages: drop}}", "ages"), ("{columns: {y: drop}}", "y"), ("{columns: {age: [standardise]}}", "age"),
      ("{columns: {job: [standardise]}}", "job"),
      ("{columns: {amount: [one-hot]}}", "amount"), ("{columns: {amount: [one-hot, log]}}", "amount"),
      ("{columns: {job: [one-hot, ordinal]}}", "job"),
      ("{columns: {job: [impute: mean]}}", "job"), ("{columns: {amount: [round: 1]}}", "amount"), ("{columns: {job: [ordinal: [boss]]}}", "job"),
      ("{columns: {amount: [bucketise: [\"1\"], round: 0]}}", "amount"),
    ] {
      let error = error(text)
      #expect(error?.place.column == column && error?.remedy.isEmpty == false, "\(text): \(String(describing: error))")
    }
    #expect(error("{columns: {amount: [bucketise: [2, 1]]}}")?.description.contains("do not ascend") == true)
    #expect(error("{columns: {job: [ordinal: [clerk, nurse]]}}")?.description.contains("row 9") == true)
    #expect(error("{columns: {age: [impute: median, standardise]}}") == nil)
    let excluded = failure { _ = try prepare("{columns: {age: drop}}", features: "exclude: [age]") }
    #expect(excluded?.problem == .invalidValue && excluded?.place.column == "age")
    let protected = failure { _ = try prepare("{columns: {age: drop}}", features: "protected: [age]") }
    #expect(protected?.problem == .invalidValue && protected?.place.column == "age")
  }

  @Test("filters in the units of the table")
  func filters() throws {
    let schema = try Self.table().schema
    func resolved(_ column: String, _ condition: FilterSetting.Condition) throws -> ResolvedCondition {
      try FilterSetting(column: column, condition: condition).resolved(schema, file: "p")
    }
    #expect(try resolved("amount", .between(from: "1.25", to: "3.19")) == .within(column: "amount", IntegerRange(13...31)))
    #expect(try resolved("amount", .between(from: nil, to: "99999")) == .within(column: "amount", IntegerRange(0...50_000)))
    #expect(try resolved("job", .equals("nurse")) == .within(column: "job", IntegerRange(1...1)))
    #expect(try resolved("age", .present) == .present(column: "age"))
    #expect(failure { _ = try resolved("job", .equals("nurses")) }?.remedy == "Did you mean \"nurse\"")
    #expect(failure { _ = try resolved("job", .between(from: "1", to: nil)) } != nil)
    #expect(failure { _ = try resolved("amount", .between(from: "9", to: "8")) } != nil)
    #expect(failure { _ = try resolved("amounts", .present) }?.problem == .unknownColumn)
  }

  @Test("columns without a value, with a wide range or with equal names are dealt with by auto")
  func awkward() throws {
    let schema = try TableSchema(columns: [
      TableColumn(name: "empty", type: .integer(IntegerRange(0...9)), missing: .presence),
      TableColumn(name: "wide", type: .decimal(scale: 9, range: IntegerRange(-1_000_000_000_000...1_000_000_000_000))),
      TableColumn(name: "k", type: .category(["a", "b"])), TableColumn(name: "k=a", type: .integer(IntegerRange(0...9))),
      TableColumn(name: "constant", type: .integer(IntegerRange(7...7))), TableColumn(name: "y", type: .integer(IntegerRange(0...9))),
    ])
    let rows = 0..<12
    let table = try StoredTable(
      schema: schema,
      columns: [
        rows.map { _ in 0 }, rows.map { _ in 0 }, rows.map { Int64($0) * 77_777_777_777 - 400_000_000_000 }, rows.map { Int64($0 % 2) },
        rows.map { Int64($0 % 10) }, rows.map { _ in 7 }, rows.map { Int64($0 % 10) },
      ])
    var configuration = PipelineConfiguration(data: "d", schema: "s", target: "y")
    configuration.accuracy = .none
    configuration.preparation = PreparationSettings()
    let loaded = try LoadedPipeline(configuration: configuration, imported: ImportedTable(table: table, droppedRowCount: 0), file: "p")
    let pipeline = try PreparedPipeline(loaded)
    #expect(Set(pipeline.testTable.schema.columns.map(\.name)).count == pipeline.testTable.schema.columns.count)
    #expect(pipeline.notes.contains { $0.contains("empty") } && pipeline.notes.contains { $0.contains("wide") })
    #expect(pipeline.testTable.values("wide") != nil && pipeline.testTable.values("constant") != nil)
  }
}

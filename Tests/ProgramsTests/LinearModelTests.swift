import Hashing
import Programs
import Testing

@Suite("Linear models")
struct LinearModelTests {
  private func schema(_ vector: DataVectors.LinearModelVector, labels: [String]) throws -> TableSchema {
    var columns = vector.columns.map { column -> TableColumn in
      let range = IntegerRange((column.lower ?? 0)...(column.upper ?? 0))
      let type: ColumnType
      switch column.type {
      case "integer": type = .integer(range)
      case "decimal": type = .decimal(scale: column.digits ?? 0, range: range)
      default: type = .category(column.values ?? [])
      }
      return TableColumn(name: column.name, type: type, missing: column.missing ? .presence : .refuse)
    }
    columns.append(TableColumn(name: "label", type: .category(labels), roles: [.target]))
    return try TableSchema(columns: columns)
  }

  private func execution(
    _ vector: DataVectors.LinearModelVector, _ output: DataVectors.LinearModelVector.Output, task: LinearTask, labels: [String],
    saturation: Int?, only rows: [Int]? = nil
  ) throws -> Execution {
    let schema = try schema(vector, labels: labels)
    let encoding = try FeatureEncoding(schema: schema, columns: vector.columns.map(\.name), fractionBits: vector.featureBits)
    let architecture = try LinearArchitecture(
      encoding: encoding, target: "label", task: task, weightBits: 16, weightFractionBits: vector.weightFraction,
      scoreFractionBits: vector.scoreFraction, saturationBits: saturation)
    let model = try LinearModel(architecture: architecture, weights: output.weights)
    let table = try StoredTable(schema: schema, columns: vector.stored + [output.labels ?? [Int64](repeating: 0, count: vector.rows)])
    return try model.run(rows.map(table.selecting(rows:)) ?? table, options: InferenceOptions(countsLabels: output.labels != nil))
  }

  @Test("features, scores, probabilities and predictions equal the Python vectors")
  func binary() throws {
    let vector = try DataVectors.load().linearModel
    let run = try execution(vector, vector.binary, task: .binary(positive: 1), labels: ["n", "p"], saturation: 10)
    let features = try #require(run.program.node(named: "features"))
    #expect(run.values[features] == vector.features.flatMap { $0 })
    #expect(run.output("score") == vector.binary.score)
    #expect(run.output("probability") == vector.binary.probability)
    #expect(run.output("prediction") == vector.binary.prediction)
    let flipped = try execution(vector, vector.binary, task: .binary(positive: 0), labels: ["n", "p"], saturation: 10)
    #expect(flipped.output("prediction") == vector.binary.prediction.map { 1 - $0 })
    for row in 0..<vector.rows {
      let single = try execution(vector, vector.binary, task: .binary(positive: 1), labels: ["n", "p"], saturation: 10, only: [row])
      #expect(single.output("prediction") == [vector.binary.prediction[row]])
    }
  }

  @Test("three classes with their confusion matrix equal the Python vectors")
  func classes() throws {
    let vector = try DataVectors.load().linearModel
    let run = try execution(vector, vector.classes, task: .classes(count: 3), labels: ["x", "y", "z"], saturation: nil)
    #expect(run.output("score") == vector.classes.score)
    #expect(run.output("prediction") == vector.classes.prediction)
    #expect(run.output("confusion") == vector.classes.confusion)
  }

  @Test("default formats pass the analysis for any width and number of columns")
  func defaults() throws {
    for bits in [1, 8, 16, 24, 40, 60] {
      for count in [0, 1, 30, 400] {
        let upper = (Int64(1) << Int64(bits)) - 1
        var columns = (0..<count).map { TableColumn(name: "c\($0)", type: .integer(IntegerRange(-5...(upper - 5)))) }
        columns.append(TableColumn(name: "two", type: .category(["a", "b"])))
        columns.append(TableColumn(name: "five", type: .category(["a", "b", "c", "d", "e"])))
        columns.append(TableColumn(name: "number", type: .integer(IntegerRange(-5...(upper - 5)))))
        let schema = try TableSchema(columns: columns)
        let encoding = try FeatureEncoding(schema: schema, columns: (0..<count).map { "c\($0)" })
        let range = IntegerRange(-5...(upper - 5))
        for (target, task) in [
          ("two", LinearTask.binary(positive: 1)), ("five", .classes(count: 5)),
          ("number", .regression(target: range, unitShift: LinearArchitecture.unitShift(for: range))),
        ] {
          for magnitude in [-3, 0, 4, 12] {
            let architecture = try LinearArchitecture.choose(encoding: encoding, target: target, task: task, magnitudeBits: magnitude)
            #expect(throws: Never.self) {
              try architecture.program(rows: 1_000, options: InferenceOptions(countsLabels: task.classCount != nil)).analyse()
            }
          }
        }
      }
    }
  }

  @Test("a regression predicts in stored units of the target")
  func regression() throws {
    let target = IntegerRange(100...1_123)  // 10 bits
    let schema = try TableSchema(columns: [
      TableColumn(name: "x", type: .integer(IntegerRange(0...255))), TableColumn(name: "y", type: .integer(target)),
    ])
    let encoding = try FeatureEncoding(schema: schema, columns: ["x"])
    let task = LinearTask.regression(target: target, unitShift: 0)
    let architecture = try LinearArchitecture.choose(encoding: encoding, target: "y", task: task, magnitudeBits: 10)
    // y = 100 + 2·x + 7: the feature is x/256, so its weight is 512.
    let unit = Int64(1) << Int64(architecture.weightFractionBits)
    let model = try LinearModel(architecture: architecture, weights: [512 * unit, 7 * unit])
    let table = try StoredTable(schema: schema, columns: [[0, 1, 200, 255], [100, 100, 100, 100]])
    #expect(try model.run(table).output("prediction") == [107, 109, 507, 617])
  }

  @Test("models that do not fit are refused")
  func refusals() throws {
    let schema = try TableSchema(columns: [
      TableColumn(name: "x", type: .integer(IntegerRange(0...255))), TableColumn(name: "c", type: .category(["a", "b"])),
      TableColumn(name: "m", type: .category(["a", "b"]), missing: .presence),
    ])
    #expect(throws: ProgramError.unknownColumn("z")) { try FeatureEncoding(schema: schema, columns: ["z"]) }
    #expect(throws: ProgramError.self) { try FeatureEncoding(schema: schema, columns: ["x", "x"]) }
    let encoding = try FeatureEncoding(schema: schema, columns: ["x"])
    let withTarget = try FeatureEncoding(schema: schema, columns: ["x", "c"])
    let two = LinearTask.binary(positive: 1)
    #expect(throws: ProgramError.self) { try LinearArchitecture.choose(encoding: withTarget, target: "c", task: two, magnitudeBits: 2) }
    #expect(throws: ProgramError.self) { try LinearArchitecture.choose(encoding: encoding, target: "m", task: two, magnitudeBits: 2) }
    #expect(throws: ProgramError.self) { try LinearArchitecture.choose(encoding: encoding, target: "x", task: two, magnitudeBits: 2) }
    #expect(throws: ProgramError.self) {
      try LinearArchitecture.choose(encoding: encoding, target: "c", task: .classes(count: 3), magnitudeBits: 2)
    }
    #expect(throws: ProgramError.self) { try LinearArchitecture.choose(encoding: encoding, target: "c", task: two, magnitudeBits: 60) }
    let good = try LinearArchitecture.choose(encoding: encoding, target: "c", task: two, magnitudeBits: 2)
    #expect(throws: ProgramError.self) { try LinearModel(architecture: good, weights: [1]) }
    #expect(throws: ProgramError.self) { try LinearModel(architecture: good, weights: [1, 40_000]) }
    #expect(throws: ProgramError.self) { try good.program(rows: 0) }
  }

  @Test("canonical descriptions are read back, and every parameter changes the digest")
  func canonical() throws {
    let vector = try DataVectors.load().linearModel
    let schema = try schema(vector, labels: ["n", "p"])
    #expect(try TableSchema(canonical: schema.canonical).columns.map(\.name) == schema.columns.map(\.name))
    #expect(try TableSchema(canonical: schema.canonical).canonical == schema.canonical)
    let encoding = try FeatureEncoding(schema: schema, columns: ["age", "job"])
    func make(_ positive: Int, _ weightBits: Int, _ score: Int, _ saturation: Int?) throws -> LinearArchitecture {
      try LinearArchitecture(
        encoding: encoding, target: "label", task: .binary(positive: positive), weightBits: weightBits, weightFractionBits: 11,
        scoreFractionBits: score, saturationBits: saturation)
    }
    let all = try [make(1, 16, 6, 16), make(0, 16, 6, 16), make(1, 15, 6, 16), make(1, 16, 7, 16), make(1, 16, 6, 15)]
    for architecture in all { #expect(try LinearArchitecture(canonical: architecture.canonical).canonical == architecture.canonical) }
    #expect(Set(all.map { $0.canonical.digest(tag: "t") }).count == all.count)
    let programs = try all.map { try $0.program(rows: 3).canonical.digest(tag: "t") } + [all[0].program(rows: 4).canonical.digest(tag: "t")]
    #expect(Set(programs).count >= all.count)
    for wrong: CanonicalValue in [.list([]), .text("x"), .dictionary([:]), .list([.dictionary(["name": "x"])])] {
      #expect(throws: ProgramError.self) { try TableSchema(canonical: wrong) }
      #expect(throws: ProgramError.self) { try LinearArchitecture(canonical: wrong) }
    }
    guard case .dictionary(var entries) = all[0].canonical else { return }
    entries["weightFractionBits"] = "9223372036854775807"
    #expect(throws: ProgramError.self) { try LinearArchitecture(canonical: .dictionary(entries)) }
    entries["weightFractionBits"] = "011"
    #expect(throws: ProgramError.self) { try LinearArchitecture(canonical: .dictionary(entries)) }
  }
}

@Suite("Tables")
struct TableTests {
  @Test("schemas that contradict themselves are refused")
  func schemas() {
    let range = IntegerRange(0...1)
    let wrong: [[TableColumn]] = [
      [], [TableColumn(name: "", type: .integer(range))],
      [TableColumn(name: "a", type: .integer(range)), TableColumn(name: "a", type: .integer(range))],
      [TableColumn(name: "a", type: .category([]))], [TableColumn(name: "a", type: .category(["x", "x"]))],
      [TableColumn(name: "a", type: .decimal(scale: 19, range: range))],
      [TableColumn(name: "a", type: .integer(IntegerRange(Int64.min...0)))],
      [TableColumn(name: "a", type: .integer(IntegerRange(-(1 << 61)...(1 << 61))))],
      [TableColumn(name: "a", type: .integer(range), roles: [.target]), TableColumn(name: "b", type: .integer(range), roles: [.target])],
    ]
    for columns in wrong { #expect(throws: ProgramError.self) { try TableSchema(columns: columns) } }
  }

  @Test("cells are checked, a missing cell stores the lower bound")
  func cells() throws {
    let schema = try TableSchema(columns: [TableColumn(name: "a", type: .integer(IntegerRange(3...9)), missing: .presence)])
    #expect(schema.storedColumns.map(\.part) == [.value, .presence])
    let table = try StoredTable(schema: schema, columns: [[3, 5, 3], [0, 1, 1]])
    #expect(table.values("a") == [3, 5, 3] && table.values("a", .presence) == [0, 1, 1] && table.values("b") == nil)
    #expect(table.selecting(rows: [2, 1, 7]).columns == [[3, 5], [1, 1]])
    #expect(throws: ProgramError.cellOutOfRange(column: "a", row: 1, value: 5, range: IntegerRange(only: 3))) {
      try StoredTable(schema: schema, columns: [[3, 5], [1, 0]])
    }
    #expect(throws: ProgramError.cellOutOfRange(column: "a", row: 0, value: 2, range: IntegerRange(3...9))) {
      try StoredTable(schema: schema, columns: [[2], [1]])
    }
    #expect(throws: ProgramError.self) { try StoredTable(schema: schema, columns: [[3], [2]]) }
    #expect(throws: ProgramError.self) { try StoredTable(schema: schema, columns: [[3], []]) }
    #expect(throws: ProgramError.self) { try StoredTable(schema: schema, columns: [[3]]) }
  }

  /// `Docs/Semantics.md`, linear models: "probability ≥ 1/2" and "score ≥ 0" are the same for scores of at most 14 fraction bits.
  @Test("the tabulated probability is at least 1/2 exactly for scores from 0 on, up to 14 fraction bits of the score")
  func positiveClass() throws {
    let half = Int64(1) << Int64(LinearArchitecture.probabilityBits - 1)
    for bits in 0...20 {
      let sigmoid = TableFunction.sigmoid(inputFractionBits: bits, outputFractionBits: LinearArchitecture.probabilityBits)
      #expect(try sigmoid.value(at: 0) == half)
      #expect(try (sigmoid.value(at: -1) < half) == (bits <= 14), "\(bits)")
    }
  }
}

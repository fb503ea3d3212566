import Claims
import Foundation
import Programs
import Testing

/// What scikit-learn and numpy compute on the same tables (reference/vectors/preprocessing.py), in floating point.
struct PreprocessingVectors: Decodable {
  struct Table: Decodable {
    let amount: [Int64?]
    let age: [Int64?]
    let balance: [Int64?]
    let constant: [Int64?]
    let colour: [Int64?]
    let size: [Int64?]
  }
  let colours: [String]
  let sizes: [String]
  let order: [String]
  let train: Table
  let test: Table
  let parameters: [String: Double]
  let features: [String: [Double?]]

  static func read() throws -> PreprocessingVectors {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../../Vectors/preprocessing.json")
    return try JSONDecoder().decode(PreprocessingVectors.self, from: Data(contentsOf: folder.standardizedFileURL))
  }

  func stored(_ table: Table) throws -> StoredTable {
    let schema = try TableSchema(columns: [
      TableColumn(name: "amount", type: .decimal(scale: 2, range: IntegerRange(-100_000...500_000)), missing: .presence),
      TableColumn(name: "age", type: .integer(IntegerRange(0...120))),
      TableColumn(name: "balance", type: .integer(IntegerRange(-1_000_000...2_000_000))),
      TableColumn(name: "constant", type: .integer(IntegerRange(0...10))),
      TableColumn(name: "colour", type: .category(colours), missing: .presence), TableColumn(name: "size", type: .category(sizes)),
    ])
    func present(_ cells: [Int64?]) -> [Int64] { cells.map { $0 == nil ? 0 : 1 } }
    return try StoredTable(
      schema: schema,
      columns: [
        table.amount.map { $0 ?? -100_000 }, present(table.amount), table.age.compactMap { $0 }, table.balance.compactMap { $0 },
        table.constant.compactMap { $0 }, table.colour.map { $0 ?? 0 }, present(table.colour), table.size.compactMap { $0 },
      ])
  }
}

@Suite("Preprocessing against scikit-learn and numpy") struct PreprocessingVectorTests {
  static let numbers = ["amount", "age", "balance", "constant"]
  static let quantiles = [(1, 10), (1, 4), (1, 3), (1, 2), (3, 4), (95, 100)]
  static let fitting = FitSpecification(
    numbers.flatMap { column in
      ([.mean(scale: 5), .standardDeviation(scale: 5), .minimum, .maximum, .range, .interquartileRange(scale: 5)]
        + quantiles.map { .quantile(numerator: $0.0, denominator: $0.1, scale: 5) })
        .map { FittedParameter(column: column, kind: $0) }
    }
      + ["age", "constant", "colour"].map { FittedParameter(column: $0, kind: .mode) } + [FittedParameter(column: "colour", kind: .seen)])

  /// |stored/10^scale − expected| in steps of 10^−scale.
  static func steps(_ stored: Int64, _ type: ColumnType, _ expected: Double) -> Double {
    if case .decimal(let scale, _) = type { return abs(Double(stored) - expected * pow(10, Double(scale))) }
    return abs(Double(stored) - expected)
  }

  @Test("fitted parameters are equal within half a step") func parameters() throws {
    let vectors = try PreprocessingVectors.read()
    let fitted = try Self.fitting.fit(vectors.stored(vectors.train))
    #expect(fitted.columns.count == 4 * 12 + 3 + 5)
    for (column, values) in zip(fitted.schema.columns, fitted.columns) {
      let expected = try #require(vectors.parameters[column.name], "\(column.name)")
      #expect(Self.steps(values[0], column.type, expected) <= 0.5 + 1e-4, "\(column.name): \(values[0]) for \(expected)")
    }
  }

  @Test("transformed values are equal within a step") func features() throws {
    let vectors = try PreprocessingVectors.read()
    let (train, test) = (try vectors.stored(vectors.train), try vectors.stored(vectors.test))
    let limit = QuotientLimit.refuse(IntegerRange(-1_000_000...1_000_000))
    var columns: [ColumnTransform] = []
    func add(_ name: String, _ source: String, _ steps: TransformStep...) {
      columns.append(ColumnTransform(name: name, source: source, steps: steps))
    }
    for name in Self.numbers where name != "amount" {
      add("\(name).standard", name, .standardise(name, scale: 4, limit: limit))
      add("\(name).minmax", name, .minMax(name, scale: 4, limit: limit))
      add("\(name).robust", name, .robust(name, scale: 4, limit: limit))
      add("\(name).clipped", name, .clip(lower: .parameter("\(name).quantile.1/4"), upper: .parameter("\(name).quantile.3/4")))
    }
    // Missing cells have no scaled value in the reference either; here they must be filled before, and are not compared.
    let filled = TransformStep.impute(.parameter("amount.mean"))
    add("amount.standard", "amount", filled, .standardise("amount", scale: 4, limit: limit))
    add("amount.minmax", "amount", filled, .minMax("amount", scale: 4, limit: limit))
    add("amount.robust", "amount", filled, .robust("amount", scale: 4, limit: limit))
    add("amount.clipped", "amount", filled, .clip(lower: .parameter("amount.quantile.1/4"), upper: .parameter("amount.quantile.3/4")))
    add("amount.impute.mean", "amount", filled)
    add("amount.impute.median", "amount", .impute(.parameter("amount.median")))
    let positive = TransformStep.clip(lower: .number(0, scale: 0), upper: nil)
    add("age.log1p", "age", .logarithm(.natural, scale: 6))
    add("age.log2p1", "age", .logarithm(.two, scale: 6))
    add("balance.log1p", "balance", positive, .logarithm(.natural, scale: 4))
    add("age.bins", "age", .bucketise([25, 40, 60].map { .number($0, scale: 0) }))
    add("balance.bins", "balance", .bucketise(["quantile.1/4", "median", "quantile.3/4"].map { .parameter("balance.\($0)") }))
    let mode = TransformStep.impute(.parameter("colour.mode"))
    add("colour.onehot", "colour", mode, .oneHot(unseen: .zeros))
    // The reference's unknown value is 5; here it is one more than the seen ones, as an order names them.
    add("colour.ordinal", "colour", mode, .ordinal(Array(vectors.colours), unseen: .other("unseen")))
    add("size.ordinal", "size", .ordinal(vectors.order, unseen: .allKnown))
    let specification = TransformSpecification(columns)
    let made = try specification.transform(test, parameters: Self.fitting.fit(train))
    var compared = 0
    for column in made.schema.columns {
      var name = column.name
      if let equals = name.firstIndex(of: "="), let code = vectors.colours.firstIndex(of: String(name[name.index(after: equals)...])) {
        name = "colour.onehot.\(code)"
      }
      let expected = try #require(vectors.features[name], "\(name)")
      let values = try #require(made.values(column.name) as [Int64]?)
      // The reference divides by unrounded parameters; a step of 10^−4 is far above the difference.
      for (row, (value, number)) in zip(values, expected).enumerated() {
        guard let number else { continue }
        compared += 1
        #expect(Self.steps(value, column.type, number) <= 1, "\(name), row \(row): \(value) for \(number)")
      }
    }
    #expect(compared > 700)
  }

  @Test("logarithms in integers, narrow and wide, are within half a step and a step") func logarithms() throws {
    for base in LogarithmBase.allCases {
      let logarithm = FixedPointLogarithm(base: base)
      for w in [1, 2, 3, 7, 8, 1000, 65_535, 65_536, 123_456_789, 1 << 45] as [UInt64] {
        let exact = base == .natural ? log(Double(w)) : log2(Double(w))
        #expect(abs(Double(logarithm.value(w)) / pow(2, 60) - exact) < 1e-13)
        #expect(
          abs(Double(try logarithm.rounded(w, pointDigits: 2, digits: 6)) - 1e6 * (exact - (base == .natural ? log(100) : log2(100)))) <= 0.500_001)
      }
      let schema = try TableSchema(columns: [TableColumn(name: "x", type: .decimal(scale: 2, range: IntegerRange(0...(1 << 44))))])
      let values = (0..<44).flatMap { bit -> [Int64] in [(1 << bit) - 1, (1 << bit) + 1, 3 << max(0, bit - 1)] }
      let table = try StoredTable(schema: schema, columns: [values])
      let specification = TransformSpecification([ColumnTransform(name: "y", source: "x", steps: [.logarithm(base, scale: 4)])])
      let made = try specification.transform(table, parameters: nil).columns[0]
      for (x, y) in zip(values, made) {
        let exact = base == .natural ? log1p(Double(x) / 100) : log2(1 + Double(x) / 100)
        #expect(abs(Double(y) - 1e4 * exact) < 1, "\(base) of \(x): \(y)")
      }
    }
  }
}

import Claims
import Fields
import Kernels
import Programs
import ProofSystem
import Prover
import Testing

@Suite("Transforming") struct TransformTests {
  static let fitting = FitSpecification(
    [
      .mean(scale: 3), .standardDeviation(scale: 3), .minimum, .range, .quantile(numerator: 1, denominator: 2, scale: 2),
      .interquartileRange(scale: 2),
    ]
    .map { FittedParameter(column: "amount", kind: $0) }
      + [.mean(scale: 2), .standardDeviation(scale: 2), .minimum, .maximum, .range, .quantile(numerator: 1, denominator: 4, scale: 0)]
      .map { FittedParameter(column: "age", kind: $0) }
      + [(1, 2), (3, 4)].map { FittedParameter(column: "age", kind: .quantile(numerator: $0, denominator: $1, scale: 0)) }
      + ["colour", "size"].flatMap { [FittedParameter(column: $0, kind: .mode), FittedParameter(column: $0, kind: .seen)] })

  static let limit = QuotientLimit.refuse(IntegerRange(-100_000...100_000))
  static let narrow = QuotientLimit.saturate(IntegerRange(-700...600))

  /// One column for every step and its variants, chains of up to three steps.
  static let columns: [ColumnTransform] = [
    .copy("amount"),
    ColumnTransform(name: "amount.missing", source: "amount", steps: [.missingIndicator]),
    ColumnTransform(name: "zero", source: "amount", steps: [.impute(.number(0, scale: 0))]),
    ColumnTransform(name: "standard", source: "amount", steps: [.impute(.parameter("amount.mean")), .standardise("amount", scale: 3, limit: limit)]),
    ColumnTransform(
      name: "robust", source: "amount",
      steps: [
        .impute(.parameter("amount.median")), .clip(lower: .number(-5, scale: 0), upper: .parameter("age.max")),
        .robust("amount", scale: 2, limit: limit),
      ]),
    ColumnTransform(name: "share", source: "amount", steps: [.impute(.parameter("amount.median")), .minMax("amount", scale: 4, limit: narrow)]),
    ColumnTransform(
      name: "clipped", source: "age", steps: [.clip(lower: .parameter("age.quantile.1/4"), upper: .parameter("age.quantile.3/4"))]),
    ColumnTransform(
      name: "half", source: "age", steps: [.divide(centre: .number(15, scale: 1), divisor: .number(2, scale: 0), scale: 0, limit: limit)]),
    ColumnTransform(
      name: "twice", source: "age",
      steps: [.standardise("age", scale: 3, limit: narrow), .clip(lower: .number(-5, scale: 1), upper: nil), .impute(.number(0, scale: 0))]),
    ColumnTransform(name: "logarithm", source: "age", steps: [.clip(lower: .number(0, scale: 0), upper: nil), .logarithm(.natural, scale: 4)]),
    ColumnTransform(
      name: "scaled logarithm", source: "age",
      steps: [
        .clip(lower: .number(0, scale: 0), upper: nil), .logarithm(.two, scale: 2),
        .divide(centre: .number(1, scale: 0), divisor: .number(3, scale: 0), scale: 2, limit: limit),
      ]),
    ColumnTransform(name: "bin", source: "age", steps: [.bucketise([0, 10, 25].map { .number($0, scale: 0) })]),
    ColumnTransform(
      name: "quartile", source: "age",
      steps: [.bucketise([.parameter("age.quantile.1/4"), .parameter("age.median"), .parameter("age.quantile.3/4")])]),
    ColumnTransform(
      name: "scaled bin", source: "age",
      steps: [
        .bucketise([.number(55, scale: 1), .number(30, scale: 0)]),
        .divide(centre: .number(1, scale: 0), divisor: .number(2, scale: 0), scale: 1, limit: limit),
      ]),
    ColumnTransform(name: "colour", source: "colour", steps: [.impute(.parameter("colour.mode"))]),
    ColumnTransform(name: "hue", source: "colour", steps: [.imputeCategory("none"), .oneHot(unseen: .zeros)]),
    ColumnTransform(name: "tint", source: "colour", steps: [.impute(.parameter("colour.mode")), .oneHot(unseen: .other("rest"))]),
    ColumnTransform(name: "tone", source: "colour", steps: [.imputeCategory("grey"), .ordinal(["grey", "blue", "red"], unseen: .other("rest"))]),
    ColumnTransform(name: "size", source: "size", steps: [.oneHot(unseen: .allKnown)]),
    ColumnTransform(name: "checked", source: "size", steps: [.oneHot(unseen: .error)]),
    ColumnTransform(name: "order", source: "size", steps: [.ordinal(["small", "medium", "large"], unseen: .allKnown)]),
    ColumnTransform(
      name: "checked order", source: "size",
      steps: [
        .ordinal(["small", "medium", "large"], unseen: .error),
        .divide(centre: .number(1, scale: 0), divisor: .number(1, scale: 0), scale: 0, limit: .refuse(IntegerRange(-1...1))),
      ]),
  ]
  static let everything = TransformSpecification(columns)

  /// Rows that the training table does not have; their colours include the one it lacks.
  static func fresh(rows: Int = 13) throws -> StoredTable {
    let table = try FitTests.table(rows: rows, salt: 5)
    var columns = table.columns
    if let colour = columns.indices.first(where: { table.schema.storedColumns[$0].column == "colour" }), rows > 3 {
      columns[colour][3] = 3
      columns[colour + 1][3] = 1
    }
    return try StoredTable(schema: table.schema, columns: columns)
  }

  /// `output`: what is committed; the honest transformation of `input` unless given.
  static func harness(
    _ specification: TransformSpecification, _ input: StoredTable, output: StoredTable? = nil
  ) throws -> (DataHarness, DataClaim) {
    let fitted = try fitting.fit(FitTests.table())
    let made = try output ?? specification.transform(input, parameters: fitted)
    let claim = TransformClaim(input: "rows", parameters: "fitted", output: "features", specification: specification)
    return (DataHarness(tables: ["rows": input, "fitted": fitted, "features": made]), .transform(claim))
  }

  /// The specification of one column of the list.
  static func only(_ name: String) throws -> TransformSpecification {
    TransformSpecification([try #require(columns.first { $0.name == name })])
  }

  @Test("every step is complete, alone and in chains", arguments: [1, 2, 13, 40]) func complete(_ rows: Int) throws {
    let (harness, claim) = try Self.harness(Self.everything, Self.fresh(rows: rows))
    try DataHarness.check(harness.instance([claim]))
  }

  @Test("a chain over several tables in one proof") func chain() throws {
    let train = try FitTests.table()
    let fresh = try Self.fresh()
    let fitted = try Self.fitting.fit(train)
    let tables = [
      "train": train, "test": fresh, "fitted": fitted, "train features": try Self.everything.transform(train, parameters: fitted),
      "test features": try Self.everything.transform(fresh, parameters: fitted),
    ]
    let fit = FitClaim(table: "train", parameters: "fitted", specification: Self.fitting, presentCounts: try Self.fitting.presentCounts(train))
    let claims = ["train", "test"].map { name in
      DataClaim.transform(TransformClaim(input: name, parameters: "fitted", output: "\(name) features", specification: Self.everything))
    }
    try DataHarness.check(DataHarness(tables: tables).instance([.fit(fit)] + claims))
  }

  @Test("without parameters") func plain() throws {
    let specification = TransformSpecification([
      .copy("amount"), .copy("size"), ColumnTransform(name: "s", source: "size", steps: [.oneHot(unseen: .allKnown)]),
    ])
    let input = try Self.fresh()
    let claim = TransformClaim(
      input: "rows", parameters: nil, output: "features", specification: specification)
    let harness = DataHarness(tables: ["rows": input, "features": try specification.transform(input, parameters: nil)])
    try DataHarness.check(harness.instance([.transform(claim)]))
  }

  @Test("a logarithm over a wide range, natural and to base two") func wideLogarithm() throws {
    let schema = try TableSchema(columns: [TableColumn(name: "x", type: .decimal(scale: 2, range: IntegerRange(0...1_000_000_000)))])
    let values = [0, 1, 32_668, 65_435, 65_436, 131_000, 99_999_999, 1_000_000_000] as [Int64]
    let input = try StoredTable(schema: schema, columns: [values])
    let specification = TransformSpecification([
      ColumnTransform(name: "ln", source: "x", steps: [.logarithm(.natural, scale: 4)]),
      ColumnTransform(name: "log2", source: "x", steps: [.logarithm(.two, scale: 3)]),
    ])
    let made = try specification.transform(input, parameters: nil)
    let claim = DataClaim.transform(TransformClaim(input: "rows", parameters: nil, output: "features", specification: specification))
    try DataHarness.check(DataHarness(tables: ["rows": input, "features": made]).instance([claim]))
    var columns = made.columns
    columns[0][6] += 1
    let wrong = try StoredTable(schema: made.schema, columns: columns)
    #expect(throws: VerificationError.self) { try DataHarness.check(DataHarness(tables: ["rows": input, "features": wrong]).instance([claim])) }
    // Another cut of the same number: one bit less, so that j has 17 bits, or one more, so that it has 15.
    for part in ["shift", "power", "floor", "leading", "tabulated"] {
      let instance = try DataHarness(tables: ["rows": input, "features": made]).instance(
        [claim],
        tamper: { relation, data in
          for column in relation.columns where column.name == "0.0.0.\(part)" { data.tensor(column.name)[6] += .one }
        })
      #expect(throws: VerificationError.self, "\(part)") { try DataHarness.check(instance) }
    }
  }

  @Test("known values") func values() throws {
    let schema = try TableSchema(columns: [
      TableColumn(name: "x", type: .integer(IntegerRange(-10...10)), missing: .presence), TableColumn(name: "c", type: .category(["a", "b", "d"])),
    ])
    let input = try StoredTable(schema: schema, columns: [[-10, 3, -10, 10], [0, 1, 1, 1], [0, 1, 2, 1]])
    let fitted = try StoredTable(
      schema: TableSchema(columns: [
        TableColumn(name: "x.mean", type: .decimal(scale: 1, range: IntegerRange(-100...100))),
        TableColumn(name: "x.std", type: .decimal(scale: 1, range: IntegerRange(1...100))),
        TableColumn(name: "c.seen.0", type: .integer(IntegerRange(0...1))), TableColumn(name: "c.seen.1", type: .integer(IntegerRange(0...1))),
        TableColumn(name: "c.seen.2", type: .integer(IntegerRange(0...1))),
      ]), columns: [[25], [20], [1], [1], [0]])
    let specification = TransformSpecification([
      ColumnTransform(
        name: "x", source: "x", steps: [.impute(.parameter("x.mean")), .standardise("x", scale: 0, limit: .refuse(IntegerRange(-9...9)))]),
      ColumnTransform(name: "m", source: "x", steps: [.missingIndicator]),
      ColumnTransform(name: "c", source: "c", steps: [.oneHot(unseen: .other("rest"))]),
      ColumnTransform(name: "o", source: "c", steps: [.ordinal(["b", "a"], unseen: .other("rest"))]),
    ])
    let made = try specification.transform(input, parameters: fitted)
    // (2.5 − 2.5)/2, (3 − 2.5)/2 = 1/4, −12.5/2 = −6.25, 7.5/2 = 3.75.
    #expect(made.columns == [[0, 0, -6, 4], [1, 0, 0, 0], [1, 0, 0, 0], [0, 1, 0, 1], [0, 0, 0, 0], [0, 0, 1, 0], [1, 0, 2, 0]])
    #expect(made.schema.columns.map(\.name) == ["x", "m", "c=a", "c=b", "c=d", "c=rest", "o"])
    let tight = TransformSpecification([
      ColumnTransform(
        name: "x", source: "x", steps: [.impute(.number(0, scale: 0)), .standardise("x", scale: 0, limit: .refuse(IntegerRange(-5...5)))])
    ])
    #expect(throws: ProgramError.cellOutOfRange(column: "x", row: 2, value: -6, range: IntegerRange(-5...5))) {
      try tight.transform(input, parameters: fitted)
    }
  }

  // MARK: Dishonest provers

  /// The output with one cell changed; nil where the schema does not admit it.
  static func changed(_ table: StoredTable, column: Int, row: Int, by step: Int64) -> StoredTable? {
    var columns = table.columns
    columns[column][row] += step
    return try? StoredTable(schema: table.schema, columns: columns)
  }

  @Test("each output cell off by one is rejected", arguments: columns.indices) func offByOne(_ place: Int) throws {
    let specification = TransformSpecification([Self.columns[place]])
    let input = try Self.fresh()
    let honest = try Self.harness(specification, input).0.tables["features"]
    let made = try #require(honest)
    var count = 0
    for column in made.columns.indices {
      for (row, step) in [(0, 1), (3, -1), (4, 1), (4, -1)] as [(Int, Int64)] {
        guard let wrong = Self.changed(made, column: column, row: row, by: step) else { continue }
        count += 1
        let (harness, claim) = try Self.harness(specification, input, output: wrong)
        #expect(throws: VerificationError.self) { try DataHarness.check(harness.instance([claim])) }
      }
    }
    #expect(count > 0)
  }

  @Test("an unseen category mapped silently is rejected", arguments: ["hue", "tint", "tone"]) func unseen(_ name: String) throws {
    let specification = try Self.only(name)
    let input = try Self.fresh()
    let made = try #require(try Self.harness(specification, input).0.tables["features"])
    var columns = made.columns
    // Row 3 has the colour that training lacks: it becomes red, with all its witnesses.
    if name == "tone" {
      columns[0][3] = 2
    } else {
      columns[0][3] = 1
      if name == "tint" { columns[4][3] = 0 }
    }
    let wrong = try StoredTable(schema: made.schema, columns: columns)
    let (harness, claim) = try Self.harness(specification, input, output: wrong)
    #expect(throws: VerificationError.self) { try DataHarness.check(harness.instance([claim])) }
    // The same with a mask of the prover's own.
    let instance = try harness.instance(
      [claim],
      records: { records in
        var bent = records
        for key in bent[0].keys where key.hasSuffix(".seen") { bent[0][key] = bent[0][key]?.map { _ in 1 } }
        return bent
      })
    #expect(throws: VerificationError.self) { try DataHarness.check(instance) }
  }

  @Test("under the rule error an unseen category has no proof", arguments: [true, false]) func unseenError(_ isOneHot: Bool) throws {
    let chain: [TransformStep] = isOneHot ? [.oneHot(unseen: .error)] : [.ordinal(["grey", "blue", "red", "green"], unseen: .error)]
    let specification = TransformSpecification([ColumnTransform(name: "c", source: "colour", steps: [.impute(.parameter("colour.mode"))] + chain)])
    let known = TransformSpecification([
      ColumnTransform(
        name: "c", source: "colour",
        steps: [.impute(.parameter("colour.mode"))]
          + (isOneHot ? [.oneHot(unseen: .allKnown)] : [.ordinal(["grey", "blue", "red", "green"], unseen: .allKnown)]))
    ])
    let input = try Self.fresh()
    let fitted = try Self.fitting.fit(FitTests.table())
    #expect(throws: ProgramError.self) { try specification.transform(input, parameters: fitted) }
    let (harness, claim) = try Self.harness(specification, input, output: known.transform(input, parameters: fitted))
    for mask in [[1, 1, 1, 0], [1, 1, 1, 1]] as [[Int64]] {
      let instance = try harness.instance([claim], forged: [["0.1.seen": mask]])
      #expect(throws: VerificationError.self) { try DataHarness.check(instance) }
    }
    // The same forgery is a proof where no row is unseen.
    let seen = input.selecting(rows: [0, 1, 2, 4, 5])
    let (other, same) = try Self.harness(specification, seen)
    try DataHarness.check(other.instance([same], forged: [["0.1.seen": [1, 1, 1, 0]]]))
  }

  @Test("a missing value imputed as zero, and presence that lies, are rejected") func missing() throws {
    let input = try Self.fresh()
    let row = try #require(input.values("amount", .presence)?.firstIndex(of: 0))
    let filled = TransformSpecification([ColumnTransform(name: "filled", source: "amount", steps: [.impute(.parameter("amount.mean"))])])
    let cases: [(TransformSpecification, Int, Int64)] = [(filled, 0, 0), (try Self.only("amount.missing"), 0, 0), (try Self.only("amount"), 1, 1)]
    for (specification, column, value) in cases {
      let made = try #require(try Self.harness(specification, input).0.tables["features"])
      var columns = made.columns
      #expect(columns[column][row] != value)
      columns[column][row] = value
      let wrong = try StoredTable(schema: made.schema, columns: columns)
      let (harness, claim) = try Self.harness(specification, input, output: wrong)
      #expect(throws: VerificationError.self) { try DataHarness.check(harness.instance([claim])) }
    }
  }

  @Test("a quotient that solves the equation in the field alone is rejected") func fieldQuotient() throws {
    let specification = TransformSpecification([
      ColumnTransform(
        name: "q", source: "age",
        steps: [
          .divide(centre: .number(0, scale: 0), divisor: .number(3, scale: 0), scale: 0, limit: Self.limit),
          .clip(lower: .number(5, scale: 0), upper: .number(5, scale: 0)),
        ])
    ])
    let input = try Self.fresh()
    let (harness, claim) = try Self.harness(specification, input)
    // 6·q = 2·age + 3 − r for r = 0: the range of q alone stands against it.
    let ages = try #require(input.values("age") as [Int64]?)
    let sixth = try #require(Goldilocks(6).inverse())
    let solved = ages.map { ($0 % 3 == 0 ? Goldilocks(signed: 2 * $0 + 2) : Goldilocks(signed: 2 * $0 + 3)) * sixth }
    let instance = try harness.instance(
      [claim],
      records: { records in
        var bent = records
        bent[0]["0.0.value"] = solved.map { $0.signedInteger ?? 0 }
        bent[0]["0.1.bit"] = solved.map { ($0.signedInteger ?? 0) >= 5 ? 1 : 0 }
        return bent
      })
    #expect(throws: VerificationError.self) { try DataHarness.check(instance) }
  }

  @Test("parameters of another fit are rejected") func otherParameters() throws {
    let input = try Self.fresh()
    let other = try Self.fitting.fit(FitTests.table(salt: 2))
    let wrong = try Self.everything.transform(input, parameters: other)
    let (harness, claim) = try Self.harness(Self.everything, input, output: wrong)
    #expect(throws: VerificationError.self) { try DataHarness.check(harness.instance([claim])) }
  }

  @Test("a false cell in any class of witness columns is rejected") func tampered() throws {
    let (harness, claim) = try Self.harness(Self.everything, Self.fresh())
    let honest = try harness.instance([claim])
    // One of every kind of step: names differ by column here, so numbers stay.
    var known: Set<String> = []
    let names = honest.relation.columns.compactMap { column -> String? in
      if case .multiplicity = column.recipe { return nil }
      return known.insert(column.name.split(separator: ".").filter { Int($0) == nil }.joined(separator: ".")).inserted ? column.name : nil
    }
    #expect(names.count > 25)
    for name in names {
      let instance = try harness.instance([claim], tamper: { _, data in data.tensor(name)[1] += .one })
      #expect(throws: VerificationError.self, "\(name)") { try DataHarness.check(instance) }
    }
  }

  // MARK: Refusals

  @Test("specifications that contradict themselves or the schema are refused") func refusals() throws {
    let input = try Self.fresh()
    let fitted = try Self.fitting.fit(FitTests.table())
    func refused(_ source: String, _ steps: TransformStep...) {
      let specification = TransformSpecification([ColumnTransform(name: "out", source: source, steps: steps)])
      #expect(throws: ProgramError.self, "\(steps)") { try specification.transform(input, parameters: fitted) }
    }
    refused("nothing")
    refused("amount", .clip(lower: .number(0, scale: 0), upper: nil))
    refused("age", .impute(.parameter("nothing")), .standardise("size", scale: 2, limit: Self.limit))
    refused("age", .standardise("age", scale: 19, limit: Self.limit))
    refused("age", .standardise("age", scale: .min, limit: Self.limit))
    refused("age", .divide(centre: .number(0, scale: 0), divisor: .number(0, scale: 0), scale: 0, limit: Self.limit))
    refused("age", .divide(centre: .number(0, scale: 0), divisor: .parameter("age.mean"), scale: 0, limit: Self.limit))
    refused("age", .divide(centre: .number(.min, scale: 0), divisor: .number(1, scale: 18), scale: 18, limit: Self.limit))
    refused("age", .standardise("age", scale: 2, limit: .saturate(IntegerRange(.min ... .max))))
    refused("age", .logarithm(.natural, scale: 2))
    refused("age", .clip(lower: .number(0, scale: 0), upper: nil), .logarithm(.natural, scale: 7))
    refused("age", .clip(lower: .number(.min, scale: .max), upper: nil))
    refused("age", .bucketise([]))
    refused("age", .bucketise([.number(2, scale: 0), .number(2, scale: 0)]))
    refused("age", .bucketise([.number(.max, scale: 0)]))
    refused("age", .bucketise(Array(repeating: .parameter("age.median"), count: 65)))
    refused("age", .oneHot(unseen: .allKnown))
    refused("age", .imputeCategory("x"), .ordinal(["x"], unseen: .allKnown))
    refused("colour", .oneHot(unseen: .zeros))
    refused("colour", .impute(.parameter("size.mode")), .oneHot(unseen: .zeros))
    refused("size", .oneHot(unseen: .allKnown), .missingIndicator)
    refused("size", .ordinal(["small"], unseen: .allKnown))
    refused("size", .ordinal(["small", "small"], unseen: .other("x")))
    refused("size", .ordinal(["small"], unseen: .zeros))
    refused("size", .oneHot(unseen: .other("small")))
    for steps in [17, 300] {
      let long = TransformSpecification([
        ColumnTransform(name: "out", source: "age", steps: Array(repeating: .clip(lower: .number(0, scale: 0), upper: nil), count: steps))
      ])
      #expect(throws: ProgramError.self) { try long.transform(input, parameters: fitted) }
    }
    let tables = TransformSpecification(
      (0..<17).map { ColumnTransform(name: "\($0)", source: "x", steps: [.logarithm(.natural, scale: $0 % 5)]) })
    let wide = try TableSchema(columns: [TableColumn(name: "x", type: .integer(IntegerRange(0...(1 << 30))))])
    #expect(throws: ProgramError.tableTooLarge(node: "16", rows: 17 << 16, limit: 1 << 20)) {
      try TransformPlan(tables, table: wide, parameters: nil)
    }
    #expect(throws: ProgramError.self) { try TransformSpecification([]).transform(input, parameters: nil) }
    #expect(throws: ProgramError.self) { try TransformSpecification([.copy("age"), .copy("age")]).transform(input, parameters: nil) }
    #expect(throws: ProgramError.self) { try Self.everything.transform(input, parameters: nil) }
  }

  @Test("what is too wide for a proof is refused with the column's name") func tooWide() throws {
    let specification = TransformSpecification([
      ColumnTransform(name: "wide", source: "age", steps: [.standardise("age", scale: 12, limit: .refuse(IntegerRange(-(1 << 50)...(1 << 50))))])
    ])
    let (harness, claim) = try Self.harness(specification, Self.fresh(), output: Self.fresh())
    #expect {
      try harness.instance([claim], forged: [[:]])
    } throws: { error in
      if case .tooWide(node: "wide", _)? = error as? ClaimError { true } else { false }
    }
  }

  @Test("names, rows and columns that do not fit are refused") func mismatches() throws {
    let input = try Self.fresh()
    let specification = try Self.only("standard")
    let (harness, _) = try Self.harness(specification, input)
    let made = try #require(harness.tables["features"])
    var tables = harness.tables
    tables["short"] = made.selecting(rows: [0, 1])
    tables["many"] = try StoredTable(schema: #require(tables["fitted"]).schema, columns: #require(tables["fitted"]).columns.map { $0 + $0 })
    let other = DataHarness(tables: tables)
    func claim(_ input: String, _ parameters: String?, _ output: String) -> DataClaim {
      .transform(TransformClaim(input: input, parameters: parameters, output: output, specification: specification))
    }
    for wrong in [
      claim("rows", "fitted", "short"), claim("rows", "many", "features"), claim("rows", nil, "features"), claim("rows", "rows", "features"),
      claim("rows", "fitted", "rows"), claim("features", "fitted", "rows"),
    ] {
      #expect(throws: ClaimError.self) { try other.instance([wrong], forged: [[:]]) }
    }
    let honest = claim("rows", "fitted", "features")
    #expect(honest.definition.reveals.isEmpty)
    #expect(honest.definition.canonical != claim("rows", nil, "features").definition.canonical)
  }
}

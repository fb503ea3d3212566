import Claims
import Fields
import Kernels
import Programs
import ProofSystem
import Prover
import Testing

@Suite("Fitting") struct FitTests {
  static let schema: [TableColumn] = [
    TableColumn(name: "amount", type: .decimal(scale: 2, range: IntegerRange(-1_000...5_000)), missing: .presence),
    TableColumn(name: "age", type: .integer(IntegerRange(-18...90))),
    TableColumn(name: "same", type: .integer(IntegerRange(0...10)), missing: .presence),
    TableColumn(name: "colour", type: .category(["red", "green", "blue", "grey"]), missing: .presence),
    TableColumn(name: "size", type: .category(["large", "small", "medium"])),
  ]

  /// Ties, negative numbers, a constant column, missing cells, a category that never occurs; `salt` makes other tables.
  static func table(rows: Int = 13, salt: Int = 0) throws -> StoredTable {
    let rowNumbers = 0..<rows
    func cells(_ lower: Int64, missing: Int, _ value: (Int) -> Int64) -> [[Int64]] {
      let isPresent = rowNumbers.map { $0 == 0 || ($0 + salt) % missing != 0 }
      return [zip(rowNumbers, isPresent).map { $1 ? value($0 + salt) : lower }, isPresent.map { $0 ? 1 : 0 }]
    }
    return try StoredTable(
      schema: TableSchema(columns: schema),
      columns: cells(-1_000, missing: 4) { Int64(($0 * 733 + 5 * $0 * $0) % 6_000 / 500 * 500) - 1_000 + Int64($0 % 3) }
        + [rowNumbers.map { Int64(($0 + salt) * 17 % 60) - 18 }] + cells(0, missing: 5) { _ in 7 }
        + cells(0, missing: 3) { Int64(($0 + salt) % 5 % 3) } + [rowNumbers.map { Int64(($0 + salt) * 2 % 3) }])
  }

  static let kinds: [FittedParameter.Kind] = [
    .mean(scale: 4), .standardDeviation(scale: 3), .minimum, .maximum, .range, .quantile(numerator: 1, denominator: 2, scale: 2),
    .quantile(numerator: 1, denominator: 3, scale: 5), .quantile(numerator: 1, denominator: 1, scale: 2), .interquartileRange(scale: 2), .mode,
  ]

  /// Every kind on every column that has it.
  static let everything = FitSpecification(
    ["amount", "age", "same"].flatMap { column in kinds.map { FittedParameter(column: column, kind: $0) } }
      + ["colour", "size"].flatMap { [FittedParameter(column: $0, kind: .mode), FittedParameter(column: $0, kind: .seen)] })
  /// Without order statistics: nothing becomes public, and least and greatest are found without sorting.
  static let hidden = FitSpecification(everything.parameters.filter { !$0.isOrderStatistic })

  /// The claim on `table`; the committed parameters are those of `fitted`, or `parameters` itself.
  static func harness(
    _ specification: FitSpecification, _ table: StoredTable, fitted: StoredTable? = nil, parameters: StoredTable? = nil
  ) throws -> (DataHarness, DataClaim) {
    let made = try parameters ?? specification.fit(fitted ?? table)
    let claim = FitClaim(
      table: "train", parameters: "fitted", specification: specification, presentCounts: try specification.presentCounts(table))
    return (DataHarness(tables: ["train": table, "fitted": made]), .fit(claim))
  }

  @Test("every kind is complete, with missing cells, ties, constant columns, one row", arguments: [1, 2, 3, 13, 33])
  func complete(_ rows: Int) throws {
    for specification in [Self.everything, Self.hidden] {
      let (harness, claim) = try Self.harness(specification, Self.table(rows: rows))
      try DataHarness.check(harness.instance([claim]))
    }
  }

  @Test("wide numbers: squares beyond the field are summed in two parts") func wide() throws {
    let range = IntegerRange(-400_000_000...400_000_000)
    let table = try DataHarness.table([("x", (0..<37).map { Int64($0 * $0) * 299_999 - 199_999_999 })], range: range)
    let specification = FitSpecification(
      [.mean(scale: 6), .standardDeviation(scale: 6), .quantile(numerator: 7, denominator: 9, scale: 6)].map {
        FittedParameter(column: "x", kind: $0)
      })
    let (harness, claim) = try Self.harness(specification, table)
    try DataHarness.check(harness.instance([claim]))
    let off = try Self.moved(specification.fit(table), column: 1, by: 1)
    let (other, same) = try Self.harness(specification, table, parameters: off)
    #expect(throws: VerificationError.self) {
      try DataHarness.check(other.instance([same], records: { Self.adapted($0, specification, place: 1, value: off.columns[1][0]) }))
    }
  }

  @Test("known values, halves up") func values() throws {
    let schema = try TableSchema(columns: [TableColumn(name: "x", type: .integer(IntegerRange(-9...9)), missing: .presence)])
    let table = try StoredTable(schema: schema, columns: [[-3, -9, 2, 2, 0, 4], [1, 0, 1, 1, 1, 1]])
    let specification = FitSpecification(
      [
        .mean(scale: 0), .mean(scale: 2), .standardDeviation(scale: 3), .minimum, .maximum, .range, .quantile(numerator: 1, denominator: 2, scale: 0),
        .quantile(numerator: 1, denominator: 8, scale: 0), .interquartileRange(scale: 1), .mode,
      ].map { FittedParameter(column: "x", kind: $0) }.filter { $0.kind != .mean(scale: 0) })
    // −3, 0, 2, 2, 4: mean 1, deviation √(28/5) = 2.366; position 1/2 of −3…0 is −1.5, halves up −1; quartiles 0 and 2.
    #expect(try specification.fit(table).columns.map { $0[0] } == [100, 2366, -3, 4, 7, 2, -1, 20, 2])
    #expect(try specification.presentCounts(table) == ["x": 5])
    let constant = try DataHarness.table([("x", [5, 5, 5])])
    let spread = FitSpecification(
      [.standardDeviation(scale: 2), .range, .interquartileRange(scale: 1)].map { FittedParameter(column: "x", kind: $0) })
    #expect(try spread.fit(constant).columns.map { $0[0] } == [100, 1, 10])
  }

  // MARK: Dishonest provers

  /// The table with one cell of its only row moved.
  static func moved(_ table: StoredTable, column: Int, by step: Int64) throws -> StoredTable {
    var columns = table.columns
    columns[column][0] += step
    return try StoredTable(schema: table.schema, columns: columns)
  }

  /// Records of a prover who bends all that depends on the parameter to the wrong value.
  static func adapted(
    _ records: [[String: [Int64]]], _ specification: FitSpecification, place: Int, value: Int64
  ) -> [[String: [Int64]]] {
    var out = records
    let parameter = specification.parameters[place]
    if out[0]["\(place).magnitude"] != nil {
      out[0]["\(place).magnitude"] = [value]
      out[0]["\(place).zero"] = [0]
    }
    switch parameter.kind {
    case .minimum: out[0]["minimum.\(parameter.column)"] = [value]
    case .maximum: out[0]["maximum.\(parameter.column)"] = [value]
    default: break
    }
    return out
  }

  @Test("parameters fitted on another table, or with the test rows, are rejected") func otherTable() throws {
    let train = try Self.table()
    for other in [try Self.table(salt: 1), try Self.table(rows: 20)] {
      let (harness, claim) = try Self.harness(Self.hidden, train, fitted: other)
      #expect(throws: VerificationError.self) { try DataHarness.check(harness.instance([claim])) }
    }
  }

  @Test("each parameter off by one unit is rejected, with witnesses bent to it", arguments: everything.parameters.indices)
  func offByOne(_ place: Int) throws {
    let parameter = Self.everything.parameters[place]
    let specification = FitSpecification([parameter])
    let train = try Self.table()
    let fitted = try specification.fit(train)
    for column in fitted.columns.indices {
      for step in [Int64(1), -1] {
        guard let wrong = try? Self.moved(fitted, column: column, by: step) else { continue }
        let (harness, claim) = try Self.harness(specification, train, parameters: wrong)
        let value = wrong.columns[column][0]
        let instance = try harness.instance(
          [claim],
          records: { records in
            var bent = Self.adapted(records, specification, place: 0, value: value)
            if case .seen = parameter.kind { bent[0]["seen.\(parameter.column)"] = wrong.columns.map { $0[0] } }
            return bent
          })
        #expect(throws: VerificationError.self, "\(parameter.name) by \(step)") { try DataHarness.check(instance) }
      }
    }
  }

  @Test("a zero deviation is one unit, and only then") func zeroRule() throws {
    let train = try Self.table()
    let specification = FitSpecification([FittedParameter(column: "age", kind: .standardDeviation(scale: 3))])
    let unit = try StoredTable(schema: specification.schema(of: train.schema), columns: [[1_000]])
    let (harness, claim) = try Self.harness(specification, train, parameters: unit)
    let instance = try harness.instance(
      [claim],
      records: { records in
        var bent = records
        bent[0]["0.magnitude"] = [0]
        bent[0]["0.zero"] = [1]
        return bent
      })
    #expect(throws: VerificationError.self) { try DataHarness.check(instance) }
  }

  @Test("the median of another column, a mode with a lower count and a later mode of equal count are rejected") func replaced() throws {
    let columns = [("x", [3, 1, 1, 2, 2, 9] as [Int64]), ("y", [5, 5, 6, 7, 8, 8])]
    let train = try DataHarness.table(columns, range: IntegerRange(0...20))
    let median = FitSpecification([.median("x", scale: 1)])
    let other = FitSpecification([.median("y", scale: 1)])
    let wrong = try StoredTable(schema: median.schema(of: train.schema), columns: other.fit(train).columns)
    let (harness, claim) = try Self.harness(median, train, parameters: wrong)
    #expect(throws: VerificationError.self) {
      try DataHarness.check(
        harness.instance(
          [claim],
          records: { records in
            var bent = records
            bent[0]["sorted.x"] = train.columns[1].sorted()
            return bent
          }))
    }
    let mode = FitSpecification([FittedParameter(column: "x", kind: .mode)])
    #expect(try mode.fit(train).columns == [[1]])
    for (value, count) in [(9, 1), (2, 2), (4, 0), (4, 2)] as [(Int64, Int64)] {
      let wrong = try StoredTable(schema: mode.schema(of: train.schema), columns: [[value]])
      let (harness, claim) = try Self.harness(mode, train, parameters: wrong)
      #expect(throws: VerificationError.self) {
        try DataHarness.check(
          harness.instance(
            [claim],
            records: { records in
              var bent = records
              bent[0]["0.top"] = [count << 5 + (20 - value)]
              return bent
            }))
      }
    }
  }

  @Test("another number of present cells than there are is rejected", arguments: [-1, 1]) func presence(_ step: Int) throws {
    let train = try Self.table()
    let specification = FitSpecification([.median("amount", scale: 2)])
    let harness = DataHarness(tables: ["train": train, "fitted": try specification.fit(train)])
    let count = try #require(specification.presentCounts(train)["amount"]) + step
    let claim = FitClaim(table: "train", parameters: "fitted", specification: specification, presentCounts: ["amount": count])
    let instance = try harness.instance(
      [.fit(claim)],
      records: { records in
        var bent = records
        bent[0]["sorted.amount"]?.insert(contentsOf: step > 0 ? [-1_000] : [], at: 0)
        return bent
      })
    #expect(throws: VerificationError.self) { try DataHarness.check(instance) }
  }

  @Test("a mean over more or fewer cells than are present is rejected", arguments: [-1, 1]) func hiddenCount(_ step: Int64) throws {
    let train = try Self.table()
    let specification = FitSpecification([FittedParameter(column: "amount", kind: .mean(scale: 2))])
    let (harness, claim) = try Self.harness(specification, train)
    let instance = try harness.instance(
      [claim],
      records: { records in
        var bent = records
        bent[0]["present.amount"]?[0] += step
        return bent
      })
    #expect(throws: VerificationError.self) { try DataHarness.check(instance) }
  }

  /// The first column of each class: names without their numbers.
  static func classes(_ relation: ClaimRelation<GoldilocksCubic>) -> [String] {
    var known: Set<String> = []
    return relation.columns.compactMap { column in
      if case .multiplicity = column.recipe { return nil }
      let kind = column.name.filter { !$0.isNumber }
      return known.insert(kind).inserted ? column.name : nil
    }
  }

  @Test("a false cell in any class of witness columns is rejected", arguments: [everything, hidden])
  func tampered(_ specification: FitSpecification) throws {
    let (harness, claim) = try Self.harness(specification, Self.table())
    let honest = try harness.instance([claim])
    let names = Self.classes(honest.relation)
    #expect(names.count > 20)
    for name in names {
      let instance = try harness.instance([claim], tamper: { _, data in data.tensor(name)[0] += .one })
      #expect(throws: VerificationError.self, "\(name)") { try DataHarness.check(instance) }
    }
  }

  // MARK: Refusals

  @Test("statements that contradict themselves are refused") func refusals() throws {
    let train = try Self.table()
    func claim(_ parameters: [FittedParameter], counts: [String: Int] = [:], name: String = "fitted") -> DataClaim {
      .fit(FitClaim(table: "train", parameters: name, specification: FitSpecification(parameters), presentCounts: counts))
    }
    let median = FittedParameter.median("amount", scale: 2)
    let (harness, _) = try Self.harness(FitSpecification([median]), train)
    for wrong in [
      claim([median]), claim([median], counts: ["amount": 0]), claim([median], counts: ["amount": 14]), claim([median], counts: ["age": 13]),
      claim([.median("amount", scale: 3)], counts: ["amount": 9]), claim([median, median], counts: ["amount": 9]),
      claim([median], counts: ["amount": 9], name: "train"), claim([]),
    ] {
      #expect(throws: ClaimError.self) { try harness.instance([wrong], forged: [[:]]) }
    }
    let table = train.schema
    for wrong in [
      FittedParameter(column: "colour", kind: .mean(scale: 2)), .median("amount", scale: 1), .median("amount", scale: 19), .median("x", scale: 2),
      FittedParameter(column: "age", kind: .seen), FittedParameter(column: "age", kind: .quantile(numerator: 3, denominator: 2, scale: 0)),
      FittedParameter(column: "age", kind: .quantile(numerator: .min, denominator: .max, scale: .max)),
      FittedParameter(column: "age", kind: .mean(scale: 18)),
    ] {
      #expect(throws: ProgramError.self) { try FitSpecification([wrong]).schema(of: table) }
    }
    let missing = try StoredTable(
      schema: TableSchema(columns: [TableColumn(name: "x", type: .integer(IntegerRange(0...9)), missing: .presence)]), columns: [[0, 0], [0, 0]])
    #expect(throws: ProgramError.self) { try FitSpecification([FittedParameter(column: "x", kind: .mean(scale: 0))]).fit(missing) }
    let vast = try DataHarness.table([("x", [0, 1])], range: IntegerRange(0...(1 << 40)))
    let deviation = FitSpecification([FittedParameter(column: "x", kind: .standardDeviation(scale: 0))])
    let (wide, tooWide) = try Self.harness(deviation, vast)
    #expect(throws: ClaimError.tooWide(node: "x", bits: 81)) { try wide.instance([tooWide]) }
  }

  @Test("only counts of present cells are revealed") func reveals() throws {
    let train = try Self.table()
    let (_, claim) = try Self.harness(Self.everything, train)
    #expect(claim.definition.reveals.map(\.values) == [[Int64(try #require(Self.everything.presentCounts(train)["amount"]))], [11]])
    #expect(try Self.harness(Self.hidden, train).1.definition.reveals.isEmpty)
  }
}

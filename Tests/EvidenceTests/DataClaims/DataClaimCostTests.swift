import Claims
import Evidence
import Hashing
import Programs
import ProofSystem
import Testing

@Suite("Cost of claims about data") struct DataClaimCostTests {
  /// What compiling built, in the units of `StatementCost`.
  static func measure(_ builder: RelationBuilder) -> Int {
    // A lookup over rows has a piece for every bit of their number, on single cells one.
    func pieces(_ rows: [Extent]) -> Int { rows.allSatisfy { $0.count == 1 } ? 4 : 64 }
    var cost = 0
    for lookup in builder.lookups {
      cost += pieces(lookup.selected) * lookup.components.count + lookup.components.reduce(0) { $0 + $1.terms.count } / 2
    }
    for linear in builder.linear { cost += 4 + linear.expression.terms.count / 2 + (linear.publicValues?.count ?? 0) / 8 }
    for table in builder.tables {
      switch table.contents {
      case .integers: cost += 4
      case .columns(let columns): cost += columns.first?.count ?? 0
      case .committed(let components, let rows): cost += pieces([rows]) * components.count
      case .numbered(let parts, let rows): cost += parts.reduce(0) { $0 + pieces([rows]) * $1.count }
      }
    }
    return cost + 4 * builder.columns.count + builder.columns.reduce(0) { $0 + $1.recipe.operands.count } / 2
  }

  private func cost(_ claim: DataClaim, _ artefacts: [ArtefactDescription]) -> Int {
    StatementCost.of(.data(claim), Dictionary(artefacts.map { ($0.name, $0) }) { first, _ in first })
  }

  @Test("what a claim costs is at least what compiling it builds") func bound() throws {
    let schema = try DataClaimSamples.schema()
    for rows in [20, 1_000, 5_000] {
      let artefacts = try DataClaimSamples.artefacts(rows: rows)
      func compare(_ claim: DataClaim, _ others: [ArtefactDescription] = []) throws {
        let all = artefacts + others
        let own = try claim.definition.artefacts.map { name in try #require(all.last { $0.name == name }) }
        let compiled = try CompiledClaims(claims: [.data(claim)], artefacts: own)
        #expect(cost(claim, own) >= Self.measure(compiled.builder), "\(claim.definition.canonical.encoded.count) \(claim)")
      }
      let (train, test) = (rows - rows / 4, rows / 4)
      let split = ["train", "test"]
      try compare(.split(SplitClaim(table: "all", parts: split, rule: .random(DataClaimSamples.nonce))))
      try compare(.split(SplitClaim(table: "all", parts: split, rule: .cutoff(column: "amount", from: 5_000))))
      try compare(
        .split(
          SplitClaim(
            table: "all", parts: split,
            rule: .stratified(
              DataClaimSamples.nonce, column: "class", numerator: 1, denominator: 4, counts: [[0, 0], [Int64(train), Int64(test)]]))))
      try compare(
        .split(
          SplitClaim(table: "all", parts: split, rule: .groups(DataClaimSamples.nonce, column: "id", numerator: 1, denominator: 4, groups: rows))))
      try compare(
        .statistics(
          StatisticsClaim(
            table: "all",
            statistics: [
              .missing(column: "age", .revealed(4)), .sum(column: "age", .within(IntegerRange(0...1_000_000))),
              .sumOfSquares(column: "age", centre: 40, .revealed(1_600)),
              .productSum(first: "age", centre: 40, second: "amount", otherCentre: 20_000, .revealed(0)),
              .order(column: "amount", rank: 0, present: rows, .revealed(1_250)), .order(column: "age", rank: 1, present: 10, .revealed(1)),
              .order(column: "age", rank: 2, present: 10, .revealed(2)),
              .histogram(column: "id", edges: Array(0...1_000).map { $0 * 100 }, counts: Array(repeating: 0, count: 1_001)),
              .pairs(first: "sex", second: "class", counts: [4, 6, 4, 6]),
            ])))
      try compare(
        .filter(
          FilterClaim(table: "all", output: "train", conditions: [.within(column: "amount", IntegerRange(0...50_000)), .present(column: "age")])))
      try compare(.deduplicate(DeduplicateClaim(table: "all", output: "train")))
      try compare(
        .join(JoinClaim(left: "all", right: "more", output: "joined", key: "id")),
        try {
          let other = try TableSchema(columns: [schema.columns[0], TableColumn(name: "x", type: .integer(IntegerRange(0...1 << 40)))])
          return [
            try DataClaimSamples.table("more", other, rows: rows + 3),
            try DataClaimSamples.table("joined", try JoinClaim.schema(schema, other, key: "id"), rows: rows),
          ]
        }())
      try compare(.disjoint(DisjointClaim(tables: split, columns: ["id"], distinctCount: rows)))
      try compare(.disjoint(DisjointClaim(tables: split, columns: [], distinctCount: rows)))
      try compare(.anonymity(AnonymityClaim(table: "all", quasiIdentifiers: ["sex", "job"], minimum: 2, classCount: 6)))
      for index in [12, 13] { try compare(DataClaimSamples.claims[index]) }
    }
  }

  @Test("wide rows cost what their comparisons do") func wide() throws {
    let columns = (0..<60).map { TableColumn(name: "c\($0)", type: .integer(IntegerRange(0...(1 << 50)))) }
    let schema = try TableSchema(columns: columns)
    let tables = try [DataClaimSamples.table("all", schema, rows: 900), DataClaimSamples.table("train", schema, rows: 800)]
    for claim in [
      DataClaim.deduplicate(DeduplicateClaim(table: "all", output: "train")),
      .disjoint(DisjointClaim(tables: ["all", "train"], columns: [], distinctCount: 1_000)),
    ] {
      let compiled = try CompiledClaims(claims: [.data(claim)], artefacts: tables)
      #expect(cost(claim, tables) >= Self.measure(compiled.builder))
      #expect(cost(claim, tables) < StatementCaps.bundleCost)
    }
  }

  @Test("claims that would cost a verifier much are refused before anything is built of them") func hostile() throws {
    let huge = try DataClaimSamples.artefacts(rows: 1 << 24)
    let names = (0..<60_000).map { "k\($0)" }
    let categories = try TableSchema(columns: [TableColumn(name: "k", type: .category(names))])
    let wide = try TableSchema(columns: (0..<2_000).map { TableColumn(name: "c\($0)", type: .integer(IntegerRange(0...(1 << 50)))) })
    let long = try TableSchema(columns: [
      TableColumn(name: "k", type: .category((0..<1_000).map { String(repeating: "x", count: 1_000) + String($0) })),
      TableColumn(name: "amount", type: .integer(IntegerRange(0...1 << 40))),
    ])
    func tables(_ schema: TableSchema) throws -> [ArtefactDescription] {
      try ["all", "train", "test", "parameters", "prepared"].map { try DataClaimSamples.table($0, schema, rows: 1_000) }
    }
    let parts = ["train", "test"]
    let cases: [(DataClaim, [ArtefactDescription])] = [
      (.split(SplitClaim(table: "all", parts: parts, rule: .random(DataClaimSamples.nonce))), huge),
      (
        .split(
          SplitClaim(table: "all", parts: parts, rule: .groups(DataClaimSamples.nonce, column: "id", numerator: 1, denominator: 2, groups: 1 << 24))),
        huge
      ),
      (.filter(FilterClaim(table: "all", output: "train", conditions: [.present(column: "age")])), huge),
      (.split(SplitClaim(table: "all", parts: (0..<64).map { "p\($0)" }, rule: .random(DataClaimSamples.nonce))), try tables(wide)),
      (.deduplicate(DeduplicateClaim(table: "all", output: "train")), try tables(wide)),
      (.disjoint(DisjointClaim(tables: parts, columns: [], distinctCount: 5)), try tables(wide)),
      (
        .fit(
          FitClaim(
            table: "all", parameters: "parameters",
            specification: FitSpecification(
              (0..<40).flatMap { _ in [FittedParameter(column: "k", kind: .mode), FittedParameter(column: "k", kind: .seen)] }))
        ), try tables(categories)
      ),
      (
        .transform(
          TransformClaim(
            input: "train", parameters: nil, output: "prepared",
            specification: TransformSpecification((0..<4_000).map { ColumnTransform(name: "x\($0)", source: "k", steps: [.imputeCategory("z")]) }))),
        try tables(categories)
      ),
      (
        .transform(
          TransformClaim(
            input: "train", parameters: nil, output: "prepared",
            specification: TransformSpecification(
              (0..<4).map {
                ColumnTransform(name: String(repeating: "n", count: 1 << 20) + String($0), source: "k", steps: [.oneHot(unseen: .allKnown)])
              }))
        ), try tables(long)
      ),
      (
        .transform(
          TransformClaim(
            input: "train", parameters: nil, output: "prepared",
            specification: TransformSpecification(
              (0..<4_000).map {
                ColumnTransform(
                  name: "x\($0)", source: "amount",
                  steps: [.divide(centre: .number(1, scale: 0), divisor: .number(7, scale: 0), scale: 0, limit: .saturate(IntegerRange(0...9_999)))])
              }))), try tables(long)
      ),
    ]
    for (claim, artefacts) in cases {
      #expect(throws: StatementError.tooLarge("these claims together; make fewer claims at a time, or claims about fewer columns or classes")) {
        try ClaimFiles.descriptions([("claim", .data(claim))], artefacts: artefacts)
      }
    }
  }

  @Test("what pipelines claim of ordinary tables stays far below the cap") func ordinary() throws {
    let artefacts = try DataClaimSamples.artefacts(rows: 100_000)
    for claim in DataClaimSamples.claims { #expect(cost(claim, artefacts) < StatementCaps.bundleCost / 8) }
  }
}

import Claims
import Hashing
import Programs
import ProofSystem

/// Claims about data of every kind, over tables that only their formats stand for.
enum DataClaimSamples {
  static let nonce = Nonce(bytes: Array("beacon round 4,711".utf8), source: .dated("2026-01-21T12:00:00Z"))

  static func schema() throws -> TableSchema {
    try TableSchema(columns: [
      TableColumn(name: "id", type: .integer(IntegerRange(0...99_999)), roles: [.key]),
      TableColumn(name: "amount", type: .decimal(scale: 2, range: IntegerRange(0...99_999))),
      TableColumn(name: "age", type: .integer(IntegerRange(0...120)), missing: .presence),
      TableColumn(name: "class", type: .category(["bad", "good"])),
      TableColumn(name: "sex", type: .category(["f", "m"])),
      TableColumn(name: "job", type: .category(["clerk", "farmer", "nurse"]), missing: .presence),
    ])
  }

  static let fit = FitSpecification([
    FittedParameter(column: "amount", kind: .mean(scale: 4)), FittedParameter(column: "amount", kind: .standardDeviation(scale: 4)),
    .median("age", scale: 1), FittedParameter(column: "age", kind: .quantile(numerator: 1, denominator: 10, scale: 1)),
    FittedParameter(column: "age", kind: .interquartileRange(scale: 1)), FittedParameter(column: "amount", kind: .minimum),
    FittedParameter(column: "amount", kind: .maximum), FittedParameter(column: "amount", kind: .range),
    FittedParameter(column: "job", kind: .mode), FittedParameter(column: "job", kind: .seen),
  ])

  static let transform = TransformSpecification([
    .copy("class"),
    ColumnTransform(
      name: "amount", source: "amount",
      steps: [.standardise("amount", scale: 4, limit: .saturate(IntegerRange(-80_000...80_000)))]),
    ColumnTransform(
      name: "log-amount", source: "amount",
      steps: [.clip(lower: .number(100, scale: 2), upper: nil), .logarithm(.natural, scale: 4)]),
    ColumnTransform(name: "age-missing", source: "age", steps: [.missingIndicator]),
    ColumnTransform(
      name: "age-bin", source: "age",
      steps: [.impute(.parameter("age.median")), .bucketise([.number(180, scale: 1), .number(65, scale: 0), .number(100, scale: 0)])]),
    ColumnTransform(
      name: "age-scaled", source: "age",
      steps: [
        .impute(.number(40, scale: 0)), .clip(lower: .number(18, scale: 0), upper: .number(90, scale: 0)),
        .divide(centre: .number(180, scale: 1), divisor: .number(72, scale: 0), scale: 3, limit: .refuse(IntegerRange(0...1_000))),
      ]),
    ColumnTransform(name: "sex", source: "sex", steps: [.ordinal(["m", "f"], unseen: .allKnown)]),
    ColumnTransform(name: "job", source: "job", steps: [.imputeCategory("none"), .oneHot(unseen: .other("rest"))]),
  ])

  /// One claim of each kind at least, and every variant of their parts.
  static let claims: [DataClaim] = [
    .split(SplitClaim(table: "all", parts: ["train", "test"], rule: .random(nonce))),
    .split(SplitClaim(table: "all", parts: ["train", "test"], rule: .random(Nonce(bytes: [], source: .prover)))),
    .split(
      SplitClaim(
        table: "all", parts: ["train", "test"],
        rule: .stratified(
          Nonce(bytes: [0, 255], source: .auditor), column: "class", numerator: 1, denominator: 4, counts: [[6, 2], [9, 3]]))),
    .split(SplitClaim(table: "all", parts: ["train", "test"], rule: .cutoff(column: "amount", from: 5_000))),
    .split(SplitClaim(table: "all", parts: ["train", "test"], rule: .groups(nonce, column: "id", numerator: 1, denominator: 4, groups: 12))),
    .statistics(
      StatisticsClaim(
        table: "all",
        statistics: [
          .missing(column: "age", .revealed(4)), .sum(column: "age", .revealed(640)),
          .sumOfSquares(column: "age", centre: 40, .revealed(1_600)), .sum(column: "amount", .within(IntegerRange(-(1 << 60)...(1 << 60)))),
          .productSum(first: "age", centre: 40, second: "amount", otherCentre: 20_000, .within(IntegerRange(-1_000_000...1_000_000))),
          .order(column: "amount", rank: 0, present: 20, .revealed(1_250)), .order(column: "amount", rank: 19, present: 20, .revealed(99_000)),
          .histogram(column: "age", edges: [0, 18, 65, 121], counts: [0, 14, 2, 4]),
          .pairs(first: "sex", second: "class", counts: [4, 6, 4, 6]),
          .histogramBounds(
            column: "sex", edges: [0, 1, 2], within: [IntegerRange(8...12), IntegerRange(0...20), IntegerRange(only: 0)]),
          .pairBounds(
            first: "class", second: "sex", within: [IntegerRange(2...20), IntegerRange(0...20), IntegerRange(0...20), IntegerRange(0...9)]),
        ])),
    .filter(
      FilterClaim(
        table: "all", output: "train", conditions: [.within(column: "amount", IntegerRange(0...50_000)), .present(column: "age")])),
    .deduplicate(DeduplicateClaim(table: "all", output: "train")),
    .join(JoinClaim(left: "all", right: "test", output: "train", key: "id")),
    .disjoint(DisjointClaim(tables: ["train", "test"], columns: ["id"], distinctCount: 20)),
    .disjoint(DisjointClaim(tables: ["train", "test"], columns: [], distinctCount: 19)),
    .anonymity(AnonymityClaim(table: "all", quasiIdentifiers: ["sex", "job"], minimum: 2, classCount: 6)),
    .fit(FitClaim(table: "train", parameters: "parameters", specification: fit, presentCounts: ["age": 12])),
    .transform(TransformClaim(input: "train", parameters: "parameters", output: "prepared", specification: transform)),
    .transform(
      TransformClaim(
        input: "train", parameters: nil, output: "prepared",
        specification: TransformSpecification([
          .copy("id"), ColumnTransform(name: "job", source: "job", steps: [.imputeCategory("x"), .ordinal(["clerk"], unseen: .other("y"))]),
          ColumnTransform(name: "sex", source: "sex", steps: [.oneHot(unseen: .zeros)]),
          ColumnTransform(name: "class", source: "class", steps: [.oneHot(unseen: .error)]),
          ColumnTransform(
            name: "age", source: "age", steps: [.impute(.number(-5, scale: 3)), .clip(lower: nil, upper: nil), .logarithm(.two, scale: 0)]),
        ]))),
  ]

  static func table(_ name: String, _ schema: TableSchema, rows: Int) throws -> ArtefactDescription {
    let shape = try shape()
    return ArtefactDescription(
      name: name, contents: .table(schema, rowCount: rows), shape: shape, identity: SHA256.hash(Array(name.utf8)))
  }

  static func shape() throws -> CodeShape {
    guard let shape = CodeShape(name: "S", log2RowLength: 11, tailCount: 256, log2Length: 13) else { throw ClaimError.tooLarge("shape") }
    return shape
  }

  /// Tables of 20, 15 and 5 rows, the parameters and what the first transformation makes.
  static func artefacts(rows: Int = 20) throws -> [ArtefactDescription] {
    let schema = try schema()
    let parameters = try fit.schema(of: schema)
    let plan = try TransformPlan(transform, table: schema, parameters: parameters)
    return [
      try table("all", schema, rows: rows), try table("train", schema, rows: rows - rows / 4), try table("test", schema, rows: rows / 4),
      try table("parameters", parameters, rows: 1), try table("prepared", plan.schema, rows: rows - rows / 4),
    ]
  }
}

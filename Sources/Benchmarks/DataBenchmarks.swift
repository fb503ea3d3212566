import Claims
import Fields
import Hashing
import Kernels
import Parallelism
import Programs
import ProofSystem
import Prover
import Soundness

/// Cost per cell of fitting and transforming: proofs over one column of 2^14 rows, less the proof of a copy.
extension BenchmarkSuite {
  private static let dataBits = 14

  static func data() throws -> [BenchmarkLine] {
    let bench = try DataBench(rows: 1 << dataBits)
    let limit = QuotientLimit.refuse(IntegerRange(-1_000_000...1_000_000))
    let saturating = QuotientLimit.saturate(IntegerRange(-100_000...100_000))
    let filled = TransformStep.impute(.parameter("x.mean"))
    let transforms: [(String, String, [TransformStep])] = [
      ("impute a constant", "x", [.impute(.number(5, scale: 0))]), ("impute the mean", "x", [filled]),
      ("missing indicator", "x", [.missingIndicator]),
      ("clip, public bounds", "y", [.clip(lower: .number(100, scale: 0), upper: .number(50_000, scale: 0))]),
      ("clip, fitted bounds", "y", [.clip(lower: .parameter("y.quantile.1/4"), upper: .parameter("y.quantile.3/4"))]),
      ("standardise", "y", [.standardise("y", scale: 4, limit: limit)]), ("min-max", "y", [.minMax("y", scale: 4, limit: limit)]),
      ("robust", "y", [.robust("y", scale: 4, limit: limit)]), ("standardise, saturating", "y", [.standardise("y", scale: 4, limit: saturating)]),
      ("impute and standardise", "x", [filled, .standardise("x", scale: 4, limit: limit)]),
      ("logarithm, 2^16 values", "y", [.logarithm(.natural, scale: 4)]), ("logarithm, 2^30 values", "z", [.logarithm(.natural, scale: 4)]),
      ("bucketise, 8 public edges", "y", [.bucketise((1...8).map { .number($0 * 7_000, scale: 0) })]),
      ("bucketise, 3 fitted edges", "y", [.bucketise(["y.quantile.1/4", "y.median", "y.quantile.3/4"].map { .parameter($0) })]),
      ("ordinal, 8 categories", "c", [.ordinal(DataBench.categories, unseen: .allKnown)]),
      ("round to hundreds", "y", [.divide(centre: .number(0, scale: 0), divisor: .number(100, scale: 0), scale: 0, limit: limit)]),
      ("one-hot, 8 categories", "c", [.oneHot(unseen: .allKnown)]), ("one-hot with unseen ones", "c", [.oneHot(unseen: .other("rest"))]),
    ]
    let copy = try bench.transform("x", [])
    var lines = [bench.line("data copy (the base)", copy, less: nil)]
    for (name, source, steps) in transforms { lines.append(bench.line("data \(name)", try bench.transform(source, steps), less: copy.seconds)) }
    let number: [FittedParameter.Kind] = [
      .mean(scale: 4), .standardDeviation(scale: 4), .maximum, .quantile(numerator: 1, denominator: 2, scale: 2), .mode,
    ]
    let parameters = number.map { FittedParameter(column: "x", kind: $0) } + [.mode, .seen].map { FittedParameter(column: "c", kind: $0) }
    for parameter in parameters { lines.append(bench.line("data fit \(parameter.name)", try bench.fit(parameter), less: copy.seconds)) }
    return lines + (try bench.rowClaims())
  }
}

/// A table to fit on and to transform.
struct DataBench {
  typealias E = GoldilocksCubic
  static let categories = (0..<8).map { "c\($0)" }
  let rows: Int
  let table: StoredTable
  let fitted: StoredTable

  struct Figures {
    let seconds: Double
    let cells: Int
    let lookups: Int
  }

  init(rows: Int) throws {
    self.rows = rows
    var state: UInt64 = 88_172_645_463_325_252
    func next(_ bound: UInt64) -> Int64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int64((state >> 33) % bound)
    }
    let schema = try TableSchema(columns: [
      TableColumn(name: "x", type: .integer(IntegerRange(0...65_535)), missing: .presence),
      TableColumn(name: "y", type: .integer(IntegerRange(0...65_535))),
      TableColumn(name: "z", type: .integer(IntegerRange(0...(1 << 30)))), TableColumn(name: "c", type: .category(Self.categories)),
    ])
    let presence = (0..<rows).map { _ in next(16) == 0 ? Int64(0) : 1 }
    table = try StoredTable(
      schema: schema,
      columns: [
        presence.map { $0 * next(65_536) }, presence, (0..<rows).map { _ in next(65_536) }, (0..<rows).map { _ in next(1 << 30) },
        (0..<rows).map { _ in next(8) },
      ])
    let quartiles = [1, 3].map { FittedParameter(column: "y", kind: .quantile(numerator: $0, denominator: 4, scale: 2)) }
    fitted = try FitSpecification(
      ["x", "y"].flatMap { column in
        ([.mean(scale: 2), .standardDeviation(scale: 2)] as [FittedParameter.Kind]).map { FittedParameter(column: column, kind: $0) }
      } + ([.minimum, .range, .interquartileRange(scale: 2)] as [FittedParameter.Kind]).map { FittedParameter(column: "y", kind: $0) }
        + [.median("y", scale: 2), FittedParameter(column: "c", kind: .seen)] + quartiles
    ).fit(table)
  }

  func transform(_ source: String, _ steps: [TransformStep]) throws -> Figures {
    let specification = TransformSpecification([ColumnTransform(name: "out", source: source, steps: steps)])
    let output = try specification.transform(table, parameters: fitted)
    let claim = TransformClaim(input: "in", parameters: "fitted", output: "out", specification: specification)
    return try prove(.transform(claim), ["in": table, "fitted": fitted, "out": output])
  }

  func fit(_ parameter: FittedParameter) throws -> Figures {
    let specification = FitSpecification([parameter])
    let claim = FitClaim(table: "in", parameters: "out", specification: specification, presentCounts: try specification.presentCounts(table))
    return try prove(.fit(claim), ["in": table, "out": try specification.fit(table)])
  }

  /// Witness and proof on one core, commitments of the tables left out; the least of three runs.
  ///
  /// - Parameter parts: tables that follow from the identity of the first one's commitment.
  func prove(
    _ claim: DataClaim, _ tables: [String: StoredTable], parts: ((Digest) throws -> [String: StoredTable])? = nil
  ) throws -> Figures {
    var tables = tables
    let shape = BenchmarkSuite.shape(12)
    var secrets: [String: ArtefactSecret<E>] = [:]
    var descriptions: [ArtefactDescription] = []
    for name in claim.definition.artefacts {
      guard let table = tables[name] else { continue }
      let contents = ArtefactContents.table(table.schema, rowCount: table.rowCount)
      let data = MatrixData<Goldilocks>(layout: MatrixLayout(name: name, log2RowLength: shape.log2RowLength, tensors: contents.tensors))
      for (index, column) in table.columns.enumerated() { data.set("c\(index)", column.map { Goldilocks(signed: $0) }) }
      let secret = ArtefactSecret<E>(kind: "table", format: contents.format, shape: shape, data: data, seed: BenchmarkSuite.randomSeed())
      secrets[name] = secret
      descriptions.append(ArtefactDescription(name: name, contents: contents, shape: shape, identity: secret.publicPart.identity))
      if descriptions.count == 1, let parts { tables.merge(try parts(secret.publicPart.identity)) { _, made in made } }
    }
    let compiled = try CompiledClaims(claims: [.data(claim)], artefacts: descriptions)
    let (statement, relation) = try ProofPlan.statement(claims: compiled, profile: .p128, context: [], field: E.self)
    var identities = descriptions.map { ($0.name, $0.identity) }
    identities.sort { $0.0 < $1.0 }
    let source = DataTables(tables: tables, identities: Dictionary(identities) { first, _ in first })
    let matrices = secrets.mapValues(\.data)
    let previous = Parallelism.threadLimit
    Parallelism.threadLimit = 1
    defer { Parallelism.threadLimit = previous }
    let (seconds, _) = try BenchmarkSuite.bestProcessorTime(3) {
      let auxiliary = WitnessFiller<E>.fill(relation, executions: [], records: try compiled.records(source), artefacts: matrices)
      let session = try ProofSession<Production<E>>(
        statement: statement, relation: relation, secrets: secrets, auxiliary: auxiliary, randomness: Randomness(seed: BenchmarkSuite.randomSeed()))
      _ = try session.prove(ledger: UncountedOpenings())
    }
    let bits = log2Ceiling(rows)
    return Figures(
      seconds: seconds, cells: compiled.builder.columns.count { $0.bits == bits },
      lookups: compiled.builder.lookups.count { $0.selected.contains { $0.bits == bits } })
  }

  func line(_ name: String, _ figures: Figures, less base: Double?, per unit: String = "cell") -> BenchmarkLine {
    BenchmarkLine(
      name, (figures.seconds - (base ?? 0)) / Double(rows) * 1e9, "ns a \(unit) and core",
      note: "\(figures.cells) witness cells and \(figures.lookups) lookups a row; \(Int(figures.seconds * 1e3)) ms in all")
  }
}

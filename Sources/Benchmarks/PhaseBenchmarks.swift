import Claims
import Fields
import Hashing
import Kernels
import Programs
import ProofSystem
import Prover
import Soundness

/// The data phase of a pipeline as a whole: well-formedness, statistics, split, disjointness, fit and both transformations in one proof, over
/// random tables with the shapes of real ones.
extension BenchmarkSuite {
  /// As German credit: 1,000 rows, 7 numbers, 14 categories.
  static func phaseGerman() throws -> [BenchmarkLine] {
    let bench = try PhaseBench(
      rows: 1_000, numbers: 7, span: 20_000, categories: [2, 2, 2, 3, 3, 3, 4, 4, 4, 5, 5, 5, 5, 10], missing: false, log2RowLength: 15)
    let phase = try bench.run(repeats: 3)
    return [
      BenchmarkLine("phase-german prove", phase.prove, "s", limit: 1.5, note: "witness and proof; commitments \(Int(phase.commit * 1e3)) ms besides"),
      BenchmarkLine("phase-german verify", phase.verify, "s", limit: 0.15, note: "from the claims and the bytes"),
      BenchmarkLine("phase-german proof", Double(phase.bytes) / 1024, "KiB"),
    ]
  }

  /// As Adult: 32,561 rows, 6 numbers, 9 categories with 102 values, three of them with missing cells.
  static func phaseAdult() throws -> [BenchmarkLine] {
    let bench = try PhaseBench(
      rows: 32_561, numbers: 6, span: 100_000, categories: [2, 2, 5, 6, 7, 8, 14, 16, 41], missing: true, log2RowLength: 16)
    let phase = try bench.run(repeats: 1)
    return [
      BenchmarkLine("phase-adult whole", phase.commit + phase.prove, "s", limit: 8, note: "commitments \(Int(phase.commit * 1e3)) ms of it"),
      BenchmarkLine("phase-adult verify", phase.verify, "s"), BenchmarkLine("phase-adult proof", Double(phase.bytes) / 1024, "KiB"),
    ]
  }

  /// Missing cells, sum and sum of squares of 10 columns of 10^6 rows, after the commitment.
  static func statisticsMillion() throws -> [BenchmarkLine] {
    let bench = try PhaseBench(rows: 1_000_000, numbers: 10, span: 65_535, categories: [], missing: false, log2RowLength: 17)
    let (time, verify, bytes) = try bench.statistics()
    return [
      BenchmarkLine("statistics-10^6x10", time, "s", limit: 2, note: "witness and proof of \(bytes / 1024) KiB, after the commitment"),
      BenchmarkLine("statistics-10^6x10 verify", verify * 1e3, "ms", note: "from the claims and the bytes"),
      BenchmarkLine("statistics-10^6x10 peak memory", PeakMemory.gigabytes(), "GB", note: "whole process, the table and its commitment included"),
    ]
  }
}

/// A random table and its phase.
private struct PhaseBench {
  typealias E = GoldilocksCubic
  let table: StoredTable
  let shape: CodeShape

  struct Figures {
    let commit: Double
    let prove: Double
    let verify: Double
    let bytes: Int
  }

  /// - missing: three of the categories have missing cells.
  init(rows: Int, numbers: Int, span: Int64, categories: [Int], missing: Bool, log2RowLength: Int) throws {
    guard let shape = CodeShapes.shape(log2RowLength: log2RowLength, field: Goldilocks.self) else { throw ProgramError.unknownName("shape") }
    self.shape = shape
    var state: UInt64 = 88_172_645_463_325_252
    func next(_ bound: Int64) -> Int64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int64((state >> 33) % UInt64(bound))
    }
    var columns: [TableColumn] = []
    var values: [[Int64]] = []
    for index in 0..<numbers {
      columns.append(TableColumn(name: "x\(index)", type: .integer(IntegerRange(0...span))))
      values.append((0..<rows).map { _ in next(span + 1) })
    }
    for (index, count) in categories.enumerated() {
      let hasMissing = missing && index >= categories.count - 3
      columns.append(
        TableColumn(name: "c\(index)", type: .category((0..<count).map { "v\($0)" }), missing: hasMissing ? .presence : .refuse))
      let presence = (0..<rows).map { _ in hasMissing && next(20) == 0 ? Int64(0) : 1 }
      values.append(presence.map { $0 * next(Int64(count)) })
      if hasMissing { values.append(presence) }
    }
    table = try StoredTable(schema: try TableSchema(columns: columns), columns: values)
  }

  private struct Committed {
    var secrets: [String: ArtefactSecret<E>] = [:]
    var descriptions: [ArtefactDescription] = []
    var tables: [String: StoredTable] = [:]
  }

  /// Commits to tables in one tree.
  private func commit(_ parts: [(name: String, table: StoredTable)], into all: inout Committed) {
    let data = parts.map { part -> (contents: ArtefactContents, data: MatrixData<Goldilocks>) in
      let contents = ArtefactContents.table(part.table.schema, rowCount: part.table.rowCount)
      let data = MatrixData<Goldilocks>(layout: MatrixLayout(name: part.name, log2RowLength: shape.log2RowLength, tensors: contents.tensors))
      for (index, column) in part.table.columns.enumerated() { data.set("c\(index)", column.map { Goldilocks(signed: $0) }) }
      return (contents, data)
    }
    let secrets = ArtefactSecret<E>.commitTogether(data, shape: shape, seed: BenchmarkSuite.randomSeed())
    for (part, (own, secret)) in zip(parts, zip(data, secrets)) {
      all.secrets[part.name] = secret
      all.tables[part.name] = part.table
      all.descriptions.append(
        ArtefactDescription(
          name: part.name, contents: own.contents, shape: shape, identity: secret.publicPart.identity, root: secret.publicPart.root,
          placement: secret.placement))
    }
  }

  private func prove(_ claims: [ClaimStatement], _ all: Committed) throws -> (prove: Double, verify: Double, bytes: Int) {
    var proof: [UInt8] = []
    let identities = Dictionary(all.descriptions.map { ($0.name, $0.identity) }) { first, _ in first }
    let seconds = try BenchmarkSuite.seconds {
      let compiled = try CompiledClaims(claims: claims, artefacts: all.descriptions)
      let (statement, relation) = try ProofPlan.statement(claims: compiled, profile: .p128, context: [], field: E.self)
      let records = try compiled.records(DataTables(tables: all.tables, identities: identities))
      let auxiliary = WitnessFiller<E>.fill(relation, executions: [], records: records, artefacts: all.secrets.mapValues(\.data))
      let session = try ProofSession<Production<E>>(
        statement: statement, relation: relation, secrets: all.secrets, auxiliary: auxiliary,
        randomness: Randomness(seed: BenchmarkSuite.randomSeed()))
      proof = try session.prove(ledger: UncountedOpenings())
    }
    let verify = try BenchmarkSuite.best(3) {
      let compiled = try CompiledClaims(claims: claims, artefacts: all.descriptions)
      let (statement, _) = try ProofPlan.statement(claims: compiled, profile: .p128, context: [], field: E.self)
      _ = try ProofVerifier.verify(statement, proof: proof)
    }
    return (seconds, verify, proof.count)
  }

  func statistics() throws -> (prove: Double, verify: Double, bytes: Int) {
    var all = Committed()
    commit([("raw", table)], into: &all)
    let own = try table.schema.columns.flatMap { column -> [Statistic] in
      try [Statistic.sum(column: column.name, .revealed(0)), .sumOfSquares(column: column.name, centre: 0, .revealed(0))].map { try valued($0) }
    }
    let made = try prove([.data(.statistics(StatisticsClaim(table: "raw", statistics: own)))], all)
    return made
  }

  private func valued(_ statistic: Statistic) throws -> Statistic {
    let values = try statistic.values(table)
    switch statistic {
    case .sum(let column, _): return .sum(column: column, .revealed(values.first ?? 0))
    case .sumOfSquares(let column, let centre, _): return .sumOfSquares(column: column, centre: centre, .revealed(values.first ?? 0))
    case .histogram(let column, let edges, _): return .histogram(column: column, edges: edges, counts: values)
    default: return statistic
    }
  }

  func run(repeats: Int) throws -> Figures {
    var best = Figures(commit: .infinity, prove: .infinity, verify: .infinity, bytes: 0)
    for _ in 0..<repeats {
      let own = try once()
      best = Figures(
        commit: min(best.commit, own.commit), prove: min(best.prove, own.prove), verify: min(best.verify, own.verify), bytes: own.bytes)
    }
    return best
  }

  private func once() throws -> Figures {
    var all = Committed()
    let first = BenchmarkSuite.seconds { commit([("raw", table)], into: &all) }
    let rule = SplitRule.random(Nonce(bytes: [], source: .prover))
    guard let identity = all.descriptions.first?.identity else { throw ProgramError.unknownName("raw") }
    let sizes = [table.rowCount - table.rowCount / 4, table.rowCount / 4]
    let parts = SplitClaim.rows(rule, identity: identity, sizes: sizes, table: table).map { table.selecting(rows: $0) }
    var fitted: [FittedParameter] = []
    var columns: [ColumnTransform] = []
    for column in table.schema.columns {
      var steps: [TransformStep] = column.missing == .presence ? [.imputeCategory("(missing)")] : []
      if case .category = column.type {
        fitted.append(FittedParameter(column: column.name, kind: .seen))
        steps.append(.oneHot(unseen: .zeros))
      } else {
        fitted += [.mean(scale: 3), .standardDeviation(scale: 3)].map { FittedParameter(column: column.name, kind: $0) }
        steps.append(.standardise(column.name, scale: 3, limit: .saturate(IntegerRange(-10_000...10_000))))
      }
      columns.append(ColumnTransform(name: column.name, source: column.name, steps: steps))
    }
    let (fit, transform) = (FitSpecification(fitted), TransformSpecification(columns))
    let parameters = try fit.fit(parts[0])
    let prepared = try parts.map { try transform.transform($0, parameters: parameters) }
    let tables = [
      ("train", parts[0]), ("test", parts[1]), ("parameters", parameters), ("train-prepared", prepared[0]), ("test-prepared", prepared[1]),
    ]
    let second = BenchmarkSuite.seconds { commit(tables, into: &all) }
    let statistics = try table.schema.columns.flatMap { column -> [Statistic] in
      if case .category(let names) = column.type {
        return [try valued(.histogram(column: column.name, edges: (0...names.count).map { Int64($0) }, counts: []))]
      }
      return try [Statistic.sum(column: column.name, .revealed(0)), .sumOfSquares(column: column.name, centre: 0, .revealed(0))].map {
        try valued($0)
      }
    }
    let disjoint = DisjointClaim(
      tables: ["train", "test"], columns: [], distinctCount: DisjointClaim.distinctCount(parts, columns: []))
    let claims =
      all.descriptions.map { ClaimStatement.wellFormed(artefact: $0.name) }
      + ([
        .statistics(StatisticsClaim(table: "raw", statistics: statistics)), .split(SplitClaim(table: "raw", parts: ["train", "test"], rule: rule)),
        .disjoint(disjoint), .fit(FitClaim(table: "train", parameters: "parameters", specification: fit)),
        .transform(TransformClaim(input: "train", parameters: "parameters", output: "train-prepared", specification: transform)),
        .transform(TransformClaim(input: "test", parameters: "parameters", output: "test-prepared", specification: transform)),
      ] as [DataClaim]).map { ClaimStatement.data($0) }
    let made = try prove(claims, all)
    return Figures(commit: first + second, prove: made.prove, verify: made.verify, bytes: made.bytes)
  }
}

import Claims
import Fields
import Hashing
import Kernels
import Programs
import ProofSystem
import Prover
import TestSupport

/// Finds the optimum on a small table, commits table and model, proves the claim on the toy profile, and verifies the bytes.
struct OptimumHarness {
  typealias E = GoldilocksCubic

  enum Kind: String, CaseIterable { case binary, freeIntercept, classes, fixedClass, number, eliminated }

  let kind: Kind
  /// Side by side, with the same rows.
  let tables: [StoredTable]
  let architecture: LinearArchitecture
  let problem: OptimumProblem
  let plan: OptimumPlan
  let optimum: DenseOptimum
  let model: LinearModel

  /// The same rows as the process proof's tests: numbers, a category, missing cells. `parts`: columns of the tables.
  init(
    _ kind: Kind, rows: Int = 29, penalty: PublicFraction = PublicFraction(1, over: 2), split: Bool = false,
    changing change: (StoredTable) throws -> StoredTable = { $0 }
  ) throws {
    self.kind = kind
    let isBinary = kind == .binary || kind == .freeIntercept
    let training = try TrainingHarness(isBinary ? .binary : kind == .number || kind == .eliminated ? .number : .classes, rows: rows)
    let table = try change(training.table)
    architecture = try Self.architecture(training)
    var target = training.run.target
    var formats = OptimumFormats(featureFractionBits: 10)
    switch target {
    case .number(let column, let centre, _):
      target = .number(column: column, centre: centre, shift: 14)
      formats = OptimumFormats(featureFractionBits: 10, scoreFractionBits: 20, scoreBits: 28)
    case .classes: formats.slopeBits = 27
    case .binary: break
    }
    problem = try OptimumProblem(
      features: training.run.features, target: target, formats: formats, penalty: penalty,
      intercept: kind == .eliminated || kind == .freeIntercept ? .eliminated : .penalised, fixedClass: kind == .fixedClass ? 1 : nil)
    plan = try OptimumPlan(problem, architecture: architecture, schemas: [table.schema], rowCount: table.rowCount)
    optimum = DenseOptimum(plan, table)
    model = try LinearModel(architecture: architecture, weights: optimum.modelWeights(optimum.solve()))
    tables = split ? try Self.halves(table) : [table]
  }

  private static func architecture(_ training: TrainingHarness) throws -> LinearArchitecture {
    let own = try training.architecture()
    let isNumber = if case .regression = own.task { true } else { false }
    return try LinearArchitecture.choose(encoding: own.encoding, target: own.target, task: own.task, magnitudeBits: isNumber ? 11 : 5, weightBits: 32)
  }

  /// Columns dealt to two tables.
  static func halves(_ table: StoredTable) throws -> [StoredTable] {
    try [0, 1].map { part in
      let columns = table.schema.columns.enumerated().filter { $0.offset % 2 == part }.map(\.element)
      let schema = try TableSchema(columns: columns)
      return try StoredTable(schema: schema, columns: schema.storedColumns.map { table.values($0.column, $0.part) ?? [] })
    }
  }

  var names: [String] { tables.indices.map { "table\($0)" } }

  /// The least tolerance that the honest gradient needs.
  func toleranceBits(_ weights: [Int64]? = nil) throws -> Int {
    let witness = try witness(weights)
    let largest = witness.gradients.joined().reduce(UInt64(1)) { max($0, $1.magnitude) }
    return 64 - largest.leadingZeroBitCount
  }

  func column(_ name: String, _ part: StoredPart) throws(ProgramError) -> [Int64] {
    for table in tables { if let values = table.values(name, part) { return values } }
    throw .unknownColumn(name)
  }

  func witness(_ weights: [Int64]? = nil) throws -> OptimumWitness {
    try OptimumReference(plan).witness(weights: weights ?? model.weights, column: column)
  }

  /// What the slopes add up to.
  func slopes(_ weights: [Int64]? = nil) throws -> Int64 { try (witness(weights).columns["slope.0"] ?? []).reduce(0, +) }

  /// What a claim says of them: three quarters, which weights nearby have too.
  func curvature(_ weights: [Int64]? = nil) throws -> Int64? { problem.needsCurvature ? try slopes(weights) / 4 * 3 : nil }

  func account(_ toleranceBits: Int, _ weights: [Int64]? = nil) throws -> OptimumAccount {
    try OptimumAccount(plan, toleranceBits: toleranceBits, curvature: curvature(weights))
  }

  /// The least radius of a tolerance, in millionths.
  func radius(_ toleranceBits: Int) throws -> PublicFraction {
    let account = try account(toleranceBits)
    return PublicFraction(Int64((account.distance.units * 1_000_000) >> 64) + 1, over: 1_000_000)
  }

  func claim(toleranceBits: Int? = nil, radius: PublicFraction? = nil) throws -> OptimumClaim {
    let bits = try toleranceBits ?? self.toleranceBits()
    return OptimumClaim(
      tables: names, model: "model", problem: problem, toleranceBits: bits, radius: try radius ?? self.radius(bits), curvature: try curvature())
  }

  func source(_ model: LinearModel? = nil) -> DataTables {
    let own = Dictionary(zip(names, tables)) { first, _ in first }
    return DataTables(tables: own, identities: [:], linear: ["model": model ?? self.model])
  }

  /// - model, tables: what is committed, in place of the honest ones.
  /// - record: stands for the honest record.
  func instance(
    _ claim: OptimumClaim, model: LinearModel? = nil, tables: [StoredTable]? = nil, dropping: Set<String> = [], record: [String: [Int64]]? = nil
  ) throws -> TrainingHarness.Instance {
    let training = try TrainingHarness(.binary)
    var contents: [(String, TrainingHarness.Content)] = zip(names, tables ?? self.tables).map { ($0, .table($1)) }
    contents.append(("model", .model(model ?? self.model)))
    var descriptions: [ArtefactDescription] = []
    var secrets: [String: ArtefactSecret<E>] = [:]
    for (name, content) in contents {
      let (description, secret) = try training.committed(name, content)
      descriptions.append(description)
      secrets[name] = secret
    }
    let statements = contents.map { ClaimStatement.wellFormed(artefact: $0.0) } + [.data(.optimum(claim))]
    let compiled = try CompiledClaims(claims: statements, artefacts: descriptions).dropping(dropping)
    let (statement, relation) = try ProofPlan.statement(claims: compiled, profile: TestProfile.toy, context: [], field: E.self)
    let honest = try record ?? claim.record(source(model))
    let auxiliary = WitnessFiller<E>.fill(relation, executions: [], records: [honest], artefacts: secrets.mapValues(\.data))
    return TrainingHarness.Instance(statement: statement, relation: relation, compiled: compiled, secrets: secrets, auxiliary: auxiliary)
  }
}

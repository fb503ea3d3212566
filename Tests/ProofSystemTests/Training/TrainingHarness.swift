import Claims
import Fields
import Hashing
import Kernels
import Programs
import ProofSystem
import Prover
import TestSupport

/// Trains on a small table, commits table, checkpoints and model, proves the run on the toy profile, and verifies the bytes.
struct TrainingHarness {
  typealias E = GoldilocksCubic

  enum Kind: String, CaseIterable { case binary, classes, number }

  let run: TrainingRun
  let table: StoredTable
  let nonce = Nonce(bytes: [7, 7], source: .auditor)

  struct Instance {
    let statement: Statement<E>
    let relation: ClaimRelation<E>
    let compiled: CompiledClaims
    let secrets: [String: ArtefactSecret<E>]
    let auxiliary: MatrixData<Goldilocks>
  }

  /// 13 rows, batches of 4 or 5 (the last of 1 or 3), numbers, a category and missing cells; 3 epochs.
  init(
    _ kind: Kind, batchSize: Int = 5, schedule: TrainingSchedule = .inverse(decay: PublicFraction(1, over: 2)),
    momentum: PublicFraction = PublicFraction(9, over: 10), rate: PublicFraction = PublicFraction(1, over: 10), epochs: Int = 3,
    rows: Int = 13, penalisesIntercept: Bool = false
  ) throws {
    let schema = try TableSchema(columns: [
      TableColumn(name: "x", type: .decimal(scale: 2, range: IntegerRange(-400...400))),
      TableColumn(name: "n", type: .integer(IntegerRange(0...15)), missing: .presence),
      TableColumn(name: "colour", type: .category(["red", "green", "blue"])), TableColumn(name: "y", type: .category(["no", "yes"])),
      TableColumn(name: "kind", type: .category(["a", "b", "c"])), TableColumn(name: "amount", type: .integer(IntegerRange(-100...155))),
    ])
    var state: UInt64 = 5
    func next(_ bound: Int64) -> Int64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int64(state >> 33) % bound
    }
    let x = (0..<rows).map { _ in next(801) - 400 }
    let presence = (0..<rows).map { _ in next(4) == 0 ? Int64(0) : 1 }
    let n = presence.map { $0 * next(16) }
    let colour = (0..<rows).map { _ in next(3) }
    let noise = (0..<rows).map { _ in next(200) - 100 }
    let label = (0..<rows).map { row -> Int64 in
      let sum: Int64 = x[row] + noise[row] + 60 * colour[row]
      return sum > 60 ? 1 : 0
    }
    let kinds = (0..<rows).map { row -> Int64 in
      if x[row] + noise[row] > 120 { return 2 }
      return x[row] < -80 ? 0 : 1
    }
    let amount = (0..<rows).map { row -> Int64 in
      let sum: Int64 = x[row] / 5 + 3 * n[row] + noise[row] / 10
      return max(-100, min(155, sum))
    }
    table = try StoredTable(schema: schema, columns: [x, n, presence, colour, label, kinds, amount])
    var formats = TrainingFormats(scoreFractionBits: 8, scoreBits: 13, probabilityBits: 12)
    let target: TrainingTarget
    switch kind {
    case .binary: target = .binary(column: "y", positive: 1)
    case .classes: target = .classes(column: "kind", count: 3)
    case .number:
      target = .number(column: "amount", centre: 28, shift: 5)
      formats.scoreFractionBits = 11
      formats.scoreBits = 24
      formats.updateBits = 20
    }
    run = try TrainingRun(
      features: [
        .number(column: "x", centre: 0, shift: 3), .number(column: "n", centre: 7, shift: 7), .presence(column: "n"),
        .category(column: "colour", classCount: 3, missing: false), .constant,
      ], target: target, formats: formats, batchSize: batchSize, epochs: epochs, learningRate: rate, schedule: schedule, momentum: momentum,
      penalty: PublicFraction(1, over: 100), penalisesIntercept: penalisesIntercept)
  }

  init(_ run: TrainingRun, _ table: StoredTable) {
    self.run = run
    self.table = table
  }

  var stepCount: Int { run.stepCount(rowCount: table.rowCount) }

  func architecture() throws -> LinearArchitecture {
    let names = run.features.compactMap { feature -> String? in
      switch feature {
      case .number(let column, _, _), .category(let column, _, _): column
      case .presence, .constant: nil
      }
    }
    let encoding = try FeatureEncoding(schema: table.schema, columns: names)
    let task: LinearTask
    switch run.target {
    case .binary(_, let positive): task = .binary(positive: positive)
    case .classes(_, let count): task = .classes(count: count)
    case .number(let column, _, _):
      let range = table.schema.column(column)?.type.range ?? IntegerRange(only: 0)
      task = .regression(target: range, unitShift: LinearArchitecture.unitShift(for: range))
    }
    let isNumber = if case .number = run.target { true } else { false }
    return try LinearArchitecture.choose(
      encoding: encoding, target: run.target.column, task: task, magnitudeBits: isNumber ? 11 : 5, weightBits: isNumber ? 24 : 16)
  }

  /// What is committed under a name.
  enum Content {
    case table(StoredTable)
    case model(LinearModel)
  }

  func matrix(_ name: String, _ content: Content) throws -> (ArtefactContents, MatrixData<Goldilocks>) {
    let rowBits = try ProgramHarness.shape().log2RowLength
    switch content {
    case .table(let table):
      let contents = ArtefactContents.table(table.schema, rowCount: table.rowCount)
      let data = MatrixData<Goldilocks>(layout: MatrixLayout(name: name, log2RowLength: rowBits, tensors: contents.tensors))
      for (index, column) in table.columns.enumerated() { data.set("c\(index)", column.map { Goldilocks(signed: $0) }) }
      return (contents, data)
    case .model(let model):
      let contents = ArtefactContents.linearModel(model.architecture)
      let data = MatrixData<Goldilocks>(layout: MatrixLayout(name: name, log2RowLength: rowBits, tensors: contents.tensors))
      let shape = model.architecture.weightShape
      let target = data.tensor("W")
      for (index, weight) in model.weights.enumerated() {
        target[(index / shape.columns) << log2Ceiling(shape.columns) + index % shape.columns] = Goldilocks(signed: weight)
      }
      return (contents, data)
    }
  }

  /// The identity of the training table, which the seed depends on.
  func identity() throws -> Digest { try committed("table", .table(table)).1.publicPart.identity }

  func committed(_ name: String, _ content: Content) throws -> (ArtefactDescription, ArtefactSecret<E>) {
    let shape = try ProgramHarness.shape()
    let (contents, data) = try matrix(name, content)
    let number = UInt8(truncatingIfNeeded: name.utf8.reduce(0) { $0 + Int($1) })
    let secret = ArtefactSecret<E>(contents: contents, shape: shape, data: data, seed: [UInt8](repeating: number, count: 32))
    return (ArtefactDescription(name: name, contents: contents, shape: shape, identity: secret.publicPart.identity), secret)
  }

  func trainer(_ other: TrainingRun? = nil, nonce: Nonce? = nil) throws -> Trainer {
    try Trainer(other ?? run, table, seed: (nonce ?? self.nonce).seed(purpose: "training", identity: identity()))
  }

  /// The honest model of a run.
  func model(_ other: TrainingRun? = nil, nonce: Nonce? = nil) throws -> LinearModel {
    let own = other ?? run
    let state = try trainer(own, nonce: nonce).train(from: .zero(own), steps: 0..<stepCount)
    return try run.model(state, architecture: architecture())
  }

  func claim(_ other: TrainingRun? = nil, nonce: Nonce? = nil) -> TrainingClaim {
    TrainingClaim(table: "table", end: .model("model"), run: other ?? run, nonce: nonce ?? self.nonce, stepCount: stepCount)
  }

  /// - record: stands for the honest record.
  func instance(
    _ claim: TrainingClaim, _ contents: [String: Content], dropping: Set<String> = [], record: [String: [Int64]]? = nil,
    change: ((inout [String: [Int64]]) -> Void)? = nil
  ) throws -> Instance {
    var all = contents
    all["table"] = .table(table)
    var descriptions: [String: ArtefactDescription] = [:]
    var secrets: [String: ArtefactSecret<E>] = [:]
    for name in claim.artefacts {
      guard let content = all[name] else { throw ClaimError.unknownArtefact(name) }
      (descriptions[name], secrets[name]) = try committed(name, content)
    }
    let ends = claim.artefacts.dropFirst().map { ClaimStatement.wellFormed(artefact: $0) }
    let compiled = try CompiledClaims(
      claims: [.data(.training(claim))] + ends, artefacts: claim.artefacts.compactMap { descriptions[$0] }
    ).dropping(dropping)
    let (statement, relation) = try ProofPlan.statement(claims: compiled, profile: TestProfile.toy, context: [], field: E.self)
    let tables = all.compactMapValues { if case .table(let table) = $0 { table } else { nil } }
    var honest = try record ?? claim.record(DataTables(tables: tables, identities: descriptions.mapValues(\.identity)))
    change?(&honest)
    let auxiliary = WitnessFiller<E>.fill(relation, executions: [], records: [honest], artefacts: secrets.mapValues(\.data))
    return Instance(statement: statement, relation: relation, compiled: compiled, secrets: secrets, auxiliary: auxiliary)
  }

  @discardableResult static func check(_ instance: Instance) throws -> [UInt8] {
    let session = try ProofSession<Production<E>>(
      statement: instance.statement, relation: instance.relation, secrets: instance.secrets, auxiliary: instance.auxiliary,
      randomness: Randomness(seed: [UInt8](repeating: 3, count: 32)))
    let proof = try session.prove()
    _ = try ProofVerifier.verify(instance.statement, proof: proof, configuration: Production<E>.self)
    return proof
  }
}

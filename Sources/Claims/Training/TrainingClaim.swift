import Hashing
import Programs
import ProofSystem

/// Where the weights of a training run are after some of its steps.
public enum TrainingEnd: Hashable, Sendable {
  /// A linear model: the weights after the last step, rounded as `TrainingExport` says.
  case model(String)
  /// A table of the weights before and after the last of the steps (`TrainingClaim.checkpointSchema`), from which another claim goes on.
  case checkpoint(String)

  public var name: String {
    switch self {
    case .model(let name), .checkpoint(let name): name
    }
  }
}

/// The committed weights are exactly what the stated run of mini-batch gradient descent gives on the committed table: every score, prediction,
/// gradient, update and rounding of every step (`Trainer`), in the order of rows that the seed gives.
///
/// A long run is cut into claims that hand over checkpoints; the first starts at zero, the last gives a model.
public struct TrainingClaim: DataRelation {
  public static let type = "training"
  public let table: String
  /// The checkpoint that the steps start from; nil for step 0, where all weights are 0.
  public let start: String?
  public let end: TrainingEnd
  public let run: TrainingRun
  public let nonce: Nonce
  /// The steps of this claim, counted over the whole run.
  public let firstStep: Int
  public let stepCount: Int

  public init(table: String, start: String? = nil, end: TrainingEnd, run: TrainingRun, nonce: Nonce, firstStep: Int = 0, stepCount: Int) {
    self.table = table
    self.start = start
    self.end = end
    self.run = run
    self.nonce = nonce
    self.firstStep = firstStep
    self.stepCount = stepCount
  }

  public var artefacts: [String] { [table] + (start.map { [$0] } ?? []) + [end.name] }
  /// Nothing but the statement itself.
  public var reveals: [Disclosure] { [] }

  /// The claim's rows are steps times places.
  public var rowBits: Int { log2Ceiling(max(1, min(stepCount, 1 << 24))) + log2Ceiling(run.batchSize) }

  /// The seed of the order of rows.
  public func seed(_ identity: Digest) -> Digest { nonce.seed(purpose: "training", identity: identity) }

  /// Columns `weight.k` and `previous.k` of a checkpoint: one row for each feature of the run.
  public static func checkpointSchema(_ run: TrainingRun) throws(ProgramError) -> TableSchema {
    try TableSchema(
      columns: ["weight", "previous"].flatMap { part in
        (0..<run.outputCount).map { TableColumn(name: "\(part).\($0)", type: .integer(run.weightRange)) }
      })
  }

  /// A checkpoint of a state.
  public static func checkpoint(_ run: TrainingRun, _ state: TrainingState) throws(ProgramError) -> StoredTable {
    let outputs = run.outputCount
    func columns(_ values: [Int64]) -> [[Int64]] { (0..<outputs).map { k in stride(from: k, to: values.count, by: outputs).map { values[$0] } } }
    return try StoredTable(schema: checkpointSchema(run), columns: columns(state.weights) + columns(state.previous))
  }

  /// The state that a checkpoint holds.
  public static func state(_ run: TrainingRun, _ table: StoredTable) throws(ProgramError) -> TrainingState {
    let outputs = run.outputCount
    guard table.columns.count == 2 * outputs, table.rowCount == run.featureCount else {
      throw .invalidParameter(node: "training", reason: "a checkpoint of another run")
    }
    func values(_ columns: ArraySlice<[Int64]>) -> [Int64] { (0..<table.rowCount).flatMap { row in columns.map { $0[row] } } }
    return TrainingState(weights: values(table.columns.prefix(outputs)), previous: values(table.columns.suffix(outputs)))
  }

  // MARK: Semantics

  public func record(_ tables: DataTables) throws(ProgramError) -> [String: [Int64]] {
    let own = try tables.table(table)
    let trainer = try Trainer(run, own, seed: seed(try tables.identity(table)))
    var state = TrainingState.zero(run)
    if let start { state = try Self.state(run, try tables.table(start)) }
    guard firstStep >= 0, stepCount >= 1, firstStep <= 1 << 30, stepCount <= 1 << 24 else {
      throw .invalidParameter(node: "training", reason: "steps outside the run")
    }
    var out = try trainer.witness(from: state, steps: firstStep..<(firstStep + stepCount)).columns
    for (place, feature) in run.features.enumerated() {
      guard case .category(let column, let classes, let missing) = feature else { continue }
      let presence = missing ? try tables.column(table, column, .presence) : []
      let codes = try tables.column(table, column).enumerated().map { $1 + (missing ? presence[$0] : 0) }
      for k in 0..<(classes + (missing ? 1 : 0)) { out["class.\(place).\(k)"] = codes.map { $0 == Int64(k) ? 1 : 0 } }
    }
    if case .classes(let column, let count) = run.target {
      let codes = try tables.column(table, column)
      for k in 0..<count { out["label.\(k)"] = codes.map { $0 == Int64(k) ? 1 : 0 } }
    }
    return out
  }
}

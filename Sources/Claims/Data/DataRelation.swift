import Hashing
import Programs
import ProofSystem

/// A claim about committed tables: its public statement, its constraints, and its integer semantics in one type.
///
/// The semantics (`record`) is the definition: the prover fills its columns from it, and the constraints are satisfied by nothing else.
public protocol DataRelation: Hashable, Sendable {
  /// Stable name of the claim's type.
  static var type: String { get }
  /// Artefacts that the claim speaks of, each once, in order of mention.
  var artefacts: [String] { get }
  /// Injective public encoding, with a version of its own.
  var canonical: CanonicalValue { get }
  /// Every public value that depends on hidden data.
  var reveals: [Disclosure] { get }
  /// log2 of the rows that the claim adds to those of its tables; range tables grow with them.
  var rowBits: Int { get }
  /// Adds the columns and constraints. `index` is the position among the proof's data claims; `prefix` starts every name.
  ///
  /// **Throws** `ClaimError` when the statement contradicts itself or the artefacts' formats; never traps.
  func compile(_ compiler: inout ClaimCompiler, index: Int, prefix: String) throws(ClaimError)
  /// The values of every `.recorded` column, by key, from the tables of the claim's artefacts.
  ///
  /// **Throws** `ProgramError` naming column and row where the tables do not satisfy the claim.
  func record(_ tables: DataTables) throws(ProgramError) -> [String: [Int64]]
}

extension DataRelation {
  public var rowBits: Int { 0 }
}

/// The tables and models that a data claim reads, with the identities of their commitments.
public struct DataTables: Sendable {
  private let tables: [String: StoredTable]
  private let identities: [String: Digest]
  private let models: [String: TreeModel]
  private let networks: [String: NetworkModel]
  private let hiddenInputs: [NetworkInference: [String: [Int64]]]
  private let linear: [String: LinearModel]
  /// How the integers of networks' products are computed.
  public let products: NetworkProducts

  /// - Parameter hiddenInputs: rows that only the prover knows, by claim and input name: rows · entries integers, row after row.
  public init(
    tables: [String: StoredTable], identities: [String: Digest], models: [String: TreeModel] = [:], linear: [String: LinearModel] = [:],
    networks: [String: NetworkModel] = [:], hiddenInputs: [NetworkInference: [String: [Int64]]] = [:],
    products: NetworkProducts = .definitions
  ) {
    self.products = products
    self.networks = networks
    self.hiddenInputs = hiddenInputs
    self.tables = tables
    self.identities = identities
    self.models = models
    self.linear = linear
  }

  /// **Throws** `unknownName` for a linear model that was not given.
  public func linearModel(_ name: String) throws(ProgramError) -> LinearModel {
    guard let model = linear[name] else { throw .unknownName(name) }
    return model
  }

  /// **Throws** `unknownName` for an ensemble that was not given.
  public func trees(_ name: String) throws(ProgramError) -> TreeModel {
    guard let model = models[name] else { throw .unknownName(name) }
    return model
  }

  /// **Throws** `unknownName` for a network that was not given.
  public func network(_ name: String) throws(ProgramError) -> NetworkModel {
    guard let network = networks[name] else { throw .unknownName(name) }
    return network
  }

  /// The rows of a hidden input. **Throws** `inputMissing` when they were not given.
  public func hiddenInput(_ claim: NetworkInference, _ input: String) throws(ProgramError) -> [Int64] {
    guard let values = hiddenInputs[claim]?[input] else { throw .inputMissing(node: input) }
    return values
  }

  /// **Throws** `unknownName` for a table that was not given.
  public func table(_ name: String) throws(ProgramError) -> StoredTable {
    guard let table = tables[name] else { throw .unknownName(name) }
    return table
  }

  /// **Throws** `unknownName` for a table that was not given.
  public func identity(_ name: String) throws(ProgramError) -> Digest {
    guard let identity = identities[name] else { throw .unknownName(name) }
    return identity
  }

  /// Stored values of one column part. **Throws** `unknownName` or `unknownColumn`.
  public func column(_ table: String, _ column: String, _ part: StoredPart = .value) throws(ProgramError) -> [Int64] {
    guard let values = try self.table(table).values(column, part) else { throw .unknownColumn(column) }
    return values
  }
}

/// The data claims. Each case's type is in a file of its own.
public enum DataClaim: Hashable, Sendable {
  case split(SplitClaim)
  case statistics(StatisticsClaim)
  case filter(FilterClaim)
  case deduplicate(DeduplicateClaim)
  case join(JoinClaim)
  case disjoint(DisjointClaim)
  case anonymity(AnonymityClaim)
  case fit(FitClaim)
  case transform(TransformClaim)
  case confusion(ConfusionClaim)
  case ranking(RankingClaim)
  case errors(ErrorClaim)
  case training(TrainingClaim)
  case optimum(OptimumClaim)
  case treeTraining(TreeTrainingClaim)
  case network(NetworkInference)

  /// The claim itself.
  public var definition: any DataRelation {
    switch self {
    case .split(let claim): claim
    case .statistics(let claim): claim
    case .filter(let claim): claim
    case .deduplicate(let claim): claim
    case .join(let claim): claim
    case .disjoint(let claim): claim
    case .anonymity(let claim): claim
    case .fit(let claim): claim
    case .transform(let claim): claim
    case .confusion(let claim): claim
    case .ranking(let claim): claim
    case .errors(let claim): claim
    case .training(let claim): claim
    case .optimum(let claim): claim
    case .treeTraining(let claim): claim
    case .network(let claim): claim
    }
  }
}

extension ClaimCompiler {
  /// All stored columns of a table as expressions, in schema order.
  func storedColumns(_ artefact: ArtefactDescription) throws(ClaimError) -> [ColumnExpression] {
    var out: [ColumnExpression] = []
    for stored in try artefact.table().schema.storedColumns {
      out.append(ColumnExpression(try artefact.column(stored.column, stored.part)))
    }
    return out
  }

  /// A committed column that equals public numbers.
  mutating func publicColumn(_ name: String, rows: Extent, _ values: [Int64]) throws(ClaimError) -> ColumnExpression {
    let column = ColumnExpression(try builder.column(name, bits: rows.bits, .values(values)))
    builder.equal(name, rows: rows, column, publicValues: values)
    return column
  }

  /// A committed column filled from the claim's record.
  mutating func recorded(_ name: String, rows: Extent, index: Int, key: String) throws(ClaimError) -> ColumnExpression {
    ColumnExpression(try builder.column(name, bits: rows.bits, .recorded(execution: index, key: key)))
  }

  /// A recorded column with 0 or 1 in every row.
  mutating func recordedBit(_ name: String, rows: Extent, index: Int, key: String) throws(ClaimError) -> ColumnExpression {
    let bit = try recorded(name, rows: rows, index: index, key: key)
    try builder.range("\(name).bit", bit, bits: 1, rows)
    return bit
  }

  /// Recorded bits O_k, keys `key.k`, with Σ O_k = 1 and Σ k·O_k = code.
  mutating func oneHot(
    _ name: String, key: String, _ code: ColumnExpression, count: Int, rows: Extent, index: Int
  ) throws(ClaimError) -> [ColumnExpression] {
    var bits: [ColumnExpression] = []
    for k in 0..<count { bits.append(try recordedBit("\(name).\(k)", rows: rows, index: index, key: "\(key).\(k)")) }
    builder.equal("\(name).one", rows: rows, try ColumnExpression.sum(constant: -1, bits.map { (1, $0) }))
    let number = try ColumnExpression.sum(bits.enumerated().map { (Int64($0), $1) })
    builder.equal("\(name).code", rows: rows, try number.adding(code, times: -1))
    return bits
  }

  /// column(i + 1) − column(i) ≥ step for every i < rows.count − 1. The column must be a plain committed one.
  mutating func ascending(_ name: String, rows: Extent, _ column: ColumnExpression, step: Int64, bits: Int) throws(ClaimError) {
    guard column.constant == 0, let term = column.terms.first, column.terms.count == 1, term.coefficient == 1 else {
      throw .inconsistent("\(name): order is proved of plain columns only")
    }
    guard rows.count > 1 else { return }
    let next = try builder.next("\(name).next", term.view)
    let difference = try next.adding(column, times: -1).adding(-step)
    try builder.range("\(name).difference", difference, bits: bits, Extent(bits: rows.bits, count: rows.count - 1))
  }
}

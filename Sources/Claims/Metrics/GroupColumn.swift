import Hashing
import Programs
import ProofSystem

/// A committed column that divides rows into groups: by category, or by bands of a number. Missing cells are a group of their own, the last.
public struct GroupColumn: Hashable, Sendable {
  public let column: ClaimStatement.ColumnName
  /// Of a number column, ascending: group = number of edges ≤ value. Empty for categories.
  public let edges: [Int64]

  public init(column: ClaimStatement.ColumnName, edges: [Int64] = []) {
    self.column = column
    self.edges = edges
  }

  /// Most groups.
  public static let maximumCount = 1_024

  public var canonical: CanonicalValue { [.text(column.artefact), .text(column.column), .list(edges.map(signedNumber))] }

  /// Number of groups, the one of missing cells included.
  ///
  /// **Throws** `invalidParameter` when the edges do not fit the column; `unknownColumn`.
  public func count(_ schema: TableSchema) throws(ProgramError) -> Int {
    guard let description = schema.column(column.column) else { throw .unknownColumn(column.column) }
    let missing = description.missing == .presence ? 1 : 0
    if case .category(let names) = description.type {
      guard edges.isEmpty, names.count <= Self.maximumCount else {
        throw .invalidParameter(node: column.column, reason: "categories are groups by themselves, at most \(Self.maximumCount); no edges")
      }
      return names.count + missing
    }
    let range = description.type.range
    let isAscending = zip(edges, edges.dropFirst()).allSatisfy { $0 < $1 }
    guard let first = edges.first, let last = edges.last, isAscending, first > range.lower, last <= range.upper, edges.count < Self.maximumCount
    else { throw .invalidParameter(node: column.column, reason: "bands of a number need ascending edges inside its range") }
    return edges.count + 1 + missing
  }

  /// Group of every row. **Throws** as `count`.
  public func groups(_ table: StoredTable) throws(ProgramError) -> [Int] {
    let count = try count(table.schema)
    guard let values = table.values(column.column) else { throw .unknownColumn(column.column) }
    let presence: [Int64]? = table.values(column.column, .presence)
    return values.indices.map { row in
      if presence?[row] == 0 { return count - 1 }
      return edges.isEmpty ? Int(values[row]) : edges.count { $0 <= values[row] }
    }
  }

  /// What `compile` reads, under keys that start with `key`. Nothing for categories.
  func record(_ table: StoredTable, key: String) throws(ProgramError) -> [String: [Int64]] {
    guard !edges.isEmpty else { return [:] }
    let range = try bounds(table.schema)
    let groups = try groups(table)
    return [
      "\(key).group": groups.map { Int64($0) }, "\(key).low": groups.map { range[$0].lower }, "\(key).high": groups.map { range[$0].upper },
    ]
  }

  /// Closed interval of each band; of missing cells, the value they store.
  private func bounds(_ schema: TableSchema) throws(ProgramError) -> [IntegerRange] {
    guard let description = schema.column(column.column) else { throw .unknownColumn(column.column) }
    let range = description.type.range
    var out: [IntegerRange] = []
    for (low, high) in zip([range.lower] + edges, edges.map { $0 - 1 } + [range.upper]) {
      guard let band = IntegerRange(lower: low, upper: high) else {
        throw .invalidParameter(node: column.column, reason: "an empty band")
      }
      out.append(band)
    }
    return description.missing == .presence ? out + [IntegerRange(only: range.lower)] : out
  }

  /// The group of every row as an expression in 0 ..< count.
  func compile(
    _ compiler: inout ClaimCompiler, _ prefix: String, index: Int, key: String
  ) throws(ClaimError) -> (group: ColumnExpression, count: Int, rows: Extent) {
    let source = try compiler.artefact(column.artefact)
    let schema = try source.table().schema
    let count = try ClaimError.planning { () throws(ProgramError) in try self.count(schema) }
    let cells = try StatisticColumn(column.column, source)
    guard !edges.isEmpty else {
      guard cells.hasMissing else { return (cells.value, count, cells.rows) }
      // A missing cell stores category 0.
      let absent = try ColumnExpression(constant: 1).adding(cells.presence, times: -1)
      return (try cells.value.adding(absent, times: Int64(count - 1)), count, cells.rows)
    }
    let bounds = try ClaimError.planning { () throws(ProgramError) in try self.bounds(schema) }
    var bands: [[Int64]] = []
    for (place, band) in bounds.enumerated() {
      bands.append([Int64(place), band.lower, band.upper, cells.hasMissing && place == count - 1 ? 0 : 1])
    }
    let (table, _) = try compiler.builder.table("\(prefix).bands", .rows(bands))
    let group = try compiler.recorded("\(prefix).group", rows: cells.rows, index: index, key: "\(key).group")
    let low = try compiler.recorded("\(prefix).low", rows: cells.rows, index: index, key: "\(key).low")
    let high = try compiler.recorded("\(prefix).high", rows: cells.rows, index: index, key: "\(key).high")
    compiler.builder.lookup("\(prefix).band", table: table, [group, low, high, cells.presence], [cells.rows])
    try compiler.builder.range("\(prefix).from-low", try cells.value.adding(low, times: -1), bits: cells.range.bitCount, cells.rows)
    try compiler.builder.range("\(prefix).to-high", try high.adding(cells.value, times: -1), bits: cells.range.bitCount, cells.rows)
    return (group, count, cells.rows)
  }
}

import Hashing
import Programs
import ProofSystem

/// One condition on the cells of a row, in stored units.
public enum RowCondition: Hashable, Sendable {
  /// The cell is present and lower ≤ value ≤ upper.
  case within(column: String, IntegerRange)
  /// The cell is present.
  case present(column: String)

  var column: String {
    switch self {
    case .within(let column, _), .present(let column): column
    }
  }
  var canonical: CanonicalValue {
    switch self {
    case .within(let column, let range): ["within", .text(column), range.canonical]
    case .present(let column): ["present", .text(column)]
    }
  }
}

/// The output is exactly the rows of the table that meet all conditions, in the same order.
public struct FilterClaim: DataRelation {
  public static let type = "filter"
  public let table: String
  public let output: String
  public let conditions: [RowCondition]

  public init(table: String, output: String, conditions: [RowCondition]) {
    self.table = table
    self.output = output
    self.conditions = conditions
  }

  public var artefacts: [String] { [table, output] }
  public var canonical: CanonicalValue { ["filter/v1", .text(table), .text(output), .list(conditions.map(\.canonical))] }
  /// The number of rows that stay is part of the output's public format.
  public var reveals: [Disclosure] { [] }

  /// Per condition, 1 for every row that meets it. **Throws** `unknownColumn`.
  static func met(_ conditions: [RowCondition], _ table: StoredTable) throws(ProgramError) -> [[Int64]] {
    var out: [[Int64]] = []
    for condition in conditions {
      guard let values: [Int64] = table.values(condition.column) else { throw .unknownColumn(condition.column) }
      let presence: [Int64]? = table.values(condition.column, .presence)
      out.append(
        values.indices.map { row in
          guard presence?[row] != 0 else { return 0 }
          if case .within(_, let range) = condition { return range.contains(values[row]) ? 1 : 0 }
          return 1
        })
    }
    return out
  }

  /// Rows that meet all conditions, ascending. **Throws** `unknownColumn`.
  public static func rows(_ conditions: [RowCondition], _ table: StoredTable) throws(ProgramError) -> [Int] {
    let met = try met(conditions, table)
    return (0..<table.rowCount).filter { row in met.allSatisfy { $0[row] == 1 } }
  }

  public func record(_ tables: DataTables) throws(ProgramError) -> [String: [Int64]] {
    let own = try tables.table(table)
    var out: [String: [Int64]] = ["origin": try Self.rows(conditions, own).map { Int64($0) }]
    let met = try Self.met(conditions, own)
    for (place, bits) in met.enumerated() { out["met.\(place)"] = bits }
    for (place, condition) in conditions.enumerated() {
      guard case .within(_, let range) = condition, let values: [Int64] = own.values(condition.column) else { continue }
      out["above.\(place)"] = values.map { $0 >= range.lower ? 1 : 0 }
      out["below.\(place)"] = values.map { $0 <= range.upper ? 1 : 0 }
    }
    out["selected"] = (0..<own.rowCount).map { row in met.allSatisfy { $0[row] == 1 } ? 1 : 0 }
    return out
  }

  public func compile(_ compiler: inout ClaimCompiler, index: Int, prefix: String) throws(ClaimError) {
    let source = try compiler.artefact(table)
    let (schema, rows) = try source.table()
    let (own, kept) = try compiler.artefact(output).table()
    guard own.canonical == schema.canonical else { throw .inconsistent("\(output) does not have the columns of \(table)") }
    guard table != output, kept.count <= rows.count, (1...64).contains(conditions.count) else {
      throw .inconsistent("a filter has 1 to 64 conditions and no more rows than its table")
    }
    var bits: [ColumnExpression] = []
    for (place, condition) in conditions.enumerated() {
      bits += try parts(&compiler, condition, source, rows, index, place, "\(prefix).\(place)")
    }
    // selected = AND: below every bit, and at least their sum less (count − 1).
    let selected = try compiler.recordedBit("\(prefix).selected", rows: rows, index: index, key: "selected")
    for (place, bit) in bits.enumerated() {
      try compiler.builder.range("\(prefix).needs.\(place)", try bit.adding(selected, times: -1), bits: 1, rows)
    }
    let missing = try ColumnExpression.sum(constant: Int64(bits.count) - 1, bits.map { (-1, $0) })
    try compiler.builder.range(
      "\(prefix).all", try missing.adding(selected), bits: 64 - UInt64(bits.count).leadingZeroBitCount, rows)
    let number = try compiler.publicColumn("\(prefix).row", rows: rows, (0..<rows.count).map { Int64($0) })
    try compiler.select(
      rows: [number] + (try compiler.storedColumns(source)), extent: rows, where: selected, into: output, index: index, key: "origin", prefix: prefix)
  }

  /// Bits whose conjunction is the condition.
  private func parts(
    _ compiler: inout ClaimCompiler, _ condition: RowCondition, _ source: ArtefactDescription, _ rows: Extent, _ index: Int, _ place: Int,
    _ label: String
  ) throws(ClaimError) -> [ColumnExpression] {
    let column = try StatisticColumn(condition.column, source)
    var out = column.hasMissing ? [column.presence] : []
    guard case .within(let name, let range) = condition else {
      return out.isEmpty ? [ColumnExpression(constant: 1)] : out
    }
    guard column.range.bitCount <= 57, range.magnitude < 1 << 60, column.range.magnitude < 1 << 60 else {
      throw .tooWide(node: label, bits: column.range.bitCount)
    }
    // b = 1 exactly when distance ≥ 0, for |distance| < 2^k.
    for (key, bound, sign) in [("above", range.lower, Int64(1)), ("below", range.upper, Int64(-1))] {
      let distance = try column.value.adding(-bound).scaled(by: sign)
      let reach = max(
        Int128(column.range.upper) - Int128(bound), Int128(bound) - Int128(column.range.lower), Int128(bound) - Int128(column.range.upper),
        Int128(column.range.lower) - Int128(bound), 1)
      let width = 128 - reach.leadingZeroBitCount
      guard width <= 59 else { throw .tooWide(node: "\(label) \(name)", bits: width) }
      let bit = try compiler.recordedBit("\(label).\(key)", rows: rows, index: index, key: "\(key).\(place)")
      let wide = Int64(1) << Int64(width)
      try compiler.builder.range("\(label).\(key).side", try distance.adding(wide).adding(bit, times: -wide), bits: width, rows)
      out.append(bit)
    }
    return out
  }
}

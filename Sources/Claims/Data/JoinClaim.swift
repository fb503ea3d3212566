import Hashing
import Programs
import ProofSystem

/// The output has the rows of `left` in order, each with the columns of the one row of `right` that has the same key.
///
/// Keys of `right` are distinct; a left row without a partner makes the claim impossible (filter first). Columns that arrive later, or from
/// another owner, are joined so.
public struct JoinClaim: DataRelation {
  public static let type = "join"
  public let left: String
  public let right: String
  public let output: String
  /// Column of both tables with the same type, without missing cells.
  public let key: String

  public init(left: String, right: String, output: String, key: String) {
    self.left = left
    self.right = right
    self.output = output
    self.key = key
  }

  public var artefacts: [String] { [left, right, output] }
  public var canonical: CanonicalValue { ["join/v1", .text(left), .text(right), .text(output), .text(key)] }
  public var reveals: [Disclosure] { [] }

  /// Schema of the output: all columns of `left`, then those of `right` but the key. **Throws** `invalidSchema` for equal names.
  public static func schema(_ left: TableSchema, _ right: TableSchema, key: String) throws(ProgramError) -> TableSchema {
    try TableSchema(columns: left.columns + right.columns.filter { $0.name != key })
  }

  /// The output. **Throws** `invalidParameter` for a key that has no partner or two.
  public static func joined(_ left: StoredTable, _ right: StoredTable, key: String) throws(ProgramError) -> StoredTable {
    guard let own: [Int64] = left.values(key), let theirs: [Int64] = right.values(key) else { throw .unknownColumn(key) }
    var places: [Int64: Int] = [:]
    for (row, value) in theirs.enumerated() where places.updateValue(row, forKey: value) != nil {
      throw .invalidParameter(node: key, reason: "row \(row) of the right table repeats a key")
    }
    var partners: [Int] = []
    for (row, value) in own.enumerated() {
      guard let partner = places[value] else { throw .invalidParameter(node: key, reason: "row \(row) of the left table has a key without partner") }
      partners.append(partner)
    }
    let added = zip(right.schema.storedColumns, right.columns).filter { $0.0.column != key }.map { column in partners.map { column.1[$0] } }
    return try StoredTable(schema: try schema(left.schema, right.schema, key: key), columns: left.columns + added)
  }

  public func record(_ tables: DataTables) throws(ProgramError) -> [String: [Int64]] {
    _ = try Self.joined(try tables.table(left), try tables.table(right), key: key)
    let keys = try tables.column(right, key)
    return ["sorted": keys.sorted()]
  }

  public func compile(_ compiler: inout ClaimCompiler, index: Int, prefix: String) throws(ClaimError) {
    let (first, second, target) = (try compiler.artefact(left), try compiler.artefact(right), try compiler.artefact(output))
    let (schema, rows) = try first.table()
    let (other, otherRows) = try second.table()
    let (own, ownRows) = try target.table()
    let joined: TableSchema
    do { joined = try Self.schema(schema, other, key: key) } catch { throw .program(error) }
    guard own.canonical == joined.canonical, ownRows.count == rows.count, Set([left, right, output]).count == 3 else {
      throw .inconsistent("\(output) does not have the rows of \(left), or not the columns of both tables")
    }
    guard let ownKey = schema.column(key), let otherKey = other.column(key), ownKey.type == otherKey.type, ownKey.missing == .refuse,
      otherKey.missing == .refuse
    else { throw .inconsistent("the key \(key) needs the same type in both tables and no missing cell") }
    for stored in schema.storedColumns {
      let difference = try ColumnExpression(try target.column(stored.column, stored.part)).adding(
        ColumnExpression(try first.column(stored.column, stored.part)), times: -1)
      compiler.builder.equal("\(prefix).left.\(stored.column).\(stored.part.rawValue)", rows: rows, difference)
    }
    var wanted = [ColumnExpression(try target.column(key, .value))]
    var available = [ColumnExpression(try second.column(key, .value))]
    for stored in other.storedColumns where stored.column != key {
      wanted.append(ColumnExpression(try target.column(stored.column, stored.part)))
      available.append(ColumnExpression(try second.column(stored.column, stored.part)))
    }
    let (table, _) = try compiler.builder.committedTable("\(prefix).right", available, otherRows, counted: true)
    compiler.builder.lookup("\(prefix).right", table: table, wanted, [rows])
    // Distinct keys: a permutation of them ascends strictly.
    let sorted = try compiler.recorded("\(prefix).sorted", rows: otherRows, index: index, key: "sorted")
    let (keys, _) = try compiler.builder.committedTable("\(prefix).keys", [available[0]], otherRows)
    compiler.builder.lookup("\(prefix).keys", table: keys, [sorted], [otherRows])
    let bits = otherKey.type.range.bitCount
    guard bits <= 58 else { throw .tooWide(node: "\(prefix).\(key)", bits: bits) }
    try compiler.ascending("\(prefix).sorted", rows: otherRows, sorted, step: 1, bits: bits)
  }
}

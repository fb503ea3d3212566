import Hashing
import Programs
import ProofSystem

/// No key occurs in two of the tables: rows of different tables differ in at least one of the columns.
///
/// With all columns: no duplicate row across parts of a split. With a customer number: no customer on both sides. Within one table a key
/// may occur often. Each distinct key, of which some row must have it, belongs to one table in a list of keys in strictly increasing order, where every row finds itself.
public struct DisjointClaim: DataRelation {
  public static let type = "disjoint"
  public let tables: [String]
  /// Names of the key's columns, which every table has with the same types and in the same order; empty: all columns, likewise.
  public let columns: [String]
  /// Distinct keys of all tables together; public.
  public let distinctCount: Int

  public init(tables: [String], columns: [String], distinctCount: Int) {
    self.tables = tables
    self.columns = columns
    self.distinctCount = distinctCount
  }

  public var artefacts: [String] { tables }
  public var canonical: CanonicalValue {
    ["disjoint/v1", .list(tables.map { .text($0) }), .list(columns.map { .text($0) }), signedNumber(Int64(distinctCount))]
  }
  public var reveals: [Disclosure] {
    [Disclosure(subject: "distinct keys of \(tables.joined(separator: ", "))", kind: .exact, values: [Int64(distinctCount)])]
  }

  /// Number of distinct keys. **Throws** `unknownName`.
  public static func distinctCount(_ tables: [StoredTable], columns: [String]) -> Int {
    Set(tables.flatMap { Self.keys($0, columns) }).count
  }

  private static func keys(_ table: StoredTable, _ columns: [String]) -> [[Int64]] {
    let words = PackedRows.pack(table.rangedColumns(columns))
    return (0..<table.rowCount).map { row in words.map { $0[row] } }
  }

  public func record(_ source: DataTables) throws(ProgramError) -> [String: [Int64]] {
    var owner: [[Int64]: Int64] = [:]
    for (part, name) in tables.enumerated() {
      for key in Self.keys(try source.table(name), columns) {
        if let other = owner[key], other != Int64(part) {
          throw .invalidParameter(node: name, reason: "a key of \(tables[Int(other)]) occurs in \(name) too")
        }
        owner[key] = Int64(part)
      }
    }
    let sorted = owner.keys.sorted { $0.lexicographicallyPrecedes($1) }
    guard sorted.count == distinctCount else {
      throw .invalidParameter(node: tables.joined(separator: ", "), reason: "\(sorted.count) distinct keys, not \(distinctCount)")
    }
    var out: [String: [Int64]] = ["part": sorted.map { owner[$0] ?? 0 }]
    let width = sorted.first?.count ?? 0
    let words = (0..<width).map { word in sorted.map { $0[word] } }
    for (word, values) in words.enumerated() { out["word.\(word)"] = values }
    for (word, values) in PackedRows.firstDifference(words).enumerated() { out["first.\(word)"] = values }
    return out
  }

  public func compile(_ compiler: inout ClaimCompiler, index: Int, prefix: String) throws(ClaimError) {
    guard tables.count >= 2, tables.count <= 64, Set(tables).count == tables.count else { throw .inconsistent("disjointness is of 2 to 64 tables") }
    var packed: [(rows: Extent, words: PackedRows)] = []
    var total = 0
    var key: [TableColumn]?
    for name in tables {
      let artefact = try compiler.artefact(name)
      let (schema, rows) = try artefact.table()
      let columns = try compiler.rangedColumns(artefact, columns)
      let own = schema.columns.filter { self.columns.isEmpty || self.columns.contains($0.name) }.map {
        TableColumn(name: $0.name, type: $0.type, missing: $0.missing)
      }
      // In another order, or with other categories, equal rows would be packed into other words.
      guard key == nil || key == own else { throw .inconsistent("the key columns of \(name) have another order, name or type") }
      key = own
      total += rows.count
      packed.append((rows, try PackedRows(columns, label: "\(prefix).key")))
    }
    guard let bits = packed.first?.words.bits, !bits.isEmpty, distinctCount >= 1, distinctCount <= total else {
      throw .inconsistent("\(distinctCount) distinct keys of \(total) rows")
    }
    let rows = Extent(count: distinctCount)
    var words: [ColumnExpression] = []
    for (word, width) in bits.enumerated() {
      let column = try compiler.recorded("\(prefix).word.\(word)", rows: rows, index: index, key: "word.\(word)")
      // Without it unused entries could lead the order around the field and back to a key.
      try compiler.builder.range("\(prefix).word.\(word).range", column, bits: width, rows)
      words.append(column)
    }
    let part = try compiler.recorded("\(prefix).part", rows: rows, index: index, key: "part")
    try compiler.strictlyAscending("\(prefix).key", rows: rows, words, bits: bits, index: index, flagKey: "first")
    let (table, multiplicity) = try compiler.builder.committedTable("\(prefix).keys", words + [part], rows, counted: true)
    for (place, own) in packed.enumerated() {
      compiler.builder.lookup("\(prefix).\(place)", table: table, own.words.words + [ColumnExpression(constant: Int64(place))], [own.rows])
    }
    guard let multiplicity else { throw .inconsistent("a counted table without counts") }
    // Every listed key occurs, so that their number is the number of keys.
    try compiler.builder.range(
      "\(prefix).used", try ColumnExpression(multiplicity).adding(-1), bits: 64 - UInt64(total).leadingZeroBitCount, rows)
  }
}

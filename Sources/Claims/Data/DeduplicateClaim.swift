import Hashing
import Programs
import ProofSystem

/// The output holds the first of every set of equal rows of the table, in the same order: all its rows differ, and every row of the table
/// equals a row of the output that stands no later.
public struct DeduplicateClaim: DataRelation {
  public static let type = "deduplicate"
  public let table: String
  public let output: String

  public init(table: String, output: String) {
    self.table = table
    self.output = output
  }

  public var artefacts: [String] { [table, output] }
  public var canonical: CanonicalValue { ["deduplicate/v1", .text(table), .text(output)] }
  /// The number of distinct rows is part of the output's public format.
  public var reveals: [Disclosure] { [] }

  /// First rows of each set of equal rows, ascending; and for every row the first one that equals it.
  static func firsts(_ table: StoredTable) -> (rows: [Int], first: [Int]) {
    var seen: [[Int64]: Int] = [:]
    var rows: [Int] = []
    var first: [Int] = []
    for row in 0..<table.rowCount {
      let content = table.columns.map { $0[row] }
      if seen[content] == nil {
        seen[content] = row
        rows.append(row)
      }
      first.append(seen[content] ?? row)
    }
    return (rows, first)
  }

  /// Rows of the output, ascending.
  public static func rows(_ table: StoredTable) -> [Int] { firsts(table).rows }

  public func record(_ tables: DataTables) throws(ProgramError) -> [String: [Int64]] {
    let source = try tables.table(table)
    let (rows, first) = Self.firsts(source)
    let isFirst = Set(rows)
    var out: [String: [Int64]] = [
      "origin": rows.map { Int64($0) }, "first": first.map { Int64($0) },
      "selected": (0..<source.rowCount).map { isFirst.contains($0) ? 1 : 0 },
    ]
    let words = PackedRows.pack(source.selecting(rows: rows).rangedColumns([]))
    let order = PackedRows.order(words)
    let sorted = words.map { word in order.map { word[$0] } }
    for (word, values) in sorted.enumerated() { out["word.\(word)"] = values }
    for (word, values) in PackedRows.firstDifference(sorted).enumerated() { out["grows.\(word)"] = values }
    return out
  }

  public func compile(_ compiler: inout ClaimCompiler, index: Int, prefix: String) throws(ClaimError) {
    let source = try compiler.artefact(table)
    let target = try compiler.artefact(output)
    let (schema, rows) = try source.table()
    let (own, kept) = try target.table()
    guard own.canonical == schema.canonical, table != output, kept.count <= rows.count else {
      throw .inconsistent("\(output) does not have the columns of \(table), or more rows")
    }
    let selected = try compiler.recordedBit("\(prefix).selected", rows: rows, index: index, key: "selected")
    let number = try compiler.publicColumn("\(prefix).row", rows: rows, (0..<rows.count).map { Int64($0) })
    let content = try compiler.storedColumns(source)
    let origin = try compiler.select(
      rows: [number] + content, extent: rows, where: selected, into: output, index: index, key: "origin", prefix: prefix)
    // Every row equals the output row of its first occurrence.
    let first = try compiler.recorded("\(prefix).first", rows: rows, index: index, key: "first")
    let (table, _) = try compiler.builder.committedTable(
      "\(prefix).firsts", [origin] + (try compiler.storedColumns(target)), kept, counted: true)
    compiler.builder.lookup("\(prefix).first", table: table, [first] + content, [rows])
    try compiler.builder.range(
      "\(prefix).no-later", try number.adding(first, times: -1), bits: 64 - UInt64(rows.count).leadingZeroBitCount, rows)
    // All rows of the output differ.
    let packed = try PackedRows(compiler.rangedColumns(target, []), label: "\(prefix).content")
    var words: [ColumnExpression] = []
    for word in packed.words.indices {
      words.append(try compiler.recorded("\(prefix).word.\(word)", rows: kept, index: index, key: "word.\(word)"))
    }
    let (permuted, _) = try compiler.builder.committedTable("\(prefix).permuted", packed.words, kept)
    compiler.builder.lookup("\(prefix).permuted", table: permuted, words, [kept])
    try compiler.strictlyAscending("\(prefix).distinct", rows: kept, words, bits: packed.bits, index: index, flagKey: "grows")
  }
}

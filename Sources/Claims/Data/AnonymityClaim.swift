import Hashing
import Programs
import ProofSystem

/// k-anonymity: every combination of the quasi-identifiers that occurs, occurs in at least k rows.
///
/// A list of combinations in strictly ascending order, each with at least k of the rows; every row finds its own there. What is listed occurs (k ≥ 1),
/// and therefore lies in the columns' ranges, so that ascent cannot lead around the field; and it is listed once, so that the length of the list is the number of combinations. Source: Sweeney, k-anonymity, IJUFKS 10 (5), 2002.
public struct AnonymityClaim: DataRelation {
  public static let type = "anonymity"
  public let table: String
  public let quasiIdentifiers: [String]
  /// k ≥ 1.
  public let minimum: Int
  /// Combinations that occur; public.
  public let classCount: Int

  public init(table: String, quasiIdentifiers: [String], minimum: Int, classCount: Int) {
    self.table = table
    self.quasiIdentifiers = quasiIdentifiers
    self.minimum = minimum
    self.classCount = classCount
  }

  public var artefacts: [String] { [table] }
  public var canonical: CanonicalValue {
    [
      "anonymity/v1", .text(table), .list(quasiIdentifiers.map { .text($0) }), signedNumber(Int64(minimum)),
      signedNumber(Int64(classCount)),
    ]
  }
  public var reveals: [Disclosure] {
    [
      Disclosure(subject: "combinations of \(quasiIdentifiers.joined(separator: ", "))", kind: .exact, values: [Int64(classCount)]),
      Disclosure(subject: "rows of each combination", kind: .bounded, values: [Int64(minimum)]),
    ]
  }

  /// Rows of each combination that occurs: the least of them is the k of the table.
  public static func classes(_ table: StoredTable, quasiIdentifiers: [String]) -> [[Int64]: Int] {
    let columns = table.rangedColumns(quasiIdentifiers)
    var out: [[Int64]: Int] = [:]
    for row in 0..<table.rowCount { out[columns.map { $0.values[row] }, default: 0] += 1 }
    return out
  }

  public func record(_ tables: DataTables) throws(ProgramError) -> [String: [Int64]] {
    let classes = Self.classes(try tables.table(table), quasiIdentifiers: quasiIdentifiers)
    guard classes.count == classCount else {
      throw .invalidParameter(node: table, reason: "\(classes.count) combinations of the quasi-identifiers, not \(classCount)")
    }
    if let small = classes.first(where: { $0.value < minimum }) {
      throw .invalidParameter(node: table, reason: "a combination of the quasi-identifiers has \(small.value) rows, fewer than \(minimum)")
    }
    let sorted = classes.keys.sorted { $0.lexicographicallyPrecedes($1) }
    var out: [String: [Int64]] = [:]
    let columns = (sorted.first ?? []).indices.map { column in sorted.map { $0[column] } }
    for (column, values) in columns.enumerated() { out["class.\(column)"] = values }
    for (column, values) in PackedRows.firstDifference(columns).enumerated() { out["first.\(column)"] = values }
    return out
  }

  public func compile(_ compiler: inout ClaimCompiler, index: Int, prefix: String) throws(ClaimError) {
    let source = try compiler.artefact(table)
    let rows = try source.table().rows
    guard !quasiIdentifiers.isEmpty, minimum >= 1, classCount >= 1, classCount <= rows.count, minimum <= rows.count / classCount else {
      throw .inconsistent("\(classCount) combinations with \(minimum) rows or more each, in \(rows.count) rows")
    }
    let columns = try compiler.rangedColumns(source, quasiIdentifiers)
    let own = columns.map(\.expression)
    let classes = Extent(count: classCount)
    var listed: [ColumnExpression] = []
    for column in own.indices {
      listed.append(try compiler.recorded("\(prefix).class.\(column)", rows: classes, index: index, key: "class.\(column)"))
    }
    let widths = columns.map { max(1, $0.range.bitCount) }
    guard widths.allSatisfy({ $0 <= PackedRows.wordBits }) else { throw .tooWide(node: prefix, bits: widths.max() ?? 0) }
    try compiler.strictlyAscending("\(prefix).class", rows: classes, listed, bits: widths, index: index, flagKey: "first")
    let (place, multiplicity) = try compiler.builder.committedTable("\(prefix).classes", listed, classes, counted: true)
    compiler.builder.lookup("\(prefix).rows", table: place, own, [rows])
    guard let multiplicity else { throw .inconsistent("a counted table without counts") }
    try compiler.builder.range(
      "\(prefix).size", try ColumnExpression(multiplicity).adding(-Int64(minimum)), bits: 64 - UInt64(rows.count).leadingZeroBitCount, classes)
  }
}

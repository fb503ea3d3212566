import Hashing
import Programs
import ProofSystem

/// The rows of one group: what a metric of scores or numbers is about, in place of all rows.
///
/// **Formula**: inside(i) = 1 where row i is of the group, else 0. (group, inside) is a row of the public table of all groups with a 1 at this one;
/// the multiplicity of that row is the number of rows, which is public: no metric says anything without it.
public struct RowSlice: Hashable, Sendable {
  public let group: GroupColumn
  /// Of the group, as `GroupColumn` counts them.
  public let index: Int
  /// Rows of the group, at least 1.
  public let rows: Int

  public init(group: GroupColumn, index: Int, rows: Int) {
    self.group = group
    self.index = index
    self.rows = rows
  }

  public var canonical: CanonicalValue { [group.canonical, signedNumber(Int64(index)), signedNumber(Int64(rows))] }

  /// What becomes public with it.
  var disclosure: Disclosure {
    Disclosure(subject: "rows of group \(index) of \(group.column.column)", kind: .exact, values: [Int64(rows)])
  }

  /// 1 for each row of the group, 0 for each other one. **Throws** `unknownName`, and as `GroupColumn.groups`.
  public func inside(_ tables: DataTables) throws(ProgramError) -> [Int64] {
    try group.groups(try tables.table(group.column.artefact)).map { $0 == index ? 1 : 0 }
  }

  /// What `compile` reads.
  func record(_ tables: DataTables) throws(ProgramError) -> [String: [Int64]] {
    var out = try group.record(try tables.table(group.column.artefact), key: "slice")
    out["slice.inside"] = try inside(tables)
    return out
  }

  /// The bit of every row. `extent`: the rows of the columns that are measured.
  func compile(_ compiler: inout ClaimCompiler, _ prefix: String, index place: Int, _ extent: Extent) throws(ClaimError) -> ColumnExpression {
    let (code, count, own) = try group.compile(&compiler, "\(prefix).slice", index: place, key: "slice")
    guard own == extent, count >= 2, (0..<count).contains(index), (1...extent.count).contains(rows) else {
      throw .inconsistent("a slice is one of several groups of the rows that are measured, with at least one row: \(rows) of \(extent.count)")
    }
    let inside = try compiler.recorded("\(prefix).slice.inside", rows: extent, index: place, key: "slice.inside")
    let (table, counts) = try compiler.builder.table("\(prefix).slice.groups", .rows((0..<count).map { [Int64($0), $0 == index ? 1 : 0] }))
    compiler.builder.lookup("\(prefix).slice.rows", table: table, [code, inside], [extent])
    compiler.builder.equal(
      "\(prefix).slice.count", rows: Extent(bits: 0, count: 1), ColumnExpression(counts.entry(index)), publicValues: [Int64(rows)])
    return inside
  }
}

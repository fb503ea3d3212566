/// A table as integers in the ranges that its schema declares.

import Hashing

/// Columns of integers, conforming to a schema.
///
/// Well-formedness, checked here and proved once per committed table: every value in its column's declared range, presence in {0, 1},
/// and (1 − presence)·(value − lower) = 0: a missing cell stores the lower bound.
public struct StoredTable: Equatable, Sendable {
  /// What the columns mean.
  public let schema: TableSchema
  /// Rows, possibly 0.
  public let rowCount: Int
  /// Values of `schema.storedColumns[k]` at index k.
  public let columns: [[Int64]]

  /// Checks every cell.
  /// - Throws: `.columnLength` or `.cellOutOfRange`.
  public init(schema: TableSchema, columns: [[Int64]]) throws(ProgramError) {
    let stored = schema.storedColumns
    guard columns.count == stored.count else {
      throw .columnLength(column: "", expected: stored.count, actual: columns.count)
    }
    let rowCount = columns.first?.count ?? 0
    for (index, (description, values)) in zip(stored, columns).enumerated() {
      guard values.count == rowCount else { throw .columnLength(column: description.column, expected: rowCount, actual: values.count) }
      for (row, value) in values.enumerated() where !description.range.contains(value) {
        throw .cellOutOfRange(column: description.column, row: row, value: value, range: description.range)
      }
      guard description.part == .presence, index > 0 else { continue }
      let lower = stored[index - 1].range.lower
      for (row, (presence, value)) in zip(values, columns[index - 1]).enumerated() where presence == 0 && value != lower {
        throw .cellOutOfRange(column: description.column, row: row, value: value, range: IntegerRange(only: lower))
      }
    }
    self.schema = schema
    self.rowCount = rowCount
    self.columns = columns
  }

  /// The stored values of a column's part, or nil.
  public func values(_ column: String, _ part: StoredPart = .value) -> [Int64]? {
    zip(schema.storedColumns, columns).first { $0.0.column.hasSameBytes(as: column) && $0.0.part == part }?.1
  }

  /// The rows with the given indices, in that order; indices outside the table are left out.
  public func selecting(rows: [Int]) -> StoredTable {
    let valid = rows.filter { (0..<rowCount).contains($0) }
    return StoredTable(
      checkedSchema: schema, rowCount: valid.count, columns: columns.map { column in valid.map { column[$0] } })
  }

  /// The values as program inputs under the given artefact name.
  public func inputs(artefact: String) -> [InputBinding: [Int64]] {
    var result: [InputBinding: [Int64]] = [:]
    for (description, values) in zip(schema.storedColumns, columns) {
      result[.column(artefact: artefact, column: description.column, part: description.part)] = values
    }
    return result
  }

  private init(checkedSchema schema: TableSchema, rowCount: Int, columns: [[Int64]]) {
    self.schema = schema
    self.rowCount = rowCount
    self.columns = columns
  }
}

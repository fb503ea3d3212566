import Fields

/// A sparse matrix by rows, canonical: in each row columns ascend, no value is zero, no column occurs twice.
public struct SparseMatrix<F: PrimeField>: Sendable {
  /// Entries of row i are `rowStarts[i]..<rowStarts[i + 1]`; `rowCount + 1` of them, the first 0.
  public let rowStarts: [UInt32]
  /// Column of each entry, below `columnCount`.
  public let columns: [UInt32]
  public let values: [F]
  public let columnCount: Int

  public var rowCount: Int { rowStarts.count - 1 }
  /// Non-zero entries.
  public var entryCount: Int { values.count }

  /// Nil unless the parts form a canonical matrix with fewer than 2^32 entries.
  public init?(rowStarts: [UInt32], columns: [UInt32], values: [F], columnCount: Int) {
    guard rowStarts.first == 0, let last = rowStarts.last, Int(last) == values.count, columns.count == values.count else { return nil }
    for (start, end) in zip(rowStarts, rowStarts.dropFirst()) {
      guard start <= end, Int(end) <= columns.count else { return nil }
      var next = 0
      for position in Int(start)..<Int(end) {
        let column = Int(columns[position])
        guard column >= next, column < columnCount, !values[position].isZero else { return nil }
        next = column + 1
      }
    }
    self.rowStarts = rowStarts
    self.columns = columns
    self.values = values
    self.columnCount = columnCount
  }

  /// Parts that are canonical by construction.
  init(canonicalRowStarts rowStarts: [UInt32], columns: [UInt32], values: [F], columnCount: Int) {
    self.rowStarts = rowStarts
    self.columns = columns
    self.values = values
    self.columnCount = columnCount
  }
}

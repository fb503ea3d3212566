import Fields

/// Builds a canonical matrix row by row from terms in any order.
struct SparseMatrixBuilder<F: PrimeField> {
  private var rowStarts: [UInt32]
  private var columns: [UInt32] = []
  private var values: [F] = []
  /// The column of the last term of the open row, -1 at its start.
  private var previous = -1
  private var isAscending = true

  /// Reserves for `rowCount` rows and `entryCount` entries, which the caller has seen to exist.
  init(rowCount: Int, entryCount: Int) {
    rowStarts = []
    rowStarts.reserveCapacity(rowCount &+ 1)
    rowStarts.append(0)
    columns.reserveCapacity(entryCount)
    values.reserveCapacity(entryCount)
  }

  @inline(__always) mutating func append(column: UInt32, value: F) {
    guard !value.isZero else { return }
    if Int(column) <= previous { isAscending = false }
    previous = Int(column)
    columns.append(column)
    values.append(value)
  }

  @inline(__always) mutating func endRow() {
    if !isAscending { sortRow() }
    previous = -1
    isAscending = true
    rowStarts.append(UInt32(truncatingIfNeeded: columns.count))
  }

  /// Sorts the open row by column, adds up what is in one column, drops what cancels.
  @inline(never) private mutating func sortRow() {
    let start = Int(rowStarts.last ?? 0)
    var terms: [(column: UInt32, value: F)] = []
    terms.reserveCapacity(columns.count &- start)
    for position in start..<columns.count { terms.append((columns[position], values[position])) }
    terms.sort { $0.column < $1.column }
    columns.removeLast(terms.count)
    values.removeLast(terms.count)
    var at = 0
    while at < terms.count {
      let column = terms[at].column
      var sum = F.zero
      while at < terms.count, terms[at].column == column {
        sum += terms[at].value
        at = at &+ 1
      }
      if !sum.isZero {
        columns.append(column)
        values.append(sum)
      }
    }
  }

  /// The matrix of the rows so far. Fewer than 2^32 terms and columns below `columnCount` are the caller's promise.
  func matrix(columnCount: Int) -> SparseMatrix<F> {
    SparseMatrix(canonicalRowStarts: rowStarts, columns: columns, values: values, columnCount: columnCount)
  }
}

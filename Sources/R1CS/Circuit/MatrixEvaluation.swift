import Fields
import ProofSystem

extension Circuit {
  /// (A + α·B + α²·C)~ at (rows, columns): multilinear extensions of the matrices, padded with zeros to powers of two.
  ///
  /// O(non-zeros) time and memory: one product E × F an entry, one product E × E a matrix and row, and a table of eq(columns, ·). The rows'
  /// weights are split in two tables of square-root size. So are the columns' where a whole table would not pay: with many more columns than
  /// entries, or when columns lie all over a table that no cache holds; then an entry costs a product E × E more.
  /// Preconditions: 2^rows.count ≥ constraintCount, 2^columns.count ≥ wireCount.
  @_specialize(where F == Goldilocks, E == GoldilocksCubic)
  @_specialize(where F == Goldilocks, E == GoldilocksQuadratic)
  @_specialize(where F == BN254Scalar, E == BN254Scalar)
  @_specialize(where F == RuntimePrimeField, E == RuntimePrimeField)
  public func evaluate<E: ChallengeField>(rows: [E], columns: [E], alpha: E) -> E where E.Base == F {
    let size = 1 << columns.count
    let isSparse = size > 1 << 16 && size / 4 > entryCount
    let isScattered = size * E.degree * F.byteCount > 8 << 20 && a.isScattered
    return isSparse || isScattered
      ? evaluate(rows: rows, weights: SplitWeights(columns), alpha: alpha)
      : evaluate(rows: rows, weights: WholeWeights(columns), alpha: alpha)
  }

  @inline(__always) private func evaluate<W: ColumnWeights>(rows: [W.E], weights: W, alpha: W.E) -> W.E where W.E.Base == F {
    let cut = rows.count / 2
    let high = Equality.table(Array(rows.prefix(cut)))
    let low = Equality.table(Array(rows.dropFirst(cut)))
    var total = W.E.zero
    for (block, factor) in high.enumerated() {
      let first = block * low.count
      guard first < constraintCount else { break }
      let own = first..<min(first + low.count, constraintCount)
      let b = self.b.blockSum(own, rowWeights: low, columnWeights: weights)
      let c = self.c.blockSum(own, rowWeights: low, columnWeights: weights)
      total += factor * (a.blockSum(own, rowWeights: low, columnWeights: weights) + alpha * (b + alpha * c))
    }
    return total
  }
}

extension SparseMatrix {
  /// Σ_{x in rows} rowWeights[x − first]·Σ_y M[x, y]·columnWeights[y].
  @inline(__always) fileprivate func blockSum<W: ColumnWeights>(_ rows: Range<Int>, rowWeights: [W.E], columnWeights: W) -> W.E
  where W.E.Base == F {
    var sum = W.E.Products()
    var position = Int(rowStarts[rows.lowerBound])
    for (row, weight) in zip(rows, rowWeights) {
      let end = Int(rowStarts[row + 1])
      guard position < end else { continue }
      var inner = W.E.Mixed()
      while position < end {
        inner.add(columnWeights.weight(Int(columns[position])), times: values[position])
        position += 1
      }
      sum.add(weight, times: inner)
    }
    return sum.value
  }

  /// Whether the first column of most rows, of a sample, is far from that of the row before: more than 2^13 columns.
  fileprivate var isScattered: Bool {
    let step = max(1, rowCount / 1024)
    var (near, far) = (0, 0)
    for row in stride(from: 1, to: rowCount, by: step) {
      let (before, own, next) = (Int(rowStarts[row - 1]), Int(rowStarts[row]), Int(rowStarts[row + 1]))
      guard before < own, own < next else { continue }
      let distance = Int(columns[own]) - Int(columns[before])
      if distance.magnitude > 1 << 13 { far += 1 } else { near += 1 }
    }
    return far > near
  }
}

/// eq(point, y) for single columns y.
private protocol ColumnWeights {
  associatedtype E: ChallengeField
  func weight(_ column: Int) -> E
}

private struct WholeWeights<E: ChallengeField>: ColumnWeights {
  let table: [E]
  init(_ point: [E]) { table = Equality.table(point) }
  @inline(__always) func weight(_ column: Int) -> E { table[column] }
}

private struct SplitWeights<E: ChallengeField>: ColumnWeights {
  let high: [E]
  let low: [E]
  let lowBits: Int

  init(_ point: [E]) {
    lowBits = point.count - point.count / 2
    high = Equality.table(Array(point.dropLast(lowBits)))
    low = Equality.table(Array(point.suffix(lowBits)))
  }
  @inline(__always) func weight(_ column: Int) -> E { high[column >> lowBits] * low[column & (1 << lowBits - 1)] }
}

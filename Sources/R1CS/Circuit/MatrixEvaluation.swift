import Fields
import ProofSystem

extension Circuit {
  /// (A + α·B + α²·C)~ at (rows, columns): multilinear extensions of the matrices, padded with zeros to powers of two.
  ///
  /// O(non-zeros): one product E × F an entry, one product E × E a matrix and row, and a table of eq(columns, ·). The rows' weights are
  /// split in two tables of square-root size, so that no second table of full size is read.
  /// Preconditions: 2^rows.count ≥ constraintCount, 2^columns.count ≥ wireCount.
  @_specialize(where F == Goldilocks, E == GoldilocksCubic)
  @_specialize(where F == Goldilocks, E == GoldilocksQuadratic)
  @_specialize(where F == BN254Scalar, E == BN254Scalar)
  public func evaluate<E: ChallengeField>(rows: [E], columns: [E], alpha: E) -> E where E.Base == F {
    let weights = Equality.table(columns)
    let cut = rows.count / 2
    let high = Equality.table(Array(rows.prefix(cut)))
    let low = Equality.table(Array(rows.dropFirst(cut)))
    var total = E.zero
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
  @inline(__always) func blockSum<E: ChallengeField>(_ rows: Range<Int>, rowWeights: [E], columnWeights: [E]) -> E where E.Base == F {
    var sum = E.Products()
    var position = Int(rowStarts[rows.lowerBound])
    for (row, weight) in zip(rows, rowWeights) {
      let end = Int(rowStarts[row + 1])
      guard position < end else { continue }
      var inner = E.Mixed()
      while position < end {
        inner.add(columnWeights[Int(columns[position])], times: values[position])
        position += 1
      }
      sum.add(weight, times: inner)
    }
    return sum.value
  }
}

import Fields

// MARK: Sumcheck rounds of products

extension ReferenceKernels {
  /// Twin of `KernelField.productRound`.
  @inlinable public static func productRound(
    _ a: UnsafePointer<E>, _ b: UnsafePointer<E>, half: Int, range: Range<Int>
  ) -> (c0: E, c2: E) {
    var c0 = E.zero
    var c2 = E.zero
    for i in range {
      c0 += a[i] * b[i]
      c2 += (a[half + i] - a[i]) * (b[half + i] - b[i])
    }
    return (c0, c2)
  }

  /// Twin of `KernelField.productFoldRound`.
  @inlinable public static func productFoldRound(
    _ a: UnsafeMutablePointer<E>, _ b: UnsafeMutablePointer<E>, quarter: Int, range: Range<Int>, by r: E
  ) -> (c0: E, c2: E) {
    foldPairs(a, quarter: quarter, range: range, by: r)
    foldPairs(b, quarter: quarter, range: range, by: r)
    return productRound(a, b, half: quarter, range: range)
  }

  /// Folds entries j and quarter + j, j in `range`, of a table of 4·quarter entries in place.
  @inlinable static func foldPairs(_ table: UnsafeMutablePointer<E>, quarter: Int, range: Range<Int>, by r: E) {
    for j in range {
      table[j] += r * (table[2 * quarter + j] - table[j])
      table[quarter + j] += r * (table[3 * quarter + j] - table[quarter + j])
    }
  }
}

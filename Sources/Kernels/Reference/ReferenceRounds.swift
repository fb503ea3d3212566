import Fields

// MARK: Sumcheck rounds and the fraction tree

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

  /// Twin of `KernelField.fractionRound`.
  @inlinable public static func fractionRound(
    u: UnsafePointer<E>, q1: UnsafePointer<E>, p1: UnsafePointer<E>, q0: UnsafePointer<E>, half: Int, range: Range<Int>,
    eqHigh: UnsafePointer<E>, eqLow: UnsafePointer<E>, lowBits: Int
  ) -> (c0: E, c2: E) {
    let mask = 1 << lowBits - 1
    var c0 = E.zero
    var c2 = E.zero
    for j in range {
      let weight = eqHigh[j >> lowBits] * eqLow[j & mask]
      let k = half + j
      c0 += weight * (u[j] * q1[j] + p1[j] * q0[j])
      c2 += weight * ((u[k] - u[j]) * (q1[k] - q1[j]) + (p1[k] - p1[j]) * (q0[k] - q0[j]))
    }
    return (c0, c2)
  }

  /// Twin of `KernelField.fractionFoldRound`.
  @inlinable public static func fractionFoldRound(
    u: UnsafeMutablePointer<E>, q1: UnsafeMutablePointer<E>, p1: UnsafeMutablePointer<E>, q0: UnsafeMutablePointer<E>,
    quarter: Int, range: Range<Int>, by r: E, eqHigh: UnsafePointer<E>, eqLow: UnsafePointer<E>, lowBits: Int
  ) -> (c0: E, c2: E) {
    for table in [u, q1, p1, q0] { foldPairs(table, quarter: quarter, range: range, by: r) }
    return fractionRound(u: u, q1: q1, p1: p1, q0: q0, half: quarter, range: range, eqHigh: eqHigh, eqLow: eqLow, lowBits: lowBits)
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

  /// Twin of `KernelField.fractionParents`.
  @inlinable public static func fractionParents(
    p: UnsafePointer<E>, q: UnsafePointer<E>, half: Int, range: Range<Int>,
    pOut: UnsafeMutablePointer<E>, qOut: UnsafeMutablePointer<E>
  ) {
    for i in range {
      let left = q[i]
      let right = q[half + i]
      pOut[i] = p[i] * right + p[half + i] * left
      qOut[i] = left * right
    }
  }
}

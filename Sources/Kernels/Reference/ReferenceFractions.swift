import Fields

// MARK: Rounds of the fraction tree

extension ReferenceKernels {
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

  /// Twin of `KernelField.fractionFirstRound`.
  @inlinable public static func fractionFirstRound(
    p0: UnsafeMutablePointer<E>, q1: UnsafePointer<E>, p1: UnsafePointer<E>, q0: UnsafePointer<E>, half: Int, range: Range<Int>,
    lambda: E, eqHigh: UnsafePointer<E>, eqLow: UnsafePointer<E>, lowBits: Int
  ) -> (c0: E, c2: E) {
    for j in range {
      p0[j] += lambda * q0[j]
      p0[half + j] += lambda * q0[half + j]
    }
    return fractionRound(u: p0, q1: q1, p1: p1, q0: q0, half: half, range: range, eqHigh: eqHigh, eqLow: eqLow, lowBits: lowBits)
  }

  /// Twin of `KernelField.fractionFoldRound`.
  @inlinable public static func fractionFoldRound(
    u: UnsafeMutablePointer<E>, q1: UnsafeMutablePointer<E>, p1: UnsafeMutablePointer<E>, q0: UnsafeMutablePointer<E>,
    quarter: Int, range: Range<Int>, by r: E, eqHigh: UnsafePointer<E>, eqLow: UnsafePointer<E>, lowBits: Int
  ) -> (c0: E, c2: E) {
    for table in [u, q1, p1, q0] { foldPairs(table, quarter: quarter, range: range, by: r) }
    return fractionRound(u: u, q1: q1, p1: p1, q0: q0, half: quarter, range: range, eqHigh: eqHigh, eqLow: eqLow, lowBits: lowBits)
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

// MARK: Leaves: numerators in the base field

extension ReferenceKernels {
  /// Twin of `KernelField.leafFirstRound`.
  @inlinable public static func leafFirstRound(
    p0: UnsafePointer<Base>, q1: UnsafePointer<E>, p1: UnsafePointer<Base>, q0: UnsafePointer<E>, half: Int, range: Range<Int>,
    lambda: E, eqHigh: UnsafePointer<E>, eqLow: UnsafePointer<E>, lowBits: Int
  ) -> (c0: E, c2: E) {
    let mask = 1 << lowBits - 1
    var c0 = E.zero
    var c2 = E.zero
    for j in range {
      let weight = eqHigh[j >> lowBits] * eqLow[j & mask]
      let k = half + j
      let low = E(base: p0[j]) + lambda * q0[j]
      let high = E(base: p0[k]) + lambda * q0[k]
      c0 += weight * (low * q1[j] + q0[j].scaled(by: p1[j]))
      c2 += weight * ((high - low) * (q1[k] - q1[j]) + (q0[k] - q0[j]).scaled(by: p1[k] - p1[j]))
    }
    return (c0, c2)
  }

  /// Twin of `KernelField.leafFoldRound`.
  @inlinable public static func leafFoldRound(
    p0: UnsafePointer<Base>, q1: UnsafeMutablePointer<E>, p1: UnsafePointer<Base>, q0: UnsafeMutablePointer<E>,
    uOut: UnsafeMutablePointer<E>, p1Out: UnsafeMutablePointer<E>, quarter: Int, range: Range<Int>, by r: E, lambda: E,
    eqHigh: UnsafePointer<E>, eqLow: UnsafePointer<E>, lowBits: Int
  ) -> (c0: E, c2: E) {
    for table in [q1, q0] { foldPairs(table, quarter: quarter, range: range, by: r) }
    for first in range {
      for i in [first, quarter + first] {
        let k = 2 * quarter + i
        uOut[i] = E(base: p0[i]) + r.scaled(by: p0[k] - p0[i]) + lambda * q0[i]
        p1Out[i] = E(base: p1[i]) + r.scaled(by: p1[k] - p1[i])
      }
    }
    return fractionRound(u: uOut, q1: q1, p1: p1Out, q0: q0, half: quarter, range: range, eqHigh: eqHigh, eqLow: eqLow, lowBits: lowBits)
  }

  /// Twin of `KernelField.leafParents`.
  @inlinable public static func leafParents(
    p: UnsafePointer<Base>, q: UnsafePointer<E>, half: Int, range: Range<Int>,
    pOut: UnsafeMutablePointer<E>, qOut: UnsafeMutablePointer<E>
  ) {
    for i in range {
      let left = q[i]
      let right = q[half + i]
      pOut[i] = right.scaled(by: p[i]) + left.scaled(by: p[half + i])
      qOut[i] = left * right
    }
  }
}

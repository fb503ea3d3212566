import Fields

// MARK: Linear combinations

extension ReferenceKernels {
  /// Twin of `KernelField.accumulateRows`.
  @inlinable public static func accumulateRows(
    _ out: UnsafeMutablePointer<E>, rows: UnsafePointer<UnsafePointer<Base>>, coefficients: UnsafePointer<E>, rowCount: Int,
    count: Int
  ) {
    for u in 0..<rowCount {
      let row = rows[u]
      let coefficient = coefficients[u]
      for b in 0..<count { out[b] += coefficient.scaled(by: row[b]) }
    }
  }

  /// Twin of `KernelField.dot` with base-field values.
  @inlinable public static func dotBase(_ weights: UnsafePointer<E>, _ values: UnsafePointer<Base>, count: Int) -> E {
    var sum = E.zero
    for b in 0..<count { sum += weights[b].scaled(by: values[b]) }
    return sum
  }

  /// Twin of `KernelField.dot` over E.
  @inlinable public static func dot(_ a: UnsafePointer<E>, _ b: UnsafePointer<E>, count: Int) -> E {
    var sum = E.zero
    for i in 0..<count { sum += a[i] * b[i] }
    return sum
  }

  /// Twin of `KernelField.accumulate`.
  @inlinable public static func accumulate(_ out: UnsafeMutablePointer<E>, _ values: UnsafePointer<E>, coefficient: E, count: Int) {
    for b in 0..<count { out[b] += coefficient * values[b] }
  }

  /// Twin of `KernelField.combine`.
  @inlinable public static func combine(
    _ out: UnsafeMutablePointer<E>, _ p: UnsafePointer<E>, _ q: UnsafePointer<E>, count: Int, lambda: E
  ) {
    for i in 0..<count { out[i] = p[i] + lambda * q[i] }
  }
}

// MARK: Multilinear tables

extension ReferenceKernels {
  /// Twin of `KernelField.fillEqTable`: the table of the first variables is split variable by variable, last entry first, so
  /// that it may grow in place; the new variable becomes the least significant bit.
  @inlinable public static func fillEqTable(_ out: UnsafeMutablePointer<E>, point: [E], scale: E) {
    out[0] = scale
    var size = 1
    for coordinate in point {
      var i = size
      while i > 0 {
        i -= 1
        let value = out[i]
        let one = value * coordinate
        out[2 * i + 1] = one
        out[2 * i] = value - one
      }
      size *= 2
    }
  }

  /// Twin of `KernelField.fold`.
  @inlinable public static func fold(_ out: UnsafeMutablePointer<E>, _ table: UnsafePointer<E>, half: Int, by r: E) {
    for i in 0..<half { out[i] = table[i] + r * (table[half + i] - table[i]) }
  }
}

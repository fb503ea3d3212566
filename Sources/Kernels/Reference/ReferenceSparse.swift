import Fields

// MARK: Sparse rows and the first round of a constraint sumcheck

extension ReferenceKernels {
  /// Twin of `KernelField.sparseRows`.
  @inlinable public static func sparseRows(
    _ out: UnsafeMutablePointer<E.Base>, starts: UnsafePointer<UInt32>, columns: UnsafePointer<UInt32>, values: UnsafePointer<E.Base>,
    vector: UnsafePointer<E.Base>, range: Range<Int>
  ) {
    for row in range {
      var sum = E.Base.zero
      for position in Int(starts[row])..<Int(starts[row + 1]) {
        let entry = vector[Int(columns[position])]
        let value = values[position]
        sum += value == .one ? entry : value * entry
      }
      out[row] = sum
    }
  }

  /// Twin of `KernelField.scatterRows`.
  @inlinable public static func scatterRows(
    _ out: UnsafeMutablePointer<E>, starts: UnsafePointer<UInt32>, columns: UnsafePointer<UInt32>, values: UnsafePointer<E.Base>,
    weights: UnsafePointer<E>, range: Range<Int>
  ) {
    for row in range {
      let weight = weights[row - range.lowerBound]
      for position in Int(starts[row])..<Int(starts[row + 1]) {
        let value = values[position]
        out[Int(columns[position])] += value == .one ? weight : weight.scaled(by: value)
      }
    }
  }

  /// Twin of `KernelField.constraintFirstRound`.
  @inlinable public static func constraintFirstRound(
    _ constant: UnsafeMutablePointer<E.Base>, _ leading: UnsafeMutablePointer<E.Base>, a: UnsafePointer<E.Base>, b: UnsafePointer<E.Base>,
    c: UnsafePointer<E.Base>, half: Int, range: Range<Int>
  ) {
    for j in range {
      let k = half + j
      constant[j - range.lowerBound] = a[j] * b[j] - c[j]
      leading[j - range.lowerBound] = (a[k] - a[j]) * (b[k] - b[j])
    }
  }

  /// Twin of `KernelField.constraintSecondRound`.
  @inlinable public static func constraintSecondRound(
    a: UnsafePointer<E>, b: UnsafePointer<E>, c: UnsafePointer<E>, half: Int, range: Range<Int>, eqHigh: UnsafePointer<E>,
    eqLow: UnsafePointer<E>, lowBits: Int
  ) -> (c0: E, c2: E) {
    let mask = 1 << lowBits - 1
    var c0 = E.Products()
    var c2 = E.Products()
    for j in range {
      let k = half + j
      let weight = eqHigh[j >> lowBits] * eqLow[j & mask]
      c0.add(weight, times: a[j] * b[j] - c[j])
      c2.add(weight, times: (a[k] - a[j]) * (b[k] - b[j]))
    }
    return (c0.value, c2.value)
  }

  /// Twin of `KernelField.constraintTerms`.
  @inlinable public static func constraintTerms(
    _ out: UnsafeMutablePointer<E.Base>, a: UnsafePointer<E.Base>, b: UnsafePointer<E.Base>, c: UnsafePointer<E.Base>, range: Range<Int>
  ) {
    for j in range { out[j - range.lowerBound] = a[j] * b[j] - c[j] }
  }

  /// Twin of `KernelField.allZero`.
  @inlinable public static func allZero(_ values: UnsafePointer<E.Base>, count: Int) -> Bool {
    for i in 0..<count where !values[i].isZero { return false }
    return true
  }
}

import Fields

extension ReferenceKernels {
  /// Twin of `KernelField.combineColumns`.
  @inlinable public static func combineColumns(
    _ out: UnsafeMutablePointer<E.Base>, columns: [UnsafePointer<E.Base>], coefficients: [E.Base], constant: E.Base, count: Int
  ) {
    for i in 0..<count { out[i] = constant }
    for (column, coefficient) in zip(columns, coefficients) {
      if coefficient == .one {
        for i in 0..<count { out[i] += column[i] }
      } else {
        for i in 0..<count { out[i] += coefficient * column[i] }
      }
    }
  }

  /// Twin of `KernelField.multiplyBase`.
  @inlinable public static func multiplyBase(
    _ out: UnsafeMutablePointer<E.Base>, _ a: UnsafePointer<E.Base>, _ b: UnsafePointer<E.Base>, count: Int
  ) {
    for i in 0..<count { out[i] = a[i] * b[i] }
  }

  /// Twin of `KernelField.limbColumn`.
  @inlinable public static func limbColumn(
    _ out: UnsafeMutablePointer<E.Base>, columns: [UnsafePointer<E.Base>], coefficients: [Int64], constant: Int64, shift: Int, bits: Int, count: Int
  ) {
    let mask = (Int64(1) << Int64(bits)) - 1
    for i in 0..<count {
      var sum = constant
      for (column, coefficient) in zip(columns, coefficients) { sum &+= coefficient &* (column[i].signedInteger ?? 0) }
      out[i] = E.Base(signed: (sum >> Int64(shift)) & mask)
    }
  }

  /// A number for a tuple, from the words that its elements are kept as: they are canonical, so equal tuples have equal numbers.
  @inlinable static func fingerprint(_ columns: UnsafeBufferPointer<UnsafePointer<E.Base>>, _ row: Int) -> UInt64 {
    var state: UInt64 = 0
    for column in columns {
      let words = UnsafeRawPointer(column + row)
      for word in 0..<(MemoryLayout<E.Base>.size / 8) {
        state = (state ^ words.load(fromByteOffset: 8 * word, as: UInt64.self)) &* 0x9E37_79B9_7F4A_7C15
        state ^= state >> 32
      }
    }
    return state &* 0x9E37_79B9_7F4A_7C15
  }

  @inlinable static func equal(
    _ a: UnsafeBufferPointer<UnsafePointer<E.Base>>, _ i: Int, _ b: UnsafeBufferPointer<UnsafePointer<E.Base>>, _ j: Int
  ) -> Bool {
    for k in 0..<a.count where a[k][i] != b[k][j] { return false }
    return true
  }

  /// Definition of `KernelField.indexTuples`.
  @inlinable public static func indexTuples(
    _ slots: UnsafeMutablePointer<UInt32>, bits: Int, columns: [UnsafePointer<E.Base>], count: Int
  ) {
    let mask = 1 << bits - 1
    columns.withUnsafeBufferPointer { columns in
      for row in 0..<count {
        var slot = Int(truncatingIfNeeded: fingerprint(columns, row) >> UInt64(64 - bits))
        while slots[slot] != 0, !equal(columns, Int(slots[slot]) - 1, columns, row) { slot = (slot + 1) & mask }
        if slots[slot] == 0 { slots[slot] = UInt32(row + 1) }
      }
    }
  }

  /// Definition of `KernelField.countTuples`.
  @inlinable public static func countTuples(
    _ counts: UnsafeMutablePointer<UInt64>, slots: UnsafePointer<UInt32>, bits: Int, columns: [UnsafePointer<E.Base>],
    values: [UnsafePointer<E.Base>], count: Int
  ) {
    let mask = 1 << bits - 1
    columns.withUnsafeBufferPointer { columns in
      values.withUnsafeBufferPointer { values in
        for i in 0..<count {
          var slot = Int(truncatingIfNeeded: fingerprint(values, i) >> UInt64(64 - bits))
          while slots[slot] != 0 {
            let row = Int(slots[slot]) - 1
            if equal(columns, row, values, i) {
              counts[row] += 1
              break
            }
            slot = (slot + 1) & mask
          }
        }
      }
    }
  }
}

extension KernelField {
  @inlinable public static func combineColumns(
    _ out: UnsafeMutablePointer<Base>, columns: [UnsafePointer<Base>], coefficients: [Base], constant: Base, count: Int
  ) {
    ReferenceKernels<Self>.combineColumns(out, columns: columns, coefficients: coefficients, constant: constant, count: count)
  }

  @inlinable public static func multiplyBase(
    _ out: UnsafeMutablePointer<Base>, _ a: UnsafePointer<Base>, _ b: UnsafePointer<Base>, count: Int
  ) {
    ReferenceKernels<Self>.multiplyBase(out, a, b, count: count)
  }

  @inlinable public static func limbColumn(
    _ out: UnsafeMutablePointer<Base>, columns: [UnsafePointer<Base>], coefficients: [Int64], constant: Int64, shift: Int, bits: Int, count: Int
  ) {
    ReferenceKernels<Self>.limbColumn(
      out, columns: columns, coefficients: coefficients, constant: constant, shift: shift, bits: bits, count: count)
  }

  public static func fillSigned(_ out: UnsafeMutablePointer<Base>, _ values: UnsafePointer<Int64>, stride: Int, count: Int) {
    if stride == 1 {
      for i in 0..<count { out[i] = Base(signed: values[i]) }
    } else {
      for i in 0..<count { out[i] = Base(signed: values[i * stride]) }
    }
  }

  public static func indexTuples(_ slots: UnsafeMutablePointer<UInt32>, bits: Int, columns: [UnsafePointer<Base>], count: Int) {
    ReferenceKernels<Self>.indexTuples(slots, bits: bits, columns: columns, count: count)
  }

  public static func countTuples(
    _ counts: UnsafeMutablePointer<UInt64>, slots: UnsafePointer<UInt32>, bits: Int, columns: [UnsafePointer<Base>],
    values: [UnsafePointer<Base>], count: Int
  ) {
    ReferenceKernels<Self>.countTuples(counts, slots: slots, bits: bits, columns: columns, values: values, count: count)
  }
}

/// Arithmetic behind the accounting: exact naturals for comparisons, a logarithm for reports.

/// A natural number of any size, little-endian 32-bit limbs without leading zeros.
struct Natural: Comparable {
  private var limbs: [UInt32]

  init(_ value: UInt64) {
    limbs = [UInt32(truncatingIfNeeded: value), UInt32(truncatingIfNeeded: value >> 32)]
    trim()
  }

  private mutating func trim() {
    while limbs.last == 0 { limbs.removeLast() }
  }

  static func * (lhs: Self, rhs: Self) -> Self {
    var out = Natural(0)
    out.limbs = [UInt32](repeating: 0, count: lhs.limbs.count + rhs.limbs.count)
    for (i, a) in lhs.limbs.enumerated() {
      var carry: UInt64 = 0
      for (j, b) in rhs.limbs.enumerated() {
        // At most (2^32 − 1)² + 2(2^32 − 1) < 2^64.
        let sum = UInt64(a) * UInt64(b) + UInt64(out.limbs[i + j]) + carry
        out.limbs[i + j] = UInt32(truncatingIfNeeded: sum)
        carry = sum >> 32
      }
      out.limbs[i + rhs.limbs.count] = UInt32(truncatingIfNeeded: carry)
    }
    out.trim()
    return out
  }

  func power(_ exponent: Int) -> Self {
    var result = Natural(1)
    var square = self
    var rest = exponent
    while rest > 0 {
      if rest & 1 == 1 { result = result * square }
      rest >>= 1
      if rest > 0 { square = square * square }
    }
    return result
  }

  /// self · 2^count, count ≥ 0.
  func shiftedLeft(_ count: Int) -> Self {
    guard !limbs.isEmpty else { return self }
    var out = self * Natural(1 << UInt64(count % 32))
    out.limbs.insert(contentsOf: [UInt32](repeating: 0, count: count / 32), at: 0)
    return out
  }

  static func < (lhs: Self, rhs: Self) -> Bool {
    guard lhs.limbs.count == rhs.limbs.count else { return lhs.limbs.count < rhs.limbs.count }
    return lhs.limbs.reversed().lexicographicallyPrecedes(rhs.limbs.reversed())
  }
}

/// log2 of a positive number, absolute error below 10^−14 for values up to 2^64; the same on every platform.
///
/// **Formula**: x = 2^k·s with s in [√½, √2), log2 x = k + (2/ln 2)·artanh((s − 1)/(s + 1)); the series in z² ≤ 0.0295 is cut
/// after z^27. Zero gives −∞; a negative number gives NaN.
func logarithm2(_ x: Double) -> Double {
  guard x > 0, x.isFinite else { return x == 0 ? -.infinity : x > 0 ? .infinity : .nan }
  var exponent = Double(x.exponent)
  var significand = x.significand
  if significand > 1.4142135623730951 {
    significand /= 2
    exponent += 1
  }
  let z = (significand - 1) / (significand + 1)
  let square = z * z
  var sum = 0.0
  for denominator in stride(from: 27.0, through: 1.0, by: -2.0) { sum = sum * square + 1 / denominator }
  return exponent + 2.8853900817779268 * z * sum
}

/// e^(−x) in integers with a proved error bound, for function tables and for training.

/// Powers e^(−n / 2^f) as fixed-point fractions of 2^62.
///
/// **Formula**: e^(−n/2^f) = Π over the set bits j of n of e^(−2^(j−f)). Each factor with an exponent at most 1 comes from the
/// alternating Taylor series in 100 fraction bits; e^(−2^i) for i ≥ 1 by repeated squaring of e^(−1).
/// **Error**: a series factor is off by at most 1 unit of 2^−62 after rounding. A squared factor: e ↦ 2·v·e + 1 ≤ 0.74·e + 1 < 4 units, as
/// v ≤ e^(−1). A product of values at most 1 adds its factors' errors and 1 for its own truncation. At most 38 factors: below
/// 38·5 = 190 units, stated as `errorUnits` = 256.
public struct FixedPointExponential: Sendable {
  /// Bits after the point of results: 62.
  public static let fractionBits = 62
  /// Every result is within this many units of 2^−62 of the true value.
  public static let errorUnits: UInt64 = 256
  /// 1.0.
  public static let one: UInt64 = 1 << 62

  /// f.
  public let inputFractionBits: Int
  /// factors[j] = e^(−2^(j−f)), for all j until the factor is below 2^−62.
  private let factors: [UInt64]

  /// Prepares the factors, or nil unless 0 ≤ `inputFractionBits` ≤ 30.
  public init?(inputFractionBits: Int) {
    guard (0...30).contains(inputFractionBits) else { return nil }
    self.inputFractionBits = inputFractionBits
    var factors: [UInt64] = []
    for halvings in stride(from: inputFractionBits, through: 0, by: -1) { factors.append(Self.series(halvings: halvings)) }
    // e^(−2), e^(−4), …, e^(−32); e^(−64) < 2^−62 rounds to nothing worth keeping and is treated as the bound 0.
    for _ in 0..<5 {
      guard let last = factors.last else { break }
      factors.append(Self.multiply(last, last))
    }
    self.factors = factors
  }

  /// e^(−n / 2^f) in units of 2^−62; within `errorUnits` of the truth. n ≥ 0 of any size.
  public func value(_ n: UInt64) -> UInt64 {
    // 64·2^f ≤ n: e^(−64) < 2^−92, so 0 is within one unit.
    guard n >> UInt64(factors.count) == 0 else { return 0 }
    var result = Self.one
    for (bit, factor) in factors.enumerated() where (n >> UInt64(bit)) & 1 == 1 {
      result = Self.multiply(result, factor)
    }
    return result
  }

  /// ⌊a·b / 2^62⌋ for a, b ≤ 2^62.
  private static func multiply(_ a: UInt64, _ b: UInt64) -> UInt64 {
    let (high, low) = a.multipliedFullWidth(by: b)
    return high << 2 | low >> 62
  }

  /// e^(−2^(−halvings)) by its Taylor series in 100 fraction bits, rounded to 62.
  private static func series(halvings: Int) -> UInt64 {
    let unit = UInt128(1) << 100
    var term = unit
    var positive = unit
    var negative = UInt128(0)
    var k: UInt128 = 1
    while term != 0 {
      term = (term >> UInt128(halvings)) / k  // at most 2 units of 2^−100 too small, and fewer than 40 terms
      if k & 1 == 1 { negative += term } else { positive += term }
      k += 1
    }
    return UInt64((positive - negative + (UInt128(1) << 37)) >> 38)
  }
}

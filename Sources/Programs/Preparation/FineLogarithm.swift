/// Natural logarithms of integers to 80 bits after the point: where 60 bits leave a rounding open.
///
/// **Formula** as `FixedPointLogarithm`: w = 2^k·μ with 1 ≤ μ < 2, ln w = k·2·artanh(1/3) + 2·artanh((μ − 1)/(μ + 1)).
/// **Error**: with units of 2^−80: arguments are at most 1/3, so a series ends after at most 26 terms, each of which loses less than 2 units; the
/// argument's truncation adds less than 3 and the tail less than 1: each artanh·2 is off by less than 2·(26·2 + 4) = 112 units, 64 of them by less
/// than 2^13. Stated as `errorUnits` = 2^14, for the difference of two.
enum FineLogarithm {
  static let fractionBits = 80
  static let errorUnits: Int128 = 1 << 14
  private static let one: UInt128 = 1 << 80

  /// 2·artanh(a/b) for 0 ≤ a/b ≤ 1/3, b < 2^120.
  private static func artanhDoubled(_ a: UInt128, _ b: UInt128) -> UInt128 {
    let z = b.dividingFullWidth((a >> 48, a << 80)).quotient
    let square = multiply(z, z)
    var (power, sum, odd) = (z, UInt128(0), UInt128(1))
    while power != 0 {
      sum += power / odd
      power = multiply(power, square)
      odd += 2
    }
    return 2 * sum
  }

  /// ⌊a·b / 2^80⌋ for a, b ≤ 2^80.
  private static func multiply(_ a: UInt128, _ b: UInt128) -> UInt128 {
    let (high, low) = a.multipliedFullWidth(by: b)
    return high << 48 | low >> 80
  }

  /// ln w in units of 2^−80, too small by less than half of `errorUnits`. A w of 0 counts as 1.
  private static func value(_ w: UInt64) -> Int128 {
    let w = max(w, 1)
    let k = 63 - w.leadingZeroBitCount
    let mantissa = UInt128(w) << UInt128(80 - k)
    return Int128(k) * Int128(artanhDoubled(1, 3)) + Int128(artanhDoubled(mantissa - one, mantissa + one))
  }

  /// ⌊10^digits·ln(w / unit) + 1/2⌋ for at most 11 digits, or nil where that is still open.
  static func rounded(_ w: UInt64, unit: UInt64, digits: Int) -> Int128? {
    guard let scale = PowerOfTen.value(digits), digits <= 11 else { return nil }
    let difference = value(w) - value(unit)
    let (low, high) = (difference - errorUnits, difference + errorUnits)
    let (first, last) = (Exact.roundedQuotient(low * Int128(scale), 1 << 80), Exact.roundedQuotient(high * Int128(scale), 1 << 80))
    return first == last ? first : nil
  }
}

/// Logarithms of integers with a proved error bound, for function tables.

/// ln or log₂ of positive integers as fixed-point numbers of 2^−60.
///
/// **Formula**: w = 2^k·μ with 1 ≤ μ < 2; ln μ = 2·artanh((μ − 1)/(μ + 1)) by its series, whose argument is below 1/3.
/// **Error**: with units of 2^−60: z is truncated once (ln changes by at most 2·9/8 of it), each of at most 19 terms loses less than 2 units,
/// the tail is below 2^−60: ln μ is off by less than 2·(19·2 + 1) + 3 < 128 units. k·ln 2 adds k/2 ≤ 32. Dividing by ln 2 multiplies by
/// 1.45 and truncates once. Stated as `errorUnits` = 256.
public struct FixedPointLogarithm: Sendable {
  /// Bits after the point of results: 60.
  public static let fractionBits = 60
  /// Every result is within this many units of 2^−60 of the true value.
  public static let errorUnits: Int128 = 256
  /// ln 2 = 0.693147180559945309417232121458176568… in units of 2^−60, to the nearest.
  static let naturalOfTwo: UInt64 = 799_144_290_325_165_979
  private static let one: UInt64 = 1 << 60

  public let base: LogarithmBase

  public init(base: LogarithmBase) { self.base = base }

  /// log w in units of 2^−60, within `errorUnits` of the truth. A w of 0 counts as 1.
  public func value(_ w: UInt64) -> Int128 {
    let w = max(w, 1)
    let k = 63 - w.leadingZeroBitCount
    let mantissa = k <= 60 ? w << UInt64(60 - k) : w >> UInt64(k - 60)
    let natural = Self.natural(mantissa)
    switch base {
    case .natural: return Int128(k) * Int128(Self.naturalOfTwo) + Int128(natural)
    case .two: return (Int128(k) << 60) + (Int128(natural) << 60) / Int128(Self.naturalOfTwo)
    }
  }

  /// ln μ for μ = mantissa/2^60 in [1, 2).
  private static func natural(_ mantissa: UInt64) -> UInt64 {
    let z = quotient(mantissa - one, mantissa + one)
    let square = multiply(z, z)
    var power = z
    var sum: UInt64 = 0
    var odd: UInt64 = 1
    while power != 0 {
      sum += power / odd
      power = multiply(power, square)
      odd += 2
    }
    return 2 * sum
  }

  /// ⌊a·2^60 / b⌋ for a < b < 2^62.
  private static func quotient(_ a: UInt64, _ b: UInt64) -> UInt64 { b.dividingFullWidth((a >> 4, a << 60)).quotient }

  /// ⌊a·b / 2^60⌋ for a, b ≤ 2^60.
  private static func multiply(_ a: UInt64, _ b: UInt64) -> UInt64 {
    let (high, low) = a.multipliedFullWidth(by: b)
    return high << 4 | low >> 60
  }

  /// ⌊10^digits·(log w − log 10^pointDigits) + 1/2⌋. The number is no tie: a logarithm of a rational is an integer or irrational.
  ///
  /// **Throws** `roundingUndecided` where the error bound straddles a boundary; of natural logarithms of at most 11 digits that of 80 bits.
  public func rounded(_ w: UInt64, pointDigits: Int, digits: Int) throws(ProgramError) -> Int64 {
    let unit = Int128(PowerOfTen.value(digits) ?? 1)
    let difference = value(w) - value(UInt64(PowerOfTen.value(pointDigits) ?? 1))
    if w == UInt64(PowerOfTen.value(pointDigits) ?? 1) { return 0 }
    func nearest(_ number: Int128) -> Int128 { Exact.roundedQuotient(number * unit, 1 << 60) }
    let (low, high) = (nearest(difference - 2 * Self.errorUnits), nearest(difference + 2 * Self.errorUnits))
    var decided = low == high ? low : nil
    if decided == nil, base == .natural {
      decided = FineLogarithm.rounded(w, unit: UInt64(PowerOfTen.value(pointDigits) ?? 1), digits: digits)
    }
    guard let decided, let out = Int64(exactly: decided) else { throw .roundingUndecided(argument: Int64(clamping: w)) }
    return out
  }
}

/// Base of a logarithm.
public enum LogarithmBase: String, Hashable, Sendable, CaseIterable {
  case natural
  case two
}

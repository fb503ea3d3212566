/// Numbers from 0 that are rounded up at every step: what a verifier says of a distance.

/// A bound in units of 2^−64, at most 2^63. Every operation rounds up; nil where a result is larger.
public struct UpperBound: Hashable, Comparable, Sendable {
  /// In units of 2^−64.
  public let units: UInt128

  static let limit = UInt128(1) << 127
  public static let zero = UpperBound(units: 0)

  private init(units: UInt128) { self.units = units }

  private init?(checked units: UInt128) {
    guard units <= Self.limit else { return nil }
    self.units = units
  }

  /// ⌈numerator·2^(64 + exponent) / denominator⌉ in units.
  public init?(_ numerator: UInt128, over denominator: UInt128 = 1, exponent: Int = 0) {
    guard numerator > 0 else {
      self = .zero
      return
    }
    let shift = 64 + exponent
    guard denominator > 0, shift < 128 else { return nil }
    if shift < 0 {
      let bits = UInt128(min(127, -shift))
      let quotient = numerator / denominator + (numerator % denominator == 0 ? 0 : 1)
      self.init(checked: shift <= -128 ? 1 : quotient >> bits + (quotient & ((1 << bits) - 1) == 0 ? 0 : 1))
      return
    }
    // numerator·2^shift in pieces, so that nothing is lost where it fits: divide, then go on with the remainder.
    var (quotient, remainder) = (numerator / denominator, numerator % denominator)
    for _ in 0..<shift {
      guard quotient <= Self.limit / 2, remainder < 1 << 127 else { return nil }
      quotient *= 2
      remainder *= 2
      if remainder >= denominator {
        quotient += 1
        remainder -= denominator
      }
    }
    self.init(checked: quotient + (remainder == 0 ? 0 : 1))
  }

  public static func < (left: Self, right: Self) -> Bool { left.units < right.units }

  public func adding(_ other: UpperBound?) -> UpperBound? {
    guard let other else { return nil }
    return UpperBound(checked: units + other.units)
  }

  /// self·factor / divisor.
  public func times(_ factor: UInt128, over divisor: UInt128 = 1) -> UpperBound? {
    let (product, overflow) = units.multipliedReportingOverflow(by: factor)
    guard !overflow, divisor > 0 else { return nil }
    return UpperBound(checked: product / divisor + (product % divisor == 0 ? 0 : 1))
  }

  /// self·other, of which each is first rounded up to 2^−drop, the least bits that let the product fit.
  public func times(_ other: UpperBound?) -> UpperBound? {
    guard let other else { return nil }
    let width = (128 - units.leadingZeroBitCount) + (128 - other.units.leadingZeroBitCount)
    let drop = UInt128(max(0, (width - 127 + 1) / 2))
    func cut(_ value: UInt128) -> UInt128 { value >> drop + (value & ((1 << drop) - 1) == 0 ? 0 : 1) }
    let (product, overflow) = cut(units).multipliedReportingOverflow(by: cut(other.units))
    guard !overflow else { return nil }
    let left = 64 - 2 * Int(drop)
    if left >= 0 { return UpperBound(checked: product >> UInt128(left) + (product & ((1 << UInt128(left)) - 1) == 0 ? 0 : 1)) }
    guard product < Self.limit >> UInt128(-left) else { return nil }
    return UpperBound(checked: product << UInt128(-left))
  }

  /// At least self / (divisor·2^−64), both halved until that can be computed.
  func over(units divisor: UInt128) -> UpperBound? {
    var (top, bottom) = (units, divisor)
    while top >= 1 << 63 {
      top = top / 2 + top % 2
      bottom /= 2
    }
    guard bottom > 0 else { return nil }
    return UpperBound(checked: (top << 64) / bottom + ((top << 64) % bottom == 0 ? 0 : 1))
  }

  /// The least integer whose square is at least `value`.
  public static func squareRoot(_ value: UInt128) -> UInt128 {
    var root: UInt128 = 0
    for bit in (0..<64).reversed() {
      let candidate = root | UInt128(1) << UInt128(bit)
      if candidate * candidate <= value { root = candidate }
    }
    return root * root == value ? root : root + 1
  }

  /// Three significant digits, rounded up: `0.0123`, `4.56e-9`, `0`.
  public var text: String {
    if units == 0 { return "0" }
    var (value, exponent) = (units, 0)
    // value·10^exponent ≥ units / 2^64 as a decimal with three digits before the point.
    let (least, most) = (UInt128(100) << 64, UInt128(1_000) << 64)
    while value >= most {
      value = value / 10 + (value % 10 == 0 ? 0 : 1)
      exponent += 1
    }
    while value < least {
      value *= 10
      exponent -= 1
    }
    var digits = Int(value >> 64) + (value & (UInt128(1) << 64 - 1) == 0 ? 0 : 1)
    if digits == 1_000 {
      digits = 100
      exponent += 1
    }
    let figures = String(digits)
    let power = exponent + 2
    switch power {
    case 2...6: return figures + String(repeating: "0", count: power - 2)
    case 0..<2: return String(figures.prefix(power + 1)) + "." + String(figures.dropFirst(power + 1))
    case -4..<0: return "0." + String(repeating: "0", count: -power - 1) + figures
    default: return "\(figures.prefix(1)).\(figures.dropFirst(1))e\(power)"
    }
  }
}

/// Inclusive intervals of 64-bit integers, with arithmetic that reports overflow instead of trapping.

/// An inclusive interval lower...upper of integers; never empty.
public struct IntegerRange: Hashable, Sendable, CustomStringConvertible {
  /// The smallest member.
  public let lower: Int64
  /// The largest member; at least `lower`.
  public let upper: Int64

  /// Makes the interval, or nil when `lower > upper`.
  public init?(lower: Int64, upper: Int64) {
    guard lower <= upper else { return nil }
    self.lower = lower
    self.upper = upper
  }

  /// The interval with the bounds of a Swift range (which is never empty).
  public init(_ range: ClosedRange<Int64>) {
    lower = range.lowerBound
    upper = range.upperBound
  }

  /// The interval that holds `value` alone.
  public init(only value: Int64) { self.init(value...value) }

  /// The two's-complement interval −2^(bits−1) ... 2^(bits−1) − 1, or nil unless 1 ≤ `bits` ≤ 63.
  public init?(signedBits bits: Int) {
    guard (1...63).contains(bits) else { return nil }
    let half = Int64(1) << Int64(bits - 1)
    self.init(-half...(half - 1))
  }

  /// Whether `value` is a member.
  public func contains(_ value: Int64) -> Bool { lower <= value && value <= upper }

  /// Whether every member of `other` is a member.
  public func contains(_ other: IntegerRange) -> Bool { lower <= other.lower && other.upper <= upper }

  /// The smallest b with upper − lower < 2^b; 0 for a single value, at most 64.
  public var bitCount: Int { 64 - UInt64(bitPattern: upper &- lower).leadingZeroBitCount }

  /// max(|lower|, |upper|).
  public var magnitude: UInt64 { max(lower.magnitude, upper.magnitude) }

  /// The smallest interval that holds both.
  public func hull(_ other: IntegerRange) -> IntegerRange {
    IntegerRange(min(lower, other.lower)...max(upper, other.upper))
  }

  /// {a + b}, or nil when a bound leaves Int64.
  public func adding(_ other: IntegerRange) -> IntegerRange? { (WideRange(self) + WideRange(other)).narrowed }

  /// {a − b}, or nil when a bound leaves Int64.
  public func subtracting(_ other: IntegerRange) -> IntegerRange? {
    (WideRange(self) + WideRange(other).scaled(by: -1)).narrowed
  }

  /// {a · b}, or nil when a bound leaves Int64.
  public func multiplying(_ other: IntegerRange) -> IntegerRange? { (WideRange(self) * WideRange(other)).narrowed }

  /// {factor · a}, or nil when a bound leaves Int64.
  public func scaled(by factor: Int64) -> IntegerRange? { WideRange(self).scaled(by: Int128(factor)).narrowed }

  /// `lower...upper` in decimal.
  public var description: String { "[\(lower), \(upper)]" }
}

/// An interval in 128 bits for intermediate bounds. Results are clamped to ±2^120, far outside everything the
/// analysis accepts, so no operation can overflow: a clamped bound is still refused.
struct WideRange: Equatable, Sendable {
  /// Clamp of every bound: 2^120.
  static let limit = Int128(1) << 120

  let lower: Int128
  let upper: Int128

  init(_ range: IntegerRange) {
    lower = Int128(range.lower)
    upper = Int128(range.upper)
  }

  /// The interval between two values in either order, clamped.
  init(_ a: Int128, _ b: Int128) {
    lower = max(-Self.limit, min(Self.limit, min(a, b)))
    upper = max(-Self.limit, min(Self.limit, max(a, b)))
  }

  static let zero = WideRange(0, 0)

  static func + (lhs: WideRange, rhs: WideRange) -> WideRange {
    WideRange(lhs.lower + rhs.lower, lhs.upper + rhs.upper)  // |sum| ≤ 2^121
  }

  static func * (lhs: WideRange, rhs: WideRange) -> WideRange {
    let products = [
      product(lhs.lower, rhs.lower), product(lhs.lower, rhs.upper),
      product(lhs.upper, rhs.lower), product(lhs.upper, rhs.upper),
    ]
    return WideRange(products.reduce(products[0], min), products.reduce(products[0], max))
  }

  func scaled(by factor: Int128) -> WideRange {
    WideRange(Self.product(lower, factor), Self.product(upper, factor))
  }

  func hull(_ other: WideRange) -> WideRange { WideRange(min(lower, other.lower), max(upper, other.upper)) }

  /// Product clamped to ±2^120.
  private static func product(_ a: Int128, _ b: Int128) -> Int128 {
    let (value, overflow) = a.multipliedReportingOverflow(by: b)
    if overflow { return (a < 0) == (b < 0) ? limit : -limit }
    return max(-limit, min(limit, value))
  }

  /// max(|lower|, |upper|).
  var magnitude: Int128 { max(lower.magnitude, upper.magnitude) > UInt128(Self.limit) ? Self.limit : max(abs(lower), abs(upper)) }

  /// The interval in 64 bits, or nil when a bound does not fit.
  var narrowed: IntegerRange? {
    guard let low = Int64(exactly: lower), let high = Int64(exactly: upper) else { return nil }
    return IntegerRange(lower: low, upper: high)
  }
}

/// How an integer stands for a number: its scale and the range it may take.

/// The power by which a stored integer is divided.
public enum FixedPointScale: Hashable, Sendable {
  /// value = integer / 2^bits.
  case binary(bits: Int)
  /// value = integer / 10^digits.
  case decimal(digits: Int)
}

/// A fixed-point format.
///
/// **Formula**: value = integer / 2^bits or integer / 10^digits, with integer in `range` (both ends included).
public struct FixedPointFormat: Hashable, Sendable {
  /// The divisor.
  public let scale: FixedPointScale
  /// The integers allowed.
  public let range: IntegerRange

  /// A format from its parts.
  public init(scale: FixedPointScale, range: IntegerRange) {
    self.scale = scale
    self.range = range
  }

  /// A binary format whose integers take `bits` bits in two's complement, or nil unless 1 ≤ `bits` ≤ 63 and 0 ≤ `fractionBits` ≤ 62.
  public init?(signedBits bits: Int, fractionBits: Int) {
    guard let range = IntegerRange(signedBits: bits), (0...62).contains(fractionBits) else { return nil }
    self.init(scale: .binary(bits: fractionBits), range: range)
  }

  /// Bits after the binary point; nil for a decimal scale.
  public var fractionBits: Int? {
    guard case .binary(let bits) = scale else { return nil }
    return bits
  }
}

/// Division as every operator and every document of this project means it.
public enum IntegerDivision {
  /// **Formula**: (q, r) with a = q·b + r and 0 ≤ r < |b|; for b > 0 the quotient is ⌊a / b⌋, toward minus infinity.
  /// Nil for b = 0 and for the one quotient that leaves Int64 (the smallest integer by −1).
  public static func divide(_ a: Int64, by b: Int64) -> (quotient: Int64, remainder: Int64)? {
    guard b != 0 else { return nil }
    let (q, overflow) = a.dividedReportingOverflow(by: b)
    guard !overflow else { return nil }
    let r = a &- q &* b
    if r >= 0 { return (q, r) }
    return b > 0 ? (q &- 1, r &+ b) : (q &+ 1, r &- b)
  }
}

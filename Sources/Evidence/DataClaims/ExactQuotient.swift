/// Quotients of integers as decimal texts.
enum ExactQuotient {
  /// Which neighbour stands for a number between two.
  enum Rounding { case nearest, down, up }

  /// The decimal number numerator / (denominator·10^digits) with digits + extra digits after the point; `nearest`: halves away from zero; nil
  /// beyond 126 bits.
  static func text(
    _ numerator: Int128, over denominator: Int128, digits: Int, extra: Int, rounding: Rounding = .nearest
  ) -> String? {
    let (scaled, overflow) = numerator.magnitude.multipliedReportingOverflow(by: power(extra))
    guard !overflow, denominator > 0, denominator < 1 << 126, scaled < 1 << 126 else { return nil }
    let divisor = denominator.magnitude
    let rounded: UInt128
    switch rounding {
    case .nearest: rounded = (2 * scaled + divisor) / (2 * divisor)
    // Of a negative number the magnitude goes the other way.
    case .down: rounded = numerator < 0 ? (scaled + divisor - 1) / divisor : scaled / divisor
    case .up: rounded = numerator < 0 ? scaled / divisor : (scaled + divisor - 1) / divisor
    }
    return text(rounded, isNegative: numerator < 0, digits: digits + extra)
  }

  /// √numerator / (denominator·10^digits), cut off after digits + extra digits, or the next number up.
  static func rootText(_ numerator: Int128, over denominator: Int128, digits: Int, extra: Int, rounding: Rounding = .down) -> String? {
    let unit = power(extra)
    let (scaled, overflow) = numerator.magnitude.multipliedReportingOverflow(by: unit * unit)
    guard !overflow, numerator >= 0, denominator > 0 else { return nil }
    // ⌊⌊√a⌋ / b⌋ = ⌊√a / b⌋ for whole b.
    let cut = root(scaled) / denominator.magnitude
    let product = cut.multipliedReportingOverflow(by: denominator.magnitude)
    let isExact = !product.overflow && product.partialValue.multipliedReportingOverflow(by: product.partialValue) == (scaled, false)
    return text(rounding == .up && !isExact ? cut + 1 : cut, isNegative: false, digits: digits + extra)
  }

  /// 10^exponent for a small exponent.
  private static func power(_ exponent: Int) -> UInt128 { (0..<exponent).reduce(1) { product, _ in product * 10 } }

  /// ⌊√value⌋, bit by bit.
  static func root(_ value: UInt128) -> UInt128 {
    var (rest, root) = (value, UInt128(0))
    var bit = UInt128(1) << 126
    while bit > rest { bit >>= 2 }
    while bit != 0 {
      if rest >= root + bit {
        rest -= root + bit
        root = (root >> 1) + bit
      } else {
        root >>= 1
      }
      bit >>= 2
    }
    return root
  }

  private static func text(_ value: UInt128, isNegative: Bool, digits: Int) -> String {
    var text = String(value)
    if text.utf8.count <= digits { text = String(repeating: "0", count: digits + 1 - text.utf8.count) + text }
    let point = text.index(text.endIndex, offsetBy: -digits)
    return (isNegative && value != 0 ? "-" : "") + text[..<point] + "." + text[point...]
  }
}

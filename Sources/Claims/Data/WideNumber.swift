import Programs
import ProofSystem

/// A hidden integer beyond the field's size as digits to base 2^24: Σ digit_k·2^(24k), each digit an expression over scalars with a proved
/// range. Comparisons of such numbers are exact, whatever their size (width rule).
struct WideNumber {
  /// log2 of the base. Products of two digits stay below 2^48.
  static let digitBits = 24
  /// Largest coefficient of a digit's expression.
  static let largestCoefficient: UInt64 = 1 << 36

  struct Digit {
    var expression: ColumnExpression
    /// Bounds that earlier constraints enforce.
    var lower: Int128
    var upper: Int128
  }
  var digits: [Digit]

  /// A public number, 0 or more.
  init(constant: Int128) {
    digits = []
    var rest = max(constant, 0)
    repeat {
      let digit = rest & ((1 << Int128(Self.digitBits)) - 1)
      digits.append(Digit(expression: ColumnExpression(constant: Int64(digit)), lower: digit, upper: digit))
      rest >>= Int128(Self.digitBits)
    } while rest > 0
  }

  init(digits: [Digit]) { self.digits = digits }

  /// self + factor·other, |factor| = 1.
  private func combined(_ other: WideNumber, _ factor: Int64) throws(ClaimError) -> WideNumber {
    var out = self
    let zero = Digit(expression: ColumnExpression(constant: 0), lower: 0, upper: 0)
    for (place, digit) in other.digits.enumerated() {
      if place == out.digits.count { out.digits.append(zero) }
      out.digits[place].expression = try out.digits[place].expression.adding(digit.expression, times: factor)
      out.digits[place].lower += factor > 0 ? digit.lower : -digit.upper
      out.digits[place].upper += factor > 0 ? digit.upper : -digit.lower
    }
    return out
  }

  func adding(_ other: WideNumber) throws(ClaimError) -> WideNumber { try combined(other, 1) }
  func subtracting(_ other: WideNumber) throws(ClaimError) -> WideNumber { try combined(other, -1) }

  /// self·2^(24·places).
  func shifted(_ places: Int) -> WideNumber {
    WideNumber(digits: [Digit](repeating: Digit(expression: ColumnExpression(constant: 0), lower: 0, upper: 0), count: places) + digits)
  }
}

extension RelationBuilder {
  private static var scalar: Extent { Extent(bits: 0, count: 1) }

  /// The digits of a scalar, which is thereby proved to lie in [0, 2^b), b the bits of `bound`. **Throws** `tooWide` from 2^61 on.
  mutating func wide(_ name: String, _ value: ColumnExpression, upTo bound: Int128) throws(ClaimError) -> WideNumber {
    if value.isConstant { return WideNumber(constant: Int128(value.constant)) }
    let bits = max(1, 128 - max(bound, 0).leadingZeroBitCount)
    guard bits <= 61 else { throw .tooWide(node: name, bits: bits) }
    var digits: [WideNumber.Digit] = []
    var lowest = value
    for shift in stride(from: 0, to: bits, by: WideNumber.digitBits) {
      let width = min(WideNumber.digitBits, bits - shift)
      let upper = (Int128(1) << Int128(width)) - 1
      if shift == 0 {
        digits.append(WideNumber.Digit(expression: value, lower: 0, upper: upper))
        continue
      }
      let digit = ColumnExpression(try column("\(name).digit\(shift)", bits: 0, .limb(value, shift: shift, bits: width)))
      try range("\(name).digit\(shift).range", digit, bits: width, Self.scalar)
      lowest = try lowest.adding(digit, times: -(1 << Int64(shift)))
      digits.append(WideNumber.Digit(expression: digit, lower: 0, upper: upper))
    }
    lowest = try settled("\(name).digit0", lowest)
    digits[0].expression = lowest
    try range("\(name).digit0.range", lowest, bits: min(bits, WideNumber.digitBits), Self.scalar)
    return WideNumber(digits: digits)
  }

  /// The digit, or a column that equals it where a coefficient is above 2^36: products with public digits stay within 64 bits then.
  private mutating func settled(_ name: String, _ digit: ColumnExpression) throws(ClaimError) -> ColumnExpression {
    let largest = digit.terms.reduce(digit.constant.magnitude) { max($0, $1.coefficient.magnitude) }
    guard !digit.isConstant, largest > WideNumber.largestCoefficient else { return digit }
    let column = ColumnExpression(try column("\(name).settled", bits: 0, .limb(digit, shift: 0, bits: WideNumber.digitBits)))
    equal("\(name).settled", rows: Self.scalar, try digit.adding(column, times: -1))
    return column
  }

  /// a·b, brought back to digits below 2^24. Digits of both must be such already; public ones cost no product.
  mutating func product(_ name: String, _ a: WideNumber, _ b: WideNumber) throws(ClaimError) -> WideNumber {
    let zero = WideNumber.Digit(expression: ColumnExpression(constant: 0), lower: 0, upper: 0)
    var out = WideNumber(digits: Array(repeating: zero, count: a.digits.count + b.digits.count))
    for (i, x) in a.digits.enumerated() {
      for (j, y) in b.digits.enumerated() {
        let product: ColumnExpression
        if x.expression.isConstant {
          product = try y.expression.scaled(by: x.expression.constant)
        } else if y.expression.isConstant {
          product = try x.expression.scaled(by: y.expression.constant)
        } else {
          product = try hadamard("\(name).\(i).\(j)", bits: 0, x.expression, y.expression)
        }
        out.digits[i + j].expression = try out.digits[i + j].expression.adding(product)
        out.digits[i + j].upper += x.upper * y.upper
      }
    }
    return try normalised(name, out)
  }

  /// Proves 0 ≤ value.
  mutating func nonNegative(_ name: String, _ value: WideNumber) throws(ClaimError) { _ = try normalised(name, value) }

  /// The same number, ready to be a factor. **Throws** `tooWide`.
  mutating func proper(_ name: String, _ value: WideNumber) throws(ClaimError) -> WideNumber {
    value.digits.allSatisfy { $0.lower >= 0 && $0.upper < 1 << Int128(WideNumber.digitBits) } ? value : try normalised(name, value)
  }

  /// The same number with digits in [0, 2^24), thereby proved not to be negative: carries from the lowest digit up.
  private mutating func normalised(_ name: String, _ value: WideNumber) throws(ClaimError) -> WideNumber {
    let base = Int128(1) << Int128(WideNumber.digitBits)
    var carry = WideNumber.Digit(expression: ColumnExpression(constant: 0), lower: 0, upper: 0)
    var out: [WideNumber.Digit] = []
    for (place, digit) in value.digits.enumerated() {
      let sum = try digit.expression.adding(carry.expression)
      let (lower, upper) = (digit.lower + carry.lower, digit.upper + carry.upper)
      guard max(lower.magnitude, upper.magnitude) < 1 << 60 else { throw .tooWide(node: name, bits: 128 - upper.magnitude.leadingZeroBitCount) }
      if sum.isConstant, place < value.digits.count - 1 {
        let whole = Int128(sum.constant) >> Int128(WideNumber.digitBits)
        let rest = Int128(sum.constant) - whole * base
        out.append(WideNumber.Digit(expression: ColumnExpression(constant: Int64(rest)), lower: rest, upper: rest))
        carry = WideNumber.Digit(expression: ColumnExpression(constant: Int64(whole)), lower: whole, upper: whole)
        continue
      }
      if place == value.digits.count - 1 {
        // The top digit keeps the sign.
        let bits = max(1, 128 - max(upper, 0).leadingZeroBitCount)
        if !sum.isConstant || sum.constant < 0 { try range("\(name).top", sum, bits: bits, Self.scalar) }
        out.append(WideNumber.Digit(expression: sum, lower: 0, upper: max(upper, 0)))
        break
      }
      let least = lower >> Int128(WideNumber.digitBits)
      let width = 128 - ((upper >> Int128(WideNumber.digitBits)) - least).leadingZeroBitCount
      var above = ColumnExpression(constant: Int64(least))
      if width > 0 {
        let shifted = try sum.adding(Int64(-least * base))
        let column = ColumnExpression(try column("\(name).carry\(place)", bits: 0, .limb(shifted, shift: WideNumber.digitBits, bits: width)))
        try range("\(name).carry\(place).range", column, bits: width, Self.scalar)
        above = try column.adding(Int64(least))
      }
      let own = try settled("\(name).rest\(place)", try sum.adding(above, times: -Int64(base)))
      try range("\(name).rest\(place)", own, bits: WideNumber.digitBits, Self.scalar)
      out.append(WideNumber.Digit(expression: own, lower: 0, upper: base - 1))
      carry = WideNumber.Digit(expression: above, lower: least, upper: least + (Int128(1) << Int128(width)) - 1)
    }
    // A top digit of 2^24 or more cannot be a factor: cut it further.
    while let top = out.last, top.upper >= base, !top.expression.isConstant {
      out.removeLast()
      let place = out.count
      let width = 128 - (top.upper >> Int128(WideNumber.digitBits)).leadingZeroBitCount
      let above = ColumnExpression(
        try column("\(name).carry\(place)", bits: 0, .limb(top.expression, shift: WideNumber.digitBits, bits: width)))
      try range("\(name).carry\(place).range", above, bits: width, Self.scalar)
      let own = try settled("\(name).rest\(place)", try top.expression.adding(above, times: -Int64(base)))
      try range("\(name).rest\(place)", own, bits: WideNumber.digitBits, Self.scalar)
      out.append(WideNumber.Digit(expression: own, lower: 0, upper: base - 1))
      out.append(WideNumber.Digit(expression: above, lower: 0, upper: (Int128(1) << Int128(width)) - 1))
    }
    return WideNumber(digits: out)
  }
}

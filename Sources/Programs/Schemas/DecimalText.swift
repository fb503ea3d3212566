/// Decimal text to integers, exactly.

/// Why a text is not a number of the wanted kind.
public enum DecimalTextError: Error, Equatable, Sendable {
  /// Not [+|−] digits [. digits] [e [+|−] digits], blanks around it aside.
  case notANumber
  /// More digits after the point than the scale allows.
  case tooManyDigits(found: Int, allowed: Int)
  /// The scaled number does not fit 64 bits.
  case tooLarge
}

/// A decimal number as written: mantissa · 10^(−scale).
public struct DecimalText: Equatable, Sendable {
  /// All digits as one integer, with the sign.
  public let mantissa: Int64
  /// Digits after the point once an exponent is applied; at least 0. Trailing zeros count.
  public let scale: Int

  /// Reads ASCII text; spaces and tabs around the number are ignored, nothing else is.
  /// - Throws: `.notANumber` or `.tooLarge` (more than 64 bits, or an exponent beyond ±400).
  public init(_ text: ArraySlice<UInt8>) throws(DecimalTextError) { try self.init(scanning: text) }

  /// Reads text as the other initialiser does.
  public init(_ text: String.UTF8View) throws(DecimalTextError) { try self.init(scanning: text) }

  /// Generic code is slow across modules, hence the two above.
  private init(scanning text: some Sequence<UInt8>) throws(DecimalTextError) {
    var state = State.start
    var negative = false
    var digits: UInt64 = 0
    var fraction = 0
    var exponent = 0
    var exponentNegative = false
    var large = false
    for byte in text {
      switch (state, byte) {
      case (.start, 0x20), (.start, 0x09): break
      case (.start, 0x2B), (.start, 0x2D):
        negative = byte == 0x2D
        state = .sign
      case (.start, 0x2E), (.sign, 0x2E): state = .leadingPoint
      case (.whole, 0x2E): state = .fraction
      case (.start, 0x30...0x39), (.sign, 0x30...0x39), (.whole, 0x30...0x39), (.leadingPoint, 0x30...0x39), (.fraction, 0x30...0x39):
        let (product, overflow) = digits.multipliedReportingOverflow(by: 10)
        let (sum, carry) = product.addingReportingOverflow(UInt64(byte &- 0x30))
        if overflow || carry { large = true } else { digits = sum }
        if state == .leadingPoint || state == .fraction {
          state = .fraction
          fraction += 1
        } else {
          state = .whole
        }
      case (.whole, 0x45), (.whole, 0x65), (.fraction, 0x45), (.fraction, 0x65): state = .exponentStart
      case (.exponentStart, 0x2B), (.exponentStart, 0x2D):
        exponentNegative = byte == 0x2D
        state = .exponentSign
      case (.exponentStart, 0x30...0x39), (.exponentSign, 0x30...0x39), (.exponent, 0x30...0x39):
        state = .exponent
        exponent = min(10_000, exponent * 10 + Int(byte &- 0x30))
      case (.whole, 0x20), (.whole, 0x09), (.fraction, 0x20), (.fraction, 0x09), (.exponent, 0x20), (.exponent, 0x09), (.end, 0x20),
        (.end, 0x09):
        state = .end
      default: throw .notANumber
      }
    }
    switch state {
    case .whole, .fraction, .exponent, .end: break
    default: throw .notANumber
    }
    guard !large, exponent <= 400 else { throw .tooLarge }
    let shifted = fraction + (exponentNegative ? exponent : -exponent)
    // A negative count of digits after the point means zeros before it.
    var value = digits
    for _ in 0..<max(0, digits == 0 ? 0 : -shifted) {
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      guard !overflow else { throw .tooLarge }
      value = product
    }
    guard value <= UInt64(Int64.max) else { throw .tooLarge }
    mantissa = negative ? -Int64(value) : Int64(value)
    scale = max(0, shifted)
  }

  /// number · 10^digits as an integer.
  /// - Throws: `.tooManyDigits` when the text has more digits after the point, `.tooLarge` when 64 bits do not suffice.
  public func scaled(toDigits digits: Int) throws(DecimalTextError) -> Int64 {
    guard scale <= digits else { throw .tooManyDigits(found: scale, allowed: digits) }
    if mantissa == 0 { return 0 }
    var value = mantissa
    for _ in scale..<digits {
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      guard !overflow else { throw .tooLarge }
      value = product
    }
    return value
  }

  /// The integer nearest to number · 10^digits, ties toward plus infinity, for a text with any number of digits after the point.
  /// - Throws: `.notANumber`; `.tooLarge` for more than 17 digits before the point or a result beyond 64 bits.
  public static func rounded(_ text: ArraySlice<UInt8>, toDigits digits: Int) throws(DecimalTextError) -> Int64 {
    try DecimalText(shortened(text)[...]).rounded(toDigits: digits)
  }

  /// The integer nearest to number · 10^digits, ties toward plus infinity.
  public func rounded(toDigits digits: Int) throws(DecimalTextError) -> Int64 {
    let excess = scale - digits
    guard excess > 0 else { return try scaled(toDigits: digits) }
    guard excess < 20 else { return 0 }  // |mantissa| < 10^19: below a tenth
    let power = (0..<excess).reduce(Int128(1)) { product, _ in product * 10 }
    let sum = 2 * Int128(mantissa) + power
    let quotient = sum / (2 * power)
    return Int64(sum % (2 * power) < 0 ? quotient - 1 : quotient)
  }

  /// The text with at most 17 significant digits and, if a digit other than 0 was left out after the point, one digit 1 more: rounding
  /// to fewer digits than that comes out the same.
  public static func shortened(_ text: ArraySlice<UInt8>) -> [UInt8] {
    var out: [UInt8] = []
    var significant = 0
    var isAfterPoint = false
    var hasRest = false
    var isMantissa = true
    for byte in text {
      if isMantissa, (0x30...0x39).contains(byte) {
        if significant > 0 || byte != 0x30 { significant += 1 }
        if significant > 17, isAfterPoint {
          hasRest = hasRest || byte != 0x30
          continue
        }
      } else if byte == 0x2E {
        isAfterPoint = true
      } else if isMantissa, significant > 0 || isAfterPoint, byte != 0x2B, byte != 0x2D {
        isMantissa = false
        if hasRest { out.append(0x31) }
        hasRest = false
      }
      out.append(byte)
    }
    if hasRest { out.append(0x31) }
    return out
  }

  /// The decimal text of `value` / 10^digits with exactly `digits` digits after the point.
  public static func text(_ value: Int64, digits: Int) -> String {
    guard digits > 0 else { return String(value) }
    var text = String(value.magnitude)
    if text.utf8.count <= digits { text = String(repeating: "0", count: digits + 1 - text.utf8.count) + text }
    let point = text.index(text.endIndex, offsetBy: -digits)
    return (value < 0 ? "-" : "") + text[..<point] + "." + text[point...]
  }

  private enum State { case start, sign, whole, leadingPoint, fraction, exponentStart, exponentSign, exponent, end }
}

/// 128-bit integers that report overflow, for fitting and transforming.
enum Exact {
  /// a·b. **Throws** `relationTooLarge` beyond 2^126.
  static func product(_ a: Int128, _ b: Int128, node: String) throws(ProgramError) -> Int128 {
    let (value, overflow) = a.multipliedReportingOverflow(by: b)
    guard !overflow, value.magnitude < 1 << 126 else {
      throw .relationTooLarge(node: node, relation: "an exact product", bound: 1 << 126, remedy: "use a smaller scale or a narrower range")
    }
    return value
  }

  /// ⌊a / b⌋ for b ≥ 1.
  static func floorQuotient(_ a: Int128, _ b: Int128) -> Int128 {
    let (quotient, remainder) = a.quotientAndRemainder(dividingBy: b)
    return remainder < 0 ? quotient - 1 : quotient
  }

  /// ⌊a / b + 1/2⌋ for b ≥ 1, |a| < 2^125: halves toward plus infinity.
  static func roundedQuotient(_ a: Int128, _ b: Int128) -> Int128 { floorQuotient(2 * a + b, 2 * b) }

  /// ⌊√a⌋; 0 for a negative argument.
  static func squareRoot(_ a: Int128) -> Int128 {
    guard a > 0 else { return 0 }
    var root: Int128 = 0
    for bit in stride(from: 62, through: 0, by: -1) {
      let trial = root + (Int128(1) << Int128(bit))
      if trial * trial <= a { root = trial }
    }
    return root
  }

  /// `value` in 64 bits. **Throws** `relationTooLarge`.
  static func narrowed(_ value: Int128, node: String) throws(ProgramError) -> Int64 {
    guard let out = Int64(exactly: value) else {
      throw .relationTooLarge(node: node, relation: "a stored number", bound: value, remedy: "use a smaller scale or a narrower range")
    }
    return out
  }
}

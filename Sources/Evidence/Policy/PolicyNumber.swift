import Programs

/// A decimal number of a policy, exactly: numerator / 10^digits.
struct PolicyNumber: Equatable, Sendable, CustomStringConvertible {
  let numerator: Int64
  /// At most 18.
  let digits: Int

  /// Reads `0.70`, `-3`, `1e3`; nil for anything else, and for more than 18 digits after the point.
  init?(_ text: String) {
    guard text.utf8.count <= 40, let number = try? DecimalText(text.utf8), number.scale <= 18 else { return nil }
    numerator = number.mantissa
    digits = number.scale
  }

  /// A whole number.
  init(_ number: Int) {
    numerator = Int64(number)
    digits = 0
  }

  /// 10^digits.
  var denominator: Int128 { (0..<digits).reduce(Int128(1)) { power, _ in power * 10 } }

  var description: String { DecimalText.text(numerator, digits: digits) }
}

/// What is proved about a number: it lies between two fractions over one denominator.
struct ProvedInterval: Equatable {
  let lower: Int128
  let upper: Int128
  /// Positive.
  let denominator: Int128

  /// A number that is known.
  init(_ value: Int128, over denominator: Int128 = 1) {
    self.init(lower: value, upper: value, over: denominator)
  }

  init(lower: Int128, upper: Int128, over denominator: Int128 = 1) {
    (self.lower, self.upper, self.denominator) = (lower, upper, denominator)
  }

  /// Whether the number is at least `minimum` and at most `maximum`, as far as the interval tells.
  func state(minimum: PolicyNumber?, maximum: PolicyNumber?) -> BundleRequirements.State {
    var isOpen = false
    for (bound, isMinimum) in [(minimum, true), (maximum, false)] {
      guard let bound else { continue }
      guard let low = sign(lower, bound), let high = sign(upper, bound) else { return .notCheckable }
      let (holds, fails) = isMinimum ? (low >= 0, high < 0) : (high <= 0, low > 0)
      if fails { return .notMet }
      if !holds { isOpen = true }
    }
    return isOpen ? .notEvidenced : .met
  }

  /// Sign of numerator / denominator − bound; nil beyond 128 bits.
  private func sign(_ numerator: Int128, _ bound: PolicyNumber) -> Int? {
    let (left, overflow) = numerator.multipliedReportingOverflow(by: bound.denominator)
    let (right, carry) = denominator.multipliedReportingOverflow(by: Int128(bound.numerator))
    guard !overflow, !carry else { return nil }
    return left < right ? -1 : left == right ? 0 : 1
  }
}

/// `at least 0.7`, `at most 3`, `between 1 and 3`; empty without bounds.
func boundWords(minimum: PolicyNumber?, maximum: PolicyNumber?) -> String {
  switch (minimum, maximum) {
  case (let low?, let high?): " between \(low) and \(high)"
  case (let low?, nil): " at least \(low)"
  case (nil, let high?): " at most \(high)"
  case (nil, nil): ""
  }
}

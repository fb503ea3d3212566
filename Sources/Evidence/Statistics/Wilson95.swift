/// The two-sided 95 % Wilson score interval of a share, from a count.
///
/// **Formula**, with p = successes / total, z = 1.959964 (the 0.975 quantile of the normal distribution), n = total:
/// centre = (p + z²/2n) / (1 + z²/n), half-width = z · sqrt(p(1−p)/n + z²/4n²) / (1 + z²/n).
///
/// It speaks of the population from which the rows would be an independent random sample; a proof cannot show that they are.
/// **Source**: E. B. Wilson, J. Amer. Statist. Assoc. 22 (1927), 209–212.
public struct Wilson95: Equatable, Sendable {
  /// Lower end, in [0, 1].
  public let lower: Double
  /// Upper end, in [0, 1].
  public let upper: Double

  /// The interval; nil unless 0 ≤ successes ≤ total and total > 0.
  public init?(successes: Int, total: Int) {
    guard total > 0, (0...total).contains(successes) else { return nil }
    let z = 1.959_963_984_540_054
    let n = Double(total)
    let share = Double(successes) / n
    let scale = 1 + z * z / n
    let centre = (share + z * z / (2 * n)) / scale
    let half = z * (share * (1 - share) / n + z * z / (4 * n * n)).squareRoot() / scale
    // The ends are exactly 0 and 1 for no and all successes; rounding must not move them inward.
    lower = successes == 0 ? 0 : max(0, centre - half)
    upper = successes == total ? 1 : min(1, centre + half)
  }
}

/// What always answering with the most frequent class would score.
public struct MajorityBaseline: Equatable, Sendable {
  /// Index of the most frequent class, the lowest of several.
  public let classIndex: Int
  /// Rows of that class.
  public let count: Int
  /// Rows in all.
  public let total: Int

  /// The baseline of classes with these row counts; nil if there is no row, a negative count, or a sum beyond Int.
  public init?(classCounts: [Int]) {
    var total = 0
    var best: (index: Int, count: Int)?
    for (index, count) in classCounts.enumerated() {
      guard count >= 0 else { return nil }
      let (sum, overflow) = total.addingReportingOverflow(count)
      guard !overflow else { return nil }
      total = sum
      if count > best?.count ?? -1 { best = (index, count) }
    }
    guard let best, total > 0 else { return nil }
    classIndex = best.index
    count = best.count
    self.total = total
  }

  /// A baseline from counts known already; nil unless 0 ≤ count ≤ total and total > 0.
  public init?(classIndex: Int, count: Int, total: Int) {
    guard total > 0, (0...total).contains(count), classIndex >= 0 else { return nil }
    self.classIndex = classIndex
    self.count = count
    self.total = total
  }
}

/// Percentages as text, rounded in a stated direction so that a printed bound is never better than the true one.
public enum Percentage {
  /// `successes` / `total` with two decimals, rounded half up, exactly; "–" if total is not positive or successes is outside 0...total.
  public static func text(_ successes: Int, of total: Int) -> String {
    guard total > 0, (0...total).contains(successes) else { return "–" }
    // floor((2·10⁴·successes + total) / (2·total)), in full width.
    let (high, low) = UInt(successes).multipliedFullWidth(by: 20_000)
    let (sum, carry) = low.addingReportingOverflow(UInt(total))
    let (quotient, _) = (UInt(total) * 2).dividingFullWidth((high + (carry ? 1 : 0), sum))
    return hundredths(Int(quotient))
  }

  /// A share in [0, 1], rounded down to two decimals of a percent.
  public static func lower(_ share: Double) -> String {
    share.isFinite ? hundredths(Int((min(max(share, 0), 1) * 10_000).rounded(.down))) : "–"
  }

  /// A share in [0, 1], rounded up to two decimals of a percent.
  public static func upper(_ share: Double) -> String {
    share.isFinite ? hundredths(Int((min(max(share, 0), 1) * 10_000).rounded(.up))) : "–"
  }

  private static func hundredths(_ number: Int) -> String {
    let fraction = number % 100
    return "\(number / 100).\(fraction < 10 ? "0" : "")\(fraction) %"
  }
}

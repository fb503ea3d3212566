/// Figures for reports, from exact counts.

/// Accuracy with what is needed to judge it.
public struct AccuracySummary: Equatable, Sendable {
  /// Correct predictions.
  public let correct: Int64
  /// All predictions.
  public let count: Int64
  /// correct / count; 0 for none.
  public let accuracy: Double
  /// Wilson's 95 % interval of the accuracy.
  public let interval: ClosedRange<Double>
  /// Accuracy of always predicting the most frequent label among the same rows.
  public let majorityBaseline: Double

  /// From a confusion matrix [label × prediction], row-major; nil unless it is square with counts that are not negative.
  public init?(confusion: [Int64], classCount: Int) {
    let (cells, overflow) = classCount.multipliedReportingOverflow(by: classCount)
    guard classCount >= 1, !overflow, cells == confusion.count, confusion.allSatisfy({ $0 >= 0 && $0 < 1 << 40 }) else { return nil }
    let labels = (0..<classCount).map { row in confusion[(row * classCount)..<((row + 1) * classCount)].reduce(0, +) }
    correct = (0..<classCount).reduce(0) { $0 + confusion[$1 * classCount + $1] }
    count = labels.reduce(0, +)
    accuracy = count == 0 ? 0 : Double(correct) / Double(count)
    majorityBaseline = count == 0 ? 0 : Double(labels.max() ?? 0) / Double(count)
    interval = Self.wilson95(successes: correct, count: count)
  }

  /// Wilson's score interval (Wilson 1927): (p + z²/2n ± z·√(p(1−p)/n + z²/4n²)) / (1 + z²/n) with z = 1.959964; 0…1 for n = 0.
  public static func wilson95(successes: Int64, count: Int64) -> ClosedRange<Double> {
    guard count > 0, (0...count).contains(successes) else { return 0...1 }
    let z = 1.959963984540054
    let n = Double(count)
    let p = Double(successes) / n
    let centre = p + z * z / (2 * n)
    let spread = z * (p * (1 - p) / n + z * z / (4 * n * n)).squareRoot()
    let scale = 1 + z * z / n
    return max(0, (centre - spread) / scale)...min(1, (centre + spread) / scale)
  }
}

/// Errors of a regression, in units of the target.
public struct RegressionSummary: Equatable, Sendable {
  /// Number of predictions.
  public let count: Int
  /// Square root of the mean squared error.
  public let rootMeanSquaredError: Double
  /// Mean absolute error.
  public let meanAbsoluteError: Double
  /// 1 − Σ(label − prediction)² / Σ(label − mean label)²; 0 when all labels are equal.
  public let rSquared: Double

  /// From stored integers with `digits` decimal digits.
  public init(labels: [Int64], predictions: [Int64], digits: Int) {
    let unit = (0..<max(0, digits)).reduce(1.0) { value, _ in value * 10 }
    let pairs = zip(labels, predictions).map { (Double($0) / unit, Double($1) / unit) }
    let n = Double(max(1, pairs.count))
    let mean = pairs.reduce(0) { $0 + $1.0 } / n
    let squares = pairs.reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    let variation = pairs.reduce(0) { $0 + ($1.0 - mean) * ($1.0 - mean) }
    count = pairs.count
    rootMeanSquaredError = (squares / n).squareRoot()
    meanAbsoluteError = pairs.reduce(0) { $0 + abs($1.0 - $1.1) } / n
    rSquared = variation == 0 ? 0 : 1 - squares / variation
  }
}

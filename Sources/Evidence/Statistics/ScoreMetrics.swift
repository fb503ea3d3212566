/// Metrics of scores and of numbers, from integers that were proved.
public enum ScoreMetrics {
  /// AUC = 2U / (2·P·N); nil without rows of both classes.
  public static func areaUnderCurve(rankSum: Int64, positives: Int, negatives: Int) -> Double? {
    guard positives > 0, negatives > 0 else { return nil }
    return Double(rankSum) / (2 * Double(positives) * Double(negatives))
  }

  /// 2·AUC − 1.
  public static func gini(_ areaUnderCurve: Double) -> Double { 2 * areaUnderCurve - 1 }

  /// 95 % interval A ± 1.959964·√V, cut to [0, 1], with V = (A(1 − A) + (P − 1)(Q₁ − A²) + (N − 1)(Q₂ − A²)) / (P·N), Q₁ = A/(2 − A),
  /// Q₂ = 2A²/(1 + A). **Source**: J. A. Hanley, B. J. McNeil, Radiology 143 (1982), 29–36.
  public static func interval(areaUnderCurve a: Double, positives: Int, negatives: Int) -> (lower: Double, upper: Double)? {
    guard positives > 0, negatives > 0, (0...1).contains(a) else { return nil }
    let (p, n) = (Double(positives), Double(negatives))
    let variance = (a * (1 - a) + (p - 1) * (a / (2 - a) - a * a) + (n - 1) * (2 * a * a / (1 + a) - a * a)) / (p * n)
    let half = 1.959_963_984_540_054 * max(variance, 0).squareRoot()
    return (max(0, a - half), min(1, a + half))
  }

  /// KS = D / (P·N); nil without rows of both classes.
  public static func distance(_ distance: Int64, positives: Int, negatives: Int) -> Double? {
    guard positives > 0, negatives > 0 else { return nil }
    return Double(distance) / (Double(positives) * Double(negatives))
  }

  /// Brier score of Σ (score − unit·label)²; nil without rows.
  public static func brier(squaredError: Int64, unit: Int64, rows: Int) -> Double? {
    guard rows > 0, unit > 0 else { return nil }
    return Double(squaredError) / Double(unit) / Double(unit) / Double(rows)
  }

  /// Mean log-loss of a sum in units of 10^−10; nil without rows.
  public static func logLoss(_ sum: Int64, rows: Int) -> Double? { rows > 0 ? Double(sum) / 1e10 / Double(rows) : nil }

  /// Expected calibration error Σ_bins |positives − Σ score / unit| / n, of rows, positives and sums of scores by bin; nil without rows.
  public static func calibrationError(_ counts: [Int64], unit: Int64) -> Double? {
    let bins = counts.count / 3
    let rows = (0..<bins).reduce(0.0) { $0 + Double(counts[3 * $1]) }
    guard rows > 0, unit > 0, counts.count == 3 * bins else { return nil }
    return (0..<bins).reduce(0.0) { $0 + abs(Double(counts[3 * $1 + 1]) - Double(counts[3 * $1 + 2]) / Double(unit)) } / rows
  }

  /// Σ(y − mean)² of Σy and Σ(y − c)²; nil without rows, or where the sums cannot be those of any numbers.
  public static func variation(sum: Int64, centre: Int64, squares: Int64, rows: Int) -> Double? {
    guard rows > 0 else { return nil }
    let shift = Int128(sum) - Int128(rows) * Int128(centre)
    let variation = Int128(rows) * Int128(squares) - shift * shift
    return variation >= 0 ? Double(variation) / Double(rows) : nil
  }

  /// R² = 1 − Σ(prediction − label)² / Σ(label − mean)², where Σ(y − mean)² = Σ(y − c)² − (Σy − n·c)²/n; nil when labels do not vary.
  public static func determination(squaredError: Int64, sum: Int64, centre: Int64, squares: Int64, rows: Int) -> Double? {
    guard rows > 0 else { return nil }
    let shift = Int128(sum) - Int128(rows) * Int128(centre)
    let variation = Int128(rows) * Int128(squares) - shift * shift
    return variation > 0 ? 1 - Double(rows) * Double(squaredError) / Double(variation) : nil
  }
}

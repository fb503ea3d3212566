/// Metrics of classes, from counts by actual and predicted class. A quotient without a denominator is 0, as with scikit-learn's `zero_division=0`.
public struct ClassMetrics: Equatable, Sendable {
  public struct PerClass: Equatable, Sendable {
    /// TP / (TP + FP).
    public let precision: Double
    /// TP / (TP + FN).
    public let recall: Double
    /// 2·TP / (2·TP + FP + FN).
    public let f1: Double
    /// TP + FN: rows of the class.
    public let support: Int
  }
  public let total: Int
  public let correct: Int
  /// By class, in the matrix's order.
  public let classes: [PerClass]

  public init(_ matrix: ConfusionMatrix) {
    total = matrix.total
    correct = matrix.correct
    let counts = matrix.counts
    classes = counts.indices.map { k in
      let hits = counts[k][k]
      let actual = counts[k].reduce(0, +)
      let predicted = counts.reduce(0) { $0 + $1[k] }
      return PerClass(
        precision: Self.quotient(hits, predicted), recall: Self.quotient(hits, actual), f1: Self.quotient(2 * hits, actual + predicted),
        support: actual)
    }
  }

  public var accuracy: Double { Self.quotient(correct, total) }
  /// 95 % interval of the accuracy; nil without rows.
  public var accuracyInterval: Wilson95? { Wilson95(successes: correct, total: total) }
  /// Mean recall of the classes that occur.
  public var balancedAccuracy: Double {
    let occurring = classes.filter { $0.support > 0 }
    return occurring.isEmpty ? 0 : occurring.reduce(0) { $0 + $1.recall } / Double(occurring.count)
  }
  /// Share of the most frequent actual class: what always answering it would give.
  public var majority: Double { Self.quotient(classes.map(\.support).max() ?? 0, total) }
  /// Unweighted mean over classes.
  public func macro(_ value: (PerClass) -> Double) -> Double {
    classes.isEmpty ? 0 : classes.reduce(0) { $0 + value($1) } / Double(classes.count)
  }
  /// Mean over classes, weighted by their rows.
  public func weighted(_ value: (PerClass) -> Double) -> Double {
    total == 0 ? 0 : classes.reduce(0) { $0 + value($1) * Double($1.support) } / Double(total)
  }

  static func quotient(_ numerator: Int, _ denominator: Int) -> Double {
    denominator == 0 ? 0 : Double(numerator) / Double(denominator)
  }
}

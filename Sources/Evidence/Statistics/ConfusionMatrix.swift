/// Counts of rows by actual and predicted class.
public struct ConfusionMatrix: Equatable, Sendable {
  /// Class names, in the order of rows and columns; from data, to be escaped when shown.
  public let classes: [String]
  /// `counts[actual][predicted]`, all ≥ 0.
  public let counts: [[Int]]
  /// Rows in all.
  public let total: Int

  /// A square matrix of as many rows as classes; nil for another shape, a negative count, no class, or a sum beyond Int.
  public init?(classes: [String], counts: [[Int]]) {
    guard !classes.isEmpty, counts.count == classes.count, counts.allSatisfy({ $0.count == classes.count }) else { return nil }
    var total = 0
    for count in counts.joined() {
      guard count >= 0 else { return nil }
      let (sum, overflow) = total.addingReportingOverflow(count)
      guard !overflow else { return nil }
      total = sum
    }
    self.classes = classes
    self.counts = counts
    self.total = total
  }

  /// Rows on the diagonal.
  public var correct: Int {
    counts.enumerated().reduce(0) { $0 + $1.element[$1.offset] }
  }

  /// Rows of each actual class.
  public var classCounts: [Int] {
    counts.map { $0.reduce(0, +) }
  }
}

/// Fairlearn's comparisons of groups, from each group's counts by actual and predicted class.
///
/// Groups that are too small to be shown are not among them. **Source**: Fairlearn, `fairlearn.metrics`: difference = greatest less least,
/// ratio = least over greatest rate; of equalised odds, the larger difference and the smaller ratio over the labels.
public struct FairnessMetrics: Equatable, Sendable {
  /// Group names and matrices, which have the same classes.
  public let groups: [(name: String, matrix: ConfusionMatrix)]
  /// The class whose prediction is the favourable outcome.
  public let selected: Int

  /// Nil without a group, or for a class that does not exist.
  public init?(groups: [(name: String, matrix: ConfusionMatrix)], selected: Int) {
    guard let first = groups.first, first.matrix.classes.indices.contains(selected),
      groups.allSatisfy({ $0.matrix.classes == first.matrix.classes })
    else { return nil }
    self.groups = groups
    self.selected = selected
  }

  public static func == (left: Self, right: Self) -> Bool {
    left.selected == right.selected && left.groups.map(\.name) == right.groups.map(\.name)
      && left.groups.map(\.matrix) == right.groups.map(\.matrix)
  }

  /// Share of each group's rows (of one actual class, or of all) that are predicted as the class; nil for a group without such rows.
  public func rates(actual: Int? = nil) -> [Double?] {
    groups.map { group in
      let rows = actual.map { group.matrix.counts[$0..<$0 + 1] } ?? group.matrix.counts[...]
      let total = rows.joined().reduce(0, +)
      return total == 0 ? nil : ClassMetrics.quotient(rows.reduce(0) { $0 + $1[selected] }, total)
    }
  }

  /// Greatest less least rate; nil when no group has one.
  public static func difference(_ rates: [Double?]) -> Double? {
    let known = rates.compactMap { $0 }
    guard let least = known.min(), let greatest = known.max() else { return nil }
    return greatest - least
  }

  /// Least over greatest rate; nil when no group has a positive one.
  public static func ratio(_ rates: [Double?]) -> Double? {
    let known = rates.compactMap { $0 }
    guard let least = known.min(), let greatest = known.max(), greatest > 0 else { return nil }
    return least / greatest
  }

  public var demographicParityDifference: Double? { Self.difference(rates()) }
  public var demographicParityRatio: Double? { Self.ratio(rates()) }
  public var equalOpportunityDifference: Double? { Self.difference(rates(actual: selected)) }
  public var equalOpportunityRatio: Double? { Self.ratio(rates(actual: selected)) }
  public var equalisedOddsDifference: Double? { byLabel(Self.difference).max() }
  public var equalisedOddsRatio: Double? { byLabel(Self.ratio).min() }

  private func byLabel(_ compare: ([Double?]) -> Double?) -> [Double] {
    groups[0].matrix.classes.indices.compactMap { compare(rates(actual: $0)) }
  }
}

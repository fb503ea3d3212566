/// What the static analysis knows about the values of a node.

/// Neighbouring columns of a tensor and what holds for them in every row.
public enum ColumnGroup: Hashable, Sendable {
  /// `count` columns, each value in `range`, nothing known between them.
  case independent(count: Int, range: IntegerRange)
  /// `count` columns of which in every row exactly one has the value `selected` and all others the value `others`.
  case exactlyOne(count: Int, selected: Int64, others: Int64)

  /// Number of columns.
  public var count: Int {
    switch self {
    case .independent(let count, _), .exactlyOne(let count, _, _): count
    }
  }

  /// The interval of a single value.
  public var range: IntegerRange {
    switch self {
    case .independent(_, let range): range
    case .exactlyOne(let count, let selected, let others):
      count == 1 ? IntegerRange(only: selected) : IntegerRange(only: selected).hull(IntegerRange(only: others))
    }
  }
}

/// Bounds of a node's values: one interval for all, and per group of columns.
public struct ValueBounds: Hashable, Sendable {
  /// Every value of the node is in here.
  public let range: IntegerRange
  /// Groups from left to right; their counts add up to the columns of the node's shape.
  public let groups: [ColumnGroup]

  /// The same interval for all of `columns` columns.
  public init(range: IntegerRange, columns: Int) {
    self.range = range
    groups = [.independent(count: columns, range: range)]
  }

  /// Bounds from groups, or nil when there is none. Independent neighbours of one range become one group.
  init?(groups: some Sequence<ColumnGroup>) {
    var (merged, hull): ([ColumnGroup], IntegerRange?) = ([], nil)
    for group in groups {
      hull = hull?.hull(group.range) ?? group.range
      if case .independent(let count, let range) = group, case .independent(let before, let same)? = merged.last, same == range {
        merged[merged.count - 1] = .independent(count: before + count, range: range)
      } else {
        merged.append(group)
      }
    }
    guard let hull else { return nil }
    range = hull
    self.groups = merged
  }
}

/// Result of the analysis for one node.
public struct NodeBounds: Hashable, Sendable {
  /// What the program's own arithmetic implies for the node's values.
  public let values: ValueBounds
  /// The interval that a range check must enforce where the node's values are advice of the prover: [lower, lower + 2^k − 1]
  /// with the smallest k that covers `values.range`. For other nodes the range itself.
  public let enforced: IntegerRange
  /// Largest absolute value that either side of the node's relation can take when every operand is in its range and every
  /// advice value in its enforced range; below 2^62.
  public let relationMagnitude: Int64

  /// `values.range`.
  public var range: IntegerRange { values.range }
}

/// Limits of the analysis.
public enum AnalysisLimit {
  /// Both sides of every relation stay below this in absolute value: 2^62. Two sides that agree modulo p > 2^63 then agree over
  /// the integers; for Goldilocks (p > 2^63) it leaves a factor two of slack under p/2.
  public static let relation: Int64 = 1 << 62

  /// Checks |range| < 2^62.
  static func check(_ range: WideRange, node: String, relation: String, remedy: String) throws(ProgramError) -> Int64 {
    guard let magnitude = Int64(exactly: range.magnitude), magnitude < self.relation else {
      throw .relationTooLarge(node: node, relation: relation, bound: range.magnitude, remedy: remedy)
    }
    return magnitude
  }

  /// [lower, lower + 2^k − 1] with k the bit count of the range: what a k-bit range check enforces. Nil when it leaves Int64.
  static func powerOfTwoCover(_ range: IntegerRange) -> IntegerRange? {
    let bits = range.bitCount
    guard bits <= 62 else { return nil }
    let (upper, overflow) = range.lower.addingReportingOverflow((Int64(1) << Int64(bits)) - 1)
    return overflow ? nil : IntegerRange(lower: range.lower, upper: upper)
  }
}

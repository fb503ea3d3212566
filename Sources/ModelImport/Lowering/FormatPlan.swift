/// What calibration decides: the magnitude of every tensor, on the grid of powers of two. The plan is public.

/// Magnitudes of the tensors of a graph, by the number of their node.
public struct FormatPlan: Hashable, Sendable {
  /// What is known of one tensor.
  public struct Entry: Hashable, Sendable {
    /// The least e with |x| · headroom ≤ 2^e for all x seen.
    public let exponent: Int
    /// Whether a model input held integers only.
    public let isIntegral: Bool
    /// Whether a negative number was seen.
    public let isSigned: Bool
    /// Whether no number above 0 was seen.
    public let isNeverPositive: Bool
    /// Whether a missing value was seen (inputs only).
    public let hasMissing: Bool
  }

  /// Entries by node.
  public internal(set) var entries: [Int: Entry] = [:]

  /// Room above the largest value seen: 5/4.
  static let headroom = 1.25

  /// The least e with |value| · headroom ≤ 2^e; 0 gives −20.
  static func exponent(_ magnitude: Double, headroom: Double = headroom) -> Int {
    guard magnitude > 0 else { return -20 }
    let scaled = magnitude * headroom
    var e = Int(scaled.exponent)
    if Double(sign: .plus, exponent: e, significand: 1) < scaled { e += 1 }
    return max(-60, min(60, e))
  }
}

/// Ranges seen while the float reference runs over the rows.
struct Calibration {
  private(set) var largest: [Double]
  private(set) var isIntegral: [Bool]
  private(set) var isSigned: [Bool]
  private(set) var isNeverPositive: [Bool]
  private(set) var hasMissing: [Bool]

  init(count: Int) {
    largest = [Double](repeating: 0, count: count)
    isIntegral = [Bool](repeating: true, count: count)
    isSigned = [Bool](repeating: false, count: count)
    isNeverPositive = [Bool](repeating: true, count: count)
    hasMissing = [Bool](repeating: false, count: count)
  }

  /// Takes a node's values into account; false when one is infinite, or NaN where no missing value is allowed.
  mutating func record(_ node: Int, _ values: [Double], allowsMissing: Bool) -> Bool {
    var positive = !isNeverPositive[node]
    var (high, integral, signed, missing) = (largest[node], isIntegral[node], isSigned[node], hasMissing[node])
    for value in values {
      if value.isNaN {
        guard allowsMissing else { return false }
        missing = true
        continue
      }
      let size = abs(value)
      guard size.isFinite else { return false }
      if size > high { high = size }
      if value < 0 { signed = true }
      if value > 0 { positive = true }
      if integral, value.rounded() != value { integral = false }
    }
    isNeverPositive[node] = !positive
    (largest[node], isIntegral[node], isSigned[node], hasMissing[node]) = (high, integral, signed, missing)
    return true
  }

  /// The plan for the nodes named.
  func plan(_ nodes: [Int]) -> FormatPlan {
    var plan = FormatPlan()
    for node in nodes {
      plan.entries[node] = FormatPlan.Entry(
        exponent: FormatPlan.exponent(largest[node]), isIntegral: isIntegral[node], isSigned: isSigned[node], isNeverPositive: isNeverPositive[node],
        hasMissing: hasMissing[node])
    }
    return plan
  }
}

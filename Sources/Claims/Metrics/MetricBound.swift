import Hashing

/// A public bound on a metric of hidden counts, in whole numbers: numerator / denominator.
///
/// Groups and labels are those of a `ConfusionClaim`; `selected` is a class. Differences and ratios are Fairlearn's: greatest less, or least
/// over, greatest group rate, among the groups that are shown. Source: Fairlearn 0.12, `fairlearn.metrics`.
public struct MetricBound: Hashable, Sendable {
  public enum Metric: Hashable, Sendable {
    /// Share of correct predictions, at least.
    case accuracy
    /// TP / (TP + FP) of a class, at least; at least one true positive.
    case precision(Int)
    /// TP / (TP + FN) of a class, at least; at least one true positive.
    case recall(Int)
    /// 2·TP / (2·TP + FP + FN) of a class, at least; at least one true positive.
    case f1(Int)
    /// Difference of the groups' shares of rows predicted as the class, at most.
    case demographicParityDifference(Int)
    /// Ratio of the same shares, at least; at least one row of a shown group is predicted so.
    case demographicParityRatio(Int)
    /// Difference of the groups' true positive rates of the class, at most.
    case equalOpportunityDifference(Int)
    /// Difference of the groups' rates of predicting the class, among rows of each label, at most.
    case equalisedOddsDifference(Int)

    /// Whether the bound is an upper one.
    public var isUpper: Bool {
      switch self {
      case .accuracy, .precision, .recall, .f1, .demographicParityRatio: false
      case .demographicParityDifference, .equalOpportunityDifference, .equalisedOddsDifference: true
      }
    }

    /// Whether it compares groups.
    public var comparesGroups: Bool {
      switch self {
      case .accuracy, .precision, .recall, .f1: false
      case .demographicParityDifference, .demographicParityRatio, .equalOpportunityDifference, .equalisedOddsDifference: true
      }
    }

    /// Stable name, and the class.
    public var name: (text: String, selected: Int?) {
      switch self {
      case .accuracy: ("accuracy", nil)
      case .precision(let selected): ("precision", selected)
      case .recall(let selected): ("recall", selected)
      case .f1(let selected): ("f1", selected)
      case .demographicParityDifference(let selected): ("demographicParityDifference", selected)
      case .demographicParityRatio(let selected): ("demographicParityRatio", selected)
      case .equalOpportunityDifference(let selected): ("equalOpportunityDifference", selected)
      case .equalisedOddsDifference(let selected): ("equalisedOddsDifference", selected)
      }
    }
  }
  public let metric: Metric
  public let numerator: Int64
  /// 1 … 1,000,000.
  public let denominator: Int64

  public init(_ metric: Metric, _ numerator: Int64, of denominator: Int64) {
    self.metric = metric
    self.numerator = numerator
    self.denominator = denominator
  }

  public var canonical: CanonicalValue {
    let (text, selected) = metric.name
    return [.text(text), .list(selected.map { [signedNumber(Int64($0))] } ?? []), signedNumber(numerator), signedNumber(denominator)]
  }
}

/// constant + Σ coefficient·count ≥ 0 over the counts of (group, label, prediction).
struct CountInequality: Equatable {
  var constant: Int128
  /// By index (group·K + label)·K + prediction.
  var coefficients: [Int: Int128]

  mutating func add(_ factor: Int128, _ cells: [Int]) {
    for cell in cells { coefficients[cell, default: 0] += factor }
  }

  /// The value at given counts.
  func value(_ counts: [Int64]) -> Int128 {
    coefficients.reduce(constant) { sum, term in sum + term.value * Int128(counts.indices.contains(term.key) ? counts[term.key] : 0) }
  }
}

/// The counts' indices, and what a bound says of them.
struct CountLayout {
  let groups: Int
  let classes: Int
  let rows: Int
  /// Groups that are compared, ascending.
  let shown: [Int]
  /// Public numbers of rows by shown group and label.
  let marginals: [Int64]

  func cells(group: Int? = nil, label: Int? = nil, prediction: Int? = nil) -> [Int] {
    var out: [Int] = []
    for g in group.map({ $0..<$0 + 1 }) ?? 0..<groups {
      for y in label.map({ $0..<$0 + 1 }) ?? 0..<classes {
        for p in prediction.map({ $0..<$0 + 1 }) ?? 0..<classes { out.append((g * classes + y) * classes + p) }
      }
    }
    return out
  }

  /// Rows of the shown group at a place, of one label or of all.
  func total(_ place: Int, label: Int? = nil) -> Int128 {
    let own = marginals[place * classes..<(place + 1) * classes]
    return label.map { Int128(own[own.startIndex + $0]) } ?? own.reduce(Int128(0)) { $0 + Int128($1) }
  }

  /// Everything that the bound says, as inequalities that hold together.
  ///
  /// **Throws** `inconsistent` for a class that does not exist, a fraction out of bounds, or a group without rows to have a rate.
  func inequalities(_ bound: MetricBound) throws(ClaimError) -> [CountInequality] {
    guard (1...1_000_000).contains(bound.denominator), (0...bound.denominator).contains(bound.numerator) else {
      throw .inconsistent("a bound of \(bound.numerator) / \(bound.denominator)")
    }
    let selected = bound.metric.name.selected ?? 0
    guard (0..<classes).contains(selected) else { throw .inconsistent("a bound on class \(selected) of \(classes)") }
    let (p, q) = (Int128(bound.numerator), Int128(bound.denominator))
    let hits = cells(label: selected, prediction: selected)
    switch bound.metric {
    case .accuracy:
      var out = CountInequality(constant: -p * Int128(rows), coefficients: [:])
      for label in 0..<classes { out.add(q, cells(label: label, prediction: label)) }
      return [out]
    case .precision: return atLeast(q, p, hits: hits, cells(prediction: selected))
    case .recall: return atLeast(q, p, hits: hits, cells(label: selected))
    case .f1: return atLeast(2 * q, p, hits: hits, cells(prediction: selected) + cells(label: selected))
    case .demographicParityDifference: return try differences(p, q, selected, label: nil)
    case .equalOpportunityDifference: return try differences(p, q, selected, label: selected)
    case .equalisedOddsDifference:
      var out: [CountInequality] = []
      for label in 0..<classes { out += try differences(p, q, selected, label: label) }
      return out
    case .demographicParityRatio:
      var out: [CountInequality] = []
      var any = CountInequality(constant: -1, coefficients: [:])
      for (a, first) in shown.enumerated() {
        any.add(1, cells(group: first, prediction: selected))
        for (b, second) in shown.enumerated() where a != b {
          // s_a/n_a ≥ (p/q)·s_b/n_b.
          var one = CountInequality(constant: 0, coefficients: [:])
          one.add(q * (try rate(b, nil)), cells(group: first, prediction: selected))
          one.add(-p * (try rate(a, nil)), cells(group: second, prediction: selected))
          out.append(one)
        }
      }
      return out + [any]
    }
  }

  /// q·hits ≥ p·base, and a hit at all: the metric of no hits is 0, not undefined.
  private func atLeast(_ q: Int128, _ p: Int128, hits: [Int], _ base: [Int]) -> [CountInequality] {
    var ratio = CountInequality(constant: 0, coefficients: [:])
    ratio.add(q, hits)
    ratio.add(-p, base)
    guard p > 0 else { return [ratio] }
    var some = CountInequality(constant: -1, coefficients: [:])
    some.add(1, hits)
    return [ratio, some]
  }

  /// s_a/n_a − s_b/n_b ≤ p/q for every ordered pair of shown groups.
  private func differences(_ p: Int128, _ q: Int128, _ selected: Int, label: Int?) throws(ClaimError) -> [CountInequality] {
    var out: [CountInequality] = []
    for (a, first) in shown.enumerated() {
      for (b, second) in shown.enumerated() where a != b {
        let (n, m) = (try rate(a, label), try rate(b, label))
        var one = CountInequality(constant: p * n * m, coefficients: [:])
        one.add(-q * m, cells(group: first, label: label, prediction: selected))
        one.add(q * n, cells(group: second, label: label, prediction: selected))
        out.append(one)
      }
    }
    return out
  }

  private func rate(_ place: Int, _ label: Int?) throws(ClaimError) -> Int128 {
    let total = total(place, label: label)
    guard total > 0 else { throw .inconsistent("group \(shown[place]) has no rows\(label.map { " with label \($0)" } ?? ""), hence no rate") }
    return total
  }
}

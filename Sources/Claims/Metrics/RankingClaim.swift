import Hashing
import Programs
import ProofSystem

/// How well committed scores order and estimate a class: integers from which ROC-AUC, Gini, KS, Brier score, log-loss and calibration follow.
///
/// **Formula**, with P_s and N_s the numbers of rows of score s that have the positive class and another: the two columns of multiplicities of
/// the lookup (score, label). Exact at the score's full resolution, ties included.
public struct RankingClaim: DataRelation {
  public static let type = "ranking"

  public enum Measure: Hashable, Sendable {
    /// 2U = Σ_s P_s·(2·Σ_{t<s} N_t + N_s) = 2·P·N·AUC: Mann and Whitney's statistic, ties counted half.
    case rankSum(Shown)
    /// max_s |N·Σ_{t≤s} P_t − P·Σ_{t≤s} N_t| = P·N·KS: Kolmogorov and Smirnov's distance.
    case distance(Shown)
    /// Σ over rows of (score − unit·[label is positive])² = n·unit²·Brier.
    case squaredError(Shown)
    /// Σ over rows of −10^10·ln(probability given to the true side), with ln(w) rounded to the nearest 10^−10 for numerator and denominator;
    /// a probability of 0 counts as 2^−52, as in scikit-learn.
    case logLoss(Shown)
    /// For each bin edges[k] ≤ score < edges[k + 1]: rows, rows of the positive class, sum of scores.
    case calibration(edges: [Int64], counts: [Int64])
  }
  public let labels: ClaimStatement.ColumnName
  /// A number column of at most 2^16 possible values, without missing cells.
  public let scores: ClaimStatement.ColumnName
  /// Index of the positive class.
  public let positive: Int
  /// Public number of rows of the positive class: P.
  public let positives: Int
  /// The score that stands for the probability 1; nil when scores are only an order.
  public let unit: Int64?
  public let measures: [Measure]
  /// The rows that are measured; nil: all of them. `positives` and every sum are of these rows.
  public let slice: RowSlice?

  public init(
    labels: ClaimStatement.ColumnName, scores: ClaimStatement.ColumnName, positive: Int, positives: Int, unit: Int64?, measures: [Measure],
    slice: RowSlice? = nil
  ) {
    self.labels = labels
    self.scores = scores
    self.positive = positive
    self.positives = positives
    self.unit = unit
    self.measures = measures
    self.slice = slice
  }

  public var artefacts: [String] {
    var out: [String] = []
    for name in [labels.artefact, scores.artefact] + (slice.map { [$0.group.column.artefact] } ?? []) where !out.contains(name) { out.append(name) }
    return out
  }

  public var canonical: CanonicalValue {
    .list(
      [
        "ranking/v1", [.text(labels.artefact), .text(labels.column)], [.text(scores.artefact), .text(scores.column)],
        signedNumber(Int64(positive)), signedNumber(Int64(positives)), .list(unit.map { [signedNumber($0)] } ?? []),
        .list(measures.map(\.canonical)),
      ] + (slice.map { [$0.canonical] } ?? []))
  }

  public var reveals: [Disclosure] {
    [Disclosure(subject: "rows of class \(positive) of \(labels.column)", kind: .exact, values: [Int64(positives)])]
      + (slice.map { [$0.disclosure] } ?? []) + measures.map { $0.disclosure(scores.column) }
  }

  // MARK: Semantics

  /// P_s and N_s, from the lowest possible score on, of the rows that are measured. **Throws** `unknownName`, `unknownColumn`.
  func counts(_ tables: DataTables) throws(ProgramError) -> (positive: [Int64], negative: [Int64], lower: Int64) {
    let inside: [Int64]? = if let slice { try slice.inside(tables) } else { nil }
    let (own, values) = (try tables.column(labels.artefact, labels.column), try tables.column(scores.artefact, scores.column))
    guard let range = try tables.table(scores.artefact).schema.column(scores.column)?.type.range, range.bitCount <= 16 else {
      throw .unknownColumn(scores.column)
    }
    let size = 1 << range.bitCount
    var (positive, negative) = ([Int64](repeating: 0, count: size), [Int64](repeating: 0, count: size))
    for (row, (label, score)) in zip(own, values).enumerated() where range.contains(score) {
      if let inside, row >= inside.count || inside[row] == 0 { continue }
      if label == Int64(self.positive) { positive[Int(score - range.lower)] += 1 } else { negative[Int(score - range.lower)] += 1 }
    }
    return (positive, negative, range.lower)
  }

  /// The integer (or the counts) of a measure by definition. **Throws** as `counts`; `invalidParameter` without a unit.
  public func values(_ measure: Measure, _ tables: DataTables) throws(ProgramError) -> [Int64] {
    let (positive, negative, lower) = try counts(tables)
    func weighted(_ weights: (yes: [Int64], no: [Int64])) -> Int64 {
      zip(zip(positive, weights.yes), zip(negative, weights.no)).reduce(Int64(0)) { $0 &+ $1.0.0 &* $1.0.1 &+ $1.1.0 &* $1.1.1 }
    }
    switch measure {
    case .rankSum:
      var (below, sum) = (Int64(0), Int64(0))
      for (yes, no) in zip(positive, negative) {
        sum &+= yes &* (2 &* below &+ no)
        below += no
      }
      return [sum]
    case .distance: return [differences(positive, negative).map { abs($0) }.max() ?? 0]
    case .squaredError: return [weighted(try ScoreWeights.squared(unit, lower: lower, count: positive.count))]
    case .logLoss: return [weighted(try ScoreWeights.logarithmic(unit, lower: lower, count: positive.count))]
    case .calibration(let edges, _):
      var out: [Int64] = []
      for (low, high) in zip(edges, edges.dropFirst()) {
        let bin = positive.indices.filter { (low..<high).contains(lower + Int64($0)) }
        out.append(bin.reduce(0) { $0 + positive[$1] + negative[$1] })
        out.append(bin.reduce(0) { $0 + positive[$1] })
        out.append(bin.reduce(0) { $0 &+ (positive[$1] + negative[$1]) &* (lower + Int64($1)) })
      }
      return out
    }
  }

  /// N·Σ_{t≤s} P_t − P·Σ_{t≤s} N_t for every s.
  private func differences(_ positive: [Int64], _ negative: [Int64]) -> [Int64] {
    let (p, n) = (positive.reduce(0, +), negative.reduce(0, +))
    var (yes, no) = (Int64(0), Int64(0))
    return zip(positive, negative).map { one, other in
      yes += one
      no += other
      return n &* yes &- p &* no
    }
  }

  public func record(_ tables: DataTables) throws(ProgramError) -> [String: [Int64]] {
    let (positive, negative, _) = try counts(tables)
    func before(_ values: [Int64]) -> [Int64] {
      var sum = Int64(0)
      return values.map { value in
        defer { sum &+= value }
        return sum
      }
    }
    var out = ["negatives": before(negative), "positives": before(positive)]
    out["scores"] = before(positive.indices.map { (positive[$0] + negative[$0]) &* Int64($0) })
    let differences = differences(positive, negative)
    let place = differences.indices.max { differences[$0].magnitude < differences[$1].magnitude } ?? 0
    for (sign, name) in [(true, "up"), (false, "down")] {
      var flags = [Int64](repeating: 0, count: differences.count)
      if differences.indices.contains(place), (differences[place] >= 0) == sign { flags[place] = 1 }
      out[name] = flags
    }
    for (index, measure) in measures.enumerated() { out["\(index).value"] = try values(measure, tables) }
    if let slice { for (key, values) in try slice.record(tables) { out[key] = values } }
    return out
  }
}

extension RankingClaim.Measure {
  var canonical: CanonicalValue {
    switch self {
    case .rankSum(let shown): ["rank sum", shown.canonical]
    case .distance(let shown): ["distance", shown.canonical]
    case .squaredError(let shown): ["squared error", shown.canonical]
    case .logLoss(let shown): ["log loss", shown.canonical]
    case .calibration(let edges, let counts): ["calibration", .list(edges.map(signedNumber)), .list(counts.map(signedNumber))]
    }
  }

  func disclosure(_ column: String) -> Disclosure {
    switch self {
    case .rankSum(let shown): shown.disclosure("rank sum of \(column)")
    case .distance(let shown): shown.disclosure("Kolmogorov-Smirnov distance of \(column)")
    case .squaredError(let shown): shown.disclosure("squared error of \(column)")
    case .logLoss(let shown): shown.disclosure("log-loss of \(column)")
    case .calibration(_, let counts): Disclosure(subject: "calibration of \(column)", kind: .exact, values: counts)
    }
  }
}

/// What a row of a score costs, by score from `lower` on, when its label is the positive class and when it is not.
enum ScoreWeights {
  /// 10^10, and −ln(2^−52) in these units: 360,436,533,891.
  static let digits = 10
  static let largestLoss: Int64 = 360_436_533_891

  private static func probability(_ unit: Int64?, _ lower: Int64) throws(ProgramError) -> Int64 {
    guard let unit, unit >= 1, lower >= 0 else {
      throw .invalidParameter(node: "ranking", reason: "a score that estimates a probability needs a unit, and no negative values")
    }
    return unit
  }

  /// (s − unit)² and s².
  static func squared(_ unit: Int64?, lower: Int64, count: Int) throws(ProgramError) -> (yes: [Int64], no: [Int64]) {
    let unit = try probability(unit, lower)
    let scores = (0..<count).map { lower + Int64($0) }
    return (scores.map { ($0 - unit) * ($0 - unit) }, scores.map { $0 * $0 })
  }

  /// ln(unit) − ln(s) and ln(unit) − ln(unit − s); scores above the unit count as the unit.
  static func logarithmic(_ unit: Int64?, lower: Int64, count: Int) throws(ProgramError) -> (yes: [Int64], no: [Int64]) {
    let unit = try probability(unit, lower)
    let logarithm = FixedPointLogarithm(base: .natural)
    let whole = try logarithm.rounded(UInt64(unit), pointDigits: 0, digits: digits)
    func loss(_ numerator: Int64) throws(ProgramError) -> Int64 {
      guard numerator > 0 else { return largestLoss }
      return whole - (try logarithm.rounded(UInt64(numerator), pointDigits: 0, digits: digits))
    }
    var (yes, no): ([Int64], [Int64]) = ([], [])
    for place in 0..<count {
      let score = min(lower + Int64(place), unit)
      yes.append(try loss(score))
      no.append(try loss(unit - score))
    }
    return (yes, no)
  }
}

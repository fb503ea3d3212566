/// The meaning of a claim in plain words and numbers, derived from its statement.
public struct ClaimDescription: Equatable, Sendable {
  /// The claim type that makes an artefact usable by other claims.
  public static let wellFormedType = "wellFormed"

  /// Names of the artefacts that the claim speaks of.
  public var uses: [String]
  /// Edges that follow from the claim.
  public var establishes: [ManifestEdge]
  /// What the claim shows, one sentence each.
  public var shows: [String]
  /// What it does not show, one sentence each.
  public var doesNotShow: [String]
  /// Field by field, what becomes known.
  public var discloses: [Disclosure]
  /// Numbers to print and draw.
  public var figures: [Figure]
  /// Duties of the EU AI Act that the claim can be evidence for.
  public var duties: [Duty]

  /// A description of these parts.
  public init(
    uses: [String], establishes: [ManifestEdge] = [], shows: [String], doesNotShow: [String], discloses: [Disclosure] = [],
    figures: [Figure] = [], duties: [Duty] = []
  ) {
    self.uses = uses
    self.establishes = establishes
    self.shows = shows
    self.doesNotShow = doesNotShow
    self.discloses = discloses
    self.figures = figures
    self.duties = duties
  }
}

/// A number or table of numbers that a claim makes public.
public enum Figure: Equatable, Sendable {
  /// Accuracy from counts.
  case accuracy(AccuracyFigure)
  /// A confusion matrix.
  case confusionMatrix(ConfusionMatrix)
  /// Any other metric, with its interval and its baseline.
  case metric(MetricFigure)
  /// Shares by group.
  case groups(GroupFigure)
  /// Any other public value, as text.
  case value(label: String, text: String)
}

/// Accuracy as counts; interval and baseline are computed by the verifier.
public struct AccuracyFigure: Equatable, Sendable {
  /// Whether the count is known or only bounded below.
  public enum Extent: String, Equatable, Sendable {
    /// The count is revealed.
    case exact
    /// The true count is this or more.
    case atLeast
  }

  /// Rows predicted correctly, or the proved lower bound.
  public let correct: Int
  /// Rows in all.
  public let total: Int
  /// Whether `correct` is the count or a bound.
  public let extent: Extent
  /// The majority-class baseline on the same rows, or nil if the class counts are not public.
  public let baseline: MajorityBaseline?

  /// Counts with 0 ≤ correct ≤ total and total > 0, and a baseline over the same number of rows; else nil.
  public init?(correct: Int, total: Int, extent: Extent, baseline: MajorityBaseline? = nil) {
    guard total > 0, (0...total).contains(correct), baseline.map({ $0.total == total }) ?? true else { return nil }
    self.correct = correct
    self.total = total
    self.extent = extent
    self.baseline = baseline
  }

  /// The 95 % interval at `correct`; of a bounded count only the lower end has a meaning.
  public var interval: Wilson95? { Wilson95(successes: correct, total: total) }

  /// The figure in one or two sentences: count, n, share, interval, baseline.
  public var sentences: [String] {
    let share = Percentage.text(correct, of: total)
    var result: [String] = []
    switch extent {
    case .exact:
      result.append("Accuracy \(share): \(correct) of n = \(total) rows.")
      if let interval {
        result.append("95 % Wilson interval: \(Percentage.lower(interval.lower)) to \(Percentage.upper(interval.upper)).")
      }
    case .atLeast:
      result.append("Accuracy at least \(share): at least \(correct) of n = \(total) rows; the count itself is not revealed.")
      if let interval {
        result.append("95 % Wilson interval, lower end at that count: \(Percentage.lower(interval.lower)).")
      }
    }
    if let baseline {
      let always = "Always answering the most frequent class: \(Percentage.text(baseline.count, of: total)) (\(baseline.count) of \(total))"
      result.append(correct > baseline.count ? "\(always)." : "\(always), which is not less than the figure above.")
    } else {
      result.append(
        "Majority-class baseline: not known, since no claim of this bundle publishes the class counts; "
          + "always answering one class may score as high.")
    }
    return result
  }
}

/// A metric with what is needed to judge it, computed by the verifier from proved integers.
public struct MetricFigure: Equatable, Sendable {
  /// Stable name, e.g. `auc`.
  public let key: String
  /// The class or the group that it is about; nil for all rows.
  public let subject: String?
  /// Least and greatest value that the proof leaves open; equal when the metric is revealed. The greatest is nil where nothing bounds it.
  public let lower: Double
  public let upper: Double?
  /// Rows that it is a mean of, or a share in.
  public let rows: Int
  /// 95 % interval of a revealed metric; nil where none is known.
  public let interval: Interval?
  /// What always answering the most frequent class, or the mean, scores on the same rows; nil when it does not follow from what is public.
  public let baseline: Double?

  /// Ends of an interval.
  public struct Interval: Equatable, Sendable {
    public let lower: Double
    public let upper: Double
  }

  /// A revealed metric.
  package init(_ key: String, _ value: Double, subject: String? = nil, rows: Int, interval: Interval? = nil, baseline: Double? = nil) {
    self.init(key, lower: value, upper: value, subject: subject, rows: rows, interval: interval, baseline: baseline)
  }

  /// A bounded one.
  package init(_ key: String, lower: Double, upper: Double?, subject: String? = nil, rows: Int, interval: Interval? = nil, baseline: Double? = nil) {
    self.key = key
    self.subject = subject
    self.lower = lower
    self.upper = upper
    self.rows = rows
    self.interval = interval
    self.baseline = baseline
  }

  /// Whether the metric is known.
  public var isExact: Bool { upper == lower }

  /// The figure for programs. Numbers are decimal texts of nine digits, rounded to the nearest.
  var json: JSONValue {
    .object([
      "figure": "metric", "metric": .string(key), "of": subject.map(JSONValue.string) ?? .null, "rows": .integer(rows),
      "lower": .string(Self.text(lower)), "upper": upper.map { .string(Self.text($0)) } ?? .null, "exact": .bool(isExact),
      "interval95": interval.map { .array([.string(Self.text($0.lower)), .string(Self.text($0.upper))]) } ?? .null,
      "baseline": baseline.map { .string(Self.text($0)) } ?? .null,
    ])
  }

  static func text(_ value: Double) -> String {
    guard value.isFinite, abs(value) < 1e9 else { return value.isFinite ? "\(value)" : "undefined" }
    let billionths = Int64((value * 1e9).rounded())
    let digits = String(billionths.magnitude % 1_000_000_000)
    return "\(billionths < 0 ? "-" : "")\(billionths.magnitude / 1_000_000_000)." + String(repeating: "0", count: 9 - digits.count) + digits
  }
}

extension MetricFigure.Interval {
  init(_ wilson: Wilson95) { self.init(lower: wilson.lower, upper: wilson.upper) }
}

/// Shares of rows by group, each with its interval: what a chart of groups shows.
public struct GroupFigure: Equatable, Sendable {
  /// One group.
  public struct Group: Equatable, Sendable {
    /// From data, to be escaped when shown.
    public let name: String
    public let count: Int
    public let total: Int

    /// Wilson's interval of the share; nil without rows.
    var interval: Wilson95? { Wilson95(successes: count, total: total) }
  }
  /// What the shares are of, in words.
  public let title: String
  public let groups: [Group]

  /// The figure for programs.
  var json: JSONValue {
    .object([
      "figure": "groups", "title": .string(title),
      "groups": .array(
        groups.map { group in
          let interval: JSONValue =
            group.interval.map { .array([.string(MetricFigure.text($0.lower)), .string(MetricFigure.text($0.upper))]) } ?? .null
          return .object([
            "group": .string(group.name), "count": .integer(group.count), "rows": .integer(group.total), "wilson95": interval,
          ])
        }),
    ])
  }

  /// One bar for each group on a scale from 0 to 100 %, with the interval as a line.
  var svg: HTML {
    let height = 26 * groups.count + 30
    let bars = groups.prefix(40).enumerated().html { place, group in
      let y = 8 + 26 * place
      let share = group.total > 0 ? Double(group.count) / Double(group.total) : 0
      let (low, high) = (Self.position(group.interval?.lower ?? 0), Self.position(group.interval?.upper ?? 0))
      let label = "\(Percentage.text(group.count, of: group.total)) of \(group.total)"
      return """
        <text x="130" y="\(y + 13)" font-size="11" text-anchor="end">\(String(group.name.prefix(22)))</text>
        <rect x="136" y="\(y)" width="\(max(1, Self.position(share) - 136))" height="17" rx="3" style="fill:var(--accent)" opacity=".35"/>
        <line x1="\(low)" x2="\(high)" y1="\(y + 8)" y2="\(y + 8)" style="stroke:var(--accent)" stroke-width="2"/>
        <text x="346" y="\(y + 13)" font-size="11">\(label)</text>

        """
    }
    let words = groups.map { "\($0.name): \(Percentage.text($0.count, of: $0.total)) of \($0.total)" }.joined(separator: "; ")
    return """
      <h4>\(title)</h4>
      <svg class="share" viewBox="0 0 460 \(height)" role="img" aria-label="\(words)">
      \(bars)<text x="136" y="\(height - 6)" font-size="10" class="quiet">0 %</text>\
      <text x="336" y="\(height - 6)" font-size="10" class="quiet" text-anchor="end">100 %; lines: 95 % Wilson intervals</text></svg>

      """
  }

  private static func position(_ share: Double) -> Int { 136 + Int((min(max(share, 0), 1) * 200).rounded()) }
}

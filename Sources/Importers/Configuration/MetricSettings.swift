/// What a pipeline claims about how good and how even-handed its predictions are.

import Programs

/// A metric by its name in pipeline files.
public enum MetricName: String, Hashable, Sendable, CaseIterable {
  case accuracy, balancedAccuracy, precision, recall, f1
  case auc, gini, ks, brier, logLoss, calibration
  case mse, mae, r2

  /// Of predicted classes.
  public var isOfClasses: Bool {
    switch self {
    case .accuracy, .balancedAccuracy, .precision, .recall, .f1: true
    default: false
    }
  }

  /// Of scores that order rows, or estimate the probability of the positive class.
  public var isOfScores: Bool {
    switch self {
    case .auc, .gini, .ks, .brier, .logLoss, .calibration: true
    default: false
    }
  }

  /// Whether it takes scores for probabilities.
  public var needsProbability: Bool { self == .brier || self == .logLoss || self == .calibration }

  /// Whether less is better.
  var isLoss: Bool { self == .brier || self == .logLoss || self == .mse || self == .mae }

  /// Whether a bound on it can be proved without revealing it.
  var canBeBounded: Bool { self != .balancedAccuracy && self != .calibration }

  /// Whether it is one class's.
  var isOfOneClass: Bool { self == .precision || self == .recall || self == .f1 }
}

/// A bound as an exact fraction: at least for what shall be large, at most for losses and differences.
public struct MetricThreshold: Hashable, Sendable {
  /// Not negative.
  public let numerator: Int64
  /// A power of ten up to 10^6.
  public let denominator: Int64

  /// 1.
  public static let one = MetricThreshold(numerator: 1, denominator: 1)

  /// 1 + the bound.
  public init(adding bound: MetricThreshold) { self.init(numerator: bound.denominator + bound.numerator, denominator: bound.denominator) }

  /// 1 − the bound, which is at most 1.
  public init(lacking bound: MetricThreshold) { self.init(numerator: bound.denominator - bound.numerator, denominator: bound.denominator) }

  private init(numerator: Int64, denominator: Int64) {
    self.numerator = numerator
    self.denominator = denominator
  }

  /// Reads a decimal text of at most 6 digits after the point; nil for another, a negative number or one beyond 10^12.
  init?(_ text: String) {
    guard let number = try? DecimalText(text.utf8) else { return nil }
    let digits = max(0, number.scale)
    guard digits <= 6, let value = try? number.scaled(toDigits: digits), (0...1_000_000_000_000).contains(value) else { return nil }
    numerator = value
    denominator = (0..<digits).reduce(Int64(1)) { power, _ in power * 10 }
  }
}

/// One metric that is claimed.
public struct MetricSetting: Hashable, Sendable {
  /// Which one.
  public let metric: MetricName
  /// Of precision, recall and F1 in a bound: the class; nil: the positive one.
  public let category: String?
  /// The bound that is proved; nil: the metric is revealed.
  public let bound: MetricThreshold?

  /// A setting from its parts.
  public init(_ metric: MetricName, _ bound: MetricThreshold? = nil, category: String? = nil) {
    self.metric = metric
    self.category = category
    self.bound = bound
  }
}

/// A comparison of groups, by its name in pipeline files. Differences have upper bounds, the ratio a lower one.
public enum FairnessName: String, Hashable, Sendable, CaseIterable {
  case demographicParity, demographicParityRatio, equalOpportunity, equalisedOdds
}

/// Comparisons of groups that are claimed.
public struct FairnessSettings: Hashable, Sendable {
  /// What tells the groups apart: category columns, numbers in bands.
  public var groups: [ProtectedColumn]
  /// Groups with fewer rows are not shown.
  public var minimumGroup: Int
  /// The class whose prediction is compared in bounds; nil: the positive one.
  public var outcome: String?
  /// Bounds that are proved; none: the counts of every group are revealed.
  public var bounds: [FairnessBound]

  /// Rows of a group that is shown, unless a pipeline says otherwise.
  public static let usualMinimum = 30
}

/// Metrics of scores or numbers that are claimed of groups of rows, each group by itself.
public struct SliceSettings: Hashable, Sendable {
  /// What tells the groups apart: category columns, numbers in bands.
  public var groups: [ProtectedColumn]
  /// Smaller groups are not measured.
  public var minimumGroup: Int
  /// Of scores, or of a numeric target.
  public var metrics: [MetricSetting]
}

/// A bound on a comparison.
public struct FairnessBound: Hashable, Sendable {
  /// Which comparison.
  public let name: FairnessName
  /// At most, of the ratio at least.
  public let threshold: MetricThreshold
}

// MARK: Reading

extension MetricSetting {
  /// `auc`, or `{auc: {atLeast: 0.7}}`, `{recall: {class: bad, atLeast: 0.4}}`, `{brier: {atMost: 0.2}}`.
  static func list(_ node: YAMLNode, _ root: YAMLGroup) throws(ImportError) -> [MetricSetting] {
    var out: [MetricSetting] = []
    for item in try root.list(node) {
      let setting = try entry(item, root)
      guard !out.contains(where: { $0.metric == setting.metric && $0.category == setting.category }) else {
        throw root.invalid(item, "a metric that stands above already", "each once", remedy: "Remove one")
      }
      out.append(setting)
    }
    guard !out.isEmpty else { throw root.invalid(node, "no metric", "some of \(MetricName.allCases.map(\.rawValue).joined(separator: ", "))") }
    return out
  }

  private static func entry(_ node: YAMLNode, _ root: YAMLGroup) throws(ImportError) -> MetricSetting {
    if case .scalar = node { return MetricSetting(try root.choice(node, MetricName.self)) }
    let group = try YAMLGroup(node, file: root.file, allowed: MetricName.allCases.map(\.rawValue))
    guard let key = group.keys.first, group.keys.count == 1, let metric = MetricName(rawValue: key) else {
      throw group.invalid(node, "several metrics in one entry", "one, e.g. {auc: {atLeast: 0.7}}")
    }
    let value = try group.required(key)
    guard metric.canBeBounded else {
      throw group.invalid(value, "a bound on \(key)", "\(key) alone", remedy: "It can only be revealed: write \(key) without a bound")
    }
    let word = metric.isLoss ? "atMost" : "atLeast"
    let settings = try YAMLGroup(value, file: root.file, allowed: [word] + (metric.isOfOneClass ? ["class"] : []))
    let category = try settings.optional("class").map { node throws(ImportError) in try settings.text(node) }
    return MetricSetting(metric, try .read(settings, word, isShare: !metric.isLoss || metric == .brier), category: category)
  }
}

extension MetricThreshold {
  /// The bound under a key.
  fileprivate static func read(_ group: YAMLGroup, _ word: String, isShare: Bool) throws(ImportError) -> MetricThreshold {
    let node = try group.required(word)
    let text = try group.text(node, "a number")
    guard let threshold = MetricThreshold(text), !isShare || threshold.numerator <= threshold.denominator else {
      throw group.invalid(
        node, text.quoted, isShare ? "a decimal number from 0 to 1 with at most 6 digits" : "a decimal number with at most 6 digits after the point")
    }
    return threshold
  }
}

extension FairnessSettings {
  /// ```yaml
  /// fairness:
  ///   by: [sex, {column: age, bands: [26]}]    # default: the protected columns
  ///   minimumGroup: 30
  ///   outcome: good
  ///   demographicParity: {atMost: 0.2}         # without any bound the counts of every group are revealed
  /// ```
  init(_ node: YAMLNode, protected: [ProtectedColumn], _ root: YAMLGroup) throws(ImportError) {
    let names = FairnessName.allCases.map(\.rawValue)
    let group = try YAMLGroup(node, file: root.file, allowed: ["by", "minimumGroup", "outcome"] + names)
    groups = try group.optional("by").map { node throws(ImportError) in try PipelineConfiguration.protected(node, group) } ?? protected
    guard !groups.isEmpty, Set(groups).count == groups.count else {
      throw group.invalid(node, groups.isEmpty ? "no column to tell groups apart" : "a column twice", "by: [sex, {column: age, bands: [26]}]")
    }
    minimumGroup =
      try group.optional("minimumGroup").map { node throws(ImportError) in try group.integer(node, 1...1_000_000) } ?? Self.usualMinimum
    outcome = try group.optional("outcome").map { node throws(ImportError) in try group.text(node) }
    bounds = []
    for name in FairnessName.allCases {
      guard let value = group.optional(name.rawValue) else { continue }
      let word = name == .demographicParityRatio ? "atLeast" : "atMost"
      let own = try YAMLGroup(value, file: root.file, allowed: [word])
      bounds.append(FairnessBound(name: name, threshold: try .read(own, word, isShare: true)))
    }
  }
}

extension SliceSettings {
  /// ```yaml
  /// slices:
  ///   by: [sex, {column: age, bands: [26]}]    # default: the protected columns
  ///   metrics: [auc, {brier: {atMost: 0.25}}]
  ///   minimumGroup: 30
  /// ```
  init(_ node: YAMLNode, protected: [ProtectedColumn], _ root: YAMLGroup) throws(ImportError) {
    let group = try YAMLGroup(node, file: root.file, allowed: ["by", "metrics", "minimumGroup"])
    groups = try group.optional("by").map { node throws(ImportError) in try PipelineConfiguration.protected(node, group) } ?? protected
    guard !groups.isEmpty, Set(groups).count == groups.count else {
      throw group.invalid(node, groups.isEmpty ? "no column to tell groups apart" : "a column twice", "by: [sex, {column: age, bands: [26]}]")
    }
    let list = try group.required("metrics")
    metrics = try MetricSetting.list(list, group)
    guard !metrics.contains(where: \.metric.isOfClasses) else {
      throw group.invalid(
        list, "a metric of classes in slices", "auc, gini, ks, brier, logLoss, calibration, mse, mae, r2",
        remedy: "Metrics of classes by group follow from the counts of claims.fairness")
    }
    minimumGroup =
      try group.optional("minimumGroup").map { node throws(ImportError) in try group.integer(node, 1...1_000_000) } ?? FairnessSettings.usualMinimum
  }
}

extension PipelineConfiguration {
  /// `claims.metrics`, `claims.fairness` and `claims.slices`.
  mutating func readMetrics(_ group: YAMLGroup) throws(ImportError) {
    if let node = group.optional("metrics") {
      metrics = try MetricSetting.list(node, group)
      // Counts that reveal metrics of classes are the accuracy's too; and numbers have none.
      let isEnough = metrics.contains { $0.metric.isOfClasses && $0.bound == nil } || metrics.allSatisfy(\.metric.isOfNumbers)
      if isEnough, group.optional("accuracy") == nil { accuracy = .none }
    }
    if let node = group.optional("fairness") { fairness = try FairnessSettings(node, protected: protected, group) }
    if let node = group.optional("slices") { slices = try SliceSettings(node, protected: protected, group) }
  }
}

extension MetricName {
  fileprivate var isOfNumbers: Bool { !isOfClasses && !isOfScores }
}

// MARK: Checking

/// Whether the metrics of a pipeline fit its task and its columns.
enum MetricCheck {
  /// Scores of a model that one inference commits to beside its prediction: 16 outputs in all.
  static let maximumScores = 15

  /// - Throws: `ImportError` for the first that does not.
  static func check(_ configuration: PipelineConfiguration, schema: TableSchema, task: LinearTask, file: String) throws(ImportError) {
    func refuse(_ column: String?, _ found: String, _ expected: String, _ remedy: String) -> ImportError {
      ImportError(.invalidValue, at: FilePlace(file: file, column: column), found: found, expected: expected, remedy: remedy)
    }
    let classes: [String]
    if case .category(let names)? = schema.column(configuration.target)?.type { classes = names } else { classes = [] }
    for setting in configuration.metrics + (configuration.slices?.metrics ?? []) {
      let name = setting.metric.rawValue
      switch task {
      case .regression:
        guard !setting.metric.isOfClasses, !setting.metric.isOfScores else {
          throw refuse(configuration.target, "\(name) for a numeric target", "mse, mae or r2", "Correct claims.metrics")
        }
      // Trees vote: a class's share of the votes is its probability.
      case .classes where setting.metric.needsProbability && !configuration.kind.isOfTrees:
        throw refuse(
          configuration.target, "\(name) for a model of \(classes.count) scores", "auc, gini, ks or metrics of classes",
          "A model of several classes gives scores, no probabilities: claim auc")
      case .classes where setting.metric.isOfScores && classes.count > maximumScores:
        throw refuse(
          configuration.target, "\(name) for a model of \(classes.count) scores", "at most \(maximumScores) classes",
          "An inference commits to at most \(maximumScores) scores: claim balancedAccuracy or f1")
      case .classes, .binary:
        guard setting.metric.isOfClasses || setting.metric.isOfScores else {
          throw refuse(configuration.target, "\(name) for a category target", "metrics of classes or scores", "Correct claims.metrics")
        }
      }
      if setting.bound != nil, setting.metric.isOfOneClass, setting.category == nil, classes.count > 2 {
        throw refuse(configuration.target, "a bound on \(name) of no class", "{\(name): {class: …, atLeast: …}}", "Name the class")
      }
    }
    for name in configuration.metrics.compactMap(\.category) + (configuration.fairness?.outcome.map { [$0] } ?? []) where !classes.contains(name) {
      throw refuse(
        configuration.target, "the class \(name.quoted)", "one of \(classes.prefix(20).map(\.quoted).joined(separator: ", "))",
        "Did you mean \(YAMLGroup.nearest(name, among: classes).quoted)")
    }
    for entry in configuration.slices?.groups ?? [] { try check(entry, "slices", schema, file: file) }
    guard let fairness = configuration.fairness else { return }
    guard !classes.isEmpty else { throw refuse(configuration.target, "claims.fairness for a numeric target", "a category target", "Remove it") }
    if !fairness.bounds.isEmpty, fairness.outcome == nil, classes.count > 2 {
      throw refuse(configuration.target, "fairness bounds without an outcome", "outcome: one of the classes", "Name the class that is compared")
    }
    for entry in fairness.groups { try check(entry, "fairness", schema, file: file) }
  }

  /// Whether a column tells groups apart.
  private static func check(_ entry: ProtectedColumn, _ key: String, _ schema: TableSchema, file: String) throws(ImportError) {
    guard let column = schema.column(entry.column) else {
      throw ImportError(
        .invalidValue, at: FilePlace(file: file, column: entry.column), found: "claims.\(key) names a column that the schema does not have",
        expected: "a column of the schema", remedy: "Did you mean \(YAMLGroup.nearest(entry.column, among: schema.columns.map(\.name)).quoted)")
    }
    _ = try edges(entry, column, file: file)
  }

  /// The bands of a group column in stored integers; none for categories.
  static func edges(_ entry: ProtectedColumn, _ column: TableColumn, file: String) throws(ImportError) -> [Int64] {
    func refuse(_ found: String, _ expected: String, _ remedy: String) -> ImportError {
      ImportError(.invalidValue, at: FilePlace(file: file, column: entry.column), found: found, expected: expected, remedy: remedy)
    }
    var digits = 0
    switch column.type {
    case .category:
      guard entry.bands.isEmpty else { throw refuse("bands for a category", "bands for numbers only", "Remove the bands") }
      return []
    case .integer: break
    case .decimal(let scale, _): digits = scale
    }
    var out: [Int64] = []
    for band in entry.bands {
      guard let edge = try? DecimalText(band.utf8).scaled(toDigits: digits), out.last.map({ $0 < edge }) ?? true,
        column.type.range.lower < edge, edge <= column.type.range.upper
      else {
        throw refuse(
          "the band \(band.quoted)", "ascending numbers inside the column's range with at most \(digits) digits after the point", "Correct the bands")
      }
      out.append(edge)
    }
    guard !out.isEmpty else {
      throw refuse("a number without bands", "{column: \(entry.column), bands: [26]}", "Say at which numbers groups begin")
    }
    return out
  }
}

extension ProtectedColumn {
  /// The bands in stored integers of the column; none for categories.
  /// - Throws: `ImportError` for bands that do not fit.
  public func edges(_ schema: TableSchema, file: String) throws(ImportError) -> [Int64] {
    guard let column = schema.column(column) else {
      throw ImportError(
        .unknownColumn, at: FilePlace(file: file, column: self.column), found: "no such column", expected: "a column of the table",
        remedy: "Correct claims.fairness")
    }
    return try MetricCheck.edges(self, column, file: file)
  }
}

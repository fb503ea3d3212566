import Claims
import Programs

/// Metrics in words and figures: each with n, a 95 % interval where one is known, and what always answering the most frequent class scores.
extension ClaimMeaning {
  /// The matrix of always answering the most frequent class on the same rows, and that class; nil without rows.
  static func majority(_ matrix: ConfusionMatrix) -> (matrix: ConfusionMatrix, name: String)? {
    let supports = matrix.classCounts
    guard matrix.total > 0, let most = supports.indices.max(by: { supports[$0] < supports[$1] }) else { return nil }
    let counts = supports.map { support in supports.indices.map { $0 == most ? support : 0 } }
    return ConfusionMatrix(classes: matrix.classes, counts: counts).map { ($0, matrix.classes[most]) }
  }

  /// Everything that follows from the counts of all rows; the accuracy is a figure of its own.
  func sentences(_ matrix: ConfusionMatrix) -> [String] {
    let metrics = ClassMetrics(matrix)
    let other = Self.majority(matrix)
    let base = other.map { ClassMetrics($0.matrix) }
    func with(_ value: (ClassMetrics) -> Double) -> String {
      Self.decimal(value(metrics)) + (base.map { " (\(Self.decimal(value($0))))" } ?? "")
    }
    let always = other.map { "; in parentheses what always answering \($0.name) scores" } ?? ""
    var out = [
      "Over n = \(matrix.total) rows: balanced accuracy \(with(\.balancedAccuracy)), F1 macro \(with { $0.macro(\.f1) }), weighted "
        + "\(with { $0.weighted(\.f1) })\(always)."
    ]
    for k in matrix.classes.indices.prefix(listedValues) {
      let predicted = matrix.counts.reduce(0) { $0 + $1[k] }
      func one(_ value: (ClassMetrics.PerClass) -> Double) -> String { with { value($0.classes[k]) } }
      out.append(
        "\(matrix.classes[k]): precision \(one(\.precision))\(Self.interval(matrix.counts[k][k], predicted, "predicted so")), recall "
          + "\(one(\.recall))\(Self.interval(matrix.counts[k][k], metrics.classes[k].support, "of this class")), F1 \(one(\.f1)).")
    }
    return out
  }

  private static func interval(_ count: Int, _ total: Int, _ what: String) -> String {
    guard let interval = Wilson95(successes: count, total: total) else { return " (no row \(what))" }
    return " (95 % Wilson interval \(Percentage.lower(interval.lower)) to \(Percentage.upper(interval.upper)), \(Self.count(total, "row")) \(what))"
  }

  /// The same for programs.
  static func figures(_ matrix: ConfusionMatrix, group: String?) -> [Figure] {
    let metrics = ClassMetrics(matrix)
    let base = majority(matrix).map { ClassMetrics($0.matrix) }
    let (rows, classes) = (matrix.total, matrix.classes)
    func figure(_ key: String, _ value: (ClassMetrics) -> Double, _ subject: String? = nil, _ interval: Wilson95? = nil) -> Figure {
      let words = [group, subject].compactMap { $0 }.joined(separator: ": ")
      return .metric(
        MetricFigure(
          key, value(metrics), subject: words.isEmpty ? nil : words, rows: rows, interval: interval.map { .init($0) }, baseline: base.map(value)))
    }
    var out = [
      figure("accuracy", \.accuracy, nil, metrics.accuracyInterval), figure("balancedAccuracy", \.balancedAccuracy),
      figure("f1Macro", { $0.macro(\.f1) }), figure("f1Weighted", { $0.weighted(\.f1) }),
    ]
    for k in classes.indices.prefix(256) {
      let hits = matrix.counts[k][k]
      let predicted = matrix.counts.reduce(0) { $0 + $1[k] }
      out.append(figure("precision", { $0.classes[k].precision }, classes[k], Wilson95(successes: hits, total: predicted)))
      out.append(figure("recall", { $0.classes[k].recall }, classes[k], Wilson95(successes: hits, total: metrics.classes[k].support)))
      out.append(figure("f1", { $0.classes[k].f1 }, classes[k]))
    }
    return out
  }

  /// What a bound says for programs: of hidden counts over public rows by group and label.
  static func figure(_ bound: MetricBound, _ names: [String], rows: Int) -> Figure {
    let value = Double(bound.numerator) / Double(max(bound.denominator, 1))
    let subject = bound.metric.name.selected.flatMap { names.indices.contains($0) ? names[$0] : nil }
    let isUpper = bound.metric.isUpper
    return .metric(
      MetricFigure(
        bound.metric.name.text, lower: isUpper ? 0 : value, upper: isUpper ? value : 1, subject: subject, rows: rows,
        baseline: bound.metric.comparesGroups ? (isUpper ? 0 : 1) : nil))
  }

  // MARK: Groups

  /// The classes whose predictions are worth a chart: of two classes the one that the model calls positive, or the last.
  func outcomes(_ claim: ConfusionClaim, _ names: [String]) -> [Int] {
    guard names.count == 2 else { return Array(names.indices.prefix(4)) }
    for predictor in answering(claim.predictions, claim.labels) {
      if case .linearModel(let model)? = artefacts[predictor.model]?.contents, case .binary(let positive) = model.task { return [positive] }
    }
    return [1]
  }

  /// Comparisons between groups: sentences, charts and figures.
  func addComparisons(
    _ groups: [(name: String, matrix: ConfusionMatrix)], _ names: [String], _ shown: [Int], _ description: inout ClaimDescription
  ) {
    let rows = groups.reduce(0) { $0 + $1.matrix.total }
    for selected in shown {
      let chosen = groups.map { group in
        GroupFigure.Group(name: group.name, count: group.matrix.counts.reduce(0) { $0 + $1[selected] }, total: group.matrix.total)
      }
      let right = groups.map { group in
        GroupFigure.Group(
          name: group.name, count: group.matrix.counts[selected][selected], total: group.matrix.counts[selected].reduce(0, +))
      }
      for (title, figure) in [("Predicted as \(names[selected])", chosen), ("Of those who are \(names[selected]), predicted so", right)] {
        description.shows.append("\(title): \(listed(figure.map(Self.words))).")
        description.figures.append(.groups(GroupFigure(title: title, groups: figure)))
      }
    }
    guard groups.count > 1 else { return }
    for selected in names.indices.prefix(256) {
      guard let fairness = FairnessMetrics(groups: groups, selected: selected) else { continue }
      let parts = [
        ("demographic parity", "demographicParity", fairness.demographicParityDifference, fairness.demographicParityRatio),
        ("equal opportunity", "equalOpportunity", fairness.equalOpportunityDifference, fairness.equalOpportunityRatio),
        ("equalised odds", "equalisedOdds", fairness.equalisedOddsDifference, fairness.equalisedOddsRatio),
      ]
      description.shows.append(
        "Between the groups (n = \(rows)), for the prediction \(names[selected]): "
          + parts.map { "\($0.0): difference \(Self.decimal($0.2)), ratio \(Self.decimal($0.3))" }.joined(separator: "; ")
          + "; answering everybody alike gives 0 and 1.")
      for part in parts {
        if let value = part.2 {
          description.figures.append(.metric(MetricFigure("\(part.1)Difference", value, subject: names[selected], rows: rows, baseline: 0)))
        }
        if let value = part.3 {
          description.figures.append(.metric(MetricFigure("\(part.1)Ratio", value, subject: names[selected], rows: rows, baseline: 1)))
        }
      }
    }
  }

  private static func words(_ group: GroupFigure.Group) -> String {
    guard let interval = group.interval else { return "\(group.name) no row" }
    return "\(group.name) \(Percentage.text(group.count, of: group.total)) (n = \(group.total), 95 % Wilson interval "
      + "\(Percentage.lower(interval.lower)) to \(Percentage.upper(interval.upper)))"
  }

  // MARK: Numbers as text

  /// Four digits after the point; "undefined" where a quotient has no denominator.
  static func decimal(_ value: Double?) -> String {
    guard let value, value.isFinite, abs(value) < 1e12 else { return "undefined" }
    return DecimalText.text(Int64((value * 10_000).rounded()), digits: 4)
  }

  static func percent(_ value: Double) -> String {
    guard value.isFinite, abs(value) < 1e12 else { return "undefined" }
    return "\(DecimalText.text(Int64((value * 10_000).rounded()), digits: 2)) %"
  }
}

import Claims
import Programs

/// Claims about how good and how even-handed predictions are. Quotients and intervals are computed here, from proved integers.
extension ClaimMeaning {
  func describeConfusion(_ claim: ConfusionClaim) throws(StatementError) -> ClaimDescription {
    let (names, rows) = try classes(claim.labels)
    let (others, otherRows) = try classes(claim.predictions)
    guard names == others, rows == otherRows, claim.shownGroups.allSatisfy({ $0 >= 0 }) else {
      throw .claim(.inconsistent("labels and predictions are columns of equal length with the same classes in the same order"))
    }
    var description = compared(
      claim.labels, claim.predictions, uses: claim.artefacts, hidden: "labels and predictions of single rows",
      duties: [.testing, .accuracy, .instructions])
    let groups = try claim.group.map { group throws(StatementError) in try groupNames(group) }
    if let groups, let group = claim.group {
      guard claim.shownGroups.allSatisfy({ $0 < groups.count }) else {
        throw .claim(.inconsistent("a group that \(group.column.column) does not have"))
      }
      let small = groups.indices.filter { !claim.shownGroups.contains($0) }.map { groups[$0] }
      description.shows.append(
        "Rows were told apart by \(group.column.artefact).\(group.column.column): \(listed(claim.shownGroups.map { groups[$0] }))."
          + (small.isEmpty
            ? "" : " Fewer than \(Self.count(claim.minimumGroup, "row")), too small to be shown: \(listed(small)); they are in no comparison."))
      if !small.isEmpty {
        description.discloses.append(Disclosure("rows of \(listed(small))", .bounded, value: "fewer than \(claim.minimumGroup) each"))
      }
      description.doesNotShow.append("That the groups are the ones which matter, or that other characteristics were treated alike.")
      if group.column.artefact != claim.labels.artefact {
        description.doesNotShow.append(
          "That row i of \(group.column.artefact) and of \(claim.labels.artefact) are about the same person: that takes a split, a join or a filter.")
      }
    }
    let size = names.count * names.count
    switch claim.shown {
    case .counts(let counts):
      guard counts.count == claim.shownGroups.count * size else { throw .claim(.inconsistent("\(counts.count) counts")) }
      try describeCounts(claim, counts, names, groups, rows, &description)
    case .bounds(let marginals, let bounds):
      guard marginals.count == claim.shownGroups.count * names.count else { throw .claim(.inconsistent("\(marginals.count) numbers of rows")) }
      for bound in bounds { description.shows.append(try words(bound, names)) }
      description.discloses.append(
        Disclosure(
          "rows by label\(groups == nil ? "" : " and group")", .exact,
          value: listed(count: marginals.count) { place in
            "\(marginals[place]) \(names[place % names.count])" + (groups.map { " of \($0[claim.shownGroups[place / names.count]])" } ?? "")
          }))
      for bound in bounds {
        description.discloses.append(
          Disclosure(bound.metric.name.text, .bounded, value: "\(bound.metric.isUpper ? "at most" : "at least") \(share(bound))"))
      }
    }
    return description
  }

  private func describeCounts(
    _ claim: ConfusionClaim, _ counts: [Int64], _ names: [String], _ groups: [String]?, _ rows: Int, _ description: inout ClaimDescription
  ) throws(StatementError) {
    let size = names.count * names.count
    var matrices: [(name: String, matrix: ConfusionMatrix)] = []
    for (place, group) in claim.shownGroups.enumerated() {
      let own = counts[place * size..<(place + 1) * size].map { Int($0) }
      let table = names.indices.map { row in names.indices.map { own[row * names.count + $0] } }
      guard let matrix = ConfusionMatrix(classes: names, counts: table), matrix.total <= rows else {
        throw .claim(.inconsistent("counts of more rows than there are, or of fewer than none"))
      }
      matrices.append((groups?[group] ?? "all rows", matrix))
    }
    if groups == nil, let only = matrices.first?.matrix {
      guard only.total == rows else { throw .claim(.inconsistent("the counts are those of \(only.total) rows, not of \(rows)")) }
      description.figures.append(.confusionMatrix(only))
    }
    for (name, matrix) in matrices {
      description.shows.append("\(groups == nil ? "" : "\(name): ")\(metricWords(matrix))")
      description.discloses.append(
        Disclosure(
          "confusion matrix\(groups == nil ? "" : " of \(name)")", .exact,
          value: listed(count: size, separator: "; ") { cell in
            "\(names[cell / names.count]) as \(names[cell % names.count]): \(matrix.counts[cell / names.count][cell % names.count])"
          }))
    }
    guard groups != nil, matrices.count > 1 else { return }
    for selected in names.indices {
      guard let fairness = FairnessMetrics(groups: matrices, selected: selected) else { continue }
      let parts = [
        ("demographic parity", fairness.demographicParityDifference, fairness.demographicParityRatio),
        ("equal opportunity", fairness.equalOpportunityDifference, fairness.equalOpportunityRatio),
        ("equalised odds", fairness.equalisedOddsDifference, fairness.equalisedOddsRatio),
      ].map { "\($0.0): difference \(Self.decimal($0.1)), ratio \(Self.decimal($0.2))" }
      description.shows.append("Between the groups, for the prediction \(names[selected]): \(parts.joined(separator: "; ")).")
    }
  }

  private func metricWords(_ matrix: ConfusionMatrix) -> String {
    let metrics = ClassMetrics(matrix)
    var out = "n = \(matrix.total), accuracy \(Self.percent(metrics.accuracy))"
    if let interval = metrics.accuracyInterval {
      out += " (95 % Wilson interval \(Self.percent(interval.lower)) to \(Self.percent(interval.upper)))"
    }
    out += ", always the most frequent class \(Self.percent(metrics.majority)), balanced accuracy \(Self.percent(metrics.balancedAccuracy))"
    out += ", F1 macro \(Self.decimal(metrics.macro(\.f1))), weighted \(Self.decimal(metrics.weighted(\.f1))). By class: "
    return out
      + listed(count: matrix.classes.count, separator: "; ") { k in
        "\(matrix.classes[k]): precision \(Self.decimal(metrics.classes[k].precision)), recall \(Self.decimal(metrics.classes[k].recall)), "
          + "F1 \(Self.decimal(metrics.classes[k].f1))"
      } + "."
  }

  private func words(_ bound: MetricBound, _ names: [String]) throws(StatementError) -> String {
    let (_, selected) = bound.metric.name
    guard names.indices.contains(selected ?? 0), bound.denominator > 0 else { throw .claim(.inconsistent("a bound on a class that is none")) }
    let name = names[selected ?? 0]
    let value = share(bound)
    return switch bound.metric {
    case .accuracy: "Accuracy is at least \(value)."
    case .precision: "Of the rows predicted as \(name), the share that is \(name) (precision) is at least \(value)."
    case .recall: "Of the rows that are \(name), the share predicted so (recall) is at least \(value)."
    case .f1: "The F1 score of \(name) is at least \(value)."
    case .demographicParityDifference: "The groups' shares of rows predicted as \(name) differ by at most \(value) (demographic parity)."
    case .demographicParityRatio: "The least of the groups' shares predicted as \(name) is at least \(value) of the greatest (demographic parity)."
    case .equalOpportunityDifference: "Among rows that are \(name), the groups' shares predicted so differ by at most \(value) (equal opportunity)."
    case .equalisedOddsDifference:
      "Among rows of each label, the groups' shares predicted as \(name) differ by at most \(value) (equalised odds)."
    }
  }

  private func share(_ bound: MetricBound) -> String {
    "\(bound.numerator)/\(bound.denominator) (\(Self.percent(Double(bound.numerator) / Double(max(bound.denominator, 1)))))"
  }

  private func groupNames(_ group: GroupColumn) throws(StatementError) -> [String] {
    let (schema, _) = try table(group.column.artefact)
    let description = try column(group.column.column, of: group.column.artefact)
    let count: Int
    do { count = try group.count(schema) } catch { throw .program(error) }
    let missing = description.missing == .presence ? ["missing"] : []
    if case .category(let names) = description.type { return names + missing }
    func text(_ value: Int64) -> String { Self.cell(value, description.type) }
    let first = group.edges.first.map { "below \(text($0))" } ?? ""
    let middle = zip(group.edges, group.edges.dropFirst()).map { "\(text($0)) to below \(text($1))" }
    let last = group.edges.last.map { "\(text($0)) and above" } ?? ""
    let out = [first] + middle + [last] + missing
    guard out.count == count else { throw .claim(.inconsistent("bands of \(group.column.column)")) }
    return out
  }

  // MARK: Scores and numbers

  func describeRanking(_ claim: RankingClaim) throws(StatementError) -> ClaimDescription {
    let (names, rows) = try classes(claim.labels)
    guard names.indices.contains(claim.positive), try table(claim.scores.artefact).rows == rows, (0...rows).contains(claim.positives) else {
      throw .claim(.inconsistent("labels and scores are columns of equal length, and the positive class is one of theirs"))
    }
    let type = try column(claim.scores.column, of: claim.scores.artefact).type
    let (positives, negatives) = (claim.positives, rows - claim.positives)
    var description = compared(
      claim.labels, claim.scores, uses: claim.artefacts, hidden: "labels and scores of single rows", duties: [.testing, .accuracy])
    description.shows.append("\(positives) of n = \(rows) rows are \(names[claim.positive]).")
    description.discloses.append(Disclosure("rows that are \(names[claim.positive])", .exact, value: String(positives)))
    for measure in claim.measures {
      switch measure {
      case .rankSum(let shown):
        say("ROC-AUC", shown, &description) {
          ScoreMetrics.areaUnderCurve(rankSum: $0, positives: positives, negatives: negatives)
        } more: { area in
          guard let interval = ScoreMetrics.interval(areaUnderCurve: area, positives: positives, negatives: negatives) else { return "" }
          return " (95 % Hanley-McNeil interval \(Self.decimal(interval.lower)) to \(Self.decimal(interval.upper)); Gini "
            + "\(Self.decimal(ScoreMetrics.gini(area))); 0.5 is guessing)"
        }
      case .distance(let shown):
        say("KS distance", shown, &description) { ScoreMetrics.distance($0, positives: positives, negatives: negatives) }
      case .squaredError(let shown):
        guard let unit = claim.unit else { throw .claim(.inconsistent("a Brier score needs a unit")) }
        say("Brier score", shown, &description) { ScoreMetrics.brier(squaredError: $0, unit: unit, rows: rows) }
      case .logLoss(let shown): say("log-loss", shown, &description) { ScoreMetrics.logLoss($0, rows: rows) }
      case .calibration(let edges, let counts):
        guard let unit = claim.unit, edges.count >= 2, counts.count == 3 * (edges.count - 1) else {
          throw .claim(.inconsistent("calibration needs a unit, bins, and three numbers for each"))
        }
        description.shows.append(
          "Expected calibration error in \(edges.count - 1) bins: \(Self.decimal(ScoreMetrics.calibrationError(counts, unit: unit))).")
        description.discloses.append(
          Disclosure(
            "calibration", .exact,
            value: listed(count: edges.count - 1, separator: "; ") { bin in
              "scores \(Self.cell(edges[bin], type)) to below \(Self.cell(edges[bin + 1], type)): \(counts[3 * bin]) rows, \(counts[3 * bin + 1]) "
                + "\(names[claim.positive]), scores \(Self.cell(counts[3 * bin + 2], type)) in all"
            }))
      }
    }
    return description
  }

  func describeErrors(_ claim: ErrorClaim) throws(StatementError) -> ClaimDescription {
    let rows = try table(claim.labels.artefact).rows
    guard try table(claim.predictions.artefact).rows == rows, rows > 0 else { throw .claim(.inconsistent("columns of different lengths")) }
    let type = try column(claim.labels.column, of: claim.labels.artefact).type
    _ = try column(claim.predictions.column, of: claim.predictions.artefact)
    var digits = 0
    if case .decimal(let scale, _) = type { digits = scale }
    let unit = (0..<digits).reduce(1.0) { unit, _ in unit / 10 }
    var description = compared(
      claim.labels, claim.predictions, uses: claim.artefacts, hidden: "labels and predictions of single rows", duties: [.testing, .accuracy])
    var squared: Int64?
    for measure in claim.measures {
      switch measure {
      case .squared(let shown):
        if case .revealed(let value) = shown { squared = value }
        say("mean squared error", shown, &description) { Double($0) * unit * unit / Double(rows) }
      case .absolute(let shown): say("mean absolute error", shown, &description) { Double($0) * unit / Double(rows) }
      case .labels(let sum, let centre, let squares):
        description.discloses.append(Disclosure("sum and squares of \(claim.labels.column)", .exact, value: "\(sum), \(squares) about \(centre)"))
        let value = squared.flatMap {
          ScoreMetrics.determination(squaredError: $0, sum: sum, centre: centre, squares: squares, rows: rows)
        }
        if let value { description.shows.append("R² = \(Self.decimal(value)) over n = \(rows) rows; always answering the mean gives 0.") }
      }
    }
    return description
  }

  // MARK: Parts

  /// What every comparison of a column with labels says.
  private func compared(
    _ labels: ClaimStatement.ColumnName, _ others: ClaimStatement.ColumnName, uses: [String], hidden: String, duties: [Duty]
  ) -> ClaimDescription {
    var description = ClaimDescription(
      uses: uses,
      shows: ["\(others.artefact).\(others.column), row by row, was compared with the labels \(labels.artefact).\(labels.column)."],
      doesNotShow: [
        "How good the model is on other or future rows; an interval holds for a population of which these rows are a random sample.",
        "How many models or test sets were tried before this one was shown.", "That the labels are true.",
      ], discloses: [Disclosure(hidden, .hidden)], duties: duties)
    let models = (predictors[others] ?? []).filter { $0.table == labels.artefact }.map(\.model)
    if models.isEmpty {
      description.doesNotShow.insert(
        "Whose answers these are: no claim of this bundle says that \(others.artefact).\(others.column) holds a model's predictions for the rows of "
          + "\(labels.artefact).", at: 0)
    } else {
      description.shows.append("These are the answers of model \(models.sorted().joined(separator: ", ")) for the same rows of \(labels.artefact).")
      if labels.artefact != others.artefact { description.establishes = [ManifestEdge(.evaluatedOn, from: others.artefact, to: labels.artefact)] }
    }
    return description
  }

  private func say(
    _ name: String, _ shown: Shown, _ description: inout ClaimDescription, _ value: (Int64) -> Double?, more: (Double) -> String = { _ in "" }
  ) {
    switch shown {
    case .revealed(let number):
      description.shows.append("\(name.prefix(1).uppercased())\(name.dropFirst()): \(Self.decimal(value(number)))\(value(number).map(more) ?? "").")
      description.discloses.append(Disclosure(name, .exact, value: Self.decimal(value(number)) + " (\(number))"))
    case .within(let range):
      let text = "\(Self.decimal(value(range.lower))) to \(Self.decimal(value(range.upper)))"
      description.shows.append("\(name.prefix(1).uppercased())\(name.dropFirst()) is from \(text).")
      description.discloses.append(Disclosure(name, .bounded, value: text))
    }
  }

  /// Four digits after the point; "undefined" where a quotient has no denominator.
  private static func decimal(_ value: Double?) -> String {
    guard let value, value.isFinite, abs(value) < 1e12 else { return "undefined" }
    return DecimalText.text(Int64((value * 10_000).rounded()), digits: 4)
  }

  private static func percent(_ value: Double) -> String {
    guard value.isFinite, abs(value) < 1e12 else { return "undefined" }
    return "\(DecimalText.text(Int64((value * 10_000).rounded()), digits: 2)) %"
  }
}

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
      claim.labels, claim.predictions, group: claim.group, uses: claim.artefacts, hidden: "labels and predictions of single rows",
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
        description.figures.append(Self.figure(bound, names, rows: rows))
      }
      addBounds(bounds, marginals, names, groups.map { names in claim.shownGroups.map { names[$0] } }, rows, &description)
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
      guard only.total == rows,
        let accuracy = AccuracyFigure(
          correct: only.correct, total: rows, extent: .exact, baseline: MajorityBaseline(classCounts: only.classCounts))
      else { throw .claim(.inconsistent("the counts are those of \(only.total) rows, not of \(rows)")) }
      description.shows += sentences(only)
      description.figures += [.accuracy(accuracy), .confusionMatrix(only)] + Self.figures(only, group: nil)
    }
    for (name, matrix) in matrices {
      if groups != nil {
        description.shows.append("\(name): \(metricWords(matrix))")
        description.figures += Self.figures(matrix, group: name)
      }
      description.discloses.append(
        Disclosure(
          "confusion matrix\(groups == nil ? "" : " of \(name)")", .exact,
          value: listed(count: size, separator: "; ") { cell in
            "\(names[cell / names.count]) as \(names[cell % names.count]): \(matrix.counts[cell / names.count][cell % names.count])"
          }))
    }
    if groups != nil { addComparisons(matrices, names, outcomes(claim, names), &description) }
  }

  /// Rows by label are public beside bounds: what always answering the most frequent class scores follows from them.
  private func addBounds(
    _ bounds: [MetricBound], _ marginals: [Int64], _ names: [String], _ groups: [String]?, _ rows: Int, _ description: inout ClaimDescription
  ) {
    let sizes = marginals.map { Int(clamping: $0) }
    guard sizes.allSatisfy({ (0...rows).contains($0) }) else { return }
    guard groups == nil else {
      description.shows.append(
        "The bounds are about \(Self.count(sizes.reduce(0, +), "row")) of the groups that are shown; answering everybody alike keeps them all.")
      return
    }
    let baseline = MajorityBaseline(classCounts: sizes)
    if let baseline, names.indices.contains(baseline.classIndex) {
      description.shows.append(
        "Always answering \(names[baseline.classIndex]) is right for \(baseline.count) of n = \(rows) rows (\(Percentage.text(baseline.count, of: rows)))."
      )
    }
    for bound in bounds where bound.metric == .accuracy && bound.denominator > 0 && bound.numerator >= 0 && bound.numerator <= bound.denominator {
      let (p, q) = (Int128(bound.numerator), Int128(bound.denominator))
      guard let least = Int(exactly: (p * Int128(rows) + q - 1) / q),
        let figure = AccuracyFigure(correct: least, total: rows, extent: .atLeast, baseline: baseline?.total == rows ? baseline : nil)
      else { continue }
      description.figures.append(.accuracy(figure))
    }
  }

  /// The metrics of a group in one sentence.
  private func metricWords(_ matrix: ConfusionMatrix) -> String {
    let metrics = ClassMetrics(matrix)
    var out = "n = \(matrix.total), accuracy \(Self.percent(metrics.accuracy))"
    if let interval = metrics.accuracyInterval {
      out += " (95 % Wilson interval \(Percentage.lower(interval.lower)) to \(Percentage.upper(interval.upper)))"
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

  func groupNames(_ group: GroupColumn) throws(StatementError) -> [String] {
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

  // MARK: Parts

  /// What every comparison of a column with labels says.
  func compared(
    _ labels: ClaimStatement.ColumnName, _ others: ClaimStatement.ColumnName, group: GroupColumn? = nil, uses: [String], hidden: String,
    duties: [Duty]
  ) -> ClaimDescription {
    var description = ClaimDescription(
      uses: uses,
      shows: ["\(others.artefact).\(others.column), row by row, was compared with the labels \(labels.artefact).\(labels.column)."],
      doesNotShow: [
        "How good the model is on other or future rows; an interval holds for a population of which these rows are a random sample.",
        "How many models or test sets were tried before this one was shown.", "That the labels are true.",
      ], discloses: [Disclosure(hidden, .hidden)], duties: duties)
    addRows(labels, others, group: group, &description)
    return description
  }
}

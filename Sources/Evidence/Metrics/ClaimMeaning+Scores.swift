import Claims
import Programs

/// Claims about scores and about numbers in words and figures.
extension ClaimMeaning {
  func describeRanking(_ claim: RankingClaim) throws(StatementError) -> ClaimDescription {
    let (names, all) = try classes(claim.labels)
    let slice = try claim.slice.map { slice throws(StatementError) in try name(slice, of: all) }
    let rows = claim.slice?.rows ?? all
    guard names.indices.contains(claim.positive), try table(claim.scores.artefact).rows == all, (0...rows).contains(claim.positives) else {
      throw .claim(.inconsistent("labels and scores are columns of equal length, and the positive class is one of theirs"))
    }
    let type = try column(claim.scores.column, of: claim.scores.artefact).type
    let (positives, negatives) = (claim.positives, rows - claim.positives)
    // What a constant probability, the share of the class, would score.
    let rate = Double(positives) / Double(max(1, rows))
    let entropy = [rate, 1 - rate].reduce(0) { $0 - ($1 > 0 ? $1 * Logarithm.natural($1) : 0) }
    var description = compared(
      claim.labels, claim.scores, group: claim.slice?.group, uses: claim.artefacts, hidden: "labels and scores of single rows",
      duties: [.testing, .accuracy])
    if let slice { say(slice, rows: rows, of: all, &description) }
    description.shows.append("\(positives) of n = \(rows) rows are \(names[claim.positive]).")
    let outputs = answering(claim.scores, claim.labels).map(\.output).filter { $0.hasPrefix("score.") }
    if let other = outputs.first(where: { $0 != "score.\(claim.positive)" }) {
      let own = Int(other.dropFirst("score.".count)).flatMap { names.indices.contains($0) ? names[$0] : nil }
      description.doesNotShow.insert(
        "How well the model tells \(names[claim.positive]) from the rest: these are the scores of \(own.map { "class \($0)" } ?? other).", at: 0)
    } else if !outputs.isEmpty {
      description.shows.append(
        "The scores are the model's for \(names[claim.positive]), which is told from all other classes (one against the rest).")
    }
    for predictor in answering(claim.scores, claim.labels) where !predictor.output.hasPrefix("score.") || claim.unit != nil {
      guard let model = try artefact(predictor.model).contents.model,
        !model.ranks(predictor.output, positive: claim.positive, unit: claim.unit)
      else { continue }
      description.doesNotShow.insert(
        "How well the model tells \(names[claim.positive]) from the rest: the output \(predictor.output) is no score of that class"
          + (claim.unit.map { ", or not its probability times \($0)" } ?? "") + ".", at: 0)
    }
    if let unit = claim.unit { description.shows.append("A score of \(unit) is read as the probability 1.") }
    description.discloses.append(Disclosure("rows that are \(names[claim.positive])", .exact, value: String(positives)))
    let subject = (slice.map { "\($0): " } ?? "") + names[claim.positive]
    for measure in claim.measures {
      switch measure {
      case .rankSum(let shown):
        let interval = { (area: Double) in ScoreMetrics.interval(areaUnderCurve: area, positives: positives, negatives: negatives) }
        let own = Metric(key: "auc", name: "ROC-AUC", subject: subject, rows: rows, baseline: (0.5, "guessing"), upper: 1)
        say(own, shown, &description) {
          ScoreMetrics.areaUnderCurve(rankSum: $0, positives: positives, negatives: negatives)
        } interval: { area in
          interval(area).map { (.init(lower: $0.lower, upper: $0.upper), "Hanley-McNeil") }
        } more: {
          "; Gini \(Self.decimal(ScoreMetrics.gini($0)))"
        }
      case .distance(let shown):
        let own = Metric(key: "ks", name: "KS distance", subject: subject, rows: rows, baseline: (0, "guessing"), upper: 1)
        say(own, shown, &description) { ScoreMetrics.distance($0, positives: positives, negatives: negatives) }
      case .squaredError(let shown):
        guard let unit = claim.unit else { throw .claim(.inconsistent("a Brier score needs a unit")) }
        let own = Metric(
          key: "brier", name: "Brier score", subject: subject, rows: rows, baseline: (rate * (1 - rate), "always answering the share of the class"))
        say(own, shown, &description) { ScoreMetrics.brier(squaredError: $0, unit: unit, rows: rows) }
      case .logLoss(let shown):
        let own = Metric(
          key: "logLoss", name: "log-loss", subject: subject, rows: rows, baseline: (entropy, "always answering the share of the class"))
        say(own, shown, &description) { ScoreMetrics.logLoss($0, rows: rows) }
      case .calibration(let edges, let counts):
        guard let unit = claim.unit, edges.count >= 2, counts.count == 3 * (edges.count - 1) else {
          throw .claim(.inconsistent("calibration needs a unit, bins, and three numbers for each"))
        }
        let value = ScoreMetrics.calibrationError(counts, unit: unit)
        description.shows.append(
          "Expected calibration error in \(edges.count - 1) bins: \(Self.decimal(value)) over n = \(rows) rows; always answering the share of the class "
            + "has none and tells nothing.")
        if let value { description.figures.append(.metric(MetricFigure("calibration", value, subject: subject, rows: rows, baseline: 0))) }
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
    let all = try table(claim.labels.artefact).rows
    let slice = try claim.slice.map { slice throws(StatementError) in try name(slice, of: all) }
    let rows = claim.slice?.rows ?? all
    guard try table(claim.predictions.artefact).rows == all, rows > 0 else { throw .claim(.inconsistent("columns of different lengths")) }
    let type = try column(claim.labels.column, of: claim.labels.artefact).type
    _ = try column(claim.predictions.column, of: claim.predictions.artefact)
    var digits = 0
    if case .decimal(let scale, _) = type { digits = scale }
    let unit = (0..<digits).reduce(1.0) { unit, _ in unit / 10 }
    var description = compared(
      claim.labels, claim.predictions, group: claim.slice?.group, uses: claim.artefacts, hidden: "labels and predictions of single rows",
      duties: [.testing, .accuracy])
    if let slice { say(slice, rows: rows, of: all, &description) }
    var (squared, labels): (Shown?, (sum: Int64, centre: Int64, squares: Int64)?)
    for measure in claim.measures {
      if case .squared(let shown) = measure { squared = shown }
      if case .labels(let sum, let centre, let squares) = measure { labels = (sum, centre, squares) }
    }
    let variance = labels.flatMap { ScoreMetrics.variation(sum: $0.sum, centre: $0.centre, squares: $0.squares, rows: rows) }
    for measure in claim.measures {
      switch measure {
      case .squared(let shown):
        let own = Metric(
          key: "mse", name: "mean squared error", subject: slice, rows: rows,
          baseline: variance.map { ($0 * unit * unit / Double(rows), "always answering the mean") })
        say(own, shown, &description) { Double($0) * unit * unit / Double(rows) }
      case .absolute(let shown):
        say(Metric(key: "mae", name: "mean absolute error", subject: slice, rows: rows, baseline: nil), shown, &description) {
          Double($0) * unit / Double(rows)
        }
      case .labels(let sum, let centre, let squares):
        description.discloses.append(Disclosure("sum and squares of \(claim.labels.column)", .exact, value: "\(sum), \(squares) about \(centre)"))
        guard let squared else { continue }
        func determination(_ error: Int64) -> Double? {
          ScoreMetrics.determination(squaredError: error, sum: sum, centre: centre, squares: squares, rows: rows)
        }
        switch squared {
        case .revealed(let error):
          guard let value = determination(error) else { continue }
          description.shows.append("R² = \(Self.decimal(value)) over n = \(rows) rows; always answering the mean gives 0.")
          description.figures.append(.metric(MetricFigure("r2", value, subject: slice, rows: rows, baseline: 0)))
        case .within(let range):
          guard let value = determination(range.upper) else { continue }
          description.shows.append("R² is at least \(Self.decimal(value)) over n = \(rows) rows; always answering the mean gives 0.")
          description.figures.append(
            .metric(MetricFigure("r2", lower: value, upper: determination(range.lower), subject: slice, rows: rows, baseline: 0)))
        }
      }
    }
    return description
  }

  // MARK: Parts

  /// `sex = female`.
  private func name(_ slice: RowSlice, of rows: Int) throws(StatementError) -> String {
    let groups = try groupNames(slice.group)
    guard groups.indices.contains(slice.index), (1...max(1, rows)).contains(slice.rows) else {
      throw .claim(.inconsistent("a group that \(slice.group.column.column) does not have, or of more rows than there are"))
    }
    return "\(slice.group.column.column) = \(groups[slice.index])"
  }

  private func say(_ slice: String, rows: Int, of all: Int, _ description: inout ClaimDescription) {
    description.shows.append("Measured are the rows of one group alone, \(slice): n = \(rows) of \(all).")
    description.doesNotShow.append("How the metric is for other groups: each takes a claim of its own.")
    description.discloses.append(Disclosure("rows with \(slice)", .exact, value: String(rows)))
  }

  /// One metric and what it is compared with.
  private struct Metric {
    let key: String
    let name: String
    let subject: String?
    let rows: Int
    let baseline: (value: Double, words: String)?
    /// No value of the metric is above.
    var upper = Double.infinity
  }

  private func say(
    _ metric: Metric, _ shown: Shown, _ description: inout ClaimDescription, _ value: (Int64) -> Double?,
    interval: (Double) -> (MetricFigure.Interval, String)? = { _ in nil }, more: (Double) -> String = { _ in "" }
  ) {
    let title = "\(metric.name.prefix(1).uppercased())\(metric.name.dropFirst())"
    let about =
      "n = \(metric.rows)" + (metric.baseline.map { "; \($0.words) gives \(Self.decimal($0.value))" } ?? "; no baseline follows from what is public")
    switch shown {
    case .revealed(let number):
      let known = value(number)
      let own = known.flatMap(interval)
      let ends = own.map { "95 % \($0.1) interval \(Self.decimal($0.0.lower)) to \(Self.decimal($0.0.upper)), " } ?? ""
      description.shows.append("\(title): \(Self.decimal(known)) (\(ends)\(about)\(known.map(more) ?? "")).")
      description.discloses.append(Disclosure(metric.name, .exact, value: Self.decimal(known) + " (\(number))"))
      if let known {
        description.figures.append(
          .metric(
            MetricFigure(metric.key, known, subject: metric.subject, rows: metric.rows, interval: own?.0, baseline: metric.baseline?.value)))
      }
    case .within(let range):
      let text = "\(Self.decimal(value(range.lower))) to \(Self.decimal(value(range.upper)))"
      description.shows.append("\(title) is from \(text) (\(about)).")
      description.discloses.append(Disclosure(metric.name, .bounded, value: text))
      if let low = value(range.lower) {
        description.figures.append(
          .metric(
            MetricFigure(
              metric.key, lower: low, upper: value(range.upper).map { min($0, metric.upper) }, subject: metric.subject, rows: metric.rows,
              baseline: metric.baseline?.value)))
      }
    }
  }
}

/// Natural logarithms without a mathematics library: for baselines that are shown with four digits.
enum Logarithm {
  /// ln x for 0 < x ≤ 1, to about 10^−15: x = m·2^−k with 1/2 < m ≤ 1, ln m = 2·artanh((m − 1)/(m + 1)).
  static func natural(_ x: Double) -> Double {
    guard x > 0, x <= 1 else { return 0 }
    var (m, k) = (x, 0.0)
    while m <= 0.5 {
      m *= 2
      k += 1
    }
    let z = (m - 1) / (m + 1)
    var (power, sum, odd) = (z, 0.0, 1.0)
    while abs(power) > 1e-18 {
      sum += power / odd
      power *= z * z
      odd += 2
    }
    return 2 * sum - k * 0.693_147_180_559_945_3
  }
}

import Claims
import Programs

extension PolicyRequirement {
  /// A metric of a model on some rows.
  struct MetricWanted: Equatable, Sendable {
    let model: String
    let input: String
    /// A `MetricFigure` key.
    let metric: String
    /// Of precision, recall and F1: the class.
    let category: String?
    let minimum: PolicyNumber?
    let maximum: PolicyNumber?
    let rows: PolicyNumber?
  }

  /// A comparison of groups of rows.
  struct FairnessWanted: Equatable, Sendable {
    let model: String
    let input: String
    /// The column that tells the groups apart.
    let by: String
    /// Where a number is cut into groups, as people write it; nil: anywhere.
    let bands: [String]?
    /// A `MetricFigure` key.
    let metric: String
    /// The class whose prediction is compared.
    let outcome: String
    /// Groups of so many rows must be in the comparison: the claim may leave out smaller ones only.
    let minimumGroup: PolicyNumber?
    let minimum: PolicyNumber?
    let maximum: PolicyNumber?
  }

  /// Metrics as policies call them.
  static let metricNames = [
    "accuracy", "balancedAccuracy", "precision", "recall", "f1", "f1Macro", "f1Weighted", "auc", "ks", "brier", "logLoss", "calibration", "mse",
    "mae",
    "r2",
  ]

  /// Comparisons as policies call them.
  static let fairnessNames = [
    "demographicParityDifference", "demographicParityRatio", "equalOpportunityDifference", "equalOpportunityRatio", "equalisedOddsDifference",
    "equalisedOddsRatio",
  ]
}

extension MetricFigure {
  /// Half of what rounding of quotients of integers can do; policies' numbers have far fewer digits.
  private static let tolerance = 1e-12

  /// Whether the metric keeps the bounds, as far as the proof tells.
  func state(minimum: PolicyNumber?, maximum: PolicyNumber?) -> BundleRequirements.State {
    func number(_ bound: PolicyNumber) -> Double { Double(bound.numerator) / Double(bound.denominator) }
    if let minimum {
      if let upper, upper < number(minimum) - Self.tolerance { return .notMet }
      if lower < number(minimum) - Self.tolerance { return .notEvidenced }
    }
    if let maximum {
      if lower > number(maximum) + Self.tolerance { return .notMet }
      guard let upper, upper <= number(maximum) + Self.tolerance else { return .notEvidenced }
    }
    return .met
  }

  /// `recall of good at least 0.5`.
  var words: String {
    let about = subject.map { " of \($0)" } ?? ""
    func text(_ value: Double) -> String { ClaimMeaning.decimal(value) }
    if isExact { return "\(key)\(about) \(text(lower))" }
    return "\(key)\(about) \(upper.map { "from \(text(lower)) to \(text($0))" } ?? "at least \(text(lower))")"
  }
}

extension PolicyEvaluation {
  /// Data claims that compare answers of the model for the rows of the table with the column that the model predicts.
  private func comparisons(_ model: String, _ table: String) -> [(claim: VerificationReport.Claim, data: DataClaim)] {
    guard let architecture = report.contents[model]?.model else { return [] }
    let answers = claims.flatMap { entry -> [(input: String, output: String, column: ClaimStatement.ColumnName)] in
      guard case .inference(let own, .table(let input), let outputs) = entry.statement, provenance.areEqual(own, model), holdsRows(input, of: table)
      else { return [] }
      return outputs.compactMap { output, binding in
        if case .committed(let artefact, let column) = binding { return (input, output, .init(artefact: artefact, column: column)) }
        return nil
      }
    }
    return report.claims.compactMap { claim in
      guard case .data(let data)? = report.statements[claim.entry.name] else { return nil }
      let (labels, others): (ClaimStatement.ColumnName, ClaimStatement.ColumnName)
      switch data {
      case .confusion(let own): (labels, others) = (own.labels, own.predictions)
      case .ranking(let own): (labels, others) = (own.labels, own.scores)
      case .errors(let own): (labels, others) = (own.labels, own.predictions)
      default: return nil
      }
      let isAnswered = answers.contains { answer in
        // The score has to be that of the class that the claim ranks, and its unit the model's.
        if case .ranking(let own) = data, !architecture.ranks(answer.output, positive: own.positive, unit: own.unit) { return false }
        return provenance.areEqual(answer.column.artefact, others.artefact) && same(answer.column.column, others.column)
          && holdsRows(answer.input, of: table) && holdsRows(labels.artefact, of: table)
      }
      return isAnswered && same(labels.column, architecture.target) && labels != others ? (claim, data) : nil
    }
  }

  func metric(_ wanted: PolicyRequirement.MetricWanted) -> Verdict {
    each(wanted.model) { model in
      each(wanted.input) { table in
        guard let (_, rows) = self.table(table) else { return noTable(table) }
        let own = comparisons(model, table).filter { entry in
          // Of all rows: what holds for one group says nothing about the others.
          switch entry.data {
          case .confusion(let claim): return claim.group == nil
          case .ranking(let claim): return claim.slice == nil
          case .errors(let claim): return claim.slice == nil
          default: return true
          }
        }
        if let seen = seenRows(table) { return seen }
        let found = own.flatMap { entry in
          entry.claim.description.figures.compactMap { figure -> Verdict? in
            guard case .metric(let metric) = figure, metric.key == wanted.metric,
              wanted.category == nil || metric.subject.map({ same($0, wanted.category ?? "") }) == true
            else { return nil }
            return Verdict(metric.state(minimum: wanted.minimum, maximum: wanted.maximum), "\(entry.claim.entry.name): \(metric.words), n = \(rows)")
          }
        }
        // Accuracy has a claim of its own, too.
        let isAccuracy = wanted.metric == "accuracy" && wanted.category == nil && wanted.maximum == nil
        let other =
          isAccuracy
          ? accuracy(.init(model: model, input: table, minimum: wanted.minimum, rows: nil, aboveBaseline: false))
          : .notEvidenced("no claim tells the \(wanted.metric) of \(model) for \(table)")
        let verdict = Verdict.any(isAccuracy ? found + [other] : found, otherwise: other)
        guard let least = wanted.rows else { return verdict }
        return .all([verdict, Verdict(ProvedInterval(Int128(rows)).state(minimum: least, maximum: nil), "n = \(rows)")])
      }
    }
  }

  func fairness(_ wanted: PolicyRequirement.FairnessWanted) -> Verdict {
    each(wanted.model) { model in
      each(wanted.input) { table in
        let own = comparisons(model, table).compactMap { entry -> (claim: VerificationReport.Claim, own: ConfusionClaim, group: GroupColumn)? in
          guard case .confusion(let claim) = entry.data, let group = claim.group, same(group.column.column, wanted.by),
            areRows(group.column.artefact, claim.labels.artefact), hasBands(group, wanted.bands)
          else { return nil }
          return (entry.claim, claim, group)
        }
        if let seen = seenRows(table) { return seen }
        let found = own.flatMap { entry -> [Verdict] in
          if let least = wanted.minimumGroup, ProvedInterval(Int128(entry.own.minimumGroup)).state(minimum: nil, maximum: least) != .met {
            return [.notEvidenced("\(entry.claim.entry.name): groups of up to \(entry.own.minimumGroup - 1) rows are in no comparison")]
          }
          guard entry.own.shownGroups.count > 1 else { return [.notEvidenced("\(entry.claim.entry.name): only one group is large enough")] }
          return entry.claim.description.figures.compactMap { figure in
            guard case .metric(let metric) = figure, metric.key == wanted.metric, let subject = metric.subject, same(subject, wanted.outcome) else {
              return nil
            }
            return Verdict(
              metric.state(minimum: wanted.minimum, maximum: wanted.maximum),
              "\(entry.claim.entry.name): \(metric.words) among \(ClaimMeaning.count(entry.own.shownGroups.count, "group"))")
          }
        }
        return .any(
          found, otherwise: .notEvidenced("no claim tells the \(wanted.metric) of \(wanted.outcome) by \(wanted.by) for \(model) on these rows"))
      }
    }
  }

  private func hasBands(_ group: GroupColumn, _ bands: [String]?) -> Bool {
    guard let bands else { return true }
    guard let type = table(group.column.artefact)?.schema.column(group.column.column)?.type else { return false }
    return group.edges.map { ClaimMeaning.cell($0, type) } == bands
  }

  /// Why the rows of a table that is called a test set are no test: parameters were fitted on them. Nil where no claim says so.
  func seenRows(_ table: String) -> Verdict? {
    guard report.manifest.artefacts.contains(where: { $0.name == table && $0.role == "testSet" }) else { return nil }
    for entry in claims {
      if case .data(.fit(let claim)) = entry.statement, areRows(claim.table, table) {
        return .notMet("\(entry.name): parameters were fitted on \(claim.table), whose rows these are")
      }
      if case .data(.training(let claim)) = entry.statement, areRows(claim.table, table) {
        return .notMet("\(entry.name): a model was trained on \(claim.table), whose rows these are")
      }
      if case .data(.optimum(let claim)) = entry.statement, let own = claim.tables.first(where: { areRows($0, table) }) {
        return .notMet("\(entry.name): a model is near the optimum on \(own), whose rows these are")
      }
      if case .data(.treeTraining(let claim)) = entry.statement, areRows(claim.table, table) {
        return .notMet("\(entry.name): a tree was trained on \(claim.table), whose rows these are")
      }
    }
    return nil
  }

  /// Whether row i of one table is row i of the other, by transformations and equal values.
  private func areRows(_ first: String, _ second: String) -> Bool {
    !Set(provenance.sameRows(first)).isDisjoint(with: provenance.sameRows(second))
  }
}

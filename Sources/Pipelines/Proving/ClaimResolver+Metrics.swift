import Claims
import Evidence
import Programs

/// Values of claims about metrics, from the private tables.
extension ClaimResolver {
  /// Counts of the groups that are large enough; bounds are compared with the counts before anything is proved.
  func filled(_ claim: ConfusionClaim) throws -> ConfusionClaim {
    let tables = try source(claim)
    let counts = try claim.counts(tables)
    guard case .category(let names)? = try table(claim.labels.artefact).schema.column(claim.labels.column)?.type, !names.isEmpty else {
      throw misfit("the labels need a category column")
    }
    let size = names.count * names.count
    let sizes = (0..<counts.count / size).map { group in counts[group * size..<(group + 1) * size].reduce(0, +) }
    let shown = claim.group == nil ? [0] : sizes.indices.filter { sizes[$0] >= Int64(claim.minimumGroup) }
    func made(_ own: ConfusionClaim.Shown) -> ConfusionClaim {
      ConfusionClaim(
        labels: claim.labels, predictions: claim.predictions, group: claim.group, shownGroups: shown, minimumGroup: claim.minimumGroup, shown: own)
    }
    switch claim.shown {
    case .counts: return made(.counts(shown.flatMap { counts[$0 * size..<($0 + 1) * size] }))
    case .bounds(_, let bounds):
      var marginals: [Int64] = []
      for group in shown {
        for label in names.indices {
          let start = group * size + label * names.count
          marginals.append(counts[start..<start + names.count].reduce(0, +))
        }
      }
      let out = made(.bounds(marginals: marginals, bounds))
      if let failing = try out.failing(tables) {
        throw PipelineError(
          .belowThreshold,
          "The bound \(failing.numerator)/\(failing.denominator) on \(failing.metric.name.text) does not hold for these predictions.",
          remedy: "Nothing was proved. Ask for a bound that holds.")
      }
      return out
    }
  }

  /// The number of positive rows, and the value of every measure that is to be revealed.
  func filled(_ claim: RankingClaim) throws -> RankingClaim {
    let tables = try source(claim)
    guard let labels = try table(claim.labels.artefact).values(claim.labels.column) else { throw misfit("the labels' column is missing") }
    let inside = try claim.slice?.inside(tables)
    let positives = labels.enumerated().count { row, label in
      label == Int64(claim.positive) && (inside.map { $0.indices.contains(row) && $0[row] == 1 } ?? true)
    }
    func shown(_ measure: RankingClaim.Measure, _ wanted: Shown) throws -> Shown {
      try self.shown(wanted, try claim.values(measure, tables).first, claim.scores.column)
    }
    let measures = try claim.measures.map { measure -> RankingClaim.Measure in
      switch measure {
      case .rankSum(let wanted): .rankSum(try shown(measure, wanted))
      case .distance(let wanted): .distance(try shown(measure, wanted))
      case .squaredError(let wanted): .squaredError(try shown(measure, wanted))
      case .logLoss(let wanted): .logLoss(try shown(measure, wanted))
      case .calibration(let edges, _): .calibration(edges: edges, counts: try claim.values(measure, tables))
      }
    }
    return RankingClaim(
      labels: claim.labels, scores: claim.scores, positive: claim.positive, positives: positives, unit: claim.unit, measures: measures,
      slice: claim.slice)
  }

  /// The value of every measure that is to be revealed.
  func filled(_ claim: ErrorClaim) throws -> ErrorClaim {
    let tables = try source(claim)
    let measures = try claim.measures.map { measure -> ErrorClaim.Measure in
      let values = try claim.values(measure, tables)
      switch measure {
      case .squared(let wanted): return .squared(try shown(wanted, values.first, claim.predictions.column))
      case .absolute(let wanted): return .absolute(try shown(wanted, values.first, claim.predictions.column))
      case .labels(_, let centre, _):
        guard let sum = values.first, let squares = values.last else { throw misfit("the labels' column is missing") }
        return .labels(sum: sum, centre: centre, squares: squares)
      }
    }
    return ErrorClaim(labels: claim.labels, predictions: claim.predictions, measures: measures, slice: claim.slice)
  }

  private func source(_ claim: some DataRelation) throws -> DataTables {
    var tables: [String: StoredTable] = [:]
    for name in claim.artefacts { tables[name] = try table(name) }
    return DataTables(tables: tables, identities: identities)
  }

  /// The value, revealed, or the range that was asked for once the value is in it.
  private func shown(_ wanted: Shown, _ value: Int64?, _ column: String) throws -> Shown {
    guard let value else { throw misfit("column \(TerminalText.quoted(column)) has no such measure") }
    guard case .within(let range) = wanted else { return .revealed(value) }
    guard range.contains(value) else {
      throw PipelineError(
        .belowThreshold, "A measure of \(TerminalText.quoted(column)) is \(value), outside \(range).",
        remedy: "Nothing was proved. Widen the range that the claim asks for.")
    }
    return wanted
  }
}

import Claims
import Programs

/// Statistics, fitted parameters and transformations.
extension ClaimMeaning {
  func describeStatistics(_ claim: StatisticsClaim) throws(StatementError) -> ClaimDescription {
    let (schema, rows) = try table(claim.table)
    let lines = try StatisticLines(claim, schema: schema, rows: rows)
    var description = ClaimDescription(
      uses: claim.artefacts,
      shows: ["Of \(claim.table) (\(Self.count(rows, "row"))) these numbers were computed from the present cells, exactly."],
      doesNotShow: [
        "That the cells are true, or a sample of any population.",
        "That published numbers give nothing away: several of them, or of tables that share rows, can be subtracted from one another.",
      ], duties: [.dataGovernance, .documentation])
    for statistic in claim.statistics {
      let disclosure = try lines.disclosure(statistic) { count, text in listed(count: count, text) }
      let own = Disclosure("\(disclosure.field) (\(claim.table))", disclosure.extent, value: disclosure.value)
      description.discloses.append(own)
      description.figures.append(
        .value(label: own.field, text: own.extent == .bounded ? "within \(own.value)" : own.value))
      // Of one row, a value of rank 0 is the cell, which is told below.
      if case .order = statistic, rows == 1 { continue }
      if let derived = try lines.derived(statistic) { description.shows.append(derived) }
    }
    if rows == 1 {
      let cells = try lines.cells()
      if !cells.isEmpty { description.shows.append("These are the cells of its one row: \(cells.joined(separator: "; ")).") }
      description.discloses.append(Disclosure("cells of \(claim.table) that are not listed", .hidden))
    } else {
      description.discloses.append(Disclosure("single cells of \(claim.table)", .hidden))
    }
    return description
  }

  // MARK: Fit

  func describeFit(_ claim: FitClaim) throws(StatementError) -> ClaimDescription {
    let rows = try table(claim.table).rows
    _ = try table(claim.parameters)
    var counts: [Disclosure] = []
    for name in claim.presentCounts.keys.sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }) {
      _ = try column(name, of: claim.table)
      counts.append(Disclosure("present cells of \(claim.table).\(name)", .exact, value: String(claim.presentCounts[name] ?? 0)))
    }
    return ClaimDescription(
      uses: claim.artefacts, establishes: [ManifestEdge(.fittedOn, from: claim.parameters, to: claim.table)].filter { $0.from != $0.to },
      shows: [
        "\(claim.parameters) holds what was fitted on the \(Self.count(rows, "row")) of \(claim.table) and on no other rows, exactly and with missing cells "
          + "left out: \(listed(claim.specification.parameters.map(words)))."
      ],
      doesNotShow: [
        "The fitted numbers themselves: they stay hidden, and so does the number of present cells except where it is listed.",
        "Whether \(claim.table) has rows in common with the data that a model is tested on: that takes a claim of type split or disjoint.",
      ], discloses: counts + [Disclosure("parameters in \(claim.parameters)", .hidden)], duties: [.dataGovernance, .documentation])
  }

  private func words(_ parameter: FittedParameter) -> String {
    let column = parameter.column
    func of(_ noun: String, _ scale: Int) -> String { "\(noun) of \(column) (\(Self.count(scale, "digit")) after the point)" }
    switch parameter.kind {
    case .mean(let scale): return of("mean", scale)
    case .standardDeviation(let scale): return of("standard deviation", scale)
    case .interquartileRange(let scale): return of("interquartile range", scale)
    case .quantile(1, 2, let scale): return of("median", scale)
    case .quantile(let numerator, let denominator, let scale): return of("quantile \(numerator)/\(denominator)", scale)
    case .minimum: return "least value of \(column)"
    case .maximum: return "greatest value of \(column)"
    case .range: return "greatest less least value of \(column)"
    case .mode: return "most frequent value of \(column)"
    case .seen: return "the categories of \(column) that occur"
    }
  }

  // MARK: Transform

  func describeTransform(_ claim: TransformClaim) throws(StatementError) -> ClaimDescription {
    let rows = try table(claim.input).rows
    _ = try table(claim.output)
    if let parameters = claim.parameters { _ = try table(parameters) }
    var inputs = [claim.input]
    var doesNotShow = ["That the transformation is apt, or was fixed before the data were seen."]
    var shows = [
      "\(claim.output) has the \(Self.count(rows, "row")) of \(claim.input) in the same order; row by row its columns are, in integers and exactly, "
        + "these functions of the row of \(claim.input)\(claim.parameters.map { " and of the fitted numbers in \($0)" } ?? "")."
    ]
    if let parameters = claim.parameters {
      inputs.append(parameters)
      let tables = (fits[parameters] ?? []).sorted()
      if tables.isEmpty {
        doesNotShow.append("On which rows the numbers in \(parameters) were fitted: no claim of this bundle says so.")
      } else {
        shows.append("The numbers in \(parameters) were fitted on \(tables.joined(separator: ", ")), as another claim of this bundle shows.")
      }
    }
    let columns = claim.specification.columns
    for column in columns.prefix(listedColumns) {
      let steps = column.steps.isEmpty ? ["copied"] : column.steps.map(words)
      shows.append("\(column.name) from \(column.source): \(steps.joined(separator: "; then ")).")
    }
    if columns.count > listedColumns { shows.append("… and \(columns.count - listedColumns) more columns, all in the statement.") }
    return ClaimDescription(
      uses: claim.artefacts, establishes: inputs.filter { $0 != claim.output }.map { ManifestEdge(.derivedFrom, from: claim.output, to: $0) },
      shows: shows, doesNotShow: doesNotShow, discloses: [Disclosure("cells of \(claim.artefacts.joined(separator: ", "))", .hidden)],
      duties: [.dataGovernance, .documentation])
  }

  /// Most columns that a transformation spells out.
  private var listedColumns: Int { 64 }

  private func words(_ step: TransformStep) -> String {
    switch step {
    case .impute(let operand): return "where missing, \(words(operand))"
    case .imputeCategory(let text): return "where missing, the category \(text)"
    case .missingIndicator: return "1 where missing, else 0"
    case .clip(let lower, let upper):
      let bounds = [lower.map { "at least \(words($0))" }, upper.map { "at most \(words($0))" }].compactMap { $0 }
      return bounds.isEmpty ? "unchanged" : bounds.joined(separator: " and ")
    case .divide(let centre, let divisor, let scale, let limit):
      let (verb, range) =
        switch limit {
        case .refuse(let range): ("always", range)
        case .saturate(let range): ("cut to", range)
        }
      func bound(_ value: Int64) -> String { DecimalText.text(value, digits: scale) }
      return "less \(words(centre)), divided by \(words(divisor)), rounded to \(Self.count(scale, "digit")) after the point, \(verb) "
        + "\(bound(range.lower)) to \(bound(range.upper))"
    case .logarithm(let base, let scale):
      return
        "\(base == .natural ? "natural logarithm" : "logarithm to base 2") of 1 plus it, rounded to \(Self.count(scale, "digit")) after the point"
    case .bucketise(let edges): return "number of the bin between the edges \(listed(edges.map(words)))"
    case .ordinal(let order, let unseen): return "place in the order \(listed(order))\(words(unseen))"
    case .oneHot(let unseen): return "one column of 0 and 1 for each category\(words(unseen))"
    }
  }

  private func words(_ operand: Operand) -> String {
    switch operand {
    case .number(let mantissa, let scale): DecimalText.text(mantissa, digits: min(max(scale, 0), TableSchema.maximumScale))
    case .parameter(let name): "the fitted \(name)"
    }
  }

  private func words(_ unseen: UnseenRule) -> String {
    switch unseen {
    case .allKnown: ""
    case .zeros: ", all 0 for one that was not seen when fitting"
    case .error: ", every one of them seen when fitting"
    case .other(let name): ", \(name) for one that was not seen when fitting"
    }
  }
}

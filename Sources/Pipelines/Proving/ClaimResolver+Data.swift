import Claims
import Evidence
import Importers
import Programs

/// Values of claims about data, from the private tables.
extension ClaimResolver {
  /// The claim with every number that the tables decide, once the tables are what the claim says: otherwise a proof would be made in vain.
  /// - Throws: `PipelineError.claimDoesNotFit`, `.belowThreshold`.
  func data(_ claim: DataClaim) throws -> DataClaim {
    do {
      let claim = try filled(claim)
      try check(claim)
      return claim
    } catch let error as ProgramError {
      throw PipelineError(
        .claimDoesNotFit, "The claim does not fit: \(TerminalText.escaped("\(error)")).", remedy: PreparationAdvice.remedy(error) + ".")
    }
  }

  /// Tables that are made from others hold what the claim says.
  private func check(_ claim: DataClaim) throws {
    func same(_ name: String, _ expected: StoredTable) throws {
      guard try table(name).columns == expected.columns else {
        throw misfit("\(TerminalText.quoted(name)) does not hold what the claim says; make it anew from the tables that the store has")
      }
    }
    switch claim {
    case .split(let claim):
      guard let identity = identities[claim.table] else { throw misfit("the commitment of \(TerminalText.quoted(claim.table)) is not known") }
      let sizes = try claim.parts.map { try table($0).rowCount }
      let source = try table(claim.table)
      let rows = SplitClaim.rows(claim.rule, identity: identity, sizes: sizes, table: source)
      for (part, own) in zip(claim.parts, rows) { try same(part, source.selecting(rows: own)) }
    case .filter(let claim):
      let source = try table(claim.table)
      try same(claim.output, source.selecting(rows: try FilterClaim.rows(claim.conditions, source)))
    case .deduplicate(let claim):
      let source = try table(claim.table)
      try same(claim.output, source.selecting(rows: DeduplicateClaim.rows(source)))
    case .join(let claim): try same(claim.output, try JoinClaim.joined(try table(claim.left), try table(claim.right), key: claim.key))
    case .fit(let claim): try same(claim.parameters, try claim.specification.fit(try table(claim.table)))
    case .transform(let claim):
      let parameters = try claim.parameters.map { try table($0) }
      try same(claim.output, try claim.specification.transform(try table(claim.input), parameters: parameters))
    case .statistics, .disjoint, .anonymity, .confusion, .ranking, .errors, .training, .optimum, .treeTraining, .network: break
    }
  }

  private func filled(_ claim: DataClaim) throws -> DataClaim {
    switch claim {
    case .split(let claim): return .split(SplitClaim(table: claim.table, parts: claim.parts, rule: try rule(claim)))
    case .statistics(let claim):
      let table = try table(claim.table)
      return .statistics(StatisticsClaim(table: claim.table, statistics: try claim.statistics.map { try statistic($0, table) }))
    case .filter, .deduplicate, .join, .transform, .training, .optimum, .treeTraining, .network: return claim
    case .confusion(let claim): return .confusion(try filled(claim))
    case .ranking(let claim): return .ranking(try filled(claim))
    case .errors(let claim): return .errors(try filled(claim))
    case .disjoint(let claim):
      let tables = try claim.tables.map { try table($0) }
      return .disjoint(
        DisjointClaim(
          tables: claim.tables, columns: claim.columns, distinctCount: DisjointClaim.distinctCount(tables, columns: claim.columns)))
    case .anonymity(let claim):
      let classes = AnonymityClaim.classes(try table(claim.table), quasiIdentifiers: claim.quasiIdentifiers)
      if let least = classes.values.min(), least < claim.minimum {
        throw PipelineError(
          .belowThreshold,
          "A combination of \(claim.quasiIdentifiers.map(TerminalText.quoted).joined(separator: ", ")) occurs in \(counted(least, "row")), "
            + "fewer than the \(claim.minimum) that the claim asks for.",
          remedy: "Nothing was proved. Lower the minimum, or make the columns coarser.")
      }
      return .anonymity(
        AnonymityClaim(
          table: claim.table, quasiIdentifiers: claim.quasiIdentifiers, minimum: claim.minimum, classCount: classes.count))
    case .fit(let claim):
      let counts = try claim.specification.presentCounts(try table(claim.table))
      return .fit(FitClaim(table: claim.table, parameters: claim.parameters, specification: claim.specification, presentCounts: counts))
    }
  }

  /// The counts of a split, from the parts as they are.
  private func rule(_ claim: SplitClaim) throws -> SplitRule {
    func column(_ name: String, _ table: StoredTable) throws -> [Int64] {
      guard let values = table.values(name) else { throw misfit("there is no column \(TerminalText.quoted(name))") }
      return values
    }
    switch claim.rule {
    case .random, .cutoff: return claim.rule
    case .stratified(let nonce, let name, let numerator, let denominator, _):
      guard case .category(let classes)? = try table(claim.table).schema.column(name)?.type, claim.parts.count == 2 else {
        throw misfit("a split by class needs a category column and two parts")
      }
      var counts = [[Int64]](repeating: [0, 0], count: classes.count)
      for (part, own) in claim.parts.enumerated() {
        for value in try column(name, try table(own)) {
          guard let index = Int(exactly: value), counts.indices.contains(index) else { throw misfit("a part has other classes") }
          counts[index][part] += 1
        }
      }
      return .stratified(nonce, column: name, numerator: numerator, denominator: denominator, counts: counts)
    case .groups(let nonce, let name, let numerator, let denominator, _):
      let groups = Set(try column(name, try table(claim.table))).count
      return .groups(nonce, column: name, numerator: numerator, denominator: denominator, groups: groups)
    }
  }

  private func statistic(_ statistic: Statistic, _ table: StoredTable) throws -> Statistic {
    let values = try statistic.values(table)
    func shown(_ wanted: Shown) throws -> Shown {
      guard let value = values.first else { throw misfit("the column has fewer present cells than the rank") }
      guard case .within(let range) = wanted else { return .revealed(value) }
      guard range.contains(value) else {
        throw PipelineError(
          .belowThreshold, "A statistic of \(statistic.columns.map(TerminalText.quoted).joined(separator: ", ")) is \(value), outside \(range).",
          remedy: "Nothing was proved. Widen the range that the claim asks for.")
      }
      return wanted
    }
    switch statistic {
    case .missing(let column, let wanted): return .missing(column: column, try shown(wanted))
    case .sum(let column, let wanted): return .sum(column: column, try shown(wanted))
    case .sumOfSquares(let column, let centre, let wanted): return .sumOfSquares(column: column, centre: centre, try shown(wanted))
    case .productSum(let first, let centre, let second, let other, let wanted):
      return .productSum(first: first, centre: centre, second: second, otherCentre: other, try shown(wanted))
    case .order(let column, let rank, _, let wanted):
      return .order(column: column, rank: rank, present: try PresentCells(table, column).ascending.count, try shown(wanted))
    case .histogramBounds(_, _, let within), .pairBounds(_, _, let within):
      guard values.count == within.count, zip(within, values).allSatisfy({ $0.contains($1) }) else {
        throw PipelineError(
          .belowThreshold,
          "A count of \(statistic.columns.map(TerminalText.quoted).joined(separator: " by ")) is outside the interval that the claim asks for.",
          remedy: "Nothing was proved. Widen the intervals.")
      }
      return statistic
    case .histogram(let column, let edges, _): return .histogram(column: column, edges: edges, counts: values)
    case .pairs(let first, let second, _): return .pairs(first: first, second: second, counts: values)
    }
  }
}

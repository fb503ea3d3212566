import Claims
import Evidence
import Hashing
import Importers
import Programs

/// Claims about tables, from the names and numbers of a claim file and the tables themselves.
struct TableClaimMaker {
  /// The claim file's name and the claim's in errors.
  let file: String
  /// Private tables by name in the store.
  let tables: [String: StoredTable]
  /// Identities of their commitments.
  let identities: [String: Digest]

  func refused(_ column: String?, _ found: String, _ expected: String, _ remedy: String) -> ImportError {
    ImportError(.invalidValue, at: FilePlace(file: file, column: column), found: found, expected: expected, remedy: remedy)
  }

  func table(_ name: String) throws -> StoredTable {
    guard let table = tables[name] else {
      throw refused(
        nil, "\(TerminalText.quoted(name)), which is no table", "a table of the store", "`zkmlops inspect` on the store lists its artefacts")
    }
    return table
  }

  func column(_ name: ClaimColumn) throws -> TableColumn {
    let table = try table(name.artefact)
    guard let column = table.schema.column(name.column) else {
      throw refused(
        name.column, "a column that \(TerminalText.quoted(name.artefact)) does not have",
        "one of \(table.schema.columns.prefix(20).map { TerminalText.quoted($0.name) }.joined(separator: ", "))", "Correct column")
    }
    return column
  }

  func name(_ column: ClaimColumn) -> ClaimStatement.ColumnName { .init(artefact: column.artefact, column: column.column) }

  /// The claim; numbers that tables decide are filled in by `ClaimResolver`.
  /// - Throws: `ImportError`, `PipelineError`.
  func claim(_ wanted: TableClaim) throws -> DataClaim {
    switch wanted {
    case .split(let name, let parts, let split):
      guard parts.count > 2 else { return .split(SplitClaim(table: name, parts: parts, rule: try dealing(name, split).rule)) }
      return .split(SplitClaim(table: name, parts: parts, rule: .random(RowDealing.nonce(split.split.nonce))))
    case .statistics(let name, let setting):
      var maker = StatisticMaker(table: try table(name), file: file)
      switch setting {
      case .auto: try maker.addUsual(except: [])
      case .list(let settings): try maker.add(settings)
      }
      guard !maker.statistics.isEmpty else {
        throw refused(nil, "statistics of which none can be proved", "at least one", "List what you want: {column: …, show: […]}")
      }
      return .statistics(StatisticsClaim(table: name, statistics: maker.statistics))
    case .filter(let name, let output, let settings):
      let schema = try table(name).schema
      let conditions = try settings.map { setting -> RowCondition in
        switch try setting.resolved(schema, file: file) {
        case .within(let column, let range): .within(column: column, range)
        case .present(let column): .present(column: column)
        }
      }
      return .filter(FilterClaim(table: name, output: output, conditions: conditions))
    case .deduplicate(let name, let output): return .deduplicate(DeduplicateClaim(table: name, output: output))
    case .join(let left, let right, let output, let key):
      for name in [left, right] { _ = try column(ClaimColumn(artefact: name, column: key)) }
      return .join(JoinClaim(left: left, right: right, output: output, key: key))
    case .disjoint(let names, let columns):
      for name in names { for column in columns { _ = try self.column(ClaimColumn(artefact: name, column: column)) } }
      return .disjoint(DisjointClaim(tables: names, columns: columns, distinctCount: 0))
    case .anonymity(let name, let setting):
      for column in setting.columns { _ = try self.column(ClaimColumn(artefact: name, column: column)) }
      return .anonymity(AnonymityClaim(table: name, quasiIdentifiers: setting.columns, minimum: setting.minimum, classCount: 0))
    case .fit(let name, let parameters, let columns):
      guard let fit = try ColumnRequest.plan(columns, schema: try table(name).schema, file: file).fit else {
        throw refused(nil, "columns whose steps need no parameter", "steps such as impute: median or standardise", "Remove the claim")
      }
      return .fit(FitClaim(table: name, parameters: parameters, specification: fit))
    case .transform(let input, let parameters, let output, let columns):
      let plan = try ColumnRequest.plan(columns, schema: try table(input).schema, file: file)
      guard (plan.fit == nil) == (parameters == nil) else {
        throw refused(
          nil, plan.fit == nil ? "parameters that no step reads" : "steps that read parameters, and no parameters",
          "parameters: with the table of a claim of type fit, where a step needs it", plan.fit == nil ? "Remove parameters" : "Add parameters")
      }
      return .transform(TransformClaim(input: input, parameters: parameters, output: output, specification: plan.transform))
    case .confusion(let request): return .confusion(try confusion(request))
    case .ranking(let request): return .ranking(try ranking(request))
    case .errors(let labels, let predictions, let measures, let slice): return .errors(try errors(labels, predictions, measures, slice))
    }
  }

  private func dealing(_ name: String, _ split: PipelineSplit) throws -> RowDealing {
    guard let identity = identities[name] else { throw refused(nil, "a table without commitment", "a committed table", "Commit it first") }
    return try RowDealing(split.configuration, table: try table(name), identity: identity, file: file)
  }

  /// What the claim makes of the tables, for `commit: true`.
  /// - Throws: `ImportError`, `PipelineError`.
  func outputs(_ wanted: TableClaim) throws -> [(name: String, table: StoredTable)] {
    do { return try made(wanted) } catch let error as ProgramError { throw ImportError(preparation: error, file: file) }
  }

  private func made(_ wanted: TableClaim) throws -> [(name: String, table: StoredTable)] {
    switch (wanted, try claim(wanted)) {
    case (.split(let name, let parts, let split), .split(let claim)):
      let source = try table(name)
      guard parts.count > 2 else {
        let rows = try dealing(name, split).split
        return zip(parts, [rows.training, rows.test]).map { ($0, source.selecting(rows: $1)) }
      }
      guard source.rowCount >= parts.count, let identity = identities[name] else {
        throw refused(nil, "\(source.rowCount) rows for \(parts.count) folds", "a committed table with a row for every fold", "Use fewer folds")
      }
      let rows = SplitClaim.rows(claim.rule, identity: identity, sizes: RowDealing.folds(source.rowCount, parts.count), table: source)
      return zip(parts, rows).map { ($0, source.selecting(rows: $1)) }
    case (_, .filter(let claim)):
      let source = try table(claim.table)
      let rows = try FilterClaim.rows(claim.conditions, source)
      guard !rows.isEmpty else { throw refused(nil, "a filter that no row meets", "at least one row", "Correct filter") }
      return [(claim.output, source.selecting(rows: rows))]
    case (_, .deduplicate(let claim)):
      let source = try table(claim.table)
      return [(claim.output, source.selecting(rows: DeduplicateClaim.rows(source)))]
    case (_, .join(let claim)):
      // The pipeline's own check says more about keys than the claim's.
      let setting = JoinSetting(source: .artefact(claim.right), key: claim.key)
      return [(claim.output, try JoinedTable(setting, left: try table(claim.left), right: try table(claim.right), file: file).result)]
    case (_, .fit(let claim)): return [(claim.parameters, try claim.specification.fit(try table(claim.table)))]
    case (_, .transform(let claim)):
      let parameters = try claim.parameters.map { try table($0) }
      return [(claim.output, try claim.specification.transform(try table(claim.input), parameters: parameters))]
    default: return []
    }
  }
}

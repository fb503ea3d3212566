import Claims
import Evidence
import Importers
import Programs

/// The data claims of a pipeline with their public values, computed from the tables.
struct DataStatements {
  let configuration: PipelineConfiguration
  /// The pipeline's name in errors.
  let file: String

  private func refused(_ column: String?, _ found: String, _ expected: String, _ remedy: String) -> ImportError {
    ImportError(.invalidValue, at: FilePlace(file: file, column: column), found: found, expected: expected, remedy: remedy)
  }

  // MARK: Rows

  /// Conditions of `prepare.filter`.
  func conditions(_ schema: TableSchema) throws -> [RowCondition] {
    try (configuration.preparation?.filters ?? []).map { filter in
      switch try filter.resolved(schema, file: file) {
      case .within(let column, let range): .within(column: column, range)
      case .present(let column): .present(column: column)
      }
    }
  }

  /// Rows that the filters leave.
  func filtered(_ table: StoredTable, _ conditions: [RowCondition]) throws -> StoredTable {
    let out = table.selecting(rows: try FilterClaim.rows(conditions, table))
    guard out.rowCount > 0 else { throw refused(nil, "filters that no row meets", "at least one row", "Correct prepare.filter") }
    return out
  }

  /// `disjoint`: no row, or no key, in both parts.
  func disjoint(_ training: (name: String, table: StoredTable), _ test: (name: String, table: StoredTable)) throws -> ClaimStatement? {
    guard let setting = configuration.disjoint else { return nil }
    var columns: [String] = []
    if case .key(let names) = setting { columns = names }
    for name in columns where test.table.schema.column(name) == nil {
      throw refused(name, "disjoint names a column that the table does not have", "a column of the schema", "Correct disjoint")
    }
    let claim = DisjointClaim(
      tables: [training.name, test.name], columns: columns,
      distinctCount: DisjointClaim.distinctCount([training.table, test.table], columns: columns))
    do { _ = try claim.record(DataTables(tables: [training.name: training.table, test.name: test.table], identities: [:])) } catch {
      throw PipelineError(
        .claimDoesNotFit,
        columns.isEmpty
          ? "A row of the training part occurs in the test part too, so the parts are not disjoint."
          : "A value of \(columns.map { TerminalText.quoted($0) }.joined(separator: ", ")) occurs in the training and in the test part.",
        remedy: columns.isEmpty
          ? "Set prepare.deduplicate: true, or disjoint: false; disjoint: [COLUMN] speaks of a key instead of whole rows."
          : "Set split.method: groups with that column, or disjoint: false.")
    }
    return .data(.disjoint(claim))
  }

  /// `anonymity`.
  func anonymity(_ name: String, _ table: StoredTable) throws -> ClaimStatement? {
    guard let setting = configuration.anonymity else { return nil }
    for column in setting.columns where table.schema.column(column) == nil {
      throw refused(column, "anonymity names a column that the table does not have", "a column of the schema", "Correct anonymity.columns")
    }
    let classes = AnonymityClaim.classes(table, quasiIdentifiers: setting.columns)
    let least = classes.values.min() ?? 0
    guard least >= setting.minimum else {
      throw PipelineError(
        .claimDoesNotFit,
        "\(counted(classes.values.count { $0 < setting.minimum }, "combination")) of \(setting.columns.map { TerminalText.quoted($0) }.joined(separator: ", ")) "
          + "occur in fewer than \(setting.minimum) rows (the rarest in \(least)).",
        remedy: "Nothing was proved. Name fewer columns, coarsen them in the schema, filter the rare rows, or lower anonymity.minimum.")
    }
    return .data(
      .anonymity(AnonymityClaim(table: name, quasiIdentifiers: setting.columns, minimum: setting.minimum, classCount: classes.count)))
  }

  // MARK: Statistics

  /// `statistics`, and what a reader should know about those that are left out.
  func statistics(_ name: String, _ table: StoredTable) throws -> (statement: ClaimStatement?, notes: [String]) {
    var maker = StatisticMaker(table: table, file: file)
    switch configuration.statistics {
    case nil: return (nil, [])
    case .auto:
      // Sums over keys tell nothing that anybody wants to know.
      var keys = Set(configuration.joins.map(\.key))
      if case .key(let names) = configuration.disjoint { keys.formUnion(names) }
      if case .groups(let column) = configuration.provedSplit?.method, case .integer? = table.schema.column(column)?.type { keys.insert(column) }
      try maker.addUsual(except: keys)
    case .list(let settings): try maker.add(settings)
    }
    guard !maker.statistics.isEmpty else {
      throw refused(nil, "statistics of which none can be proved", "at least one", "Correct statistics, or remove it")
    }
    return (.data(.statistics(StatisticsClaim(table: name, statistics: maker.statistics))), maker.notes)
  }
}

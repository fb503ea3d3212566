import Claims

/// What an inference of an imported network says about columns of tables: whose answers they hold, for the rows of which table.
struct NetworkAnswers {
  /// The one table that all inputs are columns of.
  let table: String
  /// Columns that hold outputs of one number a row.
  let columns: [ClaimStatement.ColumnName]
  /// Columns that the network reads.
  let reads: Set<String>

  /// Nil when an input is not a column of one and the same table.
  init?(_ claim: NetworkInference) {
    let tables = Self.tables(claim)
    let sources = claim.inputs.values.map { source -> [String]? in if case .columns(_, let columns) = source { columns } else { nil } }
    guard tables.count == 1, let table = tables.first, !sources.contains(where: { $0 == nil }) else { return nil }
    self.table = table
    reads = Set(sources.compactMap { $0 }.flatMap { $0 })
    columns = claim.outputs.keys.sorted().compactMap { name in
      guard case .columns(let artefact, let columns)? = claim.outputs[name], columns.count == 1, let column = columns.first else { return nil }
      return ClaimStatement.ColumnName(artefact: artefact, column: column)
    }
  }

  /// Tables that inputs are columns of.
  static func tables(_ claim: NetworkInference) -> [String] {
    var out: [String] = []
    for name in claim.inputs.keys.sorted() { if case .columns(let table, _)? = claim.inputs[name], !out.contains(table) { out.append(table) } }
    return out
  }

  /// Columns that hold outputs.
  static func filled(_ claim: NetworkInference) -> [ClaimStatement.ColumnName] {
    claim.outputs.keys.sorted().flatMap { name -> [ClaimStatement.ColumnName] in
      guard case .columns(let artefact, let columns)? = claim.outputs[name] else { return [] }
      return columns.map { ClaimStatement.ColumnName(artefact: artefact, column: $0) }
    }
  }
}

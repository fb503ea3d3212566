/// A table with the columns of another, found by a key.

import Programs

/// One join of a pipeline: the table that is joined, and what comes of it.
public struct JoinedTable: Sendable {
  /// What the pipeline asks for.
  public let setting: JoinSetting
  /// The table that gives columns.
  public let table: StoredTable
  /// All rows of the table before, in order, with the columns of the row of `table` that has the same key.
  public let result: StoredTable

  /// Joins; the semantics is that of the claim `join`, whose proof would fail for anything else.
  ///
  /// - Parameters:
  ///   - left: the table before.
  ///   - file: the pipeline's name in errors.
  /// - Throws: `ImportError` with the key's column, what was found and a remedy.
  public init(_ setting: JoinSetting, left: StoredTable, right: StoredTable, file: String) throws(ImportError) {
    let key = setting.key
    let name = setting.name.quoted
    func refuse(_ found: String, _ expected: String, _ remedy: String, _ problem: ImportProblem = .invalidValue) -> ImportError {
      ImportError(problem, at: FilePlace(file: file, column: key), found: found, expected: expected, remedy: remedy)
    }
    for (table, words) in [(left, "the table that it is joined to"), (right, name)] where table.schema.column(key) == nil {
      throw refuse(
        "a join by a key that \(words) does not have", "a column of both tables",
        "Did you mean \(YAMLGroup.nearest(key, among: table.schema.columns.map(\.name)).quoted)", .unknownColumn)
    }
    guard let own = left.schema.column(key), let other = right.schema.column(key), let wanted: [Int64] = left.values(key),
      let keys: [Int64] = right.values(key)
    else { throw refuse("a join by an unknown key", "a column of both tables", "Correct join.key", .unknownColumn) }
    guard own.type == other.type else {
      throw refuse(
        "a key that is \(Self.words(own.type)) in one table and \(Self.words(other.type)) in \(name)",
        "the same type, range and categories in both", "Declare the key alike in both schemas")
    }
    guard own.missing == .refuse, other.missing == .refuse else {
      throw refuse("a key with missing cells", "a key without them", "Declare missing: drop, or refuse, for the key")
    }
    guard own.type.range.bitCount <= 58 else {
      throw refuse("a key of \(own.type.range.bitCount) bits", "at most 58 bits", "Narrow its range in both schemas")
    }
    for column in right.schema.columns where column.name != key && left.schema.column(column.name) != nil {
      throw refuse(
        "\(column.name.quoted) in both tables", "different names for all columns but the key",
        "Rename the column in one of the files, or list it under ignore in one schema")
    }
    var places: [Int64: Int] = [:]
    for (row, value) in keys.enumerated() where places.updateValue(row, forKey: value) != nil {
      throw refuse(
        "a value of the key that occurs twice in \(name) (again in row \(row + 1))", "one row of it for each key",
        "Keep one row for each key there; if \(name) is the table with several rows for each, make it data and join the other one")
    }
    var partners: [Int] = []
    partners.reserveCapacity(wanted.count)
    var (lonely, first) = (0, 0)
    for (row, value) in wanted.enumerated() {
      if let partner = places[value] {
        partners.append(partner)
      } else {
        if lonely == 0 { first = row + 1 }
        lonely += 1
      }
    }
    guard lonely == 0 else {
      throw refuse(
        "\(lonely) of \(wanted.count) rows (row \(first) is the first) whose key is not in \(name)", "a row of it for every key",
        "Leave these rows out; or, if only the rows of \(name) are wanted, make it data and join the other table: rows of a joined table may be left over"
      )
    }
    let added = zip(right.schema.storedColumns, right.columns).filter { $0.0.column != key }.map { column in partners.map { column.1[$0] } }
    do throws(ProgramError) {
      let schema = try TableSchema(columns: left.schema.columns + right.schema.columns.filter { $0.name != key })
      result = try StoredTable(schema: schema, columns: left.columns + added)
    } catch { throw ImportError(error, at: FilePlace(file: file, column: key)) }
    self.setting = setting
    table = right
  }

  private static func words(_ type: ColumnType) -> String {
    switch type {
    case .category(let names): "a category of \(names.count) values"
    case .integer(let range): "an integer in \(range.lower)…\(range.upper)"
    case .decimal(let scale, let range):
      "a decimal number of \(scale) digits in \(DecimalText.text(range.lower, digits: scale))…\(DecimalText.text(range.upper, digits: scale))"
    }
  }
}

/// `schema.yaml`: the columns of a table.

import Programs

/// A schema file.
public struct SchemaDocument: Equatable, Sendable {
  /// The table's columns.
  public let schema: TableSchema
  /// Columns of the file that are not part of the table.
  public let ignored: [String]
  /// Columns whose missing cells take their row out of the table.
  public let droppedWhenMissing: Set<String>
  /// Number columns whose cells are rounded to the column's digits (nearest, ties toward plus infinity) where they have more; in all
  /// other columns more digits are an error.
  public let rounded: Set<String>
  /// An integer column that is not in the file: it gets the number of the record there, from 0. For files in order of time.
  public let rowNumber: String?

  /// A document from its parts.
  public init(schema: TableSchema, ignored: [String] = [], droppedWhenMissing: Set<String> = [], rounded: Set<String> = [], rowNumber: String? = nil)
  {
    self.schema = schema
    self.ignored = ignored
    self.droppedWhenMissing = droppedWhenMissing
    self.rounded = rounded
    self.rowNumber = rowNumber
  }

  /// Reads the text of a schema file.
  ///
  /// ```yaml
  /// version: 1
  /// columns:
  ///   - {name: age, type: integer, range: [18, 100]}
  ///   - {name: rate, type: decimal, digits: 2, range: [0.00, 99.99], missing: presence}
  ///   - {name: share, type: decimal, digits: 4, range: [0.0000, 1.0000], moreDigits: round}
  ///   - {name: job, type: category, values: ["clerk", "other"]}
  /// ignore: [id]
  /// rowNumber: order    # a column of columns that is not in the file
  /// ```
  /// - Throws: place, expectation and remedy of the first thing that is wrong.
  public init(yaml bytes: [UInt8], file: String) throws(ImportError) {
    let root = try YAMLGroup(try YAMLTreeReader.read(bytes, file: file), file: file, allowed: ["version", "columns", "ignore", "rowNumber"])
    let _: Int = try root.integer(try root.required("version"), 1...1)
    var columns: [TableColumn] = []
    var dropped: Set<String> = []
    var rounded: Set<String> = []
    let columnsNode = try root.required("columns")
    for item in try root.list(columnsNode) {
      let group = try YAMLGroup(
        item, file: file, allowed: ["name", "type", "range", "digits", "values", "missing", "moreDigits", "role"])
      let (column, drops, rounds) = try Self.column(group)
      columns.append(column)
      if drops { dropped.insert(column.name) }
      if rounds { rounded.insert(column.name) }
    }
    ignored = try root.optional("ignore").map { node throws(ImportError) in try root.texts(node) } ?? []
    do throws(ProgramError) { schema = try TableSchema(columns: columns) } catch {
      guard case .invalidSchema(let column, let reason) = error else { throw ImportError(error, at: FilePlace(file: file)) }
      throw ImportError(
        .invalidValue, at: FilePlace(file: file, line: columnsNode.place.line, column: column.isEmpty ? nil : column),
        found: reason.escaped(limit: 200), expected: "columns with different names and sensible ranges", remedy: "Correct the column")
    }
    if let node = root.optional("rowNumber") {
      let name = try root.text(node, "the name of an integer column")
      guard let column = schema.column(name), case .integer = column.type, column.missing == .refuse, !dropped.contains(name) else {
        throw root.invalid(node, name.quoted, "an integer column of columns without missing cells")
      }
      rowNumber = name
    } else {
      rowNumber = nil
    }
    for name in ignored where schema.column(name) != nil {
      throw ImportError(
        .invalidValue, at: FilePlace(file: file, column: name), found: "a column under columns and under ignore", expected: "one of them",
        remedy: "Remove one")
    }
    droppedWhenMissing = dropped
    self.rounded = rounded
  }

  private enum TypeName: String, CaseIterable { case integer, decimal, category }
  private enum MissingName: String, CaseIterable { case refuse, presence, drop }
  private enum MoreDigits: String, CaseIterable { case refuse, round }

  private static func column(_ group: YAMLGroup) throws(ImportError) -> (column: TableColumn, drops: Bool, rounds: Bool) {
    let name = try group.text(try group.required("name"))
    let typeNode = try group.required("type")
    let typeName = try group.choice(typeNode, TypeName.self)
    let missing = try group.optional("missing").map { node throws(ImportError) in try group.choice(node, MissingName.self) } ?? .refuse
    let roles = try group.optional("role").map { node throws(ImportError) in try group.choice(node, ColumnRole.self) }
    func forbid(_ keys: [String]) throws(ImportError) {
      for key in keys {
        if let node = group.optional(key) {
          throw group.invalid(node, "\(key) for a column of type \(typeName.rawValue)", "no such key here", remedy: "Remove \(key)")
        }
      }
    }
    let type: ColumnType
    switch typeName {
    case .integer:
      try forbid(["digits", "values"])
      type = .integer(try range(group, digits: 0))
    case .decimal:
      try forbid(["values"])
      let digits: Int = try group.integer(try group.required("digits"), 0...TableSchema.maximumScale)
      type = .decimal(scale: digits, range: try range(group, digits: digits))
    case .category:
      try forbid(["digits", "range", "moreDigits"])
      type = .category(try group.texts(try group.required("values")))
    }
    let column = TableColumn(
      name: name, type: type, missing: missing == .presence ? .presence : .refuse, roles: roles.map { [$0] } ?? [])
    let moreDigits = try group.optional("moreDigits").map { node throws(ImportError) in try group.choice(node, MoreDigits.self) }
    return (column, missing == .drop, moreDigits == .round)
  }

  private static func range(_ group: YAMLGroup, digits: Int) throws(ImportError) -> IntegerRange {
    let node = try group.required("range")
    let items = try group.list(node)
    guard items.count == 2 else { throw group.invalid(node, "\(items.count) entries", "[lowest, highest]") }
    var bounds: [Int64] = []
    for item in items {
      let text = try group.text(item, "a number")
      do throws(DecimalTextError) { bounds.append(try DecimalText(text.utf8).scaled(toDigits: digits)) } catch {
        throw group.invalid(item, text.quoted, "a number with at most \(digits) digits after the point")
      }
    }
    guard let range = IntegerRange(lower: bounds[0], upper: bounds[1]) else {
      throw group.invalid(node, "a lowest value above the highest", "[lowest, highest]")
    }
    return range
  }

  /// Opens and reads a schema file.
  public static func read(path: String, displayName: String? = nil) throws(ImportError) -> SchemaDocument {
    let bytes = try InputFile.read(path: path, displayName: displayName, limit: YAMLLimit.bytes)
    return try SchemaDocument(yaml: bytes, file: displayName ?? path)
  }
}

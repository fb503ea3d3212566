import Programs

/// Schemas in JSON: one object a column, in order.
///
/// ```json
/// {"name": "amount", "type": "decimal", "digits": 2, "range": ["0.00", "999.99"], "missing": "presence"}
/// {"name": "class", "type": "category", "categories": ["bad", "good"], "missing": "refuse"}
/// ```
/// `key` is there, and `true`, for columns that identify the row.
enum SchemaJSON {
  static func value(_ schema: TableSchema) -> JSONValue { .array(schema.columns.map(column)) }

  private static func column(_ column: TableColumn) -> JSONValue {
    var members: [String: JSONValue] = ["name": .string(column.name), "missing": .string(column.missing.rawValue)]
    switch column.type {
    case .integer(let range):
      members["type"] = "integer"
      members["range"] = RangeJSON.value(range)
    case .decimal(let scale, let range):
      members["type"] = "decimal"
      members["digits"] = .integer(scale)
      members["range"] = RangeJSON.value(range, digits: scale)
    case .category(let names):
      members["type"] = "category"
      members["categories"] = .array(names.map { .string($0) })
    }
    if column.roles.contains(.key) { members["key"] = true }
    return .object(members)
  }

  static func read(_ node: JSONNode) throws(StatementError) -> TableSchema {
    try readingStatements {
      try TableSchema(columns: try node.list(atMost: StatementCaps.columns) { item throws(JSONShapeError) in try readColumn(item) })
    }
  }

  private static func readColumn(_ node: JSONNode) throws(JSONShapeError) -> TableColumn {
    let fields = try node.fields(["name", "type", "missing"], optional: ["range", "digits", "categories", "key"])
    let typeNode = try fields.node("type")
    let type: ColumnType
    var allowed: [String] = ["range"]
    switch try typeNode.string() {
    case "integer": type = .integer(try RangeJSON.read(try fields.node("range")))
    case "decimal":
      let digits = try fields.node("digits").integer(in: 0...TableSchema.maximumScale)
      type = .decimal(scale: digits, range: try RangeJSON.read(try fields.node("range"), digits: digits))
      allowed.append("digits")
    case "category":
      let list = try fields.node("categories").list(atMost: TableSchema.maximumCategoryCount) { item throws(JSONShapeError) in try item.string() }
      type = .category(list)
      allowed = ["categories"]
    default: throw typeNode.notAllowed("must be integer, decimal or category")
    }
    _ = try node.fields(["name", "type", "missing"] + allowed, optional: ["key"])
    let missingNode = try fields.node("missing")
    guard let missing = MissingRule(rawValue: try missingNode.string()) else { throw missingNode.notAllowed("must be refuse or presence") }
    if let key = fields.optional("key"), try !key.bool() { throw key.notAllowed("is left out unless true") }
    let roles: Set<ColumnRole> = fields.optional("key") == nil ? [] : [.key]
    return TableColumn(name: try fields.node("name").string(), type: type, missing: missing, roles: roles)
  }
}

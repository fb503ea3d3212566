/// What `pipeline.yaml` says about tables whose columns are joined to the first one.

/// `join:` a second table, of another owner or of a later time, by a key that both tables have.
public struct JoinSetting: Hashable, Sendable {
  /// Where the table is.
  public enum Source: Hashable, Sendable {
    /// A CSV file and its schema.
    case file(data: String, schema: String)
    /// A committed table of the store, e.g. one that was received with its owner's statement.
    case artefact(String)
  }

  /// The table.
  public var source: Source
  /// A column of both tables with the same type and range and no missing cells; no value occurs twice in the joined table.
  public var key: String

  /// A setting.
  public init(source: Source, key: String) {
    self.source = source
    self.key = key
  }

  /// The table as errors name it.
  public var name: String {
    switch source {
    case .file(let data, _): data
    case .artefact(let name): name
    }
  }

  /// Most tables that can be joined to one.
  public static let maximumCount = 16

  /// `{table: {data: labels.csv, schema: labels.yaml}, key: customer}`, `{table: {artefact: NAME}, key: customer}`, or a list of such.
  static func list(_ node: YAMLNode, _ root: YAMLGroup) throws(ImportError) -> [JoinSetting] {
    guard case .sequence(let items, _) = node else { return [try JoinSetting(node, file: root.file)] }
    guard (1...maximumCount).contains(items.count) else { throw root.invalid(node, "\(items.count) tables", "1 to \(maximumCount)") }
    var settings: [JoinSetting] = []
    for item in items { settings.append(try JoinSetting(item, file: root.file)) }
    return settings
  }

  private init(_ node: YAMLNode, file: String) throws(ImportError) {
    let group = try YAMLGroup(node, file: file, allowed: ["table", "key"])
    key = try group.text(try group.required("key"), "the name of a column of both tables")
    let tableNode = try group.required("table")
    let table = try YAMLGroup(tableNode, file: file, allowed: ["data", "schema", "artefact"])
    if let artefact = table.optional("artefact") {
      guard table.keys.count == 1 else {
        throw table.invalid(tableNode, "other keys beside artefact", "{artefact: NAME} alone: it has its own schema", remedy: "Remove them")
      }
      source = .artefact(try table.text(artefact, "the name of a table in the store"))
    } else {
      source = .file(data: try table.text(try table.required("data")), schema: try table.text(try table.required("schema")))
    }
  }
}

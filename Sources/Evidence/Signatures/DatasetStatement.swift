import Hashing

/// What a data owner signs about a committed table.
public struct DatasetStatement: Hashable, Sendable {
  /// Identity of the commitment, 64 hexadecimal digits.
  public var identity: String
  /// Digest of the table's schema, see `schemaDigest`.
  public var schema: String
  /// Rows of the table.
  public var rowCount: Int
  /// What the owner calls the table (see `BundleName`).
  public var name: String
  /// Columns that identify the row, in the order of the schema.
  public var keyColumns: [String]
  /// What the table is given away for, in the owner's words: 1 to 500 characters without controls.
  public var purpose: String
  /// When it was signed, by the owner's clock.
  public var date: Timestamp

  static let maximumPurpose = 500
  static let purposeRule = "must be 1 to \(maximumPurpose) printable characters"

  /// Whether a text can be a purpose.
  public static func isPurpose(_ text: String) -> Bool {
    (1...maximumPurpose).contains(text.unicodeScalars.count) && !text.unicodeScalars.contains(where: TerminalText.isUnsafe)
  }

  /// The statement about a table as a manifest describes it; nil for an artefact that is no table.
  public init?(about artefact: ManifestArtefact, name: String, purpose: String, date: Timestamp) {
    guard let facts = TableFacts(artefact) else { return nil }
    identity = artefact.identity
    (schema, rowCount, keyColumns) = (facts.schema, facts.rowCount, facts.keyColumns)
    self.name = name
    self.purpose = purpose
    self.date = date
  }

  /// The statement as JSON.
  public var json: JSONValue {
    .object([
      "identity": .string(identity), "schema": .string(schema), "rows": .integer(rowCount), "name": .string(name),
      "keyColumns": .array(keyColumns.map(JSONValue.string)), "purpose": .string(purpose), "date": .string(date.description),
    ])
  }

  /// What is signed: the canonical JSON, in the role of a data owner.
  public var document: SignedDocument {
    SignedDocument(type: "application/vnd.zkmlops.dataset+json; version=1; role=\(SigningRole.owner.rawValue)", payload: json.canonicalBytes)
  }

  static func read(_ node: JSONNode) throws(JSONShapeError) -> DatasetStatement {
    let fields = try node.fields(["identity", "schema", "rows", "name", "keyColumns", "purpose", "date"])
    return DatasetStatement(
      identity: try fields.node("identity").digest(), schema: try fields.node("schema").digest(),
      rowCount: try fields.node("rows").integer(in: 1...JSONValue.largestInteger), name: try fields.node("name").name(),
      keyColumns: try fields.node("keyColumns").list(atMost: 4_096) { item throws(JSONShapeError) in try item.string() },
      purpose: try fields.node("purpose").string(purposeRule, where: isPurpose), date: try fields.node("date").timestamp())
  }

  private init(identity: String, schema: String, rowCount: Int, name: String, keyColumns: [String], purpose: String, date: Timestamp) {
    self.identity = identity
    self.schema = schema
    self.rowCount = rowCount
    self.name = name
    self.keyColumns = keyColumns
    self.purpose = purpose
    self.date = date
  }

  /// What does not fit the table, in words; nil when the statement is about exactly this table.
  func mismatch(_ artefact: ManifestArtefact) -> String? {
    guard identity == artefact.identity else { return "it is about the commitment \(identity)" }
    guard let facts = TableFacts(artefact) else { return "the artefact is no table" }
    guard schema == facts.schema else { return "it is about another schema" }
    guard rowCount == facts.rowCount else { return "it is about \(rowCount) rows" }
    guard keyColumns.elementsEqual(facts.keyColumns, by: { $0.hasSameScalars(as: $1) }) else { return "it names other key columns" }
    return nil
  }
}

/// What a manifest's description of a table says that a statement repeats.
struct TableFacts {
  let schema: String
  let rowCount: Int
  let keyColumns: [String]

  init?(_ artefact: ManifestArtefact) {
    guard case .integer(let rows)? = artefact.format["rows"], let columns = artefact.format["columns"], case .array(let list) = columns else {
      return nil
    }
    rowCount = rows
    schema = Self.schemaDigest(columns)
    keyColumns = list.compactMap { column in
      guard case .object(let members) = column, case .bool(true)? = members["key"], case .string(let name)? = members["name"] else { return nil }
      return name
    }
  }

  /// SHA-256 over the ASCII text `zkmlops/schema/v1`, a zero byte, and the canonical JSON of the list of columns; hexadecimal.
  static func schemaDigest(_ columns: JSONValue) -> String {
    SHA256.hash(Array("zkmlops/schema/v1".utf8) + [0] + columns.canonicalBytes).hex
  }
}

extension JSONNode {
  /// A moment in UTC.
  func timestamp() throws(JSONShapeError) -> Timestamp {
    guard let moment = Timestamp(try string()) else { throw notAllowed("must be a UTC time of the form 2026-01-31T23:59:59Z") }
    return moment
  }
}

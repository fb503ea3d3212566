/// The public file of one claim, `claims/NAME.json`: its type, its statement, and what it discloses.
///
/// `statement` belongs to the claim type and is read by the `ClaimChecker`; `discloses` is derived from it and compared when the bundle is verified.
public struct ClaimFile: Equatable, Sendable {
  /// Claim type, the same as in the manifest.
  public var type: String
  /// The public statement.
  public var statement: JSONValue
  /// Field by field, what becomes known.
  public var discloses: [Disclosure]

  /// A claim file of these parts.
  public init(type: String, statement: JSONValue, discloses: [Disclosure]) {
    self.type = type
    self.statement = statement
    self.discloses = discloses
  }

  /// The file as JSON.
  public var json: JSONValue {
    .object(["type": .string(type), "statement": statement, "reveals": .array(discloses.map(\.json))])
  }

  /// The bytes of the file: indented JSON.
  public var fileBytes: [UInt8] { json.prettyBytes }

  /// Reads a claim file; `name` is for errors.
  init(fileBytes: [UInt8], name: String, limits: BundleLimits) throws(BundleError) {
    let value: JSONValue
    do {
      value = try JSONParser.parse(fileBytes, limits: limits.json)
    } catch {
      throw .json(file: name, error)
    }
    do {
      let fields = try JSONNode(value).fields(["type", "statement", "reveals"])
      type = try fields.node("type").name()
      statement = try fields.node("statement").value
      discloses = try fields.node("reveals").list(Disclosure.read)
    } catch {
      throw .shape(file: name, error)
    }
  }
}

/// What one field of a claim's statement tells the world.
public struct Disclosure: Equatable, Sendable {
  /// How much becomes known.
  public enum Extent: String, Equatable, Sendable, CaseIterable {
    /// Nothing beyond the commitment, within its hiding budget.
    case hidden
    /// The value.
    case exact
    /// A bound on the value.
    case bounded
  }

  /// What is spoken of, e.g.
  ///
  /// `number of test rows`.
  public var field: String
  /// How much becomes known.
  public var extent: Extent
  /// The value or bound as text; empty if hidden.
  public var value: String

  /// A disclosure.
  public init(_ field: String, _ extent: Extent, value: String = "") {
    self.field = field
    self.extent = extent
    self.value = value
  }

  /// The disclosure as JSON.
  public var json: JSONValue {
    .object(["field": .string(field), "extent": .string(extent.rawValue), "value": .string(value)])
  }

  static func read(_ node: JSONNode) throws(JSONShapeError) -> Disclosure {
    let fields = try node.fields(["field", "extent", "value"])
    let extentNode = try fields.node("extent")
    guard let extent = Extent(rawValue: try extentNode.string()) else {
      throw extentNode.notAllowed("must be one of \(Extent.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    return Disclosure(try fields.node("field").string(), extent, value: try fields.node("value").string())
  }
}

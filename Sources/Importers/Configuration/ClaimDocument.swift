/// Claim files: which single claims to prove about artefacts of the store.

/// A column of a committed table.
public struct ClaimColumn: Hashable, Sendable {
  /// Name of the table in the store.
  public let artefact: String
  /// The column.
  public let column: String
}

/// One claim that a claim file asks for. Artefacts go by their names in the store.
public enum RequestedClaim: Hashable, Sendable {
  /// Every cell or weight lies in its declared range.
  case wellFormed(artefact: String)
  /// A model's output on a table: published, or equal to a committed column.
  case inference(model: String, table: String, output: String, committed: ClaimColumn?)
  /// Labels against predictions.
  case accuracy(labels: ClaimColumn, predictions: ClaimColumn, AccuracyClaim)
  /// How often each class occurs in a column.
  case classCounts(ClaimColumn)
}

/// A file of claims, for `zkmlops prove`. JSON is read too, being YAML.
///
/// ```yaml
/// version: 1
/// claims:
///   - name: accuracy-at-70
///     type: accuracy
///     labels: {artefact: german-credit.test, column: class}
///     predictions: {artefact: german-credit.predictions, column: prediction}
///     atLeast: 0.70            # or: revealed: true
///   - {name: classes, type: classCounts, of: {artefact: german-credit.test, column: class}}
///   - {name: table, type: wellFormed, artefact: german-credit.test}
///   - name: answers
///     type: inference
///     model: german-credit.model
///     table: german-credit.test
///     output: prediction
///     published: true          # or: committed: {artefact: german-credit.predictions, column: prediction}
/// ```
public struct ClaimDocument: Equatable, Sendable {
  /// The claims in file order, with the names that they shall have in the bundle.
  public let claims: [Entry]

  /// A claim with its name.
  public struct Entry: Equatable, Sendable {
    /// Name in the bundle; whether it can be one is checked by the bundle's writer.
    public let name: String
    /// What is asked for.
    public let claim: RequestedClaim
  }

  private enum TypeName: String, CaseIterable { case wellFormed, inference, accuracy, classCounts }

  /// Reads the text of a claim file.
  /// - Throws: place, expectation and remedy of the first thing that is wrong.
  public init(yaml bytes: [UInt8], file: String) throws(ImportError) {
    let root = try YAMLGroup(try YAMLTreeReader.read(bytes, file: file), file: file, allowed: ["version", "claims"])
    let _: Int = try root.integer(try root.required("version"), 1...1)
    var claims: [Entry] = []
    let node = try root.required("claims")
    for item in try root.list(node) { claims.append(try Self.entry(item, file: file)) }
    guard !claims.isEmpty else { throw root.invalid(node, "no claim", "at least one claim") }
    self.claims = claims
  }

  /// Opens and reads a claim file.
  public static func read(path: String) throws(ImportError) -> ClaimDocument {
    try ClaimDocument(yaml: try InputFile.read(path: path, limit: YAMLLimit.bytes), file: path)
  }

  private static func entry(_ node: YAMLNode, file: String) throws(ImportError) -> Entry {
    let all = [
      "name", "type", "artefact", "of", "labels", "predictions", "revealed", "atLeast", "model", "table", "output", "published", "committed",
    ]
    let any = try YAMLGroup(node, file: file, allowed: all)
    let type = try any.choice(try any.required("type"), TypeName.self)
    let name = try any.text(try any.required("name"))
    func group(_ keys: [String]) throws(ImportError) -> YAMLGroup { try YAMLGroup(node, file: file, allowed: ["name", "type"] + keys) }
    switch type {
    case .wellFormed:
      let group = try group(["artefact"])
      return Entry(name: name, claim: .wellFormed(artefact: try group.text(try group.required("artefact"))))
    case .classCounts:
      let group = try group(["of"])
      return Entry(name: name, claim: .classCounts(try column(try group.required("of"), file: file)))
    case .accuracy:
      let group = try group(["labels", "predictions", "revealed", "atLeast"])
      let labels = try column(try group.required("labels"), file: file)
      let predictions = try column(try group.required("predictions"), file: file)
      return Entry(name: name, claim: .accuracy(labels: labels, predictions: predictions, try disclosure(group, node)))
    case .inference:
      let group = try group(["model", "table", "output", "published", "committed"])
      let target = try group.optional("committed").map { node throws(ImportError) in try column(node, file: file) }
      let published = try group.optional("published").map { node throws(ImportError) in try group.boolean(node) } ?? false
      guard published == (target == nil) else {
        throw group.invalid(node, "neither or both of published and committed", "published: true, or committed: {artefact: …, column: …}")
      }
      let output = try group.optional("output").map { node throws(ImportError) in try group.text(node) } ?? "prediction"
      return Entry(
        name: name,
        claim: .inference(
          model: try group.text(try group.required("model")), table: try group.text(try group.required("table")), output: output, committed: target))
    }
  }

  private static func column(_ node: YAMLNode, file: String) throws(ImportError) -> ClaimColumn {
    let group = try YAMLGroup(node, file: file, allowed: ["artefact", "column"])
    return ClaimColumn(artefact: try group.text(try group.required("artefact")), column: try group.text(try group.required("column")))
  }

  private static func disclosure(_ group: YAMLGroup, _ node: YAMLNode) throws(ImportError) -> AccuracyClaim {
    let revealed = try group.optional("revealed").map { node throws(ImportError) in try group.boolean(node) } ?? false
    guard let bound = group.optional("atLeast") else {
      guard revealed else { throw group.invalid(node, "neither revealed nor atLeast", "revealed: true, or atLeast: with a share such as 0.70") }
      return .revealed
    }
    let text = try group.text(bound)
    guard !revealed, let (numerator, denominator) = RowSplit.fraction(text) else {
      throw group.invalid(bound, text.quoted, "a decimal number from 0 to 1 with at most 9 digits, without revealed: true")
    }
    return .atLeast(numerator: numerator, denominator: denominator)
  }
}

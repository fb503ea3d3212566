/// Claim files: which single claims to prove about artefacts of the store.

/// A column of a committed table.
public struct ClaimColumn: Hashable, Sendable {
  /// Name of the table in the store.
  public let artefact: String
  /// The column.
  public let column: String

  /// A column of a table.
  public init(artefact: String, column: String) {
    self.artefact = artefact
    self.column = column
  }
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
  /// About tables as data, and metrics.
  case table(TableClaim)
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
///   - name: adults
///     type: filter             # likewise split, deduplicate, join, fit, transform; statistics, disjoint, anonymity; confusion, ranking, errors
///     table: german-credit.raw
///     output: adults
///     filter: [{column: age, from: 26}]
///     commit: true             # the output is computed and committed, when the store has none of this name
/// ```
public struct ClaimDocument: Equatable, Sendable {
  /// The claims in file order, with the names that they shall have in the bundle.
  public let claims: [Entry]
  /// Lifetime number of proofs of what `commit: true` commits.
  public let openings: Int

  /// A claim with its name.
  public struct Entry: Equatable, Sendable {
    /// Name in the bundle; whether it can be one is checked by the bundle's writer.
    public let name: String
    /// What is asked for.
    public let claim: RequestedClaim
    /// Whether outputs that the store does not have are computed and committed.
    public let commits: Bool
  }

  private enum TypeName: String, CaseIterable { case wellFormed, inference, accuracy, classCounts }

  /// Reads the text of a claim file.
  /// - Throws: place, expectation and remedy of the first thing that is wrong.
  public init(yaml bytes: [UInt8], file: String) throws(ImportError) {
    let root = try YAMLGroup(try YAMLTreeReader.read(bytes, file: file), file: file, allowed: ["version", "claims", "openings"])
    let _: Int = try root.integer(try root.required("version"), 1...1)
    openings = try root.optional("openings").map { node throws(ImportError) in try root.integer(node, 1...100_000) } ?? 20
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
    let tableKeys = TableClaim.TypeName.allCases.flatMap(\.keys).filter { !all.contains($0) }
    let any = try YAMLGroup(node, file: file, allowed: all + Array(Set(tableKeys)).sorted())
    let name = try any.text(try any.required("name"))
    let type: TypeName
    switch try Self.type(try any.required("type"), any) {
    case .table(let type):
      let claim = try TableClaim(type, node, file: file)
      let commits = try any.optional("commit").map { node throws(ImportError) in try any.boolean(node) } ?? false
      return Entry(name: name, claim: .table(claim), commits: commits)
    case .other(let other): type = other
    }
    func group(_ keys: [String]) throws(ImportError) -> YAMLGroup { try YAMLGroup(node, file: file, allowed: ["name", "type"] + keys) }
    switch type {
    case .wellFormed:
      let group = try group(["artefact"])
      return Entry(name: name, claim: .wellFormed(artefact: try group.text(try group.required("artefact"))), commits: false)
    case .classCounts:
      let group = try group(["of"])
      return Entry(name: name, claim: .classCounts(try column(try group.required("of"), file: file)), commits: false)
    case .accuracy:
      let group = try group(["labels", "predictions", "revealed", "atLeast"])
      let labels = try column(try group.required("labels"), file: file)
      let predictions = try column(try group.required("predictions"), file: file)
      return Entry(name: name, claim: .accuracy(labels: labels, predictions: predictions, try disclosure(group, node)), commits: false)
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
          model: try group.text(try group.required("model")), table: try group.text(try group.required("table")), output: output, committed: target),
        commits: false)
    }
  }

  private enum AnyType {
    case table(TableClaim.TypeName)
    case other(TypeName)
  }

  private static func type(_ node: YAMLNode, _ group: YAMLGroup) throws(ImportError) -> AnyType {
    let names = TypeName.allCases.map(\.rawValue) + TableClaim.TypeName.allCases.map(\.rawValue)
    let text = try group.text(node, "one of \(names.joined(separator: ", "))")
    if let type = TableClaim.TypeName(rawValue: text) { return .table(type) }
    if let type = TypeName(rawValue: text) { return .other(type) }
    throw group.invalid(
      node, text.quoted, "one of \(names.joined(separator: ", "))", remedy: "Did you mean \(YAMLGroup.nearest(text, among: names))")
  }

  private static func column(_ node: YAMLNode, file: String) throws(ImportError) -> ClaimColumn { try ClaimColumn(node, file: file) }

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

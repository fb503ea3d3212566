/// Reads policies: strict about every key, and names the line and what to write instead.
public struct PolicyReader {
  private let path: String

  init(path: String) { self.path = path }

  /// One kind of requirement: its keys.
  struct Form {
    let word: String
    let required: [String]
    let optional: [String]
    let meaning: String
  }

  static let common = ["name", "articles"]

  static let forms: [Form] = [
    Form(word: "claim", required: ["type", "about"], optional: [], meaning: "there is a claim of this type about the artefact"),
    Form(word: "rows", required: ["table"], optional: ["minimum", "maximum"], meaning: "number of rows"),
    Form(
      word: "split", required: ["table"],
      optional: ["parts", "methods", "nonces", "auditorNonce", "commitment", "datedNonce", "nonceDate", "maximumAgeDays"],
      meaning: "rows dealt to parts by one of the methods random, stratified, groups, cutoff; seed from a nonce that is the auditor's or dated"),
    Form(word: "disjoint", required: ["tables"], optional: ["key"], meaning: "no row, or no key, in two of the tables"),
    Form(
      word: "statistic", required: ["table", "column", "statistic"], optional: ["second", "minimum", "maximum"],
      meaning: "missing, missingShare, sum, mean, least, greatest, histogram or pairs of a column is proved, and within bounds"),
    Form(
      word: "groups", required: ["table", "columns", "minimum"], optional: ["allowAbsent"],
      meaning: "every group of one or two category columns has so many rows"),
    Form(word: "anonymity", required: ["table", "columns", "minimum"], optional: [], meaning: "k-anonymity in these columns"),
    Form(word: "fit", required: ["on"], optional: [], meaning: "all fitted preprocessing is fitted on this table, and there is some"),
    Form(word: "transform", required: ["table"], optional: ["from"], meaning: "the table is a proved transformation, of that table"),
    Form(word: "inference", required: ["model", "input"], optional: ["output"], meaning: "the answers are the model's, for these rows"),
    Form(
      word: "accuracy", required: ["model", "input"], optional: ["minimum", "rows", "aboveBaseline"],
      meaning: "share of rows that the model predicts right, on so many rows, above always answering the most frequent class"),
    Form(
      word: "metric", required: ["model", "input", "metric"], optional: ["class", "minimum", "maximum", "rows"],
      meaning: "a metric of the model on these rows, within bounds: \(PolicyRequirement.metricNames.joined(separator: ", "))"),
    Form(
      word: "fairness", required: ["model", "input", "by", "metric", "outcome"], optional: ["bands", "minimumGroup", "minimum", "maximum"],
      meaning: "a comparison of groups that a column tells apart, each of so many rows: \(PolicyRequirement.fairnessNames.joined(separator: ", "))"),
    Form(
      word: "signer", required: ["role"], optional: ["holder", "table"],
      meaning: "a trusted owner signed the table, or provider, auditor or log the bundle"),
    Form(word: "soundness", required: [], optional: ["bits", "profile"], meaning: "of every proof"),
    Form(word: "date", required: [], optional: ["after", "before", "maximumAgeDays"], meaning: "of the bundle, signed by a trusted provider"),
    Form(
      word: "lineage", required: [], optional: ["tables"], meaning: "every table is computed, claim by claim, from tables that a trusted owner signed"
    ),
  ]

  /// All requirements with their keys, for help texts; keys that may be left out in parentheses.
  public static var reference: String {
    forms.map { form in
      let keys = form.required + form.optional.map { "(\($0))" }
      return "  \(form.word): \(keys.joined(separator: ", "))\n      \(form.meaning)"
    }.joined(separator: "\n")
  }

  private static let shape =
    "A policy is `version: 1`, `name:`, perhaps `keys:` like a list of trusted keys, and `requirements:`, a list that begins with `- require: KIND`."

  func read(_ bytes: [UInt8]) throws(PolicyError) -> Policy {
    let document: PlainYAML.Document
    if bytes.first(where: { $0 > 0x20 }) == UInt8(ascii: "{") {
      do {
        document = PlainYAML.Document(value: try JSONParser.parse(bytes, limits: .init(byteCount: Policy.maximumByteCount)), lines: [:])
      } catch { throw PolicyError(path: path, line: nil, problem: "\(error)", remedy: Self.shape) }
    } else {
      do { document = try PlainYAML.document(bytes) } catch {
        throw PolicyError(
          path: path, line: error.line, problem: error.problem,
          remedy:
            "Write `key: value` lines, `- ` before the first key of each list entry, or one in braces on a single line, lists of texts as [a, b].")
      }
    }
    var remedy = Self.shape
    do throws(JSONShapeError) { return try policy(JSONNode(document.value), document, &remedy) } catch {
      throw PolicyError(path: path, line: document.line(of: error.path), problem: "\(error)", remedy: remedy)
    }
  }

  /// - Parameter remedy: what to write where it is read now.
  private func policy(_ node: JSONNode, _ document: PlainYAML.Document, _ remedy: inout String) throws(JSONShapeError) -> Policy {
    let fields = try node.fields(["version", "name", "requirements"], optional: ["keys"])
    let version = try fields.node("version")
    guard version.value == 1 || version.value == "1" else { throw version.notAllowed("must be 1") }
    let name = try fields.node("name").label()
    let keys = try fields.optional("keys").map { node throws(JSONShapeError) in try TrustedKeys.readEntries(node) } ?? .none
    let list = try fields.node("requirements").elements(atMost: Policy.maximumRequirements)
    guard !list.isEmpty else { throw try fields.node("requirements").notAllowed("has no requirement") }
    var requirements: [PolicyRequirement] = []
    for item in list {
      remedy = "`require:` is one of \(Self.forms.map(\.word).joined(separator: ", "))."
      guard case .object(let members) = item.value, let word = members["require"] else {
        _ = try item.object()
        throw JSONShapeError(.missing, at: "\(item.path)/require")
      }
      guard case .string(let kind) = word, let form = Self.forms.first(where: { $0.word == kind }) else {
        throw JSONNode(word, path: "\(item.path)/require").notAllowed("is no kind of requirement")
      }
      let optional = form.optional + Self.common
      remedy =
        "A requirement `\(form.word)` has "
        + (form.required.isEmpty ? "" : "the keys \(form.required.joined(separator: ", ")), ") + "and may have \(optional.joined(separator: ", "))."
      let keys = try item.fields(["require"] + form.required, optional: optional)
      requirements.append(
        PolicyRequirement(
          kind: try Self.kind(form.word, item, keys), name: try keys.optional("name").map { node throws(JSONShapeError) in try node.label() },
          articles: try keys.optional("articles").map { node throws(JSONShapeError) in try node.label() }, line: document.line(of: item.path)))
    }
    return Policy(name: name, keys: keys, requirements: requirements)
  }
}

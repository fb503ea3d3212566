import Claims

/// Rules of splits in JSON.
///
/// | rule | form |
/// | --- | --- |
/// | at random | `{"random": NONCE}` |
/// | by class | `{"stratified": {"nonce": NONCE, "column": "class", "share": [1, 5], "counts": [[first, second], …]}}` |
/// | by a date or number | `{"cutoff": {"column": "date", "from": 20100101}}` |
/// | by group | `{"groups": {"nonce": NONCE, "column": "customer", "share": [1, 5], "groups": 40}}` |
///
/// NONCE is `{"auditor": HEX}`, `{"prover": HEX}`, or `{"dated": HEX, "date": "2026-01-31T23:59:59Z"}`, at most 1,024 bytes in lower case.
enum SplitJSON {
  private static let kinds = ["random", "stratified", "cutoff", "groups"]
  private static let longestNonce = 1_024

  static func value(_ rule: SplitRule) -> JSONValue {
    func share(_ numerator: Int, _ denominator: Int) -> JSONValue { .array([.integer(numerator), .integer(denominator)]) }
    switch rule {
    case .random(let nonce): return .object(["random": value(nonce)])
    case .cutoff(let column, let from):
      return .object(["cutoff": .object(["column": .string(column), "from": IntegerJSON.value(from)])])
    case .stratified(let nonce, let column, let numerator, let denominator, let counts):
      return .object([
        "stratified": .object([
          "nonce": value(nonce), "column": .string(column), "share": share(numerator, denominator),
          "counts": .array(counts.map(IntegerJSON.list)),
        ])
      ])
    case .groups(let nonce, let column, let numerator, let denominator, let groups):
      return .object([
        "groups": .object([
          "nonce": value(nonce), "column": .string(column), "share": share(numerator, denominator), "groups": .integer(groups),
        ])
      ])
    }
  }

  static func read(_ node: JSONNode) throws -> SplitRule {
    let fields = try node.fields([], optional: kinds)
    guard let kind = kinds.first(where: { fields.optional($0) != nil }), kinds.filter({ fields.optional($0) != nil }).count == 1 else {
      throw node.notAllowed("must have one of \(kinds.joined(separator: ", "))")
    }
    let rule = try fields.node(kind)
    switch kind {
    case "random": return .random(try readNonce(rule))
    case "cutoff":
      let parts = try rule.fields(["column", "from"])
      return .cutoff(column: try parts.node("column").string(), from: try IntegerJSON.read(try parts.node("from")))
    case "stratified":
      let parts = try rule.fields(["nonce", "column", "share", "counts"])
      let (numerator, denominator) = try readShare(try parts.node("share"))
      let counts = try parts.node("counts").elements(atMost: 1 << 16).map { try IntegerJSON.readList($0) }
      guard counts.allSatisfy({ $0.count == 2 && $0.allSatisfy { $0 >= 0 } }) else {
        throw try parts.node("counts").notAllowed("must be pairs of counts, one for each class")
      }
      return .stratified(
        try readNonce(try parts.node("nonce")), column: try parts.node("column").string(), numerator: numerator, denominator: denominator,
        counts: counts)
    default:
      let parts = try rule.fields(["nonce", "column", "share", "groups"])
      let (numerator, denominator) = try readShare(try parts.node("share"))
      return .groups(
        try readNonce(try parts.node("nonce")), column: try parts.node("column").string(), numerator: numerator, denominator: denominator,
        groups: try parts.node("groups").integer(in: 1...DataClaimJSON.rows))
    }
  }

  /// [numerator, denominator] of a share.
  private static func readShare(_ node: JSONNode) throws -> (Int, Int) {
    let parts = try node.elements(atMost: 2)
    guard parts.count == 2 else { throw node.notAllowed("must be [numerator, denominator]") }
    let denominator = try parts[1].integer(in: 1...(1 << 20))
    return (try parts[0].integer(in: 0...denominator), denominator)
  }

  static func value(_ nonce: Nonce) -> JSONValue {
    let bytes = JSONValue.string(HexBytes.text(nonce.bytes))
    switch nonce.source {
    case .auditor: return .object(["auditor": bytes])
    case .prover: return .object(["prover": bytes])
    case .dated(let date): return .object(["dated": bytes, "date": .string(date)])
    }
  }

  static func readNonce(_ node: JSONNode) throws -> Nonce {
    let fields = try node.fields([], optional: ["auditor", "prover", "dated", "date"])
    func bytes(_ node: JSONNode) throws -> [UInt8] {
      let text = try node.string()
      guard text.utf8.count <= 2 * longestNonce, let bytes = HexBytes.bytes(text) else {
        throw node.notAllowed("must be at most \(longestNonce) bytes in lower-case hexadecimal")
      }
      return bytes
    }
    switch (fields.optional("auditor"), fields.optional("prover"), fields.optional("dated"), fields.optional("date")) {
    case (let own?, nil, nil, nil): return Nonce(bytes: try bytes(own), source: .auditor)
    case (nil, let own?, nil, nil): return Nonce(bytes: try bytes(own), source: .prover)
    case (nil, nil, let own?, let date?):
      let text = try date.string()
      guard Timestamp(text) != nil else { throw date.notAllowed("must be a moment in UTC, as 2026-01-31T23:59:59Z") }
      return Nonce(bytes: try bytes(own), source: .dated(text))
    default: throw node.notAllowed("must have one of auditor, prover, or dated with date")
    }
  }
}

import Hashing

extension Manifest {
  /// Identifier of the bundle: SHA-256 over the ASCII text `zkmlops/bundle/v1`, a zero byte, and the canonical JSON of the manifest
  /// without its members `bundle` and `signatures`; lower-case hexadecimal.
  public var bundleID: String {
    let body = JSONValue.object(body).canonicalBytes
    return SHA256.hash(Array("zkmlops/bundle/v1".utf8) + [0] + body).hex
  }

  /// The manifest as JSON, with its identifier and its signatures.
  public var json: JSONValue {
    .object(unsigned.setting("signatures", to: .array(signatures.map(\.json))))
  }

  /// The manifest with its identifier and without signatures.
  var unsigned: JSONObject { body.setting("bundle", to: .string(bundleID)) }

  private var body: JSONObject {
    JSONObject([
      ("formatVersion", .integer(Self.formatVersion)),
      ("profile", .string(profile)),
      ("previous", previous.map(JSONValue.string) ?? .null),
      ("created", .string(created.description)),
      ("toolVersion", .string(toolVersion)),
      ("artefacts", .array(artefacts.map(\.json))),
      ("edges", .array(edges.map(\.json))),
      ("proofs", .array(proofs.map(\.json))),
      ("claims", .array(claims.map(\.json))),
      ("statements", .array(statements.map(\.json))),
      ("attestations", attestations.map(JSONValue.string) ?? .null),
    ])
  }

  /// Reads and validates a manifest from the bytes of its file.
  ///
  /// - Throws: `BundleError`: `.json`, `.shape`, `.manifestNotCanonical`, `.bundleIdentifier`, `.manifest`.
  public init(fileBytes: [UInt8], limits: BundleLimits = BundleLimits()) throws(BundleError) {
    let value: JSONValue
    do {
      value = try JSONParser.parse(fileBytes, limits: limits.json)
    } catch {
      throw .json(file: BundleName.manifestFile, error)
    }
    let stated: String
    do {
      (self, stated) = try Self.read(JSONNode(value))
    } catch {
      throw .shape(file: BundleName.manifestFile, error)
    }
    guard value.canonicalBytes == fileBytes else { throw .manifestNotCanonical }
    guard stated == bundleID else { throw .bundleIdentifier(expected: bundleID) }
    try validate()
  }

  private static func read(_ node: JSONNode) throws(JSONShapeError) -> (Manifest, bundleID: String) {
    let fields = try node.fields([
      "formatVersion", "bundle", "profile", "previous", "created", "toolVersion", "artefacts", "edges", "proofs", "claims", "statements",
      "attestations", "signatures",
    ])
    _ = try fields.node("formatVersion").integer(in: formatVersion...formatVersion)
    let attestations = try fields.node("attestations")
    let previous = try fields.node("previous")
    let toolVersion = try fields.node("toolVersion").string("must be 1 to 80 printable ASCII characters") {
      (1...80).contains($0.utf8.count) && $0.utf8.allSatisfy { (0x20...0x7e).contains($0) }
    }
    let manifest = Manifest(
      profile: try fields.node("profile").name(),
      previous: previous.value == .null ? nil : try previous.digest(),
      created: try fields.node("created").timestamp(),
      toolVersion: toolVersion,
      artefacts: try fields.node("artefacts").list(ManifestArtefact.read),
      edges: try fields.node("edges").list(ManifestEdge.read),
      proofs: try fields.node("proofs").list(ManifestProof.read),
      claims: try fields.node("claims").list(ManifestClaim.read),
      statements: try fields.node("statements").list(atMost: 4_096, ManifestStatement.read),
      attestations: attestations.value == .null ? nil : try attestations.digest(),
      signatures: try readSignatures(try fields.node("signatures")))
    return (manifest, try fields.node("bundle").digest())
  }
}

extension JSONNode {
  /// A name as bundles have them.
  func name() throws(JSONShapeError) -> String {
    try string(BundleName.rule, where: BundleName.isValid)
  }

  /// A SHA-256 digest in hexadecimal.
  func digest() throws(JSONShapeError) -> String {
    try string(BundleName.digestRule, where: Hexadecimal.isDigest)
  }

  /// Every element of an array, read by `read`.
  func list<Element>(
    atMost limit: Int = Int.max, _ read: (JSONNode) throws(JSONShapeError) -> Element
  ) throws(JSONShapeError) -> [Element] {
    var result: [Element] = []
    for element in try elements(atMost: limit) { result.append(try read(element)) }
    return result
  }

  fileprivate func names() throws(JSONShapeError) -> [String] {
    try list { node throws(JSONShapeError) in try node.name() }
  }
}

extension ManifestArtefact {
  /// The artefact as JSON.
  public var json: JSONValue {
    var members: [String: JSONValue] = [
      "name": .string(name), "kind": .string(kind), "role": .string(role), "identity": .string(identity), "root": .string(root),
      "format": .object(format),
      "tensors": .array(
        tensors.map { .object(["name": .string($0.name), "logDimensions": .array($0.logDimensions.map(JSONValue.integer))]) }),
      "code": .object(["m": .integer(code.m), "p": .integer(code.p), "logN": .integer(code.logN)]),
    ]
    if let tree { members["tree"] = .object(["firstRow": .integer(tree.firstRow), "rows": .integer(tree.rows)]) }
    return .object(members)
  }

  static func read(_ node: JSONNode) throws(JSONShapeError) -> ManifestArtefact {
    let fields = try node.fields(["name", "kind", "role", "identity", "root", "format", "tensors", "code"], optional: ["tree"])
    return ManifestArtefact(
      name: try fields.node("name").name(), kind: try fields.node("kind").name(), role: try fields.node("role").name(),
      identity: try fields.node("identity").digest(), root: try fields.node("root").digest(),
      format: try fields.node("format").object(),
      tensors: try fields.node("tensors").list(atMost: 4_096, Tensor.read),
      code: try CodeShape.read(try fields.node("code")), tree: try fields.optional("tree").map(TreeRows.read))
  }
}

extension ManifestArtefact.TreeRows {
  fileprivate static func read(_ node: JSONNode) throws(JSONShapeError) -> Self {
    let fields = try node.fields(["firstRow", "rows"])
    let rows = try fields.node("rows").integer(in: 1...maximumRows)
    return Self(firstRow: try fields.node("firstRow").integer(in: 0...(rows - 1)), rows: rows)
  }
}

extension ManifestArtefact.Tensor {
  fileprivate static func read(_ node: JSONNode) throws(JSONShapeError) -> Self {
    let fields = try node.fields(["name", "logDimensions"])
    let dimensions = try fields.node("logDimensions")
    let sizes = try dimensions.list(atMost: 16) { node throws(JSONShapeError) in try node.integer(in: 0...48) }
    guard sizes.reduce(0, +) <= 48 else { throw dimensions.notAllowed("more than 2^48 values") }
    return Self(name: try fields.node("name").string("must not be empty") { !$0.isEmpty }, logDimensions: sizes)
  }
}

extension ManifestArtefact.CodeShape {
  fileprivate static func read(_ node: JSONNode) throws(JSONShapeError) -> Self {
    let fields = try node.fields(["m", "p", "logN"])
    let shape = Self(
      m: try fields.node("m").integer(in: 0...40), p: try fields.node("p").integer(in: 0...(1 << 40)),
      logN: try fields.node("logN").integer(in: 0...48))
    guard (1 << shape.m) + shape.p <= 1 << shape.logN else { throw node.notAllowed("2^m + p exceeds 2^logN") }
    return shape
  }
}

extension ManifestEdge {
  /// The edge as JSON.
  public var json: JSONValue {
    .object(["kind": .string(kind.rawValue), "from": .string(from), "to": .string(to)])
  }

  static func read(_ node: JSONNode) throws(JSONShapeError) -> ManifestEdge {
    let fields = try node.fields(["kind", "from", "to"])
    let kindNode = try fields.node("kind")
    guard let kind = Kind(rawValue: try kindNode.string()) else {
      throw kindNode.notAllowed("must be one of \(Kind.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    return ManifestEdge(kind, from: try fields.node("from").name(), to: try fields.node("to").name())
  }
}

extension ManifestProof {
  /// The proof's entry as JSON.
  public var json: JSONValue {
    .object([
      "digest": .string(digest), "claims": .array(claims.map(JSONValue.string)), "artefacts": .array(artefacts.map(JSONValue.string)),
    ])
  }

  static func read(_ node: JSONNode) throws(JSONShapeError) -> ManifestProof {
    let fields = try node.fields(["digest", "claims", "artefacts"])
    let claims = try fields.node("claims")
    guard try !claims.elements().isEmpty else { throw claims.notAllowed("must name at least one claim") }
    return ManifestProof(
      digest: try fields.node("digest").digest(), claims: try claims.names(),
      artefacts: try fields.node("artefacts").names())
  }
}

extension ManifestClaim {
  /// The claim's entry as JSON.
  public var json: JSONValue {
    .object(["name": .string(name), "type": .string(type), "digest": .string(digest), "proof": .string(proof)])
  }

  static func read(_ node: JSONNode) throws(JSONShapeError) -> ManifestClaim {
    let fields = try node.fields(["name", "type", "digest", "proof"])
    return ManifestClaim(
      name: try fields.node("name").name(), type: try fields.node("type").name(), digest: try fields.node("digest").digest(),
      proof: try fields.node("proof").digest())
  }
}

/// A data owner's statement on an artefact of the bundle.
public struct ManifestStatement: Hashable, Sendable {
  /// Name of the artefact here.
  public var artefact: String
  /// SHA-256 of the file, which is `signatures/DIGEST.json`.
  public var digest: String

  /// A statement on `artefact`.
  public init(artefact: String, digest: String) {
    self.artefact = artefact
    self.digest = digest
  }

  /// The entry as JSON.
  public var json: JSONValue { .object(["artefact": .string(artefact), "digest": .string(digest)]) }

  static func read(_ node: JSONNode) throws(JSONShapeError) -> ManifestStatement {
    let fields = try node.fields(["artefact", "digest"])
    return ManifestStatement(artefact: try fields.node("artefact").name(), digest: try fields.node("digest").digest())
  }
}

extension Manifest {
  /// Most signatures on one manifest.
  static let maximumSignatures = 16

  /// What a signer of the bundle signs: the canonical JSON of the manifest with its identifier and without `signatures`, in the signer's role.
  ///
  /// The identifier covers the digests of all other files but the report, so that a signature covers the whole bundle.
  public func document(role: SigningRole) -> SignedDocument {
    SignedDocument(
      type: "application/vnd.zkmlops.manifest+json; version=1; role=\(role.rawValue)", payload: JSONValue.object(unsigned).canonicalBytes)
  }

  /// Adds a signature; the identifier stays the same.
  public mutating func sign(with signer: some DocumentSigner) throws(SignatureError) {
    signatures.append(
      SignatureEntry(role: signer.role, key: signer.publicKey, signature: try signer.signature(of: document(role: signer.role))))
  }

  /// The list of signatures: no data owner's, no key twice in one role.
  static func readSignatures(_ node: JSONNode) throws(JSONShapeError) -> [SignatureEntry] {
    var seen: Set<String> = []
    return try node.elements(atMost: maximumSignatures).map { item throws(JSONShapeError) in
      let entry = try SignatureEntry.read(item)
      guard entry.role != .owner else { throw item.notAllowed("a data owner signs datasets, not bundles") }
      guard seen.insert("\(entry.role.rawValue) \(entry.key.fingerprint)").inserted else {
        throw item.notAllowed("the same key in the same role twice")
      }
      return entry
    }
  }
}

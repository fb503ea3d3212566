/// A signature with the public key and the role of its signer, as it stands in a manifest or a signed statement.
///
/// ```json
/// {"role": "provider", "fingerprint": "…",
///  "ed25519": {"publicKey": "…", "signature": "…"}, "mlDSA65": {"publicKey": "…", "signature": "…"}}
/// ```
/// Keys and signatures are Base64. Whose key it is, nobody in the bundle can say: see `TrustedKeys`.
public struct SignatureEntry: Hashable, Sendable {
  /// The signer's role; bound by the document's type.
  public let role: SigningRole
  /// The signer's key.
  public let key: PublicSigningKey
  /// Both signatures.
  public let signature: DualSignature

  /// A signature by a key.
  public init(role: SigningRole, key: PublicSigningKey, signature: DualSignature) {
    self.role = role
    self.key = key
    self.signature = signature
  }

  /// The entry as JSON.
  public var json: JSONValue {
    .object([
      "role": .string(role.rawValue), "fingerprint": .string(key.fingerprint),
      SignatureAlgorithm.ed25519.field: Self.pair(key.ed25519, signature.ed25519),
      SignatureAlgorithm.mlDSA65.field: Self.pair(key.mlDSA65, signature.mlDSA65),
    ])
  }

  private static func pair(_ key: [UInt8], _ signature: [UInt8]) -> JSONValue {
    .object(["publicKey": .string(Base64.encode(key)), "signature": .string(Base64.encode(signature))])
  }

  static func read(_ node: JSONNode) throws(JSONShapeError) -> SignatureEntry {
    let fields = try node.fields(["role", "fingerprint"] + SignatureAlgorithm.allCases.map(\.field))
    let role = try fields.node("role").role()
    let ed25519 = try readPair(fields, .ed25519)
    let mlDSA65 = try readPair(fields, .mlDSA65)
    let fingerprint = try fields.node("fingerprint")
    let stated = try fingerprint.digest()
    let entry: SignatureEntry
    do throws(SignatureError) {
      entry = SignatureEntry(
        role: role, key: try PublicSigningKey(ed25519: ed25519.key, mlDSA65: mlDSA65.key),
        signature: try DualSignature(ed25519: ed25519.signature, mlDSA65: mlDSA65.signature))
    } catch { throw node.notAllowed("\(error)") }
    guard stated == entry.key.fingerprint else { throw fingerprint.notAllowed("is not the digest of the two public keys") }
    return entry
  }

  private static func readPair(
    _ fields: JSONFields, _ algorithm: SignatureAlgorithm
  ) throws(JSONShapeError) -> (key: [UInt8], signature: [UInt8]) {
    let pair = try fields.node(algorithm.field).fields(["publicKey", "signature"])
    return (
      try pair.node("publicKey").base64(byteCount: algorithm.keyByteCount), try pair.node("signature").base64(byteCount: algorithm.signatureByteCount)
    )
  }
}

extension JSONNode {
  /// Exactly `byteCount` bytes in Base64.
  func base64(byteCount: Int) throws(JSONShapeError) -> [UInt8] {
    guard let bytes = Base64.decode(try string()), bytes.count == byteCount else { throw notAllowed("must be \(byteCount) bytes in Base64") }
    return bytes
  }
}

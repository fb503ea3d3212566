/// The file in which a signer gives its public keys away (`zkmlops keys export`):
///
/// ```json
/// {"formatVersion": 1, "name": "city-bank", "role": "owner", "fingerprint": "…", "ed25519": "…", "mlDSA65": "…"}
/// ```
/// Name and role are the holder's own words; a reader puts the fingerprint into its list of trusted keys once it has heard it from the holder.
public struct PublicKeyFile: Hashable, Sendable {
  /// The version of this format.
  public static let formatVersion = 1

  /// What the holder calls the key (see `BundleName`).
  public let name: String
  /// The role that it is for.
  public let role: SigningRole
  /// The keys.
  public let key: PublicSigningKey

  /// A file of these parts.
  public init(name: String, role: SigningRole, key: PublicSigningKey) {
    self.name = name
    self.role = role
    self.key = key
  }

  /// The file as JSON.
  public var json: JSONValue {
    .object([
      "formatVersion": .integer(Self.formatVersion), "name": .string(name), "role": .string(role.rawValue), "fingerprint": .string(key.fingerprint),
      SignatureAlgorithm.ed25519.field: .string(Base64.encode(key.ed25519)), SignatureAlgorithm.mlDSA65.field: .string(Base64.encode(key.mlDSA65)),
    ])
  }

  /// Reads such a file.
  /// - Throws: `BundleError.json` or `.shape`; `file` is the name in them.
  public init(fileBytes: [UInt8], file: String) throws(BundleError) {
    let value: JSONValue
    do { value = try JSONParser.parse(fileBytes, limits: .init(byteCount: 1 << 16, valueCount: 64, depth: 4)) } catch {
      throw .json(file: file, error)
    }
    do { self = try Self.read(JSONNode(value)) } catch { throw .shape(file: file, error) }
  }

  static func read(_ node: JSONNode) throws(JSONShapeError) -> PublicKeyFile {
    let fields = try node.fields(["formatVersion", "name", "role", "fingerprint"] + SignatureAlgorithm.allCases.map(\.field))
    _ = try fields.node("formatVersion").integer(in: formatVersion...formatVersion)
    let ed25519 = try fields.node(SignatureAlgorithm.ed25519.field).base64(byteCount: SignatureAlgorithm.ed25519.keyByteCount)
    let mlDSA65 = try fields.node(SignatureAlgorithm.mlDSA65.field).base64(byteCount: SignatureAlgorithm.mlDSA65.keyByteCount)
    let key: PublicSigningKey
    do { key = try PublicSigningKey(ed25519: ed25519, mlDSA65: mlDSA65) } catch { throw node.notAllowed("\(error)") }
    let fingerprint = try fields.node("fingerprint")
    guard try fingerprint.digest() == key.fingerprint else { throw fingerprint.notAllowed("is not the digest of the two public keys") }
    return PublicKeyFile(name: try fields.node("name").name(), role: try fields.node("role").role(), key: key)
  }
}

extension JSONNode {
  /// A signer's role.
  func role() throws(JSONShapeError) -> SigningRole {
    guard let role = SigningRole(rawValue: try string()) else {
      throw notAllowed("must be one of \(SigningRole.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    return role
  }
}

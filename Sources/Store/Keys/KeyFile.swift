import Evidence
import Hashing

/// The private file of a signing key, `keys/NAME.key`: canonical JSON, mode 0600.
///
/// ```json
/// {"formatVersion": 1, "name": "bank", "role": "owner", "created": "…", "fingerprint": "…",
///  "ed25519Seed": "64 digits", "mlDSA65Seed": "64 digits"}
/// ```
/// The fingerprint finds damage: it must be that of the keys that the seeds make.
enum KeyFile {
  static let suffix = ".key"
  static let formatVersion = 1
  private static let maximumByteCount = 4_096

  static func bytes(of key: SigningKey) -> [UInt8] {
    JSONValue.object([
      "formatVersion": .integer(formatVersion), "name": .string(key.name), "role": .string(key.role.rawValue),
      "created": .string(key.created.description), "fingerprint": .string(key.publicKey.fingerprint),
      "ed25519Seed": .string(hexadecimal(key.seeds.ed25519)), "mlDSA65Seed": .string(hexadecimal(key.seeds.mlDSA65)),
    ]).canonicalBytes
  }

  /// Reads a file of any content.
  /// - Throws: `keyFile`, `permissionsTooOpen`, `cannotRead`; no message carries a seed.
  static func read(_ path: String, name: String) throws(StoreError) -> SigningKey {
    func damaged(_ detail: String) -> StoreError { StoreError(.keyFile(path: path, detail: detail)) }
    let bytes = try PrivateFiles.contents(path, limit: maximumByteCount, isPrivate: true) { damaged($0) }
    guard let value = try? JSONParser.parse(bytes, limits: .init(byteCount: maximumByteCount, valueCount: 32, depth: 2)),
      value.canonicalBytes == bytes,
      let fields = try? JSONNode(value).fields(["formatVersion", "name", "role", "created", "fingerprint", "ed25519Seed", "mlDSA65Seed"])
    else { throw damaged("it is not a key file") }
    func text(_ key: String) -> String { (try? fields.node(key).string()) ?? "" }
    guard (try? fields.node("formatVersion").integer(in: formatVersion...formatVersion)) != nil else { throw damaged("its version is not known") }
    guard text("name") == name else { throw damaged("it belongs to another name") }
    guard let role = SigningRole(rawValue: text("role")), let created = Timestamp(text("created")), let ed25519 = Digest(hex: text("ed25519Seed")),
      let mlDSA65 = Digest(hex: text("mlDSA65Seed"))
    else { throw damaged("a field is malformed") }
    let key: SigningKey
    do { key = try SigningKey(name: name, role: role, created: created, ed25519: ed25519.bytes, mlDSA65: mlDSA65.bytes) } catch {
      throw damaged("its seeds make no key")
    }
    guard key.publicKey.fingerprint == text("fingerprint") else { throw damaged("its seeds do not make the key of its fingerprint") }
    return key
  }
}

import Evidence
import Foundation
import Store

/// `keys new|list|show|export`.
public enum KeyCare {
  /// Makes a key pair in the store (and the store, when there is none).
  /// - Throws: `StoreError`.
  public static func create(_ name: String, role: SigningRole, store path: String) throws -> PublicKeyFile {
    try Store.open(URL(fileURLWithPath: path)).createKey(named: name, role: role).publicFile
  }

  /// The public halves of all keys, by name.
  /// - Throws: `StoreError`.
  public static func list(store path: String) throws -> [PublicKeyFile] {
    let store = try Store.open(URL(fileURLWithPath: path), create: false)
    return try store.keyNames().map { try store.key(named: $0).publicFile }
  }

  /// The public half of a key.
  /// - Throws: `StoreError`.
  public static func show(_ name: String, store path: String) throws -> PublicKeyFile {
    try Store.open(URL(fileURLWithPath: path), create: false).key(named: name).publicFile
  }

  /// Writes the public half of a key to a file.
  /// - Throws: `StoreError`, `BundleWriteError`.
  @discardableResult
  public static func export(_ name: String, to path: String, store: String) throws -> PublicKeyFile {
    let file = try show(name, store: store)
    try BundleWriter.writeFile(file.json.prettyBytes, to: path)
    return file
  }

  /// A key for people, with the lines for a list of trusted keys.
  public static func text(_ file: PublicKeyFile) -> String {
    """
    \(file.name): \(file.role.words), Ed25519 and ML-DSA-65
      fingerprint \(file.key.fingerprint)
    Whoever trusts it lists it so (zkmlops verify --trust):
      - fingerprint: \(file.key.fingerprint)
        name: \(file.name)
        role: \(file.role.rawValue)
    """
  }
}

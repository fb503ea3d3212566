import Evidence
import Foundation

extension Store {
  static let keysName = "keys"
  /// The folder of private keys, mode 0700.
  var keysDirectory: String { directory + "/" + Self.keysName }

  private func keyPath(_ name: String) -> String { keysDirectory + "/" + name + KeyFile.suffix }

  /// Makes a pair of signing keys from the system's random source. When it returns, they are durable.
  ///
  /// - Parameters:
  ///   - name: see `BundleName`; names that differ in case only are one.
  ///   - role: what the keys sign as, for their whole life.
  /// - Throws: `invalidArgument`, `keyExists`, and what writing throws.
  public func createKey(named name: String, role: SigningRole) throws(StoreError) -> SigningKey {
    guard BundleName.isValid(name) else {
      throw StoreError(.invalidArgument(name: "name", rule: "1 to 80 of A-Z a-z 0-9 . _ - and begin with a letter or digit"))
    }
    let key: SigningKey
    do { key = try SigningKey(name: name, role: role, created: .now, ed25519: randomBytes(32), mlDSA65: randomBytes(32)) } catch {
      throw StoreError(.keyFile(path: keyPath(name), detail: "no key could be made"))
    }
    try PrivateFiles.createDirectory(keysDirectory)
    try PrivateFiles.requirePrivate(keysDirectory)
    let lock = try StoreLock(path: directory + "/" + Self.lockName, seconds: options.lockSeconds)
    guard try !keyNames().contains(where: { $0.lowercased() == name.lowercased() }) else { throw StoreError(.keyExists(name)) }
    var file = try PartialFile(for: keyPath(name))
    try file.write(KeyFile.bytes(of: key)[...])
    try file.publish()
    _ = consume lock
    return key
  }

  /// The names of all signing keys, sorted.
  public func keyNames() throws(StoreError) -> [String] {
    try PrivateFiles.names(in: keysDirectory).filter { $0.hasSuffix(KeyFile.suffix) && !$0.hasPrefix(".") }
      .map { String($0.dropLast(KeyFile.suffix.count)) }
  }

  /// A signing key.
  /// - Throws: `unknownKey`, `keyFile`, `permissionsTooOpen`, and what reading throws.
  public func key(named name: String) throws(StoreError) -> SigningKey {
    guard BundleName.isValid(name), try PrivateFiles.attributes(keyPath(name)) != nil else { throw StoreError(.unknownKey(name)) }
    try PrivateFiles.requirePrivate(keysDirectory)
    return try KeyFile.read(keyPath(name), name: name)
  }

  /// A signing key that was made for this role.
  /// - Throws: `keyRole`, and what `key(named:)` throws.
  public func key(named name: String, role: SigningRole) throws(StoreError) -> SigningKey {
    let key = try key(named: name)
    guard key.role == role else { throw StoreError(.keyRole(name: name, is: key.role.words, needed: role.words)) }
    return key
  }
}

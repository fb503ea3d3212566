/// Keys whose holders a reader knows: fingerprints with the name and the role that the reader gives them.
///
/// A file in JSON or in a plain part of YAML (block lists of `key: value`, comments, quoted or plain texts):
///
/// ```yaml
/// version: 1
/// keys:
///   - fingerprint: 3f…64 digits
///     name: City Bank
///     role: owner        # owner, provider, auditor or log
/// ```
public struct TrustedKeys: Equatable, Sendable {
  /// One key in one role.
  public struct Entry: Hashable, Sendable {
    /// The key's fingerprint, 64 hexadecimal digits.
    public let fingerprint: String
    /// Who the reader says holds it: 1 to 80 printable characters.
    public let name: String
    /// In which role it is trusted.
    public let role: SigningRole

    /// A key in a role.
    public init(fingerprint: String, name: String, role: SigningRole) {
      self.fingerprint = fingerprint
      self.name = name
      self.role = role
    }
  }

  /// In the order of the file; no key twice in one role.
  public let entries: [Entry]

  /// Nobody.
  public static let none = TrustedKeys(entries: [])

  /// These keys; of two entries for one key and role the first counts.
  public init(entries: [Entry]) {
    self.entries = entries
  }

  /// The name of a key in a role, or nil when it is not trusted in it.
  public func name(of fingerprint: String, as role: SigningRole) -> String? {
    entries.first { $0.fingerprint == fingerprint && $0.role == role }?.name
  }

  /// The fingerprints that a word of the command line means in a role: a fingerprint itself, or a name in this list.
  public func fingerprints(_ word: String, as role: SigningRole) -> [String] {
    entries.filter { $0.role == role && ($0.fingerprint == word || $0.name.hasSameScalars(as: word)) }.map(\.fingerprint)
  }

  /// The keys of both lists; where they name a key in one role differently, this list's name counts.
  func merging(_ other: TrustedKeys) -> TrustedKeys {
    var seen = Set(entries.map { "\($0.role.rawValue) \($0.fingerprint)" })
    return TrustedKeys(entries: entries + other.entries.filter { seen.insert("\($0.role.rawValue) \($0.fingerprint)").inserted })
  }

  /// Reads a file.
  /// - Throws: `TrustFileError`.
  public static func read(path: String) throws(TrustFileError) -> TrustedKeys {
    let bytes: [UInt8]
    do {
      let file = try SystemFile.open(path, followingLinks: true)
      guard case .regular(let count) = try file.kind(), count <= maximumByteCount else {
        throw TrustFileError(path: path, line: nil, problem: "not a regular file of at most \(maximumByteCount) bytes")
      }
      bytes = try file.read(atMost: maximumByteCount, expecting: count)
    } catch {
      if let error = error as? TrustFileError { throw error }
      throw TrustFileError(path: path, line: nil, problem: "cannot be read: \(SystemFile.message((error as? SystemError)?.code ?? 0))")
    }
    return try TrustedKeys(fileBytes: bytes, path: path)
  }

  private static let maximumByteCount = 1 << 20

  /// Reads the bytes of a file; `path` is for errors.
  public init(fileBytes bytes: [UInt8], path: String) throws(TrustFileError) {
    let value: JSONValue
    if bytes.first(where: { $0 > 0x20 }) == UInt8(ascii: "{") {
      do { value = try JSONParser.parse(bytes, limits: .init(byteCount: Self.maximumByteCount)) } catch {
        throw TrustFileError(path: path, line: nil, problem: "\(error)")
      }
      // Name and role in a signer's own file are that signer's words: who trusts it writes them down.
      if let own = try? PublicKeyFile(fileBytes: bytes, file: path) {
        throw TrustFileError(
          path: path, line: nil,
          problem: "this is a signer's public key (`zkmlops keys export`), not a list of those that you trust; once its holder has confirmed the "
            + "fingerprint to you, write a file with the lines `version: 1`, `keys:` and "
            + "`- {fingerprint: \(own.key.fingerprint), name: \(own.name), role: \(own.role.rawValue)}`")
      }
    } else {
      value = try PlainYAML.read(bytes, path: path)
    }
    do throws(JSONShapeError) { self = try Self.read(JSONNode(value)) } catch { throw TrustFileError(path: path, line: nil, problem: "\(error)") }
  }

  private static func read(_ node: JSONNode) throws(JSONShapeError) -> TrustedKeys {
    let fields = try node.fields(["version", "keys"])
    let version = try fields.node("version")
    guard version.value == 1 || version.value == "1" else { throw version.notAllowed("must be 1") }
    return try readEntries(try fields.node("keys"))
  }

  /// The list itself.
  static func readEntries(_ node: JSONNode) throws(JSONShapeError) -> TrustedKeys {
    var entries: [Entry] = []
    for item in try node.elements(atMost: 10_000) {
      let parts = try item.fields(["fingerprint", "name", "role"])
      let name = try parts.node("name").string("must be 1 to 80 printable characters") {
        (1...80).contains($0.unicodeScalars.count) && !$0.unicodeScalars.contains(where: TerminalText.isUnsafe)
      }
      let entry = Entry(fingerprint: try parts.node("fingerprint").digest(), name: name, role: try parts.node("role").role())
      guard !entries.contains(where: { $0.fingerprint == entry.fingerprint && $0.role == entry.role }) else {
        throw item.notAllowed("this key is listed twice in one role")
      }
      entries.append(entry)
    }
    return TrustedKeys(entries: entries)
  }
}

/// Why a list of trusted keys cannot be read.
public struct TrustFileError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The file.
  public let path: String
  /// The line, counted from 1, where one is known.
  public let line: Int?
  /// What is wrong and what was expected.
  public let problem: String

  /// Process exit code: 2.
  public var exitCode: ExitCode { .cannotDo }

  /// The error in words, safe to print on a terminal.
  public var description: String {
    "list of trusted keys \(TerminalText.quoted(path))\(line.map { ", line \($0)" } ?? ""): \(TerminalText.escaped(problem)). "
      + "It is `version: 1` and `keys:`, a list of fingerprint, name and role."
  }
}

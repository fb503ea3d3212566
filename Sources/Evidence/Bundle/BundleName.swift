/// Names inside a bundle: claims, artefacts, types, roles.
///
/// They become file names and are printed everywhere, so they are 1...80 of the ASCII letters, digits, `.`, `_` and `-`, the first a letter or digit.
/// Names from data (columns, classes) never become such names; they stand inside statements and formats.
public enum BundleName {
  static let rule = "must be 1 to 80 of A-Z a-z 0-9 . _ - and begin with a letter or digit"
  static let digestRule = "must be a SHA-256 digest: 64 lower-case hexadecimal digits"

  /// Whether `text` can be such a name.
  public static func isValid(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    guard (1...80).contains(bytes.count), let first = bytes.first, isAlphanumeric(first) else { return false }
    return bytes.allSatisfy { isAlphanumeric($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-") }
  }

  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
  }

  static func claimFile(_ name: String) -> String { "claims/\(name).json" }
  static func proofFile(_ digest: String) -> String { "proofs/\(digest).zkp" }
  static func statementFile(_ digest: String) -> String { "signatures/\(digest).json" }
  static let attestationsFile = "claims.jsonl"
  /// The folders of a bundle with the ends of their files' names.
  static let folders = [("claims", ".json"), ("proofs", ".zkp"), ("signatures", ".json")]
  static let manifestFile = "manifest.json"
  static let reportFile = "report.html"
}

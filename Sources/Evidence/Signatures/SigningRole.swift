/// In which role somebody signs; part of what is signed.
public enum SigningRole: String, Hashable, Sendable, CaseIterable {
  /// Data owner: vouches for the commitment to a dataset.
  case owner
  /// Provider: vouches for a bundle.
  case provider
  /// Auditor: has looked at a bundle.
  case auditor
  /// Keeper of a log that a bundle was entered in.
  case log

  /// The role in words.
  public var words: String { self == .owner ? "data owner" : rawValue }
}

/// The two algorithms that every signature is made with.
public enum SignatureAlgorithm: String, Hashable, Sendable, CaseIterable {
  /// RFC 8032.
  case ed25519 = "ed25519"
  /// FIPS 204, pure, empty context: safe against quantum computers.
  case mlDSA65 = "ml-dsa-65"

  /// Bytes of a public key.
  public var keyByteCount: Int { self == .ed25519 ? 32 : 1_952 }
  /// Bytes of a signature.
  public var signatureByteCount: Int { self == .ed25519 ? 64 : 3_309 }
  /// The member that holds it in JSON.
  var field: String { self == .ed25519 ? "ed25519" : "mlDSA65" }
}

/// Why keys or signatures are not what they should be.
public enum SignatureError: Error, Hashable, Sendable, CustomStringConvertible {
  /// A key or signature of another length than its algorithm has, or a point that is no key.
  case malformed(SignatureAlgorithm)
  /// The signature is not one of this message under this key.
  case invalid(SignatureAlgorithm)
  /// The library refused to make a signature.
  case notMade(SignatureAlgorithm)

  /// The error in words.
  public var description: String {
    switch self {
    case .malformed(let algorithm): "not a key or signature of \(algorithm.rawValue)"
    case .invalid(let algorithm): "the \(algorithm.rawValue) signature is not valid"
    case .notMade(let algorithm): "no \(algorithm.rawValue) signature could be made"
    }
  }
}

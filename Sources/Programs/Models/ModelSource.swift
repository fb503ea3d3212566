/// What binds an artefact to the file that it was imported from, without telling which file that is.

import Hashing

/// The digest of a model's file behind a salt.
///
/// **Formula**: commitment = SHA-256("zkmlops/model source/v1" ‖ salt ‖ SHA-256(file)).
///
/// The commitment is public, in the format of the artefact. Whoever is shown salt and digest can check it, and a file against the digest.
public struct ModelSource: Hashable, Sendable {
  /// Bytes of a salt.
  public static let saltLength = 32

  /// Random bytes.
  public let salt: [UInt8]
  /// SHA-256 of the file.
  public let fileDigest: Digest

  /// A source, or nil for a salt of another length.
  public init?(salt: [UInt8], fileDigest: Digest) {
    guard salt.count == Self.saltLength else { return nil }
    self.salt = salt
    self.fileDigest = fileDigest
  }

  /// What the artefact's format says.
  public var commitment: Digest {
    var hash = SHA256()
    hash.update(Array("zkmlops/model source/v1".utf8)[...])
    hash.update(salt[...])
    hash.update(fileDigest.bytes[...])
    return hash.finalize()
  }
}

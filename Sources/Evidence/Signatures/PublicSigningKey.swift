internal import Crypto
internal import Foundation
import Hashing

/// The public half of a signer's two keys.
public struct PublicSigningKey: Hashable, Sendable {
  /// 32 bytes, RFC 8032.
  public let ed25519: [UInt8]
  /// 1,952 bytes, FIPS 204.
  public let mlDSA65: [UInt8]
  /// SHA-256 of both keys: digest of the dictionary {`ed25519`, `ml-dsa-65`} in canonical encoding under the tag `zkmlops/signing-key/v1`;
  /// 64 lower-case hexadecimal digits.
  public let fingerprint: String

  /// - Throws: `.malformed` for keys of another length, or bytes that are no key.
  public init(ed25519: [UInt8], mlDSA65: [UInt8]) throws(SignatureError) {
    guard ed25519.count == SignatureAlgorithm.ed25519.keyByteCount else { throw .malformed(.ed25519) }
    guard mlDSA65.count == SignatureAlgorithm.mlDSA65.keyByteCount else { throw .malformed(.mlDSA65) }
    self.ed25519 = ed25519
    self.mlDSA65 = mlDSA65
    let both: CanonicalValue = [
      SignatureAlgorithm.ed25519.rawValue: .bytes(ed25519), SignatureAlgorithm.mlDSA65.rawValue: .bytes(mlDSA65),
    ]
    fingerprint = both.digest(tag: "zkmlops/signing-key/v1").hex
  }

  /// Checks both signatures of a document.
  ///
  /// - Parameters:
  ///   - signature: made by `document`'s signer.
  ///   - document: what was signed.
  /// - Throws: the first algorithm whose signature does not hold: one of two is none.
  public func check(_ signature: DualSignature, of document: SignedDocument) throws(SignatureError) {
    let message = document.message
    do {
      let key = try Curve25519.Signing.PublicKey(rawRepresentation: ed25519)
      guard key.isValidSignature(signature.ed25519, for: message) else { throw SignatureError.invalid(.ed25519) }
    } catch { throw error as? SignatureError ?? .malformed(.ed25519) }
    do {
      let key = try MLDSA65.PublicKey(rawRepresentation: mlDSA65)
      guard key.isValidSignature(signature.mlDSA65, for: message) else { throw SignatureError.invalid(.mlDSA65) }
    } catch { throw error as? SignatureError ?? .malformed(.mlDSA65) }
  }
}

/// Signatures of one message with both algorithms.
public struct DualSignature: Hashable, Sendable {
  /// 64 bytes.
  public let ed25519: [UInt8]
  /// 3,309 bytes.
  public let mlDSA65: [UInt8]

  /// - Throws: `.malformed` for another length.
  public init(ed25519: [UInt8], mlDSA65: [UInt8]) throws(SignatureError) {
    guard ed25519.count == SignatureAlgorithm.ed25519.signatureByteCount else { throw .malformed(.ed25519) }
    guard mlDSA65.count == SignatureAlgorithm.mlDSA65.signatureByteCount else { throw .malformed(.mlDSA65) }
    self.ed25519 = ed25519
    self.mlDSA65 = mlDSA65
  }
}

/// Bytes to be signed, with the type that says what they are.
public struct SignedDocument: Hashable, Sendable {
  /// Media type; no two kinds of document that we sign share one, and it names the signer's role where several sign the same bytes.
  public let type: String
  /// The document.
  public let payload: [UInt8]

  /// A document.
  public init(type: String, payload: [UInt8]) {
    self.type = type
    self.payload = payload
  }

  /// What both algorithms sign: DSSE's pre-authentication encoding (PAE) `"DSSEv1" SP len(type) SP type SP len(payload) SP payload`, lengths in bytes
  /// as decimal ASCII; injective, so a signature on one type of document is none on another.
  public var message: [UInt8] {
    Array("DSSEv1 \(type.utf8.count) \(type) \(payload.count) ".utf8) + payload
  }
}

/// What can sign: the owner of both private keys.
public protocol DocumentSigner: Sendable {
  /// The public half.
  var publicKey: PublicSigningKey { get }
  /// The role that the keys were made for.
  var role: SigningRole { get }
  /// Both signatures of a document.
  func signature(of document: SignedDocument) throws(SignatureError) -> DualSignature
}

import Crypto
import Foundation
import Evidence

/// A signer's two private keys, with the name and the role that they were made for.
///
/// > Warning: printing one shows name, role and fingerprint only; the seeds belong into the store's `keys` folder and into memory, nowhere else.
public struct SigningKey: DocumentSigner, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// Name in the store.
  public let name: String
  /// The role that it signs in.
  public let role: SigningRole
  /// When it was made.
  public let created: Timestamp
  /// The public half.
  public let publicKey: PublicSigningKey
  /// 32 bytes each: seeds of RFC 8032 and of ML-DSA.KeyGen_internal (FIPS 204, algorithm 6).
  let seeds: (ed25519: [UInt8], mlDSA65: [UInt8])

  /// The keys that two seeds of 32 bytes make.
  init(name: String, role: SigningRole, created: Timestamp, ed25519: [UInt8], mlDSA65 seed: [UInt8]) throws(SignatureError) {
    self.name = name
    self.role = role
    self.created = created
    seeds = (ed25519, seed)
    let keys: (ed25519: [UInt8], mlDSA65: [UInt8])
    do {
      keys.ed25519 = Array(try Curve25519.Signing.PrivateKey(rawRepresentation: ed25519).publicKey.rawRepresentation)
    } catch { throw .malformed(.ed25519) }
    do {
      keys.mlDSA65 = Array(try MLDSA65.PrivateKey(seedRepresentation: seed, publicKey: nil).publicKey.rawRepresentation)
    } catch { throw .malformed(.mlDSA65) }
    publicKey = try PublicSigningKey(ed25519: keys.ed25519, mlDSA65: keys.mlDSA65)
  }

  /// Both signatures of a document.
  public func signature(of document: SignedDocument) throws(SignatureError) -> DualSignature {
    let message = document.message
    let pair: (ed25519: [UInt8], mlDSA65: [UInt8])
    do {
      pair.ed25519 = Array(try Curve25519.Signing.PrivateKey(rawRepresentation: seeds.ed25519).signature(for: message))
    } catch { throw .notMade(.ed25519) }
    do {
      pair.mlDSA65 = Array(try MLDSA65.PrivateKey(seedRepresentation: seeds.mlDSA65, publicKey: nil).signature(for: message))
    } catch { throw .notMade(.mlDSA65) }
    let signature = try DualSignature(ed25519: pair.ed25519, mlDSA65: pair.mlDSA65)
    // A fault during signing must not leave the process: a wrong signature can give a key away.
    try publicKey.check(signature, of: document)
    return signature
  }

  /// What is given to others.
  public var publicFile: PublicKeyFile { PublicKeyFile(name: name, role: role, key: publicKey) }

  /// Name, role and fingerprint only.
  public var description: String { "SigningKey(\(name), \(role.rawValue), \(publicKey.fingerprint))" }
  /// Name, role and fingerprint only.
  public var debugDescription: String { description }
  /// Shows no seed.
  public var customMirror: Mirror { Mirror(self, children: ["fingerprint": publicKey.fingerprint]) }
}

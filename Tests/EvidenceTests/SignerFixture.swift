import Crypto
import Evidence
import Foundation
import Hashing
import Testing

/// Signs with keys from fixed seeds; a spoilt one signs something else with one of its two algorithms.
struct TestSigner: DocumentSigner {
  let role: SigningRole
  let ed25519: Curve25519.Signing.PrivateKey
  let mlDSA65: MLDSA65.PrivateKey
  let publicKey: PublicSigningKey
  /// The algorithm whose signature is made over another document.
  var spoilt: SignatureAlgorithm?

  init(_ seed: String, _ role: SigningRole, spoilt: SignatureAlgorithm? = nil) throws {
    self.role = role
    self.spoilt = spoilt
    let bytes = SHA256.hash(Array(seed.utf8)).bytes
    ed25519 = try Curve25519.Signing.PrivateKey(rawRepresentation: bytes)
    mlDSA65 = try MLDSA65.PrivateKey(seedRepresentation: bytes, publicKey: nil)
    publicKey = try PublicSigningKey(ed25519: Array(ed25519.publicKey.rawRepresentation), mlDSA65: Array(mlDSA65.publicKey.rawRepresentation))
  }

  func signature(of document: SignedDocument) throws(SignatureError) -> DualSignature {
    let message = document.message
    let other = message + [0]
    do {
      return try DualSignature(
        ed25519: Array(try ed25519.signature(for: spoilt == .ed25519 ? other : message)),
        mlDSA65: Array(try mlDSA65.signature(for: spoilt == .mlDSA65 ? other : message)))
    } catch { throw error as? SignatureError ?? .notMade(.ed25519) }
  }
}

extension ExampleBundle {
  /// A table as manifests describe it, with a schema that has a key column.
  static func table(_ name: String, rows: Int = 700) -> ManifestArtefact {
    var artefact = artefact(name, kind: "table", role: "testSet", tensors: [("c0", [10])])
    artefact.format = JSONObject([
      ("columns", [.object(["name": "id", "type": "integer", "key": true]), .object(["name": "age", "type": "integer"])]), ("rows", .integer(rows)),
    ])
    artefact.identity = ExampleChecker.identity(artefact)
    return artefact
  }

  /// One table, well-formed.
  static var single: ExampleBundle {
    ExampleBundle(artefacts: [table("test")], edges: [], proofs: [([claim("w", "wellFormed", ["uses": ["test"]])], ["test"])])
  }
}

/// The rejection of a bundle, nil when it is accepted.
func rejection(_ bundle: EvidenceBundle) -> VerificationError? {
  do {
    _ = try verifyBundle(bundle, with: ExampleChecker())
    return nil
  } catch { return error }
}

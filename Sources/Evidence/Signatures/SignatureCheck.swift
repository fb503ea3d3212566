/// Somebody whose signatures in a bundle hold.
public struct Signer: Equatable, Sendable {
  /// What was signed.
  public enum Subject: Equatable, Sendable {
    /// The manifest, and so the bundle; and `claims.jsonl` line by line.
    case manifest(claims: Bool)
    /// The commitment to an artefact of the bundle.
    case dataset(artefact: String, DatasetStatement)
  }

  /// In which role.
  public let role: SigningRole
  /// Fingerprint of the key.
  public let fingerprint: String
  /// What was signed.
  public let subject: Subject

  package init(role: SigningRole, fingerprint: String, subject: Subject) {
    self.role = role
    self.fingerprint = fingerprint
    self.subject = subject
  }

  /// Whether it is the bundle that was signed.
  public var isOfManifest: Bool { if case .manifest = subject { true } else { false } }
}

/// Checks every signature of a bundle: one that does not hold rejects the bundle, whoever made it.
struct SignatureCheck {
  let bundle: EvidenceBundle

  /// The signers: those of the manifest, then data owners, in the order of the manifest.
  ///
  /// - Parameter subjects: for each claim, in the order of the manifest, the artefacts that it speaks of.
  func signers(_ subjects: [[ManifestArtefact]]) throws(VerificationError) -> [Signer] {
    let manifest = bundle.manifest
    for entry in manifest.signatures {
      do { try entry.key.check(entry.signature, of: manifest.document(role: entry.role)) } catch {
        throw .signature(document: "the manifest", fingerprint: entry.key.fingerprint, error)
      }
    }
    let claimSigner = try checkAttestations(subjects)
    var signers = manifest.signatures.map { entry in
      Signer(
        role: entry.role, fingerprint: entry.key.fingerprint,
        subject: .manifest(claims: entry.role == .provider && entry.key.fingerprint == claimSigner))
    }
    let artefacts = Dictionary(manifest.artefacts.map { ($0.name, $0) }) { first, _ in first }
    for entry in manifest.statements {
      guard let artefact = artefacts[entry.artefact], let signed = bundle.statements[entry.digest] else {
        throw .datasetStatement(artefact: entry.artefact, reason: "its file is missing")
      }
      try signed.check(artefact)
      signers.append(
        Signer(role: .owner, fingerprint: signed.signature.key.fingerprint, subject: .dataset(artefact: artefact.name, signed.statement)))
    }
    return signers
  }

  /// Every line says what follows from its claim; all are signed by one provider of the manifest, or none is.
  /// - Returns: the fingerprint of that provider.
  private func checkAttestations(_ subjects: [[ManifestArtefact]]) throws(VerificationError) -> String? {
    guard let envelopes = bundle.attestations else { return nil }
    let manifest = bundle.manifest
    let signer = envelopes.first?.signature?.fingerprint
    let key = manifest.signatures.first { $0.role == .provider && $0.key.fingerprint == signer }?.key
    if signer != nil, key == nil {
      throw .attestation(claim: manifest.claims.first?.name ?? "", reason: "it is signed by a key that did not sign the manifest as provider")
    }
    for (entry, (envelope, artefacts)) in zip(manifest.claims, zip(envelopes, subjects)) {
      guard let file = bundle.claims[entry.name] else { throw .statement(claim: entry.name, reason: "its file is missing") }
      let expected = ClaimAttestation.statement(entry, file: file, subjects: artefacts, profile: manifest.profile)
      guard envelope.payload == expected.canonicalBytes else {
        throw .attestation(claim: entry.name, reason: "it does not say what follows from the manifest and the claim's file")
      }
      guard envelope.signature?.fingerprint == signer else {
        throw .attestation(claim: entry.name, reason: "it is not signed by the key that signed the first one")
      }
      guard let signature = envelope.signature, let key else { continue }
      do { try key.check(signature.pair, of: envelope.document) } catch {
        throw .signature(document: "the attestation of \(entry.name)", fingerprint: key.fingerprint, error)
      }
    }
    return signer
  }
}

/// Why a well-formed bundle is rejected.
///
/// Reasons are the checker's own words; `description` escapes what comes from data.
public enum VerificationError: Error, Equatable, Sendable {
  /// An artefact's identity is not the digest of its description.
  case identity(artefact: String)
  /// An artefact's description is not one that an artefact can have.
  case artefact(String, reason: String)
  /// A statement is malformed or does not fit its artefacts.
  case statement(claim: String, reason: String)
  /// The `reveals` list in the claim's file is not the one that follows from its statement.
  case disclosure(claim: String)
  /// A claim speaks of an artefact that its proof does not open.
  case artefactOutsideProof(claim: String, artefact: String)
  /// A claim uses an artefact for which the bundle has no claim of type `wellFormed`.
  case wellFormednessMissing(claim: String, artefact: String)
  /// No claim establishes this edge.
  case edgeNotEstablished(ManifestEdge)
  /// A signature does not hold; `document` says of what.
  case signature(document: String, fingerprint: String, SignatureError)
  /// A data owner's statement is not about the artefact that it is listed for.
  case datasetStatement(artefact: String, reason: String)
  /// A line of `claims.jsonl` does not belong to its claim or to the bundle's signer.
  case attestation(claim: String, reason: String)
  /// A proof does not verify.
  case proof(digest: String, claims: [String], reason: String)

  /// Process exit code: 1.
  public var exitCode: ExitCode { .rejected }
}

extension VerificationError: CustomStringConvertible {
  /// The error in words, safe to print on a terminal.
  public var description: String {
    switch self {
    case .identity(let artefact):
      "artefact \(TerminalText.quoted(artefact)): its identity is not the digest of its description"
    case .artefact(let name, let reason):
      "artefact \(TerminalText.quoted(name)): \(TerminalText.escaped(reason))"
    case .statement(let claim, let reason):
      "claim \(TerminalText.quoted(claim)): \(TerminalText.escaped(reason))"
    case .disclosure(let claim):
      "claim \(TerminalText.quoted(claim)): its list of what it reveals is not the one that follows from its statement"
    case .artefactOutsideProof(let claim, let artefact):
      "claim \(TerminalText.quoted(claim)) speaks of artefact \(TerminalText.quoted(artefact)), which its proof does not open"
    case .wellFormednessMissing(let claim, let artefact):
      "claim \(TerminalText.quoted(claim)) stands on artefact \(TerminalText.quoted(artefact)), whose well-formedness is not proved in this bundle"
    case .edgeNotEstablished(let edge):
      "no claim establishes the edge \(TerminalText.quoted(edge.from)) \(edge.kind.rawValue) \(TerminalText.quoted(edge.to))"
    case .signature(let document, let fingerprint, let error):
      "\(TerminalText.escaped(document)), signed by key \(fingerprint): \(error)"
    case .datasetStatement(let artefact, let reason):
      "the owner's statement on artefact \(TerminalText.quoted(artefact)) is not about it: \(TerminalText.escaped(reason))"
    case .attestation(let claim, let reason):
      "claims.jsonl, claim \(TerminalText.quoted(claim)): \(TerminalText.escaped(reason))"
    case .proof(let digest, let claims, let reason):
      "proof \(digest.prefix(16))… of \(claims.map(TerminalText.quoted).joined(separator: ", ")) is rejected: \(TerminalText.escaped(reason))"
    }
  }
}

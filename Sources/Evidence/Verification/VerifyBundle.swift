/// Verifies everything in a bundle with nothing but the bundle.
///
/// In this order: the identity of every artefact; every statement, its artefacts and its `reveals` list; the precondition that every artefact
/// a claim uses has a claim of type `wellFormed` in the bundle; that every edge follows from a claim; every signature, whoever made it; each
/// proof, once. The first thing wrong ends it, so a report exists only for bundles of which everything holds.
///
/// - Parameters:
///   - bundle: A bundle as `BundleReader` or `BundleDraft` yields it: files and digests already checked.
///   - checker: The claim types and the proof system.
///   - trust: The keys whose holders the reader knows; it names signers in the report and decides nothing else.
/// - Returns: What is established.
/// - Throws: `VerificationError`.
public func verifyBundle(
  _ bundle: EvidenceBundle, with checker: some ClaimChecker, trust: TrustedKeys = .none
) throws(VerificationError) -> VerificationReport {
  let clock = ContinuousClock()
  let start = clock.now
  let manifest = bundle.manifest
  try checkIdentities(manifest, checker)
  let context = VerificationContext(bundle)
  var claims: [VerificationReport.Claim] = []
  for entry in manifest.claims {
    claims.append(VerificationReport.Claim(entry: entry, description: try context.describe(entry, checker)))
  }
  try checkWellFormedness(claims)
  try checkEdges(manifest.edges, claims)
  let artefacts = Dictionary(manifest.artefacts.map { ($0.name, $0) }) { first, _ in first }
  let signers = try SignatureCheck(bundle: bundle).signers(claims.map { $0.description.uses.compactMap { artefacts[$0] } })
  var proofs: [VerificationReport.Proof] = []
  for entry in manifest.proofs {
    proofs.append(try context.verify(entry, checker, clock))
  }
  return VerificationReport(
    manifest: manifest, bundleID: manifest.bundleID, claims: claims, proofs: proofs, hasUncheckedReport: bundle.hasReport,
    byteCount: bundle.byteCount, microseconds: microseconds(clock.now - start), signers: signers, trust: trust)
}

/// The parts of a bundle by name.
///
/// What claims share is looked up once a proof, so that no bundle makes the work quadratic.
private struct VerificationContext {
  /// The artefacts of a proof.
  struct Opened {
    let artefacts: [ManifestArtefact]
    let names: Set<String>
  }

  let profile: String
  let opened: [String: Opened]
  let files: [String: ClaimFile]
  let proofs: [String: [UInt8]]

  init(_ bundle: EvidenceBundle) {
    profile = bundle.manifest.profile
    let artefacts = Dictionary(bundle.manifest.artefacts.map { ($0.name, $0) }) { first, _ in first }
    let pairs = bundle.manifest.proofs.map { proof in
      (proof.digest, Opened(artefacts: proof.artefacts.compactMap { artefacts[$0] }, names: Set(proof.artefacts)))
    }
    opened = Dictionary(pairs) { first, _ in first }
    files = bundle.claims
    proofs = bundle.proofs
  }

  /// The claim with its statement; `EvidenceBundle` has made sure that the file is there.
  private func named(_ name: String) throws(VerificationError) -> (NamedClaim, ClaimFile) {
    guard let file = files[name] else { throw .statement(claim: name, reason: "its file is missing") }
    return (NamedClaim(name: name, type: file.type, statement: file.statement), file)
  }

  func describe(_ entry: ManifestClaim, _ checker: some ClaimChecker) throws(VerificationError) -> ClaimDescription {
    let (claim, file) = try named(entry.name)
    guard let opened = opened[entry.proof] else { throw .statement(claim: entry.name, reason: "its proof is missing") }
    let description: ClaimDescription
    do {
      description = try checker.describe(claim, artefacts: opened.artefacts)
    } catch {
      throw .statement(claim: entry.name, reason: String(describing: error))
    }
    if let outside = description.uses.first(where: { !opened.names.contains($0) }) {
      throw .artefactOutsideProof(claim: entry.name, artefact: outside)
    }
    let derived = JSONValue.array(description.discloses.map(\.json))
    guard derived == .array(file.discloses.map(\.json)) else { throw .disclosure(claim: entry.name) }
    return description
  }

  func verify(
    _ entry: ManifestProof, _ checker: some ClaimChecker, _ clock: ContinuousClock
  ) throws(VerificationError) -> VerificationReport.Proof {
    var claims: [NamedClaim] = []
    for name in entry.claims { claims.append(try named(name).0) }
    guard let bytes = proofs[entry.digest], let opened = opened[entry.digest] else {
      throw .proof(digest: entry.digest, claims: entry.claims, reason: "its file is missing")
    }
    let start = clock.now
    do {
      let summary = try checker.verify(claims, over: opened.artefacts, profile: profile, proof: bytes)
      return VerificationReport.Proof(
        entry: entry, summary: summary, byteCount: bytes.count, microseconds: microseconds(clock.now - start))
    } catch {
      throw .proof(digest: entry.digest, claims: entry.claims, reason: String(describing: error))
    }
  }
}

private func checkIdentities(_ manifest: Manifest, _ checker: some ClaimChecker) throws(VerificationError) {
  for artefact in manifest.artefacts {
    let identity: String
    do {
      identity = try checker.identity(of: artefact)
    } catch {
      throw .artefact(artefact.name, reason: String(describing: error))
    }
    guard identity == artefact.identity else { throw .identity(artefact: artefact.name) }
  }
}

/// Only ranges that are proved may be relied on: a claim on an artefact without a proof of well-formedness is worth nothing.
private func checkWellFormedness(_ claims: [VerificationReport.Claim]) throws(VerificationError) {
  let wellFormed = Set(claims.filter { $0.entry.type == ClaimDescription.wellFormedType }.flatMap(\.description.uses))
  for claim in claims {
    if let artefact = claim.description.uses.first(where: { !wellFormed.contains($0) }) {
      throw .wellFormednessMissing(claim: claim.entry.name, artefact: artefact)
    }
  }
}

private func checkEdges(_ edges: [ManifestEdge], _ claims: [VerificationReport.Claim]) throws(VerificationError) {
  let established = Set(claims.flatMap(\.description.establishes))
  if let edge = edges.first(where: { !established.contains($0) }) { throw .edgeNotEstablished(edge) }
}

private func microseconds(_ duration: Duration) -> Int {
  let (seconds, attoseconds) = duration.components
  return Int(clamping: seconds) * 1_000_000 + Int(clamping: attoseconds / 1_000_000_000_000)
}

import Hashing

/// A bundle being put together: artefacts, edges, and proofs with their claims, in the order in which they are added.
public struct BundleDraft: Sendable {
  /// A claim on its way into a bundle.
  public struct Claim: Equatable, Sendable {
    /// Name in the bundle (see `BundleName`).
    public var name: String
    /// The public file.
    public var file: ClaimFile
    /// Names of the artefacts that it speaks of, for `claims.jsonl`; nil leaves that file out of the bundle.
    public var subjects: [String]?

    /// A claim of these parts.
    public init(name: String, file: ClaimFile, subjects: [String]? = nil) {
      self.name = name
      self.file = file
      self.subjects = subjects
    }
  }

  private var manifest: Manifest
  private var claimFiles: [String: ClaimFile] = [:]
  private var proofs: [String: [UInt8]] = [:]
  private var statements: [String: [UInt8]] = [:]
  private var subjects: [String: [String]] = [:]

  /// An empty bundle.
  public init(profile: String, previous: String? = nil, created: Timestamp, toolVersion: String) {
    manifest = Manifest(profile: profile, previous: previous, created: created, toolVersion: toolVersion)
  }

  /// Adds a committed artefact.
  public mutating func add(_ artefact: ManifestArtefact) {
    manifest.artefacts.append(artefact)
  }

  /// Adds an edge; one of the claims must establish it.
  public mutating func add(_ edge: ManifestEdge) {
    manifest.edges.append(edge)
  }

  /// Adds a data owner's statement on an artefact of the bundle; one that is there already is not added again.
  public mutating func add(_ statement: SignedDatasetStatement, on artefact: String) {
    let digest = statement.digest
    guard statements.updateValue(statement.fileBytes, forKey: digest) == nil else { return }
    manifest.statements.append(ManifestStatement(artefact: artefact, digest: digest))
  }

  /// Adds a proof for `claims` over `artefacts` (names), both in the order in which the proof binds them.
  public mutating func add(proof: [UInt8], claims: [Claim], artefacts: [String]) {
    let digest = SHA256.hash(proof).hex
    proofs[digest] = proof
    manifest.proofs.append(ManifestProof(digest: digest, claims: claims.map(\.name), artefacts: artefacts))
    for claim in claims {
      claimFiles[claim.name] = claim.file
      subjects[claim.name] = claim.subjects
      let fileDigest = SHA256.hash(claim.file.fileBytes).hex
      manifest.claims.append(ManifestClaim(name: claim.name, type: claim.file.type, digest: fileDigest, proof: digest))
    }
  }

  /// The finished bundle, signed by `signer`: the manifest, and every line of `claims.jsonl`; after all the checks that a reader makes.
  ///
  /// - Throws: `SignatureError`; `BundleError`.
  public func bundle(signedBy signer: (any DocumentSigner)?) throws -> EvidenceBundle {
    var manifest = manifest
    var files: [String: [UInt8]] = [:]
    if let lines = try attestations(signer) {
      files[BundleName.attestationsFile] = lines
      manifest.attestations = SHA256.hash(lines).hex
    }
    if let signer { try manifest.sign(with: signer) }
    return try finish(manifest, files)
  }

  /// `claims.jsonl`, or nil when the subjects of a claim are not known.
  private func attestations(_ signer: (any DocumentSigner)?) throws(SignatureError) -> [UInt8]? {
    let artefacts = Dictionary(manifest.artefacts.map { ($0.name, $0) }) { first, _ in first }
    var lines: [ClaimEnvelope] = []
    for claim in manifest.claims {
      guard let names = subjects[claim.name], let file = claimFiles[claim.name] else { return nil }
      let statement = ClaimAttestation.statement(claim, file: file, subjects: names.compactMap { artefacts[$0] }, profile: manifest.profile)
      lines.append(try ClaimEnvelope(payload: statement.canonicalBytes, signer: signer))
    }
    return ClaimEnvelope.fileBytes(lines)
  }

  /// The finished bundle without signature and without `claims.jsonl`, after all the checks that a reader makes.
  ///
  /// - Throws: `BundleError`, e.g. `.manifest(.duplicateName)` if two claims share a name.
  public func bundle() throws(BundleError) -> EvidenceBundle {
    try finish(manifest, [:])
  }

  private func finish(_ manifest: Manifest, _ others: [String: [UInt8]]) throws(BundleError) -> EvidenceBundle {
    var files = others
    files[BundleName.manifestFile] = manifest.json.canonicalBytes
    for (digest, bytes) in statements { files[BundleName.statementFile(digest)] = bytes }
    for (name, file) in claimFiles { files[BundleName.claimFile(name)] = file.fileBytes }
    for (digest, bytes) in proofs { files[BundleName.proofFile(digest)] = bytes }
    return try EvidenceBundle(files: files)
  }
}

import Hashing

/// A bundle being put together: artefacts, edges, and proofs with their claims, in the order in which they are added.
public struct BundleDraft: Sendable {
  /// A claim on its way into a bundle.
  public struct Claim: Equatable, Sendable {
    /// Name in the bundle (see `BundleName`).
    public var name: String
    /// The public file.
    public var file: ClaimFile

    /// A claim of these parts.
    public init(name: String, file: ClaimFile) {
      self.name = name
      self.file = file
    }
  }

  private var manifest: Manifest
  private var claimFiles: [String: ClaimFile] = [:]
  private var proofs: [String: [UInt8]] = [:]

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

  /// Adds a proof for `claims` over `artefacts` (names), both in the order in which the proof binds them.
  public mutating func add(proof: [UInt8], claims: [Claim], artefacts: [String]) {
    let digest = SHA256.hash(proof).hex
    proofs[digest] = proof
    manifest.proofs.append(ManifestProof(digest: digest, claims: claims.map(\.name), artefacts: artefacts))
    for claim in claims {
      claimFiles[claim.name] = claim.file
      let fileDigest = SHA256.hash(claim.file.fileBytes).hex
      manifest.claims.append(ManifestClaim(name: claim.name, type: claim.file.type, digest: fileDigest, proof: digest))
    }
  }

  /// The finished bundle, after all the checks that a reader makes.
  ///
  /// - Throws: `BundleError`, e.g. `.manifest(.duplicateName)` if two claims share a name.
  public func bundle() throws(BundleError) -> EvidenceBundle {
    var files = [BundleName.manifestFile: manifest.json.canonicalBytes]
    for (name, file) in claimFiles { files[BundleName.claimFile(name)] = file.fileBytes }
    for (digest, bytes) in proofs { files[BundleName.proofFile(digest)] = bytes }
    return try EvidenceBundle(files: files)
  }
}

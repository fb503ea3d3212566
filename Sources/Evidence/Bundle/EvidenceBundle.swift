import Hashing

/// A bundle in memory whose files are exactly those of its manifest, with the right digests.
///
/// Nothing in it has been proved yet: see `verifyBundle`.
public struct EvidenceBundle: Sendable {
  /// The table of contents.
  public let manifest: Manifest
  /// Claim files by claim name.
  public let claims: [String: ClaimFile]
  /// Proof bytes by digest.
  public let proofs: [String: [UInt8]]
  /// Signed statements of data owners by digest.
  public let statements: [String: SignedDatasetStatement]
  /// The lines of `claims.jsonl`, one for each claim of the manifest in its order, or nil when there is no such file.
  public let attestations: [ClaimEnvelope]?
  /// Whether there is a `report.html`; it is not covered by the manifest and never read.
  public let hasReport: Bool
  /// Bytes of all files but the report.
  public let byteCount: Int
  /// The files of the bundle by name, byte for byte, the report left out.
  public let files: [String: [UInt8]]

  /// Checks `files` (name inside the bundle to content) against their manifest.
  ///
  /// - Throws: `BundleError`: a file too many or too few, a digest, malformed JSON, a manifest that contradicts itself.
  public init(files: [String: [UInt8]], limits: BundleLimits = BundleLimits()) throws(BundleError) {
    guard files.count <= limits.fileCount else { throw .tooManyFiles(limit: limits.fileCount) }
    guard let manifestBytes = files[BundleName.manifestFile] else { throw .missingFile(name: BundleName.manifestFile) }
    let manifest = try Manifest(fileBytes: manifestBytes, limits: limits)
    try Self.checkNames(files, manifest)

    var claims: [String: ClaimFile] = [:]
    var proofs: [String: [UInt8]] = [:]
    var jsonByteCount = manifestBytes.count
    var byteCount = manifestBytes.count
    for claim in manifest.claims {
      let name = BundleName.claimFile(claim.name)
      let bytes = try Self.file(name, digest: claim.digest, in: files)
      jsonByteCount += bytes.count
      guard jsonByteCount <= limits.totalJSONByteCount else { throw .tooLarge(name: name, limit: limits.totalJSONByteCount) }
      let file = try ClaimFile(fileBytes: bytes, name: name, limits: limits)
      guard file.type == claim.type else { throw .claimType(claim: claim.name) }
      claims[claim.name] = file
      byteCount += bytes.count
    }
    for proof in manifest.proofs {
      let bytes = try Self.file(BundleName.proofFile(proof.digest), digest: proof.digest, in: files)
      proofs[proof.digest] = bytes
      byteCount += bytes.count
    }
    var statements: [String: SignedDatasetStatement] = [:]
    for entry in manifest.statements {
      let name = BundleName.statementFile(entry.digest)
      let bytes = try Self.file(name, digest: entry.digest, in: files)
      jsonByteCount += bytes.count
      guard jsonByteCount <= limits.totalJSONByteCount else { throw .tooLarge(name: name, limit: limits.totalJSONByteCount) }
      statements[entry.digest] = try SignedDatasetStatement(fileBytes: bytes, file: name)
      byteCount += bytes.count
    }
    if let digest = manifest.attestations {
      let bytes = try Self.file(BundleName.attestationsFile, digest: digest, in: files)
      attestations = try ClaimEnvelope.read(bytes, count: manifest.claims.count, limits: limits)
      byteCount += bytes.count
    } else {
      attestations = nil
    }
    self.statements = statements
    self.manifest = manifest
    self.claims = claims
    self.proofs = proofs
    self.byteCount = byteCount
    self.files = files.filter { $0.key != BundleName.reportFile }
    hasReport = files[BundleName.reportFile] != nil
  }

  private static func checkNames(_ files: [String: [UInt8]], _ manifest: Manifest) throws(BundleError) {
    var named: Set<String> = [BundleName.manifestFile, BundleName.reportFile]
    named.formUnion(manifest.claims.map { BundleName.claimFile($0.name) })
    named.formUnion(manifest.proofs.map { BundleName.proofFile($0.digest) })
    named.formUnion(manifest.statements.map { BundleName.statementFile($0.digest) })
    if manifest.attestations != nil { named.insert(BundleName.attestationsFile) }
    if let extra = files.keys.sorted().first(where: { !named.contains($0) }) { throw .unexpectedFile(name: extra) }
  }

  private static func file(_ name: String, digest: String, in files: [String: [UInt8]]) throws(BundleError) -> [UInt8] {
    guard let bytes = files[name] else { throw .missingFile(name: name) }
    guard SHA256.hash(bytes).hex == digest else { throw .digest(file: name) }
    return bytes
  }
}

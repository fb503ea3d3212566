import Claims

/// What a verified bundle establishes, and what it does not.
///
/// Made by `verifyBundle` alone, tests aside: there is none for a bundle that was rejected.
public struct VerificationReport: Equatable, Sendable {
  /// A claim whose proof verified.
  public struct Claim: Equatable, Sendable {
    /// Its entry in the manifest.
    public let entry: ManifestClaim
    /// Its meaning.
    public let description: ClaimDescription

    package init(entry: ManifestClaim, description: ClaimDescription) {
      self.entry = entry
      self.description = description
    }
  }

  /// A proof that verified.
  public struct Proof: Equatable, Sendable {
    /// Its entry in the manifest.
    public let entry: ManifestProof
    /// What it says about itself.
    public let summary: ProofSummary
    /// Size of the proof.
    public let byteCount: Int
    /// Time of its verification, in microseconds.
    public let microseconds: Int

    package init(entry: ManifestProof, summary: ProofSummary, byteCount: Int, microseconds: Int) {
      self.entry = entry
      self.summary = summary
      self.byteCount = byteCount
      self.microseconds = microseconds
    }
  }

  /// The bundle's table of contents.
  public let manifest: Manifest
  /// Its identifier.
  public let bundleID: String
  /// Claims in the order of the manifest.
  public let claims: [Claim]
  /// Proofs in the order of the manifest.
  public let proofs: [Proof]
  /// Whether the bundle holds a `report.html`, which nothing vouches for.
  public let hasUncheckedReport: Bool
  /// Bytes of all files but the report.
  public let byteCount: Int
  /// Time of the whole verification in microseconds, reading not included.
  public let microseconds: Int
  /// Everybody whose signatures hold: those of the manifest, then data owners.
  public let signers: [Signer]
  /// The keys whose holders the reader knows.
  public let trust: TrustedKeys
  /// Statements of the claims by name, as `BundleVerifier` reads them; empty with another checker.
  public package(set) var statements: [String: ClaimStatement] = [:]
  /// What the artefacts hold, by name; likewise.
  public package(set) var contents: [String: ArtefactContents] = [:]
  /// Name of the policy that the bundle is held against, or nil.
  public package(set) var policy: String?

  package init(
    manifest: Manifest, bundleID: String, claims: [Claim], proofs: [Proof], hasUncheckedReport: Bool, byteCount: Int, microseconds: Int,
    signers: [Signer], trust: TrustedKeys
  ) {
    self.manifest = manifest
    self.bundleID = bundleID
    self.claims = claims
    self.proofs = proofs
    self.hasUncheckedReport = hasUncheckedReport
    self.byteCount = byteCount
    self.microseconds = microseconds
    self.signers = signers
    self.trust = trust
  }

  /// The name that the reader's list gives a signer in this role, or nil: the holder of the key is unknown.
  public func name(of signer: Signer) -> String? { trust.name(of: signer.fingerprint, as: signer.role) }

  /// What no claim of this bundle establishes, whatever its claims are.
  public var notEstablished: [String] {
    var sentences = [
      origin,
      policy.map {
        "What was left out: beyond what the policy \($0) asks for nothing is known about claims that were not made, nor about models that "
          + "were tried and not shown."
      }
        ?? "What was left out: without a policy or request nothing is known about claims that were not made, nor about models that were tried "
        + "and not shown.",
      "In which order things happened: the order of claims and the date are not anchored by a third party.",
      "That the committed data are true, lawfully collected, or representative of anyone.",
    ]
    if hasUncheckedReport {
      sentences.append("The file report.html in the bundle: it is not covered by the manifest. Make your own with `zkmlops report`.")
    }
    return sentences
  }

  private var origin: String {
    let providers = signers.filter { $0.isOfManifest && $0.role == .provider }
    if providers.isEmpty { return "Who made this bundle: no provider signed it, so the names in it and its date are its writer's word." }
    if providers.contains(where: { name(of: $0) != nil }) {
      return "That the signers' private keys were in their holders' hands alone, and that the dates that they give are true."
    }
    return "Who made this bundle: a provider signed it, but whose key that is this verifier was not told (--trust). Its date is the signer's word."
  }

  /// Duties of the EU AI Act that some claim can be evidence for, in the order of the articles.
  public var duties: [Duty] {
    let present = Set(claims.flatMap(\.description.duties))
    return Duty.allCases.filter { present.contains($0) }
  }

  /// Bytes of all proofs.
  public var proofByteCount: Int { proofs.reduce(0) { $0 + $1.byteCount } }
}

/// What an auditor asks of a bundle beyond its being sound; each ends in a state of its own.
///
/// Date and predecessor stand in the manifest, which anybody can write: they count only when a provider whose key is trusted signed it.
public struct BundleRequirements: Equatable, Sendable {
  /// Which bundle must come before.
  public enum Predecessor: Equatable, Sendable {
    /// The bundle is the first of its chain.
    case none
    /// The bundle of this identifier.
    case bundle(String)
  }

  /// How a requirement ends.
  public enum State: String, Equatable, Sendable {
    /// It holds.
    case met
    /// It does not hold.
    case notMet = "not met"
    /// Nothing in the bundle that can be relied on says so.
    case notEvidenced = "not evidenced"
    /// The verifier lacks what the check needs, e.g. the nonce that the auditor gave.
    case notCheckable = "not checkable"
  }

  /// A requirement and how it ended.
  public struct Outcome: Equatable, Sendable {
    /// What was required.
    public let requirement: String
    /// How it ended.
    public let state: State
    /// Why, in words.
    public let reason: String
    /// Articles of a regulation that the requirement serves, in the policy's words.
    public var articles: String?

    /// A requirement that ended so.
    public init(requirement: String, state: State, reason: String, articles: String? = nil) {
      self.requirement = requirement
      self.state = state
      self.reason = reason
      self.articles = articles
    }
  }

  /// The bundle must have been written after this moment: refuses older bundles that are shown again.
  public var newerThan: Timestamp?
  /// The bundle must follow this one.
  public var predecessor: Predecessor?
  /// The manifest must be signed, as provider, by a trusted key: a fingerprint or a name of the list.
  public var signedBy: String?

  /// Requirements; nil ones are not made.
  public init(newerThan: Timestamp? = nil, predecessor: Predecessor? = nil, signedBy: String? = nil) {
    self.newerThan = newerThan
    self.predecessor = predecessor
    self.signedBy = signedBy
  }

  /// How each requirement ends for a verified bundle, in the order of the fields.
  public func outcomes(for report: VerificationReport) -> [Outcome] {
    var outcomes: [Outcome] = []
    if let newerThan {
      let created = report.manifest.created
      outcomes.append(
        Self.vouched(report, "written after \(newerThan)", holds: created > newerThan, reason: "the manifest says \(created)"))
    }
    if let predecessor {
      let previous = report.manifest.previous
      let (wanted, holds) =
        switch predecessor {
        case .none: ("the first of its chain", previous == nil)
        case .bundle(let id): ("follows bundle \(id)", previous == id)
        }
      outcomes.append(Self.vouched(report, wanted, holds: holds, reason: "the manifest names \(previous ?? "none") as the bundle before"))
    }
    if let signedBy {
      let signers = report.signers.filter { $0.isOfManifest && $0.role == .provider }.map(\.fingerprint)
      let accepted = report.trust.fingerprints(signedBy, as: .provider)
      let holds = signers.contains { accepted.contains($0) }
      let reason =
        accepted.isEmpty
        ? "no trusted provider has this name or fingerprint" : holds ? "its signatures hold" : "it is not among the signers of the manifest"
      outcomes.append(Outcome(requirement: "signed by \(signedBy)", state: holds ? .met : .notMet, reason: reason))
    }
    return outcomes
  }

  static func vouched(_ report: VerificationReport, _ requirement: String, holds: Bool, reason: String) -> Outcome {
    guard holds else { return Outcome(requirement: requirement, state: .notMet, reason: reason) }
    guard report.signers.contains(where: { $0.isOfManifest && $0.role == .provider && report.trust.name(of: $0.fingerprint, as: .provider) != nil })
    else {
      return Outcome(requirement: requirement, state: .notEvidenced, reason: "\(reason), but no trusted provider signed it")
    }
    return Outcome(requirement: requirement, state: .met, reason: reason)
  }
}

/// A claim with its public statement.
public struct NamedClaim: Equatable, Sendable {
  /// Name in the bundle.
  public let name: String
  /// Claim type.
  public let type: String
  /// The public statement.
  public let statement: JSONValue

  /// A claim of these parts.
  public init(name: String, type: String, statement: JSONValue) {
    self.name = name
    self.type = type
    self.statement = statement
  }
}

/// What knows the claim types and the proof system.
///
/// `verifyBundle` trusts it for what is stated here, and for nothing else.
public protocol ClaimChecker {
  /// Recomputes the identity of an artefact from its kind, format, tensors, code shape, root and rows in a shared tree.
  ///
  /// - Returns: 64 lower-case hexadecimal digits.
  /// - Throws: Any error if the description is not one that an artefact can have.
  func identity(of artefact: ManifestArtefact) throws -> String

  /// Reads the statement of a claim and says what it means.
  ///
  /// Everything in the result is derived from `claim` and the public formats alone. `claim.type` is the statement's type.
  /// - Parameters:
  ///   - claim: The claim.
  ///   - artefacts: The artefacts of the proof that carries it, in the proof's order.
  /// - Returns: The meaning of the claim.
  /// - Throws: Any error if the statement is malformed or does not fit the artefacts.
  func describe(_ claim: NamedClaim, artefacts: [ManifestArtefact]) throws -> ClaimDescription

  /// Checks that `proof` proves exactly `claims`, in this order, over exactly `artefacts`, in this order, at the soundness of `profile`.
  ///
  /// - Throws: Any error if it does not.
  func verify(_ claims: [NamedClaim], over artefacts: [ManifestArtefact], profile: String, proof: [UInt8]) throws -> ProofSummary
}

/// What a verified proof says about itself.
public struct ProofSummary: Equatable, Sendable {
  /// Bits of soundness, rounded down, from the accounting; no conjecture.
  public var soundnessBits: Int
  /// Name of base and challenge field.
  public var field: String
  /// Digest of the relation that the proof binds, hexadecimal.
  public var relationDigest: String

  /// A summary of these parts.
  public init(soundnessBits: Int, field: String, relationDigest: String) {
    self.soundnessBits = soundnessBits
    self.field = field
    self.relationDigest = relationDigest
  }
}

import Fields

/// What the engine is instantiated with: the challenge field, the Fiat–Shamir chain, and the policy of checks.
///
/// Production code uses `Production<E>` only. Tests define configurations with frozen challenges or with one check dropped on both
/// sides; there is no run-time switch.
public protocol EngineConfiguration {
  associatedtype E: ChallengeField
  associatedtype Chain: TranscriptChain
  associatedtype Policy: CheckPolicy
}

extension EngineConfiguration {
  static func require(_ check: CheckName, _ holds: Bool) throws(VerificationError) {
    if Policy.enforces(check), !holds { throw .checkFailed(check) }
  }
}

/// SHA-256 chain, every check enforced.
public enum Production<E: ChallengeField>: EngineConfiguration {
  public typealias Chain = HashChain
  public typealias Policy = AllChecks
}

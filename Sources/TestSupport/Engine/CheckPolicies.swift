import Fields
import ProofSystem
import Synchronization

/// Every check but the named ones, on both sides: shows that a cheat is stopped by exactly one check.
public enum Dropping: CheckPolicy {
  /// Checks left out inside the task.
  @TaskLocal public static var names: Set<CheckName> = []

  public static func enforces(_ check: CheckName) -> Bool { !names.contains(check) }
}

/// Every check, and a list of the names that came up.
public enum Recording: CheckPolicy {
  /// Where names go inside the task.
  @TaskLocal public static var recorder: CheckRecorder?

  public static func enforces(_ check: CheckName) -> Bool {
    recorder?.insert(check)
    return true
  }
}

/// The set of check names that a run of the verifier reached.
public final class CheckRecorder: Sendable {
  private let storage = Mutex<Set<CheckName>>([])
  public init() {}
  public func insert(_ check: CheckName) { storage.withLock { _ = $0.insert(check) } }
  public var names: Set<CheckName> { storage.withLock { $0 } }
}

/// The production chain with checks left out.
public enum Dropped<E: ChallengeField>: EngineConfiguration {
  public typealias Chain = HashChain
  public typealias Policy = Dropping
}

/// Challenges known in advance, with checks left out.
public enum Frozen<E: ChallengeField>: EngineConfiguration {
  public typealias Chain = FrozenChallenges
  public typealias Policy = Dropping
}

/// The production chain with one label forgotten, every check enforced.
public enum Omitting<E: ChallengeField>: EngineConfiguration {
  public typealias Chain = OmittingChain
  public typealias Policy = AllChecks
}

/// The production chain, check names recorded.
public enum Recorded<E: ChallengeField>: EngineConfiguration {
  public typealias Chain = HashChain
  public typealias Policy = Recording
}

/// Process exit codes; stable.
public enum ExitCode: Int32, Equatable, Sendable, CaseIterable {
  /// All verified and every requirement met.
  case verified = 0
  /// A proof, edge, digest or signature failed, or a file is malformed.
  case rejected = 1
  /// What was asked cannot be done: usage, unreadable input, spent budget.
  case cannotDo = 2
  /// A fault of this program.
  case internalError = 3
  /// Everything is sound, but a requirement of the policy or request is not met or not evidenced.
  case requirementNotMet = 4
}

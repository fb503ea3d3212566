import Fields

/// A value of the claim algebra: an element of E, or an affine form in pads over E.
public protocol ClaimValue: Sendable {
  associatedtype E: ChallengeField
  init(_ constant: E)
  static func + (lhs: Self, rhs: Self) -> Self
  static func - (lhs: Self, rhs: Self) -> Self
  static func * (lhs: Self, rhs: E) -> Self
}

extension ClaimValue {
  public static func + (lhs: Self, rhs: E) -> Self { lhs + Self(rhs) }
  public static func - (lhs: Self, rhs: E) -> Self { lhs - Self(rhs) }
}

/// Which checks are enforced. Production code has `AllChecks` only; tests of non-vacuity define a policy of their own.
public protocol CheckPolicy {
  static func enforces(_ check: CheckName) -> Bool
}

/// The production policy.
public enum AllChecks: CheckPolicy {
  @inlinable public static func enforces(_ check: CheckName) -> Bool { true }
}

/// The verifier's view of a conversation at claim level.
///
/// Rule CLEAR (design 2, 2.2.2): a scalar in clear is either `reveal`ed (its affine form is checked), or the root of the fraction
/// tree (`clear`), or a claim on G (only in `Merge`). There is no other call.
public protocol ClaimChannel<E, Value>: ~Copyable {
  associatedtype E: ChallengeField
  associatedtype Value: ClaimValue where Value.E == E
  /// Reads `count` padded scalars, one group.
  mutating func receive(_ label: String, count: Int) throws(VerificationError) -> [Value]
  /// A committed uniform non-zero scalar that is never sent: it is a pad itself.
  mutating func secret(_ label: String) throws(VerificationError) -> Value
  /// Reads `count` scalars in clear.
  mutating func clear(_ label: String, count: Int) throws(VerificationError) -> [E]
  /// Reads one value for each form and records form − value = 0.
  mutating func reveal(_ label: String, _ forms: [(check: CheckName, form: Value)]) throws(VerificationError) -> [E]
  mutating func challenges(_ label: String, count: Int) -> [E]
  /// A function of the statement and of the challenges so far that costs much to compute, such as a large matrix at a point.
  mutating func publicValue(_ label: String, _ compute: () -> E) -> E
  /// The product of two single received scalars.
  mutating func product(_ x: Value, _ y: Value) -> Value
  /// Records (or makes at once) the check value = 0.
  mutating func assertZero(_ check: CheckName, _ value: Value) throws(VerificationError)
  /// Makes a check on public values at once.
  func require(_ check: CheckName, _ holds: Bool) throws(VerificationError)
}

extension ClaimChannel where Self: ~Copyable {
  public mutating func challenge(_ label: String) -> E { challenges(label, count: 1)[0] }
  public mutating func receiveOne(_ label: String) throws(VerificationError) -> Value { try receive(label, count: 1)[0] }
}

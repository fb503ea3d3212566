import Fields

/// The zero-knowledge reading: every secret scalar z arrives as ẑ = z − pad, so a value is const + Σ a_i·pad_i; checks are collected.
public struct AffineChannel<E: ChallengeField, Tape: MessageTape & ~Copyable, Policy: CheckPolicy>: ClaimChannel, ~Copyable
where Tape.E == E {
  public typealias Value = Affine<E>
  public var tape: Tape
  public private(set) var padCount = 0
  public private(set) var secrets: [Int] = []
  public private(set) var products: [(Int, Int)] = []
  public private(set) var checks: [(check: CheckName, form: Affine<E>)] = []

  public init(tape: consuming Tape, policy: Policy.Type) { self.tape = tape }

  /// What a reading has gathered so far: another one can go on from it.
  public struct Progress: Sendable {
    let padCount: Int
    let secrets: [Int]
    let products: [(Int, Int)]
    let checks: [(check: CheckName, form: Affine<E>)]
  }
  public var progress: Progress { Progress(padCount: padCount, secrets: secrets, products: products, checks: checks) }

  /// Goes on from `progress` with a tape of what came after it.
  public init(tape: consuming Tape, policy: Policy.Type, from progress: Progress) {
    self.tape = tape
    padCount = progress.padCount
    secrets = progress.secrets
    products = progress.products
    checks = progress.checks
  }

  private mutating func fresh(_ constant: E) -> Affine<E> {
    defer { padCount += 1 }
    return Affine(constant, pad: .pad(padCount))
  }

  public mutating func receive(_ label: String, count: Int) throws(VerificationError) -> [Affine<E>] {
    let values = try tape.message(label, count: count)
    var out: [Affine<E>] = []
    for value in values { out.append(fresh(value)) }
    return out
  }

  public mutating func secret(_ label: String) throws(VerificationError) -> Affine<E> {
    secrets.append(padCount)
    return fresh(.zero)
  }

  public mutating func clear(_ label: String, count: Int) throws(VerificationError) -> [E] { try tape.message(label, count: count) }

  public mutating func reveal(_ label: String, _ forms: [(check: CheckName, form: Affine<E>)]) throws(VerificationError) -> [E] {
    let values = try tape.message(label, count: forms.count)
    for ((check, form), value) in zip(forms, values) { try assertZero(check, form - value) }
    return values
  }

  public mutating func challenges(_ label: String, count: Int) -> [E] { tape.challenges(label, count: count) }
  public mutating func publicValue(_ label: String, _ compute: () -> E) -> E { tape.publicValue(label, compute) }

  /// X·Y = X̂·Ŷ + X̂·P_b + Ŷ·P_a + P_ab. X and Y must each be ONE received scalar: relation code is ours, so this is a precondition.
  public mutating func product(_ x: Affine<E>, _ y: Affine<E>) -> Affine<E> {
    guard x.terms.count == 1, y.terms.count == 1, let a = x.terms.first, let b = y.terms.first, a.coefficient == .one, b.coefficient == .one,
      let padA = a.key.padIndex, let padB = b.key.padIndex
    else { preconditionFailure("a product takes two single received scalars") }
    products.append((padA, padB))
    let committed = Affine<E>(.zero, pad: .product(products.count - 1, .ab))
    return Affine(.zero, pad: b.key) * x.constant + Affine(.zero, pad: a.key) * y.constant + committed + x.constant * y.constant
  }

  public mutating func assertZero(_ check: CheckName, _ value: Affine<E>) throws(VerificationError) {
    if Policy.enforces(check) { checks.append((check, value)) }
  }

  public func require(_ check: CheckName, _ holds: Bool) throws(VerificationError) {
    if Policy.enforces(check), !holds { throw .checkFailed(check) }
  }
}

/// The plain reading: scalars in clear, checks at once.
public struct ConcreteChannel<E: ChallengeField, Tape: MessageTape & ~Copyable, Policy: CheckPolicy>: ClaimChannel, ~Copyable
where Tape.E == E {
  public typealias Value = Concrete<E>
  public var tape: Tape
  public init(tape: consuming Tape, policy: Policy.Type) { self.tape = tape }

  public mutating func receive(_ label: String, count: Int) throws(VerificationError) -> [Concrete<E>] {
    try tape.message(label, count: count).map { Concrete($0) }
  }
  public mutating func secret(_ label: String) throws(VerificationError) -> Concrete<E> { try receiveOne(label) }
  public mutating func clear(_ label: String, count: Int) throws(VerificationError) -> [E] { try tape.message(label, count: count) }
  public mutating func reveal(_ label: String, _ forms: [(check: CheckName, form: Concrete<E>)]) throws(VerificationError) -> [E] {
    let values = try tape.message(label, count: forms.count)
    for ((check, form), value) in zip(forms, values) { try assertZero(check, form - value) }
    return values
  }
  public mutating func challenges(_ label: String, count: Int) -> [E] { tape.challenges(label, count: count) }
  public mutating func publicValue(_ label: String, _ compute: () -> E) -> E { tape.publicValue(label, compute) }
  public mutating func product(_ x: Concrete<E>, _ y: Concrete<E>) -> Concrete<E> { Concrete(x.element * y.element) }
  public mutating func assertZero(_ check: CheckName, _ value: Concrete<E>) throws(VerificationError) {
    if Policy.enforces(check), !value.element.isZero { throw .checkFailed(check) }
  }
  public func require(_ check: CheckName, _ holds: Bool) throws(VerificationError) {
    if Policy.enforces(check), !holds { throw .checkFailed(check) }
  }
}

/// Slots of the virtual P-row: one-time pads 0..<count, then (ab, f, g, h) of each product (spec P1).
public struct PadLayout: Sendable {
  public let count: Int
  /// Pads that are committed non-zero secrets.
  public let secrets: [Int]
  public let products: [(Int, Int)]
  public let checkCount: Int

  public var total: Int { count + 4 * products.count }

  /// Σ_i ζ^i check_i = ⟨L, P⟩ − v: the dense L of length `total`, and v.
  public func combine<E: ChallengeField>(_ checks: [(check: CheckName, form: Affine<E>)], zeta: E) -> (weights: [E], value: E) {
    var weights = [E](repeating: .zero, count: total)
    var value = E.zero
    var run = E.one
    for (_, form) in checks {
      for term in form.terms { weights[term.key.slot(padCount: count)] += run * term.coefficient }
      value -= run * form.constant
      run *= zeta
    }
    return (weights, value)
  }
}

import Synchronization

/// The gate that only one scope passes at a time, and what is behind it.
private enum Scopes {
  /// Held for the whole of a scope.
  static let gate = Mutex<Void>(())
  /// The prime in force.
  static let prime = Mutex<RuntimePrime?>(nil)
  /// Number of the last scope.
  static let last = Atomic<UInt64>(0)
  /// Number of the scope that this thread (or task) is in; 0 or an old one: none.
  @TaskLocal static var own: UInt64 = 0

  static var isInside: Bool {
    let number = own
    return number != 0 && number == modulusInForce.scope.load(ordering: .relaxed)
  }
}

extension RuntimePrime {
  /// The prime in force; nil outside of all scopes.
  public static var inForce: RuntimePrime? { Scopes.prime.withLock { $0 } }

  /// Runs `body` with this prime as the modulus of `RuntimePrimeField`. One scope runs at a time: others wait.
  ///
  /// Threads that `body` starts and waits for compute in the same field. On the same thread a scope of the same prime inside is entered
  /// at once, and one of another prime is refused.
  /// > Warning: a scope that another thread opens while `body` waits for that thread never starts. Elements do not outlive the scope.
  ///
  /// - Parameter refusal: makes the error for a refused scope; it gets `RuntimePrimeError.nested`.
  /// **Throws** what `body` throws, and `refusal(.nested)`.
  public func withModulus<Result, Failure: Error>(
    refusal: (RuntimePrimeError) -> Failure, _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    if Scopes.isInside, let outer = Self.inForce {
      guard outer == self else { throw refusal(.nested(inForce: outer.name, requested: name)) }
      return try body()
    }
    var outcome: Swift.Result<Result, Failure>?
    Scopes.gate.withLock { _ in
      let number = Scopes.last.wrappingAdd(1, ordering: .relaxed).newValue
      Scopes.prime.withLock { $0 = self }
      modulusInForce.set(self, scope: number)
      defer {
        modulusInForce.set(nil, scope: 0)
        Scopes.prime.withLock { $0 = nil }
      }
      Scopes.$own.withValue(number) {
        do throws(Failure) { outcome = .success(try body()) } catch { outcome = .failure(error) }
      }
    }
    guard let outcome else { preconditionFailure("the body of a scope runs once") }
    return try outcome.get()
  }

  /// The same for a body with errors of any type. **Throws** what `body` throws, and `RuntimePrimeError.nested`.
  public func withModulus<Result>(_ body: () throws -> Result) throws -> Result {
    try withModulus(refusal: { $0 as any Error }, body)
  }
}

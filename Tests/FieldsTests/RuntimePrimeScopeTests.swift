import Dispatch
import Fields
import Synchronization
import TestSupport
import Testing

@Suite struct RuntimePrimeScopeTests {
  private struct Unwanted: Error, Equatable {}

  @Test func aScopeEndsWithItsBody() throws {
    let prime = try TestPrimes.prime(TestPrimes.vesta)
    let inForce = try prime.withModulus { RuntimePrime.inForce }
    #expect(inForce == prime)
    #expect(throws: Unwanted()) { try prime.withModulus { throw Unwanted() } }
    // Another prime: the failed scope has left nothing behind.
    let other = try TestPrimes.prime(TestPrimes.bls12381)
    let name = try other.withModulus { RuntimePrimeField.name }
    #expect(name == "bls12-381")
  }

  @Test func nestedScopes() throws {
    let (outer, inner) = (try TestPrimes.prime(TestPrimes.vesta), try TestPrimes.prime(TestPrimes.bls12381))
    try outer.withModulus {
      let name = try outer.withModulus { RuntimePrimeField.name }
      #expect(name == "vesta")
      #expect(throws: RuntimePrimeError.nested(inForce: "vesta", requested: "bls12-381")) { try inner.withModulus {} }
      #expect(RuntimePrimeField.name == "vesta" && RuntimePrime.inForce == outer)
    }
    // Typed: the caller's error carries the refusal.
    enum Mine: Error, Equatable { case refused(RuntimePrimeError) }
    #expect(throws: Mine.refused(.nested(inForce: "vesta", requested: "bls12-381"))) {
      try outer.withModulus(refusal: Mine.refused) { () throws(Mine) in
        try inner.withModulus(refusal: Mine.refused) { () throws(Mine) in }
      }
    }
  }

  /// Eight threads, each with its prime, each finding its own arithmetic in force from start to end.
  @Test func threadsWithDifferentPrimesWait() throws {
    let primes = try [TestPrimes.vesta, TestPrimes.bls12381, TestPrimes.random200, TestPrimes.random256].map(TestPrimes.prime)
    let inside = Atomic<Int>(0)
    let faults = Atomic<Int>(0)
    DispatchQueue.concurrentPerform(iterations: 8) { index in
      let prime = primes[index % primes.count]
      for _ in 0..<20 {
        do {
          try prime.withModulus {
            let others = inside.wrappingAdd(1, ordering: .relaxed).oldValue
            let half = RuntimePrimeField.two.inverse() ?? .zero
            var sum = RuntimePrimeField.zero
            for _ in 0..<200 { sum += half }
            let isOwn = RuntimePrimeField.modulusBytes == prime.modulusBytes && RuntimePrime.inForce == prime
            if others != 0 || !isOwn || sum != RuntimePrimeField(100) { faults.wrappingAdd(1, ordering: .relaxed) }
            inside.wrappingSubtract(1, ordering: .relaxed)
          }
        } catch { faults.wrappingAdd(1, ordering: .relaxed) }
      }
    }
    #expect(faults.load(ordering: .relaxed) == 0)
  }

  /// Workers of a scope compute in its field.
  @Test func workersComputeInTheScopesField() throws {
    let prime = try TestPrimes.prime(TestPrimes.random256)
    let agreed = Atomic<Int>(0)
    try prime.withModulus {
      let expected = RuntimePrimeField(3).power(1 << 40)
      DispatchQueue.concurrentPerform(iterations: 16) { _ in
        if RuntimePrimeField(3).power(1 << 40) == expected, RuntimePrimeField.modulusBytes == prime.modulusBytes {
          agreed.wrappingAdd(1, ordering: .relaxed)
        }
      }
    }
    #expect(agreed.load(ordering: .relaxed) == 16)
  }

  /// A task that a scope started and that outlives it is outside: it waits for the gate like everybody else.
  @Test func tasksDoNotInheritAScope() async throws {
    let (first, second) = (try TestPrimes.prime(TestPrimes.vesta), try TestPrimes.prime(TestPrimes.bls12381))
    let task = try first.withModulus { Task { try second.withModulus { RuntimePrimeField.name } } }
    // Refused when it runs inside the scope that started it, else a scope of its own.
    switch await task.result {
    case .success(let name): #expect(name == "bls12-381")
    case .failure(let error): #expect(error as? RuntimePrimeError == .nested(inForce: "vesta", requested: "bls12-381"))
    }
  }

  @Test func outsideOfAScopeIsATrap() async {
    await #expect(processExitsWith: .failure) { _ = RuntimePrimeField(words: [1, 2, 3, 4]) }
  }
}

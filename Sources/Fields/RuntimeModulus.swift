public import Synchronization

/// The modulus in force, as `RuntimePrimeField` reads it: the constants of one prime, in storage of the process.
///
/// Every word is zero while no modulus is in force. The words are written by `RuntimePrime.withModulus` alone, before its body starts and
/// after it ended; so relaxed loads suffice inside the body, also on threads that the body starts and waits for. They compile to plain
/// loads, and the storage is initialised statically.
@frozen @usableFromInline struct ModulusStorage: ~Copyable, Sendable {
  @usableFromInline let p0 = Atomic<UInt64>(0)
  @usableFromInline let p1 = Atomic<UInt64>(0)
  @usableFromInline let p2 = Atomic<UInt64>(0)
  @usableFromInline let p3 = Atomic<UInt64>(0)
  @usableFromInline let negatedInverse = Atomic<UInt64>(0)
  @usableFromInline let one0 = Atomic<UInt64>(0)
  @usableFromInline let one1 = Atomic<UInt64>(0)
  @usableFromInline let one2 = Atomic<UInt64>(0)
  @usableFromInline let one3 = Atomic<UInt64>(0)
  let square0 = Atomic<UInt64>(0)
  let square1 = Atomic<UInt64>(0)
  let square2 = Atomic<UInt64>(0)
  let square3 = Atomic<UInt64>(0)
  let bitCount = Atomic<UInt64>(0)
  let twoAdicity = Atomic<UInt64>(0)
  let generator = Atomic<UInt64>(0)
  /// The bits of log2(p) as a `Double`.
  let log2Modulus = Atomic<UInt64>(0)
  /// Number of the scope that set the words, 0 for none; see `RuntimePrime.withModulus`.
  let scope = Atomic<UInt64>(0)

  init() {}

  /// Sets all words; nil: no modulus, scope 0.
  func set(_ prime: RuntimePrime?, scope number: UInt64) {
    let zero = FourLimbs(0, 0, 0, 0)
    let (p, one, square) = (prime?.modulus ?? zero, prime?.montgomery.one ?? zero, prime?.montgomery.square ?? zero)
    p0.store(p.l0, ordering: .relaxed)
    p1.store(p.l1, ordering: .relaxed)
    p2.store(p.l2, ordering: .relaxed)
    p3.store(p.l3, ordering: .relaxed)
    negatedInverse.store(prime?.montgomery.negatedInverse ?? 0, ordering: .relaxed)
    one0.store(one.l0, ordering: .relaxed)
    one1.store(one.l1, ordering: .relaxed)
    one2.store(one.l2, ordering: .relaxed)
    one3.store(one.l3, ordering: .relaxed)
    square0.store(square.l0, ordering: .relaxed)
    square1.store(square.l1, ordering: .relaxed)
    square2.store(square.l2, ordering: .relaxed)
    square3.store(square.l3, ordering: .relaxed)
    bitCount.store(UInt64(truncatingIfNeeded: prime?.bitCount ?? 0), ordering: .relaxed)
    twoAdicity.store(UInt64(truncatingIfNeeded: prime?.twoAdicity ?? 0), ordering: .relaxed)
    generator.store(prime?.nonResidue ?? 0, ordering: .relaxed)
    log2Modulus.store((prime?.log2Modulus ?? 0).bitPattern, ordering: .relaxed)
    scope.store(number, ordering: .relaxed)
  }
}

/// The one storage.
@usableFromInline let modulusInForce = ModulusStorage()

/// The constants of the modulus in force, all zero while there is none.
public enum RuntimeModulus: FourLimbModulus {
  public static var name: String { RuntimePrime.inForce?.name ?? "no prime" }
  @inlinable @inline(__always) public static var modulus: FourLimbs {
    FourLimbs(
      modulusInForce.p0.load(ordering: .relaxed), modulusInForce.p1.load(ordering: .relaxed), modulusInForce.p2.load(ordering: .relaxed),
      modulusInForce.p3.load(ordering: .relaxed))
  }
  @inlinable @inline(__always) public static var negatedInverse: UInt64 { modulusInForce.negatedInverse.load(ordering: .relaxed) }
  @inlinable @inline(__always) public static var montgomeryOne: FourLimbs {
    FourLimbs(
      modulusInForce.one0.load(ordering: .relaxed), modulusInForce.one1.load(ordering: .relaxed), modulusInForce.one2.load(ordering: .relaxed),
      modulusInForce.one3.load(ordering: .relaxed))
  }
  public static var montgomerySquare: FourLimbs {
    FourLimbs(
      modulusInForce.square0.load(ordering: .relaxed), modulusInForce.square1.load(ordering: .relaxed),
      modulusInForce.square2.load(ordering: .relaxed), modulusInForce.square3.load(ordering: .relaxed))
  }
  public static var bitCount: Int { Int(truncatingIfNeeded: modulusInForce.bitCount.load(ordering: .relaxed)) }
  public static var twoAdicity: Int { Int(truncatingIfNeeded: modulusInForce.twoAdicity.load(ordering: .relaxed)) }
  public static var generator: UInt64 { modulusInForce.generator.load(ordering: .relaxed) }
  public static var log2Modulus: Double { Double(bitPattern: modulusInForce.log2Modulus.load(ordering: .relaxed)) }
}

/// Sums of products that are reduced when they are read, not term by term: what a verifier needs to pass over sparse rows quickly.

/// Σ e_i·v_i with e_i in E and v_i in its base field; at most 2^28 terms.
public protocol MixedSum<E>: Sendable {
  associatedtype E: ChallengeField
  /// The empty sum.
  init()
  /// Adds e·v.
  mutating func add(_ e: E, times v: E.Base)
  var value: E { get }
}

/// Σ e_i·f_i over E; at most 2^28 terms.
public protocol ElementSum<E>: Sendable {
  associatedtype E: ChallengeField
  /// The empty sum.
  init()
  /// Adds e·f.
  mutating func add(_ e: E, times f: E)
  /// Adds e·(a sum of products).
  mutating func add(_ e: E, times f: E.Mixed)
  var value: E { get }
}

extension ElementSum {
  @inlinable public mutating func add(_ e: E, times f: E.Mixed) { add(e, times: f.value) }
}

/// Both sums by the field's own operations.
@frozen public struct PlainSum<E: ChallengeField>: MixedSum, ElementSum {
  @usableFromInline var sum = E.zero
  @inlinable public init() {}
  @inlinable public mutating func add(_ e: E, times v: E.Base) { sum += v == .one ? e : e.scaled(by: v) }
  @inlinable public mutating func add(_ e: E, times f: E) { sum += e * f }
  @inlinable public var value: E { sum }
}

/// Σ a_i·b_i over Goldilocks as a 192-bit integer.
@frozen public struct GoldilocksProductSum: Sendable {
  @usableFromInline var low: UInt64 = 0
  @usableFromInline var middle: UInt64 = 0
  @usableFromInline var high: UInt64 = 0

  @inlinable @inline(__always) public init() {}

  /// Adds a·b < 2^128; 2^31 terms keep `high` below 2^31.
  @inlinable @inline(__always) public mutating func add(_ a: Goldilocks, times b: Goldilocks) {
    let product = a.value.multipliedFullWidth(by: b.value)
    let (first, carry) = low.addingReportingOverflow(product.low)
    // product.high ≤ 2^64 − 2: the carry fits.
    let (second, over) = middle.addingReportingOverflow(product.high &+ (carry ? 1 : 0))
    low = first
    middle = second
    high = high &+ (over ? 1 : 0)
  }

  /// Some word ≡ the sum: 2^64 ≡ 2^32 − 1, 2^96 ≡ −1, 2^128 ≡ −2^32. `high` is below 2^31.
  @inlinable @inline(__always) var word: UInt64 {
    let (difference, borrow) = low.subtractingReportingOverflow(middle >> 32 | high << 32)
    // Less than 2^63 was taken off: the rest is above 2^63 after a borrow.
    let rest = borrow ? difference &- Goldilocks.epsilon : difference
    let lower = middle & Goldilocks.epsilon
    let (sum, carry) = rest.addingReportingOverflow((lower << 32) &- lower)
    return carry ? sum &+ Goldilocks.epsilon : sum
  }

  @inlinable @inline(__always) public var value: Goldilocks { Goldilocks(word) }

  /// The same with the sum's word in place of a canonical factor: products of any two words are below 2^128.
  @inlinable @inline(__always) mutating func add(_ a: Goldilocks, timesWord b: UInt64) { add(a, times: Goldilocks(unchecked: b)) }
}

/// One 192-bit integer for each coefficient.
@frozen public struct GoldilocksCubicSum: MixedSum {
  @usableFromInline var c0 = GoldilocksProductSum()
  @usableFromInline var c1 = GoldilocksProductSum()
  @usableFromInline var c2 = GoldilocksProductSum()

  @inlinable @inline(__always) public init() {}
  @inlinable @inline(__always) public mutating func add(_ e: GoldilocksCubic, times v: Goldilocks) {
    c0.add(e.c0, times: v)
    c1.add(e.c1, times: v)
    c2.add(e.c2, times: v)
  }
  @inlinable @inline(__always) public var value: GoldilocksCubic { GoldilocksCubic(c0.value, c1.value, c2.value) }
}

/// One 192-bit integer for each coefficient; X³ = 2 by doubling coefficients of the left factor.
@frozen public struct GoldilocksCubicProductSum: ElementSum {
  @usableFromInline var c0 = GoldilocksProductSum()
  @usableFromInline var c1 = GoldilocksProductSum()
  @usableFromInline var c2 = GoldilocksProductSum()

  @inlinable @inline(__always) public init() {}
  @inlinable @inline(__always) public mutating func add(_ e: GoldilocksCubic, times f: GoldilocksCubic) {
    add(e, words: f.c0.value, f.c1.value, f.c2.value)
  }
  @inlinable @inline(__always) public mutating func add(_ e: GoldilocksCubic, times f: GoldilocksCubicSum) {
    add(e, words: f.c0.word, f.c1.word, f.c2.word)
  }
  /// The left factor is the one that is doubled: it is canonical.
  @inlinable @inline(__always) mutating func add(_ e: GoldilocksCubic, words f0: UInt64, _ f1: UInt64, _ f2: UInt64) {
    let (twice1, twice2) = (e.c1 + e.c1, e.c2 + e.c2)
    c0.add(e.c0, timesWord: f0)
    c0.add(twice1, timesWord: f2)
    c0.add(twice2, timesWord: f1)
    c1.add(e.c0, timesWord: f1)
    c1.add(e.c1, timesWord: f0)
    c1.add(twice2, timesWord: f2)
    c2.add(e.c0, timesWord: f2)
    c2.add(e.c1, timesWord: f1)
    c2.add(e.c2, timesWord: f0)
  }
  @inlinable @inline(__always) public var value: GoldilocksCubic { GoldilocksCubic(c0.value, c1.value, c2.value) }
}

/// One 192-bit integer for each coefficient.
@frozen public struct GoldilocksQuadraticSum: MixedSum {
  @usableFromInline var c0 = GoldilocksProductSum()
  @usableFromInline var c1 = GoldilocksProductSum()

  @inlinable @inline(__always) public init() {}
  @inlinable @inline(__always) public mutating func add(_ e: GoldilocksQuadratic, times v: Goldilocks) {
    c0.add(e.c0, times: v)
    c1.add(e.c1, times: v)
  }
  @inlinable @inline(__always) public var value: GoldilocksQuadratic { GoldilocksQuadratic(c0.value, c1.value) }
}

/// Field arithmetic as the engine sees it: a base field F and a challenge field E over F (E = F allowed).

/// A field whose elements are plain values.
public protocol Field: Sendable, Hashable {
  static var zero: Self { get }
  static var one: Self { get }
  static func + (lhs: Self, rhs: Self) -> Self
  static func - (lhs: Self, rhs: Self) -> Self
  static func * (lhs: Self, rhs: Self) -> Self
  static prefix func - (operand: Self) -> Self
  /// The multiplicative inverse, or nil for zero.
  func inverse() -> Self?
}

extension Field {
  @inlinable @inline(__always) public static func += (lhs: inout Self, rhs: Self) { lhs = lhs + rhs }
  @inlinable @inline(__always) public static func -= (lhs: inout Self, rhs: Self) { lhs = lhs - rhs }
  @inlinable @inline(__always) public static func *= (lhs: inout Self, rhs: Self) { lhs = lhs * rhs }
  @inlinable public var isZero: Bool { self == .zero }

  /// **Formula**: self^exponent by square and multiply. Not constant time.
  @inlinable public func power(_ exponent: UInt64) -> Self {
    var result = Self.one
    var square = self
    var rest = exponent
    while rest != 0 {
      if rest & 1 == 1 { result *= square }
      square *= square
      rest >>= 1
    }
    return result
  }

  /// **Formula**: (1, self, self², …), `count` entries.
  @inlinable public func powers(_ count: Int) -> [Self] {
    var out: [Self] = []
    out.reserveCapacity(count)
    var current = Self.one
    for _ in 0..<count {
      out.append(current)
      current *= self
    }
    return out
  }
}

/// A prime field with a two-adic subgroup large enough for the code: the field of committed data.
public protocol PrimeField: Field {
  /// Name in commitments, relation digests and messages, e.g. `goldilocks`.
  static var name: String { get }
  /// Bytes of the canonical little-endian encoding.
  static var byteCount: Int { get }
  /// Bits of p: p < 2^modulusBitCount.
  static var modulusBitCount: Int { get }
  /// p as little-endian bytes, `byteCount` of them.
  static var modulusBytes: [UInt8] { get }
  /// Largest k such that 2^k divides p − 1.
  static var twoAdicity: Int { get }
  /// A small quadratic non-residue: the coset shift of every code, and the source of `rootOfUnity`.
  ///
  /// It need not generate F*. For k up to the two-adicity w = generator^((p−1)/2^k) has order 2^k exactly, since w^(2^(k−1)) =
  /// generator^((p−1)/2) = −1. The code points generator·w^j are then distinct and not 0, which is all that the distance of the code
  /// and the hiding of its random coefficients rest on (`CodeShape`).
  static var generator: UInt64 { get }
  /// A root of unity of order 2^log2Order, generator^((p−1)/2^log2Order); nil beyond the two-adicity.
  static func rootOfUnity(log2Order: Int) -> Self?
  /// The element `value` mod p.
  init(_ value: UInt64)
  /// Reads `byteCount` little-endian bytes at `offset`; nil when the integer is ≥ p or bytes are missing.
  init?(canonicalBytes bytes: [UInt8], at offset: Int)
  /// The same over a borrowed span of exactly `byteCount` bytes.
  init?(canonicalBytes bytes: ArraySlice<UInt8>)
  /// Appends the canonical encoding.
  func appendBytes(to bytes: inout [UInt8])
  /// One draw from 8-byte little-endian words; nil means rejected. Takes `wordsPerDraw` words.
  /// Uniform when the words are.
  init?(words: [UInt64])
  static var wordsPerDraw: Int { get }
  /// The signed integer in (−p/2, p/2) when it fits 64 bits.
  var signedInteger: Int64? { get }
  /// log2(p), for accounting only.
  static var log2Modulus: Double { get }
}

extension PrimeField {
  /// The element congruent to a signed integer.
  @inlinable public init(signed value: Int64) {
    self = value < 0 ? -Self(value.magnitude) : Self(value.magnitude)
  }
  @inlinable public static var two: Self { Self(2) }
}

/// The field E of challenges, of degree e over its base field F.
public protocol ChallengeField: Field {
  associatedtype Base: PrimeField
  /// Sums of products E × F.
  associatedtype Mixed: MixedSum = PlainSum<Self> where Mixed.E == Self
  /// Sums of products E × E.
  associatedtype Products: ElementSum = PlainSum<Self> where Products.E == Self
  /// e = [E : F].
  static var degree: Int { get }
  /// The embedding of F.
  init(base: Base)
  /// limbs[i] is the coefficient of X^i; exactly `degree` of them.
  init(limbs: [Base])
  func limb(_ index: Int) -> Base
  /// X^index.
  static func basis(_ index: Int) -> Self
  /// self · factor with one factor in F: e multiplications.
  func scaled(by factor: Base) -> Self
  /// self + summand with one summand in F.
  func adding(base summand: Base) -> Self
}

extension ChallengeField {
  @inlinable public init(_ value: UInt64) { self.init(base: Base(value)) }
  @inlinable public init(signed value: Int64) { self.init(base: Base(signed: value)) }
  /// Bytes of the canonical encoding: limbs 0, 1, … in order.
  @inlinable public static var byteCount: Int { degree * Base.byteCount }
  @inlinable public func appendBytes(to bytes: inout [UInt8]) {
    for i in 0..<Self.degree { limb(i).appendBytes(to: &bytes) }
  }
  /// log2 |E|.
  @inlinable public static var log2Size: Double { Double(degree) * Base.log2Modulus }
}

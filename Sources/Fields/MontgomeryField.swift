/// Prime fields with moduli of four 64-bit limbs, in Montgomery form.

/// The constants of such a field: p an odd prime below 2^256, R = 2^256.
public protocol FourLimbModulus: Sendable {
  /// Name of the field in commitments and messages.
  static var name: String { get }
  /// p.
  static var modulus: FourLimbs { get }
  /// −p^(−1) mod 2^64.
  static var negatedInverse: UInt64 { get }
  /// R mod p: the Montgomery form of 1.
  static var montgomeryOne: FourLimbs { get }
  /// R² mod p: multiplying by it enters Montgomery form.
  static var montgomerySquare: FourLimbs { get }
  /// Bits of p.
  static var bitCount: Int { get }
  /// Largest k such that 2^k divides p − 1.
  static var twoAdicity: Int { get }
  /// A small quadratic non-residue, see `PrimeField.generator`.
  static var generator: UInt64 { get }
  /// log2(p), rounded down.
  static var log2Modulus: Double { get }
}

/// An element of Z/p, stored as a·2^256 mod p in [0, p). It is also its own challenge field, of degree 1.
@frozen public struct MontgomeryField<Modulus: FourLimbModulus>: PrimeField, ChallengeField {
  public typealias Base = Self

  /// a·2^256 mod p, always below p.
  @usableFromInline var form: FourLimbs

  @inlinable @inline(__always) init(form: FourLimbs) { self.form = form }

  /// The element with this canonical representative; nil when it is not below p.
  @inlinable init?(canonical: FourLimbs) {
    guard canonical.subtracting(Modulus.modulus).borrow == 1 else { return nil }
    self = Self(form: canonical) * Self(form: Modulus.montgomerySquare)
  }
  @inlinable public init(_ value: UInt64) { self = Self(form: FourLimbs(value, 0, 0, 0)) * Self(form: Modulus.montgomerySquare) }
  @inlinable public init(signed value: Int64) { self = value < 0 ? -Self(value.magnitude) : Self(value.magnitude) }

  /// The representative in [0, p): a Montgomery multiplication by the integer 1.
  @inlinable public var canonical: FourLimbs { (self * Self(form: FourLimbs(1, 0, 0, 0))).form }

  @inlinable public static var zero: Self { Self(form: FourLimbs(0, 0, 0, 0)) }
  @inlinable public static var one: Self { Self(form: Modulus.montgomeryOne) }

  @inlinable @inline(__always) public static func + (lhs: Self, rhs: Self) -> Self {
    let (sum, carry) = lhs.form.adding(rhs.form)
    return Self(form: sum.reduced(carry: carry, modulo: Modulus.modulus))
  }

  @inlinable @inline(__always) public static func - (lhs: Self, rhs: Self) -> Self {
    let (difference, borrow) = lhs.form.subtracting(rhs.form)
    return Self(form: difference.adding(Modulus.modulus.masked(0 &- borrow)).sum)
  }

  @inlinable @inline(__always) public static prefix func - (operand: Self) -> Self { .zero - operand }

  @inlinable @inline(__always) public static func * (lhs: Self, rhs: Self) -> Self {
    Self(form: lhs.form.montgomeryProduct(rhs.form, modulus: Modulus.modulus, negatedInverse: Modulus.negatedInverse))
  }

  @inlinable @inline(__always) public static func == (lhs: Self, rhs: Self) -> Bool {
    (lhs.form.l0 ^ rhs.form.l0) | (lhs.form.l1 ^ rhs.form.l1) | (lhs.form.l2 ^ rhs.form.l2) | (lhs.form.l3 ^ rhs.form.l3) == 0
  }

  /// self^exponent. Not constant time.
  @_specialize(where Modulus == BN254ScalarModulus)
  func power(_ exponent: FourLimbs) -> Self {
    var result = Self.one
    for index in stride(from: 3, through: 0, by: -1) {
      let limb = exponent.limb(index)
      for bit in stride(from: 63, through: 0, by: -1) {
        result *= result
        if limb &>> UInt64(bit) & 1 == 1 { result *= self }
      }
    }
    return result
  }

  @_specialize(where Modulus == BN254ScalarModulus)
  public func inverse() -> Self? {
    isZero ? nil : power(Modulus.modulus.subtracting(FourLimbs(2, 0, 0, 0)).difference)
  }
}

/// Prime fields with moduli of four 64-bit limbs, in Montgomery form.

/// The constants of such a field. The modulus p is an odd prime with 2^192 < p < 2^255 and top limb below 2^63 − 1, which lets
/// sums of two elements and the partial products of `*` stay within four limbs.
public protocol FourLimbModulus: Sendable {
  /// Name of the field in commitments and messages.
  static var name: String { get }
  /// p.
  static var modulus: FourLimbs { get }
  /// −p^(−1) mod 2^64.
  static var negatedInverse: UInt64 { get }
  /// R mod p, R = 2^256: the Montgomery form of 1.
  static var montgomeryOne: FourLimbs { get }
  /// R² mod p: multiplying by it enters Montgomery form.
  static var montgomerySquare: FourLimbs { get }
  /// Bits of p.
  static var bitCount: Int { get }
  /// Largest k such that 2^k divides p − 1.
  static var twoAdicity: Int { get }
  /// A generator of the multiplicative group.
  static var generator: UInt64 { get }
  /// log2(p), rounded down.
  static var log2Modulus: Double { get }
}

/// A 256-bit integer, little-endian limbs.
@frozen public struct FourLimbs: Hashable, Sendable {
  public var l0: UInt64
  public var l1: UInt64
  public var l2: UInt64
  public var l3: UInt64

  @inlinable @inline(__always) public init(_ l0: UInt64, _ l1: UInt64, _ l2: UInt64, _ l3: UInt64) {
    self.l0 = l0
    self.l1 = l1
    self.l2 = l2
    self.l3 = l3
  }

  /// self + other mod 2^256, and the carry.
  @inlinable @inline(__always) func adding(_ other: Self) -> (sum: Self, carry: UInt64) {
    var carry: UInt64 = 0
    let a0 = addWithCarry(l0, other.l0, &carry)
    let a1 = addWithCarry(l1, other.l1, &carry)
    let a2 = addWithCarry(l2, other.l2, &carry)
    let a3 = addWithCarry(l3, other.l3, &carry)
    return (Self(a0, a1, a2, a3), carry)
  }

  /// self − other mod 2^256, and the borrow (1 when self < other).
  @inlinable @inline(__always) func subtracting(_ other: Self) -> (difference: Self, borrow: UInt64) {
    var borrow: UInt64 = 0
    let a0 = subtractWithBorrow(l0, other.l0, &borrow)
    let a1 = subtractWithBorrow(l1, other.l1, &borrow)
    let a2 = subtractWithBorrow(l2, other.l2, &borrow)
    let a3 = subtractWithBorrow(l3, other.l3, &borrow)
    return (Self(a0, a1, a2, a3), borrow)
  }

  /// Every limb & mask.
  @inlinable @inline(__always) func masked(_ mask: UInt64) -> Self { Self(l0 & mask, l1 & mask, l2 & mask, l3 & mask) }

  /// Limb `index` & 3.
  @inlinable func limb(_ index: Int) -> UInt64 {
    switch index & 3 {
    case 0: l0
    case 1: l1
    case 2: l2
    default: l3
    }
  }

  /// ⌊self / 2^count⌋, 0 ≤ count < 64.
  func shiftedRight(_ count: UInt64) -> Self {
    guard count > 0 else { return self }
    let up = 64 &- count
    return Self(l0 &>> count | l1 &<< up, l1 &>> count | l2 &<< up, l2 &>> count | l3 &<< up, l3 &>> count)
  }
}

/// a + b + carry; carry is 0 or 1 before and after.
@inlinable @inline(__always) func addWithCarry(_ a: UInt64, _ b: UInt64, _ carry: inout UInt64) -> UInt64 {
  let (first, over) = a.addingReportingOverflow(b)
  let (second, overAgain) = first.addingReportingOverflow(carry)
  carry = (over ? 1 : 0) | (overAgain ? 1 : 0)
  return second
}

/// a − b − borrow; borrow is 0 or 1 before and after.
@inlinable @inline(__always) func subtractWithBorrow(_ a: UInt64, _ b: UInt64, _ borrow: inout UInt64) -> UInt64 {
  let (first, under) = a.subtractingReportingOverflow(b)
  let (second, underAgain) = first.subtractingReportingOverflow(borrow)
  borrow = (under ? 1 : 0) | (underAgain ? 1 : 0)
  return second
}

/// a + b·c + carry, which is below 2^128: returns the low word and leaves the high one in `carry`.
@inlinable @inline(__always) func multiplyAdd(_ a: UInt64, _ b: UInt64, _ c: UInt64, _ carry: inout UInt64) -> UInt64 {
  let product = b.multipliedFullWidth(by: c)
  let (first, over) = product.low.addingReportingOverflow(a)
  let (second, overAgain) = first.addingReportingOverflow(carry)
  carry = product.high &+ (over ? 1 : 0) &+ (overAgain ? 1 : 0)
  return second
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
  @inlinable var canonical: FourLimbs { (self * Self(form: FourLimbs(1, 0, 0, 0))).form }

  @inlinable public static var zero: Self { Self(form: FourLimbs(0, 0, 0, 0)) }
  @inlinable public static var one: Self { Self(form: Modulus.montgomeryOne) }

  @inlinable @inline(__always) public static func + (lhs: Self, rhs: Self) -> Self {
    // Below 2p < 2^256: no carry.
    reduced(lhs.form.adding(rhs.form).sum)
  }

  @inlinable @inline(__always) public static func - (lhs: Self, rhs: Self) -> Self {
    let (difference, borrow) = lhs.form.subtracting(rhs.form)
    return Self(form: difference.adding(Modulus.modulus.masked(0 &- borrow)).sum)
  }

  @inlinable @inline(__always) public static prefix func - (operand: Self) -> Self { .zero - operand }

  /// Montgomery multiplication, one limb of `rhs` at a time: t ← (t + lhs·rhs_i + m p)/2^64 with m making the low limb vanish.
  ///
  /// t stays below 2p, and by the bound on the top limb of p the two carries of a step add up within one limb
  /// (Koç, Acar, Kaliski, Analyzing and comparing Montgomery multiplication algorithms, IEEE Micro 1996, CIOS).
  @inlinable @inline(__always) public static func * (lhs: Self, rhs: Self) -> Self {
    let p = Modulus.modulus
    let a = lhs.form
    var t = FourLimbs(0, 0, 0, 0)
    @inline(__always) func step(_ b: UInt64) {
      var carry: UInt64 = 0
      let s0 = multiplyAdd(t.l0, a.l0, b, &carry)
      let s1 = multiplyAdd(t.l1, a.l1, b, &carry)
      let s2 = multiplyAdd(t.l2, a.l2, b, &carry)
      let s3 = multiplyAdd(t.l3, a.l3, b, &carry)
      let m = s0 &* Modulus.negatedInverse
      var reduction: UInt64 = 0
      _ = multiplyAdd(s0, m, p.l0, &reduction)
      t.l0 = multiplyAdd(s1, m, p.l1, &reduction)
      t.l1 = multiplyAdd(s2, m, p.l2, &reduction)
      t.l2 = multiplyAdd(s3, m, p.l3, &reduction)
      t.l3 = carry &+ reduction
    }
    step(rhs.form.l0)
    step(rhs.form.l1)
    step(rhs.form.l2)
    step(rhs.form.l3)
    return reduced(t)
  }

  /// value mod p for value < 2p. Without a branch: which case holds is unpredictable.
  @inlinable @inline(__always) static func reduced(_ value: FourLimbs) -> Self {
    let (difference, borrow) = value.subtracting(Modulus.modulus)
    return Self(form: difference.adding(Modulus.modulus.masked(0 &- borrow)).sum)
  }

  /// self^exponent. Not constant time.
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

  public func inverse() -> Self? {
    isZero ? nil : power(Modulus.modulus.subtracting(FourLimbs(2, 0, 0, 0)).difference)
  }
}

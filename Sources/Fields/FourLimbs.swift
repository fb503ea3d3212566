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

  /// The two lower and the two upper limbs. Carries in chunks of 128 bits compile to add-with-carry; limb by limb they became branches.
  @inlinable @inline(__always) var low: UInt128 { UInt128(truncatingIfNeeded: l1) &<< 64 | UInt128(truncatingIfNeeded: l0) }
  @inlinable @inline(__always) var high: UInt128 { UInt128(truncatingIfNeeded: l3) &<< 64 | UInt128(truncatingIfNeeded: l2) }
  @inlinable @inline(__always) init(low: UInt128, high: UInt128) {
    self.init(
      UInt64(truncatingIfNeeded: low), UInt64(truncatingIfNeeded: low &>> 64), UInt64(truncatingIfNeeded: high),
      UInt64(truncatingIfNeeded: high &>> 64))
  }

  /// self + other mod 2^256, and the carry.
  @inlinable @inline(__always) func adding(_ other: Self) -> (sum: Self, carry: UInt64) {
    let (lower, over) = low.addingReportingOverflow(other.low)
    let (upper, first) = high.addingReportingOverflow(other.high)
    let (carried, second) = upper.addingReportingOverflow(over ? 1 : 0)
    return (Self(low: lower, high: carried), (first ? 1 : 0) | (second ? 1 : 0))
  }

  /// self − other mod 2^256, and the borrow (1 when self < other).
  @inlinable @inline(__always) func subtracting(_ other: Self) -> (difference: Self, borrow: UInt64) {
    let (lower, under) = low.subtractingReportingOverflow(other.low)
    let (upper, first) = high.subtractingReportingOverflow(other.high)
    let (borrowed, second) = upper.subtractingReportingOverflow(under ? 1 : 0)
    return (Self(low: lower, high: borrowed), (first ? 1 : 0) | (second ? 1 : 0))
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
}

/// a + b·c + carry, which is below 2^128: returns the low word and leaves the high one in `carry`.
@inlinable @inline(__always) func multiplyAdd(_ a: UInt64, _ b: UInt64, _ c: UInt64, _ carry: inout UInt64) -> UInt64 {
  let product = UInt128(truncatingIfNeeded: b) &* UInt128(truncatingIfNeeded: c)
  let sum = product &+ UInt128(truncatingIfNeeded: a) &+ UInt128(truncatingIfNeeded: carry)
  carry = UInt64(truncatingIfNeeded: sum &>> 64)
  return UInt64(truncatingIfNeeded: sum)
}

// MARK: Montgomery arithmetic modulo an odd p

extension FourLimbs {
  /// carry·2^256 + self mod p, for a value below 2p. Without a branch: which case holds is unpredictable.
  @inlinable @inline(__always) func reduced(carry: UInt64, modulo p: Self) -> Self {
    let (difference, borrow) = subtracting(p)
    return difference.adding(p.masked(0 &- (borrow & ~carry))).sum
  }

  /// self·other/2^256 mod p, one limb of `other` at a time: t ← (t + self·other_i + m p)/2^64 with m making the low limb vanish.
  ///
  /// Right for self·other < p·2^256, e.g. when one factor is below p. t stays below 2p, so it has five limbs, the top one 0 or 1
  /// (Koç, Acar, Kaliski, Analyzing and comparing Montgomery multiplication algorithms, IEEE Micro 1996, CIOS).
  @inlinable @inline(__always) func montgomeryProduct(_ other: Self, modulus p: Self, negatedInverse: UInt64) -> Self {
    var t = FourLimbs(0, 0, 0, 0)
    var top: UInt64 = 0
    montgomeryStep(other.l0, &t, &top, p, negatedInverse)
    montgomeryStep(other.l1, &t, &top, p, negatedInverse)
    montgomeryStep(other.l2, &t, &top, p, negatedInverse)
    montgomeryStep(other.l3, &t, &top, p, negatedInverse)
    return t.reduced(carry: top, modulo: p)
  }

  @inlinable @inline(__always) func montgomeryStep(_ b: UInt64, _ t: inout Self, _ top: inout UInt64, _ p: Self, _ negatedInverse: UInt64) {
    var carry: UInt64 = 0
    let s0 = multiplyAdd(t.l0, l0, b, &carry)
    let s1 = multiplyAdd(t.l1, l1, b, &carry)
    let s2 = multiplyAdd(t.l2, l2, b, &carry)
    let s3 = multiplyAdd(t.l3, l3, b, &carry)
    let (s4, over) = carry.addingReportingOverflow(top)
    let m = s0 &* negatedInverse
    var reduction: UInt64 = 0
    _ = multiplyAdd(s0, m, p.l0, &reduction)
    t.l0 = multiplyAdd(s1, m, p.l1, &reduction)
    t.l1 = multiplyAdd(s2, m, p.l2, &reduction)
    t.l2 = multiplyAdd(s3, m, p.l3, &reduction)
    let (s5, overAgain) = s4.addingReportingOverflow(reduction)
    t.l3 = s5
    top = (over ? 1 : 0) &+ (overAgain ? 1 : 0)
  }
}

// MARK: Integers

extension FourLimbs {
  /// Bits without leading zeros; 0 for 0.
  var bitCount: Int {
    for index in stride(from: 3, through: 0, by: -1) where limb(index) != 0 { return 64 &* index &+ 64 &- limb(index).leadingZeroBitCount }
    return 0
  }

  /// Largest k such that 2^k divides this; 256 for 0.
  var trailingZeroBitCount: Int {
    for index in 0..<4 where limb(index) != 0 { return 64 &* index &+ limb(index).trailingZeroBitCount }
    return 256
  }

  /// ⌊self / 2^count⌋, 0 ≤ count ≤ 256.
  func shiftedRight(by count: Int) -> Self {
    var out = self
    for _ in 0..<(count &>> 6) { out = FourLimbs(out.l1, out.l2, out.l3, 0) }
    let down = UInt64(truncatingIfNeeded: count & 63)
    guard down > 0 else { return out }
    let up = 64 &- down
    return FourLimbs(
      out.l0 &>> down | out.l1 &<< up, out.l1 &>> down | out.l2 &<< up, out.l2 &>> down | out.l3 &<< up, out.l3 &>> down)
  }

  /// self mod 2^count.
  func lowBits(_ count: Int) -> Self {
    func limb(_ index: Int) -> UInt64 {
      let kept = count &- 64 &* index
      return kept <= 0 ? 0 : kept >= 64 ? self.limb(index) : self.limb(index) & ((1 &<< UInt64(truncatingIfNeeded: kept)) &- 1)
    }
    return FourLimbs(limb(0), limb(1), limb(2), limb(3))
  }

  /// Reads little-endian bytes; nil when a byte beyond the first 32 is not zero.
  init?(littleEndianBytes bytes: [UInt8]) {
    guard bytes.dropFirst(32).allSatisfy({ $0 == 0 }) else { return nil }
    func word(_ index: Int) -> UInt64 { bytes.dropFirst(8 &* index).prefix(8).reversed().reduce(0) { $0 &<< 8 | UInt64($1) } }
    self.init(word(0), word(1), word(2), word(3))
  }

  /// 32 little-endian bytes.
  var littleEndianBytes: [UInt8] {
    var bytes: [UInt8] = []
    appendLittleEndian(to: &bytes)
    return bytes
  }

  /// Appends 32 little-endian bytes.
  func appendLittleEndian(to bytes: inout [UInt8]) {
    bytes.append(addingCapacity: 32) { output in
      for index in 0..<4 {
        let limb = limb(index)
        for shift in stride(from: UInt64(0), to: 64, by: 8) { output.append(UInt8(truncatingIfNeeded: limb &>> shift)) }
      }
    }
  }
}

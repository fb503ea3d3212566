/// E = F[X]/(X² − 7) over Goldilocks, |E| ≈ 2^128: the challenge field of the opt-in profile P100.
///
/// 7 generates F*, so it is not a square and X² − 7 is irreducible.
@frozen public struct GoldilocksQuadratic: ChallengeField {
  public typealias Base = Goldilocks
  public typealias Mixed = GoldilocksQuadraticSum
  /// Coefficients of 1 and X.
  public var c0: Goldilocks
  public var c1: Goldilocks

  @inlinable @inline(__always) public init(_ c0: Goldilocks, _ c1: Goldilocks) {
    self.c0 = c0
    self.c1 = c1
  }
  @inlinable @inline(__always) public init(base: Goldilocks) { self.init(base, .zero) }
  public init(limbs: [Goldilocks]) {
    precondition(limbs.count == 2, "a quadratic extension element has two limbs")
    self.init(limbs[0], limbs[1])
  }

  @inlinable public static var degree: Int { 2 }
  @inlinable public static var zero: Self { Self(.zero, .zero) }
  @inlinable public static var one: Self { Self(.one, .zero) }
  @inlinable public func limb(_ index: Int) -> Goldilocks { index == 0 ? c0 : c1 }
  public static func basis(_ index: Int) -> Self { index == 0 ? .one : Self(.zero, .one) }

  @inlinable @inline(__always) public static func + (lhs: Self, rhs: Self) -> Self { Self(lhs.c0 + rhs.c0, lhs.c1 + rhs.c1) }
  @inlinable @inline(__always) public static func - (lhs: Self, rhs: Self) -> Self { Self(lhs.c0 - rhs.c0, lhs.c1 - rhs.c1) }
  @inlinable @inline(__always) public static prefix func - (operand: Self) -> Self { Self(-operand.c0, -operand.c1) }
  @inlinable @inline(__always) public static func * (lhs: Self, rhs: Self) -> Self {
    Self(lhs.c0 * rhs.c0 + Goldilocks(7) * (lhs.c1 * rhs.c1), lhs.c0 * rhs.c1 + lhs.c1 * rhs.c0)
  }
  @inlinable @inline(__always) public func scaled(by factor: Goldilocks) -> Self { Self(c0 * factor, c1 * factor) }
  @inlinable @inline(__always) public func adding(base summand: Goldilocks) -> Self { Self(c0 + summand, c1) }

  /// (a0 − a1 X)/(a0² − 7 a1²).
  public func inverse() -> Self? {
    guard let scale = (c0 * c0 - Goldilocks(7) * (c1 * c1)).inverse() else { return nil }
    return Self(c0 * scale, -(c1 * scale))
  }
}

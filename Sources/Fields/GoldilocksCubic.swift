/// E = F[X]/(X³ − 2) over Goldilocks, |E| ≈ 2^192: the challenge field of the default profile P128.
///
/// 2 is not a cube in F (p ≡ 1 mod 3 and 2^((p−1)/3) ≠ 1), so X³ − 2 is irreducible.
@frozen public struct GoldilocksCubic: ChallengeField {
  public typealias Base = Goldilocks
  public typealias Mixed = GoldilocksCubicSum
  public typealias Products = GoldilocksCubicProductSum
  /// Coefficients of 1, X, X².
  public var c0: Goldilocks
  public var c1: Goldilocks
  public var c2: Goldilocks

  @inlinable @inline(__always) public init(_ c0: Goldilocks, _ c1: Goldilocks, _ c2: Goldilocks) {
    self.c0 = c0
    self.c1 = c1
    self.c2 = c2
  }
  @inlinable @inline(__always) public init(base: Goldilocks) { self.init(base, .zero, .zero) }
  public init(limbs: [Goldilocks]) {
    precondition(limbs.count == 3, "a cubic extension element has three limbs")
    self.init(limbs[0], limbs[1], limbs[2])
  }

  @inlinable public static var degree: Int { 3 }
  @inlinable public static var zero: Self { Self(.zero, .zero, .zero) }
  @inlinable public static var one: Self { Self(.one, .zero, .zero) }
  @inlinable public func limb(_ index: Int) -> Goldilocks { index == 0 ? c0 : index == 1 ? c1 : c2 }
  public static func basis(_ index: Int) -> Self {
    Self(index == 0 ? .one : .zero, index == 1 ? .one : .zero, index == 2 ? .one : .zero)
  }

  @inlinable @inline(__always) public static func + (lhs: Self, rhs: Self) -> Self {
    Self(lhs.c0 + rhs.c0, lhs.c1 + rhs.c1, lhs.c2 + rhs.c2)
  }
  @inlinable @inline(__always) public static func - (lhs: Self, rhs: Self) -> Self {
    Self(lhs.c0 - rhs.c0, lhs.c1 - rhs.c1, lhs.c2 - rhs.c2)
  }
  @inlinable @inline(__always) public static prefix func - (operand: Self) -> Self { Self(-operand.c0, -operand.c1, -operand.c2) }

  @inlinable @inline(__always) public static func * (lhs: Self, rhs: Self) -> Self {
    // Three reductions instead of nine.
    var product = GoldilocksCubicProductSum()
    product.add(lhs, times: rhs)
    return product.value
  }
  @inlinable @inline(__always) public func scaled(by factor: Goldilocks) -> Self { Self(c0 * factor, c1 * factor, c2 * factor) }
  @inlinable @inline(__always) public func adding(base summand: Goldilocks) -> Self { Self(c0 + summand, c1, c2) }

  /// Adjugate over norm: t0 = a0² − 2 a1 a2, t1 = 2 a2² − a0 a1, t2 = a1² − a0 a2.
  public func inverse() -> Self? {
    let a1a2 = c1 * c2
    let t0 = c0 * c0 - a1a2 - a1a2
    let squared = c2 * c2
    let t1 = squared + squared - c0 * c1
    let t2 = c1 * c1 - c0 * c2
    let cross = c2 * t1 + c1 * t2
    guard let scale = (c0 * t0 + cross + cross).inverse() else { return nil }
    return Self(t0 * scale, t1 * scale, t2 * scale)
  }
}

/// What Montgomery arithmetic modulo an odd number p < 2^256 needs, prime or not; R = 2^256.
struct MontgomeryConstants: Hashable, Sendable {
  let modulus: FourLimbs
  /// −p^(−1) mod 2^64.
  let negatedInverse: UInt64
  /// R mod p.
  let one: FourLimbs
  /// R² mod p.
  let square: FourLimbs

  /// Nil unless p is odd and at least 3.
  init?(modulus p: FourLimbs) {
    guard p.l0 & 1 == 1, p.l0 > 1 || p.l1 | p.l2 | p.l3 != 0 else { return nil }
    modulus = p
    // Newton: x ← x(2 − p x) doubles the right bits; p·p ≡ 1 mod 8 gives the first three.
    var inverse = p.l0
    for _ in 0..<5 { inverse = inverse &* (2 &- p.l0 &* inverse) }
    negatedInverse = 0 &- inverse
    // 2^256 and 2^512 by doubling 1 modulo p.
    var power = FourLimbs(1, 0, 0, 0)
    var half = power
    for step in 0..<512 {
      if step == 256 { half = power }
      let (sum, carry) = power.adding(power)
      power = sum.reduced(carry: carry, modulo: p)
    }
    one = half
    square = power
  }

  /// a·b/R mod p.
  func product(_ a: FourLimbs, _ b: FourLimbs) -> FourLimbs {
    a.montgomeryProduct(b, modulus: modulus, negatedInverse: negatedInverse)
  }

  /// The form of an integer below 2^256.
  func form(of value: FourLimbs) -> FourLimbs { product(value, square) }

  /// The form of p − 1.
  var minusOne: FourLimbs { modulus.subtracting(one).difference }

  /// base^exponent in Montgomery form, by square and multiply. Not constant time.
  func power(_ base: FourLimbs, _ exponent: FourLimbs) -> FourLimbs {
    var result = one
    for bit in stride(from: exponent.bitCount &- 1, through: 0, by: -1) {
      result = product(result, result)
      if exponent.limb(bit &>> 6) &>> UInt64(truncatingIfNeeded: bit & 63) & 1 == 1 { result = product(result, base) }
    }
    return result
  }
}

import Hashing

/// A test of primality that prover and verifier repeat alike.
///
/// **Rule**: numbers below 2^20 by trial division; others by `baseCount` rounds of Miller–Rabin with bases derived from the number: base j
/// is the next acceptable draw of SHA256("zkmlops/primality/v1" | 32 bytes of p | u64le counter), counter = 0, 1, …, a draw being the
/// digest as a little-endian integer cut to the bits of p and acceptable in 2...p − 2.
///
/// **Error**: a prime always passes. At most a quarter of the bases of an odd composite are liars (Rabin 1980; Monier 1980), and ±1, which
/// are, are not drawn. With SHA-256 as a random oracle the bases of one number are independent and uniform, so a composite passes with
/// chance at most 4^(−128) = 2^(−256). Whoever searches among 2^128 numbers for one that passes succeeds with chance at most 2^(−128).
enum Primality {
  static let baseCount = 128

  static func isPrime(_ constants: MontgomeryConstants) -> Bool {
    let p = constants.modulus
    if p.bitCount <= 20 { return isSmallPrime(p.l0) }
    let predecessor = p.subtracting(FourLimbs(1, 0, 0, 0)).difference
    let twos = predecessor.trailingZeroBitCount
    let odd = predecessor.shiftedRight(by: twos)
    var bases = Bases(p)
    for _ in 0..<baseCount where !passes(bases.next(), constants, odd: odd, twos: twos) { return false }
    return true
  }

  /// Whether p is a strong probable prime to the base: base^odd = 1, or base^(odd·2^i) = −1 for some i < twos; p − 1 = odd·2^twos.
  static func passes(_ base: FourLimbs, _ constants: MontgomeryConstants, odd: FourLimbs, twos: Int) -> Bool {
    var x = constants.power(constants.form(of: base), odd)
    if x == constants.one || x == constants.minusOne { return true }
    for _ in 1..<max(1, twos) {
      x = constants.product(x, x)
      if x == constants.minusOne { return true }
    }
    return false
  }

  private static func isSmallPrime(_ p: UInt64) -> Bool {
    guard p > 2 else { return p == 2 }
    var divisor: UInt64 = 2
    while divisor &* divisor <= p {
      if p % divisor == 0 { return false }
      divisor &+= 1
    }
    return true
  }

  /// The bases of p > 4, in order.
  private struct Bases {
    let p: FourLimbs
    var counter: UInt64 = 0

    init(_ p: FourLimbs) { self.p = p }

    mutating func next() -> FourLimbs {
      let last = p.subtracting(FourLimbs(1, 0, 0, 0)).difference
      while true {
        var message = Array("zkmlops/primality/v1".utf8) + p.littleEndianBytes
        for shift in stride(from: UInt64(0), to: 64, by: 8) { message.append(UInt8(truncatingIfNeeded: counter &>> shift)) }
        counter &+= 1
        guard let number = FourLimbs(littleEndianBytes: SHA256.hash(message).bytes) else { continue }
        let drawn = number.lowBits(p.bitCount)
        if drawn.bitCount > 1, drawn.subtracting(last).borrow == 1 { return drawn }
      }
    }
  }
}

import Hashing

/// A prime of at most 256 bits, checked, with everything that arithmetic modulo it needs. `withModulus` puts it in force for
/// `RuntimePrimeField`.
public struct RuntimePrime: Hashable, Sendable {
  /// A known prime's name, e.g. `bls12-381`; else `prime-` and the first 16 hexadecimal digits of SHA-256 over `modulusBytes`. For
  /// messages: commitments and transcripts bind `modulusBytes` beside it.
  public let name: String
  /// Largest k such that 2^k divides p − 1.
  public let twoAdicity: Int
  /// The least positive quadratic non-residue: `PrimeField.generator`.
  public let nonResidue: UInt64
  /// log2(p), rounded down, less than 10^−11 below the true value.
  public let log2Modulus: Double
  let montgomery: MontgomeryConstants

  /// Checks a modulus, little-endian bytes; zeros above the number do not matter.
  ///
  /// Takes about a millisecond for a prime of 256 bits. **Throws** `RuntimePrimeError.tooWide`, `.tooSmall`, `.even`, `.composite`.
  /// `Primality` gives the rule and its error.
  public init(modulusBytes bytes: [UInt8]) throws(RuntimePrimeError) {
    guard let p = FourLimbs(littleEndianBytes: bytes) else { throw .tooWide(bits: Self.bitCount(bytes)) }
    guard p.bitCount > 1 else { throw .tooSmall }
    guard p.l0 & 1 == 1, let constants = MontgomeryConstants(modulus: p) else { throw .even }
    guard Primality.isPrime(constants) else { throw .composite(modulus: Self.hexadecimal(p)) }
    montgomery = constants
    twoAdicity = p.subtracting(FourLimbs(1, 0, 0, 0)).difference.trailingZeroBitCount
    log2Modulus = Self.log2(p)
    name = KnownPrimes.names[p] ?? "prime-" + SHA256.hash(p.littleEndianBytes).bytes.prefix(8).map(Self.hexadecimal).joined()
    guard let found = Self.leastNonResidue(constants) else { throw .composite(modulus: Self.hexadecimal(p)) }
    nonResidue = found
  }

  /// p as 32 little-endian bytes.
  public var modulusBytes: [UInt8] { modulus.littleEndianBytes }
  /// Bits of p.
  public var bitCount: Int { modulus.bitCount }
  /// p as `0x` and hexadecimal digits.
  public var hexadecimal: String { Self.hexadecimal(modulus) }
  var modulus: FourLimbs { montgomery.modulus }

  /// The least g with g^((p−1)/2) = −1. The extended Riemann hypothesis puts it below 2·ln(p)² < 2^17 (Bach 1990), and a number that has
  /// none there is refused, so the search ends.
  private static func leastNonResidue(_ constants: MontgomeryConstants) -> UInt64? {
    let half = constants.modulus.shiftedRight(by: 1)
    for candidate in 2..<(1 &<< 17) as Range<UInt64> {
      let value = FourLimbs(candidate, 0, 0, 0)
      guard value.subtracting(constants.modulus).borrow == 1 else { return nil }
      if constants.power(constants.form(of: value), half) == constants.minusOne { return candidate }
    }
    return nil
  }

  /// log2 by repeated squaring of a significand of 64 bits, every step rounded down; 40 bits after the point.
  private static func log2(_ p: FourLimbs) -> Double {
    let bits = p.bitCount
    var significand = bits > 64 ? p.shiftedRight(by: bits &- 64).l0 : p.l0 &<< UInt64(truncatingIfNeeded: 64 &- bits)
    var fraction: UInt64 = 0
    for _ in 0..<40 {
      // significand/2^63 in [1, 2); its square is in [1, 4).
      let (high, low) = significand.multipliedFullWidth(by: significand)
      let isTwo = high &>> 63 == 1
      significand = isTwo ? high : high &<< 1 | low &>> 63
      fraction = fraction &<< 1 | (isTwo ? 1 : 0)
    }
    return Double(bits &- 1) + Double(fraction) / Double(1 &<< 40 as UInt64)
  }

  private static func bitCount(_ bytes: [UInt8]) -> Int {
    let trimmed = bytes.reversed().drop { $0 == 0 }
    return 8 &* trimmed.count &- (trimmed.first?.leadingZeroBitCount ?? 0)
  }

  private static func hexadecimal(_ value: FourLimbs) -> String {
    let digits = value.littleEndianBytes.reversed().map(Self.hexadecimal).joined().drop { $0 == "0" }
    return "0x" + (digits.isEmpty ? "0" : digits)
  }

  private static func hexadecimal(_ byte: UInt8) -> String {
    String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
  }
}

/// Why a modulus cannot be used.
public enum RuntimePrimeError: Error, Equatable, Sendable {
  /// More than 256 bits.
  case tooWide(bits: Int)
  /// 0 or 1.
  case tooSmall
  case even
  /// Not a prime; the modulus in hexadecimal.
  case composite(modulus: String)
  /// `withModulus` inside of a scope of another prime on the same thread; both names.
  case nested(inForce: String, requested: String)
}

extension RuntimePrimeError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .tooWide(let bits): "the modulus has \(bits) bits; at most 256 are supported"
    case .tooSmall: "the modulus is 0 or 1"
    case .even: "the modulus is even"
    case .composite(let modulus): "the modulus \(modulus) is not a prime"
    case .nested(let inForce, let requested): "the prime \(requested) cannot be put in force while \(inForce) is"
    }
  }
}

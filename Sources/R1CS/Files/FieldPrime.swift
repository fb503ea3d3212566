import Fields
import Hashing

/// The modulus of a field as files state it: any odd integer above 2, known by name or not.
///
/// Whether it is prime is not tested: a proof needs a field type, and only known primes have one.
public struct FieldPrime: Hashable, Sendable {
  /// Little-endian, without zero bytes at the high end.
  public let littleEndianBytes: [UInt8]

  /// The integer of these little-endian bytes.
  public init(littleEndian bytes: some Sequence<UInt8>) {
    var trimmed = Array(bytes)
    while trimmed.last == 0 { trimmed.removeLast() }
    littleEndianBytes = trimmed
  }

  /// The modulus of a field type.
  public init<F: PrimeField>(of field: F.Type) { self.init(littleEndian: F.modulusBytes) }

  /// The integer of up to 64 hexadecimal digits per 32 bytes, most significant first; nil for other characters.
  init?(hexadecimalDigits text: StaticString) {
    var nibbles: [UInt8] = []
    for character in text.description.utf8.reversed() {
      switch character {
      case 0x30...0x39: nibbles.append(character &- 0x30)
      case 0x61...0x66: nibbles.append(character &- 0x57)
      default: return nil
      }
    }
    if nibbles.count & 1 == 1 { nibbles.append(0) }
    self.init(littleEndian: stride(from: 0, to: nibbles.count, by: 2).map { nibbles[$0] | nibbles[$0 &+ 1] &<< 4 })
  }

  /// ⌊p / 2^(64·index)⌋ mod 2^64, index ≥ 0.
  func word(_ index: Int) -> UInt64 { littleEndianBytes.dropFirst(8 &* index).prefix(8).reversed().reduce(0) { $0 &<< 8 | UInt64($1) } }

  /// Bits of p: p < 2^bitCount.
  public var bitCount: Int {
    guard let top = littleEndianBytes.last else { return 0 }
    return littleEndianBytes.count &* 8 &- top.leadingZeroBitCount
  }

  /// `0x` and the hexadecimal digits, most significant first, without leading zeros.
  public var hex: String {
    let digits = hexadecimal(littleEndianBytes.reversed()).drop { $0 == "0" }
    return "0x" + (digits.isEmpty ? "0" : digits)
  }

  /// The field's name, as `KnownPrime` has it.
  public var name: String? { KnownPrime.all.first { $0.prime == self }?.name }

  var isOddAndAboveTwo: Bool { bitCount > 1 && littleEndianBytes.first.map { $0 & 1 == 1 } == true }
}

extension FieldPrime: CustomStringConvertible {
  /// The name, or the hexadecimal digits.
  public var description: String { name ?? hex }
}

/// Primes that arithmetic circuits are written over.
///
/// Curves stand for their scalar field, the field of the circuits proved over them, with one exception that circom set: its `pallas`
/// and `vesta` are the fields that these curves are defined over. (`pallas` therefore is the scalar field of Vesta, and the reverse.)
public struct KnownPrime: Hashable, Sendable {
  public let name: String
  /// The name that circom's `--prime` takes; nil when it has none.
  public let circomName: String?
  public let prime: FieldPrime

  init?(_ name: String, circom: String? = nil, _ digits: StaticString) {
    guard let prime = FieldPrime(hexadecimalDigits: digits) else { return nil }
    self.name = name
    self.circomName = circom
    self.prime = prime
  }

  /// Every prime with a name. Sources: circom 2.2 `--prime`; SEC 2 for secp256k1 and secp256r1; RFC 8032 for ed25519.
  public static let all: [KnownPrime] = [
    KnownPrime("goldilocks", circom: "goldilocks", "ffffffff00000001"),
    KnownPrime("bn254", circom: "bn128", "30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000001"),
    KnownPrime("bls12-381", circom: "bls12381", "73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001"),
    KnownPrime("bls12-377", circom: "bls12377", "12ab655e9a2ca55660b44d1e5c37b00159aa76fed00000010a11800000000001"),
    KnownPrime("pallas", circom: "pallas", "40000000000000000000000000000000224698fc094cf91b992d30ed00000001"),
    KnownPrime("vesta", circom: "vesta", "40000000000000000000000000000000224698fc0994a8dd8c46eb2100000001"),
    // The base field of BN254.
    KnownPrime("grumpkin", circom: "grumpkin", "30644e72e131a029b85045b68181585d97816a916871ca8d3c208c16d87cfd47"),
    // The base field of secp256r1, which is the scalar field of the curve with both fields exchanged.
    KnownPrime("secq256r1", circom: "secq256r1", "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff"),
    KnownPrime("secp256r1", "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551"),
    KnownPrime("secp256k1", "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141"),
    KnownPrime("secp256k1-base", "fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2f"),
    KnownPrime("ed25519", "1000000000000000000000000000000014def9dea2f79cd65812631a5cf5d3ed"),
    KnownPrime("curve25519-base", "7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffed"),
    KnownPrime("stark252", "800000000000011000000000000000000000000000000000000000000000001"),
    KnownPrime("p224-base", "ffffffffffffffffffffffffffffffff000000000000000000000001"),
    KnownPrime("babyjubjub", "60c89ce5c263405370a08b6d0302b0bab3eedb83920ee0a677297dc392126f1"),
    KnownPrime("jubjub", "e7db4ea6533afa906673b0101343b00a6682093ccc81082d0970e5ed6f72cb7"),
    KnownPrime("mersenne61", "1fffffffffffffff"),
    KnownPrime("mersenne31", "7fffffff"),
    KnownPrime("babybear", "78000001"),
    KnownPrime("koalabear", "7f000001"),
  ].compactMap { $0 }
}

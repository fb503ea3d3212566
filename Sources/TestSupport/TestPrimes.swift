public import Fields

/// Moduli of tests, in hexadecimal.
public enum TestPrimes {
  public static let bn254 = "30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000001"
  public static let bls12381 = "73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001"
  public static let bls12377 = "12ab655e9a2ca55660b44d1e5c37b00159aa76fed00000010a11800000000001"
  /// The scalar field of Vesta, circom's `pallas`.
  public static let pallas = "40000000000000000000000000000000224698fc094cf91b992d30ed00000001"
  /// The scalar field of Pallas, circom's `vesta`.
  public static let vesta = "40000000000000000000000000000000224698fc0994a8dd8c46eb2100000001"
  public static let stark252 = "800000000000011000000000000000000000000000000000000000000000001"
  public static let secp256k1 = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141"
  public static let grumpkin = "30644e72e131a029b85045b68181585d97816a916871ca8d3c208c16d87cfd47"
  /// Of 200 bits, two-adicity 23; random like the next ones.
  public static let random200 = "a87af8403be62e8f31e73e3d54f34067acae2e3c70b2800001"
  /// Of 256 bits, two-adicity 40.
  public static let random256 = "ca6297c79a46e5bf5f5d7edc26c16a79b2adb897c7384c9beddab10000000001"
  /// Of 256 bits, two-adicity 14.
  public static let shallow256 = "b7a0f8990adecc39684b96653f4f6c7b68987de7f97b0f602e7bb7056dc54001"
  /// Of 255 bits, two-adicity 12.
  public static let shallow255 = "60fe50061a6d4b61d5a1b790da3dc8934c37d1cc2b7a9af23b71b8b31727f001"
  /// Of 160 bits, two-adicity 30.
  public static let random160 = "b57f1f0be69e16eda56b40e47dff75c4c0000001"
  /// Of 142 bits, two-adicity 20.
  public static let random142 = "21ff5d56968de89184fefdb24b6051b00001"
  /// 2^256 − 189, the greatest prime of 256 bits.
  public static let greatest = "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff43"

  /// Little-endian bytes of hexadecimal digits.
  public static func bytes(_ hexadecimal: String) -> [UInt8] {
    let digits = hexadecimal.reversed().map { UInt8($0.hexDigitValue ?? 0) }
    return stride(from: 0, to: digits.count, by: 2).map { digits[$0] | ($0 + 1 < digits.count ? digits[$0 + 1] << 4 : 0) }
  }

  public static func prime(_ hexadecimal: String) throws(RuntimePrimeError) -> RuntimePrime {
    try RuntimePrime(modulusBytes: bytes(hexadecimal))
  }
}

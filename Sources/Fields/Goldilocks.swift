/// The Goldilocks field F = Z/p, p = 2^64 − 2^32 + 1.
///
/// 7 generates F*; the two-adicity is 32. Elements are always canonical: `value` in [0, p).
/// Reduction uses 2^64 ≡ 2^32 − 1 and 2^96 ≡ −1 (design 2, section 6.1).
@frozen public struct Goldilocks: PrimeField {
  /// In [0, p).
  public var value: UInt64

  public static let modulus: UInt64 = 0xFFFF_FFFF_0000_0001
  /// 2^64 mod p = 2^32 − 1.
  @usableFromInline static var epsilon: UInt64 { 0xFFFF_FFFF }

  @inlinable @inline(__always) init(unchecked value: UInt64) { self.value = value }
  @inlinable @inline(__always) public init(_ value: UInt64) {
    self.value = value >= 0xFFFF_FFFF_0000_0001 ? value &- 0xFFFF_FFFF_0000_0001 : value
  }

  @inlinable public static var zero: Self { Self(unchecked: 0) }
  @inlinable public static var one: Self { Self(unchecked: 1) }
  @inlinable public static var name: String { "goldilocks" }
  @inlinable public static var byteCount: Int { 8 }
  @inlinable public static var modulusBitCount: Int { 64 }
  public static var modulusBytes: [UInt8] { [1, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF] }
  @inlinable public static var twoAdicity: Int { 32 }
  @inlinable public static var generator: UInt64 { 7 }
  @inlinable public static var log2Modulus: Double { 63.999999999664 }

  @inlinable @inline(__always) public static func + (lhs: Self, rhs: Self) -> Self {
    let (sum, carry) = lhs.value.addingReportingOverflow(rhs.value)
    // sum < 2p: one conditional subtraction, done modulo 2^64.
    return Self(unchecked: carry || sum >= 0xFFFF_FFFF_0000_0001 ? sum &- 0xFFFF_FFFF_0000_0001 : sum)
  }

  @inlinable @inline(__always) public static func - (lhs: Self, rhs: Self) -> Self {
    let (difference, borrow) = lhs.value.subtractingReportingOverflow(rhs.value)
    return Self(unchecked: borrow ? difference &+ 0xFFFF_FFFF_0000_0001 : difference)
  }

  @inlinable @inline(__always) public static prefix func - (operand: Self) -> Self {
    Self(unchecked: operand.value == 0 ? 0 : 0xFFFF_FFFF_0000_0001 &- operand.value)
  }

  @inlinable @inline(__always) public static func * (lhs: Self, rhs: Self) -> Self {
    let product = lhs.value.multipliedFullWidth(by: rhs.value)
    return reduce(high: product.high, low: product.low)
  }

  /// high·2^64 + low mod p, canonical, for any two words.
  @inlinable @inline(__always) public static func reduce(high: UInt64, low: UInt64) -> Self {
    let upper = high >> 32
    let lower = high & 0xFFFF_FFFF
    // low − upper (2^96 ≡ −1); a borrow means 2^64 too much, i.e. subtract 2^32 − 1.
    var (result, borrow) = low.subtractingReportingOverflow(upper)
    if borrow { result = result &- 0xFFFF_FFFF }
    // + lower·(2^32 − 1); a carry adds 2^64 ≡ 2^32 − 1.
    let (sum, carry) = result.addingReportingOverflow((lower << 32) &- lower)
    return Self(carry ? sum &+ 0xFFFF_FFFF : sum)
  }

  public func inverse() -> Self? { isZero ? nil : power(Self.modulus &- 2) }

  public static func rootOfUnity(log2Order: Int) -> Self? {
    guard log2Order >= 0, log2Order <= twoAdicity else { return nil }
    return Self(7).power((modulus &- 1) >> UInt64(log2Order))
  }

  public init?(canonicalBytes bytes: [UInt8], at offset: Int) {
    guard offset >= 0, offset <= bytes.count, bytes.count &- offset >= 8 else { return nil }
    self.init(canonicalBytes: bytes[offset..<(offset &+ 8)])
  }

  public init?(canonicalBytes bytes: ArraySlice<UInt8>) {
    guard bytes.count == 8 else { return nil }
    var word: UInt64 = 0
    for byte in bytes.reversed() { word = word << 8 | UInt64(byte) }
    guard word < Self.modulus else { return nil }
    value = word
  }

  public func appendBytes(to bytes: inout [UInt8]) {
    var word = value
    for _ in 0..<8 {
      bytes.append(UInt8(truncatingIfNeeded: word))
      word >>= 8
    }
  }

  @inlinable public static var wordsPerDraw: Int { 1 }
  public init?(words: [UInt64]) {
    guard let word = words.first, word < Self.modulus else { return nil }
    value = word
  }

  @inlinable public var signedInteger: Int64? {
    value > Self.modulus >> 1 ? -Int64(truncatingIfNeeded: Self.modulus &- value) : Int64(truncatingIfNeeded: value)
  }
}

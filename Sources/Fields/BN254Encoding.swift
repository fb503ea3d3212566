/// Constants, encodings and the challenge-field side of `MontgomeryField`.

extension MontgomeryField {
  @inlinable public static var name: String { Modulus.name }
  @inlinable public static var byteCount: Int { 32 }
  @inlinable public static var modulusBitCount: Int { Modulus.bitCount }
  public static var modulusBytes: [UInt8] {
    var bytes: [UInt8] = []
    append(Modulus.modulus, to: &bytes)
    return bytes
  }
  @inlinable public static var twoAdicity: Int { Modulus.twoAdicity }
  @inlinable public static var generator: UInt64 { Modulus.generator }
  @inlinable public static var log2Modulus: Double { Modulus.log2Modulus }

  public static func rootOfUnity(log2Order: Int) -> Self? {
    guard log2Order >= 0, log2Order <= twoAdicity, log2Order < 64 else { return nil }
    let order = Modulus.modulus.subtracting(FourLimbs(1, 0, 0, 0)).difference
    return Self(generator).power(order.shiftedRight(UInt64(log2Order)))
  }

  // MARK: Encoding

  public init?(canonicalBytes bytes: [UInt8], at offset: Int) {
    guard offset >= 0, offset <= bytes.count, bytes.count &- offset >= 32 else { return nil }
    self.init(canonicalBytes: bytes[offset..<(offset &+ 32)])
  }

  public init?(canonicalBytes bytes: ArraySlice<UInt8>) {
    guard bytes.count == 32 else { return nil }
    let start = bytes.startIndex
    func word(_ index: Int) -> UInt64 {
      bytes[(start &+ 8 &* index)..<(start &+ 8 &* index &+ 8)].reversed().reduce(0) { $0 &<< 8 | UInt64($1) }
    }
    self.init(canonical: FourLimbs(word(0), word(1), word(2), word(3)))
  }

  public func appendBytes(to bytes: inout [UInt8]) { Self.append(canonical, to: &bytes) }

  private static func append(_ value: FourLimbs, to bytes: inout [UInt8]) {
    for index in 0..<4 {
      let limb = value.limb(index)
      for shift in stride(from: UInt64(0), to: 64, by: 8) { bytes.append(UInt8(truncatingIfNeeded: limb &>> shift)) }
    }
  }

  /// Four words, the lowest first; the bits above `modulusBitCount` are cleared, and an integer that is not below p is rejected.
  public init?(words: [UInt64]) {
    guard words.count == 4 else { return nil }
    let spare = UInt64(truncatingIfNeeded: 256 &- Modulus.bitCount)
    self.init(canonical: FourLimbs(words[0], words[1], words[2], words[3] & (UInt64.max &>> spare)))
  }
  @inlinable public static var wordsPerDraw: Int { 4 }

  public var signedInteger: Int64? {
    let value = canonical
    if value.l1 | value.l2 | value.l3 == 0 { return Int64(exactly: value.l0) }
    let negated = (-self).canonical
    guard negated.l1 | negated.l2 | negated.l3 == 0, negated.l0 <= 1 &<< 63 else { return nil }
    return Int64(truncatingIfNeeded: 0 &- negated.l0)
  }

  // MARK: The challenge field of degree 1

  @inlinable public static var degree: Int { 1 }
  @inlinable @inline(__always) public init(base: Self) { self = base }
  public init(limbs: [Self]) {
    precondition(limbs.count == 1, "an element of degree 1 has one limb")
    self = limbs[0]
  }
  @inlinable @inline(__always) public func limb(_ index: Int) -> Self { self }
  @inlinable public static func basis(_ index: Int) -> Self { .one }
  @inlinable @inline(__always) public func scaled(by factor: Self) -> Self { self * factor }
  @inlinable @inline(__always) public func adding(base summand: Self) -> Self { self + summand }
}

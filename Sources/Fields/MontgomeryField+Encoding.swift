/// Constants, encodings and the challenge-field side of `MontgomeryField`.

extension MontgomeryField {
  @inlinable public static var name: String { Modulus.name }
  @inlinable public static var byteCount: Int { 32 }
  @inlinable public static var modulusBitCount: Int { Modulus.bitCount }
  public static var modulusBytes: [UInt8] { Modulus.modulus.littleEndianBytes }
  @inlinable public static var twoAdicity: Int { Modulus.twoAdicity }
  @inlinable public static var generator: UInt64 { Modulus.generator }
  @inlinable public static var log2Modulus: Double { Modulus.log2Modulus }

  @_specialize(where Modulus == BN254ScalarModulus)
  public static func rootOfUnity(log2Order: Int) -> Self? {
    guard log2Order >= 0, log2Order <= twoAdicity else { return nil }
    let order = Modulus.modulus.subtracting(FourLimbs(1, 0, 0, 0)).difference
    return Self(generator).power(order.shiftedRight(by: log2Order))
  }

  // MARK: Encoding

  @_specialize(where Modulus == BN254ScalarModulus)
  public init?(canonicalBytes bytes: [UInt8], at offset: Int) {
    guard offset >= 0, offset <= bytes.count, bytes.count &- offset >= 32 else { return nil }
    self.init(canonicalBytes: bytes[offset..<(offset &+ 32)])
  }

  @_specialize(where Modulus == BN254ScalarModulus)
  public init?(canonicalBytes bytes: ArraySlice<UInt8>) {
    guard bytes.count == 32 else { return nil }
    let start = bytes.startIndex
    self.init(
      canonical: FourLimbs(
        littleEndianWord(bytes, at: start), littleEndianWord(bytes, at: start &+ 8), littleEndianWord(bytes, at: start &+ 16),
        littleEndianWord(bytes, at: start &+ 24)))
  }

  @_specialize(where Modulus == BN254ScalarModulus)
  public func appendBytes(to bytes: inout [UInt8]) { canonical.appendLittleEndian(to: &bytes) }

  /// Four words, the lowest first; the bits above `modulusBitCount` are cleared, and an integer that is not below p is rejected.
  @_specialize(where Modulus == BN254ScalarModulus)
  public init?(words: [UInt64]) {
    guard words.count == 4 else { return nil }
    self.init(canonical: FourLimbs(words[0], words[1], words[2], words[3]).lowBits(Modulus.bitCount))
  }
  @inlinable public static var wordsPerDraw: Int { 4 }

  public var signedInteger: Int64? {
    let value = canonical
    let negated = Modulus.modulus.subtracting(value).difference
    // The absolutely smaller of the two representatives.
    if value.subtracting(negated).borrow == 1 { return value.l1 | value.l2 | value.l3 == 0 ? Int64(exactly: value.l0) : nil }
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

/// The 8 bytes from `index` on; they are within the slice.
@inline(__always) private func littleEndianWord(_ bytes: ArraySlice<UInt8>, at index: Int) -> UInt64 {
  var word = UInt64(bytes[index])
  word |= UInt64(bytes[index &+ 1]) &<< 8
  word |= UInt64(bytes[index &+ 2]) &<< 16
  word |= UInt64(bytes[index &+ 3]) &<< 24
  word |= UInt64(bytes[index &+ 4]) &<< 32
  word |= UInt64(bytes[index &+ 5]) &<< 40
  word |= UInt64(bytes[index &+ 6]) &<< 48
  return word | UInt64(bytes[index &+ 7]) &<< 56
}

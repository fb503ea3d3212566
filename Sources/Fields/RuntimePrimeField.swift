/// Z/p for the prime that `RuntimePrime.withModulus` puts in force: any odd prime below 2^256, of which the engine carries those with
/// enough two-adicity and size. It is its own challenge field, of degree 1.
///
/// > Warning: an element means something inside the scope that made it, and nowhere else. Elements, statements and commitments do not
/// > outlive their scope except as bytes. Reading, drawing or describing elements outside of any scope is a programming error (trap).
@frozen public struct RuntimePrimeField: PrimeField, ChallengeField {
  public typealias Base = Self

  @usableFromInline var element: MontgomeryField<RuntimeModulus>

  @inlinable @inline(__always) init(_ element: MontgomeryField<RuntimeModulus>) { self.element = element }

  public init(_ value: UInt64) { element = MontgomeryField(value) }
  public init(signed value: Int64) { element = MontgomeryField(signed: value) }

  @inlinable @inline(__always) public static var zero: Self { Self(.zero) }
  @inlinable public static var one: Self { Self(.one) }
  @inlinable @inline(__always) public static func + (lhs: Self, rhs: Self) -> Self { Self(lhs.element + rhs.element) }
  @inlinable @inline(__always) public static func - (lhs: Self, rhs: Self) -> Self { Self(lhs.element - rhs.element) }
  @inlinable @inline(__always) public static func * (lhs: Self, rhs: Self) -> Self { Self(lhs.element * rhs.element) }
  @inlinable @inline(__always) public static prefix func - (operand: Self) -> Self { Self(-operand.element) }
  @inlinable @inline(__always) public static func == (lhs: Self, rhs: Self) -> Bool { lhs.element == rhs.element }
  public func hash(into hasher: inout Hasher) { element.hash(into: &hasher) }
  public func inverse() -> Self? { element.inverse().map(Self.init) }

  /// Traps outside of a scope: there the arithmetic has no meaning, and a draw would never end.
  private static func requireModulus() {
    precondition(RuntimeModulus.bitCount > 0, "no prime is in force: use RuntimePrime.withModulus")
  }

  // MARK: Constants

  public static var name: String {
    requireModulus()
    return RuntimeModulus.name
  }
  @inlinable public static var byteCount: Int { 32 }
  public static var modulusBitCount: Int { RuntimeModulus.bitCount }
  public static var modulusBytes: [UInt8] {
    requireModulus()
    return MontgomeryField<RuntimeModulus>.modulusBytes
  }
  public static var twoAdicity: Int { RuntimeModulus.twoAdicity }
  /// The least positive quadratic non-residue.
  public static var generator: UInt64 { RuntimeModulus.generator }
  public static var log2Modulus: Double { RuntimeModulus.log2Modulus }

  public static func rootOfUnity(log2Order: Int) -> Self? {
    requireModulus()
    return MontgomeryField.rootOfUnity(log2Order: log2Order).map(Self.init)
  }

  // MARK: Encoding

  public init?(canonicalBytes bytes: [UInt8], at offset: Int) {
    Self.requireModulus()
    guard let element = MontgomeryField<RuntimeModulus>(canonicalBytes: bytes, at: offset) else { return nil }
    self.element = element
  }
  public init?(canonicalBytes bytes: ArraySlice<UInt8>) {
    Self.requireModulus()
    guard let element = MontgomeryField<RuntimeModulus>(canonicalBytes: bytes) else { return nil }
    self.element = element
  }
  public func appendBytes(to bytes: inout [UInt8]) { element.appendBytes(to: &bytes) }
  /// The representative in [0, p).
  @inlinable public var canonical: FourLimbs { element.canonical }

  /// Four words, the lowest first; the bits above `modulusBitCount` are cleared, and an integer that is not below p is rejected.
  public init?(words: [UInt64]) {
    Self.requireModulus()
    guard let element = MontgomeryField<RuntimeModulus>(words: words) else { return nil }
    self.element = element
  }
  @inlinable public static var wordsPerDraw: Int { 4 }
  public var signedInteger: Int64? { element.signedInteger }

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

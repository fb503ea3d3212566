import Fields
import TestSupport
import Testing

@Suite struct GoldilocksTests {
  static let p = Goldilocks.modulus

  @Test func knownAnswersOfTheSpecification() throws {
    let section = try SpecVectors.load().field
    #expect(section.modulus.value == Goldilocks.modulus)
    #expect(section.generator == Goldilocks.generator)
    #expect(Goldilocks.rootOfUnity(log2Order: 32)?.value == section.rootOfOrder2To32.value)
    #expect(Set(section.cases.map(\.degree)) == [2, 3])
    for example in section.cases {
      switch example.degree {
      case 2: check(example, GoldilocksQuadratic.self)
      default: check(example, GoldilocksCubic.self)
      }
    }
  }

  private func check<E: ChallengeField>(_ example: SpecVectors.FieldSection.Case, _ type: E.Type) where E.Base == Goldilocks {
    func element(_ limbs: [Limb]) -> E { E(limbs: limbs.map { Goldilocks($0.value) }) }
    let (a, b) = (element(example.a), element(example.b))
    #expect(a + b == element(example.sum))
    #expect(a * b == element(example.product))
    #expect(a.inverse() == element(example.inverseOfA))
  }

  /// Reduction of extreme words against 128-bit division.
  @Test func reductionOfAnyTwoWords() {
    let p = UInt128(Goldilocks.modulus)
    var generator = SeededGenerator(seed: 5)
    let special: [UInt64] = [
      0, 1, 2, 0xFFFF_FFFE, 0xFFFF_FFFF, 1 << 32, (1 << 32) + 1, 1 << 63, .max, .max - 1, Self.p, Self.p - 1, Self.p + 1, 0xFFFF_FFFF_0000_0000,
      0xFFFF_FFFE_FFFF_FFFF,
    ]
    let words = special + (0..<40).map { _ in generator.next() }
    for high in words {
      for low in words {
        #expect(UInt128(Goldilocks.reduce(high: high, low: low).value) == (UInt128(high) << 64 | UInt128(low)) % p)
        let (a, b) = (Goldilocks(high), Goldilocks(low))
        #expect(a.value == high % Self.p)
        #expect(UInt128((a + b).value) == (UInt128(high) + UInt128(low)) % p)
        #expect(UInt128((a - b).value) == (UInt128(a.value) + p - UInt128(b.value)) % p)
        #expect(UInt128((a * b).value) == UInt128(a.value) * UInt128(b.value) % p)
      }
    }
  }

  @Test func sevenGeneratesTheMultiplicativeGroup() {
    let factors: [UInt64] = [2, 3, 5, 17, 257, 65537]
    #expect((1 << 32) * (factors.reduce(1, *) / 2) == Self.p - 1)
    for q in factors { #expect(Goldilocks(7).power((Self.p - 1) / q) != .one) }
    #expect(Goldilocks(7).power(Self.p - 1) == .one)
  }

  @Test func theExtensionsAreFields() {
    // X² − 7: 7 is no square. X³ − 2: p ≡ 1 mod 3 and 2 is no cube.
    #expect(Goldilocks(7).power((Self.p - 1) / 2) == -.one)
    #expect(Self.p % 3 == 1)
    #expect(Goldilocks(2).power((Self.p - 1) / 3) != .one)
    #expect(GoldilocksQuadratic.basis(1) * GoldilocksQuadratic.basis(1) == GoldilocksQuadratic(7))
    #expect(GoldilocksCubic.basis(1).power(3) == GoldilocksCubic(2))
    // The Frobenius map has order e and fixes the base field only.
    let (x, y) = (GoldilocksCubic.basis(1), GoldilocksQuadratic.basis(1))
    #expect(x.power(Self.p) != x && x.power(Self.p).power(Self.p).power(Self.p) == x)
    #expect(y.power(Self.p) == -y)
  }

  @Test func nonCanonicalBytesAreRejected() {
    for value in [Self.p, Self.p + 1, .max] {
      var bytes: [UInt8] = []
      for shift in stride(from: UInt64(0), to: 64, by: 8) { bytes.append(UInt8(truncatingIfNeeded: value >> shift)) }
      #expect(Goldilocks(canonicalBytes: bytes[...]) == nil)
      #expect(Goldilocks(words: [value]) == nil)
      #expect(Goldilocks(value).value == value - Self.p)
    }
  }

  @Test func signedIntegersSplitInTheMiddle() {
    let half = Self.p / 2
    #expect(Goldilocks(half).signedInteger == Int64(half))
    #expect(Goldilocks(half + 1).signedInteger == -Int64(half))
    #expect(Goldilocks(Self.p - 1).signedInteger == -1)
  }

  @Test func logarithmOfTheModulusIsRoundedDown() {
    // log2(p) = 64 + log2(1 − 2^−32 + 2^−64) = 63.99999999966409…
    #expect(Goldilocks.log2Modulus <= 63.9999999996641 && Goldilocks.log2Modulus > 63.999999999663)
    #expect(GoldilocksCubic.log2Size == 3 * Goldilocks.log2Modulus)
  }
}

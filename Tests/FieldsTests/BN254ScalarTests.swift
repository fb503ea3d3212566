import Fields
import TestSupport
import Testing

@Suite struct BN254ScalarTests {
  private func element(_ hex: HexBytes) throws -> BN254Scalar { try #require(BN254Scalar(canonicalBytes: hex.bytes[...])) }

  @Test func knownAnswers() throws {
    let answers = try KnownAnswers.load().bn254
    #expect(answers.cases.count > 50)
    for example in answers.cases {
      let (a, b) = (try element(example.a), try element(example.b))
      #expect(try a + b == element(example.sum))
      #expect(try a - b == element(example.difference))
      #expect(try a * b == element(example.product))
      #expect(try a.inverse() == example.inverseOfA.map(element))
      var bytes: [UInt8] = []
      (a * b).appendBytes(to: &bytes)
      #expect(bytes == example.product.bytes)
    }
  }

  @Test func parameters() throws {
    let answers = try KnownAnswers.load().bn254
    #expect(BN254Scalar.name == "bn254" && BN254Scalar.byteCount == 32 && BN254Scalar.degree == 1)
    #expect(BN254Scalar.modulusBytes == answers.modulusBytes.bytes)
    #expect(BN254Scalar.modulusBitCount == 254 && BN254Scalar.twoAdicity == 28 && BN254Scalar.generator == 5)
    #expect(try BN254Scalar.rootOfUnity(log2Order: 28) == element(answers.rootOfOrder2To28))
    // log2(p) = 253.596691355002…, rounded down.
    #expect(BN254Scalar.log2Modulus <= 253.596691355002 && BN254Scalar.log2Modulus > 253.5966913549)
    #expect(BN254Scalar.log2Size == BN254Scalar.log2Modulus)
  }

  /// The constants of the Montgomery form, from their definitions.
  @Test func montgomeryConstants() throws {
    let p = BN254ScalarModulus.modulus
    #expect(p.l0 &* BN254ScalarModulus.negatedInverse == .max)
    let radix = BN254Scalar(1 << 32).power(8)
    // The form of a is a·R, so the element with canonical value R mod p has the limbs of `montgomeryOne` as its encoding.
    #expect(encoded(BN254ScalarModulus.montgomeryOne) == encoded(radix))
    #expect(encoded(BN254ScalarModulus.montgomerySquare) == encoded(radix * radix))
  }

  private func encoded(_ element: BN254Scalar) -> [UInt8] {
    var bytes: [UInt8] = []
    element.appendBytes(to: &bytes)
    return bytes
  }
  private func encoded(_ limbs: FourLimbs) -> [UInt8] {
    [limbs.l0, limbs.l1, limbs.l2, limbs.l3].flatMap { limb in (0..<8).map { UInt8(truncatingIfNeeded: limb >> UInt64(8 * $0)) } }
  }

  @Test func drawsMaskTwoBitsAndReject() throws {
    let draws = try KnownAnswers.load().bn254.draws
    #expect(draws.contains { $0.value == nil } && draws.contains { $0.value != nil })
    for draw in draws {
      #expect(try BN254Scalar(words: draw.words.map(\.value)) == draw.value.map(element))
    }
    #expect(BN254Scalar(words: [1, 2, 3]) == nil && BN254Scalar(words: [1, 2, 3, 4, 5]) == nil)
  }

  @Test func signedIntegersOfSixtyFourBits() {
    for value in [.max, .min, .min + 1, 0, -1, 1] as [Int64] { #expect(BN254Scalar(signed: value).signedInteger == value) }
    #expect(BN254Scalar(1 << 63).signedInteger == nil)
    #expect((-BN254Scalar(1 << 63) - .one).signedInteger == nil)
    #expect(BN254Scalar(.max).power(3).signedInteger == nil)
  }
}

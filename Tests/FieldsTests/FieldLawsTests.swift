import Fields
import TestSupport
import Testing

@Suite struct FieldLawsTests {
  @Test(arguments: [1, 2, 3] as [UInt64]) func goldilocks(seed: UInt64) {
    #expect(checkPrimeFieldLaws(Goldilocks.self, seed: seed) == [])
  }

  @Test(arguments: [1, 2, 3] as [UInt64]) func cubicExtension(seed: UInt64) {
    #expect(checkChallengeFieldLaws(GoldilocksCubic.self, seed: seed) == [])
  }

  @Test(arguments: [1, 2, 3] as [UInt64]) func quadraticExtension(seed: UInt64) {
    #expect(checkChallengeFieldLaws(GoldilocksQuadratic.self, seed: seed) == [])
  }

  @Test(arguments: [1, 2, 3] as [UInt64]) func bn254(seed: UInt64) {
    #expect(checkPrimeFieldLaws(BN254Scalar.self, seed: seed) == [])
    #expect(checkChallengeFieldLaws(BN254Scalar.self, seed: seed) == [])
  }

  /// The checker is not vacuous: a ring with zero divisors and wrong inverses is caught.
  @Test func aRingThatIsNoFieldIsCaught() {
    let violated = checkFieldLaws(samples: (0..<15).map { ModuloFifteen($0) })
    #expect(violated.contains("inverse") && violated.contains("no zero divisors"))
    #expect(!violated.contains("distributivity"))
  }
}

/// Z/15, with a⁻¹ taken to be a³ (right for units of order 4 only).
private struct ModuloFifteen: Field {
  let value: Int
  init(_ value: Int) { self.value = value % 15 }
  static var zero: Self { Self(0) }
  static var one: Self { Self(1) }
  static func + (lhs: Self, rhs: Self) -> Self { Self(lhs.value + rhs.value) }
  static func - (lhs: Self, rhs: Self) -> Self { Self(lhs.value + 15 - rhs.value) }
  static func * (lhs: Self, rhs: Self) -> Self { Self(lhs.value * rhs.value) }
  static prefix func - (operand: Self) -> Self { Self(15 - operand.value) }
  func inverse() -> Self? { value == 0 ? nil : self * self * self }
}

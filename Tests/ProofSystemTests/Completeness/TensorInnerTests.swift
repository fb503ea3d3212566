import Fields
import Kernels
import ProofSystem
import Prover
import Testing

@Suite("Inner products of tensors") struct TensorInnerTests {
  private struct Numbers {
    var state: UInt64
    mutating func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state >> 20
    }
    mutating func element() -> GoldilocksCubic { GoldilocksCubic(limbs: (0..<3).map { _ in Goldilocks(next()) }) }
  }

  @Test("as by definition: any factors, fixed bits anywhere, absent entries", arguments: 0..<60) func definition(_ seed: Int) throws {
    var numbers = Numbers(state: UInt64(seed) &* 7_919 &+ 1)
    let bits = seed % 16
    let factors = (0..<bits).map { _ -> TensorFactor<GoldilocksCubic> in
      switch numbers.next() % (seed % 3 == 0 ? 2 : 5) {
      case 0: .zeroBit
      case 1: .oneBit
      default: .pair(numbers.element(), numbers.element())
      }
    }
    let tensor = Tensor(numbers.element(), factors)
    // Whole, cut at a multiple of a power of two, cut anywhere.
    for count in [1 << bits, max(1, (1 << bits) * 3 / 4), max(1, (1 << bits) * 5 / 7)] {
      let vector = FieldBuffer((0..<count).map { _ in Goldilocks(numbers.next()) })
      var expected = GoldilocksCubic.zero
      for index in 0..<count {
        var weight = tensor.coefficient
        for (place, factor) in factors.enumerated() { weight *= (index >> (bits - 1 - place)) & 1 == 0 ? factor.low : factor.high }
        expected += weight.scaled(by: vector[index])
      }
      #expect(TensorInner<GoldilocksCubic>.inner(tensor, vector) == expected)
    }
  }
}

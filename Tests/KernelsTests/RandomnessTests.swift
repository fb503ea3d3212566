import Fields
import Kernels
import Testing

@Suite struct RandomnessTests {
  let seed = (0..<32).map { UInt8($0) }

  /// Values of the executable specification for the seed 00 01 … 1f.
  @Test func knownAnswers() {
    var random = Randomness(seed: seed)
    let first: [Goldilocks] = random.base(3)
    #expect(first.map(\.value) == [9_437_518_814_136_482_826, 2_781_046_841_552_154_194, 8_933_830_801_535_050_002])
    #expect(
      random.block() == [
        0xe2, 0x61, 0xf8, 0x72, 0x3c, 0xe2, 0xd2, 0x6a, 0xbb, 0xde, 0x23, 0xbc, 0x8a, 0x3c, 0xfc, 0xaf,
        0x77, 0xf6, 0x29, 0x62, 0x6b, 0x28, 0x22, 0x2d, 0xb1, 0x40, 0x93, 0x82, 0x85, 0x49, 0xa1, 0xe0,
      ])
    #expect(random.counter == 2)
  }

  @Test func extensionDrawsAreGroupedBaseDraws() {
    func check<E: ChallengeField>(_: E.Type) {
      var left = Randomness(seed: seed)
      var right = Randomness(seed: seed)
      for count in [0, 1, 5, 6] {
        let elements: [E] = left.ext(count)
        let limbs: [E.Base] = right.base(count * E.degree)
        #expect(elements.flatMap { element in (0..<E.degree).map { element.limb($0) } } == limbs)
        #expect(left.counter == right.counter)
      }
    }
    check(GoldilocksCubic.self)
    check(GoldilocksQuadratic.self)
    check(BN254Scalar.self)
  }

  @Test func fieldsOfSeveralWords() {
    var random = Randomness(seed: seed)
    let drawn: [BN254Scalar] = random.base(20)
    var blocks = Randomness(seed: seed)
    var expected: [BN254Scalar] = []
    while expected.count < 20 {
      let block = blocks.block()
      let words = (0..<4).map { k in block[(8 * k)..<(8 * k + 8)].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) } }
      if let element = BN254Scalar(words: words) { expected.append(element) }
    }
    #expect(drawn == expected)
    #expect(random.counter == blocks.counter)
  }

  @Test func nonzeroSkipsZero() {
    var random = Randomness(seed: seed) { out, first, count in
      for i in 0..<(32 * count) { out[i] = first == 0 ? 0 : 1 }
    }
    let element: GoldilocksCubic = random.nonzero()
    #expect(element == GoldilocksCubic(Goldilocks(0x0101_0101_0101_0101), Goldilocks(0x0101_0101_0101_0101), Goldilocks(0x0101_0101_0101_0101)))
    #expect(random.counter == 2)
  }

  /// Blocks in which about one word in `period` is not below p.
  private func rejecting(_ period: UInt64) -> Randomness {
    Randomness(seed: seed) { out, first, count in
      for block in 0..<count {
        for k in 0..<4 {
          let index = 4 * (first &+ UInt64(block)) + UInt64(k)
          var samples = Samples(Int(truncatingIfNeeded: index))
          let word = samples.word() % period == 0 ? UInt64.max - index : index
          for byte in 0..<8 { out[32 * block + 8 * k + byte] = UInt8(truncatingIfNeeded: word >> UInt64(8 * byte)) }
        }
      }
    }
  }

  /// The parallel path against the one block by block, with rejections from never to always but a few.
  @Test(arguments: [1 << 40, 40_000, 1000, 50, 2] as [UInt64]) func rejection(_ period: UInt64) {
    var left = rejecting(period)
    var right = rejecting(period)
    for count in [0, 1, 2, 3, 4, 5, 7, 8, 9, 1000, 257, 100_003] {
      let fast: [Goldilocks] = left.base(count)
      let slow = [Goldilocks](unsafeUninitializedCapacity: count) { buffer, initialized in
        if let base = buffer.baseAddress { right.fillGeneric(base, count: count) }
        initialized = count
      }
      #expect(fast == slow)
      #expect(left.counter == right.counter)
    }
  }
}

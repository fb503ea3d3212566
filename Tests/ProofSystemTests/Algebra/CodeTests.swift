import Fields
import Kernels
import ProofSystem
import Prover
import TestSupport
import Testing

/// Reed–Solomon codes, equality tables and their vectors.
@Suite("Codes and the specification's vectors") struct CodeTests {
  static func element(_ limbs: [Limb]) -> GoldilocksCubic { GoldilocksCubic(limbs: limbs.map { Goldilocks($0.value) }) }

  @Test("the specification's code, points and equality tables") func vectors() throws {
    let codes = try SpecVectors.load().codes
    let log2Length = codes.reedSolomon.log2Length
    let points: [Goldilocks] = EvaluationDomain.points(Array(0..<(1 << log2Length)), log2Length: log2Length, of: Goldilocks.self)
    #expect(points == codes.reedSolomon.points.map { Goldilocks($0.value) })
    let coefficients = codes.reedSolomon.coefficients.map { Goldilocks($0) } + [.zero]
    let encoder = ReedSolomonEncoder<GoldilocksCubic>(log2RowLength: 3, log2Length: log2Length)
    let row = FieldBuffer(coefficients)
    let word = withExtendedLifetime(row) { encoder.encode(rows: [UnsafePointer(row.pointer)], tailCount: 0, stride: 8) }
    #expect((0..<(1 << log2Length)).map { word[8 * $0] } == codes.reedSolomon.codeword.map { Goldilocks($0.value) })
    let point = codes.eq.point.map(Self.element)
    #expect(Equality.table(point) == codes.eq.table.map(Self.element))
    let shape = codes.maskedEq.dimensions.map { Extent(bits: $0[0], count: $0[1]) }
    let masked = Equality.masked(point, shape).map { Weight<GoldilocksCubic>.tensor(Tensor(.one, $0)) }
    #expect(DenseReference.table(masked, variables: 3) == codes.maskedEq.table.map(Self.element))
  }

  static func evaluations<E: ToyField>(_: E.Type) {
    var random = ToyRandom(3)
    for m in 0...6 {
      for rate in 1...3 {
        let tail = Int.random(in: 0...(1 << m), using: &random)
        guard (1 << m) + tail <= 1 << (m + rate) else { continue }
        let rows: [[E.Base]] = (0..<3).map { ToyRandom.elements((1 << m) + tail, seed: 10 * m + $0) }
        let buffers = rows.map { FieldBuffer($0) }
        let encoder = ReedSolomonEncoder<E>(log2RowLength: m, log2Length: m + rate)
        // Arrays end with their last use: the rows' memory has to outlive the call.
        let word = withExtendedLifetime(buffers) { encoder.encode(rows: buffers.map { UnsafePointer($0.pointer) }, tailCount: tail, stride: 8) }
        let points: [E.Base] = EvaluationDomain.points(Array(0..<(1 << (m + rate))), log2Length: m + rate, of: E.Base.self)
        #expect(Set(points).count == points.count && !points.contains(.zero))
        let isRight = points.enumerated().allSatisfy { j, x in
          rows.enumerated().allSatisfy { u, row in word[8 * j + u] == row.reversed().reduce(.zero) { $0 * x + $1 } }
        }
        #expect(isRight, "m = \(m), rate 2^-\(rate), tail \(tail)")
      }
    }
  }

  @Test("a codeword holds the row's polynomial at every point, tail included") func encode() {
    Self.evaluations(GoldilocksCubic.self)
    Self.evaluations(GoldilocksQuadratic.self)
    Self.evaluations(BN254Scalar.self)
  }

  static func transposed<E: ToyField>(_: E.Type) {
    var randomness = Randomness(seed: ToyRandom.seed(4))
    for (m, rate) in [(0, 1), (1, 2), (4, 2), (5, 3)] {
      for entries in [1 << m, 2 << m] {
        let encoder = ReedSolomonEncoder<E>(log2RowLength: m, log2Length: m + rate)
        let positions = Array(Set([0, 1, (1 << (m + rate)) - 1, 1 << (m + rate - 1)])).sorted()
        let coefficients: [E] = randomness.ext(positions.count)
        let start: [E] = randomness.ext(entries)
        let out = FieldBuffer(start)
        encoder.accumulatePowers(out.pointer, entries: entries, positions: positions, coefficients: coefficients)
        let points: [E.Base] = EvaluationDomain.points(positions, log2Length: m + rate, of: E.Base.self)
        for b in 0..<entries {
          let sum = zip(points, coefficients).reduce(start[b]) { $0 + $1.1.scaled(by: $1.0.power(UInt64(b))) }
          #expect(out[b] == sum)
        }
      }
    }
  }

  @Test("sparse powers equal the transposed code") func transposedCode() {
    Self.transposed(GoldilocksCubic.self)
    Self.transposed(GoldilocksQuadratic.self)
    Self.transposed(BN254Scalar.self)
  }
}

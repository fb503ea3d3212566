import Fields
import Kernels
import ProofSystem
import Prover
import TestSupport
import Testing

/// Public weights against their entries written out one by one.
@Suite("Weights and equality polynomials") struct WeightTests {
  static func bound<E: ToyField>(_: E.Type, _ count: Int) {
    var random = ToyRandom(5)
    var randomness = Randomness(seed: ToyRandom.seed(5))
    for _ in 0..<count {
      let variables = Int.random(in: 1...6, using: &random)
      let weights = LigeritoInstance<E>.weight(variables, &random, &randomness)
      let point: [E] = randomness.ext(Int.random(in: 0...variables, using: &random))
      var expected = DenseReference.table(weights, variables: variables)
      for r in point { expected = DenseReference.fold(expected, by: r) }
      let bound = weights.map { $0.bound(to: point) }
      #expect(DenseReference.table(bound, variables: variables - point.count) == expected)
      // One variable at a time gives the same.
      let stepwise = point.reduce(weights) { weights, r in weights.map { $0.bound(to: [r]) } }
      #expect(DenseReference.table(stepwise, variables: variables - point.count) == expected)
      let vector: [E] = randomness.ext(1 << variables)
      let total = weights.reduce(E.zero) { $0 + $1.innerProduct(with: vector) }
      #expect(total == DenseReference.inner(weights, vector))
      let scaled = weights.map { $0.scaled(by: E(7)) }.reduce(E.zero) { $0 + $1.innerProduct(with: vector) }
      #expect(scaled == total * E(7))
      let other: [E] = randomness.ext(1 << variables)
      let shifted = weights.map { $0.prepending([.oneBit]) }.reduce(E.zero) { $0 + $1.innerProduct(with: other + vector) }
      #expect(shifted == total)
    }
  }

  @Test("binding, scaling, prepending and inner products of every kind of weight") func everyKind() {
    Self.bound(GoldilocksCubic.self, 80)
    Self.bound(GoldilocksQuadratic.self, 30)
    Self.bound(BN254Scalar.self, 30)
  }

  @Test("equality tables, ranges, masks and prefix sums") func equality() {
    typealias E = GoldilocksCubic
    var random = ToyRandom(4)
    var randomness = Randomness(seed: ToyRandom.seed(4))
    for _ in 0..<60 {
      let bits = Int.random(in: 1...5, using: &random)
      let point: [E] = randomness.ext(bits)
      let table = Equality.table(point)
      for index in table.indices {
        let direct = point.enumerated().reduce(E.one) { $0 * ((index >> (bits - 1 - $1.offset)) & 1 == 1 ? $1.element : .one - $1.element) }
        #expect(table[index] == direct && Equality.value(point, index: index) == direct)
      }
      let ends = [0, 1].map { _ in Int.random(in: 0...(1 << bits), using: &random) }.sorted()
      let pieces = Equality.range(point, from: ends[0], to: ends[1]).map { Weight<E>.tensor(Tensor(.one, $0)) }
      #expect(
        DenseReference.table(pieces, variables: bits) == table.indices.map { (ends[0]..<ends[1]).contains($0) ? table[$0] : .zero })
      #expect(pieces.count <= 2 * bits)
      #expect(Equality.prefixSum(point, count: ends[1]) == table.prefix(ends[1]).reduce(.zero) { $0 + $1 })
    }
  }

  @Test("masked equality restricts to the logical shape") func masked() {
    typealias E = GoldilocksQuadratic
    var random = ToyRandom(6)
    var randomness = Randomness(seed: ToyRandom.seed(6))
    for _ in 0..<40 {
      let shape = (0..<Int.random(in: 1...3, using: &random)).map { _ in
        let bits = Int.random(in: 0...3, using: &random)
        return Extent(bits: bits, count: Int.random(in: 1...(1 << bits), using: &random))
      }
      let bits = shape.reduce(0) { $0 + $1.bits }
      let point: [E] = randomness.ext(bits)
      let table = Equality.table(point)
      let expected = table.indices.map { index -> E in
        var rest = index
        var isInside = true
        for extent in shape.reversed() {
          if rest & ((1 << extent.bits) - 1) >= extent.count { isInside = false }
          rest >>= extent.bits
        }
        return isInside ? table[index] : .zero
      }
      let pieces = Equality.masked(point, shape).map { Weight<E>.tensor(Tensor(.one, $0)) }
      #expect(DenseReference.table(pieces, variables: bits) == expected)
      #expect(Equality.maskSum(point, shape) == expected.reduce(.zero) { $0 + $1 })
    }
  }

  @Test("powers of a point carry the highest power in variable 0") func powers() {
    let x = Goldilocks(12345)
    let table = DenseReference.table(.tensor(Tensor(GoldilocksCubic.one, TensorFactor.powers(x, bits: 4))), variables: 4)
    #expect(table == GoldilocksCubic(base: x).powers(16))
  }

  @Test("views read what their tensors weigh") func views() {
    typealias E = GoldilocksCubic
    let layout = MatrixLayout(
      name: "w", log2RowLength: 2, tensors: [TensorLayout("a", [1]), TensorLayout("b", [2, 1]), TensorLayout("c", []), TensorLayout("d", [3])])
    let data = MatrixData<Goldilocks>(layout: layout)
    for i in 0..<data.vector.count { data.vector[i] = Goldilocks(UInt64(100 + i)) }
    let reader = WitnessReader<E>(matrices: ["w": data])
    var randomness = Randomness(seed: ToyRandom.seed(7))
    for name in ["a", "b", "c", "d"] {
      let view = layout.view(name)
      let column = reader.read(view)
      #expect((0..<column.count).map { column[$0] } == view.indices.map { data.vector[$0] })
      #expect((0..<column.count).map { column[$0] } == Array(data.tensor(name)))
      let point: [E] = randomness.ext(view.variableCount)
      let direct = zip(Equality.table(point), view.indices).reduce(E.zero) { $0 + $1.0.scaled(by: data.vector[$1.1]) }
      #expect(ClearRun.value([("w", view.equality(point, .one))], ["w": data]) == direct)
      for index in 0..<column.count { #expect(reader.read(view.entry(index))[0] == column[index]) }
    }
    #expect(Set(["a", "b", "c", "d"].flatMap { layout.view($0).indices }).count == layout.size)
  }
}

extension DenseReference {
  /// Σ of the weights' tables.
  static func table<E>(_ weights: [Weight<E>], variables: Int) -> [E] {
    weights.reduce([E](repeating: .zero, count: 1 << variables)) { total, weight in
      zip(total, table(weight, variables: variables)).map { $0 + $1 }
    }
  }
}

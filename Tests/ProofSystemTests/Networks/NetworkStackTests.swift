import Claims
import Fields
import Kernels
import ProofSystem
import Prover
import Testing

/// A network's last sumcheck and the row rounds of many tensors: what is sent does not depend on how many variables are bound at once.
@Suite("Rounds with several variables at once") struct NetworkStackTests {
  typealias E = GoldilocksCubic

  private struct Numbers {
    var state: UInt64
    mutating func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state >> 20
    }
    mutating func element() -> E { E(limbs: (0..<3).map { _ in Goldilocks(next()) }) }
  }

  @Test("the stack of columns: sections send what whole tables send", arguments: [(4, 12), (3, 9), (1, 3), (0, 0)])
  func stack(_ large: Int, _ bits: Int) throws {
    var numbers = Numbers(state: UInt64(bits) + 5)
    // Columns of falling sizes, the last ones smaller than a tile; room is left at the end.
    var columns: [(cells: WitnessColumn<Goldilocks>, start: Int)] = []
    var end = 0
    for size in bits == 0 ? [0] : [bits - 1, bits - 2, bits - 3].filter({ $0 >= 0 }) + [Int](repeating: max(0, bits - 8), count: large) {
      guard end + 1 << size <= 1 << bits else { break }
      columns.append((WitnessColumn(FieldBuffer((0..<(1 << size)).map { _ in Goldilocks(numbers.next()) })), end))
      end += 1 << size
    }
    // Pieces that overlap, with factors, some of them ending before their column.
    var pieces: [(weights: [E], coefficient: Goldilocks, start: Int)] = []
    for (place, column) in columns.enumerated() {
      let count = max(1, column.cells.count - place * 3 % column.cells.count)
      pieces.append(((0..<count).map { _ in numbers.element() }, place % 2 == 0 ? .one : Goldilocks(numbers.next()), column.start))
      if count > 4 { pieces.append(((0..<(count / 2)).map { _ in numbers.element() }, -.one, column.start + count / 3)) }
    }
    var (weights, cells) = ([E](repeating: .zero, count: 1 << bits), [E](repeating: .zero, count: 1 << bits))
    for piece in pieces { for (index, weight) in piece.weights.enumerated() { weights[piece.start + index] += weight.scaled(by: piece.coefficient) } }
    for column in columns { for index in 0..<column.cells.count { cells[column.start + index] = E(base: column.cells[index]) } }

    var plain = ProverChannel<E, HashChain>(tape: ProverTape(), pads: [], isPadded: false)
    plain.send("network.cells", [zip(weights, cells).reduce(E.zero) { $0 + $1.0 * $1.1 }])
    let expected = SumcheckProver.product(&plain, FieldBuffer(weights), FieldBuffer(cells), label: "network.stack")
    for boundBits in 0...4 {
      var channel = ProverChannel<E, HashChain>(tape: ProverTape(), pads: [], isPadded: false)
      let own = NetworkStackProver<E>(pieces: pieces, columns: columns, bits: bits, boundBits: boundBits).prove(&channel)
      #expect(own.weight == expected.a && own.value == expected.b, "\(boundBits) variables")
      #expect(channel.tape.events.map(\.values) == plain.tape.events.map(\.values), "\(boundBits) variables")
    }
  }

  @Test("row rounds: folded rows send what contracted rows send") func rows() throws {
    var numbers = Numbers(state: 11)
    let (length, rowCount, tail, bits) = (32, 13, 4, 4)
    let rows = (0..<rowCount).map { _ in FieldBuffer((0..<(length + tail)).map { _ in Goldilocks(numbers.next()) }) }
    // Tensors on one row, on two, on part of a row and on all.
    func tensor(_ fixed: [Int], freeRows: Int, columnBits: [Int]) -> Tensor<E> {
      var factors = fixed.map { $0 == 1 ? TensorFactor<E>.oneBit : .zeroBit }
      factors += (0..<freeRows).map { _ in .pair(numbers.element(), numbers.element()) }
      factors += columnBits.map { $0 == 1 ? .oneBit : .zeroBit }
      factors += (0..<(5 - columnBits.count)).map { _ in .pair(numbers.element(), numbers.element()) }
      return Tensor(numbers.element(), factors)
    }
    let terms = [
      tensor([0, 1, 0, 1], freeRows: 0, columnBits: []), tensor([0, 0, 1], freeRows: 1, columnBits: []),
      tensor([1, 0, 0, 0], freeRows: 0, columnBits: [1, 0]), tensor([1, 0, 0, 0], freeRows: 0, columnBits: [0]),
      tensor([], freeRows: 4, columnBits: []), tensor([1, 1, 0, 0], freeRows: 0, columnBits: []),
    ]
    let challenges = (0..<bits).map { _ in numbers.element() }
    func run(_ contracted: Int?) -> (sums: [E], weights: [E], row: [E]) {
      let list = rows.enumerated().map { ($0, UnsafePointer($1.pointer), UnsafePointer($1.pointer + length)) }
      let layout = MatrixLayout(name: "m", log2RowLength: 5, tensors: [TensorLayout("t", [9])])
      let stack = RowStack([("m", layout)])
      let folding = RowFolding<E>(length: length, stack: stack, terms: terms, rows: list, contractedRounds: contracted)
      var sums: [E] = []
      for r in challenges {
        let (c0, c2) = folding.round()
        sums += [c0, c2]
        folding.bind(r)
      }
      return (sums, folding.boundWeights().array, folding.foldedRow(challenges, dimension: length + tail).array)
    }
    let expected = run(bits)
    for contracted in [0, 1, 2, 3, nil] {
      let own = run(contracted)
      #expect(own.sums == expected.sums && own.weights == expected.weights && own.row == expected.row)
    }
    withExtendedLifetime(rows) {}
  }

  @Test("loops on all cores give what plain ones give") func loops() {
    var numbers = Numbers(state: 3)
    func elements(_ count: Int) -> [E] { (0..<count).map { _ in numbers.element() } }
    let (plain, parallel) = (NetworkWeightLoops<E>.plain, NetworkWeightLoops<E>.parallel)
    for (a, b) in [(1, 1), (1, 9), (5, 3), (700, 9), (3, 5000), (300, 77)] {
      let (left, right) = (elements(a), elements(b))
      #expect(plain.outer(left, right) == parallel.outer(left, right))
      #expect(plain.outer([.one], right) == parallel.outer([.one], right) && plain.outer(left, [.one]) == parallel.outer(left, [.one]))
    }
    for (bits, count) in [(0, 1), (1, 1), (1, 2), (5, 17), (11, 2048), (12, 2049), (14, 9000), (14, 1), (14, 1 << 14), (3, 100)] {
      let (point, scale) = (elements(bits), numbers.element())
      let expected = Equality.table(point).prefix(count).map { $0 * scale }
      #expect(plain.equality(point, count, scale) == expected && parallel.equality(point, count, scale) == expected, "\(bits), \(count)")
    }
    for count in [1, 100, 20_000] {
      let values = elements(count)
      var (one, other) = (elements(count), [E]())
      other = one
      plain.add(&one, values)
      parallel.add(&other, values)
      #expect(one == other)
    }
  }
}

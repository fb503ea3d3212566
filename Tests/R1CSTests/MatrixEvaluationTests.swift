import Fields
import ProofSystem
import R1CS
import TestSupport
import Testing

@Suite("Matrices at a point") struct MatrixEvaluationTests {
  /// Σ_{x,y} eq(rows, x)·eq(columns, y)·(A + αB + α²C)[x, y], entry by entry.
  static func dense<E: ChallengeField>(_ circuit: Circuit<E.Base>, rows: [E], columns: [E], alpha: E) -> E {
    var total = E.zero
    for (matrix, scale) in zip([circuit.a, circuit.b, circuit.c], [E.one, alpha, alpha * alpha]) {
      for row in 0..<matrix.rowCount {
        for position in Int(matrix.rowStarts[row])..<Int(matrix.rowStarts[row + 1]) {
          let place = Equality.value(rows, index: row) * Equality.value(columns, index: Int(matrix.columns[position]))
          total += scale * place.scaled(by: matrix.values[position])
        }
      }
    }
    return total
  }

  static func agrees<E: ChallengeField>(_: E.Type) {
    for (constraints, free) in [(1, 1), (2, 1), (3, 4), (17, 3), (64, 9), (100, 40)] {
      let circuit = SampleCircuits.random(E.Base.self, constraints: constraints, free: free, publicCount: 1, seed: UInt64(constraints)).circuit
      var generator = SeededGenerator(seed: 9)
      let rows: [E] = (0..<log2Ceiling(circuit.constraintCount)).map { _ in generator.challenge() }
      let columns: [E] = (0..<log2Ceiling(circuit.wireCount)).map { _ in generator.challenge() }
      let alpha: E = generator.challenge()
      #expect(circuit.evaluate(rows: rows, columns: columns, alpha: alpha) == dense(circuit, rows: rows, columns: columns, alpha: alpha))
    }
  }

  @Test("equal to the sum over all entries") func dense() {
    Self.agrees(GoldilocksCubic.self)
    Self.agrees(GoldilocksQuadratic.self)
    Self.agrees(BN254Scalar.self)
  }

  /// Few entries in many columns, and many rows with columns all over a large table.
  @Test("the same with split tables of column weights") func split() {
    func agrees<E: ChallengeField>(_: E.Type, columnBits: Int, rowCount: Int) {
      var generator = SeededGenerator(seed: 12)
      let matrices = (0..<3).map { _ in
        (0..<rowCount).map { _ -> SampleCircuits.Row<E.Base> in
          let first = Int(generator.next() % (1 << UInt64(columnBits - 1)))
          return [(first, generator.element()), (first + 1 + Int(generator.next() % 1000), .one)]
        }
      }
      let circuit = SampleCircuits.circuit(matrices, columnCount: 1 << columnBits, inputs: 1)
      let rows: [E] = (0..<log2Ceiling(rowCount)).map { _ in generator.challenge() }
      let columns: [E] = (0..<columnBits).map { _ in generator.challenge() }
      let alpha: E = generator.challenge()
      #expect(circuit.evaluate(rows: rows, columns: columns, alpha: alpha) == Self.dense(circuit, rows: rows, columns: columns, alpha: alpha))
    }
    agrees(GoldilocksCubic.self, columnBits: 17, rowCount: 20)
    agrees(GoldilocksCubic.self, columnBits: 19, rowCount: 30_000)
    agrees(GoldilocksQuadratic.self, columnBits: 30, rowCount: 5)
    agrees(BN254Scalar.self, columnBits: 19, rowCount: 7)
  }

  @Test("at a corner of the cube it is the entry itself") func corners() {
    typealias E = GoldilocksCubic
    let circuit = SampleCircuits.random(Goldilocks.self, constraints: 3, free: 3, publicCount: 1, seed: 4).circuit
    for row in 0..<4 {
      for column in 0..<8 {
        func corner(_ index: Int, _ bits: Int) -> [E] { (0..<bits).map { E(UInt64(index >> (bits - 1 - $0) & 1)) } }
        var entry = Goldilocks.zero
        if row < 3 {
          for position in Int(circuit.a.rowStarts[row])..<Int(circuit.a.rowStarts[row + 1]) where Int(circuit.a.columns[position]) == column {
            entry = circuit.a.values[position]
          }
        }
        #expect(circuit.evaluate(rows: corner(row, 2), columns: corner(column, 3), alpha: .zero) == E(base: entry))
      }
    }
  }

  @Test("a circuit without entries is zero everywhere") func empty() {
    let circuit: Circuit<Goldilocks> = SampleCircuits.circuit([[[], []], [[], []], [[], []]], columnCount: 3, inputs: 0)
    #expect(circuit.evaluate(rows: [GoldilocksCubic(3)], columns: [GoldilocksCubic(4), GoldilocksCubic(5)], alpha: GoldilocksCubic(6)).isZero)
  }
}

import Fields
import Hashing
import R1CS
import Testing

@Suite("Circuit builder") struct CircuitBuilderTests {
  @Test("outputs come first, then public inputs, private inputs and inner wires; names follow") func order() throws {
    let built = try CircuitFixtures.small(Goldilocks.self)
    #expect(built.names == [nil, "main.out", "main.x", "main.y", "main.z", nil])
    #expect(built.circuit.publicOutputCount == 1 && built.circuit.publicInputCount == 1 && built.privateInputCount == 1)
    let witness = try built.witness(publicInputs: [Goldilocks(3)], privateInputs: [Goldilocks(4)])
    #expect(witness.map(\.value) == [1, 45, 3, 4, 12, 45])
    #expect(try built.circuit.firstViolation(of: witness) == nil)
    #expect(String(decoding: built.symbolFile, as: UTF8.self) == "1,1,0,main.out\n2,2,0,main.x\n3,3,0,main.y\n4,4,0,main.z\n")
    #expect(built.wire(named: "main.z") == 4)
    #expect(throws: CircuitError.valueCount(expected: 1, found: 0)) { try built.witness(privateInputs: [.one]) }
    #expect(throws: CircuitError.valueCount(expected: 1, found: 2)) { try built.witness(publicInputs: [.one], privateInputs: [.one, .one]) }
  }

  @Test("the first violated constraint is named, readable with names") func violation() throws {
    let built = try CircuitFixtures.small(Goldilocks.self)
    var witness = try built.witness(publicInputs: [Goldilocks(3)], privateInputs: [Goldilocks(4)])
    witness[1] += .one
    let violation = try #require(try built.circuit.firstViolation(of: witness))
    #expect(violation.constraint == 2)
    let names = try SymbolNames(built.symbolFile)
    #expect(built.circuit.readableConstraint(1, names: names) == "(2 + main.x) · (-3 + main.z) = (w5)")
    #expect(built.circuit.readableConstraint(violation.constraint, names: names) == "(0) · (0) = (main.out - w5)")
    #expect(violation.values == "0 · 0 ≠ 1")
    #expect(built.circuit.readableConstraint(3) == "" && built.circuit.readableConstraint(-1) == "")
    #expect(built.circuit.readableConstraint(1, names: names, termLimit: 1) == "(2 + … 1 more terms) · (-3 + … 1 more terms) = (w5)")
  }

  /// Builds a circuit on private inputs, and says whether values satisfy it and what its one output is.
  private func run<F: PrimeField>(
    _ field: F.Type, _ inputs: [F], _ body: (inout CircuitBuilder<F>, [LinearCombination<F>]) throws -> LinearCombination<F>
  ) throws -> F? {
    var builder = CircuitBuilder<F>()
    let x = builder.privateInputs("x", count: inputs.count)
    builder.publicOutput("out", try body(&builder, x))
    let built = try builder.build()
    let witness = try built.witness(privateInputs: inputs)
    guard try built.circuit.firstViolation(of: witness) == nil else { return nil }
    // No value but the computed one satisfies: every wire of these circuits is determined by the inputs.
    for wire in 1..<built.circuit.wireCount {
      var changed = witness
      changed[wire] += .one
      if try built.circuit.firstViolation(of: changed) == nil { Issue.record("wire \(wire) is free") }
    }
    return witness[1]
  }

  @Test("inverse, zero test, equality, selection, logic") func gadgets() throws {
    try check(Goldilocks.self)
    try check(BN254Scalar.self)
  }

  private func check<F: PrimeField>(_ field: F.Type) throws {
    let seven = F(7)
    #expect(try run(field, [seven]) { $0.inverse($1[0]) } == seven.inverse())
    #expect(try run(field, [.zero]) { $0.inverse($1[0]) } == nil)
    // For x = 0 the inverse hint is free, so only x ≠ 0 goes through the change of every wire.
    #expect(try run(field, [seven]) { $0.isZero($1[0]) } == .zero)
    var builder = CircuitBuilder<F>()
    builder.publicOutput("out", builder.isZero(builder.privateInput("x"), name: "z"))
    let built = try builder.build()
    var witness = try built.witness(privateInputs: [.zero])
    #expect(witness[1] == .one)
    #expect(try built.circuit.firstViolation(of: witness) == nil)
    witness[1] = .zero
    #expect(try built.circuit.firstViolation(of: witness) != nil)
    #expect(built.names.contains("main.z.inverse"))
    #expect(try run(field, [seven, F(8)]) { $0.isEqual($1[0], $1[1]) } == .zero)
    for (x, y) in [(0, 0), (0, 1), (1, 0), (1, 1)] as [(UInt64, UInt64)] {
      let inputs = [F(x), F(y)]
      func logic(_ body: (inout CircuitBuilder<F>, [LinearCombination<F>]) -> LinearCombination<F>) throws -> F? {
        var builder = CircuitBuilder<F>()
        let wires = builder.privateInputs("x", count: 2)
        for wire in wires { builder.assertBoolean(wire) }
        builder.publicOutput("out", body(&builder, wires))
        let built = try builder.build()
        let witness = try built.witness(privateInputs: inputs)
        return try built.circuit.firstViolation(of: witness) == nil ? witness[1] : nil
      }
      #expect(try logic { $0.and($1[0], $1[1]) } == F(x & y))
      #expect(try logic { $0.or($1[0], $1[1]) } == F(x | y))
      #expect(try logic { $0.not($1[0]) + 0 * $1[1] } == F(1 - x))
      #expect(try logic { $0.select($1[0], 5 * $1[1], 3 - $1[1]) } == (x == 1 ? F(5 * y) : F(3 - y)))
    }
    let two = try run(field, [F(2)]) {
      $0.assertBoolean($1[0])
      return $1[0]
    }
    #expect(two == nil)
    #expect(try run(field, [F(2), F(3), F(4), F(5)]) { $0.innerProduct(Array($1[..<2]), Array($1[2...])) } == F(23))
    #expect(try run(field, [F(2), F(3)]) { $0.sum($1) } == F(5))
    // Constant factors cost nothing.
    var folded = CircuitBuilder<F>()
    let x = folded.privateInput("x")
    _ = folded.product(x, LinearCombination(3))
    _ = folded.product(.one, x)
    #expect(folded.constraintCount == 0 && folded.wireCount == 2)
  }

  @Test("ranges: both ends, and the widest that a field holds") func ranges() throws {
    for value in [0, 1, 31, 32, 33, Goldilocks.modulus - 1] {
      let out = try run(Goldilocks.self, [Goldilocks(value)]) { builder, x in
        try builder.assertRange(x[0], bits: 5, name: "r")
        return x[0]
      }
      #expect((out != nil) == (value < 32))
    }
    #expect(try run(Goldilocks.self, [-.one]) { try $0.bits($1[0], count: 63)[62] } == nil)
    #expect(try run(Goldilocks.self, [Goldilocks(1 << 62)]) { try $0.bits($1[0], count: 63)[62] } == .one)
    #expect(throws: CircuitError.self) { try run(Goldilocks.self, [.one]) { try $0.bits($1[0], count: 64)[0] } }
    #expect(throws: CircuitError.self) { try run(Goldilocks.self, [.one]) { try $0.bits($1[0], count: -1)[0] } }
    #expect(throws: CircuitError.self) { try run(Goldilocks.self, [.one]) { try $0.isLess($1[0], $1[0], bits: 63) } }
    #expect(try run(BN254Scalar.self, [-.one]) { try $0.bits($1[0], count: 253)[0] } == nil)
  }

  @Test("comparisons of all pairs of 3 bits") func comparisons() throws {
    for x in 0..<8 as Range<UInt64> {
      for y in 0..<8 as Range<UInt64> {
        let inputs = [Goldilocks(x), Goldilocks(y)]
        #expect(try run(Goldilocks.self, inputs) { try $0.isLess($1[0], $1[1], bits: 3) } == Goldilocks(x < y ? 1 : 0))
        #expect(try run(Goldilocks.self, inputs) { try $0.isLessOrEqual($1[0], $1[1], bits: 3) } == Goldilocks(x <= y ? 1 : 0))
      }
    }
  }

  @Test("names that would break a .sym file, and wires of another builder, are refused") func refusals() throws {
    for name in ["a,b", "a\nb", "a\u{7F}"] {
      var builder = CircuitBuilder<Goldilocks>()
      _ = builder.publicInput(name)
      #expect(throws: CircuitError.self) { try builder.build() }
    }
    var twice = CircuitBuilder<Goldilocks>()
    _ = twice.publicInput("a")
    _ = twice.privateInput("a")
    #expect(throws: CircuitError.invalidCircuit("two wires have the name main.a")) { try twice.build() }
    var other = CircuitBuilder<Goldilocks>()
    let wires = other.privateInputs("x", count: 5)
    var builder = CircuitBuilder<Goldilocks>()
    builder.constrain(wires[4] == 0)
    #expect(throws: CircuitError.invalidCircuit("wire 5 is of another builder")) { try builder.build() }
  }

  @Test("the digest covers every part of the circuit") func digestCovers() throws {
    let built = try CircuitFixtures.small(Goldilocks.self)
    let circuit = built.circuit
    var digests: Set<Digest> = [circuit.digest]
    func insert(_ changed: Circuit<Goldilocks>?) { if let changed { digests.insert(changed.digest) } }
    insert(Circuit(a: circuit.b, b: circuit.a, c: circuit.c, publicOutputCount: 1, publicInputCount: 1))
    insert(Circuit(a: circuit.a, b: circuit.b, c: circuit.c, publicOutputCount: 0, publicInputCount: 2))
    insert(Circuit(a: circuit.a, b: circuit.b, c: circuit.c, publicOutputCount: 1, publicInputCount: 0))
    for index in circuit.c.values.indices {
      var values = circuit.c.values
      values[index] += values[index]
      let c = SparseMatrix(rowStarts: circuit.c.rowStarts, columns: circuit.c.columns, values: values, columnCount: circuit.wireCount)
      insert(Circuit(a: circuit.a, b: circuit.b, c: try #require(c), publicOutputCount: 1, publicInputCount: 1))
    }
    func wider(_ matrix: SparseMatrix<Goldilocks>) throws -> SparseMatrix<Goldilocks> {
      try #require(SparseMatrix(rowStarts: matrix.rowStarts, columns: matrix.columns, values: matrix.values, columnCount: 7))
    }
    insert(Circuit(a: try wider(circuit.a), b: try wider(circuit.b), c: try wider(circuit.c), publicOutputCount: 1, publicInputCount: 1))
    #expect(digests.count == 5 + circuit.c.entryCount)
    // From `reference/r1cs_check.py` on the written files.
    #expect(circuit.digest.hex == "36ad7eed56d6be87e2d08de11b59f8a78cbc0ca9134a062a855eca66b504701b")
    #expect(try CircuitFixtures.small(BN254Scalar.self).circuit.digest.hex == "122ab8cffdfb9bbf47cd63f445d60d0a5dca17b19ae3011f746e3971274ab09c")
  }

  @Test("a digest over many chunks equals the plain encoding") func longDigest() throws {
    var builder = CircuitBuilder<Goldilocks>()
    let x = builder.privateInputs("x", count: 5000)
    for (index, wire) in x.enumerated() { builder.constrain(wire * (wire - Int64(index)) == x[(index * 7) % 5000] - 3 * wire) }
    let circuit = try builder.build().circuit
    var message: [UInt8] = CanonicalValue.list([
      "zkmlops/r1cs/v1", .bytes(Goldilocks.modulusBytes), .integer(5000), .integer(5001), 0, 0, .integer(UInt64(circuit.a.entryCount)),
      .integer(UInt64(circuit.b.entryCount)), .integer(UInt64(circuit.c.entryCount)),
    ]).encoded
    for matrix in [circuit.a, circuit.b, circuit.c] {
      for (start, end) in zip(matrix.rowStarts, matrix.rowStarts.dropFirst()) { message += little(end - start) }
      for column in matrix.columns { message += little(column) }
      for value in matrix.values { message += little(value.value) }
    }
    #expect(circuit.digest == SHA256.hash(message))
  }
}

import Fields
import R1CS
import Testing

@Suite("Fairness circuit") struct FairnessCircuitTests {
  /// The rule in integers, without the circuit.
  private func holds(_ predictions: [UInt8], _ groups: [UInt8], _ numerator: Int, _ denominator: Int, _ minimum: Int) -> Bool {
    var size = [0, 0]
    var approved = [0, 0]
    for (prediction, group) in zip(predictions, groups) {
      size[Int(group)] += 1
      approved[Int(group)] += Int(prediction)
    }
    guard size[0] >= minimum, size[1] >= minimum else { return false }
    return abs(approved[0] * size[1] - approved[1] * size[0]) * denominator <= numerator * size[0] * size[1]
  }

  private func accepts<F: PrimeField>(
    _ circuit: FairnessCircuit<F>, _ predictions: [UInt8], _ groups: [UInt8], _ numerator: UInt64, _ denominator: UInt64, _ minimum: UInt64
  ) throws -> Bool {
    let witness = try circuit.witness(
      predictions: predictions, groups: groups, thresholdNumerator: numerator, thresholdDenominator: denominator, minimumGroupSize: minimum)
    return try circuit.built.circuit.firstViolation(of: witness) == nil
  }

  @Test("all tables of 4 rows, with thresholds on both sides of every rate") func everyTable() throws {
    let circuit = try FairnessCircuit<Goldilocks>(rowCount: 4, thresholdBitCount: 4)
    #expect(circuit.built.circuit.constraintCount == 3 * 4 + 2 * (4 + 2 * 3) + 2 * 4 + 3 * 3 + 10)
    var accepted = 0
    for table in 0..<256 {
      let predictions = (0..<4).map { UInt8(table >> $0 & 1) }
      let groups = (0..<4).map { UInt8(table >> ($0 + 4) & 1) }
      for (numerator, denominator, minimum) in [(0, 1, 1), (1, 3, 1), (1, 2, 2), (2, 3, 1), (15, 16, 1), (1, 1, 1), (1, 16, 2)] {
        let expected = holds(predictions, groups, numerator, denominator, minimum)
        if expected { accepted += 1 }
        #expect(try accepts(circuit, predictions, groups, UInt64(numerator), UInt64(denominator), UInt64(minimum)) == expected)
      }
    }
    #expect(accepted > 200)
  }

  @Test("public values outside their ranges, and cells that are no bits, are refused") func ranges() throws {
    let circuit = try FairnessCircuit<BN254Scalar>(rowCount: 4, thresholdBitCount: 4)
    let (predictions, groups): ([UInt8], [UInt8]) = ([1, 0, 1, 0], [0, 0, 1, 1])
    #expect(try accepts(circuit, predictions, groups, 0, 1, 2))
    #expect(try accepts(circuit, predictions, groups, 15, 16, 1))
    #expect(try !accepts(circuit, predictions, groups, 16, 16, 1))
    #expect(try !accepts(circuit, predictions, groups, 1, 17, 1))
    #expect(try !accepts(circuit, predictions, groups, 0, 0, 1))
    #expect(try !accepts(circuit, predictions, groups, 0, 1, 0))
    #expect(try !accepts(circuit, predictions, groups, 0, 1, 3))
    #expect(try !accepts(circuit, [2, 0, 1, 0], groups, 1, 1, 1))
    #expect(try !accepts(circuit, predictions, [0, 2, 1, 1], 1, 1, 1))
    // A minimum of p − 1 would pass for n0 + 1 without its own range check.
    var witness = try circuit.witness(
      predictions: predictions, groups: groups, thresholdNumerator: 0, thresholdDenominator: 1, minimumGroupSize: 2)
    let wire = try #require(circuit.built.wire(named: "main.minimumGroupSize"))
    witness[wire] = -.one
    #expect(try circuit.built.circuit.firstViolation(of: witness) != nil)
    #expect(throws: CircuitError.valueCount(expected: 4, found: 3)) {
      try circuit.witness(predictions: [1, 0, 1], groups: groups, thresholdNumerator: 0, thresholdDenominator: 1, minimumGroupSize: 1)
    }
  }

  @Test("sizes that the field cannot hold are refused") func sizes() throws {
    #expect(throws: CircuitError.self) { try FairnessCircuit<Goldilocks>(rowCount: 0) }
    #expect(throws: CircuitError.self) { try FairnessCircuit<Goldilocks>(rowCount: -1) }
    #expect(throws: CircuitError.self) { try FairnessCircuit<Goldilocks>(rowCount: 1 << 23) }
    #expect(throws: CircuitError.self) { try FairnessCircuit<Goldilocks>(rowCount: 4, thresholdBitCount: 58) }
    #expect(throws: CircuitError.self) { try FairnessCircuit<Goldilocks>(rowCount: 4, thresholdBitCount: 0) }
    #expect(try FairnessCircuit<Goldilocks>(rowCount: 3, thresholdBitCount: 59).built.circuit.publicInputCount == 3)
  }

  @Test("private inputs lie on successive wires, prediction first") func layout() throws {
    let circuit = try FairnessCircuit<Goldilocks>(rowCount: 300)
    let first = try #require(circuit.built.wire(named: "main.prediction[0]"))
    #expect(circuit.built.wire(named: "main.prediction[299]") == first + 299)
    #expect(circuit.built.wire(named: "main.group[0]") == first + 300)
    #expect(first == 4)
    let predictions = (0..<300).map { UInt8($0 % 3 == 0 ? 1 : 0) }
    let groups = (0..<300).map { UInt8($0 % 2) }
    #expect(try accepts(circuit, predictions, groups, 1, 100, 100))
    #expect(try accepts(circuit, predictions, groups, 0, 1, 150))
    #expect(try !accepts(circuit, predictions, groups, 1, 1, 151))
  }
}

import Programs
import Testing

@Suite("Operators and the interpreter")
struct InterpreterTests {
  private func run(_ inputs: [String: [Int64]], _ make: (inout ProgramBuilder) throws -> NodeReference) throws -> [Int64] {
    var builder = ProgramBuilder()
    let node = try make(&builder)
    try builder.output("y", node)
    var bound: [InputBinding: [Int64]] = [:]
    for (name, values) in inputs { bound[.publicValues(name: name)] = values }
    return try #require(try Interpreter.run(builder.build(), inputs: bound).output("y"))
  }

  @Test("matrix product in row-major order")
  func matrixMultiply() throws {
    let y = try run(["x": [1, 2, 3, 4, 5, 6], "w": [7, 8, 9, 10, 11, 12]]) { builder in
      let x = try builder.add("x", publicInput("x", 0...9, 2, 3))
      let w = try builder.add("w", publicInput("w", 0...20, 3, 2))
      return try builder.add("y", .matrixMultiply(MatrixMultiply()), [x, w])
    }
    #expect(y == [58, 64, 139, 154])
  }

  @Test("affine with a row vector repeated over the rows")
  func affine() throws {
    let y = try run(["x": [1, 2, 3, 4], "b": [10, 20]]) { builder in
      let x = try builder.add("x", publicInput("x", 0...9, 2, 2))
      let b = try builder.add("b", publicInput("b", 0...20, 1, 2))
      return try builder.affine("y", [(2, x), (-1, b)], constant: 5)
    }
    #expect(y == [-3, -11, 1, -7])
  }

  @Test("concatenation, one-hot, comparison, selection")
  func columns() throws {
    let y = try run(["k": [2, 0], "v": [-4, 4]]) { builder in
      let k = try builder.add("k", publicInput("k", 0...2, 2))
      let v = try builder.add("v", publicInput("v", -5...5, 2))
      let bits = try builder.add("bits", .oneHot(OneHot(classCount: 3)), [k])
      let positive = try builder.add("c", .compareGreaterOrEqual(CompareGreaterOrEqual(threshold: 4)), [v])
      let chosen = try builder.add("s", .select(Select()), [positive, k, v])
      return try builder.add("y", .concatenateColumns(ConcatenateColumns()), [bits, v, positive, chosen])
    }
    #expect(y == [0, 0, 1, -4, 0, -4, 1, 0, 0, 4, 1, 0])
  }

  @Test("argmax takes the lowest of equal indices")
  func argmax() throws {
    let y = try run(["x": [3, 3, 1, -1, 0, 0, 2, 5, 5]]) { builder in
      let x = try builder.add("x", publicInput("x", -9...9, 3, 3))
      return try builder.add("y", .argmax(Argmax()), [x])
    }
    #expect(y == [0, 1, 1])
    #expect([1, 2, 3, 4, 5, 8, 9].map(Argmax.keyShift(columns:)) == [0, 1, 2, 2, 3, 3, 4])
  }

  @Test("confusion matrix and its trace")
  func confusion() throws {
    let program = try AccuracyProgram.make(
      rows: 5, classCount: 2, labels: .publicValues(name: "l"), predictions: .publicValues(name: "p"))
    let run = try Interpreter.run(program, inputs: [.publicValues(name: "l"): [0, 0, 1, 1, 1], .publicValues(name: "p"): [0, 1, 1, 1, 0]])
    #expect(run.output("confusion") == [1, 1, 1, 2])
    #expect(run.output("correct") == [3])
    #expect(run.output("nothing") == nil)
    #expect(AccuracyProgram.minimumCorrect(rows: 250, numerator: 7, denominator: 10) == 175)
    #expect(AccuracyProgram.minimumCorrect(rows: 251, numerator: 7, denominator: 10) == 176)
    #expect(AccuracyProgram.minimumCorrect(rows: 1, numerator: 2, denominator: 1) == nil)
  }

  @Test("saturation clamps at both ends")
  func saturation() throws {
    let values: [Int64] = [-1_000, -17, -16, -15, 0, 15, 16, 17, 1_000]
    let y = try run(["x": values]) { builder in
      let x = try builder.add("x", publicInput("x", -1_000...1_000, values.count))
      return try builder.requantise("y", x, shift: 1, outOfRange: .saturate(bits: 4))
    }
    #expect(y == [-8, -8, -8, -7, 0, 7, 7, 7, 7])
  }

  @Test("one row gives what the same row gives in a batch")
  func oneRow() throws {
    let values: [Int64] = [5, -3, 12, 7]
    func program(_ rows: Int) throws -> Program {
      var builder = ProgramBuilder()
      let x = try builder.add("x", publicInput("x", -20...20, rows, 1))
      let y = try builder.requantise("y", x, multiplier: 3, shift: 1, rounding: .halfEven)
      try builder.output("y", y)
      return builder.build()
    }
    let batch = try Interpreter.run(program(4), inputs: [.publicValues(name: "x"): values]).output("y")
    let single = try values.map { try Interpreter.run(program(1), inputs: [.publicValues(name: "x"): [$0]]).output("y") ?? [] }
    #expect(batch == single.flatMap { $0 })
  }

  @Test("inputs are checked")
  func inputs() throws {
    var builder = ProgramBuilder()
    _ = try builder.add("x", publicInput("x", 0...9, 2))
    let program = builder.build()
    let binding = InputBinding.publicValues(name: "x")
    #expect(throws: ProgramError.inputMissing(node: "x")) { try Interpreter.run(program, inputs: [:]) }
    #expect(throws: ProgramError.inputCount(node: "x", expected: 2, actual: 1)) { try Interpreter.run(program, inputs: [binding: [1]]) }
    #expect(throws: ProgramError.inputOutOfRange(node: "x", index: 1, value: 10, range: IntegerRange(0...9))) {
      try Interpreter.run(program, inputs: [binding: [1, 10]])
    }
  }

  @Test("shapes, operand counts, names and parameters are checked")
  func malformed() throws {
    var builder = ProgramBuilder()
    let x = try builder.add("x", publicInput("x", 0...1, 2, 3))
    let y = try builder.add("y", publicInput("y", 0...1, 4, 1))
    #expect(throws: ProgramError.duplicateName("x")) { try builder.add("x", publicInput("x", 0...1, 2)) }
    let wrong: [(Operator, [NodeReference])] = [
      (.matrixMultiply(MatrixMultiply()), [x, y]), (.matrixMultiply(MatrixMultiply()), [x]), (.oneHot(OneHot(classCount: 2)), [x]),
      (.oneHot(OneHot(classCount: 0)), [y]), (.concatenateColumns(ConcatenateColumns()), [x, y]),
      (.concatenateColumns(ConcatenateColumns()), []), (.affine(Affine(coefficients: [1], constant: 0)), [x, y]),
      (.affine(Affine(coefficients: [1, 1], constant: 0)), [x, y]), (.requantise(Requantise(shift: 62)), [x]),
      (.requantise(Requantise(multiplier: 0, shift: 1)), [x]), (.select(Select()), [x, x, y]), (.select(Select()), [x, x]),
      (.confusionCounts(ConfusionCounts(classCount: 2)), [x, x]), (.confusionCounts(ConfusionCounts(classCount: 0)), [y, y]),
      (.weightedSum(WeightedSum(coefficients: [1])), [x]), (.constant(Constant(.values([1]), shape: shape(2))), []),
      (.table(TableLookup(function: .relu, domain: IntegerRange(0...(1 << 20)))), [y]), (.argmax(Argmax()), []),
    ]
    for (index, (operation, operands)) in wrong.enumerated() {
      #expect(throws: ProgramError.self, "\(operation)") { try builder.add("wrong \(index)", operation, operands) }
    }
    var other = ProgramBuilder()
    #expect(throws: ProgramError.unknownOperand(node: "z", operand: 1)) { try other.add("z", .argmax(Argmax()), [y]) }
    #expect(TensorShape(rows: 0) == nil && TensorShape(rows: 1 << 31, columns: 1 << 31) == nil)
    #expect(IntegerTensor(shape: shape(2), values: [1]) == nil)
  }
}

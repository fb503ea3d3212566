import Claims
import Fields
import Programs
import ProofSystem
import Prover
import TestSupport
import Testing

/// Every operator: the interpreter's outputs are proved, outputs off by one are rejected, and so are false witnesses.
@Suite("Operators")
struct OperatorTests {
  static func range(_ lower: Int64, _ upper: Int64) -> IntegerRange { IntegerRange(lower...upper) }

  static func column(_ name: String, _ values: [Int64], _ lower: Int64, _ upper: Int64) -> (name: String, range: IntegerRange, values: [Int64]) {
    (name, range(lower, upper), values)
  }

  static func tensorShape(_ rows: Int, _ columns: Int = 1) throws -> TensorShape {
    guard let shape = TensorShape(rows: rows, columns: columns) else { throw ClaimError.tooLarge("shape") }
    return shape
  }

  static func input(_ builder: inout ProgramBuilder, _ name: String, _ lower: Int64, _ upper: Int64, rows: Int) throws -> NodeReference {
    let shape = try tensorShape(rows)
    return try builder.add(
      name, .input(Input(binding: .column(artefact: "table", column: name, part: .value), range: range(lower, upper), shape: shape)))
  }

  struct Case: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let make: @Sendable () throws -> (ProgramHarness, Program)
  }

  /// Five rows (not a power of two), values at both ends of the ranges and at ties.
  static let a: [Int64] = [-8, -3, 0, 5, 7]
  static let b: [Int64] = [7, -8, 3, 5, -1]

  static func harness() -> ProgramHarness { ProgramHarness(columns: [column("a", a, -8, 7), column("b", b, -8, 7)]) }

  static func one(_ name: String, _ body: @escaping @Sendable (inout ProgramBuilder, NodeReference, NodeReference) throws -> NodeReference) -> Case {
    Case(testDescription: name) {
      var builder = ProgramBuilder()
      let x = try input(&builder, "a", -8, 7, rows: 5)
      let y = try input(&builder, "b", -8, 7, rows: 5)
      try builder.output("out", try body(&builder, x, y))
      return (harness(), builder.build())
    }
  }

  static let cases: [Case] = [
    one("affine") { builder, x, y in try builder.affine("affine", [(3, x), (-2, y)], constant: 11) },
    one("requantise half up") { builder, x, _ in try builder.requantise("r", x, multiplier: 3, shift: 2) },
    one("requantise half even") { builder, x, _ in try builder.requantise("r", x, multiplier: 2, shift: 2, rounding: .halfEven) },
    one("requantise by a long shift") { builder, x, _ in try builder.requantise("r", x, multiplier: 1 << 20, shift: 21) },
    one("saturation") { builder, x, y in
      try builder.requantise("r", try builder.affine("s", [(1, x), (1, y)]), multiplier: 1, shift: 1, outOfRange: .saturate(bits: 3))
    },
    one("compare") { builder, x, _ in try builder.add("c", .compareGreaterOrEqual(CompareGreaterOrEqual(threshold: 0)), [x]) },
    one("select") { builder, x, y in
      let condition = try builder.add("c", .compareGreaterOrEqual(CompareGreaterOrEqual(threshold: 4)), [x])
      return try builder.add("s", .select(Select()), [condition, x, y])
    },
    one("argmax with ties") { builder, x, y in
      let z = try builder.affine("z", [(1, x)], constant: 0)
      return try builder.add("k", .argmax(Argmax()), [try builder.add("cat", .concatenateColumns(ConcatenateColumns()), [x, y, z])])
    },
    one("one-hot") { builder, x, _ in
      let shifted = try builder.affine("shifted", [(1, x)], constant: 8)
      return try builder.add("h", .oneHot(OneHot(classCount: 16)), [shifted])
    },
    one("table") { builder, x, _ in
      try builder.add("t", .table(TableLookup(function: .relu, domain: range(-8, 7))), [x])
    },
    one("counts") { builder, x, y in
      let p = try builder.add("p", .compareGreaterOrEqual(CompareGreaterOrEqual(threshold: 0)), [x])
      let q = try builder.add("q", .compareGreaterOrEqual(CompareGreaterOrEqual(threshold: 4)), [y])
      return try builder.add("counts", .confusionCounts(ConfusionCounts(classCount: 2)), [p, q])
    },
    Case(testDescription: "matrix product with committed weights") {
      var harness = Self.harness()
      harness.weights = (3, 2, 6, [1, -2, 31, -32, 5, 0])
      var builder = ProgramBuilder()
      let x = try input(&builder, "a", -8, 7, rows: 5)
      let y = try input(&builder, "b", -8, 7, rows: 5)
      let constant = try builder.add("one", .constant(Constant(.uniform(1), shape: x.shape)))
      let features = try builder.add("features", .concatenateColumns(ConcatenateColumns()), [x, y, constant])
      let shape = try tensorShape(3, 2)
      let weights = try builder.add("w", .input(Input(binding: .tensor(artefact: "weights"), range: range(-32, 31), shape: shape)))
      try builder.output("out", try builder.add("product", .matrixMultiply(MatrixMultiply()), [features, weights]))
      return (harness, builder.build())
    },
    Case(testDescription: "public input") {
      var harness = Self.harness()
      harness.publicInputs = ["p": [1, 2, 3, 4, -5]]
      var builder = ProgramBuilder()
      let x = try input(&builder, "a", -8, 7, rows: 5)
      let p = try builder.add("p", .input(Input(binding: .publicValues(name: "p"), range: range(-8, 7), shape: x.shape)))
      try builder.output("out", try builder.affine("sum", [(1, x), (5, p)]))
      return (harness, builder.build())
    },
  ]

  @Test("is proved", arguments: cases) func isProved(_ operatorCase: Case) throws {
    let (harness, program) = try operatorCase.make()
    try ProgramHarness.check(try harness.instance(program), Production<GoldilocksCubic>.self)
  }

  @Test("a false output is rejected", arguments: cases) func falseOutput(_ operatorCase: Case) throws {
    let (harness, program) = try operatorCase.make()
    let honest = try Interpreter.run(program, inputs: harness.inputs())
    let values = try #require(honest.output("out"))
    for position in [0, values.count - 1] {
      var changed = values
      changed[position] += 1
      let instance = try harness.instance(program, published: ["out": changed])
      #expect(throws: VerificationError.checkFailed("ligerito.final_claim")) {
        try ProgramHarness.check(instance, Production<GoldilocksCubic>.self)
      }
    }
  }

  /// A prover that follows the false output consistently: every auxiliary column in turn is changed in its first or last row.
  @Test("a false witness cell is rejected, whichever column it is in", arguments: cases) func falseWitness(_ operatorCase: Case) throws {
    let (harness, program) = try operatorCase.make()
    let relation = try harness.instance(program).relation
    for column in relation.columns {
      if case .multiplicity = column.recipe { continue }
      for row in Set([0, column.bits == 0 ? 0 : 4]) {
        let instance = try harness.instance(program) { relation, data in
          let target = data.tensor(column.name)
          target[row] = target[row] + .one
        }
        #expect(throws: VerificationError.self, "\(column.name) row \(row)") {
          try ProgramHarness.check(instance, Production<GoldilocksCubic>.self)
        }
      }
    }
  }

  @Test("padding cells carry no weight", arguments: cases) func paddingIsFree(_ operatorCase: Case) throws {
    let (harness, program) = try operatorCase.make()
    let instance = try harness.instance(program) { relation, data in
      for column in relation.columns where column.bits == 3 {
        if case .multiplicity = column.recipe { continue }
        let target = data.tensor(column.name)
        for row in 5..<8 { target[row] = Goldilocks(0xDEAD_BEEF) }
      }
    }
    try ProgramHarness.check(instance, Production<GoldilocksCubic>.self)
  }
}

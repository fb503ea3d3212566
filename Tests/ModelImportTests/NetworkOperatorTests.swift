import Foundation
import Programs
import Testing

import ModelImport

/// The integer operators of networks, by hand and against floats.
@Suite("Operators of networks")
struct NetworkOperatorTests {
  private func run(_ operation: Operator, _ operands: [([Int64], TensorShape)]) throws -> [Int64] {
    var builder = ProgramBuilder()
    var given: [InputBinding: [Int64]] = [:]
    var references: [NodeReference] = []
    for (index, (values, shape)) in operands.enumerated() {
      let range = try #require(IntegerRange(lower: values.min() ?? 0, upper: values.max() ?? 0))
      references.append(try builder.add("x\(index)", .input(Input(binding: .tensor(artefact: "x\(index)"), range: range, shape: shape))))
      given[.tensor(artefact: "x\(index)")] = values
    }
    let result = try builder.add("y", operation, references)
    try builder.output("y", result)
    return try #require(try Interpreter.run(builder.build(), inputs: given).output("y"))
  }

  private func shape(_ rows: Int, _ columns: Int = 1) throws -> TensorShape { try #require(TensorShape(rows: rows, columns: columns)) }

  @Test("views: a transpose, a padded window and a refused list")
  func views() throws {
    let axes = [ViewAxis(extent: 2, stride: 3, terms: [.init(axis: 1, step: 1)]), ViewAxis(extent: 3, stride: 1, terms: [.init(axis: 0, step: 1)])]
    let transpose = TensorView(.axes(dimensions: [3, 2], source: axes), shape: try shape(6))
    #expect(try run(.view(transpose), [([1, 2, 3, 4, 5, 6], try shape(6))]) == [1, 4, 2, 5, 3, 6])
    let padded = TensorView(
      .axes(dimensions: [5], source: [ViewAxis(extent: 3, stride: 1, start: -1, terms: [.init(axis: 0, step: 1)])]), fill: 9, shape: try shape(5))
    #expect(try run(.view(padded), [([1, 2, 3], try shape(3))]) == [9, 1, 2, 3, 9])
    let spread = TensorView(
      .axes(dimensions: [5], source: [ViewAxis(extent: 3, stride: 1, divisor: 2, terms: [.init(axis: 0, step: 1)])]), shape: try shape(5))
    #expect(try run(.view(spread), [([1, 2, 3], try shape(3))]) == [1, 0, 2, 0, 3])
    #expect(throws: ProgramError.self) { try run(.view(TensorView(.list([3]), shape: try shape(1))), [([1, 2, 3], try shape(3))]) }
  }

  @Test("division rounds to the nearest, roots down, rescaling refuses what leaves its range")
  func rounding() throws {
    let range = IntegerRange(-100...100)
    let x: [Int64] = [7, -7, 5, -5, 0]
    let y: [Int64] = [2, 2, 2, 2, 3]
    #expect(try run(.divide(Divide(shift: 0, range: range)), [(x, try shape(5)), (y, try shape(5))]) == [4, -3, 3, -2, 0])
    #expect(try run(.divide(Divide(shift: 0, isFloor: true, range: range)), [(x, try shape(5)), (y, try shape(5))]) == [3, -4, 2, -3, 0])
    #expect(try run(.squareRoot(SquareRoot(shift: 2)), [([0, 1, 2, 9, 10], try shape(5))]) == [0, 2, 2, 6, 6])
    #expect(try run(.rescale(Rescale(shift: 1, range: range)), [([3, -3, 200], try shape(3))]) == [2, -1, 100])
    #expect(throws: ProgramError.inputOutOfRange(node: "y", index: 2, value: 101, range: range)) {
      try run(.rescale(Rescale(shift: 1, range: range)), [([3, -3, 202], try shape(3))])
    }
    #expect(throws: ProgramError.self) { try run(.divide(Divide(shift: 0, range: range)), [([1], try shape(1)), ([0], try shape(1))]) }
  }

  @Test("a convolution with stride, dilation, padding and groups is its own definition")
  func convolution() throws {
    let g = ConvolutionGeometry(
      batch: 1, inputChannels: 4, outputChannels: 2, groups: 2, input: [5, 6], kernel: [2, 3], output: [3, 2], strides: [2, 3], dilations: [1, 2],
      padding: [1, 1])
    let x = (0..<120).map { Int64($0 * 37 % 41 - 20) }
    let w = (0..<24).map { Int64($0 * 13 % 17 - 8) }
    var expected: [Int64] = []
    for o in 0..<2 {
      for p in 0..<3 {
        for q in 0..<2 {
          var sum: Int64 = 0
          for c in 0..<2 {
            for i in 0..<2 {
              for j in 0..<3 {
                let (row, column) = (p * 2 + i - 1, q * 3 + j * 2 - 1)
                guard (0..<5).contains(row), (0..<6).contains(column) else { continue }
                sum += w[((o * 2 + c) * 2 + i) * 3 + j] * x[((o * 2 + c) * 5 + row) * 6 + column]
              }
            }
          }
          expected.append(sum)
        }
      }
    }
    #expect(try run(.convolution(Convolution(g)), [(x, try shape(120)), (w, try shape(24))]) == expected)
  }

  @Test("orders, lookups and trees")
  func selections() throws {
    let x: [Int64] = [3, 9, 3, 1]
    #expect(try run(.rowOrder(RowOrder(count: 3, isDescending: true, givesColumns: true)), [(x, try shape(1, 4))]) == [1, 0, 2])
    #expect(try run(.rowOrder(RowOrder(count: 2, isDescending: false, givesColumns: false)), [(x, try shape(1, 4))]) == [1, 3])
    #expect(try run(.rowMaximum(RowMaximum()), [(x, try shape(2, 2))]) == [9, 3])
    #expect(try run(.rowLookup(RowLookup()), [([1, 0], try shape(2)), ([5, 6, 7, 8], try shape(2, 2))]) == [7, 8, 5, 6])
    // x0 ≤ 4 ? 10 : 20, missing (−99) to the left.
    let nodes: [Int64] = [1, 0, 4, 1, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
    let tree = TreeEnsemble(trees: 1, depth: 1, missing: -99)
    let leaves: [Int64] = [0, 10, 20]
    let rows: [Int64] = [4, 5, -99]
    #expect(try run(.treeEnsemble(tree), [(rows, try shape(3)), (nodes, try shape(3, 6)), (leaves, try shape(3))]) == [10, 20, 10])
  }

  @Test(
    "table functions are the nearest integers to the real ones",
    arguments: [
      ElementaryFunction.exponential, .hyperbolicTangent, .errorFunction, .gelu, .geluTanh, .softplus, .softsign, .sine, .cosine, .arctangent,
      .hyperbolicSine, .hyperbolicCosine, .inverseHyperbolicSine, .logistic, .mish, .hardSwish, .elu(1 << 40), .leakyRelu(1 << 38),
      .swish(1 << 40),
    ])
  func tables(function: ElementaryFunction) throws {
    let range = IntegerRange(-(1 << 40)...(1 << 40))
    for x in stride(from: Int64(-5_000), through: 5_000, by: 13) {
      let value = function.value(at: x, inputFractionBits: 10, outputFractionBits: 20, range: range)
      let real = function.real(Double(x) / 1_024) * 0x1p20
      #expect(abs(Double(value) - real) <= 0.5 + 1e-3 * max(1, abs(real) * 1e-6), "\(function) at \(x): \(value), \(real)")
    }
  }

  @Test("functions of positive numbers, too")
  func positive() {
    let range = IntegerRange(-(1 << 40)...(1 << 40))
    for function in [ElementaryFunction.logarithm, .squareRoot, .reciprocal, .power(3 << 39)] {
      for x in stride(from: Int64(40), through: 5_000, by: 7) {
        let value = function.value(at: x, inputFractionBits: 10, outputFractionBits: 20, range: range)
        let real = function.real(Double(x) / 1_024) * 0x1p20
        #expect(abs(Double(value) - real) <= 1.01, "\(function) at \(x): \(value), \(real)")
      }
    }
  }
}

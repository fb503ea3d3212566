import Foundation
import Programs

/// The operators once more, from their formulas alone: entry by entry, in 128 bits, where an overflow traps. Nothing here is shared with the
/// interpreter but the program.
enum NaiveEvaluation {
  struct Tensor {
    let rows: Int
    let columns: Int
    var entries: [Int128]
    subscript(_ i: Int, _ j: Int) -> Int128 { entries[i * columns + j] }
  }

  /// Why a value is wrong.
  struct Disagreement: Error, CustomStringConvertible { let description: String }

  static func run(_ program: Program, inputs: [InputBinding: [Int64]]) throws -> [[Int128]] {
    var values: [Tensor] = []
    for node in program.nodes {
      let operands = node.operands.map { values[$0] }
      let entries = try evaluate(node, operands, inputs)
      guard entries.count == node.shape.count, entries.allSatisfy({ $0.magnitude < 1 << 62 }) else {
        throw Disagreement(description: "\(node.name) leaves 62 bits")
      }
      values.append(Tensor(rows: node.shape.rows, columns: node.shape.columns, entries: entries))
    }
    return values.map(\.entries)
  }

  /// ⌊a / b⌋ for b > 0.
  static func floor(_ a: Int128, _ b: Int128) -> Int128 {
    let quotient = a / b
    return quotient * b > a ? quotient - 1 : quotient
  }

  private static func each(_ node: ProgramNode, _ entry: (_ i: Int, _ j: Int) throws -> Int128) rethrows -> [Int128] {
    var out: [Int128] = []
    for i in 0..<node.shape.rows { for j in 0..<node.shape.columns { out.append(try entry(i, j)) } }
    return out
  }

  private static func evaluate(_ node: ProgramNode, _ x: [Tensor], _ inputs: [InputBinding: [Int64]]) throws -> [Int128] {
    switch node.operation {
    case .input(let input): return (inputs[input.binding] ?? []).map { Int128($0) }
    case .constant(let constant):
      switch constant.content {
      case .uniform(let value): return each(node) { _, _ in Int128(value) }
      case .values(let values): return values.map { Int128($0) }
      }
    case .affine(let affine):
      return each(node) { i, j in
        zip(affine.coefficients, x).reduce(Int128(affine.constant)) { $0 + Int128($1.0) * $1.1[$1.1.rows == 1 ? 0 : i, j] }
      }
    case .concatenateColumns:
      return each(node) { i, j in
        var rest = j
        for part in x {
          if rest < part.columns { return part[i, rest] }
          rest -= part.columns
        }
        return 0
      }
    case .oneHot: return each(node) { i, j in x[0][i, 0] == Int128(j) ? 1 : 0 }
    case .matrixMultiply: return each(node) { i, j in (0..<x[0].columns).reduce(0) { $0 + x[0][i, $1] * x[1][$1, j] } }
    case .requantise(let requantise):
      return each(node) { i, j in
        // The integer nearest to acc·M / 2^s, by comparing twice the distance.
        let (value, unit) = (x[0][i, j] * Int128(requantise.multiplier), Int128(1) << Int128(requantise.shift))
        let lower = floor(value, unit)
        let twice = 2 * (value - lower * unit)
        if twice != unit { return twice < unit ? lower : lower + 1 }
        return requantise.rounding == .halfUp ? lower + 1 : (lower % 2 == 0 ? lower : lower + 1)
      }
    case .table(let table): return try each(node) { i, j in try function(table.function, x[0][i, j]) }
    case .compareGreaterOrEqual(let compare): return each(node) { i, j in x[0][i, j] < Int128(compare.threshold) ? 0 : 1 }
    case .select: return each(node) { i, j in x[2][i, j] + x[0][i, j] * (x[1][i, j] - x[2][i, j]) }
    case .argmax:
      return each(node) { i, _ in
        let row = (0..<x[0].columns).map { x[0][i, $0] }
        return Int128(row.firstIndex(of: row.max() ?? 0) ?? 0)
      }
    case .confusionCounts:
      return each(node) { a, b in
        (0..<x[0].rows).reduce(0) { $0 + (x[0][$1, 0] == Int128(a) && x[1][$1, 0] == Int128(b) ? 1 : 0) }
      }
    case .weightedSum(let sum): return [zip(sum.coefficients, x[0].entries).reduce(0) { $0 + Int128($1.0) * $1.1 }]
    case .treePaths(let paths):
      // Columns of the nodes, then the features; row i of tree t from node t on.
      return each(node) { i, j in
        let (tree, row) = (i / x[3].rows, i % x[3].rows)
        return (0..<j).reduce(Int128(tree)) { place, _ in
          let own = Int(place)
          let distance = (x[1][own, 0] - x[3][row, Int(x[0][own, 0])]) * (paths.comparison == .atMost ? 1 : -1)
          return x[2][own, 0] + (distance < 0 ? 1 : 0)
        }
      }
    case .treeLeaves(let leaves):
      let rows = x[0].rows / leaves.trees
      return each(node) { i, j in
        (0..<leaves.trees).reduce(0) { $0 + x[2][Int(x[0][$1 * rows + i, x[0].columns - 1]), j] }
      }
    case .view, .batchMatrixMultiply, .convolution, .multiply, .rescale, .divide, .squareRoot, .rowMaximum, .rowLookup, .rowOrder,
      .treeEnsemble:
      // Programs for proofs have none of these; `ModelImportTests` compares them with ONNX Runtime.
      throw Disagreement(description: "an operator of imported networks")
    }
  }

  private static func function(_ function: TableFunction, _ x: Int128) throws -> Int128 {
    switch function {
    case .relu: return x < 0 ? 0 : x
    case .clamp(let range): return x < Int128(range.lower) ? Int128(range.lower) : x > Int128(range.upper) ? Int128(range.upper) : x
    case .sigmoid(let input, let output):
      let exact = Foundation.exp2(Double(output)) / (1 + Foundation.exp(-Double(x) / Foundation.exp2(Double(input))))
      let nearest = exact.rounded(.toNearestOrAwayFromZero)
      guard (exact - exact.rounded(.down) - 0.5).magnitude > 1e-6 || x == 0 else { throw Disagreement(description: "too close to call") }
      return Int128(nearest)
    case .elementary: throw Disagreement(description: "a function of imported networks")
    }
  }
}

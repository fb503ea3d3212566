/// The float reference: every primitive in double precision.

import Foundation
import Programs

extension Double: MultiplyAccumulate {
  /// 0.
  public static var emptySum: Double { 0 }
  /// total + a·b.
  public static func accumulate(_ total: Double, _ a: Double, _ b: Double) -> Double { total + a * b }
}

extension Primitive {
  /// The result on row-major operands whose counts the builder has checked; nil for `.input`, `.known`, and indices outside a table.
  func evaluate(_ operands: [[Double]]) -> [Double]? {
    guard let x = operands.first else { return nil }
    switch self {
    case .input, .known: return nil
    case .view(let map, let fill): return TensorView.positions(map, sourceCount: x.count)?.map { $0 < 0 ? fill : x[$0] }
    case .concatenate(let outer, let inner):
      var result: [Double] = []
      result.reserveCapacity(outer * inner.reduce(0, +))
      for row in 0..<outer { for (part, width) in zip(operands, inner) { result += part[(row * width)..<((row + 1) * width)] } }
      return result
    case .matrixMultiply(let product): return product.apply(x, operands[1])
    case .convolution(let geometry): return geometry.apply(x, operands[1])
    case .linear(let coefficients, let constant):
      var result = [Double](repeating: constant, count: x.count)
      for (coefficient, operand) in zip(coefficients, operands) {
        let factor = Double(coefficient)
        for index in result.indices { result[index] += factor * operand[index] }
      }
      return result
    case .scale(let factor): return x.map { $0 * factor }
    case .product: return zip(x, operands[1]).map { $0 * $1 }
    case .divide(let isFloor): return zip(x, operands[1]).map { isFloor ? ($0 / $1).rounded(.down) : $0 / $1 }
    case .function(let function): return x.map(function.real)
    case .rowMaximum(let columns): return Self.rows(x, columns).map { $0.reduce(-.infinity) { max($0, $1) } }
    case .rowSum(let columns): return Self.rows(x, columns).map { $0.reduce(0, +) }
    case .argmax(let columns):
      return Self.rows(x, columns).map { row in
        var best = row.startIndex
        for index in row.indices where row[index] > row[best] { best = index }
        return Double(best - row.startIndex)
      }
    case .squareRoot: return x.map { max(0, $0).squareRoot() }
    case .isNonNegative: return x.map { $0 >= 0 ? 1 : 0 }
    case .select: return x.indices.map { x[$0] != 0 ? operands[1][$0] : operands[2][$0] }
    case .rowLookup(let columns):
      var result: [Double] = []
      for value in x {
        guard let row = Int(exactly: value), row >= 0, (row + 1) * columns <= operands[1].count else { return nil }
        result += operands[1][(row * columns)..<((row + 1) * columns)]
      }
      return result
    case .axisIndex(let size, _):
      let own = Double(size)
      return x.allSatisfy { -own <= $0 && $0 < own } ? x.map { $0 < 0 ? $0 + own : $0 } : nil
    case .rowOrder(let order, let columns):
      return Self.rows(x, columns).flatMap { row -> [Double] in
        let sorted = row.enumerated().sorted { a, b in
          a.element == b.element ? a.offset < b.offset : (order.isDescending ? a.element > b.element : a.element < b.element)
        }
        return sorted.prefix(order.count).map { order.givesColumns ? Double($0.offset) : $0.element }
      }
    case .treeEnsemble(let trees, let features): return Self.rows(x, features).flatMap { trees.leaves(Array($0)) }
    case .floor: return x.map { $0.rounded(.down) }
    case .roundEven: return x.map { $0.rounded(.toNearestOrEven) }
    case .quantise(let scale, let zero, let lower, let upper):
      return x.map { min(max(($0 / scale).rounded(.toNearestOrEven) + zero, lower), upper) }
    case .isMissing: return x.map { $0.isNaN ? 1 : 0 }
    }
  }

  private static func rows(_ x: [Double], _ columns: Int) -> [ArraySlice<Double>] {
    stride(from: 0, to: x.count, by: columns).map { x[$0..<($0 + columns)] }
  }
}

extension TreeDescription {
  /// The leaf values of all trees, one tree after the other.
  func leaves(_ features: [Double]) -> [Double] {
    var result: [Double] = []
    for tree in 0..<trees {
      var position = tree
      for _ in 0...depth where nodes[position].test != 0 {
        let node = nodes[position]
        let x = features[node.feature]
        let holds: Bool
        switch node.test {
        case 1: holds = x <= node.threshold
        case 2: holds = x < node.threshold
        case 3: holds = x >= node.threshold
        case 4: holds = x > node.threshold
        case 5: holds = x == node.threshold
        default: holds = x != node.threshold
        }
        position = (x.isNaN ? node.missingIsTrue : holds) ? node.whenTrue : node.whenFalse
      }
      result += nodes[position].leaf
    }
    return result
  }
}

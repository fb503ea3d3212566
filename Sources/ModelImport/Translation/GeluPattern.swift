/// The GELU as files without an operator for it spell it out: a dozen roundings and a table, where one table of x does.

import Foundation
import Programs

/// Recognises x/2·(1 + erf(x/√2)) and x/2·(1 + tanh(√(2/π)·(x + 0.044715·x³))) in a product that is about to be made.
///
/// Factors may come in any order and grouping. The constants of the file must be those of the function to 2^−20: it becomes public that they are.
struct GeluPattern {
  /// constant · Π leaves, by number of the graph's node, sorted.
  private struct Factors: Equatable {
    var constant = 1.0
    var leaves: [Int] = []

    func hasSameLeaves(as other: Factors) -> Bool { leaves == other.leaves }
  }

  /// Most factors and nodes of a product: the pattern has at most 8.
  private static let most = 16

  private let graph: GraphBuilder

  /// A recogniser over a graph under construction.
  init(_ graph: GraphBuilder) { self.graph = graph }

  /// x and the function of it that a·b is, for a result of that shape.
  func match(_ a: GraphValue, _ b: GraphValue, shape: [Int]) -> (x: GraphValue, function: ElementaryFunction)? {
    var visited: [Int] = []
    guard let all = factors([a.id, b.id], &visited) else { return nil }
    for leaf in all.leaves {
      guard let (one, inner) = sum(leaf), inner.count == 1, one == 1, case .function(let function) = graph.nodes[inner[0]].primitive,
        let source = graph.nodes[inner[0]].operands.first, let x = argument(of: function, source, &visited)
      else { continue }
      var rest = all
      if let place = rest.leaves.firstIndex(of: leaf) { rest.leaves.remove(at: place) }
      guard rest.hasSameLeaves(as: x.factors), isNear(rest.constant, 0.5 * x.factors.constant) else { continue }
      for candidate in visited {
        var ignored: [Int] = []
        let node = graph.nodes[candidate]
        guard node.known == nil, node.dimensions == shape, node.kind == .real, let own = factors([candidate], &ignored),
          own.leaves == x.factors.leaves,
          isNear(own.constant, x.factors.constant)
        else { continue }
        return (GraphValue(id: candidate, dimensions: node.dimensions, kind: node.kind), x.function)
      }
    }
    return nil
  }

  /// The factors of x, from the argument of erf or tanh.
  private func argument(
    of function: ElementaryFunction, _ id: Int, _ visited: inout [Int]
  ) -> (factors: Factors, function: ElementaryFunction)? {
    guard var argument = factors([id], &visited) else { return nil }
    switch function {
    case .errorFunction:
      argument.constant *= 2.0.squareRoot()
      return (argument, .gelu)
    case .hyperbolicTangent:
      guard argument.leaves.count == 1, isNear(argument.constant, (2 / Double.pi).squareRoot()),
        let (constant, terms) = sum(argument.leaves[0]), constant == 0, terms.count == 2
      else { return nil }
      for (first, second) in [(terms[0], terms[1]), (terms[1], terms[0])] {
        guard let x = factors([first], &visited), let cube = factors([second], &visited) else { continue }
        let wanted = Factors(constant: 0.044715 * pow(x.constant, 3), leaves: (x.leaves + x.leaves + x.leaves).sorted())
        if cube.hasSameLeaves(as: wanted), isNear(cube.constant, wanted.constant) { return (x, .geluTanh) }
      }
      return nil
    default: return nil
    }
  }

  private func isNear(_ a: Double, _ b: Double) -> Bool { abs(a - b) <= 0x1p-20 * abs(b) }

  /// The product's leaves below factors, scales, known numbers and other shapes; nil for one of too many.
  private func factors(_ ids: [Int], _ visited: inout [Int]) -> Factors? {
    var out = Factors()
    var (waiting, steps) = (ids, 0)
    while let id = waiting.popLast() {
      steps += 1
      guard steps <= 4 * Self.most, out.leaves.count <= Self.most else { return nil }
      let node = graph.nodes[id]
      if let known = node.known {
        guard let number = known.first, number != 0, known.allSatisfy({ $0 == number }) else { return nil }
        out.constant *= number
        continue
      }
      visited.append(id)
      switch node.primitive {
      case .product: waiting += node.operands
      case .scale(let factor):
        guard factor != 0 else { return nil }
        out.constant *= factor
        waiting += node.operands
      case .view(let map, _) where isReshape(map, node): waiting += node.operands
      default: out.leaves.append(id)
      }
    }
    out.leaves.sort()
    return out
  }

  /// The known part of a sum with coefficients 1 and its other terms.
  private func sum(_ id: Int) -> (constant: Double, terms: [Int])? {
    guard case .linear(let coefficients, let constant) = graph.nodes[id].primitive, coefficients.count <= Self.most,
      coefficients.allSatisfy({ $0 == 1 })
    else { return nil }
    var out = (constant: constant, terms: [Int]())
    for operand in graph.nodes[id].operands {
      if let known = graph.nodes[operand].known {
        guard let number = known.first, known.allSatisfy({ $0 == number }) else { return nil }
        out.constant += number
      } else {
        out.terms.append(operand)
      }
    }
    return out
  }

  /// Whether a view keeps all entries in their order.
  private func isReshape(_ map: TensorView.Map, _ node: GraphNode) -> Bool {
    guard case .axes(let dimensions, let source) = map, let operand = node.operands.first, dimensions == [node.count],
      graph.nodes[operand].count == node.count
    else { return false }
    return source == [ViewAxis(extent: node.count, stride: 1, terms: [ViewAxis.Term(axis: 0, step: 1)])]
  }
}

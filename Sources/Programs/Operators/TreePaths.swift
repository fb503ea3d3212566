// TreePaths: the nodes that each row visits in each tree of an ensemble.
//
// Operands: variant, threshold, child, each [nodes]; features [rows, variants]. Node t is the root of tree t. With n_0 = t and, level by level,
//   x = features[i, variant[n]], the row goes first where x ≤ threshold[n] (`atMost`) or x ≥ threshold[n] (`atLeast`):
//   n_{l+1} = child[n_l] where it goes first, child[n_l] + 1 where not.
// A leaf is a node whose child is the node itself and whose threshold sends every row first: it is visited again until the last level.
// Result: [trees · rows, depth + 1], entry (t·rows + i, l) = n_l. Range: [0, nodes − 1]; a path that leaves the nodes is an error.
// Relation: ±(threshold − x) + second·2^k in [0, 2^k) with second = n_{l+1} − child[n_l] and 2^k > |threshold − x|.

/// Which rows go to the first child of a node.
public enum TreeComparison: String, Hashable, Sendable, CaseIterable {
  /// Those with x ≤ threshold.
  case atMost
  /// Those with x ≥ threshold.
  case atLeast
}

/// A node that walks trees; operands: variant, threshold, child, features.
public struct TreePaths: IntegerOperator {
  /// Name in canonical descriptions.
  public static let name = "tree-paths"
  /// Number of trees; their roots are the first nodes.
  public let trees: Int
  /// Comparisons on every path.
  public let depth: Int
  /// Which rows go first.
  public let comparison: TreeComparison

  /// Walks `trees` trees for `depth` comparisons each.
  public init(trees: Int, depth: Int, comparison: TreeComparison) {
    self.trees = trees
    self.depth = depth
    self.comparison = comparison
  }

  /// The shape rule at the top of this file.
  public func shape(node: String, operands: [TensorShape]) throws(ProgramError) -> TensorShape {
    guard operands.count == 4 else { throw .operandCount(node: node, expected: 4, actual: operands.count) }
    let nodes = operands[0]
    for operand in operands.prefix(3) where operand.columns != 1 || operand.rows != nodes.rows {
      throw .shapeMismatch(node: node, expected: "[\(nodes.rows)] for every column of the nodes", actual: operand)
    }
    guard trees >= 1, trees <= nodes.rows, (1...64).contains(depth) else {
      throw .invalidParameter(node: node, reason: "\(trees) trees of depth \(depth) in \(nodes.rows) nodes; depth 1 to 64 is possible")
    }
    let (rows, overflow) = operands[3].rows.multipliedReportingOverflow(by: trees)
    guard !overflow, let shape = TensorShape(rows: rows, columns: depth + 1) else {
      throw .invalidParameter(node: node, reason: "\(trees) trees on \(operands[3].rows) rows are too many")
    }
    return shape
  }

  /// k of the relation: 2^k exceeds |threshold − x|.
  public static func comparisonBits(threshold: IntegerRange, features: IntegerRange) -> Int { max(1, threshold.hull(features).bitCount) }

  /// The range rule at the top of this file.
  public func bounds(node: String, operands: [BoundedOperand], shape: TensorShape) throws(ProgramError) -> NodeBounds {
    guard operands.count == 4 else { throw .operandCount(node: node, expected: 4, actual: operands.count) }
    let count = Int64(operands[0].shape.rows)
    let nodes = IntegerRange(0...count - 1)
    let variants = IntegerRange(0...Int64(operands[3].shape.columns) - 1)
    for (operand, allowed) in [(operands[0], variants), (operands[2], nodes)] where !allowed.contains(operand.bounds.range) {
      throw .outOfRange(node: node, computed: operand.bounds.range, allowed: allowed, remedy: "declare the range of the nodes' columns")
    }
    // second is at most the number of nodes in absolute value, whatever the prover says.
    let bits = Self.comparisonBits(threshold: operands[1].bounds.range, features: operands[3].bounds.range)
    let difference = WideRange(operands[1].bounds.range) + WideRange(operands[3].bounds.range).scaled(by: -1)
    let unit = Int128(1) << Int128(bits)
    let total = difference.hull(difference.scaled(by: -1)) + WideRange(-Int128(count), Int128(count)).scaled(by: unit)
    let magnitude = try AnalysisLimit.check(
      total, node: node, relation: "threshold − x + second·2^k", remedy: "use features of fewer bits, or fewer nodes")
    return NodeBounds(values: ValueBounds(range: nodes, columns: shape.columns), enforced: nodes, relationMagnitude: magnitude)
  }

  /// The formula at the top of this file.
  public func evaluate(node: String, operands: [IntegerTensor], shape: TensorShape) throws(ProgramError) -> [Int64] {
    guard operands.count == 4 else { throw .operandCount(node: node, expected: 4, actual: operands.count) }
    let (variants, thresholds, children, features) = (operands[0].values, operands[1].values, operands[2].values, operands[3])
    let (rows, columns) = (features.shape.rows, features.shape.columns)
    var out: [Int64] = []
    out.reserveCapacity(shape.count)
    for tree in 0..<trees {
      for row in 0..<rows {
        var place = tree
        out.append(Int64(place))
        for _ in 0..<depth {
          let x = features.values[row * columns + Int(variants[place])]
          let goesFirst = comparison == .atMost ? x <= thresholds[place] : x >= thresholds[place]
          let next = children[place] + (goesFirst ? 0 : 1)
          guard next >= 0, next < Int64(children.count) else {
            throw .inputOutOfRange(node: node, index: place, value: next, range: IntegerRange(0...Int64(children.count) - 1))
          }
          place = Int(next)
          out.append(next)
        }
      }
    }
    return out
  }
}

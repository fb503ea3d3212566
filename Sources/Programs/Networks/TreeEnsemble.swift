// TreeEnsemble: the leaf that each tree reaches, as its row of the leaf table.
//
// Operands: x [rows, features]; nodes [n, 6], a row per node: (test, feature, threshold, next if true, next if false, where a missing
// value goes); leaves [n, outputs]. Tests: 0 leaf, 1 x ≤ t, 2 x < t, 3 x ≥ t, 4 x > t, 5 x = t, 6 x ≠ t. Tree k starts at row k. A feature
// equal to `missing` (where that is declared) goes to the true side if the last entry is 1 and to the false side otherwise.
// Formula: y[i·trees + k, :] = leaves[the leaf that tree k reaches for row i, :]. Sums and maxima over trees are other nodes.
// Shapes: [rows·trees, outputs]. Range: the leaves'. A run is refused that meets a node with a row or feature that does not exist, or
// reaches no leaf within `depth` steps. Topology, features, thresholds and leaves are operands and so can be hidden; public are the
// numbers of trees and nodes and the depth.

/// A tree ensemble node; operands: features, nodes, leaves.
public struct TreeEnsemble: IntegerOperator {
  /// Name in canonical descriptions.
  public static let name = "tree-ensemble"
  /// Number of trees, at least 1.
  public let trees: Int
  /// Most steps from a root to a leaf, 0 … 4,096.
  public let depth: Int
  /// The integer that stands for a missing value, if there are any.
  public let missing: Int64?

  /// An ensemble of `trees` trees.
  public init(trees: Int, depth: Int, missing: Int64?) {
    self.trees = trees
    self.depth = depth
    self.missing = missing
  }

  private func three<T>(_ node: String, _ operands: [T]) throws(ProgramError) -> (T, T, T) {
    guard operands.count == 3 else { throw .operandCount(node: node, expected: 3, actual: operands.count) }
    return (operands[0], operands[1], operands[2])
  }

  /// The shape rule at the top of this file.
  public func shape(node: String, operands: [TensorShape]) throws(ProgramError) -> TensorShape {
    let (x, nodes, leaves) = try three(node, operands)
    guard nodes.columns == 6, nodes.rows == leaves.rows, (1...nodes.rows).contains(trees), (0...4_096).contains(depth) else {
      throw .shapeMismatch(node: node, expected: "[n, 6] nodes and [n, outputs] leaves", actual: nodes)
    }
    let (rows, overflow) = x.rows.multipliedReportingOverflow(by: trees)
    guard !overflow, let shape = TensorShape(rows: rows, columns: leaves.columns) else {
      throw .invalidParameter(node: node, reason: "result is too large")
    }
    return shape
  }

  /// The range rule at the top of this file; the relation compares a feature with a threshold.
  public func bounds(node: String, operands: [BoundedOperand], shape: TensorShape) throws(ProgramError) -> NodeBounds {
    let (x, nodes, leaves) = try three(node, operands)
    let difference = WideRange(x.bounds.range) + WideRange(nodes.bounds.range).scaled(by: -1) + WideRange(-1, 1)
    let magnitude = try AnalysisLimit.check(difference, node: node, relation: "x − t", remedy: "use fewer bits for the features")
    let range = leaves.bounds.range
    return NodeBounds(
      values: ValueBounds(range: range, columns: shape.columns), enforced: range,
      relationMagnitude: max(magnitude, Int64(clamping: range.magnitude)))
  }

  /// The formula at the top of this file.
  /// - Throws: `.invalidParameter` for a tree that is none.
  public func evaluate(node: String, operands: [IntegerTensor], shape: TensorShape) throws(ProgramError) -> [Int64] {
    let (x, nodes, leaves) = try three(node, operands)
    let outputs = leaves.shape.columns
    var result: [Int64] = []
    result.reserveCapacity(shape.count)
    for row in 0..<x.shape.rows {
      let features = x.values[(row * x.shape.columns)..<((row + 1) * x.shape.columns)]
      for tree in 0..<trees {
        guard let leaf = walk(tree, nodes.values, features, count: nodes.shape.rows) else {
          throw .invalidParameter(node: node, reason: "tree \(tree) has a broken path")
        }
        result += leaves.values[(leaf * outputs)..<((leaf + 1) * outputs)]
      }
    }
    return result
  }

  private func walk(_ root: Int, _ nodes: [Int64], _ features: ArraySlice<Int64>, count: Int) -> Int? {
    var position = root
    for _ in 0...depth {
      let start = position * 6
      if nodes[start] == 0 { return position }
      guard let feature = Int(exactly: nodes[start + 1]), (0..<features.count).contains(feature) else { return nil }
      let value = features[features.startIndex + feature]
      let threshold = nodes[start + 2]
      let holds: Bool
      switch nodes[start] {
      case 1: holds = value <= threshold
      case 2: holds = value < threshold
      case 3: holds = value >= threshold
      case 4: holds = value > threshold
      case 5: holds = value == threshold
      case 6: holds = value != threshold
      default: return nil
      }
      let isTrue = value == missing ? nodes[start + 5] == 1 : holds
      guard let next = Int(exactly: nodes[start + (isTrue ? 3 : 4)]), (0..<count).contains(next) else { return nil }
      position = next
    }
    return nil
  }
}

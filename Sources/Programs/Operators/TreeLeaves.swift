// TreeLeaves: the sum over the trees of what the leaves say where the paths end.
//
// Operands: paths [trees · rows, depth + 1], leaf [nodes], values [nodes, outputs]. With n = the last node of row i in tree t:
// y[i, k] = Σ_t values[n, k]. Result: [rows, outputs]. A path that does not end at a leaf is an error.
// Range: trees · the range of the values.

/// A node that adds up leaf values; operands: paths, leaf, values.
public struct TreeLeaves: IntegerOperator {
  /// Name in canonical descriptions.
  public static let name = "tree-leaves"
  /// Number of trees.
  public let trees: Int

  /// Adds up over `trees` trees.
  public init(trees: Int) { self.trees = trees }

  /// The shape rule at the top of this file.
  public func shape(node: String, operands: [TensorShape]) throws(ProgramError) -> TensorShape {
    guard operands.count == 3 else { throw .operandCount(node: node, expected: 3, actual: operands.count) }
    guard operands[1].columns == 1, operands[1].rows == operands[2].rows else {
      throw .shapeMismatch(node: node, expected: "[\(operands[2].rows)] leaf flags", actual: operands[1])
    }
    guard trees >= 1, operands[0].rows % trees == 0, let shape = TensorShape(rows: operands[0].rows / trees, columns: operands[2].columns) else {
      throw .invalidParameter(node: node, reason: "\(operands[0].rows) paths are not \(trees) for each row")
    }
    return shape
  }

  /// The range rule at the top of this file.
  public func bounds(node: String, operands: [BoundedOperand], shape: TensorShape) throws(ProgramError) -> NodeBounds {
    guard operands.count == 3 else { throw .operandCount(node: node, expected: 3, actual: operands.count) }
    let nodes = IntegerRange(0...Int64(operands[1].shape.rows) - 1)
    guard nodes.contains(operands[0].bounds.range) else {
      throw .outOfRange(node: node, computed: operands[0].bounds.range, allowed: nodes, remedy: "use paths over the same nodes")
    }
    return try linearBounds(
      WideRange(operands[2].bounds.range).scaled(by: Int128(trees)), node: node, columns: shape.columns, relation: "Σ leaf values",
      remedy: "use fewer bits for the leaf values")
  }

  /// The formula at the top of this file.
  public func evaluate(node: String, operands: [IntegerTensor], shape: TensorShape) throws(ProgramError) -> [Int64] {
    guard operands.count == 3 else { throw .operandCount(node: node, expected: 3, actual: operands.count) }
    let (paths, flags, values) = (operands[0], operands[1].values, operands[2])
    let (levels, outputs) = (paths.shape.columns, shape.columns)
    var out = [Int64](repeating: 0, count: shape.count)
    for tree in 0..<trees {
      for row in 0..<shape.rows {
        let last = Int(paths.values[(tree * shape.rows + row) * levels + levels - 1])
        guard flags[last] == 1 else {
          throw .invalidModel(reason: "tree \(tree) is deeper than the architecture says: row \(row) ends at node \(last), which is no leaf")
        }
        for k in 0..<outputs { out[row * outputs + k] &+= values.values[last * outputs + k] }
      }
    }
    return out
  }
}

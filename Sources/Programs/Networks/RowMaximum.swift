// RowMaximum: the largest entry of each row.
//
// Formula: y[i] = max_j x[i, j]. Shapes: [rows, columns] → [rows]. Range: the operand's. Pooling is a view of windows and this.

/// A row maximum node.
public struct RowMaximum: IntegerOperator {
  /// Name in canonical descriptions.
  public static let name = "row-maximum"

  /// The operator (it has no parameter).
  public init() {}

  /// The shape rule at the top of this file.
  public func shape(node: String, operands: [TensorShape]) throws(ProgramError) -> TensorShape {
    TensorShape(checkedRows: try one(node, operands).rows, columns: 1)
  }

  /// The range rule at the top of this file; the relation is the difference of two entries.
  public func bounds(node: String, operands: [BoundedOperand], shape: TensorShape) throws(ProgramError) -> NodeBounds {
    let range = try one(node, operands).bounds.range
    let difference = WideRange(range) + WideRange(range).scaled(by: -1)
    let magnitude = try AnalysisLimit.check(difference, node: node, relation: "max − x", remedy: "use fewer bits (--bits)")
    return NodeBounds(values: ValueBounds(range: range, columns: 1), enforced: range, relationMagnitude: max(magnitude, 1))
  }

  /// The formula at the top of this file.
  public func evaluate(node: String, operands: [IntegerTensor], shape: TensorShape) throws(ProgramError) -> [Int64] {
    let operand = try one(node, operands)
    let columns = operand.shape.columns
    return (0..<operand.shape.rows).map { row in
      operand.values[(row * columns)..<((row + 1) * columns)].reduce(Int64.min) { max($0, $1) }
    }
  }
}

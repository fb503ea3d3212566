// ConcatenateColumns: tensors side by side.
//
// Formula: row i of y is row i of x_1, then row i of x_2, … Shapes: [rows, c_1], [rows, c_2], … → [rows, Σ c]. Range: the hull;
// the groups of columns are kept.

/// A concatenation node.
public struct ConcatenateColumns: IntegerOperator {
  /// Name in canonical descriptions.
  public static let name = "concatenate-columns"

  /// The operator (it has no parameter).
  public init() {}

  /// The shape rule at the top of this file.
  public func shape(node: String, operands: [TensorShape]) throws(ProgramError) -> TensorShape {
    guard let first = operands.first else { throw .operandCount(node: node, expected: 1, actual: 0) }
    var columns = 0
    for operand in operands {
      guard operand.rows == first.rows else {
        throw .shapeMismatch(node: node, expected: "\(first.rows) rows", actual: operand)
      }
      let (sum, overflow) = columns.addingReportingOverflow(operand.columns)
      guard !overflow else { throw .invalidParameter(node: node, reason: "too many columns") }
      columns = sum
    }
    guard let shape = TensorShape(rows: first.rows, columns: columns) else {
      throw .invalidParameter(node: node, reason: "result of \(first.rows) rows and \(columns) columns is too large")
    }
    return shape
  }

  /// The range rule at the top of this file.
  public func bounds(node: String, operands: [BoundedOperand], shape: TensorShape) throws(ProgramError) -> NodeBounds {
    let groups = operands.reduce(0) { $0 + $1.bounds.groups.count }
    guard groups <= ProgramLimits.columnGroups else {
      throw .invalidParameter(node: node, reason: "columns of \(groups) groups; at most \(ProgramLimits.columnGroups)")
    }
    guard let values = ValueBounds(groups: operands.lazy.flatMap(\.bounds.groups)) else {
      throw .operandCount(node: node, expected: 1, actual: 0)
    }
    let magnitude = try AnalysisLimit.check(WideRange(values.range), node: node, relation: "hull", remedy: "narrow the operands")
    return NodeBounds(values: values, enforced: values.range, relationMagnitude: magnitude)
  }

  /// The formula at the top of this file.
  public func evaluate(node: String, operands: [IntegerTensor], shape: TensorShape) throws(ProgramError) -> [Int64] {
    var result = [Int64](repeating: 0, count: shape.count)
    var offset = 0
    for operand in operands {
      let columns = operand.shape.columns
      for row in 0..<shape.rows {
        let target = row * shape.columns + offset
        let source = row * columns
        for column in 0..<columns { result[target + column] = operand.values[source + column] }
      }
      offset += columns
    }
    return result
  }
}

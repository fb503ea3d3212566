// Affine: a public linear combination of tensors.
//
// Formula: y[i, j] = constant + Σ_t coefficient_t · x_t[i, j]. Exact, no rounding.
// Shapes: all operands alike; an operand of shape [1, columns] is repeated over the rows of the others.
// Range: interval arithmetic. With a single operand the groups of columns survive (an exactly-one group stays one).

/// An affine node; `coefficients` are in the order of the node's operands.
public struct Affine: IntegerOperator {
  /// Name in canonical descriptions.
  public static let name = "affine"
  /// One factor per operand.
  public let coefficients: [Int64]
  /// Added to every entry.
  public let constant: Int64

  /// y = constant + Σ coefficients[t] · operand[t].
  public init(coefficients: [Int64], constant: Int64) {
    self.coefficients = coefficients
    self.constant = constant
  }

  /// The shape rule at the top of this file.
  public func shape(node: String, operands: [TensorShape]) throws(ProgramError) -> TensorShape {
    guard let first = operands.first, operands.count == coefficients.count else {
      throw .operandCount(node: node, expected: max(1, coefficients.count), actual: operands.count)
    }
    let rows = operands.reduce(first.rows) { max($0, $1.rows) }
    for operand in operands where operand.columns != first.columns || (operand.rows != rows && operand.rows != 1) {
      throw .shapeMismatch(node: node, expected: "[\(rows), \(first.columns)] or [1, \(first.columns)]", actual: operand)
    }
    return TensorShape(checkedRows: rows, columns: first.columns)
  }

  /// The range rule at the top of this file.
  public func bounds(node: String, operands: [BoundedOperand], shape: TensorShape) throws(ProgramError) -> NodeBounds {
    var total = WideRange(Int128(constant), Int128(constant))
    for (coefficient, operand) in zip(coefficients, operands) {
      total = total + WideRange(operand.bounds.range).scaled(by: Int128(coefficient))
    }
    let plain = try linearBounds(
      total, node: node, columns: shape.columns, relation: "constant + Σ c·x", remedy: "use smaller coefficients or narrower operands")
    guard operands.count == 1, let operand = operands.first, let coefficient = coefficients.first else { return plain }
    // One operand: `total` bounds every image, so the products and sums below stay inside Int64.
    func image(_ value: Int64) -> Int64 { constant &+ coefficient &* value }
    let groups = operand.bounds.groups.map { group -> ColumnGroup in
      switch group {
      case .independent(let count, let range):
        let ends = IntegerRange(only: image(range.lower)).hull(IntegerRange(only: image(range.upper)))
        return .independent(count: count, range: ends)
      case .exactlyOne(let count, let selected, let others):
        return .exactlyOne(count: count, selected: image(selected), others: count == 1 ? image(selected) : image(others))
      }
    }
    guard let values = ValueBounds(groups: groups) else { return plain }
    return NodeBounds(values: values, enforced: values.range, relationMagnitude: plain.relationMagnitude)
  }

  /// The formula at the top of this file.
  public func evaluate(node: String, operands: [IntegerTensor], shape: TensorShape) throws(ProgramError) -> [Int64] {
    var result = [Int64](repeating: constant, count: shape.count)
    for (coefficient, operand) in zip(coefficients, operands) {
      let values = operand.values
      if values.count == result.count {
        for (index, value) in values.enumerated() { result[index] &+= coefficient &* value }
      } else {
        for row in 0..<shape.rows {
          let start = row * shape.columns
          for (column, value) in values.enumerated() { result[start + column] &+= coefficient &* value }
        }
      }
    }
    return result
  }
}

// MatrixMultiply: the product of two integer matrices.
//
// Formula: y[i, j] = Σ_k x[i, k] · w[k, j]. Exact, no rounding. Shapes: [rows, inner] × [inner, columns] → [rows, columns].
// Range: the sum over the groups of the left operand's columns of
//   independent(count, r):               count · (r · w)
//   exactlyOne(count, selected, others): selected · w + (count − 1) · (others · w)
// with w the interval of the right operand. For a one-hot group that is the interval of a single weight instead of `count` of
// them: exactly one column of the group is selected in every row, so exactly one weight of the group is added.

/// A matrix product node; operands: left, right.
public struct MatrixMultiply: IntegerOperator {
  /// Name in canonical descriptions.
  public static let name = "matrix-multiply"

  /// The operator (it has no parameter).
  public init() {}

  /// The shape rule at the top of this file.
  public func shape(node: String, operands: [TensorShape]) throws(ProgramError) -> TensorShape {
    let (left, right) = try two(node, operands)
    guard left.columns == right.rows else {
      throw .shapeMismatch(node: node, expected: "[\(left.columns), any] as right operand", actual: right)
    }
    guard let shape = TensorShape(rows: left.rows, columns: right.columns) else {
      throw .invalidParameter(node: node, reason: "result is too large")
    }
    return shape
  }

  /// The range rule at the top of this file.
  public func bounds(node: String, operands: [BoundedOperand], shape: TensorShape) throws(ProgramError) -> NodeBounds {
    let (left, right) = try two(node, operands)
    let weight = WideRange(right.bounds.range)
    var total = WideRange.zero
    for group in left.bounds.groups {
      switch group {
      case .independent(let count, let range):
        total = total + (WideRange(range) * weight).scaled(by: Int128(count))
      case .exactlyOne(let count, let selected, let others):
        total = total + weight.scaled(by: Int128(selected)) + weight.scaled(by: Int128(others)).scaled(by: Int128(count - 1))
      }
    }
    return try linearBounds(
      total, node: node, columns: shape.columns, relation: "Σ x·w",
      remedy: "use fewer fraction bits for the features or the weights, or a narrower weight format")
  }

  /// The formula at the top of this file.
  public func evaluate(node: String, operands: [IntegerTensor], shape: TensorShape) throws(ProgramError) -> [Int64] {
    let (left, right) = try two(node, operands)
    let inner = left.shape.columns
    let columns = shape.columns
    var result = [Int64](repeating: 0, count: shape.count)
    // Wrapping operations: the analysis has bounded the result, and sums modulo 2^64 do not depend on the order.
    for row in 0..<shape.rows {
      let source = row * inner
      let target = row * columns
      for k in 0..<inner {
        let x = left.values[source + k]
        if x == 0 { continue }
        let start = k * columns
        for j in 0..<columns { result[target + j] &+= x &* right.values[start + j] }
      }
    }
    return result
  }
}

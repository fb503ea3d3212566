// Multiply: the product of two tensors, entry by entry.
//
// Formula: y[i] = a[i] · b[i]. Exact, no rounding. Shapes: both alike. Range: interval arithmetic.

/// A product node; operands: two tensors of one shape.
public struct Multiply: IntegerOperator {
  /// Name in canonical descriptions.
  public static let name = "multiply"

  /// The operator (it has no parameter).
  public init() {}

  /// The shape rule at the top of this file.
  public func shape(node: String, operands: [TensorShape]) throws(ProgramError) -> TensorShape {
    let (left, right) = try two(node, operands)
    guard left == right else { throw .shapeMismatch(node: node, expected: "\(left)", actual: right) }
    return left
  }

  /// The range rule at the top of this file.
  public func bounds(node: String, operands: [BoundedOperand], shape: TensorShape) throws(ProgramError) -> NodeBounds {
    let (left, right) = try two(node, operands)
    return try linearBounds(
      WideRange(left.bounds.range) * WideRange(right.bounds.range), node: node, columns: shape.columns, relation: "a·b",
      remedy: "narrow the factors")
  }

  /// The formula at the top of this file.
  public func evaluate(node: String, operands: [IntegerTensor], shape: TensorShape) throws(ProgramError) -> [Int64] {
    let (left, right) = try two(node, operands)
    return zip(left.values, right.values).map { $0 &* $1 }
  }
}

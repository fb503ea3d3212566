// CompareGreaterOrEqual: 1 where x is at least a public threshold, else 0.
//
// Formula: y = 1 if x ≥ threshold else 0. Shapes: y like x. Range: {0, 1}.
// Relation: y in {0, 1} and 0 ≤ x − t + (1 − y)·2^k < 2^k, where 2^k > |x − t|: y = 1 asks for x ≥ t, y = 0 for x < t. No product.

/// A comparison node.
public struct CompareGreaterOrEqual: IntegerOperator {
  /// Name in canonical descriptions.
  public static let name = "compare-greater-or-equal"
  /// t.
  public let threshold: Int64

  /// y = [x ≥ threshold].
  public init(threshold: Int64) { self.threshold = threshold }

  /// The shape rule at the top of this file.
  public func shape(node: String, operands: [TensorShape]) throws(ProgramError) -> TensorShape { try one(node, operands) }

  /// [0, 2^k − 1] with the least k for which 2^k > |x − t|; the compiler takes k for the power of two that covers the operand's range.
  public func differenceRange(of operand: IntegerRange) -> IntegerRange? {
    let above = Int128(operand.upper) - Int128(threshold)
    let below = Int128(threshold) - Int128(operand.lower)
    guard let larger = Int64(exactly: max(above, below, 0)) else { return nil }
    return AnalysisLimit.powerOfTwoCover(IntegerRange(0...larger))
  }

  /// The range rule at the top of this file.
  public func bounds(node: String, operands: [BoundedOperand], shape: TensorShape) throws(ProgramError) -> NodeBounds {
    let operand = try one(node, operands)
    let remedy = "requantise the operand or use a threshold inside its range"
    let t = Int128(threshold)
    let sides = WideRange(Int128(operand.bounds.range.lower) - t - 1, Int128(operand.bounds.range.upper) - t + 1)
    let left = try AnalysisLimit.check(sides, node: node, relation: "x − threshold", remedy: remedy)
    guard let difference = differenceRange(of: operand.bounds.range) else {
      throw .relationTooLarge(node: node, relation: "x − threshold", bound: sides.magnitude, remedy: remedy)
    }
    let right = try AnalysisLimit.check(WideRange(difference), node: node, relation: "difference", remedy: remedy)
    let low: Int64 = operand.bounds.range.lower >= threshold ? 1 : 0
    let high: Int64 = operand.bounds.range.upper >= threshold ? 1 : 0
    return NodeBounds(
      values: ValueBounds(range: IntegerRange(low...high), columns: shape.columns), enforced: IntegerRange(0...1),
      relationMagnitude: max(left, right))
  }

  /// The formula at the top of this file.
  public func evaluate(node: String, operands: [IntegerTensor], shape: TensorShape) throws(ProgramError) -> [Int64] {
    try one(node, operands).values.map { $0 >= threshold ? 1 : 0 }
  }
}

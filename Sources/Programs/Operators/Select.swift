// Select: one of two values by a condition.
//
// Formula: y = a where condition = 1, b where condition = 0, i.e. y = b + condition·(a − b). Shapes: all alike.
// Range: the condition must provably be 0 or 1 (refused otherwise); y in the hull of a and b. Where the condition is x ≥ t and a is
// that same x, only values from t on count for a; where b is x, only values below t count for b.

/// A selection node; operands: condition, a, b.
public struct Select: IntegerOperator {
  /// Name in canonical descriptions.
  public static let name = "select"

  /// The operator (it has no parameter).
  public init() {}

  private func three<T>(_ node: String, _ operands: [T]) throws(ProgramError) -> (T, T, T) {
    guard operands.count == 3 else { throw .operandCount(node: node, expected: 3, actual: operands.count) }
    return (operands[0], operands[1], operands[2])
  }

  /// The shape rule at the top of this file.
  public func shape(node: String, operands: [TensorShape]) throws(ProgramError) -> TensorShape {
    let (condition, a, b) = try three(node, operands)
    guard a == condition else { throw .shapeMismatch(node: node, expected: "\(condition)", actual: a) }
    guard b == condition else { throw .shapeMismatch(node: node, expected: "\(condition)", actual: b) }
    return condition
  }

  /// The range rule at the top of this file.
  public func bounds(node: String, operands: [BoundedOperand], shape: TensorShape) throws(ProgramError) -> NodeBounds {
    let (condition, a, b) = try three(node, operands)
    let boolean = IntegerRange(0...1)
    guard boolean.contains(condition.bounds.range) else {
      throw .outOfRange(node: node, computed: condition.bounds.range, allowed: boolean, remedy: "use a comparison as the condition")
    }
    let difference = WideRange(a.bounds.range) + WideRange(b.bounds.range).scaled(by: -1)
    let magnitude = try AnalysisLimit.check(difference, node: node, relation: "a − b", remedy: "narrow the operands")
    let range = a.bounds.range.hull(b.bounds.range)
    let own = try AnalysisLimit.check(WideRange(range), node: node, relation: "a or b", remedy: "narrow the operands")
    return NodeBounds(values: ValueBounds(range: range, columns: shape.columns), enforced: range, relationMagnitude: max(magnitude, own))
  }

  /// The formula at the top of this file.
  public func evaluate(node: String, operands: [IntegerTensor], shape: TensorShape) throws(ProgramError) -> [Int64] {
    let (condition, a, b) = try three(node, operands)
    var result = b.values
    for index in result.indices where condition.values[index] == 1 { result[index] = a.values[index] }
    return result
  }

  /// Narrows the bounds of a and b by what the condition says about them.
  ///
  /// - Parameters:
  ///   - operands: bounds of condition, a, b; other counts come back unchanged.
  ///   - threshold: t, when the condition is x ≥ t.
  ///   - isCompared: for condition, a and b whether it is the node x.
  package static func narrowed(_ operands: [BoundedOperand], threshold: Int64, isCompared: [Bool]) -> [BoundedOperand] {
    guard operands.count == 3, isCompared.count == 3 else { return operands }
    func narrow(_ index: Int, lower: Int64, upper: Int64) -> BoundedOperand {
      let operand = operands[index]
      let range = operand.bounds.range
      // An empty intersection means that this branch is never taken: its bounds may stay as they are.
      guard isCompared[index], let narrow = IntegerRange(lower: max(range.lower, lower), upper: min(range.upper, upper)) else { return operand }
      return BoundedOperand(shape: operand.shape, bounds: ValueBounds(range: narrow, columns: operand.shape.columns))
    }
    let below = threshold == Int64.min ? threshold : threshold - 1
    return [operands[0], narrow(1, lower: threshold, upper: Int64.max), narrow(2, lower: Int64.min, upper: below)]
  }
}

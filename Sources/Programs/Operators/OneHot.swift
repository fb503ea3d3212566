// OneHot: a class index as a row of zeros with a single one.
//
// Formula: y[i, k] = 1 if x[i] = k else 0, k = 0 … classCount − 1. Shapes: [rows] → [rows, classCount].
// Range: x must lie in [0, classCount − 1] (refused otherwise); y in {0, 1} and exactly one 1 per row. That last fact holds by the
// operator's relation (bits, Σ_k y = 1, Σ_k k·y = x), and MatrixMultiply uses it.

/// A one-hot node.
public struct OneHot: IntegerOperator {
  /// Name in canonical descriptions.
  public static let name = "one-hot"
  /// Number of classes, 1 … 65,536.
  public let classCount: Int

  /// One column per class.
  public init(classCount: Int) { self.classCount = classCount }

  /// The shape rule at the top of this file.
  public func shape(node: String, operands: [TensorShape]) throws(ProgramError) -> TensorShape {
    let operand = try one(node, operands)
    guard operand.columns == 1 else { throw .shapeMismatch(node: node, expected: "[\(operand.rows)]", actual: operand) }
    guard (1...65_536).contains(classCount), let shape = TensorShape(rows: operand.rows, columns: classCount) else {
      throw .invalidParameter(node: node, reason: "\(classCount) classes; 1 to 65536 are possible")
    }
    return shape
  }

  /// The range rule at the top of this file.
  public func bounds(node: String, operands: [BoundedOperand], shape: TensorShape) throws(ProgramError) -> NodeBounds {
    let operand = try one(node, operands)
    let allowed = IntegerRange(0...(Int64(classCount) - 1))
    guard allowed.contains(operand.bounds.range) else {
      throw .outOfRange(
        node: node, computed: operand.bounds.range, allowed: allowed, remedy: "declare every class, or shift the index to start at 0")
    }
    let group = ColumnGroup.exactlyOne(count: classCount, selected: 1, others: classCount == 1 ? 1 : 0)
    guard let values = ValueBounds(groups: [group]) else { throw .operandCount(node: node, expected: 1, actual: 0) }
    return NodeBounds(values: values, enforced: IntegerRange(0...1), relationMagnitude: max(1, allowed.upper))
  }

  /// The formula at the top of this file.
  public func evaluate(node: String, operands: [IntegerTensor], shape: TensorShape) throws(ProgramError) -> [Int64] {
    let operand = try one(node, operands)
    var result = [Int64](repeating: 0, count: shape.count)
    for (row, value) in operand.values.enumerated() {
      guard let index = Int(exactly: value), (0..<classCount).contains(index) else {
        throw .inputOutOfRange(node: node, index: row, value: value, range: IntegerRange(0...(Int64(classCount) - 1)))
      }
      result[row * classCount + index] = 1
    }
    return result
  }
}

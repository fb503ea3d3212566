// ConfusionCounts: how often each pair (label, prediction) occurs.
//
// Formula: y[a, b] = #{i : label[i] = a and prediction[i] = b}. Shapes: [rows], [rows] → [classCount, classCount].
// Range: both operands must provably lie in [0, classCount − 1] (refused otherwise); y in [0, rows] and Σ y = rows.

/// A confusion matrix node; operands: labels, predictions.
public struct ConfusionCounts: IntegerOperator {
  /// Name in canonical descriptions.
  public static let name = "confusion-counts"
  /// Number of classes, 1 … 1,024.
  public let classCount: Int

  /// A square matrix of `classCount` rows (labels) and columns (predictions).
  public init(classCount: Int) { self.classCount = classCount }

  /// The shape rule at the top of this file.
  public func shape(node: String, operands: [TensorShape]) throws(ProgramError) -> TensorShape {
    let (labels, predictions) = try two(node, operands)
    guard labels.columns == 1 else { throw .shapeMismatch(node: node, expected: "[\(labels.rows)]", actual: labels) }
    guard predictions == labels else { throw .shapeMismatch(node: node, expected: "\(labels)", actual: predictions) }
    guard (1...1_024).contains(classCount) else {
      throw .invalidParameter(node: node, reason: "\(classCount) classes; 1 to 1024 are possible")
    }
    return TensorShape(checkedRows: classCount, columns: classCount)
  }

  /// The range rule at the top of this file.
  public func bounds(node: String, operands: [BoundedOperand], shape: TensorShape) throws(ProgramError) -> NodeBounds {
    let (labels, predictions) = try two(node, operands)
    let allowed = IntegerRange(0...(Int64(classCount) - 1))
    for operand in [labels, predictions] where !allowed.contains(operand.bounds.range) {
      throw .outOfRange(
        node: node, computed: operand.bounds.range, allowed: allowed, remedy: "count as many classes as labels and predictions can have")
    }
    let range = IntegerRange(0...Int64(labels.shape.rows))
    return NodeBounds(
      values: ValueBounds(range: range, columns: shape.columns), enforced: range, relationMagnitude: max(range.upper, allowed.upper))
  }

  /// The formula at the top of this file.
  public func evaluate(node: String, operands: [IntegerTensor], shape: TensorShape) throws(ProgramError) -> [Int64] {
    let (labels, predictions) = try two(node, operands)
    var counts = [Int64](repeating: 0, count: shape.count)
    let allowed = IntegerRange(0...(Int64(classCount) - 1))
    for (index, (label, prediction)) in zip(labels.values, predictions.values).enumerated() {
      guard allowed.contains(label) else { throw .inputOutOfRange(node: node, index: index, value: label, range: allowed) }
      guard allowed.contains(prediction) else { throw .inputOutOfRange(node: node, index: index, value: prediction, range: allowed) }
      counts[Int(label) * classCount + Int(prediction)] += 1
    }
    return counts
  }
}

// WeightedSum: a public linear functional of a whole tensor.
//
// Formula: y = Σ_i coefficient_i · x_i over all entries in row-major order. Exact, no rounding. Shapes: any → [1].
// Range: interval arithmetic. With the identity matrix as coefficients it is the number of correct predictions of a confusion matrix.

/// A weighted sum node.
public struct WeightedSum: IntegerOperator {
  /// Name in canonical descriptions.
  public static let name = "weighted-sum"
  /// One factor per entry of the operand.
  public let coefficients: [Int64]

  /// y = Σ coefficients[i] · x[i].
  public init(coefficients: [Int64]) { self.coefficients = coefficients }

  /// The sum of the diagonal of a square matrix.
  public static func trace(size: Int) -> WeightedSum {
    var coefficients = [Int64](repeating: 0, count: size * size)
    for index in 0..<size { coefficients[index * size + index] = 1 }
    return WeightedSum(coefficients: coefficients)
  }

  /// The shape rule at the top of this file.
  public func shape(node: String, operands: [TensorShape]) throws(ProgramError) -> TensorShape {
    let operand = try one(node, operands)
    guard operand.count == coefficients.count else {
      throw .shapeMismatch(node: node, expected: "\(coefficients.count) entries", actual: operand)
    }
    return TensorShape(checkedRows: 1, columns: 1)
  }

  /// The range rule at the top of this file.
  public func bounds(node: String, operands: [BoundedOperand], shape: TensorShape) throws(ProgramError) -> NodeBounds {
    let range = WideRange(try one(node, operands).bounds.range)
    let total = coefficients.reduce(WideRange.zero) { $1 == 0 ? $0 : $0 + range.scaled(by: Int128($1)) }
    return try linearBounds(total, node: node, columns: 1, relation: "Σ c·x", remedy: "use smaller coefficients or fewer entries")
  }

  /// The formula at the top of this file.
  public func evaluate(node: String, operands: [IntegerTensor], shape: TensorShape) throws(ProgramError) -> [Int64] {
    let operand = try one(node, operands)
    return [zip(coefficients, operand.values).reduce(0) { $0 &+ $1.0 &* $1.1 }]
  }
}

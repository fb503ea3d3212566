// BatchMatrixMultiply: products of matrices, one per batch entry.
//
// Formula: y[b, i, j] = Σ_k x[b, i, k] · w[b, k, j]; an operand that is not batched is the same matrix for every b. Exact, no rounding.
// Shapes: x has (batch or 1)·rows·inner entries, w (batch or 1)·inner·columns; the result is [batch·rows, columns], all row-major.
// Range: inner · (range of x · range of w).

/// A batched matrix product node; operands: left, right.
public struct BatchMatrixMultiply: IntegerOperator {
  /// Name in canonical descriptions.
  public static let name = "batch-matrix-multiply"
  /// Number of products.
  public let batch: Int
  /// Rows of each left matrix.
  public let rows: Int
  /// Columns of the left, rows of the right matrix.
  public let inner: Int
  /// Columns of each right matrix.
  public let columns: Int
  /// Whether the left operand has a matrix per batch entry.
  public let isLeftBatched: Bool
  /// Whether the right operand has a matrix per batch entry.
  public let isRightBatched: Bool

  /// Products of [rows, inner] by [inner, columns].
  public init(batch: Int, rows: Int, inner: Int, columns: Int, isLeftBatched: Bool, isRightBatched: Bool) {
    self.batch = batch
    self.rows = rows
    self.inner = inner
    self.columns = columns
    self.isLeftBatched = isLeftBatched
    self.isRightBatched = isRightBatched
  }

  /// The shape rule at the top of this file.
  public func shape(node: String, operands: [TensorShape]) throws(ProgramError) -> TensorShape {
    let (left, right) = try two(node, operands)
    guard let matrices = TensorView.checkedCount([batch, rows]), let shape = TensorShape(rows: matrices, columns: columns),
      TensorView.checkedCount([isLeftBatched ? batch : 1, rows, inner]) == left.count,
      TensorView.checkedCount([isRightBatched ? batch : 1, inner, columns]) == right.count
    else { throw .shapeMismatch(node: node, expected: "\(batch) products [\(rows), \(inner)] by [\(inner), \(columns)]", actual: right) }
    return shape
  }

  /// The range rule at the top of this file.
  public func bounds(node: String, operands: [BoundedOperand], shape: TensorShape) throws(ProgramError) -> NodeBounds {
    let (left, right) = try two(node, operands)
    let total = (WideRange(left.bounds.range) * WideRange(right.bounds.range)).scaled(by: Int128(inner))
    return try linearBounds(
      total, node: node, columns: shape.columns, relation: "Σ x·w", remedy: "use fewer bits for the activations or the weights")
  }

  /// The formula at the top of this file.
  public func evaluate(node: String, operands: [IntegerTensor], shape: TensorShape) throws(ProgramError) -> [Int64] {
    let (left, right) = try two(node, operands)
    return apply(left.values, right.values)
  }

  /// The products; counts must fit, as `shape` checks.
  @inlinable public func apply<Value: MultiplyAccumulate>(_ left: [Value], _ right: [Value]) -> [Value] {
    var result = [Value](repeating: .emptySum, count: batch * rows * columns)
    for b in 0..<batch {
      let rightStart = isRightBatched ? b * inner * columns : 0
      for i in 0..<rows {
        let leftStart = (isLeftBatched ? b * rows * inner : 0) + i * inner
        let target = (b * rows + i) * columns
        for k in 0..<inner {
          let x = left[leftStart + k]
          let source = rightStart + k * columns
          for j in 0..<columns { result[target + j] = Value.accumulate(result[target + j], x, right[source + j]) }
        }
      }
    }
    return result
  }
}

// Constant: public integers fixed by the program.
//
// Formula: y = value everywhere, or y = the listed values in row-major order. Range: from the least to the largest value.

/// A constant node.
public struct Constant: IntegerOperator {
  /// Name in canonical descriptions.
  public static let name = "constant"

  /// What the tensor holds.
  public enum Content: Hashable, Sendable {
    /// One value everywhere.
    case uniform(Int64)
    /// All values in row-major order.
    case values([Int64])
  }

  /// The values.
  public let content: Content
  /// Dimensions.
  public let dimensions: TensorShape

  /// A constant of the given shape.
  public init(_ content: Content, shape: TensorShape) {
    self.content = content
    dimensions = shape
  }

  /// The shape rule at the top of this file.
  public func shape(node: String, operands: [TensorShape]) throws(ProgramError) -> TensorShape {
    guard operands.isEmpty else { throw .operandCount(node: node, expected: 0, actual: operands.count) }
    if case .values(let values) = content, values.count != dimensions.count {
      throw .invalidParameter(node: node, reason: "\(values.count) values for shape \(dimensions)")
    }
    return dimensions
  }

  /// The range rule at the top of this file.
  public func bounds(node: String, operands: [BoundedOperand], shape: TensorShape) throws(ProgramError) -> NodeBounds {
    let wide: WideRange
    switch content {
    case .uniform(let value): wide = WideRange(IntegerRange(only: value))
    case .values(let values):
      wide = WideRange(values.min().map { Int128($0) } ?? 0, values.max().map { Int128($0) } ?? 0)
    }
    return try linearBounds(
      wide, node: node, columns: shape.columns, relation: "constant", remedy: "use constants below 2^62 in absolute value")
  }

  /// The formula at the top of this file.
  public func evaluate(node: String, operands: [IntegerTensor], shape: TensorShape) throws(ProgramError) -> [Int64] {
    switch content {
    case .uniform(let value): [Int64](repeating: value, count: shape.count)
    case .values(let values): values
    }
  }
}

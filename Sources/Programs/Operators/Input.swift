// Input: values that come from outside the program.
//
// Formula: y = the bound values. Shape: as declared. Range: as declared; for an artefact it is proved once with the artefact's
// well-formedness, for public values the verifier checks it.

/// Which of the two stored columns of a table column is meant.
public enum StoredPart: String, Hashable, Sendable, CaseIterable {
  /// The cell's integer.
  case value
  /// 1 where the cell is present, 0 where it is missing.
  case presence
}

/// Where the values of an input come from. Artefacts are named by the role they play in the statement.
public enum InputBinding: Hashable, Sendable {
  /// A stored column of a committed table.
  case column(artefact: String, column: String, part: StoredPart)
  /// A committed tensor, row-major.
  case tensor(artefact: String)
  /// Values that the statement gives in clear.
  case publicValues(name: String)
}

/// An input node.
public struct Input: IntegerOperator {
  /// Name in canonical descriptions.
  public static let name = "input"
  /// Source of the values.
  public let binding: InputBinding
  /// Declared range of every value.
  public let range: IntegerRange
  /// Declared dimensions.
  public let dimensions: TensorShape

  /// An input of the given source, range and shape.
  public init(binding: InputBinding, range: IntegerRange, shape: TensorShape) {
    self.binding = binding
    self.range = range
    dimensions = shape
  }

  /// The shape rule at the top of this file.
  public func shape(node: String, operands: [TensorShape]) throws(ProgramError) -> TensorShape {
    guard operands.isEmpty else { throw .operandCount(node: node, expected: 0, actual: operands.count) }
    return dimensions
  }

  /// The range rule at the top of this file.
  public func bounds(node: String, operands: [BoundedOperand], shape: TensorShape) throws(ProgramError) -> NodeBounds {
    try linearBounds(
      WideRange(range), node: node, columns: shape.columns, relation: "declared range",
      remedy: "declare a range below 2^62 in absolute value")
  }

  /// Inputs are given to the interpreter; reaching this means that one was not.
  public func evaluate(node: String, operands: [IntegerTensor], shape: TensorShape) throws(ProgramError) -> [Int64] {
    throw .inputMissing(node: node)
  }
}

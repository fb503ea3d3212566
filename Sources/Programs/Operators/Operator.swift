/// The operators of a program, and the three things each of them defines.

/// What an operator defines, in one file per operator, always in this order.
public protocol IntegerOperator: Hashable, Sendable {
  /// Name in canonical descriptions.
  static var name: String { get }

  /// The shape of the result.
  /// - Throws: `.operandCount`, `.shapeMismatch` or `.invalidParameter`.
  func shape(node: String, operands: [TensorShape]) throws(ProgramError) -> TensorShape

  /// Bounds of the result from bounds of the operands.
  /// - Throws: `.relationTooLarge` or `.outOfRange` when the operator's relation could wrap around or leave an enforced range.
  func bounds(node: String, operands: [BoundedOperand], shape: TensorShape) throws(ProgramError) -> NodeBounds

  /// The result, for operands whose shapes and ranges the two functions above have accepted.
  func evaluate(node: String, operands: [IntegerTensor], shape: TensorShape) throws(ProgramError) -> [Int64]
}

/// An operand as the analysis sees it.
public struct BoundedOperand: Hashable, Sendable {
  /// Its shape.
  public let shape: TensorShape
  /// Its bounds.
  public let bounds: ValueBounds

  /// An operand from its parts.
  public init(shape: TensorShape, bounds: ValueBounds) {
    self.shape = shape
    self.bounds = bounds
  }
}

/// The operation of a node, with its public parameters.
public enum Operator: Hashable, Sendable {
  case input(Input)
  case constant(Constant)
  case affine(Affine)
  case concatenateColumns(ConcatenateColumns)
  case oneHot(OneHot)
  case matrixMultiply(MatrixMultiply)
  case requantise(Requantise)
  case table(TableLookup)
  case compareGreaterOrEqual(CompareGreaterOrEqual)
  case select(Select)
  case argmax(Argmax)
  case confusionCounts(ConfusionCounts)
  case weightedSum(WeightedSum)
  case treePaths(TreePaths)
  case treeLeaves(TreeLeaves)
  // Of imported networks.
  case view(TensorView)
  case batchMatrixMultiply(BatchMatrixMultiply)
  case convolution(Convolution)
  case multiply(Multiply)
  case rescale(Rescale)
  case divide(Divide)
  case squareRoot(SquareRoot)
  case rowMaximum(RowMaximum)
  case rowLookup(RowLookup)
  case rowOrder(RowOrder)
  case treeEnsemble(TreeEnsemble)

  /// The operator itself.
  public var definition: any IntegerOperator {
    switch self {
    case .input(let value): value
    case .constant(let value): value
    case .affine(let value): value
    case .concatenateColumns(let value): value
    case .oneHot(let value): value
    case .matrixMultiply(let value): value
    case .requantise(let value): value
    case .table(let value): value
    case .compareGreaterOrEqual(let value): value
    case .select(let value): value
    case .argmax(let value): value
    case .confusionCounts(let value): value
    case .weightedSum(let value): value
    case .treePaths(let value): value
    case .treeLeaves(let value): value
    case .view(let value): value
    case .batchMatrixMultiply(let value): value
    case .convolution(let value): value
    case .multiply(let value): value
    case .rescale(let value): value
    case .divide(let value): value
    case .squareRoot(let value): value
    case .rowMaximum(let value): value
    case .rowLookup(let value): value
    case .rowOrder(let value): value
    case .treeEnsemble(let value): value
    }
  }
}

extension IntegerOperator {
  /// The operands as exactly one.
  func one<T>(_ node: String, _ operands: [T]) throws(ProgramError) -> T {
    guard operands.count == 1, let first = operands.first else {
      throw .operandCount(node: node, expected: 1, actual: operands.count)
    }
    return first
  }

  /// The operands as exactly two.
  func two<T>(_ node: String, _ operands: [T]) throws(ProgramError) -> (T, T) {
    guard operands.count == 2, let first = operands.first, let last = operands.last else {
      throw .operandCount(node: node, expected: 2, actual: operands.count)
    }
    return (first, last)
  }

  /// Bounds of a result that is linear in its operands: nothing but the range itself is enforced.
  func linearBounds(_ wide: WideRange, node: String, columns: Int, relation: String, remedy: String) throws(ProgramError) -> NodeBounds {
    let magnitude = try AnalysisLimit.check(wide, node: node, relation: relation, remedy: remedy)
    guard let range = wide.narrowed else {
      throw .relationTooLarge(node: node, relation: relation, bound: wide.magnitude, remedy: remedy)
    }
    return NodeBounds(values: ValueBounds(range: range, columns: columns), enforced: range, relationMagnitude: magnitude)
  }
}

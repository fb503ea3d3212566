/// The operations that all ONNX operators are written in, over real numbers. Each has one meaning on floats (`Primitive+Evaluation`) and
/// one lowering to integer operators (`Lowering`), so that no operator is described twice.

import Programs

/// Trees as ONNX describes them, renumbered: tree k starts at row k of `nodes`.
public struct TreeDescription: Hashable, Sendable {
  /// A node of a tree; a leaf has test 0.
  public struct Node: Hashable, Sendable {
    /// 0 leaf, 1 ≤, 2 <, 3 ≥, 4 >, 5 =, 6 ≠.
    public let test: Int
    /// Column of the features.
    public let feature: Int
    /// What the feature is compared with.
    public let threshold: Double
    /// Row of the next node if the test holds.
    public let whenTrue: Int
    /// Row of the next node otherwise.
    public let whenFalse: Int
    /// Whether a missing value goes the way of a test that holds.
    public let missingIsTrue: Bool
    /// A leaf's values, one per output.
    public let leaf: [Double]
  }

  /// All nodes; the first `trees` are roots.
  public let nodes: [Node]
  /// Number of trees.
  public let trees: Int
  /// Values per leaf.
  public let outputs: Int
  /// Longest path.
  public let depth: Int
}

/// An operation on real tensors. Counts are those of the operands unless a parameter says otherwise.
enum Primitive {
  /// The model's input of that number.
  case input(Int)
  /// Numbers known at import.
  case known
  /// Index plumbing; a fill of −∞ stands for the least value of the format.
  case view(TensorView.Map, fill: Double)
  /// Operands [outer, inner_t] side by side.
  case concatenate(outer: Int, inner: [Int])
  case matrixMultiply(BatchMatrixMultiply)
  case convolution(ConvolutionGeometry)
  /// constant + Σ coefficient · operand.
  case linear([Int], constant: Double)
  /// operand · public constant.
  case scale(Double)
  case product
  /// a / b, rounded down when `isFloor`.
  case divide(isFloor: Bool)
  case function(ElementaryFunction)
  case rowMaximum(columns: Int)
  case rowSum(columns: Int)
  case argmax(columns: Int)
  case squareRoot
  /// 1 where x ≥ 0, else 0.
  case isNonNegative
  /// Operand 1 where operand 0 is 1, else operand 2.
  case select
  /// Rows of a table [rows, columns] by number.
  case rowLookup(columns: Int)
  /// x where 0 ≤ x < size, x + size where −size ≤ x < 0; anything else is refused, here or, where `isLookedUp`, by the lookup that reads it.
  case axisIndex(size: Int, isLookedUp: Bool)
  case rowOrder(RowOrder, columns: Int)
  case treeEnsemble(TreeDescription, features: Int)
  case floor
  case roundEven
  /// min(max(roundEven(x / scale) + zeroPoint, lower), upper).
  case quantise(scale: Double, zeroPoint: Double, lower: Double, upper: Double)
  /// 1 where the value is missing (NaN), else 0.
  case isMissing

  /// Short name for the printed table.
  var name: String {
    let text = "\(self)"
    return String(text.prefix { $0 != "(" })
  }
}

/// What a tensor's numbers are.
enum ValueKind: Hashable, Sendable {
  case real, integer, boolean, text
}

/// A tensor of the graph.
struct GraphValue: Hashable, Sendable {
  let id: Int
  let dimensions: [Int]
  let kind: ValueKind

  var count: Int { dimensions.reduce(1, *) }
}

/// A node of the graph.
struct GraphNode {
  let primitive: Primitive
  let operands: [Int]
  let dimensions: [Int]
  let kind: ValueKind
  /// The values, where they follow from the file alone.
  let known: [Double]?
  /// Whether the values are public: shapes, indices, published parameters.
  let isPublic: Bool
  /// The distance between neighbouring values of a quantised tensor, where it is known.
  let lattice: Double?
  /// Number of the ONNX node it was made for; −1 for inputs and initialisers.
  let origin: Int

  var count: Int { dimensions.reduce(1, *) }
}

// Argmax: the column of the largest entry of each row.
//
// Formula: y[i] = the least j with x[i, j] ≥ x[i, k] for all k: ties go to the lowest index. Shapes: [rows, n] → [rows].
// Range: [0, n − 1]. Relation: with κ = ⌈log2 n⌉ the composite keys z_j = x_j·2^κ + (2^κ − 1 − j) are all different; the largest, Z,
// satisfies 0 ≤ Z − z_j < 2^k for all j and is one of them, so y is unique.

/// An argmax node.
public struct Argmax: IntegerOperator {
  /// Name in canonical descriptions.
  public static let name = "argmax"

  /// The operator (it has no parameter).
  public init() {}

  /// The shape rule at the top of this file.
  public func shape(node: String, operands: [TensorShape]) throws(ProgramError) -> TensorShape {
    TensorShape(checkedRows: try one(node, operands).rows, columns: 1)
  }

  /// κ: the least with n ≤ 2^κ.
  public static func keyShift(columns: Int) -> Int { columns <= 1 ? 0 : Int.bitWidth - (columns - 1).leadingZeroBitCount }

  /// The range rule at the top of this file.
  public func bounds(node: String, operands: [BoundedOperand], shape: TensorShape) throws(ProgramError) -> NodeBounds {
    let operand = try one(node, operands)
    let remedy = "requantise the scores to fewer bits"
    let columns = operand.shape.columns
    let unit = Int128(1) << Int128(Self.keyShift(columns: columns))
    let keys = WideRange(operand.bounds.range).scaled(by: unit) + WideRange(0, unit - 1)
    let left = try AnalysisLimit.check(keys, node: node, relation: "x·2^κ + 2^κ − 1 − j", remedy: remedy)
    guard let span = Int64(exactly: keys.upper - keys.lower), let cover = AnalysisLimit.powerOfTwoCover(IntegerRange(0...span)) else {
      throw .relationTooLarge(node: node, relation: "Z − z", bound: keys.magnitude, remedy: remedy)
    }
    let right = try AnalysisLimit.check(
      WideRange(cover) + WideRange(keys.lower, keys.upper), node: node, relation: "Z − z", remedy: remedy)
    let range = IntegerRange(0...(Int64(columns) - 1))
    return NodeBounds(values: ValueBounds(range: range, columns: 1), enforced: range, relationMagnitude: max(left, right))
  }

  /// The formula at the top of this file.
  public func evaluate(node: String, operands: [IntegerTensor], shape: TensorShape) throws(ProgramError) -> [Int64] {
    let operand = try one(node, operands)
    let columns = operand.shape.columns
    return (0..<shape.rows).map { row in
      var best = 0
      for column in 1..<max(1, columns) where operand.values[row * columns + column] > operand.values[row * columns + best] {
        best = column
      }
      return Int64(best)
    }
  }
}

// SquareRoot: integer square roots, rounded down.
//
// Formula: y = ⌊√(x·2^s)⌋: y² ≤ x·2^s < (y + 1)², y ≥ 0. Shapes: y like x. Range: x must provably be at least 0; y up to the root of the
// largest x. Bounds: x·2^s and (y + 1)² below 2^62 with y anywhere in its enforced interval.

/// A square root node.
public struct SquareRoot: IntegerOperator {
  /// Name in canonical descriptions.
  public static let name = "square-root"
  /// s, 0 … 60.
  public let shift: Int

  /// y = ⌊√(x·2^shift)⌋.
  public init(shift: Int) { self.shift = shift }

  /// The shape rule at the top of this file.
  public func shape(node: String, operands: [TensorShape]) throws(ProgramError) -> TensorShape {
    let operand = try one(node, operands)
    guard (0...60).contains(shift) else { throw .invalidParameter(node: node, reason: "shift \(shift); 0 to 60 are possible") }
    return operand
  }

  /// The range rule at the top of this file.
  public func bounds(node: String, operands: [BoundedOperand], shape: TensorShape) throws(ProgramError) -> NodeBounds {
    let range = try one(node, operands).bounds.range
    let remedy = "use fewer bits (--bits)"
    guard range.lower >= 0 else {
      throw .outOfRange(
        node: node, computed: range, allowed: IntegerRange(0...Int64(1) << 60), remedy: "take the root of a value that cannot be negative")
    }
    let scaled = try AnalysisLimit.check(
      WideRange(range).scaled(by: Int128(1) << Int128(shift)), node: node, relation: "x·2^s", remedy: remedy)
    let values = IntegerRange(0...Self.root(scaled))
    guard let enforced = AnalysisLimit.powerOfTwoCover(values) else {
      throw .relationTooLarge(node: node, relation: "range of y", bound: Int128(scaled), remedy: remedy)
    }
    let next = WideRange(enforced) + WideRange(1, 1)
    let right = try AnalysisLimit.check(next * next, node: node, relation: "(y + 1)²", remedy: remedy)
    return NodeBounds(values: ValueBounds(range: values, columns: shape.columns), enforced: enforced, relationMagnitude: max(scaled, right))
  }

  /// The formula at the top of this file.
  public func evaluate(node: String, operands: [IntegerTensor], shape: TensorShape) throws(ProgramError) -> [Int64] {
    try one(node, operands).values.map { Self.root($0 << Int64(shift)) }
  }

  /// ⌊√x⌋ for 0 ≤ x < 2^62, bit by bit.
  public static func root(_ x: Int64) -> Int64 {
    var result: Int64 = 0
    for bit in stride(from: 30, through: 0, by: -1) {
      let next = result | Int64(1) << Int64(bit)
      if next * next <= x { result = next }
    }
    return result
  }
}

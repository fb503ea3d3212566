// Requantise: multiply by M, divide by 2^s, round to an integer.
//
// Formula: half up    y = ⌊(acc·M + 2^(s−1)) / 2^s⌋
//          half even  y = the same, less 1 where acc·M + 2^(s−1) is divisible by 2^s and y is odd
//          (s = 0: y = acc·M.)
// So acc·M + 2^(s−1) = y·2^s + ρ with 0 ≤ ρ < 2^s for half up. Shapes: y like acc. M ≥ 1, 0 ≤ s ≤ 61.
// Range: the images of the ends (the map is monotone). `limit`, when given, must hold the range, else the program is refused;
// saturation is a composition of nodes, see `ProgramBuilder.requantise`.
// Bounds: |acc·M| + 2^(s−1) and |y|·2^s + 2^s stay below 2^62, with y anywhere in its enforced interval.

/// Rounding of a requantisation.
public enum Rounding: String, Hashable, Sendable, CaseIterable {
  /// Ties go toward plus infinity.
  case halfUp
  /// Ties go to the even neighbour.
  case halfEven
}

/// A requantisation node.
public struct Requantise: IntegerOperator {
  /// Name in canonical descriptions.
  public static let name = "requantise"
  /// M ≥ 1.
  public let multiplier: Int64
  /// s, 0 … 61.
  public let shift: Int
  /// What happens to ties.
  public let rounding: Rounding
  /// The range that the result must provably have; nil: any.
  public let limit: IntegerRange?

  /// y = round(acc · multiplier / 2^shift).
  public init(multiplier: Int64 = 1, shift: Int, rounding: Rounding = .halfUp, limit: IntegerRange? = nil) {
    self.multiplier = multiplier
    self.shift = shift
    self.rounding = rounding
    self.limit = limit
  }

  /// The shape rule at the top of this file.
  public func shape(node: String, operands: [TensorShape]) throws(ProgramError) -> TensorShape {
    let operand = try one(node, operands)
    guard multiplier >= 1 else { throw .invalidParameter(node: node, reason: "multiplier \(multiplier); it must be at least 1") }
    guard (0...61).contains(shift) else { throw .invalidParameter(node: node, reason: "shift \(shift); 0 to 61 are possible") }
    return operand
  }

  /// The range rule at the top of this file.
  public func bounds(node: String, operands: [BoundedOperand], shape: TensorShape) throws(ProgramError) -> NodeBounds {
    let operand = try one(node, operands)
    let remedy = "narrow the operand or use a smaller multiplier"
    let half = Int128(halfUnit)
    let sum = WideRange(operand.bounds.range).scaled(by: Int128(multiplier)) + WideRange(half, half)
    let left = try AnalysisLimit.check(sum, node: node, relation: "acc·M + 2^(s−1)", remedy: remedy)
    // |acc·M + 2^(s−1)| < 2^62 at both ends, so the wrapping arithmetic of `apply` is exact there.
    let range = IntegerRange(only: apply(operand.bounds.range.lower)).hull(IntegerRange(only: apply(operand.bounds.range.upper)))
    if let limit, !limit.contains(range) {
      throw .outOfRange(
        node: node, computed: range, allowed: limit, remedy: "shift by more bits, narrow the operand, or saturate instead of refusing")
    }
    guard let enforced = AnalysisLimit.powerOfTwoCover(range) else {
      throw .relationTooLarge(node: node, relation: "range of y", bound: sum.magnitude, remedy: remedy)
    }
    let unit = Int128(1) << Int128(shift)
    let right = try AnalysisLimit.check(
      WideRange(enforced).scaled(by: unit) + WideRange(0, unit), node: node, relation: "y·2^s + ρ", remedy: remedy)
    return NodeBounds(
      values: ValueBounds(range: range, columns: shape.columns), enforced: enforced, relationMagnitude: max(left, right))
  }

  /// The formula at the top of this file.
  public func evaluate(node: String, operands: [IntegerTensor], shape: TensorShape) throws(ProgramError) -> [Int64] {
    try one(node, operands).values.map(apply)
  }

  /// 2^(s−1), or 0 for s = 0.
  public var halfUnit: Int64 { shift == 0 ? 0 : Int64(1) << Int64(shift - 1) }

  /// The result for one value; exact whenever |acc·M| + 2^(s−1) < 2^63.
  public func apply(_ accumulator: Int64) -> Int64 {
    let sum = accumulator &* multiplier &+ halfUnit
    let quotient = sum >> Int64(shift)  // arithmetic shift: toward minus infinity
    guard rounding == .halfEven, shift > 0, sum & ((Int64(1) << Int64(shift)) - 1) == 0, quotient & 1 == 1 else { return quotient }
    return quotient - 1
  }
}

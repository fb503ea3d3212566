// Divide: quotients of two tensors, entry by entry, scaled and rounded.
//
// Formula: nearest  y = ⌊(2·a·2^s + b) / (2·b)⌋, the integer nearest to a·2^s/b with ties toward plus infinity
//          floor    y = ⌊a·2^s / b⌋
// So 2·a·2^s + b = 2·b·y + ρ with 0 ≤ ρ < 2·b. b ≥ 1: the analysis must show b ≥ 0, and a run with b = 0 is refused.
// Shapes: all alike. Range: a declared one, enforced; a run in which a quotient leaves it is refused. Bounds: both sides below 2^62
// with y anywhere in its enforced interval, so that no other "quotient modulo p" fits.

/// A division node; operands: dividend, divisor.
public struct Divide: IntegerOperator {
  /// Name in canonical descriptions.
  public static let name = "divide"
  /// s, 0 … 60.
  public let shift: Int
  /// Whether the quotient is rounded down and not to the nearest.
  public let isFloor: Bool
  /// What y must lie in.
  public let range: IntegerRange

  /// y = round(a·2^shift / b), in `range`.
  public init(shift: Int, isFloor: Bool = false, range: IntegerRange) {
    self.shift = shift
    self.isFloor = isFloor
    self.range = range
  }

  /// The shape rule at the top of this file.
  public func shape(node: String, operands: [TensorShape]) throws(ProgramError) -> TensorShape {
    let (left, right) = try two(node, operands)
    guard left == right else { throw .shapeMismatch(node: node, expected: "\(left)", actual: right) }
    guard (0...60).contains(shift) else { throw .invalidParameter(node: node, reason: "shift \(shift); 0 to 60 are possible") }
    return left
  }

  /// The range rule at the top of this file.
  public func bounds(node: String, operands: [BoundedOperand], shape: TensorShape) throws(ProgramError) -> NodeBounds {
    let (left, right) = try two(node, operands)
    let remedy = "use fewer bits (--bits)"
    let divisor = right.bounds.range
    guard divisor.lower >= 0, divisor.upper >= 1 else {
      throw .outOfRange(
        node: node, computed: divisor, allowed: IntegerRange(1...Int64(1) << 60), remedy: "divide by a value that cannot be negative")
    }
    guard let enforced = AnalysisLimit.powerOfTwoCover(range) else {
      throw .relationTooLarge(node: node, relation: "range of y", bound: WideRange(range).magnitude, remedy: remedy)
    }
    let twice = WideRange(divisor).scaled(by: 2)
    let a = try AnalysisLimit.check(
      WideRange(left.bounds.range).scaled(by: Int128(1) << Int128(shift + 1)) + WideRange(divisor), node: node, relation: "2·a·2^s + b",
      remedy: remedy)
    let b = try AnalysisLimit.check(
      WideRange(enforced) * twice + WideRange(0, twice.upper), node: node, relation: "2·b·y + ρ", remedy: remedy)
    return NodeBounds(values: ValueBounds(range: range, columns: shape.columns), enforced: enforced, relationMagnitude: max(a, b))
  }

  /// The formula at the top of this file.
  /// - Throws: `.inputOutOfRange` for a divisor of 0 and for a quotient outside the declared range.
  public func evaluate(node: String, operands: [IntegerTensor], shape: TensorShape) throws(ProgramError) -> [Int64] {
    let (left, right) = try two(node, operands)
    var result: [Int64] = []
    result.reserveCapacity(left.values.count)
    for (index, (a, b)) in zip(left.values, right.values).enumerated() {
      let doubled = (a << Int64(shift + 1)) &+ (isFloor ? 0 : b)
      guard b > 0, let quotient = IntegerDivision.divide(doubled, by: 2 &* b)?.quotient else {
        throw .inputOutOfRange(node: node, index: index, value: b, range: IntegerRange(1...Int64(1) << 60))
      }
      guard range.contains(quotient) else { throw .inputOutOfRange(node: node, index: index, value: quotient, range: range) }
      result.append(quotient)
    }
    return result
  }
}

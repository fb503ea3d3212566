// Rescale: a requantisation into a declared range that the proof enforces.
//
// Formula: as Requantise: y = ⌊(x·M + 2^(s−1)) / 2^s⌋, or half to even. A run in which a value of y leaves the declared range is refused:
// where a table follows, its lookup enforces the range, and no clamping has to be proved. Nothing is saturated silently.
// Shapes: y like x. M ≥ 1, 0 ≤ s ≤ 61. Range: the declared one, or what the operand implies where that is narrower.
// Bounds: |x·M| + 2^(s−1) and |y|·2^s + 2^s below 2^62 with y anywhere in its enforced interval.

/// A rescaling node.
public struct Rescale: IntegerOperator {
  /// Name in canonical descriptions.
  public static let name = "rescale"
  /// M, s and the rounding.
  public let requantise: Requantise
  /// What y must lie in.
  public let range: IntegerRange

  /// y = round(x · multiplier / 2^shift), in `range`.
  public init(multiplier: Int64 = 1, shift: Int, rounding: Rounding = .halfUp, range: IntegerRange) {
    requantise = Requantise(multiplier: multiplier, shift: shift, rounding: rounding)
    self.range = range
  }

  /// The shape rule at the top of this file.
  public func shape(node: String, operands: [TensorShape]) throws(ProgramError) -> TensorShape {
    try requantise.shape(node: node, operands: operands)
  }

  /// The range rule at the top of this file.
  public func bounds(node: String, operands: [BoundedOperand], shape: TensorShape) throws(ProgramError) -> NodeBounds {
    let operand = try one(node, operands)
    let remedy = "use fewer bits (--bits)"
    let half = Int128(requantise.halfUnit)
    let sum = WideRange(operand.bounds.range).scaled(by: Int128(requantise.multiplier)) + WideRange(half, half)
    let left = try AnalysisLimit.check(sum, node: node, relation: "x·M + 2^(s−1)", remedy: remedy)
    let reached = IntegerRange(only: requantise.apply(operand.bounds.range.lower))
      .hull(IntegerRange(only: requantise.apply(operand.bounds.range.upper)))
    let values = IntegerRange(lower: max(range.lower, reached.lower), upper: min(range.upper, reached.upper)) ?? range
    guard let enforced = AnalysisLimit.powerOfTwoCover(range) else {
      throw .relationTooLarge(node: node, relation: "range of y", bound: sum.magnitude, remedy: remedy)
    }
    let unit = Int128(1) << Int128(requantise.shift)
    let right = try AnalysisLimit.check(
      WideRange(enforced).scaled(by: unit) + WideRange(0, unit), node: node, relation: "y·2^s + ρ", remedy: remedy)
    return NodeBounds(values: ValueBounds(range: values, columns: shape.columns), enforced: enforced, relationMagnitude: max(left, right))
  }

  /// The formula at the top of this file.
  /// - Throws: `.inputOutOfRange` for the first value that leaves the declared range.
  public func evaluate(node: String, operands: [IntegerTensor], shape: TensorShape) throws(ProgramError) -> [Int64] {
    let values = try one(node, operands).values.map(requantise.apply)
    for (index, value) in values.enumerated() where !range.contains(value) {
      throw .inputOutOfRange(node: node, index: index, value: value, range: range)
    }
    return values
  }
}

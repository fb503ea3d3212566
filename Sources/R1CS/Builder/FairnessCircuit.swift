import Fields

/// A custom audit rule as a circuit: the approval rates of two groups differ by at most a threshold.
///
/// Private: prediction p_i and group g_i of N rows, each 0 or 1. Public: the threshold t = numerator/denominator and the least size
/// of a group. With n1 = Σ g_i, n0 = N − n1, a1 = Σ p_i·g_i, a0 = Σ p_i − a1 it states
///
/// **Formula**: |a0/n0 − a1/n1| ≤ t, n0 ≥ minimum, n1 ≥ minimum, minimum ≥ 1,
///
/// without division and rounding: numerator·n0·n1 ± denominator·(a0·n1 − a1·n0) ≥ 0, both signs. Neither the group sizes nor the
/// rates are made public.
///
/// **Ranges**: numerator in [0, 2^b), denominator in [1, 2^b], minimum in [1, 2^k], N < 2^k. As a0 ≤ n0 and a1 ≤ n1, |a0·n1 − a1·n0|
/// ≤ n0·n1 ≤ N²/4 < 2^(2k−2); both sums therefore lie in (−2^(b+2k−2), 2^(b+2k−1)), and a range check of b + 2k − 1 bits means ≥ 0,
/// since 3·2^(b+2k−2) ≤ p by b + 2k < bits of p. In Goldilocks with b = 16: up to 2^23 − 1 rows.
///
/// **Size**: 3N + 2(b + 2k) + 2b + 3k + 10 constraints.
public struct FairnessCircuit<F: PrimeField>: Sendable {
  /// Rows N of the table.
  public let rowCount: Int
  /// b.
  public let thresholdBitCount: Int
  /// Public inputs `main.thresholdNumerator`, `main.thresholdDenominator`, `main.minimumGroupSize`; private inputs
  /// `main.prediction[i]`, then `main.group[i]`.
  public let built: BuiltCircuit<F>

  /// **Throws** `invalidCircuit` for no row, no threshold bit, or ranges that the field cannot hold.
  public init(rowCount: Int, thresholdBitCount: Int = 16) throws(CircuitError) {
    let sizeBits = Int.bitWidth &- rowCount.leadingZeroBitCount
    guard rowCount > 0, thresholdBitCount > 0, thresholdBitCount < 64, thresholdBitCount &+ 2 &* sizeBits < F.modulusBitCount else {
      throw .invalidCircuit("\(rowCount) rows with a threshold of \(thresholdBitCount) bits in a field of \(F.modulusBitCount) bits")
    }
    var builder = CircuitBuilder<F>()
    let numerator = builder.publicInput("thresholdNumerator")
    let denominator = builder.publicInput("thresholdDenominator")
    let minimum = builder.publicInput("minimumGroupSize")
    let predictions = builder.privateInputs("prediction", count: rowCount)
    let groups = builder.privateInputs("group", count: rowCount)
    for cell in predictions + groups { builder.assertBoolean(cell) }
    try builder.assertRange(numerator, bits: thresholdBitCount, name: "numeratorRange")
    try builder.assertRange(denominator - 1, bits: thresholdBitCount, name: "denominatorRange")
    try builder.assertRange(minimum - 1, bits: sizeBits, name: "minimumRange")

    let size1 = builder.sum(groups)
    let size0 = LinearCombination(constant: F(UInt64(rowCount))) - size1
    let approved1 = builder.innerProduct(predictions, groups)
    let approved0 = builder.sum(predictions) - approved1
    try builder.assertRange(size0 - minimum, bits: sizeBits, name: "size0Range")
    try builder.assertRange(size1 - minimum, bits: sizeBits, name: "size1Range")

    let pairs = builder.product(size0, size1, name: "pairs")
    let difference =
      builder.product(approved0, size1, name: "approved0TimesSize1") - builder.product(approved1, size0, name: "approved1TimesSize0")
    let allowed = builder.product(numerator, pairs, name: "allowed")
    let actual = builder.product(denominator, difference, name: "actual")
    let width = thresholdBitCount &+ 2 &* sizeBits &- 1
    try builder.assertRange(allowed - actual, bits: width, name: "upperRange")
    try builder.assertRange(allowed + actual, bits: width, name: "lowerRange")
    self.rowCount = rowCount
    self.thresholdBitCount = thresholdBitCount
    built = try builder.build()
  }

  /// The values of all wires. Whether the rule holds, `built.circuit.firstViolation` says.
  ///
  /// `predictions`, `groups`: 0 or 1, N of each. **Throws** `valueCount`.
  public func witness(
    predictions: [UInt8], groups: [UInt8], thresholdNumerator: UInt64, thresholdDenominator: UInt64, minimumGroupSize: UInt64
  ) throws(CircuitError) -> [F] {
    guard predictions.count == rowCount else { throw .valueCount(expected: rowCount, found: predictions.count) }
    guard groups.count == rowCount else { throw .valueCount(expected: rowCount, found: groups.count) }
    return try built.witness(
      publicInputs: [thresholdNumerator, thresholdDenominator, minimumGroupSize].map { F($0) },
      privateInputs: (predictions + groups).map { F(UInt64($0)) })
  }
}

import ProofSystem

/// All steps of a linear descent as one constraint: batched products of gathered table rows with the weights of their step.
///
/// For steps t < steps.count, places b < 2^batchBits with a row ρ = batches[t, b] (−1: none, all its features and targets are 0), features j,
/// outputs k:
///
/// - scores_k(t, b) = Σ_j X_j(ρ)·w_t[j, k] for every place, and
/// - 2^R·(w_(t+1) − w_t)[j, k] + remainder_k(t, j) = A·(w_t − w_(t−1))[j, k] − a_t·Σ_b X_j(ρ)·(outputs_k(t, b) − target_k(ρ)) − l_t·w_t[j, k] +
///   2^(R−1) for every j < 2^featureBits, features beyond the last being 0; `unpenalised` has no term with l_t.
///
/// `weights_k`(t, j) is committed and stands for w_(t+1); w_0 and w_(−1) are the columns `initial` and `previous`, or zero. Both hold over the
/// field; the ranges of the columns make them hold over the integers. Reduction: `ClaimRelation+Descent.swift`.
public struct DescentConstraint: Sendable {
  public let name: String
  /// Rows of the table.
  public let rows: Extent
  public let steps: Extent
  public let batchBits: Int
  /// Row of each place, −1 for none: steps.count·2^batchBits entries.
  public let batches: [Int32]
  /// Over the table's rows: X_j.
  public let features: [ColumnExpression]
  /// Over the table's rows, one for each output.
  public let targets: [ColumnExpression]
  /// Over (t, b), one for each output.
  public let scores: [ColumnExpression]
  public let outputs: [ColumnExpression]
  /// Over (t, j), one for each output.
  public let weights: [View]
  public let remainders: [View]
  /// Over j, one for each output, or none for zero.
  public let initial: [View]
  public let previous: [View]
  /// R, A.
  public let updateBits: Int
  public let momentum: Int64
  /// a_t, l_t.
  public let gradientCoefficients: [Int64]
  public let penaltyCoefficients: [Int64]
  public let unpenalised: Int?

  public var featureBits: Int { log2Ceiling(features.count) }
  /// Degree of the polynomials at the one random point, with the powers that batch the outputs.
  var pointVariables: Int { steps.bits + batchBits + featureBits + scores.count }

  /// Every view replaced.
  func mapping(_ view: (View) -> View, _ expression: (ColumnExpression) -> ColumnExpression) -> DescentConstraint {
    DescentConstraint(
      name: name, rows: rows, steps: steps, batchBits: batchBits, batches: batches, features: features.map(expression),
      targets: targets.map(expression), scores: scores.map(expression), outputs: outputs.map(expression), weights: weights.map(view),
      remainders: remainders.map(view), initial: initial.map(view), previous: previous.map(view), updateBits: updateBits, momentum: momentum,
      gradientCoefficients: gradientCoefficients, penaltyCoefficients: penaltyCoefficients, unpenalised: unpenalised)
  }

  /// Expressions that enter linearly.
  var expressions: [ColumnExpression] {
    features + targets + scores + outputs + (weights + remainders + initial + previous).map { ColumnExpression($0) }
  }
}

import ProofSystem

/// The gradient of a linear model's loss over a table, every coordinate at once: a transposed product.
///
/// For features j < d and outputs k: values_k(j) = factor·Σ_{i in rows} X_j(i)·residuals_k(i) + penalties_k[j], as field elements;
/// and residuals_k(i) = 0 for i outside the rows. `values_k` and `residuals_k` are committed columns. Reduction:
/// `ClaimRelation+Gradient.swift`.
public struct GradientConstraint: Sendable {
  public let name: String
  public let rows: Extent
  /// X_j over the rows.
  public let features: [ColumnExpression]
  /// Over the rows, one for each output.
  public let residuals: [View]
  public let factor: Int64
  /// For each output and feature: an expression over single entries.
  public let penalties: [[ColumnExpression]]
  /// Over the features, one for each output.
  public let values: [View]

  public var featureExtent: Extent { Extent(count: features.count) }
  /// Degree of the polynomials at the random points, with the powers that batch the outputs.
  var pointVariables: Int { max(rows.bits, featureExtent.bits) + residuals.count }

  /// Every view replaced.
  func mapping(_ view: (View) -> View, _ expression: (ColumnExpression) -> ColumnExpression) -> GradientConstraint {
    GradientConstraint(
      name: name, rows: rows, features: features.map(expression), residuals: residuals.map(view), factor: factor,
      penalties: penalties.map { $0.map(expression) }, values: values.map(view))
  }

  /// Expressions that enter linearly.
  var expressions: [ColumnExpression] { features + penalties.joined() + (residuals + values).map { ColumnExpression($0) } }
}

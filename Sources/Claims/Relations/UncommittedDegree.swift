import Fields
import ProofSystem

/// Degrees, in committed cells, of the values that a relation computes: the statement refuses more than 4 (`StatementLimits`).
///
/// A cell of a committed matrix (an artefact, or the auxiliary matrix) has degree 1. A column of any other matrix is a value that nobody
/// committed: it must be the output of a product of the relation, and its degree is then the product's, deg(left) + deg(right), on to
/// the committed cells. A column that no product explains, or that explains itself, has the degree `Int.max`.
///
/// The compiler commits every output, so that its relations have degree 2 or less; this says so from the constraints themselves.
struct UncommittedDegree {
  let committed: Set<String>
  let products: [ProductConstraint]
  let hadamards: [HadamardConstraint]
  var descents: [DescentConstraint] = []
  var gradients: [GradientConstraint] = []

  /// The largest degree among linear expressions, components of lookups and of tables, single columns, and products.
  func largest<Base: PrimeField>(expressions: [ColumnExpression], lookups: [LookupExpression<Base>], views: [View]) -> Int {
    var out = expressions.reduce(0) { max($0, degree($1, depth: 0)) }
    for component in lookups { for term in component.terms { out = max(out, degree(term.view, depth: 0)) } }
    for view in views + products.flatMap(\.products) + hadamards.map(\.product) { out = max(out, degree(view, depth: 0)) }
    for product in products { out = max(out, degree(product, depth: 0)) }
    for product in hadamards { out = max(out, degree(product, depth: 0)) }
    for descent in descents { out = max(out, degree(descent)) }
    for gradient in gradients { out = max(out, degree(gradient)) }
    return out
  }

  private func degree(_ expression: ColumnExpression, depth: Int) -> Int {
    expression.terms.reduce(0) { max($0, degree($1.view, depth: depth)) }
  }

  /// deg(Σ_k left_k·right) = max over k of deg(left_k), plus deg(right).
  private func degree(_ product: ProductConstraint, depth: Int) -> Int {
    sum(product.left.reduce(0) { max($0, degree($1, depth: depth)) }, degree(product.right, depth: depth))
  }

  private func degree(_ product: HadamardConstraint, depth: Int) -> Int {
    sum(degree(product.left, depth: depth), degree(product.right, depth: depth))
  }

  /// A score or gradient is a feature times a weight or a residual.
  private func degree(_ descent: DescentConstraint) -> Int {
    let left = descent.features.reduce(0) { max($0, degree($1, depth: 0)) }
    let right = (descent.outputs + descent.targets + (descent.weights + descent.initial).map { ColumnExpression($0) })
    return sum(left, right.reduce(0) { max($0, degree($1, depth: 0)) })
  }

  /// A coordinate is a feature times a residual.
  private func degree(_ gradient: GradientConstraint) -> Int {
    let left = gradient.features.reduce(0) { max($0, degree($1, depth: 0)) }
    return sum(left, gradient.residuals.reduce(0) { max($0, degree($1, depth: 0)) })
  }

  private func sum(_ left: Int, _ right: Int) -> Int {
    let (sum, overflow) = left.addingReportingOverflow(right)
    return overflow ? .max : sum
  }

  private func degree(_ view: View, depth: Int) -> Int {
    if committed.contains(view.matrix) { return 1 }
    // A chain longer than the list of products goes in a circle; degrees above the limit need not be told apart.
    guard depth <= min(products.count + hadamards.count, StatementLimits.maximumUncommittedDegree) else { return .max }
    let sources =
      products.filter { $0.products.contains(view) }.map { degree($0, depth: depth + 1) }
      + hadamards.filter { $0.product == view }.map { degree($0, depth: depth + 1) }
    return sources.max() ?? .max
  }
}

import Fields
import Hashing
import ProofSystem

/// The relation of an ordered list of claims: their constraints over the artefacts and one auxiliary matrix, one fraction tree for all.
///
/// Reduction: for every distinct row extent one random point r; each linear constraint becomes one linear claim at r; each product is one
/// product sumcheck over the inner index; then the fraction tree. Every weight vanishes outside the logical shape (shape rule).
public struct ClaimRelation<E: ChallengeField>: Relation {
  public typealias Base = E.Base
  public let descriptor: CanonicalValue
  public let matrices: [RelationMatrix]
  public let auxiliary: MatrixLayout
  public let columns: [AuxiliaryColumn]
  public let linear: [LinearConstraint]
  public let products: [ProductConstraint]
  public let sums: [SumConstraint]
  public let shifts: [ShiftConstraint]
  public let hadamards: [HadamardConstraint]
  public let descents: [DescentConstraint]
  public let gradients: [GradientConstraint]
  public let networks: [NetworkConstraint]
  public let tree: FractionTree<Base>
  /// Distinct row extents, in order of first use.
  public let extents: [Extent]

  public var lookupDegree: Int { tree.lookups.isEmpty ? 0 : tree.degree }
  public var pointVariables: Int {
    max(
      extents.map(\.bits).max() ?? 0, products.map { $0.rows.bits + $0.columns.bits }.max() ?? 0,
      (shifts.map(\.bits) + hadamards.map(\.bits) + descents.map(\.pointVariables)).max() ?? 0,
      (gradients.map(\.pointVariables) + networks.map(\.pointVariables)).max() ?? 0)
  }
  public let uncommittedDegree: Int

  /// - Parameters:
  ///   - descriptor: everything public about the claims; the relation is a function of it and of the artefacts' layouts.
  ///   - log2RowLength: m of the shape that carries the auxiliary matrix.
  ///   - tensors: of other relations of the same proof, in the same auxiliary matrix.
  package init(
    descriptor: CanonicalValue, matrices: [RelationMatrix], builder: RelationBuilder, log2RowLength: Int, tensors: [TensorLayout] = []
  ) throws(ClaimError) {
    self.descriptor = descriptor
    self.matrices = matrices
    columns = builder.columns
    let names = builder.columns.map(\.name) + tensors.map(\.name)
    guard Set(names).count == names.count, tensors.allSatisfy({ $0.bits <= StatementLimits.maximumMatrixBits }) else {
      throw .inconsistent("tensors of the auxiliary matrix")
    }
    let total = (builder.columns.map(\.bits) + tensors.map(\.bits)).reduce(0) { $0 + (1 << $1) }
    guard total <= 1 << StatementLimits.maximumMatrixBits else { throw .tooLarge("auxiliary matrix of \(total) cells") }
    let layout = MatrixLayout(name: "aux", log2RowLength: log2RowLength, tensors: builder.columns.map { TensorLayout($0.name, [$0.bits]) } + tensors)
    auxiliary = layout
    var placed: [String: View] = [:]
    for column in builder.columns { placed[column.name] = layout.view(column.name) }
    func resolve(_ view: View) -> View {
      guard view.matrix.hasPrefix(RelationBuilder.provisionalPrefix),
        let real = placed[String(view.matrix.dropFirst(RelationBuilder.provisionalPrefix.count))]
      else { return view }
      return view.placed(in: real)
    }
    func resolve(_ expression: ColumnExpression) -> ColumnExpression {
      var out = expression
      out.terms = expression.terms.map { ColumnExpression.Term(coefficient: $0.coefficient, view: resolve($0.view)) }
      return out
    }
    linear = builder.linear.map {
      LinearConstraint(name: $0.name, rows: $0.rows, expression: resolve($0.expression), publicValues: $0.publicValues)
    }
    // A view with fewer variables than the rows is repeated over the last of them: its weight is right only where every row counts.
    for constraint in builder.linear where constraint.rows.count != 1 << constraint.rows.bits {
      guard constraint.expression.terms.allSatisfy({ $0.view.variableCount == 0 || $0.view.variableCount == constraint.rows.bits }) else {
        throw .inconsistent("a column is repeated over some of the rows of \(constraint.name)")
      }
    }
    products = builder.products.map {
      ProductConstraint(
        name: $0.name, rows: $0.rows, inner: $0.inner, columns: $0.columns, left: $0.left.map(resolve), right: $0.right,
        products: $0.products.map(resolve))
    }
    sums = builder.sums.map {
      SumConstraint(name: $0.name, rows: $0.rows, expression: resolve($0.expression), total: resolve($0.total))
    }
    shifts = builder.shifts.map { ShiftConstraint(name: $0.name, column: resolve($0.column), next: resolve($0.next)) }
    hadamards = builder.hadamards.map {
      HadamardConstraint(name: $0.name, left: resolve($0.left), right: resolve($0.right), product: resolve($0.product))
    }
    descents = builder.descents.map { $0.mapping(resolve, resolve) }
    gradients = builder.gradients.map { $0.mapping(resolve, resolve) }
    networks = builder.networks.map { $0.mapping(resolve) }
    func components(_ list: [ColumnExpression]) -> [LookupExpression<Base>] {
      list.map { component in
        let own = resolve(component)
        return LookupExpression(signedConstant: own.constant, own.terms.map { ($0.coefficient, $0.view) })
      }
    }
    let tables = builder.tables.enumerated().map { index, table in
      let rows: TableRows<Base>
      switch table.contents {
      case .integers(let bits): rows = .integers(bits: bits)
      case .columns(let list): rows = .explicit(PublicRows(signedColumns: list))
      case .committed(let list, let extent): rows = .committed(components(list), extent)
      case .numbered(let pieces, let extent): rows = .numbered(pieces.map(components), extent)
      }
      let multiplicity: View?
      switch table.multiplicity {
      case .counted(let column): multiplicity = placed[column] ?? layout.view(column)
      case .view(let view): multiplicity = resolve(view)
      case .once: multiplicity = nil
      }
      return LookupTable<Base>(name: table.name, identifier: UInt64(index + 1), rows: rows, multiplicity: multiplicity)
    }
    let lookups = builder.lookups.map { lookup in
      Lookup<Base>(
        name: lookup.name, table: lookup.table, components: components(lookup.components),
        selected: lookup.selected.filter { $0.bits > 0 || $0.count != 1 })
    }
    tree = FractionTree(lookups: lookups, tables: tables)
    guard tree.depth <= StatementLimits.maximumTreeDepth else { throw .tooLarge("fraction tree of depth \(tree.depth)") }
    var extents: [Extent] = []
    for extent in linear.map(\.rows) + products.map(\.rows) where !extents.contains(extent) { extents.append(extent) }
    self.extents = extents
    let committed = Set(matrices.map(\.name)).union([layout.name])
    let stepped = descents.flatMap(\.expressions) + gradients.flatMap(\.expressions)
    let expressions = linear.map(\.expression) + sums.flatMap { [$0.expression, $0.total] } + stepped
    let views = shifts.flatMap { [$0.column, $0.next] } + tables.compactMap(\.multiplicity)
    let tableColumns = tables.flatMap { $0.committedComponents }
    let other = UncommittedDegree(
      committed: committed, products: products, hadamards: hadamards, descents: descents, gradients: gradients
    ).largest(
      expressions: expressions, lookups: tree.lookups.flatMap(\.components) + tableColumns, views: views)
    uncommittedDegree = networks.reduce(other) { max($0, $1.degree) }
  }

  /// Terms of scale·Σ coefficient·⟨w, view⟩, w the sum of `pieces`, whose total is `mask`: a scalar counts for every row.
  func terms(
    _ expression: ColumnExpression, _ pieces: [[TensorFactor<E>]], mask: E, _ scale: E
  ) -> [(matrix: String, tensor: Tensor<E>)] {
    expression.terms.flatMap { term in
      let coefficient = scale.scaled(by: Base(signed: term.coefficient))
      if term.view.variableCount == 0 { return [(term.view.matrix, term.view.tensor([], coefficient * mask))] }
      return pieces.map { (term.view.matrix, term.view.tensor($0, coefficient)) }
    }
  }

  @_specialize(where E == GoldilocksCubic, Channel == AffineChannel<GoldilocksCubic, VerifierTape<GoldilocksCubic, HashChain>, AllChecks>)
  @_specialize(where E == GoldilocksCubic, Channel == AffineChannel<GoldilocksCubic, LayoutTape<GoldilocksCubic>, AllChecks>)
  @_specialize(where E == GoldilocksCubic, Channel == AffineChannel<GoldilocksCubic, ReplayTape<GoldilocksCubic>, AllChecks>)
  public func verify<Channel: ClaimChannel & ~Copyable>(_ channel: inout Channel) throws(VerificationError) -> [LinearClaim<Channel.Value>]
  where Channel.E == E {
    var points: [Extent: [E]] = [:]
    for extent in extents { points[extent] = channel.challenges("rows.point", count: extent.bits) }
    var claims: [LinearClaim<Channel.Value>] = []
    for constraint in linear {
      let point = points[constraint.rows] ?? []
      let mask = Equality.maskSum(point, [constraint.rows])
      var target = -mask.scaled(by: Base(signed: constraint.expression.constant))
      if let values = constraint.publicValues {
        for (weight, value) in zip(Equality.table(point), values) { target += weight.scaled(by: Base(signed: value)) }
      }
      claims.append(LinearClaim(terms(constraint.expression, Equality.masked(point, [constraint.rows]), mask: mask, .one), Channel.Value(target)))
    }
    for product in products { claims += try verify(product, point: points[product.rows] ?? [], &channel) }
    claims += sums.map { sumClaim($0) }
    claims += shiftClaims(&channel)
    for group in hadamardGroups { claims += try verify(group, &channel) }
    for descent in descents { claims += try verify(descent, &channel) }
    for gradient in gradients { claims += try verify(gradient, &channel) }
    for network in networks { claims += try verify(network, &channel) }
    guard !tree.lookups.isEmpty else { return claims }
    return claims + (try LogUp.verify(&channel, tree: tree))
  }

  /// Σ_j eq(r', j)·product_j~(r) = Σ_k left_k~(r)·right~(k, r').
  private func verify<Channel: ClaimChannel & ~Copyable>(
    _ product: ProductConstraint, point: [E], _ channel: inout Channel
  ) throws(VerificationError) -> [LinearClaim<Channel.Value>] where Channel.E == E {
    let columnPoint = channel.challenges("product.columns", count: product.columns.bits)
    let value = try channel.receiveOne("product.value")
    let (kappa, claim) = try Sumcheck.verifyProduct(&channel, claim: value, rounds: product.inner.bits, label: "product.round")
    let factors = try channel.receive("product.factors", count: 2)
    let both = channel.product(factors[0], factors[1])
    try channel.assertZero("product.final", both - claim)
    let rowPieces = Equality.masked(point, [product.rows])
    let mask = Equality.maskSum(point, [product.rows])
    let outputs = zip(Equality.table(columnPoint), product.products).flatMap { weight, view in
      terms(ColumnExpression(view), rowPieces, mask: mask, weight)
    }
    var constant = E.zero
    var left: [(matrix: String, tensor: Tensor<E>)] = []
    for (weight, expression) in zip(Equality.table(kappa), product.left) {
      left += terms(expression, rowPieces, mask: mask, weight)
      constant += weight.scaled(by: Base(signed: expression.constant))
    }
    constant *= mask
    let right = Equality.masked(kappa + columnPoint, [product.inner, product.columns]).map {
      (matrix: product.right.matrix, tensor: product.right.tensor($0, E.one))
    }
    return [LinearClaim(outputs, value), LinearClaim(left, factors[0] - constant), LinearClaim(right, factors[1])]
  }
}

import Claims
import Fields
import Kernels
import Parallelism
import ProofSystem

extension ClaimRelation: ProvableRelation where E: KernelField {
  public func prove<Chain: TranscriptChain>(_ channel: inout ProverChannel<E, Chain>, _ witness: WitnessReader<E>) throws(ProverError) {
    var points: [Extent: [E]] = [:]
    for extent in extents { points[extent] = channel.challenges("rows.point", count: extent.bits) }
    for product in products { prove(product, point: points[product.rows] ?? [], &channel, witness) }
    for bits in Set(shifts.map(\.bits)).sorted(by: { a, b in
      (shifts.firstIndex { $0.bits == a } ?? 0) < (shifts.firstIndex { $0.bits == b } ?? 0)
    }) { _ = channel.challenges("shift.point", count: bits) }
    for group in hadamardGroups { prove(group, &channel, witness) }
    for descent in descents { prove(descent, &channel, witness) }
    for gradient in gradients { prove(gradient, &channel, witness) }
    for network in networks { prove(network, &channel, witness) }
    if !tree.lookups.isEmpty { try FractionTreeProver<E>.prove(&channel, tree: tree, witness: witness) }
  }

  private func prove<Chain: TranscriptChain>(
    _ product: ProductConstraint, point: [E], _ channel: inout ProverChannel<E, Chain>, _ witness: WitnessReader<E>
  ) {
    let columnPoint = channel.challenges("product.columns", count: product.columns.bits)
    let rowWeights = FieldBuffer<E>(uninitialisedCount: 1 << product.rows.bits)
    E.fillEqTable(rowWeights.pointer, point: point, scale: .one)
    // Each distinct column once: Σ_i eq(r, i)·column_i over the logical rows.
    var views: [View] = []
    var places: [View: Int] = [:]
    for view in product.left.flatMap({ $0.terms.map(\.view) }) + product.products where places[view] == nil {
      places[view] = views.count
      views.append(view)
    }
    let sources = views.map { witness.read($0) }
    let folded = parallelMap(count: sources.count, minimumChunk: 1) { range in
      range.map { E.dot(UnsafePointer(rowWeights.pointer), sources[$0].pointer, count: min(product.rows.count, sources[$0].count)) }
    }.flatMap { $0 }
    withExtendedLifetime(sources) {}
    func value(_ expression: ColumnExpression, _ mask: E) -> E {
      expression.terms.reduce(mask.scaled(by: Base(signed: expression.constant))) {
        let own = $1.view.variableCount == 0 ? mask.scaled(by: sources[places[$1.view] ?? 0][0]) : folded[places[$1.view] ?? 0]
        return $0 + own.scaled(by: Base(signed: $1.coefficient))
      }
    }
    let columnWeights = Equality.table(columnPoint)
    channel.send("product.value", [zip(columnWeights, product.products).reduce(.zero) { $0 + $1.0 * folded[places[$1.1] ?? 0] }])
    let mask = Equality.maskSum(point, [product.rows])
    let left = FieldBuffer<E>(repeating: .zero, count: 1 << product.inner.bits)
    for (k, expression) in product.left.enumerated() { left.pointer[k] = value(expression, mask) }
    let right = FieldBuffer<E>(repeating: .zero, count: 1 << product.inner.bits)
    let weights = witness.read(product.right)
    for k in 0..<product.inner.count {
      var sum = E.zero
      for j in 0..<product.columns.count { sum += columnWeights[j].scaled(by: weights[(k << product.columns.bits) + j]) }
      right.pointer[k] = sum
    }
    let (_, a, b) = SumcheckProver.product(&channel, left, right, label: "product.round")
    channel.send("product.factors", [a, b])
  }
}

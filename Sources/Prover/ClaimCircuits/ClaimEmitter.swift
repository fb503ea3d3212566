import Claims
import Fields
import Kernels
import ProofSystem
import R1CS

/// Writes the constraints of a relation over the wires of its cells.
struct ClaimEmitter<E: KernelField> {
  typealias Base = E.Base
  typealias Linear = LinearCombination<Base>

  private let translation: ClaimTranslation<E>
  private var cells: ClaimCells
  /// By number of the input.
  private let wires: [Linear]
  private var naming: ClaimSignals
  private(set) var builder: CircuitBuilder<Base>
  private(set) var publicValues: [Base] = []

  /// An expression whose views are looked up once.
  private struct Resolved {
    let constant: Base
    let terms: [(coefficient: Base, column: ClaimCells.Column)]
  }

  init(
    _ translation: ClaimTranslation<E>, cells: ClaimCells, wires: [Linear], builder: CircuitBuilder<Base>, naming: ClaimSignals
  ) {
    self.translation = translation
    self.cells = cells
    self.wires = wires
    self.builder = builder
    self.naming = naming
  }

  private mutating func resolve(_ expression: ColumnExpression) -> Resolved {
    Resolved(
      constant: Base(signed: expression.constant), terms: expression.terms.map { (Base(signed: $0.coefficient), cells.column($0.view)) })
  }
  private mutating func resolve(_ expression: LookupExpression<Base>) -> Resolved {
    Resolved(constant: expression.constant, terms: expression.terms.map { ($0.coefficient, cells.column($0.view)) })
  }
  private mutating func resolve(_ view: View) -> Resolved { Resolved(constant: .zero, terms: [(.one, cells.column(view))]) }

  /// The expression's value in one row.
  private func value(_ expression: Resolved, _ row: Int) -> Linear {
    var out = Linear(constant: expression.constant)
    for term in expression.terms {
      let wire = wires[cells.number(term.column, row)]
      out += term.coefficient == .one ? wire : wire.scaled(by: term.coefficient)
    }
    return out
  }

  mutating func emit() {
    let relation = translation.relation
    for constraint in relation.linear { emit(constraint) }
    for product in relation.products { emit(product) }
    for sum in relation.sums {
      let (expression, total) = (resolve(sum.expression), resolve(sum.total))
      builder.constrain(builder.sum((0..<sum.rows.count).map { value(expression, $0) }) == value(total, 0))
    }
    for shift in relation.shifts {
      let (column, next) = (resolve(shift.column), resolve(shift.next))
      let last = 1 << shift.bits - 1
      for row in 0..<last { builder.constrain(value(next, row) == value(column, row + 1)) }
      builder.constrain(value(next, last) == 0)
    }
    for product in relation.hadamards {
      let (left, right, out) = (resolve(product.left), resolve(product.right), resolve(product.product))
      for row in 0..<(1 << product.bits) { builder.constrain(value(left, row) * value(right, row) == value(out, row)) }
    }
    emitLookups(relation.tree)
  }

  private mutating func emit(_ constraint: LinearConstraint) {
    let expression = resolve(constraint.expression)
    guard let values = constraint.publicValues else {
      for row in 0..<constraint.rows.count { builder.constrain(value(expression, row) == 0) }
      return
    }
    let inputs = builder.publicInputs(naming.constraint(constraint.name), count: constraint.rows.count)
    for (row, input) in inputs.enumerated() {
      publicValues.append(values.indices.contains(row) ? Base(signed: values[row]) : .zero)
      builder.constrain(value(expression, row) == input)
    }
  }

  private mutating func emit(_ product: ProductConstraint) {
    let left = product.left.map { resolve($0) }
    let right = resolve(product.right)
    let out = product.products.map { resolve($0) }
    for row in 0..<product.rows.count {
      let factors = left.prefix(product.inner.count).map { value($0, row) }
      for (j, view) in out.enumerated() where j < product.columns.count {
        var sum = Linear.zero
        for (k, factor) in factors.enumerated() { sum += builder.product(factor, value(right, k << product.columns.bits | j)) }
        builder.constrain(sum == value(view, row))
      }
    }
  }

  private mutating func emitLookups(_ tree: FractionTree<Base>) {
    var counts: [Int: [Linear]] = [:]
    for (index, table) in translation.tables.enumerated() {
      if case .selection(_, _?) = table { counts[index] = Array(repeating: .zero, count: tree.tables[index].count) }
    }
    for lookup in tree.lookups {
      let components = lookup.components.map { resolve($0) }
      var shift = Linear.zero
      if let threshold = translation.thresholds.first(where: { $0.lookup == lookup.name }) {
        // The constant −value of the relation becomes −wire.
        let input = builder.publicInput(naming.constraint(threshold.name))
        publicValues.append(Base(signed: threshold.value))
        shift = Linear(threshold.value) - input
      }
      for row in ClaimTranslation<E>.selectedRows(lookup) {
        let values = components.map { value($0, row) }
        switch translation.tables[lookup.table] {
        case .range(let bits): emitRange((values.first ?? .zero) + shift, bits: bits)
        case .selection(let selection, _):
          let chosen = selection.choose(values, &builder)
          if var own = counts.removeValue(forKey: lookup.table) {
            selection.count(chosen, into: &own, &builder)
            counts[lookup.table] = own
          }
        }
      }
    }
    for index in translation.tables.indices {
      guard case .selection(_, let view?) = translation.tables[index], let own = counts[index] else { continue }
      let multiplicity = resolve(view)
      for (row, count) in own.enumerated() { builder.constrain(count == value(multiplicity, row)) }
    }
  }

  /// x in [0, 2^bits), bits ≤ 16 in the relation's tables: a bit is x·(x − 1) = 0, more are bits and their sum.
  private mutating func emitRange(_ x: Linear, bits: Int) {
    if bits == 1 { return builder.assertBoolean(x) }
    var sum = Linear.zero
    var weight = Base.one
    for place in 0..<bits {
      let bit = builder.wire(nil, .bit(x, place))
      builder.assertBoolean(bit)
      sum += bit.scaled(by: weight)
      weight += weight
    }
    builder.constrain(sum == x)
  }
}

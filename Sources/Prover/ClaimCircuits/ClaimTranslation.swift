import Claims
import Fields
import Kernels
import ProofSystem
import R1CS

/// What the circuit of a relation needs to know before a wire exists: the cells that are read, how each table is translated, and the size.
struct ClaimTranslation<E: KernelField> {
  typealias Base = E.Base

  /// What becomes of a table.
  enum Table {
    case range(bits: Int)
    /// `counts`: the multiplicities that other constraints read.
    case selection(TableSelection<Base>, counts: View?)
  }

  /// A threshold of a claim, which the relation has as a constant and the circuit as a public input: the lookup whose first component
  /// contains −value.
  struct Threshold {
    let lookup: String
    let name: String
    let value: Int64
  }

  let relation: ClaimRelation<E>
  let cells: ClaimCells
  let tables: [Table]
  let thresholds: [Threshold]

  init(_ relation: ClaimRelation<E>, claims: [ClaimStatement]) throws(ClaimCircuitError) {
    self.relation = relation
    if let descent = relation.descents.first { throw .committedTable(descent.name) }
    if let network = relation.networks.first { throw .committedTable(network.name) }
    if let gradient = relation.gradients.first { throw .committedTable(gradient.name) }
    var cells = ClaimCells(relation.matrices.map(\.layout) + [relation.auxiliary])
    // Before anything is read: the circuit has no such tables, and with them come columns that are repeated over rows.
    for table in relation.tree.tables { if case .numbered = table.rows { throw .committedTable(table.name) } }
    Self.readConstraints(relation, &cells)
    var tables: [Table] = []
    for table in relation.tree.tables {
      // Looked at before any count is declared read, so that tables count only what constraints read.
      let counts = table.multiplicity.flatMap { cells.isRead($0) ? $0 : nil }
      switch table.rows {
      case .integers(let bits):
        guard counts == nil else { throw .committedTable(table.name) }
        tables.append(.range(bits: bits))
      case .explicit(let rows): tables.append(.selection(TableSelection(rows.rows), counts: counts))
      case .committed, .numbered: throw .committedTable(table.name)
      }
    }
    for (table, rule) in zip(relation.tree.tables, tables) {
      if case .selection(_, let counts?) = rule { cells.read(counts, 0..<table.count) }
    }
    self.cells = cells
    self.tables = tables
    thresholds = claims.enumerated().compactMap { index, claim in
      guard case .accuracy(_, _, .atLeast(let correct)) = claim else { return nil }
      return Threshold(lookup: "\(index).slack", name: "\(index).atLeast", value: correct)
    }
  }

  private static func readConstraints(_ relation: ClaimRelation<E>, _ cells: inout ClaimCells) {
    func read(_ expression: ColumnExpression, _ rows: Range<Int>, _ cells: inout ClaimCells) {
      for term in expression.terms { cells.read(term.view, rows) }
    }
    for constraint in relation.linear { read(constraint.expression, 0..<constraint.rows.count, &cells) }
    for product in relation.products {
      for expression in product.left { read(expression, 0..<product.rows.count, &cells) }
      for k in 0..<product.inner.count { cells.read(product.right, (0..<product.columns.count).map { k << product.columns.bits | $0 }) }
      for view in product.products { cells.read(view, 0..<product.rows.count) }
    }
    for sum in relation.sums {
      read(sum.expression, 0..<sum.rows.count, &cells)
      read(sum.total, 0..<1, &cells)
    }
    for shift in relation.shifts {
      cells.read(shift.column, 0..<(1 << shift.bits))
      cells.read(shift.next, 0..<(1 << shift.bits))
    }
    for product in relation.hadamards {
      read(product.left, 0..<(1 << product.bits), &cells)
      read(product.right, 0..<(1 << product.bits), &cells)
      cells.read(product.product, 0..<(1 << product.bits))
    }
    for lookup in relation.tree.lookups {
      let rows = selectedRows(lookup)
      for component in lookup.components { for term in component.terms { cells.read(term.view, rows) } }
    }
  }

  /// Indices of the rows that a lookup selects, in the flattened index of its views.
  static func selectedRows(_ lookup: Lookup<Base>) -> [Int] {
    var rows = [0]
    for extent in lookup.selected { rows = rows.flatMap { upper in (0..<extent.count).map { upper << extent.bits | $0 } } }
    return rows
  }

  /// **Throws** `tooLarge` where the circuit would have more than the limits; an estimate from above, before anything is built.
  func checkSize(constraints limit: Int, entries entryLimit: Int) throws(ClaimCircuitError) {
    var constraints = 0.0
    var entries = 0.0
    func add(_ count: Int, _ each: Int, _ terms: Int) {
      constraints += Double(count) * Double(each)
      entries += Double(count) * Double(terms)
    }
    func width(_ expression: ColumnExpression) -> Int { expression.terms.count + 1 }
    for constraint in relation.linear { add(constraint.rows.count, 1, width(constraint.expression) + 1) }
    for product in relation.products {
      let left = product.left.reduce(0) { $0 + width($1) + 2 }
      add(product.rows.count, product.columns.count * (product.inner.count + 1), product.columns.count * (left + product.inner.count + 1))
    }
    for sum in relation.sums { add(1, 1, sum.rows.count * width(sum.expression) + width(sum.total)) }
    for shift in relation.shifts { add(1 << shift.bits, 1, 2) }
    for product in relation.hadamards { add(1 << product.bits, 1, width(product.left) + width(product.right) + 1) }
    for lookup in relation.tree.lookups {
      let own = lookup.components.reduce(0) { $0 + $1.terms.count + 1 }
      switch tables[lookup.table] {
      case .range(let bits): add(lookup.count, bits + 1, 6 * bits + own)
      case .selection(let selection, let counts):
        let size = selection.size(isCounted: counts != nil)
        add(lookup.count, size.constraints, size.entries + own)
      }
    }
    guard constraints <= Double(limit), entries <= Double(entryLimit) else {
      throw .tooLarge(constraints: Int(min(constraints, 1e18)), entries: Int(min(entries, 1e18)))
    }
  }
}

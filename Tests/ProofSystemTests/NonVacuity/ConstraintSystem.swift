import Claims
import Fields
import Foundation
import Kernels
import ProofSystem
import Prover

/// One entry of a committed matrix.
struct Cell: Hashable {
  let matrix: String
  /// Index in the matrix vector.
  let index: Int
}

/// constant + Σ coefficient·cell over F.
struct CellForm {
  var constant: Goldilocks
  var terms: [(coefficient: Goldilocks, cell: Cell)]

  func value(_ read: (Cell) -> Goldilocks) -> Goldilocks { terms.reduce(constant) { $0 + $1.coefficient * read($1.cell) } }
}

/// What one constraint of a compiled relation asks of the cells of one row.
struct RowCheck {
  enum Condition {
    /// The form is zero.
    case zero(CellForm)
    /// The form is an integer in [0, 2^bits): all limbs of a range check together.
    case range(CellForm, bits: Int)
    /// The tuple is a row of an explicit table.
    case member([CellForm], table: Int)
    /// output = Σ_k left_k·right_k.
    case product([(left: CellForm, right: Cell)], output: Cell)
  }
  /// The constraint's name; of a range check the name without limbs.
  let name: String
  let row: Int
  let condition: Condition
}

/// The constraints of a compiled relation, read off the relation itself, row by row: a second reading beside the verifier's, over cells
/// instead of random points.
struct ConstraintSystem {
  let relation: ClaimRelation<GoldilocksCubic>
  private(set) var checks: [RowCheck] = []
  /// Names of the lookups of each range check: its own, then those of its limbs.
  private(set) var members: [String: [String]] = [:]
  /// Rows of each explicit table.
  let tables: [Int: Set<[Goldilocks]>]
  /// Auxiliary columns that are limbs, by the range check they belong to.
  private(set) var limbs: [String: [(column: String, shift: Int)]] = [:]

  /// The range check that a lookup or a limb column belongs to, and the limb's shift.
  static func limb(_ name: String) -> (base: String, shift: Int)? {
    guard let place = name.range(of: ".limb", options: .backwards), let shift = Int(name[place.upperBound...]) else { return nil }
    return (String(name[..<place.lowerBound]), shift)
  }

  init(_ relation: ClaimRelation<GoldilocksCubic>) {
    self.relation = relation
    var tables: [Int: Set<[Goldilocks]>] = [:]
    for (index, table) in relation.tree.tables.enumerated() {
      if case .explicit(let rows) = table.rows { tables[index] = Set(rows.rows) }
    }
    self.tables = tables
    for column in relation.columns { if let limb = Self.limb(column.name) { limbs[limb.base, default: []].append((column.name, limb.shift)) } }
    addLinear()
    addLookups()
    addProducts()
  }

  /// Every name that can be dropped. Sums, shifts and products of columns are of claims about data: this reading has no checks for them, so
  /// that a name of theirs in another claim is one without a false witness.
  var names: [String] {
    relation.linear.map(\.name) + relation.products.map(\.name) + relation.sums.map(\.name) + relation.shifts.map(\.name)
      + relation.hadamards.map(\.name) + relation.tree.lookups.map(\.name)
  }

  private static func indices(_ view: View) -> [Cell] { view.indices.map { Cell(matrix: view.matrix, index: $0) } }

  private mutating func addLinear() {
    for constraint in relation.linear {
      let terms = constraint.expression.terms.map { (Goldilocks(signed: $0.coefficient), Self.indices($0.view)) }
      for row in 0..<constraint.rows.count {
        let wanted = constraint.publicValues.map { Goldilocks(signed: $0[row]) } ?? .zero
        let form = CellForm(
          constant: Goldilocks(signed: constraint.expression.constant) - wanted, terms: terms.map { ($0.0, $0.1[row]) })
        checks.append(RowCheck(name: constraint.name, row: row, condition: .zero(form)))
      }
    }
  }

  private mutating func addLookups() {
    var widths: [String: Int] = [:]
    for lookup in relation.tree.lookups {
      let base = Self.limb(lookup.name)?.base ?? lookup.name
      if base == lookup.name { members[base, default: []].insert(lookup.name, at: 0) } else { members[base, default: []].append(lookup.name) }
      if case .integers(let bits) = relation.tree.tables[lookup.table].rows { widths[base, default: 0] += bits }
    }
    for lookup in relation.tree.lookups where Self.limb(lookup.name) == nil {
      let own = Set((limbs[lookup.name] ?? []).map { relation.auxiliary.view($0.column) })
      let parts = lookup.components.map { component in
        (component.constant, component.terms.filter { !own.contains($0.view) }.map { ($0.coefficient, Self.indices($0.view)) })
      }
      for row in 0..<lookup.count {
        let forms = parts.map { part in CellForm(constant: part.0, terms: part.1.map { ($0.0, $0.1[row]) }) }
        let condition: RowCheck.Condition
        if tables[lookup.table] == nil, let form = forms.first {
          condition = .range(form, bits: widths[lookup.name] ?? 0)
        } else {
          condition = .member(forms, table: lookup.table)
        }
        checks.append(RowCheck(name: lookup.name, row: row, condition: condition))
      }
    }
  }

  private mutating func addProducts() {
    for product in relation.products {
      let left = product.left.map { expression in
        (Goldilocks(signed: expression.constant), expression.terms.map { (Goldilocks(signed: $0.coefficient), Self.indices($0.view)) })
      }
      let right = Self.indices(product.right)
      for (j, output) in product.products.enumerated() {
        let cells = Self.indices(output)
        for row in 0..<product.rows.count {
          let terms = left.enumerated().map { k, part in
            (CellForm(constant: part.0, terms: part.1.map { ($0.0, $0.1[row]) }), right[(k << product.columns.bits) + j])
          }
          checks.append(RowCheck(name: product.name, row: row, condition: .product(terms, output: cells[row])))
        }
      }
    }
  }

  /// Whether a check holds of these cells.
  func holds(_ check: RowCheck, _ read: (Cell) -> Goldilocks) -> Bool {
    switch check.condition {
    case .zero(let form): return form.value(read).isZero
    case .range(let form, let bits): return Self.isBelow(form.value(read), bits: bits)
    case .member(let forms, let table): return tables[table]?.contains(forms.map { $0.value(read) }) ?? false
    case .product(let terms, let output): return terms.reduce(.zero) { $0 + $1.left.value(read) * read($1.right) } == read(output)
    }
  }

  static func isBelow(_ value: Goldilocks, bits: Int) -> Bool {
    guard let integer = value.signedInteger else { return false }
    return integer >= 0 && integer >> Int64(bits) == 0
  }

  /// Cells that a check reads.
  static func cells(_ check: RowCheck) -> [Cell] {
    switch check.condition {
    case .zero(let form), .range(let form, _): form.terms.map(\.cell)
    case .member(let forms, _): forms.flatMap { $0.terms.map(\.cell) }
    case .product(let terms, let output): terms.flatMap { $0.left.terms.map(\.cell) + [$0.right] } + [output]
    }
  }
}

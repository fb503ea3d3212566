import Programs
import ProofSystem

/// Collects the columns, constraints and tables of all claims of one proof.
///
/// Auxiliary columns are named before their matrix exists; `ClaimRelation` replaces the provisional views by real ones.
public struct RelationBuilder: Sendable {
  /// Prefix that marks provisional auxiliary views: matrix "aux?NAME".
  static let provisionalPrefix = "aux?"

  public private(set) var columns: [AuxiliaryColumn] = []
  public private(set) var linear: [LinearConstraint] = []
  public private(set) var products: [ProductConstraint] = []
  public private(set) var sums: [SumConstraint] = []
  public private(set) var shifts: [ShiftConstraint] = []
  public private(set) var hadamards: [HadamardConstraint] = []
  public private(set) var descents: [DescentConstraint] = []
  public private(set) var gradients: [GradientConstraint] = []
  public private(set) var networks: [NetworkConstraint] = []
  public private(set) var lookups: [LookupConstraint] = []
  public private(set) var tables: [(name: String, contents: TableContents, multiplicity: TableMultiplicity)] = []
  private var rangeTables: [Int: Int] = [:]
  private var functionTables: [TableLookup: Int] = [:]
  private var sharedTables: [String: Int] = [:]
  private var names: Set<String> = []
  /// Bits of a range table; wider ranges are cut into limbs of this many bits.
  let limbBits: Int

  /// `rowBits`: log2 of the padded rows of the largest claim, which decides how large tables may be.
  package init(rowBits: Int) { limbBits = min(16, max(8, rowBits + 2)) }

  /// A new auxiliary column and its provisional view.
  package mutating func column(_ name: String, bits: Int, _ recipe: WitnessRecipe) throws(ClaimError) -> View {
    guard names.insert(name).inserted else { throw .inconsistent("two columns are named \(name)") }
    columns.append(AuxiliaryColumn(name: name, bits: bits, recipe: recipe))
    return View(matrix: Self.provisionalPrefix + name, slots: (0..<bits).map { .variable($0) })
  }

  package mutating func equal(_ name: String, rows: Extent, _ expression: ColumnExpression, publicValues: [Int64]? = nil) {
    linear.append(LinearConstraint(name: name, rows: rows, expression: expression, publicValues: publicValues))
  }

  package mutating func product(_ constraint: ProductConstraint) { products.append(constraint) }

  mutating func descent(_ constraint: DescentConstraint) { descents.append(constraint) }

  mutating func gradient(_ constraint: GradientConstraint) { gradients.append(constraint) }
  mutating func network(_ constraint: NetworkConstraint) { networks.append(constraint) }

  package mutating func lookup(_ name: String, table: Int, _ components: [ColumnExpression], _ selected: [Extent]) {
    lookups.append(LookupConstraint(name: name, table: table, components: components, selected: selected))
  }

  /// Σ_{i in rows} expression(i) = total.
  mutating func sum(_ name: String, rows: Extent, _ expression: ColumnExpression, equals total: ColumnExpression) {
    sums.append(SumConstraint(name: name, rows: rows, expression: expression, total: total))
  }

  /// A committed scalar that equals Σ_{i in rows} expression(i).
  mutating func total(_ name: String, rows: Extent, _ expression: ColumnExpression, _ recipe: WitnessRecipe) throws(ClaimError) -> ColumnExpression {
    let scalar = ColumnExpression(try column(name, bits: 0, recipe))
    sum(name, rows: rows, expression, equals: scalar)
    return scalar
  }

  /// The committed column left·right over 2^bits rows.
  mutating func hadamard(_ name: String, bits: Int, _ left: ColumnExpression, _ right: ColumnExpression) throws(ClaimError) -> ColumnExpression {
    let view = try column(name, bits: bits, .product(left, right))
    hadamards.append(HadamardConstraint(name: name, left: left, right: right, product: view))
    return ColumnExpression(view)
  }

  /// The committed column that holds row i + 1 of `column` in row i.
  mutating func next(_ name: String, _ column: View) throws(ClaimError) -> ColumnExpression {
    let view = try self.column(name, bits: column.variableCount, .next(ColumnExpression(column)))
    shifts.append(ShiftConstraint(name: name, column: column, next: view))
    return ColumnExpression(view)
  }

  /// A table whose rows are committed, with an identifier of its own. `counted` makes a column of multiplicities that is returned.
  mutating func committedTable(
    _ name: String, _ components: [ColumnExpression], _ rows: Extent, multiplicity: View? = nil, counted: Bool = false
  ) throws(ClaimError) -> (index: Int, multiplicity: View?) {
    let index = tables.count
    guard counted else {
      tables.append((name, .committed(components, rows), multiplicity.map { .view($0) } ?? .once))
      return (index, multiplicity)
    }
    let own = try column("m.\(name)", bits: rows.bits, .multiplicity(table: index))
    tables.append((name, .committed(components, rows), .counted(column: "m.\(name)")))
    return (index, own)
  }

  /// A public table with an identifier of its own; its multiplicities are the view that is returned.
  package mutating func table(_ name: String, _ contents: TableContents) throws(ClaimError) -> (index: Int, multiplicity: View) {
    let count: Int
    switch contents {
    case .integers(let bits): count = 1 << bits
    case .columns(let columns): count = columns.first?.count ?? 0
    case .committed(_, let rows): count = rows.count
    case .numbered(let pieces, let rows): count = 1 << (log2Ceiling(pieces.count) + rows.bits)
    }
    let index = tables.count
    let multiplicity = try column("m.\(name)", bits: log2Ceiling(count), .multiplicity(table: index))
    tables.append((name, contents, .counted(column: "m.\(name)")))
    return (index, multiplicity)
  }

  /// 0 ≤ expression < 2^bits for every selected row. Nobody reads the multiplicities of range tables, so lookups share them.
  package mutating func range(_ name: String, _ expression: ColumnExpression, bits: Int, _ rows: Extent) throws(ClaimError) {
    if bits == 0 {
      equal(name, rows: rows, expression)
      return
    }
    try range(name, expression, bits: bits, grid: [rows])
  }

  /// The same over a grid of several dimensions, at least one bit.
  mutating func range(_ name: String, _ expression: ColumnExpression, bits: Int, grid: [Extent]) throws(ClaimError) {
    guard (1...61).contains(bits) else { throw .tooWide(node: name, bits: bits) }
    let size = grid.reduce(0) { $0 + $1.bits }
    var low = expression
    var shift = limbBits
    while shift < bits {
      let width = min(limbBits, bits - shift)
      let limb = try column("\(name).limb\(shift)", bits: size, .limb(expression, shift: shift, bits: width))
      lookup("\(name).limb\(shift)", table: try rangeTable(width), [ColumnExpression(limb)], grid)
      low = try low.adding(ColumnExpression(limb), times: -(1 << Int64(shift)))
      shift += limbBits
    }
    lookup(name, table: try rangeTable(min(bits, limbBits)), [low], grid)
  }

  /// lower ≤ expression ≤ upper.
  mutating func range(_ name: String, _ expression: ColumnExpression, in range: IntegerRange, _ rows: Extent) throws(ClaimError) {
    let bits = range.bitCount
    let (negated, overflow) = range.lower.multipliedReportingOverflow(by: -1)
    if overflow { throw .coefficientOverflow }
    try self.range("\(name).from-below", try expression.adding(negated), bits: bits, rows)
    if bits < 62, range.upper - range.lower != (1 << Int64(bits)) - 1 {
      try self.range("\(name).from-above", try ColumnExpression(constant: range.upper).adding(expression, times: -1), bits: bits, rows)
    }
  }

  /// The table (x, f(x)) of a function over its domain: one for all lookups of a proof, since nobody reads its multiplicities.
  mutating func functionTable(_ function: TableLookup, node: String) throws(ClaimError) -> Int {
    if let known = functionTables[function] { return known }
    let outputs: [Int64]
    do { outputs = try function.outputs(node: node) } catch { throw .program(error) }
    let index = try table(node, .columns([Array(function.domain.lower...function.domain.upper), outputs])).index
    functionTables[function] = index
    return index
  }

  /// A public table that stands for all lookups of a proof with this key, which determines its rows; nobody reads its multiplicities.
  mutating func sharedTable(_ key: String, name: String, _ rows: () throws(ProgramError) -> [[Int64]]) throws(ClaimError) -> Int {
    if let known = sharedTables[key] { return known }
    let contents: [[Int64]]
    do { contents = try rows() } catch { throw .program(error) }
    let index = try table(name, .rows(contents)).index
    sharedTables[key] = index
    return index
  }

  mutating func rangeTable(_ bits: Int) throws(ClaimError) -> Int {
    if let known = rangeTables[bits] { return known }
    let index = try table("range\(bits)", .integers(bits: bits)).index
    rangeTables[bits] = index
    return index
  }

  /// The same without the named constraints and lookups, and without tables that nobody looks up in any more: how tests show that each of
  /// them is needed. Auxiliary columns stay; multiplicities of a table that is gone are zero.
  package func dropping(_ names: Set<String>) -> RelationBuilder {
    var out = self
    out.linear.removeAll { names.contains($0.name) }
    out.products.removeAll { names.contains($0.name) }
    out.sums.removeAll { names.contains($0.name) }
    out.shifts.removeAll { names.contains($0.name) }
    out.hadamards.removeAll { names.contains($0.name) }
    out.descents.removeAll { names.contains($0.name) }
    out.gradients.removeAll { names.contains($0.name) }
    out.networks = networks.map { $0.dropping(names) }
    out.lookups.removeAll { names.contains($0.name) }
    let used = Set(out.lookups.map(\.table))
    let kept = tables.indices.filter(used.contains)
    out.tables = kept.map { tables[$0] }
    out.lookups = out.lookups.map { lookup in
      LookupConstraint(
        name: lookup.name, table: kept.firstIndex(of: lookup.table) ?? 0, components: lookup.components, selected: lookup.selected)
    }
    out.columns = columns.map { column in
      guard case .multiplicity(let table) = column.recipe else { return column }
      let recipe = kept.firstIndex(of: table).map { WitnessRecipe.multiplicity(table: $0) } ?? .values([])
      return AuxiliaryColumn(name: column.name, bits: column.bits, recipe: recipe)
    }
    return out
  }
}

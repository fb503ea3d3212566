import Programs
import ProofSystem

/// The grid of an ensemble's paths: [tree, row], padded to powers of two in both.
struct TreeGrid {
  let trees: Extent
  let rows: Extent
  var extents: [Extent] { [trees, rows] }
  var bits: Int { trees.bits + rows.bits }

  /// A column of one number for each cell, as values of the padded grid.
  func spread(_ count: Int, _ value: (_ tree: Int, _ row: Int) -> Int64) -> [Int64] {
    var out = [Int64](repeating: 0, count: 1 << bits)
    for tree in 0..<trees.count { for row in 0..<min(count, rows.count) { out[tree << rows.bits | row] = value(tree, row) } }
    return out
  }
}

/// A committed table of nodes as paths read it.
struct TreeNodeColumns {
  let variant: ColumnExpression
  let threshold: ColumnExpression
  let child: ColumnExpression
  let rows: Extent
}

/// What a row's step through one node commits.
enum TreeStepPart: String, CaseIterable {
  case variant
  case threshold
  case child
  case x
  case next
}

extension RelationBuilder {
  /// Paths through a committed table of nodes. n_{l+1} from n_l: (n, variant, threshold, child) is a row of the nodes, (variant, row; x) one
  /// of the features' cells, and the sign of ±(threshold − x) decides: it, plus second·2^k, is in [0, 2^k). second = n_{l+1} − child is an
  /// integer because n_{l+1} is the key of the next lookup, so it is 0 or 1 and unique. Whoever uses these constraints has to look up the last
  /// node too, or to check the last `second`.
  ///
  /// - Parameters:
  ///   - root: number of the only tree's root; nil where tree t of the grid starts at node t.
  ///   - comparisonBits: k.
  /// - Returns: the nodes on the paths, one more than levels, and `second` of each level.
  mutating func treePaths(
    _ label: String, nodes: TreeNodeColumns, features: [ColumnExpression], grid: TreeGrid, depth: Int, comparison: TreeComparison,
    comparisonBits bits: Int, root: Int?,
    column: (_ level: Int, _ part: TreeStepPart, _ builder: inout RelationBuilder) throws(ClaimError) -> ColumnExpression
  ) throws(ClaimError) -> (steps: [ColumnExpression], second: [ColumnExpression]) {
    let nodeTable = try table("\(label).nodes", .numbered([[nodes.variant, nodes.threshold, nodes.child]], nodes.rows)).index
    let cells = try table("\(label).cells", .numbered(features.map { [$0] }, grid.rows)).index
    let rowBits = grid.rows.bits
    let rowNumber = try publicGrid("\(label).row", bits: grid.bits) { $0 & ((1 << rowBits) - 1) }
    var current: ColumnExpression
    if let root {
      current = ColumnExpression(constant: Int64(root))
    } else {
      current = try publicGrid("\(label).root", bits: grid.bits) { $0 >> rowBits }
    }
    var steps = [current]
    var seconds: [ColumnExpression] = []
    for level in 0..<depth {
      let own = "\(label).\(level)"
      let variant = try column(level, .variant, &self)
      let threshold = try column(level, .threshold, &self)
      let child = try column(level, .child, &self)
      let x = try column(level, .x, &self)
      let next = try column(level, .next, &self)
      lookup("\(own).node", table: nodeTable, [current, variant, threshold, child], grid.extents)
      lookup("\(own).cell", table: cells, [try rowNumber.adding(variant, times: 1 << Int64(rowBits)), x], grid.extents)
      let second = try next.adding(child, times: -1)
      let distance = try threshold.adding(x, times: -1).scaled(by: comparison == .atMost ? 1 : -1)
      try range("\(own).side", try distance.adding(second, times: 1 << Int64(bits)), bits: bits, grid: grid.extents)
      current = next
      steps.append(current)
      seconds.append(second)
    }
    return (steps, seconds)
  }

  /// A committed column that equals a public number in every cell of 2^bits.
  mutating func publicGrid(_ name: String, bits: Int, _ value: (Int) -> Int) throws(ClaimError) -> ColumnExpression {
    guard bits <= 26 else { throw .tooLarge("\(name): 2^\(bits) public numbers") }
    let values = (0..<(1 << bits)).map { Int64(value($0)) }
    let column = ColumnExpression(try column(name, bits: bits, .values(values)))
    equal("\(name).public", rows: Extent(bits: bits, count: 1 << bits), column, publicValues: values)
    return column
  }
}

extension View {
  /// The part of the table where variables have fixed bits: one entry for each variable, nil for those that stay free, in order.
  func fixed(_ pattern: [Int?]) -> View {
    var places: [Int: Int] = [:]
    for (index, bit) in pattern.enumerated() where bit == nil { places[index] = places.count }
    return View(
      matrix: matrix,
      slots: slots.map { slot in
        guard case .variable(let j) = slot else { return slot }
        if let place = places[j] { return .variable(place) }
        return .bit(pattern.indices.contains(j) ? (pattern[j] ?? 0) : 0)
      })
  }

  /// Row `index` of a table of 2^rowBits columns: the variables before the last `rowBits` are fixed to the bits of the index.
  func row(_ index: Int, rowBits: Int) -> View {
    fixed(Self.bits(index, variableCount - rowBits) + [Int?](repeating: nil, count: rowBits))
  }

  /// The bits of a number, most significant first, for `fixed`.
  static func bits(_ number: Int, _ count: Int) -> [Int?] { (0..<max(0, count)).map { (number >> (count - 1 - $0)) & 1 } }

  /// Free variables, for `fixed`.
  static func free(_ count: Int) -> [Int?] { [Int?](repeating: nil, count: max(0, count)) }
}

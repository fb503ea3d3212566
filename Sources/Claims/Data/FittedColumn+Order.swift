import Programs
import ProofSystem

/// Parameters by order and by counts.
extension FittedColumn {
  mutating func sorted(_ compiler: inout ClaimCompiler) throws(ClaimError) -> View {
    if let sortedView { return sortedView }
    let column = try compiler.sortedCells(
      "\(prefix).sorted", index: index, key: "sorted.\(name)", cells, present: present ?? cells.rows.count)
    guard let view = column.terms.first?.view else { throw .inconsistent("\(name) has no cells") }
    sortedView = view
    return view
  }

  /// Least and greatest present cell: from the order where there is one; else cells that all others are not below or above.
  mutating func extremes(_ compiler: inout ClaimCompiler) throws(ClaimError) -> (ColumnExpression, ColumnExpression) {
    if let bounds { return (bounds.minimum, bounds.maximum) }
    let out: (ColumnExpression, ColumnExpression)
    if isSorted {
      let view = try sorted(&compiler)
      out = (ColumnExpression(view.entry(0)), ColumnExpression(view.entry((present ?? cells.rows.count) - 1)))
    } else {
      let label = "\(prefix).extremes"
      let bits = cells.range.bitCount
      guard span < 1 << 58 else { throw .tooWide(node: name, bits: bits) }
      let own = cells.hasMissing ? [cells.value, cells.presence] : [cells.value]
      let (table, _) = try compiler.builder.committedTable(label, own, cells.rows, counted: true)
      let minimum = try compiler.recorded("\(prefix).minimum", rows: Self.scalar, index: index, key: "minimum.\(name)")
      let maximum = try compiler.recorded("\(prefix).maximum", rows: Self.scalar, index: index, key: "maximum.\(name)")
      for (part, extreme) in [("minimum", minimum), ("maximum", maximum)] {
        let components = cells.hasMissing ? [extreme, ColumnExpression(constant: 1)] : [extreme]
        compiler.builder.lookup("\(label).\(part)", table: table, components, [Self.scalar])
      }
      // A missing cell holds L: (1 − presence)·(H − L) lifts it over every minimum.
      var lifted = cells.value
      if cells.hasMissing { lifted = try lifted.adding(Int64(span)).adding(cells.presence, times: -Int64(span)) }
      try compiler.builder.range("\(label).above", try lifted.adding(minimum, times: -1), bits: bits, cells.rows)
      try compiler.builder.range("\(label).below", try maximum.adding(cells.value, times: -1), bits: bits, cells.rows)
      out = (minimum, maximum)
    }
    bounds = out
    return out
  }

  /// denominator · (the quantile − L).
  mutating func quantile(_ numerator: Int, _ denominator: Int, _ compiler: inout ClaimCompiler) throws(ClaimError) -> ColumnExpression {
    let view = try sorted(&compiler)
    let place = QuantilePlace(present: present ?? cells.rows.count, numerator: numerator, denominator: denominator)
    let (low, high) = (ColumnExpression(view.entry(place.low)), ColumnExpression(view.entry(place.high)))
    return try low.adding(-cells.range.lower).scaled(by: Int64(denominator)).adding(high, times: place.fraction)
      .adding(low, times: -place.fraction)
  }

  /// 0 ≤ 2m·numbers + b − 2b·quotient < 2b.
  func rounded(
    _ label: String, _ numbers: ColumnExpression, _ m: Int64, _ b: Int64, _ quotient: ColumnExpression, _ compiler: inout ClaimCompiler
  ) throws(ClaimError) {
    let bound = 4 * Int128(m) * Int128(b)
    guard bound < 1 << 60, bound * (span + 1) < 1 << 61 else { throw .tooWide(node: name, bits: 128 - (bound * (span >> 1)).leadingZeroBitCount) }
    let rest = try numbers.scaled(by: 2 * m).adding(quotient, times: -2 * b).adding(b)
    try compiler.builder.range("\(label).rest", rest, in: IntegerRange(0...(2 * b - 1)), Self.scalar)
  }

  // MARK: Counts

  /// Multiplicities of the values L, …, H among present cells.
  mutating func valueCounts(_ compiler: inout ClaimCompiler) throws(ClaimError) -> View {
    if let counts { return counts }
    let range = cells.range
    guard range.bitCount <= 16, range.magnitude < 1 << 60 else { throw .tooWide(node: name, bits: range.bitCount) }
    var rows: [[Int64]] = (range.lower...range.upper).map { [$0, 1] }
    if cells.hasMissing { rows.append([range.lower, 0]) }
    let (table, multiplicity) = try compiler.builder.table("\(prefix).counts", .rows(rows))
    compiler.builder.lookup("\(prefix).counts", table: table, [cells.value, cells.presence], [cells.rows])
    counts = multiplicity
    return multiplicity
  }

  /// key(v) = count(v)·2^κ + (H − v): (value, top) is a row of (v, key(v)), no key is above top, and top's count is at least 1.
  mutating func mode(
    _ label: String, _ place: Int, _ value: ColumnExpression, _ compiler: inout ClaimCompiler
  ) throws(ClaimError) {
    let range = cells.range
    let counts = try valueCounts(&compiler)
    let unit = Int64(1) << Int64(range.bitCount)
    let domain = Extent(bits: counts.variableCount, count: Int(range.upper - range.lower) + 1)
    let values = try compiler.publicColumn("\(label).values", rows: domain, Array(range.lower...range.upper))
    let keys = try ColumnExpression(counts).scaled(by: unit).adding(range.upper).adding(values, times: -1)
    let (table, _) = try compiler.builder.committedTable("\(label).keys", [values, keys], domain, counted: true)
    let top = try compiler.recorded("\(label).top", rows: Self.scalar, index: index, key: "\(place).top")
    compiler.builder.lookup("\(label).keys", table: table, [value, top], [Self.scalar])
    let bound = (rowCount + 1) << Int128(range.bitCount)
    let bits = 128 - bound.leadingZeroBitCount
    try compiler.builder.range("\(label).highest", try top.adding(keys, times: -1), bits: bits, domain)
    try compiler.builder.range("\(label).occurs", try top.adding(-unit), bits: bits, Self.scalar)
  }

  /// count ≥ seen and count ≤ rows·seen for every category.
  mutating func seen(_ label: String, _ target: ArtefactDescription, _ compiler: inout ClaimCompiler) throws(ClaimError) {
    let counts = try valueCounts(&compiler)
    let domain = Extent(bits: counts.variableCount, count: cells.classCount ?? 1)
    var bits: [ColumnExpression] = []
    for code in 0..<domain.count { bits.append(ColumnExpression(try target.column(FittedParameter.seenName(name, code: code), .value))) }
    let seen = try compiler.gathered("\(label).seen", bits, rows: domain, index: index, key: "seen.\(name)")
    let width = 64 - UInt64(cells.rows.count).leadingZeroBitCount
    let count = ColumnExpression(counts)
    try compiler.builder.range("\(label).least", try count.adding(seen, times: -1), bits: width, domain)
    try compiler.builder.range("\(label).most", try seen.scaled(by: Int64(cells.rows.count)).adding(count, times: -1), bits: width, domain)
  }
}

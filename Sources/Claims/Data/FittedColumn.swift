import Programs
import ProofSystem

/// The constraints of all parameters of one column; sums, order and counts are shared between them.
///
/// y = x − L is 0 in missing cells, so that sums over y need no mask.
struct FittedColumn {
  let column: TableColumn
  let cells: StatisticColumn
  let index: Int
  let prefix: String
  /// Public number of present cells, when the column is sorted and may have missing ones.
  let present: Int?
  let isSorted: Bool
  private var number: WideNumber?
  private var sum: WideNumber?
  private var squares: WideNumber?
  private var sortedView: View?
  private var bounds: (minimum: ColumnExpression, maximum: ColumnExpression)?
  private var counts: View?

  init(_ column: TableColumn, cells: StatisticColumn, index: Int, prefix: String, present: Int?, isSorted: Bool) {
    self.column = column
    self.cells = cells
    self.index = index
    self.prefix = prefix
    self.present = present
    self.isSorted = isSorted
  }

  static let scalar = Extent(bits: 0, count: 1)
  private var name: String { column.name }
  private var span: Int128 { Int128(cells.range.upper) - Int128(cells.range.lower) }
  private var rowCount: Int128 { Int128(cells.rows.count) }

  mutating func add(
    _ parameter: FittedParameter, place: Int, _ target: ArtefactDescription, _ compiler: inout ClaimCompiler
  ) throws(ClaimError) {
    let label = "\(prefix).p\(place)"
    if case .seen = parameter.kind {
      try seen(label, target, &compiler)
      return
    }
    let value = ColumnExpression(try target.column(parameter.name, .value))
    let m: Int64
    switch parameter.kind {
    case .mean, .standardDeviation, .quantile, .interquartileRange:
      m = try ClaimError.planning { () throws(ProgramError) in try parameter.factor(column) }
    default: m = 1
    }
    let unit = parameter.unit(column)
    switch parameter.kind {
    case .mean: try mean(label, value, m, &compiler)
    case .standardDeviation:
      let (magnitude, zero) = try replacingZero(label, place, value, unit, m, &compiler)
      try deviation(label, magnitude, zero, m, &compiler)
    case .minimum, .maximum:
      let (minimum, maximum) = try extremes(&compiler)
      let extreme = parameter.kind == .minimum ? minimum : maximum
      compiler.builder.equal(label, rows: Self.scalar, try value.adding(extreme, times: -1))
    case .range:
      let (magnitude, _) = try replacingZero(label, place, value, unit, m, &compiler)
      let (minimum, maximum) = try extremes(&compiler)
      compiler.builder.equal(label, rows: Self.scalar, try maximum.adding(minimum, times: -1).adding(magnitude, times: -1))
    case .quantile(let numerator, let denominator, _):
      let (base, overflow) = cells.range.lower.multipliedReportingOverflow(by: -m)
      if overflow { throw .coefficientOverflow }
      let numbers = try quantile(numerator, denominator, &compiler)
      try rounded(label, numbers, m, Int64(denominator), try value.adding(base), &compiler)
    case .interquartileRange:
      let (magnitude, _) = try replacingZero(label, place, value, unit, m, &compiler)
      let difference = try quantile(3, 4, &compiler).adding(try quantile(1, 4, &compiler), times: -1)
      try rounded(label, difference, m, 4, magnitude, &compiler)
    case .mode: try mode(label, place, value, &compiler)
    case .seen: break
    }
  }

  // MARK: Moments

  /// n, as a number: public without missing cells, else the hidden sum of presences, at least 1 where it is divided by.
  private mutating func presentCells(_ compiler: inout ClaimCompiler) throws(ClaimError) -> WideNumber {
    if let number { return number }
    let count: WideNumber
    if cells.hasMissing {
      let label = "\(prefix).present"
      let total = try compiler.builder.total(
        label, rows: cells.rows, cells.presence, .recorded(execution: index, key: "present.\(name)"))
      count = try compiler.builder.wide(label, total, upTo: rowCount)
    } else {
      count = WideNumber(constant: rowCount)
    }
    number = count
    return count
  }

  /// S = Σ y.
  private mutating func cellSum(_ compiler: inout ClaimCompiler) throws(ClaimError) -> WideNumber {
    if let sum { return sum }
    let bound = rowCount * span
    guard bound < 1 << 60 else { throw .tooWide(node: name, bits: 128 - bound.leadingZeroBitCount) }
    let y = try cells.value.adding(-cells.range.lower)
    let total = try compiler.builder.total("\(prefix).sum", rows: cells.rows, y, .recorded(execution: index, key: "sum.\(name)"))
    let out = try compiler.builder.wide("\(prefix).sum", total, upTo: bound)
    sum = out
    return out
  }

  /// Q = Σ y². Squares are cut in two where their sum could reach 2^60.
  private mutating func cellSquares(_ compiler: inout ClaimCompiler) throws(ClaimError) -> WideNumber {
    if let squares { return squares }
    let widest = span * span
    guard widest < 1 << 60 else { throw .tooWide(node: name, bits: 128 - widest.leadingZeroBitCount) }
    let y = try cells.value.adding(-cells.range.lower)
    let label = "\(prefix).squares"
    let square = try compiler.builder.hadamard("\(label).cells", bits: cells.rows.bits, y, y)
    let out: WideNumber
    if rowCount * widest < 1 << 60 {
      let total = try compiler.builder.total(label, rows: cells.rows, square, .recorded(execution: index, key: "squares.\(name)"))
      out = try compiler.builder.wide(label, total, upTo: rowCount * widest)
    } else {
      let digit = Int64(1) << Int64(WideNumber.digitBits)
      let bits = 128 - (widest >> Int128(WideNumber.digitBits)).leadingZeroBitCount
      let high = ColumnExpression(
        try compiler.builder.column("\(label).high", bits: cells.rows.bits, .limb(square, shift: WideNumber.digitBits, bits: bits)))
      let low = try square.adding(high, times: -digit)
      try compiler.builder.range("\(label).high.range", high, bits: bits, cells.rows)
      try compiler.builder.range("\(label).low.range", low, bits: WideNumber.digitBits, cells.rows)
      let highTotal = try compiler.builder.total(
        "\(label).high.sum", rows: cells.rows, high, .recorded(execution: index, key: "squares.high.\(name)"))
      let lowTotal = try compiler.builder.total(
        "\(label).low.sum", rows: cells.rows, low, .recorded(execution: index, key: "squares.low.\(name)"))
      guard rowCount << Int128(bits) < 1 << 60 else { throw .tooWide(node: name, bits: bits) }
      let lower = try compiler.builder.wide("\(label).low.sum", lowTotal, upTo: rowCount << Int128(WideNumber.digitBits))
      let upper = try compiler.builder.wide("\(label).high.sum", highTotal, upTo: rowCount << Int128(bits))
      out = try lower.adding(upper.shifted(1))
    }
    squares = out
    return out
  }

  /// 0 ≤ 2m·S + n − 2n·(μ − mL) < 2n; it cannot hold for n = 0.
  private mutating func mean(_ label: String, _ value: ColumnExpression, _ m: Int64, _ compiler: inout ClaimCompiler) throws(ClaimError) {
    let n = try presentCells(&compiler)
    let sum = try cellSum(&compiler)
    let (base, overflow) = cells.range.lower.multipliedReportingOverflow(by: -m)
    if overflow { throw .coefficientOverflow }
    let above = try compiler.builder.wide("\(label).above", try value.adding(base), upTo: Int128(m) * span)
    let twice = try compiler.builder.product("\(label).doubled", WideNumber(constant: 2 * Int128(m)), sum)
    let half = try compiler.builder.product("\(label).quotient", above, n)
    let rest = try twice.subtracting(half).subtracting(half)
    try compiler.builder.nonNegative("\(label).least", try rest.adding(n))
    try compiler.builder.nonNegative("\(label).most", try n.subtracting(rest).subtracting(WideNumber(constant: 1)))
  }

  /// ((2σ − 1 + z)·n)² + 4m²·S² ≤ 4m²·n·Q < ((2σ + 1)·n)² + 4m²·S², z = 1 only where σ = 0.
  private mutating func deviation(
    _ label: String, _ magnitude: ColumnExpression, _ zero: ColumnExpression, _ m: Int64, _ compiler: inout ClaimCompiler
  ) throws(ClaimError) {
    let n = try presentCells(&compiler)
    let sum = try cellSum(&compiler)
    let squares = try cellSquares(&compiler)
    let (square, overflow) = Int128(4 * Int128(m)).multipliedReportingOverflow(by: Int128(m))
    let (bound, wide) = (rowCount * rowCount).multipliedReportingOverflow(by: span * span)
    let (_, both) = square.multipliedReportingOverflow(by: bound)
    guard !overflow, !wide, !both else { throw .tooWide(node: name, bits: 128) }
    let factor = WideNumber(constant: square)
    func squared(_ part: String, _ odd: ColumnExpression) throws(ClaimError) -> WideNumber {
      let root = try compiler.builder.wide("\(label).\(part)", odd, upTo: 2 * Int128(m) * span + 1)
      let side = try compiler.builder.product("\(label).\(part).side", root, n)
      return try compiler.builder.product("\(label).\(part).square", side, side)
    }
    let below = try squared("below", try magnitude.scaled(by: 2).adding(-1).adding(zero))
    let above = try squared("above", try magnitude.scaled(by: 2).adding(1))
    let centre = try compiler.builder.product("\(label).centre", try compiler.builder.product("\(label).centre.square", sum, sum), factor)
    let total = try compiler.builder.product(
      "\(label).total", try compiler.builder.product("\(label).total.squares", try compiler.builder.proper("\(label).squares", squares), n), factor)
    try compiler.builder.nonNegative("\(label).least", try total.subtracting(centre).subtracting(below))
    try compiler.builder.nonNegative(
      "\(label).most", try above.adding(centre).subtracting(total).subtracting(WideNumber(constant: 1)))
  }

  /// value = magnitude + unit·z with z a bit, z·magnitude = 0 and value ≥ 1: the unit in place of 0.
  private func replacingZero(
    _ label: String, _ place: Int, _ value: ColumnExpression, _ unit: Int64, _ m: Int64, _ compiler: inout ClaimCompiler
  ) throws(ClaimError) -> (magnitude: ColumnExpression, zero: ColumnExpression) {
    let magnitude = try compiler.recorded("\(label).magnitude", rows: Self.scalar, index: index, key: "\(place).magnitude")
    let zero = try compiler.recordedBit("\(label).zero", rows: Self.scalar, index: index, key: "\(place).zero")
    compiler.builder.equal("\(label).value", rows: Self.scalar, try magnitude.adding(zero, times: unit).adding(value, times: -1))
    let both = try compiler.builder.hadamard("\(label).both", bits: 0, magnitude, zero)
    compiler.builder.equal("\(label).both", rows: Self.scalar, both)
    let bits = max(1, 128 - (Int128(m) * span).leadingZeroBitCount)
    try compiler.builder.range("\(label).positive", try magnitude.adding(zero).adding(-1), bits: bits, Self.scalar)
    return (magnitude, zero)
  }

  // MARK: Order

  private mutating func sorted(_ compiler: inout ClaimCompiler) throws(ClaimError) -> View {
    if let sortedView { return sortedView }
    let column = try compiler.sortedCells(
      "\(prefix).sorted", index: index, key: "sorted.\(name)", cells, present: present ?? cells.rows.count)
    guard let view = column.terms.first?.view else { throw .inconsistent("\(name) has no cells") }
    sortedView = view
    return view
  }

  /// Least and greatest present cell: from the order where there is one; else cells that all others are not below or above.
  private mutating func extremes(_ compiler: inout ClaimCompiler) throws(ClaimError) -> (ColumnExpression, ColumnExpression) {
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
  private mutating func quantile(_ numerator: Int, _ denominator: Int, _ compiler: inout ClaimCompiler) throws(ClaimError) -> ColumnExpression {
    let view = try sorted(&compiler)
    let place = QuantilePlace(present: present ?? cells.rows.count, numerator: numerator, denominator: denominator)
    let (low, high) = (ColumnExpression(view.entry(place.low)), ColumnExpression(view.entry(place.high)))
    return try low.adding(-cells.range.lower).scaled(by: Int64(denominator)).adding(high, times: place.fraction)
      .adding(low, times: -place.fraction)
  }

  /// 0 ≤ 2m·numbers + b − 2b·quotient < 2b.
  private func rounded(
    _ label: String, _ numbers: ColumnExpression, _ m: Int64, _ b: Int64, _ quotient: ColumnExpression, _ compiler: inout ClaimCompiler
  ) throws(ClaimError) {
    let bound = 4 * Int128(m) * Int128(b)
    guard bound < 1 << 60, bound * (span + 1) < 1 << 61 else { throw .tooWide(node: name, bits: 128 - (bound * (span >> 1)).leadingZeroBitCount) }
    let rest = try numbers.scaled(by: 2 * m).adding(quotient, times: -2 * b).adding(b)
    try compiler.builder.range("\(label).rest", rest, in: IntegerRange(0...(2 * b - 1)), Self.scalar)
  }

  // MARK: Counts

  /// Multiplicities of the values L, …, H among present cells.
  private mutating func valueCounts(_ compiler: inout ClaimCompiler) throws(ClaimError) -> View {
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
  private mutating func mode(
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
  private mutating func seen(_ label: String, _ target: ArtefactDescription, _ compiler: inout ClaimCompiler) throws(ClaimError) {
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

extension ClaimCompiler {
  /// A column whose entries are these scalars.
  mutating func gathered(
    _ name: String, _ scalars: [ColumnExpression], rows: Extent, index: Int, key: String
  ) throws(ClaimError) -> ColumnExpression {
    let column = try recorded(name, rows: rows, index: index, key: key)
    guard let view = column.terms.first?.view else { return column }
    for (place, scalar) in scalars.enumerated() {
      builder.equal("\(name).\(place)", rows: Extent(bits: 0, count: 1), try scalar.adding(ColumnExpression(view.entry(place)), times: -1))
    }
    return column
  }
}

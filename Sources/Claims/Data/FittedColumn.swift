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
  var number: WideNumber?
  var sum: WideNumber?
  var squares: WideNumber?
  var sortedView: View?
  var bounds: (minimum: ColumnExpression, maximum: ColumnExpression)?
  var counts: View?

  init(_ column: TableColumn, cells: StatisticColumn, index: Int, prefix: String, present: Int?, isSorted: Bool) {
    self.column = column
    self.cells = cells
    self.index = index
    self.prefix = prefix
    self.present = present
    self.isSorted = isSorted
  }

  static let scalar = Extent(bits: 0, count: 1)
  var name: String { column.name }
  var span: Int128 { Int128(cells.range.upper) - Int128(cells.range.lower) }
  var rowCount: Int128 { Int128(cells.rows.count) }

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
  mutating func presentCells(_ compiler: inout ClaimCompiler) throws(ClaimError) -> WideNumber {
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
  mutating func cellSum(_ compiler: inout ClaimCompiler) throws(ClaimError) -> WideNumber {
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
  mutating func cellSquares(_ compiler: inout ClaimCompiler) throws(ClaimError) -> WideNumber {
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
  mutating func mean(_ label: String, _ value: ColumnExpression, _ m: Int64, _ compiler: inout ClaimCompiler) throws(ClaimError) {
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
  mutating func deviation(
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
  func replacingZero(
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

import Programs
import ProofSystem

/// Steps on numbers.
extension ChainCompiler {
  /// max(x, bound) = bound + e with e = b·(x − bound), b a bit, e ≥ 0 and e ≥ x − bound.
  func maximum(
    _ name: String, _ key: String, _ x: ColumnExpression, _ xRange: IntegerRange, _ bound: ColumnExpression, _ boundRange: IntegerRange,
    _ compiler: inout ClaimCompiler
  ) throws(ClaimError) -> ColumnExpression {
    guard let difference = xRange.subtracting(boundRange) else { throw .tooWide(node: name, bits: 64) }
    if difference.lower >= 0 { return x }
    if difference.upper <= 0 { return bound }
    let excess = try positivePart(name, key, try x.adding(bound, times: -1), difference, &compiler)
    return try bound.adding(excess)
  }

  /// min(x, bound) = bound − max(bound − x, 0).
  func minimum(
    _ name: String, _ key: String, _ x: ColumnExpression, _ xRange: IntegerRange, _ bound: ColumnExpression, _ boundRange: IntegerRange,
    _ compiler: inout ClaimCompiler
  ) throws(ClaimError) -> ColumnExpression {
    guard let difference = boundRange.subtracting(xRange) else { throw .tooWide(node: name, bits: 64) }
    if difference.lower >= 0 { return x }
    if difference.upper <= 0 { return bound }
    let excess = try positivePart(name, key, try bound.adding(x, times: -1), difference, &compiler)
    return try bound.adding(excess, times: -1)
  }

  /// max(d, 0) as b·d: it is at least 0 and at least d, so b = 1 needs d ≥ 0 and b = 0 needs d ≤ 0.
  private func positivePart(
    _ name: String, _ key: String, _ d: ColumnExpression, _ dRange: IntegerRange, _ compiler: inout ClaimCompiler
  ) throws(ClaimError) -> ColumnExpression {
    let bit = try compiler.recordedBit("\(name).side", rows: rows, index: index, key: key)
    let part = try compiler.builder.hadamard("\(name).part", bits: rows.bits, bit, d)
    try compiler.builder.range("\(name).positive", part, bits: Self.bits(dRange.upper), rows)
    try compiler.builder.range("\(name).above", try part.adding(d, times: -1), bits: Self.bits(-dRange.lower), rows)
    return part
  }

  /// Bits of a positive number.
  static func bits(_ value: Int64) -> Int { 64 - UInt64(max(value, 1)).leadingZeroBitCount }

  /// 0 ≤ 2a + b − 2b·q < 2b, a = factor·x − centre (cut to the limit's multiples of b where it saturates), b ≥ 1 the divisor; q lies in the
  /// limit by its column's range, so that nothing wraps around.
  mutating func divide(
    _ division: PlannedDivision, _ place: Int, _ target: ColumnExpression?, _ compiler: inout ClaimCompiler
  ) throws(ClaimError) {
    let name = "\(label).\(place)"
    let divisor = try operand(division.divisor)
    var numerator = try value.scaled(by: division.factor).adding(try operand(division.centre), times: -1)
    if case .saturate(let limit) = division.limit {
      var own = division.numerator
      guard let low = division.divisor.range.scaled(by: limit.lower), let high = division.divisor.range.scaled(by: limit.upper) else {
        throw .tooWide(node: name, bits: 64)
      }
      numerator = try maximum(
        "\(name).raised", "\(key).\(place).raised", numerator, own, try divisor.scaled(by: limit.lower), low, &compiler)
      own = IntegerRange(only: max(own.lower, low.lower)).hull(IntegerRange(only: max(own.upper, low.upper)))
      numerator = try minimum(
        "\(name).lowered", "\(key).\(place).lowered", numerator, own, try divisor.scaled(by: limit.upper), high, &compiler)
    }
    let quotient = try result(place, division.limit.range, target, &compiler)
    let product: ColumnExpression
    if divisor.isConstant {
      product = try quotient.scaled(by: divisor.constant)
    } else {
      product = try compiler.builder.hadamard("\(name).product", bits: rows.bits, quotient, divisor)
    }
    let rest = try numerator.scaled(by: 2).adding(divisor).adding(product, times: -2)
    let bits = Self.bits(2 * division.divisor.range.upper - 1)
    try compiler.builder.range("\(name).rest", rest, bits: bits, rows)
    if !(divisor.isConstant && 2 * divisor.constant == 1 << Int64(bits)) {
      try compiler.builder.range("\(name).rest-below", try divisor.scaled(by: 2).adding(rest, times: -1).adding(-1), bits: bits, rows)
    }
    value = quotient
  }

  /// (x, y) in the table of the function; over a wide domain by leading bits.
  mutating func apply(
    _ logarithm: PlannedLogarithm, _ place: Int, _ range: IntegerRange, _ target: ColumnExpression?, _ compiler: inout ClaimCompiler
  ) throws(ClaimError) {
    let name = "\(label).\(place)"
    guard !logarithm.isWide else { return try wideLogarithm(logarithm, place, range, target, &compiler) }
    let y = try unchecked(place, target, &compiler)
    let table = try compiler.builder.sharedTable(
      "log \(logarithm.base.rawValue) \(logarithm.digits) \(logarithm.scale) \(logarithm.domain)", name: name
    ) { () throws(ProgramError) in
      zip(logarithm.domain.lower..., try logarithm.table()).map { [$0, $1] }
    }
    compiler.builder.lookup(name, table: table, [value, y], [rows])
    value = y
  }

  /// w = 10^digits + x = j·P + ρ with (s, P, floor) in the table of shifts, floor ≤ j < 2^16, 0 ≤ ρ < P; A(j) by table;
  /// 0 ≤ A + s·C − D + 10^g/2 − 10^g·y < 10^g. The shift is unique: j has 16 bits unless s = 0.
  private mutating func wideLogarithm(
    _ logarithm: PlannedLogarithm, _ place: Int, _ range: IntegerRange, _ target: ColumnExpression?, _ compiler: inout ClaimCompiler
  ) throws(ClaimError) {
    let name = "\(label).\(place)"
    let wide = try ClaimError.planning { () throws(ProgramError) in try WideLogarithm(logarithm) }
    var parts: [ColumnExpression] = []
    for part in ["shift", "power", "floor", "leading", "tabulated"] {
      parts.append(try compiler.recorded("\(name).\(part)", rows: rows, index: index, key: "\(key).\(place).\(part)"))
    }
    let (shift, power, floor, leading, tabulated) = (parts[0], parts[1], parts[2], parts[3], parts[4])
    let half = Int64(1) << Int64(WideLogarithm.leadingBits - 1)
    let shifts = (0...Int64(wide.largestShift)).map { [$0, 1 << $0, $0 == 0 ? 0 : half] }
    let (shiftTable, _) = try compiler.builder.table("\(name).shifts", .rows(shifts))
    compiler.builder.lookup("\(name).shifts", table: shiftTable, [shift, power, floor], [rows])
    let leadingTable = try compiler.builder.sharedTable("leading log \(logarithm.base.rawValue) \(logarithm.scale)", name: "\(name).leading-table") {
      () throws(ProgramError) in zip(Int64(1)..., try wide.leadingTable()).map { [$0, $1] }
    }
    compiler.builder.lookup("\(name).leading-table", table: leadingTable, [leading, tabulated], [rows])
    try compiler.builder.range("\(name).leading-floor", try leading.adding(floor, times: -1), bits: WideLogarithm.leadingBits, rows)
    let whole = try compiler.builder.hadamard("\(name).whole", bits: rows.bits, leading, power)
    let rest = try value.adding(logarithm.one).adding(whole, times: -1)
    try compiler.builder.range("\(name).cut", rest, bits: wide.largestShift + 1, rows)
    try compiler.builder.range("\(name).cut-below", try power.adding(rest, times: -1).adding(-1), bits: wide.largestShift + 1, rows)
    let y = try result(place, range, target, &compiler)
    let unit = WideLogarithm.guardUnit
    let difference = try tabulated.adding(shift, times: wide.doubling).adding(y, times: -unit).adding(unit / 2 - wide.offset)
    try compiler.builder.range("\(name).rounding", difference, in: IntegerRange(0...(unit - 1)), rows)
    value = y
  }

  /// Public edges: (bin, low, high) in the table of bins and low ≤ x < high. Hidden ones: a bit for each, bin their sum.
  mutating func bucketise(
    _ buckets: PlannedBuckets, _ place: Int, _ target: ColumnExpression?, _ compiler: inout ClaimCompiler
  ) throws(ClaimError) {
    let name = "\(label).\(place)"
    let x = try value.scaled(by: buckets.multiplier)
    if buckets.arePublic {
      let bounds = (0...buckets.edges.count).map { buckets.bounds($0) }
      let (table, _) = try compiler.builder.table(name, .rows(bounds.enumerated().map { [Int64($0), $1.low, $1.high] }))
      let bin = try unchecked(place, target, &compiler)
      let low = try compiler.recorded("\(name).low", rows: rows, index: index, key: "\(key).\(place).low")
      let high = try compiler.recorded("\(name).high", rows: rows, index: index, key: "\(key).\(place).high")
      compiler.builder.lookup(name, table: table, [bin, low, high], [rows])
      let bits = Self.bits(bounds.map { $0.high - $0.low }.max() ?? 1)
      try compiler.builder.range("\(name).from-low", try x.adding(low, times: -1), bits: bits, rows)
      try compiler.builder.range("\(name).to-high", try high.adding(x, times: -1).adding(-1), bits: bits, rows)
      value = bin
      return
    }
    var bin = ColumnExpression(constant: 0)
    for (edge, planned) in buckets.edges.enumerated() {
      guard let difference = buckets.domain.subtracting(planned.range) else { throw .tooWide(node: name, bits: 64) }
      let bits = max(Self.bits(difference.upper), Self.bits(-difference.lower))
      let bit = try compiler.recordedBit("\(name).edge\(edge)", rows: rows, index: index, key: "\(key).\(place).bit.\(edge)")
      // 1: 0 ≤ x − edge; 0: x − edge < 0.
      let wide = Int64(1) << Int64(bits)
      let side = try x.adding(try operand(planned), times: -1).adding(bit, times: -wide).adding(wide)
      try compiler.builder.range("\(name).side\(edge)", side, bits: bits, rows)
      bin = try bin.adding(bit)
    }
    value = bin
  }
}

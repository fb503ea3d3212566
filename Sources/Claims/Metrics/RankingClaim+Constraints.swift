import Programs
import ProofSystem

extension RankingClaim {
  /// Most (score, class) pairs: 2^18.
  public static let maximumPairs = 1 << 18

  public func compile(_ compiler: inout ClaimCompiler, index: Int, prefix: String) throws(ClaimError) {
    let own = try StatisticColumn(labels.column, try compiler.artefact(labels.artefact))
    let values = try StatisticColumn(scores.column, try compiler.artefact(scores.artefact))
    guard let classes = own.classCount, !own.hasMissing, !values.hasMissing, own.rows == values.rows, (0..<classes).contains(positive),
      values.classCount == nil, positives >= 0, positives <= (slice?.rows ?? own.rows.count)
    else { throw .inconsistent("labels (a category column) and scores (numbers) are columns of equal length, without missing cells") }
    let bits = values.range.bitCount
    guard bits <= 16, bits >= 1 else { throw .tooWide(node: "\(prefix).scores", bits: bits) }
    let padded = Extent(count: classes)
    guard 1 << (bits + padded.bits) <= Self.maximumPairs else { throw .tooWide(node: "\(prefix).pairs", bits: bits + padded.bits) }
    guard !measures.isEmpty, measures.count <= 64 else { throw .inconsistent("1 to 64 measures") }
    let (table, counts) = try compiler.builder.table("\(prefix).pairs", .integers(bits: bits + padded.bits))
    var (score, label) = (try values.value.adding(-values.range.lower), own.value)
    if let slice {
      // Rows outside count as the least score with label 0; how many these are is public, and taken off again below.
      let inside = try slice.compile(&compiler, prefix, index: index, own.rows)
      score = try compiler.builder.hadamard("\(prefix).slice.score", bits: own.rows.bits, inside, score)
      label = try compiler.builder.hadamard("\(prefix).slice.label", bits: own.rows.bits, inside, label)
    }
    // One number for each pair: 0 ≤ label < 2^p holds for a well-formed column, on which every claim stands.
    let pair = try score.scaled(by: 1 << Int64(padded.bits)).adding(label)
    compiler.builder.lookup("\(prefix).rows", table: table, [pair], [own.rows])
    let rows = Extent(bits: bits, count: 1 << bits)
    var others: [(factor: Int64, part: ColumnExpression)] = []
    for other in 0..<1 << padded.bits where other != positive { others.append((1, ColumnExpression(counts.column(other, rowBits: bits)))) }
    var (yes, no) = (ColumnExpression(counts.column(positive, rowBits: bits)), try ColumnExpression.sum(others))
    if let slice, slice.rows < own.rows.count {
      let outside = try compiler.publicColumn(
        "\(prefix).slice.outside", rows: rows, [Int64(own.rows.count - slice.rows)] + [Int64](repeating: 0, count: rows.count - 1))
      if positive == 0 { yes = try yes.adding(outside, times: -1) } else { no = try no.adding(outside, times: -1) }
    }
    var scale = ScoreCounts(
      claim: self, prefix: prefix, index: index, rows: rows, lower: values.range.lower, total: slice?.rows ?? own.rows.count, positive: yes,
      negative: no)
    for other in classes..<1 << padded.bits {
      // Labels that are no class: the table has them only to be a power of two long.
      compiler.builder.equal("\(prefix).no-class.\(other)", rows: rows, ColumnExpression(counts.column(other, rowBits: bits)))
    }
    compiler.builder.sum("\(prefix).positives", rows: rows, scale.positive, equals: ColumnExpression(constant: Int64(positives)))
    for (place, measure) in measures.enumerated() { try scale.compile(measure, place, &compiler) }
  }
}

/// P_s and N_s as expressions over the possible scores, and what is made from them once.
private struct ScoreCounts {
  let claim: RankingClaim
  let prefix: String
  let index: Int
  let rows: Extent
  let lower: Int64
  let total: Int
  let positive: ColumnExpression
  let negative: ColumnExpression
  /// Σ_{t<s}, by what is added up.
  private var sums: [String: View] = [:]

  init(
    claim: RankingClaim, prefix: String, index: Int, rows: Extent, lower: Int64, total: Int, positive: ColumnExpression, negative: ColumnExpression
  ) {
    self.claim = claim
    self.prefix = prefix
    self.index = index
    self.rows = rows
    self.lower = lower
    self.total = total
    self.positive = positive
    self.negative = negative
  }

  private var scalar: Extent { Extent(bits: 0, count: 1) }

  /// c with c(0) = 0 and c(s + 1) = c(s) + part(s).
  private mutating func before(_ name: String, _ part: ColumnExpression, _ compiler: inout ClaimCompiler) throws(ClaimError) -> View {
    if let known = sums[name] { return known }
    let view = try compiler.builder.column("\(prefix).\(name)", bits: rows.bits, .recorded(execution: index, key: name))
    let next = try compiler.builder.next("\(prefix).\(name).next", view)
    compiler.builder.equal("\(prefix).\(name).first", rows: scalar, ColumnExpression(view.entry(0)))
    compiler.builder.equal(
      "\(prefix).\(name).step", rows: Extent(bits: rows.bits, count: rows.count - 1),
      try next.adding(ColumnExpression(view), times: -1).adding(part, times: -1))
    sums[name] = view
    return view
  }

  mutating func compile(_ measure: RankingClaim.Measure, _ place: Int, _ compiler: inout ClaimCompiler) throws(ClaimError) {
    let label = "\(prefix).\(place)"
    let pairs = Int128(claim.positives) * Int128(total - claim.positives)
    switch measure {
    case .rankSum(let shown):
      let below = ColumnExpression(try before("negatives", negative, &compiler))
      let product = try compiler.builder.hadamard("\(label).product", bits: rows.bits, positive, try negative.adding(below, times: 2))
      try bind(&compiler, label, place, product, bound: 2 * pairs, shown)
    case .distance(let shown): try distance(&compiler, label, place, pairs, shown)
    case .squaredError(let shown):
      let weights = try ClaimError.planning { () throws(ProgramError) in
        try ScoreWeights.squared(claim.unit, lower: lower, count: rows.count)
      }
      try weighted(&compiler, label, place, weights, shown)
    case .logLoss(let shown):
      let weights = try ClaimError.planning { () throws(ProgramError) in
        try ScoreWeights.logarithmic(claim.unit, lower: lower, count: rows.count)
      }
      try weighted(&compiler, label, place, weights, shown)
    case .calibration(let edges, let counts): try calibration(&compiler, label, edges, counts)
    }
  }

  /// Σ P_s·yes(s) + N_s·no(s) with public weights.
  private func weighted(
    _ compiler: inout ClaimCompiler, _ label: String, _ place: Int, _ weights: (yes: [Int64], no: [Int64]), _ shown: Shown
  ) throws(ClaimError) {
    let yes = try compiler.publicColumn("\(label).yes", rows: rows, weights.yes)
    let no = try compiler.publicColumn("\(label).no", rows: rows, weights.no)
    let first = try compiler.builder.hadamard("\(label).positive", bits: rows.bits, positive, yes)
    let second = try compiler.builder.hadamard("\(label).negative", bits: rows.bits, negative, no)
    let largest = (weights.yes + weights.no).max() ?? 0
    try bind(&compiler, label, place, try first.adding(second), bound: Int128(total) * Int128(largest), shown)
  }

  private func bind(
    _ compiler: inout ClaimCompiler, _ label: String, _ place: Int, _ part: ColumnExpression, bound: Int128, _ shown: Shown
  ) throws(ClaimError) {
    guard bound < 1 << 61, shown.range.magnitude < 1 << 61 else { throw .tooWide(node: label, bits: 128 - bound.leadingZeroBitCount) }
    switch shown {
    case .revealed(let value): compiler.builder.sum(label, rows: rows, part, equals: ColumnExpression(constant: value))
    case .within(let range):
      let sum = try compiler.builder.total(label, rows: rows, part, .recorded(execution: index, key: "\(place).value"))
      guard range.bitCount <= 60 else { throw .tooWide(node: label, bits: range.bitCount) }
      try compiler.builder.range("\(label).within", sum, in: range, scalar)
    }
  }

  /// D ≥ ±d(s) everywhere, and one of them is D where the flags say so.
  private mutating func distance(
    _ compiler: inout ClaimCompiler, _ label: String, _ place: Int, _ pairs: Int128, _ shown: Shown
  ) throws(ClaimError) {
    guard pairs < 1 << 58 else { throw .tooWide(node: label, bits: 128 - pairs.leadingZeroBitCount) }
    let bits = 65 - UInt64(clamping: pairs).leadingZeroBitCount
    let yes = try ColumnExpression(try before("positives", positive, &compiler)).adding(positive)
    let no = try ColumnExpression(try before("negatives", negative, &compiler)).adding(negative)
    let difference = try yes.scaled(by: Int64(total - claim.positives)).adding(no, times: -Int64(claim.positives))
    let up = try compiler.recordedBit("\(label).up", rows: rows, index: index, key: "up")
    let down = try compiler.recordedBit("\(label).down", rows: rows, index: index, key: "down")
    compiler.builder.sum("\(label).one", rows: rows, try up.adding(down), equals: ColumnExpression(constant: 1))
    let reached = try compiler.builder.hadamard("\(label).reached", bits: rows.bits, try up.adding(down, times: -1), difference)
    let value = try compiler.builder.total("\(label).value", rows: rows, reached, .recorded(execution: index, key: "\(place).value"))
    try compiler.builder.range("\(label).above", try value.adding(difference, times: -1), bits: bits, rows)
    try compiler.builder.range("\(label).below", try value.adding(difference), bits: bits, rows)
    switch shown {
    case .revealed(let number): compiler.builder.equal(label, rows: scalar, value, publicValues: [number])
    case .within(let range):
      guard range.bitCount <= 60 else { throw .tooWide(node: label, bits: range.bitCount) }
      try compiler.builder.range("\(label).within", value, in: range, scalar)
    }
  }

  /// Differences of running sums at the edges. The last edge is beyond every score.
  private mutating func calibration(
    _ compiler: inout ClaimCompiler, _ label: String, _ edges: [Int64], _ counts: [Int64]
  ) throws(ClaimError) {
    let isAscending = zip(edges, edges.dropFirst()).allSatisfy { $0 < $1 }
    guard edges.count >= 2, edges.count <= 1_025, isAscending, counts.count == 3 * (edges.count - 1), let first = edges.first, let last = edges.last,
      first == lower, last == lower + Int64(rows.count), counts.allSatisfy({ $0.magnitude < 1 << 60 })
    else { throw .inconsistent("bins of scores from \(lower) to \(lower + Int64(rows.count)) and three numbers for each") }
    let places = try compiler.publicColumn("\(label).places", rows: rows, (0..<rows.count).map { Int64($0) })
    let everything = try positive.adding(negative)
    let product = try compiler.builder.hadamard("\(label).scores", bits: rows.bits, everything, places)
    let columns: [(sum: View, part: ColumnExpression)] = [
      (try before("positives", positive, &compiler), positive), (try before("negatives", negative, &compiler), negative),
      (try before("scores", product, &compiler), product),
    ]
    for (bin, (low, high)) in zip(edges, edges.dropFirst()).enumerated() {
      let published = (rows: counts[3 * bin], positives: counts[3 * bin + 1], scores: counts[3 * bin + 2])
      // Scores are places plus the lower bound.
      let (offset, overflow) = lower.multipliedReportingOverflow(by: published.rows)
      let (shifted, underflow) = published.scores.subtractingReportingOverflow(offset)
      guard !overflow, !underflow else { throw .coefficientOverflow }
      let expected = [published.positives, published.rows &- published.positives, shifted]
      for (number, column) in columns.enumerated() {
        // Σ_{t<high} − Σ_{t<low}: the running sum beside the last entry of the bin, and that entry.
        let end = Int(high - lower) - 1
        let value = try ColumnExpression(column.sum.entry(end)).adding(column.part.entry(end)).adding(
          ColumnExpression(column.sum.entry(Int(low - lower))), times: -1)
        compiler.builder.equal("\(label).bin.\(bin).\(number)", rows: scalar, value, publicValues: [expected[number]])
      }
    }
  }
}

extension ColumnExpression {
  /// The value in one row, as an expression without variables.
  func entry(_ row: Int) throws(ClaimError) -> ColumnExpression {
    try ColumnExpression.sum(constant: constant, terms.map { ($0.coefficient, ColumnExpression($0.view.entry(row))) })
  }
}

import Claims
import Evidence
import Importers
import Programs

/// Deviations, correlations, quantiles, histograms and shares.
extension StatisticMaker {
  // MARK: Intervals

  /// The interval times 10^digits · count, rounded inwards.
  func within(_ bounds: BoundsSetting, _ name: String, digits: Int, times count: Int) throws -> IntegerRange {
    guard let lower = SplitBound.multiple(bounds.from, digits: digits, times: count, up: true),
      let upper = SplitBound.multiple(bounds.to, digits: digits, times: count, up: false), let range = IntegerRange(lower: lower, upper: upper),
      range.magnitude < 1 << 59
    else { throw refused(name, "bounds from \(bounds.from) to \(bounds.to) that no value meets", "from below to", "Correct statistics") }
    return range
  }

  /// Counts of a share of the rows.
  func share(_ bounds: BoundsSetting, _ name: String) throws -> IntegerRange {
    let range = try within(bounds, name, digits: 0, times: table.rowCount)
    guard range.lower >= 0, range.upper <= Int64(table.rowCount) else {
      throw refused(name, "a share from \(bounds.from) to \(bounds.to)", "shares of the rows, from 0 to 1", "Correct statistics")
    }
    return range
  }

  /// The statistic, if its numbers lie where it says.
  func checked(_ statistic: Statistic, _ label: String, _ bounds: BoundsSetting, _ hint: String = "") throws -> Statistic {
    let ranges: [IntegerRange] =
      switch statistic {
      case .missing(_, .within(let range)), .sum(_, .within(let range)), .sumOfSquares(_, _, .within(let range)),
        .productSum(_, _, _, _, .within(let range)), .order(_, _, _, .within(let range)):
        [range]
      case .histogramBounds(_, _, let within), .pairBounds(_, _, let within): within
      default: []
      }
    let values = try statistic.values(table)
    guard values.count == ranges.count, zip(ranges, values).allSatisfy({ $0.contains($1) }) else {
      throw PipelineError(
        .claimDoesNotFit, "The \(TerminalText.escaped(label)) is not from \(bounds.from) to \(bounds.to).",
        remedy: "Nothing was proved. Correct the bounds in statistics.\(hint)")
    }
    return statistic
  }

  // MARK: Deviations

  /// Bounds of deviation or variance: of Σ(x − c)², beside the mean, which is revealed unless it is bounded too.
  ///
  /// **Formula**: with a = Σx − nc in [a₀, a₁], n²·variance = n·Σ(x − c)² − a², so Σ(x − c)² from (n²·v₀ + max a²) / n to (n²·v₁ + min a²) / n
  /// gives a variance from v₀ to v₁.
  mutating func spread(_ column: TableColumn, _ kind: StatisticKind, _ bounds: BoundsSetting) throws {
    let name = column.name
    let digits = try digits(column, kind)
    guard Self.sumsFit(column, table.rowCount, squares: true) else {
      throw refused(name, "the \(kind.rawValue) of a column with a very wide range", "sums below 2^61", "Narrow the range in the schema")
    }
    let count = Int128(try present(column).count)
    var sum: IntegerRange?
    for case .sum(name, .within(let range)) in statistics { sum = range }
    let isHidden = sum != nil
    if sum == nil {
      try reveal(column, .mean)
      for case .sum(name, .revealed(let value)) in statistics { sum = IntegerRange(only: value) }
    }
    guard let sum else { return }
    let middle = Int64(clamping: (Int128(sum.lower) + Int128(sum.upper)) / (2 * count))
    let centre = isHidden ? min(max(middle, column.type.range.lower), column.type.range.upper) : column.type.range.lower
    let (first, last) = (Int128(sum.lower) - Int128(centre) * count, Int128(sum.upper) - Int128(centre) * count)
    let squares = (first.magnitude.multipliedReportingOverflow(by: first.magnitude), last.magnitude.multipliedReportingOverflow(by: last.magnitude))
    guard let lower = Self.squared(bounds.from, digits, isSquare: kind == .variance), lower.top >= 0,
      let upper = Self.squared(bounds.to, digits, isSquare: kind == .variance), !squares.0.overflow, !squares.1.overflow,
      let low = Int128(exactly: squares.0.partialValue), let high = Int128(exactly: squares.1.partialValue),
      let from = Self.total(lower, count, beside: max(low, high), up: true),
      let to = Self.total(upper, count, beside: first <= 0 && last >= 0 ? 0 : min(low, high), up: false),
      let range = IntegerRange(lower: Int64(clamping: from), upper: min((1 << 59) - 1, Int64(clamping: to)))
    else {
      throw refused(
        name, "bounds of \(kind.rawValue) from \(bounds.from) to \(bounds.to) that no value meets, or of too many digits", "numbers from 0 on",
        isHidden ? "Widen them, narrow the bounds of the mean, or show the mean" : "Correct statistics")
    }
    append(
      try checked(
        .sumOfSquares(column: name, centre: centre, .within(range)), "\(kind.rawValue) of \(name)", bounds,
        isHidden ? " Since the mean is only bounded, they need some room: narrow the bounds of the mean, or show the mean." : ""))
  }

  /// A variance in stored units as a fraction, from a deviation or (`isSquare`) a variance as written; nil beyond 127 bits and for less than 0.
  private static func squared(_ text: String, _ digits: Int, isSquare: Bool) -> (top: Int128, bottom: Int128)? {
    guard let number = try? DecimalText(text.utf8), number.mantissa >= 0, number.scale <= 12 else { return nil }
    let mantissa = Int128(number.mantissa)
    let (square, overflow) = isSquare ? (mantissa, false) : mantissa.multipliedReportingOverflow(by: mantissa)
    let exponent = 2 * digits - (isSquare ? number.scale : 2 * number.scale)
    let power = (0..<abs(exponent)).reduce(Int128(1)) { product, _ in product * 10 }
    guard !overflow, exponent > 0 else { return overflow ? nil : (square, power) }
    let (top, tooLarge) = square.multipliedReportingOverflow(by: power)
    return tooLarge ? nil : (top, 1)
  }

  /// (v·n² + beside) / n as an integer.
  private static func total(_ v: (top: Int128, bottom: Int128), _ count: Int128, beside: Int128, up: Bool) -> Int128? {
    let (square, squareOverflow) = v.top.multipliedReportingOverflow(by: count * count)
    let (rest, restOverflow) = beside.multipliedReportingOverflow(by: v.bottom)
    let (sum, sumOverflow) = square.addingReportingOverflow(rest)
    let (divisor, divisorOverflow) = count.multipliedReportingOverflow(by: v.bottom)
    guard !squareOverflow, !restOverflow, !sumOverflow, !divisorOverflow, divisor > 0, sum >= 0 else { return nil }
    let (quotient, left) = sum.quotientAndRemainder(dividingBy: divisor)
    return up && left != 0 ? quotient + 1 : quotient
  }

  // MARK: Correlation

  /// Σ(x − c)(y − d) about the means, revealed or bounded, beside mean and deviation of both columns, from which Pearson's r follows.
  mutating func correlation(_ first: TableColumn, _ second: TableColumn, _ bounds: BoundsSetting?) throws {
    for column in [first, second] {
      _ = try digits(column, .deviation)
      guard column.missing == .refuse else {
        throw refused(
          column.name, "a correlation with missing cells", "two columns of numbers without missing cells",
          "Use a table without them: one that is filtered (present: true) or prepared (impute)")
      }
    }
    let rows = Int128(table.rowCount)
    let spans = [first, second].map { Int128($0.type.range.upper) - Int128($0.type.range.lower) }
    guard spans.allSatisfy({ $0 < 1 << 60 }), let one = spans.first, let two = spans.last, one * two < 1 << 61, rows * one * two < 1 << 61 else {
      throw refused(first.name, "a correlation of columns with very wide ranges", "sums below 2^61", "Narrow the ranges in the schema")
    }
    for column in [first, second] { try reveal(column, .deviation) }
    var centres: [Int64] = []
    var spreads: [Double] = []
    var rests: [Int128] = []
    for column in [first, second] {
      let name = column.name
      let sum = Int128(try Statistic.sum(column: name, .revealed(0)).values(table).first ?? 0)
      let centre = Int64(clamping: sum >= 0 ? (sum + rows / 2) / rows : (sum - rows / 2) / rows)
      let rest = sum - Int128(centre) * rows
      let squares = Int128(try Statistic.sumOfSquares(column: name, centre: centre, .revealed(0)).values(table).first ?? 0)
      let spread = rows * squares - rest * rest
      guard spread > 0 else {
        throw refused(name, "a correlation with a column that has one value only", "columns that vary", "Remove it from statistics")
      }
      centres.append(centre)
      rests.append(rest)
      spreads.append(Double(spread))
    }
    func statistic(_ shown: Shown) -> Statistic {
      .productSum(first: first.name, centre: centres[0], second: second.name, otherCentre: centres[1], shown)
    }
    guard let bounds else { return try reveal { statistic($0) } }
    // Both residual sums are below n, so that nothing is lost in floating point but of the 16th digit; the coefficient is printed with 4.
    let unit = spreads[0].squareRoot() * spreads[1].squareRoot()
    func total(_ text: String, up: Bool) throws -> Int64 {
      guard let number = try? DecimalText(text.utf8), number.scale <= 9, let value = Double(text), abs(value) <= 1 else {
        throw refused(
          first.name, "a correlation from \(bounds.from) to \(bounds.to)", "numbers from -1 to 1 with at most 9 digits after the point",
          "Correct statistics")
      }
      let exact = (value * unit + Double(rests[0] * rests[1])) / Double(rows)
      return Int64(exactly: exact.rounded(up ? .up : .down)) ?? (up ? .min : .max)
    }
    let limit = Int64(1) << 58
    guard let range = IntegerRange(lower: max(-limit, try total(bounds.from, up: true)), upper: min(limit, try total(bounds.to, up: false))) else {
      throw refused(first.name, "bounds from \(bounds.from) to \(bounds.to) that no correlation meets", "a wider interval", "Correct statistics")
    }
    append(try checked(statistic(.within(range)), "correlation of \(first.name) and \(second.name)", bounds))
  }

  // MARK: Places and counts

  mutating func quantile(_ column: TableColumn, _ numerator: Int, _ denominator: Int, _ bounds: BoundsSetting?) throws {
    let digits = try digits(column, .median)
    let name = column.name
    let count = try present(column).count
    for rank in Self.places(count, numerator, denominator) {
      guard let bounds else {
        try reveal { .order(column: name, rank: rank, present: count, $0) }
        continue
      }
      let range = try within(bounds, name, digits: digits, times: 1)
      append(try checked(.order(column: name, rank: rank, present: count, .within(range)), "quantile of \(name)", bounds))
    }
  }

  /// Bins that begin at the edges; beyond the outermost up to the ends of the declared range.
  mutating func histogram(_ column: TableColumn, _ texts: [String], _ bounds: BoundsSetting?) throws {
    let name = column.name
    if case .category = column.type {
      throw refused(name, "a histogram of categories", "a column of numbers", "Write {column: \(name), show: [counts]}")
    }
    let digits = try digits(column, .median)
    var edges: [Int64] = []
    for text in texts {
      guard let edge = SplitBound.multiple(text, digits: digits, times: 1, up: true), edge.magnitude < 1 << 57, edges.last.map({ $0 < edge }) ?? true
      else { throw refused(name, "the edges \(texts.joined(separator: ", "))", "ascending numbers", "Sort the edges, each once") }
      edges.append(edge)
    }
    let range = column.type.range
    guard range.magnitude < 1 << 56 else {
      throw refused(name, "a histogram of a column with a very wide range", "a range within 2^56", "Narrow the range in the schema")
    }
    if let first = edges.first, first > range.lower { edges.insert(range.lower, at: 0) }
    if let last = edges.last, last <= range.upper { edges.append(range.upper + 1) }
    guard let bounds else {
      append(.histogram(column: name, edges: edges, counts: try Statistic.histogram(column: name, edges: edges, counts: []).values(table)))
      return
    }
    let within = [IntegerRange](repeating: try share(bounds, name), count: edges.count - 1) + [missing(column)]
    append(try checked(.histogramBounds(column: name, edges: edges, within: within), "share of a bin of \(name)", bounds))
  }

  mutating func shares(_ column: TableColumn, _ shares: [ClassShare]) throws {
    let name = column.name
    guard case .category(let names) = column.type, names.count <= 4_096 else {
      throw refused(
        name, "shares of a column that is no category (or has more than 4,096)", "a category column",
        "Write {histogram: {column: \(name), edges: […]}, from: …, to: …} for numbers")
    }
    var within = [IntegerRange](repeating: anyCount, count: names.count) + [missing(column)]
    for own in shares {
      guard let place = names.firstIndex(of: own.name) else {
        throw refused(
          name, "the share of \(TerminalText.quoted(own.name))",
          "one of \(names.prefix(20).map { TerminalText.quoted($0) }.joined(separator: ", "))", "Correct statistics")
      }
      within[place] = try share(own.bounds, name)
    }
    let edges = (0...names.count).map { Int64($0) }
    let statistic = Statistic.histogramBounds(column: name, edges: edges, within: within)
    for own in shares {
      guard let place = names.firstIndex(of: own.name) else { continue }
      var alone = [IntegerRange](repeating: anyCount, count: names.count) + [missing(column)]
      alone[place] = within[place]
      _ = try checked(.histogramBounds(column: name, edges: edges, within: alone), "share of \(own.name) in \(name)", own.bounds)
    }
    append(statistic)
  }

  private var anyCount: IntegerRange { IntegerRange(lower: 0, upper: Int64(table.rowCount)) ?? IntegerRange(only: 0) }

  /// Where the number of missing cells lies when nothing is said of it.
  private func missing(_ column: TableColumn) -> IntegerRange { column.missing == .refuse ? IntegerRange(only: 0) : anyCount }

  func pairCounts(_ first: String, _ second: String) throws -> [Int64] {
    for name in [first, second] {
      let own = try column(name)
      guard case .category = own.type, own.missing == .refuse else {
        throw refused(name, "pairs of a column that is no category without missing cells", "two category columns", "Correct statistics")
      }
    }
    return try Statistic.pairs(first: first, second: second, counts: []).values(table)
  }
}

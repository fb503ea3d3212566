import Claims
import Programs

/// Integers about columns as lines that people read. Means, deviations and shares are computed here, from proved integers.
struct StatisticLines {
  let schema: TableSchema
  let rows: Int
  let statistics: [Statistic]
  /// Present cells by column, where the statistics prove their number.
  private(set) var present: [String: Int] = [:]
  /// What is known of Σ x, by column.
  private(set) var sums: [String: IntegerRange] = [:]
  /// What is known of Σ (x − centre)², by column.
  private(set) var squares: [String: (centre: Int64, range: IntegerRange)] = [:]

  /// - Throws: `StatementError` for a column that the table does not have, or counts that do not fit it.
  init(_ claim: StatisticsClaim, schema: TableSchema, rows: Int) throws(StatementError) {
    self.schema = schema
    self.rows = rows
    statistics = claim.statistics
    for statistic in statistics {
      switch statistic {
      case .missing(let name, let shown):
        if case .revealed(let count) = shown, (0...Int64(rows)).contains(count) { present[name] = rows - Int(count) }
      // Of two statements about one number the narrower counts.
      case .sum(let name, let shown):
        let known = sums[name]
        if known.map({ shown.bounds.bitCount < $0.bitCount }) ?? true { sums[name] = shown.bounds }
      case .sumOfSquares(let name, let centre, let shown):
        let known = squares[name]?.range
        if known.map({ shown.bounds.bitCount < $0.bitCount }) ?? true { squares[name] = (centre, shown.bounds) }
      case .order(let name, _, let count, _): present[name] = count
      case .histogram(let name, let edges, let counts):
        guard edges.count >= 2, counts.count == edges.count else {
          throw Self.misfit("a histogram of \(name) has one count for each bin and one for missing cells")
        }
        if let missing = counts.last, (0...Int64(rows)).contains(missing) { present[name] = rows - Int(missing) }
      case .histogramBounds(let name, let edges, let within):
        guard edges.count >= 2, within.count == edges.count else {
          throw Self.misfit("a histogram of \(name) has one interval for each bin and one for missing cells")
        }
      case .pairs(let first, let second, let counts):
        guard try classes(first).count.multipliedReportingOverflow(by: classes(second).count) == (counts.count, false) else {
          throw Self.misfit("counts of \(first) by \(second) are one for each pair of classes")
        }
      case .pairBounds(let first, let second, let within):
        guard try classes(first).count.multipliedReportingOverflow(by: classes(second).count) == (within.count, false) else {
          throw Self.misfit("bounds of \(first) by \(second) are one for each pair of classes")
        }
      case .productSum: break
      }
      for name in statistic.columns where try column(name).missing == .refuse { present[name] = rows }
    }
  }

  static func misfit(_ reason: String) -> StatementError { .claim(.inconsistent(reason)) }

  func column(_ name: String) throws(StatementError) -> TableColumn {
    guard let found = schema.column(name) else { throw .program(.unknownColumn(name)) }
    return found
  }

  func classes(_ name: String) throws(StatementError) -> [String] {
    guard case .category(let names) = try column(name).type else { throw Self.misfit("column \(name) has no classes") }
    return names
  }

  func digits(_ name: String) throws(StatementError) -> Int {
    if case .decimal(let scale, _) = try column(name).type { scale } else { 0 }
  }

  // MARK: One row

  /// Of a table of one row, the cells that the statistics tell: `column value`.
  func cells() throws(StatementError) -> [String] {
    var out: [String] = []
    for statistic in statistics {
      switch statistic {
      case .order(let name, 0, 1, .revealed(let value)): out.append("\(name) \(ClaimMeaning.cell(value, try column(name).type))")
      case .missing(let name, .revealed(1)): out.append("\(name) missing")
      default: continue
      }
    }
    return out
  }

  // MARK: Disclosures

  /// What the statistic tells, and how it is written.
  /// - Parameter listed: shortens a list of so many texts.
  func disclosure(_ statistic: Statistic, _ listed: (Int, (Int) -> String) -> String) throws(StatementError) -> Disclosure {
    switch statistic {
    case .missing(let name, let shown):
      return disclosure("missing cells of \(name)", shown) { String($0) }
    case .sum(let name, let shown):
      let digits = try digits(name)
      return disclosure("sum of \(name)", shown) { DecimalText.text($0, digits: digits) }
    case .sumOfSquares(let name, let centre, let shown):
      let digits = try digits(name)
      return disclosure("sum of squares of \(name) about \(DecimalText.text(centre, digits: digits))", shown) {
        DecimalText.text($0, digits: 2 * digits)
      }
    case .productSum(let first, let centre, let second, let other, let shown):
      let (own, others) = (try digits(first), try digits(second))
      let subject =
        "sum of products of \(first) about \(DecimalText.text(centre, digits: own)) and \(second) about \(DecimalText.text(other, digits: others))"
      return disclosure(subject, shown) { DecimalText.text($0, digits: own + others) }
    case .order(let name, let rank, let present, let shown):
      let type = try column(name).type
      return disclosure("value of rank \(rank) of \(present) in \(name)", shown) { ClaimMeaning.cell($0, type) }
    case .histogram(let name, let edges, let counts):
      let type = try column(name).type
      let text = listed(counts.count) { bin in
        guard bin + 1 < edges.count else { return "\(counts[bin]) missing" }
        return "\(counts[bin]) from \(ClaimMeaning.cell(edges[bin], type)) to below \(ClaimMeaning.cell(edges[bin + 1], type))"
      }
      return Disclosure("histogram of \(name)", .exact, value: text)
    case .histogramBounds(let name, let edges, let within):
      let type = try column(name).type
      let told = within.indices.filter { isTold(within[$0]) }
      let text = listed(told.count) { place in
        let bin = told[place]
        let count = "\(within[bin].lower) to \(within[bin].upper)"
        return bin + 1 < edges.count ? "\(count) \(Self.bin(bin, edges, type))" : "\(count) missing"
      }
      return Disclosure("histogram of \(name)", .bounded, value: text)
    case .pairs(let first, let second, let counts):
      let (rows, columns) = (try classes(first), try classes(second))
      let text = listed(counts.count) { "\(counts[$0]) \(rows[$0 / columns.count]) and \(columns[$0 % columns.count])" }
      return Disclosure("counts of \(first) by \(second)", .exact, value: text)
    case .pairBounds(let first, let second, let within):
      let (rows, columns) = (try classes(first), try classes(second))
      let told = within.indices.filter { isTold(within[$0]) }
      let text = listed(told.count) { place in
        let pair = told[place]
        return "\(within[pair].lower) to \(within[pair].upper) \(rows[pair / columns.count]) and \(columns[pair % columns.count])"
      }
      return Disclosure("counts of \(first) by \(second)", .bounded, value: text)
    }
  }

  /// Whether an interval of a count says more than that the count is one.
  func isTold(_ range: IntegerRange) -> Bool { range.lower > 0 || range.upper < Int64(rows) }

  /// A bin in words: the class, or from where to below where.
  static func bin(_ bin: Int, _ edges: [Int64], _ type: ColumnType) -> String {
    if case .category = type, edges[bin + 1] - edges[bin] == 1 { return ClaimMeaning.cell(edges[bin], type) }
    return "from \(ClaimMeaning.cell(edges[bin], type)) to below \(ClaimMeaning.cell(edges[bin + 1], type))"
  }

  private func disclosure(_ subject: String, _ shown: Shown, _ text: (Int64) -> String) -> Disclosure {
    switch shown {
    case .revealed(let value): Disclosure(subject, .exact, value: text(value))
    case .within(let range): Disclosure(subject, .bounded, value: "\(text(range.lower)) to \(text(range.upper))")
    }
  }
}

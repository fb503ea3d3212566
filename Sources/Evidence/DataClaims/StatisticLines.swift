import Claims
import Programs

/// Integers about columns as lines that people read. Means, deviations and shares are computed here, from proved integers.
struct StatisticLines {
  let schema: TableSchema
  let rows: Int
  let statistics: [Statistic]
  /// Present cells by column, where the statistics prove their number.
  private var present: [String: Int] = [:]
  private var sums: [String: Int64] = [:]

  /// - Throws: `StatementError` for a column that the table does not have, or counts that do not fit it.
  init(_ claim: StatisticsClaim, schema: TableSchema, rows: Int) throws(StatementError) {
    self.schema = schema
    self.rows = rows
    statistics = claim.statistics
    for statistic in statistics {
      switch statistic {
      case .missing(let name, let shown):
        if case .revealed(let count) = shown, (0...Int64(rows)).contains(count) { present[name] = rows - Int(count) }
      case .sum(let name, let shown): if case .revealed(let sum) = shown { sums[name] = sum }
      case .order(let name, _, let count, _): present[name] = count
      case .histogram(let name, let edges, let counts):
        guard edges.count >= 2, counts.count == edges.count else {
          throw Self.misfit("a histogram of \(name) has one count for each bin and one for missing cells")
        }
        if let missing = counts.last, (0...Int64(rows)).contains(missing) { present[name] = rows - Int(missing) }
      case .pairs(let first, let second, let counts):
        guard try classes(first).count.multipliedReportingOverflow(by: classes(second).count) == (counts.count, false) else {
          throw Self.misfit("counts of \(first) by \(second) are one for each pair of classes")
        }
      case .sumOfSquares, .productSum: break
      }
      for name in statistic.columns where try column(name).missing == .refuse { present[name] = rows }
    }
  }

  private static func misfit(_ reason: String) -> StatementError { .claim(.inconsistent(reason)) }

  private func column(_ name: String) throws(StatementError) -> TableColumn {
    guard let found = schema.column(name) else { throw .program(.unknownColumn(name)) }
    return found
  }

  private func classes(_ name: String) throws(StatementError) -> [String] {
    guard case .category(let names) = try column(name).type else { throw Self.misfit("column \(name) has no classes") }
    return names
  }

  private func digits(_ name: String) throws(StatementError) -> Int {
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
    case .pairs(let first, let second, let counts):
      let (rows, columns) = (try classes(first), try classes(second))
      let text = listed(counts.count) { "\(counts[$0]) \(rows[$0 / columns.count]) and \(columns[$0 % columns.count])" }
      return Disclosure("counts of \(first) by \(second)", .exact, value: text)
    }
  }

  private func disclosure(_ subject: String, _ shown: Shown, _ text: (Int64) -> String) -> Disclosure {
    switch shown {
    case .revealed(let value): Disclosure(subject, .exact, value: text(value))
    case .within(let range): Disclosure(subject, .bounded, value: "\(text(range.lower)) to \(text(range.upper))")
    }
  }

  // MARK: Derived numbers

  /// What follows from the statistic and the others of the claim; nil when nothing does.
  func derived(_ statistic: Statistic) throws(StatementError) -> String? {
    switch statistic {
    case .missing(let name, .revealed(let count)):
      return "\(name): \(Percentage.text(Int(clamping: count), of: rows)) of \(ClaimMeaning.count(rows, "cell")) are missing."
    case .sum(let name, .revealed(let sum)):
      guard let count = present[name], count > 0 else { return nil }
      let digits = try digits(name)
      guard let mean = ExactQuotient.text(Int128(sum), over: Int128(count), digits: digits, extra: 4) else { return nil }
      return "\(name): mean \(mean) of \(ClaimMeaning.count(count, "present cell"))."
    case .sumOfSquares(let name, let centre, .revealed(let squares)):
      guard let count = present[name], let sum = sums[name], let spread = Self.spread(count, sum, centre, squares) else { return nil }
      let digits = try digits(name)
      var text: [String] = []
      if let variance = ExactQuotient.text(spread, over: Int128(count) * Int128(count), digits: 2 * digits, extra: 4) {
        text.append("variance \(variance)")
      }
      if let deviation = ExactQuotient.rootText(spread, over: Int128(count), digits: digits, extra: 4) {
        text.append("standard deviation \(deviation)")
      }
      return text.isEmpty
        ? nil : "\(name): \(text.joined(separator: ", ")) (of the \(ClaimMeaning.count(count, "present cell")), not corrected for sampling)."
    case .order(let name, let rank, let present, .revealed(let value)):
      let text = ClaimMeaning.cell(value, try column(name).type)
      if rank == 0 { return "\(name): least value \(text)." }
      if rank == present - 1 { return "\(name): greatest value \(text)." }
      if 2 * rank == present - 1 { return "\(name): median \(text)." }
      return "\(name): \(rank) of the other \(ClaimMeaning.count(present - 1, "present cell")) are at most \(text), the rest at least that."
    case .pairs(let first, let second, let counts):
      let (rows, columns) = (try classes(first), try classes(second))
      guard rows.count <= 16, columns.count <= 16 else { return nil }
      let shares = rows.indices.map { row -> String in
        let own = counts[(row * columns.count)..<((row + 1) * columns.count)]
        let total = own.reduce(0) { $0 &+ Int(clamping: $1) }
        let parts = zip(own, columns).map { "\($1) \(Percentage.text(Int(clamping: $0), of: total))" }
        return "\(rows[row]) \(Percentage.text(total, of: self.rows)) of all, of these \(parts.joined(separator: ", "))"
      }
      return "\(first) by \(second): \(shares.joined(separator: "; "))."
    default: return nil
    }
  }

  /// n·Σ(x − c)² − (Σ(x − c))², n² times the variance; nil beyond 126 bits or for numbers that no cells have.
  static func spread(_ count: Int, _ sum: Int64, _ centre: Int64, _ squares: Int64) -> Int128? {
    let about = Int128(sum) - Int128(centre) * Int128(count)
    let (squared, overflow) = about.multipliedReportingOverflow(by: about)
    let spread = Int128(squares) * Int128(count)
    guard count > 0, !overflow, spread >= squared else { return nil }
    return spread - squared
  }
}

/// Quotients of integers as decimal texts.
enum ExactQuotient {
  /// The decimal number numerator / (denominator·10^digits) with digits + extra digits after the point, halves rounded away from zero; nil
  /// beyond 126 bits.
  static func text(_ numerator: Int128, over denominator: Int128, digits: Int, extra: Int) -> String? {
    let (scaled, overflow) = numerator.magnitude.multipliedReportingOverflow(by: power(extra))
    guard !overflow, denominator > 0, scaled < 1 << 126 else { return nil }
    let rounded = (2 * scaled + denominator.magnitude) / (2 * denominator.magnitude)
    return text(rounded, isNegative: numerator < 0, digits: digits + extra)
  }

  /// √numerator / (denominator·10^digits), cut off after digits + extra digits.
  static func rootText(_ numerator: Int128, over denominator: Int128, digits: Int, extra: Int) -> String? {
    let unit = power(extra)
    let (scaled, overflow) = numerator.magnitude.multipliedReportingOverflow(by: unit * unit)
    guard !overflow, numerator >= 0, denominator > 0 else { return nil }
    // ⌊⌊√a⌋ / b⌋ = ⌊√a / b⌋ for whole b.
    return text(root(scaled) / denominator.magnitude, isNegative: false, digits: digits + extra)
  }

  /// 10^exponent for a small exponent.
  private static func power(_ exponent: Int) -> UInt128 { (0..<exponent).reduce(1) { product, _ in product * 10 } }

  /// ⌊√value⌋, bit by bit.
  static func root(_ value: UInt128) -> UInt128 {
    var (rest, root) = (value, UInt128(0))
    var bit = UInt128(1) << 126
    while bit > rest { bit >>= 2 }
    while bit != 0 {
      if rest >= root + bit {
        rest -= root + bit
        root = (root >> 1) + bit
      } else {
        root >>= 1
      }
      bit >>= 2
    }
    return root
  }

  private static func text(_ value: UInt128, isNegative: Bool, digits: Int) -> String {
    var text = String(value)
    if text.utf8.count <= digits { text = String(repeating: "0", count: digits + 1 - text.utf8.count) + text }
    let point = text.index(text.endIndex, offsetBy: -digits)
    return (isNegative && value != 0 ? "-" : "") + text[..<point] + "." + text[point...]
  }
}

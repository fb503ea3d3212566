import Claims
import Programs

extension StatisticLines {
  /// What follows from the statistic and the others of the claim; nil when nothing does.
  func derived(_ statistic: Statistic) throws(StatementError) -> String? {
    switch statistic {
    case .missing(let name, .revealed(let count)):
      return "\(name): \(Percentage.text(Int(clamping: count), of: rows)) of \(ClaimMeaning.count(rows, "cell")) are missing."
    case .sum(let name, let shown): return try mean(name, shown.bounds)
    case .sumOfSquares(let name, let centre, let shown): return try variance(name, centre, shown.bounds)
    case .productSum(let first, let centre, let second, let other, let shown):
      return try correlation(first, centre, second, other, shown.bounds)
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
    case .histogramBounds(let name, let edges, let within):
      let type = try column(name).type
      return bounds(name, within.dropLast().indices.filter { isTold(within[$0]) }.map { (Self.bin($0, edges, type), within[$0]) })
    case .pairBounds(let first, let second, let within):
      let (rows, columns) = (try classes(first), try classes(second))
      return bounds(
        "\(first) by \(second)",
        within.indices.filter { isTold(within[$0]) }.map { ("\(rows[$0 / columns.count]) and \(columns[$0 % columns.count])", within[$0]) })
    default: return nil
    }
  }

  /// Shares of all rows that intervals of counts leave.
  private func bounds(_ subject: String, _ told: [(label: String, range: IntegerRange)]) -> String? {
    guard !told.isEmpty, told.count <= 16 else { return nil }
    let texts = told.map { label, range -> String in
      let (low, high) = (Int(clamping: max(0, range.lower)), min(rows, Int(clamping: range.upper)))
      return "\(label) \(Percentage.text(low, of: rows)) to \(Percentage.text(high, of: rows))"
    }
    return "\(subject): \(texts.joined(separator: "; ")) of \(ClaimMeaning.count(rows, "row"))."
  }

  private func mean(_ name: String, _ sum: IntegerRange) throws(StatementError) -> String? {
    guard let count = present[name], count > 0 else { return nil }
    let digits = try digits(name)
    func text(_ sum: Int64, _ rounding: ExactQuotient.Rounding) -> String? {
      ExactQuotient.text(Int128(sum), over: Int128(count), digits: digits, extra: 4, rounding: rounding)
    }
    let cells = ClaimMeaning.count(count, "present cell")
    if sum.lower == sum.upper { return text(sum.lower, .nearest).map { "\(name): mean \($0) of \(cells)." } }
    guard let low = text(sum.lower, .down), let high = text(sum.upper, .up) else { return nil }
    return "\(name): mean from \(low) to \(high) of \(cells)."
  }

  private func variance(_ name: String, _ centre: Int64, _ squares: IntegerRange) throws(StatementError) -> String? {
    guard let count = present[name], let sum = sums[name], let spread = Self.spread(count, sum: sum, centre: centre, squares: squares)
    else { return nil }
    let digits = try digits(name)
    let square = Int128(count) * Int128(count)
    let tail = "(of the \(ClaimMeaning.count(count, "present cell")), not corrected for sampling)."
    var text: [String] = []
    if spread.low == spread.high {
      if let variance = ExactQuotient.text(spread.low, over: square, digits: 2 * digits, extra: 4) { text.append("variance \(variance)") }
      if let deviation = ExactQuotient.rootText(spread.low, over: Int128(count), digits: digits, extra: 4) {
        text.append("standard deviation \(deviation)")
      }
    } else {
      if let low = ExactQuotient.text(spread.low, over: square, digits: 2 * digits, extra: 4, rounding: .down),
        let high = ExactQuotient.text(spread.high, over: square, digits: 2 * digits, extra: 4, rounding: .up)
      {
        text.append("variance from \(low) to \(high)")
      }
      if let low = ExactQuotient.rootText(spread.low, over: Int128(count), digits: digits, extra: 4),
        let high = ExactQuotient.rootText(spread.high, over: Int128(count), digits: digits, extra: 4, rounding: .up)
      {
        text.append("standard deviation from \(low) to \(high)")
      }
    }
    return text.isEmpty ? nil : "\(name): \(text.joined(separator: ", ")) \(tail)"
  }

  /// Pearson's r = (n·P − A·B) / √(Sx·Sy), A and B sums less n centres, S n² times the variances; of columns without missing cells.
  private func correlation(_ first: String, _ centre: Int64, _ second: String, _ other: Int64, _ products: IntegerRange) throws(StatementError)
    -> String?
  {
    guard try column(first).missing == .refuse, try column(second).missing == .refuse, let one = exactSpread(first), let two = exactSpread(second),
      one.spread > 0, two.spread > 0
    else { return nil }
    let count = Int128(rows)
    let (cross, overflow) = (one.sum - Int128(centre) * count).multipliedReportingOverflow(by: two.sum - Int128(other) * count)
    guard !overflow else { return nil }
    func coefficient(_ products: Int64) -> String {
      let value = Double(count * Int128(products) - cross) / (Double(one.spread).squareRoot() * Double(two.spread).squareRoot())
      let units = Int64((min(1, max(-1, value)) * 10_000).rounded())
      return DecimalText.text(units, digits: 4)
    }
    let (low, high) = (coefficient(products.lower), coefficient(products.upper))
    let text = products.lower == products.upper ? low : "from \(low) to \(high)"
    return "\(first) and \(second): correlation \(text) (Pearson, over \(ClaimMeaning.count(rows, "row")), rounded)."
  }

  private func exactSpread(_ name: String) -> (sum: Int128, spread: Int128)? {
    guard let sum = sums[name], sum.lower == sum.upper, let own = squares[name], own.range.lower == own.range.upper,
      let spread = Self.spread(rows, sum.lower, own.centre, own.range.lower)
    else { return nil }
    return (Int128(sum.lower), spread)
  }

  /// n·Σ(x − c)² − (Σ(x − c))², n² times the variance; nil beyond 126 bits or for numbers that no cells have.
  static func spread(_ count: Int, _ sum: Int64, _ centre: Int64, _ squares: Int64) -> Int128? {
    spread(count, sum: IntegerRange(only: sum), centre: centre, squares: IntegerRange(only: squares))?.low
  }

  /// What is left for it by intervals of Σx and of Σ(x − c)².
  static func spread(_ count: Int, sum: IntegerRange, centre: Int64, squares: IntegerRange) -> (low: Int128, high: Int128)? {
    let (first, last) = (Int128(sum.lower) - Int128(centre) * Int128(count), Int128(sum.upper) - Int128(centre) * Int128(count))
    let (low, lowOverflow) = first.multipliedReportingOverflow(by: first)
    let (high, highOverflow) = last.multipliedReportingOverflow(by: last)
    guard count > 0, !lowOverflow, !highOverflow else { return nil }
    let least = first <= 0 && last >= 0 ? 0 : min(low, high)
    let (most, mostOverflow) = (Int128(squares.upper) * Int128(count)).subtractingReportingOverflow(least)
    let (rest, restOverflow) = (Int128(squares.lower) * Int128(count)).subtractingReportingOverflow(max(low, high))
    guard !mostOverflow, !restOverflow, most >= 0, sum.lower != sum.upper || squares.lower != squares.upper || rest >= 0 else { return nil }
    return (max(0, rest), most)
  }
}

extension Shown {
  /// The numbers that the statistic may be.
  var bounds: IntegerRange {
    switch self {
    case .revealed(let value): IntegerRange(only: value)
    case .within(let range): range
    }
  }
}

import Claims
import Programs

/// The data sheet of a report: for every table the numbers that claims prove about its columns, with pictures drawn from these numbers alone.
struct DataSheet {
  /// What is proved about one column, as texts.
  private struct Column {
    let name: String
    var missing = ""
    var mean = ""
    var deviation = ""
    var least = ""
    var median = ""
    var greatest = ""

    var hasNumbers: Bool { ![missing, mean, deviation, least, median, greatest].allSatisfy(\.isEmpty) }
  }

  let report: VerificationReport

  /// One section a table that has proved numbers; empty when none has.
  var html: HTML {
    let sections = report.manifest.artefacts.html { table($0.name) }
    guard sections != "" else { return "" }
    return """
      <h2>Data sheet</h2>
      <p>Every number and every picture here follows from proved claims; what is not here is not proved. Numbers are in the units of their columns.</p>
      \(sections)
      """
  }

  private func table(_ name: String) -> HTML {
    guard case .table(let schema, let rows)? = report.contents[name] else { return "" }
    var statistics: [Statistic] = []
    var claims: [String] = []
    var counted: [(column: String, classes: [String], counts: [Int64])] = []
    for claim in report.claims {
      switch report.statements[claim.entry.name] {
      case .data(.statistics(let own))? where own.table == name:
        statistics += own.statistics
        claims.append(claim.entry.name)
      case .accuracy(let labels, let predictions, .revealed(let matrix))? where labels == predictions && labels.artefact == name:
        guard case .category(let classes)? = schema.column(labels.column)?.type, matrix.count == classes.count * classes.count else { continue }
        counted.append((labels.column, classes, classes.indices.map { matrix[$0 * classes.count + $0] }))
        claims.append(claim.entry.name)
      default: continue
      }
    }
    guard !claims.isEmpty else { return "" }
    let columns = summary(statistics, schema, rows)
    let pictures =
      statistics.html { picture($0, schema, rows) }
      + counted.html { CountBars(title: $0.column, labels: $0.classes, counts: $0.counts, total: rows).svg }
    let place = ranges(statistics, schema, rows)
    return """
      <section class="claim"><h3>\(name) <small>\(ClaimMeaning.count(rows, "row")); proved by \(claims.joined(separator: ", "))</small></h3>
      \(columns)\(missing(statistics, schema, rows))<div class="pictures">\(place)\(pictures)</div></section>

      """
  }

  // MARK: Numbers

  private func summary(_ statistics: [Statistic], _ schema: TableSchema, _ rows: Int) -> HTML {
    var columns: [Column] = []
    var present: [String: Int] = [:]
    for column in schema.columns where column.missing == .refuse { present[column.name] = rows }
    for statistic in statistics {
      switch statistic {
      case .missing(let name, .revealed(let count)): present[name] = rows - Int(clamping: count)
      case .order(let name, _, let count, _): present[name] = count
      case .histogram(let name, _, let counts): present[name] = rows - Int(clamping: counts.last ?? 0)
      default: break
      }
    }
    func change(_ name: String, _ body: (inout Column, TableColumn) -> Void) {
      guard let column = schema.column(name) else { return }
      if !columns.contains(where: { $0.name.hasSameScalars(as: name) }) { columns.append(Column(name: name)) }
      guard let index = columns.firstIndex(where: { $0.name.hasSameScalars(as: name) }) else { return }
      body(&columns[index], column)
    }
    for statistic in statistics {
      switch statistic {
      case .missing(let name, let shown):
        change(name) { own, _ in
          own.missing = Self.text(shown) { String($0) }
          if case .revealed(let count) = shown { own.missing += " (\(Percentage.text(Int(clamping: count), of: rows)))" }
        }
      case .sum(let name, let shown):
        change(name) { own, column in
          guard let count = present[name], count > 0 else { return }
          own.mean = Self.text(shown) { ExactQuotient.text(Int128($0), over: Int128(count), digits: Self.digits(column), extra: 2) ?? "–" }
        }
      case .sumOfSquares(let name, let centre, .revealed(let squares)):
        change(name) { own, column in
          for case .sum(name, .revealed(let sum)) in statistics {
            guard let count = present[name], let spread = StatisticLines.spread(count, sum, centre, squares) else { continue }
            own.deviation = ExactQuotient.rootText(spread, over: Int128(count), digits: Self.digits(column), extra: 2) ?? ""
          }
        }
      case .order(let name, let rank, let count, let shown):
        change(name) { own, column in
          let text = Self.text(shown) { ClaimMeaning.cell($0, column.type) }
          if rank == 0 { own.least = text }
          if 2 * rank == count - 1 { own.median = text }
          if rank == count - 1 { own.greatest = text }
        }
      case .histogram(let name, _, let counts):
        change(name) { own, column in
          guard column.missing == .presence, own.missing.isEmpty, let count = counts.last else { return }
          own.missing = "\(count) (\(Percentage.text(Int(clamping: count), of: rows)))"
        }
      default: break
      }
    }
    let shown = columns.filter(\.hasNumbers)
    guard !shown.isEmpty else { return "" }
    // The least, the median and the greatest of one row are its cell.
    let heads: [(String, KeyPath<Column, String>)] =
      rows == 1
      ? [("Missing", \.missing), ("Mean", \.mean), ("Value", \.median)]
      : [
        ("Missing", \.missing), ("Mean", \.mean), ("Standard deviation", \.deviation), ("Least", \.least), ("Median", \.median),
        ("Greatest", \.greatest),
      ]
    let used = heads.filter { head in shown.contains { !$0[keyPath: head.1].isEmpty } }
    let body = shown.html { column in
      let cells = used.html { "<td data-label=\"\($0.0)\" class=\"number\">\(column[keyPath: $0.1].isEmpty ? "–" : column[keyPath: $0.1])</td>" }
      return "<tr><td data-label=\"Column\"><strong>\(column.name)</strong></td>\(cells)</tr>\n"
    }
    return """
      <table class="cards"><thead><tr><th>Column</th>\(used.html { "<th class=\"number\">\($0.0)</th>" })</tr></thead>
      <tbody>\(body)</tbody></table>

      """
  }

  private static func text(_ shown: Shown, _ text: (Int64) -> String) -> String {
    switch shown {
    case .revealed(let value): text(value)
    case .within(let range): "\(text(range.lower)) to \(text(range.upper))"
    }
  }

  private static func digits(_ column: TableColumn) -> Int {
    if case .decimal(let scale, _) = column.type { scale } else { 0 }
  }

  // MARK: Pictures

  private func picture(_ statistic: Statistic, _ schema: TableSchema, _ rows: Int) -> HTML {
    switch statistic {
    case .histogram(let name, let edges, let counts):
      guard let column = schema.column(name), edges.count >= 2, counts.count == edges.count else { return "" }
      if case .category(let classes) = column.type, edges == (0...Int64(classes.count)).map({ $0 }) {
        return CountBars(title: name, labels: classes, counts: Array(counts.dropLast()), total: rows).svg
      }
      return Histogram(title: name, edges: edges.map { ClaimMeaning.cell($0, column.type) }, counts: Array(counts.dropLast())).svg
    case .pairs(let first, let second, let counts):
      guard case .category(let own)? = schema.column(first)?.type, case .category(let others)? = schema.column(second)?.type,
        counts.count == own.count * others.count, counts.count <= 256
      else { return "" }
      return PairShares(first: first, second: second, rows: own, columns: others, counts: counts).svg
    default: return ""
    }
  }

  /// Missing cells by column, where claims say how many.
  private func missing(_ statistics: [Statistic], _ schema: TableSchema, _ rows: Int) -> HTML {
    var labels: [String] = []
    var counts: [Int64] = []
    for case .missing(let name, .revealed(let count)) in statistics where count > 0 && !labels.contains(name) {
      labels.append(name)
      counts.append(count)
    }
    guard !labels.isEmpty else { return "" }
    return CountBars(title: "Missing cells", labels: labels, counts: counts, total: rows).svg
  }

  /// The mean of every column on the range that its schema declares.
  private func ranges(_ statistics: [Statistic], _ schema: TableSchema, _ rows: Int) -> HTML {
    statistics.html { statistic in
      guard case .sum(let name, let shown) = statistic, let column = schema.column(name) else { return "" }
      let range = column.type.range
      let missing = statistics.reduce(into: column.missing == .refuse ? 0 : nil as Int?) { known, other in
        if case .missing(name, .revealed(let count)) = other { known = Int(clamping: count) }
        if case .order(name, _, let present, _) = other { known = rows - present }
      }
      guard let missing, missing < rows, range.lower < range.upper else { return "" }
      let ends: (Int64, Int64)
      switch shown {
      case .revealed(let sum): ends = (sum, sum)
      case .within(let sums): ends = (sums.lower, sums.upper)
      }
      let (width, present) = (Double(range.upper) - Double(range.lower), Double(rows - missing))
      func share(_ sum: Int64) -> Double { (Double(sum) / present - Double(range.lower)) / width }
      func text(_ sum: Int64) -> String {
        ExactQuotient.text(Int128(sum), over: Int128(rows - missing), digits: Self.digits(column), extra: 2) ?? "–"
      }
      let mean = ends.0 == ends.1 ? text(ends.0) : "\(text(ends.0)) to \(text(ends.1))"
      return MeanLine(
        title: name, label: "mean \(mean)", low: share(ends.0), high: share(ends.1), lower: ClaimMeaning.cell(range.lower, column.type),
        upper: ClaimMeaning.cell(range.upper, column.type)
      ).svg
    }
  }
}

/// Text that fits a picture.
private func cut(_ text: String, to count: Int) -> String { text.count <= count ? text : String(text.prefix(max(1, count - 1))) + "…" }

/// Counts as horizontal bars, one a class, with counts and shares in words.
struct CountBars {
  let title: String
  let labels: [String]
  let counts: [Int64]
  /// What shares are of.
  let total: Int

  private static let shown = 24

  var svg: HTML {
    let pairs = Array(zip(labels, counts))
    guard !pairs.isEmpty else { return "" }
    let rows = pairs.prefix(Self.shown)
    let widest = max(1, Double(counts.max() ?? 1))
    let bars = rows.enumerated().html { index, pair in
      let y = 30 + 22 * index
      let width = Int((Double(max(0, pair.1)) / widest * 132).rounded())
      let share = Percentage.text(Int(clamping: pair.1), of: total)
      return """
        <text x="112" y="\(y + 12)" font-size="12" text-anchor="end"><title>\(pair.0)</title>\(cut(pair.0, to: 17))</text>\
        <rect x="118" y="\(y)" width="\(max(1, width))" height="16" rx="2" style="fill:var(--accent)"/>\
        <text x="\(124 + width)" y="\(y + 12)" font-size="11" class="quiet">\(String(pair.1)) · \(share)</text>

        """
    }
    let rest = pairs.count - rows.count
    let height = 34 + 22 * rows.count + (rest > 0 ? 18 : 0)
    let more: HTML =
      rest > 0 ? "<text x=\"118\" y=\"\(height - 6)\" font-size=\"11\" class=\"quiet\">and \(rest) more, all in the statement</text>" : ""
    let words = rows.map { "\($0.0): \($0.1)" }.joined(separator: ", ")
    return """
      <svg class="chart" viewBox="0 0 360 \(height)" role="img" aria-label="\(title): \(words)">
      <text x="0" y="16" font-size="13" font-weight="600">\(cut(title, to: 44))</text>
      \(bars)\(more)</svg>

      """
  }
}

/// Counts in bins of any widths: the height of a bar is its count over its width where the bins differ in width, else its count.
struct Histogram {
  let title: String
  /// One more than counts, as texts.
  let edges: [String]
  let counts: [Int64]

  private static let (left, right, top, bottom) = (14, 346, 30, 130)

  var svg: HTML {
    guard edges.count == counts.count + 1, !counts.isEmpty else { return "" }
    let highest = max(1, Double(counts.max() ?? 1))
    let step = Double(Self.right - Self.left) / Double(counts.count)
    func x(_ index: Int) -> Int { Self.left + Int((Double(index) * step).rounded()) }
    let bars = counts.enumerated().html { index, count in
      let height = Int((Double(max(0, count)) / highest * Double(Self.bottom - Self.top - 12)).rounded())
      let label: HTML =
        counts.count <= 12
        ? "<text x=\"\((x(index) + x(index + 1)) / 2)\" y=\"\(Self.bottom - height - 4)\" font-size=\"10\" text-anchor=\"middle\" class=\"quiet\">\(String(count))</text>"
        : ""
      return """
        <g><title>\(edges[index]) to below \(edges[index + 1]): \(String(count))</title>\
        <rect x="\(x(index) + 1)" y="\(Self.bottom - height)" width="\(max(1, x(index + 1) - x(index) - 2))" height="\(height)" style="fill:var(--accent)"/>\
        \(label)</g>

        """
    }
    // So many ends as fit without running into each other.
    let longest = edges.map(\.count).max() ?? 1
    let stride = max(1, Int((Double(min(longest, 12) * 6 + 8) / step).rounded(.up)))
    let ticks = edges.indices.filter { $0 % stride == 0 }.html { index in
      let anchor: HTML = index == 0 ? "start" : index == edges.count - 1 ? "end" : "middle"
      return "<text x=\"\(x(index))\" y=\"146\" font-size=\"10\" text-anchor=\"\(anchor)\" class=\"quiet\">\(cut(edges[index], to: 12))</text>"
    }
    let words = counts.indices.prefix(64).map { "\(edges[$0]) to below \(edges[$0 + 1]): \(counts[$0])" }.joined(separator: ", ")
    return """
      <svg class="chart" viewBox="0 0 360 162" role="img" aria-label="Histogram of \(title): \(words)">
      <text x="0" y="16" font-size="13" font-weight="600">\(cut(title, to: 44))</text>
      \(bars)<line x1="\(Self.left)" x2="\(Self.right)" y1="\(Self.bottom)" y2="\(Self.bottom)" style="stroke:var(--line)" stroke-width="1.5"/>
      \(ticks)<text x="0" y="160" font-size="10" class="quiet">rows from each end to below the next; bars of equal width</text></svg>

      """
  }
}

/// Classes of one column as bars, divided by the classes of another.
struct PairShares {
  let first: String
  let second: String
  let rows: [String]
  let columns: [String]
  /// Row-major.
  let counts: [Int64]

  private static let colours = ["var(--k0)", "var(--k2)", "var(--k3)", "var(--k1)", "var(--k4)", "var(--k5)"]

  private func counts(of row: Int) -> [Int] { columns.indices.map { Int(clamping: counts[row * columns.count + $0]) } }

  var svg: HTML {
    let shown = rows.indices.prefix(20)
    let bars = shown.enumerated().html { place, row in
      let y = 34 + 42 * place
      let own = counts(of: row)
      let total = own.reduce(0) { $0 &+ max(0, $1) }
      var x = 0
      let parts = own.enumerated().html { column, count in
        guard total > 0, count > 0 else { return "" }
        let width = max(1, Int((Double(count) / Double(total) * 340).rounded()))
        defer { x += width }
        return
          "<rect x=\"\(x)\" y=\"\(y)\" width=\"\(max(1, width - 1))\" height=\"14\" style=\"fill:\(HTML(stringLiteral: Self.colours[column % 6]))\"/>"
      }
      let words = zip(columns, own).prefix(6).map { "\($0) \($1)" }.joined(separator: ", ")
      return """
        <text x="0" y="\(y - 4)" font-size="12"><title>\(rows[row])</title>\(cut(rows[row], to: 22)) <tspan class="quiet">\(total) rows: \(cut(words, to: 42))</tspan></text>
        \(parts)

        """
    }
    let y = 42 * shown.count + 30
    let used = columns.indices.prefix(6)
    let legend = used.html { column in
      let x = 112 * (column % 3)
      let line = y + 16 * (column / 3)
      return """
        <rect x="\(x)" y="\(line)" width="10" height="10" style="fill:\(HTML(stringLiteral: Self.colours[column]))"/>\
        <text x="\(x + 14)" y="\(line + 9)" font-size="11" class="quiet">\(cut(columns[column], to: 14))</text>

        """
    }
    let height = y + 16 * ((used.count + 2) / 3) + 4
    let words = rows.indices.prefix(20).map { row in "\(rows[row]): " + zip(columns, counts(of: row)).map { "\($0) \($1)" }.joined(separator: ", ") }
    return """
      <svg class="chart" viewBox="0 0 360 \(height)" role="img" aria-label="\(first) by \(second). \(words.joined(separator: "; "))">
      <text x="0" y="14" font-size="13" font-weight="600">\(cut("\(first) by \(second)", to: 44))</text>
      \(bars)\(legend)</svg>

      """
  }
}

/// A mean, or an interval of it, on the range that is declared for a column.
struct MeanLine {
  let title: String
  let label: String
  /// Ends of the mean as shares of the range.
  let low: Double
  let high: Double
  /// Ends of the range.
  let lower: String
  let upper: String

  private static func position(_ share: Double) -> Int { 20 + Int((min(max(share, 0), 1) * 320).rounded()) }

  var svg: HTML {
    let (start, end) = (Self.position(low), Self.position(high))
    let middle = (start + end) / 2
    let mark: HTML =
      start == end
      ? "<circle cx=\"\(start)\" cy=\"52\" r=\"5.5\" style=\"fill:var(--accent)\"/>"
      : "<rect x=\"\(start)\" y=\"45\" width=\"\(max(2, end - start))\" height=\"14\" rx=\"3\" style=\"fill:var(--accent)\" opacity=\".5\"/>"
    return """
      <svg class="chart" viewBox="0 0 360 88" role="img" aria-label="\(title): \(label), declared range \(lower) to \(upper)">
      <text x="0" y="16" font-size="13" font-weight="600">\(cut(title, to: 44))</text>
      <line x1="20" x2="340" y1="52" y2="52" style="stroke:var(--line)" stroke-width="2"/>
      \(mark)<text x="\(min(max(middle, 70), 290))" y="36" font-size="12" text-anchor="middle">\(label)</text>
      <text x="20" y="78" font-size="10" class="quiet">\(cut(lower, to: 20))</text>\
      <text x="180" y="78" font-size="10" class="quiet" text-anchor="middle">declared range</text>\
      <text x="340" y="78" font-size="10" class="quiet" text-anchor="end">\(cut(upper, to: 20))</text></svg>

      """
  }
}

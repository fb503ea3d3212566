extension AccuracyFigure {
  /// The share on a scale from 0 to 100 %: a dot, the interval as a band, the baseline as a dashed line.
  ///
  /// One percent is 3.2 units.
  var svg: HTML {
    guard let interval else { return "" }
    let accuracy = Self.position(Double(correct) / Double(total))
    let low = Self.position(interval.lower)
    let high = extent == .exact ? Self.position(interval.upper) : Self.position(1)
    let words = extent == .exact ? "accuracy" : "at least"
    let opacity = extent == .exact ? ".35" : ".18"
    let label = "\(words) \(Percentage.text(correct, of: total))"
    var baselineMark: HTML = ""
    if let baseline {
      let x = Self.position(Double(baseline.count) / Double(total))
      baselineMark = """
        <line x1="\(x)" x2="\(x)" y1="24" y2="48" style="stroke:var(--warn)" stroke-width="2" stroke-dasharray="4 3"/>\
        <text x="\(Self.inside(x))" y="60" font-size="11" text-anchor="middle">baseline \(Percentage.text(baseline.count, of: total))</text>

        """
    }
    return """
      <svg class="share" viewBox="0 0 360 78" role="img" aria-label="\(sentences.joined(separator: " "))">
      <line x1="20" x2="340" y1="36" y2="36" style="stroke:var(--line)" stroke-width="2"/>
      <rect x="\(low)" y="29" width="\(max(1, high - low))" height="14" rx="3" style="fill:var(--accent)" opacity="\(opacity)"/>
      <circle cx="\(accuracy)" cy="36" r="5.5" style="fill:var(--accent)"/>
      <text x="\(Self.inside(accuracy))" y="18" font-size="12" font-weight="600" text-anchor="middle">\(label)</text>
      \(baselineMark)<text x="20" y="74" font-size="10" class="quiet">0 %</text>\
      <text x="340" y="74" font-size="10" class="quiet" text-anchor="end">100 %</text></svg>

      """
  }

  private static func position(_ share: Double) -> Int {
    20 + Int((share * 320).rounded())
  }

  /// Where a centred label of some 110 units stays inside the picture.
  private static func inside(_ x: Int) -> Int {
    min(max(x, 62), 298)
  }
}

extension ConfusionMatrix {
  /// The matrix as a table, each cell shaded by its share of its row.
  var table: HTML {
    let head = classes.html { "<th scope=\"col\" class=\"number\">\($0)</th>" }
    let body = zip(classes, counts).enumerated().html { actual, row in
      let rowTotal = row.1.reduce(0, +)
      let cells = row.1.enumerated().html { predicted, count in
        let share = rowTotal > 0 ? Int((Double(count) / Double(rowTotal) * 100).rounded()) : 0
        let hit: HTML = actual == predicted ? " class=\"hit\"" : ""
        return "<td\(hit) style=\"--share:\(share)\">\(count)</td>"
      }
      return "<tr><th scope=\"row\">\(row.0)</th>\(cells)</tr>\n"
    }
    return """
      <div class="scroll"><table class="matrix"><caption>Confusion matrix of \(total) rows; shade: share of the actual class</caption>
      <thead><tr><th scope="col">actual ↓ predicted →</th>\(head)</tr></thead>
      <tbody>\(body)</tbody></table></div>

      """
  }
}

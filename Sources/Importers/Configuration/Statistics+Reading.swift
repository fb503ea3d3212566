/// Strict reading of `statistics` in `pipeline.yaml`.

import Programs

extension StatisticsSetting {
  /// `auto`, or a list of
  ///
  /// ```yaml
  /// - {column: age, show: [missing, mean, deviation, minimum, maximum, median, quartiles, counts]}
  /// - {column: age, mean: {from: 30, to: 45}}     # bounded: only that it lies there
  /// - {column: age, quantiles: [5%, {at: 95%, from: 50, to: 70}]}
  /// - {column: sex, shares: {female: {from: 0.3, to: 0.5}}}
  /// - {histogram: {column: age, edges: [25, 40, 60]}}         # with from and to: the share of every bin
  /// - {pairs: [sex, class]}                                   # likewise
  /// - {correlation: [age, amount], from: -0.1, to: 0.1}
  /// ```
  init(_ node: YAMLNode, _ root: YAMLGroup) throws(ImportError) {
    if case .scalar(let text, _, _) = node {
      guard text == "auto" else { throw root.invalid(node, text.quoted, "auto, or a list of columns and kinds") }
      self = .auto
      return
    }
    var settings: [StatisticSetting] = []
    for item in try root.list(node) {
      for setting in try Self.entry(item, file: root.file) {
        guard !settings.contains(setting) else {
          throw root.invalid(item, "a statistic that stands above already", "each once", remedy: "Remove one")
        }
        settings.append(setting)
      }
    }
    guard !settings.isEmpty, settings.count <= 1_000 else { throw root.invalid(node, "\(settings.count) statistics", "1 to 1,000") }
    self = .list(settings)
  }

  private static let bounded: [StatisticKind] = [.missing, .mean, .deviation, .variance, .minimum, .maximum, .median]

  private static func entry(_ node: YAMLNode, file: String) throws(ImportError) -> [StatisticSetting] {
    let group = try YAMLGroup(
      node, file: file,
      allowed: ["column", "show", "quantiles", "shares", "pairs", "correlation", "histogram", "from", "to"] + bounded.map(\.rawValue))
    for key in ["pairs", "correlation", "histogram"] {
      guard let subject = group.optional(key) else { continue }
      return [try whole(key, subject, node, group)]
    }
    for key in ["from", "to"] {
      guard let node = group.optional(key) else { continue }
      throw group.invalid(
        node, "\(key) of no statistic", "the statistic before it", remedy: "Write it into the statistic: mean: {from: 30, to: 45}")
    }
    let column = try group.text(try group.required("column"))
    var out: [StatisticSetting] = []
    if let show = group.optional("show") {
      for item in try group.list(show) { out.append(.revealed(column: column, try group.choice(item, StatisticKind.self))) }
    }
    for kind in bounded {
      guard let node = group.optional(kind.rawValue) else { continue }
      let bounds = try Self.bounds(try YAMLGroup(node, file: file, allowed: ["from", "to"]))
      if out.contains(.revealed(column: column, kind)) {
        throw group.invalid(node, "\(kind.rawValue) under show and with bounds", "one of them", remedy: "Remove one")
      }
      out.append(.bounded(column: column, kind, from: bounds.from, to: bounds.to))
    }
    if let node = group.optional("quantiles") {
      for item in try group.list(node) { out.append(try quantile(item, group, column)) }
    }
    if let node = group.optional("shares") {
      guard case .mapping(let entries, _) = node, !entries.isEmpty else {
        throw group.invalid(node, node.kind, "classes with bounds: {female: {from: 0.3, to: 0.5}}")
      }
      let shares = try entries.map { entry throws(ImportError) in
        ClassShare(name: entry.key, bounds: try Self.bounds(try YAMLGroup(entry.value, file: file, allowed: ["from", "to"])))
      }
      out.append(.shares(column: column, shares))
    }
    guard !out.isEmpty else { throw group.invalid(node, "no statistic", "show: [mean, …], or a kind with {from: …, to: …}") }
    return out
  }

  /// `pairs`, `correlation` or `histogram`: an entry of its own, with bounds or without.
  private static func whole(_ key: String, _ subject: YAMLNode, _ node: YAMLNode, _ group: YAMLGroup) throws(ImportError) -> StatisticSetting {
    guard group.keys.allSatisfy({ [key, "from", "to"].contains($0) }) else {
      throw group.invalid(node, "other keys beside \(key)", "\(key) alone, or with from and to", remedy: "Write another entry for them")
    }
    if key == "histogram" {
      let own = try YAMLGroup(subject, file: group.file, allowed: ["column", "edges", "from", "to"])
      let list = try own.required("edges")
      let edges = try own.texts(list)
      for edge in edges where (try? DecimalText(edge.utf8)) == nil { throw own.invalid(list, edge.quoted, "numbers at which a bin begins") }
      guard (1...4_000).contains(edges.count) else { throw own.invalid(list, "\(edges.count) edges", "1 to 4,000 numbers") }
      let place = group.keys.count > 1 ? group : own
      return .histogram(column: try own.text(try own.required("column")), edges: edges, share: try optionalBounds(place))
    }
    let names = try group.texts(subject)
    guard names.count == 2, names[0] != names[1] else {
      throw group.invalid(subject, "\(names.count) columns", key == "pairs" ? "two different category columns" : "two different columns of numbers")
    }
    let bounds = try optionalBounds(group)
    if key == "correlation" { return .correlation(first: names[0], second: names[1], within: bounds) }
    return bounds.map { .pairShares(first: names[0], second: names[1], $0) } ?? .pairs(first: names[0], second: names[1])
  }

  /// `5%`, or `{at: 5%, from: 18, to: 25}`.
  private static func quantile(_ node: YAMLNode, _ group: YAMLGroup, _ column: String) throws(ImportError) -> StatisticSetting {
    func share(_ node: YAMLNode, _ group: YAMLGroup) throws(ImportError) -> Int {
      let text = try group.text(node, "a quantile such as 5%")
      guard text.hasSuffix("%"), let value = try? DecimalText(String(text.dropLast()).utf8), value.scale <= 2,
        let share = try? value.scaled(toDigits: 2), (0...10_000).contains(share)
      else { throw group.invalid(node, text.quoted, "a quantile from 0% to 100% with at most 2 digits after the point, such as 5%") }
      return Int(share)
    }
    if case .scalar = node { return .quantile(column: column, numerator: try share(node, group), denominator: 10_000, within: nil) }
    let own = try YAMLGroup(node, file: group.file, allowed: ["at", "from", "to"])
    let place = try share(try own.required("at"), own)
    return .quantile(column: column, numerator: place, denominator: 10_000, within: try optionalBounds(own))
  }

  private static func optionalBounds(_ group: YAMLGroup) throws(ImportError) -> BoundsSetting? {
    group.optional("from") == nil && group.optional("to") == nil ? nil : try bounds(group)
  }

  /// `from` and `to` of a group.
  private static func bounds(_ group: YAMLGroup) throws(ImportError) -> BoundsSetting {
    func number(_ key: String) throws(ImportError) -> (text: String, value: DecimalText, node: YAMLNode) {
      let node = try group.required(key)
      let text = try group.text(node, "a number")
      guard let value = try? DecimalText(text.utf8) else { throw group.invalid(node, text.quoted, "a number") }
      return (text, value, node)
    }
    let (from, to) = (try number("from"), try number("to"))
    guard !to.value.isLess(than: from.value) else {
      throw group.invalid(to.node, "to \(to.text), below from \(from.text)", "an interval: from at most to", remedy: "Exchange the two numbers")
    }
    return BoundsSetting(from: from.text, to: to.text)
  }
}

extension DecimalText {
  /// Whether the number is smaller; false where their digits together leave 128 bits.
  func isLess(than other: DecimalText) -> Bool {
    func power(_ exponent: Int) -> Int128? { (0..<38).contains(exponent) ? (0..<exponent).reduce(1) { product, _ in product * 10 } : nil }
    guard let own = power(max(0, other.scale - scale)), let others = power(max(0, scale - other.scale)) else { return false }
    let (left, leftOverflow) = Int128(mantissa).multipliedReportingOverflow(by: own)
    let (right, rightOverflow) = Int128(other.mantissa).multipliedReportingOverflow(by: others)
    return !leftOverflow && !rightOverflow && left < right
  }
}

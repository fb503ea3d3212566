/// Strict reading of `statistics` in `pipeline.yaml`.

import Programs

extension StatisticsSetting {
  /// `auto`, or a list of
  ///
  /// ```yaml
  /// - {column: age, show: [missing, mean, deviation, minimum, maximum, median, quartiles, counts]}
  /// - {column: age, mean: {from: 30, to: 45}}     # bounded: only that it lies there
  /// - {pairs: [sex, class]}
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

  private static let bounded: [StatisticKind] = [.missing, .mean, .minimum, .maximum, .median]

  private static func entry(_ node: YAMLNode, file: String) throws(ImportError) -> [StatisticSetting] {
    let group = try YAMLGroup(node, file: file, allowed: ["column", "show", "pairs"] + bounded.map(\.rawValue))
    if let pairs = group.optional("pairs") {
      guard group.keys.count == 1 else { throw group.invalid(node, "other keys beside pairs", "pairs alone", remedy: "Write another entry for them") }
      let names = try group.texts(pairs)
      guard names.count == 2, names[0] != names[1] else { throw group.invalid(pairs, "\(names.count) columns", "two different category columns") }
      return [.pairs(first: names[0], second: names[1])]
    }
    let column = try group.text(try group.required("column"))
    var out: [StatisticSetting] = []
    if let show = group.optional("show") {
      for item in try group.list(show) { out.append(.revealed(column: column, try group.choice(item, StatisticKind.self))) }
    }
    for kind in bounded {
      guard let node = group.optional(kind.rawValue) else { continue }
      let bounds = try YAMLGroup(node, file: file, allowed: ["from", "to"])
      func number(_ key: String) throws(ImportError) -> String {
        let node = try bounds.required(key)
        let text = try bounds.text(node, "a number")
        guard (try? DecimalText(text.utf8)) != nil else { throw bounds.invalid(node, text.quoted, "a number") }
        return text
      }
      if out.contains(.revealed(column: column, kind)) {
        throw group.invalid(node, "\(kind.rawValue) under show and with bounds", "one of them", remedy: "Remove one")
      }
      out.append(.bounded(column: column, kind, from: try number("from"), to: try number("to")))
    }
    guard !out.isEmpty else { throw group.invalid(node, "no statistic", "show: [mean, …], or a kind with {from: …, to: …}") }
    return out
  }
}

/// Strict reading of `prepare` in `pipeline.yaml`.

import Programs

extension PreparationSettings {
  private enum OthersWord: String, CaseIterable { case auto, drop, keep }

  /// `auto`, or `{filter: [...], deduplicate: true, columns: auto | {...}, others: auto | drop | keep}`.
  init(_ node: YAMLNode, file: String) throws(ImportError) {
    self.init()
    if case .scalar(let text, _, _) = node, text == "auto" { return }
    let group = try YAMLGroup(node, file: file, allowed: ["filter", "deduplicate", "columns", "others"])
    if let filter = group.optional("filter") {
      for item in try group.list(filter) { filters.append(try Self.filter(item, file: file)) }
      guard (1...64).contains(filters.count) else { throw group.invalid(filter, "\(filters.count) conditions", "1 to 64 conditions") }
    }
    if let node = group.optional("deduplicate") { deduplicates = try group.boolean(node) }
    let othersNode = group.optional("others")
    guard let columnsNode = group.optional("columns") else {
      if let othersNode { throw group.invalid(othersNode, "others without columns", "columns beside it", remedy: "Remove others") }
      others = nil
      return
    }
    if case .scalar(let text, _, _) = columnsNode {
      guard text == "auto" else { throw group.invalid(columnsNode, text.quoted, "auto, or a chain of steps for each column") }
      if let othersNode { throw group.invalid(othersNode, "others beside columns: auto", "no others", remedy: "Remove others") }
      return
    }
    guard case .mapping(let entries, _) = columnsNode else { throw group.invalid(columnsNode, columnsNode.kind, "auto, or column: [steps] lines") }
    for entry in entries { columns[entry.key] = try Self.chain(entry.value, group, file: file) }
    others = .auto
    if let node = othersNode {
      switch try group.choice(node, OthersWord.self) {
      case .auto: others = .auto
      case .drop: others = .drop
      case .keep: others = .steps([])
      }
    }
  }

  /// One condition: `{column: a, from: 1, to: 2}`, `{column: b, is: x}` or `{column: c, present: true}`.
  static func filter(_ node: YAMLNode, file: String) throws(ImportError) -> FilterSetting {
    let group = try YAMLGroup(node, file: file, allowed: ["column", "from", "to", "is", "present"])
    let column = try group.text(try group.required("column"))
    let bounds = (group.optional("from"), group.optional("to"))
    let kinds = [bounds.0 != nil || bounds.1 != nil, group.optional("is") != nil, group.optional("present") != nil].count { $0 }
    guard kinds == 1 else {
      throw group.invalid(node, "\(kinds) conditions in one", "from and to, or is, or present: true", remedy: "Write one line for each")
    }
    if let node = group.optional("is") { return FilterSetting(column: column, condition: .equals(try group.text(node, "a category"))) }
    if let node = group.optional("present") {
      guard try group.boolean(node) else { throw group.invalid(node, "false", "true", remedy: "Remove the condition") }
      return FilterSetting(column: column, condition: .present)
    }
    func number(_ node: YAMLNode?) throws(ImportError) -> String? {
      guard let node else { return nil }
      return try Self.number(node, group)
    }
    return FilterSetting(column: column, condition: .between(from: try number(bounds.0), to: try number(bounds.1)))
  }

  private static func number(_ node: YAMLNode, _ group: YAMLGroup) throws(ImportError) -> String {
    let text = try group.text(node, "a number")
    guard (try? DecimalText(text.utf8)) != nil else { throw group.invalid(node, text.quoted, "a number") }
    return text
  }

  private static func chain(_ node: YAMLNode, _ group: YAMLGroup, file: String) throws(ImportError) -> ChainSetting {
    if case .scalar(let text, _, _) = node {
      switch text {
      case "auto": return .auto
      case "drop": return .drop
      case "keep": return .steps([])
      default: throw group.invalid(node, text.quoted, "auto, drop, keep or a list of steps such as [impute: median, standardise]")
      }
    }
    var steps: [StepSetting] = []
    for item in try group.list(node) { steps.append(try StepReader(file: file).step(item)) }
    guard steps.count <= TransformSpecification.maximumSteps else {
      throw group.invalid(node, "\(steps.count) steps", "at most \(TransformSpecification.maximumSteps)")
    }
    return .steps(steps)
  }
}

/// Reads one step: a word, or `word: argument`.
struct StepReader {
  let file: String
  static let words = ["impute", "one-hot", "ordinal", "standardise", "min-max", "robust", "clip", "log", "bucketise", "round", "missing-indicator"]

  func step(_ node: YAMLNode) throws(ImportError) -> StepSetting {
    if case .scalar(let text, _, let place) = node { return try step(text, place, nil, nil) }
    let group = try YAMLGroup(node, file: file, allowed: Self.words)
    guard let word = group.keys.first, group.keys.count == 1, let argument = group.optional(word) else {
      throw group.invalid(node, "\(group.keys.count) steps in one", "one step an entry", remedy: "Write - before each")
    }
    return try step(word, node.place, argument, group)
  }

  private func step(_ word: String, _ place: YAMLPlace, _ argument: YAMLNode?, _ group: YAMLGroup?) throws(ImportError) -> StepSetting {
    func needs(_ expected: String) -> ImportError {
      YAMLGroup.error(.invalidValue, file, place, found: "\(word) without a value", expected: expected, remedy: "Add it")
    }
    if let scaling = ScalingSetting(rawValue: word) { return try self.scaling(scaling, argument) }
    switch word {
    case "impute":
      guard let argument, let group else { throw needs("impute: mean, median, mode, or a value for missing cells") }
      return .impute(try impute(argument, group))
    case "one-hot": return .oneHot(unseen: try unseen(argument, allowed: ["unseen"]))
    case "ordinal": return try ordinal(argument, group)
    case "clip":
      guard let argument else { throw needs("clip: {from: 0, to: 100}, of numbers or quantiles such as 1%") }
      return try clip(argument)
    case "log": return try log(argument)
    case "bucketise":
      guard let argument, let group else { throw needs("bucketise: [10, 20] or {quantiles: 4}") }
      return .bucketise(try edges(argument, group))
    case "round":
      guard let argument, let group else { throw needs("round: 2, digits after the point") }
      return .round(digits: try group.integer(argument, -12...17))
    case "missing-indicator":
      if let argument, let group { throw group.invalid(argument, "a value of missing-indicator", "none", remedy: "Write missing-indicator alone") }
      return .missingIndicator
    default:
      throw YAMLGroup.error(
        .invalidValue, file, place, found: "the unknown step \(word.quoted)", expected: "one of \(Self.words.joined(separator: ", "))",
        remedy: "Did you mean \(YAMLGroup.nearest(word, among: Self.words))")
    }
  }

  private func impute(_ node: YAMLNode, _ group: YAMLGroup) throws(ImportError) -> ImputeSetting {
    if case .mapping = node {
      let inner = try YAMLGroup(node, file: file, allowed: ["constant"])
      return .constant(try inner.text(try inner.required("constant")))
    }
    let text = try group.text(node, "mean, median, mode or a value")
    switch text {
    case "mean": return .mean
    case "median": return .median
    case "mode": return .mode
    default: return .constant(text)
    }
  }

  private func scaling(_ kind: ScalingSetting, _ argument: YAMLNode?) throws(ImportError) -> StepSetting {
    var (digits, limit) = (3, kind == .minMax ? 2 : kind == .robust ? 20 : 10)
    if let argument {
      let group = try YAMLGroup(argument, file: file, allowed: ["digits", "limit"])
      if let node = group.optional("digits") { digits = try group.integer(node, 0...6) }
      if let node = group.optional("limit") { limit = try group.integer(node, 1...10_000) }
    }
    return .scaling(kind, digits: digits, limit: limit)
  }

  private func unseen(_ argument: YAMLNode?, allowed: [String]) throws(ImportError) -> UnseenSetting {
    guard let argument else { return .zeros }
    let group = try YAMLGroup(argument, file: file, allowed: allowed)
    guard let node = group.optional("unseen") else { return .zeros }
    return try unseen(node, group)
  }

  private func unseen(_ node: YAMLNode, _ group: YAMLGroup) throws(ImportError) -> UnseenSetting {
    if case .mapping = node {
      let inner = try YAMLGroup(node, file: file, allowed: ["other"])
      return .other(try inner.text(try inner.required("other")))
    }
    switch try group.text(node, "zeros, error, known or {other: NAME}") {
    case "zeros": return .zeros
    case "error": return .error
    case "known": return .known
    case let text: throw group.invalid(node, text.quoted, "zeros, error, known or {other: NAME}")
    }
  }

  /// `ordinal`, `ordinal: [a, b]` or `ordinal: {order: [a, b], unseen: error}`.
  private func ordinal(_ argument: YAMLNode?, _ group: YAMLGroup?) throws(ImportError) -> StepSetting {
    guard let argument, let group else { return .ordinal([], unseen: .known) }
    if case .sequence = argument { return .ordinal(try group.texts(argument), unseen: .error) }
    let inner = try YAMLGroup(argument, file: file, allowed: ["order", "unseen"])
    let order = try inner.optional("order").map { node throws(ImportError) in try inner.texts(node) } ?? []
    guard let node = inner.optional("unseen") else { return .ordinal(order, unseen: .error) }
    let rule = try unseen(node, inner)
    if rule == .zeros { throw inner.invalid(node, "zeros for an order", "error, known or {other: NAME}") }
    return .ordinal(order, unseen: rule)
  }

  private func clip(_ argument: YAMLNode) throws(ImportError) -> StepSetting {
    let group = try YAMLGroup(argument, file: file, allowed: ["from", "to"])
    let from = try group.optional("from").map { node throws(ImportError) in try bound(node, group) }
    let to = try group.optional("to").map { node throws(ImportError) in try bound(node, group) }
    guard from != nil || to != nil else { throw group.invalid(argument, "clip without a bound", "from, to or both") }
    if let from, let to, to.isBelow(from) {
      throw group.invalid(argument, "clip to less than from", "from at most to", remedy: "Exchange the two bounds")
    }
    return .clip(from: from, to: to)
  }

  private func log(_ argument: YAMLNode?) throws(ImportError) -> StepSetting {
    guard let argument else { return .log(base: .natural, digits: 4) }
    let group = try YAMLGroup(argument, file: file, allowed: ["base", "digits"])
    let base = try group.optional("base").map { node throws(ImportError) in try group.choice(node, LogarithmBase.self) } ?? .natural
    let digits = try group.optional("digits").map { node throws(ImportError) in try group.integer(node, 0...6) } ?? 4
    return .log(base: base, digits: digits)
  }

  private func edges(_ argument: YAMLNode, _ group: YAMLGroup) throws(ImportError) -> [BoundSetting] {
    if case .mapping = argument {
      let inner = try YAMLGroup(argument, file: file, allowed: ["quantiles"])
      let count: Int = try inner.integer(try inner.required("quantiles"), 2...(TransformSpecification.maximumHiddenEdges + 1))
      return (1..<count).map { .quantile(numerator: $0, denominator: count) }
    }
    var edges: [BoundSetting] = []
    for item in try group.list(argument) { edges.append(try bound(item, group)) }
    guard !edges.isEmpty else { throw group.invalid(argument, "no edge", "at least one edge") }
    for (edge, next) in zip(edges, edges.dropFirst()) where edge.isFitted == next.isFitted && !edge.isBelow(next) {
      throw group.invalid(argument, "edges that do not ascend", "ascending edges, each once", remedy: "Sort the edges")
    }
    return edges
  }

  /// A number, or `5%`: that quantile.
  private func bound(_ node: YAMLNode, _ group: YAMLGroup) throws(ImportError) -> BoundSetting {
    let text = try group.text(node, "a number, or a quantile such as 5%")
    guard text.hasSuffix("%") else {
      guard (try? DecimalText(text.utf8)) != nil else { throw group.invalid(node, text.quoted, "a number, or a quantile such as 5%") }
      return .number(text)
    }
    guard let value = try? DecimalText(String(text.dropLast()).utf8), value.scale <= 2, let share = try? value.scaled(toDigits: 2),
      (0...10_000).contains(share)
    else { throw group.invalid(node, text.quoted, "a quantile from 0% to 100% with at most 2 digits after the point") }
    return .quantile(numerator: Int(share), denominator: 10_000)
  }
}

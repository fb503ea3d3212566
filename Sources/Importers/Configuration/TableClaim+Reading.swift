/// Strict reading of claims about tables in claim files.

import Programs

extension TableClaim {
  /// The types of claim files that are claims about tables.
  enum TypeName: String, CaseIterable {
    case split, statistics, filter, deduplicate, join, disjoint, anonymity, fit, transform, confusion, ranking, errors

    /// Keys beside `name` and `type`; those of claims that make artefacts also have `commit`.
    var keys: [String] {
      switch self {
      case .split: ["table", "parts", "rule", "commit"]
      case .statistics: ["table", "statistics"]
      case .filter: ["table", "output", "filter", "commit"]
      case .deduplicate: ["table", "output", "commit"]
      case .join: ["left", "right", "output", "key", "commit"]
      case .disjoint: ["tables", "columns"]
      case .anonymity: ["table", "columns", "minimum"]
      case .fit: ["table", "parameters", "columns", "commit"]
      case .transform: ["input", "parameters", "output", "columns", "commit"]
      case .confusion: ["labels", "predictions", "groups", "minimumGroup", "counts", "bounds"]
      case .ranking: ["labels", "scores", "positive", "unit", "measures", "calibration", "slice"]
      case .errors: ["labels", "predictions", "measures", "slice"]
      }
    }
  }

  /// Reads the keys of one claim.
  init(_ type: TypeName, _ node: YAMLNode, file: String) throws(ImportError) {
    let group = try YAMLGroup(node, file: file, allowed: ["name", "type"] + type.keys)
    func name(_ key: String) throws(ImportError) -> String { try group.text(try group.required(key), "the name of a table in the store") }
    func column(_ key: String) throws(ImportError) -> ClaimColumn { try ClaimColumn(try group.required(key), file: file) }
    switch type {
    case .split: self = try Self.split(group, file: file)
    case .statistics:
      self = .statistics(table: try name("table"), try StatisticsSetting(try group.required("statistics"), group))
    case .filter:
      let list = try group.required("filter")
      var conditions: [FilterSetting] = []
      for item in try group.list(list) { conditions.append(try PreparationSettings.filter(item, file: file)) }
      guard (1...64).contains(conditions.count) else { throw group.invalid(list, "\(conditions.count) conditions", "1 to 64 conditions") }
      self = .filter(table: try name("table"), output: try name("output"), conditions)
    case .deduplicate: self = .deduplicate(table: try name("table"), output: try name("output"))
    case .join:
      self = .join(left: try name("left"), right: try name("right"), output: try name("output"), key: try group.text(try group.required("key")))
    case .disjoint:
      let list = try group.required("tables")
      let tables = try group.texts(list)
      guard tables.count >= 2, Set(tables).count == tables.count else {
        throw group.invalid(list, "\(tables.count) tables", "two different tables or more")
      }
      let columns = try group.optional("columns").map { node throws(ImportError) in try group.texts(node) } ?? []
      self = .disjoint(tables: tables, columns: columns)
    case .anonymity:
      let list = try group.required("columns")
      let columns = try group.texts(list)
      guard !columns.isEmpty, Set(columns).count == columns.count else { throw group.invalid(list, "no column, or one twice", "different columns") }
      self = .anonymity(
        table: try name("table"), AnonymitySetting(columns: columns, minimum: try group.integer(try group.required("minimum"), 2...1_000_000)))
    case .fit: self = .fit(table: try name("table"), parameters: try name("parameters"), try Self.columns(group, file: file))
    case .transform:
      let parameters = try group.optional("parameters").map { node throws(ImportError) in try group.text(node, "the name of a table in the store") }
      self = .transform(input: try name("input"), parameters: parameters, output: try name("output"), try Self.columns(group, file: file))
    case .confusion: self = .confusion(try ConfusionRequest(group, file: file))
    case .ranking: self = .ranking(try RankingRequest(group, file: file))
    case .errors:
      self = .errors(
        labels: try column("labels"), predictions: try column("predictions"), try Self.measures(group, ErrorMeasure.self, open: [.r2]),
        try SliceRequest.read(group, file: file))
    }
  }

  private static func split(_ group: YAMLGroup, file: String) throws(ImportError) -> TableClaim {
    let partsNode = try group.required("parts")
    let parts = try group.texts(partsNode)
    guard (2...64).contains(parts.count), Set(parts).count == parts.count else {
      throw group.invalid(
        partsNode, Set(parts).count == parts.count ? "\(parts.count) parts" : "a part twice",
        "[TRAINING, TEST], names of two tables, or with folds: k the names of k tables, at most 64")
    }
    let ruleNode = try group.required("rule")
    var configuration = PipelineConfiguration(data: "", schema: "", target: "")
    try configuration.readSplit(ruleNode, file: file)
    guard let split = configuration.provedSplit else {
      throw group.invalid(ruleNode, "no method", "method: random, stratified, cutoff or groups", remedy: "Add method")
    }
    if case .stratified(nil) = split.method {
      throw group.invalid(ruleNode, "method: stratified without a column", "stratify: COLUMN beside it: a claim file knows no target")
    }
    if parts.count > 2 {
      guard split.method == .random, configuration.folds == parts.count else {
        throw group.invalid(
          partsNode, "\(parts.count) parts", "rule: {method: random, folds: \(parts.count)} for as many equal parts, or two parts",
          remedy: "Correct rule.folds or parts")
      }
    }
    return .split(
      table: try group.text(try group.required("table"), "the name of a table in the store"), parts: parts,
      PipelineSplit(split: split, testFraction: configuration.testFraction, folds: configuration.folds))
  }

  private static func columns(_ group: YAMLGroup, file: String) throws(ImportError) -> [ColumnRequest] {
    let list = try group.required("columns")
    var out: [ColumnRequest] = []
    for item in try group.list(list) {
      let own = try YAMLGroup(item, file: file, allowed: ["name", "from", "steps"])
      let name = try own.text(try own.required("name"))
      let source = try own.optional("from").map { node throws(ImportError) in try own.text(node) } ?? name
      var steps: [StepSetting] = []
      if let node = own.optional("steps") { for step in try own.list(node) { steps.append(try StepReader(file: file).step(step)) } }
      out.append(ColumnRequest(name: name, source: source, steps: steps))
    }
    guard !out.isEmpty else { throw group.invalid(list, "no column", "at least one: {name: …, from: …, steps: […]}") }
    return out
  }

  /// `[auc, {brier: {from: 0, to: 0.2}}]`; `open`: measures that cannot be bounded.
  static func measures<Kind: RawRepresentable & CaseIterable & Hashable & Sendable>(
    _ group: YAMLGroup, _ kind: Kind.Type, open: [Kind] = []
  ) throws(ImportError) -> [MeasureRequest<Kind>] where Kind.RawValue == String {
    guard let list = group.optional("measures") else { return [] }
    var out: [MeasureRequest<Kind>] = []
    for item in try group.list(list) {
      if case .scalar = item {
        out.append(MeasureRequest(kind: try group.choice(item, kind), within: nil))
        continue
      }
      let own = try YAMLGroup(item, file: group.file, allowed: Kind.allCases.map(\.rawValue))
      guard let word = own.keys.first, own.keys.count == 1, let measure = Kind(rawValue: word), !open.contains(measure) else {
        throw group.invalid(item, "\(own.keys.count) measures in one, or one without bounds", "one measure an entry", remedy: "Write - before each")
      }
      let bounds = try YAMLGroup(try own.required(word), file: group.file, allowed: ["from", "to"])
      func number(_ key: String) throws(ImportError) -> String {
        let node = try bounds.required(key)
        let text = try bounds.text(node, "a number")
        guard (try? DecimalText(text.utf8)) != nil else { throw bounds.invalid(node, text.quoted, "a number") }
        return text
      }
      out.append(MeasureRequest(kind: measure, within: .init(from: try number("from"), to: try number("to"))))
    }
    return out
  }
}

extension ClaimColumn {
  /// `{artefact: NAME, column: COLUMN}`.
  init(_ node: YAMLNode, file: String) throws(ImportError) {
    let group = try YAMLGroup(node, file: file, allowed: ["artefact", "column"])
    self.init(artefact: try group.text(try group.required("artefact")), column: try group.text(try group.required("column")))
  }
}

/// `{artefact, column, bands}`: the column and the bands.
private func readGroups(_ group: YAMLGroup) throws(ImportError) -> (column: ClaimColumn, bands: [String]) {
  let column = ClaimColumn(artefact: try group.text(try group.required("artefact")), column: try group.text(try group.required("column")))
  guard let node = group.optional("bands") else { return (column, []) }
  let bands = try group.texts(node)
  for band in bands where (try? DecimalText(band.utf8)) == nil { throw group.invalid(node, band.quoted, "numbers at which a new group begins") }
  return (column, bands)
}

extension SliceRequest {
  /// `slice: {artefact, column, bands, group}`; nil without it.
  static func read(_ group: YAMLGroup, file: String) throws(ImportError) -> SliceRequest? {
    guard let node = group.optional("slice") else { return nil }
    let own = try YAMLGroup(node, file: file, allowed: ["artefact", "column", "bands", "group"])
    let (column, bands) = try readGroups(own)
    return SliceRequest(groups: column, bands: bands, group: try own.text(try own.required("group"), "a group: a category, or the number of a band"))
  }
}

extension ConfusionRequest {
  init(_ group: YAMLGroup, file: String) throws(ImportError) {
    labels = try ClaimColumn(try group.required("labels"), file: file)
    predictions = try ClaimColumn(try group.required("predictions"), file: file)
    bands = []
    if let node = group.optional("groups") {
      let own = try YAMLGroup(node, file: file, allowed: ["artefact", "column", "bands"])
      let (column, bands) = try readGroups(own)
      (groups, self.bands) = (column, bands)
    }
    minimumGroup = try group.optional("minimumGroup").map { node throws(ImportError) in try group.integer(node, 1...1_000_000) } ?? 1
    bounds = []
    let counts = try group.optional("counts").map { node throws(ImportError) in try group.boolean(node) } ?? false
    guard let list = group.optional("bounds") else {
      guard counts else {
        throw YAMLGroup.error(
          .missingKey, file, group.place, found: "neither counts nor bounds", expected: "counts: true, or bounds: with metrics", remedy: "Add one")
      }
      return
    }
    guard !counts else { throw group.invalid(list, "bounds beside counts: true", "one of them: counts tell every metric", remedy: "Remove one") }
    for item in try group.list(list) { bounds.append(try MetricBoundRequest(item, file: file)) }
    guard !bounds.isEmpty else { throw group.invalid(list, "no bound", "at least one") }
  }
}

extension MetricBoundRequest {
  /// `{metric: recall, class: good, atLeast: 0.6}`; differences have `atMost`.
  init(_ node: YAMLNode, file: String) throws(ImportError) {
    let group = try YAMLGroup(node, file: file, allowed: ["metric", "class", "atLeast", "atMost"])
    metric = try group.choice(try group.required("metric"), Metric.self)
    let isDifference = metric.rawValue.hasSuffix("Difference")
    let (key, other) = isDifference ? ("atMost", "atLeast") : ("atLeast", "atMost")
    if let wrong = group.optional(other) { throw group.invalid(wrong, "\(other) for \(metric.rawValue)", "\(key)", remedy: "Write \(key)") }
    selected = try group.optional("class").map { node throws(ImportError) in try group.text(node, "a class") }
    guard (selected == nil) == (metric == .accuracy) else {
      throw group.invalid(
        node, metric == .accuracy ? "class for accuracy" : "\(metric.rawValue) without a class", "class: for every metric but accuracy")
    }
    let bound = try group.required(key)
    let text = try group.text(bound, "a share")
    guard let (top, bottom) = RowSplit.fraction(text), bottom <= 1_000_000 else {
      throw group.invalid(bound, text.quoted, "a decimal number from 0 to 1 with at most 6 digits after the point")
    }
    (numerator, denominator) = (top, bottom)
  }
}

extension RankingRequest {
  init(_ group: YAMLGroup, file: String) throws(ImportError) {
    labels = try ClaimColumn(try group.required("labels"), file: file)
    scores = try ClaimColumn(try group.required("scores"), file: file)
    positive = try group.text(try group.required("positive"), "a class of the labels")
    unit = nil
    if let node = group.optional("unit") {
      let text = try group.text(node, "the score that stands for probability 1")
      guard (try? DecimalText(text.utf8)) != nil else { throw group.invalid(node, text.quoted, "a number") }
      unit = text
    }
    measures = try TableClaim.measures(group, RankingMeasure.self)
    calibrationBins = try group.optional("calibration").map { node throws(ImportError) in try group.integer(node, 2...1_000) }
    slice = try SliceRequest.read(group, file: file)
    guard !measures.isEmpty || calibrationBins != nil else {
      throw YAMLGroup.error(
        .missingKey, file, group.place, found: "neither measures nor calibration", expected: "measures: [auc], or calibration: 10", remedy: "Add one")
    }
  }
}

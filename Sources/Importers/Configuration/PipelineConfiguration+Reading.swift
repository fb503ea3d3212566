/// Strict reading of `pipeline.yaml`.

import Programs

extension PipelineConfiguration {
  /// Reads the text of a pipeline file.
  /// - Throws: place, expectation and remedy of the first thing that is wrong.
  public init(yaml bytes: [UInt8], file: String) throws(ImportError) {
    let root = try YAMLGroup(
      try YAMLTreeReader.read(bytes, file: file), file: file,
      allowed: [
        "version", "data", "schema", "raw", "join", "target", "positive", "protected", "exclude", "split", "prepare", "statistics", "anonymity",
        "disjoint",
        "model", "claims", "openings", "trees", "sign",
      ])
    let _: Int = try root.integer(try root.required("version"), 1...1)
    let isReceived = root.optional("raw") != nil
    if let node = root.optional("data"), case .mapping = node {
      throw root.invalid(
        node, node.kind, "the path of a CSV file", remedy: "For a table of the store write raw: {artefact: NAME} in place of data and schema")
    }
    self.init(
      data: isReceived ? "" : try root.text(try root.required("data")), schema: isReceived ? "" : try root.text(try root.required("schema")),
      target: try root.text(try root.required("target")))
    if let node = root.optional("raw") { try readRaw(node, file: file) }
    if let node = root.optional("join") { joins = try JoinSetting.list(node, root) }
    positive = try root.optional("positive").map { node throws(ImportError) in try root.text(node) }
    if let node = root.optional("protected") { protected = try Self.protected(node, root) }
    if let node = root.optional("exclude") { excluded = try root.texts(node) }
    if let node = root.optional("split") { try readSplit(node, file: file) }
    if let node = root.optional("prepare") { preparation = try PreparationSettings(node, file: file) }
    if let node = root.optional("statistics") { statistics = try StatisticsSetting(node, root) }
    if let node = root.optional("anonymity") { try readAnonymity(node, file: file) }
    if let node = root.optional("disjoint") { try readDisjoint(node, root) }
    try checkPhase(root)
    if let node = root.optional("model") { try readModel(node, file: file) }
    if let node = root.optional("claims") { try readClaims(node, file: file) }
    if let node = root.optional("sign") { signingKey = try root.text(node, "the name of a provider's key in the store") }
    if let node = root.optional("openings") { openings = try root.integer(node, 1...100_000) }
    if let node = root.optional("trees") { trees = try root.choice(node, TreeSharing.self) }
  }

  /// Opens and reads a pipeline file.
  public static func read(path: String, displayName: String? = nil) throws(ImportError) -> PipelineConfiguration {
    let bytes = try InputFile.read(path: path, displayName: displayName, limit: YAMLLimit.bytes)
    return try PipelineConfiguration(yaml: bytes, file: displayName ?? path)
  }

  static func protected(_ node: YAMLNode, _ root: YAMLGroup) throws(ImportError) -> [ProtectedColumn] {
    var result: [ProtectedColumn] = []
    for item in try root.list(node) {
      if case .scalar = item {
        result.append(ProtectedColumn(column: try root.text(item)))
        continue
      }
      let group = try YAMLGroup(item, file: root.file, allowed: ["column", "bands"])
      let bandsNode = try group.required("bands")
      let bands = try group.texts(bandsNode)
      for band in bands {
        do throws(DecimalTextError) { _ = try DecimalText(band.utf8) } catch {
          throw group.invalid(bandsNode, band.quoted, "numbers at which a new group begins")
        }
      }
      result.append(ProtectedColumn(column: try group.text(try group.required("column")), bands: bands))
    }
    return result
  }

  private mutating func readModel(_ node: YAMLNode, file: String) throws(ImportError) {
    let group = try YAMLGroup(node, file: file, allowed: ["kind", "training", "import"] + TreeSettings.keys)
    if let node = group.optional("kind") { kind = try group.choice(node, ModelKind.self) }
    if let trees = try TreeSettings(group, kind: kind) {
      source = .trees(trees)
      return
    }
    let imported = group.optional("import")
    if let imported { source = .coefficients(path: try group.text(imported)) }
    guard let trainingNode = group.optional("training") else { return }
    let training = try YAMLGroup(
      trainingNode, file: file,
      allowed: ["epochs", "regularisation", "proof", "batch", "rate", "momentum", "schedule", "segments", "radius", "intercept"])
    var settings = TrainingSettings()
    try settings.readProof(training)
    if let imported, settings.proof != .optimum {
      throw group.invalid(
        imported, "both import and training", "one of them, or proof: optimum",
        remedy: "Remove one, or set model.training.proof: optimum for what the imported weights are the optimum of")
    }
    if let node = training.optional("epochs") { settings.epochs = try training.integer(node, 1...100_000) }
    if let node = training.optional("regularisation") {
      let text = try training.text(node)
      guard TrainingSettings.penalty(text) != nil else {
        throw training.invalid(node, text.quoted, "a decimal number from 0 to 1000000 with at most 6 digits after the point")
      }
      settings.regularisation = text
    }
    if imported == nil { source = .training(settings) }
    if settings.proof == .optimum { optimum = settings }
  }

  private enum AccuracyWord: String, CaseIterable { case none, revealed }
  private enum CountsWord: String, CaseIterable { case published, hidden }

  private mutating func readClaims(_ node: YAMLNode, file: String) throws(ImportError) {
    let group = try YAMLGroup(node, file: file, allowed: ["accuracy", "predictions", "classCounts", "metrics", "fairness", "slices"])
    if let node = group.optional("predictions") { predictions = try group.choice(node, PredictionVisibility.self) }
    let countsNode = group.optional("classCounts")
    if let node = countsNode { hidesClassCounts = try group.choice(node, CountsWord.self) == .hidden }
    try readAccuracy(group, file: file)
    try readMetrics(group)
    if let node = countsNode {
      guard case .atLeast = accuracy else {
        throw group.invalid(
          node, "classCounts without a bound on accuracy", "accuracy: {atLeast: …} beside it",
          remedy: "Remove classCounts: a confusion matrix has the counts in it, and without accuracy nothing tells them")
      }
    }
  }

  private mutating func readAccuracy(_ group: YAMLGroup, file: String) throws(ImportError) {
    guard let accuracyNode = group.optional("accuracy") else { return }
    if case .scalar = accuracyNode {
      accuracy = try group.choice(accuracyNode, AccuracyWord.self) == .none ? .none : .revealed
      return
    }
    let bound = try YAMLGroup(accuracyNode, file: file, allowed: ["atLeast"])
    let valueNode = try bound.required("atLeast")
    let text = try bound.text(valueNode)
    guard let (numerator, denominator) = RowSplit.fraction(text) else {
      throw bound.invalid(valueNode, text.quoted, "a decimal number from 0 to 1 with at most 9 digits, e.g. 0.70")
    }
    accuracy = .atLeast(numerator: numerator, denominator: denominator)
  }
}

extension TrainingSettings {
  /// R · 10^6 of a decimal text, or nil for what is no number in 0 … 10^6 with at most 6 digits after the point.
  static func penalty(_ text: String) -> Int64? {
    guard let value = try? DecimalText(text.utf8).scaled(toDigits: 6), (0...1_000_000_000_000).contains(value) else { return nil }
    return value
  }

  /// R · 10^6; 10^6 for a text that is no number (reading refuses such texts).
  var penaltyMicros: Int64 { Self.penalty(regularisation) ?? 1_000_000 }
}

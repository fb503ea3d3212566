import Programs

extension TrainingSettings {
  private enum InterceptWord: String, CaseIterable { case penalised, eliminated }
  private enum ScheduleWord: String, CaseIterable { case constant, linear }

  /// Most claims that the steps of one run are cut into.
  static let maximumSegments = 64

  /// `proof`, and the settings of a training that is proved.
  mutating func readProof(_ group: YAMLGroup) throws(ImportError) {
    if let node = group.optional("proof") { proof = try group.choice(node, TrainingProof.self) }
    for key in ["batch", "rate", "momentum", "schedule", "segments"] {
      guard proof != .process, let node = group.optional(key) else { continue }
      throw group.invalid(
        node, "\(key) of a training whose steps are not proved", "proof: process beside it",
        remedy: "Set model.training.proof: process, or remove it")
    }
    try readOptimum(group)
    if let node = group.optional("batch") { batchSize = try group.integer(node, 1...65_536) }
    if let node = group.optional("rate") { learningRate = try Self.fraction(node, group, atMost: 1_000) }
    if let node = group.optional("momentum") { momentum = try Self.fraction(node, group, atMost: 1) }
    if let node = group.optional("segments") { segments = try group.integer(node, 1...Self.maximumSegments) }
    if let node = group.optional("schedule") { schedule = try group.choice(node, ScheduleWord.self) == .constant ? .constant : .linear }
    if proof == .process, group.optional("epochs") == nil { epochs = 30 }
  }

  /// `radius` and `intercept`, of a proof of the optimum.
  private mutating func readOptimum(_ group: YAMLGroup) throws(ImportError) {
    for key in ["radius", "intercept"] {
      guard proof != .optimum, let node = group.optional(key) else { continue }
      throw group.invalid(
        node, "\(key) without a proof of the optimum", "proof: optimum beside it", remedy: "Set model.training.proof: optimum, or remove it")
    }
    if let node = group.optional("radius") {
      let text = try group.text(node)
      guard Self.radius(text) != nil else { throw group.invalid(node, text.quoted, "a decimal number above 0 with at most 9 digits after the point") }
      radius = text
    }
    if let node = group.optional("intercept") { intercept = try group.choice(node, InterceptWord.self) == .penalised ? .penalised : .eliminated }
  }

  /// The radius of a decimal text, nil for what is no positive number below 1,000 with at most 9 digits after the point.
  static func radius(_ text: String) -> PublicFraction? {
    guard let value = try? DecimalText(text.utf8).scaled(toDigits: 9), (1...1_000_000_000_000).contains(value) else { return nil }
    return PublicFraction(reducing: value, over: 1_000_000_000)
  }

  /// A decimal text as a fraction over a power of ten.
  private static func fraction(_ node: YAMLNode, _ group: YAMLGroup, atMost most: Int64) throws(ImportError) -> PublicFraction {
    let text = try group.text(node)
    guard let value = try? DecimalText(text.utf8).scaled(toDigits: 6), (0...(most * 1_000_000)).contains(value) else {
      throw group.invalid(node, text.quoted, "a decimal number from 0 to \(most) with at most 6 digits after the point")
    }
    return PublicFraction(reducing: value, over: 1_000_000)
  }
}

import Programs

extension TrainingSettings {
  private enum ScheduleWord: String, CaseIterable { case constant, linear }

  /// `proof`, and the settings of a training that is proved.
  mutating func readProof(_ group: YAMLGroup) throws(ImportError) {
    if let node = group.optional("proof") { proof = try group.choice(node, TrainingProof.self) }
    for key in ["batch", "rate", "momentum", "schedule"] {
      guard proof == .none, let node = group.optional(key) else { continue }
      throw group.invalid(
        node, "\(key) of a training that is not proved", "proof: process beside it", remedy: "Set model.training.proof: process, or remove it")
    }
    if let node = group.optional("batch") { batchSize = try group.integer(node, 1...65_536) }
    if let node = group.optional("rate") { learningRate = try Self.fraction(node, group, atMost: 1_000) }
    if let node = group.optional("momentum") { momentum = try Self.fraction(node, group, atMost: 1) }
    if let node = group.optional("schedule") { schedule = try group.choice(node, ScheduleWord.self) == .constant ? .constant : .linear }
    if proof == .process, group.optional("epochs") == nil { epochs = 30 }
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

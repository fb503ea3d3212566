import Claims
import Programs

/// A training run in JSON. Rates are `[numerator, denominator]`; a step is counted over the whole run.
///
/// `{"table": "train", "model": "model", "steps": [0, 1250], "nonce": NONCE, "run": RUN}`; `checkpoint` in place of `model` where the run goes
/// on, `start` where it came from another claim's checkpoint. RUN: `{"features": […], "target": TARGET, "formats": {…}, "batch": 32, "epochs":
/// 50, "rate": [1, 10], "schedule": SCHEDULE, "momentum": [9, 10], "penalty": [1, 1000], "penalisedIntercept": false}`.
///
/// | part | forms |
/// | --- | --- |
/// | feature | `{"number": "age", "centre": 0, "shift": 3}`, `{"presence": "age"}`, `{"category": "colour", "classes": 3, "missing": false}`, `{"constant": true}` |
/// | TARGET | `{"binary": "default", "positive": 1}`, `{"classes": "kind", "count": 3}`, `{"number": "price", "centre": 0, "shift": 3}` |
/// | SCHEDULE | `{"constant": true}`, `{"inverse": [1, 10]}`, `{"halving": 10}`, `{"linear": true}` |
enum TrainingJSON {
  private static let steps = 1 << 40

  static func value(_ claim: TrainingClaim) -> JSONValue {
    var members: [String: JSONValue] = [
      "table": .string(claim.table), "run": value(claim.run), "nonce": SplitJSON.value(claim.nonce),
      "steps": .array([.integer(claim.firstStep), .integer(claim.firstStep + claim.stepCount)]),
    ]
    switch claim.end {
    case .model(let name): members["model"] = .string(name)
    case .checkpoint(let name): members["checkpoint"] = .string(name)
    }
    if let start = claim.start { members["start"] = .string(start) }
    return .object(members)
  }

  static func read(_ node: JSONNode) throws -> TrainingClaim {
    let fields = try node.fields(["table", "run", "nonce", "steps"], optional: ["model", "checkpoint", "start"])
    let end: TrainingEnd
    switch (fields.optional("model"), fields.optional("checkpoint")) {
    case (let name?, nil): end = .model(try name.name())
    case (nil, let name?): end = .checkpoint(try name.name())
    default: throw node.notAllowed("must have either model or checkpoint")
    }
    let steps = try fields.node("steps").elements(atMost: 2)
    guard steps.count == 2 else { throw try fields.node("steps").notAllowed("must be [first step, step after the last]") }
    let first = try steps[0].integer(in: 0...Self.steps)
    let last = try steps[1].integer(in: (first + 1)...(Self.steps + 1))
    return TrainingClaim(
      table: try fields.node("table").name(), start: try fields.optional("start")?.name(), end: end, run: try readRun(try fields.node("run")),
      nonce: try SplitJSON.readNonce(try fields.node("nonce")), firstStep: first, stepCount: last - first)
  }

  // MARK: The run

  static func value(_ run: TrainingRun) -> JSONValue {
    let f = run.formats
    return .object([
      "features": .array(run.features.map(value)), "target": value(run.target), "batch": .integer(run.batchSize), "epochs": .integer(run.epochs),
      "rate": value(run.learningRate), "schedule": value(run.schedule), "momentum": value(run.momentum), "penalty": value(run.penalty),
      "penalisedIntercept": .bool(run.penalisesIntercept),
      "formats": .object([
        "feature": .integer(f.featureFractionBits), "weight": .array([.integer(f.weightFractionBits), .integer(f.weightBits)]),
        "score": .array([.integer(f.scoreFractionBits), .integer(f.scoreBits)]), "probability": .integer(f.probabilityBits),
        "update": .integer(f.updateBits),
      ]),
    ])
  }

  private static func readRun(_ node: JSONNode) throws -> TrainingRun {
    let fields = try node.fields([
      "features", "target", "batch", "epochs", "rate", "schedule", "momentum", "penalty", "penalisedIntercept", "formats",
    ])
    let formats = try fields.node("formats").fields(["feature", "weight", "score", "probability", "update"])
    func bits(_ key: String) throws -> Int { try formats.node(key).integer(in: 0...64) }
    func pair(_ key: String) throws -> (Int, Int) {
      let list = try formats.node(key).elements(atMost: 2)
      guard list.count == 2 else { throw try formats.node(key).notAllowed("must be [fraction bits, bits]") }
      return (try list[0].integer(in: 0...64), try list[1].integer(in: 0...64))
    }
    let (weight, score) = (try pair("weight"), try pair("score"))
    let features = try fields.node("features").elements(atMost: 4_096).map { try readFeature($0) }
    return try TrainingRun(
      features: features, target: try readTarget(try fields.node("target")),
      formats: TrainingFormats(
        featureFractionBits: try bits("feature"), weightFractionBits: weight.0, weightBits: weight.1, scoreFractionBits: score.0, scoreBits: score.1,
        probabilityBits: try bits("probability"), updateBits: try bits("update")),
      batchSize: try fields.node("batch").integer(in: 1...(1 << 20)), epochs: try fields.node("epochs").integer(in: 1...(1 << 20)),
      learningRate: try readFraction(try fields.node("rate")), schedule: try readSchedule(try fields.node("schedule")),
      momentum: try readFraction(try fields.node("momentum")), penalty: try readFraction(try fields.node("penalty")),
      penalisesIntercept: try fields.node("penalisedIntercept").bool())
  }

  static func value(_ feature: TrainingFeature) -> JSONValue {
    switch feature {
    case .number(let column, let centre, let shift):
      .object(["number": .string(column), "centre": IntegerJSON.value(centre), "shift": .integer(shift)])
    case .presence(let column): .object(["presence": .string(column)])
    case .category(let column, let count, let missing):
      .object(["category": .string(column), "classes": .integer(count), "missing": .bool(missing)])
    case .constant: .object(["constant": .bool(true)])
    }
  }

  static func readFeature(_ node: JSONNode) throws -> TrainingFeature {
    let fields = try node.fields([], optional: ["number", "centre", "shift", "presence", "category", "classes", "missing", "constant"])
    if let column = fields.optional("number") {
      let own = try node.fields(["number", "centre", "shift"])
      return .number(
        column: try column.string(), centre: try IntegerJSON.read(try own.node("centre")), shift: try own.node("shift").integer(in: 0...64))
    }
    if let column = fields.optional("category") {
      let own = try node.fields(["category", "classes", "missing"])
      return .category(
        column: try column.string(), classCount: try own.node("classes").integer(in: 1...StatementCaps.columns),
        missing: try own.node("missing").bool())
    }
    if fields.optional("presence") != nil { return .presence(column: try node.fields(["presence"]).node("presence").string()) }
    guard try node.fields(["constant"]).node("constant").bool() else { throw node.notAllowed("must be a feature") }
    return .constant
  }

  static func value(_ target: TrainingTarget) -> JSONValue {
    switch target {
    case .binary(let column, let positive): .object(["binary": .string(column), "positive": .integer(positive)])
    case .classes(let column, let count): .object(["classes": .string(column), "count": .integer(count)])
    case .number(let column, let centre, let shift):
      .object(["number": .string(column), "centre": IntegerJSON.value(centre), "shift": .integer(shift)])
    }
  }

  static func readTarget(_ node: JSONNode) throws -> TrainingTarget {
    let fields = try node.fields([], optional: ["binary", "positive", "classes", "count", "number", "centre", "shift"])
    if let column = fields.optional("binary") {
      return .binary(column: try column.string(), positive: try node.fields(["binary", "positive"]).node("positive").integer(in: 0...1))
    }
    if let column = fields.optional("classes") {
      return .classes(column: try column.string(), count: try node.fields(["classes", "count"]).node("count").integer(in: 1...StatementCaps.columns))
    }
    let own = try node.fields(["number", "centre", "shift"])
    return .number(
      column: try own.node("number").string(), centre: try IntegerJSON.read(try own.node("centre")), shift: try own.node("shift").integer(in: 0...64))
  }

  private static func value(_ schedule: TrainingSchedule) -> JSONValue {
    switch schedule {
    case .constant: .object(["constant": .bool(true)])
    case .inverse(let decay): .object(["inverse": value(decay)])
    case .halving(let every): .object(["halving": .integer(every)])
    case .linear: .object(["linear": .bool(true)])
    }
  }

  private static func readSchedule(_ node: JSONNode) throws -> TrainingSchedule {
    let fields = try node.fields([], optional: ["constant", "inverse", "halving", "linear"])
    switch (fields.optional("constant"), fields.optional("inverse"), fields.optional("halving"), fields.optional("linear")) {
    case (let own?, nil, nil, nil) where try own.bool(): return .constant
    case (nil, let own?, nil, nil): return .inverse(decay: try readFraction(own))
    case (nil, nil, let own?, nil): return .halving(every: try own.integer(in: 1...(1 << 20)))
    case (nil, nil, nil, let own?) where try own.bool(): return .linear
    default: throw node.notAllowed("must have one of constant, inverse, halving, linear")
    }
  }

  static func value(_ fraction: PublicFraction) -> JSONValue {
    .array([IntegerJSON.value(fraction.numerator), IntegerJSON.value(fraction.denominator)])
  }

  static func readFraction(_ node: JSONNode) throws -> PublicFraction {
    let parts = try node.elements(atMost: 2)
    guard parts.count == 2 else { throw node.notAllowed("must be [numerator, denominator]") }
    return PublicFraction(try IntegerJSON.read(parts[0]), over: try IntegerJSON.read(parts[1]))
  }
}

import Programs

/// Architectures of linear models in JSON: the schema of the rows, the feature columns, the task and the number formats.
enum ArchitectureJSON {
  private static let keys = [
    "schema", "features", "featureFractionBits", "target", "task", "weightBits", "weightFractionBits", "scoreFractionBits", "saturationBits",
  ]

  static func value(_ architecture: LinearArchitecture) -> JSONValue {
    var task: [String: JSONValue]
    switch architecture.task {
    case .binary(let positive):
      var name: JSONValue = .integer(positive)
      if case .category(let names)? = architecture.encoding.schema.column(architecture.target)?.type, names.indices.contains(positive) {
        name = .string(names[positive])
      }
      task = ["type": "binary", "positive": name]
    case .classes: task = ["type": "classes"]
    case .regression(_, let unitShift): task = ["type": "regression", "unitShift": .integer(unitShift)]
    }
    return .object([
      "schema": SchemaJSON.value(architecture.encoding.schema), "features": .array(architecture.encoding.columns.map { .string($0) }),
      "featureFractionBits": .integer(architecture.encoding.fractionBits), "target": .string(architecture.target), "task": .object(task),
      "weightBits": .integer(architecture.weightBits), "weightFractionBits": .integer(architecture.weightFractionBits),
      "scoreFractionBits": .integer(architecture.scoreFractionBits),
      "saturationBits": architecture.saturationBits.map { .integer($0) } ?? .null,
    ])
  }

  static func read(_ node: JSONNode) throws(StatementError) -> LinearArchitecture {
    try readingStatements {
      let fields = try node.fields(keys)
      let schema = try SchemaJSON.read(try fields.node("schema"))
      let features = try fields.node("features").list(atMost: StatementCaps.columns) { item throws(JSONShapeError) in try item.string() }
      let encoding = try FeatureEncoding(
        schema: schema, columns: features, fractionBits: try fields.node("featureFractionBits").integer(in: 1...30))
      guard encoding.columns == features else { throw try fields.node("features").notAllowed("must be in the order of the schema") }
      let target = try fields.node("target").string()
      let task = try readTask(try fields.node("task"), target: schema.column(target))
      let (weights, overflow) = encoding.featureCount.multipliedReportingOverflow(by: task.outputCount)
      guard encoding.featureCount <= StatementCaps.features, !overflow, weights <= StatementCaps.weights else {
        throw StatementError.tooLarge("a model of \(encoding.featureCount) features and \(task.outputCount) outputs")
      }
      let saturation = try fields.node("saturationBits")
      return try LinearArchitecture(
        encoding: encoding, target: target, task: task, weightBits: try fields.node("weightBits").integer(in: 2...32),
        weightFractionBits: try fields.node("weightFractionBits").integer(in: -64...64),
        scoreFractionBits: try fields.node("scoreFractionBits").integer(in: 0...30),
        saturationBits: saturation.value == .null ? nil : try saturation.integer(in: 1...61))
    }
  }

  private static func readTask(_ node: JSONNode, target: TableColumn?) throws(JSONShapeError) -> LinearTask {
    let fields = try node.fields(["type"], optional: ["positive", "unitShift"])
    let type = try fields.node("type")
    switch (try type.string(), target?.type) {
    case ("binary", .category(let names)?):
      let positive = try node.fields(["type", "positive"]).node("positive")
      let name = try positive.string()
      guard let index = names.firstIndex(where: { $0.hasSameScalars(as: name) }) else {
        throw positive.notAllowed("must be a category of the target")
      }
      return .binary(positive: index)
    case ("classes", .category(let names)?):
      _ = try node.fields(["type"])
      return .classes(count: names.count)
    case ("regression", .integer(let range)?), ("regression", .decimal(_, let range)?):
      return .regression(target: range, unitShift: try node.fields(["type", "unitShift"]).node("unitShift").integer(in: 0...61))
    default: throw type.notAllowed("must be binary or classes for a category target, regression for a numeric one")
    }
  }
}

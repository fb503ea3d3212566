import Programs

/// Architectures of tree ensembles in JSON: the schema of the rows, the feature columns, the task, sizes and the range of leaf values.
enum TreeArchitectureJSON {
  private static let keys = ["schema", "features", "target", "task", "comparison", "trees", "depth", "nodes", "values"]

  static func value(_ architecture: TreeArchitecture) -> JSONValue {
    var task: [String: JSONValue]
    switch architecture.task {
    case .binary(let positive):
      var name: JSONValue = .integer(positive)
      if case .category(let names)? = architecture.schema.column(architecture.target)?.type, names.indices.contains(positive) {
        name = .string(names[positive])
      }
      task = ["type": "binary", "positive": name]
    case .classes: task = ["type": "classes"]
    case .regression(let shift): task = ["type": "regression", "shift": .integer(shift)]
    }
    return .object([
      "schema": SchemaJSON.value(architecture.schema), "features": .array(architecture.features.map { .string($0) }),
      "target": .string(architecture.target), "task": .object(task), "comparison": .string(architecture.comparison.rawValue),
      "trees": .integer(architecture.trees), "depth": .integer(architecture.depth), "nodes": .integer(architecture.nodeCount),
      "values": RangeJSON.value(architecture.valueRange),
    ])
  }

  static func read(_ node: JSONNode) throws(StatementError) -> TreeArchitecture {
    try readingStatements {
      let fields = try node.fields(keys)
      let schema = try SchemaJSON.read(try fields.node("schema"))
      let features = try fields.node("features").list(atMost: StatementCaps.columns) { item throws(JSONShapeError) in try item.string() }
      let target = try fields.node("target").string()
      let comparison = try fields.node("comparison")
      guard let known = TreeComparison(rawValue: try comparison.string()) else { throw comparison.notAllowed("must be atMost or atLeast") }
      let trees = try fields.node("trees").integer(in: 1...TreeArchitecture.maximumTrees)
      let architecture = try TreeArchitecture(
        schema: schema, features: features, target: target, task: try readTask(try fields.node("task"), target: schema.column(target)),
        comparison: known, trees: trees, depth: try fields.node("depth").integer(in: 1...TreeArchitecture.maximumDepth),
        nodeCount: try fields.node("nodes").integer(in: trees...TreeArchitecture.maximumNodes),
        valueRange: try RangeJSON.read(try fields.node("values")))
      guard architecture.features == features else { throw try fields.node("features").notAllowed("must be in the order of the schema") }
      return architecture
    }
  }

  private static func readTask(_ node: JSONNode, target: TableColumn?) throws(JSONShapeError) -> TreeTask {
    let fields = try node.fields(["type"], optional: ["positive", "shift"])
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
    case ("regression", .integer?), ("regression", .decimal?):
      return .regression(shift: try node.fields(["type", "shift"]).node("shift").integer(in: 0...48))
    default: throw type.notAllowed("must be binary or classes for a category target, regression for a numeric one")
    }
  }
}

import Claims
import Programs

/// Claims about data in JSON. Ranges, edges, centres and values are stored integers (an amount of 12.50 with two digits is 1250), as the
/// claims have them; numbers that a transformation uses are decimal texts, whose digits after the point are their scale.
///
/// | type | statement |
/// | --- | --- |
/// | `split` | `{"table": "all", "parts": ["train", "test"], "rule": {"random": NONCE}}`; rules: see `SplitJSON` |
/// | `statistics` | `{"table": "t", "statistics": [{"sum": "amount", "value": 12}, …]}`; kinds: see `StatisticJSON` |
/// | `filter` | `{"table": "t", "output": "u", "conditions": [{"within": "amount", "range": [0, 5]}, {"present": "age"}]}` |
/// | `deduplicate` | `{"table": "t", "output": "u"}` |
/// | `join` | `{"left": "l", "right": "r", "output": "o", "key": "id"}` |
/// | `disjoint` | `{"tables": ["train", "test"], "columns": ["id"], "distinct": 900}`; no columns: all of them |
/// | `anonymity` | `{"table": "t", "quasiIdentifiers": ["zip"], "minimum": 5, "classes": 12}` |
/// | `fit` | `{"table": "train", "parameters": "scaler", "fit": [{"mean": "amount", "scale": 4}, …], "present": {"age": 812}}`; kinds: see `FitJSON` |
/// | `transform` | `{"input": "train", "parameters": "scaler", "output": "prepared", "columns": [{"name": "a", "source": "amount", "steps": […]}]}`; `parameters` is left out when no step reads one; steps: see `TransformJSON` |
enum DataClaimJSON {
  /// Most artefacts, and most conditions, that a claim lists.
  static let names = 64
  /// Most rows of which a statement gives a number: above every table.
  static let rows = 1 << 30

  static func value(_ claim: DataClaim) -> JSONValue {
    switch claim {
    case .split(let claim):
      return .object(["table": .string(claim.table), "parts": texts(claim.parts), "rule": SplitJSON.value(claim.rule)])
    case .statistics(let claim):
      return .object(["table": .string(claim.table), "statistics": .array(claim.statistics.map(StatisticJSON.value))])
    case .filter(let claim):
      let conditions = claim.conditions.map { condition -> JSONValue in
        switch condition {
        case .within(let column, let range): .object(["within": .string(column), "range": RangeJSON.value(range)])
        case .present(let column): .object(["present": .string(column)])
        }
      }
      return .object(["table": .string(claim.table), "output": .string(claim.output), "conditions": .array(conditions)])
    case .deduplicate(let claim): return .object(["table": .string(claim.table), "output": .string(claim.output)])
    case .join(let claim):
      return .object([
        "left": .string(claim.left), "right": .string(claim.right), "output": .string(claim.output), "key": .string(claim.key),
      ])
    case .disjoint(let claim):
      return .object(["tables": texts(claim.tables), "columns": texts(claim.columns), "distinct": .integer(claim.distinctCount)])
    case .anonymity(let claim):
      return .object([
        "table": .string(claim.table), "quasiIdentifiers": texts(claim.quasiIdentifiers), "minimum": .integer(claim.minimum),
        "classes": .integer(claim.classCount),
      ])
    case .fit(let claim):
      return .object([
        "table": .string(claim.table), "parameters": .string(claim.parameters),
        "fit": .array(claim.specification.parameters.map(FitJSON.value)), "present": .object(claim.presentCounts.mapValues { .integer($0) }),
      ])
    case .confusion(let claim): return MetricJSON.value(claim)
    case .ranking(let claim): return MetricJSON.value(claim)
    case .errors(let claim): return MetricJSON.value(claim)
    case .training(let claim): return TrainingJSON.value(claim)
    case .optimum(let claim): return OptimumJSON.value(claim)
    case .treeTraining(let claim): return TreeTrainingJSON.value(claim)
    case .network(let claim): return NetworkInferenceJSON.value(claim)
    case .transform(let claim):
      var members: [String: JSONValue] = [
        "input": .string(claim.input), "output": .string(claim.output),
        "columns": .array(claim.specification.columns.map(TransformJSON.value)),
      ]
      if let parameters = claim.parameters { members["parameters"] = .string(parameters) }
      return .object(members)
    }
  }

  /// Reads a statement; nil for a type that is no claim about data.
  static func read(type: String, _ node: JSONNode) throws -> DataClaim? {
    switch type {
    case SplitClaim.type:
      let fields = try node.fields(["table", "parts", "rule"])
      return .split(
        SplitClaim(
          table: try fields.node("table").name(), parts: try artefacts(try fields.node("parts")), rule: try SplitJSON.read(try fields.node("rule"))))
    case StatisticsClaim.type:
      let fields = try node.fields(["table", "statistics"])
      let statistics = try fields.node("statistics").elements(atMost: 4_096).map { try StatisticJSON.read($0) }
      return .statistics(StatisticsClaim(table: try fields.node("table").name(), statistics: statistics))
    case FilterClaim.type:
      let fields = try node.fields(["table", "output", "conditions"])
      let conditions = try fields.node("conditions").elements(atMost: names).map { try readCondition($0) }
      return .filter(FilterClaim(table: try fields.node("table").name(), output: try fields.node("output").name(), conditions: conditions))
    case DeduplicateClaim.type:
      let fields = try node.fields(["table", "output"])
      return .deduplicate(DeduplicateClaim(table: try fields.node("table").name(), output: try fields.node("output").name()))
    case JoinClaim.type:
      let fields = try node.fields(["left", "right", "output", "key"])
      return .join(
        JoinClaim(
          left: try fields.node("left").name(), right: try fields.node("right").name(), output: try fields.node("output").name(),
          key: try fields.node("key").string()))
    case DisjointClaim.type:
      let fields = try node.fields(["tables", "columns", "distinct"])
      return .disjoint(
        DisjointClaim(
          tables: try artefacts(try fields.node("tables")), columns: try readTexts(try fields.node("columns")),
          distinctCount: try fields.node("distinct").integer(in: 1...rows)))
    case AnonymityClaim.type:
      let fields = try node.fields(["table", "quasiIdentifiers", "minimum", "classes"])
      return .anonymity(
        AnonymityClaim(
          table: try fields.node("table").name(), quasiIdentifiers: try readTexts(try fields.node("quasiIdentifiers")),
          minimum: try fields.node("minimum").integer(in: 1...rows), classCount: try fields.node("classes").integer(in: 1...rows)))
    case FitClaim.type: return .fit(try readFit(node))
    case TrainingClaim.type: return .training(try TrainingJSON.read(node))
    case OptimumClaim.type: return .optimum(try OptimumJSON.read(node))
    case TreeTrainingClaim.type: return .treeTraining(try TreeTrainingJSON.read(node))
    case NetworkInference.type: return .network(try NetworkInferenceJSON.read(node))
    case TransformClaim.type:
      let fields = try node.fields(["input", "output", "columns"], optional: ["parameters"])
      let columns = try fields.node("columns").elements(atMost: TransformSpecification.maximumCount).map { try TransformJSON.read($0) }
      return .transform(
        TransformClaim(
          input: try fields.node("input").name(), parameters: try fields.optional("parameters")?.name(), output: try fields.node("output").name(),
          specification: TransformSpecification(columns)))
    default: return try MetricJSON.read(type: type, node)
    }
  }

  private static func readFit(_ node: JSONNode) throws -> FitClaim {
    let fields = try node.fields(["table", "parameters", "fit", "present"])
    let parameters = try fields.node("fit").elements(atMost: FitSpecification.maximumCount).map { try FitJSON.read($0) }
    let present = try fields.node("present")
    var counts: [String: Int] = [:]
    for member in try present.object().members {
      let count = try JSONNode(member.value, path: JSONFields.child(present.path, member.key)).integer(in: 1...rows)
      // Texts that look alike are one key of a dictionary, though two of the document.
      guard counts.updateValue(count, forKey: member.key) == nil else { throw present.notAllowed("names one column twice") }
    }
    return FitClaim(
      table: try fields.node("table").name(), parameters: try fields.node("parameters").name(), specification: FitSpecification(parameters),
      presentCounts: counts)
  }

  private static func readCondition(_ node: JSONNode) throws -> RowCondition {
    let fields = try node.fields([], optional: ["within", "range", "present"])
    switch (fields.optional("within"), fields.optional("range"), fields.optional("present")) {
    case (let column?, let range?, nil): return .within(column: try column.string(), try RangeJSON.read(range))
    case (nil, nil, let column?): return .present(column: try column.string())
    default: throw node.notAllowed("must have either within and range, or present")
    }
  }

  static func texts(_ list: [String]) -> JSONValue { .array(list.map { .string($0) }) }

  /// Names of columns or categories.
  static func readTexts(_ node: JSONNode, atMost limit: Int = StatementCaps.columns) throws(JSONShapeError) -> [String] {
    try node.list(atMost: limit) { item throws(JSONShapeError) in try item.string() }
  }

  private static func artefacts(_ node: JSONNode) throws(JSONShapeError) -> [String] {
    try node.list(atMost: names) { item throws(JSONShapeError) in try item.name() }
  }
}

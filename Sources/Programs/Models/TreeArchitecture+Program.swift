import Hashing

extension TreeArchitecture {
  /// Columns of the committed table of nodes: `variant`, `threshold`, `child`, `leaf`, `value.0`, `value.1`, ….
  public var nodeColumns: [(name: String, range: IntegerRange)] {
    [
      ("variant", IntegerRange(0...Int64(variants.count) - 1)), ("threshold", thresholdRange), ("child", IntegerRange(0...Int64(nodeCount) - 1)),
      ("leaf", IntegerRange(0...1)),
    ] + (0..<task.outputCount).map { ("value.\($0)", valueRange) }
  }

  /// Thresholds that inner nodes may have.
  public var innerThresholds: IntegerRange {
    comparison == .atMost
      ? IntegerRange(thresholdRange.lower...featureRange.upper) : IntegerRange(featureRange.lower...thresholdRange.upper)
  }

  /// Batch inference over the stored columns of a table of `rows` rows.
  ///
  /// Outputs: `score` [rows, outputs], the sums of the leaf values; `prediction` [rows] (a class index, or stored units of the target).
  /// - Throws: `.invalidModel` for `rows` outside 1 … 2^31 or `countsLabels`, which only linear models have.
  public func program(rows: Int, options: InferenceOptions = InferenceOptions()) throws(ProgramError) -> Program {
    guard let shape = TensorShape(rows: rows) else { throw .invalidModel(reason: "\(rows) rows; at least 1 is needed") }
    guard !options.countsLabels else { throw .invalidModel(reason: "counts of labels are a claim of their own") }
    guard let nodes = TensorShape(rows: nodeCount) else { throw .invalidModel(reason: "\(nodeCount) nodes") }
    var builder = ProgramBuilder()
    var inputs: [NodeReference] = []
    for (name, range) in nodeColumns {
      inputs.append(
        try builder.add(
          "node(\(name))", .input(Input(binding: .column(artefact: options.weights, column: name, part: .value), range: range, shape: nodes))))
    }
    let features = try addFeatures(to: &builder, rows: shape, table: options.table)
    let paths = try builder.add(
      "paths", .treePaths(TreePaths(trees: trees, depth: depth, comparison: comparison)), Array(inputs.prefix(3)) + [features])
    var values = inputs[4]
    if task.outputCount > 1 { values = try builder.add("values", .concatenateColumns(ConcatenateColumns()), Array(inputs.dropFirst(4))) }
    let score = try builder.add("score", .treeLeaves(TreeLeaves(trees: trees)), [paths, inputs[3], values])
    try builder.output("score", score)
    switch task {
    case .binary(let positive):
      let isPositive = try builder.add("is-positive", .compareGreaterOrEqual(CompareGreaterOrEqual(threshold: 0)), [score])
      let prediction = positive == 1 ? isPositive : try builder.affine("prediction", [(-1, isPositive)], constant: 1)
      try builder.output("prediction", prediction)
    case .classes: try builder.output("prediction", try builder.add("prediction", .argmax(Argmax()), [score]))
    case .regression(let shift):
      try builder.output("prediction", shift == 0 ? score : try builder.requantise("prediction", score, shift: shift))
    }
    return builder.build()
  }

  /// [rows, variants]: the stored value; where the cell is missing, a value past all thresholds on the named side.
  func addFeatures(to builder: inout ProgramBuilder, rows: TensorShape, table: String) throws(ProgramError) -> NodeReference {
    var parts: [NodeReference] = []
    func input(_ column: String, _ part: StoredPart, _ range: IntegerRange) throws(ProgramError) -> NodeReference {
      try builder.add(
        "\(part.rawValue)(\(column))",
        .input(Input(binding: .column(artefact: table, column: column, part: part), range: range, shape: rows)))
    }
    for name in features {
      guard let column = schema.column(name) else { throw .unknownColumn(name) }
      let value = try input(name, .value, column.type.range)
      guard column.missing == .presence else {
        parts.append(value)
        continue
      }
      let presence = try input(name, .presence, IntegerRange(0...1))
      for goesFirst in [true, false] {
        // A missing cell stores the lower bound: x + (1 − presence)·(wanted − lower).
        let step = missingValue(goesFirst: goesFirst) - column.type.range.lower
        parts.append(
          try builder.affine("\(goesFirst ? "first" : "second")(\(name))", [(1, value), (-step, presence)], constant: step))
      }
    }
    return parts.count == 1 ? parts[0] : try builder.add("features", .concatenateColumns(ConcatenateColumns()), parts)
  }
}

extension TreeArchitecture {
  /// Every public parameter; the program follows from it.
  public var canonical: CanonicalValue {
    let taskValue: CanonicalValue
    switch task {
    case .binary(let positive): taskValue = ["binary", .integer(UInt64(max(0, positive)))]
    case .classes(let count): taskValue = ["classes", .integer(UInt64(max(0, count)))]
    case .regression(let shift): taskValue = ["regression", .integer(UInt64(max(0, shift)))]
    }
    return [
      "schema": schema.canonical, "features": .list(features.map { .text($0) }), "target": .text(target), "task": taskValue,
      "comparison": .text(comparison.rawValue), "trees": .integer(UInt64(max(0, trees))), "depth": .integer(UInt64(max(0, depth))),
      "nodes": .integer(UInt64(max(0, nodeCount))), "values": valueRange.canonical,
    ]
  }

  /// Reads what `canonical` writes.
  /// - Throws: `.invalidModel`, `.invalidSchema`, `.unknownColumn`, or what the analysis refuses.
  public init(canonical value: CanonicalValue) throws(ProgramError) {
    let keys: Set<String> = ["schema", "features", "target", "task", "comparison", "trees", "depth", "nodes", "values"]
    guard let entries = value.entries(keys), let schemaValue = entries["schema"], let names = entries["features"]?.listValue,
      let target = entries["target"]?.textValue, let task = entries["task"].flatMap(TreeTask.init(canonical:)),
      let comparison = entries["comparison"]?.textValue.flatMap(TreeComparison.init(rawValue:)), let trees = entries["trees"]?.countValue,
      let depth = entries["depth"]?.countValue, let nodes = entries["nodes"]?.countValue,
      let range = entries["values"].flatMap(IntegerRange.init(canonical:))
    else { throw .invalidModel(reason: "a description of a tree ensemble has unknown or missing entries") }
    let features = names.compactMap(\.textValue)
    guard features.count == names.count else { throw .invalidModel(reason: "feature columns are texts") }
    try self.init(
      schema: TableSchema(canonical: schemaValue), features: features, target: target, task: task, comparison: comparison, trees: trees,
      depth: depth, nodeCount: nodes, valueRange: range)
    guard canonical == value else { throw .invalidModel(reason: "not in canonical form") }
  }
}

extension TreeTask {
  init?(canonical value: CanonicalValue) {
    guard let items = value.listValue, items.count == 2, let name = items[0].textValue, let number = items[1].countValue else { return nil }
    switch name {
    case "binary": self = .binary(positive: number)
    case "classes": self = .classes(count: number)
    case "regression": self = .regression(shift: number)
    default: return nil
    }
  }
}

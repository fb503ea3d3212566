import Claims
import Programs

/// Claim statements in JSON: what `claims/NAME.json` has under `statement`, one form for each statement.
///
/// | type | statement |
/// | --- | --- |
/// | `wellFormed` | `{"artefact": "test"}` |
/// | `inference` | `{"model": "model", "input": {"table": "test"}, "outputs": {"prediction": {"committed": {"artefact": "predictions", "column": "prediction"}}}}`; an input may be `{"row": {"schema": […], "values": […]}}`, an output `{"published": […]}` or `{"bounded": [lowest, highest]}` |
/// | `accuracy` | `{"labels": {"artefact": "test", "column": "class"}, "predictions": {…}, "revealed": [[…], …]}` (row: label, column: prediction) or `"atLeast": 175` in place of `revealed` |
/// | `classCounts` | `{"of": {"artefact": "test", "column": "class"}, "counts": […]}`: a column counted against itself |
/// | `sameDataAs` | `{"artefact": "test.2", "original": "test"}` |
///
/// Claims about data: `DataClaimJSON`.
public enum ClaimJSON {
  /// The type under which a bundle lists the statement.
  public static func type(_ statement: ClaimStatement) -> String { countedColumn(statement) == nil ? statement.type : "classCounts" }

  /// The column that a claim counts against itself, with the matrix of counts.
  static func countedColumn(_ statement: ClaimStatement) -> (column: ClaimStatement.ColumnName, counts: [Int64])? {
    guard case .accuracy(let labels, let predictions, .revealed(let counts)) = statement, labels == predictions else { return nil }
    return (labels, counts)
  }

  /// The statement as JSON.
  public static func value(_ statement: ClaimStatement) -> JSONValue {
    if let (column, counts) = countedColumn(statement) {
      let size = squareRoot(counts.count) ?? 0
      return .object(["of": name(column), "counts": IntegerJSON.list((0..<size).map { counts[$0 * size + $0] })])
    }
    switch statement {
    case .wellFormed(let artefact): return .object(["artefact": .string(artefact)])
    case .sameDataAs(let artefact, let original): return .object(["artefact": .string(artefact), "original": .string(original)])
    case .data(let claim): return DataClaimJSON.value(claim)
    case .accuracy(let labels, let predictions, let disclosure):
      let common: [String: JSONValue] = ["labels": name(labels), "predictions": name(predictions)]
      switch disclosure {
      case .atLeast(let correct): return .object(common.merging(["atLeast": IntegerJSON.value(correct)]) { $1 })
      case .revealed(let counts):
        let size = squareRoot(counts.count) ?? 0
        let rows = (0..<size).map { IntegerJSON.list(Array(counts[($0 * size)..<(($0 + 1) * size)])) }
        return .object(common.merging(["revealed": .array(rows)]) { $1 })
      }
    case .inference(let model, let input, let outputs):
      let source: JSONValue
      switch input {
      case .table(let table): source = .object(["table": .string(table)])
      case .publicRow(let schema, let values):
        source = .object(["row": .object(["schema": SchemaJSON.value(schema), "values": IntegerJSON.list(values)])])
      }
      let bindings = outputs.mapValues { output -> JSONValue in
        switch output {
        case .committed(let artefact, let column): .object(["committed": name(.init(artefact: artefact, column: column))])
        case .published(let values): .object(["published": IntegerJSON.list(values)])
        case .bounded(let range): .object(["bounded": RangeJSON.value(range)])
        }
      }
      return .object(["model": .string(model), "input": source, "outputs": .object(bindings)])
    }
  }

  /// Reads a statement of the given type.
  /// - Throws: `StatementError` for any other JSON than `value` writes.
  public static func read(type: String, _ node: JSONNode) throws(StatementError) -> ClaimStatement {
    try readingStatements {
      switch type {
      case "wellFormed": return .wellFormed(artefact: try node.fields(["artefact"]).node("artefact").name())
      case "sameDataAs":
        let fields = try node.fields(["artefact", "original"])
        return .sameDataAs(artefact: try fields.node("artefact").name(), original: try fields.node("original").name())
      case "classCounts": return try readClassCounts(node)
      case "accuracy": return try readAccuracy(node)
      case "inference": return try readInference(node)
      default:
        guard let claim = try DataClaimJSON.read(type: type, node) else { throw StatementError.unknownType(type) }
        return .data(claim)
      }
    }
  }

  private static func name(_ column: ClaimStatement.ColumnName) -> JSONValue {
    .object(["artefact": .string(column.artefact), "column": .string(column.column)])
  }

  private static func readName(_ node: JSONNode) throws(JSONShapeError) -> ClaimStatement.ColumnName {
    let fields = try node.fields(["artefact", "column"])
    return .init(artefact: try fields.node("artefact").name(), column: try fields.node("column").string())
  }

  private static func readClassCounts(_ node: JSONNode) throws -> ClaimStatement {
    let fields = try node.fields(["of", "counts"])
    let column = try readName(try fields.node("of"))
    let counts = try IntegerJSON.readList(try fields.node("counts"))
    guard (1...1_024).contains(counts.count) else { throw try fields.node("counts").notAllowed("must be 1 to 1024 counts") }
    var matrix = [Int64](repeating: 0, count: counts.count * counts.count)
    for (index, count) in counts.enumerated() { matrix[index * counts.count + index] = count }
    return .accuracy(labels: column, predictions: column, disclosure: .revealed(matrix))
  }

  private static func readAccuracy(_ node: JSONNode) throws -> ClaimStatement {
    let fields = try node.fields(["labels", "predictions"], optional: ["revealed", "atLeast"])
    let labels = try readName(try fields.node("labels"))
    let predictions = try readName(try fields.node("predictions"))
    guard labels != predictions else { throw node.notAllowed("labels and predictions are one column; that is a claim of type classCounts") }
    let disclosure: AccuracyDisclosure
    switch (fields.optional("revealed"), fields.optional("atLeast")) {
    case (let table?, nil):
      let rows = try table.elements(atMost: 1_024)
      var counts: [Int64] = []
      for row in rows {
        let cells = try IntegerJSON.readList(row)
        guard cells.count == rows.count else { throw row.notAllowed("must have as many counts as there are rows") }
        counts += cells
      }
      disclosure = .revealed(counts)
    case (nil, let least?): disclosure = .atLeast(correct: try IntegerJSON.read(least))
    default: throw node.notAllowed("must have either revealed or atLeast")
    }
    return .accuracy(labels: labels, predictions: predictions, disclosure: disclosure)
  }

  private static func readInference(_ node: JSONNode) throws -> ClaimStatement {
    let fields = try node.fields(["model", "input", "outputs"])
    let inputNode = try fields.node("input")
    let input: InferenceInput
    let source = try inputNode.fields([], optional: ["table", "row"])
    switch (source.optional("table"), source.optional("row")) {
    case (let table?, nil): input = .table(try table.name())
    case (nil, let row?):
      let parts = try row.fields(["schema", "values"])
      input = .publicRow(schema: try SchemaJSON.read(try parts.node("schema")), values: try IntegerJSON.readList(try parts.node("values")))
    default: throw inputNode.notAllowed("must have either table or row")
    }
    let outputsNode = try fields.node("outputs")
    var outputs: [String: OutputBinding] = [:]
    for member in try outputsNode.object().members {
      outputs[member.key] = try readBinding(JSONNode(member.value, path: JSONFields.child(outputsNode.path, member.key)))
    }
    guard !outputs.isEmpty, outputs.count <= 16 else { throw outputsNode.notAllowed("must bind 1 to 16 outputs") }
    return .inference(model: try fields.node("model").name(), input: input, outputs: outputs)
  }

  private static func readBinding(_ node: JSONNode) throws -> OutputBinding {
    let fields = try node.fields([], optional: ["committed", "published", "bounded"])
    switch (fields.optional("committed"), fields.optional("published"), fields.optional("bounded")) {
    case (let target?, nil, nil):
      let name = try readName(target)
      return .committed(artefact: name.artefact, column: name.column)
    case (nil, let values?, nil): return .published(try IntegerJSON.readList(values))
    case (nil, nil, let range?): return .bounded(try RangeJSON.read(range))
    default: throw node.notAllowed("must have one of committed, published, bounded")
    }
  }

  /// s with s² = count, at most 1,024.
  static func squareRoot(_ count: Int) -> Int? { (0...1_024).first { $0 * $0 == count } }
}

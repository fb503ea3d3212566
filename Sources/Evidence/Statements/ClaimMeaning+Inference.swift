import Claims
import Programs

extension ClaimMeaning {
  func describeInference(
    _ statement: ClaimStatement, _ name: String, _ input: InferenceInput, _ outputs: [String: OutputBinding]
  ) throws(StatementError) -> ClaimDescription {
    let architecture = try model(name)
    var description = ClaimDescription(
      uses: statement.artefacts, shows: [],
      doesNotShow: [
        "That the model's answers are right, fair or apt: only that they are the committed model's.",
        "How the rows came about before they were committed, and how the model was trained.",
      ], duties: [.logs, .accuracy])
    let rows: String
    switch input {
    case .table(let table):
      rows = "the \(Self.count(try self.table(table).rows, "row")) of \(table)"
      description.discloses.append(Disclosure("rows of \(table) that the model reads", .hidden))
    case .publicRow(let schema, let values):
      rows = "the public row"
      guard values.count == schema.storedColumns.count else { throw .claim(.inconsistent("the public row has \(values.count) values")) }
      description.discloses.append(Disclosure("input row", .exact, value: Self.row(schema, values)))
    }
    for output in outputs.keys.sorted() {
      guard let binding = outputs[output] else { continue }
      switch binding {
      case .committed(let artefact, let column):
        description.shows.append(
          "Column \(column) of \(artefact) holds, row by row, the \(words(output, architecture)) that model \(name) gives for \(rows).")
        description.discloses.append(Disclosure("\(output) of every row", .hidden))
        if output == "prediction" { add(ManifestEdge(.predictedBy, from: artefact, to: name), to: &description) }
        if case .table(let table) = input { add(ManifestEdge(.derivedFrom, from: artefact, to: table), to: &description) }
      case .published(let values):
        let text = text(values, output: output, architecture)
        description.shows.append(
          "Model \(name) gives for \(rows) the published \(words(output, architecture))\(values.count == 1 ? ": \(text)" : "s").")
        description.discloses.append(Disclosure(output, .exact, value: text))
      case .bounded(let range):
        description.shows.append("Every \(words(output, architecture)) that model \(name) gives for \(rows) lies in \(range.lower)…\(range.upper).")
        description.discloses.append(Disclosure(output, .bounded, value: "\(range.lower)…\(range.upper)"))
      }
    }
    let hidden = if case .linear = architecture { "weights of \(name)" } else { "topology, thresholds and leaves of \(name)" }
    description.discloses.append(Disclosure(hidden, .hidden))
    if outputs.values.contains(where: { if case .published = $0 { true } else { false } }) {
      description.doesNotShow.append(
        "That published answers give nothing away: with enough of them a model can be imitated, and facts about its training data inferred.")
    }
    return description
  }

  /// `score of class good` for the output of one class's score, else its name.
  private func words(_ output: String, _ architecture: ModelArchitecture) -> String {
    guard output.hasPrefix("score."), let k = Int(output.dropFirst("score.".count)),
      case .category(let names)? = architecture.schema.column(architecture.target)?.type, names.indices.contains(k)
    else { return output }
    return "score of class \(names[k])"
  }

  private func add(_ edge: ManifestEdge, to description: inout ClaimDescription) {
    if edge.from != edge.to, !description.establishes.contains(edge) { description.establishes.append(edge) }
  }

  /// `column = value, …` of a row of stored values.
  static func row(_ schema: TableSchema, _ values: [Int64]) -> String {
    var out: [String] = []
    var index = 0
    for column in schema.columns {
      let value = index < values.count ? values[index] : 0
      let isMissing = column.missing == .presence && index + 1 < values.count && values[index + 1] == 0
      out.append("\(column.name) = \(isMissing ? "missing" : cell(value, column.type))")
      index += column.missing == .presence ? 2 : 1
    }
    return out.joined(separator: ", ")
  }

  /// A stored value as people write it.
  static func cell(_ value: Int64, _ type: ColumnType) -> String {
    switch type {
    case .integer: String(value)
    case .decimal(let scale, _): DecimalText.text(value, digits: scale)
    case .category(let names):
      Int(exactly: value).flatMap { names.indices.contains($0) ? names[$0] : nil } ?? String(value)
    }
  }

  private func text(_ values: [Int64], output: String, _ architecture: ModelArchitecture) -> String {
    let shown = values.prefix(listedValues).map { value in
      switch output {
      case "prediction":
        guard let type = architecture.schema.column(architecture.target)?.type else { return String(value) }
        return Self.cell(value, type)
      case "probability": return "\(value)/\(1 << LinearArchitecture.probabilityBits)"
      default: return String(value)
      }
    }
    let rest = values.count - shown.count
    return shown.joined(separator: ", ") + (rest > 0 ? ", … and \(rest) more, all in the statement" : "")
  }
}

import Claims
import Evidence
import Programs

/// Outputs of a network on their way into a claim: published, or as columns of a table.
struct NetworkOutputs {
  let question: NetworkQuestion
  let execution: NetworkExecution
  let labels: TableColumn?
  /// Name of the table of committed outputs.
  let predictions: String

  init(_ question: NetworkQuestion, _ execution: NetworkExecution, labels: TableColumn?, predictions: String) {
    self.question = question
    self.execution = execution
    self.labels = labels
    self.predictions = predictions
  }

  private func use(_ output: NetworkOutput) -> NetworkQuestion.Output { question.outputs[output.name] ?? .published }

  private var committed: [NetworkOutput] { execution.architecture.outputs.filter { use($0) == .committed } }

  /// The columns of an output: its name, or its name and the number of the entry.
  private func columns(_ output: NetworkOutput) -> [String] {
    let count = output.dimensions.reduce(1, *)
    return count == 1 ? [output.name] : (0..<count).map { "\(output.name).\($0)" }
  }

  /// The output that labels are compared with: the first committed one of one integer a row.
  private var decision: NetworkOutput? { committed.first { $0.dimensions.reduce(1, *) == 1 && $0.unit == .one && !$0.isText } }

  /// The committed outputs as a table; nil when there are none.
  /// - Throws: `PipelineError.claimDoesNotFit`; `ProgramError` for numbers that no column can have.
  func table() throws -> StoredTable? {
    guard labels == nil || decision != nil else {
      throw PipelineError(
        .claimDoesNotFit, "No committed output is one integer a row, so that nothing can be compared with the labels.",
        remedy: "Commit the output with the model's decision: --output NAME=committed.")
    }
    guard !committed.isEmpty else { return nil }
    let bounds = try execution.architecture.program.analyse()
    var schema: [TableColumn] = []
    var values: [[Int64]] = []
    for output in committed {
      guard let node = execution.architecture.program.output(output.name), let all = execution.outputs[output.name] else { continue }
      let names = columns(output)
      for (index, name) in names.enumerated() {
        let own = (0..<execution.rows).map { all[$0 * names.count + index] }
        var type = ColumnType.integer(bounds[node].values.range)
        if let labels, decision == output {
          guard own.allSatisfy(labels.type.range.contains) else {
            throw PipelineError(
              .claimDoesNotFit, "The output \(TerminalText.quoted(output.name)) is no number of a class of \(TerminalText.quoted(labels.name)).",
              remedy: "The model's labels must be 0, 1, 2, … in the order of the column's categories.")
          }
          type = labels.type
        }
        schema.append(TableColumn(name: name, type: type))
        values.append(own)
      }
    }
    return try StoredTable(schema: TableSchema(columns: schema), columns: values)
  }

  /// The claim.
  func claim() -> NetworkInference {
    var inputs: [String: NetworkInference.Source] = [:]
    for input in execution.architecture.inputs where execution.architecture.reads(input) {
      switch question.rows {
      case .given(_, let given, true): inputs[input.name] = .published(given[input.name] ?? [])
      case .given(_, _, false): inputs[input.name] = .hidden
      case .table(let name, _): inputs[input.name] = .columns(table: name, columns: execution.columns[input.name] ?? [])
      }
    }
    var outputs: [String: NetworkInference.Target] = [:]
    for output in execution.architecture.outputs {
      switch use(output) {
      case .published: outputs[output.name] = .published(execution.outputs[output.name] ?? [])
      case .committed: outputs[output.name] = .columns(table: predictions, columns: columns(output))
      case .hidden: break
      }
    }
    return NetworkInference(model: question.model, rows: execution.rows, inputs: inputs, outputs: outputs)
  }

  /// The confusion matrix of the decision against the labels, when labels are named.
  func accuracy(_ table: StoredTable?) throws -> ClaimStatement? {
    guard let labels, case .table(let name, _) = question.rows, let decision, let table, let actual = table.values(labels.name),
      let predicted = execution.outputs[decision.name], case .category(let names) = labels.type
    else { return nil }
    var counts = [Int64](repeating: 0, count: names.count * names.count)
    for (a, b) in zip(actual, predicted) {
      let cell = Int(a) * names.count + Int(b)
      if counts.indices.contains(cell) { counts[cell] += 1 }
    }
    return .accuracy(
      labels: .init(artefact: name, column: labels.name), predictions: .init(artefact: predictions, column: decision.name),
      disclosure: .revealed(counts))
  }
}

import Claims
import Evidence
import Hashing
import Programs

/// A claim that is asked for: which artefacts it speaks of and how much it shall disclose. The prover fills in the values.
public enum ClaimRequest: Equatable, Sendable {
  /// Every cell lies in its declared range.
  case wellFormed(artefact: String)
  /// A model on the rows of a table, or on one public row.
  case inference(model: String, input: InferenceInput, outputs: [String: RequestedOutput])
  /// Labels against predictions.
  case accuracy(labels: ClaimStatement.ColumnName, predictions: ClaimStatement.ColumnName, RequestedAccuracy)
  /// How often each class occurs in a column.
  case classCounts(ClaimStatement.ColumnName)
  /// Two commitments to the same values.
  case sameDataAs(artefact: String, original: String)
  /// About tables as data. What the tables decide is filled in, whatever stands in its place here: revealed values and counts, numbers of
  /// present cells, of distinct keys, of groups and of combinations. Ranges that values shall lie in, ranks, edges and minima are kept.
  case data(DataClaim)
}

/// What shall become of an output.
public enum RequestedOutput: Equatable, Sendable {
  /// Equal to a committed column.
  case committed(artefact: String, column: String)
  /// Published.
  case published
}

/// How much of an accuracy shall be disclosed.
public enum RequestedAccuracy: Equatable, Sendable {
  /// The confusion matrix.
  case revealed
  /// That it is at least numerator / denominator.
  case atLeast(numerator: Int64, denominator: Int64)
}

/// Fills the values into claims that are asked for, from the private values of the artefacts.
struct ClaimResolver {
  /// Private values by artefact name.
  let values: [String: ArtefactValues]
  /// Identities of the commitments by artefact name; splits are dealt by them.
  var identities: [String: Digest] = [:]

  /// The statement.
  /// - Throws: `PipelineError.claimDoesNotFit`, `.belowThreshold`; `ProgramError` for a model that refuses the rows.
  func statement(_ request: ClaimRequest) throws -> ClaimStatement {
    switch request {
    case .wellFormed(let artefact):
      _ = try value(artefact)
      return .wellFormed(artefact: artefact)
    case .sameDataAs(let artefact, let original): return .sameDataAs(artefact: artefact, original: original)
    case .data(let claim): return .data(try data(claim))
    case .classCounts(let column): return try accuracy(column, column, .revealed)
    case .accuracy(let labels, let predictions, let disclosure): return try accuracy(labels, predictions, disclosure)
    case .inference(let model, let input, let outputs): return try inference(model, input, outputs)
    }
  }

  func misfit(_ reason: String) -> PipelineError {
    PipelineError(.claimDoesNotFit, "The claim does not fit: \(reason).", remedy: "Correct the claim.")
  }

  private func value(_ name: String) throws -> ArtefactValues {
    guard let found = values[name] else { throw misfit("there is no artefact \(TerminalText.quoted(name))") }
    return found
  }

  func table(_ name: String) throws -> StoredTable {
    guard case .table(let table) = try value(name) else { throw misfit("\(TerminalText.quoted(name)) is no table") }
    return table
  }

  private func inference(_ name: String, _ input: InferenceInput, _ outputs: [String: RequestedOutput]) throws -> ClaimStatement {
    let model = try value(name)
    if case .table = model { throw misfit("\(TerminalText.quoted(name)) is no model") }
    let rows: StoredTable
    switch input {
    case .table(let table): rows = try self.table(table)
    case .publicRow(let schema, let values): rows = try StoredTable(schema: schema, columns: values.map { [$0] })
    }
    let needed: [String]
    switch model {
    case .table, .network: needed = []
    case .model(let model): needed = model.architecture.encoding.columns
    case .trees(let model): needed = model.architecture.features
    }
    if let missing = needed.first(where: { rows.schema.column($0) == nil }) {
      throw misfit("the rows lack the feature \(TerminalText.quoted(missing))")
    }
    let execution: Execution
    switch model {
    case .table: throw misfit("\(TerminalText.quoted(name)) is no model")
    case .network: throw misfit("\(TerminalText.quoted(name)) is an imported network, which is asked by a claim of type networkInference")
    case .model(let model): execution = try model.run(rows)
    case .trees(let model): execution = try model.run(rows)
    }
    let bindings = try outputs.map { name, wanted -> (String, OutputBinding) in
      switch wanted {
      case .committed(let artefact, let column): return (name, .committed(artefact: artefact, column: column))
      case .published:
        guard let values = execution.output(name) else { throw misfit("the model has no output \(TerminalText.quoted(name))") }
        return (name, .published(values))
      }
    }
    return .inference(model: name, input: input, outputs: Dictionary(bindings) { first, _ in first })
  }

  private func column(_ name: ClaimStatement.ColumnName) throws -> (values: [Int64], classes: Int) {
    let table = try table(name.artefact)
    let place = "\(TerminalText.quoted(name.artefact)) column \(TerminalText.quoted(name.column))"
    guard let column = table.schema.column(name.column), let values = table.values(name.column) else { throw misfit("\(place) does not exist") }
    guard case .category(let names) = column.type, column.missing == .refuse else { throw misfit("\(place) is no category without missing cells") }
    return (values, names.count)
  }

  private func accuracy(
    _ labels: ClaimStatement.ColumnName, _ predictions: ClaimStatement.ColumnName, _ wanted: RequestedAccuracy
  ) throws -> ClaimStatement {
    let (actual, classes) = try column(labels)
    let (predicted, others) = try column(predictions)
    guard classes == others, actual.count == predicted.count else { throw misfit("labels and predictions have different classes or lengths") }
    switch wanted {
    case .revealed:
      var counts = [Int64](repeating: 0, count: classes * classes)
      for (a, b) in zip(actual, predicted) { counts[Int(a) * classes + Int(b)] += 1 }
      return .accuracy(labels: labels, predictions: predictions, disclosure: .revealed(counts))
    case .atLeast(let numerator, let denominator):
      guard let least = AccuracyProgram.minimumCorrect(rows: actual.count, numerator: numerator, denominator: denominator) else {
        throw misfit("the threshold \(numerator)/\(denominator) is no share")
      }
      let correct = zip(actual, predicted).reduce(Int64(0)) { $0 + ($1.0 == $1.1 ? 1 : 0) }
      guard correct >= least else {
        throw PipelineError(
          .belowThreshold, "\(correct) of \(actual.count) predictions are correct, fewer than the \(least) that the threshold asks for.",
          remedy: "Nothing was proved. Lower the threshold or improve the model.")
      }
      return .accuracy(labels: labels, predictions: predictions, disclosure: .atLeast(correct: least))
    }
  }
}

import Claims
import Evidence
import Fields
import Foundation
import Kernels
import Programs
import Store

/// What is asked of an imported network of the store.
public struct NetworkQuestion: Sendable {
  /// What becomes of an output.
  public enum Output: String, CaseIterable, Sendable {
    /// In the statement.
    case published
    /// Nothing is told.
    case hidden
    /// In a committed table of its own, which other claims can speak of.
    case committed
  }

  /// Where the rows are.
  public enum Rows: Sendable {
    /// Integers by input name, row after row: in the statement, or known to the prover alone.
    case given(rows: Int, inputs: [String: [Int64]], isPublic: Bool)
    /// Integer and category columns of a committed table, in the order of the one input's entries; empty: the columns that the inputs are called.
    case table(String, columns: [String])
  }

  /// Name in the store.
  public var model: String
  /// The rows.
  public var rows: Rows
  /// Outputs by name; those that are left out are published.
  public var outputs: [String: Output]
  /// Name of the table of committed outputs in the store; nil: the model's with `.predictions`.
  public var predictions: String?
  /// The column of the table that a committed output of one integer is compared with: it takes that column's classes, and their accuracy is proved.
  public var labels: String?

  /// A question.
  public init(
    model: String, rows: Rows, outputs: [String: Output] = [:], predictions: String? = nil, labels: String? = nil
  ) {
    self.model = model
    self.rows = rows
    self.outputs = outputs
    self.predictions = predictions
    self.labels = labels
  }
}

/// What a network answered, without a proof.
public struct NetworkAnswer: Sendable {
  /// The public part of the model.
  public let architecture: NetworkArchitecture
  /// Rows.
  public let rows: Int
  /// Integers by output name, row after row.
  public let outputs: [String: [Int64]]

  /// The numbers of an output, row after row.
  public func numbers(_ output: NetworkOutput) -> [Double] {
    let unit = Double(sign: .plus, exponent: output.unit.exponent, significand: Double(output.unit.mantissa))
    return (outputs[output.name] ?? []).map { Double($0) * unit }
  }
}

/// Rows and answers of a question, as integers.
struct NetworkExecution {
  let architecture: NetworkArchitecture
  let rows: Int
  let inputs: [String: [Int64]]
  let outputs: [String: [Int64]]
  /// Columns of the table by input name, when the rows are a table's.
  let columns: [String: [String]]

  /// Runs the network.
  /// - Parameter table: the table that the question names.
  /// - Throws: `PipelineError.claimDoesNotFit`, `.row`.
  init(_ question: NetworkQuestion, model: NetworkModel, table: StoredTable?) throws {
    architecture = model.architecture
    for name in question.outputs.keys where !architecture.outputs.contains(where: { $0.name == name }) {
      throw PipelineError(
        .claimDoesNotFit, "The model has no output \(TerminalText.quoted(name)).",
        remedy: "Its outputs are \(architecture.outputs.map { TerminalText.quoted($0.name) }.joined(separator: ", ")).")
    }
    guard architecture.outputs.contains(where: { question.outputs[$0.name] != .hidden }) else {
      throw PipelineError(
        .claimDoesNotFit, "All outputs are hidden: nothing would be said.", remedy: "Publish or commit one: --output NAME=committed.")
    }
    switch question.rows {
    case .given(let count, let given, _):
      (rows, inputs, columns) = (count, given, [:])
    case .table(let name, let names):
      guard let table else {
        throw PipelineError(
          .claimDoesNotFit, "\(TerminalText.quoted(name)) is no table.", remedy: "`zkmlops inspect` on the store lists its artefacts.")
      }
      (rows, inputs, columns) = try Self.read(table, name, names, architecture)
    }
    guard rows >= 1, rows <= NetworkInference.maximumRows else {
      throw PipelineError(.row, "There are \(rows) rows.", remedy: "Give 1 to \(NetworkInference.maximumRows).")
    }
    do { outputs = try model.run(rows: rows, inputs: inputs) } catch {
      let reason =
        switch error {
        case .inputOutOfRange(let node, _, let value, let range): "at \(node) a value is \(value), outside its calibrated format \(range)"
        default: "\(error)"
        }
      throw PipelineError(
        .row, "The model refuses the rows: \(TerminalText.escaped(reason)).",
        remedy: "Import the model with rows that reach further, or give rows like those that it was calibrated on.")
    }
  }

  private static func read(
    _ table: StoredTable, _ name: String, _ names: [String], _ architecture: NetworkArchitecture
  ) throws -> (rows: Int, inputs: [String: [Int64]], columns: [String: [String]]) {
    func misfit(_ reason: String, _ remedy: String) -> PipelineError { PipelineError(.claimDoesNotFit, reason, remedy: remedy) }
    var inputs: [String: [Int64]] = [:]
    var columns: [String: [String]] = [:]
    guard names.isEmpty || architecture.inputs.count == 1 else {
      throw misfit(
        "The model has \(architecture.inputs.count) inputs.", "Columns are named for a model of one input; others take those of their names.")
    }
    for input in architecture.inputs {
      let own = names.isEmpty && input.count == 1 ? [input.name] : names
      guard own.count == input.count else {
        throw misfit(
          "The input \(TerminalText.quoted(input.name)) takes \(counted(input.count, "number")), not \(own.count).",
          "Name a column of \(TerminalText.quoted(name)) for each.")
      }
      var values: [[Int64]] = []
      for column in own {
        guard let found = table.schema.column(column), let stored = table.values(column) else {
          throw misfit("\(TerminalText.quoted(name)) has no column \(TerminalText.quoted(column)).", "Correct the names of the columns.")
        }
        if case .decimal = found.type { throw misfit("The column \(TerminalText.quoted(column)) has decimals.", Self.integersOnly) }
        guard found.missing == .refuse else {
          throw misfit("The column \(TerminalText.quoted(column)) may have missing cells.", "Impute them first: claims of type fit and transform.")
        }
        values.append(stored)
      }
      guard input.unit == .one else {
        throw misfit(
          "The input \(TerminalText.quoted(input.name)) counts in steps of \(input.unit), the columns in whole numbers.", Self.integersOnly)
      }
      inputs[input.name] = (0..<table.rowCount).flatMap { row in values.map { $0[row] } }
      columns[input.name] = own
    }
    return (table.rowCount, inputs, columns)
  }

  private static var integersOnly: String {
    "Columns of whole numbers and categories (by their number) are read as they are: import the model with rows of whole numbers. Other rows are "
      + "given with --rows."
  }
}

import ArgumentParser
import Evidence
import Foundation
import ModelImport
import Pipelines
import Programs

/// Options of `infer` for imported networks.
struct NetworkOptions: ParsableArguments {
  @Option(help: "Rows for an imported network (.npz or .csv).", completion: .file())
  var rows: String?
  @Option(help: "A committed table with the rows, instead of a file.")
  var table: String?
  @Option(help: "Columns of the table for the network's one input, separated by commas (default: those that the inputs are called).")
  var columns: String?
  @Option(help: "What becomes of an output: NAME=published (default), NAME=hidden or NAME=committed. May be given several times.")
  var output: [String] = []
  @Flag(help: "Put the rows of the file into the statement; without it they stay with the prover.")
  var publicInput = false
  @Option(help: "Name in the store of the table of committed outputs (default: MODEL.predictions).")
  var predictions: String?
  @Option(help: "Column of the table with the true classes: proves the accuracy of the committed decision too.")
  var labels: String?
  @Flag(help: "Prove the network's answers and write a bundle; without it they are printed only.")
  var prove = false

  /// Whether the command is about an imported network.
  var isUsed: Bool { rows != nil || table != nil || prove }

  func validate(model: String?, bundle: String?, row: String?, hidesRow: Bool) throws {
    guard model != nil, bundle == nil, row == nil, !hidesRow else {
      throw ValidationError("An imported network takes --model and --rows or --table; --bundle, --row and --hide-row belong to models of a run.")
    }
    guard (rows == nil) != (table == nil) else { throw ValidationError("Give --rows FILE or --table NAME.") }
    guard table != nil || (columns == nil && labels == nil) else { throw ValidationError("--columns and --labels belong to --table.") }
    guard rows != nil || !publicInput else { throw ValidationError("--public-input belongs to --rows: a committed table stays hidden.") }
    _ = try uses()
  }

  private func uses() throws -> [String: NetworkQuestion.Output] {
    var uses: [String: NetworkQuestion.Output] = [:]
    for word in output {
      guard let sign = word.lastIndex(of: "="), let use = NetworkQuestion.Output(rawValue: String(word[word.index(after: sign)...])) else {
        throw ValidationError("--output is NAME=published, NAME=hidden or NAME=committed.")
      }
      guard uses.updateValue(use, forKey: String(word[..<sign])) == nil else { throw ValidationError("--output names an output twice.") }
    }
    return uses
  }

  func run(model: String, options: Pipeline.Options, json: Bool) throws {
    guard let architecture = try SingleProofs.network(model, store: options.store) else {
      throw PipelineError(
        .claimDoesNotFit, "\(TerminalText.quoted(model)) is no imported network.",
        remedy: "Import one: zkmlops import model.onnx --rows rows.npz --into STORE.")
    }
    let source: NetworkQuestion.Rows
    if let rows {
      let (count, inputs) = try ModelRows.read(try ModelFile.bytes(rows), file: rows, for: architecture).integers(for: architecture)
      source = .given(rows: count, inputs: inputs, isPublic: publicInput)
    } else {
      source = .table(table ?? "", columns: (columns ?? "").split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) })
    }
    let question = NetworkQuestion(model: model, rows: source, outputs: try uses(), predictions: predictions, labels: labels)
    guard prove else { return print(try SingleProofs.answer(question, options: options), json: json) }
    let console = Console(stageCount: 8, quiet: json)
    console.finish(try SingleProofs.infer(question, options: options) { console.hear($0) }, json: json)
  }

  private func print(_ answer: NetworkAnswer, json: Bool) {
    guard !json else {
      let outputs = answer.architecture.outputs.map { output in
        JSONValue.object([
          "name": .string(output.name), "dimensions": .array(output.dimensions.map { .integer($0) }),
          "values": .array(answer.numbers(output).map { .string("\($0)") }),
        ])
      }
      return show(JSONValue.object(["rows": .integer(answer.rows), "outputs": .array(outputs)]).prettyText, terminator: "")
    }
    for output in answer.architecture.outputs {
      show("\(TerminalText.escaped(output.name)) \(output.dimensions)\(output.isText ? ", codes of texts" : "")")
      let numbers = answer.numbers(output)
      let width = max(1, output.dimensions.reduce(1, *))
      for row in 0..<min(answer.rows, 20) {
        let own = numbers.dropFirst(row * width).prefix(min(width, 16)).map { output.unit == .one ? "\(Int64($0))" : String(format: "%.6g", $0) }
        show("  \(own.joined(separator: " "))\(width > 16 ? " … and \(width - 16) more" : "")")
      }
      if answer.rows > 20 { show("  … and \(answer.rows - 20) more rows") }
    }
    show("Nothing was proved: --prove writes a bundle.")
  }
}

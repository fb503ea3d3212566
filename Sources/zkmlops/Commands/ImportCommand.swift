import ArgumentParser
import Evidence
import Foundation
import Hashing
import ModelImport
import Pipelines
import Programs
import Soundness

struct ImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Turn an ONNX model into an exact integer program, say how far that is from the float model, and commit to it.",
    discussion: """
      Formats are chosen by running the float model on rows: an .npz file with one array per input, or a .csv file with a header.

      Examples:

        zkmlops import model.onnx --rows rows.npz --labels labels
        zkmlops import model.onnx --rows rows.npz --into .zkmlops --name credit
        zkmlops infer --model credit --rows applicants.npz --prove --out out/answers

      With --into the model goes into a store: its weights behind a commitment, together with H(salt, SHA-256 of the file). What opens that
      is shown on demand, and checked with `zkmlops verify BUNDLE --source source.json`:

        zkmlops import --reveal-source credit > source.json

      Without rows the formats come from made-up inputs, and nothing is known about the error: such a model is committed only with --uncalibrated.
      """)

  @Argument(help: "An ONNX file, or an MLflow model folder with an ONNX flavour.", completion: .file()) var model: String?
  @Option(help: "Rows to calibrate on (.npz or .csv).", completion: .file()) var rows: String?
  @Option(help: "Bits of activations, 8 to 24.") var bits = 16
  @Option(help: "Name of the array or column with the true labels.") var labels: String?
  @Option(help: "Rows per run of the program, where the model leaves that open.") var batch = 1
  @Option(help: "Commit the model into this store.") var into: String?
  @Option(help: "Name in the store (default: the file's).") var name: String?
  @Option(help: "How many proofs the commitment shall serve; more make every proof larger.") var openings = 20
  @Flag(help: "Commit to a model that was calibrated on nothing.") var uncalibrated = false
  @Option(help: "Print what opens the commitment to the file of this model of the store, and nothing else.") var revealSource: String?
  @OptionGroup var store: StoreOption
  @OptionGroup var profile: ProfileOption
  @OptionGroup var json: JSONOption

  func validate() throws {
    guard (8...24).contains(bits) else { throw ValidationError("--bits takes 8 to 24.") }
    guard (1...65_536).contains(batch) else { throw ValidationError("--batch takes 1 to 65536.") }
    guard (1...100_000).contains(openings) else { throw ValidationError("--openings is a number from 1 to 100000, e.g. 20.") }
    guard labels == nil || rows != nil else { throw ValidationError("--labels names an array or column of --rows; give both.") }
    guard (model == nil) == (revealSource != nil) else { throw ValidationError("Give an ONNX file, or --reveal-source with a name in the store.") }
    guard into == nil || batch == 1 else {
      throw ValidationError("A model is committed for one row: proofs take any number of them. Leave --batch out.")
    }
    guard into != nil || (name == nil && !uncalibrated) else { throw ValidationError("--name and --uncalibrated belong to --into STORE.") }
    guard into == nil || rows != nil || uncalibrated else {
      throw ValidationError(
        "Without rows nothing is known about the error of the integer program, and it is not to be proved. Give --rows FILE, or --uncalibrated.")
    }
  }

  func run() throws {
    if let revealSource {
      return show(try Commitments.source(of: revealSource, store: store.path).json.prettyText, terminator: "")
    }
    guard let model else { return }
    let importer = try ModelImporter(path: model)
    var options = ImportOptions()
    options.formats = FormatOptions(bits: bits)
    options.batch = batch
    let given = try rows.map { try Self.read($0, labels: labels, importer) }
    let imported = try importer.importModel(rows: given?.rows, options: options)
    let comparison = try given.map { try importer.compare(imported, rows: $0.rows, labels: $0.labels, options: options) }
    if !json.isSet {
      let text = ImportText(importer, imported)
      show(text.lists())
      show(text.table(try importer.report(imported, rows: given?.rows, options: options)))
      if let comparison { show(text.comparison(comparison)) } else { sayUncalibrated(model, importer) }
    }
    let estimate = batch == 1 ? Self.estimate(imported, profile.profile.profile) : nil
    if !json.isSet, let estimate { show(estimate.words) }
    var committed: Commitments.Result?
    if let into {
      committed = try Commitments.commit(
        network: try imported.network, file: importer.fileDigest, name: name ?? ArtefactNames.name(ofFile: model), openings: openings, store: into,
        profile: profile.profile.profile)
    }
    guard json.isSet else {
      if let committed { show(committed.text) }
      return
    }
    var members = ImportText(importer, imported).json(comparison)
    members.append(("estimate", estimate?.json ?? .null))
    members.append(("committed", committed?.json ?? .null))
    show(JSONValue.object(JSONObject(members)).prettyText, terminator: "")
  }

  /// What proving one row will cost, or why it cannot be proved.
  private static func estimate(_ imported: ImportedModel, _ profile: SoundnessProfile) -> (words: String, json: JSONValue) {
    do {
      let proof = try Estimate.network(try imported.network, profile: profile)
      let json = JSONValue.object([
        "byteCount": .integer(proof.byteCount), "milliseconds": .integer(Int((proof.seconds * 1_000).rounded())),
        "memoryByteCount": .integer(proof.memoryByteCount),
      ])
      return ("A proof of one row with its answers published: \(proof.line).", json)
    } catch {
      let reason = TerminalText.escaped("\(error)")
      return ("A proof of one row cannot be laid out: \(reason)", .object(["problem": .string(reason)]))
    }
  }

  private func sayUncalibrated(_ model: String, _ importer: ModelImporter) {
    show("Calibrated on nothing: the formats come from made-up inputs between -1 and 1, and nothing is known about the error.")
    show("Give rows of your own: zkmlops import \(TerminalText.escaped(model)) --rows rows.npz")
    let arrays = importer.inputNames.map { "**{\"\(TerminalText.escaped($0))\": …}" }.joined(separator: ", ")
    show("  numpy.savez(\"rows.npz\", \(arrays))")
  }

  private static func read(_ path: String, labels: String?, _ importer: ModelImporter) throws -> (rows: ModelRows, labels: [Double]?) {
    let bytes = try ModelFile.bytes(path)
    if path.lowercased().hasSuffix(".csv") { return try importer.rows(csv: bytes, file: path, labels: labels) }
    let rows = try ModelRows(npz: bytes, file: path)
    guard let labels else { return (rows, nil) }
    guard let array = rows.arrays[labels] else { throw ModelImportError.rows(reason: "\(path) has no array called \(labels)") }
    return (rows, array.numbers)
  }
}

/// Files of rows.
enum ModelFile {
  static func bytes(_ path: String) throws -> [UInt8] {
    guard let data = FileManager.default.contents(atPath: path) else { throw ModelImportError.unreadable(file: path, reason: "it cannot be read") }
    return [UInt8](data)
  }
}

extension ImportText {
  /// The import for programs: digests, formats and errors.
  func json(_ comparison: ModelComparison?) -> [(String, JSONValue)] {
    func list(_ dimensions: [Int]) -> JSONValue { .array(dimensions.map { .integer($0) }) }
    let inputs = model.inputs.map { input in
      JSONValue.object(["name": .string(input.name), "dimensions": list(input.dimensions), "unit": .string("\(input.unit)")])
    }
    let outputs = model.outputs.map { output in
      JSONValue.object(["name": .string(output.name), "dimensions": list(output.dimensions), "unit": .string("\(output.unit)")])
    }
    let errors = (comparison?.outputs ?? []).map { output in
      JSONValue.object([
        "name": .string(output.name), "largestError": .string("\(output.error)"), "largestValue": .string("\(output.largest)"),
        "differingDecisions": output.differing.map { .integer($0) } ?? .null, "decisions": .integer(output.decisions),
      ])
    }
    return [
      ("program", .string(model.programDigest.hex)), ("calibrated", .bool(model.isCalibrated)), ("inputs", .array(inputs)),
      ("outputs", .array(outputs)), ("nodes", .integer(model.program.nodes.count)),
      ("hidden", .integer(model.hidden.reduce(0) { $0 + $1.values.count })), ("errors", .array(errors)),
      ("accuracy", comparison?.floatAccuracy.map { .string("\($0)") } ?? .null),
      ("integerAccuracy", comparison?.integerAccuracy.map { .string("\($0)") } ?? .null),
    ]
  }
}

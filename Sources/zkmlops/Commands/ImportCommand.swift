import ArgumentParser
import Foundation
import ModelImport

struct ImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Turn an ONNX model into an exact integer program, and say how far that is from the float model.",
    discussion: """
      Formats are chosen by running the float model on rows: an .npz file with one array per input, or a .csv file with a header.

      Example: zkmlops import model.onnx --rows rows.npz --labels labels
      """)

  @Argument(help: "An ONNX file, or an MLflow model folder with an ONNX flavour.", completion: .file()) var model: String
  @Option(help: "Rows to calibrate on (.npz or .csv).", completion: .file()) var rows: String?
  @Option(help: "Bits of activations, 8 to 24.") var bits = 16
  @Option(help: "Name of the array or column with the true labels.") var labels: String?
  @Option(help: "Rows per run of the program, where the model leaves that open.") var batch = 1

  func validate() throws {
    guard (8...24).contains(bits) else { throw ValidationError("--bits takes 8 to 24.") }
    guard (1...65_536).contains(batch) else { throw ValidationError("--batch takes 1 to 65536.") }
    guard labels == nil || rows != nil else { throw ValidationError("--labels names an array or column of --rows; give both.") }
  }

  func run() throws {
    let importer = try ModelImporter(path: model)
    var options = ImportOptions()
    options.formats = FormatOptions(bits: bits)
    options.batch = batch
    let given = try rows.map { try Self.read($0, labels: labels, importer) }
    let imported = try importer.importModel(rows: given?.rows, options: options)
    let text = ImportText(importer, imported)
    print(text.lists())
    print(text.table(try importer.report(imported, rows: given?.rows, options: options)))
    if let given {
      print(text.comparison(try importer.compare(imported, rows: given.rows, labels: given.labels, options: options)))
    } else {
      print("Calibrated on nothing: the formats come from made-up inputs between -1 and 1, and nothing is known about the error.")
      print("Give rows of your own: zkmlops import \(model) --rows rows.npz")
      print("  numpy.savez(\"rows.npz\", \(importer.inputNames.map { "**{\"\($0)\": …}" }.joined(separator: ", ")))")
    }
  }

  private static func read(_ path: String, labels: String?, _ importer: ModelImporter) throws -> (rows: ModelRows, labels: [Double]?) {
    guard let data = FileManager.default.contents(atPath: path) else { throw ModelImportError.unreadable(file: path, reason: "it cannot be read") }
    let bytes = [UInt8](data)
    if path.lowercased().hasSuffix(".csv") { return try importer.rows(csv: bytes, file: path, labels: labels) }
    let rows = try ModelRows(npz: bytes, file: path)
    guard let labels else { return (rows, nil) }
    guard let array = rows.arrays[labels] else { throw ModelImportError.rows(reason: "\(path) has no array called \(labels)") }
    return (rows, array.numbers)
  }
}

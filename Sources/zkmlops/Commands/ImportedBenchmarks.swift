import Benchmarks
import Foundation
import ModelImport
import Programs

/// Benchmarks of networks that lie in ONNX files: large ones with random weights, and others beside which rows lie.
enum ImportedBenchmarks {
  /// One file of the models' folder, NAME.onnx with rows in NAME.npz.
  struct Model {
    let name: String
    /// What the names of arrays begin with that are inputs.
    var prefix = ""
    let limits: NetworkLimits
    /// Address space that the whole measurement may take, in units of 10^9 bytes.
    var addressSpace: Double?
    var runs = 3
  }

  /// Made by reference/make_models.py.
  static let large = [
    Model(name: "vgg16", limits: NetworkLimits(prove: 1.5, kibibytes: 600), addressSpace: 8),
    Model(name: "gpt2", limits: NetworkLimits(prove: 15, kibibytes: 1_200, gigabytes: 16), addressSpace: 16, runs: 2),
  ]
  /// Models of others, whose rows are under `in__` and the input's name.
  static let shared = [
    Model(name: "pneumonia_resnet8", prefix: "in__", limits: NetworkLimits(prove: 0.15), runs: 5),
    Model(name: "silero_vad_16k_static", prefix: "in__", limits: NetworkLimits(prove: 0.5), runs: 5),
    Model(name: "magika_standard_v3_3", prefix: "in__", limits: NetworkLimits(prove: 2), addressSpace: 8),
  ]
  static var names: [String] { ["large"] + (large + shared).map(\.name) }

  /// The models of a name; nil for an unknown one.
  static func models(_ name: String) -> [Model]? {
    if name == "large" { return large }
    return (large + shared).first { $0.name == name }.map { [$0] }
  }

  /// Where `make_models.py` was told to write, unless --models says otherwise.
  static var folder: String {
    let environment = ProcessInfo.processInfo.environment
    return (environment["XDG_CACHE_HOME"] ?? (environment["HOME"] ?? ".") + "/.cache") + "/zkmlops/models"
  }

  /// Import, commitment, proof of the first row, verification; what cannot be measured is said in a line of its own.
  static func run(_ model: Model, folder: String) throws -> [BenchmarkLine] {
    let path = folder + "/\(model.name)"
    guard FileManager.default.fileExists(atPath: path + ".onnx"), let bytes = FileManager.default.contents(atPath: path + ".npz") else {
      return [BenchmarkLine("\(model.name) absent", 0, "", note: "no \(path).onnx and .npz: python3 reference/make_models.py \(folder)")]
    }
    if let limit = model.addressSpace, !BenchmarkSuite.limitMemory(gigabytes: limit) {
      return [BenchmarkLine("\(model.name) unlimited", 0, "", note: "the address space cannot be limited here")]
    }
    var lines: [BenchmarkLine] = []
    let clock = ContinuousClock()
    let start = clock.now
    let network: NetworkModel
    let inputs: [String: [Int64]]
    do { (network, inputs) = try imported(path + ".onnx", [UInt8](bytes), model, &lines) } catch let problem as ModelImportError {
      return lines + [BenchmarkLine("\(model.name) not imported", 0, "", note: "\(problem)")]
    }
    let took = start.duration(to: clock.now)
    lines.append(
      BenchmarkLine(
        "\(model.name) import", Double(took.components.seconds) + Double(took.components.attoseconds) * 1e-18, "s", note: "with calibration"))
    do {
      lines += try BenchmarkSuite.network(model.name, network, rows: 1, inputs: inputs, limits: model.limits, runs: model.runs)
    } catch {
      lines.append(BenchmarkLine("\(model.name) not proved", 0, "", note: "\(error)"))
    }
    return lines
  }

  /// The network, one run's inputs that it reads, and the error of the integers there. The importer's copies of the weights are gone afterwards.
  private static func imported(
    _ path: String, _ bytes: [UInt8], _ model: Model, _ lines: inout [BenchmarkLine]
  ) throws -> (NetworkModel, [String: [Int64]]) {
    let importer = try ModelImporter(path: path)
    let all = try ModelRows(npz: bytes, file: path, prefix: model.prefix)
    let result = try importer.importModel(rows: first(all, of: importer, 4))
    let one = first(all, of: importer, 1)
    for output in try importer.compare(result, rows: one).outputs {
      lines.append(
        BenchmarkLine("\(model.name) error of \(output.name)", output.error, "", note: "integers against floats, of values up to \(output.largest)"))
    }
    let network = try result.network
    var inputs: [String: [Int64]] = [:]
    for (format, input) in zip(result.inputs, network.architecture.inputs) where network.architecture.reads(input) {
      let count = format.dimensions.reduce(1, *)
      inputs[input.name] = try format.integers(Array((one.arrays[format.name]?.numbers ?? []).prefix(count)))
    }
    return (network, inputs)
  }

  /// At most `count` rows of the importer's inputs.
  private static func first(_ rows: ModelRows, of importer: ModelImporter, _ count: Int) -> ModelRows {
    // Inputs whose first axes differ do not count rows by them.
    guard Set(importer.inputNames.compactMap { rows.arrays[$0]?.dimensions.first }).count == 1 else { return rows }
    var arrays: [String: ModelRows.Array] = [:]
    for name in importer.inputNames {
      guard let array = rows.arrays[name], let total = array.dimensions.first, total > 0 else { continue }
      let taken = min(count, total)
      let numbers = Array(array.numbers.prefix(array.numbers.count / total * taken))
      arrays[name] = ModelRows.Array(dimensions: [taken] + array.dimensions.dropFirst(), numbers: numbers)
    }
    return ModelRows(arrays)
  }
}

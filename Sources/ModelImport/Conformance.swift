/// Running the cases of the ONNX package's own operator tests, and telling how each ends.

import Foundation
import ONNXProto
import SwiftProtobuf

/// How a case ended.
public enum ConformanceOutcome: Hashable, Sendable {
  /// Every output within 1e-3 of max(1, largest expected value).
  case pass
  /// An output differs by more; the error relative to that.
  case outOfTolerance(Double)
  /// Named as not supported, with the reason.
  case unsupported(String)
  /// Refused: sizes, ranges, or contents that make no program.
  case refused(String)

  /// Column of the table.
  public var column: Int {
    switch self {
    case .pass: 0
    case .outOfTolerance: 1
    case .unsupported: 2
    case .refused: 3
    }
  }
}

/// A case whose outputs are right: the program, and the input that the case runs it on.
public struct ConformanceRun: Sendable {
  /// The imported case.
  public let model: ImportedModel
  /// Integers by input name, for the inputs that are not fixed at import.
  public let inputs: [String: [Int64]]
}

/// One case: a folder with `model.onnx` and `test_data_set_0`.
public struct ConformanceCase {
  /// Path of the folder.
  public let folder: String

  /// A case.
  public init(folder: String) { self.folder = folder }

  /// Operators of the model's nodes, each once, and the number of nodes.
  public var operators: (names: [String], nodes: Int) {
    guard let model = try? ONNXReader.read(path: "\(folder)/model.onnx") else { return ([], 0) }
    return (Array(Set(model.nodes.map(\.operationName))).sorted(), model.nodes.count)
  }

  /// Imports, runs on the case's input and compares. Inputs that an operator needs at import are fixed to the case's values.
  /// - Returns: how it ended, and what ran where it passed.
  public func run() -> (outcome: ConformanceOutcome, run: ConformanceRun?) {
    do throws(ModelImportError) {
      return try attempts()
    } catch {
      if case .unsupported(_, let operation, let reason) = error { return (.unsupported("\(operation): \(reason)"), nil) }
      return (.refused(error.description), nil)
    }
  }

  private func attempts() throws(ModelImportError) -> (ConformanceOutcome, ConformanceRun?) {
    let model = try ONNXReader.read(path: "\(folder)/model.onnx")
    for info in model.inputs + model.outputs where info.type == nil {
      throw .unsupported(node: info.name, operation: "input or output", reason: "sequences and optional values")
    }
    var given: [ONNXTensor] = []
    for index in model.inputs.indices { given.append(try tensor("input_\(index).pb")) }
    var expected: [ONNXTensor] = []
    for index in model.outputs.indices { expected.append(try tensor("output_\(index).pb")) }
    var last = ModelImportError.malformed(place: folder, reason: "no attempt")
    for attempt in 0..<4 {
      var fixed: [String: ONNXTensor] = [:]
      for (index, (info, value)) in zip(model.inputs, given).enumerated() {
        let isPlumbing = value.type.isInteger || value.type == .bool
        if (attempt == 1 && index > 0 && isPlumbing) || (attempt == 2 && index > 0) || (attempt == 3 && isPlumbing) { fixed[info.name] = value }
      }
      if attempt > 0, fixed.isEmpty { continue }
      do throws(ModelImportError) {
        return try compare(ModelImporter(model).fixing(fixed), given, expected, model)
      } catch {
        last = error
        guard case .unsupported(_, _, let reason) = error,
          ["known at import", "must be one constant", "computed"].contains(where: reason.contains)
        else { throw error }
      }
    }
    throw last
  }

  private func compare(
    _ importer: ModelImporter, _ given: [ONNXTensor], _ expected: [ONNXTensor], _ model: ONNXModel
  ) throws(ModelImportError) -> (ConformanceOutcome, ConformanceRun?) {
    let free = zip(model.inputs, given).filter { pair in importer.model.inputs.contains { $0.name == pair.0.name } }
    var options = ImportOptions()
    options.limits = ImportLimits(count: 1 << 22, work: 1 << 32)
    let imported = try importer.importModel(chunks: [free.map(\.1.numbers)], shapes: free.map(\.1.dimensions), options: options)
    let results = try imported.run(free.map(\.1.numbers))
    var worst = 0.0
    for (index, (result, wanted)) in zip(results, expected).enumerated() {
      guard imported.outputs[index].dimensions == wanted.dimensions, result.count == wanted.numbers.count else {
        return (.outOfTolerance(.infinity), nil)
      }
      let scale = wanted.numbers.reduce(1) { max($0, $1.isFinite ? abs($1) : 0) }
      for (a, b) in zip(result, wanted.numbers) where a != b { worst = max(worst, b.isFinite ? abs(a - b) / scale : .infinity) }
    }
    guard worst <= 1e-3 else { return (.outOfTolerance(worst), nil) }
    var inputs: [String: [Int64]] = [:]
    for (format, pair) in zip(imported.inputs, free) { inputs[format.name] = try format.integers(pair.1.numbers) }
    return (.pass, ConformanceRun(model: imported, inputs: inputs))
  }

  private func tensor(_ name: String) throws(ModelImportError) -> ONNXTensor {
    let path = "\(folder)/test_data_set_0/\(name)"
    guard let data = FileManager.default.contents(atPath: path) else {
      throw .unsupported(node: name, operation: "input or output", reason: "an optional value that is absent")
    }
    guard let proto = try? Onnx_TensorProto(serializedBytes: [UInt8](data)), proto.dataType != 0 else {
      throw .unsupported(node: name, operation: "input or output", reason: "sequences and optional values")
    }
    return try TensorDecoder(folder: nil).decode(proto, place: name)
  }
}

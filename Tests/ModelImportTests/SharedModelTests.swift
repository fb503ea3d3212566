import Foundation
import Testing

import ModelImport
import Programs

/// Every model of the shared data against the outputs that ONNX Runtime gave for its rows.
@Suite("Shared models")
struct SharedModelTests {
  /// Skipped here for their size; `ZKMLOPS_LARGE_MODELS=1` runs them.
  static let large: Set<String> = ["magika_standard_v3_3", "light_resnet50", "light_shufflenet", "light_squeezenet"]
  static let models = (Shared.onnx("onnx") + Shared.onnx("onnx/ezkl") + Shared.onnx("conformance/mlops")).filter { path in
    ProcessInfo.processInfo.environment["ZKMLOPS_LARGE_MODELS"] != nil || !large.contains { path.contains($0) }
  }

  @Test("the shared data are there, or their absence is shown")
  func presence() {
    if Shared.folder == nil { print("SKIPPED: shared models and conformance cases: no ../shared/data beside the package") }
    #expect(Shared.folder == nil || Self.models.count > 100)
  }

  @Test("outputs and decisions are those of ONNX Runtime within the tolerances", arguments: models)
  func outputs(path: String) throws {
    let importer = try ModelImporter(path: path)
    guard let rows = try Shared.rows(path, prefix: "in__", most: 12), let expected = try Shared.rows(path, prefix: "out__", most: 12) else {
      // Models without vectors are still imported.
      #expect(try importer.importModel().program.nodes.isEmpty == false)
      return
    }
    var options = ImportOptions()
    options.batch = rows.arrays.values.compactMap { $0.dimensions.first }.max() ?? 1
    var importing = importer
    if path.hasSuffix("arrayfeatureextractor.onnx"), let indices = rows.arrays[importer.inputNames[1]] {
      importing = importer.fixing([importer.inputNames[1]: ONNXTensor(type: .int64, dimensions: indices.dimensions, numbers: indices.numbers)])
    }
    let imported = try importing.importModel(rows: rows, options: options)
    let shapes = try importing.inputShapes(rows, options)
    var results = [[Double]](repeating: [], count: imported.outputs.count)
    for chunk in try importing.chunks(rows, shapes) {
      for (index, values) in try imported.run(chunk).enumerated() { results[index] += values }
    }
    for (index, output) in imported.outputs.enumerated() {
      guard let wanted = expected.arrays[output.name] else { continue }
      let pairs = zip(results[index], wanted.numbers)
      #expect(results[index].count >= wanted.numbers.count)
      let range = (wanted.numbers.max() ?? 0) - (wanted.numbers.min() ?? 0)
      if output.isInteger {
        let differing = pairs.filter { $0 != $1 }.count
        #expect(differing <= max(1, wanted.numbers.count / 200), "\(output.name): \(differing) of \(wanted.numbers.count) decisions differ")
      } else {
        let outside = pairs.filter { abs($0 - $1) > max(2e-2 * abs($1), 2e-3 * max(range, abs($1)), 1e-4) }.count
        #expect(outside == 0, "\(output.name): \(outside) of \(wanted.numbers.count) outside the tolerance")
      }
    }
  }

  @Test(
    "with all trained numbers changed, the program stays and the artefact changes",
    arguments: models.filter { !$0.contains("/ezkl/") && !$0.contains("rapidocr") })
  func perturbed(path: String) throws {
    let model = try ONNXReader.read(path: path)
    let importer = ModelImporter(model)
    let rows = try Shared.rows(path, prefix: "in__", most: 1)
    var fixed = importer
    if path.hasSuffix("arrayfeatureextractor.onnx"), let indices = rows?.arrays[importer.inputNames[1]] {
      fixed = importer.fixing([importer.inputNames[1]: ONNXTensor(type: .int64, dimensions: indices.dimensions, numbers: indices.numbers)])
    }
    let first = try fixed.importModel(rows: rows)
    var options = ImportOptions()
    options.plan = first.plan
    let changed = Perturbation(published: first.published).apply(to: fixed.model)
    let second = try ModelImporter(changed).importModel(rows: rows, options: options)
    #expect(first.programDigest == second.programDigest)
    // A model without a trained float has nothing to change.
    if first.hidden.contains(where: { tensor in tensor.values.contains { abs($0) > 64 } }), !path.contains("onehot"),
      !path.contains("labelencoder_str")
    {
      #expect(first.artefactDigest != second.artefactDigest)
    }
  }

  @Test("an import is deterministic")
  func deterministic() throws {
    guard let path = Shared.onnx("onnx").first(where: { $0.hasSuffix("wdbc_mlp.onnx") }) else { return }
    let rows = try Shared.rows(path, prefix: "in__", most: 5)
    let (first, second) = (try ModelImporter(path: path).importModel(rows: rows), try ModelImporter(path: path).importModel(rows: rows))
    #expect(first.programDigest == second.programDigest)
    #expect(first.artefactDigest == second.artefactDigest)
  }
}

/// Changes every float of a model by about a thousandth, but for the published ones.
struct Perturbation {
  let published: [PublishedNumber]

  func apply(to model: ONNXModel) -> ONNXModel {
    var initialisers: [String: ONNXTensor] = [:]
    for (name, tensor) in model.initialisers { initialisers[name] = change(tensor) }
    let nodes = model.nodes.map { node in
      var attributes: [String: ONNXAttribute] = [:]
      for (name, value) in node.attributes {
        switch value {
        case .tensor(let tensor): attributes[name] = .tensor(change(tensor))
        case .reals(let values) where node.domain == "ai.onnx.ml":
          attributes[name] = .reals(name == "kernel_params" ? change(Array(values.prefix(2))) + values.dropFirst(2) : change(values))
        case .real(let number) where node.domain == "ai.onnx.ml": attributes[name] = .real(change([number])[0])
        default: attributes[name] = value
        }
      }
      return ONNXNode(
        name: node.name, operation: node.operation, domain: node.domain, inputs: node.inputs, outputs: node.outputs, attributes: attributes)
    }
    return ONNXModel(opsets: model.opsets, nodes: nodes, initialisers: initialisers, inputs: model.inputs, outputs: model.outputs)
  }

  private func change(_ tensor: ONNXTensor) -> ONNXTensor {
    if tensor.type == .int8 || tensor.type == .uint8, tensor.numbers.count > 1 {
      // Codes of quantised weights.
      return ONNXTensor(type: tensor.type, dimensions: tensor.dimensions, numbers: tensor.numbers.map { $0 > 1 ? $0 - 1 : $0 })
    }
    guard tensor.type.isFloat else { return tensor }
    if let first = tensor.numbers.first, tensor.numbers.allSatisfy({ $0 == first }), published.contains(where: { $0.value == first }) {
      return tensor
    }
    return ONNXTensor(type: tensor.type, dimensions: tensor.dimensions, numbers: change(tensor.numbers))
  }

  private func change(_ numbers: [Double]) -> [Double] {
    numbers.enumerated().map { $1 * (1 + 0.001 * Double(($0 * 7) % 5 + 1) / 5) }
  }
}

import Foundation
import ONNXProto
import SwiftProtobuf
import Testing

import ModelImport
import Programs

/// Files that ask for more than they hold, or for what no operator takes.
@Suite("Hostile models")
struct HostileModelTests {
  private func importing(_ model: Onnx_ModelProto, limits: ImportLimits = ImportLimits()) throws -> ImportedModel {
    var options = ImportOptions()
    options.limits = limits
    return try ModelImporter(bytes: try Sample.bytes(model)).importModel(options: options)
  }

  private func attribute(_ name: String, _ values: [Int64]) -> Onnx_AttributeProto {
    var attribute = Onnx_AttributeProto()
    attribute.name = name
    attribute.type = .ints
    attribute.ints = values
    return attribute
  }

  private func isTooLarge(_ model: Onnx_ModelProto, limits: ImportLimits = ImportLimits()) throws -> Bool {
    do {
      _ = try importing(model, limits: limits)
      return false
    } catch let error as ModelImportError {
      if case .tooLarge = error { return true }
      return false
    }
  }

  @Test("a kilobyte that asks for gigabytes is refused before memory is taken")
  func claims() throws {
    let x = Sample.info("x", [1, 3])
    // One constant of 2^26 floats fits a tensor's limit; the tensors together are limited too.
    let nodes = (0..<6).flatMap { index in
      [
        Sample.node("ConstantOfShape", ["shape"], ["c\(index)"]), Sample.node("ReduceSum", ["c\(index)"], ["s\(index)"]),
        Sample.node("Add", [index == 0 ? "x" : "y\(index - 1)", "s\(index)"], ["y\(index)"]),
      ]
    }
    let many = Sample.model(nodes, initialisers: [Sample.integers("shape", [1 << 13, 1 << 12])], inputs: [x], outputs: ["y5"], opset: 13)
    #expect(try Sample.bytes(many).count < 1_024)
    #expect(try isTooLarge(many))
    // A product of 2^12 · 2^40 operations.
    let wide = Sample.model(
      [
        Sample.node("Expand", ["x", "shape"], ["a"]), Sample.node("Transpose", ["a"], ["b"]), Sample.node("MatMul", ["a", "b"], ["c"]),
        Sample.node("MatMul", ["c", "c"], ["y"]),
      ], initialisers: [Sample.integers("shape", [1 << 13, 3])], inputs: [x], outputs: ["y"])
    #expect(try isTooLarge(wide))
    let raw = {
      var model = Sample.dense()
      model.graph.initializer[0].floatData = []
      model.graph.initializer[0].rawData = Data(repeating: 0, count: 24)
      model.graph.initializer[0].dims = [1 << 14, 1 << 14]
      return model
    }()
    #expect(throws: ModelImportError.malformed(place: "initialiser W", reason: "24 bytes for 268435456 entries of 4 bytes")) { try importing(raw) }
    #expect(try isTooLarge(Sample.dense(), limits: ImportLimits(total: 8)) == false, "what a file holds does not count as asked for")
  }

  @Test("an ensemble cannot ask for a table of leaves beyond its limit")
  func leaves() throws {
    var node = Sample.node("TreeEnsembleClassifier", ["x"], ["label", "scores"], domain: "ai.onnx.ml")
    let count = 64
    let names = ["nodes_treeids", "nodes_nodeids", "nodes_featureids", "nodes_truenodeids", "nodes_falsenodeids"]
    for name in names { node.attribute.append(attribute(name, (0..<Int64(count)).map { name == "nodes_treeids" ? $0 : 0 })) }
    var modes = Onnx_AttributeProto()
    modes.name = "nodes_modes"
    modes.type = .strings
    modes.strings = [Data](repeating: Data("LEAF".utf8), count: count)
    var values = Onnx_AttributeProto()
    values.name = "nodes_values"
    values.type = .floats
    values.floats = [Float](repeating: 0, count: count)
    node.attribute += [modes, values, attribute("classlabels_int64s", Array(0..<8_000))]
    let model = Sample.model([node], inputs: [Sample.info("x", [1, 3])], outputs: ["label"])
    #expect(try isTooLarge(model, limits: ImportLimits(total: 1 << 10)))
  }

  @Test("attributes at the ends of their range end in a typed error")
  func extremes() throws {
    for extreme in [Int64.min, Int64.min + 1, -1, Int64.max] {
      for (operation, name, count) in [
        ("Pad", "pads", 4), ("Slice", "starts", 1), ("Transpose", "perm", 2), ("Reshape", "shape", 2), ("Squeeze", "axes", 1), ("Tile", "tiles", 1),
      ] {
        var node = Sample.node(operation, ["x"], ["y"])
        node.attribute = [attribute(name, [Int64](repeating: extreme, count: count))]
        if operation == "Slice" { node.attribute.append(attribute("ends", [extreme])) }
        let model = Sample.model([node], inputs: [Sample.info("x", [2, 3])], outputs: ["y"], opset: 9)
        do { _ = try importing(model) } catch { #expect(error is ModelImportError, "\(operation)") }
      }
      for name in ["strides", "dilations", "pads", "output_shape", "output_padding", "kernel_shape"] {
        for operation in ["Conv", "ConvTranspose"] {
          var node = Sample.node(operation, ["x", "w"], ["y"])
          node.attribute = [attribute(name, [Int64](repeating: extreme, count: name == "pads" ? 4 : 2))]
          let model = Sample.model(
            [node], initialisers: [Sample.floats("w", [1, 1, 2, 2], [1, 2, 3, 4])], inputs: [Sample.info("x", [1, 1, 5, 5])], outputs: ["y"])
          do { _ = try importing(model) } catch { #expect(error is ModelImportError, "\(operation) \(name)") }
        }
      }
    }
  }

  @Test("attributes and tensors of another type than the operator takes end in a typed error or are left out")
  func confusion() throws {
    var gemm = Sample.dense()
    var alpha = Onnx_AttributeProto()
    alpha.name = "alpha"
    alpha.type = .strings
    alpha.strings = [Data("1".utf8)]
    gemm.graph.node[0].attribute = [alpha]
    do { _ = try importing(gemm) } catch { #expect(error is ModelImportError) }
    for type in Int32(1)...16 {
      var model = Sample.dense()
      model.graph.initializer[0].dataType = type
      do { _ = try importing(model) } catch { #expect(error is ModelImportError, "element type \(type)") }
      model = Sample.dense()
      model.graph.input[0].type.tensorType.elemType = type
      do { _ = try importing(model) } catch { #expect(error is ModelImportError, "input of type \(type)") }
    }
  }

  @Test("errors name no control character of the file")
  func names() throws {
    var model = Sample.dense()
    model.graph.node[0].opType = "Gemm\u{1b}[2J\n"
    do {
      _ = try importing(model)
      Issue.record("an unknown operator was imported")
    } catch {
      #expect(!"\(error)".unicodeScalars.contains { $0.value < 32 })
    }
  }

  @Test("numbers and texts of the file that are not a row's: wrong shapes and ranges are named")
  func rows() throws {
    let importer = try ModelImporter(bytes: try Sample.bytes(Sample.dense()))
    let narrow = ModelRows(["x": try #require(ModelRows.Array(dimensions: [2, 2], numbers: [1, 2, 3, 4]))])
    #expect(throws: ModelImportError.rows(reason: "x takes 3 on axis 1, the array has [2, 2]")) { try importer.importModel(rows: narrow) }
    let other = ModelRows(["z": try #require(ModelRows.Array(dimensions: [1, 3], numbers: [1, 2, 3]))])
    #expect(throws: ModelImportError.rows(reason: "there is no array called x; the model takes x")) { try importer.importModel(rows: other) }
    let good = ModelRows(["x": try #require(ModelRows.Array(dimensions: [1, 3], numbers: [1.5, 2, -3]))])
    let imported = try importer.importModel(rows: good)
    #expect(throws: (any Error).self) { try imported.run([[1e9, 0, 0]]) }
    #expect(throws: (any Error).self) { try imported.run([[.nan, 0, 0]]) }
  }
}

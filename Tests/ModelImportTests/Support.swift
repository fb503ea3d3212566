import Foundation
import ONNXProto
import SwiftProtobuf

import ModelImport

/// Builds ONNX files in memory.
enum Sample {
  static func floats(_ name: String, _ dims: [Int64], _ values: [Float]) -> Onnx_TensorProto {
    var tensor = Onnx_TensorProto()
    tensor.name = name
    tensor.dims = dims
    tensor.dataType = 1
    tensor.floatData = values
    return tensor
  }

  static func integers(_ name: String, _ values: [Int64]) -> Onnx_TensorProto {
    var tensor = Onnx_TensorProto()
    tensor.name = name
    tensor.dims = [Int64(values.count)]
    tensor.dataType = 7
    tensor.int64Data = values
    return tensor
  }

  static func node(_ type: String, _ inputs: [String], _ outputs: [String], domain: String = "") -> Onnx_NodeProto {
    var node = Onnx_NodeProto()
    node.opType = type
    node.name = type.lowercased()
    node.domain = domain
    node.input = inputs
    node.output = outputs
    return node
  }

  static func info(_ name: String, _ dims: [Int64]) -> Onnx_ValueInfoProto {
    var info = Onnx_ValueInfoProto()
    info.name = name
    info.type.tensorType.elemType = 1
    for size in dims {
      var dimension = Onnx_TensorShapeProto.Dimension()
      if size >= 0 { dimension.dimValue = size } else { dimension.dimParam = "batch" }
      info.type.tensorType.shape.dim.append(dimension)
    }
    return info
  }

  static func model(
    _ nodes: [Onnx_NodeProto], initialisers: [Onnx_TensorProto] = [], inputs: [Onnx_ValueInfoProto], outputs: [String], opset: Int64 = 17
  ) -> Onnx_ModelProto {
    var model = Onnx_ModelProto()
    model.irVersion = 8
    var version = Onnx_OperatorSetIdProto()
    version.version = opset
    model.opsetImport = [version, version]
    model.graph.name = "g"
    model.graph.node = nodes
    model.graph.initializer = initialisers
    model.graph.input = inputs
    model.graph.output = outputs.map { info($0, []) }
    return model
  }

  static func bytes(_ model: Onnx_ModelProto) throws -> [UInt8] { try model.serializedBytes(partial: true) }

  /// y = relu(x·W + b) on three features.
  static func dense() -> Onnx_ModelProto {
    model(
      [node("Gemm", ["x", "W", "b"], ["h"]), node("Relu", ["h"], ["y"])],
      initialisers: [floats("W", [3, 2], [0.5, -1, 0.25, 2, -0.75, 1]), floats("b", [2], [0.1, -0.2])],
      inputs: [info("x", [-1, 3])], outputs: ["y"])
  }
}

/// The shared data beside the package, or nil.
enum Shared {
  static let folder: String? = {
    var url = URL(fileURLWithPath: #filePath)
    for _ in 0..<4 { url.deleteLastPathComponent() }
    let path = url.appendingPathComponent("shared/data").path
    return FileManager.default.fileExists(atPath: path) ? path : nil
  }()

  static func onnx(_ sub: String = "") -> [String] {
    guard let folder else { return [] }
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "\(folder)/\(sub)")) ?? []
    return names.filter { $0.hasSuffix(".onnx") }.sorted().map { "\(folder)/\(sub)/\($0)" }
  }

  /// The first rows of the arrays of a prefix, or nil when there are none.
  static func rows(_ path: String, prefix: String, most: Int) throws -> ModelRows? {
    let file = path.dropLast(5) + ".npz"
    guard let data = FileManager.default.contents(atPath: String(file)) else { return nil }
    let all = try ModelRows(npz: [UInt8](data), file: String(file), prefix: prefix)
    var cut: [String: ModelRows.Array] = [:]
    for (name, array) in all.arrays {
      let total = array.dimensions.first ?? 1
      let count = min(most, total)
      let width = array.numbers.count / max(1, total)
      cut[name] = ModelRows.Array(dimensions: [count] + array.dimensions.dropFirst(), numbers: Array(array.numbers.prefix(count * width)))
    }
    return cut.isEmpty ? nil : ModelRows(cut)
  }
}

/// From bytes to `ONNXModel`: total on any bytes, memory bounded by the file's size and the limits here.

import Foundation
import ONNXProto
import SwiftProtobuf

/// Reads ONNX files.
public enum ONNXReader {
  /// Largest file: 2^31 − 1 bytes, as protobuf allows.
  static let fileLimit = Int(Int32.max)
  /// Most nodes.
  static let nodeLimit = 100_000
  /// Most numbers of one tensor: 2^28.
  static let tensorLimit = 1 << 28

  /// The model in a file, external data from the file's own folder included.
  package static func read(path: String) throws(ModelImportError) -> ONNXModel {
    let path = try modelFile(path)
    return try read(try contents(path), path: path)
  }

  /// The model in the bytes of a file, external data from its folder included.
  static func read(_ bytes: [UInt8], path: String) throws(ModelImportError) -> ONNXModel {
    if let foreign = ForeignFormat.recognise(bytes, path: path) { throw .notONNX(format: foreign.name, conversion: foreign.conversion) }
    return try read(bytes, folder: URL(fileURLWithPath: path).deletingLastPathComponent().path)
  }

  /// The model in bytes; external data are refused when there is no folder.
  static func read(_ bytes: [UInt8], folder: String?) throws(ModelImportError) -> ONNXModel {
    var options = BinaryDecodingOptions()
    options.messageDepthLimit = 32
    let proto: Onnx_ModelProto
    do {
      proto = try Onnx_ModelProto(serializedBytes: bytes, partial: true, options: options)
    } catch {
      throw .malformed(place: "file", reason: "the bytes are no protobuf message of a model")
    }
    guard proto.hasGraph, !proto.graph.node.isEmpty || !proto.graph.initializer.isEmpty || !proto.graph.output.isEmpty else {
      throw .malformed(place: "file", reason: "there is no graph")
    }
    guard proto.functions.isEmpty else {
      throw .unsupported(node: "model", operation: "functions", reason: "model-local functions; inline them with onnx.inliner.inline_local_functions")
    }
    return try model(proto, tensors: TensorDecoder(folder: folder))
  }

  /// The path itself, or the ONNX file that an MLflow model folder names.
  static func modelFile(_ path: String) throws(ModelImportError) -> String {
    guard let data = FileManager.default.contents(atPath: "\(path)/MLmodel") else { return path }
    let lines = String(decoding: data.prefix(1 << 16), as: UTF8.self).split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
    guard let flavour = lines.firstIndex(of: "onnx:") else {
      throw .unsupported(node: "MLmodel", operation: "flavour", reason: "an MLflow model without an ONNX flavour; log it with mlflow.onnx.log_model")
    }
    let named = lines[flavour...].first { $0.hasPrefix("data:") }?.dropFirst(5).trimmingCharacters(in: .whitespaces) ?? "model.onnx"
    guard !named.hasPrefix("/"), !named.split(separator: "/").contains("..") else {
      throw .malformed(place: "MLmodel", reason: "the model's file lies outside the folder")
    }
    return "\(path)/\(named)"
  }

  static func contents(_ path: String) throws(ModelImportError) -> [UInt8] {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { throw .unreadable(file: path, reason: "no such file") }
    guard !isFolder.boolValue else { throw .unreadable(file: path, reason: "it is a folder") }
    guard let handle = FileHandle(forReadingAtPath: path), let size = try? handle.seekToEnd(), size <= fileLimit,
      (try? handle.seek(toOffset: 0)) != nil, let data = try? handle.readToEnd()
    else { throw .unreadable(file: path, reason: "it cannot be read, is empty or larger than 2 GiB") }
    return [UInt8](data)
  }

  private static func model(_ proto: Onnx_ModelProto, tensors: TensorDecoder) throws(ModelImportError) -> ONNXModel {
    var opsets: [String: Int] = [:]
    for opset in proto.opsetImport {
      let domain = opset.domain == "ai.onnx" ? "" : opset.domain
      guard (1...1_000).contains(opset.version) else { throw .malformed(place: "opset_import", reason: "version \(opset.version)") }
      // Converters write one domain several times; the highest version is meant.
      opsets[domain] = max(opsets[domain] ?? 0, Int(opset.version))
    }
    let graph = proto.graph
    guard graph.node.count <= nodeLimit else { throw .tooLarge(node: "graph", reason: "\(graph.node.count) nodes; \(nodeLimit) are the limit") }
    guard graph.sparseInitializer.isEmpty else {
      throw .unsupported(node: "graph", operation: "sparse_initializer", reason: "sparse initialisers; save the model with dense ones")
    }
    var initialisers: [String: ONNXTensor] = [:]
    for tensor in graph.initializer {
      guard initialisers[tensor.name] == nil else { throw .malformed(place: "initialiser \(tensor.name)", reason: "there are two of that name") }
      initialisers[tensor.name] = try tensors.decode(tensor, place: "initialiser \(tensor.name)")
    }
    var nodes: [ONNXNode] = []
    for (index, node) in graph.node.enumerated() {
      let name = node.name.isEmpty ? "\(node.opType)_\(index)" : node.name
      var attributes: [String: ONNXAttribute] = [:]
      for attribute in node.attribute {
        guard attributes[attribute.name] == nil else { throw .malformed(place: "node \(name)", reason: "two attributes \(attribute.name)") }
        attributes[attribute.name] = try value(attribute, node: name, tensors: tensors)
      }
      nodes.append(
        ONNXNode(
          name: name, operation: node.opType, domain: node.domain == "ai.onnx" ? "" : node.domain, inputs: node.input, outputs: node.output,
          attributes: attributes))
    }
    var inputs: [ONNXValueInfo] = []
    for info in graph.input where initialisers[info.name] == nil { inputs.append(try valueInfo(info)) }
    var outputs: [ONNXValueInfo] = []
    for info in graph.output { outputs.append(try valueInfo(info)) }
    guard !outputs.isEmpty else { throw .malformed(place: "graph", reason: "there is no output") }
    return ONNXModel(
      opsets: opsets, nodes: try ordered(nodes, known: Set(initialisers.keys).union(inputs.map(\.name))), initialisers: initialisers,
      inputs: inputs, outputs: outputs)
  }

  /// Nodes so that every value is made before it is used; files keep that order, and a cycle has none.
  private static func ordered(_ nodes: [ONNXNode], known: Set<String>) throws(ModelImportError) -> [ONNXNode] {
    var producer: [String: String] = [:]
    for node in nodes {
      for output in node.outputs where !output.isEmpty {
        guard producer[output] == nil, !known.contains(output) else {
          throw .malformed(place: "node \(node.name)", reason: "a second value is called \(output)")
        }
        producer[output] = node.name
      }
    }
    var available = known
    var waiting = nodes
    var result: [ONNXNode] = []
    while !waiting.isEmpty {
      var later: [ONNXNode] = []
      for node in waiting {
        if node.inputs.allSatisfy({ $0.isEmpty || available.contains($0) }) {
          available.formUnion(node.outputs)
          result.append(node)
        } else {
          later.append(node)
        }
      }
      if later.count == waiting.count, let first = later.first {
        let missing = first.inputs.first { !$0.isEmpty && !available.contains($0) } ?? ""
        throw .malformed(
          place: "node \(first.name)",
          reason: producer[missing] == nil ? "nothing makes its input \(missing)" : "it depends on its own result (\(missing))")
      }
      // A file in order takes one pass; each further pass costs as much, so a hostile order is refused.
      guard result.count > nodes.count / 64 || later.isEmpty else { throw .malformed(place: "graph", reason: "nodes are far from a valid order") }
      waiting = later
    }
    return result
  }

  private static func valueInfo(_ info: Onnx_ValueInfoProto) throws(ModelImportError) -> ONNXValueInfo {
    guard case .tensorType(let tensor)? = info.type.value else { return ONNXValueInfo(name: info.name, type: nil, dimensions: nil, symbols: []) }
    guard tensor.elemType == 0 || ElementType(rawValue: Int(tensor.elemType)) != nil else {
      throw .unsupported(node: info.name, operation: "input or output", reason: "element type number \(tensor.elemType)")
    }
    var dimensions: [Int?] = []
    var symbols: [String] = []
    for dimension in tensor.shape.dim {
      switch dimension.value {
      case .dimValue(let size)? where size > 0: dimensions.append(Int(size))
      case .dimValue(let size)? where size < -1: throw .malformed(place: info.name, reason: "a dimension of \(size)")
      default: dimensions.append(nil)
      }
      symbols.append(dimension.dimParam)
    }
    return ONNXValueInfo(
      name: info.name, type: ElementType(rawValue: Int(tensor.elemType)), dimensions: tensor.hasShape ? dimensions : nil, symbols: symbols)
  }

  private static func value(
    _ attribute: Onnx_AttributeProto, node: String, tensors: TensorDecoder
  ) throws(ModelImportError) -> ONNXAttribute {
    switch attribute.type {
    case .int: return .integer(clamped(attribute.i))
    case .float: return .real(Double(attribute.f))
    case .string: return .text(try text(attribute.s, place: "node \(node)"))
    case .tensor: return .tensor(try tensors.decode(attribute.t, place: "node \(node)"))
    case .ints: return .integers(attribute.ints.map(clamped))
    case .floats: return .reals(attribute.floats.map { Double($0) })
    case .strings:
      var texts: [String] = []
      for item in attribute.strings { texts.append(try text(item, place: "node \(node)")) }
      return .texts(texts)
    default: return .other("\(attribute.type)")
    }
  }

  /// Integers of attributes are held to ±2^53, as those of tensors are: sums and sizes of them do not overflow.
  private static func clamped(_ value: Int64) -> Int { Int(max(-9_007_199_254_740_992, min(9_007_199_254_740_992, value))) }

  private static func text(_ data: Data, place: String) throws(ModelImportError) -> String {
    guard let text = String(validating: [UInt8](data), as: UTF8.self) else { throw .malformed(place: place, reason: "a text is not UTF-8") }
    return text
  }
}

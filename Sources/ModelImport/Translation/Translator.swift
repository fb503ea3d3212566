/// From ONNX nodes to primitives: the environment, attributes with their defaults, and the dispatch to families of operators.

import Programs

/// Translates one model for given input shapes.
final class Translator {
  let model: ONNXModel
  let graph: GraphBuilder
  var values: [String: GraphValue] = [:]
  var node = ONNXNode(name: "", operation: "", domain: "", inputs: [], outputs: [], attributes: [:])
  /// Labels of classifiers by the value that holds their codes.
  private(set) var inputs: [GraphValue] = []

  init(_ model: ONNXModel, limits: ImportLimits) {
    self.model = model
    let attributes = model.nodes.lazy.flatMap(\.attributes.values)
    let fileNumbers = model.initialisers.values.reduce(0) { $0 + $1.numbers.count } + attributes.reduce(0) { $0 + $1.numberCount }
    graph = GraphBuilder(limits: limits, fileNumbers: fileNumbers)
  }

  /// Version of the default domain. 7 to 22 are what is meant; 23 to 25 only added types to the operators here.
  var opset: Int { model.opsets[""] ?? 17 }
  var machineLearningOpset: Int { model.opsets["ai.onnx.ml"] ?? 3 }

  /// Translates all nodes that the outputs need; shapes are those of the inputs in order.
  func run(inputShapes: [[Int]]) throws(ModelImportError) -> [GraphValue] {
    guard (7...25).contains(opset) else {
      throw .unsupported(
        node: "model", operation: "opset",
        reason:
          "opset \(opset); 7 to 22 are supported (and 23 to 25 where operators did not change) (onnx.version_converter.convert_version(model, 17))")
    }
    guard (1...5).contains(machineLearningOpset) else {
      throw .unsupported(node: "model", operation: "opset", reason: "ai.onnx.ml \(machineLearningOpset); 1 to 5 are supported")
    }
    for (number, input) in model.inputs.enumerated() {
      guard let type = input.type else {
        throw .unsupported(node: input.name, operation: "input", reason: "inputs that are sequences, maps or optional")
      }
      graph.nodeName = input.name
      graph.operationName = "input"
      let kind: ValueKind = type.isFloat ? .real : (type == .string ? .text : (type == .bool ? .boolean : .integer))
      let value = try graph.input(number, inputShapes[number], kind)
      values[input.name] = value
      inputs.append(value)
    }
    let needed = neededNodes()
    for (index, node) in model.nodes.enumerated() where needed.contains(index) {
      self.node = node
      graph.origin = index
      graph.nodeName = node.name
      graph.operationName = node.operationName
      let results = try translate()
      for (name, value) in zip(node.outputs, results) where !name.isEmpty { values[name] = value }
    }
    var outputs: [GraphValue] = []
    for output in model.outputs {
      graph.nodeName = output.name
      graph.operationName = "output"
      outputs.append(try value(named: output.name))
    }
    return outputs
  }

  /// Nodes on the way to an output.
  private func neededNodes() -> Set<Int> {
    var producer: [String: Int] = [:]
    for (index, node) in model.nodes.enumerated() { for output in node.outputs where !output.isEmpty { producer[output] = index } }
    var needed: Set<Int> = []
    var waiting = model.outputs.map(\.name)
    while let name = waiting.popLast() {
      guard let index = producer[name], needed.insert(index).inserted else { continue }
      waiting += model.nodes[index].inputs
    }
    return needed
  }

  private func translate() throws(ModelImportError) -> [GraphValue] {
    let families: [(Translator) -> () throws(ModelImportError) -> [GraphValue]?]
    switch node.domain {
    case "": families = Self.standard
    case "ai.onnx.ml": families = [Translator.scalers, Translator.encoders, Translator.linearModels, Translator.supportVectors, Translator.trees]
    case "com.microsoft": families = [Translator.microsoft]
    default: throw graph.refuse("the operator domain \(node.domain)")
    }
    for family in families { if let results = try family(self)() { return results } }
    throw graph.refuse(Self.reason(node.operation))
  }

  private static var standard: [(Translator) -> () throws(ModelImportError) -> [GraphValue]?] {
    [
      Translator.arithmetic, Translator.comparisons, Translator.activations, Translator.shapes, Translator.indexing, Translator.constants,
      Translator.dense, Translator.pooling, Translator.normalisation, Translator.reductions, Translator.ordering, Translator.recurrent,
      Translator.quantisation, Translator.resizing,
    ]
  }

  private static func reason(_ operation: String) -> String {
    switch operation {
    case "If", "Loop", "Scan": "control flow; export the model without it (torch.onnx.export of a traced model, fixed lengths)"
    case let name where name.hasPrefix("Sequence") || name.hasPrefix("Optional"): "sequences and optional values"
    case let name where name.hasPrefix("Random") || name == "Bernoulli" || name == "Multinomial": "random numbers"
    default: "no such operator here"
    }
  }

  // MARK: Inputs

  func value(named name: String) throws(ModelImportError) -> GraphValue {
    if let value = values[name] { return value }
    guard let tensor = model.initialisers[name] else { throw graph.invalid("nothing makes its input \(name)") }
    let origin = graph.origin
    graph.origin = -1
    defer { graph.origin = origin }
    let value = try graph.tensor(tensor)
    values[name] = value
    return value
  }

  /// Input by position.
  func input(_ index: Int) throws(ModelImportError) -> GraphValue {
    guard node.inputs.indices.contains(index), !node.inputs[index].isEmpty else { throw graph.invalid("input \(index) is missing") }
    return try value(named: node.inputs[index])
  }

  func optionalInput(_ index: Int) throws(ModelImportError) -> GraphValue? {
    node.inputs.indices.contains(index) && !node.inputs[index].isEmpty ? try input(index) : nil
  }

  func allInputs() throws(ModelImportError) -> [GraphValue] {
    var result: [GraphValue] = []
    for index in node.inputs.indices { result.append(try input(index)) }
    guard !result.isEmpty else { throw graph.invalid("no input") }
    return result
  }

  func constantTensor(_ index: Int) throws(ModelImportError) -> [Double]? {
    guard let value = try optionalInput(index) else { return nil }
    guard let numbers = graph[value].known else { throw graph.refuse("input \(index) must be known at import") }
    return numbers
  }

  // MARK: Attributes

  func integer(_ name: String) -> Int? {
    if case .integer(let value)? = node.attributes[name] { return value }
    return nil
  }

  func integers(_ name: String) -> [Int]? {
    if case .integers(let value)? = node.attributes[name] { return value }
    return nil
  }

  func real(_ name: String) -> Double? {
    switch node.attributes[name] {
    case .real(let value)?: value
    case .integer(let value)?: Double(value)
    default: nil
    }
  }

  /// A hyper-parameter, listed as published.
  func published(_ name: String, default standard: Double) throws(ModelImportError) -> Double {
    let value = real(name) ?? standard
    guard value.isFinite else { throw .notFinite(node: node.name, operation: node.operationName) }
    graph.list("\(node.operation) \(name)", value)
    return value
  }

  func reals(_ name: String) -> [Double]? {
    if case .reals(let value)? = node.attributes[name] { return value }
    if case .tensor(let tensor)? = node.attributes[name], !tensor.type.isInteger { return tensor.numbers }
    return nil
  }

  func text(_ name: String) -> String? {
    if case .text(let value)? = node.attributes[name] { return value }
    return nil
  }

  func texts(_ name: String) -> [String]? {
    if case .texts(let value)? = node.attributes[name] { return value }
    return nil
  }

  /// An axis counted from the front.
  func axis(_ axis: Int, rank: Int) throws(ModelImportError) -> Int {
    let index = axis < 0 ? axis + rank : axis
    guard (0..<max(1, rank)).contains(index) else { throw graph.invalid("axis \(axis) of \(rank)") }
    return index
  }

  func axes(_ list: [Int], rank: Int) throws(ModelImportError) -> [Int] {
    var result: [Int] = []
    for item in list { result.append(try axis(item, rank: rank)) }
    guard Set(result).count == result.count else { throw graph.invalid("axes \(list)") }
    return result
  }
}

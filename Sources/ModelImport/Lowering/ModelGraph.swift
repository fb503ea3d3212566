/// A translated model: the live primitives, and their float reference.

/// A graph of primitives with named inputs and outputs.
struct ModelGraph {
  let nodes: [GraphNode]
  let inputs: [(info: ONNXValueInfo, value: GraphValue)]
  let outputs: [(name: String, value: GraphValue)]
  /// Nodes on the way from inputs and known numbers to an output, in order.
  let live: [Int]
  /// Names and operators of the ONNX nodes, by origin.
  let origins: [(name: String, operation: String)]
  let published: [PublishedNumber]
  let texts: [Double: String]

  init(_ model: ONNXModel, inputShapes: [[Int]], limits: ImportLimits) throws(ModelImportError) {
    let translator = Translator(model, limits: limits)
    let results = try translator.run(inputShapes: inputShapes)
    nodes = translator.graph.nodes
    inputs = zip(model.inputs, translator.inputs).map { ($0, $1) }
    outputs = zip(model.outputs, results).map { ($0.name, $1) }
    origins = model.nodes.map { ($0.name, $0.operationName) }
    published = translator.graph.published
    texts = translator.graph.texts
    var needed = Set(results.map(\.id))
    for id in nodes.indices.reversed() where needed.contains(id) { needed.formUnion(nodes[id].operands) }
    live = needed.sorted()
    for id in live {
      if case .known = nodes[id].primitive, nodes[id].known?.allSatisfy(\.isFinite) == false {
        let place = place(id)
        throw .notFinite(node: place.name, operation: place.operation)
      }
    }
  }

  /// The live tree ensembles in order.
  var trees: [TreeDescription] {
    live.compactMap { id in
      guard case .treeEnsemble(let trees, _) = nodes[id].primitive else { return nil }
      return trees
    }
  }

  func place(_ node: Int) -> (name: String, operation: String) {
    let origin = nodes[node].origin
    return origins.indices.contains(origin) ? origins[origin] : ("initialiser or input", "")
  }

  /// All live values for inputs in order; entries of dead nodes are empty. Big values are dropped after their last use unless kept.
  func evaluate(
    _ given: [[Double]], keeping kept: Set<Int>, visit: (Int, [Double]) -> Bool
  ) throws(ModelImportError) -> [[Double]] {
    var values = [[Double]](repeating: [], count: nodes.count)
    var lastUse = [Int](repeating: -1, count: nodes.count)
    for id in live { for operand in nodes[id].operands { lastUse[operand] = id } }
    for id in live {
      let node = nodes[id]
      if case .input(let number) = node.primitive {
        values[id] = given[number]
      } else if let known = node.known {
        values[id] = known
      } else {
        guard let result = node.primitive.evaluate(node.operands.map { values[$0] }), result.count == node.count else {
          let place = place(id)
          throw .invalidNode(node: place.name, operation: place.operation, reason: "an index outside its table on these rows")
        }
        values[id] = result
      }
      guard visit(id, values[id]) else {
        let place = place(id)
        throw .notFinite(node: place.name, operation: place.operation)
      }
      for operand in node.operands where lastUse[operand] == id && !kept.contains(operand) { values[operand] = [] }
    }
    return values
  }
}

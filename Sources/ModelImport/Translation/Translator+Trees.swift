/// ai.onnx.ml: tree ensembles of all versions, as a neutral `TreeDescription`.

import Programs

extension Translator {
  func trees() throws(ModelImportError) -> [GraphValue]? {
    guard ["TreeEnsembleRegressor", "TreeEnsembleClassifier"].contains(node.operation) else { return nil }
    var x = try real(try input(0))
    if x.dimensions.count == 1 { x = try graph.reshape(x, [1, x.count]) }
    guard x.dimensions.count == 2 else { throw graph.invalid("features of \(x.dimensions)") }
    let (rows, features) = (x.dimensions[0], x.dimensions[1])
    let isClassifier = node.operation == "TreeEnsembleClassifier"
    let labels = isClassifier ? try classLabels() : ([], .integer)
    let prefix = isClassifier ? "class" : "target"
    let ids = integers("\(prefix)_ids") ?? []
    // Two classes with all weights on one of them are a single score.
    let isSingle = isClassifier && labels.numbers.count == 2 && Set(ids).count == 1
    let outputs = isClassifier ? (isSingle ? 1 : labels.numbers.count) : max(1, min(4_096, integer("n_targets") ?? 1))
    let description = try ensemble(prefix: prefix, outputs: outputs, features: features, isSingle: isSingle)
    let leaves = try graph.add(
      .treeEnsemble(description, features: features), [x], [rows, description.trees, outputs], .real)
    var scores: GraphValue
    switch text("aggregate_function") ?? "SUM" {
    case "SUM": scores = try graph.rowSum(leaves, axes: [1])
    case "AVERAGE": scores = try graph.scaled(try graph.rowSum(leaves, axes: [1]), 1 / Double(description.trees))
    case "MAX": scores = try graph.rowMaximum(leaves, axes: [1])
    case "MIN": scores = try graph.negated(try graph.rowMaximum(try graph.negated(leaves), axes: [1]))
    default: throw graph.refuse("aggregate_function")
    }
    if let base = try hidden("base_values") {
      guard base.count == outputs || base.count == 1 || (isSingle && base.count == 2) else { throw graph.invalid("\(base.count) base values") }
      scores = try graph.sum(scores, isSingle && base.count == 2 ? try take(base, [ids.first ?? 1], axis: 0, shape: [1]) : base)
    }
    let post = text("post_transform") ?? "NONE"
    guard isClassifier else { return [try transformed(scores, post)] }
    // ONNX Runtime compares a single score with 1/2 when all weights are positive and no transform follows, else with 0.
    let weights = reals("class_weights") ?? []
    let threshold = isSingle && weights.allSatisfy({ $0 >= 0 }) && post == "NONE" ? 0.5 : 0
    return try classified(scores, labels: labels, post: post, threshold: threshold)
  }

  private func ensemble(prefix: String, outputs: Int, features: Int, isSingle: Bool) throws(ModelImportError) -> TreeDescription {
    let treeIDs = integers("nodes_treeids") ?? []
    let nodeIDs = integers("nodes_nodeids") ?? []
    let featureIDs = integers("nodes_featureids") ?? []
    let modes = texts("nodes_modes") ?? []
    let values = reals("nodes_values") ?? reals("nodes_values_as_tensor") ?? []
    let whenTrue = integers("nodes_truenodeids") ?? []
    let whenFalse = integers("nodes_falsenodeids") ?? []
    let missing = integers("nodes_missing_value_tracks_true") ?? []
    let count = treeIDs.count
    guard count > 0, [nodeIDs.count, featureIDs.count, modes.count, values.count, whenTrue.count, whenFalse.count].allSatisfy({ $0 == count }),
      missing.isEmpty || missing.count == count
    else { throw graph.invalid("node lists of different lengths") }
    struct Key: Hashable {
      let tree: Int
      let node: Int
    }
    var index: [Key: Int] = [:]
    var roots: [Int] = []
    var rootOf: [Int: Int] = [:]
    for position in 0..<count {
      guard index.updateValue(position, forKey: Key(tree: treeIDs[position], node: nodeIDs[position])) == nil else {
        throw graph.invalid("two nodes of one number")
      }
      if rootOf[treeIDs[position]] == nil {
        rootOf[treeIDs[position]] = position
        roots.append(position)
      }
    }
    // A leaf has a value for every output.
    try graph.reserve(count * outputs)
    var leaves = [[Double]](repeating: [Double](repeating: 0, count: outputs), count: count)
    let weightTrees = integers("\(prefix)_treeids") ?? []
    let weightNodes = integers("\(prefix)_nodeids") ?? []
    let weightIDs = integers("\(prefix)_ids") ?? []
    let weights = reals("\(prefix)_weights") ?? reals("\(prefix)_weights_as_tensor") ?? []
    guard [weightTrees.count, weightNodes.count, weightIDs.count].allSatisfy({ $0 == weights.count }), weights.allSatisfy(\.isFinite) else {
      throw graph.invalid("leaf weights of different lengths, or not finite")
    }
    for item in weights.indices {
      guard let position = index[Key(tree: weightTrees[item], node: weightNodes[item])] else {
        throw graph.invalid("a weight of a node that is not there")
      }
      let output = isSingle ? 0 : weightIDs[item]
      guard (0..<outputs).contains(output) else { throw graph.invalid("output \(output) of \(outputs)") }
      leaves[position][output] += weights[item]
    }
    // Breadth first, roots in front, so that the order follows from the topology alone; a node met twice would be a cycle or a shared branch.
    var order = roots
    var place: [Int: Int] = [:]
    for (row, position) in order.enumerated() { place[position] = row }
    var depths = [Int](repeating: 0, count: count)
    var next = 0
    while next < order.count {
      let position = order[next]
      next += 1
      if modes[position] == "LEAF" { continue }
      for child in [whenTrue[position], whenFalse[position]] {
        guard let target = index[Key(tree: treeIDs[position], node: child)] else {
          throw graph.invalid("branch to node \(child), which is not there")
        }
        guard place.updateValue(order.count, forKey: target) == nil else { throw graph.invalid("node \(child) is reached twice") }
        depths[target] = depths[position] + 1
        order.append(target)
      }
    }
    let depth = order.map { depths[$0] }.max() ?? 0
    guard depth <= 4_096 else { throw graph.refuse("a tree of depth \(depth)") }
    let tests = ["LEAF": 0, "BRANCH_LEQ": 1, "BRANCH_LT": 2, "BRANCH_GTE": 3, "BRANCH_GT": 4, "BRANCH_EQ": 5, "BRANCH_NEQ": 6]
    var nodes: [TreeDescription.Node] = []
    for position in order {
      guard let test = tests[modes[position]] else { throw graph.refuse("mode \(modes[position])") }
      let isLeaf = test == 0
      guard isLeaf || ((0..<features).contains(featureIDs[position]) && values[position].isFinite) else {
        throw graph.invalid("feature \(featureIDs[position]) of \(features), or a threshold that is not finite")
      }
      func row(_ child: Int) -> Int { isLeaf ? 0 : index[Key(tree: treeIDs[position], node: child)].flatMap { place[$0] } ?? 0 }
      nodes.append(
        TreeDescription.Node(
          test: test, feature: isLeaf ? 0 : featureIDs[position], threshold: isLeaf ? 0 : values[position], whenTrue: row(whenTrue[position]),
          whenFalse: row(whenFalse[position]), missingIsTrue: !missing.isEmpty && missing[position] != 0,
          leaf: isLeaf ? leaves[position] : [Double](repeating: 0, count: outputs)))
    }
    return TreeDescription(nodes: nodes, trees: roots.count, outputs: outputs, depth: depth)
  }
}

/// Reductions, order statistics and normalisations.

import Programs

extension Translator {
  func reductions() throws(ModelImportError) -> [GraphValue]? {
    guard node.operation.hasPrefix("Reduce") else {
      return node.operation == "CumSum" ? [try cumulativeSum()] : nil
    }
    let x = try input(0)
    let rank = x.dimensions.count
    let given = try axesArgument()
    if (given ?? []).isEmpty, integer("noop_with_empty_axes") ?? 0 != 0 {
      return node.operation == "ReduceSum" || node.operation == "ReduceMax" || node.operation == "ReduceMin" || node.operation == "ReduceMean"
        ? [x] : nil
    }
    let axes = (given ?? []).isEmpty ? Array(0..<rank) : try axes(given ?? [], rank: rank).sorted()
    if axes.isEmpty { return [x] }
    let count = axes.reduce(1) { $0 * x.dimensions[$1] }
    let keeps = integer("keepdims") ?? 1 != 0
    let shape = x.dimensions.indices.compactMap { axes.contains($0) ? (keeps ? 1 : nil) : x.dimensions[$0] }
    let result: GraphValue
    switch node.operation {
    case "ReduceSum": result = try graph.rowSum(x, axes: axes)
    case "ReduceMean": result = try graph.scaled(try graph.rowSum(x, axes: axes), 1 / Double(count))
    case "ReduceMax": result = try graph.rowMaximum(x, axes: axes)
    case "ReduceMin": result = try graph.negated(try graph.rowMaximum(try graph.negated(x), axes: axes))
    case "ReduceSumSquare": result = try graph.rowSum(try graph.product(x, x), axes: axes)
    case "ReduceL2": result = try graph.squareRoot(try graph.rowSum(try graph.product(x, x), axes: axes))
    case "ReduceL1": result = try graph.rowSum(try graph.function(.absolute, x), axes: axes)
    case "ReduceLogSum": result = try graph.function(.logarithm, try graph.rowSum(x, axes: axes))
    case "ReduceLogSumExp":
      let kept = x.dimensions.indices.map { axes.contains($0) ? 1 : x.dimensions[$0] }
      let largest = try graph.rowMaximum(x, axes: axes)
      let powers = try graph.function(.exponential, try graph.difference(x, try graph.reshape(largest, kept)))
      result = try graph.sum(largest, try graph.function(.logarithm, try graph.rowSum(powers, axes: axes)))
    case "ReduceProd":
      let (moved, rest, columns) = try graph.rows(x, axes: axes)
      guard columns <= 64 else { throw graph.refuse("a product of \(columns) factors") }
      var total = try take(moved, [0], axis: rest.count, shape: [])
      for column in 1..<max(1, columns) { total = try graph.product(total, try take(moved, [column], axis: rest.count, shape: [])) }
      result = total
    default: return nil
    }
    return [try graph.reshape(result, shape)]
  }

  /// A product with a public triangle of ones.
  private func cumulativeSum() throws(ModelImportError) -> GraphValue {
    let x = try input(0)
    guard let number = try graph.plumbing(try input(1), role: "axis").first else { throw graph.invalid("axis") }
    let chosen = try axis(number, rank: x.dimensions.count)
    let size = x.dimensions[chosen]
    guard size <= 4_096 else { throw graph.refuse("a cumulative sum over \(size)") }
    let (isExclusive, isReverse) = (integer("exclusive") ?? 0 != 0, integer("reverse") ?? 0 != 0)
    let ones = (0..<(size * size)).map { position -> Double in
      let (from, to) = (position / size, position % size)
      return (isReverse ? from > to : from < to) || (from == to && !isExclusive) ? 1 : 0
    }
    let triangle = try graph.known(ones, [size, size], .integer, isPublic: true)
    let (moved, rest, _) = try graph.rows(x, axes: [chosen])
    let summed = try graph.matrixProduct(moved, triangle)
    var order = Array(rest.indices)
    order.insert(rest.count, at: chosen)
    return try graph.transpose(summed, order)
  }

  func ordering() throws(ModelImportError) -> [GraphValue]? {
    switch node.operation {
    case "ArgMax", "ArgMin":
      var x = try input(0)
      let chosen = try axis(integer("axis") ?? 0, rank: x.dimensions.count)
      let shape = x.dimensions.indices.compactMap { $0 == chosen ? (integer("keepdims") ?? 1 != 0 ? 1 : nil) : x.dimensions[$0] }
      if node.operation == "ArgMin" { x = try graph.negated(x) }
      var (moved, rest, columns) = try graph.rows(x, axes: [chosen])
      let takesLast = integer("select_last_index") ?? 0 != 0
      if takesLast { moved = try take(moved, Array((0..<columns).reversed()), axis: rest.count, shape: nil) }
      var best = try graph.add(.argmax(columns: columns), [moved], rest, .integer)
      if takesLast { best = try graph.linear([-1], [best], constant: Double(columns - 1), kind: .integer) }
      return [try graph.reshape(best, shape)]
    case "TopK":
      let x = try input(0)
      let chosen = try axis(integer("axis") ?? -1, rank: x.dimensions.count)
      let k: Int
      if let value = try optionalInput(1) { k = try graph.plumbing(value, role: "k").first ?? 0 } else { k = integer("k") ?? 0 }
      let (moved, rest, columns) = try graph.rows(x, axes: [chosen])
      guard (1...columns).contains(k) else { throw graph.refuse("k = \(k) of \(columns)") }
      var order = Array(rest.indices)
      order.insert(rest.count, at: chosen)
      let isDescending = integer("largest") ?? 1 != 0
      var results: [GraphValue] = []
      for givesColumns in [false, true] {
        let rows = RowOrder(count: k, isDescending: isDescending, givesColumns: givesColumns)
        let found = try graph.add(.rowOrder(rows, columns: columns), [moved], rest + [k], givesColumns ? .integer : x.kind)
        results.append(try graph.transpose(found, order))
      }
      return results
    default: return nil
    }
  }

  func normalisation() throws(ModelImportError) -> [GraphValue]? {
    switch node.operation {
    case "BatchNormalization":
      guard integer("training_mode") ?? 0 == 0 else { throw graph.refuse("training mode") }
      let x = try input(0)
      let epsilon = try published("epsilon", default: 1e-5)
      let deviation = try graph.squareRoot(try graph.adding(try input(4), epsilon))
      let scale = try graph.quotient(try input(1), deviation)
      let shift = try graph.difference(try input(2), try graph.product(try input(3), scale))
      let shape = [scale.count] + x.dimensions.dropFirst(2).map { _ in 1 }
      return [try scaleAndShift(x, try graph.reshape(scale, shape), try graph.reshape(shift, shape))]
    case "LayerNormalization", "RMSNormalization":
      let x = try input(0)
      let first = try axis(integer("axis") ?? -1, rank: x.dimensions.count)
      let axes = Array(first..<x.dimensions.count)
      let (normal, mean, deviation) = try moments(
        x, axes: axes, epsilon: try published("epsilon", default: 1e-5), centres: node.operation == "LayerNormalization")
      let scaled = try graph.product(normal, try input(1))
      let bias = try optionalInput(2)
      let result = try bias.map { (b) throws(ModelImportError) in try graph.sum(scaled, b) } ?? scaled
      if node.outputs.dropFirst().allSatisfy(\.isEmpty) { return [result] }
      return [result, mean, try graph.quotient(try graph.constant(1), deviation)]
    case "InstanceNormalization":
      let x = try input(0)
      let shape = [x.dimensions.count > 1 ? x.dimensions[1] : 1] + x.dimensions.dropFirst(2).map { _ in 1 }
      let normal = try standardised(x, axes: Array(2..<max(2, x.dimensions.count)), epsilon: try published("epsilon", default: 1e-5), centres: true)
      return [try graph.sum(try graph.product(normal, try graph.reshape(try input(1), shape)), try graph.reshape(try input(2), shape))]
    case "GroupNormalization":
      let x = try input(0)
      guard x.dimensions.count >= 2, let groups = integer("num_groups"), groups >= 1, x.dimensions[1] % groups == 0 else {
        throw graph.invalid("groups")
      }
      let grouped = try graph.reshape(x, [x.dimensions[0], groups, x.count / x.dimensions[0] / groups])
      let normal = try standardised(grouped, axes: [2], epsilon: try published("epsilon", default: 1e-5), centres: true)
      let c = x.dimensions[1]
      let shape = [c] + x.dimensions.dropFirst(2).map { _ in 1 }
      var parameters: [GraphValue] = []
      for index in 1...2 {
        let value = try input(index)
        let perChannel =
          value.count == c
          ? value
          : try graph.reshape(
            try graph.broadcast(try graph.reshape(value, [groups, 1]), to: [groups, c / groups]), [c])
        parameters.append(try graph.reshape(perChannel, shape))
      }
      return [try graph.sum(try graph.product(try graph.reshape(normal, x.dimensions), parameters[0]), parameters[1])]
    case "MeanVarianceNormalization":
      let x = try input(0)
      return [try standardised(x, axes: try axes(integers("axes") ?? [0, 2, 3], rank: x.dimensions.count), epsilon: 1e-9, centres: true)]
    case "LpNormalization":
      let x = try input(0)
      let chosen = try axis(integer("axis") ?? -1, rank: x.dimensions.count)
      let size = integer("p") ?? 2 == 1 ? try graph.function(.absolute, x) : try graph.product(x, x)
      var norm = try graph.rowSum(size, axes: [chosen])
      if integer("p") ?? 2 == 2 { norm = try graph.squareRoot(norm) }
      var shape = x.dimensions
      shape[chosen] = 1
      return [try graph.quotient(x, try graph.reshape(norm, shape))]
    case "LRN":
      let x = try input(0)
      guard x.dimensions.count >= 2, let size = integer("size"), (1...64).contains(size) else { throw graph.invalid("size") }
      let square = try graph.product(x, x)
      var terms: [GraphValue] = []
      for offset in -((size - 1) / 2)...(size / 2) {
        var starts = [Int](repeating: 0, count: x.dimensions.count)
        starts[1] = offset
        terms.append(try graph.window(square, starts: starts, counts: x.dimensions, steps: x.dimensions.map { _ in 1 }))
      }
      let alpha = try published("alpha", default: 0.0001)
      let (beta, bias) = (try published("beta", default: 0.75), try published("bias", default: 1))
      let total = try graph.linear(terms.map { _ in 1 }, terms)
      let base = try graph.adding(try graph.scaled(total, alpha / Double(size)), bias)
      return [try graph.product(x, try graph.function(.power(ElementaryFunction.parameter(-beta)), base))]
    default: return nil
    }
  }

  /// (x − mean) / √(variance + ε) along axes.
  private func standardised(_ x: GraphValue, axes: [Int], epsilon: Double, centres: Bool) throws(ModelImportError) -> GraphValue {
    try moments(x, axes: axes, epsilon: epsilon, centres: centres).normal
  }

  /// The standardised value, the mean and √(variance + ε).
  private func moments(
    _ x: GraphValue, axes: [Int], epsilon: Double, centres: Bool
  ) throws(ModelImportError) -> (normal: GraphValue, mean: GraphValue, deviation: GraphValue) {
    guard !axes.isEmpty else { throw graph.invalid("no axes") }
    let kept = x.dimensions.indices.map { axes.contains($0) ? 1 : x.dimensions[$0] }
    let share = 1 / Double(axes.reduce(1) { $0 * x.dimensions[$1] })
    var centred = x
    var mean = x
    if centres {
      mean = try graph.reshape(try graph.scaled(try graph.rowSum(x, axes: axes), share), kept)
      centred = try graph.difference(x, mean)
    }
    let variance = try graph.scaled(try graph.rowSum(try graph.product(centred, centred), axes: axes), share)
    let deviation = try graph.squareRoot(try graph.adding(try graph.reshape(variance, kept), epsilon))
    return (try graph.quotient(centred, deviation), mean, deviation)
  }

  /// x·scale + shift, where a convolution or product right before it takes the scale into its weights.
  private func scaleAndShift(_ x: GraphValue, _ scale: GraphValue, _ shift: GraphValue) throws(ModelImportError) -> GraphValue {
    if let folded = try foldedIntoConvolution(x, scale) { return try graph.sum(folded, shift) }
    return try graph.sum(try graph.product(x, scale), shift)
  }

  /// conv(x, w)·s + b·s = conv(x, w·s) + b·s for a scale per output channel.
  private func foldedIntoConvolution(_ x: GraphValue, _ scale: GraphValue) throws(ModelImportError) -> GraphValue? {
    guard graph[scale].known != nil else { return nil }
    var convolution = graph[x]
    var bias: GraphNode?
    if case .linear([1, 1], constant: 0) = convolution.primitive, convolution.operands.count == 2 {
      bias = graph.nodes[convolution.operands[1]]
      convolution = graph.nodes[convolution.operands[0]]
    }
    guard case .convolution(let geometry) = convolution.primitive, geometry.outputChannels == scale.count,
      graph.nodes[convolution.operands[1]].known != nil,
      bias == nil || bias?.known != nil
    else { return nil }
    func value(_ id: Int) -> GraphValue { GraphValue(id: id, dimensions: graph.nodes[id].dimensions, kind: graph.nodes[id].kind) }
    let weight = value(convolution.operands[1])
    let perChannel = try graph.reshape(scale, [scale.count] + weight.dimensions.dropFirst().map { _ in 1 })
    let scaled = try graph.add(
      .convolution(geometry), [value(convolution.operands[0]), try graph.product(weight, perChannel)], x.dimensions, .real)
    guard bias != nil, let sum = Optional(graph[x]) else { return scaled }
    // The bias was broadcast by a view; its source has one entry per channel.
    var source = sum.operands[1]
    while case .view = graph.nodes[source].primitive, let before = graph.nodes[source].operands.first { source = before }
    guard graph.nodes[source].count == scale.count else { return nil }
    return try graph.sum(scaled, try graph.product(try graph.reshape(value(source), scale.dimensions), scale))
  }
}

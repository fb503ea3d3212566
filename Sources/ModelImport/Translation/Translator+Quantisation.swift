/// Quantised models: weights, zero points and clipping exactly, rounding half to even; float scales become public multipliers.

import Programs

extension Translator {
  func quantisation() throws(ModelImportError) -> [GraphValue]? {
    switch node.operation {
    case "QuantizeLinear": return [try quantised(try input(0), scale: try input(1), zero: try optionalInput(2))]
    case "DequantizeLinear": return [try dequantised(try input(0), scale: try input(1), zero: try optionalInput(2))]
    case "QLinearConv":
      let x = try dequantised(try input(0), scale: try input(1), zero: try input(2))
      let w = try dequantised(try input(3), scale: try input(4), zero: try input(5), axis: 0)
      var bias: GraphValue?
      if let b = try optionalInput(8) { bias = try hiddenBias(b, try input(1), try input(4)) }
      let result = try convolution(x, w, bias: bias)
      return [try quantised(result, scale: try input(6), zero: try optionalInput(7))]
    case "QLinearMatMul":
      let a = try dequantised(try input(0), scale: try input(1), zero: try input(2))
      let b = try dequantised(try input(3), scale: try input(4), zero: try input(5))
      return [try quantised(try graph.matrixProduct(a, b), scale: try input(6), zero: try optionalInput(7))]
    case "MatMulInteger":
      let (a, b) = (try centred(try input(0), try optionalInput(2), axis: 0), try centred(try input(1), try optionalInput(3), axis: 1))
      return [try graph.matrixProduct(a, b)]
    case "ConvInteger":
      let (x, w) = (try centred(try input(0), try optionalInput(2), axis: 0), try centred(try input(1), try optionalInput(3), axis: 0))
      return [try convolution(x, w, bias: nil)]
    default: return nil
    }
  }

  func microsoft() throws(ModelImportError) -> [GraphValue]? {
    switch node.operation {
    case "QGemm":
      guard real("alpha") ?? 1 == 1 else { throw graph.refuse("alpha") }
      var a = try dequantised(try input(0), scale: try input(1), zero: try input(2))
      var b = try dequantised(try input(3), scale: try input(4), zero: try input(5))
      if integer("transA") ?? 0 != 0 { a = try graph.transpose(a, [1, 0]) }
      if integer("transB") ?? 0 != 0 { b = try graph.transpose(b, [1, 0]) }
      var result = try graph.matrixProduct(a, b)
      if let c = try optionalInput(6) { result = try graph.sum(result, try hiddenBias(c, try input(1), try input(4))) }
      guard let scale = try optionalInput(7) else { return [result] }
      return [try quantised(result, scale: scale, zero: try optionalInput(8))]
    case "Gelu": return [try graph.function(.gelu, try input(0))]
    case "QuantizeLinear", "DequantizeLinear": return try quantisation()
    default: return nil
    }
  }

  /// The zero point of a value as a hidden or public tensor along an axis, subtracted.
  private func centred(_ x: GraphValue, _ zero: GraphValue?, axis chosen: Int) throws(ModelImportError) -> GraphValue {
    let codes = graph.relabelled(x, kind: .integer)
    guard let zero else { return codes }
    return try graph.linear([1, -1], [codes, try along(graph.relabelled(zero, kind: .integer), chosen, x)], kind: .integer)
  }

  /// A vector of one entry per coordinate of an axis, or a single number, shaped to broadcast.
  private func along(_ vector: GraphValue, _ axis: Int, _ x: GraphValue) throws(ModelImportError) -> GraphValue {
    if vector.count == 1 { return try graph.reshape(vector, []) }
    guard x.dimensions.indices.contains(axis), vector.count == x.dimensions[axis] else {
      throw graph.refuse("blocked or mismatched scales of \(vector.dimensions)")
    }
    return try graph.reshape(vector, x.dimensions.indices.dropFirst(axis).map { $0 == axis ? vector.count : 1 })
  }

  /// scale · (x − zero). A single scale becomes a public factor; scales per channel stay hidden in the weights they belong to.
  private func dequantised(
    _ x: GraphValue, scale: GraphValue, zero: GraphValue?, axis given: Int? = nil
  ) throws(ModelImportError) -> GraphValue {
    let isSingle = scale.count == 1 && zero?.count ?? 1 == 1
    let chosen = isSingle ? 0 : try axis(given ?? integer("axis") ?? 1, rank: max(1, x.dimensions.count))
    let codes = try centred(x, zero, axis: chosen)
    if scale.count == 1 {
      let factor = try graph.publish(scale, role: "quantisation scale")
      guard factor > 0, factor.isFinite else { throw graph.invalid("a scale of \(factor)") }
      return try graph.add(.scale(factor), [codes], codes.dimensions, .real, lattice: factor)
    }
    guard graph[codes].known != nil else { throw graph.refuse("activations with a scale per channel") }
    return try graph.product(graph.relabelled(codes, kind: .real), try along(scale, chosen, x))
  }

  private func quantised(_ x: GraphValue, scale: GraphValue, zero: GraphValue?) throws(ModelImportError) -> GraphValue {
    guard scale.count == 1 else { throw graph.refuse("activations with a scale per channel") }
    let factor = try graph.publish(scale, role: "quantisation scale")
    let zeroPoint = try zero.map { (z) throws(ModelImportError) in try graph.publish(z, role: "zero point") } ?? 0
    guard factor > 0, factor.isFinite else { throw graph.invalid("a scale of \(factor)") }
    let type = zeroType() ?? .uint8
    guard let limits = type.limits, limits.upper < 70_000 else { throw graph.refuse("quantisation to \(type)") }
    return try graph.add(
      .quantise(scale: factor, zeroPoint: zeroPoint, lower: limits.lower, upper: limits.upper), [x], x.dimensions, .integer)
  }

  /// Element type of the zero point that this node quantises to.
  private func zeroType() -> ElementType? {
    let index: Int
    switch node.operation {
    case "QLinearConv", "QLinearMatMul": index = 7
    case "QGemm": index = 8
    default: index = 2
    }
    if node.inputs.indices.contains(index), let type = model.initialisers[node.inputs[index]]?.type { return type }
    if node.inputs.indices.contains(index), let maker = model.nodes.first(where: { $0.outputs.contains(node.inputs[index]) }),
      case .tensor(let tensor)? = maker.attributes["value"]
    {
      return tensor.type
    }
    if node.inputs.indices.contains(index), let input = model.inputs.first(where: { $0.name == node.inputs[index] }) { return input.type }
    return integer("output_dtype").flatMap { ElementType(rawValue: $0) }
  }

  /// An int32 bias in units of the two scales.
  private func hiddenBias(_ bias: GraphValue, _ a: GraphValue, _ b: GraphValue) throws(ModelImportError) -> GraphValue {
    let factor = try graph.publish(a, role: "quantisation scale")
    let codes = graph.relabelled(bias, kind: .integer, isPublic: false)
    if b.count == 1 {
      let unit = factor * (try graph.publish(b, role: "quantisation scale"))
      return try graph.add(.scale(unit), [codes], codes.dimensions, .real, lattice: unit)
    }
    return try graph.product(graph.relabelled(codes, kind: .real), try graph.scaled(b, factor))
  }
}

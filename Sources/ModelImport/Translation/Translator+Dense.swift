/// Dense layers, convolutions and pooling.

import Programs

extension Translator {
  func dense() throws(ModelImportError) -> [GraphValue]? {
    switch node.operation {
    case "MatMul": return [try graph.matrixProduct(try input(0), try input(1))]
    case "Gemm": return [try gemm()]
    case "Conv":
      let bias = try optionalInput(2)
      return [try convolution(try input(0), try input(1), bias: bias)]
    case "ConvTranspose": return [try transposedConvolution()]
    case "Einsum": return [try einsum()]
    default: return nil
    }
  }

  private func gemm() throws(ModelImportError) -> GraphValue {
    var (a, b) = (try input(0), try input(1))
    guard a.dimensions.count == 2, b.dimensions.count == 2 else { throw graph.invalid("shapes \(a.dimensions) and \(b.dimensions)") }
    if integer("transA") ?? 0 != 0 { a = try graph.transpose(a, [1, 0]) }
    if integer("transB") ?? 0 != 0 { b = try graph.transpose(b, [1, 0]) }
    var result = try graph.matrixProduct(a, b)
    if real("alpha") ?? 1 != 1 { result = try graph.scaled(result, try published("alpha", default: 1)) }
    if var c = try optionalInput(2) {
      if real("beta") ?? 1 != 1 { c = try graph.scaled(c, try published("beta", default: 1)) }
      result = try graph.sum(result, c)
    }
    return result
  }

  /// Sizes, pads before and pads after of windows over the spatial axes.
  struct Windows {
    let kernel: [Int]
    let strides: [Int]
    let dilations: [Int]
    let before: [Int]
    let after: [Int]
    let output: [Int]
  }

  func windows(_ spatial: [Int], kernel: [Int]) throws(ModelImportError) -> Windows {
    let axes = spatial.count
    let strides = integers("strides") ?? [Int](repeating: 1, count: axes)
    let dilations = integers("dilations") ?? [Int](repeating: 1, count: axes)
    let pads = integers("pads") ?? [Int](repeating: 0, count: 2 * axes)
    guard (1...3).contains(axes), kernel.count == axes, strides.count == axes, dilations.count == axes, pads.count == 2 * axes,
      kernel.allSatisfy({ (1...65_536).contains($0) }), strides.allSatisfy({ (1...65_536).contains($0) }),
      dilations.allSatisfy({ (1...65_536).contains($0) }), pads.allSatisfy({ (0...65_536).contains($0) })
    else { throw graph.refuse("windows of kernel \(kernel), strides \(strides), dilations \(dilations), pads \(pads); 1 to 3 axes are supported") }
    var before = Array(pads.prefix(axes))
    var after = Array(pads.suffix(axes))
    let automatic = text("auto_pad") ?? "NOTSET"
    let reach = (0..<axes).map { dilations[$0] * (kernel[$0] - 1) + 1 }
    if automatic.hasPrefix("SAME") {
      for a in 0..<axes {
        let total = max(0, ((spatial[a] + strides[a] - 1) / strides[a] - 1) * strides[a] + reach[a] - spatial[a])
        before[a] = automatic == "SAME_LOWER" ? (total + 1) / 2 : total / 2
        after[a] = total - before[a]
      }
    } else if automatic == "VALID" {
      (before, after) = ([Int](repeating: 0, count: axes), [Int](repeating: 0, count: axes))
    }
    let roundsUp = integer("ceil_mode") ?? 0 != 0
    var output: [Int] = []
    for a in 0..<axes {
      let room = spatial[a] + before[a] + after[a] - reach[a]
      guard room >= 0 else { throw graph.invalid("a window of \(reach[a]) on \(spatial[a])") }
      var count = room / strides[a] + 1
      if roundsUp, room % strides[a] != 0, count * strides[a] < spatial[a] + before[a] { count += 1 }
      output.append(count)
    }
    return Windows(kernel: kernel, strides: strides, dilations: dilations, before: before, after: after, output: output)
  }

  func convolution(_ x: GraphValue, _ w: GraphValue, bias: GraphValue?) throws(ModelImportError) -> GraphValue {
    let groups = integer("group") ?? 1
    guard x.dimensions.count >= 3, w.dimensions.count == x.dimensions.count, groups >= 1 else {
      throw graph.invalid("shapes \(x.dimensions) and \(w.dimensions)")
    }
    let spatial = Array(x.dimensions.dropFirst(2))
    let sizes = try windows(spatial, kernel: Array(w.dimensions.dropFirst(2)))
    let geometry = ConvolutionGeometry(
      batch: x.dimensions[0], inputChannels: x.dimensions[1], outputChannels: w.dimensions[0], groups: groups, input: spatial,
      kernel: sizes.kernel, output: sizes.output, strides: sizes.strides, dilations: sizes.dilations, padding: sizes.before)
    guard geometry.isValid, w.dimensions[1] * groups == x.dimensions[1] else {
      throw graph.invalid("channels of \(x.dimensions) and \(w.dimensions)")
    }
    return try finish(geometry, x, w, bias)
  }

  private func finish(_ geometry: ConvolutionGeometry, _ x: GraphValue, _ w: GraphValue, _ bias: GraphValue?) throws(ModelImportError) -> GraphValue {
    let kind: ValueKind = x.kind == .real || w.kind == .real ? .real : .integer
    let result = try graph.add(.convolution(geometry), [x, w], [geometry.batch, geometry.outputChannels] + geometry.output, kind)
    guard let bias else { return result }
    guard bias.count == geometry.outputChannels else { throw graph.invalid("a bias of \(bias.dimensions)") }
    return try graph.sum(result, try graph.reshape(bias, [bias.count] + geometry.output.map { _ in 1 }))
  }

  /// A convolution of the input with zeros between its entries and the mirrored kernel.
  private func transposedConvolution() throws(ModelImportError) -> GraphValue {
    let (x, w) = (try input(0), try input(1))
    let axes = x.dimensions.count - 2
    let groups = integer("group") ?? 1
    guard (1...3).contains(axes), w.dimensions.count == axes + 2, w.dimensions[0] == x.dimensions[1], groups >= 1, x.dimensions[1] % groups == 0
    else {
      throw graph.invalid("shapes \(x.dimensions) and \(w.dimensions)")
    }
    let ones = [Int](repeating: 1, count: axes)
    let strides = integers("strides") ?? ones
    let dilations = integers("dilations") ?? ones
    let extra = integers("output_padding") ?? ones.map { _ in 0 }
    let kernel = Array(w.dimensions.dropFirst(2))
    var pads = integers("pads") ?? [Int](repeating: 0, count: 2 * axes)
    guard strides.count == axes, dilations.count == axes, extra.count == axes, pads.count == 2 * axes,
      (strides + dilations).allSatisfy({ (1...4_096).contains($0) }), (extra + pads).allSatisfy({ (0...4_096).contains($0) })
    else { throw graph.invalid("strides, dilations or pads") }
    var output: [Int] = []
    let automatic = text("auto_pad") ?? "NOTSET"
    for a in 0..<axes {
      let full = strides[a] * (x.dimensions[a + 2] - 1) + extra[a] + (kernel[a] - 1) * dilations[a] + 1
      var wanted: Int?
      if let shape = integers("output_shape"), shape.count >= axes { wanted = shape[shape.count - axes + a] }
      if wanted == nil, automatic.hasPrefix("SAME") { wanted = x.dimensions[a + 2] * strides[a] }
      if let wanted {
        let total = max(0, full - wanted)
        pads[a] = automatic == "SAME_UPPER" ? total / 2 : total - total / 2
        output.append(wanted)
      } else {
        output.append(full - pads[a] - pads[a + axes])
      }
      guard output[a] >= 1 else { throw graph.invalid("an output of \(output[a])") }
    }
    // Zeros between the entries.
    var wide = x
    let stretched = (0..<axes).map { (x.dimensions[$0 + 2] - 1) * strides[$0] + 1 }
    if strides.contains(where: { $0 > 1 }) {
      let source = GraphBuilder.strides(x.dimensions)
      let view = x.dimensions.indices.map { a in
        ViewAxis(extent: x.dimensions[a], stride: source[a], divisor: a < 2 ? 1 : strides[a - 2], terms: [ViewAxis.Term(axis: a, step: 1)])
      }
      let shape = Array(x.dimensions.prefix(2)) + stretched
      _ = try graph.checkedCount(shape)
      wide = try graph.add(.view(.axes(dimensions: shape, source: view), fill: 0), [x], shape, x.kind)
    }
    // [C, O/G, k…] becomes [O, C/G, mirrored k…].
    let (c, perGroup) = (x.dimensions[1], w.dimensions[1])
    let split = try graph.reshape(w, [groups, c / groups, perGroup] + kernel)
    let turned = try graph.transpose(split, [0, 2, 1] + (0..<axes).map { $0 + 3 })
    let flat = try graph.reshape(turned, [groups * perGroup, c / groups] + kernel)
    let mirrored = try graph.window(
      flat, starts: [0, 0] + kernel.map { $0 - 1 }, counts: flat.dimensions, steps: [1, 1] + kernel.map { _ in -1 })
    let geometry = ConvolutionGeometry(
      batch: x.dimensions[0], inputChannels: c, outputChannels: groups * perGroup, groups: groups, input: stretched, kernel: kernel,
      output: output, strides: ones, dilations: dilations, padding: (0..<axes).map { dilations[$0] * (kernel[$0] - 1) - pads[$0] })
    guard geometry.isValid else { throw graph.invalid("channels of \(x.dimensions) and \(w.dimensions)") }
    let bias = try optionalInput(2)
    return try finish(geometry, wide, mirrored, bias)
  }

  /// Two operands with single letters, every letter of the output in one of them.
  private func einsum() throws(ModelImportError) -> GraphValue {
    let equation = (text("equation") ?? "").filter { $0 != " " }
    let operands = try allInputs()
    let sides = equation.split(separator: ">", omittingEmptySubsequences: false)
    guard sides.count == 2, !equation.contains("."), operands.count <= 2 else { throw graph.refuse("the equation \(equation)") }
    let terms = sides[0].dropLast().split(separator: ",").map { Array($0) }
    let target = Array(sides[1])
    guard terms.count == operands.count else { throw graph.invalid("the equation \(equation)") }
    var letters = target
    for term in terms { for letter in term where !letters.contains(letter) { letters.append(letter) } }
    var sizes: [Character: Int] = [:]
    var wide: [GraphValue] = []
    for (term, operand) in zip(terms, operands) {
      guard term.count == operand.dimensions.count, Set(term).count == term.count else { throw graph.refuse("the equation \(equation)") }
      for (letter, size) in zip(term, operand.dimensions) { sizes[letter] = size }
      let order = letters.compactMap { term.firstIndex(of: $0) }
      let turned = try graph.transpose(operand, order)
      var rest = turned.dimensions.makeIterator()
      wide.append(try graph.reshape(turned, letters.map { term.contains($0) ? rest.next() ?? 1 : 1 }))
    }
    let shape = letters.compactMap { sizes[$0] }
    guard Set(target).isSubset(of: Set(terms.flatMap { $0 })), shape.count == letters.count, try graph.checkedCount(shape) <= 1 << 22 else {
      throw graph.refuse("the equation \(equation)")
    }
    var result = try graph.broadcast(wide[0], to: shape)
    if wide.count == 2 { result = try graph.product(result, try graph.broadcast(wide[1], to: shape)) }
    return letters.count == target.count ? result : try graph.rowSum(result, axes: Array(target.count..<letters.count))
  }

  func pooling() throws(ModelImportError) -> [GraphValue]? {
    switch node.operation {
    case "GlobalAveragePool", "GlobalMaxPool":
      let x = try input(0)
      let axes = Array(2..<max(2, x.dimensions.count))
      guard !axes.isEmpty else { throw graph.invalid("shape \(x.dimensions)") }
      let shape = Array(x.dimensions.prefix(2)) + axes.map { _ in 1 }
      if node.operation == "GlobalMaxPool" { return [try graph.reshape(try graph.rowMaximum(x, axes: axes), shape)] }
      let count = axes.reduce(1) { $0 * x.dimensions[$1] }
      return [try graph.scaled(try graph.reshape(try graph.rowSum(x, axes: axes), shape), 1 / Double(count))]
    case "MaxPool":
      guard node.outputs.count < 2 || node.outputs[1].isEmpty else { throw graph.refuse("the indices of a maximum") }
      let (wide, shape) = try windowed(fill: -.infinity)
      return [try graph.reshape(try graph.rowMaximum(wide.value, axes: [wide.value.dimensions.count - 1]), shape)]
    case "AveragePool":
      let (wide, shape) = try windowed(fill: 0)
      let sum = try graph.reshape(try graph.rowSum(wide.value, axes: [wide.value.dimensions.count - 1]), shape)
      let counts = averageCounts(wide.sizes, includesPadding: integer("count_include_pad") ?? 0 != 0)
      if let first = counts.first, counts.allSatisfy({ $0 == first }) { return [try graph.scaled(sum, 1 / Double(first))] }
      let shares = try graph.known(counts.map { 1 / Double($0) }, wide.sizes.windows.output, .real, isPublic: true)
      return [try graph.product(sum, shares)]
    default: return nil
    }
  }

  private func averageCounts(_ sizes: PoolSizes, includesPadding: Bool) -> [Int] {
    var counts = [1]
    for a in sizes.spatial.indices {
      let w = sizes.windows
      let own = (0..<w.output[a]).map { index in
        (0..<w.kernel[a]).filter { k in
          let position = index * w.strides[a] + k * w.dilations[a] - w.before[a]
          return includesPadding ? position < sizes.spatial[a] + w.after[a] : (0..<sizes.spatial[a]).contains(position)
        }.count
      }
      counts = counts.flatMap { c in own.map { c * max(1, $0) } }
    }
    return counts
  }

  struct PoolSizes {
    let spatial: [Int]
    let windows: Windows
  }

  /// [batch, channels, outputs…, entries of a window] as one view.
  private func windowed(fill: Double) throws(ModelImportError) -> (wide: (value: GraphValue, sizes: PoolSizes), shape: [Int]) {
    let x = try input(0)
    guard x.dimensions.count >= 3, let kernel = integers("kernel_shape") else { throw graph.invalid("shape \(x.dimensions)") }
    let spatial = Array(x.dimensions.dropFirst(2))
    let w = try windows(spatial, kernel: kernel)
    let lead = Array(x.dimensions.prefix(2))
    let dimensions = lead + w.output + kernel
    _ = try graph.checkedCount(dimensions)
    let strides = GraphBuilder.strides(x.dimensions)
    let source = x.dimensions.indices.map { a -> ViewAxis in
      if a < 2 { return ViewAxis(extent: x.dimensions[a], stride: strides[a], terms: [ViewAxis.Term(axis: a, step: 1)]) }
      return ViewAxis(
        extent: x.dimensions[a], stride: strides[a], start: -w.before[a - 2],
        terms: [ViewAxis.Term(axis: a, step: w.strides[a - 2]), ViewAxis.Term(axis: a + spatial.count, step: w.dilations[a - 2])])
    }
    let shape = lead + w.output
    let value = try graph.add(
      .view(.axes(dimensions: dimensions, source: source), fill: fill), [x], shape + [kernel.reduce(1, *)], x.kind)
    return ((value, PoolSizes(spatial: spatial, windows: w)), shape)
  }
}

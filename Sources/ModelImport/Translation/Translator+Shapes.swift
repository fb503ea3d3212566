/// Shape plumbing: everything here is index arithmetic.

import Programs

extension Translator {
  func shapes() throws(ModelImportError) -> [GraphValue]? {
    switch node.operation {
    case "Identity", "ZipMap": return [try input(0)]
    case "Dropout":
      let x = try input(0)
      if let flag = try optionalInput(2), graph[flag].known?.first != 0 { throw graph.refuse("training mode") }
      return [x, try graph.constant(1, x.dimensions, kind: .boolean)]
    case "Cast", "CastLike": return [try cast()]
    case "Shape":
      let shape = try input(0).dimensions
      let start = clamp(integer("start") ?? 0, shape.count)
      let end = clamp(integer("end") ?? shape.count, shape.count)
      return [try graph.integers(start < end ? Array(shape[start..<end]) : [])]
    case "Size": return [try graph.integers([try input(0).count], [])]
    case "Reshape": return [try reshape()]
    case "Flatten":
      let x = try input(0)
      var chosen = integer("axis") ?? 1
      if chosen < 0 { chosen += x.dimensions.count }
      guard (0...x.dimensions.count).contains(chosen) else { throw graph.invalid("axis \(chosen)") }
      let outer = x.dimensions[..<chosen].reduce(1, *)
      return [try graph.reshape(x, [outer, x.count / outer])]
    case "Squeeze":
      let x = try input(0)
      let list = try axesArgument()
      let chosen =
        try list.map { (list) throws(ModelImportError) in try axes(list, rank: x.dimensions.count) }
        ?? x.dimensions.indices.filter { x.dimensions[$0] == 1 }
      guard chosen.allSatisfy({ x.dimensions[$0] == 1 }) else { throw graph.invalid("axes \(chosen) of \(x.dimensions)") }
      return [try graph.reshape(x, x.dimensions.indices.filter { !chosen.contains($0) }.map { x.dimensions[$0] })]
    case "Unsqueeze":
      let x = try input(0)
      guard let list = try axesArgument() else { throw graph.invalid("no axes") }
      let rank = x.dimensions.count + list.count
      let chosen = try axes(list, rank: rank)
      var rest = x.dimensions.makeIterator()
      return [try graph.reshape(x, (0..<rank).map { chosen.contains($0) ? 1 : rest.next() ?? 1 })]
    case "Transpose":
      let x = try input(0)
      return [try graph.transpose(x, integers("perm") ?? Array(x.dimensions.indices.reversed()))]
    case "Concat":
      let parts = try allInputs()
      let chosen = try axis(integer("axis") ?? 1, rank: parts[0].dimensions.count)
      return [try graph.concatenate(parts.filter { $0.count > 0 }, axis: chosen)]
    case "Expand":
      let x = try input(0)
      let shape = try graph.plumbing(try input(1), role: "shape")
      return [try graph.broadcast(x, to: try graph.broadcastShape([x.dimensions, shape]))]
    case "Tile": return [try tile()]
    case "Split": return try split()
    case "Slice": return [try slice()]
    case "Pad": return [try pad()]
    case "DepthToSpace", "SpaceToDepth": return [try blocks()]
    default: return nil
    }
  }

  private func clamp(_ index: Int, _ rank: Int) -> Int { max(0, min(rank, index < 0 ? index + rank : index)) }

  /// Axes from input 1 (opset 13 on) or the attribute.
  func axesArgument() throws(ModelImportError) -> [Int]? {
    if let value = try optionalInput(1) { return try graph.plumbing(value, role: "axes") }
    return integers("axes")
  }

  private func cast() throws(ModelImportError) -> GraphValue {
    let x = try input(0)
    let target: ValueKind
    if node.operation == "CastLike" {
      target = try input(1).kind
    } else {
      guard let code = integer("to"), let type = ElementType(rawValue: code) else { throw graph.refuse("the type number \(integer("to") ?? 0)") }
      target = type.isFloat ? .real : (type == .bool ? .boolean : (type == .string ? .text : .integer))
    }
    if x.kind == target { return x }
    switch (x.kind, target) {
    case (.text, _):
      guard let numbers = graph[x].known else { throw graph.refuse("a cast of computed texts") }
      var parsed: [Double] = []
      for number in numbers {
        guard let text = graph.texts[number], let value = Double(text) else { throw graph.refuse("a cast of texts that are no numbers") }
        parsed.append(value)
      }
      return try graph.known(parsed, x.dimensions, target, isPublic: false)
    case (_, .text): throw graph.refuse("a cast to text")
    case (.boolean, _), (.integer, .real): return graph.relabelled(x, kind: target)
    case (_, .boolean):
      let isZero = try graph.isEqual(x, try graph.constant(0, kind: x.kind))
      return try graph.not(isZero)
    default:
      // Toward zero: ⌊|x|⌋ with the sign of x.
      let isNonNegative = try graph.isAtLeast(x, try graph.constant(0))
      let size = try graph.add(.floor, [try graph.select(isNonNegative, x, try graph.negated(x))], x.dimensions, .integer)
      return try graph.select(isNonNegative, size, try graph.negated(size))
    }
  }

  private func reshape() throws(ModelImportError) -> GraphValue {
    let x = try input(0)
    let wanted: [Int]
    if let shape = try optionalInput(1) { wanted = try graph.plumbing(shape, role: "shape") } else { wanted = integers("shape") ?? [] }
    let allowsZero = integer("allowzero") ?? 0 != 0
    var shape: [Int] = []
    for (index, size) in wanted.enumerated() {
      if size == 0, !allowsZero {
        guard x.dimensions.indices.contains(index) else { throw graph.invalid("shape \(wanted) for \(x.dimensions)") }
        shape.append(x.dimensions[index])
      } else {
        shape.append(size)
      }
    }
    if let free = shape.firstIndex(of: -1) {
      var rest = 1
      for (index, size) in shape.enumerated() where index != free {
        let (product, overflow) = rest.multipliedReportingOverflow(by: size)
        guard size > 0, !overflow else { throw graph.invalid("shape \(wanted) for \(x.dimensions)") }
        rest = product
      }
      guard x.count % rest == 0 else { throw graph.invalid("shape \(wanted) for \(x.dimensions)") }
      shape[free] = x.count / rest
    }
    return try graph.reshape(x, shape)
  }

  private func tile() throws(ModelImportError) -> GraphValue {
    let x = try input(0)
    let repeats = try graph.plumbing(try input(1), role: "repeats")
    guard repeats.count == x.dimensions.count, repeats.allSatisfy({ $0 >= 1 }) else { throw graph.invalid("repeats \(repeats)") }
    let paired = zip(repeats, x.dimensions).flatMap { [$0, $1] }
    let wide = try graph.broadcast(try graph.reshape(x, x.dimensions.flatMap { [1, $0] }), to: paired)
    return try graph.reshape(wide, zip(repeats, x.dimensions).map { $0 * $1 })
  }

  private func split() throws(ModelImportError) -> [GraphValue] {
    let x = try input(0)
    let chosen = try axis(integer("axis") ?? 0, rank: x.dimensions.count)
    let size = x.dimensions[chosen]
    var parts: [Int]
    if let sizes = try optionalInput(1) {
      parts = try graph.plumbing(sizes, role: "split")
    } else if let sizes = integers("split") {
      parts = sizes
    } else {
      let count = max(1, min(size, integer("num_outputs") ?? node.outputs.count))
      let step = (size + count - 1) / count
      parts = (0..<count).map { max(0, min(step, size - $0 * step)) }
    }
    guard parts.reduce(0, +) == size, parts.allSatisfy({ $0 > 0 }) else { throw graph.refuse("parts of \(parts) from \(size)") }
    var start = 0
    var results: [GraphValue] = []
    for part in parts {
      var starts = [Int](repeating: 0, count: x.dimensions.count)
      var counts = x.dimensions
      starts[chosen] = start
      counts[chosen] = part
      results.append(try graph.window(x, starts: starts, counts: counts, steps: x.dimensions.map { _ in 1 }))
      start += part
    }
    return results
  }

  private func slice() throws(ModelImportError) -> GraphValue {
    let x = try input(0)
    let rank = x.dimensions.count
    func argument(_ index: Int, _ name: String) throws(ModelImportError) -> [Int]? {
      if let value = try optionalInput(index) { return try graph.plumbing(value, role: name) }
      return integers(name)
    }
    guard let starts = try argument(1, "starts"), let ends = try argument(2, "ends") else { throw graph.invalid("no starts or ends") }
    let chosen = try axes(try argument(3, "axes") ?? Array(starts.indices), rank: rank)
    let steps = try argument(4, "steps") ?? starts.map { _ in 1 }
    guard ends.count == starts.count, chosen.count == starts.count, steps.count == starts.count, steps.allSatisfy({ $0 != 0 && abs($0) < 1 << 31 })
    else {
      throw graph.invalid("starts, ends, axes and steps differ in length")
    }
    var first = [Int](repeating: 0, count: rank)
    var counts = x.dimensions
    var strides = [Int](repeating: 1, count: rank)
    for (index, axis) in chosen.enumerated() {
      let size = x.dimensions[axis]
      func bounded(_ value: Int, _ low: Int, _ high: Int) -> Int { max(low, min(high, value < 0 ? max(value, -(1 << 40)) + size : value)) }
      let step = steps[index]
      let start = step > 0 ? bounded(starts[index], 0, size) : bounded(starts[index], 0, size - 1)
      let end = step > 0 ? bounded(ends[index], 0, size) : bounded(ends[index], -1, size - 1)
      first[axis] = start
      counts[axis] = step > 0 ? max(0, (end - start + step - 1) / step) : max(0, (start - end - step - 1) / -step)
      strides[axis] = step
    }
    return try graph.window(x, starts: first, counts: counts, steps: strides)
  }

  private func pad() throws(ModelImportError) -> GraphValue {
    let x = try input(0)
    let rank = x.dimensions.count
    let list: [Int]
    if let value = try optionalInput(1) {
      list = try graph.plumbing(value, role: "pads")
    } else {
      list = integers("pads") ?? integers("paddings") ?? []
    }
    let chosen: [Int]
    if let value = try optionalInput(3) { chosen = try axes(try graph.plumbing(value, role: "axes"), rank: rank) } else { chosen = Array(0..<rank) }
    guard list.count == 2 * chosen.count, list.allSatisfy({ abs($0) < 1 << 24 }) else { throw graph.invalid("pads \(list)") }
    var before = [Int](repeating: 0, count: rank)
    var after = before
    for (index, axis) in chosen.enumerated() {
      before[axis] = list[index]
      after[axis] = list[index + chosen.count]
    }
    let shape = (0..<rank).map { x.dimensions[$0] + before[$0] + after[$0] }
    let mode = text("mode") ?? "constant"
    if mode == "constant" {
      let fill: Double
      if let value = try optionalInput(2) { fill = try graph.publish(value, role: "Pad value") } else { fill = real("value") ?? 0 }
      return try graph.window(x, starts: before.map { -$0 }, counts: shape, steps: shape.map { _ in 1 }, fill: fill)
    }
    _ = try graph.checkedCount(shape)
    // Positions by coordinate, axis by axis.
    let strides = GraphBuilder.strides(x.dimensions)
    var positions = [0]
    for axis in 0..<rank {
      let size = x.dimensions[axis]
      let coordinates = (0..<shape[axis]).map { index -> Int in
        var source = index - before[axis]
        switch mode {
        case "edge": source = max(0, min(size - 1, source))
        case "wrap": source = ((source % size) + size) % size
        default:
          let period = max(1, 2 * (size - 1))
          source = ((source % period) + period) % period
          if source >= size { source = period - source }
        }
        return source * strides[axis]
      }
      positions = positions.flatMap { base in coordinates.map { base + $0 } }
    }
    return try graph.gather(x, positions: positions, shape)
  }

  private func blocks() throws(ModelImportError) -> GraphValue {
    let x = try input(0)
    guard x.dimensions.count == 4, let size = integer("blocksize"), size >= 1, size < 1 << 12 else { throw graph.invalid("shape \(x.dimensions)") }
    let (n, c, h, w) = (x.dimensions[0], x.dimensions[1], x.dimensions[2], x.dimensions[3])
    if node.operation == "SpaceToDepth" {
      guard h % size == 0, w % size == 0 else { throw graph.invalid("shape \(x.dimensions)") }
      let split = try graph.reshape(x, [n, c, h / size, size, w / size, size])
      return try graph.reshape(try graph.transpose(split, [0, 3, 5, 1, 2, 4]), [n, c * size * size, h / size, w / size])
    }
    guard c % (size * size) == 0 else { throw graph.invalid("shape \(x.dimensions)") }
    let depth = c / (size * size)
    let isCRD = text("mode") == "CRD"
    let split = try graph.reshape(x, isCRD ? [n, depth, size, size, h, w] : [n, size, size, depth, h, w])
    return try graph.reshape(try graph.transpose(split, isCRD ? [0, 1, 4, 2, 5, 3] : [0, 3, 4, 1, 5, 2]), [n, depth, h * size, w * size])
  }
}

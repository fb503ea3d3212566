/// Gathers, scatters, one-hot, constants and resizing.

import Foundation
import Programs

extension Translator {
  func indexing() throws(ModelImportError) -> [GraphValue]? {
    switch node.operation {
    case "Gather": return [try gather()]
    case "GatherElements": return [try gatherElements()]
    case "GatherND": return [try gatherND()]
    case "ScatterElements", "Scatter", "ScatterND": return [try scatter()]
    case "OneHot": return [try oneHotNode()]
    case "Trilu": return [try triangle()]
    case "Compress":
      let x = try input(0)
      let flags = try graph.plumbing(try input(1), role: "condition")
      let flat = integer("axis") == nil
      let source = flat ? try graph.reshape(x, [x.count]) : x
      let chosen = try axis(integer("axis") ?? 0, rank: source.dimensions.count)
      return [try take(source, flags.indices.filter { flags[$0] != 0 }, axis: chosen, shape: nil)]
    case "ReverseSequence":
      let x = try input(0)
      let lengths = try graph.plumbing(try input(1), role: "sequence_lens")
      let (time, batch) = (integer("time_axis") ?? 0, integer("batch_axis") ?? 1)
      guard x.dimensions.count >= 2, [0, 1] == [time, batch].sorted(), lengths.count == x.dimensions[batch],
        lengths.allSatisfy({ $0 >= 1 && $0 <= x.dimensions[time] })
      else { throw graph.invalid("lengths \(lengths)") }
      let strides = GraphBuilder.strides(x.dimensions)
      let positions = (0..<x.count).map { position -> Int in
        let t = position / strides[time] % x.dimensions[time]
        let b = position / strides[batch] % x.dimensions[batch]
        return t < lengths[b] ? position + (lengths[b] - 1 - 2 * t) * strides[time] : position
      }
      return [try graph.gather(x, positions: positions, x.dimensions)]
    default: return nil
    }
  }

  /// Entries of an axis by public index.
  func take(_ x: GraphValue, _ indices: [Int], axis: Int, shape: [Int]?) throws(ModelImportError) -> GraphValue {
    let size = x.dimensions[axis]
    guard indices.allSatisfy({ -size <= $0 && $0 < size }) else { throw graph.invalid("indices \(indices.prefix(8)) of \(size)") }
    let positive = indices.map { $0 < 0 ? $0 + size : $0 }
    let inner = x.dimensions[(axis + 1)...].reduce(1, *)
    let outer = x.dimensions[..<axis].reduce(1, *)
    var result = Array(x.dimensions[..<axis])
    result += shape ?? [indices.count]
    result += x.dimensions[(axis + 1)...]
    _ = try graph.checkedCount(result)
    if let first = positive.first, positive.indices.allSatisfy({ positive[$0] == first + $0 }) {
      // Neighbouring entries are a window, which describes itself in a few numbers.
      var starts = [Int](repeating: 0, count: x.dimensions.count)
      var counts = x.dimensions
      starts[axis] = first
      counts[axis] = positive.count
      return try graph.reshape(try graph.window(x, starts: starts, counts: counts, steps: counts.map { _ in 1 }), result)
    }
    var positions: [Int] = []
    for o in 0..<outer { for index in positive { for i in 0..<inner { positions.append((o * size + index) * inner + i) } } }
    return try graph.gather(x, positions: positions, result)
  }

  private func gather() throws(ModelImportError) -> GraphValue {
    let (x, index) = (try input(0), try input(1))
    let chosen = try axis(integer("axis") ?? 0, rank: x.dimensions.count)
    if graph[index].known != nil, graph[index].isPublic {
      return try take(x, try graph.plumbing(index, role: "indices"), axis: chosen, shape: index.dimensions)
    }
    // Computed indices: rows of a table, which refuses any other.
    let order = [chosen] + x.dimensions.indices.filter { $0 != chosen }
    let rest = order.dropFirst().map { x.dimensions[$0] }
    let columns = rest.reduce(1, *)
    let table = try graph.reshape(try graph.transpose(x, order), [x.dimensions[chosen], columns])
    let row = try axisIndex(index, size: x.dimensions[chosen], isLookedUp: true)
    let rows = try graph.add(.rowLookup(columns: columns), [row, table], index.dimensions + rest, x.kind)
    let before = chosen
    let indexRank = index.dimensions.count
    let permutation = Array(indexRank..<(indexRank + before)) + Array(0..<indexRank) + Array((indexRank + before)..<(indexRank + rest.count))
    return try graph.transpose(rows, permutation)
  }

  private func gatherElements() throws(ModelImportError) -> GraphValue {
    let (x, index) = (try input(0), try input(1))
    let rank = x.dimensions.count
    let chosen = try axis(integer("axis") ?? 0, rank: rank)
    guard index.dimensions.count == rank, (0..<rank).allSatisfy({ $0 == chosen || index.dimensions[$0] <= x.dimensions[$0] }) else {
      throw graph.invalid("indices of \(index.dimensions) for \(x.dimensions)")
    }
    let (from, to) = (GraphBuilder.strides(x.dimensions), GraphBuilder.strides(index.dimensions))
    let size = x.dimensions[chosen]
    // Position of the line's first entry, for every index entry.
    let bases = (0..<index.count).map { position in
      (0..<rank).reduce(0) { $0 + ($1 == chosen ? 0 : position / to[$1] % index.dimensions[$1] * from[$1]) }
    }
    if graph[index].known != nil, graph[index].isPublic {
      let list = try graph.plumbing(index, role: "indices")
      guard list.allSatisfy({ -size <= $0 && $0 < size }) else { throw graph.invalid("indices of \(size)") }
      return try graph.gather(x, positions: zip(bases, list).map { $0 + ($1 < 0 ? $1 + size : $1) * from[chosen] }, index.dimensions)
    }
    let flat = try graph.reshape(x, [x.count, 1])
    let offsets = try graph.integers(bases, index.dimensions)
    // An index outside of its axis may lie inside the tensor: the axis is checked, not the position.
    let entry = try axisIndex(index, size: size, isLookedUp: false)
    let position = try graph.linear([from[chosen], 1], [entry, offsets], kind: .integer)
    return try graph.reshape(try graph.add(.rowLookup(columns: 1), [position, flat], index.dimensions, x.kind), index.dimensions)
  }

  /// Indices of an axis as numbers from 0 on.
  private func axisIndex(_ index: GraphValue, size: Int, isLookedUp: Bool) throws(ModelImportError) -> GraphValue {
    guard index.kind == .integer || index.kind == .boolean else { throw graph.invalid("indices that are no integers") }
    return try graph.add(.axisIndex(size: size, isLookedUp: isLookedUp), [index], index.dimensions, .integer)
  }

  private func gatherND() throws(ModelImportError) -> GraphValue {
    let (x, index) = (try input(0), try input(1))
    let batch = integer("batch_dims") ?? 0
    guard let depth = index.dimensions.last, batch >= 0, batch < index.dimensions.count, depth >= 1, batch + depth <= x.dimensions.count,
      x.dimensions.prefix(batch).elementsEqual(index.dimensions.prefix(batch))
    else { throw graph.invalid("indices of \(index.dimensions) for \(x.dimensions)") }
    let list = try graph.plumbing(index, role: "indices")
    let strides = GraphBuilder.strides(x.dimensions)
    let inner = x.dimensions[(batch + depth)...].reduce(1, *)
    let batchCount = x.dimensions[..<batch].reduce(1, *)
    let perBatch = index.count / depth / batchCount
    var positions: [Int] = []
    for item in 0..<(index.count / depth) {
      var base = item / perBatch * (x.count / batchCount)
      for d in 0..<depth {
        let size = x.dimensions[batch + d]
        let value = list[item * depth + d]
        guard -size <= value, value < size else { throw graph.invalid("index \(value) of \(size)") }
        base += (value < 0 ? value + size : value) * strides[batch + d]
      }
      for i in 0..<inner { positions.append(base + i) }
    }
    return try graph.gather(x, positions: positions, Array(index.dimensions.dropLast()) + x.dimensions[(batch + depth)...])
  }

  /// The data with entries replaced: a gather from data and updates side by side.
  private func scatter() throws(ModelImportError) -> GraphValue {
    let (x, index, updates) = (try input(0), try input(1), try input(2))
    let reduction = text("reduction") ?? "none"
    guard reduction == "none" else { throw graph.refuse("reduction \(reduction)") }
    let list = try graph.plumbing(index, role: "indices")
    let strides = GraphBuilder.strides(x.dimensions)
    var positions = Array(0..<x.count)
    if node.operation == "ScatterND" {
      guard let depth = index.dimensions.last, depth >= 1, depth <= x.dimensions.count else { throw graph.invalid("indices") }
      let inner = x.dimensions[depth...].reduce(1, *)
      guard updates.count == index.count / depth * inner else { throw graph.invalid("updates of \(updates.dimensions)") }
      for item in 0..<(index.count / depth) {
        var base = 0
        for d in 0..<depth {
          let value = list[item * depth + d]
          guard -x.dimensions[d] <= value, value < x.dimensions[d] else { throw graph.invalid("index \(value)") }
          base += (value < 0 ? value + x.dimensions[d] : value) * strides[d]
        }
        for i in 0..<inner { positions[base + i] = x.count + item * inner + i }
      }
    } else {
      let chosen = try axis(integer("axis") ?? 0, rank: x.dimensions.count)
      guard index.dimensions.count == x.dimensions.count, updates.count == index.count else { throw graph.invalid("indices of \(index.dimensions)") }
      let own = GraphBuilder.strides(index.dimensions)
      for position in 0..<index.count {
        let size = x.dimensions[chosen]
        guard -size <= list[position], list[position] < size else { throw graph.invalid("index \(list[position])") }
        var base = 0
        for a in x.dimensions.indices {
          let coordinate = a == chosen ? (list[position] < 0 ? list[position] + size : list[position]) : position / own[a] % index.dimensions[a]
          guard coordinate < x.dimensions[a] else { throw graph.invalid("indices of \(index.dimensions)") }
          base += coordinate * strides[a]
        }
        positions[base] = x.count + position
      }
    }
    let both = try graph.concatenate([try graph.reshape(x, [x.count]), try graph.reshape(updates, [updates.count])], axis: 0)
    return try graph.gather(both, positions: positions, x.dimensions)
  }

  private func oneHotNode() throws(ModelImportError) -> GraphValue {
    let index = try input(0)
    guard let depth = try graph.plumbing(try input(1), role: "depth").first, (1...65_536).contains(depth) else { throw graph.invalid("depth") }
    let pair = try input(2)
    guard pair.count == 2 else { throw graph.invalid("values") }
    var chosen = integer("axis") ?? -1
    if chosen < 0 { chosen += index.dimensions.count + 1 }
    guard (0...index.dimensions.count).contains(chosen) else { throw graph.invalid("axis \(chosen)") }
    // Negative indices count from the end.
    let wide = try graph.reshape(index, index.dimensions + [1])
    let codes = try graph.integers(Array(0..<depth))
    var hot = try graph.isEqual(wide, codes)
    hot = try either(hot, try graph.isEqual(try graph.adding(wide, Double(depth)), codes))
    let (off, on) = (try take(pair, [0], axis: 0, shape: []), try take(pair, [1], axis: 0, shape: []))
    let result = try graph.select(hot, on, off)
    var order = Array(index.dimensions.indices)
    order.insert(index.dimensions.count, at: chosen)
    return try graph.transpose(result, order)
  }

  private func either(_ a: GraphValue, _ b: GraphValue) throws(ModelImportError) -> GraphValue {
    try graph.linear([1, 1], [a, b], kind: .boolean)
  }

  private func triangle() throws(ModelImportError) -> GraphValue {
    let x = try input(0)
    let rank = x.dimensions.count
    guard rank >= 2 else { throw graph.invalid("shape \(x.dimensions)") }
    let k = try optionalInput(1).map { (v) throws(ModelImportError) in try graph.plumbing(v, role: "k").first ?? 0 } ?? 0
    let isUpper = integer("upper") ?? 1 != 0
    let (h, w) = (x.dimensions[rank - 2], x.dimensions[rank - 1])
    let positions = (0..<x.count).map { position -> Int in
      let (i, j) = (position / w % h, position % w)
      return (isUpper ? j - i >= k : j - i <= k) ? position : -1
    }
    return try graph.gather(x, positions: positions, x.dimensions)
  }

  func constants() throws(ModelImportError) -> [GraphValue]? {
    switch node.operation {
    case "Constant":
      if case .tensor(let tensor)? = node.attributes["value"] { return [try graph.tensor(tensor)] }
      if let value = real("value_float") { return [try graph.known([value], [], .real, isPublic: false)] }
      if let values = reals("value_floats") { return [try graph.known(values, [values.count], .real, isPublic: false)] }
      if let value = integer("value_int") { return [try graph.integers([value], [])] }
      if let values = integers("value_ints") { return [try graph.integers(values)] }
      if let value = text("value_string") {
        return [try graph.tensor(ONNXTensor(type: .string, dimensions: [], numbers: [TextCode.code(value)], texts: [value]))]
      }
      if let values = texts("value_strings") {
        return [try graph.tensor(ONNXTensor(type: .string, dimensions: [values.count], numbers: values.map(TextCode.code), texts: values))]
      }
      throw graph.refuse("a constant without a dense value")
    case "ConstantOfShape":
      let shape = try graph.plumbing(try input(0), role: "shape")
      let count = try graph.checkedCount(shape)
      guard case .tensor(let tensor)? = node.attributes["value"] else { return [try graph.constant(0, shape)] }
      guard let value = tensor.numbers.first else { throw graph.invalid("an empty value") }
      try graph.reserve(count)
      let filled = ONNXTensor(type: tensor.type, dimensions: shape, numbers: [Double](repeating: value, count: count))
      return [try graph.tensor(filled)]
    case "Range":
      let list = [try input(0), try input(1), try input(2)]
      var numbers: [Double] = []
      for value in list {
        guard let number = graph[value].known?.first, graph[value].isPublic || value.kind == .real else { throw graph.refuse("computed bounds") }
        numbers.append(number)
      }
      let length = ((numbers[1] - numbers[0]) / numbers[2]).rounded(.up)
      guard length >= 1, length <= 1_048_576 else { throw graph.refuse("a range of \(length) numbers") }
      let count = Int(length)
      let values = (0..<count).map { numbers[0] + Double($0) * numbers[2] }
      var isPublic = true
      for value in list where !graph[value].isPublic { isPublic = false }
      return [try graph.known(values, [values.count], list[0].kind, isPublic: isPublic)]
    case "EyeLike":
      let x = try input(0)
      guard x.dimensions.count == 2 else { throw graph.invalid("shape \(x.dimensions)") }
      let k = max(-(1 << 30), min(1 << 30, integer("k") ?? 0))
      let values = (0..<x.count).map { $0 % x.dimensions[1] - $0 / x.dimensions[1] == k ? 1.0 : 0 }
      let type = integer("dtype").flatMap { ElementType(rawValue: $0) }
      return [try graph.known(values, x.dimensions, type.map { $0.isFloat ? .real : .integer } ?? x.kind, isPublic: true)]
    case "NonZero":
      let x = try input(0)
      guard let numbers = graph[x].known, graph[x].isPublic else { throw graph.refuse("its shape depends on the data") }
      let found = numbers.indices.filter { numbers[$0] != 0 }
      let strides = GraphBuilder.strides(x.dimensions)
      let list = x.dimensions.indices.flatMap { a in found.map { $0 / strides[a] % x.dimensions[a] } }
      return [try graph.integers(list, [x.dimensions.count, found.count])]
    default: return nil
    }
  }

  func resizing() throws(ModelImportError) -> [GraphValue]? {
    guard node.operation == "Resize" || node.operation == "Upsample" else { return nil }
    let x = try input(0)
    let rank = x.dimensions.count
    let mode = text("mode") ?? "nearest"
    guard mode == "nearest" || mode == "linear" || mode == "bilinear", integer("antialias") ?? 0 == 0 else {
      throw graph.refuse("mode \(mode) or antialias")
    }
    let isOld = node.operation == "Upsample" || opset < 11
    let chosen = try axes(integers("axes") ?? Array(0..<rank), rank: rank)
    var scales = [Double](repeating: 1, count: rank)
    var sizes = x.dimensions
    if let value = try optionalInput(isOld ? 1 : 2), value.count > 0, let numbers = graph[value].known {
      guard numbers.count == chosen.count else { throw graph.invalid("scales") }
      for (axis, number) in zip(chosen, numbers) {
        graph.list("\(node.operation) scale", number)
        guard number > 0, number < 4_096 else { throw graph.invalid("scale \(number)") }
        scales[axis] = number
        sizes[axis] = Int((Double(x.dimensions[axis]) * number + 1e-9).rounded(.down))
      }
    } else if let value = try optionalInput(3) {
      let list = try graph.plumbing(value, role: "sizes")
      guard list.count == chosen.count, text("keep_aspect_ratio_policy") ?? "stretch" == "stretch" else {
        throw graph.refuse("sizes with an aspect policy")
      }
      for (axis, size) in zip(chosen, list) {
        sizes[axis] = size
        scales[axis] = Double(size) / Double(x.dimensions[axis])
      }
    } else if let list = reals("scales"), list.count == rank {
      scales = list
      sizes = zip(x.dimensions, list).map { Int(clamping: Int64(nearest: (Double($0) * $1 + 1e-9).rounded(.down))) }
    } else {
      throw graph.refuse("computed scales")
    }
    _ = try graph.checkedCount(sizes)
    let transformation = isOld ? "asymmetric" : text("coordinate_transformation_mode") ?? "half_pixel"
    guard transformation != "tf_crop_and_resize" else { throw graph.refuse("tf_crop_and_resize") }
    var result = x
    for axis in 0..<rank where sizes[axis] != x.dimensions[axis] || scales[axis] != 1 {
      result = try resize(result, axis: axis, to: sizes[axis], scale: scales[axis], isLinear: mode != "nearest", transformation, isOld: isOld)
    }
    return [result]
  }

  private func resize(
    _ x: GraphValue, axis: Int, to size: Int, scale: Double, isLinear: Bool, _ transformation: String, isOld: Bool
  ) throws(ModelImportError) -> GraphValue {
    let length = x.dimensions[axis]
    let coordinates = (0..<size).map { index -> Double in
      let i = Double(index)
      switch transformation {
      case "align_corners": return size == 1 ? 0 : i * Double(length - 1) / (scale * Double(length) - 1)
      case "asymmetric": return i / scale
      case "pytorch_half_pixel": return size > 1 ? (i + 0.5) / scale - 0.5 : 0
      case "half_pixel_symmetric":
        let adjustment = Double(size) / (scale * Double(length))
        return Double(length) / 2 * (1 - adjustment) + (i + 0.5) / scale - 0.5
      default: return (i + 0.5) / scale - 0.5
      }
    }
    func bounded(_ value: Double) -> Int { max(0, min(length - 1, Int(clamping: Int64(nearest: value)))) }
    if !isLinear {
      let rounding = isOld ? "floor" : text("nearest_mode") ?? "round_prefer_floor"
      let indices = coordinates.map { c -> Int in
        switch rounding {
        case "floor": bounded(c.rounded(.down))
        case "ceil": bounded(c.rounded(.up))
        case "round_prefer_ceil": bounded((c + 0.5).rounded(.down))
        default: bounded((c - 0.5).rounded(.up))
        }
      }
      return try take(x, indices, axis: axis, shape: nil)
    }
    let low = coordinates.map { bounded($0.rounded(.down)) }
    let high = coordinates.map { bounded($0.rounded(.down) + 1) }
    var shape = [Int](repeating: 1, count: x.dimensions.count)
    shape[axis] = size
    let shares = zip(coordinates, low).map { max(0, min(1, $0 - Double($1))) }
    let share = try graph.known(shares, shape, .real, isPublic: true)
    let (a, b) = (try take(x, low, axis: axis, shape: nil), try take(x, high, axis: axis, shape: nil))
    return try graph.sum(a, try graph.product(share, try graph.difference(b, a)))
  }
}

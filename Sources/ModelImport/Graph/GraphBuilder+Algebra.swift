/// Elementwise arithmetic with broadcasting, reductions and plumbing in terms of primitives.

import Programs

extension GraphBuilder {
  // MARK: Shapes

  /// Common shape of operands under NumPy's broadcasting.
  func broadcastShape(_ shapes: [[Int]]) throws(ModelImportError) -> [Int] {
    let rank = shapes.map(\.count).max() ?? 0
    var result = [Int](repeating: 1, count: rank)
    for shape in shapes {
      for (index, dimension) in shape.enumerated() {
        let axis = rank - shape.count + index
        guard dimension == result[axis] || dimension == 1 || result[axis] == 1 else { throw invalid("shapes \(shapes) do not broadcast") }
        result[axis] = max(result[axis], dimension)
      }
    }
    return result
  }

  /// The value repeated to a shape.
  func broadcast(_ value: GraphValue, to shape: [Int]) throws(ModelImportError) -> GraphValue {
    if value.dimensions == shape { return value }
    guard value.dimensions.count <= shape.count else { throw invalid("shape \(value.dimensions) does not broadcast to \(shape)") }
    let own = [Int](repeating: 1, count: shape.count - value.dimensions.count) + value.dimensions
    if own == shape { return try reshape(value, shape) }
    var stride = 1
    var axes: [ViewAxis] = []
    for axis in shape.indices.reversed() {
      guard own[axis] == shape[axis] || own[axis] == 1 else { throw invalid("shape \(value.dimensions) does not broadcast to \(shape)") }
      if own[axis] > 1 { axes.append(ViewAxis(extent: own[axis], stride: stride, terms: [ViewAxis.Term(axis: axis, step: 1)])) }
      stride *= own[axis]
    }
    return try add(.view(.axes(dimensions: shape, source: axes.reversed()), fill: 0), [value], shape, value.kind)
  }

  /// The same entries in another shape.
  func reshape(_ value: GraphValue, _ shape: [Int]) throws(ModelImportError) -> GraphValue {
    if value.dimensions == shape { return value }
    guard try checkedCount(shape) == value.count else { throw invalid("\(value.dimensions) cannot take the shape \(shape)") }
    return try add(.view(TensorView.reshape(to: try tensorShape(value.count)).map, fill: 0), [value], shape, value.kind)
  }

  func tensorShape(_ rows: Int, _ columns: Int = 1) throws(ModelImportError) -> TensorShape {
    guard let shape = TensorShape(rows: rows, columns: columns) else { throw refuse("an empty tensor") }
    return shape
  }

  /// The axes in another order: axis a of the result is axis order[a] of the value.
  func transpose(_ value: GraphValue, _ order: [Int]) throws(ModelImportError) -> GraphValue {
    guard order.sorted() == Array(value.dimensions.indices) else { throw invalid("permutation \(order) of \(value.dimensions)") }
    if order == Array(value.dimensions.indices) { return value }
    let strides = Self.strides(value.dimensions)
    let shape = order.map { value.dimensions[$0] }
    let axes = order.enumerated().map { index, axis in
      ViewAxis(extent: value.dimensions[axis], stride: strides[axis], terms: [ViewAxis.Term(axis: index, step: 1)])
    }
    return try add(.view(.axes(dimensions: shape, source: axes), fill: 0), [value], shape, value.kind)
  }

  static func strides(_ shape: [Int]) -> [Int] {
    var result = [Int](repeating: 1, count: shape.count)
    for axis in shape.indices.dropLast().reversed() { result[axis] = result[axis + 1] * shape[axis + 1] }
    return result
  }

  /// Per axis: `counts` entries from `starts` in `steps`; outside the value the fill stands.
  func window(_ value: GraphValue, starts: [Int], counts: [Int], steps: [Int], fill: Double = 0) throws(ModelImportError) -> GraphValue {
    if starts.allSatisfy({ $0 == 0 }), counts == value.dimensions, steps.allSatisfy({ $0 == 1 }) { return value }
    _ = try checkedCount(counts)
    let strides = Self.strides(value.dimensions)
    let axes = value.dimensions.indices.map { axis in
      ViewAxis(
        extent: value.dimensions[axis], stride: strides[axis], start: starts[axis], terms: [ViewAxis.Term(axis: axis, step: steps[axis])])
    }
    return try add(.view(.axes(dimensions: counts, source: axes), fill: fill), [value], counts, value.kind)
  }

  /// Entries by position (−1: the fill).
  func gather(_ value: GraphValue, positions: [Int], _ shape: [Int], fill: Double = 0) throws(ModelImportError) -> GraphValue {
    try add(.view(.list(positions), fill: fill), [value], shape, value.kind)
  }

  func concatenate(_ values: [GraphValue], axis: Int) throws(ModelImportError) -> GraphValue {
    guard let first = values.first, first.dimensions.indices.contains(axis) else { throw invalid("nothing to concatenate along axis \(axis)") }
    if values.count == 1 { return first }
    var shape = first.dimensions
    for value in values.dropFirst() {
      guard value.dimensions.count == shape.count,
        shape.indices.allSatisfy({ $0 == axis || value.dimensions[$0] == shape[$0] })
      else { throw invalid("shapes \(shape) and \(value.dimensions) cannot be joined") }
    }
    shape[axis] = values.reduce(0) { $0 + $1.dimensions[axis] }
    let outer = shape[..<axis].reduce(1, *)
    return try add(.concatenate(outer: outer, inner: values.map { $0.count / outer }), values, shape, first.kind)
  }

  // MARK: Arithmetic

  func linear(_ coefficients: [Int], _ values: [GraphValue], constant: Double = 0, kind: ValueKind? = nil) throws(ModelImportError) -> GraphValue {
    let shape = try broadcastShape(values.map(\.dimensions))
    var operands: [GraphValue] = []
    for value in values { operands.append(try broadcast(value, to: shape)) }
    let plain = values.contains { $0.kind == .real } ? ValueKind.real : .integer
    return try add(.linear(coefficients, constant: constant), operands, shape, kind ?? plain)
  }

  func sum(_ a: GraphValue, _ b: GraphValue) throws(ModelImportError) -> GraphValue { try linear([1, 1], [a, b]) }
  func difference(_ a: GraphValue, _ b: GraphValue) throws(ModelImportError) -> GraphValue { try linear([1, -1], [a, b]) }
  func negated(_ a: GraphValue) throws(ModelImportError) -> GraphValue { try linear([-1], [a]) }
  func adding(_ a: GraphValue, _ constant: Double) throws(ModelImportError) -> GraphValue { try linear([1], [a], constant: constant) }

  func scaled(_ a: GraphValue, _ factor: Double) throws(ModelImportError) -> GraphValue {
    factor == 1 ? a : try add(.scale(factor), [a], a.dimensions, .real, lattice: self[a].lattice.map { $0 * abs(factor) })
  }

  func product(_ a: GraphValue, _ b: GraphValue) throws(ModelImportError) -> GraphValue {
    let shape = try broadcastShape([a.dimensions, b.dimensions])
    // A single public number is no hidden factor.
    for (x, y) in [(a, b), (b, a)] where self[y].isPublic && y.count == 1 && self[x].known == nil {
      if let factor = self[y].known?.first, x.kind == .real || factor.rounded() == factor {
        let scaledValue = try broadcast(x, to: shape)
        if x.kind == .real { return try scaled(scaledValue, factor) }
        if abs(factor) < 0x1p30 { return try linear([Int(factor)], [scaledValue]) }
      }
    }
    let kind: ValueKind = a.kind == .real || b.kind == .real ? .real : (a.kind == .boolean && b.kind == .boolean ? .boolean : .integer)
    return try add(.product, [try broadcast(a, to: shape), try broadcast(b, to: shape)], shape, kind)
  }

  func quotient(_ a: GraphValue, _ b: GraphValue) throws(ModelImportError) -> GraphValue {
    if let divisors = self[b].known {
      // Division by numbers of the file is a product with their reciprocals, hidden like them.
      let reciprocals = try known(divisors.map { 1 / $0 }, b.dimensions, .real, isPublic: self[b].isPublic)
      return try product(a, reciprocals)
    }
    let shape = try broadcastShape([a.dimensions, b.dimensions])
    return try add(.divide(isFloor: false), [try broadcast(a, to: shape), try broadcast(b, to: shape)], shape, .real)
  }

  func function(_ f: ElementaryFunction, _ a: GraphValue) throws(ModelImportError) -> GraphValue {
    try add(.function(f), [a], a.dimensions, a.kind != .real && f.keepsIntegers ? a.kind : .real)
  }

  func squareRoot(_ a: GraphValue) throws(ModelImportError) -> GraphValue { try add(.squareRoot, [a], a.dimensions, .real) }

  /// [a ≥ b].
  func isAtLeast(_ a: GraphValue, _ b: GraphValue) throws(ModelImportError) -> GraphValue {
    let gap = try difference(a, b)
    return try add(.isNonNegative, [gap], gap.dimensions, .boolean)
  }

  func not(_ a: GraphValue) throws(ModelImportError) -> GraphValue { try linear([-1], [a], constant: 1, kind: .boolean) }

  /// [a = b].
  func isEqual(_ a: GraphValue, _ b: GraphValue) throws(ModelImportError) -> GraphValue {
    try product(try isAtLeast(a, b), try isAtLeast(b, a))
  }

  func select(_ condition: GraphValue, _ a: GraphValue, _ b: GraphValue) throws(ModelImportError) -> GraphValue {
    let shape = try broadcastShape([condition.dimensions, a.dimensions, b.dimensions])
    let kind = a.kind == .real || b.kind == .real ? .real : a.kind
    return try add(
      .select, [try broadcast(condition, to: shape), try broadcast(a, to: shape), try broadcast(b, to: shape)], shape, kind)
  }

  func maximum(_ a: GraphValue, _ b: GraphValue) throws(ModelImportError) -> GraphValue {
    for (x, y) in [(a, b), (b, a)] where self[y].known?.allSatisfy({ $0 == -.infinity }) == true {
      return try broadcast(x, to: try broadcastShape([a.dimensions, b.dimensions]))
    }
    return try select(try isAtLeast(a, b), a, b)
  }
  func minimum(_ a: GraphValue, _ b: GraphValue) throws(ModelImportError) -> GraphValue { try select(try isAtLeast(a, b), b, a) }

  // MARK: Rows

  /// The axes moved to the end and joined: [rest…, product of the axes], and the shape of the rest.
  func rows(_ value: GraphValue, axes: [Int]) throws(ModelImportError) -> (value: GraphValue, rest: [Int], columns: Int) {
    let rest = value.dimensions.indices.filter { !axes.contains($0) }
    let moved = try transpose(value, rest + axes)
    let shape = rest.map { value.dimensions[$0] }
    let columns = axes.reduce(1) { $0 * value.dimensions[$1] }
    return (try reshape(moved, shape + [columns]), shape, columns)
  }

  func rowMaximum(_ value: GraphValue, axes: [Int]) throws(ModelImportError) -> GraphValue {
    let (moved, rest, columns) = try rows(value, axes: axes)
    return columns == 1 ? try reshape(moved, rest) : try add(.rowMaximum(columns: columns), [moved], rest, value.kind)
  }

  func rowSum(_ value: GraphValue, axes: [Int]) throws(ModelImportError) -> GraphValue {
    let (moved, rest, columns) = try rows(value, axes: axes)
    let kind: ValueKind = value.kind == .real ? .real : .integer
    return columns == 1 ? try reshape(moved, rest) : try add(.rowSum(columns: columns), [moved], rest, kind)
  }

  /// Product of matrices [.., m, k] by [.., k, n] with broadcasting of the leading axes.
  func matrixProduct(_ a: GraphValue, _ b: GraphValue) throws(ModelImportError) -> GraphValue {
    let left = a.dimensions.count == 1 ? try reshape(a, [1] + a.dimensions) : a
    let right = b.dimensions.count == 1 ? try reshape(b, b.dimensions + [1]) : b
    guard left.dimensions.count >= 2, right.dimensions.count >= 2 else { throw invalid("operands of a product need an axis") }
    let (m, k) = (left.dimensions[left.dimensions.count - 2], left.dimensions[left.dimensions.count - 1])
    let (inner, n) = (right.dimensions[right.dimensions.count - 2], right.dimensions[right.dimensions.count - 1])
    guard k == inner else { throw invalid("shapes \(a.dimensions) and \(b.dimensions) have no product") }
    let leading = try broadcastShape([Array(left.dimensions.dropLast(2)), Array(right.dimensions.dropLast(2))])
    let batch = leading.reduce(1, *)
    var shape = leading
    if a.dimensions.count > 1 { shape.append(m) }
    if b.dimensions.count > 1 { shape.append(n) }
    if right.count == k * n {
      // One right matrix for all: a single tall product.
      let wide = try broadcast(left, to: leading + [m, k])
      let product = BatchMatrixMultiply(batch: 1, rows: batch * m, inner: k, columns: n, isLeftBatched: true, isRightBatched: true)
      return try add(.matrixMultiply(product), [wide, right], shape, .real == a.kind || .real == b.kind ? .real : .integer)
    }
    let isLeftBatched = left.count != m * k
    let wideLeft = isLeftBatched ? try broadcast(left, to: leading + [m, k]) : left
    let wideRight = try broadcast(right, to: leading + [k, n])
    let product = BatchMatrixMultiply(
      batch: batch, rows: m, inner: k, columns: n, isLeftBatched: isLeftBatched || batch == 1, isRightBatched: true)
    return try add(.matrixMultiply(product), [wideLeft, wideRight], shape, .real == a.kind || .real == b.kind ? .real : .integer)
  }

  /// e^(x − max) / Σ e^(x − max) along axes.
  func softmax(_ x: GraphValue, axes: [Int]) throws(ModelImportError) -> GraphValue {
    let kept = x.dimensions.indices.map { axes.contains($0) ? 1 : x.dimensions[$0] }
    let largest = try reshape(try rowMaximum(x, axes: axes), kept)
    let powers = try function(.exponential, try difference(x, largest))
    return try quotient(powers, try reshape(try rowSum(powers, axes: axes), kept))
  }
}

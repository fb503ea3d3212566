/// One lowering per primitive.

import Foundation
import Programs

extension Lowering {
  func lower(_ id: Int) throws(ModelImportError) -> LoweredValue {
    let node = graph.nodes[id]
    func operandID(_ index: Int) -> Int { node.operands.indices.contains(index) ? node.operands[index] : 0 }
    let first = operandID(0)
    switch node.primitive {
    case .known: return try any(id)
    case .input(let number): return try input(id, number)
    case .view(let map, let fill):
      let x = try any(first)
      let filler = fill.isInfinite ? x.range.lower : Int64(nearest: fill / x.unit)
      return try emit(.view(TensorView(map, fill: filler, shape: try shape(node.count))), [x], unit: x.unit)
    case .concatenate(let outer, let inner):
      let (values, unit) = try aligned(node.operands)
      var parts: [LoweredValue] = []
      for (value, width) in zip(values, inner) { parts.append(try shaped(value, outer, width)) }
      return try emit(.concatenateColumns(ConcatenateColumns()), parts, unit: unit)
    case .matrixMultiply(let product):
      let (x, w) = try factors(first, operandID(1), fanIn: product.inner)
      return try emit(.batchMatrixMultiply(product), [x, w], unit: x.unit * w.unit)
    case .convolution(let geometry):
      let (x, w) = try factors(first, operandID(1), fanIn: geometry.fanIn)
      return try emit(.convolution(Convolution(geometry)), [x, w], unit: x.unit * w.unit)
    case .linear(let coefficients, let constant):
      let (values, unit) = try aligned(node.operands, constant: constant)
      let offset = Int64(nearest: constant / unit)
      return try emit(.affine(Affine(coefficients: coefficients.map { Int64($0) }, constant: offset)), values, unit: unit)
    case .scale(let factor):
      let x = try any(first)
      if factor == 0 { return try affine(x, 0, unit: x.unit) }
      return try affine(x, factor < 0 ? -1 : 1, unit: x.unit * abs(factor))
    case .product:
      let (x, y) = try productFactors(first, operandID(1))
      return try emit(.multiply(Multiply()), [try flat(x), try flat(y)], unit: x.unit * y.unit)
    case .divide(let isFloor): return try quotient(id, first, operandID(1), isFloor: isFloor)
    case .function(let function): return try table(id, first, function)
    case .rowMaximum(let columns):
      let x = try operand(first, limit: 40, target: options.bits)
      return try emit(.rowMaximum(RowMaximum()), [try shaped(x, x.reference.shape.count / columns, columns)], unit: x.unit)
    case .rowSum(let columns):
      let x = try operand(first, limit: 46, target: 24)
      let ones = try emit(.constant(Constant(.uniform(1), shape: try shape(columns))), [], unit: 1)
      return try emit(.matrixMultiply(MatrixMultiply()), [try shaped(x, x.reference.shape.count / columns, columns), ones], unit: x.unit)
    case .argmax(let columns):
      let x = try operand(first, limit: 40, target: 24)
      return try emit(.argmax(Argmax()), [try shaped(x, x.reference.shape.count / columns, columns)], unit: 1)
    case .squareRoot: return try root(id, first)
    case .isNonNegative:
      let x = try operand(first, limit: 56, target: 30)
      return try emit(.compareGreaterOrEqual(CompareGreaterOrEqual(threshold: 0)), [x], unit: 1)
    case .select:
      let condition = try flat(try any(first))
      let (values, unit) = try aligned(Array(node.operands.dropFirst()))
      return try emit(.select(Select()), [condition] + values, unit: unit)
    case .rowLookup(let columns):
      let index = try flat(try any(first))
      let table = try any(operandID(1))
      let rows = try shaped(table, table.reference.shape.count / columns, columns)
      return try emit(.rowLookup(RowLookup()), [index, rows], unit: table.unit)
    case .axisIndex(let size, let isLookedUp): return try axisIndex(first, size, isLookedUp: isLookedUp)
    case .rowOrder(let order, let columns):
      let x = try operand(first, limit: 40, target: 24)
      let rows = try shaped(x, x.reference.shape.count / columns, columns)
      return try emit(.rowOrder(order), [rows], unit: order.givesColumns ? 1 : x.unit)
    case .treeEnsemble(let trees, let features): return try ensemble(id, first, trees, features)
    case .floor: return try rounded(first, down: true)
    case .roundEven: return try rounded(first, down: false)
    case .quantise(let scale, let zero, let lower, let upper): return try quantised(first, scale, zero, lower, upper)
    case .isMissing: return try missing(first)
    }
  }

  /// Negative indices count from the end. The range 0 ..< size is enforced by a rescaling that changes nothing, unless a lookup does.
  private func axisIndex(_ id: Int, _ size: Int, isLookedUp: Bool) throws(ModelImportError) -> LoweredValue {
    let x = try flat(try any(id))
    var result = x
    if x.range.lower < 0 {
      let isFromStart = try emit(.compareGreaterOrEqual(CompareGreaterOrEqual(threshold: 0)), [x], unit: 1)
      result = try emit(.select(Select()), [isFromStart, x, try affine(x, 1, Int64(size), unit: 1)], unit: 1)
    }
    let axis = IntegerRange(0...Int64(size - 1))
    return isLookedUp || axis.contains(result.range) ? result : try emit(.rescale(Rescale(shift: 0, range: axis)), [result], unit: 1)
  }

  // MARK: Inputs

  private func input(_ id: Int, _ number: Int) throws(ModelImportError) -> LoweredValue {
    let node = graph.nodes[id]
    let entry = entry(id)
    let dimensions = try shape(node.count)
    var unit = 1.0
    var range: IntegerRange
    switch node.kind {
    case .text: range = IntegerRange(0...((1 << 40) - 1))
    case .boolean: range = IntegerRange(0...1)
    case .integer:
      let limit = Int64(1) << Int64(max(1, min(50, entry.exponent)))
      range = entry.isSigned ? IntegerRange(-limit...limit) : IntegerRange(0...limit)
    case .real:
      let isExact = entry.isIntegral && (0...31).contains(entry.exponent)
      let bits = inputsOfTrees.contains(id) ? 32 : (node.dimensions.count <= 2 ? max(24, options.bits) : options.bits)
      if !isExact { unit = .power(entry.exponent - (bits - 1)) }
      let limit = isExact ? Int64(1) << Int64(entry.exponent) : Int64(1) << Int64(bits - 1)
      range = IntegerRange(-limit...(limit - 1))
      if inputsWithMissing.contains(id) { range = IntegerRange((-limit - 1)...(limit - 1)) }
    }
    let name = "input.\(graph.inputs[number].info.name)"
    return try emit(.input(Input(binding: .tensor(artefact: name), range: range, shape: dimensions)), [], unit: unit)
  }

  /// Whether missing values of an input come with columns of others, where their code is no longer the least number.
  private func mixesMissing(_ id: Int) -> Bool {
    var (waiting, seen, isMixed) = ([id], Set<Int>(), false)
    while let next = waiting.popLast() {
      guard seen.insert(next).inserted else { continue }
      switch graph.nodes[next].primitive {
      case .view: waiting += graph.nodes[next].operands
      case .concatenate:
        isMixed = true
        waiting += graph.nodes[next].operands
      default: if isMixed, inputsWithMissing.contains(next) { return true }
      }
    }
    return false
  }

  private func refuseMixedMissing(_ id: Int) throws(ModelImportError) {
    guard mixesMissing(id) else { return }
    let place = graph.place(current)
    throw .unsupported(
      node: place.name, operation: place.operation, reason: "missing values that were joined to other columns before; give the model one input of all"
    )
  }

  private func missing(_ id: Int) throws(ModelImportError) -> LoweredValue {
    try refuseMixedMissing(id)
    let x = try any(id)
    var source = id
    while case .view = graph.nodes[source].primitive, let before = graph.nodes[source].operands.first { source = before }
    guard inputsWithMissing.contains(source) else { return try emit(.constant(Constant(.uniform(0), shape: x.reference.shape)), [], unit: 1) }
    let present = try emit(.compareGreaterOrEqual(CompareGreaterOrEqual(threshold: x.range.lower + 1)), [x], unit: 1)
    return try affine(present, -1, 1, unit: 1)
  }

  // MARK: Products

  /// Factors of a dense layer or convolution: activations of the format's bits, weights of 24 bits beside wide features.
  private func factors(_ a: Int, _ b: Int, fanIn: Int) throws(ModelImportError) -> (LoweredValue, LoweredValue) {
    let room = 60 - (64 - fanIn.leadingZeroBitCount)
    func one(_ id: Int, beside other: Int) throws(ModelImportError) -> LoweredValue {
      if !isKnown(id) { return try operand(id, limit: 25, target: options.bits) }
      let width = isKnown(other) ? options.bits : try operand(other, limit: 25, target: options.bits).bits
      return try weight(id, bits: min(width > 17 ? 24 : options.weightBits, room - width))
    }
    return (try one(a, beside: b), try one(b, beside: a))
  }

  private func productFactors(_ a: Int, _ b: Int) throws(ModelImportError) -> (LoweredValue, LoweredValue) {
    func one(_ id: Int, beside other: Int) throws(ModelImportError) -> LoweredValue {
      if !isKnown(id) { return try operand(id, limit: 27, target: max(options.bits, 18)) }
      let width = isKnown(other) ? 24 : try operand(other, limit: 27, target: max(options.bits, 18)).bits
      return try weight(id, bits: min(30, 57 - width))
    }
    return (try one(a, beside: b), try one(b, beside: a))
  }

  // MARK: Division, roots, rounding

  private func quotient(_ id: Int, _ a: Int, _ b: Int, isFloor: Bool) throws(ModelImportError) -> LoweredValue {
    var x = try flat(try operand(a, limit: 26, target: 24, needsPower: true))
    var y = try flat(try operand(b, limit: 26, target: 24, needsPower: true))
    if y.range.lower < 0 {
      // Both signs turned where the divisor is negative.
      let isPositive = try emit(.compareGreaterOrEqual(CompareGreaterOrEqual(threshold: 0)), [y], unit: 1)
      x = try emit(.select(Select()), [isPositive, x, try affine(x, -1, unit: x.unit)], unit: x.unit)
      let turned = try affine(y, -1, unit: y.unit)
      y = try emit(.select(Select()), [isPositive, y, turned], unit: y.unit)
      if y.range.lower < 0 {
        y = try emit(.rescale(Rescale(shift: 0, range: IntegerRange(0...max(1, y.range.upper)))), [y], unit: y.unit)
      }
    }
    let target = max(options.bits, 20)
    let e = entry(id).exponent
    var unit = isFloor ? 1 : Double.power(e - (target - 1))
    if x.range.lower == 0, x.range.upper == 0 { unit = max(unit, x.unit / y.unit) }
    // x·ux / (y·uy) / unit = x·2^s / y.
    var shift = Self.exponent(x.unit / y.unit / unit)
    if shift < 0 {
      y = try affine(y, Int64(1) << Int64(min(20, -shift)), unit: y.unit)
      shift = 0
    }
    while shift + x.bits > 59, shift > 0 {
      shift -= 1
      unit *= 2
    }
    let bits = max(1, min(58 - y.bits, FormatPlan.exponent(.power(e) / unit, headroom: 1)))
    let range = IntegerRange(-(Int64(1) << Int64(bits))...(Int64(1) << Int64(bits)))
    return try emit(.divide(Divide(shift: shift, isFloor: isFloor, range: range)), [x, y], unit: unit)
  }

  private func root(_ id: Int, _ source: Int) throws(ModelImportError) -> LoweredValue {
    var x = try flat(try operand(source, limit: 40, target: 30, needsPower: true))
    if x.range.lower < 0 {
      let isPositive = try emit(.compareGreaterOrEqual(CompareGreaterOrEqual(threshold: 0)), [x], unit: 1)
      x = try emit(.select(Select()), [isPositive, x, try constant(0, like: x, unit: x.unit)], unit: x.unit)
    }
    // The unit of the root is the root of the unit of x·2^s; an even exponent has one.
    let exponent = x.exponent ?? 0
    var shift = max(0, min(58 - x.bits, 26))
    if (exponent - shift) % 2 != 0 { shift = max(0, shift - 1) }
    if (exponent - shift) % 2 != 0 { shift += 1 }
    return try emit(.squareRoot(SquareRoot(shift: shift)), [x], unit: .power((exponent - shift) / 2))
  }

  private func rounded(_ id: Int, down: Bool) throws(ModelImportError) -> LoweredValue {
    let x = try flat(try operand(id, limit: 44, target: 30, needsPower: true))
    guard let exponent = x.exponent, exponent < 0 else { return x }
    let limit = IntegerRange(-(Int64(1) << 50)...(Int64(1) << 50))
    let shift = min(61, -exponent)
    // ⌊(x − 2^(s−1) + 2^(s−1)) / 2^s⌋ = ⌊x / 2^s⌋.
    let source = down ? try affine(x, 1, -(Int64(1) << Int64(shift - 1)), unit: x.unit) : x
    return try emit(.rescale(Rescale(shift: shift, rounding: down ? .halfUp : .halfEven, range: clipped(limit, source, shift))), [source], unit: 1)
  }

  /// What a rescaling by 2^shift can reach, within a limit.
  private func clipped(_ limit: IntegerRange, _ value: LoweredValue, _ shift: Int) -> IntegerRange {
    let low = max(limit.lower, (value.range.lower >> Int64(shift)) - 1)
    let high = min(limit.upper, (value.range.upper >> Int64(shift)) + 1)
    return IntegerRange(lower: low, upper: high) ?? limit
  }

  /// Clip(round(x/scale) + zero): the rescaling by a public M/2^s, then a clamp.
  private func quantised(_ id: Int, _ scale: Double, _ zero: Double, _ lower: Double, _ upper: Double) throws(ModelImportError) -> LoweredValue {
    let x = try flat(try any(id))
    let e = FormatPlan.exponent(.power(entry(id).exponent) / scale + abs(zero) + 256, headroom: 1)
    let limit = Int64(1) << Int64(min(40, e + 1))
    let steps = try rescaled(x, to: scale, range: IntegerRange(-limit...limit), rounding: .halfEven)
    let moved = try affine(steps, 1, Int64(nearest: zero), unit: 1)
    let range = IntegerRange(lower: Int64(nearest: lower), upper: Int64(nearest: upper)) ?? IntegerRange(only: 0)
    if range.contains(moved.range) { return moved }
    let width = UInt64(bitPattern: moved.range.upper &- moved.range.lower)
    if width < UInt64(TableLookup.maximumRowCount) {
      return try emit(.table(TableLookup(function: .clamp(range), domain: moved.range)), [moved], unit: 1)
    }
    let low = try emit(.compareGreaterOrEqual(CompareGreaterOrEqual(threshold: range.lower)), [moved], unit: 1)
    let raised = try emit(.select(Select()), [low, moved, try constant(range.lower, like: moved, unit: 1)], unit: 1)
    let high = try emit(.compareGreaterOrEqual(CompareGreaterOrEqual(threshold: range.upper)), [raised], unit: 1)
    return try emit(.select(Select()), [high, try constant(range.upper, like: moved, unit: 1), raised], unit: 1)
  }

  // MARK: Tables and trees

  private func table(_ id: Int, _ source: Int, _ function: ElementaryFunction) throws(ModelImportError) -> LoweredValue {
    let node = graph.nodes[id]
    if case .leakyRelu(0) = function, options.bits > 16 || node.kind != .real { return try wideRelu(source) }
    let x = try tableOperand(source, function)
    let isInteger = node.kind != .real
    guard entry(id).exponent <= 21 else {
      let place = graph.place(id)
      throw .unsupported(node: place.name, operation: place.operation, reason: "values of this function beyond 2^21; rescale the model")
    }
    let outputBits = max(options.bits, 16)
    var exponent = isInteger ? 0 : entry(id).exponent - (outputBits - 1)
    // Outputs are no finer than 2^−32; straight lines gain nothing from finer steps than their input has.
    exponent = max(-32, exponent)
    if case .leakyRelu(0) = function { exponent = max(exponent, x.exponent ?? exponent) }
    let limit = Int64(1) << Int64(max(1, min(40, entry(id).exponent - exponent)))
    let tableFunction = TableFunction.elementary(
      function, inputFractionBits: -(x.exponent ?? 0), outputFractionBits: -exponent, range: IntegerRange(-limit...limit))
    return try emit(.table(TableLookup(function: tableFunction, domain: x.range)), [x], unit: .power(exponent))
  }

  /// The argument of a table. Where the function is flat outside an interval, wider arguments are clamped to it, exactly and
  /// without refusing, and the interval gets the table's whole resolution.
  private func tableOperand(_ source: Int, _ function: ElementaryFunction) throws(ModelImportError) -> LoweredValue {
    let interval: (lower: Double, upper: Double, bits: Int)
    let largest = entry(source).exponent
    switch function {
    case .exponential where largest > 3 && isNegative(source): interval = (-14, 0, 12)
    case .logistic where largest > 3: interval = (-14, 14, 11)
    case .hyperbolicTangent where largest > 2: interval = (-7, 7, 12)
    case .errorFunction where largest > 1: interval = (-3.5, 3.5, 13)
    default:
      let width = min(16, options.bits)
      return try flat(try operand(source, limit: width, target: width, needsPower: true))
    }
    var x = try flat(try operand(source, limit: 46, target: 30, needsPower: true))
    for (bound, isLower) in [(interval.lower, true), (interval.upper, false)] {
      let limit = Int64(nearest: bound / x.unit)
      if isLower ? x.range.lower >= limit : x.range.upper <= limit { continue }
      let above = try emit(.compareGreaterOrEqual(CompareGreaterOrEqual(threshold: limit)), [x], unit: 1)
      let edge = try constant(limit, like: x, unit: x.unit)
      x = try emit(.select(Select()), isLower ? [above, x, edge] : [above, edge, x], unit: x.unit)
    }
    let unit = Double.power(-interval.bits)
    if unit <= x.unit { return x }
    let range = IntegerRange(lower: Int64(interval.lower / unit), upper: Int64(interval.upper / unit) + 1) ?? IntegerRange(only: 0)
    return try rescaled(x, to: unit, range: range, rounding: .halfUp)
  }

  /// Whether a value is a difference from its own row's maximum or another that calibration never saw above 0.
  private func isNegative(_ id: Int) -> Bool { entry(id).isNeverPositive }

  private func wideRelu(_ source: Int) throws(ModelImportError) -> LoweredValue {
    let x = try flat(try operand(source, limit: 40, target: options.bits))
    let isPositive = try emit(.compareGreaterOrEqual(CompareGreaterOrEqual(threshold: 0)), [x], unit: 1)
    return try emit(.select(Select()), [isPositive, x, try constant(0, like: x, unit: x.unit)], unit: x.unit)
  }

  private func ensemble(_ id: Int, _ source: Int, _ trees: TreeDescription, _ features: Int) throws(ModelImportError) -> LoweredValue {
    let raw = try operand(source, limit: 44, target: 32)
    let x = try shaped(raw, raw.reference.shape.count / features, features)
    let place = graph.place(id)
    let outside = x.range.upper + 2
    func threshold(_ node: TreeDescription.Node) -> Int64 {
      let t = node.threshold / x.unit
      let steps: Double
      switch node.test {
      case 1, 4: steps = t.rounded(.down)
      case 2, 3: steps = t.rounded(.up)
      default:
        guard t.rounded() == t, abs(t) < 0x1p50 else { return outside }
        steps = t
      }
      return Int64(max(Double(x.range.lower) - 1, min(Double(outside), steps)))
    }
    let rows = trees.nodes.flatMap { node -> [Int64] in
      [
        Int64(node.test), Int64(node.feature), node.test == 0 ? 0 : threshold(node), Int64(node.whenTrue), Int64(node.whenFalse),
        node.missingIsTrue ? 1 : 0,
      ]
    }
    let bits = max(64 - outside.leadingZeroBitCount, 64 - trees.nodes.count.leadingZeroBitCount, 4) + 1
    let nodeRange = IntegerRange(-(Int64(1) << Int64(bits))...(Int64(1) << Int64(bits)))
    let nodeShape = try shape(trees.nodes.count, 6)
    let exponent = entry(~id).exponent
    let unit = Double.power(exponent - 23)
    let leafRange = IntegerRange(-(Int64(1) << 23)...(Int64(1) << 23))
    let leaves = trees.nodes.flatMap { $0.leaf.map { max(leafRange.lower, min(leafRange.upper, Int64(nearest: $0 / unit))) } }
    var operands = [x]
    for (values, range, dimensions, unit) in [
      (rows, nodeRange, nodeShape, 1.0), (leaves, leafRange, try shape(trees.nodes.count, trees.outputs), unit),
    ] {
      let name = "weights.\(hidden.count)"
      hidden.append(HiddenTensor(name: name, source: place.name, shape: dimensions, range: range, unit: unit, values: values))
      operands.append(try emit(.input(Input(binding: .tensor(artefact: name), range: range, shape: dimensions)), [], unit: unit))
    }
    try refuseMixedMissing(source)
    var root = source
    while case .view = graph.nodes[root].primitive, let before = graph.nodes[root].operands.first { root = before }
    let missing = inputsWithMissing.contains(root) ? x.range.lower : nil
    return try emit(.treeEnsemble(TreeEnsemble(trees: trees.trees, depth: trees.depth, missing: missing)), operands, unit: unit)
  }
}

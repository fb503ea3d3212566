/// From the graph of real primitives to an integer program, by the formats of a plan.

import Programs

/// Builds the program. Everything that decides its shape comes from the graph's public side and the plan; hidden numbers only fill the
/// hidden tensors.
final class Lowering {
  let graph: ModelGraph
  let plan: FormatPlan
  let options: FormatOptions
  var builder = ProgramBuilder()
  var bounds: [ValueBounds] = []
  var hidden: [HiddenTensor] = []
  var lowered: [Int: LoweredValue] = [:]
  private var narrowed: [NarrowKey: LoweredValue] = [:]
  private var weights: [WeightKey: LoweredValue] = [:]
  private var tables = TableMemo()
  /// Comparisons by their node, with what they compare: selections by them have narrower ranges.
  private var comparisons: [Int: (Operator, Int)] = [:]
  /// Inputs that must have an integer for "missing".
  let inputsWithMissing: Set<Int>
  /// Inputs that a tree reads, which get wide formats.
  let inputsOfTrees: Set<Int>
  /// The node being lowered.
  var current = 0

  private struct NarrowKey: Hashable {
    let id: Int
    let limit: Int
    let target: Int
    let needsPower: Bool
  }
  private struct WeightKey: Hashable {
    let id: Int
    let unit: Double
  }

  init(_ graph: ModelGraph, plan: FormatPlan, options: FormatOptions) {
    self.graph = graph
    self.plan = plan
    self.options = options
    var missing: Set<Int> = []
    var trees: Set<Int> = []
    for id in graph.live {
      let node = graph.nodes[id]
      if case .input = node.primitive, plan.entries[id]?.hasMissing == true { missing.insert(id) }
      for direct in node.operands {
        var operand = direct
        while case .view = graph.nodes[operand].primitive, let source = graph.nodes[operand].operands.first { operand = source }
        guard case .input = graph.nodes[operand].primitive else { continue }
        if case .isMissing = node.primitive { missing.insert(operand) }
        if case .treeEnsemble = node.primitive { trees.insert(operand) }
      }
    }
    inputsWithMissing = missing
    inputsOfTrees = trees
  }

  /// Lowers all live nodes that are not known at import, and names the outputs.
  func run() throws(ModelImportError) -> [(value: LoweredValue, kind: ValueKind)] {
    for id in graph.live where graph.nodes[id].known == nil {
      current = id
      lowered[id] = try lower(id)
    }
    var results: [(LoweredValue, ValueKind)] = []
    for (name, value) in graph.outputs {
      current = value.id
      let result = value.kind == .real ? try operand(value.id, limit: 26, target: max(options.bits, 20)) : try any(value.id)
      do { try builder.output(name, result.reference) } catch { throw failure(error) }
      results.append((result, value.kind))
    }
    if hidden.isEmpty { try commitNothing() }
    return results
  }

  /// A model without trained numbers gets one hidden zero that nothing reads: what is committed has something to commit to.
  private func commitNothing() throws(ModelImportError) {
    let (name, range) = ("weights.0", IntegerRange(0...1))
    let dimensions = try shape(1)
    hidden.append(HiddenTensor(name: name, source: "none: the model has no trained number", shape: dimensions, range: range, unit: 1, values: [0]))
    _ = try emit(.input(Input(binding: .tensor(artefact: name), range: range, shape: dimensions)), [], unit: 1)
  }

  // MARK: Emission

  func failure(_ error: ProgramError) -> ModelImportError {
    let place = graph.place(current)
    return .range(node: place.name, operation: place.operation, error: error)
  }

  /// Adds a program node and bounds it.
  func emit(_ operation: Operator, _ operands: [LoweredValue], unit: Double) throws(ModelImportError) -> LoweredValue {
    do {
      let reference = try builder.add("n\(bounds.count).\(type(of: operation.definition).name)", operation, operands.map(\.reference))
      var known = operands.map { BoundedOperand(shape: $0.reference.shape, bounds: $0.bounds) }
      let name = "n\(bounds.count)"
      let result: NodeBounds
      if case .table(let table) = operation {
        result = try table.bounds(node: name, operands: known, shape: reference.shape, memo: &tables)
      } else {
        if case .select = operation, let condition = operands.first,
          case (.compareGreaterOrEqual(let compare), let compared)? = comparisons[condition.reference.index]
        {
          known = Select.narrowed(known, threshold: compare.threshold, isCompared: operands.map { $0.reference.index == compared })
        }
        result = try operation.definition.bounds(node: name, operands: known, shape: reference.shape)
      }
      if case .compareGreaterOrEqual = operation, let source = operands.first { comparisons[reference.index] = (operation, source.reference.index) }
      bounds.append(result.values)
      return LoweredValue(reference: reference, unit: unit, bounds: result.values)
    } catch {
      throw failure(error)
    }
  }

  func shape(_ rows: Int, _ columns: Int = 1) throws(ModelImportError) -> TensorShape {
    guard let shape = TensorShape(rows: rows, columns: columns) else {
      throw .tooLarge(node: graph.place(current).name, reason: "a tensor of [\(rows), \(columns)]")
    }
    return shape
  }

  /// The same entries as [rows, columns].
  func shaped(_ value: LoweredValue, _ rows: Int, _ columns: Int = 1) throws(ModelImportError) -> LoweredValue {
    let wanted = try shape(rows, columns)
    return value.reference.shape == wanted ? value : try emit(.view(.reshape(to: wanted)), [value], unit: value.unit)
  }

  /// Elementwise operators take vectors.
  func flat(_ value: LoweredValue) throws(ModelImportError) -> LoweredValue { try shaped(value, value.reference.shape.count) }

  func affine(_ value: LoweredValue, _ factor: Int64, _ constant: Int64 = 0, unit: Double) throws(ModelImportError) -> LoweredValue {
    factor == 1 && constant == 0
      ? LoweredValue(reference: value.reference, unit: unit, bounds: value.bounds)
      : try emit(.affine(Affine(coefficients: [factor], constant: constant)), [value], unit: unit)
  }

  func constant(_ number: Int64, like value: LoweredValue, unit: Double) throws(ModelImportError) -> LoweredValue {
    try emit(.constant(Constant(.uniform(number), shape: value.reference.shape)), [], unit: unit)
  }

  // MARK: Known numbers

  func entry(_ id: Int) -> FormatPlan.Entry {
    plan.entries[id] ?? FormatPlan.Entry(exponent: 0, isIntegral: false, isSigned: true, isNeverPositive: false, hasMissing: false)
  }

  /// The unit of a known tensor of that many bits.
  private func weightUnit(_ id: Int, bits: Int) -> Double {
    let node = graph.nodes[id]
    if let lattice = node.lattice { return lattice }
    return node.kind == .real ? .power(entry(id).exponent - (bits - 1)) : 1
  }

  /// Known numbers in a unit: public ones as a constant, hidden ones as a tensor of the artefact. A view of known numbers stays a view.
  func known(_ id: Int, unit: Double) throws(ModelImportError) -> LoweredValue {
    if let done = weights[WeightKey(id: id, unit: unit)] { return done }
    let node = graph.nodes[id]
    let result: LoweredValue
    if case .view(let map, let fill) = node.primitive, let source = node.operands.first {
      let inner = try known(source, unit: unit)
      result = try emit(.view(TensorView(map, fill: Int64(nearest: fill / unit), shape: try shape(node.count))), [inner], unit: unit)
    } else {
      let numbers = node.known ?? []
      let limit = Double.power(entry(id).exponent) / unit
      let bits = max(1, min(62, FormatPlan.exponent(limit, headroom: 1)))
      let place = graph.place(id)
      guard limit < 0x1p56 else { throw .tooLarge(node: place.name, reason: "a constant far larger than what it is added to; rescale the model") }
      let range: IntegerRange
      switch node.kind {
      case .text: range = IntegerRange(0...(1 << 40))
      case .boolean: range = IntegerRange(0...1)
      default: range = IntegerRange(-(Int64(1) << Int64(bits))...(Int64(1) << Int64(bits)))
      }
      let integers = numbers.map { max(range.lower, min(range.upper, Int64(nearest: $0 / unit))) }
      let dimensions = try shape(node.count)
      if node.isPublic {
        let isUniform = integers.allSatisfy { $0 == integers.first }
        result = try emit(.constant(Constant(isUniform ? .uniform(integers.first ?? 0) : .values(integers), shape: dimensions)), [], unit: unit)
      } else {
        let name = "weights.\(hidden.count)"
        hidden.append(HiddenTensor(name: name, source: place.name, shape: dimensions, range: range, unit: unit, values: integers))
        result = try emit(.input(Input(binding: .tensor(artefact: name), range: range, shape: dimensions)), [], unit: unit)
      }
    }
    weights[WeightKey(id: id, unit: unit)] = result
    return result
  }

  // MARK: Operands

  func isKnown(_ id: Int) -> Bool { graph.nodes[id].known != nil }

  /// A value as it is; known numbers in 24 bits.
  func any(_ id: Int) throws(ModelImportError) -> LoweredValue {
    if isKnown(id) { return try known(id, unit: weightUnit(id, bits: 24)) }
    guard let value = lowered[id] else { throw .malformed(place: graph.place(id).name, reason: "a value is used before it is made") }
    return value
  }

  /// A known tensor of that many bits.
  func weight(_ id: Int, bits: Int) throws(ModelImportError) -> LoweredValue { try known(id, unit: weightUnit(id, bits: bits)) }

  /// A value of at most `limit` bits, rounded to its calibrated format of `target` bits where it has more.
  func operand(_ id: Int, limit: Int, target: Int, needsPower: Bool = false) throws(ModelImportError) -> LoweredValue {
    if isKnown(id) {
      let value = try weight(id, bits: min(limit, 24))
      if value.bits <= limit + 1, !needsPower || value.exponent != nil { return value }
      return try known(id, unit: .power(entry(id).exponent - (target - 1)))
    }
    let value = try any(id)
    if value.bits <= limit, !needsPower || value.exponent != nil { return value }
    let key = NarrowKey(id: id, limit: limit, target: target, needsPower: needsPower)
    if let done = narrowed[key] { return done }
    let entry = entry(id)
    var unit = Double.power(entry.exponent - (target - 1))
    if graph.nodes[id].kind != .real { unit = 1 }
    if value.exponent != nil, unit < value.unit { unit = value.unit }
    let result = try rescaled(value, to: unit, exponent: entry.exponent)
    narrowed[key] = result
    return result
  }

  /// The value in another unit, with the range that |x| ≤ 2^exponent implies enforced.
  func rescaled(_ value: LoweredValue, to unit: Double, exponent: Int, rounding: Rounding = .halfUp) throws(ModelImportError) -> LoweredValue {
    let bits = max(1, min(60, FormatPlan.exponent(.power(exponent) / unit, headroom: 1)))
    let range = IntegerRange(-(Int64(1) << Int64(bits))...((Int64(1) << Int64(bits)) - 1))
    return try rescaled(value, to: unit, range: range, rounding: rounding)
  }

  func rescaled(_ value: LoweredValue, to unit: Double, range: IntegerRange, rounding: Rounding) throws(ModelImportError) -> LoweredValue {
    let (multiplier, shift) = Self.ratio(value.unit / unit, bits: value.bits)
    return try emit(.rescale(Rescale(multiplier: multiplier, shift: shift, rounding: rounding, range: range)), [value], unit: unit)
  }

  /// The exponent of a ratio, clamped: 0 and infinite ratios only come from files that make no sense, and end in a refused program.
  static func exponent(_ ratio: Double) -> Int { ratio > 0 ? max(-2_000, min(2_000, Int(clamping: ratio.exponent))) : -2_000 }

  /// M and s with M / 2^s nearest to a ratio, M below 2^31 and small enough for values of that many bits.
  static func ratio(_ ratio: Double, bits: Int) -> (multiplier: Int64, shift: Int) {
    let exponent = Self.exponent(ratio)
    if ratio.significand == 1 { return exponent >= 0 ? (Int64(1) << Int64(min(40, exponent)), 0) : (1, min(61, -exponent)) }
    var digits = max(2, min(31, 60 - bits))
    digits = max(1, min(digits, 61 + exponent + 1))
    let shift = max(0, digits - 1 - exponent)
    return (max(1, Int64(nearest: ratio * .power(min(61, shift)))), min(61, shift))
  }

  /// A value in a unit: exactly where that is finer by a power of two, else rounded.
  func at(_ id: Int, unit: Double) throws(ModelImportError) -> LoweredValue {
    if isKnown(id) { return try known(id, unit: unit) }
    let value = try any(id)
    let ratio = value.unit / unit
    if abs(ratio - 1) < 1e-6 { return try flat(LoweredValue(reference: value.reference, unit: unit, bounds: value.bounds)) }
    if ratio.significand == 1, ratio > 1, ratio < 0x1p50 { return try flat(try affine(value, Int64(ratio), unit: unit)) }
    return try flat(try rescaled(value, to: unit, exponent: entry(id).exponent))
  }

  /// Operands in one unit: the finest of theirs that keeps all below 52 bits.
  func aligned(_ ids: [Int], constant: Double = 0) throws(ModelImportError) -> (values: [LoweredValue], unit: Double) {
    var unit = Double.infinity
    var coarsest = -60
    for id in ids {
      coarsest = max(coarsest, entry(id).exponent)
      if !isKnown(id) { unit = min(unit, try any(id).unit) }
    }
    if unit.isInfinite {
      for id in ids { unit = min(unit, weightUnit(id, bits: 24)) }
    } else if graph.nodes[current].kind == .real,
      ids.contains(where: { isKnown($0) && graph.nodes[$0].kind == .real && graph.nodes[$0].lattice == nil })
    {
      // A hidden number must not be rounded to the coarse steps of an operand: 22 bits of the result's format are kept.
      unit = min(unit, .power(entry(current).exponent - 21))
    }
    if constant != 0 {
      coarsest = max(coarsest, FormatPlan.exponent(abs(constant), headroom: 1))
      // A small constant (an ε) must not vanish.
      let exponent = Self.exponent(abs(constant)) - 8
      if ids.contains(where: { graph.nodes[$0].kind == .real }), constant.rounded() != constant || unit > 1 {
        unit = min(unit, .power(max(exponent, coarsest - 48)))
      }
    }
    if unit < .power(coarsest - 48) { unit = .power(coarsest - 48) }
    var values: [LoweredValue] = []
    for id in ids { values.append(try at(id, unit: unit)) }
    return (values, unit)
  }
}

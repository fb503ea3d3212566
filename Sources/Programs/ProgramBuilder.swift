/// Building programs node by node.

/// A node of the program under construction.
public struct NodeReference: Hashable, Sendable {
  /// Index in the program's nodes.
  public let index: Int
  /// Its shape.
  public let shape: TensorShape
}

/// What a requantisation does with values outside the wanted width.
public enum OutOfRangePolicy: Hashable, Sendable {
  /// The program is refused unless no value can be outside (the default: any width is wanted).
  case refuse(limit: IntegerRange?)
  /// Values are clamped to −2^(bits−1) … 2^(bits−1) − 1.
  case saturate(bits: Int)
}

/// Collects nodes and outputs; every call checks names, operand counts and shapes.
public struct ProgramBuilder: Sendable {
  private var nodes: [ProgramNode] = []
  private var names: Set<String> = []
  private var outputs: [ProgramOutput] = []

  /// An empty program.
  public init() {}

  /// Adds a node.
  /// - Throws: `.duplicateName`, `.unknownOperand`, `.operandCount`, `.shapeMismatch`, `.invalidParameter`, `.tableTooLarge`.
  public mutating func add(_ name: String, _ operation: Operator, _ operands: [NodeReference] = []) throws(ProgramError) -> NodeReference {
    guard name.utf8.count <= ProgramLimits.nameBytes else { throw Self.longName(name) }
    guard names.insert(name).inserted else { throw .duplicateName(name) }
    for operand in operands where !nodes.indices.contains(operand.index) || nodes[operand.index].shape != operand.shape {
      throw .unknownOperand(node: name, operand: operand.index)
    }
    let shape = try operation.definition.shape(node: name, operands: operands.map(\.shape))
    nodes.append(ProgramNode(name: name, operation: operation, operands: operands.map(\.index), shape: shape))
    return NodeReference(index: nodes.count - 1, shape: shape)
  }

  /// Declares a node as a result.
  public mutating func output(_ name: String, _ node: NodeReference) throws(ProgramError) {
    guard name.utf8.count <= ProgramLimits.nameBytes else { throw Self.longName(name) }
    guard !outputs.contains(where: { $0.name == name }) else { throw .duplicateName(name) }
    guard nodes.indices.contains(node.index) else { throw .unknownOperand(node: name, operand: node.index) }
    outputs.append(ProgramOutput(name: name, node: node.index))
  }

  /// Relations name their columns and equations after nodes, hundreds for one node: names are no place for data.
  static func longName(_ name: String) -> ProgramError {
    .invalidModel(reason: "a name of \(name.utf8.count) bytes, \(String(name.prefix(40)))…; a name has at most \(ProgramLimits.nameBytes)")
  }

  /// The program.
  public func build() -> Program { Program(nodes: nodes, outputs: outputs) }

  /// constant + Σ coefficient · node.
  public mutating func affine(
    _ name: String, _ terms: [(coefficient: Int64, node: NodeReference)], constant: Int64 = 0
  ) throws(ProgramError) -> NodeReference {
    try add(name, .affine(Affine(coefficients: terms.map(\.coefficient), constant: constant)), terms.map(\.node))
  }

  /// round(node · multiplier / 2^shift), refused or saturated when it can leave the wanted range.
  ///
  /// Saturation is composed of the other operators, so that it needs no relation of its own: with h the rounded value, l and u the ends
  /// of the range, g = select(h ≥ l, h, l) and y = select(g ≥ u + 1, u, g). The nodes are `name`, `name.low`, `name.high`, …; the last is
  /// returned, and the analysis finds y in [l, u].
  public mutating func requantise(
    _ name: String, _ node: NodeReference, multiplier: Int64 = 1, shift: Int, rounding: Rounding = .halfUp,
    outOfRange: OutOfRangePolicy = .refuse(limit: nil)
  ) throws(ProgramError) -> NodeReference {
    switch outOfRange {
    case .refuse(let limit):
      return try add(name, .requantise(Requantise(multiplier: multiplier, shift: shift, rounding: rounding, limit: limit)), [node])
    case .saturate(let bits):
      guard bits <= 61, let range = IntegerRange(signedBits: bits) else {
        throw .invalidParameter(node: name, reason: "saturation to \(bits) bits; 1 to 61 are possible")
      }
      let rounded = try add(
        name, .requantise(Requantise(multiplier: multiplier, shift: shift, rounding: rounding)), [node])
      return try saturate(name, rounded, to: range)
    }
  }

  /// min(max(node, lower), upper) from comparisons and selections.
  public mutating func saturate(_ name: String, _ node: NodeReference, to range: IntegerRange) throws(ProgramError) -> NodeReference {
    let low = try add("\(name).low", .constant(Constant(.uniform(range.lower), shape: node.shape)))
    let high = try add("\(name).high", .constant(Constant(.uniform(range.upper), shape: node.shape)))
    let aboveLow = try add("\(name).above-low", .compareGreaterOrEqual(CompareGreaterOrEqual(threshold: range.lower)), [node])
    let raised = try add("\(name).raised", .select(Select()), [aboveLow, node, low])
    let (next, overflow) = range.upper.addingReportingOverflow(1)
    guard !overflow else { throw .invalidParameter(node: name, reason: "upper bound of the saturation is too large") }
    let aboveHigh = try add("\(name).above-high", .compareGreaterOrEqual(CompareGreaterOrEqual(threshold: next)), [raised])
    return try add("\(name).saturated", .select(Select()), [aboveHigh, high, raised])
  }
}

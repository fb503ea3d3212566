/// Reading programs back from their canonical descriptions, with bounds on what they may cost.

import Hashing

/// Caps on programs that come from outside; every real one is far below.
public enum ProgramLimits {
  /// Nodes of a program.
  public static let nodes = 1 << 15
  /// Entries of all nodes together, inputs and hidden tensors apart; those of views once more for every four axes of their sources.
  public static let entries = 1 << 26
  /// UTF-8 bytes of a name.
  public static let nameBytes = 1_024
  /// Groups of columns of all nodes together, those of equal ranges side by side as one (`ValueBounds`).
  public static let columnGroups = 1 << 20
  /// Outputs.
  public static let outputs = 1_024
  /// Distinct function tables.
  public static let tables = 64
}

extension Program {
  /// Reads what `canonical` writes: every node is checked by its operator, so the result is a program like any other.
  ///
  /// - Throws: `.invalidModel` for anything else or beyond `ProgramLimits`, and what the operators refuse.
  public init(canonical value: CanonicalValue) throws(ProgramError) {
    guard let entries = value.entries(["nodes", "outputs"]), let nodes = entries["nodes"]?.listValue, let outputs = entries["outputs"]?.listValue,
      !nodes.isEmpty, nodes.count <= ProgramLimits.nodes, outputs.count <= min(nodes.count, ProgramLimits.outputs)
    else {
      throw .invalidModel(
        reason: "a program has the entries nodes and outputs, and at most \(ProgramLimits.nodes) nodes and \(ProgramLimits.outputs) outputs")
    }
    var builder = ProgramBuilder()
    var references: [NodeReference] = []
    var total = 0
    var tables: Set<TableLookup> = []
    for (number, node) in nodes.enumerated() {
      guard let items = node.listValue, items.count == 4, let name = items[0].textValue, let operation = Operator(canonical: items[1]),
        let list = items[2].listValue, let shape = TensorShape(canonical: items[3])
      else { throw .invalidModel(reason: "node \(number) of the program has unknown parts") }
      let operands = list.compactMap { item in item.countValue.flatMap { references.indices.contains($0) ? references[$0] : nil } }
      guard operands.count == list.count else { throw .unknownOperand(node: name, operand: number) }
      // Values from outside are not written out.
      if case .input = operation {} else { total += min(shape.count, ProgramLimits.entries + 1) }
      if case .view(let view) = operation, case .axes(_, let source) = view.map {
        total += min(shape.count, ProgramLimits.entries + 1) * (min(source.count, 64) / 4)
      }
      if case .table(let table) = operation { tables.insert(table) }
      guard total <= ProgramLimits.entries, tables.count <= ProgramLimits.tables else {
        throw .invalidModel(reason: "a program of more than \(ProgramLimits.entries) entries or \(ProgramLimits.tables) function tables")
      }
      // A view writes its positions out to check them: its own dimensions must be those of the shape.
      if case .view(let view) = operation, case .axes(let dimensions, _) = view.map, TensorView.checkedCount(dimensions) != shape.count {
        throw .invalidModel(reason: "node \(name) is a view with other dimensions than its shape's")
      }
      let reference = try builder.add(name, operation, operands)
      guard reference.shape == shape else { throw .shapeMismatch(node: name, expected: "\(reference.shape)", actual: shape) }
      references.append(reference)
    }
    for output in outputs {
      guard let items = output.listValue, items.count == 2, let name = items[0].textValue, let node = items[1].countValue,
        references.indices.contains(node)
      else { throw .invalidModel(reason: "an output of the program has unknown parts") }
      try builder.output(name, references[node])
    }
    self = builder.build()
    guard canonical == value else { throw .invalidModel(reason: "not in canonical form") }
  }
}

/// The reference interpreter: it defines the semantics, makes the witness and serves predictions.

/// All values of one run.
public struct Execution: Equatable, Sendable {
  /// The program that ran.
  public let program: Program
  /// Row-major values of every node, in node order.
  public let values: [[Int64]]

  /// Values of an output, or of one column of it (`Program.outputColumn`), or nil.
  public func output(_ name: String) -> [Int64]? {
    guard let (node, column) = program.outputColumn(name), values.indices.contains(node) else { return nil }
    guard let column else { return values[node] }
    return stride(from: column, to: values[node].count, by: program.nodes[node].shape.columns).map { values[node][$0] }
  }
}

/// Runs programs on integers; one row and a million rows take the same path.
public enum Interpreter {
  /// Evaluates every node in order.
  ///
  /// - Parameter inputs: row-major values per binding; further entries are ignored.
  /// - Throws: what `Program.analyse()` refuses; `.inputMissing`, `.inputCount`, `.inputOutOfRange` for inputs that do not fit.
  public static func run(_ program: Program, inputs: [InputBinding: [Int64]]) throws(ProgramError) -> Execution {
    var memo = TableMemo()
    return try run(program, inputs: inputs, memo: &memo)
  }

  /// The same, with function tables that were made before: a program that runs many times makes each once.
  static func run(_ program: Program, inputs: [InputBinding: [Int64]], memo: inout TableMemo) throws(ProgramError) -> Execution {
    let bounds = try program.analyse(memo: &memo)
    var tensors: [IntegerTensor] = []
    tensors.reserveCapacity(program.nodes.count)
    for (node, bound) in zip(program.nodes, bounds) {
      let values: [Int64]
      if case .input(let input) = node.operation {
        values = try read(input, node: node, inputs: inputs)
      } else if case .table(let table) = node.operation {
        values = try table.evaluate(node: node.name, operands: node.operands.map { tensors[$0] }, memo: &memo)
      } else {
        values = try node.operation.definition.evaluate(
          node: node.name, operands: node.operands.map { tensors[$0] }, shape: node.shape)
        // The analysis proved this; checked all the same, because the witness is made from these values.
        try check(values, in: bound.range, node: node.name)
      }
      tensors.append(IntegerTensor(checkedShape: node.shape, values: values))
    }
    return Execution(program: program, values: tensors.map(\.values))
  }

  private static func read(_ input: Input, node: ProgramNode, inputs: [InputBinding: [Int64]]) throws(ProgramError) -> [Int64] {
    guard let values = inputs[input.binding] else { throw .inputMissing(node: node.name) }
    guard values.count == node.shape.count else {
      throw .inputCount(node: node.name, expected: node.shape.count, actual: values.count)
    }
    try check(values, in: input.range, node: node.name)
    return values
  }

  private static func check(_ values: [Int64], in range: IntegerRange, node: String) throws(ProgramError) {
    for (index, value) in values.enumerated() where !range.contains(value) {
      throw .inputOutOfRange(node: node, index: index, value: value, range: range)
    }
  }
}

/// A program: a graph of operators over integer tensors.

import Hashing

/// One node: an operator applied to earlier nodes.
public struct ProgramNode: Hashable, Sendable {
  /// Unique in the program; appears in errors and statements.
  public let name: String
  /// The operation and its public parameters.
  public let operation: Operator
  /// Indices of operand nodes, all smaller than this node's own.
  public let operands: [Int]
  /// Shape of the result.
  public let shape: TensorShape
}

/// A named result of a program.
public struct ProgramOutput: Hashable, Sendable {
  /// Unique among the outputs.
  public let name: String
  /// Index of the node.
  public let node: Int
}

/// A program over integer tensors: nodes in evaluation order and named outputs. Shapes are checked when it is built, ranges by
/// `analyse()`.
public struct Program: Hashable, Sendable {
  /// All nodes; operands come before the nodes that use them.
  public let nodes: [ProgramNode]
  /// The results, in the order in which they were declared.
  public let outputs: [ProgramOutput]

  init(nodes: [ProgramNode], outputs: [ProgramOutput]) {
    self.nodes = nodes
    self.outputs = outputs
  }

  /// Index of the node of an output, or nil.
  public func output(_ name: String) -> Int? { outputs.first { $0.name.hasSameBytes(as: name) }?.node }

  /// Index of the node of that name, or nil.
  public func node(named name: String) -> Int? { nodes.firstIndex { $0.name.hasSameBytes(as: name) } }

  /// The input nodes, in order.
  public var inputs: [(node: Int, input: Input)] {
    nodes.enumerated().compactMap { index, node in
      guard case .input(let input) = node.operation else { return nil }
      return (index, input)
    }
  }

  /// Bounds every node's values by interval arithmetic, from the declared ranges of the inputs on.
  ///
  /// - Returns: one entry per node.
  /// - Throws: `.relationTooLarge` when a relation over the integers could reach 2^62 in absolute value on either side, and
  ///   `.outOfRange` when a value could leave the range an operator enforces; both name the node, the computed bound and a remedy.
  public func analyse() throws(ProgramError) -> [NodeBounds] {
    var memo = TableMemo()
    return try analyse(memo: &memo)
  }

  /// The same, with tables that were made before.
  func analyse(memo: inout TableMemo) throws(ProgramError) -> [NodeBounds] {
    var results: [NodeBounds] = []
    results.reserveCapacity(nodes.count)
    var groups = 0
    for node in nodes {
      var operands: [BoundedOperand] = []
      for operand in node.operands {
        guard results.indices.contains(operand) else { throw .unknownOperand(node: node.name, operand: operand) }
        operands.append(BoundedOperand(shape: nodes[operand].shape, bounds: results[operand].values))
      }
      if case .select = node.operation, let condition = node.operands.first, case .compareGreaterOrEqual(let compare) = nodes[condition].operation {
        let compared = nodes[condition].operands.first
        operands = Select.narrowed(operands, threshold: compare.threshold, isCompared: node.operands.map { $0 == compared })
      }
      if case .table(let table) = node.operation {
        results.append(try table.bounds(node: node.name, operands: operands, shape: node.shape, memo: &memo))
      } else {
        results.append(try node.operation.definition.bounds(node: node.name, operands: operands, shape: node.shape))
      }
      groups += results[results.count - 1].values.groups.count
      guard groups <= ProgramLimits.columnGroups else {
        throw .invalidModel(reason: "columns of more than \(ProgramLimits.columnGroups) groups up to node \(node.name)")
      }
    }
    return results
  }
}

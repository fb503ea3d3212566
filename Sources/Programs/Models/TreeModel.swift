/// A tree ensemble: public architecture and private nodes.

/// Nodes for an architecture.
public struct TreeModel: Equatable, Sendable {
  /// The public part.
  public let architecture: TreeArchitecture
  /// `nodeCount` of them; node t is the root of tree t, children come after their parents, siblings are neighbours.
  public let nodes: [TreeNode]

  /// Checks what `wellFormed` proves: ranges, flags, children; and that no path is longer than the depth.
  /// - Throws: `.invalidModel`.
  public init(architecture: TreeArchitecture, nodes: [TreeNode]) throws(ProgramError) {
    guard nodes.count == architecture.nodeCount else {
      throw .invalidModel(reason: "\(nodes.count) nodes; the architecture has \(architecture.nodeCount)")
    }
    let variants = architecture.variants.count
    let inner = architecture.innerThresholds
    // Comparisons below each node, children before parents.
    var heights = [Int](repeating: 0, count: nodes.count)
    for (index, node) in nodes.enumerated().reversed() {
      guard (0..<variants).contains(node.variant), node.values.count == architecture.task.outputCount,
        node.values.allSatisfy(architecture.valueRange.contains)
      else { throw .invalidModel(reason: "node \(index) has a feature or a value outside its range") }
      if node.isLeaf {
        guard node.child == index, node.threshold == architecture.leafThreshold else {
          throw .invalidModel(reason: "node \(index) is a leaf, but does not lead to itself for every row")
        }
        continue
      }
      guard node.child > index, node.child + 1 < nodes.count, inner.contains(node.threshold), node.values.allSatisfy({ $0 == 0 }) else {
        throw .invalidModel(reason: "node \(index) has a child or a threshold outside its range, or a value though it is no leaf")
      }
      heights[index] = 1 + max(heights[node.child], heights[node.child + 1])
      guard heights[index] <= architecture.depth else { throw .invalidModel(reason: "node \(index) has more levels below it than the depth") }
    }
    self.architecture = architecture
    self.nodes = nodes
  }

  /// The stored columns of the table of nodes, in the order of `TreeArchitecture.nodeColumns`.
  public var columns: [[Int64]] {
    [nodes.map { Int64($0.variant) }, nodes.map(\.threshold), nodes.map { Int64($0.child) }, nodes.map { $0.isLeaf ? 1 : 0 }]
      + (0..<architecture.task.outputCount).map { output in nodes.map { $0.values[output] } }
  }

  /// The model that columns describe. **Throws** `.invalidModel`.
  public init(architecture: TreeArchitecture, columns: [[Int64]]) throws(ProgramError) {
    guard columns.count == architecture.nodeColumns.count, columns.allSatisfy({ $0.count == architecture.nodeCount }) else {
      throw .invalidModel(reason: "\(columns.count) columns of nodes; the architecture has \(architecture.nodeColumns.count)")
    }
    var nodes: [TreeNode] = []
    for index in 0..<architecture.nodeCount {
      guard let variant = Int(exactly: columns[0][index]), let child = Int(exactly: columns[2][index]), (0...1).contains(columns[3][index]) else {
        throw .invalidModel(reason: "node \(index) has a flag that is not 0 or 1")
      }
      nodes.append(
        TreeNode(
          variant: variant, threshold: columns[1][index], child: child, isLeaf: columns[3][index] == 1,
          values: columns.dropFirst(4).map { $0[index] }))
    }
    try self.init(architecture: architecture, nodes: nodes)
  }

  /// Inputs of `TreeArchitecture.program` for a table and this model.
  public func inputs(for table: StoredTable, options: InferenceOptions = InferenceOptions()) -> [InputBinding: [Int64]] {
    table.inputs(artefact: options.table).merging(nodeInputs(artefact: options.weights)) { $1 }
  }

  /// The nodes' columns as inputs of a program in which they play a role.
  public func nodeInputs(artefact role: String) -> [InputBinding: [Int64]] {
    var inputs: [InputBinding: [Int64]] = [:]
    for (name, values) in zip(architecture.nodeColumns.map(\.name), columns) {
      inputs[.column(artefact: role, column: name, part: .value)] = values
    }
    return inputs
  }

  /// Runs the program on a table; one row is a table of one row.
  /// - Throws: what the interpreter refuses.
  public func run(_ table: StoredTable, options: InferenceOptions = InferenceOptions()) throws(ProgramError) -> Execution {
    try Interpreter.run(architecture.program(rows: table.rowCount, options: options), inputs: inputs(for: table, options: options))
  }
}

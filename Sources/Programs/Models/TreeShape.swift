/// Trees as they are written down, before their nodes are numbered.

/// A decision tree.
public indirect enum TreeShape: Hashable, Sendable {
  /// One value for each output.
  case leaf([Int64])
  /// Rows that meet the comparison go to `first`; `variant` is an index of `TreeArchitecture.variants`.
  case split(variant: Int, threshold: Int64, first: TreeShape, second: TreeShape)

  /// Number of nodes, leaves included.
  public var nodeCount: Int {
    switch self {
    case .leaf: 1
    case .split(_, _, let first, let second): 1 + first.nodeCount + second.nodeCount
    }
  }

  /// Most comparisons on a path.
  public var depth: Int {
    switch self {
    case .leaf: 0
    case .split(_, _, let first, let second): 1 + max(first.depth, second.depth)
    }
  }
}

extension TreeModel {
  /// The ensemble of these trees: roots first, then siblings side by side, level by level; unused nodes are leaves with values 0.
  /// - Throws: `.invalidModel` for another number of trees than the architecture's, or trees that do not fit it.
  public init(architecture: TreeArchitecture, trees: [TreeShape]) throws(ProgramError) {
    guard trees.count == architecture.trees else {
      throw .invalidModel(reason: "\(trees.count) trees; the architecture has \(architecture.trees)")
    }
    let used = trees.reduce(0) { $0 + $1.nodeCount }
    guard used <= architecture.nodeCount else {
      throw .invalidModel(reason: "the trees have \(used) nodes, the architecture \(architecture.nodeCount)")
    }
    let none = [Int64](repeating: 0, count: architecture.task.outputCount)
    var shapes = trees
    var nodes: [TreeNode] = []
    while nodes.count < architecture.nodeCount {
      let index = nodes.count
      let shape = index < shapes.count ? shapes[index] : .leaf(none)
      switch shape {
      case .leaf(let values):
        nodes.append(TreeNode(variant: 0, threshold: architecture.leafThreshold, child: index, isLeaf: true, values: values))
      case .split(let variant, let threshold, let first, let second):
        nodes.append(TreeNode(variant: variant, threshold: threshold, child: shapes.count, isLeaf: false, values: none))
        shapes += [first, second]
      }
    }
    try self.init(architecture: architecture, nodes: nodes)
  }
}

import Hashing

extension TreeGrowth {
  /// Columns of a training table: features in order, and the label or number of each row.
  public struct Rows: Sendable {
    public let features: [[Int64]]
    /// Class of each row; empty for numbers.
    public let labels: [Int]
    /// Number of classes; 0 for numbers.
    public let classes: Int
    /// Number of each row; empty for classes.
    public let numbers: [Int64]
    /// Declared range of the numbers.
    public let range: IntegerRange

    private init(features: [[Int64]], labels: [Int], classes: Int, numbers: [Int64], range: IntegerRange) {
      self.features = features
      self.labels = labels
      self.classes = classes
      self.numbers = numbers
      self.range = range
    }

    /// **Throws** `.unknownColumn`, or `.invalidModel` for a target or feature with missing cells.
    public init(_ table: StoredTable, features names: [String], target: String) throws(ProgramError) {
      var columns: [[Int64]] = []
      for name in names {
        guard let description = table.schema.column(name), let values = table.values(name) else { throw .unknownColumn(name) }
        guard description.missing == .refuse else { throw .invalidModel(reason: "feature \(name) may be missing: impute it before training") }
        columns.append(values)
      }
      guard let goal = table.schema.column(target), let values = table.values(target) else { throw .unknownColumn(target) }
      guard goal.missing == .refuse else { throw .invalidModel(reason: "the target \(target) may be missing") }
      if case .category(let classes) = goal.type {
        self.init(features: columns, labels: values.map { Int($0) }, classes: classes.count, numbers: [], range: goal.type.range)
      } else {
        self.init(features: columns, labels: [], classes: 0, numbers: values, range: goal.type.range)
      }
    }

    public var count: Int { isNumber ? numbers.count : labels.count }
    var isNumber: Bool { classes == 0 }
    /// Numbers that stand for a set of rows: one for each class, or count and sum.
    var partCount: Int { isNumber ? 2 : classes }
    var lower: Int64 { range.lower }
    var rangeBits: Int { isNumber ? range.bitCount : 0 }

    /// These rows in this order, possibly several times. Precondition: they exist.
    public func selecting(_ rows: [Int]) -> Rows {
      Rows(
        features: features.map { column in rows.map { column[$0] } }, labels: isNumber ? [] : rows.map { labels[$0] }, classes: classes,
        numbers: isNumber ? rows.map { numbers[$0] } : [], range: range)
    }
  }
}

/// A forest of trees that are trained each on rows drawn with replacement, with a few features at each node.
public struct TreeForest: Hashable, Sendable {
  /// Number of trees.
  public let trees: Int
  /// Features that a node may compare, 1 to all.
  public let features: Int
  /// What rows and features follow from.
  public let seed: Digest

  public init(trees: Int, features: Int, seed: Digest) {
    self.trees = trees
    self.features = features
    self.seed = seed
  }

  /// Bits after the point of what a leaf of a regression forest says.
  public static let shift = 16
}

extension TreeModel {
  /// The public part of what `train` gives: every tree has 2^(depth + 1) − 1 nodes, whatever it is.
  /// - Throws: what `TreeGrowth` and the architecture refuse.
  public static func architecture(
    _ schema: TableSchema, features: [String], target: String, growth: TreeGrowth, trees: Int = 1
  ) throws(ProgramError) -> TreeArchitecture {
    try growth.check()
    guard let column = schema.column(target) else { throw .unknownColumn(target) }
    guard (1...TreeArchitecture.maximumTrees).contains(trees) else { throw .invalidModel(reason: "\(trees) trees") }
    var task = TreeTask.regression(shift: trees == 1 ? 0 : TreeForest.shift)
    var range = IntegerRange(0...1)
    if case .category(let classes) = column.type {
      task = .classes(count: classes.count)
    } else {
      guard column.type.range.bitCount <= TreeGrowth.maximumNumberBits, column.type.range.magnitude < 1 << 31 else {
        throw .invalidModel(reason: "the target \(target) has a range of \(column.type.range.bitCount) bits; 31 are possible")
      }
      // A mean lies in the range, its part of the sum between twice-rounded ends.
      let unit = trees == 1 ? Int64(1) : Int64(1) << Int64(TreeForest.shift)
      let (low, high) = (column.type.range.lower * unit / Int64(trees), column.type.range.upper * unit / Int64(trees))
      range = IntegerRange(min(0, low - 1)...max(0, high + 1))
    }
    return try TreeArchitecture(
      schema: schema, features: features, target: target, task: task, trees: trees, depth: growth.depth, nodeCount: trees * ((2 << growth.depth) - 1),
      valueRange: range)
  }

  /// Trains one tree, or a forest.
  /// - Throws: what `TreeGrowth` and the architecture refuse.
  public static func train(
    _ table: StoredTable, features: [String], target: String, growth: TreeGrowth, forest: TreeForest? = nil
  ) throws(ProgramError) -> TreeModel {
    let architecture = try architecture(table.schema, features: features, target: target, growth: growth, trees: forest?.trees ?? 1)
    let rows = try TreeGrowth.Rows(table, features: architecture.features, target: target)
    var shapes: [TreeShape] = []
    for tree in 0..<architecture.trees {
      let sample = try forest.map { forest throws(ProgramError) in
        try TreeSample(forest.seed, tree: tree, rows: rows.count, features: architecture.features.count, kept: forest.features, depth: growth.depth)
      }
      shapes.append(try growth.grow(rows, sample: sample, shift: architecture.task.shift, trees: architecture.trees))
    }
    return try TreeModel(architecture: architecture, trees: shapes)
  }

  /// An ensemble of leaves that say 0: what stands for a model before it is trained.
  /// - Throws: as `train`.
  public static func untrained(_ architecture: TreeArchitecture) throws(ProgramError) -> TreeModel {
    let leaf = TreeShape.leaf([Int64](repeating: 0, count: architecture.task.outputCount))
    return try TreeModel(architecture: architecture, trees: [TreeShape](repeating: leaf, count: architecture.trees))
  }

  /// Tree `index` as it would be written down. Precondition: such a tree exists.
  public func tree(_ index: Int) -> TreeShape {
    let node = nodes[index]
    if node.isLeaf { return .leaf(node.values) }
    return .split(variant: node.variant, threshold: node.threshold, first: tree(node.child), second: tree(node.child + 1))
  }
}

extension TreeTask {
  /// Bits after the point of a number that a leaf says; 0 for classes.
  public var shift: Int { if case .regression(let shift) = self { shift } else { 0 } }
}

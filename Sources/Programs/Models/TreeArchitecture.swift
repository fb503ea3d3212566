/// Everything public about a tree ensemble: features, sizes, formats and what is predicted. The verifier rebuilds the program from it.

/// What a tree ensemble predicts from the sums of its leaves' values.
public enum TreeTask: Hashable, Sendable {
  /// One sum; class `positive` where it is at least 0, else the other of two.
  case binary(positive: Int)
  /// `count` ≥ 1 sums; the class with the largest, ties to the lowest index.
  case classes(count: Int)
  /// One sum; ⌊sum / 2^shift + 1/2⌋ in the target's stored units.
  case regression(shift: Int)

  /// Values at each leaf.
  public var outputCount: Int {
    switch self {
    case .binary, .regression: 1
    case .classes(let count): count
    }
  }

  /// Number of classes, nil for a regression.
  public var classCount: Int? {
    switch self {
    case .binary: 2
    case .classes(let count): count
    case .regression: nil
    }
  }
}

/// One thing that a node may compare: a feature column, and for a column with missing cells where those go.
public struct TreeVariant: Hashable, Sendable {
  public let column: String
  /// Nil for a column without missing cells.
  public let missingGoesFirst: Bool?
}

/// The public part of a tree ensemble. Topology, features, thresholds and leaf values are hidden in one committed table of nodes.
///
/// **Formula**: `TreePaths` and `TreeLeaves` over the stored columns; then by task. A missing cell goes to the child that the node names:
/// its value is taken as one below the least or one above the greatest value of all features (`variants`).
public struct TreeArchitecture: Hashable, Sendable {
  /// Features and target.
  public let schema: TableSchema
  /// Names of the feature columns, in schema order.
  public let features: [String]
  /// Name of the target column.
  public let target: String
  public let task: TreeTask
  public let comparison: TreeComparison
  /// Number of trees; node t is the root of tree t.
  public let trees: Int
  /// Most comparisons on a path.
  public let depth: Int
  /// Rows of the table of nodes, unused ones included.
  public let nodeCount: Int
  /// Range of a leaf's value.
  public let valueRange: IntegerRange

  /// Most trees, nodes, comparisons on a path.
  public static let maximumTrees = 1 << 16
  public static let maximumNodes = 1 << 24
  public static let maximumDepth = 64

  /// An architecture from all its parts. Features are put into schema order.
  /// - Throws: `.invalidModel`, `.unknownColumn`, and what the analysis of its program refuses.
  public init(
    schema: TableSchema, features: [String], target: String, task: TreeTask, comparison: TreeComparison = .atMost, trees: Int, depth: Int,
    nodeCount: Int, valueRange: IntegerRange
  ) throws(ProgramError) {
    var wanted: Set<String> = []
    for name in features {
      guard schema.column(name) != nil else { throw .unknownColumn(name) }
      guard wanted.insert(name).inserted else { throw .invalidModel(reason: "feature column \(name) is listed twice") }
    }
    self.schema = schema
    self.features = schema.columns.map(\.name).filter { wanted.contains($0) }
    self.target = target
    self.task = task
    self.comparison = comparison
    self.trees = trees
    self.depth = depth
    self.nodeCount = nodeCount
    self.valueRange = valueRange
    try checkParts()
    _ = try program(rows: 1).analyse()
  }

  private func checkParts() throws(ProgramError) {
    guard !features.isEmpty, features.count <= 1 << 16 else { throw .invalidModel(reason: "\(features.count) features; 1 to 65536 are possible") }
    guard (1...Self.maximumTrees).contains(trees), (1...Self.maximumDepth).contains(depth), nodeCount >= trees, nodeCount <= Self.maximumNodes else {
      throw .invalidModel(reason: "\(trees) trees of depth \(depth) in \(nodeCount) nodes")
    }
    guard valueRange.magnitude < 1 << 48, valueRange.contains(0) else {
      throw .invalidModel(reason: "leaf values in \(valueRange); a range below 2^48 with 0 in it is possible")
    }
    guard featureRange.magnitude < 1 << 60, featureRange.bitCount <= 58 else {
      throw .invalidModel(reason: "features in \(featureRange) are too wide")
    }
    guard !features.contains(target) else { throw .invalidModel(reason: "the target \(target) is a feature") }
    guard let column = schema.column(target) else { throw .unknownColumn(target) }
    guard column.missing == .refuse else { throw .invalidModel(reason: "the target \(target) may be missing") }
    switch (task, column.type) {
    case (.binary(let positive), .category(let names)):
      guard names.count == 2, (0...1).contains(positive) else { throw .invalidModel(reason: "a binary model needs two classes") }
    case (.classes(let count), .category(let names)):
      guard names.count == count, count <= 1_024 else {
        throw .invalidModel(reason: "the target has \(names.count) classes, the model \(count); at most 1024 are possible")
      }
    case (.regression(let shift), .integer), (.regression(let shift), .decimal):
      guard (0...48).contains(shift) else { throw .invalidModel(reason: "a shift of \(shift) bits; 0 to 48 are possible") }
    default: throw .invalidModel(reason: "classes need a category target and a regression a numeric one")
    }
  }

  /// What a node's `variant` counts: every feature column, twice where cells may be missing (missing goes first, missing goes second).
  public var variants: [TreeVariant] {
    features.flatMap { name -> [TreeVariant] in
      guard schema.column(name)?.missing == .presence else { return [TreeVariant(column: name, missingGoesFirst: nil)] }
      return [TreeVariant(column: name, missingGoesFirst: true), TreeVariant(column: name, missingGoesFirst: false)]
    }
  }

  /// Hull of the ranges of all feature columns.
  public var featureRange: IntegerRange {
    let ranges = features.compactMap { schema.column($0)?.type.range }
    return ranges.dropFirst().reduce(ranges.first ?? IntegerRange(only: 0)) { $0.hull($1) }
  }

  /// Range of thresholds: one more than the features' at either end. At one end lie the thresholds of leaves, past all that inner nodes have.
  public var thresholdRange: IntegerRange { IntegerRange(featureRange.lower - 1...featureRange.upper + 1) }

  /// The threshold of a leaf: every row goes first.
  public var leafThreshold: Int64 { comparison == .atMost ? thresholdRange.upper : thresholdRange.lower }

  /// What a missing cell counts as.
  func missingValue(goesFirst: Bool) -> Int64 {
    goesFirst == (comparison == .atMost) ? thresholdRange.lower : thresholdRange.upper
  }
}

/// One node of a tree ensemble.
public struct TreeNode: Hashable, Sendable {
  /// Index in `TreeArchitecture.variants`; 0 in a leaf.
  public var variant: Int
  public var threshold: Int64
  /// Index of the first child; the second follows it. A leaf's own index.
  public var child: Int
  public var isLeaf: Bool
  /// One for each output; 0 in an inner node.
  public var values: [Int64]

  public init(variant: Int, threshold: Int64, child: Int, isLeaf: Bool, values: [Int64]) {
    self.variant = variant
    self.threshold = threshold
    self.child = child
    self.isLeaf = isLeaf
    self.values = values
  }
}

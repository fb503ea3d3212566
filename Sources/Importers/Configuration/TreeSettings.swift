import Programs

/// What is proved of how trees came about.
public enum TreeProof: String, Hashable, Sendable, CaseIterable {
  /// Nothing: the trees are committed as they are.
  case none
  /// That every split is the best and every leaf what its rows say.
  case certificate
}

/// Settings of decision trees: `model: {kind: tree, depth: 5, minimum-rows: 20, minimum-leaf: 5, bins: 16, training: {proof: certificate}}`; with
/// `kind: forest` also `trees` and `features`.
public struct TreeSettings: Hashable, Sendable {
  /// Most comparisons on a path.
  public var depth = 5
  /// Fewest rows of a node that is split.
  public var minimumRows = 20
  /// Fewest rows on either side of a split.
  public var minimumLeaf = 5
  /// Bins that `prepare.columns: auto` cuts a number into, at quantiles of the training rows.
  public var bins = 16
  /// Number of trees; nil: one tree of all rows and features.
  public var trees: Int?
  /// Features that a node of a forest may compare; nil: the square root of their number, rounded up.
  public var features: Int?
  public var proof = TreeProof.none

  /// The defaults.
  public init() {}

  static let keys = ["depth", "minimum-rows", "minimum-leaf", "bins", "trees", "features"]

  /// How the trees grow.
  public var growth: TreeGrowth { TreeGrowth(depth: depth, minimumSplit: minimumRows, minimumLeaf: minimumLeaf) }

  /// Features that a node of a forest may compare.
  public func kept(of count: Int) -> Int {
    if let features { return features }
    var root = 1
    while root * root < count { root += 1 }
    return root
  }

  /// Reads `model`; nil for models of another kind, which have none of these keys.
  init?(_ group: YAMLGroup, kind: ModelKind) throws(ImportError) {
    for key in Self.keys where !kind.isOfTrees || kind == .tree && ["trees", "features"].contains(key) {
      guard let node = group.optional(key) else { continue }
      throw group.invalid(
        node, "\(key) with kind: \(kind.rawValue)", ["trees", "features"].contains(key) ? "kind: forest" : "kind: tree or forest",
        remedy: "Set model.kind, or remove it")
    }
    guard kind.isOfTrees else { return nil }
    if let node = group.optional("import") {
      throw group.invalid(node, "import with kind: \(kind.rawValue)", "trees that are grown here", remedy: "Remove import")
    }
    self.init()
    if let node = group.optional("depth") { depth = try group.integer(node, 1...12) }
    if let node = group.optional("minimum-rows") { minimumRows = try group.integer(node, 2...65_536) }
    if let node = group.optional("minimum-leaf") { minimumLeaf = try group.integer(node, 1...65_536) }
    if let node = group.optional("bins") { bins = try group.integer(node, 2...(TransformSpecification.maximumHiddenEdges + 1)) }
    if kind == .forest { trees = 10 }
    if let node = group.optional("trees") { trees = try group.integer(node, 1...1_024) }
    if let node = group.optional("features") { features = try group.integer(node, 1...65_536) }
    guard let node = group.optional("training") else { return }
    let training = try YAMLGroup(node, file: group.file, allowed: ["proof"])
    if let node = training.optional("proof") { proof = try training.choice(node, TreeProof.self) }
  }
}

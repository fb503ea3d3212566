import Hashing
import Hashing
import Programs
import ProofSystem

/// What is drawn for the trees of a forest: rows with replacement, and so many features for each node.
public struct TreeSampling: Hashable, Sendable {
  /// What the seed comes from besides the table's commitment.
  public let nonce: Nonce
  /// Features that a node may compare.
  public let features: Int

  public init(nonce: Nonce, features: Int) {
    self.nonce = nonce
    self.features = features
  }

  /// The seed of all trees of a forest that is trained on a table.
  public static func seed(_ nonce: Nonce, _ identity: Digest) -> Digest { nonce.seed(purpose: "forest", identity: identity) }

  func sample(_ tree: Int, identity: Digest, rows: Int, features: Int, depth: Int) throws(ProgramError) -> TreeSample {
    try TreeSample(Self.seed(nonce, identity), tree: tree, rows: rows, features: features, kept: self.features, depth: depth)
  }
}

/// One tree of a committed ensemble, or every tree of a forest, is the one that greedy training on a committed table gives (`TreeGrowth`): every
/// split is the best of all candidates, every leaf has a reason to be one and says the majority's class, or the mean. A tree of a forest is
/// trained on the rows and features that the table's commitment and a nonce give.
public struct TreeTrainingClaim: DataRelation {
  public static let type = "treeTraining"

  /// Artefact name of the ensemble.
  public let model: String
  /// Artefact name of the table that it was trained on; its features are bins.
  public let table: String
  /// Which tree of the ensemble, trained on all rows and features; 0 for a forest, of which all trees are meant.
  public let tree: Int
  public let growth: TreeGrowth
  /// Which rows and features the trees of a forest are trained on; nil: all of them.
  public let sampling: TreeSampling?

  public init(model: String, table: String, tree: Int = 0, growth: TreeGrowth, sampling: TreeSampling? = nil) {
    self.sampling = sampling
    self.model = model
    self.table = table
    self.tree = tree
    self.growth = growth
  }

  public var artefacts: [String] { model == table ? [model] : [model, table] }

  public var canonical: CanonicalValue {
    if let sampling {
      return [
        "forest training/v1", .text(model), .text(table), signedNumber(Int64(growth.depth)), signedNumber(Int64(growth.minimumSplit)),
        signedNumber(Int64(growth.minimumLeaf)), sampling.nonce.canonical, signedNumber(Int64(sampling.features)),
      ]
    }
    return [
      "tree training/v1", .text(model), .text(table), signedNumber(Int64(tree)), signedNumber(Int64(growth.depth)),
      signedNumber(Int64(growth.minimumSplit)), signedNumber(Int64(growth.minimumLeaf)),
    ]
  }

  public var reveals: [Disclosure] { [] }

  /// The honest record: refused where the committed tree is not the one that the rows give.
  public func record(_ tables: DataTables) throws(ProgramError) -> [String: [Int64]] {
    let model = try tables.trees(self.model)
    let own = model.architecture
    let rows = try TreeGrowth.Rows(tables.table(table), features: own.features, target: own.target)
    let identity = try tables.identity(table)
    for index in try trees(own) {
      let sample = try sample(index, rows: rows.count, own, identity: identity)
      guard try growth.grow(rows, sample: sample, shift: own.task.shift, trees: own.trees) == model.tree(index) else {
        throw .invalidModel(reason: "tree \(index) of \(self.model) is not the one that training on \(table) gives")
      }
    }
    return try unchecked(model, rows, identity: identity)
  }

  /// The same columns for any trees and rows.
  package func unchecked(_ model: TreeModel, _ rows: TreeGrowth.Rows, identity: Digest? = nil) throws(ProgramError) -> [String: [Int64]] {
    let own = model.architecture
    let plan = try TreeTrainingPlan(own, growth: growth, rows: rows.count)
    var out: [String: [Int64]] = [:]
    for index in try trees(own) {
      var drawn: TreeSample?
      if let identity { drawn = try sample(index, rows: rows.count, own, identity: identity) }
      let columns = TreeTrainingRecord(plan, growth: growth, model: model, root: index, rows: rows, sample: drawn).columns
      for (key, values) in columns { out[keyPrefix(index) + key] = values }
    }
    return out
  }

  /// The trees that the claim is about.
  private func trees(_ architecture: TreeArchitecture) throws(ProgramError) -> Range<Int> {
    guard sampling != nil else {
      guard (0..<architecture.trees).contains(tree) else { throw .invalidModel(reason: "no tree \(tree) among \(architecture.trees)") }
      return tree..<(tree + 1)
    }
    guard tree == 0 else { throw .invalidModel(reason: "a certificate of a forest is of all its trees") }
    return 0..<architecture.trees
  }

  /// What the names of a tree's columns begin with.
  private func keyPrefix(_ tree: Int) -> String { sampling == nil ? "" : "\(tree)." }

  /// What is drawn for a tree; nil for a tree of all rows and features.
  private func sample(_ tree: Int, rows: Int, _ architecture: TreeArchitecture, identity: Digest) throws(ProgramError) -> TreeSample? {
    try sampling.map { sampling throws(ProgramError) in
      try sampling.sample(tree, identity: identity, rows: rows, features: architecture.features.count, depth: growth.depth)
    }
  }

  // MARK: Constraints

  public func compile(_ compiler: inout ClaimCompiler, index: Int, prefix: String) throws(ClaimError) {
    let (model, source) = (try compiler.artefact(self.model), try compiler.artefact(table))
    let architecture = try model.treeEnsemble()
    let (schema, rows) = try source.table()
    let trees = try ClaimError.planning { () throws(ProgramError) in try self.trees(architecture) }
    guard ModelArchitecture.trees(architecture).accepts(schema), let target = schema.column(architecture.target),
      target.type == architecture.schema.column(architecture.target)?.type, target.missing == .refuse
    else { throw .inconsistent("table \(table) lacks a feature or the target of model \(self.model), or declares it otherwise") }
    let plan = try ClaimError.planning { () throws(ProgramError) in try TreeTrainingPlan(architecture, growth: growth, rows: rows.count) }
    var features: [ColumnExpression] = []
    for name in architecture.features { features.append(ColumnExpression(try source.column(name, .value))) }
    let labels = ColumnExpression(try source.column(architecture.target, .value))
    for tree in trees {
      let sample = try ClaimError.planning { () throws(ProgramError) in
        try self.sample(tree, rows: rows.count, architecture, identity: source.identity)
      }
      var constraints = TreeTrainingConstraints(
        plan: plan, growth: growth, prefix: prefix, keys: keyPrefix(tree), index: index, sample: sample, builder: compiler.builder)
      var (own, goal) = (features, labels)
      try constraints.addDraws(&own, &goal, rows)
      try constraints.addPaths(model, features: own, rows: rows, tree: tree)
      try constraints.addHistogram(own, goal, rows)
      try constraints.addCandidates()
      try constraints.addPlaces(model, tree: tree)
      try constraints.addBars()
      try constraints.addLeaves(model)
      compiler.builder = constraints.builder
    }
  }
}

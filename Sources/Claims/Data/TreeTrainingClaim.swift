import Hashing
import Programs
import ProofSystem

/// One tree of a committed ensemble is the one that greedy training on a committed table gives (`TreeGrowth`): every split is the best of all
/// candidates, every leaf has a reason to be one and says the majority's class.
public struct TreeTrainingClaim: DataRelation {
  public static let type = "treeTraining"

  /// Artefact name of the ensemble.
  public let model: String
  /// Artefact name of the table that it was trained on; its features are bins.
  public let table: String
  /// Which tree of the ensemble.
  public let tree: Int
  public let growth: TreeGrowth

  public init(model: String, table: String, tree: Int = 0, growth: TreeGrowth) {
    self.model = model
    self.table = table
    self.tree = tree
    self.growth = growth
  }

  public var artefacts: [String] { model == table ? [model] : [model, table] }

  public var canonical: CanonicalValue {
    [
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
    guard (0..<own.trees).contains(tree) else { throw .invalidModel(reason: "no tree \(tree) among \(own.trees)") }
    guard try growth.grow(rows) == model.tree(tree) else {
      throw .invalidModel(reason: "tree \(tree) of \(self.model) is not the one that training on \(table) gives")
    }
    return try unchecked(model, rows)
  }

  /// The same columns for any tree and rows.
  package func unchecked(_ model: TreeModel, _ rows: TreeGrowth.Rows) throws(ProgramError) -> [String: [Int64]] {
    let plan = try TreeTrainingPlan(model.architecture, growth: growth, rows: rows.labels.count)
    return TreeTrainingRecord(plan, growth: growth, model: model, root: tree, rows: rows).columns
  }

  // MARK: Constraints

  public func compile(_ compiler: inout ClaimCompiler, index: Int, prefix: String) throws(ClaimError) {
    let (own, source) = (try compiler.artefact(model), try compiler.artefact(table))
    let architecture = try own.treeEnsemble()
    let (schema, rows) = try source.table()
    guard (0..<architecture.trees).contains(tree) else { throw .inconsistent("no tree \(tree) among \(architecture.trees) of \(model)") }
    guard ModelArchitecture.trees(architecture).accepts(schema), let target = schema.column(architecture.target),
      target.type == architecture.schema.column(architecture.target)?.type, target.missing == .refuse
    else { throw .inconsistent("table \(table) lacks a feature or the target of model \(model), or declares it otherwise") }
    let plan = try ClaimError.planning { () throws(ProgramError) in try TreeTrainingPlan(architecture, growth: growth, rows: rows.count) }
    var features: [ColumnExpression] = []
    for name in architecture.features { features.append(ColumnExpression(try source.column(name, .value))) }
    let labels = ColumnExpression(try source.column(architecture.target, .value))
    var constraints = TreeTrainingConstraints(plan: plan, growth: growth, prefix: prefix, index: index, builder: compiler.builder)
    try constraints.addPaths(own, features: features, rows: rows, tree: tree)
    try constraints.addHistogram(features, labels, rows)
    try constraints.addCandidates()
    try constraints.addPlaces(own, tree: tree)
    try constraints.addBars()
    try constraints.addLeaves(own)
    compiler.builder = constraints.builder
  }
}

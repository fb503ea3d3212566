import Claims
import Programs

/// `treeTraining`: `{"model": "tree", "table": "train", "tree": 0, "depth": 6, "minimumSplit": 2, "minimumLeaf": 1}`.
enum TreeTrainingJSON {
  static func value(_ claim: TreeTrainingClaim) -> JSONValue {
    .object([
      "model": .string(claim.model), "table": .string(claim.table), "tree": .integer(claim.tree), "depth": .integer(claim.growth.depth),
      "minimumSplit": .integer(claim.growth.minimumSplit), "minimumLeaf": .integer(claim.growth.minimumLeaf),
    ])
  }

  static func read(_ node: JSONNode) throws -> TreeTrainingClaim {
    let fields = try node.fields(["model", "table", "tree", "depth", "minimumSplit", "minimumLeaf"])
    return TreeTrainingClaim(
      model: try fields.node("model").name(), table: try fields.node("table").name(),
      tree: try fields.node("tree").integer(in: 0...TreeArchitecture.maximumTrees - 1),
      growth: TreeGrowth(
        depth: try fields.node("depth").integer(in: 1...12), minimumSplit: try fields.node("minimumSplit").integer(in: 2...65_536),
        minimumLeaf: try fields.node("minimumLeaf").integer(in: 1...65_536)))
  }
}

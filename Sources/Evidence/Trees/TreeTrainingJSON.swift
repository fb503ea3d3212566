import Claims
import Programs

/// `treeTraining`: `{"model": "tree", "table": "train", "tree": 0, "depth": 6, "minimumSplit": 2, "minimumLeaf": 1}`; for all trees of a forest
/// `"forest": {"nonce": NONCE, "features": 5}` in place of `tree`.
enum TreeTrainingJSON {
  static func value(_ claim: TreeTrainingClaim) -> JSONValue {
    var members: [String: JSONValue] = [
      "model": .string(claim.model), "table": .string(claim.table), "depth": .integer(claim.growth.depth),
      "minimumSplit": .integer(claim.growth.minimumSplit), "minimumLeaf": .integer(claim.growth.minimumLeaf),
    ]
    if let sampling = claim.sampling {
      members["forest"] = .object(["nonce": SplitJSON.value(sampling.nonce), "features": .integer(sampling.features)])
    } else {
      members["tree"] = .integer(claim.tree)
    }
    return .object(members)
  }

  static func read(_ node: JSONNode) throws -> TreeTrainingClaim {
    let fields = try node.fields(["model", "table", "depth", "minimumSplit", "minimumLeaf"], optional: ["tree", "forest"])
    guard (fields.optional("tree") == nil) != (fields.optional("forest") == nil) else { throw node.notAllowed("must have either tree or forest") }
    var sampling: TreeSampling?
    if let node = fields.optional("forest") {
      let own = try node.fields(["nonce", "features"])
      sampling = TreeSampling(nonce: try SplitJSON.readNonce(try own.node("nonce")), features: try own.node("features").integer(in: 1...65_536))
    }
    return TreeTrainingClaim(
      model: try fields.node("model").name(), table: try fields.node("table").name(),
      tree: try fields.optional("tree")?.integer(in: 0...TreeArchitecture.maximumTrees - 1) ?? 0,
      growth: TreeGrowth(
        depth: try fields.node("depth").integer(in: 1...12), minimumSplit: try fields.node("minimumSplit").integer(in: 2...65_536),
        minimumLeaf: try fields.node("minimumLeaf").integer(in: 1...65_536)), sampling: sampling)
  }
}

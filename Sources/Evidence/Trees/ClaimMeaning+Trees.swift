import Claims
import Programs

/// Tree ensembles: what their artefacts and training certificates say.
extension ClaimMeaning {
  func describeWellFormed(_ name: String, _ identity: String, _ architecture: TreeArchitecture) -> ClaimDescription {
    ClaimDescription(
      uses: [name],
      shows: [
        "Model \(name) (commitment \(identity)…) is an ensemble of \(Self.count(architecture.trees, "decision tree")) with at most "
          + "\(Self.count(architecture.depth, "comparison")) on a path, in a table of \(Self.count(architecture.nodeCount, "node")); every node compares one "
          + "of \(Self.count(architecture.features.count, "feature")) with a threshold of its range, or is a leaf with values in "
          + "\(architecture.valueRange.lower)…\(architecture.valueRange.upper)."
      ],
      doesNotShow: [
        "How the trees came about, unless a claim of training does; how many of the nodes are in use."
      ],
      discloses: [
        Disclosure("features, task, sizes and number formats of \(name)", .exact, value: "as in the manifest"),
        Disclosure("topology, thresholds and leaves of \(name)", .hidden),
      ], duties: [.documentation])
  }

  func describeTraining(_ claim: TreeTrainingClaim) throws(StatementError) -> ClaimDescription {
    guard case .treeEnsemble(let architecture) = try artefact(claim.model).contents else { throw .claim(.unknownArtefact(claim.model)) }
    let rows = try table(claim.table).rows
    let growth = claim.growth
    let isWhole = claim.sampling != nil || architecture.trees == 1
    let tree =
      !isWhole ? "Tree \(claim.tree) of \(claim.model)" : architecture.trees == 1 ? "The tree of \(claim.model)" : "Every tree of \(claim.model)"
    let isNumber = architecture.task.classCount == nil
    let drawn = claim.sampling == nil ? "the \(Self.count(rows, "row"))" : "\(Self.count(rows, "row")), drawn with replacement from those"
    let best = isNumber ? "lowers the squared error as much as any" : "has the least Gini impurity of all"
    let leaf = isNumber ? "says the mean of its rows, rounded" : "names the class with most rows"
    let stopped = isNumber ? "has rows whose squared error no such split lowers" : "has rows of one class only, or rows that no such split parts"
    var description = ClaimDescription(
      uses: claim.artefacts,
      establishes: isWhole ? [ManifestEdge(.trainedOn, from: claim.model, to: claim.table)] : [],
      shows: [
        "\(tree) is the one that greedy training on \(drawn) of \(claim.table) gives: every split \(best) "
          + "such splits of a feature at a value (ties: the first feature, then the least threshold), every leaf \(leaf).",
        "Nodes were split down to depth \(growth.depth), from \(Self.count(growth.minimumSplit, "row")) on and with at least "
          + "\(Self.count(growth.minimumLeaf, "row")) on either side; every other leaf \(stopped).",
      ],
      doesNotShow: [
        "That these rules, features or rows are the right ones, or how many others were tried.",
        "The tree itself: splits and leaves stay hidden.",
      ], discloses: [Disclosure("topology, thresholds and leaves of \(claim.model)", .hidden)], duties: [.dataGovernance, .documentation])
    if !isWhole {
      description.doesNotShow.append("Anything about the other \(Self.count(architecture.trees - 1, "tree")) of \(claim.model).")
    }
    if let sampling = claim.sampling {
      description.shows.append(
        "For every tree the rows, and the \(Self.count(sampling.features, "feature")) of \(architecture.features.count) that each node may compare, follow from a seed. "
          + source(of: sampling.nonce, claim.table, choice: "draws"))
    }
    return description
  }
}

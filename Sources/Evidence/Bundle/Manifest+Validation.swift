extension Manifest {
  /// Checks that the parts of the manifest fit together.
  ///
  /// Names are distinct but for case (they are file names); identities are distinct; artefacts of one root lie apart in one tree; every
  /// reference has its target; claim and proof lists agree and
  /// each claim is in exactly one proof; edges are distinct and acyclic. Whether edges and claims are *true* is the business of `verifyBundle`.
  /// - Throws: `BundleError.manifest`.
  public func validate() throws(BundleError) {
    if let problem = problem() { throw .manifest(problem) }
  }

  private func problem() -> ManifestProblem? {
    for names in [artefacts.map(\.name), claims.map(\.name), proofs.map(\.digest)] {
      if let name = Self.repeated(names, by: { $0.lowercased() }) { return .duplicateName(name) }
    }
    if let identity = Self.repeated(artefacts.map(\.identity), by: { $0 }) { return .duplicateIdentity(identity) }
    return treeProblem() ?? proofProblem() ?? edgeProblem() ?? statementProblem()
  }

  /// Every artefact inside its tree; those of one root in one tree of one code, none over another. Without this two artefacts could be two
  /// readings of the same committed cells.
  private func treeProblem() -> ManifestProblem? {
    var trees: [String: [ManifestArtefact]] = [:]
    for artefact in artefacts {
      if let tree = artefact.tree, tree.firstRow + artefact.rowCount > tree.rows { return .treeRows(artefact.name) }
      trees[artefact.root, default: []].append(artefact)
    }
    for artefact in artefacts {
      guard let own = trees.removeValue(forKey: artefact.root), own.count > 1 else { continue }
      let ordered = own.sorted { ($0.tree?.firstRow ?? 0) < ($1.tree?.firstRow ?? 0) }
      for (above, below) in zip(ordered, ordered.dropFirst()) {
        guard let first = above.tree, let second = below.tree, first.rows == second.rows, above.code == below.code,
          first.firstRow + above.rowCount <= second.firstRow
        else { return .sharedTree(above.name, below.name) }
      }
    }
    return nil
  }

  /// The first element whose key an earlier one has.
  private static func repeated(_ names: [String], by key: (String) -> String) -> String? {
    var seen: Set<String> = []
    return names.first { !seen.insert(key($0)).inserted }
  }

  private func proofProblem() -> ManifestProblem? {
    let artefactNames = Set(artefacts.map(\.name))
    let proofOfClaim = Dictionary(claims.map { ($0.name, $0.proof) }) { first, _ in first }
    let digests = Set(proofs.map(\.digest))
    if let orphan = claims.first(where: { !digests.contains($0.proof) }) { return .unknownProof(claim: orphan.name) }
    var carried: Set<String> = []
    for proof in proofs {
      if let name = Self.repeated(proof.artefacts, by: { $0 }) { return .duplicateName(name) }
      if let unknown = proof.artefacts.first(where: { !artefactNames.contains($0) }) { return .unknownArtefact(unknown) }
      for claim in proof.claims {
        guard let stated = proofOfClaim[claim] else { return .unknownClaim(claim) }
        guard stated == proof.digest, carried.insert(claim).inserted else { return .claimAndProof(claim: claim) }
      }
    }
    return claims.first { !carried.contains($0.name) }.map { .claimAndProof(claim: $0.name) }
  }

  private func statementProblem() -> ManifestProblem? {
    let names = Set(artefacts.map(\.name))
    if let unknown = statements.first(where: { !names.contains($0.artefact) }) { return .unknownArtefact(unknown.artefact) }
    // A statement is about one identity, and identities are distinct.
    return Self.repeated(statements.map(\.digest), by: { $0 }).map { .duplicateName($0) }
  }

  private func edgeProblem() -> ManifestProblem? {
    let names = Set(artefacts.map(\.name))
    var seen: Set<ManifestEdge> = []
    for edge in edges {
      for end in [edge.from, edge.to] where !names.contains(end) { return .unknownArtefact(end) }
      guard seen.insert(edge).inserted else { return .duplicateEdge(from: edge.from, to: edge.to) }
    }
    let ordered = Set(Lineage.sourcesFirst(artefacts.map(\.name), edges: edges))
    return artefacts.first { !ordered.contains($0.name) }.map { .cycle($0.name) }
  }
}

extension ManifestArtefact {
  /// Rows of its committed matrix: ⌈Σ padded tensor sizes / 2^m⌉, below 2^61 by the bounds of reading.
  var rowCount: Int {
    let cells = tensors.reduce(0) { $0 + (1 << $1.logDimensions.reduce(0, +)) }
    return (cells >> code.m) + (cells & ((1 << code.m) - 1) == 0 ? 0 : 1)
  }

  /// Its tree in words: `its own, 1 row`, or `rows 2 to 3 of 5 in ab12…`, counted from 1, the tree by its root.
  var treeWords: String {
    guard let tree else { return "its own, \(rowCount) row\(rowCount == 1 ? "" : "s")" }
    let rows = rowCount == 1 ? "row \(tree.firstRow + 1)" : "rows \(tree.firstRow + 1) to \(tree.firstRow + rowCount)"
    return "\(rows) of \(tree.rows) in \(root.prefix(16))…"
  }
}

/// Order among artefacts.
enum Lineage {
  /// The names such that every artefact comes after all those it has edges to; names on or behind a cycle are left out.
  ///
  /// Among those that are ready the earliest in `names` comes first. Complexity: O((names + edges) · log names).
  static func sourcesFirst(_ names: [String], edges: [ManifestEdge]) -> [String] {
    var waitsFor: [String: Int] = [:]
    var successors: [String: [String]] = [:]
    let index = Dictionary(names.enumerated().map { ($1, $0) }) { first, _ in first }
    for edge in edges where index[edge.from] != nil && index[edge.to] != nil {
      waitsFor[edge.from, default: 0] += 1
      successors[edge.to, default: []].append(edge.from)
    }
    var result: [String] = []
    var ready = names.filter { waitsFor[$0, default: 0] == 0 }
    while !ready.isEmpty {
      var next: [String] = []
      for name in ready {
        result.append(name)
        for successor in successors[name, default: []] {
          waitsFor[successor, default: 0] -= 1
          if waitsFor[successor] == 0 { next.append(successor) }
        }
      }
      ready = next.sorted { index[$0, default: 0] < index[$1, default: 0] }
    }
    return result
  }
}

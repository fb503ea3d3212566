import Programs
import ProofSystem

extension ClaimCompiler {
  /// Every column of the nodes in its range; leaves lead to themselves for every row; children of inner nodes come after them.
  ///
  /// With leaf ∈ {0, 1}, i the node's number and N the number of nodes: inner nodes have thresholds in `innerThresholds` and i + 1 ≤ child ≤
  /// N − 2, leaves the one threshold past those and child = i.
  mutating func addWellFormed(_ artefact: ArtefactDescription, _ architecture: TreeArchitecture, _ prefix: String) throws(ClaimError) {
    let label = "\(prefix).\(artefact.name)"
    let rows = Extent(count: architecture.nodeCount)
    func column(_ name: String) throws(ClaimError) -> ColumnExpression { ColumnExpression(try artefact.nodeColumn(name)) }
    for (name, range) in architecture.nodeColumns where name != "threshold" && name != "child" {
      try builder.range("\(label).\(name)", try column(name), in: range, rows)
    }
    let (leaf, threshold, child) = (try column("leaf"), try column("threshold"), try column("child"))
    // distance: how far the threshold lies from the end where the leaves' is; leaves have 0, inner nodes 1 and more.
    let ends = architecture.thresholdRange
    let distance =
      architecture.comparison == .atMost
      ? try ColumnExpression(constant: ends.upper).adding(threshold, times: -1) : try threshold.adding(-ends.lower)
    let span = ends.upper - ends.lower
    let bits = IntegerRange(0...span).bitCount
    try builder.range("\(label).threshold.side", try distance.adding(leaf).adding(-1), bits: bits, rows)
    try builder.range(
      "\(label).threshold.end", try ColumnExpression(constant: span).adding(leaf, times: -span).adding(distance, times: -1), bits: bits, rows)
    let number = try publicColumn("\(label).number", rows: rows, (0..<Int64(architecture.nodeCount)).map { $0 })
    let step = try child.adding(number, times: -1)
    let size = Int64(architecture.nodeCount)
    let childBits = IntegerRange(0...size).bitCount
    try builder.range("\(label).child.after", try step.adding(leaf).adding(-1), bits: childBits, rows)
    // An inner node: child ≤ N − 2. A leaf: child ≤ number.
    try builder.range(
      "\(label).child.within", try ColumnExpression(constant: size - 2).adding(child, times: -1).adding(leaf, times: 1), bits: childBits, rows)
    try builder.range(
      "\(label).child.self", try ColumnExpression(constant: size).adding(leaf, times: -size).adding(step, times: -1), bits: childBits, rows)
  }
}

import Claims
import Programs

/// What claims about tree ensembles cost a verifier, in units of `StatementCost`: upper bounds from sizes alone.
enum TreeCost {
  private static let component = 64

  /// Ranges of the columns of nodes, and the public numbers of the rows.
  static func wellFormed(_ architecture: TreeArchitecture) -> Int {
    component * (8 * architecture.nodeColumns.count + 64) + architecture.nodeCount / 4
  }

  /// Three lookups and a range check a level, and public numbers over the grid of trees and rows.
  static func inference(_ architecture: TreeArchitecture, rows: Int) -> Int {
    let grid = 2 * padded(architecture.trees) * padded(rows) / 4
    let cells = 2 * component * architecture.variants.count
    let levels = architecture.depth * component * 40
    let outputs = architecture.task.outputCount * (component * 40 + 8 * architecture.trees)
    return grid + cells + levels + outputs + component * 64
  }

  /// The same for one tree, the histogram's lookups, sums by bin, class and level, and public numbers over the candidates; for a tree of a forest
  /// its draws, too. A number is counted by its digits, at most 8 of 16 values.
  static func training(_ claim: TreeTrainingClaim, _ architecture: TreeArchitecture, rows: Int) -> Int {
    let bins = 1 << min(12, max(1, architecture.featureRange.bitCount))
    let isNumber = architecture.task.classCount == nil
    let digits = min(8, ((architecture.schema.column(architecture.target)?.type.range.bitCount ?? 0) + 3) / 4)
    let classes = isNumber ? 16 * padded(max(1, digits)) : architecture.task.outputCount
    let (features, places) = (padded(architecture.features.count), 1 << min(12, claim.growth.depth))
    let (candidates, overflow) = (places * features).multipliedReportingOverflow(by: bins)
    let (histogram, isLarge) = candidates.multipliedReportingOverflow(by: classes)
    // Larger ones are refused when the claim is compiled, before anything is built of them.
    guard !overflow, !isLarge, histogram <= 1 << 23 else { return component }
    let lookups = component * 24 * architecture.features.count * (isNumber ? max(1, digits) : 1)
    let draws = claim.sampling == nil ? 0 : candidates / 4 + places * features / 8 + padded(rows) + component * 8 * architecture.features.count
    let sums = bins * classes * (4 * places + 16 * claim.growth.depth + 16)
    let trees = claim.sampling == nil ? 1 : min(1 << 16, architecture.trees)
    return trees * (sums + candidates / 2 + component * (400 + 40 * claim.growth.depth + 40 * classes) + lookups + draws + padded(rows) / 4)
  }

  private static func padded(_ count: Int) -> Int { count <= 1 ? 1 : 1 << min(40, Int.bitWidth - (count - 1).leadingZeroBitCount) }
}

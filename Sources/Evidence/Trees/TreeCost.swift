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

  /// The same for one tree, the histogram's lookups, sums by bin, class and level, and public numbers over the candidates.
  static func training(_ claim: TreeTrainingClaim, _ architecture: TreeArchitecture, rows: Int) -> Int {
    let bins = 1 << min(12, max(1, architecture.featureRange.bitCount))
    let classes = architecture.task.outputCount
    let (features, places) = (padded(architecture.features.count), 1 << min(12, claim.growth.depth))
    let (candidates, overflow) = (places * features).multipliedReportingOverflow(by: bins)
    let (histogram, isLarge) = candidates.multipliedReportingOverflow(by: classes)
    // Larger ones are refused when the claim is compiled, before anything is built of them.
    guard !overflow, !isLarge, histogram <= 1 << 23 else { return component }
    let sums = bins * classes * (4 * places + 16 * claim.growth.depth + 16)
    return sums + candidates / 2 + component * (400 + 24 * architecture.features.count + 40 * claim.growth.depth + 40 * classes) + padded(rows) / 4
  }

  private static func padded(_ count: Int) -> Int { count <= 1 ? 1 : 1 << min(40, Int.bitWidth - (count - 1).leadingZeroBitCount) }
}

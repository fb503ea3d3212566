import Claims
import Programs

extension DataClaimCost {
  /// A row of a public table or column for a possible group, score or pair of classes.
  private static let row = 2

  func of(_ claim: ConfusionClaim) -> Int {
    let classes = classCount(claim.labels)
    var groups = 1
    var cost = 4 * Self.component
    if let group = claim.group {
      groups = group.edges.isEmpty ? classCount(group.column) + 1 : group.edges.count + 2
      cost += 8 * Self.component + 2 * Self.range(bits: 60, terms: 2) + Self.row * groups
    }
    let (pairs, overflow) = (classes * classes).multipliedReportingOverflow(by: groups)
    // More counts than that are refused when the claim is compiled, before anything is built of them.
    guard !overflow, pairs <= ConfusionClaim.maximumCells else { return cost }
    cost += Self.row * pairs + groups * Self.range(bits: 32, terms: 1) + pairs * Self.scalar
    if case .bounds(_, let bounds) = claim.shown {
      // A bound that compares groups is one inequality for each ordered pair of them, and for each label.
      for bound in bounds {
        let shown = claim.shownGroups.count
        let each = Self.range(bits: 60, terms: 2 * classes)
        cost += bound.metric.comparesGroups ? shown * shown * classes * each : 2 * (each + pairs)
      }
    }
    return cost
  }

  func of(_ claim: RankingClaim) -> Int {
    let range = scoreRange(claim.scores)
    let scores = 1 << min(range, 17)
    let pairs = scores * 2 * max(1, min(classCount(claim.labels), 1_024))
    guard pairs <= 4 * RankingClaim.maximumPairs else { return Self.component }
    let sums = 3 * (4 * Self.component + Self.scalar)
    // The table of pairs is in closed form. Public columns of all rows with a margin; of slices, of which there may be many, what is built.
    let column = claim.slice != nil ? scores / 4 : Self.row * scores
    return claim.measures.reduce(4 * Self.component + sums + column + of(claim.slice)) { cost, measure in
      switch measure {
      case .rankSum: cost + 8 * Self.component
      case .distance: cost + 16 * Self.component + 2 * Self.range(bits: 60, terms: 4)
      case .squaredError, .logLoss: cost + 8 * Self.component + 2 * column
      case .calibration(let edges, _):
        // Every bin's constraints have a term for each of the other classes.
        cost + 8 * Self.component + column + 8 * Self.scalar * edges.count * max(1, min(classCount(claim.labels), 1 << 20) - 1)
      }
    }
  }

  func of(_ claim: ErrorClaim) -> Int {
    Self.component + claim.measures.count * (10 * Self.component + 2 * Self.range(bits: 60, terms: 2)) + of(claim.slice)
  }

  /// A group's bit, and what it is multiplied with.
  private func of(_ slice: RowSlice?) -> Int {
    guard let slice else { return 0 }
    let groups = slice.group.edges.isEmpty ? classCount(slice.group.column) + 1 : slice.group.edges.count + 2
    return 16 * Self.component + 2 * Self.range(bits: 60, terms: 2) + 2 * Self.row * groups + Self.scalar
  }

  private func classCount(_ column: ClaimStatement.ColumnName) -> Int {
    guard case .category(let names)? = table(column.artefact)?.schema.column(column.column)?.type else { return 1 }
    return names.count
  }

  private func scoreRange(_ column: ClaimStatement.ColumnName) -> Int {
    table(column.artefact)?.schema.column(column.column)?.type.range.bitCount ?? 0
  }
}

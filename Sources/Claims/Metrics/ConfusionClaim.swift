import Hashing
import Programs
import ProofSystem

/// Counts of (group, label, prediction) over the rows of committed columns: published, or only bounds on the metrics that follow from them.
///
/// Labels, predictions and groups may lie in different artefacts of equally many rows; row i of each belongs together. Groups with fewer than
/// `minimumGroup` rows need not be shown; of every group that is not shown it is proved that it has fewer.
public struct ConfusionClaim: DataRelation {
  public static let type = "confusion"

  public enum Shown: Hashable, Sendable {
    /// For each shown group the counts, row-major by (label, prediction).
    case counts([Int64])
    /// For each shown group its rows by label, and bounds on metrics.
    case bounds(marginals: [Int64], [MetricBound])
  }
  public let labels: ClaimStatement.ColumnName
  public let predictions: ClaimStatement.ColumnName
  public let group: GroupColumn?
  /// Indices of groups, ascending. Without a group column: [0].
  public let shownGroups: [Int]
  /// At least 1.
  public let minimumGroup: Int
  public let shown: Shown

  public init(
    labels: ClaimStatement.ColumnName, predictions: ClaimStatement.ColumnName, group: GroupColumn? = nil, shownGroups: [Int] = [0],
    minimumGroup: Int = 1, shown: Shown
  ) {
    self.labels = labels
    self.predictions = predictions
    self.group = group
    self.shownGroups = shownGroups
    self.minimumGroup = minimumGroup
    self.shown = shown
  }

  /// Most counts: groups · classes².
  public static let maximumCells = 4_096

  public var artefacts: [String] {
    var out: [String] = []
    for name in [labels.artefact, predictions.artefact] + (group.map { [$0.column.artefact] } ?? []) where !out.contains(name) { out.append(name) }
    return out
  }

  public var canonical: CanonicalValue {
    let disclosed: CanonicalValue =
      switch shown {
      case .counts(let counts): ["counts", .list(counts.map(signedNumber))]
      case .bounds(let marginals, let bounds): ["bounds", .list(marginals.map(signedNumber)), .list(bounds.map(\.canonical))]
      }
    return [
      "confusion/v1", [.text(labels.artefact), .text(labels.column)], [.text(predictions.artefact), .text(predictions.column)],
      .list(group.map { [$0.canonical] } ?? []), .list(shownGroups.map { signedNumber(Int64($0)) }), signedNumber(Int64(minimumGroup)), disclosed,
    ]
  }

  public var reveals: [Disclosure] {
    let subject = "\(predictions.column) by \(labels.column)" + (group.map { " and \($0.column.column)" } ?? "")
    let small =
      group == nil
      ? []
      : [
        Disclosure(
          subject: "groups of \(group?.column.column ?? "") with fewer than \(minimumGroup) rows: all but these", kind: .exact,
          values: shownGroups.map { Int64($0) })
      ]
    switch shown {
    case .counts(let counts): return [Disclosure(subject: "counts of \(subject)", kind: .exact, values: counts)] + small
    case .bounds(let marginals, let bounds):
      return [Disclosure(subject: "rows by label\(group == nil ? "" : " and group") of \(subject)", kind: .exact, values: marginals)]
        + bounds.map {
          Disclosure(subject: "\($0.metric.name.text) of \(subject)", kind: .bounded, values: [$0.numerator, $0.denominator])
        } + small
    }
  }

  // MARK: Semantics

  /// Counts of every (group, label, prediction), by definition. **Throws** `unknownName`, `unknownColumn`.
  public func counts(_ tables: DataTables) throws(ProgramError) -> [Int64] {
    let (own, others) = (try tables.column(labels.artefact, labels.column), try tables.column(predictions.artefact, predictions.column))
    let classes = try Statistic.classCount(try tables.table(labels.artefact).schema, labels.column)
    var groups = [Int](repeating: 0, count: own.count)
    var count = 1
    if let group {
      let table = try tables.table(group.column.artefact)
      groups = try group.groups(table)
      count = try group.count(table.schema)
    }
    var out = [Int64](repeating: 0, count: count * classes * classes)
    for row in own.indices where groups.indices.contains(row) && others.indices.contains(row) {
      let cell = (groups[row] * classes + Int(own[row])) * classes + Int(others[row])
      if out.indices.contains(cell) { out[cell] += 1 }
    }
    return out
  }

  /// The first bound that the counts do not keep; nil when all hold, or when counts are published.
  ///
  /// **Throws** `unknownName`, `unknownColumn`; `invalidParameter` for a bound that cannot be stated.
  public func failing(_ tables: DataTables) throws(ProgramError) -> MetricBound? {
    guard case .bounds(let marginals, let bounds) = shown else { return nil }
    let counts = try counts(tables)
    let classes = try Statistic.classCount(try tables.table(labels.artefact).schema, labels.column)
    let layout = CountLayout(
      groups: counts.count / max(1, classes * classes), classes: classes, rows: try tables.table(labels.artefact).rowCount, shown: shownGroups,
      marginals: marginals)
    guard marginals.count == shownGroups.count * classes else {
      throw .invalidParameter(node: labels.column, reason: "\(marginals.count) numbers of rows for \(shownGroups.count) groups of \(classes) labels")
    }
    for bound in bounds {
      let inequalities: [CountInequality]
      do throws(ClaimError) { inequalities = try layout.inequalities(bound) } catch {
        throw .invalidParameter(node: bound.metric.name.text, reason: "\(error)")
      }
      if inequalities.contains(where: { $0.value(counts) < 0 }) { return bound }
    }
    return nil
  }

  public func record(_ tables: DataTables) throws(ProgramError) -> [String: [Int64]] {
    guard let group else { return [:] }
    return try group.record(try tables.table(group.column.artefact), key: "group")
  }

  // MARK: Constraints

  public func compile(_ compiler: inout ClaimCompiler, index: Int, prefix: String) throws(ClaimError) {
    let (first, second) = (try compiler.artefact(labels.artefact), try compiler.artefact(predictions.artefact))
    let (own, others) = (try StatisticColumn(labels.column, first), try StatisticColumn(predictions.column, second))
    guard case .category(let names)? = try first.table().schema.column(labels.column)?.type,
      case .category(let predicted)? = try second.table().schema.column(predictions.column)?.type, names.hasSameBytes(as: predicted),
      !own.hasMissing, !others.hasMissing, own.rows == others.rows
    else { throw .inconsistent("labels and predictions are columns of equal length, without missing cells, with the same classes in the same order") }
    let classes = names.count
    var groups = 1
    var components = [own.value, others.value]
    if let group {
      let (expression, count, rows) = try group.compile(&compiler, "\(prefix).group", index: index, key: "group")
      guard rows == own.rows else { throw .inconsistent("the groups have \(rows.count) rows, the labels \(own.rows.count)") }
      groups = count
      components = [expression] + components
    }
    let isAscending = zip(shownGroups, shownGroups.dropFirst()).allSatisfy { $0 < $1 }
    guard classes * classes * groups <= Self.maximumCells, isAscending, shownGroups.allSatisfy({ (0..<groups).contains($0) }), minimumGroup >= 1,
      minimumGroup <= Int(Int32.max), group != nil || shownGroups == [0]
    else { throw .inconsistent("\(groups) groups of \(classes) classes: at most \(Self.maximumCells) counts, shown groups ascending") }
    let marginals = if case .bounds(let known, _) = shown { known } else { [Int64](repeating: 0, count: shownGroups.count * classes) }
    guard marginals.count == shownGroups.count * classes, marginals.allSatisfy({ (0...Int64(own.rows.count)).contains($0) }) else {
      throw .inconsistent("\(marginals.count) numbers of rows for \(shownGroups.count) groups of \(classes) labels")
    }
    let layout = CountLayout(groups: groups, classes: classes, rows: own.rows.count, shown: shownGroups, marginals: marginals)
    let rows = layout.cells().map { (cell: Int) -> [Int64] in
      let pair = [Int64(cell / classes % classes), Int64(cell % classes)]
      return group == nil ? pair : [Int64(cell / (classes * classes))] + pair
    }
    let (table, counts) = try compiler.builder.table("\(prefix).counts", .rows(rows))
    compiler.builder.lookup("\(prefix).rows", table: table, components, [own.rows])
    try hideSmall(&compiler, prefix, counts, layout)
    switch shown {
    case .counts(let values): try publish(&compiler, prefix, counts, layout, values)
    case .bounds(_, let bounds): try bound(&compiler, prefix, counts, layout, bounds)
    }
  }

  private func expression(_ counts: View, _ cells: [Int]) throws(ClaimError) -> ColumnExpression {
    try ColumnExpression.sum(cells.map { (1, ColumnExpression(counts.entry($0))) })
  }

  /// Every group that is not shown has fewer than `minimumGroup` rows.
  private func hideSmall(_ compiler: inout ClaimCompiler, _ prefix: String, _ counts: View, _ layout: CountLayout) throws(ClaimError) {
    let bits = 64 - UInt64(minimumGroup - 1).leadingZeroBitCount
    for group in 0..<layout.groups where !shownGroups.contains(group) {
      let spare = try ColumnExpression(constant: Int64(minimumGroup - 1)).adding(try expression(counts, layout.cells(group: group)), times: -1)
      try compiler.builder.range("\(prefix).small.\(group)", spare, bits: bits, Extent(bits: 0, count: 1))
    }
  }

  private func publish(
    _ compiler: inout ClaimCompiler, _ prefix: String, _ counts: View, _ layout: CountLayout, _ values: [Int64]
  ) throws(ClaimError) {
    let cells = shownGroups.flatMap { layout.cells(group: $0) }
    guard cells.count == values.count else { throw .inconsistent("\(values.count) counts for \(cells.count) pairs of classes") }
    if cells.count == layout.cells().count {
      compiler.builder.equal("\(prefix).count", rows: Extent(count: cells.count), ColumnExpression(counts), publicValues: values)
    } else {
      for (cell, value) in zip(cells, values) {
        compiler.builder.equal(
          "\(prefix).count.\(cell)", rows: Extent(bits: 0, count: 1), ColumnExpression(counts.entry(cell)), publicValues: [value])
      }
    }
  }

  private func bound(
    _ compiler: inout ClaimCompiler, _ prefix: String, _ counts: View, _ layout: CountLayout, _ bounds: [MetricBound]
  ) throws(ClaimError) {
    guard !bounds.isEmpty, bounds.count <= 64 else { throw .inconsistent("1 to 64 bounds") }
    let scalar = Extent(bits: 0, count: 1)
    for (place, group) in shownGroups.enumerated() {
      for label in 0..<layout.classes {
        compiler.builder.equal(
          "\(prefix).label.\(group).\(label)", rows: scalar, try expression(counts, layout.cells(group: group, label: label)),
          publicValues: [layout.marginals[place * layout.classes + label]])
      }
    }
    for (place, bound) in bounds.enumerated() {
      for (number, inequality) in try layout.inequalities(bound).enumerated() {
        var slack: [(Int64, ColumnExpression)] = []
        var largest = inequality.constant.magnitude
        guard let constant = Int64(exactly: inequality.constant) else { throw .coefficientOverflow }
        for cell in inequality.coefficients.keys.sorted() {
          guard let factor = Int64(exactly: inequality.coefficients[cell] ?? 0) else { throw .coefficientOverflow }
          slack.append((factor, ColumnExpression(counts.entry(cell))))
          largest = max(largest, inequality.constant.magnitude + UInt128(factor.magnitude) * UInt128(layout.rows))
        }
        // All counts together are the rows, so no value of the sum is larger.
        let bits = 128 - largest.leadingZeroBitCount
        guard bits <= 60 else { throw .tooWide(node: "\(bound.metric.name.text) of \(prefix)", bits: bits) }
        try compiler.builder.range("\(prefix).bound.\(place).\(number)", try ColumnExpression.sum(constant: constant, slack), bits: bits, scalar)
      }
    }
  }
}

/// Greedy training of classification trees on binned features, in integers: the definition that a training certificate proves.
///
/// A node with the rows S, n of them, n_c of class c, is a leaf when its depth is the greatest, when n < `minimumSplit`, when all rows have one
/// class, or when no candidate is valid. Candidates: feature f and threshold t, the rows with x_f ≤ t (L of them, L_c of class c) go first,
/// the other R second; valid where both are at least `minimumLeaf`. The split is the candidate with the greatest
///   Σ_c L_c² / L + Σ_c R_c² / R,
/// which is the one with the least Gini impurity, compared exactly; ties: the first feature, then the least threshold. A leaf says the class
/// with most rows, ties to the lowest index: 1 for it, 0 for the others. Source: Breiman et al., Classification and Regression Trees, 1984.
public struct TreeGrowth: Hashable, Sendable {
  /// Most comparisons on a path, 1 to 12.
  public let depth: Int
  /// Fewest rows of a node that is split, 2 to 65536.
  public let minimumSplit: Int
  /// Fewest rows of either side of a split, 1 to 65536.
  public let minimumLeaf: Int

  /// Most rows that the certificate takes: products of two candidates' scores stay below 2^61.
  public static let maximumRows = 65_535

  public init(depth: Int, minimumSplit: Int = 2, minimumLeaf: Int = 1) {
    self.depth = depth
    self.minimumSplit = minimumSplit
    self.minimumLeaf = minimumLeaf
  }

  /// Columns of a training table: features in order, the label, and the number of classes.
  public struct Rows: Sendable {
    public let features: [[Int64]]
    public let labels: [Int]
    public let classes: Int

    /// **Throws** `.unknownColumn`, or `.invalidModel` for a label that is no category or a column with missing cells.
    public init(_ table: StoredTable, features names: [String], target: String) throws(ProgramError) {
      var columns: [[Int64]] = []
      for name in names {
        guard let description = table.schema.column(name), let values = table.values(name) else { throw .unknownColumn(name) }
        guard description.missing == .refuse else { throw .invalidModel(reason: "feature \(name) may be missing: impute it before training") }
        columns.append(values)
      }
      guard let label = table.schema.column(target), let values = table.values(target) else { throw .unknownColumn(target) }
      guard case .category(let classes) = label.type, label.missing == .refuse else {
        throw .invalidModel(reason: "the target \(target) of a classification tree is a category without missing cells")
      }
      features = columns
      labels = values.map { Int($0) }
      self.classes = classes.count
    }
  }

  /// Σ L_c²/L + Σ R_c²/R as numerator and denominator; nil unless both sides have at least `minimumLeaf` rows.
  func score(_ left: [Int64], _ right: [Int64]) -> (numerator: Int64, denominator: Int64)? {
    let (l, r) = (left.reduce(0, +), right.reduce(0, +))
    guard l >= Int64(minimumLeaf), r >= Int64(minimumLeaf) else { return nil }
    return (r * left.reduce(0) { $0 + $1 * $1 } + l * right.reduce(0) { $0 + $1 * $1 }, l * r)
  }

  /// The tree of these rows. **Throws** `.invalidModel` for no rows, more than `maximumRows`, or parameters outside their ranges.
  public func grow(_ rows: Rows) throws(ProgramError) -> TreeShape {
    guard !rows.labels.isEmpty, rows.labels.count <= Self.maximumRows, !rows.features.isEmpty else {
      throw .invalidModel(reason: "\(rows.labels.count) training rows; 1 to \(Self.maximumRows) are possible, and one feature")
    }
    try check()
    return grow(rows, Array(rows.labels.indices), level: 0)
  }

  /// **Throws** `.invalidModel` for parameters outside their ranges.
  public func check() throws(ProgramError) {
    guard (1...12).contains(depth), (2...65_536).contains(minimumSplit), (1...65_536).contains(minimumLeaf) else {
      throw .invalidModel(reason: "depth \(depth) (1 to 12), minimumSplit \(minimumSplit) (from 2), minimumLeaf \(minimumLeaf) (from 1)")
    }
  }

  private func grow(_ rows: Rows, _ own: [Int], level: Int) -> TreeShape {
    var counts = [Int64](repeating: 0, count: rows.classes)
    for row in own { counts[rows.labels[row]] += 1 }
    let most = counts.max() ?? 0
    let majority = counts.firstIndex(of: most) ?? 0
    let leaf = TreeShape.leaf(counts.indices.map { $0 == majority ? 1 : 0 })
    guard level < depth, own.count >= minimumSplit, most < Int64(own.count), let best = best(rows, own, counts) else { return leaf }
    let values = rows.features[best.feature]
    return .split(
      variant: best.feature, threshold: best.threshold, first: grow(rows, own.filter { values[$0] <= best.threshold }, level: level + 1),
      second: grow(rows, own.filter { values[$0] > best.threshold }, level: level + 1))
  }

  private func best(_ rows: Rows, _ own: [Int], _ counts: [Int64]) -> (feature: Int, threshold: Int64)? {
    var out: (feature: Int, threshold: Int64)?
    var greatest: (numerator: Int64, denominator: Int64) = (-1, 1)
    for (feature, values) in rows.features.enumerated() {
      var histogram: [Int64: [Int64]] = [:]
      for row in own { histogram[values[row], default: [Int64](repeating: 0, count: rows.classes)][rows.labels[row]] += 1 }
      var left = [Int64](repeating: 0, count: rows.classes)
      // Thresholds between two values that occur split alike: the least of them is a value that occurs.
      for threshold in histogram.keys.sorted() {
        for (place, count) in (histogram[threshold] ?? []).enumerated() { left[place] += count }
        guard let score = score(left, zip(counts, left).map { $0 - $1 }) else { continue }
        if Int128(score.numerator) * Int128(greatest.denominator) > Int128(greatest.numerator) * Int128(score.denominator) {
          greatest = score
          out = (feature, threshold)
        }
      }
    }
    return out
  }
}

extension TreeModel {
  /// Trains one tree; the table of nodes has 2^(depth + 1) − 1 rows whatever the tree is.
  /// - Throws: what `TreeGrowth` and the architecture refuse.
  public static func train(_ table: StoredTable, features: [String], target: String, growth: TreeGrowth) throws(ProgramError) -> TreeModel {
    try growth.check()
    guard case .category(let classes)? = table.schema.column(target)?.type else { throw .unknownColumn(target) }
    let architecture = try TreeArchitecture(
      schema: table.schema, features: features, target: target, task: .classes(count: classes.count), trees: 1, depth: growth.depth,
      nodeCount: (2 << growth.depth) - 1, valueRange: IntegerRange(0...1))
    let tree = try growth.grow(TreeGrowth.Rows(table, features: architecture.features, target: target))
    return try TreeModel(architecture: architecture, trees: [tree])
  }

  /// Tree `index` as it would be written down. Precondition: such a tree exists.
  public func tree(_ index: Int) -> TreeShape {
    let node = nodes[index]
    if node.isLeaf { return .leaf(node.values) }
    return .split(variant: node.variant, threshold: node.threshold, first: tree(node.child), second: tree(node.child + 1))
  }
}

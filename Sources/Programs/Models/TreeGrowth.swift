/// Greedy training of decision trees on binned features, in integers: the definition that a training certificate proves.
///
/// A node with the rows S, n of them, is a leaf when its depth is the greatest, when n < `minimumSplit`, or when no candidate is valid.
/// Candidates: feature f and threshold t, the rows with x_f ≤ t (L of them) go first, the other R second; valid where both are at least
/// `minimumLeaf`, and in a forest where f is in the node's subset. The split is the candidate that is worth most, compared exactly; ties: the
/// first feature, then the least threshold.
/// - Classes, n_c rows of class c: worth Σ_c L_c² / L + Σ_c R_c² / R, which is most where the Gini impurity is least. Rows of one class are a
///   leaf. A leaf says the class with most rows, ties to the lowest index: 1 for it, 0 for the others.
/// - Numbers, Y the sum of y less its range's lower bound: worth Y_L² / L + Y_R² / R, which is most where the squared error is least. A node
///   is a leaf unless a split is worth more than Y² / n, so lowers the error. A leaf says the mean: ⌊Σ y·2^shift / (n·trees) + 1/2⌋.
///
/// Source: Breiman et al., Classification and Regression Trees, 1984; Random Forests, 2001.
public struct TreeGrowth: Hashable, Sendable {
  /// Most comparisons on a path, 1 to 12.
  public let depth: Int
  /// Fewest rows of a node that is split, 2 to 65536.
  public let minimumSplit: Int
  /// Fewest rows of either side of a split, 1 to 65536.
  public let minimumLeaf: Int

  /// Most rows that the certificate takes: products of two candidates' scores stay below 2^61.
  public static let maximumRows = 65_535
  /// Most rows that are trained on.
  public static let maximumTrainingRows = 1 << 24
  /// Most bits of the range of a number that is predicted.
  public static let maximumNumberBits = 32

  public init(depth: Int, minimumSplit: Int = 2, minimumLeaf: Int = 1) {
    self.depth = depth
    self.minimumSplit = minimumSplit
    self.minimumLeaf = minimumLeaf
  }

  /// What a candidate is worth: quotient + rest / divisor, 0 ≤ rest < divisor < 2^48.
  struct Worth {
    let quotient: Int128
    let rest: Int128
    let divisor: Int128

    init(_ numerator: Int128, over divisor: Int128) {
      (quotient, rest) = numerator.quotientAndRemainder(dividingBy: divisor)
      self.divisor = divisor
    }

    func isMore(than other: Worth) -> Bool {
      quotient == other.quotient ? rest * other.divisor > other.rest * divisor : quotient > other.quotient
    }
  }

  /// The tree of these rows.
  ///
  /// - Parameters:
  ///   - sample: which rows, and which features at each node, of a tree of a forest; nil: all.
  ///   - shift: bits after the point of a number that a leaf says. - trees: how many trees' numbers are added.
  /// - Throws: `.invalidModel` for no rows, too many, or parameters outside their ranges.
  public func grow(_ rows: Rows, sample: TreeSample? = nil, shift: Int = 0, trees: Int = 1) throws(ProgramError) -> TreeShape {
    guard rows.count > 0, rows.count <= Self.maximumTrainingRows, !rows.features.isEmpty else {
      throw .invalidModel(reason: "\(rows.count) training rows; 1 to \(Self.maximumTrainingRows) are possible, and one feature")
    }
    guard rows.rangeBits <= Self.maximumNumberBits, (0...32).contains(shift), trees >= 1 else {
      throw .invalidModel(reason: "the target's range takes \(rows.rangeBits) bits; \(Self.maximumNumberBits) are possible")
    }
    try check()
    let own = sample.map { rows.selecting($0.rows) } ?? rows
    let nursery = Nursery(growth: self, rows: own, sample: sample, shift: shift, trees: trees)
    return nursery.grow(Array(0..<own.count), place: 1, level: 0)
  }

  /// **Throws** `.invalidModel` for parameters outside their ranges.
  public func check() throws(ProgramError) {
    guard (1...12).contains(depth), (2...65_536).contains(minimumSplit), (1...65_536).contains(minimumLeaf) else {
      throw .invalidModel(reason: "depth \(depth) (1 to 12), minimumSplit \(minimumSplit) (from 2), minimumLeaf \(minimumLeaf) (from 1)")
    }
  }
}

/// One tree while it grows.
private struct Nursery {
  let growth: TreeGrowth
  let rows: TreeGrowth.Rows
  let sample: TreeSample?
  let shift: Int
  let trees: Int

  /// `place`: 1 is the root, 2p and 2p + 1 are the children of p.
  func grow(_ own: [Int], place: Int, level: Int) -> TreeShape {
    let all = totals(own)
    guard level < growth.depth, own.count >= growth.minimumSplit, rows.isNumber || !all.contains(Int64(own.count)),
      let best = best(own, all, place: place)
    else { return .leaf(said(all, count: own.count)) }
    let values = rows.features[best.feature]
    return .split(
      variant: best.feature, threshold: best.threshold,
      first: grow(own.filter { values[$0] <= best.threshold }, place: 2 * place, level: level + 1),
      second: grow(own.filter { values[$0] > best.threshold }, place: 2 * place + 1, level: level + 1))
  }

  /// Rows of each class; for numbers their count and the sum of y − lower.
  private func totals(_ own: [Int]) -> [Int64] {
    var out = [Int64](repeating: 0, count: rows.partCount)
    for row in own { add(row, to: &out) }
    return out
  }

  private func add(_ row: Int, to parts: inout [Int64]) {
    if rows.isNumber {
      parts[0] += 1
      parts[1] += rows.numbers[row] - rows.lower
    } else {
      parts[rows.labels[row]] += 1
    }
  }

  private func said(_ all: [Int64], count: Int) -> [Int64] {
    if rows.isNumber {
      let sum = Int128(all[1]) + Int128(rows.lower) * Int128(count)
      let parts = Int128(count) * Int128(trees)
      return [Int64(floorDivide(2 * sum << Int128(shift) + parts, 2 * parts))]
    }
    let majority = all.firstIndex(of: all.max() ?? 0) ?? 0
    return all.indices.map { $0 == majority ? 1 : 0 }
  }

  private func floorDivide(_ a: Int128, _ b: Int128) -> Int128 {
    let (quotient, rest) = a.quotientAndRemainder(dividingBy: b)
    return rest < 0 ? quotient - 1 : quotient
  }

  /// Nil unless both sides have at least `minimumLeaf` rows.
  private func worth(_ left: [Int64], _ right: [Int64]) -> TreeGrowth.Worth? {
    func size(_ side: [Int64]) -> Int128 { Int128(rows.isNumber ? side[0] : side.reduce(0, +)) }
    func squares(_ side: [Int64]) -> Int128 {
      rows.isNumber ? Int128(side[1]) * Int128(side[1]) : side.reduce(0) { $0 + Int128($1) * Int128($1) }
    }
    let (l, r) = (size(left), size(right))
    guard l >= Int128(growth.minimumLeaf), r >= Int128(growth.minimumLeaf) else { return nil }
    return TreeGrowth.Worth(r * squares(left) + l * squares(right), over: l * r)
  }

  private func best(_ own: [Int], _ all: [Int64], place: Int) -> (feature: Int, threshold: Int64)? {
    var out: (feature: Int, threshold: Int64)?
    var greatest = rows.isNumber ? TreeGrowth.Worth(Int128(all[1]) * Int128(all[1]), over: Int128(own.count)) : TreeGrowth.Worth(-1, over: 1)
    for (feature, values) in rows.features.enumerated() where sample?.isAllowed(feature, place: place) ?? true {
      var histogram: [Int64: [Int64]] = [:]
      for row in own { add(row, to: &histogram[values[row], default: [Int64](repeating: 0, count: rows.partCount)]) }
      var left = [Int64](repeating: 0, count: rows.partCount)
      // Thresholds between two values that occur split alike: the least of them is a value that occurs.
      for threshold in histogram.keys.sorted() {
        for (part, count) in (histogram[threshold] ?? []).enumerated() { left[part] += count }
        guard let worth = worth(left, zip(all, left).map { $0 - $1 }), worth.isMore(than: greatest) else { continue }
        greatest = worth
        out = (feature, threshold)
      }
    }
    return out
  }
}

import Programs
import ProofSystem

/// The constraints of a training certificate, in the order in which they build on each other. Grids as in `TreeTrainingPlan`.
struct TreeTrainingConstraints {
  let plan: TreeTrainingPlan
  let growth: TreeGrowth
  let prefix: String
  /// What the names of this tree's columns and constraints begin with, after the prefix.
  let keys: String
  let index: Int
  /// The rows and features of a tree of a forest.
  let sample: TreeSample?
  var builder: RelationBuilder

  // What later parts read.
  private var place: ColumnExpression?
  var lefts: [View] = []
  var columns: [String: ColumnExpression] = [:]
  var views: [String: View] = [:]

  init(plan: TreeTrainingPlan, growth: TreeGrowth, prefix: String, keys: String, index: Int, sample: TreeSample?, builder: RelationBuilder) {
    self.sample = sample
    self.plan = plan
    self.growth = growth
    self.prefix = prefix
    self.keys = keys
    self.index = index
    self.builder = builder
  }

  func name(_ part: String) -> String { "\(prefix).\(keys)\(part)" }

  static func full(_ bits: Int) -> Extent { Extent(bits: bits, count: 1 << bits) }
  /// All cells of the grids.
  var candidates: Extent { Self.full(plan.gridBits) }
  var places: Extent { Self.full(plan.depth) }

  /// A column of the record, kept under its key.
  @discardableResult mutating func recorded(_ key: String, bits: Int) throws(ClaimError) -> ColumnExpression {
    let view = try builder.column(name(key), bits: bits, .recorded(execution: index, key: keys + key))
    views[key] = view
    columns[key] = ColumnExpression(view)
    return ColumnExpression(view)
  }

  func column(_ key: String) throws(ClaimError) -> ColumnExpression {
    guard let column = columns[key] else { throw .inconsistent("no column \(key)") }
    return column
  }

  func view(_ key: String) throws(ClaimError) -> View {
    guard let view = views[key] else { throw .inconsistent("no column \(key)") }
    return view
  }

  /// Whether not every candidate is valid.
  var hasEnough: Bool { growth.minimumLeaf > 1 || sample != nil }

  // MARK: Which rows are trained on

  /// The rows that were drawn, in the order of the draws: copies, by the public numbers of the rows.
  mutating func addDraws(_ features: inout [ColumnExpression], _ labels: inout ColumnExpression, _ rows: Extent) throws(ClaimError) {
    guard let sample else { return }
    let table = try builder.table(name("rows"), .numbered([[labels] + features], rows)).index
    let number = try builder.publicGrid(name("draw"), bits: rows.bits) { sample.rows.indices.contains($0) ? sample.rows[$0] : 0 }
    labels = try recorded("drawn.label", bits: rows.bits)
    for index in features.indices { features[index] = try recorded("drawn.\(index)", bits: rows.bits) }
    builder.lookup(name("drawn"), table: table, [number, labels] + features, [rows])
  }

  // MARK: Where the rows go

  /// The rows' paths, and the last place of each: the bits `second`, level by level.
  mutating func addPaths(_ model: ArtefactDescription, features: [ColumnExpression], rows: Extent, tree: Int) throws(ClaimError) {
    let architecture = try model.treeEnsemble()
    let nodes = TreeNodeColumns(
      variant: ColumnExpression(try model.nodeColumn("variant")), threshold: ColumnExpression(try model.nodeColumn("threshold")),
      child: ColumnExpression(try model.nodeColumn("child")), rows: Extent(count: architecture.nodeCount))
    let (label, own, keys) = (name("path"), index, keys)
    let bits = TreePaths.comparisonBits(threshold: architecture.thresholdRange, features: architecture.featureRange)
    let seconds = try builder.treePaths(
      label, nodes: nodes, features: features, grid: TreeGrid(trees: Extent(bits: 0, count: 1), rows: rows), depth: plan.depth,
      comparison: .atMost, comparisonBits: bits, root: tree
    ) { (level, part, builder: inout RelationBuilder) throws(ClaimError) in
      ColumnExpression(
        try builder.column(
          "\(label).\(level).\(part.rawValue)", bits: rows.bits, .recorded(execution: own, key: keys + "path.\(level).\(part.rawValue)")))
    }.second
    // No lookup reads the last node of a path, so nothing else says that this difference is an integer, let alone a bit.
    if let last = seconds.last { try builder.range(name("path.last"), last, bits: 1, rows) }
    let place = try recorded("place", bits: rows.bits)
    let sum = seconds.enumerated().map { (factor: Int64(1) << Int64(plan.depth - 1 - $0), part: $1) }
    builder.equal(name("place.sum"), rows: rows, try ColumnExpression.sum(sum + [(-1, place)]))
    self.place = place
  }

  /// (class, last place, feature, bin) of every row and feature in a table of all of them, whose multiplicities are the histogram. `sum` is its
  /// running sum before each entry; `left` its sum over the bins up to a candidate's, at the last places and at the places above, which are
  /// the sums of their children; `right` the rest of the place's rows.
  mutating func addHistogram(_ features: [ColumnExpression], _ labels: ColumnExpression, _ rows: Extent) throws(ClaimError) {
    guard let place else { throw .inconsistent("rows without paths") }
    let (table, counts) = try builder.table(name("histogram"), .integers(bits: plan.histogramBits))
    let cell = Int64(1) << Int64(plan.candidateBits)
    for (digit, label) in try histogramLabels(labels, rows).enumerated() {
      for (number, feature) in features.enumerated() {
        let key = try ColumnExpression.sum(
          constant: ((Int64(1) << Int64(plan.depth)) - 1) * cell + Int64(number) << Int64(plan.binBits) - plan.base,
          [(1 << Int64(plan.gridBits), label), (-cell, place), (1, feature)])
        builder.lookup(name("histogram.\(digit * features.count + number)"), table: table, [key], [rows])
      }
    }
    let perFeature = View.free(plan.depth + plan.featureBits)
    let inner = Extent(bits: plan.gridBits, count: ((1 << plan.depth) - 1) << plan.candidateBits)
    for label in 0..<plan.partCount {
      let histogram = try histogramPart(label, counts)
      let sum = try recorded("sum.\(label)", bits: plan.gridBits)
      let sums = try view("sum.\(label)")
      let next = try builder.next(name("sum.\(label).next"), sums)
      let growth = try next.adding(sum, times: -1).adding(histogram, times: -1)
      builder.equal(name("sum.\(label)"), rows: Extent(bits: plan.gridBits, count: (1 << plan.gridBits) - 1), growth)
      builder.equal(name("sum.\(label).first"), rows: Self.full(0), ColumnExpression(sums.entry(0)))
      try recorded("left.\(label)", bits: plan.gridBits + 1)
      let left = try view("left.\(label)")
      lefts.append(left)
      // What was there before the feature's first bin, repeated over the bins.
      let start = ColumnExpression(sums.fixed(perFeature + View.bits(0, plan.binBits)))
      let last = ColumnExpression(left.fixed([0] + View.free(plan.gridBits)))
      builder.equal(
        name("left.\(label).last"), rows: candidates,
        try last.adding(sum, times: -1).adding(histogram, times: -1).adding(start))
      let own = ColumnExpression(left.fixed([1] + View.free(plan.gridBits)))
      var parts = own
      for side in 0...1 {
        let child = left.fixed(View.free(plan.depth) + [side] + View.free(plan.candidateBits))
        parts = try parts.adding(ColumnExpression(child), times: -1)
      }
      builder.equal(name("left.\(label).inner"), rows: inner, parts)
      let right = try recorded("right.\(label)", bits: plan.gridBits)
      let all = ColumnExpression(left.fixed([1] + perFeature + View.bits(plan.bins - 1, plan.binBits)))
      builder.equal(name("right.\(label)"), rows: candidates, try right.adding(own).adding(all, times: -1))
      columns["left.\(label)"] = own
    }
  }

  /// What the rows are counted by: their class, or each digit of their number, numbered one after the other.
  private mutating func histogramLabels(_ labels: ColumnExpression, _ rows: Extent) throws(ClaimError) -> [ColumnExpression] {
    guard plan.isNumber else { return [labels] }
    var parts: [(factor: Int64, part: ColumnExpression)] = [(-1, labels)]
    var out: [ColumnExpression] = []
    for digit in 0..<plan.digits {
      let column = try recorded("digit.\(digit)", bits: rows.bits)
      try builder.range(name("digit.\(digit)"), column, bits: TreeTrainingPlan.digitBits, rows)
      parts.append((1 << Int64(TreeTrainingPlan.digitBits * digit), column))
      out.append(try column.adding(Int64(digit) << Int64(TreeTrainingPlan.digitBits)))
    }
    builder.equal(name("digits"), rows: rows, try ColumnExpression.sum(constant: plan.lower, parts))
    return out
  }

  /// Rows of a class in every cell; of numbers the rows (part 0) and the sum (part 1).
  private func histogramPart(_ part: Int, _ counts: View) throws(ClaimError) -> ColumnExpression {
    func view(_ label: Int) -> ColumnExpression {
      ColumnExpression(counts.fixed(View.bits(label, plan.classBits) + View.free(plan.gridBits)))
    }
    guard plan.isNumber else { return view(part) }
    let base = 1 << TreeTrainingPlan.digitBits
    if part == 0 { return try ColumnExpression.sum((0..<base).map { (1, view($0)) }) }
    var parts: [(factor: Int64, part: ColumnExpression)] = []
    for digit in 0..<plan.digits {
      for value in 1..<base { parts.append((Int64(value) << Int64(TreeTrainingPlan.digitBits * digit), view(digit * base + value))) }
    }
    return try ColumnExpression.sum(parts)
  }

  /// Rows of each class at the inner places, or at the last ones; of numbers rows and sum.
  func counts(atLast: Bool) -> [ColumnExpression] {
    lefts.map {
      let cell = View.bits(0, plan.featureBits) + View.bits(plan.bins - 1, plan.binBits)
      return ColumnExpression($0.fixed([atLast ? 0 : 1] + View.free(plan.depth) + cell))
    }
  }

  // MARK: What a candidate is worth

  /// Σ L_c²/L + Σ R_c²/R (of numbers S_L²/L + S_R²/R) = (quotient·divisor + rest) / divisor, divisor = L·R + empty, empty·L·R = 0 and 0 ≤ rest < divisor: a candidate
  /// with an empty side is worth 0, and 1 ≤ empty there.
  mutating func addCandidates() throws(ClaimError) {
    let bits = plan.gridBits
    var (left, right) = (ColumnExpression(constant: 0), ColumnExpression(constant: 0))
    var (leftSquares, rightSquares) = (left, right)
    for label in 0..<plan.partCount {
      let (a, b) = (try column("left.\(label)"), try column("right.\(label)"))
      if !plan.isNumber || label == 0 {
        left = try left.adding(a)
        right = try right.adding(b)
      }
      if plan.isNumber, label == 0 { continue }
      leftSquares = try leftSquares.adding(try builder.hadamard(name("left.square.\(label)"), bits: bits, a, a))
      rightSquares = try rightSquares.adding(try builder.hadamard(name("right.square.\(label)"), bits: bits, b, b))
    }
    let area = try builder.hadamard(name("area"), bits: bits, left, right)
    let numerator = try builder.hadamard(name("left.part"), bits: bits, right, leftSquares).adding(
      try builder.hadamard(name("right.part"), bits: bits, left, rightSquares))
    let empty = try recorded("empty", bits: bits)
    builder.equal(name("empty.none"), rows: candidates, try builder.hadamard(name("empty.area"), bits: bits, empty, area))
    let divisor = try area.adding(empty)
    let quotient = try recorded("quotient", bits: bits)
    try builder.range(name("quotient.range"), quotient, bits: plan.worthBits, candidates)
    let rest = try numerator.adding(try builder.hadamard(name("quotient.product"), bits: bits, quotient, divisor), times: -1)
    try builder.range(name("rest.range"), rest, bits: plan.areaBits, candidates)
    try builder.range(name("rest.below"), try divisor.adding(rest, times: -1).adding(-1), bits: plan.areaBits, candidates)
    (columns["divisor"], columns["rest"]) = (divisor, rest)
    try addValid(left, right)
  }

  /// `enough`: 1 for a candidate with enough rows on both sides, of a feature that the place may compare. No column where all are.
  private mutating func addValid(_ left: ColumnExpression, _ right: ColumnExpression) throws(ClaimError) {
    let bits = plan.gridBits
    if let sample {
      let (plan, last) = (self.plan, plan.bins - 1)
      // The last bin sends nobody second: it is no split.
      columns["enough"] = try builder.publicGrid(name("subset"), bits: bits) { index in
        let (place, feature) = (index >> plan.candidateBits, index >> plan.binBits & ((1 << plan.featureBits) - 1))
        return index & last < last && sample.isAllowed(feature, place: plan.position(place)) ? 1 : 0
      }
    }
    guard growth.minimumLeaf > 1 else { return }
    let width = max(plan.countBits, IntegerRange(0...Int64(growth.minimumLeaf)).bitCount)
    for (side, count) in [("left", left), ("right", right)] {
      let enough = try recorded("enough.\(side)", bits: bits)
      try builder.range(name("enough.\(side).bit"), enough, bits: 1, candidates)
      let slack = try count.adding(-Int64(growth.minimumLeaf) + (1 << Int64(width))).adding(enough, times: -(1 << Int64(width)))
      try builder.range(name("enough.\(side).range"), slack, bits: width, candidates)
    }
    let both = try builder.hadamard(name("enough"), bits: bits, try column("enough.left"), try column("enough.right"))
    var valid = both
    if let subset = columns["enough"] { valid = try builder.hadamard(name("valid"), bits: bits, subset, both) }
    columns["enough"] = valid
  }
}

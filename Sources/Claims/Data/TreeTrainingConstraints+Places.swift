import Programs
import ProofSystem

/// Nodes at the places, the bar that no candidate passes, leaves.
extension TreeTrainingConstraints {
  /// The node at every place from its parent's: the root, `child` and `child` + 1, a leaf itself on both sides.
  mutating func addPlaces(_ model: ArtefactDescription, tree: Int) throws(ClaimError) {
    let rows = Extent(count: try model.treeEnsemble().nodeCount)
    try recorded("node", bits: plan.depth + 1)
    let node = try view("node")
    var stored: [ColumnExpression] = []
    var own = [ColumnExpression(node.fixed([1] + View.free(plan.depth)))]
    for part in ["variant", "threshold", "child", "leaf"] {
      stored.append(ColumnExpression(try model.nodeColumn(part)))
      own.append(try recorded(part, bits: plan.depth))
    }
    columns["last.node"] = ColumnExpression(node.fixed([0] + View.free(plan.depth)))
    let table = try builder.table(name("nodes"), .numbered([stored], rows)).index
    builder.lookup(name("node.row"), table: table, own, [places])
    let root = node.fixed(View.bits((2 << plan.depth) - 2, plan.depth + 1))
    builder.equal(name("node.root"), rows: Self.full(0), try ColumnExpression(root).adding(-Int64(tree)))
    let (child, leaf) = (try column("child"), try column("leaf"))
    for side in 0...1 {
      // The second child's number ends in 0, the first's in 1. It is child + side·(1 − leaf).
      let below = ColumnExpression(node.fixed(View.free(plan.depth) + [1 - side]))
      let difference = try below.adding(child, times: -1).adding(-Int64(side)).adding(leaf, times: Int64(side))
      builder.equal(name("node.\(side)"), rows: Extent(bits: plan.depth, count: (1 << plan.depth) - 1), difference)
    }
  }

  /// The bar of every place and each candidate against it.
  ///
  /// The bar of a split is its own candidate, which must be valid. A leaf names the last bin of its variant, which is worth 0: no candidate may
  /// be valid then, unless the place is excused because it has too few rows or rows of one class only. Of numbers a leaf's bar is what the
  /// place is worth undivided.
  mutating func addBars() throws(ClaimError) {
    let bits = plan.depth
    let (leaf, variant, threshold) = (try column("leaf"), try column("variant"), try column("threshold"))
    let place = try builder.publicGrid(name("place.number"), bits: bits) { $0 }
    let candidate = try ColumnExpression.sum(
      constant: -plan.base, [(1 << Int64(plan.binBits), variant), (1, threshold), (-plan.leafShift, leaf)])
    let parts = ["quotient", "rest", "divisor", "empty"] + (hasEnough ? ["enough"] : [])
    var (stored, chosen): ([ColumnExpression], [ColumnExpression]) = ([], [])
    for part in parts {
      stored.append(try column(part))
      chosen.append(try recorded("chosen.\(part)", bits: bits))
    }
    let table = try builder.table(name("candidates"), .numbered([stored], candidates)).index
    builder.lookup(name("chosen.row"), table: table, [try candidate.adding(place, times: 1 << Int64(plan.candidateBits))] + chosen, [places])
    builder.equal(name("chosen.valid"), rows: places, try chosen[3].adding(leaf, times: -1))
    if hasEnough { builder.equal(name("chosen.enough"), rows: places, try chosen[4].adding(leaf).adding(-1)) }
    let excused = try addExcuses()
    var bars = Array(chosen.prefix(3))
    if plan.isNumber { try addMeans(&bars) }
    bars[0] = try bars[0].adding(excused, times: 1 << Int64(plan.worthBits))
    try compare(bars + [try candidate.adding(leaf, times: -(1 << Int64(plan.candidateBits)))])
  }

  /// What a place of numbers is worth undivided, S²/n = quotient + rest/divisor, divisor = n + none, none·n = 0. It is a leaf's bar, and a split's
  /// is more: `gains` allows one with a greater quotient, else its fraction must be greater.
  private mutating func addMeans(_ bars: inout [ColumnExpression]) throws(ClaimError) {
    let (bits, leaf) = (plan.depth, try column("leaf"))
    let parts = counts(atLast: false)
    let square = try builder.hadamard(name("undivided.square"), bits: bits, parts[1], parts[1])
    let none = try recorded("undivided.none", bits: bits)
    builder.equal(name("undivided.none"), rows: places, try builder.hadamard(name("undivided.area"), bits: bits, none, parts[0]))
    let divisor = try parts[0].adding(none)
    let quotient = try recorded("undivided.quotient", bits: bits)
    try builder.range(name("undivided.quotient"), quotient, bits: plan.worthBits, places)
    let rest = try square.adding(try builder.hadamard(name("undivided.product"), bits: bits, quotient, divisor), times: -1)
    try builder.range(name("undivided.rest"), rest, bits: plan.countBits, places)
    try builder.range(name("undivided.below"), try divisor.adding(rest, times: -1).adding(-1), bits: plan.countBits, places)
    let gains = try recorded("gains", bits: bits)
    try builder.range(name("gains.bit"), gains, bits: 1, places)
    try builder.range(
      name("gains.lead"), try bars[0].adding(quotient, times: -1).adding(gains, times: -1).adding(leaf, times: 1 << Int64(plan.worthBits)),
      bits: plan.worthBits + 1, places)
    let width = plan.areaBits + plan.countBits
    let cross = try builder.hadamard(name("gains.bar"), bits: bits, bars[1], divisor).adding(
      try builder.hadamard(name("gains.undivided"), bits: bits, rest, bars[2]), times: -1)
    let slack = try cross.adding(-1).adding(gains, times: 1 << Int64(width)).adding(leaf, times: 1 << Int64(width))
    try builder.range(name("gains.worth"), slack, bits: width + 1, places)
    for (part, own) in [quotient, rest, divisor].enumerated() {
      let step = try own.adding(bars[part], times: -1)
      bars[part] = try bars[part].adding(try builder.hadamard(name("undivided.bar.\(part)"), bits: bits, leaf, step))
    }
  }

  /// `excused`: fewer rows than a split needs (`small`), or rows of one class. A split has neither. Of numbers `small` is all the excuse.
  private mutating func addExcuses() throws(ClaimError) -> ColumnExpression {
    let leaf = try column("leaf")
    let counts = self.counts(atLast: false)
    var total = plan.isNumber ? counts[0] : ColumnExpression(constant: 0)
    var mixed = ColumnExpression(constant: 0)
    for (label, count) in counts.prefix(plan.classes).enumerated() {
      total = try total.adding(count)
      mixed = try mixed.adding(try builder.hadamard(name("count.square.\(label)"), bits: plan.depth, count, count), times: -1)
    }
    // n² − Σ n_c², 0 for rows of one class.
    if !plan.isNumber { mixed = try mixed.adding(try builder.hadamard(name("count.square"), bits: plan.depth, total, total)) }
    let width = max(plan.countBits, IntegerRange(0...Int64(growth.minimumSplit)).bitCount)
    let (unit, square) = (Int64(1) << Int64(width), Int64(1) << Int64(2 * plan.countBits))
    let least = Int64(growth.minimumSplit)
    for key in plan.isNumber ? ["small"] : ["small", "pure", "excused"] {
      try builder.range(name("\(key).bit"), try recorded(key, bits: plan.depth), bits: 1, places)
    }
    let small = try column("small")
    try builder.range(
      name("small.range"), try ColumnExpression(constant: least - 1 + unit).adding(total, times: -1).adding(small, times: -unit), bits: width + 1,
      places)
    let isSplit = try total.adding(-least).adding(leaf, times: unit)
    guard !plan.isNumber else {
      try builder.range(name("split.rows"), isSplit, bits: width + 1, places)
      return small
    }
    let (pure, excused) = (try column("pure"), try column("excused"))
    try builder.range(
      name("pure.range"), try ColumnExpression(constant: square).adding(mixed, times: -1).adding(pure, times: -square),
      bits: 2 * plan.countBits + 1, places)
    try builder.range(name("excused.range"), try small.adding(pure).adding(excused, times: -1), bits: 2, places)
    try builder.range(name("split.rows"), isSplit, bits: width + 1, places)
    try builder.range(name("split.mixed"), try mixed.adding(-1).adding(leaf, times: square), bits: 2 * plan.countBits + 1, places)
    return excused
  }

  /// No candidate is worth more than its place's bar, and none before the bar's as much.
  ///
  /// `ahead` allows a bar with a greater quotient; else bar.rest·divisor − rest·bar.divisor, less `before`, is not negative; and a candidate
  /// before the bar's needs `before`, for which the bar must be worth more. Candidates without enough rows are let through.
  private mutating func compare(_ stored: [ColumnExpression]) throws(ClaimError) {
    let bits = plan.gridBits
    let numbers = try builder.publicGrid(name("candidate.number"), bits: bits) { $0 & ((1 << plan.candidateBits) - 1) }
    var bar: [ColumnExpression] = []
    for (part, own) in zip(["quotient", "rest", "divisor", "candidate"], stored) {
      // The place's, repeated over its candidates.
      let column = try recorded("bar.\(part)", bits: bits)
      builder.equal(name("bar.\(part)"), rows: candidates, try column.adding(own, times: -1))
      bar.append(column)
    }
    for key in ["ahead", "before"] { try builder.range(name("\(key).bit"), try recorded(key, bits: bits), bits: 1, candidates) }
    let (ahead, before) = (try column("ahead"), try column("before"))
    var lead = try bar[0].adding(try column("quotient"), times: -1).adding(ahead, times: -1)
    if hasEnough { lead = try lead.adding(2 << Int64(plan.worthBits)).adding(try column("enough"), times: -(2 << Int64(plan.worthBits))) }
    try builder.range(name("lead"), lead, bits: plan.worthBits + (hasEnough ? 2 : 1), candidates)
    let cross = try builder.hadamard(name("bar.product"), bits: bits, bar[1], try column("divisor")).adding(
      try builder.hadamard(name("rest.product"), bits: bits, try column("rest"), bar[2]), times: -1)
    let width = plan.areaBits + plan.barBits
    let worth = try cross.adding(ahead, times: 1 << Int64(width)).adding(before, times: -1)
    try builder.range(name("worth"), worth, bits: width + 1, candidates)
    let order = try numbers.adding(bar[3], times: -1).adding(before, times: 1 << Int64(plan.candidateBits))
    try builder.range(name("order"), order, bits: plan.candidateBits + 2, candidates)
  }

  /// Every last place is at a leaf that says the class with most rows, ties to the lowest; a place without rows may say anything.
  mutating func addLeaves(_ model: ArtefactDescription) throws(ClaimError) {
    let bits = plan.depth
    let counts = self.counts(atLast: true)
    if plan.isNumber { return try addSaidNumbers(model, rows: counts[0], sum: counts[1]) }
    var stored = [ColumnExpression(try model.nodeColumn("leaf"))]
    var values: [ColumnExpression] = []
    for label in 0..<plan.classes {
      stored.append(ColumnExpression(try model.nodeColumn("value.\(label)")))
      let value = try recorded("last.value.\(label)", bits: bits)
      try builder.range(name("last.value.\(label).bit"), value, bits: 1, places)
      values.append(value)
    }
    let table = try builder.table(name("leaves"), .numbered([stored], Extent(count: try model.treeEnsemble().nodeCount))).index
    builder.lookup(name("last.row"), table: table, [try column("last.node"), ColumnExpression(constant: 1)] + values, [places])
    builder.equal(name("last.one"), rows: places, try ColumnExpression.sum(constant: -1, values.map { (1, $0) }))
    let live = try recorded("last.live", bits: bits)
    try builder.range(name("last.live.bit"), live, bits: 1, places)
    let total = try ColumnExpression.sum(counts.map { (1, $0) })
    try builder.range(
      name("last.live.range"), try ColumnExpression(constant: 0).adding(live, times: 1 << Int64(plan.countBits)).adding(total, times: -1),
      bits: plan.countBits + 1, places)
    let (unit, width) = (Int64(1) << Int64(plan.classBits), plan.countBits + plan.classBits)
    let top = try recorded("last.top", bits: bits)
    for (label, count) in counts.enumerated() {
      // Keys count·2^κ + 2^κ − 1 − class are all different; a live place says the class of the greatest.
      let distance = try top.adding(count, times: -unit).adding(Int64(label) + 1 - unit)
      try builder.range(name("last.top.\(label)"), distance, bits: width, places)
      let slack = try ColumnExpression(constant: (2 << Int64(width)) - 1).adding(values[label], times: 1 - (1 << Int64(width)))
        .adding(live, times: -(1 << Int64(width))).adding(distance, times: -1)
      try builder.range(name("last.said.\(label)"), slack, bits: width + 1, places)
    }
  }

  /// Every last place with rows is at a leaf that says their mean: 0 ≤ 2·Σ y·2^shift + n·trees − v·2·n·trees < 2·n·trees.
  private mutating func addSaidNumbers(_ model: ArtefactDescription, rows: ColumnExpression, sum: ColumnExpression) throws(ClaimError) {
    let bits = plan.depth
    let value = try recorded("last.value.0", bits: bits)
    let stored = [ColumnExpression(try model.nodeColumn("leaf")), ColumnExpression(try model.nodeColumn("value.0"))]
    let table = try builder.table(name("leaves"), .numbered([stored], Extent(count: try model.treeEnsemble().nodeCount))).index
    builder.lookup(name("last.row"), table: table, [try column("last.node"), ColumnExpression(constant: 1), value], [places])
    let live = try recorded("last.live", bits: bits)
    try builder.range(name("last.live.bit"), live, bits: 1, places)
    try builder.range(
      name("last.live.range"), try ColumnExpression(constant: 0).adding(live, times: 1 << Int64(plan.countBits)).adding(rows, times: -1),
      bits: plan.countBits + 1, places)
    let (unit, parts) = (Int64(2) << Int64(plan.shift), 2 * Int64(plan.trees))
    let rest = try sum.scaled(by: unit).adding(rows, times: unit * plan.lower).adding(rows, times: Int64(plan.trees)).adding(
      try builder.hadamard(name("last.part"), bits: bits, value, rows), times: -parts)
    let width = plan.countBits + IntegerRange(0...parts).bitCount
    try builder.range(name("last.said"), rest, bits: width, places)
    // No row, no rest: then `live` is 0.
    try builder.range(name("last.rest"), try rows.scaled(by: parts).adding(live, times: -1).adding(rest, times: -1), bits: width, places)
  }
}

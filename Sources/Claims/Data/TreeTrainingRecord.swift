import Programs
import ProofSystem

/// What the prover of a training certificate commits: computed from the rows and the tree, whether the tree is the trained one or not.
struct TreeTrainingRecord {
  let plan: TreeTrainingPlan
  let growth: TreeGrowth
  /// What is drawn for a tree of a forest.
  let sample: TreeSample?
  private(set) var columns: [String: [Int64]] = [:]

  init(_ plan: TreeTrainingPlan, growth: TreeGrowth, model: TreeModel, root: Int, rows: TreeGrowth.Rows, sample: TreeSample? = nil) {
    self.plan = plan
    self.growth = growth
    self.sample = sample
    var rows = rows
    if let sample {
      rows = rows.selecting(sample.rows)
      columns["drawn.label"] = plan.isNumber ? rows.numbers : rows.labels.map { Int64($0) }
      for (index, values) in rows.features.enumerated() { columns["drawn.\(index)"] = values }
    }
    addDigits(rows)
    let places = walk(model, root, rows)
    addHistogram(places, rows)
    let nodes = heap(model, root)
    addBottom(model, nodes)
    addCandidates()
    addPlaces(model, nodes)
  }

  private func column(_ name: String) -> [Int64] { columns[name] ?? [] }

  private mutating func addDigits(_ rows: TreeGrowth.Rows) {
    let base = Int64(1) << Int64(TreeTrainingPlan.digitBits)
    for digit in 0..<plan.digits {
      columns["digit.\(digit)"] = rows.numbers.map { ($0 - plan.lower) >> Int64(TreeTrainingPlan.digitBits * digit) & (base - 1) }
    }
  }

  /// Paths of the rows; the last place of each.
  private mutating func walk(_ model: TreeModel, _ root: Int, _ rows: TreeGrowth.Rows) -> [Int] {
    let count = rows.count
    var current = [Int](repeating: root, count: count)
    var places = [Int](repeating: 0, count: count)
    for level in 0..<plan.depth {
      var parts = [[Int64]](repeating: [], count: 5)
      for row in 0..<count {
        let node = model.nodes[current[row]]
        let x = rows.features[node.variant][row]
        let second = x > node.threshold ? 1 : 0
        places[row] = 2 * places[row] + second
        current[row] = node.child + second
        for (part, value) in [Int64(node.variant), node.threshold, Int64(node.child), x, Int64(current[row])].enumerated() {
          parts[part].append(value)
        }
      }
      for (name, part) in zip(["variant", "threshold", "child", "x", "next"], parts) { columns["path.\(level).\(name)"] = part }
    }
    columns["place"] = places.map { Int64($0) }
    return places
  }

  /// `sum` and `left` by class: see `TreeTrainingConstraints.addHistogram`.
  private mutating func addHistogram(_ places: [Int], _ rows: TreeGrowth.Rows) {
    let (size, width, last) = (1 << plan.gridBits, 1 << plan.candidateBits, (1 << plan.depth) - 1)
    var lefts = [[Int64]](repeating: [Int64](repeating: 0, count: 2 * size), count: plan.partCount)
    for (row, place) in places.enumerated() {
      for feature in 0..<plan.features {
        let bin = Int(rows.features[feature][row] - plan.base)
        let index = (last - place) * width + feature << plan.binBits + bin
        lefts[plan.isNumber ? 0 : rows.labels[row]][index] += 1
        if plan.isNumber { lefts[1][index] += rows.numbers[row] - plan.lower }
      }
    }
    for label in 0..<plan.partCount {
      var (sums, total) = ([Int64](repeating: 0, count: size), Int64(0))
      for index in 0..<size {
        sums[index] = total
        total += lefts[label][index]
        if index % plan.bins > 0 { lefts[label][index] += lefts[label][index - 1] }
      }
      for number in 0..<last {
        for cell in 0..<width {
          lefts[label][size + number * width + cell] =
            lefts[label][2 * number * width + cell] + lefts[label][(2 * number + 1) * width + cell]
        }
      }
      for cell in 0..<width { lefts[label][size + last * width + cell] = lefts[label][size + (last - 1) * width + cell] }
      columns["sum.\(label)"] = sums
      columns["left.\(label)"] = lefts[label]
    }
  }

  /// A class's `left` at the inner places.
  private func innerLeft(_ label: Int) -> [Int64] { Array(column("left.\(label)").suffix(1 << plan.gridBits)) }

  /// The node at every place, by the place's number.
  private func heap(_ model: TreeModel, _ root: Int) -> [Int] {
    let size = 2 << plan.depth
    var nodes = [Int](repeating: root, count: size)
    for number in (0..<(size / 2 - 1)).reversed() {
      let node = model.nodes[nodes[size / 2 + number]]
      nodes[2 * number + 1] = node.child
      nodes[2 * number] = node.child + (node.isLeaf ? 0 : 1)
    }
    return nodes
  }

  private mutating func addBottom(_ model: TreeModel, _ nodes: [Int]) {
    let (size, width) = (1 << plan.depth, 1 << plan.candidateBits)
    columns["node"] = nodes.map { Int64($0) }
    let last = nodes.prefix(size).map { model.nodes[$0] }
    let counts = (0..<plan.partCount).map { label in (0..<size).map { column("left.\(label)")[$0 * width + plan.bins - 1] } }
    if plan.isNumber {
      columns["last.value.0"] = last.map { $0.values.first ?? 0 }
      columns["last.live"] = counts[0].map { $0 > 0 ? 1 : 0 }
      return
    }
    for label in 0..<plan.classes { columns["last.value.\(label)"] = last.map { $0.values[label] } }
    let unit = Int64(1) << Int64(plan.classBits)
    columns["last.top"] = (0..<size).map { place in
      (0..<plan.classes).map { counts[$0][place] * unit + unit - 1 - Int64($0) }.max() ?? 0
    }
    columns["last.live"] = (0..<size).map { place in counts.contains { $0[place] > 0 } ? 1 : 0 }
  }

  /// Whether a candidate may be chosen.
  private var valid: [Int64] = []

  /// Everything about a candidate that does not depend on the split that was chosen.
  private mutating func addCandidates() {
    let size = 1 << plan.gridBits
    let lefts = (0..<plan.partCount).map(innerLeft)
    let rights = lefts.map { left in left.indices.map { left[$0 | (plan.bins - 1)] - left[$0] } }
    for label in 0..<plan.partCount { columns["right.\(label)"] = rights[label] }
    var parts = [[Int64]](repeating: [Int64](repeating: 0, count: size), count: 4)
    var enough = [[Int64]](repeating: [Int64](repeating: 0, count: size), count: 2)
    valid = [Int64](repeating: 1, count: size)
    for index in 0..<size {
      var (l, r, leftSquares, rightSquares): (Int64, Int64, Int64, Int64) = (0, 0, 0, 0)
      for label in 0..<plan.partCount {
        let (a, b) = (lefts[label][index], rights[label][index])
        if !plan.isNumber || label == 0 {
          l += a
          r += b
        }
        if plan.isNumber, label == 0 { continue }
        leftSquares += a * a
        rightSquares += b * b
      }
      let area = l * r
      let divisor = area == 0 ? 1 : area
      let (quotient, rest) = (r * leftSquares + l * rightSquares).quotientAndRemainder(dividingBy: divisor)
      for (part, value) in [quotient, rest, divisor, area == 0 ? 1 : 0].enumerated() { parts[part][index] = value }
      enough[0][index] = l >= Int64(growth.minimumLeaf) ? 1 : 0
      enough[1][index] = r >= Int64(growth.minimumLeaf) ? 1 : 0
      if growth.minimumLeaf > 1 || sample != nil {
        valid[index] = (growth.minimumLeaf > 1 ? enough[0][index] * enough[1][index] : 1) * (isAllowed(index) ? 1 : 0)
      }
    }
    for (name, part) in zip(["quotient", "rest", "divisor", "empty"], parts) { columns[name] = part }
    (columns["enough.left"], columns["enough.right"]) = (enough[0], enough[1])
  }

  /// Whether a candidate is of a feature that its place may compare.
  private func isAllowed(_ index: Int) -> Bool {
    guard let sample else { return true }
    let (place, feature) = (index >> plan.candidateBits, index >> plan.binBits & ((1 << plan.featureBits) - 1))
    return index & (plan.bins - 1) < plan.bins - 1 && sample.isAllowed(feature, place: plan.position(place))
  }

  /// The nodes at the inner places, the bar that no candidate may pass, and each candidate against it.
  private mutating func addPlaces(_ model: TreeModel, _ heap: [Int]) {
    let (size, width) = (1 << plan.depth, 1 << plan.candidateBits)
    let own = heap.suffix(size).map { model.nodes[$0] }
    columns["variant"] = own.map { Int64($0.variant) }
    columns["threshold"] = own.map(\.threshold)
    columns["child"] = own.map { Int64($0.child) }
    columns["leaf"] = own.map { $0.isLeaf ? 1 : 0 }
    let (quotients, rests, divisors, empties) = (column("quotient"), column("rest"), column("divisor"), column("empty"))
    let enough = valid
    let lefts = (0..<plan.partCount).map(innerLeft)
    var undivided = [[Int64]](repeating: [], count: 3)
    var gains: [Int64] = []
    var chosen = [[Int64]](repeating: [], count: 5)
    var (small, pure, excused): ([Int64], [Int64], [Int64]) = ([], [], [])
    var bars = [[Int64]](repeating: [Int64](repeating: 0, count: size * width), count: 4)
    var (ahead, before) = ([Int64](repeating: 0, count: size * width), [Int64](repeating: 0, count: size * width))
    for place in 0..<size {
      let leaf: Int64 = own[place].isLeaf ? 1 : 0
      let candidate = Int64(own[place].variant << plan.binBits) + own[place].threshold - plan.base - leaf * plan.leafShift
      let index = max(0, min(size * width - 1, place * width + Int(candidate)))
      for (part, value) in [quotients[index], rests[index], divisors[index], empties[index], enough[index]].enumerated() {
        chosen[part].append(value)
      }
      let counts = lefts.map { $0[place * width + plan.bins - 1] }
      let total = plan.isNumber ? counts[0] : counts.reduce(0, +)
      small.append(total < Int64(growth.minimumSplit) ? 1 : 0)
      var own = [quotients[index], rests[index], divisors[index]]
      if plan.isNumber {
        let none: Int64 = total == 0 ? 1 : 0
        let (quotient, rest) = (counts[1] * counts[1]).quotientAndRemainder(dividingBy: total + none)
        for (part, value) in [none, quotient, rest].enumerated() { undivided[part].append(value) }
        gains.append(leaf == 0 && own[0] > quotient ? 1 : 0)
        if leaf == 1 { own = [quotient, rest, total + none] }
      } else {
        pure.append(counts.max() == total ? 1 : 0)
      }
      excused.append(leaf == 1 ? max(small[place], plan.isNumber ? 0 : pure[place]) : 0)
      // Of numbers `small` is all the excuse that there is, and a split has none.
      let bar = [
        own[0] + (plan.isNumber ? small[place] : excused[place]) << Int64(plan.worthBits), own[1], own[2],
        candidate - leaf << Int64(plan.candidateBits),
      ]
      for cell in place * width..<(place + 1) * width {
        for part in 0..<4 { bars[part][cell] = bar[part] }
        ahead[cell] = bar[0] > quotients[cell] || enough[cell] == 0 ? 1 : 0
        before[cell] = ahead[cell] == 1 || bar[1] * divisors[cell] > rests[cell] * bar[2] ? 1 : 0
      }
    }
    if plan.isNumber {
      columns["undivided.none"] = undivided[0]
      columns["undivided.quotient"] = undivided[1]
      columns["gains"] = gains
    }
    for (name, part) in zip(["quotient", "rest", "divisor", "empty", "enough"], chosen) { columns["chosen.\(name)"] = part }
    (columns["small"], columns["pure"], columns["excused"]) = (small, pure, excused)
    for (name, part) in zip(["quotient", "rest", "divisor", "candidate"], bars) { columns["bar.\(name)"] = part }
    (columns["ahead"], columns["before"]) = (ahead, before)
  }
}

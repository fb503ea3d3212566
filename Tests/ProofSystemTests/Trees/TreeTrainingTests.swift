import Claims
import Fields
import Kernels
import Programs
import ProofSystem
import Prover
import Testing

@Suite("Tree training") struct TreeTrainingTests {
  /// A table of `columns` features in bins from −1 on and a label that leans on the first two.
  static func table(rows: Int, columns: Int, bins: Int64, classes: Int = 3, seed: UInt64) throws -> StoredTable {
    var samples = TreeSamples(seed)
    let schema = try TableSchema(
      columns: (0..<columns).map { TableColumn(name: "x\($0)", type: .integer(IntegerRange(-1...bins - 2))) } + [
        TableColumn(name: "label", type: .category((0..<classes).map { "k\($0)" }))
      ])
    var values = [[Int64]](repeating: [], count: columns + 1)
    for _ in 0..<rows {
      let own = (0..<columns).map { _ in samples.next(-1...bins - 2) }
      let lean = own[0] + (columns > 1 ? own[1] : 0) + samples.next(0...bins / 2)
      for (index, value) in own.enumerated() { values[index].append(value) }
      values[columns].append(min(Int64(classes - 1), max(0, lean * Int64(classes) / (2 * bins))))
    }
    return try StoredTable(schema: schema, columns: values)
  }

  static func features(_ count: Int) -> [String] { (0..<count).map { "x\($0)" } }

  static func claim(_ growth: TreeGrowth) -> TreeTrainingClaim { TreeTrainingClaim(model: "model", table: "t", growth: growth) }

  struct Size: Sendable, CustomTestStringConvertible {
    var rows: Int
    var columns: Int
    var bins: Int64
    var growth: TreeGrowth
    var classes = 3
    var testDescription: String { "\(rows)×\(columns), \(bins) bins, \(classes) classes, depth \(growth.depth)" }
  }

  static let sizes: [Size] = [
    Size(rows: 1, columns: 1, bins: 2, growth: TreeGrowth(depth: 1)),
    Size(rows: 2, columns: 1, bins: 3, growth: TreeGrowth(depth: 2)),
    Size(rows: 5, columns: 3, bins: 4, growth: TreeGrowth(depth: 3)),
    Size(rows: 40, columns: 3, bins: 7, growth: TreeGrowth(depth: 2)),
    Size(rows: 40, columns: 5, bins: 8, growth: TreeGrowth(depth: 3, minimumSplit: 7), classes: 2),
    Size(rows: 61, columns: 2, bins: 16, growth: TreeGrowth(depth: 4, minimumSplit: 6, minimumLeaf: 3)),
    Size(rows: 33, columns: 2, bins: 5, growth: TreeGrowth(depth: 2, minimumLeaf: 30)),
  ]

  @Test("complete, well-formed model included", arguments: sizes) func complete(_ size: Size) throws {
    let table = try Self.table(rows: size.rows, columns: size.columns, bins: size.bins, classes: size.classes, seed: 11)
    let model = try TreeModel.train(table, features: Self.features(size.columns), target: "label", growth: size.growth)
    let claims: [ClaimStatement] = [
      .wellFormed(artefact: "t"), .wellFormed(artefact: "model"), .data(.treeTraining(Self.claim(size.growth))),
    ]
    try TreeHarness.check(TreeHarness(tables: ["t": table], model: model).instance(claims))
  }

  @Test("one tree of several, and a constant table") func others() throws {
    let table = try Self.table(rows: 20, columns: 2, bins: 4, classes: 2, seed: 4)
    let growth = TreeGrowth(depth: 2)
    let trained = try TreeModel.train(table, features: Self.features(2), target: "label", growth: growth)
    let own = trained.architecture
    let architecture = try TreeArchitecture(
      schema: own.schema, features: own.features, target: own.target, task: own.task, trees: 3, depth: 2, nodeCount: 21,
      valueRange: own.valueRange)
    let other = TreeShape.leaf([0, 1])
    let model = try TreeModel(architecture: architecture, trees: [other, other, trained.tree(0)])
    let claim = TreeTrainingClaim(model: "model", table: "t", tree: 2, growth: growth)
    try TreeHarness.check(TreeHarness(tables: ["t": table], model: model).instance([.data(.treeTraining(claim))]))
    let same = try StoredTable(schema: table.schema, columns: [[1, 1, 1, 1], [0, 0, 0, 0], [0, 1, 1, 0]])
    let constant = try TreeModel.train(same, features: Self.features(2), target: "label", growth: growth)
    #expect(constant.tree(0) == .leaf([1, 0]))
    try TreeHarness.check(TreeHarness(tables: ["t": same], model: constant).instance([.data(.treeTraining(Self.claim(growth)))]))
  }

  // MARK: Dishonest provers

  static let growth = TreeGrowth(depth: 2, minimumSplit: 6, minimumLeaf: 2)

  /// The tree with another split or leaf at its root, trained honestly below.
  static func bent(_ table: StoredTable, _ growth: TreeGrowth, feature: Int, threshold: Int64) throws -> TreeShape {
    let values = table.values("x\(feature)") ?? []
    // No depth left: no node has rows enough.
    let below =
      growth.depth == 1
      ? TreeGrowth(depth: 1, minimumSplit: 65_536)
      : TreeGrowth(depth: growth.depth - 1, minimumSplit: growth.minimumSplit, minimumLeaf: growth.minimumLeaf)
    func side(_ isFirst: Bool) throws -> TreeShape {
      let rows = values.indices.filter { (values[$0] <= threshold) == isFirst }
      let part = table.selecting(rows: rows)
      return try below.grow(TreeGrowth.Rows(part, features: features(table.schema.columns.count - 1), target: "label"))
    }
    return .split(variant: feature, threshold: threshold, first: try side(true), second: try side(false))
  }

  /// Proves the claim for a tree that is not the trained one, with all that its prover can compute.
  static func check(
    _ table: StoredTable, _ tree: TreeShape, _ growth: TreeGrowth, dropped: Set<String> = [],
    change: (inout [String: [Int64]]) -> Void = { _ in }
  ) throws {
    let features = features(table.schema.columns.count - 1)
    let trained = try TreeModel.train(table, features: features, target: "label", growth: growth)
    let model = try TreeModel(architecture: trained.architecture, trees: [tree])
    var record = try claim(growth).unchecked(model, TreeGrowth.Rows(table, features: features, target: "label"))
    change(&record)
    try TreeHarness.check(
      TreeHarness(tables: ["t": table], model: model).instance([.data(.treeTraining(claim(growth)))], dropped: dropped, forged: [record]))
  }

  static func isRejected(
    _ table: StoredTable, _ tree: TreeShape, _ growth: TreeGrowth, unless dropped: Set<String>, change: (inout [String: [Int64]]) -> Void = { _ in }
  ) throws {
    #expect(throws: VerificationError.self) { try check(table, tree, growth, change: change) }
    try check(table, tree, growth, dropped: dropped, change: change)
  }

  static let worth: Set<String> = ["0.lead", "0.worth"]

  @Test("a second-best split") func secondBest() throws {
    let table = try Self.table(rows: 40, columns: 3, bins: 7, seed: 11)
    let growth = TreeGrowth(depth: 2)
    let trained = try TreeModel.train(table, features: Self.features(3), target: "label", growth: growth).tree(0)
    guard case .split(let feature, let threshold, _, _) = trained else {
      Issue.record("no split")
      return
    }
    for (other, bin) in [((feature + 1) % 3, threshold), (feature, threshold == 0 ? 1 : 0), ((feature + 2) % 3, 2)] {
      let tree = try Self.bent(table, growth, feature: other, threshold: bin)
      #expect(tree != trained)
      try Self.isRejected(table, tree, growth, unless: Self.worth.union(["0.order"]))
    }
    #expect(throws: ProgramError.self) {
      let tree = try Self.bent(table, growth, feature: (feature + 1) % 3, threshold: threshold)
      let model = try TreeModel(
        architecture: TreeModel.train(table, features: Self.features(3), target: "label", growth: growth).architecture, trees: [tree])
      _ = try TreeHarness(tables: ["t": table], model: model).instance([.data(.treeTraining(Self.claim(growth)))])
    }
  }

  @Test("ties: another feature or threshold than the first") func ties() throws {
    let plain = try Self.table(rows: 30, columns: 2, bins: 6, seed: 8)
    // Column 1 is column 0, and no cell is 2: thresholds 1 and 2 split alike.
    let values = (plain.values("x0") ?? []).map { $0 == 2 ? 3 : $0 }
    let labels: [Int64] = values.map { $0 <= 1 ? 0 : 1 }
    let table = try StoredTable(schema: plain.schema, columns: [values, values, labels])
    let growth = TreeGrowth(depth: 1)
    guard case .split(0, 1, let first, let second) = try TreeModel.train(table, features: Self.features(2), target: "label", growth: growth).tree(0)
    else {
      Issue.record("another split")
      return
    }
    for (feature, threshold): (Int, Int64) in [(1, 1), (0, 2)] {
      try Self.isRejected(
        table, .split(variant: feature, threshold: threshold, first: first, second: second), growth, unless: ["0.order"])
    }
    // A prover who says that his candidate is worth more than those before it.
    #expect(throws: VerificationError.self) {
      try Self.check(table, .split(variant: 1, threshold: 1, first: first, second: second), growth) {
        $0["before"] = $0["before"]?.map { _ in 1 }
      }
    }
  }

  @Test("a leaf with a wrong value") func wrongLeaf() throws {
    let table = try Self.table(rows: 40, columns: 3, bins: 7, seed: 11)
    let growth = TreeGrowth(depth: 1)
    guard
      case .split(let feature, let threshold, .leaf(let value), let second) =
        try TreeModel.train(table, features: Self.features(3), target: "label", growth: growth).tree(0)
    else {
      Issue.record("another tree")
      return
    }
    let others: [[Int64]] = [[1, 0, 0], [0, 1, 0], [0, 0, 1]].filter { $0 != value }
    for other in others {
      try Self.isRejected(
        table, .split(variant: feature, threshold: threshold, first: .leaf(other), second: second), growth,
        unless: ["0.last.said.0", "0.last.said.1", "0.last.said.2"])
    }
    #expect(throws: VerificationError.self) {
      try Self.check(table, .split(variant: feature, threshold: threshold, first: .leaf(others[0]), second: second), growth) {
        $0["last.live"] = $0["last.live"]?.map { _ in 0 }
      }
    }
    try Self.isRejected(
      table, .split(variant: feature, threshold: threshold, first: .leaf([0, 0, 0]), second: second), growth,
      unless: ["0.last.one", "0.last.said.0", "0.last.said.1", "0.last.said.2"])
  }

  @Test("a node that stops early") func early() throws {
    let table = try Self.table(rows: 40, columns: 3, bins: 7, seed: 11)
    let growth = TreeGrowth(depth: 2)
    guard
      case .split(let feature, let threshold, let first, _) =
        try TreeModel.train(table, features: Self.features(3), target: "label", growth: growth).tree(0),
      case .split(_, _, .leaf(let value), _) = first
    else {
      Issue.record("another tree")
      return
    }
    let one = try Self.bent(table, TreeGrowth(depth: 1), feature: feature, threshold: threshold)
    for tree in [one, TreeShape.leaf(value)] {
      try Self.isRejected(table, tree, growth, unless: Self.worth.union(["0.last.said.0", "0.last.said.1", "0.last.said.2"]))
      // Excuses that are none.
      for (excuse, caught) in [("small", "0.small.range"), ("pure", "0.pure.range")] {
        func lie(_ record: inout [String: [Int64]]) {
          record[excuse] = record[excuse]?.map { _ in 1 }
          let leaves = record["leaf"] ?? []
          record["excused"] = leaves
          let width = (record["bar.quotient"]?.count ?? 0) / leaves.count
          let quotients = record["chosen.quotient"] ?? []
          var bars: [Int64] = []
          for (place, leaf) in leaves.enumerated() { bars += [Int64](repeating: quotients[place] + leaf * 64, count: width) }
          record["bar.quotient"] = bars
          for cell in bars.indices where leaves[cell / width] == 1 {
            record["ahead"]?[cell] = 1
            record["before"]?[cell] = 1
          }
        }
        try Self.isRejected(
          table, tree, growth, unless: [caught, "0.last.said.0", "0.last.said.1", "0.last.said.2"], change: lie)
      }
    }
  }

  @Test("a node that should have stopped") func late() throws {
    let table = try Self.table(rows: 40, columns: 3, bins: 7, seed: 11)
    // Too few rows for the rule that is claimed.
    let free = try TreeModel.train(table, features: Self.features(3), target: "label", growth: TreeGrowth(depth: 2)).tree(0)
    try Self.isRejected(table, free, TreeGrowth(depth: 2, minimumSplit: 40), unless: ["0.split.rows"])
    // One class only.
    let pure = try StoredTable(schema: table.schema, columns: Array(table.columns.prefix(3)) + [[Int64](repeating: 1, count: 40)])
    let leaf = TreeShape.leaf([0, 1, 0])
    try Self.isRejected(pure, .split(variant: 0, threshold: -1, first: leaf, second: leaf), TreeGrowth(depth: 1), unless: ["0.split.mixed"])
    // Too few rows on one side.
    let values = table.values("x0") ?? []
    let fewest = values.count { $0 <= -1 }
    let rule = TreeGrowth(depth: 1, minimumLeaf: fewest + 1)
    #expect(fewest > 0)
    try Self.isRejected(
      table, try Self.bent(table, rule, feature: 0, threshold: -1), rule, unless: Self.worth.union(["0.order", "0.chosen.enough"]))
  }

  @Test("rows on other paths, a histogram that is shifted") func rows() throws {
    let table = try Self.table(rows: 40, columns: 3, bins: 7, seed: 11)
    let growth = TreeGrowth(depth: 2)
    let tree = try TreeModel.train(table, features: Self.features(3), target: "label", growth: growth).tree(0)
    try Self.check(table, tree, growth)
    let changes: [(String, (inout [String: [Int64]]) -> Void)] = [
      ("place", { $0["place"]?[3] ^= 1 }), ("next", { $0["path.1.next"]?[3] += 1 }), ("x", { $0["path.0.x"]?[5] = 5 }),
      ("left", { $0["left.0"]?[40] += 1 }), ("right", { $0["right.1"]?[40] -= 1 }),
      ("shifted", { $0["left.0"] = [0] + ($0["left.0"]?.dropLast() ?? []) }), ("node", { $0["node"]?[5] += 1 }),
      ("last", { $0["node"]?[0] += 1 }), ("sum", { $0["sum.0"]?[9] += 1 }), ("quotient", { $0["quotient"]?[40] += 1 }),
      ("empty", { $0["empty"]?[40] += 1 }),
      ("bar", { $0["bar.quotient"]?[40] += 1 }), ("leaf", { $0["leaf"]?[2] = 1 }), ("chosen", { $0["chosen.rest"]?[1] += 1 }),
    ]
    for (name, change) in changes {
      #expect(throws: VerificationError.self, "\(name)") { try Self.check(table, tree, growth, change: change) }
    }
    // Another row's class: labels of the record swapped.
    let swapped = try StoredTable(schema: table.schema, columns: Array(table.columns.prefix(3)) + [table.columns[3].reversed()])
    let features = Self.features(3)
    let model = try TreeModel.train(swapped, features: features, target: "label", growth: growth)
    let record = try Self.claim(growth).unchecked(model, TreeGrowth.Rows(swapped, features: features, target: "label"))
    #expect(throws: VerificationError.self) {
      try TreeHarness.check(
        TreeHarness(tables: ["t": table], model: model).instance([.data(.treeTraining(Self.claim(growth)))], forged: [record]))
    }
  }

  /// The last step of a path without the check that it is 0 or 1: a row stays in its leaf, or goes to another one, by a field element that moves
  /// it to other bins of the histogram, where it makes another split the best.
  @Test("a row in another bin by a last step that is no integer") func lastStep() throws {
    let schema = try TableSchema(columns: [
      TableColumn(name: "x0", type: .integer(IntegerRange(-1...6))), TableColumn(name: "label", type: .category(["k0", "k1"])),
    ])
    let (values, labels): ([Int64], [Int64]) = (Array(-1...6), [0, 0, 0, 0, 1, 1, 1, 1])
    let table = try StoredTable(schema: schema, columns: [values, labels])
    let growth = TreeGrowth(depth: 1)
    // Row 3 (x = 2) as if x were 3.
    var moved = values
    moved[3] += 1
    let model = try TreeModel.train(StoredTable(schema: schema, columns: [moved, labels]), features: ["x0"], target: "label", growth: growth)
    let honest = try TreeModel.train(table, features: ["x0"], target: "label", growth: growth)
    #expect(model != honest)
    let other = try StoredTable(schema: schema, columns: [moved, labels])
    var record = try Self.claim(growth).unchecked(model, TreeGrowth.Rows(other, features: ["x0"], target: "label"))
    // place·2^3 − bin is what the histogram sees: 1/8 less of a place is a bin more.
    let eighth = try #require(Goldilocks(8).inverse())
    record["path.0.x"]?[3] = values[3]
    record["path.0.next"]?[3] = try #require((Goldilocks(signed: Int64(model.nodes[0].child + 1)) - eighth).signedInteger)
    record["place"]?[3] = try #require((Goldilocks(1) - eighth).signedInteger)
    let harness = TreeHarness(tables: ["t": table], model: model)
    func check(_ dropped: Set<String>) throws {
      try TreeHarness.check(harness.instance([.data(.treeTraining(Self.claim(growth)))], dropped: dropped, forged: [record]))
    }
    #expect(throws: VerificationError.self) { try check([]) }
    try check(["0.path.last"])
    // Nothing else than the last step is wrong: without its being forged, the check that is left out is missed by nobody.
    #expect(throws: VerificationError.self) {
      try TreeHarness.check(
        harness.instance(
          [.data(.treeTraining(Self.claim(growth)))], dropped: ["0.path.last"],
          forged: [Self.claim(growth).unchecked(model, TreeGrowth.Rows(other, features: ["x0"], target: "label"))]))
    }
  }

  @Test("a table that means something else than the model") func meanings() throws {
    let table = try Self.table(rows: 12, columns: 2, bins: 4, classes: 2, seed: 2)
    let growth = TreeGrowth(depth: 2)
    func column(_ name: String, _ type: ColumnType) -> TableColumn { TableColumn(name: name, type: type) }
    let bins = ColumnType.integer(IntegerRange(-1...2))
    let own = table.schema.columns
    let others: [[TableColumn]] = [
      [own[0], own[1], column("label", .category(["k1", "k0"]))], [own[0], own[1], column("label", .category(["k0", "k2"]))],
      [column("x0", .decimal(scale: 1, range: IntegerRange(-1...2))), own[1], own[2]],
      [column("x0", .integer(IntegerRange(-1...3))), own[1], own[2]], [column("x0", .category(["a", "b", "c", "d"])), own[1], own[2]],
    ]
    try TreeHarness.check(
      TreeHarness(tables: ["t": table], model: .train(table, features: Self.features(2), target: "label", growth: growth)).instance([
        .data(.treeTraining(Self.claim(growth)))
      ]))
    #expect(own[0].type == bins)
    for columns in others {
      let schema = try TableSchema(columns: columns)
      let values = table.columns.enumerated().map { place, values in
        values.map { max(columns[place].type.range.lower, min(columns[place].type.range.upper, $0)) }
      }
      let model = try TreeModel.train(StoredTable(schema: schema, columns: values), features: Self.features(2), target: "label", growth: growth)
      #expect(throws: ClaimError.self) {
        try TreeHarness(tables: ["t": table], model: model).instance([.data(.treeTraining(Self.claim(growth)))], forged: [[:]])
      }
    }
  }

  @Test("statements that cannot be meant are refused") func refusals() throws {
    let table = try Self.table(rows: 12, columns: 2, bins: 4, seed: 2)
    let growth = TreeGrowth(depth: 2)
    let model = try TreeModel.train(table, features: Self.features(2), target: "label", growth: growth)
    let harness = TreeHarness(tables: ["t": table], model: model)
    for claim in [
      TreeTrainingClaim(model: "model", table: "t", tree: 1, growth: growth), Self.claim(TreeGrowth(depth: 3)),
      Self.claim(TreeGrowth(depth: 2, minimumSplit: 1)), Self.claim(TreeGrowth(depth: 2, minimumLeaf: 0)),
      TreeTrainingClaim(model: "model", table: "t", tree: .max, growth: growth),
      TreeTrainingClaim(model: "model", table: "t", tree: .min, growth: growth),
      Self.claim(TreeGrowth(depth: .max, minimumSplit: .max, minimumLeaf: .max)), Self.claim(TreeGrowth(depth: .min)),
      Self.claim(TreeGrowth(depth: 2, minimumSplit: .max)), Self.claim(TreeGrowth(depth: 2, minimumLeaf: .max)),
    ] {
      #expect(throws: ClaimError.self) { try harness.instance([.data(.treeTraining(claim))], forged: [[:]]) }
    }
    let missing = try TableSchema(
      columns: table.schema.columns.map { TableColumn(name: $0.name, type: $0.type, missing: $0.name == "x0" ? .presence : .refuse) })
    #expect(throws: ProgramError.self) {
      try TreeModel.train(
        StoredTable(schema: missing, columns: [table.columns[0], [Int64](repeating: 1, count: 12)] + table.columns.dropFirst()),
        features: Self.features(2), target: "label", growth: growth)
    }
  }
}

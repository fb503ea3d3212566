import Claims
import Fields
import Hashing
import Kernels
import Programs
import ProofSystem
import Prover
import Testing

/// Certificates of forests, whose rows and features are drawn, and of trees that predict numbers.
@Suite("Forest and regression training") struct ForestTrainingTests {
  /// Features in bins from −1 on, a class, and a number that leans on the first two features.
  static func table(rows: Int, columns: Int, bins: Int64, range: IntegerRange = IntegerRange(-20...75), seed: UInt64) throws -> StoredTable {
    let plain = try TreeTrainingTests.table(rows: rows, columns: columns, bins: bins, seed: seed)
    var samples = TreeSamples(seed + 1)
    let first = plain.values("x0") ?? []
    let second = plain.values("x\(columns - 1)") ?? []
    let step = (range.upper - range.lower) / (3 * bins)
    let numbers = zip(first, second).map { x, y -> Int64 in
      let lean: Int64 = 2 * x + y + samples.next(0...bins / 2)
      return max(range.lower, min(range.upper, range.lower + lean * step))
    }
    let schema = try TableSchema(columns: plain.schema.columns + [TableColumn(name: "number", type: .integer(range))])
    return try StoredTable(schema: schema, columns: plain.columns + [numbers])
  }

  static let nonce = Nonce(bytes: [5, 6], source: .auditor)

  struct Case: Sendable, CustomTestStringConvertible {
    var rows: Int
    var columns: Int
    var bins: Int64
    var growth: TreeGrowth
    var target = "number"
    var range = IntegerRange(-20...75)
    /// Number of trees and features at a node of a forest.
    var forest: (trees: Int, features: Int)?
    var testDescription: String { "\(rows)×\(columns), \(target) in \(range), \(forest.map { "\($0.trees) trees" } ?? "one tree")" }
  }

  static let cases: [Case] = [
    Case(rows: 1, columns: 1, bins: 2, growth: TreeGrowth(depth: 1)), Case(rows: 2, columns: 1, bins: 3, growth: TreeGrowth(depth: 2)),
    Case(rows: 3, columns: 2, bins: 4, growth: TreeGrowth(depth: 2), range: IntegerRange(0...0)),
    Case(rows: 40, columns: 3, bins: 7, growth: TreeGrowth(depth: 3)),
    Case(rows: 61, columns: 2, bins: 8, growth: TreeGrowth(depth: 2, minimumSplit: 6, minimumLeaf: 3), range: IntegerRange(-70_000...(-1_000))),
    Case(rows: 33, columns: 2, bins: 5, growth: TreeGrowth(depth: 2, minimumLeaf: 30)),
    Case(rows: 40, columns: 3, bins: 7, growth: TreeGrowth(depth: 2), target: "label", forest: (3, 2)),
    Case(rows: 33, columns: 5, bins: 4, growth: TreeGrowth(depth: 2, minimumSplit: 4, minimumLeaf: 2), target: "label", forest: (2, 1)),
    Case(rows: 25, columns: 2, bins: 4, growth: TreeGrowth(depth: 2), forest: (3, 1)),
    Case(rows: 17, columns: 1, bins: 4, growth: TreeGrowth(depth: 1), forest: (1, 1)),
  ]

  struct Made {
    let harness: TreeHarness
    let claim: TreeTrainingClaim
  }

  /// The honest model of a case; a forest's seed follows from the commitment.
  static func made(_ own: Case) throws -> Made {
    let table = try table(rows: own.rows, columns: own.columns, bins: own.bins, range: own.range, seed: 11)
    let features = TreeTrainingTests.features(own.columns)
    guard let forest = own.forest else {
      let model = try TreeModel.train(table, features: features, target: own.target, growth: own.growth)
      return Made(
        harness: TreeHarness(tables: ["t": table], model: model), claim: TreeTrainingClaim(model: "model", table: "t", growth: own.growth))
    }
    let architecture = try TreeModel.architecture(table.schema, features: features, target: own.target, growth: own.growth, trees: forest.trees)
    let untrained = TreeHarness(tables: ["t": table], model: try .untrained(architecture))
    let identity = try #require(untrained.instance([.wellFormed(artefact: "model"), .wellFormed(artefact: "t")]).secrets["t"]).publicPart.identity
    let model = try TreeModel.train(
      table, features: features, target: own.target, growth: own.growth,
      forest: TreeForest(trees: forest.trees, features: forest.features, seed: TreeSampling.seed(nonce, identity)))
    return Made(
      harness: TreeHarness(tables: ["t": table], model: model),
      claim: TreeTrainingClaim(
        model: "model", table: "t", growth: own.growth, sampling: TreeSampling(nonce: nonce, features: forest.features)))
  }

  @Test("complete, well-formed model included", arguments: cases) func complete(_ own: Case) throws {
    let made = try Self.made(own)
    let claims: [ClaimStatement] = [.wellFormed(artefact: "t"), .wellFormed(artefact: "model"), .data(.treeTraining(made.claim))]
    try TreeHarness.check(made.harness.instance(claims))
  }

  /// Proves the claim with the record of other rows, draws or trees.
  static func check(
    _ made: Made, _ model: TreeModel, dropped: Set<String> = [], claim: TreeTrainingClaim? = nil, rows: StoredTable? = nil,
    change: (inout [String: [Int64]]) -> Void = { _ in }
  ) throws {
    var harness = made.harness
    harness.model = model
    let table = try #require(harness.tables["t"])
    let identity = try #require(harness.instance([.wellFormed(artefact: "t")]).secrets["t"]).publicPart.identity
    let own = try TreeGrowth.Rows(rows ?? table, features: model.architecture.features, target: model.architecture.target)
    var record = try (claim ?? made.claim).unchecked(model, own, identity: identity)
    change(&record)
    try TreeHarness.check(harness.instance([.data(.treeTraining(made.claim))], dropped: dropped, forged: [record]))
  }

  static func isRejected(
    _ made: Made, _ model: TreeModel, unless dropped: Set<String>, claim: TreeTrainingClaim? = nil, rows: StoredTable? = nil,
    change: (inout [String: [Int64]]) -> Void = { _ in }, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    #expect(throws: VerificationError.self, sourceLocation: sourceLocation) { try check(made, model, claim: claim, rows: rows, change: change) }
    #expect(throws: Never.self, sourceLocation: sourceLocation) {
      try check(made, model, dropped: dropped, claim: claim, rows: rows, change: change)
    }
  }

  static func replacing(_ model: TreeModel, _ index: Int, _ tree: TreeShape) throws -> TreeModel {
    var trees = (0..<model.architecture.trees).map { model.tree($0) }
    trees[index] = tree
    return try TreeModel(architecture: model.architecture, trees: trees)
  }

  // MARK: Numbers

  static let number = Case(rows: 40, columns: 3, bins: 7, growth: TreeGrowth(depth: 1))

  @Test("a number: a second-best split, a wrong mean, a leaf that should have split") func numbers() throws {
    let made = try Self.made(Self.number)
    let model = made.harness.model
    guard case .split(let feature, let threshold, .leaf(let value), let second) = model.tree(0) else {
      Issue.record("no split")
      return
    }
    try Self.check(made, model)
    let table = try #require(made.harness.tables["t"])
    for (other, bin) in [((feature + 1) % 3, Int64(2)), (feature, threshold == 1 ? 3 : 1)] {
      let (values, numbers) = (table.values("x\(other)") ?? [], table.values("number") ?? [])
      func mean(_ isFirst: Bool) -> TreeShape {
        let own = zip(values, numbers).filter { ($0.0 <= bin) == isFirst }.map(\.1)
        return .leaf([Self.rounded(own)])
      }
      let bent = try Self.replacing(model, 0, .split(variant: other, threshold: bin, first: mean(true), second: mean(false)))
      try Self.isRejected(made, bent, unless: ["0.lead", "0.worth", "0.order"])
    }
    for wrong in [value[0] + 1, value[0] - 1] {
      let bent = try Self.replacing(model, 0, .split(variant: feature, threshold: threshold, first: .leaf([wrong]), second: second))
      try Self.isRejected(made, bent, unless: ["0.last.said", "0.last.rest"])
    }
    let leaf = try Self.replacing(model, 0, .leaf([Self.rounded(table.values("number") ?? [])]))
    try Self.isRejected(made, leaf, unless: ["0.lead", "0.worth"])
    // An excuse that is none.
    try Self.isRejected(made, leaf, unless: ["0.small.range"]) { record in
      record["small"] = record["small"]?.map { _ in 1 }
      // 40·95² < 2^19.
      record["bar.quotient"] = record["bar.quotient"]?.map { $0 + 1 << 19 }
      for key in ["ahead", "before"] { record[key] = record[key]?.map { _ in 1 } }
    }
  }

  /// ⌊mean + 1/2⌋.
  static func rounded(_ values: [Int64]) -> Int64 {
    let (sum, count) = (values.reduce(0, +), Int64(values.count))
    return count == 0 ? 0 : Int64((Double(2 * sum + count) / Double(2 * count)).rounded(.down))
  }

  @Test("a number: a split that lowers no error") func noGain() throws {
    // Every number is the same: a split is worth as much as none.
    let own = Case(rows: 12, columns: 2, bins: 4, growth: TreeGrowth(depth: 1))
    let plain = try Self.table(rows: own.rows, columns: own.columns, bins: own.bins, seed: 3)
    var columns = plain.columns
    columns[3] = [Int64](repeating: 17, count: own.rows)
    let table = try StoredTable(schema: plain.schema, columns: columns)
    let model = try TreeModel.train(table, features: ["x0", "x1"], target: "number", growth: own.growth)
    #expect(model.tree(0) == .leaf([17]))
    let made = Made(
      harness: TreeHarness(tables: ["t": table], model: model), claim: TreeTrainingClaim(model: "model", table: "t", growth: own.growth))
    try Self.check(made, model)
    let bent = try Self.replacing(model, 0, .split(variant: 0, threshold: 0, first: .leaf([17]), second: .leaf([17])))
    // It is also one of several that are worth the same.
    try Self.isRejected(made, bent, unless: ["0.gains.worth", "0.gains.lead", "0.order"])
  }

  @Test("a number: digits, sums and worth of other rows") func parts() throws {
    let made = try Self.made(Self.number)
    let model = made.harness.model
    let changes: [(String, (inout [String: [Int64]]) -> Void)] = [
      ("digit", { $0["digit.0"]?[3] ^= 1 }),
      (
        "carry",
        { record in
          record["digit.0"]?[3] += 16
          record["digit.1"]?[3] -= 1
        }
      ), ("sum", { $0["left.1"]?[40] += 1 }), ("quotient", { $0["quotient"]?[40] += 1 }),
      ("undivided", { $0["undivided.quotient"]?[0] += 1 }), ("none", { $0["undivided.none"]?[0] += 1 }),
      ("live", { $0["last.live"]?[0] ^= 1 }), ("said", { $0["last.value.0"]?[0] += 1 }),
    ]
    for (name, change) in changes {
      #expect(throws: VerificationError.self, "\(name)") { try Self.check(made, model, change: change) }
    }
    // The tree of other numbers.
    let table = try #require(made.harness.tables["t"])
    let other = try StoredTable(schema: table.schema, columns: Array(table.columns.dropLast()) + [table.columns[4].reversed()])
    let bent = try TreeModel.train(other, features: model.architecture.features, target: "number", growth: Self.number.growth)
    try Self.isRejected(made, bent, unless: ["0.digits"], rows: other)
  }

  @Test("a number too wide for its rows is refused") func bounds() throws {
    let wide = IntegerRange(0...(1 << 26))
    for (rows, isPossible) in [(2, true), (64, false)] {
      let own = Case(rows: rows, columns: 1, bins: 2, growth: TreeGrowth(depth: 1), range: wide)
      if isPossible {
        try TreeHarness.check(Self.made(own).harness.instance([.data(.treeTraining(Self.made(own).claim))]))
      } else {
        #expect(throws: ClaimError.self) {
          let made = try Self.made(own)
          _ = try made.harness.instance([.data(.treeTraining(made.claim))], forged: [[:]])
        }
      }
    }
  }

  // MARK: Forests

  static let forest = Case(rows: 40, columns: 4, bins: 7, growth: TreeGrowth(depth: 2), target: "label", forest: (2, 2))

  @Test("a forest of other draws, of another seed, of all rows") func draws() throws {
    let made = try Self.made(Self.forest)
    let (model, table) = (made.harness.model, try #require(made.harness.tables["t"]))
    try Self.check(made, model)
    let features = model.architecture.features
    let other = TreeSampling(nonce: Nonce(bytes: [9], source: .auditor), features: 2)
    let identity = try #require(made.harness.instance([.wellFormed(artefact: "t")]).secrets["t"]).publicPart.identity
    let bent = try TreeModel.train(
      table, features: features, target: "label", growth: Self.forest.growth,
      forest: TreeForest(trees: 2, features: 2, seed: TreeSampling.seed(other.nonce, identity)))
    let drawn: Set<String> = ["0.0.drawn", "0.1.drawn"]
    let subset: Set<String> = ["0.0.subset.public", "0.1.subset.public"]
    let claim = TreeTrainingClaim(model: "model", table: "t", growth: Self.forest.growth, sampling: other)
    // Other rows need the draws, other features the subsets: neither alone lets the other forest through.
    for dropped in [drawn, subset] { #expect(throws: VerificationError.self) { try Self.check(made, bent, dropped: dropped, claim: claim) } }
    #expect(throws: VerificationError.self) { try Self.check(made, bent, claim: claim) }
    // One tree of the forest trained without draws or subsets.
    let plain = try TreeModel.train(table, features: features, target: "label", growth: Self.forest.growth)
    #expect(throws: VerificationError.self) { try Self.check(made, try Self.replacing(model, 1, plain.tree(0))) }
    #expect(throws: ProgramError.self) {
      try TreeHarness(tables: ["t": table], model: bent).instance([.data(.treeTraining(made.claim))])
    }
  }

  @Test("a row of a drawn one's place, a feature that the node may not compare") func forged() throws {
    let made = try Self.made(Self.forest)
    let model = made.harness.model
    let record = try Self.record(made)
    // Another row than drawn: its label is flipped in the record, and whatever follows from it is counted anew.
    let labels = try #require(record["1.drawn.label"])
    #expect(throws: VerificationError.self) {
      try Self.check(made, model) { $0["1.drawn.label"]?[0] = (labels[0] + 1) % 3 }
    }
    #expect(throws: VerificationError.self) { try Self.check(made, model) { $0["1.drawn.0"]?[0] ^= 1 } }
    // The second tree's root compares the best of the other features.
    let table = try #require(made.harness.tables["t"])
    let identity = try #require(made.harness.instance([.wellFormed(artefact: "t")]).secrets["t"]).publicPart.identity
    let seed = TreeSampling.seed(Self.nonce, identity)
    let sample = try TreeSample(seed, tree: 1, rows: 40, features: 4, kept: 2, depth: 2)
    let rows = try TreeGrowth.Rows(table, features: model.architecture.features, target: "label")
    let every = try TreeSample(seed, tree: 1, rows: 40, features: 4, kept: 4, depth: 2)
    let free = try Self.forest.growth.grow(rows, sample: every)
    guard case .split(let feature, _, _, _) = free, !sample.isAllowed(feature, place: 1) else {
      Issue.record("choose another seed: the best feature is one of the root's")
      return
    }
    let bent = try Self.replacing(model, 1, free)
    #expect(throws: VerificationError.self) { try Self.check(made, bent) }
  }

  @Test("only the public rows stop other draws, only the public subsets other features") func alone() throws {
    // Every node compares all features, so that another nonce changes the draws alone.
    var own = Self.forest
    own.forest = (2, 4)
    let made = try Self.made(own)
    let table = try #require(made.harness.tables["t"])
    let features = made.harness.model.architecture.features
    let identity = try #require(made.harness.instance([.wellFormed(artefact: "t")]).secrets["t"]).publicPart.identity
    func forest(_ nonce: Nonce, _ kept: Int) throws -> TreeModel {
      try TreeModel.train(
        table, features: features, target: "label", growth: own.growth,
        forest: TreeForest(trees: 2, features: kept, seed: TreeSampling.seed(nonce, identity)))
    }
    func claim(_ nonce: Nonce, _ kept: Int) -> TreeTrainingClaim {
      TreeTrainingClaim(model: "model", table: "t", growth: own.growth, sampling: TreeSampling(nonce: nonce, features: kept))
    }
    let other = Nonce(bytes: [9], source: .auditor)
    let drawn = try forest(other, 4)
    #expect(drawn != made.harness.model)
    try Self.isRejected(made, drawn, unless: ["0.0.drawn", "0.1.drawn"], claim: claim(other, 4))
    // The same draws, but nodes that compare two features only: the prover lets all through.
    let few = try Self.made(Self.forest)
    let bent = try forest(Self.nonce, 4)
    #expect(bent != few.harness.model)
    let rows = try TreeGrowth.Rows(table, features: features, target: "label")
    let record = try claim(Self.nonce, 4).unchecked(bent, rows, identity: identity)
    let harness = TreeHarness(tables: ["t": table], model: bent)
    func check(_ dropped: Set<String>) throws {
      try TreeHarness.check(
        harness.instance(
          [.data(.treeTraining(few.claim))], dropped: dropped, forged: [record],
          tamper: { auxiliary in
            for tree in 0..<2 {
              // 2 bits of the place, 2 of the feature, 3 of the bin; the last bin is no split.
              for index in 0..<128 { auxiliary.tensor("0.\(tree).subset")[index] = Goldilocks(index & 7 < 7 ? 1 : 0) }
            }
          }))
    }
    #expect(throws: VerificationError.self) { try check([]) }
    try check(["0.0.subset.public", "0.1.subset.public"])
  }

  static func record(_ made: Made) throws -> [String: [Int64]] {
    let table = try #require(made.harness.tables["t"])
    let identity = try #require(made.harness.instance([.wellFormed(artefact: "t")]).secrets["t"]).publicPart.identity
    let own = try TreeGrowth.Rows(table, features: made.harness.model.architecture.features, target: made.harness.model.architecture.target)
    return try made.claim.unchecked(made.harness.model, own, identity: identity)
  }

  @Test("statements about forests that cannot be meant are refused") func refusals() throws {
    let made = try Self.made(Self.forest)
    func claim(tree: Int = 0, features: Int) -> TreeTrainingClaim {
      TreeTrainingClaim(
        model: "model", table: "t", tree: tree, growth: Self.forest.growth, sampling: TreeSampling(nonce: Self.nonce, features: features))
    }
    for wrong in [claim(tree: 1, features: 2), claim(features: 0), claim(features: 5), claim(features: .max), claim(features: .min)] {
      #expect(throws: ClaimError.self) { try made.harness.instance([.data(.treeTraining(wrong))], forged: [[:]]) }
    }
  }

  @Test("draws and subsets are what the formula says") func sample() throws {
    let seed = Digest(bytes: (0..<32).map { UInt8($0) })
    let sample = try TreeSample(#require(seed), tree: 2, rows: 10, features: 5, kept: 2, depth: 2)
    // reference/auditor/tree_training.py: [w % 10 for w in draws(bytes(range(32)), 2, 0, 10)] and subsets(bytes(range(32)), 2, 5, 2, 2).
    #expect(sample.rows == [5, 0, 0, 8, 4, 7, 4, 5, 4, 1])
    let subsets = (0..<4).map { place in (0..<5).filter { sample.isAllowed($0, place: place) } }
    #expect(subsets == [[], [2, 3], [0, 1], [0, 1]])
    #expect(!sample.isAllowed(5, place: 1) && !sample.isAllowed(0, place: 4) && !sample.isAllowed(-1, place: -1))
  }
}

import Claims
import Fields
import Kernels
import Programs
import ProofSystem
import Prover
import Testing

/// Dishonest provers of inference: each bends its witness until one constraint is left that says no; without that constraint it gets through.
@Suite("Tree inference, dishonest provers") struct TreeCheatTests {
  static let rows = 6

  /// Node 0 compares a, nodes 1 and 2 compare a and c; four leaves 3…6 with values 10, 20, 30, 40; a second tree is one leaf of value 7.
  static func harness() throws -> TreeHarness {
    var samples = TreeSamples(3)
    var table = try samples.table(rows: rows)
    var columns = table.columns
    columns[0] = [-20, 3, 8, 40, 60, 11]
    columns[3] = [0, 1, 2, 3, 4, 2]
    table = try StoredTable(schema: table.schema, columns: columns)
    let own = try TreeArchitecture(
      schema: table.schema, features: ["a", "c"], target: "number", task: .regression(shift: 0), trees: 2, depth: 2, nodeCount: 8,
      valueRange: IntegerRange(0...50))
    let first = TreeShape.split(variant: 0, threshold: 5, first: .leaf([10]), second: .leaf([20]))
    let second = TreeShape.split(variant: 1, threshold: 2, first: .leaf([30]), second: .leaf([40]))
    let model = try TreeModel(
      architecture: own, trees: [.split(variant: 0, threshold: 10, first: first, second: second), .leaf([7])])
    return TreeHarness(tables: ["t": table], model: model)
  }

  /// One cell of an auxiliary column: (name, index in the grid, value).
  typealias Change = (name: String, index: Int, value: Int64)

  struct Cheat: CustomTestStringConvertible, Sendable {
    let testDescription: String
    /// The constraints that alone say no.
    let caught: Set<String>
    let row: Int
    let prediction: Int64
    let changes: @Sendable (TreeModel) -> [Change]
  }

  /// Columns of one path of tree 0 whose nodes are `nodes` and whose compared values are `x`.
  static func path(_ row: Int, _ nodes: [Int], _ x: [Int64], _ value: Int64, _ model: TreeModel) -> [Change] {
    var out: [Change] = []
    for level in 0..<2 {
      let node = model.nodes[nodes[level]]
      out += [
        ("0.paths.\(level).variant", row, Int64(node.variant)), ("0.paths.\(level).threshold", row, node.threshold),
        ("0.paths.\(level).child", row, Int64(node.child)), ("0.paths.\(level).x", row, x[level]),
        ("0.paths.\(level).next", row, Int64(nodes[level + 1])),
      ]
    }
    return out + [("0.score.value.0", row, value), ("0.score.0", row, value + 7)]
  }

  // Row 1: a = 3, c = 1; nodes 0, 2 (first), 4 (first), value 10. Nodes: 0 root, 1 the other tree, 2 and 3 the second level, 4…7 leaves.
  static let cheats: [Cheat] = [
    Cheat(testDescription: "a row sent to the other child", caught: ["0.paths.0.side"], row: 1, prediction: 37) {
      path(1, [0, 3, 6], [3, 1], 30, $0)
    },
    Cheat(testDescription: "the other child on the last level", caught: ["0.paths.1.side"], row: 1, prediction: 27) {
      path(1, [0, 2, 5], [3, 3], 20, $0)
    },
    Cheat(testDescription: "a value of another row", caught: ["0.paths.0.cell"], row: 1, prediction: 37) { path(1, [0, 3, 6], [40, 1], 30, $0) },
    Cheat(testDescription: "a value of another feature", caught: ["0.paths.1.cell"], row: 3, prediction: 37) {
      // c = 3 goes second; the value of no row's c is used.
      path(3, [0, 3, 6], [40, -20], 30, $0)
    },
    Cheat(testDescription: "another feature than the node's", caught: ["0.paths.1.node"], row: 4, prediction: 47 - 10) { model in
      // a = 60, c = 4 goes second; as if node 3 compared a with a threshold that 60 meets.
      path(4, [0, 3, 6], [60, 60], 30, model) + [("0.paths.1.variant", 4, 0), ("0.paths.1.threshold", 4, 60)]
    },
    Cheat(testDescription: "another threshold", caught: ["0.paths.0.node"], row: 1, prediction: 37) { model in
      path(1, [0, 3, 6], [3, 1], 30, model) + [("0.paths.0.threshold", 1, 2)]
    },
    Cheat(testDescription: "children swapped", caught: ["0.paths.0.node"], row: 1, prediction: 37) { model in
      path(1, [0, 3, 6], [3, 1], 30, model) + [("0.paths.0.child", 1, 3)]
    },
    Cheat(testDescription: "a path that ends early", caught: ["0.paths.1.node", "0.score.leaf"], row: 1, prediction: 7) { model in
      path(1, [0, 2, 2], [3, 3], 0, model) + [("0.paths.1.child", 1, 2)]
    },
    Cheat(testDescription: "a wrong leaf value", caught: ["0.score.leaf"], row: 2, prediction: 50) { _ in
      [("0.score.value.0", 2, 43), ("0.score.0", 2, 50)]
    },
    Cheat(testDescription: "a wrong sum over the trees", caught: ["0.score.sum.0"], row: 2, prediction: 12) { _ in [("0.score.0", 2, 12)] },
    Cheat(testDescription: "the root of the other tree", caught: ["0.paths.root.public"], row: 1, prediction: 14) { model in
      path(1, [1, 1, 1], [3, 3], 7, model) + [("0.paths.root", 1, 1)]
    },
    Cheat(testDescription: "the cells of another row", caught: ["0.paths.row.public"], row: 1, prediction: 47) { model in
      path(1, [0, 3, 7], [40, 3], 40, model) + [("0.paths.row", 1, 3)]
    },
  ]

  @Test("only its own constraint stops it", arguments: cheats) func cheat(_ cheat: Cheat) throws {
    let harness = try Self.harness()
    var scores = try harness.model.run(try #require(harness.tables["t"])).output("score") ?? []
    #expect(scores.count == Self.rows && scores[cheat.row] != cheat.prediction)
    scores[cheat.row] = cheat.prediction
    let claims: [ClaimStatement] = [.inference(model: "model", input: .table("t"), outputs: ["score": .published(scores)])]
    func instance(_ dropped: Set<String>) throws -> TreeHarness.Instance {
      try harness.instance(
        claims, dropped: dropped,
        tamper: { auxiliary in
          for change in cheat.changes(harness.model) { auxiliary.tensor(change.name)[change.index] = Goldilocks(signed: change.value) }
        })
    }
    #expect(throws: VerificationError.self) { try TreeHarness.check(try instance([])) }
    try TreeHarness.check(try instance(cheat.caught))
    for one in cheat.caught where cheat.caught.count > 1 {
      #expect(throws: VerificationError.self) { try TreeHarness.check(try instance([one])) }
    }
  }

  @Test("false scores do not pass with an honest witness") func published() throws {
    let harness = try Self.harness()
    var scores = try harness.model.run(try #require(harness.tables["t"])).output("score") ?? []
    scores[0] += 1
    let claims: [ClaimStatement] = [.inference(model: "model", input: .table("t"), outputs: ["score": .published(scores)])]
    #expect(throws: VerificationError.self) { try TreeHarness.check(try harness.instance(claims)) }
  }

  /// (what is wrong, column of the nodes, node, value)
  static let malformed: [(String, Int, Int, Int64)] = [
    ("a feature that does not exist", 0, 0, 2), ("a negative feature", 0, 0, -1), ("a threshold past the leaves'", 1, 0, 62),
    ("a threshold below all", 1, 0, -22), ("an inner node with a leaf's threshold", 1, 0, 61), ("a leaf that compares", 1, 4, 60),
    ("a child outside the table", 2, 3, 7), ("a child before its parent", 2, 3, 1), ("a child that is the node itself", 2, 2, 2),
    ("a leaf with a child", 2, 4, 6), ("a leaf that leads back", 2, 5, 4), ("a flag of two", 3, 5, 2), ("an inner node called leaf", 3, 2, 1),
    ("a value outside its range", 4, 4, 51), ("a negative value", 4, 4, -1),
  ]

  @Test("well-formed nodes are proved; others are not", arguments: malformed.indices) func wellFormed(_ index: Int) throws {
    var harness = try Self.harness()
    try TreeHarness.check(harness.instance([.wellFormed(artefact: "model")]))
    let (_, column, node, value) = Self.malformed[index]
    var nodes = harness.model.columns
    nodes[column][node] = value
    harness.nodes = nodes
    #expect(throws: VerificationError.self) { try TreeHarness.check(try harness.instance([.wellFormed(artefact: "model")])) }
  }
}

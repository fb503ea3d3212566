import Claims
import Programs
import ProofSystem
import Prover
import TestSupport
import Testing

@Suite("Tree ensembles inside networks")
struct NetworkTreeTests {
  /// A tree of tests below a depth: rows of the node table after the roots, breadth first.
  static func ensemble(_ samples: inout NetworkSamples, trees: Int, depth: Int, features: Int, outputs: Int) -> (nodes: [Int64], leaves: [Int64]) {
    var rows: [[Int64]] = []
    var leaves: [[Int64]] = []
    var open: [(row: Int, level: Int)] = []
    for _ in 0..<trees {
      open.append((rows.count, 0))
      rows.append([])
      leaves.append([])
    }
    while !open.isEmpty {
      let (row, level) = open.removeFirst()
      // Some paths end early, one goes all the way.
      if level == depth || (level > 0 && row % 5 == 0) {
        // What a leaf has beside its test means nothing.
        rows[row] = [0, 0, samples.next(-9...9), 0, samples.next(0...3), 0]
        leaves[row] = samples.numbers(outputs, -100...100)
        continue
      }
      let (yes, no) = (rows.count, rows.count + 1)
      rows += [[], []]
      leaves += [[], []]
      rows[row] = [
        samples.next(1...6), samples.next(0...Int64(features - 1)), samples.next(-4...4), Int64(yes), Int64(no), samples.next(0...1),
      ]
      leaves[row] = samples.numbers(outputs, -100...100)
      open += [(yes, level + 1), (no, level + 1)]
    }
    return (rows.flatMap { $0 }, leaves.flatMap { $0 })
  }

  /// Scores summed over the trees, and the class of the largest.
  static func model(_ seed: UInt64, trees: Int, depth: Int, outputs: Int, missing: Int64?, samplesOfARow: Int = 1) throws -> NetworkModel {
    var samples = NetworkSamples(seed)
    let features = 3
    let x = try samples.reshape(try samples.input("x", samplesOfARow * features, -6...6), samplesOfARow, features)
    let (nodes, leaves) = ensemble(&samples, trees: trees, depth: depth, features: features, outputs: outputs)
    let count = nodes.count / 6
    let table = try samples.reshape(try samples.weights(nodes, -200...200), count, 6)
    let values = try samples.reshape(try samples.weights(leaves, -128...127), count, outputs)
    let reached = try samples.add(.treeEnsemble(TreeEnsemble(trees: trees, depth: depth, missing: missing)), [x, table, values])
    try samples.output("leaves", try samples.reshape(reached, samplesOfARow * trees * outputs))
    let ones = try samples.add(.constant(Constant(.uniform(1), shape: try #require(TensorShape(rows: 1, columns: trees)))))
    if samplesOfARow == 1 {
      let sum = try samples.add(.matrixMultiply(MatrixMultiply()), [ones, reached])
      try samples.output("scores", try samples.reshape(sum, outputs))
      if outputs > 1 { try samples.output("class", try samples.add(.argmax(Argmax()), [sum])) }
    }
    return try samples.model()
  }

  @Test("ensembles of all tests, with and without missing values, for one row and several", arguments: [nil, -6, 2, 6, 40] as [Int64?])
  func ensembles(missing: Int64?) throws {
    var rows = NetworkSamples(70)
    for (seed, trees, depth, outputs) in [(UInt64(1), 1, 1, 1), (2, 3, 4, 2), (3, 5, 3, 1)] {
      let model = try Self.model(seed, trees: trees, depth: depth, outputs: outputs, missing: missing)
      for count in [1, 5] { try NetworkHarness(model: model).check(rows: count, ["x": rows.numbers(3 * count, -6...6)]) }
    }
  }

  @Test("several samples in a row, and trees that are leaves alone") func shapes() throws {
    var rows = NetworkSamples(71)
    let several = try Self.model(4, trees: 2, depth: 3, outputs: 2, missing: 0, samplesOfARow: 3)
    for count in [1, 2] { try NetworkHarness(model: several).check(rows: count, ["x": rows.numbers(9 * count, -6...6)]) }
    let flat = try Self.model(5, trees: 2, depth: 0, outputs: 2, missing: nil)
    #expect(throws: Never.self) { try NetworkHarness(model: flat).check(rows: 2, ["x": [1, 2, 3, 4, 5, 6]], outputs: ["scores"]) }
  }

  @Test("all values of a feature against all tests") func everyTest() throws {
    for test in Int64(1)...6 {
      for tracks in Int64(0)...1 {
        var samples = NetworkSamples(6)
        let x = try samples.reshape(try samples.input("x", 1, -2...2), 1, 1)
        let nodes = try samples.reshape(try samples.weights([test, 0, 0, 1, 2, tracks, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], -8...8), 3, 6)
        let leaves = try samples.reshape(try samples.weights([0, 11, 22], 0...31), 3, 1)
        let reached = try samples.add(.treeEnsemble(TreeEnsemble(trees: 1, depth: 1, missing: 2)), [x, nodes, leaves])
        try samples.output("y", try samples.reshape(reached, 1))
        try NetworkHarness(model: try samples.model()).check(rows: 5, ["x": [-2, -1, 0, 1, 2]])
      }
    }
  }

  @Test("a run without a leaf, with a feature or node that is not there, or with another test, has no proof")
  func broken() throws {
    // (nodes, whether a program runs it at all)
    let tables: [[Int64]] = [
      [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], [1, 3, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0], [1, 0, 0, 2, 2, 0, 0, 0, 0, 0, 0, 0],
      [7, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0], [1, -1, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0],
    ]
    for table in tables {
      var samples = NetworkSamples(7)
      let x = try samples.reshape(try samples.input("x", 2, -2...2), 1, 2)
      let nodes = try samples.reshape(try samples.weights(table, -8...8), 2, 6)
      let leaves = try samples.reshape(try samples.weights([3, 4], 0...31), 2, 1)
      let reached = try samples.add(.treeEnsemble(TreeEnsemble(trees: 1, depth: 1, missing: nil)), [x, nodes, leaves])
      try samples.output("y", try samples.reshape(reached, 1))
      let harness = NetworkHarness(model: try samples.model())
      let claim = NetworkInference(model: "net", rows: 1, inputs: ["x": .hidden], outputs: ["y": .published([4])])
      #expect(throws: ProgramError.self) { try harness.instance([claim], hidden: [["x": [0, 0]]]) }
    }
  }

  @Test("a program that asks for more steps than a network may have is refused before they are laid out") func tooMany() throws {
    var samples = NetworkSamples(8)
    let x = try samples.reshape(try samples.input("x", 1, -2...2), 1, 1)
    let count = 1 << 15
    let nodes = try samples.reshape(try samples.weights([Int64](repeating: 0, count: 6 * count), 0...7), count, 6)
    let leaves = try samples.reshape(try samples.weights([Int64](repeating: 0, count: count), 0...7), count, 1)
    let reached = try samples.add(.treeEnsemble(TreeEnsemble(trees: count, depth: 4_096, missing: nil)), [x, nodes, leaves])
    try samples.output("y", try samples.reshape(reached, count))
    let harness = NetworkHarness(model: try samples.model())
    let claim = NetworkInference(
      model: "net", rows: 4, inputs: ["x": .hidden], outputs: ["y": .published([Int64](repeating: 0, count: 4 * count))])
    #expect(throws: ClaimError.self) { try harness.instance([claim], hidden: [["x": [0, 0, 0, 0]]]) }
  }
}

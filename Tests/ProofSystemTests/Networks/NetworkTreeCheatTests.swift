import Claims
import Programs
import ProofSystem
import Prover
import TestSupport
import Testing

/// False paths: the witness of another model or row, in parts. Each is rejected, and accepted once the check that it breaks is left out.
@Suite("Dishonest paths through trees of networks")
struct NetworkTreeCheatTests {
  typealias Record = [String: [Int64]]

  /// Two levels: the root and both of its children compare; leaves 3 to 6.
  static let nodes: [Int64] = [
    1, 0, 2, 1, 2, 0, 1, 1, 0, 3, 4, 0, 3, 1, 1, 5, 6, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  ]
  static let leaves: [Int64] = [7, 8, 9, 10, 20, 30, 40]
  static let row: [Int64] = [1, 5]

  static func model(_ nodes: [Int64] = nodes, leaves: [Int64] = leaves) throws -> NetworkModel {
    var samples = NetworkSamples(1)
    let x = try samples.reshape(try samples.input("x", 2, -8...7), 1, 2)
    let table = try samples.reshape(try samples.weights(nodes, -16...15), 7, 6)
    let values = try samples.reshape(try samples.weights(leaves, 0...63), 7, 1)
    let reached = try samples.add(.treeEnsemble(TreeEnsemble(trees: 1, depth: 2, missing: nil)), [x, table, values])
    try samples.output("y", try samples.reshape(reached, 1))
    return try samples.model()
  }

  static func claim(_ y: Int64) -> NetworkInference {
    NetworkInference(model: "net", rows: 1, inputs: ["x": .hidden], outputs: ["y": .published([y])])
  }

  /// An honest record and its answer.
  private func record(_ model: NetworkModel, _ row: [Int64]) throws -> (cells: Record, answer: Int64) {
    let answer = try #require(try model.run(rows: 1, inputs: ["x": row])["y"]?.first)
    var out: Record = [:]
    _ = try NetworkHarness(model: model).instance([Self.claim(answer)], hidden: [["x": row]]) { out = $0 }
    return (out, answer)
  }

  /// Names of the operator's checks, and the columns of its cells.
  private struct Places {
    let node: String
    let path: Int
    let reading: Int
    let sides: Set<String>
    var leaves: Int { path - 2 }
    var features: Int { path - 1 }
    var nodes: Range<Int> { (path - 8)..<(path - 2) }
    func part(_ index: Int) -> String { "cells\(path + index)" }
  }

  private func places() throws -> Places {
    let harness = NetworkHarness(model: try Self.model())
    let instance = try harness.instance([Self.claim(20)], hidden: [["x": [1, 5]]])
    let names = instance.relation.tree.lookups.map(\.name)
    let rule = try #require(names.first { $0.hasSuffix(".rule") })
    let path = try #require(Int(rule.dropFirst("0.cells".count).dropLast(".rule".count)))
    let node = try #require(
      harness.model.architecture.program.nodes.first { if case .treeEnsemble = $0.operation { true } else { false } }?.name)
    let reading = try #require(names.compactMap { Int($0.dropFirst("0.cells".count)) }.max())
    return Places(node: "0.\(node)", path: path, reading: reading, sides: Set(names.filter { $0.contains(".side") }))
  }

  /// Whether the record of another model or row, with the columns named in `kept` as they are in truth, passes as an answer of the model.
  private func isAccepted(_ forged: Record, _ answer: Int64, dropped: Set<String>) throws -> Bool {
    let harness = NetworkHarness(model: try Self.model())
    let instance = try harness.instance(
      [Self.claim(answer)], hidden: [["x": Self.row]], dropped: dropped, honest: Self.claim(20)
    ) { $0 = forged }
    return (try? NetworkHarness.check(instance)) != nil
  }

  private func isStoppedAlone(_ forged: Record, _ answer: Int64, by checks: Set<String>) throws -> Bool {
    #expect(answer != 20)
    let isStopped = try !isAccepted(forged, answer, dropped: [])
    return try isStopped && isAccepted(forged, answer, dropped: checks)
  }

  private func mixed(_ other: Record, _ truth: Record, kept: [String]) -> Record {
    var out = other
    for key in kept { out[key] = truth[key] }
    return out
  }

  private func nodes(_ change: (inout [Int64]) -> Void) -> [Int64] {
    var out = Self.nodes
    change(&out)
    return out
  }

  @Test("the honest path") func honest() throws {
    let (cells, answer) = try record(try Self.model(), Self.row)
    #expect(answer == 20)
    #expect(try isAccepted(cells, answer, dropped: []))
  }

  @Test("another model's nodes, leaves or another row's features: the equation with what is committed") func tables() throws {
    let places = try places()
    let other = try record(try Self.model(nodes { $0[2] = 0 }), Self.row)
    #expect(try isStoppedAlone(other.cells, other.answer, by: ["\(places.node).nodes"]))
    var leaves = Self.leaves
    leaves[4] = 21
    let richer = try record(try Self.model(leaves: leaves), Self.row)
    #expect(try isStoppedAlone(richer.cells, richer.answer, by: ["\(places.node).leaves"]))
    let truth = try record(try Self.model(), Self.row).cells
    let row = try record(try Self.model(), [3, 5])
    let inputs = truth.keys.filter { Int($0.dropFirst(5)).map { $0 < places.nodes.lowerBound } ?? false }
    #expect(try isStoppedAlone(mixed(row.cells, truth, kept: inputs), row.answer, by: ["\(places.node).features"]))
  }

  @Test("a node's threshold that is not its own: the lookup among the nodes") func swappedNode() throws {
    let places = try places()
    let truth = try record(try Self.model(), Self.row).cells
    let other = try record(try Self.model(nodes { $0[2] = 0 }), Self.row)
    let forged = mixed(other.cells, truth, kept: places.nodes.map { "cells\($0)" })
    #expect(try isStoppedAlone(forged, other.answer, by: ["0.cells\(places.path).node"]))
  }

  @Test("a wrong leaf: its value, its number, or a node that is none") func leaf() throws {
    let places = try places()
    let truth = try record(try Self.model(), Self.row).cells
    var value = truth
    value["cells\(places.reading + 2)"]?[0] = 40
    #expect(try isStoppedAlone(value, 40, by: ["0.cells\(places.reading)"]))
    var number = value
    number["cells\(places.reading)"]?[0] = 6
    #expect(try isStoppedAlone(number, 40, by: ["\(places.node).leaf.key"]))
    // Nowhere, twice: the path ends at the root.
    let still = try record(try Self.model(nodes { $0[0] = 0 }), Self.row)
    var early = mixed(still.cells, truth, kept: places.nodes.map { "cells\($0)" })
    early["cells\(places.reading + 1)"]?[0] = Self.nodes[0]
    #expect(try isStoppedAlone(early, 7, by: ["\(places.node).end"]))
  }

  @Test("the second branch: the rule of moves, or the sign of the distance") func branch() throws {
    let places = try places()
    let truth = try record(try Self.model(), Self.row).cells
    // The test turned round, with the true test in its cell.
    let turned = try record(try Self.model(nodes { $0[0] = 4 }), Self.row)
    let forged = mixed(turned.cells, truth, kept: places.nodes.map { "cells\($0)" } + [places.part(2)])
    // The second step is another node's, whose test is its own.
    var rule = forged
    rule[places.part(2)]?[1] = turned.cells[places.part(2)]?[1] ?? 0
    #expect(try isStoppedAlone(rule, turned.answer, by: ["0.cells\(places.path).rule"]))
    // A row on the other side of the threshold, with the true values.
    let row = try record(try Self.model(), [3, 5])
    let inputs = truth.keys.filter { Int($0.dropFirst(5)).map { $0 < places.nodes.lowerBound } ?? false }
    var side = mixed(row.cells, truth, kept: inputs + ["cells\(places.features)"])
    side[places.part(7)]?[0] = Self.row[0]
    #expect(try isStoppedAlone(side, row.answer, by: places.sides))
  }

  @Test("steps that do not follow each other, another feature, a value that is not the row's") func steps() throws {
    let places = try places()
    let truth = try record(try Self.model(), Self.row).cells
    // The children exchanged, with the true table and the true first step.
    let turned = try record(
      try Self.model(
        nodes {
          $0[3] = 2
          $0[4] = 1
        }), Self.row)
    var jump = mixed(turned.cells, truth, kept: places.nodes.map { "cells\($0)" })
    for part in 0..<10 { jump[places.part(part)]?[0] = truth[places.part(part)]?[0] ?? 0 }
    #expect(try isStoppedAlone(jump, turned.answer, by: ["\(places.node).path"]))
    let feature = try record(try Self.model(nodes { $0[1] = 1 }), Self.row)
    let cell = mixed(feature.cells, truth, kept: places.nodes.map { "cells\($0)" } + [places.part(3)])
    var own = cell
    own[places.part(3)]?[1] = feature.cells[places.part(3)]?[1] ?? 0
    #expect(try isStoppedAlone(own, feature.answer, by: ["\(places.node).cell"]))
    let row = try record(try Self.model(), [3, 5])
    let inputs = truth.keys.filter { Int($0.dropFirst(5)).map { $0 < places.nodes.lowerBound } ?? false }
    let value = mixed(row.cells, truth, kept: inputs + ["cells\(places.features)"])
    #expect(try isStoppedAlone(value, row.answer, by: ["0.cells\(places.path).cell"]))
  }

  @Test("a false sum of the trees is stopped by the equation of the output alone") func aggregation() throws {
    let model = try NetworkTreeTests.model(2, trees: 3, depth: 2, outputs: 1, missing: nil)
    let harness = NetworkHarness(model: model)
    let inputs = ["x": [Int64](arrayLiteral: 1, -2, 3)]
    let honest = try harness.published(rows: 1, inputs, outputs: ["scores"])
    guard case .published(var values)? = honest.outputs["scores"] else { return }
    values[0] += 1
    let claim = NetworkInference(model: "net", rows: 1, inputs: honest.inputs, outputs: ["scores": .published(values)])
    for (dropped, isWanted) in [(Set<String>(), false), (["0.output.scores"], true)] {
      let instance = try harness.instance([claim], hidden: [inputs], dropped: dropped, honest: honest)
      #expect(((try? NetworkHarness.check(instance)) != nil) == isWanted)
    }
  }

  @Test("a missing value taken for a number: its flag in the table, its flag in the step, or the rule of moves") func missing() throws {
    var samples = NetworkSamples(3)
    let x = try samples.reshape(try samples.input("x", 2, -8...7), 1, 2)
    let table = try samples.reshape(try samples.weights([1, 0, 5, 1, 2, 0] + [Int64](repeating: 0, count: 12), -16...15), 3, 6)
    let values = try samples.reshape(try samples.weights([0, 5, 6], 0...63), 3, 1)
    let reached = try samples.add(.treeEnsemble(TreeEnsemble(trees: 1, depth: 1, missing: 3)), [x, table, values])
    try samples.output("y", try samples.reshape(reached, 1))
    let harness = NetworkHarness(model: try samples.model())
    let inputs = ["x": [Int64](arrayLiteral: 3, 5)]
    let honest = try harness.instance([Self.claim(6)], hidden: [inputs])
    let names = honest.relation.tree.lookups.map(\.name)
    let rule = try #require(names.first { $0.hasSuffix(".rule") })
    let path = try #require(Int(rule.dropFirst("0.cells".count).dropLast(".rule".count)))
    let reading = try #require(names.compactMap { Int($0.dropFirst("0.cells".count)) }.max())
    let node = try #require(
      harness.model.architecture.program.nodes.first { if case .treeEnsemble = $0.operation { true } else { false } }?.name)
    func isAccepted(dropped: Set<String>, table: Int64, step: Int64) throws -> Bool {
      let instance = try harness.instance([Self.claim(5)], hidden: [inputs], dropped: dropped, honest: Self.claim(6)) { record in
        for (part, value) in [(0, Int64(4)), (1, 1), (5, 1), (11, step)] { record["cells\(path + part)"]?[0] = value }
        for (part, value) in [(0, Int64(1)), (2, 5)] { record["cells\(reading + part)"]?[0] = value }
        record["cells\(path - 1)"]?[0] = table
      }
      return (try? NetworkHarness.check(instance)) != nil
    }
    for (table, step, check) in [(Int64(0), Int64(0), "0.\(node).missing"), (1, 0, "0.cells\(path).cell"), (1, 1, rule)] {
      #expect(try !isAccepted(dropped: [], table: table, step: step))
      #expect(try isAccepted(dropped: [check], table: table, step: step), "\(check)")
    }
  }

  @Test("no cell of an ensemble with missing values may be changed") func everyCell() throws {
    var samples = NetworkSamples(3)
    let x = try samples.reshape(try samples.input("x", 2, -8...7), 1, 2)
    let table = try samples.reshape(try samples.weights(Array(Self.nodes.prefix(6)) + [Int64](repeating: 0, count: 12), -16...15), 3, 6)
    let values = try samples.reshape(try samples.weights([0, 5, 6], 0...63), 3, 1)
    let reached = try samples.add(.treeEnsemble(TreeEnsemble(trees: 1, depth: 2, missing: 3)), [x, table, values])
    try samples.output("y", try samples.reshape(reached, 1))
    let harness = NetworkHarness(model: try samples.model())
    let inputs = ["x": [Int64](arrayLiteral: 3, 5)]
    let claim = try harness.published(rows: 1, inputs)
    var cells: [(key: String, entry: Int)] = []
    _ = try harness.instance([claim], hidden: [inputs]) { record in
      for key in record.keys.sorted() { for entry in (record[key] ?? []).indices { cells.append((key, entry)) } }
    }
    var free: [String] = []
    for cell in cells {
      let instance = try harness.instance([claim], hidden: [inputs]) { $0[cell.key]?[cell.entry] += 1 }
      if (try? NetworkHarness.check(instance)) != nil { free.append("\(cell.key)[\(cell.entry)]") }
    }
    #expect(cells.count > 40)
    #expect(free == [])
  }
}

import Claims
import Fields
import Programs
import ProofSystem
import Prover
import Testing

@Suite("Tree inference") struct TreeInferenceTests {
  static let tasks: [TreeTask] = [.binary(positive: 0), .binary(positive: 1), .classes(count: 3), .regression(shift: 0), .regression(shift: 2)]

  /// Sums of leaf values by walking the nodes, missing cells by the word of the variant.
  static func naive(_ model: TreeModel, _ table: StoredTable, row: Int) -> [Int64] {
    let own = model.architecture
    var out = [Int64](repeating: 0, count: own.task.outputCount)
    for root in 0..<own.trees {
      var node = model.nodes[root]
      while !node.isLeaf {
        let variant = own.variants[node.variant]
        let x = table.values(variant.column)?[row] ?? 0
        var goesFirst = own.comparison == .atMost ? x <= node.threshold : x >= node.threshold
        if table.values(variant.column, .presence)?[row] == 0 { goesFirst = variant.missingGoesFirst ?? false }
        node = model.nodes[goesFirst ? node.child : node.child + 1]
      }
      for k in out.indices { out[k] += node.values[k] }
    }
    return out
  }

  static func prediction(_ task: TreeTask, _ sums: [Int64]) -> Int64 {
    switch task {
    case .binary(let positive): Int64(sums[0] >= 0 ? positive : 1 - positive)
    case .classes: Int64(sums.firstIndex(of: sums.max() ?? 0) ?? 0)
    case .regression(let shift): shift == 0 ? sums[0] : (sums[0] + (1 << Int64(shift - 1))) >> Int64(shift)
    }
  }

  @Test("the interpreter walks as the nodes say", arguments: tasks, TreeComparison.allCases)
  func semantics(_ task: TreeTask, _ comparison: TreeComparison) throws {
    for seed in 0..<6 {
      var samples = TreeSamples(UInt64(seed + 1))
      let table = try samples.table(rows: 40)
      let model = try samples.model(TreeSamples.architecture(table.schema, task, comparison, trees: 1 + seed % 3, depth: 4))
      let run = try model.run(table)
      let sums = (0..<40).map { Self.naive(model, table, row: $0) }
      #expect(run.output("score") == sums.flatMap { $0 })
      #expect(run.output("prediction") == sums.map { Self.prediction(task, $0) })
      let again = try NaiveEvaluation.run(run.program, inputs: model.inputs(for: table))
      #expect(zip(again, run.values).allSatisfy { $0 == $1.map { Int128($0) } })
      #expect(try TreeArchitecture(canonical: model.architecture.canonical) == model.architecture)
      #expect(try TreeModel(architecture: model.architecture, columns: model.columns) == model)
    }
  }

  @Test("complete for every task, comparison, number of trees and rows", arguments: tasks, [1, 2, 3])
  func complete(_ task: TreeTask, _ trees: Int) throws {
    for (place, rows) in [1, 5, 13].enumerated() {
      var samples = TreeSamples(UInt64(100 * trees + rows))
      let table = try samples.table(rows: rows)
      let comparison = TreeComparison.allCases[place % 2]
      let model = try samples.model(TreeSamples.architecture(table.schema, task, comparison, trees: trees))
      let run = try model.run(table)
      let committed = try StoredTable(
        schema: TableSchema(columns: [
          TableColumn(name: "p", type: table.schema.column(model.architecture.target)?.type ?? .integer(IntegerRange(0...0)))
        ]),
        columns: [run.output("prediction") ?? []])
      let claims: [ClaimStatement] = [
        .wellFormed(artefact: "t"), .wellFormed(artefact: "model"),
        .inference(
          model: "model", input: .table("t"),
          outputs: ["prediction": .committed(artefact: "p", column: "p"), "score": .published(run.output("score") ?? [])]),
      ]
      try TreeHarness.check(TreeHarness(tables: ["t": table, "p": committed], model: model).instance(claims))
    }
  }

  @Test("one public row, and outputs that are only bounded") func publicRow() throws {
    var samples = TreeSamples(5)
    let table = try samples.table(rows: 1)
    let model = try samples.model(TreeSamples.architecture(table.schema, .classes(count: 3), trees: 2))
    let claim = ClaimStatement.inference(
      model: "model", input: .publicRow(schema: table.schema, values: table.columns.map { $0[0] }),
      outputs: ["prediction": .published(try model.run(table).output("prediction") ?? []), "score": .bounded(IntegerRange(-128...127))])
    try TreeHarness.check(TreeHarness(tables: [:], model: model).instance([claim]))
  }

  @Test("a model that breaks its architecture is refused") func refusals() throws {
    var samples = TreeSamples(9)
    let table = try samples.table(rows: 4)
    let own = try TreeSamples.architecture(table.schema, .regression(shift: 0), trees: 1, depth: 1)
    #expect(throws: ProgramError.self) { try TreeModel(architecture: own, trees: []) }
    let leaf = TreeShape.leaf([1])
    let deep = TreeShape.split(variant: 0, threshold: 3, first: .split(variant: 0, threshold: 1, first: leaf, second: leaf), second: leaf)
    #expect(throws: ProgramError.self) { try TreeModel(architecture: own, trees: [deep]) }
    let wide = TreeShape.split(variant: 9, threshold: 3, first: leaf, second: leaf)
    #expect(throws: ProgramError.self) { try TreeModel(architecture: own, trees: [wide]) }
    #expect(throws: ProgramError.self) { try TreeModel(architecture: own, trees: [.leaf([51])]) }
    #expect(throws: ProgramError.self) {
      try TreeArchitecture(
        schema: table.schema, features: ["a", "class"], target: "class", task: .classes(count: 3), trees: 1, depth: 1, nodeCount: 3,
        valueRange: IntegerRange(0...1))
    }
  }
}

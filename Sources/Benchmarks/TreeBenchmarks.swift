import Claims
import Fields
import Kernels
import Programs
import ProofSystem
import Prover
import Soundness

/// Inference of tree ensembles, the commitments of table and nodes reported apart.
extension BenchmarkSuite {
  static func trees() throws -> [BenchmarkLine] {
    try forest(trees: 128, depth: 9, rows: 128) + singleTree(nodes: 1_029, depth: 23, rows: 5_000, columns: 54)
      + training(rows: 26_000, columns: 14, bins: 32, depth: 6)
  }

  /// The certificate that one tree is what greedy training gives.
  private static func training(rows: Int, columns: Int, bins: Int, depth: Int) throws -> [BenchmarkLine] {
    var draw = TreeDraw()
    let schema = try TableSchema(
      columns: (0..<columns).map { TableColumn(name: "x\($0)", type: .integer(IntegerRange(0...Int64(bins - 1)))) } + [
        TableColumn(name: "label", type: .category(["no", "yes"]))
      ])
    var values = [[Int64]](repeating: [], count: columns + 1)
    for _ in 0..<rows {
      let own = (0..<columns).map { _ in Int64(draw.next(bins)) }
      for (index, value) in own.enumerated() { values[index].append(value) }
      values[columns].append(own[0] + own[3] / 2 + Int64(draw.next(bins)) > Int64(bins + bins / 4) ? 1 : 0)
    }
    let table = try StoredTable(schema: schema, columns: values)
    let growth = TreeGrowth(depth: depth)
    let model = try TreeModel.train(table, features: (0..<columns).map { "x\($0)" }, target: "label", growth: growth)
    let claims: [ClaimStatement] = [.data(.treeTraining(TreeTrainingClaim(model: "m", table: "t", growth: growth)))]
    return try lines("training-\(rows)x\(columns)x\(bins)-\(depth)", claims, ["t": table], model, limit: 2)
  }

  /// Full trees of random splits; all sums published.
  private static func forest(trees: Int, depth: Int, rows: Int) throws -> [BenchmarkLine] {
    var draw = TreeDraw()
    let table = try draw.table(rows: rows, columns: 30, classes: 2)
    let architecture = try TreeArchitecture(
      schema: table.schema, features: (0..<30).map { "x\($0)" }, target: "label", task: .binary(positive: 1), trees: trees, depth: depth,
      nodeCount: trees * ((2 << depth) - 1), valueRange: IntegerRange(-32_768...32_767))
    let model = try TreeModel(architecture: architecture, trees: (0..<trees).map { _ in draw.full(depth: depth, variants: 30, outputs: 1) })
    let scores = try model.run(table).output("score") ?? []
    let claims: [ClaimStatement] = [.inference(model: "m", input: .table("t"), outputs: ["score": .published(scores)])]
    return try lines("forest-\(trees)x\(depth)x\(rows)", claims, ["t": table], model, limit: 0.5)
  }

  /// One deep tree over many rows; predictions are counted against labels, the counts published.
  private static func singleTree(nodes: Int, depth: Int, rows: Int, columns: Int) throws -> [BenchmarkLine] {
    var draw = TreeDraw()
    let table = try draw.table(rows: rows, columns: columns, classes: 7)
    let architecture = try TreeArchitecture(
      schema: table.schema, features: (0..<columns).map { "x\($0)" }, target: "label", task: .classes(count: 7), trees: 1, depth: depth,
      nodeCount: nodes, valueRange: IntegerRange(0...1))
    let model = try TreeModel(architecture: architecture, trees: [draw.deep(splits: (nodes - 1) / 2, depth: depth, variants: columns, outputs: 7)])
    let predictions = try model.run(table).output("prediction") ?? []
    let committed = try StoredTable(
      schema: TableSchema(columns: [TableColumn(name: "prediction", type: .category((0..<7).map { "k\($0)" }))]), columns: [predictions])
    var counts = [Int64](repeating: 0, count: 49)
    for (label, prediction) in zip(table.values("label") ?? [], predictions) { counts[Int(label * 7 + prediction)] += 1 }
    let claims: [ClaimStatement] = [
      .inference(model: "m", input: .table("t"), outputs: ["prediction": .committed(artefact: "p", column: "prediction")]),
      .accuracy(
        labels: ClaimStatement.ColumnName(artefact: "t", column: "label"),
        predictions: ClaimStatement.ColumnName(artefact: "p", column: "prediction"), disclosure: .revealed(counts)),
    ]
    return try lines("tree-\(nodes)x\(depth)-\(rows)x\(columns)", claims, ["p": committed, "t": table], model, limit: 0.5)
  }

  /// Witness, proof and verification of claims over tables and one model.
  static func lines(
    _ name: String, _ claims: [ClaimStatement], _ tables: [String: StoredTable], _ model: TreeModel, limit: Double
  ) throws -> [BenchmarkLine] {
    var descriptions: [ArtefactDescription] = []
    var secrets: [String: ArtefactSecret<E>] = [:]
    var commit = 0.0
    func add(_ own: String, _ contents: ArtefactContents, _ columns: [[Int64]]) {
      let cells = contents.cellCount
      guard let shape = CodeShapes.shape(log2RowLength: max(12, min(17, log2Ceiling(cells) - 4)), field: Goldilocks.self) else { return }
      let data = MatrixData<Goldilocks>(layout: MatrixLayout(name: own, log2RowLength: shape.log2RowLength, tensors: contents.tensors))
      for (tensor, column) in zip(contents.tensors, columns) { data.set(tensor.name, column.map { Goldilocks(signed: $0) }) }
      commit += seconds {
        secrets[own] = ArtefactSecret<E>(kind: contents.kind, format: contents.format, shape: shape, data: data, seed: randomSeed())
      }
      if let secret = secrets[own] {
        descriptions.append(ArtefactDescription(name: own, contents: contents, shape: shape, identity: secret.publicPart.identity))
      }
    }
    for (own, table) in tables.sorted(by: { $0.key < $1.key }) { add(own, .table(table.schema, rowCount: table.rowCount), table.columns) }
    add("m", .treeEnsemble(model.architecture), model.columns)
    let mentioned = Set(claims.flatMap(\.artefacts))
    let compiled = try CompiledClaims(claims: claims, artefacts: descriptions.filter { mentioned.contains($0.name) })
    let (statement, relation) = try ProofPlan.statement(claims: compiled, profile: .p128, context: [], field: E.self)
    let source = DataTables(
      tables: tables, identities: Dictionary(uniqueKeysWithValues: descriptions.map { ($0.name, $0.identity) }), models: ["m": model])
    let data = secrets.mapValues(\.data)
    var proof: [UInt8] = []
    let prove = try best(5) {
      var executions: [Execution] = []
      for program in compiled.programs {
        var inputs: [InputBinding: [Int64]] = [:]
        for (role, artefact) in program.roles {
          if let table = tables[artefact] { inputs.merge(table.inputs(artefact: role)) { $1 } }
        }
        if let table = program.roles["table"].flatMap({ tables[$0] }), program.roles["weights"] != nil {
          inputs.merge(model.inputs(for: table)) { $1 }
        }
        executions.append(try Interpreter.run(program.program, inputs: inputs))
      }
      let auxiliary = WitnessFiller<E>.fill(relation, executions: executions, records: try compiled.records(source), artefacts: data)
      let session = try ProofSession<Production<E>>(
        statement: statement, relation: relation, secrets: secrets, auxiliary: auxiliary, randomness: Randomness(seed: randomSeed()))
      proof = try session.prove(ledger: UncountedOpenings())
    }
    let verify = try best(3) { _ = try ProofVerifier.verify(statement, proof: proof) }
    let cells = relation.columns.reduce(0) { $0 + 1 << $1.bits }
    return [
      BenchmarkLine("\(name) prove", prove, "s", limit: limit, note: "witness included; \(cells) cells, tree of depth \(relation.tree.depth)"),
      BenchmarkLine("\(name) verify", verify * 1e3, "ms"), BenchmarkLine("\(name) proof", Double(proof.count) / 1024, "KiB"),
      BenchmarkLine("\(name) commit", commit, "s", note: "before, tables and nodes"),
    ]
  }
}

/// Tables and trees of a fixed sequence.
struct TreeDraw {
  private var state: UInt64 = 88_172_645_463_325_252

  mutating func next(_ bound: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int((state >> 33) % UInt64(max(1, bound)))
  }

  /// Columns `x0`, `x1`, … of twelve bits and a category `label`.
  mutating func table(rows: Int, columns: Int, classes: Int) throws -> StoredTable {
    let schema = try TableSchema(
      columns: (0..<columns).map { TableColumn(name: "x\($0)", type: .integer(IntegerRange(0...4_095))) } + [
        TableColumn(name: "label", type: .category((0..<classes).map { "k\($0)" }))
      ])
    var values: [[Int64]] = []
    for _ in 0..<columns { values.append((0..<rows).map { _ in Int64(next(4_096)) }) }
    values.append((0..<rows).map { _ in Int64(next(classes)) })
    return try StoredTable(schema: schema, columns: values)
  }

  private mutating func leaf(_ outputs: Int) -> TreeShape {
    if outputs == 1 { return .leaf([Int64(next(65_536)) - 32_768]) }
    let chosen = next(outputs)
    return .leaf((0..<outputs).map { $0 == chosen ? 1 : 0 })
  }

  /// 2^depth leaves.
  mutating func full(depth: Int, variants: Int, outputs: Int) -> TreeShape {
    if depth == 0 { return leaf(outputs) }
    return .split(
      variant: next(variants), threshold: Int64(next(4_096)), first: full(depth: depth - 1, variants: variants, outputs: outputs),
      second: full(depth: depth - 1, variants: variants, outputs: outputs))
  }

  /// So many splits, the longest path `depth` comparisons.
  mutating func deep(splits: Int, depth: Int, variants: Int, outputs: Int) -> TreeShape {
    if splits == 0 { return leaf(outputs) }
    let most = depth > 40 ? splits - 1 : min(splits - 1, (1 << (depth - 1)) - 1)
    let least = splits - 1 - most
    let first = max(least, min(most, least + next(most - least + 1)))
    return .split(
      variant: next(variants), threshold: Int64(next(4_096)),
      first: deep(splits: first, depth: depth - 1, variants: variants, outputs: outputs),
      second: deep(splits: splits - 1 - first, depth: depth - 1, variants: variants, outputs: outputs))
  }
}

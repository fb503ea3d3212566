import Claims
import Fields
import Kernels
import Programs
import ProofSystem
import Prover
import Soundness

/// Process proofs of training runs on all cores, after the commitment of table and model; witness included.
extension BenchmarkSuite {
  /// Sizes that the product is asked for: an encoded credit table, census rows, digits, and one epoch of 4,096 × 128.
  static func training() throws -> [BenchmarkLine] {
    var lines: [BenchmarkLine] = []
    lines += try TrainingBench(rows: 4_096, features: 128, classes: 2, batch: 256, epochs: 1).lines("training-4096x128", limit: 0.2)
    lines += try TrainingBench(rows: 800, features: 60, classes: 2, batch: 32, epochs: 50).lines("training-credit")
    lines += try TrainingBench(rows: 26_000, features: 100, classes: 2, batch: 32, epochs: 10).lines("training-26000x100")
    lines += try TrainingBench(rows: 1_437, features: 64, classes: 10, batch: 64, epochs: 20).lines("training-digits")
    return lines
  }

  /// How the proof grows from 100 to 1,000 steps over one table.
  static func trainingSteps() throws -> [BenchmarkLine] {
    var lines: [BenchmarkLine] = []
    var sizes: [Double] = []
    for epochs in [4, 40] {
      let own = try TrainingBench(rows: 800, features: 60, classes: 2, batch: 32, epochs: epochs).lines("training-steps-\(25 * epochs)")
      lines += own
      sizes += own.filter { $0.unit == "KiB" }.map(\.value)
    }
    if sizes.count == 2 {
      lines.append(BenchmarkLine("training-steps growth", sizes[1] / sizes[0], "", limit: 1.1, note: "proof of 1,000 steps over one of 100"))
    }
    return lines
  }
}

/// A standardised table, a run on it, and the model that it gives.
private struct TrainingBench {
  typealias E = GoldilocksCubic
  let run: TrainingRun
  let table: StoredTable
  let classes: Int

  init(rows: Int, features: Int, classes: Int, batch: Int, epochs: Int) throws {
    var state: UInt64 = 88_172_645_463_325_252
    func next(_ bound: Int64) -> Int64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int64(state >> 33) % bound
    }
    self.classes = classes
    let names = (0..<(features - 1)).map { "x\($0)" }
    let number = ColumnType.decimal(scale: 3, range: IntegerRange(-8_000...8_000))
    let schema = try TableSchema(
      columns: names.map { TableColumn(name: $0, type: number) } + [TableColumn(name: "y", type: .category((0..<classes).map { "c\($0)" }))])
    let columns = names.map { _ in (0..<rows).map { _ in next(1_000) + next(1_000) + next(1_000) + next(1_000) - 1_998 } }
    let labels = (0..<rows).map { row -> Int64 in
      let sum: Int64 = columns[0][row] - columns[1][row] + columns[2][row] / 2 + next(1_000)
      return classes == 2 ? (sum > 500 ? 1 : 0) : max(0, min(Int64(classes) - 1, (sum + 3_000) / 700))
    }
    table = try StoredTable(schema: schema, columns: columns + [labels])
    run = try TrainingRun(
      features: names.map { .number(column: $0, centre: 0, shift: 0) } + [.constant],
      target: classes == 2 ? .binary(column: "y", positive: 1) : .classes(column: "y", count: classes),
      formats: TrainingFormats(scoreFractionBits: 10), batchSize: batch, epochs: epochs, learningRate: PublicFraction(1, over: 20),
      schedule: .inverse(decay: PublicFraction(1, over: 10)), momentum: PublicFraction(9, over: 10), penalty: PublicFraction(1, over: 1_000))
  }

  func lines(_ name: String, limit: Double? = nil) throws -> [BenchmarkLine] {
    let contents = ArtefactContents.table(table.schema, rowCount: table.rowCount)
    let bits = log2Ceiling(table.rowCount * table.columns.count)
    guard let shape = CodeShapes.shape(log2RowLength: max(11, bits - 6), field: Goldilocks.self) else { return [] }
    let data = MatrixData<Goldilocks>(layout: MatrixLayout(name: "t", log2RowLength: shape.log2RowLength, tensors: contents.tensors))
    for (index, column) in table.columns.enumerated() { data.set("c\(index)", column.map { Goldilocks(signed: $0) }) }
    let secret = ArtefactSecret<E>(kind: "table", format: contents.format, shape: shape, data: data, seed: BenchmarkSuite.randomSeed())
    let description = ArtefactDescription(name: "t", contents: contents, shape: shape, identity: secret.publicPart.identity)
    let nonce = Nonce(bytes: [1], source: .auditor)
    let encoding = try FeatureEncoding(schema: table.schema, columns: table.schema.columns.map(\.name).filter { $0 != "y" })
    let task: LinearTask = classes == 2 ? .binary(positive: 1) : .classes(count: classes)
    let architecture = try LinearArchitecture.choose(encoding: encoding, target: "y", task: task, magnitudeBits: 8, weightBits: 24)
    let trainer = try Trainer(run, table, seed: nonce.seed(purpose: "training", identity: description.identity))
    let count = trainer.stepCount
    var last = TrainingState.zero(run)
    let train = try BenchmarkSuite.best(1) { last = try trainer.train(from: .zero(run), steps: 0..<count) }
    let model = try run.model(last, architecture: architecture)
    guard let own = CodeShapes.shape(log2RowLength: 11, field: Goldilocks.self) else { return [] }
    let modelContents = ArtefactContents.linearModel(architecture)
    let weights = MatrixData<Goldilocks>(layout: MatrixLayout(name: "m", log2RowLength: 11, tensors: modelContents.tensors))
    let outputs = architecture.weightShape.columns
    let target = weights.tensor("W")
    for (index, weight) in model.weights.enumerated() {
      target[(index / outputs) << log2Ceiling(outputs) + index % outputs] = Goldilocks(signed: weight)
    }
    let modelSecret = ArtefactSecret<E>(
      kind: "linear-model", format: modelContents.format, shape: own, data: weights, seed: BenchmarkSuite.randomSeed())
    let modelDescription = ArtefactDescription(name: "m", contents: modelContents, shape: own, identity: modelSecret.publicPart.identity)
    let claim = TrainingClaim(table: "t", end: .model("m"), run: run, nonce: nonce, stepCount: count)
    let compiled = try CompiledClaims(claims: [.data(.training(claim))], artefacts: [description, modelDescription])
    let (statement, relation) = try ProofPlan.statement(claims: compiled, profile: .p128, context: [], field: E.self)
    let source = DataTables(tables: ["t": table], identities: ["t": description.identity])
    let secrets = ["t": secret, "m": modelSecret]
    var proof: [UInt8] = []
    let prove = try BenchmarkSuite.best(3) {
      let auxiliary = WitnessFiller<E>.fill(
        relation, executions: [], records: try compiled.records(source), artefacts: secrets.mapValues(\.data))
      let session = try ProofSession<Production<E>>(
        statement: statement, relation: relation, secrets: secrets, auxiliary: auxiliary,
        randomness: Randomness(seed: BenchmarkSuite.randomSeed()))
      proof = try session.prove(ledger: UncountedOpenings())
    }
    let verify = try BenchmarkSuite.best(2) {
      let again = try CompiledClaims(claims: [.data(.training(claim))], artefacts: [description, modelDescription])
      let (statement, _) = try ProofPlan.statement(claims: again, profile: .p128, context: [], field: E.self)
      _ = try ProofVerifier.verify(statement, proof: proof)
    }
    return [
      BenchmarkLine(
        "\(name) prove", prove, "s", limit: limit,
        note:
          "\(count) steps, \(table.rowCount) × \(run.featureCount), \(compiled.builder.columns.reduce(0) { $0 + 1 << $1.bits }) cells, witness included"
      ),
      BenchmarkLine("\(name) verify", verify * 1e3, "ms", note: "the statement compiled anew"),
      BenchmarkLine("\(name) proof", Double(proof.count) / 1024, "KiB"), BenchmarkLine("\(name) train", train, "s", note: "reference trainer"),
    ]
  }
}

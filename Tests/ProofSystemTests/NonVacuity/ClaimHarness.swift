import Claims
import Fields
import Kernels
import Programs
import ProofSystem
import Prover
import TestSupport

/// Claims over a table of three rows, a model of three classes, its predictions, and copies of table and model, on the toy profile.
struct ClaimHarness {
  typealias E = GoldilocksCubic

  let test: StoredTable
  let model: LinearModel
  let predictions: StoredTable
  /// Counts of (label, prediction).
  let counts: [Int64]
  /// Artefacts by name, in statement order.
  let contents: [(name: String, contents: ArtefactContents)]

  static let classes = ["low", "middle", "high"]

  init() throws {
    let schema = try TableSchema(columns: [
      TableColumn(name: "x", type: .integer(IntegerRange(-3...900))),
      TableColumn(name: "y", type: .integer(IntegerRange(2...7)), missing: .presence),
      TableColumn(name: "class", type: .category(Self.classes)),
    ])
    test = try StoredTable(schema: schema, columns: [[-3, 450, 900], [5, 2, 7], [1, 0, 1], [0, 1, 1]])
    let encoding = try FeatureEncoding(schema: schema, columns: ["x", "y"])
    let architecture = try LinearArchitecture.choose(encoding: encoding, target: "class", task: .classes(count: 3), magnitudeBits: 2, weightBits: 12)
    // Rows: x, y, presence of y, constant.
    model = try LinearModel(architecture: architecture, weights: [-900, 100, 900, 3, -5, 7, 0, 11, 0, 400, 100, -400])
    let output = try model.run(test)
    let decisions = output.output("prediction") ?? []
    predictions = try StoredTable(
      schema: try TableSchema(columns: [TableColumn(name: "prediction", type: .category(Self.classes))]), columns: [decisions])
    var counts = [Int64](repeating: 0, count: 9)
    for (label, decision) in zip(test.columns[3], decisions) { counts[Int(3 * label + decision)] += 1 }
    self.counts = counts
    let table = ArtefactContents.table(schema, rowCount: 3)
    contents = [
      ("test", table), ("model", .linearModel(architecture)), ("predictions", .table(predictions.schema, rowCount: 3)), ("testCopy", table),
      ("modelCopy", .linearModel(architecture)),
    ]
  }

  /// A matrix with the artefact's values; copies hold those of their originals.
  private func matrix(_ name: String, _ contents: ArtefactContents) throws -> MatrixData<Goldilocks> {
    let rowBits = try ProgramHarness.shape().log2RowLength
    let data = MatrixData<Goldilocks>(layout: MatrixLayout(name: name, log2RowLength: rowBits, tensors: contents.tensors))
    switch contents {
    case .table:
      let columns = name == "predictions" ? predictions.columns : test.columns
      for (index, column) in columns.enumerated() { data.set("c\(index)", column.map { Goldilocks(signed: $0) }) }
    case .linearModel:
      let target = data.tensor("W")
      for (index, weight) in model.weights.enumerated() { target[(index / 3) << 2 + index % 3] = Goldilocks(signed: weight) }
    case .treeEnsemble, .network: break
    }
    return data
  }

  /// A statement with its secrets, perhaps a false one.
  struct Instance {
    let statement: Statement<E>
    let relation: ClaimRelation<E>
    let compiled: CompiledClaims
    let secrets: [String: ArtefactSecret<E>]
    let auxiliary: MatrixData<Goldilocks>

    /// Committed matrices by name, the auxiliary one too.
    var matrices: [String: MatrixData<Goldilocks>] { secrets.mapValues(\.data).merging(["aux": auxiliary]) { $1 } }
    func read(_ cell: Cell) -> Goldilocks { matrices[cell.matrix]?.vector.pointer[cell.index] ?? .zero }

    func check() throws {
      let session = try ProofSession<Production<E>>(
        statement: statement, relation: relation, secrets: secrets, auxiliary: auxiliary, randomness: Randomness(seed: ToyRandom.seed(3)))
      _ = try ProofVerifier.verify(statement, proof: session.prove())
    }
  }

  /// - Parameters:
  ///   - changes: false cells, of artefacts before they are committed, of the auxiliary matrix after it is filled.
  ///   - paddingSeed: of the padding of artefacts.
  ///   - tamper: changes the filled witness before multiplicities are counted; `recounted` after.
  func instance(
    _ claims: [ClaimStatement], changes: [Cell: Goldilocks] = [:], dropping: Set<String> = [], paddingSeed: Int = 1,
    tamper: ((MatrixData<Goldilocks>) -> Void)? = nil, recounted: ((ClaimRelation<E>, MatrixData<Goldilocks>) -> Void)? = nil
  ) throws -> Instance {
    let shape = try ProgramHarness.shape()
    let mentioned = Set(claims.flatMap(\.artefacts))
    var secrets: [String: ArtefactSecret<E>] = [:]
    var descriptions: [ArtefactDescription] = []
    for (index, (name, contents)) in contents.enumerated() where mentioned.contains(name) {
      let data = try matrix(name, contents)
      for (cell, value) in changes where cell.matrix == name { data.vector.pointer[cell.index] = value }
      let secret = ArtefactSecret<E>(contents: contents, shape: shape, data: data, seed: ToyRandom.seed(10 * paddingSeed + index))
      secrets[name] = secret
      descriptions.append(ArtefactDescription(name: name, contents: contents, shape: shape, identity: secret.publicPart.identity))
    }
    let compiled = try CompiledClaims(claims: claims, artefacts: descriptions).dropping(dropping)
    let (statement, relation) = try ProofPlan.statement(claims: compiled, profile: TestProfile.toy, context: [], field: E.self)
    let executions = try compiled.programs.map { claim -> Execution in
      var inputs: [InputBinding: [Int64]] = claim.publicInputs
      for (role, name) in claim.roles {
        switch name {
        case "model", "modelCopy": inputs[.tensor(artefact: role)] = model.weights
        case "predictions": inputs.merge(predictions.inputs(artefact: role)) { $1 }
        default: inputs.merge(test.inputs(artefact: role)) { $1 }
        }
      }
      return try Interpreter.run(claim.program, inputs: inputs)
    }
    let artefacts = secrets.mapValues(\.data)
    let auxiliary = WitnessFiller<E>.fill(relation, executions: executions, artefacts: artefacts)
    for (cell, value) in changes where cell.matrix == "aux" { auxiliary.vector.pointer[cell.index] = value }
    tamper?(auxiliary)
    WitnessFiller<E>.recount(relation, auxiliary: auxiliary, artefacts: artefacts)
    recounted?(relation, auxiliary)
    return Instance(statement: statement, relation: relation, compiled: compiled, secrets: secrets, auxiliary: auxiliary)
  }

  // MARK: Claims

  static let labels = ClaimStatement.ColumnName(artefact: "test", column: "class")
  static let predicted = ClaimStatement.ColumnName(artefact: "predictions", column: "prediction")

  func inference(_ binding: OutputBinding) -> ClaimStatement { .inference(model: "model", input: .table("test"), outputs: ["prediction": binding]) }

  var committed: ClaimStatement { inference(.committed(artefact: "predictions", column: "prediction")) }

  /// Every kind of claim, with every kind of output and disclosure.
  var all: [ClaimStatement] {
    contents.map { .wellFormed(artefact: $0.name) } + [
      committed, inference(.published(predictions.columns[0])), inference(.bounded(IntegerRange(0...2))),
      .inference(
        model: "model", input: .publicRow(schema: test.schema, values: test.columns.map { $0[2] }),
        outputs: ["prediction": .published([predictions.columns[0][2]])]),
      .accuracy(labels: Self.labels, predictions: Self.predicted, disclosure: .revealed(counts)),
      .accuracy(labels: Self.labels, predictions: Self.predicted, disclosure: .atLeast(correct: counts[0] + counts[4] + counts[8])),
      .sameDataAs(artefact: "testCopy", original: "test"), .sameDataAs(artefact: "modelCopy", original: "model"),
    ]
  }
}

import Claims
import Fields
import Hashing
import Kernels
import Programs
import ProofSystem
import Prover
import TestSupport

/// Commits tables and tree ensembles, proves claims over them on the toy profile, and verifies the bytes.
struct TreeHarness {
  typealias E = GoldilocksCubic

  struct Instance {
    let statement: Statement<E>
    let relation: ClaimRelation<E>
    let secrets: [String: ArtefactSecret<E>]
    let auxiliary: MatrixData<Goldilocks>
  }

  var tables: [String: StoredTable]
  var model: TreeModel
  /// What is committed instead of the model's own columns: a false table of nodes.
  var nodes: [[Int64]]?

  /// - dropped: names of constraints that neither side has.
  /// - forged: stands for the honest record, which is not even asked for.
  /// - tamper: changes filled witness cells; multiplicities are counted again.
  func instance(
    _ claims: [ClaimStatement], dropped: Set<String> = [], run: ((ClaimProgram) throws -> Execution)? = nil,
    forged: [[String: [Int64]]]? = nil, tamper: ((MatrixData<Goldilocks>) -> Void)? = nil
  ) throws -> Instance {
    let shape = try ProgramHarness.shape()
    let mentioned = Set(claims.flatMap(\.artefacts))
    var descriptions: [ArtefactDescription] = []
    var secrets: [String: ArtefactSecret<E>] = [:]
    func add(_ name: String, _ contents: ArtefactContents, _ columns: [[Int64]]) {
      guard mentioned.contains(name) else { return }
      let data = MatrixData<Goldilocks>(layout: MatrixLayout(name: name, log2RowLength: shape.log2RowLength, tensors: contents.tensors))
      for (tensor, column) in zip(contents.tensors, columns) { data.set(tensor.name, column.map { Goldilocks(signed: $0) }) }
      let seed = [UInt8](repeating: UInt8(40 + descriptions.count), count: 32)
      let secret = ArtefactSecret<E>(contents: contents, shape: shape, data: data, seed: seed)
      secrets[name] = secret
      descriptions.append(ArtefactDescription(name: name, contents: contents, shape: shape, identity: secret.publicPart.identity))
    }
    for (name, table) in tables.sorted(by: { $0.key < $1.key }) { add(name, .table(table.schema, rowCount: table.rowCount), table.columns) }
    add("model", .treeEnsemble(model.architecture), nodes ?? model.columns)
    let compiled = try CompiledClaims(claims: claims, artefacts: descriptions).dropping(dropped)
    let (statement, relation) = try ProofPlan.statement(claims: compiled, profile: TestProfile.toy, context: [], field: E.self)
    let executions = try compiled.programs.map { try run?($0) ?? execution($0) }
    let source = DataTables(
      tables: tables, identities: Dictionary(uniqueKeysWithValues: descriptions.map { ($0.name, $0.identity) }), models: ["model": model])
    let records = try forged ?? compiled.records(source)
    let artefacts = secrets.mapValues(\.data)
    let auxiliary = WitnessFiller<E>.fill(relation, executions: executions, records: records, artefacts: artefacts)
    if let tamper {
      tamper(auxiliary)
      WitnessFiller<E>.recount(relation, auxiliary: auxiliary, artefacts: artefacts)
    }
    return Instance(statement: statement, relation: relation, secrets: secrets, auxiliary: auxiliary)
  }

  private func execution(_ program: ClaimProgram) throws -> Execution {
    var inputs: [InputBinding: [Int64]] = program.publicInputs
    for (role, artefact) in program.roles { if let table = tables[artefact] { inputs.merge(table.inputs(artefact: role)) { $1 } } }
    for (name, values) in zip(model.architecture.nodeColumns.map(\.name), model.columns) {
      inputs[.column(artefact: "weights", column: name, part: .value)] = values
    }
    return try Interpreter.run(program.program, inputs: inputs)
  }

  /// Proves and verifies; throws what the verifier throws.
  static func check(_ instance: Instance) throws {
    let session = try ProofSession<Production<E>>(
      statement: instance.statement, relation: instance.relation, secrets: instance.secrets, auxiliary: instance.auxiliary,
      randomness: Randomness(seed: [UInt8](repeating: 3, count: 32)))
    _ = try ProofVerifier.verify(instance.statement, proof: session.prove(), configuration: Production<E>.self)
  }
}

/// Random trees and tables of a fixed sequence.
struct TreeSamples {
  private var state: UInt64
  init(_ seed: UInt64) { state = seed &* 2_862_933_555_777_941_757 &+ 3_037_000_493 }

  mutating func next(_ range: ClosedRange<Int64>) -> Int64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return range.lowerBound + Int64((state >> 33) % UInt64(range.upperBound - range.lowerBound + 1))
  }

  static let classes = ["low", "middle", "high"]

  /// Two plain features, one with missing cells, one category; three possible targets.
  mutating func table(rows: Int) throws -> StoredTable {
    let schema = try TableSchema(columns: [
      TableColumn(name: "a", type: .integer(IntegerRange(-20...60))),
      TableColumn(name: "b", type: .decimal(scale: 1, range: IntegerRange(-9...90)), missing: .presence),
      TableColumn(name: "c", type: .category(["u", "v", "w", "x", "y"])), TableColumn(name: "class", type: .category(Self.classes)),
      TableColumn(name: "yes", type: .category(["no", "yes"])), TableColumn(name: "number", type: .integer(IntegerRange(-500...500))),
    ])
    var columns = [[Int64]](repeating: [], count: schema.storedColumns.count)
    for _ in 0..<rows {
      let present = next(0...3) == 0 ? Int64(0) : 1
      let b = next(-9...90)
      for (index, value) in [next(-20...60), present == 1 ? b : -9, present, next(0...4), next(0...2), next(0...1), next(-500...500)].enumerated() {
        columns[index].append(value)
      }
    }
    return try StoredTable(schema: schema, columns: columns)
  }

  mutating func tree(_ architecture: TreeArchitecture, depth: Int) -> TreeShape {
    if depth == 0 || next(0...4) == 0 {
      return .leaf((0..<architecture.task.outputCount).map { _ in next(architecture.valueRange.lower...architecture.valueRange.upper) })
    }
    let thresholds = architecture.innerThresholds
    return .split(
      variant: Int(next(0...Int64(architecture.variants.count - 1))), threshold: next(thresholds.lower...thresholds.upper),
      first: tree(architecture, depth: depth - 1), second: tree(architecture, depth: depth - 1))
  }

  static func architecture(
    _ schema: TableSchema, _ task: TreeTask, _ comparison: TreeComparison = .atMost, trees: Int, depth: Int = 3
  ) throws -> TreeArchitecture {
    let target =
      switch task {
      case .binary: "yes"
      case .classes: "class"
      case .regression: "number"
      }
    return try TreeArchitecture(
      schema: schema, features: ["a", "b", "c"], target: target, task: task, comparison: comparison, trees: trees, depth: depth,
      nodeCount: trees * ((2 << depth) - 1), valueRange: IntegerRange(-40...50))
  }

  mutating func model(_ architecture: TreeArchitecture) throws -> TreeModel {
    var trees: [TreeShape] = []
    for _ in 0..<architecture.trees { trees.append(tree(architecture, depth: architecture.depth)) }
    return try TreeModel(architecture: architecture, trees: trees)
  }
}

import Claims
import Fields
import Hashing
import Kernels
import Programs
import ProofSystem
import Prover
import TestSupport

/// Proves one program over a small committed table with published outputs, on the toy profile.
struct ProgramHarness {
  typealias E = GoldilocksCubic

  /// Columns of the table with their declared ranges.
  var columns: [(name: String, range: IntegerRange, values: [Int64])]
  /// Weights of a committed tensor, row-major, when the program has one.
  var weights: (rows: Int, columns: Int, bits: Int, values: [Int64])?
  var publicInputs: [String: [Int64]] = [:]

  static func shape() throws -> CodeShape {
    guard let shape = CodeShape(name: "S", log2RowLength: 9, tailCount: 64, log2Length: 12) else { throw ClaimError.tooLarge("shape") }
    return shape
  }

  func schema() throws -> TableSchema {
    try TableSchema(columns: columns.map { TableColumn(name: $0.name, type: .integer($0.range)) })
  }

  func inputs() -> [InputBinding: [Int64]] {
    var out: [InputBinding: [Int64]] = [:]
    for column in columns { out[.column(artefact: "table", column: column.name, part: .value)] = column.values }
    for (name, values) in publicInputs { out[.publicValues(name: name)] = values }
    if let weights { out[.tensor(artefact: "weights")] = weights.values }
    return out
  }

  /// A ready statement with its secrets.
  struct Instance {
    let claims: CompiledClaims
    let statement: Statement<E>
    let relation: ClaimRelation<E>
    let secrets: [String: ArtefactSecret<E>]
    let auxiliary: MatrixData<Goldilocks>
  }

  /// - Parameters:
  ///   - override: replaces published outputs.
  ///   - dropping: constraints left out on both sides, by name.
  ///   - tamper: changes the filled witness before multiplicities are counted.
  ///   - recounted: changes it after.
  func instance(
    _ program: Program, published override: [String: [Int64]] = [:], dropping: Set<String> = [],
    tamper: ((ClaimRelation<E>, MatrixData<Goldilocks>) -> Void)? = nil, recounted: ((ClaimRelation<E>, MatrixData<Goldilocks>) -> Void)? = nil
  ) throws -> Instance {
    let shape = try Self.shape()
    let execution = try Interpreter.run(program, inputs: inputs())
    var published: [String: [Int64]] = [:]
    for output in program.outputs { published[output.name] = override[output.name] ?? execution.values[output.node] }
    let schema = try schema()
    let rows = columns.first?.values.count ?? 1
    let contents = ArtefactContents.table(schema, rowCount: rows)
    let layout = MatrixLayout(name: "data", log2RowLength: shape.log2RowLength, tensors: contents.tensors)
    let data = MatrixData<Goldilocks>(layout: layout)
    for (index, column) in columns.enumerated() { data.set("c\(index)", column.values.map { Goldilocks(signed: $0) }) }
    let secret = ArtefactSecret<E>(contents: contents, shape: shape, data: data, seed: [UInt8](repeating: 7, count: 32))
    let table = ArtefactDescription(name: "data", contents: contents, shape: shape, identity: secret.publicPart.identity)
    var secrets = ["data": secret]
    var tensors: [String: ArtefactDescription] = [:]
    if let weights {
      let architecture = try Self.architecture(inner: weights.rows, columns: weights.columns, bits: weights.bits)
      let model = ArtefactContents.linearModel(architecture)
      let own = MatrixData<Goldilocks>(layout: MatrixLayout(name: "model", log2RowLength: shape.log2RowLength, tensors: model.tensors))
      let columnBits = log2Ceiling(weights.columns)
      let target = own.tensor("W")
      for (index, value) in weights.values.enumerated() {
        target[((index / weights.columns) << columnBits) + index % weights.columns] = Goldilocks(signed: value)
      }
      let committed = ArtefactSecret<E>(contents: model, shape: shape, data: own, seed: [UInt8](repeating: 9, count: 32))
      secrets["model"] = committed
      tensors["weights"] = ArtefactDescription(name: "model", contents: model, shape: shape, identity: committed.publicPart.identity)
    }
    let all = try CompiledClaims(program: program, table: table, tensors: tensors, publicInputs: publicInputs, published: published)
    let claims = all.dropping(dropping)
    let (statement, relation) = try ProofPlan.statement(claims: claims, profile: TestProfile.toy, context: [], field: E.self)
    let artefacts = secrets.mapValues(\.data)
    let auxiliary = WitnessFiller<E>.fill(relation, executions: [execution], artefacts: artefacts)
    if let tamper {
      tamper(relation, auxiliary)
      WitnessFiller<E>.recount(relation, auxiliary: auxiliary, artefacts: artefacts)
    }
    recounted?(relation, auxiliary)
    return Instance(claims: claims, statement: statement, relation: relation, secrets: secrets, auxiliary: auxiliary)
  }

  /// An architecture whose weight matrix has the wanted dimensions: inner − 1 features of one bit, and the constant.
  static func architecture(inner: Int, columns: Int, bits: Int) throws -> LinearArchitecture {
    let features = (0..<(inner - 1)).map { TableColumn(name: "f\($0)", type: .integer(IntegerRange(0...1))) }
    let target = TableColumn(name: "target", type: .category((0..<columns).map { "k\($0)" }))
    let encoding = try FeatureEncoding(schema: try TableSchema(columns: features + [target]), columns: features.map(\.name), fractionBits: 8)
    return try LinearArchitecture(
      encoding: encoding, target: "target", task: .classes(count: columns), weightBits: bits, weightFractionBits: 4, scoreFractionBits: 4,
      saturationBits: nil)
  }

  /// Proves under a configuration and verifies the bytes; throws what the verifier throws.
  static func check<Configuration: EngineConfiguration>(_ instance: Instance, _: Configuration.Type) throws
  where Configuration.E == E {
    let session = try ProofSession<Configuration>(
      statement: instance.statement, relation: instance.relation, secrets: instance.secrets, auxiliary: instance.auxiliary,
      randomness: Randomness(seed: [UInt8](repeating: 3, count: 32)))
    let proof = try session.prove()
    _ = try ProofVerifier.verify(instance.statement, proof: proof, configuration: Configuration.self)
  }
}

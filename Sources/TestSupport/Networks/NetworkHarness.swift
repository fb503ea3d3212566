import Claims
import Fields
import Hashing
import Kernels
import Programs
import ProofSystem
import Prover
import Soundness

/// Commits a network, proves inferences of it, and verifies the bytes.
public struct NetworkHarness {
  /// The field of challenges.
  public typealias E = GoldilocksCubic

  /// What is proved, and what the prover knows.
  public struct Instance {
    public let statement: Statement<E>
    public let relation: ClaimRelation<E>
    public let secrets: [String: ArtefactSecret<E>]
    public let auxiliary: MatrixData<Goldilocks>
  }

  /// What is committed as `net`.
  public let model: NetworkModel
  /// Tables that claims name.
  public var tables: [String: StoredTable] = [:]
  /// How sound; the toy profile is not.
  public var profile = TestProfile.toy
  /// log2 of a row of the test's code.
  public var rowBits = 9

  /// A harness on the toy profile.
  public init(model: NetworkModel, tables: [String: StoredTable] = [:]) {
    self.model = model
    self.tables = tables
  }

  func shape() throws -> CodeShape {
    if profile.targetBits > 100 {
      guard let shape = CodeShapes.shape(log2RowLength: rowBits, field: Goldilocks.self) else { throw ClaimError.tooLarge("shape") }
      return shape
    }
    guard let shape = CodeShape(name: "S", log2RowLength: rowBits, tailCount: 64, log2Length: rowBits + 3) else { throw ClaimError.tooLarge("shape") }
    return shape
  }

  /// Commitments, statement and witness of claims about `net`.
  /// - dropped: names of constraints that neither side has.
  /// - forge: changes the honest record, which is made for `honest` instead of the claim itself.
  public func instance(
    _ claims: [NetworkInference], hidden: [[String: [Int64]]] = [], dropped: Set<String> = [], wellFormed: Bool = false,
    honest: NetworkInference? = nil, forge: ((inout [String: [Int64]]) -> Void)? = nil
  ) throws -> Instance {
    let shape = try shape()
    var descriptions: [ArtefactDescription] = []
    var secrets: [String: ArtefactSecret<E>] = [:]
    let mentioned = Set(claims.flatMap(\.artefacts))
    func add(_ name: String, _ contents: ArtefactContents, _ fill: (MatrixData<Goldilocks>) -> Void) {
      guard mentioned.contains(name) else { return }
      let data = MatrixData<Goldilocks>(layout: MatrixLayout(name: name, log2RowLength: shape.log2RowLength, tensors: contents.tensors))
      fill(data)
      data.fillPadding(of: contents, seed: [UInt8](repeating: 5, count: 32))
      let secret = ArtefactSecret<E>(
        kind: contents.kind, format: contents.format, shape: shape, data: data, seed: [UInt8](repeating: UInt8(40 + descriptions.count), count: 32))
      secrets[name] = secret
      descriptions.append(ArtefactDescription(name: name, contents: contents, shape: shape, identity: secret.publicPart.identity))
    }
    for (name, table) in tables.sorted(by: { $0.key < $1.key }) {
      add(name, .table(table.schema, rowCount: table.rowCount)) { data in
        for (index, column) in table.columns.enumerated() { data.set("c\(index)", column.map { Goldilocks(signed: $0) }) }
      }
    }
    add("net", .network(model.architecture)) { $0.fill(model) }
    let all: [ClaimStatement] = claims.map { .data(.network($0)) } + (wellFormed ? [.wellFormed(artefact: "net")] : [])
    let compiled = try CompiledClaims(claims: all, artefacts: descriptions).dropping(dropped)
    let (statement, relation) = try ProofPlan.statement(claims: compiled, profile: profile, context: [], field: E.self)
    var inputs: [NetworkInference: [String: [Int64]]] = [:]
    for (claim, own) in zip(honest.map { [$0] } ?? claims, hidden) { inputs[claim] = own }
    let source = DataTables(
      tables: tables, identities: Dictionary(uniqueKeysWithValues: descriptions.map { ($0.name, $0.identity) }), networks: ["net": model],
      hiddenInputs: inputs)
    var records = try honest.map { [try $0.record(source)] } ?? compiled.records(source)
    if let forge { forge(&records[0]) }
    let auxiliary = WitnessFiller<E>.fill(relation, executions: [], records: records, artefacts: secrets.mapValues(\.data))
    return Instance(statement: statement, relation: relation, secrets: secrets, auxiliary: auxiliary)
  }

  /// The proof of a fixed seed.
  public static func prove(_ instance: Instance) throws -> [UInt8] {
    try ProofSession<Production<E>>(
      statement: instance.statement, relation: instance.relation, secrets: instance.secrets, auxiliary: instance.auxiliary,
      randomness: Randomness(seed: [UInt8](repeating: 3, count: 32))
    ).prove()
  }

  /// Proves and verifies; throws what the verifier throws.
  public static func check(_ instance: Instance) throws {
    _ = try ProofVerifier.verify(instance.statement, proof: try prove(instance), configuration: Production<E>.self)
  }

  /// Hidden inputs, published outputs as the interpreter gives them; proved and verified.
  public func check(rows: Int, _ inputs: [String: [Int64]], outputs names: [String]? = nil) throws {
    try Self.check(try instance([try published(rows: rows, inputs, outputs: names)], hidden: [inputs]))
  }

  /// The claim that publishes what the interpreter gives.
  public func published(rows: Int, _ inputs: [String: [Int64]], outputs names: [String]? = nil) throws -> NetworkInference {
    let outputs = try model.run(rows: rows, inputs: inputs)
    var targets: [String: NetworkInference.Target] = [:]
    for (name, values) in outputs where names?.contains(name) ?? true { targets[name] = .published(values) }
    return NetworkInference(model: "net", rows: rows, inputs: inputs.mapValues { _ in .hidden }, outputs: targets)
  }
}

import Claims
import Fields
import Hashing
import Kernels
import Programs
import ProofSystem
import Prover
import TestSupport

/// Commits small tables, proves claims over them on the toy profile, and verifies the bytes.
struct DataHarness {
  typealias E = GoldilocksCubic

  struct Instance {
    let statement: Statement<E>
    let relation: ClaimRelation<E>
    let secrets: [String: ArtefactSecret<E>]
    let auxiliary: MatrixData<Goldilocks>
  }

  /// Tables by artefact name, committed in the order of the names.
  var tables: [String: StoredTable]

  /// Descriptions and secrets of all tables. Splits depend on identities, so commitments come first.
  func commit() throws -> (descriptions: [String: ArtefactDescription], secrets: [String: ArtefactSecret<E>]) {
    let shape = try ProgramHarness.shape()
    var descriptions: [String: ArtefactDescription] = [:]
    var secrets: [String: ArtefactSecret<E>] = [:]
    for (position, name) in tables.keys.sorted().enumerated() {
      guard let table = tables[name] else { continue }
      let contents = ArtefactContents.table(table.schema, rowCount: table.rowCount)
      let data = MatrixData<Goldilocks>(layout: MatrixLayout(name: name, log2RowLength: shape.log2RowLength, tensors: contents.tensors))
      for (index, column) in table.columns.enumerated() { data.set("c\(index)", column.map { Goldilocks(signed: $0) }) }
      let secret = ArtefactSecret<E>(contents: contents, shape: shape, data: data, seed: [UInt8](repeating: UInt8(40 + position), count: 32))
      secrets[name] = secret
      descriptions[name] = ArtefactDescription(name: name, contents: contents, shape: shape, identity: secret.publicPart.identity)
    }
    return (descriptions, secrets)
  }

  /// - records: changes what the honest prover records.
  /// - forged: stands for the honest record, which is not even asked for.
  /// - tamper: changes filled witness cells; multiplicities are counted again, but for those of tables in `kept`.
  func instance(
    _ claims: [DataClaim], records override: (([[String: [Int64]]]) -> [[String: [Int64]]])? = nil, forged: [[String: [Int64]]]? = nil,
    tamper: ((ClaimRelation<E>, MatrixData<Goldilocks>) -> Void)? = nil, keeping kept: Set<String> = []
  ) throws -> Instance {
    let (descriptions, secrets) = try commit()
    let mentioned = Set(claims.flatMap(\.definition.artefacts)).sorted()
    let compiled = try CompiledClaims(claims: claims.map { .data($0) }, artefacts: mentioned.compactMap { descriptions[$0] })
    let (statement, relation) = try ProofPlan.statement(claims: compiled, profile: TestProfile.toy, context: [], field: E.self)
    let source = DataTables(tables: tables, identities: descriptions.mapValues(\.identity))
    let honest = try forged ?? compiled.records(source)
    let own = secrets.filter { mentioned.contains($0.key) }
    let artefacts = own.mapValues(\.data)
    let auxiliary = WitnessFiller<E>.fill(relation, executions: [], records: override?(honest) ?? honest, artefacts: artefacts)
    if let tamper {
      tamper(relation, auxiliary)
      WitnessFiller<E>.recount(relation, auxiliary: auxiliary, artefacts: artefacts, keeping: kept)
    }
    return Instance(statement: statement, relation: relation, secrets: own, auxiliary: auxiliary)
  }

  /// Proves and verifies; throws what the verifier throws.
  static func check(_ instance: Instance) throws {
    let session = try ProofSession<Production<E>>(
      statement: instance.statement, relation: instance.relation, secrets: instance.secrets, auxiliary: instance.auxiliary,
      randomness: Randomness(seed: [UInt8](repeating: 3, count: 32)))
    let proof = try session.prove()
    _ = try ProofVerifier.verify(instance.statement, proof: proof, configuration: Production<E>.self)
  }

  /// A table of integer columns, ranges −1000…1000 unless said.
  static func table(_ columns: [(String, [Int64])], range: IntegerRange = IntegerRange(-1000...1000)) throws -> StoredTable {
    let schema = try TableSchema(columns: columns.map { TableColumn(name: $0.0, type: .integer(range)) })
    return try StoredTable(schema: schema, columns: columns.map(\.1))
  }
}

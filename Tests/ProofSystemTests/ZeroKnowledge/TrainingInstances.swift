import Claims
import Fields
import Hashing
import Kernels
import Programs
import ProofSystem
import Prover
import TestSupport

/// The smallest claims about a training: one step of a linear regression on two rows, and how near its weights are to an optimum.
enum TrainingInstances {
  enum Kind: CaseIterable { case process, optimum }

  /// x and y of two rows.
  static let rows: [[Int64]] = [[1, -1], [1, 0]]

  private static func table(_ columns: [[Int64]]) throws -> StoredTable {
    let range = IntegerRange(-2...1)
    return try StoredTable(
      schema: TableSchema(columns: ["x", "y"].map { TableColumn(name: $0, type: .integer(range)) }), columns: columns)
  }

  /// A part of the statement: its contents, and the values of its tensors.
  private struct Part {
    let name: String
    let contents: ArtefactContents
    var tensors: [String: [Int64]]

    static func table(_ name: String, _ table: StoredTable) -> Part {
      Part(
        name: name, contents: .table(table.schema, rowCount: table.rowCount),
        tensors: Dictionary(uniqueKeysWithValues: table.columns.enumerated().map { ("c\($0)", $1) }))
    }
  }

  private static func committed<E: ToyField>(_ parts: [Part], _ shape: CodeShape, _: E.Type) -> (
    descriptions: [ArtefactDescription], secrets: [String: ArtefactSecret<E>]
  ) {
    var descriptions: [ArtefactDescription] = []
    var secrets: [String: ArtefactSecret<E>] = [:]
    for (place, part) in parts.enumerated() {
      let data = MatrixData<E.Base>(layout: MatrixLayout(name: part.name, log2RowLength: shape.log2RowLength, tensors: part.contents.tensors))
      for (name, values) in part.tensors { data.set(name, values.map { E.Base(signed: $0) }) }
      let secret = ArtefactSecret<E>(contents: part.contents, shape: shape, data: data, seed: ToyRandom.seed(5 + place))
      secrets[part.name] = secret
      descriptions.append(
        ArtefactDescription(name: part.name, contents: part.contents, shape: secret.publicPart.shape, identity: secret.publicPart.identity))
    }
    return (descriptions, secrets)
  }

  /// - Parameter openings: how many proofs the tails are for.
  static func make<E: ToyField>(_ field: E.Type, _ kind: Kind, openings: Int = 1) throws -> ToyInstance<E> {
    let (m, rowBits) = (4, 3)
    let shape = try ToyParts.shape("S", m: m, log2Length: m + 3, rowBits: rowBits, openings: openings, profile: E.toyProfile)
    let table = try table(rows)
    let (parts, claim, record) = kind == .process ? try process(table, shape, field) : try optimum(table)
    let (descriptions, secrets) = committed(parts, shape, field)
    let forms = parts.map { ClaimStatement.wellFormed(artefact: $0.name) }
    let compiled = try CompiledClaims(claims: forms + [.data(claim)], artefacts: descriptions)
    let relation = try compiled.relation(log2RowLength: m, field: E.self)
    let auxiliary = WitnessFiller<E>.fill(relation, executions: [], records: [record], artefacts: secrets.mapValues(\.data))
    let statement = try Statement<E>(
      profile: E.toyProfile, shapes: [shape], primary: "S",
      levels: ToyParts.levels([shape], rowBits: rowBits, finalBits: 2, profile: E.toyProfile), relation: relation,
      artefacts: ToyParts.references(secrets))
    return ToyInstance(statement: statement, relation: relation, secrets: secrets, auxiliary: auxiliary)
  }

  private typealias Case = (parts: [Part], claim: DataClaim, record: [String: [Int64]])

  private static func process<E: ToyField>(_ table: StoredTable, _ shape: CodeShape, _ field: E.Type) throws -> Case {
    let formats = TrainingFormats(
      featureFractionBits: 0, weightFractionBits: 1, weightBits: 4, scoreFractionBits: 0, scoreBits: 4, probabilityBits: 1, updateBits: 2)
    let run = try TrainingRun(
      features: [.number(column: "x", centre: 0, shift: 0), .constant], target: .number(column: "y", centre: 0, shift: 0), formats: formats,
      batchSize: 2, epochs: 1, learningRate: PublicFraction(1, over: 2))
    let claim = TrainingClaim(table: "table", end: .checkpoint("end"), run: run, nonce: Nonce(bytes: [7], source: .auditor), stepCount: 1)
    let own = Part.table("table", table)
    // The order of the rows follows from the commitment, which is found again below: the same seed makes the same.
    let identities = committed([own], shape, field).secrets.mapValues(\.publicPart.identity)
    let source = DataTables(tables: ["table": table], identities: identities)
    let trainer = try Trainer(run, table, seed: claim.seed(try source.identity("table")))
    let state = try trainer.train(from: .zero(run), steps: 0..<1)
    let parts = [own, Part.table("end", try TrainingClaim.checkpoint(run, state))]
    return (parts, .training(claim), try claim.record(source))
  }

  private static func optimum(_ table: StoredTable) throws -> Case {
    let encoding = try FeatureEncoding(schema: table.schema, columns: ["x"])
    let architecture = try LinearArchitecture.choose(
      encoding: encoding, target: "y", task: .regression(target: IntegerRange(-2...1), unitShift: 0), magnitudeBits: 2, weightBits: 4)
    let problem = try OptimumProblem(
      features: [.number(column: "x", centre: 0, shift: 0), .constant], target: .number(column: "y", centre: 0, shift: 0),
      formats: OptimumFormats(featureFractionBits: 0, scoreFractionBits: 0, scoreBits: 5), penalty: PublicFraction(1))
    let model = try LinearModel(architecture: architecture, weights: [1, -1])
    let plan = try OptimumPlan(problem, architecture: architecture, schemas: [table.schema], rowCount: table.rowCount)
    let witness = try OptimumReference(plan).witness(weights: model.weights) { name, part throws(ProgramError) in
      guard let values = table.values(name, part) else { throw .unknownColumn(name) }
      return values
    }
    let largest = witness.gradients.joined().reduce(UInt64(1)) { max($0, $1.magnitude) }
    let claim = OptimumClaim(
      tables: ["table"], model: "model", problem: problem, toleranceBits: max(6, 64 - largest.leadingZeroBitCount), radius: PublicFraction(1_000_000))
    let parts = [Part.table("table", table), Part(name: "model", contents: .linearModel(architecture), tensors: ["W": model.weights])]
    return (parts, .optimum(claim), try claim.record(DataTables(tables: ["table": table], identities: [:], linear: ["model": model])))
  }
}

import Claims
import Fields
import Kernels
import Programs
import ProofSystem
import Prover
import Soundness

/// Claims over a million committed rows, on all cores, after commitment: fairness and ranking of predictions.
extension BenchmarkSuite {
  static func metrics() throws -> [BenchmarkLine] {
    let rows = 1_000_000
    var draw = RowGenerator()
    let schema = try TableSchema(columns: [
      TableColumn(name: "label", type: .category(["no", "yes"])), TableColumn(name: "group", type: .category(["a", "b", "c", "d"])),
      TableColumn(name: "prediction", type: .category(["no", "yes"])), TableColumn(name: "score", type: .integer(IntegerRange(0...65_535))),
    ])
    let score = (0..<rows).map { _ in draw.next(65_536) }
    let table = try StoredTable(
      schema: schema,
      columns: [score.map { draw.next(65_536) < $0 ? 1 : 0 }, (0..<rows).map { _ in draw.next(4) }, score.map { $0 >= 32_768 ? 1 : 0 }, score])
    func name(_ column: String) -> ClaimStatement.ColumnName { ClaimStatement.ColumnName(artefact: "t", column: column) }
    let source = DataTables(tables: ["t": table], identities: [:])
    func confusion(_ counts: [Int64]) -> ConfusionClaim {
      ConfusionClaim(
        labels: name("label"), predictions: name("prediction"), group: GroupColumn(column: name("group")), shownGroups: [0, 1, 2, 3],
        minimumGroup: 30, shown: .counts(counts))
    }
    func ranking(_ measures: [RankingClaim.Measure]) throws -> RankingClaim {
      RankingClaim(
        labels: name("label"), scores: name("score"), positive: 1, positives: table.values("label")?.count { $0 == 1 } ?? 0, unit: 65_535,
        measures: measures)
    }
    let area = try ranking([]).values(.rankSum(.revealed(0)), source)
    let claims: [DataClaim] = [
      .confusion(confusion(try confusion([]).counts(source))), .ranking(try ranking([.rankSum(.revealed(area[0]))])),
    ]
    return try lines("metrics-10^6", claims, table, rows: rows, limit: 1)
  }

  /// Witness, proof and verification, the commitment of the table reported apart.
  private static func lines(
    _ name: String, _ claims: [DataClaim], _ table: StoredTable, rows: Int, limit: Double
  ) throws -> [BenchmarkLine] {
    let shape = shape(17)
    let contents = ArtefactContents.table(table.schema, rowCount: rows)
    let data = MatrixData<Goldilocks>(layout: MatrixLayout(name: "t", log2RowLength: shape.log2RowLength, tensors: contents.tensors))
    for (index, column) in table.columns.enumerated() { data.set("c\(index)", column.map { Goldilocks(signed: $0) }) }
    var made: ArtefactSecret<E>?
    let commit = seconds {
      made = ArtefactSecret<E>(kind: "table", format: contents.format, shape: shape, data: data, seed: randomSeed())
    }
    guard let secret = made else { return [] }
    let description = ArtefactDescription(name: "t", contents: contents, shape: shape, identity: secret.publicPart.identity)
    let compiled = try CompiledClaims(claims: claims.map { .data($0) }, artefacts: [description])
    let (statement, relation) = try ProofPlan.statement(claims: compiled, profile: .p128, context: [], field: E.self)
    let source = DataTables(tables: ["t": table], identities: ["t": description.identity])
    var proof: [UInt8] = []
    let prove = try best(3) {
      let auxiliary = WitnessFiller<E>.fill(relation, executions: [], records: try compiled.records(source), artefacts: ["t": data])
      let session = try ProofSession<Production<E>>(
        statement: statement, relation: relation, secrets: ["t": secret], auxiliary: auxiliary, randomness: Randomness(seed: randomSeed()))
      proof = try session.prove(ledger: UncountedOpenings())
    }
    let verify = try best(3) { _ = try ProofVerifier.verify(statement, proof: proof) }
    return [
      BenchmarkLine("\(name) prove", prove, "s", limit: limit, note: "\(claims.count) claims, witness included"),
      BenchmarkLine("\(name) verify", verify * 1e3, "ms"), BenchmarkLine("\(name) proof", Double(proof.count) / 1024, "KiB"),
      BenchmarkLine("\(name) commit", commit, "s", note: "before, \(table.columns.count) columns"),
    ]
  }
}

/// Numbers of a fixed sequence.
private struct RowGenerator {
  private var state: UInt64 = 88_172_645_463_325_252

  mutating func next(_ bound: UInt64) -> Int64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int64((state >> 33) % bound)
  }
}

import Claims
import Fields
import Hashing
import Kernels
import Programs
import ProofSystem
import Prover
import Soundness
import TestSupport
import Testing

/// Five claims about a committed test table, a model and its predictions: in one proof, apart, and with the artefacts in one tree.
@Suite("Many claims in one proof")
struct ManyClaimsTests {
  typealias E = GoldilocksCubic

  struct World {
    let model: LinearModel
    let test: StoredTable
    let predictions: StoredTable
    let counts: [Int64]
  }

  static func world() throws -> World {
    let schema = try TableSchema(columns: [
      TableColumn(name: "age", type: .integer(IntegerRange(18...75))),
      TableColumn(name: "amount", type: .integer(IntegerRange(0...20_000)), missing: .presence),
      TableColumn(name: "home", type: .category(["own", "rent", "free"])),
      TableColumn(name: "class", type: .category(["bad", "good"])),
    ])
    let encoding = try FeatureEncoding(schema: schema, columns: ["age", "amount", "home"])
    let architecture = try LinearArchitecture.choose(encoding: encoding, target: "class", task: .binary(positive: 1), magnitudeBits: 2)
    let weights = (0..<architecture.weightShape.count).map { Int64(($0 * 7_919) % 4_001) - 2_000 }
    let model = try LinearModel(architecture: architecture, weights: weights)
    let rows = 37
    let presence = (0..<rows).map { Int64($0 % 5 == 0 ? 0 : 1) }
    let test = try StoredTable(
      schema: schema,
      columns: [
        (0..<rows).map { Int64(18 + ($0 * 17) % 58) }, (0..<rows).map { presence[$0] * Int64(($0 * 1_237) % 20_001) }, presence,
        (0..<rows).map { Int64($0 % 3) }, (0..<rows).map { Int64(($0 * $0) % 2) },
      ])
    let output = try model.run(test)
    let decisions = try #require(output.output("prediction"))
    let predicted = try TableSchema(columns: [TableColumn(name: "prediction", type: .category(["bad", "good"]))])
    var counts = [Int64](repeating: 0, count: 4)
    for (label, decision) in zip(test.columns[4], decisions) { counts[Int(2 * label + decision)] += 1 }
    return World(model: model, test: test, predictions: try StoredTable(schema: predicted, columns: [decisions]), counts: counts)
  }

  /// Artefacts with their data: each in a tree of its own, or all in one.
  static func artefacts(_ world: World, together: Bool) throws -> [(ArtefactDescription, ArtefactSecret<E>)] {
    let shape = try #require(CodeShapes.shape(log2RowLength: 14, field: Goldilocks.self))
    func table(_ name: String, _ table: StoredTable) -> (String, ArtefactContents, MatrixData<Goldilocks>) {
      let contents = ArtefactContents.table(table.schema, rowCount: table.rowCount)
      let data = MatrixData<Goldilocks>(layout: MatrixLayout(name: name, log2RowLength: 14, tensors: contents.tensors))
      for (index, column) in table.columns.enumerated() { data.set("c\(index)", column.map { Goldilocks(signed: $0) }) }
      return (name, contents, data)
    }
    let contents = ArtefactContents.linearModel(world.model.architecture)
    let weights = MatrixData<Goldilocks>(layout: MatrixLayout(name: "model", log2RowLength: 14, tensors: contents.tensors))
    weights.set("W", world.model.weights.map { Goldilocks(signed: $0) })
    let parts = [table("test", world.test), ("model", contents, weights), table("predictions", world.predictions)]
    if together {
      let secrets = ArtefactSecret<E>.commitTogether(
        parts.map { ($0.1.kind, $0.1.format, $0.2) }, shape: shape, seed: [UInt8](repeating: 1, count: 32))
      return try zip(parts, secrets).map { part, secret in
        let placement = try #require(secret.placement)
        return (
          ArtefactDescription(
            name: part.0, contents: part.1, shape: shape, identity: secret.publicPart.identity, sharedTree: ("tree", placement)), secret
        )
      }
    }
    return parts.enumerated().map { index, part in
      let secret = ArtefactSecret<E>(
        kind: part.1.kind, format: part.1.format, shape: shape, data: part.2, seed: [UInt8](repeating: UInt8(index + 1), count: 32))
      return (ArtefactDescription(name: part.0, contents: part.1, shape: shape, identity: secret.publicPart.identity), secret)
    }
  }

  static func claims(_ world: World) -> [ClaimStatement] {
    [
      .wellFormed(artefact: "test"), .wellFormed(artefact: "model"), .wellFormed(artefact: "predictions"),
      .inference(model: "model", input: .table("test"), outputs: ["prediction": .committed(artefact: "predictions", column: "prediction")]),
      .accuracy(
        labels: .init(artefact: "test", column: "class"), predictions: .init(artefact: "predictions", column: "prediction"),
        disclosure: .atLeast(correct: world.counts[0] + world.counts[3])),
    ]
  }

  /// Proves the claims and verifies the bytes against a statement built anew.
  @discardableResult
  static func prove(_ claims: [ClaimStatement], _ world: World, _ artefacts: [(ArtefactDescription, ArtefactSecret<E>)]) throws -> [UInt8] {
    let mentioned = Set(claims.flatMap(\.artefacts))
    let used = artefacts.filter { mentioned.contains($0.0.name) }
    let compiled = try CompiledClaims(claims: claims, artefacts: used.map(\.0))
    let (statement, relation) = try ProofPlan.statement(claims: compiled, profile: .p128, context: [], field: E.self)
    let executions = try compiled.programs.map { claim -> Execution in
      var inputs: [InputBinding: [Int64]] = claim.publicInputs
      for (role, name) in claim.roles {
        switch name {
        case "model": inputs[.tensor(artefact: role)] = world.model.weights
        case "test": inputs.merge(world.test.inputs(artefact: role)) { $1 }
        default: inputs.merge(world.predictions.inputs(artefact: role)) { $1 }
        }
      }
      return try Interpreter.run(claim.program, inputs: inputs)
    }
    let secrets = Dictionary(uniqueKeysWithValues: used.map { ($0.0.name, $0.1) })
    let auxiliary = WitnessFiller<E>.fill(relation, executions: executions, artefacts: secrets.mapValues(\.data))
    let session = try ProofSession<Production<E>>(
      statement: statement, relation: relation, secrets: secrets, auxiliary: auxiliary,
      randomness: Randomness(seed: [UInt8](repeating: 5, count: 32)))
    let proof = try session.prove()
    let again = try ProofPlan.statement(
      claims: try CompiledClaims(claims: claims, artefacts: used.map(\.0)), profile: .p128, context: [], field: E.self)
    _ = try ProofVerifier.verify(again.statement, proof: proof)
    return proof
  }

  @Test("five claims together cost less than twice the dearest one, in bytes") func together() throws {
    let world = try Self.world()
    let artefacts = try Self.artefacts(world, together: false)
    let claims = Self.claims(world)
    let apart = try claims.map { try Self.prove([$0], world, artefacts).count }
    let all = try Self.prove(claims, world, artefacts).count
    #expect(all < 2 * (apart.max() ?? 0), "together \(all), apart \(apart)")
  }

  @Test("artefacts in one tree save paths; their identities differ by the row range") func oneTree() throws {
    let world = try Self.world()
    let shared = try Self.artefacts(world, together: true)
    #expect(Set(shared.map { $0.0.identity }).count == 3)
    #expect(Set(shared.map { $0.1.publicPart.root }).count == 1)
    let separate = try Self.prove(Self.claims(world), world, try Self.artefacts(world, together: false)).count
    let together = try Self.prove(Self.claims(world), world, shared).count
    #expect(together + 80_000 < separate, "together \(together), separate \(separate)")
  }

  @Test("an artefact of a shared tree is opened without the others' claims") func partOfATree() throws {
    let world = try Self.world()
    try Self.prove([.wellFormed(artefact: "model")], world, try Self.artefacts(world, together: true))
  }

  @Test("a shared tree's artefact under another row range is another identity") func otherRange() throws {
    let world = try Self.world()
    var shared = try Self.artefacts(world, together: true)
    let first = try #require(shared.first)
    let moved = try #require(TreePlacement(firstRow: 1, treeRowCount: first.1.placement?.treeRowCount ?? 0))
    shared[0].0 = ArtefactDescription(
      name: "test", contents: first.0.contents, shape: first.0.shape, identity: first.0.identity, sharedTree: ("tree", moved))
    let used = [shared[0].0]
    let compiled = try CompiledClaims(claims: [.wellFormed(artefact: "test")], artefacts: used)
    let (statement, _) = try ProofPlan.statement(claims: compiled, profile: .p128, context: [], field: E.self)
    let proof = try Self.prove([.wellFormed(artefact: "test")], world, try Self.artefacts(world, together: true))
    #expect(throws: VerificationError.statementMismatch("commitment.identity")) { _ = try ProofVerifier.verify(statement, proof: proof) }
  }

  @Test("revealed counts that are off by one are refused") func falseCounts() throws {
    let world = try Self.world()
    let artefacts = try Self.artefacts(world, together: true)
    var counts = world.counts
    counts[0] += 1
    counts[1] -= 1
    let names = (
      ClaimStatement.ColumnName(artefact: "test", column: "class"), ClaimStatement.ColumnName(artefact: "predictions", column: "prediction")
    )
    try Self.prove([.accuracy(labels: names.0, predictions: names.1, disclosure: .revealed(world.counts))], world, artefacts)
    #expect(throws: VerificationError.checkFailed("ligerito.final_claim")) {
      try Self.prove([.accuracy(labels: names.0, predictions: names.1, disclosure: .revealed(counts))], world, artefacts)
    }
    #expect(throws: VerificationError.checkFailed("ligerito.final_claim")) {
      try Self.prove(
        [.accuracy(labels: names.0, predictions: names.1, disclosure: .atLeast(correct: world.counts[0] + world.counts[3] + 1))], world, artefacts)
    }
  }
}

import Claims
import Fields
import Hashing
import Programs
import ProofSystem
import Soundness
import TestSupport
import Testing

/// The constraints that claims compile to are part of version 1: a stored proof is over them, and another verifier compiles them, too.
@Suite("Golden compiler output") struct GoldenCompilerTests {
  struct Example {
    let name: String
    let claims: [ClaimStatement]
  }

  static func schema(_ target: ColumnType) throws -> TableSchema {
    try TableSchema(columns: [
      TableColumn(name: "age", type: .integer(IntegerRange(18...75))),
      TableColumn(name: "rate", type: .decimal(scale: 2, range: IntegerRange(-150...999)), missing: .presence),
      TableColumn(name: "home", type: .category(["own", "rent", "free"])), TableColumn(name: "y", type: target),
    ])
  }

  static let rows = 6

  /// Artefacts of every example: a table and a model for each task, predictions, and a refreshed copy of a table and of a model.
  static func artefacts() throws -> [ArtefactDescription] {
    let shape = try #require(CodeShapes.shape(log2RowLength: 11, field: Goldilocks.self))
    var out: [ArtefactDescription] = []
    func add(_ name: String, _ contents: ArtefactContents) {
      out.append(ArtefactDescription(name: name, contents: contents, shape: shape, identity: SHA256.hash(Array(name.utf8))))
    }
    for (suffix, target, task) in try tasks() {
      let schema = try schema(target)
      let encoding = try FeatureEncoding(schema: schema, columns: ["age", "rate", "home"])
      let architecture = try LinearArchitecture.choose(encoding: encoding, target: "y", task: task, magnitudeBits: 3)
      let predicted = try TableSchema(columns: [TableColumn(name: "prediction", type: target)])
      add("test-\(suffix)", .table(schema, rowCount: rows))
      add("model-\(suffix)", .linearModel(architecture))
      add("predictions-\(suffix)", .table(predicted, rowCount: rows))
      if suffix == "binary" {
        add("test.2", .table(schema, rowCount: rows))
        add("model.2", .linearModel(architecture))
      }
    }
    return out
  }

  static func tasks() throws -> [(String, ColumnType, LinearTask)] {
    [
      ("binary", .category(["bad", "good"]), .binary(positive: 1)), ("classes", .category(["a", "b", "c"]), .classes(count: 3)),
      ("regression", .decimal(scale: 2, range: IntegerRange(-10_000...10_000)), .regression(target: IntegerRange(-10_000...10_000), unitShift: 4)),
    ]
  }

  static func examples() throws -> [Example] {
    let labels = ClaimStatement.ColumnName(artefact: "test-binary", column: "y")
    let predicted = ClaimStatement.ColumnName(artefact: "predictions-binary", column: "prediction")
    func inference(_ task: String, _ outputs: [String: OutputBinding]) -> ClaimStatement {
      .inference(model: "model-\(task)", input: .table("test-\(task)"), outputs: outputs)
    }
    func committed(_ task: String) -> OutputBinding { .committed(artefact: "predictions-\(task)", column: "prediction") }
    var out = [
      Example(name: "wellFormed of a table", claims: [.wellFormed(artefact: "test-binary")]),
      Example(name: "wellFormed of a model", claims: [.wellFormed(artefact: "model-binary")]),
      Example(name: "inference, published", claims: [inference("binary", ["prediction": .published([0, 1, 1, 0, 1, 0])])]),
      Example(
        name: "inference, probability and score published",
        claims: [inference("binary", ["probability": .published([1, 2, 3, 4, 5, 6]), "score": .published([-1, 2, -3, 4, -5, 6])])]),
      Example(name: "inference, bounded", claims: [inference("binary", ["score": .bounded(IntegerRange(-1_000...5_000))])]),
      Example(
        name: "inference, public row",
        claims: [
          .inference(
            model: "model-binary", input: .publicRow(schema: try schema(.category(["bad", "good"])), values: [20, -150, 0, 1, 0]),
            outputs: ["prediction": .published([1])])
        ]),
      Example(name: "accuracy, revealed", claims: [.accuracy(labels: labels, predictions: predicted, disclosure: .revealed([1, 2, 3, 0]))]),
      Example(name: "accuracy, at least", claims: [.accuracy(labels: labels, predictions: predicted, disclosure: .atLeast(correct: 4))]),
      Example(name: "classCounts", claims: [.accuracy(labels: labels, predictions: labels, disclosure: .revealed([2, 0, 0, 4]))]),
      Example(name: "sameDataAs of a table", claims: [.sameDataAs(artefact: "test.2", original: "test-binary")]),
      Example(name: "sameDataAs of a model", claims: [.sameDataAs(artefact: "model.2", original: "model-binary")]),
    ]
    for (task, _, _) in try tasks() {
      out.append(Example(name: "inference, committed, \(task)", claims: [inference(task, ["prediction": committed(task)])]))
    }
    out.append(
      Example(
        name: "five claims",
        claims: ["test", "model", "predictions"].map { .wellFormed(artefact: "\($0)-binary") } + [
          inference("binary", ["prediction": committed("binary")]),
          .accuracy(labels: labels, predictions: predicted, disclosure: .atLeast(correct: 4)),
        ]))
    return out
  }

  static func relation<E: ChallengeField>(_ claims: [ClaimStatement], _ all: [ArtefactDescription], _: E.Type) throws -> (ClaimRelation<E>, Digest) {
    var mentioned: [String] = []
    for name in claims.flatMap(\.artefacts) where !mentioned.contains(name) { mentioned.append(name) }
    let compiled = try CompiledClaims(claims: claims, artefacts: mentioned.compactMap { name in all.first { $0.name == name } })
    let profile = E.degree == 3 ? SoundnessProfile.p128 : .p100
    let (statement, relation) = try ProofPlan.statement(claims: compiled, profile: profile, context: [], field: E.self)
    return (relation, statement.relationDigest)
  }

  static func outputs() throws -> [String: GoldenFiles.CompilerOutput] {
    let artefacts = try artefacts()
    var out: [String: GoldenFiles.CompilerOutput] = [:]
    for example in try examples() {
      let (relation, digest) = try relation(example.claims, artefacts, GoldilocksCubic.self)
      out[example.name] = .init(content: relation.contentDigest.hex, relation: digest.hex)
    }
    return out
  }

  @Test("the constraints of every kind of claim are those of version 1") func compiledConstraints() throws {
    let found = try Self.outputs()
    if GoldenFiles.isWriting {
      try GoldenFiles.update { $0.compiler = found }
      Issue.record("compiler output is written anew")
      return
    }
    let stored = try GoldenFiles.contents().compiler
    #expect(Set(stored.keys) == Set(found.keys))
    for (name, output) in found {
      #expect(stored[name]?.content == output.content, "\(name): other constraints than in version 1 of this claim")
      #expect(stored[name]?.relation == output.relation, "\(name): another descriptor or layout")
    }
    #expect(Set(found.values.map(\.content)).count == found.count, "the digest tells the examples apart")
  }

  @Test("the digest depends on every part of the constraints") func sensitivity() throws {
    let artefacts = try Self.artefacts()
    let examples = try Self.examples()
    let five = try #require(examples.last)
    let relation = try Self.relation(five.claims, artefacts, GoldilocksCubic.self).0
    guard case .dictionary(let parts) = relation.content else {
      Issue.record("not a dictionary")
      return
    }
    // The five claims use every kind of constraint, so that no part is vacuous.
    for key in ["matrices", "columns", "linear", "products", "extents"] {
      guard case .list(let items)? = parts[key], !items.isEmpty else {
        Issue.record("no \(key)")
        continue
      }
      var other = parts
      other[key] = .list(Array(items.dropLast()))
      #expect(CanonicalValue.dictionary(other).digest(tag: "zkmlops/tests/relation") != relation.contentDigest)
    }
    // A threshold, a published value and a bound reach the constraints themselves.
    func digest(_ claim: ClaimStatement) throws -> Digest { try Self.relation([claim], artefacts, GoldilocksCubic.self).0.contentDigest }
    let columns = (
      ClaimStatement.ColumnName(artefact: "test-binary", column: "y"), ClaimStatement.ColumnName(artefact: "predictions-binary", column: "prediction")
    )
    func accuracy(_ disclosure: AccuracyDisclosure) -> ClaimStatement { .accuracy(labels: columns.0, predictions: columns.1, disclosure: disclosure) }
    #expect(try digest(accuracy(.atLeast(correct: 4))) != digest(accuracy(.atLeast(correct: 5))))
    #expect(try digest(accuracy(.revealed([1, 2, 3, 0]))) != digest(accuracy(.revealed([2, 1, 3, 0]))))
    func bounded(_ range: ClosedRange<Int64>) -> ClaimStatement {
      .inference(model: "model-binary", input: .table("test-binary"), outputs: ["score": .bounded(IntegerRange(range))])
    }
    #expect(try digest(bounded(-1_000...5_000)) != digest(bounded(-1_000...5_001)))
  }
}

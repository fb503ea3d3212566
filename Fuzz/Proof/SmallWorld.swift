import Claims
import Fields
import Hashing
import Programs
import ProofSystem
import Soundness

/// Five claims about a table of six rows, a linear model and its predictions, as a verifier has them: everything but the identities is fixed
/// here, so that stored proofs stay tied to one statement. Shared by the fuzz target and the tests of compatibility.
struct SmallWorld {
  static let rowCount = 6
  let test: TableSchema
  let predictions: TableSchema
  let architecture: LinearArchitecture

  init() throws(ProgramError) {
    let target = ColumnType.category(["bad", "good"])
    test = try TableSchema(columns: [
      TableColumn(name: "age", type: .integer(IntegerRange(18...75))),
      TableColumn(name: "amount", type: .integer(IntegerRange(0...20_000)), missing: .presence),
      TableColumn(name: "home", type: .category(["own", "rent", "free"])), TableColumn(name: "class", type: target),
    ])
    predictions = try TableSchema(columns: [TableColumn(name: "prediction", type: target)])
    let encoding = try FeatureEncoding(schema: test, columns: ["age", "amount", "home"])
    architecture = try LinearArchitecture.choose(encoding: encoding, target: "class", task: .binary(positive: 1), magnitudeBits: 2)
  }

  /// Names of the artefacts in statement order, with what they hold.
  var artefacts: [(name: String, contents: ArtefactContents)] {
    [
      ("test", .table(test, rowCount: Self.rowCount)), ("model", .linearModel(architecture)),
      ("predictions", .table(predictions, rowCount: Self.rowCount)),
    ]
  }

  /// What is proved.
  enum Claims: String, CaseIterable {
    /// Well-formedness of all three, predictions by the model, and how many of them are right at least.
    case five
    /// Well-formedness of the table: lookups and linear constraints only, cheap in every field.
    case table
  }

  static func claims(_ claims: Claims, correct: Int64) -> [ClaimStatement] {
    guard claims == .five else { return [.wellFormed(artefact: "test")] }
    return [
      .wellFormed(artefact: "test"), .wellFormed(artefact: "model"), .wellFormed(artefact: "predictions"),
      .inference(model: "model", input: .table("test"), outputs: ["prediction": .committed(artefact: "predictions", column: "prediction")]),
      .accuracy(
        labels: .init(artefact: "test", column: "class"), predictions: .init(artefact: "predictions", column: "prediction"),
        disclosure: .atLeast(correct: correct)),
    ]
  }

  /// log2 row lengths: one shape for the tables, one for the model; equal numbers make one shape.
  struct RowLengths {
    var tables: Int
    var model: Int
  }

  /// A shape of rate 1/4 with a tail of 2^m / 8, as pipelines use; shorter rows than theirs are allowed here.
  static func shape(_ log2RowLength: Int) -> CodeShape? {
    let tail = 1 << (log2RowLength - 3)
    return CodeShape(
      name: CodeShapes.name(log2RowLength, tail, log2RowLength + 2), log2RowLength: log2RowLength, tailCount: tail, log2Length: log2RowLength + 2)
  }

  /// - identities: by artefact name.
  func statement<E: ChallengeField>(
    _ claims: Claims, _: E.Type, profile: SoundnessProfile, rowLengths: RowLengths, identities: [String: Digest], correct: Int64
  ) throws(ClaimError) -> (statement: Statement<E>, relation: ClaimRelation<E>, compiled: CompiledClaims) {
    let statements = Self.claims(claims, correct: correct)
    let mentioned = Set(statements.flatMap(\.artefacts))
    var descriptions: [ArtefactDescription] = []
    for (name, contents) in artefacts where mentioned.contains(name) {
      guard let shape = Self.shape(name == "model" ? rowLengths.model : rowLengths.tables), let identity = identities[name] else {
        throw .unknownArtefact(name)
      }
      descriptions.append(ArtefactDescription(name: name, contents: contents, shape: shape, identity: identity))
    }
    let compiled = try CompiledClaims(claims: statements, artefacts: descriptions)
    let (statement, relation) = try ProofPlan.statement(
      claims: compiled, profile: profile, context: ProofPlan.context(claimNames: ["small world"]), field: E.self)
    return (statement, relation, compiled)
  }
}

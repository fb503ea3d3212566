import Claims
import Fields
import Kernels
import Programs
import ProofSystem
import Prover
import TestSupport

/// The smallest claim relation with every ingredient: two rows x of a committed table, a committed weight w, the bits [x·w ≥ 0] published.
/// It has range checks of both artefacts, a product, a comparison by lookups, and public values.
enum ClaimInstances {
  /// Where the artefacts lie.
  enum Placement: CaseIterable {
    /// Each in a tree of its own.
    case apart
    /// In one tree, together with rows of a third artefact that the statement does not name.
    case together
    /// The weight in a second code shape.
    case twoShapes
  }

  /// Rows and weight: two witnesses of the same public bits.
  typealias Data = (x: [Int64], w: Int64)
  static let first: Data = ([0, 1], 1)
  static let second: Data = ([1, 1], 0)

  static func program() throws -> Program {
    var builder = ProgramBuilder()
    let x = try builder.add(
      "x",
      .input(
        Input(
          binding: .column(artefact: "table", column: "x", part: .value), range: IntegerRange(0...1), shape: try OperatorTests.tensorShape(2))))
    let w = try builder.add(
      "w", .input(Input(binding: .tensor(artefact: "weights"), range: IntegerRange(-2...1), shape: try OperatorTests.tensorShape(1))))
    let product = try builder.add("product", .matrixMultiply(MatrixMultiply()), [x, w])
    try builder.output("bits", try builder.add("bits", .compareGreaterOrEqual(CompareGreaterOrEqual(threshold: 0)), [product]))
    return builder.build()
  }

  /// - Parameters:
  ///   - published: the public bits; those of the data when nil.
  ///   - openings: how many proofs the tails are for.
  static func make<E: ToyField>(
    _: E.Type, _ placement: Placement, data: Data = first, published: [Int64]? = nil, openings: Int = 1
  ) throws -> ToyInstance<E> {
    let (m, rowBits) = (4, 3)
    var shapes = [try ToyParts.shape("S", m: m, log2Length: m + 3, rowBits: rowBits, openings: openings, profile: E.toyProfile)]
    if placement == .twoShapes {
      shapes.append(try ToyParts.shape("T", m: m, log2Length: m + 3, rowBits: rowBits, openings: openings, profile: E.toyProfile))
    }
    let program = try program()
    let table = ArtefactContents.table(try TableSchema(columns: [TableColumn(name: "x", type: .integer(IntegerRange(0...1)))]), rowCount: 2)
    let model = ArtefactContents.linearModel(try ProgramHarness.architecture(inner: 1, columns: 1, bits: 2))
    func matrix(_ name: String, _ contents: ArtefactContents, _ values: [Int64]) -> MatrixData<E.Base> {
      let data = MatrixData<E.Base>(layout: MatrixLayout(name: name, log2RowLength: m, tensors: contents.tensors))
      if let tensor = contents.tensors.first { data.set(tensor.name, values.map { E.Base(signed: $0) }) }
      return data
    }
    let parts = [(table, matrix("data", table, data.x)), (model, matrix("model", model, [data.w]))]
    var secrets: [ArtefactSecret<E>]
    if placement == .together {
      let other = (table, matrix("other", table, [1, 0]))
      secrets = ArtefactSecret<E>.commitTogether(
        [parts[0], other, parts[1]].map { (contents: $0.0, data: $0.1) }, shape: shapes[0], seed: ToyRandom.seed(5))
      secrets.remove(at: 1)
    } else {
      secrets = parts.enumerated().map { index, part in
        ArtefactSecret<E>(contents: part.0, shape: shapes[min(index, shapes.count - 1)], data: part.1, seed: ToyRandom.seed(5 + index))
      }
    }
    let descriptions = zip(zip(["data", "model"], parts), secrets).map { named, secret in
      ArtefactDescription(
        name: named.0, contents: named.1.0, shape: secret.publicPart.shape, identity: secret.publicPart.identity,
        sharedTree: secret.placement.map { (name: "tree", placement: $0) })
    }
    let execution = try Interpreter.run(
      program, inputs: [.column(artefact: "table", column: "x", part: .value): data.x, .tensor(artefact: "weights"): [data.w]])
    let claims = try CompiledClaims(
      program: program, table: descriptions[0], tensors: ["weights": descriptions[1]],
      published: ["bits": published ?? execution.output("bits") ?? []])
    let relation = try claims.relation(log2RowLength: m, field: E.self)
    let named = ["data": secrets[0], "model": secrets[1]]
    let auxiliary = WitnessFiller<E>.fill(relation, executions: [execution], artefacts: named.mapValues(\.data))
    let statement = try Statement<E>(
      profile: E.toyProfile, shapes: shapes, primary: "S", levels: ToyParts.levels(shapes, rowBits: rowBits, finalBits: 2, profile: E.toyProfile),
      relation: relation, artefacts: ToyParts.references(named))
    return ToyInstance(statement: statement, relation: relation, secrets: named, auxiliary: auxiliary)
  }
}

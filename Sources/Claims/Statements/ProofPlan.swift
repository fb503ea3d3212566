import Fields
import Hashing
import Programs
import ProofSystem
import Soundness

/// How a list of claims becomes one statement: shapes, primary shape and level table are functions of the artefacts' shapes and of the
/// auxiliary matrix's size, so that prover and verifier choose alike and nothing of it is in the proof.
public enum ProofPlan {
  /// Most rows that an auxiliary matrix may have in the artefacts' largest shape before it gets a larger one of its own.
  static let maximumAuxiliaryRows = 256
  /// The same where a claim has steps: its proof shall hardly grow with their number, and every row costs a cell at each opened position.
  static let maximumSteppedRows = 32

  /// Shapes in statement order: the artefacts' distinct shapes by decreasing row length, the primary first.
  static func shapes<Base: PrimeField>(
    _ artefacts: [ArtefactDescription], auxiliaryCells: Int, limit: Int = maximumAuxiliaryRows, field: Base.Type
  ) throws(ClaimError) -> [CodeShape] {
    var shapes: [CodeShape] = []
    for artefact in artefacts where !shapes.contains(artefact.shape) { shapes.append(artefact.shape) }
    shapes.sort { ($1.log2RowLength, $1.tailCount, $0.name) < ($0.log2RowLength, $0.tailCount, $1.name) }
    if let first = shapes.first, auxiliaryCells <= limit << first.log2RowLength { return shapes }
    let least = shapes.first.map { $0.log2RowLength + 1 } ?? 14
    guard max(14, least) <= 22 else { throw .tooLarge("auxiliary matrix of \(auxiliaryCells) cells") }
    for m in max(14, least)...22 where auxiliaryCells <= 128 << m || m == 22 {
      guard let shape = CodeShapes.shape(log2RowLength: m, field: Base.self) else { break }
      return [shape] + shapes
    }
    throw .tooLarge("auxiliary matrix of \(auxiliaryCells) cells")
  }

  /// The level table that the shapes imply.
  static func levels(_ shapes: [CodeShape], profile: SoundnessProfile) throws(ClaimError) -> [LigeritoLevel] {
    do { return try Ligerito.schedule(shapes: shapes, profile: profile) } catch { throw .inconsistent("level table") }
  }

  /// The statement of these claims and its relation.
  ///
  /// - Parameters:
  ///   - claims, artefacts: as the bundle lists them; the artefacts in statement order.
  ///   - context: bytes bound to the proof (claim names, nonce).
  public static func statement<E: ChallengeField>(
    claims: CompiledClaims, profile: SoundnessProfile, context: [UInt8], field: E.Type
  ) throws(ClaimError) -> (statement: Statement<E>, relation: ClaimRelation<E>) {
    try statement(claims: claims, profile: profile, context: context, field: field, tensors: []) { $0 }
  }

  /// The same where other relations share the proof: `tensors` are theirs in the auxiliary matrix, and `composing` makes the whole
  /// (`CompositeRelation`) from the relation of the claims. They may read artefacts of the claims, no others.
  public static func statement<E: ChallengeField>(
    claims: CompiledClaims, profile: SoundnessProfile, context: [UInt8], field: E.Type, tensors: [TensorLayout],
    composing: (ClaimRelation<E>) throws -> any Relation<E>
  ) throws(ClaimError) -> (statement: Statement<E>, relation: ClaimRelation<E>) {
    guard tensors.allSatisfy({ $0.bits <= StatementLimits.maximumMatrixBits }) else { throw .tooLarge("auxiliary matrix") }
    let cells = (claims.builder.columns.map(\.bits) + tensors.map(\.bits)).reduce(0) { $0 + (1 << $1) }
    let limit = claims.builder.descents.isEmpty ? maximumAuxiliaryRows : maximumSteppedRows
    let shapes = try shapes(claims.artefacts, auxiliaryCells: cells, limit: limit, field: E.Base.self)
    guard let primary = shapes.first else { throw .inconsistent("a statement without shapes") }
    let relation = try claims.relation(log2RowLength: primary.log2RowLength, field: E.self, tensors: tensors)
    var references: [String: ArtefactReference] = [:]
    for artefact in claims.artefacts {
      references[artefact.name] = ArtefactReference(
        kind: artefact.contents.kind, format: artefact.contents.format, identity: artefact.identity)
    }
    do {
      let statement = try Statement<E>(
        profile: profile, shapes: shapes, primary: primary.name, levels: levels(shapes, profile: profile), relation: composing(relation),
        artefacts: references, context: context)
      return (statement, relation)
    } catch let error as ClaimError {
      throw error
    } catch { throw .inconsistent("the statement is refused: \(error)") }
  }

  /// Bytes bound to a proof as its context: claim names in order and a nonce.
  public static func context(claimNames: [String], nonce: [UInt8] = []) -> [UInt8] {
    CanonicalValue.list([.text("zkmlops/context/v1"), .list(claimNames.map { .text($0) }), .bytes(nonce)]).encoded
  }
}

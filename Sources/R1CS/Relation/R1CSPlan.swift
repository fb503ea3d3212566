import Fields
import Hashing
import ProofSystem
import Soundness

/// How a circuit becomes one statement: shapes, primary shape and level table are functions of the sizes and of the artefacts' shapes, so
/// that prover and verifier choose alike.
public enum R1CSPlan {
  /// m of an auxiliary matrix of 2^bits cells: at most 32 rows, as far as shapes go.
  public static func log2RowLength(cellBits: Int) -> Int { min(max(cellBits - 5, 11), 22) }

  /// Shapes in statement order, the primary first: the artefacts' distinct shapes by decreasing row length, and before them one of its own
  /// for an auxiliary matrix with more than 256 rows of the largest. **Throws** `tooLarge` when the field has no code of that length.
  public static func shapes<Base: PrimeField>(artefacts: [CodeShape], cells: Int, field: Base.Type) throws(R1CSRelationError) -> [CodeShape] {
    var shapes: [CodeShape] = []
    for shape in artefacts where !shapes.contains(shape) { shapes.append(shape) }
    shapes.sort { ($1.log2RowLength, $1.tailCount, $0.name) < ($0.log2RowLength, $0.tailCount, $1.name) }
    if let first = shapes.first, cells <= 256 << first.log2RowLength { return shapes }
    let wanted = max(log2RowLength(cellBits: log2Ceiling(cells)), (shapes.first?.log2RowLength).map { $0 + 1 } ?? 0)
    let m = min(wanted, Base.twoAdicity - 2)
    guard m >= 11, m <= 22, m > shapes.first?.log2RowLength ?? 0, (cells - 1) >> m < StatementLimits.maximumRows,
      let own = CodeShape(name: "m\(m)p\(1 << (m - 3))n\(m + 2)", log2RowLength: m, tailCount: 1 << (m - 3), log2Length: m + 2)
    else { throw .tooLarge }
    return [own] + shapes
  }

  /// The statement of a circuit's instances.
  ///
  /// - Parameters:
  ///   - artefacts: what bindings name: matrix (its shape named as in `shape`), code shape and reference.
  ///   - context: bytes bound to the proof.
  public static func statement<E: ChallengeField>(
    circuit: Circuit<E.Base>, digest: Digest, publicValues: [[E.Base]], bindings: [R1CSBinding] = [],
    artefacts: [(matrix: RelationMatrix, shape: CodeShape, reference: ArtefactReference)] = [], profile: SoundnessProfile,
    context: [UInt8] = [], field: E.Type
  ) throws -> (statement: Statement<E>, relation: R1CSRelation<E>) {
    let bits = R1CSRelation<E>.wireTensor(circuit, instances: publicValues.count).bits
    guard bits <= StatementLimits.maximumMatrixBits else { throw R1CSRelationError.tooLarge }
    let shapes = try shapes(artefacts: artefacts.map(\.shape), cells: 1 << bits, field: E.Base.self)
    guard let primary = shapes.first else { throw R1CSRelationError.tooLarge }
    let relation = try R1CSRelation<E>(
      circuit: circuit, digest: digest, publicValues: publicValues, bindings: bindings, matrices: artefacts.map(\.matrix),
      log2RowLength: primary.log2RowLength)
    let references = Dictionary(artefacts.map { ($0.matrix.name, $0.reference) }) { first, _ in first }
    let statement = try Statement<E>(
      profile: profile, shapes: shapes, primary: primary.name, levels: Ligerito.schedule(shapes: shapes, profile: profile), relation: relation,
      artefacts: references, context: context)
    return (statement, relation)
  }
}

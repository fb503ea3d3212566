import Fields
import Hashing
import Kernels
import Parallelism
import ProofSystem

/// What the owner of an artefact keeps: its values and one 32-byte seed for tails and salts; and the matrix made from them.
public final class ArtefactSecret<E: KernelField>: Sendable {
  public let publicPart: Artefact
  public let data: MatrixData<E.Base>
  /// The matrix of the whole tree.
  public let matrix: HidingMatrix<E>
  /// Id of the seed, which the hiding budget belongs to.
  public let tailSecret: [UInt8]
  /// The artefact's rows in a tree that it shares; nil when the tree is its own.
  public let placement: TreePlacement?

  /// Parts that need not belong together: for dishonest provers.
  package init(
    publicPart: Artefact, data: MatrixData<E.Base>, matrix: HidingMatrix<E>, tailSecret: [UInt8], placement: TreePlacement? = nil
  ) {
    self.publicPart = publicPart
    self.data = data
    self.matrix = matrix
    self.tailSecret = tailSecret
    self.placement = placement
  }

  /// Draws the tails row by row, then the salt seed, from SHA-256 in counter mode on `seed`.
  /// > Warning: `seed` belongs to one hiding-budget record; a second commitment of the same data takes a fresh seed.
  public convenience init(kind: String, format: CanonicalValue, shape: CodeShape, data: MatrixData<E.Base>, seed: [UInt8]) {
    var randomness = Randomness(seed: seed)
    let rows = data.hidingRows(shape: shape, randomness: &randomness)
    let saltSeed = randomness.block()
    let encoder = ReedSolomonEncoder<E>(log2RowLength: shape.log2RowLength, log2Length: shape.log2Length)
    let matrix = HidingMatrix<E>(rows: rows, rowCount: data.layout.rowCount, shape: shape, saltSeed: saltSeed, encoder: encoder)
    self.init(
      publicPart: Artefact(kind: kind, shape: shape, layout: data.layout, format: format, root: matrix.root, field: E.Base.self), data: data,
      matrix: matrix, tailSecret: TailSecret.id(seed: seed))
  }

  /// Commits several artefacts in one tree, in the order given: identity = root + row range. They share one seed and so one budget record;
  /// opening one opens the same positions of all.
  public static func commitTogether(
    _ parts: [(kind: String, format: CanonicalValue, data: MatrixData<E.Base>)], shape: CodeShape, seed: [UInt8]
  ) -> [ArtefactSecret] {
    let total = parts.reduce(0) { $0 + $1.data.layout.rowCount }
    precondition(total > 0 && total <= StatementLimits.maximumRows, "a tree has 1 to \(StatementLimits.maximumRows) rows")
    var randomness = Randomness(seed: seed)
    let rows = FieldBuffer<E.Base>(uninitialisedCount: total * shape.dimension, secret: true)
    var first = 0
    for part in parts {
      let own = part.data.hidingRows(shape: shape, randomness: &randomness)
      (rows.pointer + first * shape.dimension).update(from: own.pointer, count: own.count)
      first += part.data.layout.rowCount
    }
    let encoder = ReedSolomonEncoder<E>(log2RowLength: shape.log2RowLength, log2Length: shape.log2Length)
    let matrix = HidingMatrix<E>(rows: rows, rowCount: total, shape: shape, saltSeed: randomness.block(), encoder: encoder)
    first = 0
    return parts.map { part in
      defer { first += part.data.layout.rowCount }
      let placement = TreePlacement(firstRow: first, treeRowCount: total)
      return ArtefactSecret(
        publicPart: Artefact(
          kind: part.kind, shape: shape, layout: part.data.layout, format: part.format, root: matrix.root, field: E.Base.self,
          placement: placement),
        data: part.data, matrix: matrix, tailSecret: TailSecret.id(seed: seed), placement: placement)
    }
  }
}

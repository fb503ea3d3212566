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
    var rows = HidingRows<E.Base>(shape)
    rows.append(data.vector, randomness: &randomness)
    let saltSeed = randomness.block()
    let encoder = ReedSolomonEncoder<E>(log2RowLength: shape.log2RowLength, log2Length: shape.log2Length)
    let matrix = HidingMatrix<E>(rows: rows, shape: shape, saltSeed: saltSeed, encoder: encoder)
    self.init(
      publicPart: Artefact(kind: kind, shape: shape, layout: data.layout, format: format, root: matrix.root, field: E.Base.self), data: data,
      matrix: matrix, tailSecret: TailSecret.id(seed: seed))
  }
}

import Fields
import Hashing
import Kernels
import ProofSystem

extension ArtefactSecret {
  /// Commits several artefacts in one tree, in the order given: identity = root + row range. They share one seed and so one budget record;
  /// opening one opens the same positions of all.
  public static func commitTogether(
    _ parts: [(kind: String, format: CanonicalValue, data: MatrixData<E.Base>)], shape: CodeShape, seed: [UInt8]
  ) -> [ArtefactSecret] {
    let matrix = tree(of: parts.map(\.data.vector), shape: shape, seed: seed)
    var row = 0
    return parts.map { part in
      defer { row += part.data.layout.rowCount }
      return ArtefactSecret(kind: part.kind, format: part.format, data: part.data, firstRow: row, matrix: matrix, seed: seed)
    }
  }

  /// The matrix of a tree that artefacts share, from the values of all its rows.
  ///
  /// Draws the tails row by row, then the salt seed, from SHA-256 in counter mode on `seed`: what is in which row is all that matters, not where
  /// one artefact ends and the next begins.
  /// - Parameter values: `rowCount` · 2^m values, row-major, padding included; the matrix keeps them.
  public static func tree(values: FieldBuffer<E.Base>, rowCount: Int, shape: CodeShape, seed: [UInt8]) -> HidingMatrix<E> {
    precondition(values.count == rowCount << shape.log2RowLength)
    return tree(of: [values], shape: shape, seed: seed)
  }

  private static func tree(of vectors: [FieldBuffer<E.Base>], shape: CodeShape, seed: [UInt8]) -> HidingMatrix<E> {
    var randomness = Randomness(seed: seed)
    var rows = HidingRows<E.Base>(shape)
    for vector in vectors { rows.append(vector, randomness: &randomness) }
    precondition(rows.count > 0 && rows.count <= StatementLimits.maximumRows, "a tree has 1 to \(StatementLimits.maximumRows) rows")
    let encoder = ReedSolomonEncoder<E>(log2RowLength: shape.log2RowLength, log2Length: shape.log2Length)
    return HidingMatrix<E>(rows: rows, shape: shape, saltSeed: randomness.block(), encoder: encoder)
  }

  /// One artefact of a tree: its values, which are those of the tree's rows from `firstRow` on, and the matrix of the whole tree.
  /// - Parameter seed: the tree's.
  public convenience init(
    kind: String, format: CanonicalValue, data: MatrixData<E.Base>, firstRow: Int, matrix: HidingMatrix<E>, seed: [UInt8]
  ) {
    guard let placement = TreePlacement(firstRow: firstRow, treeRowCount: matrix.rowCount), firstRow + data.layout.rowCount <= matrix.rowCount else {
      preconditionFailure("rows \(firstRow)… of a tree of \(matrix.rowCount)")
    }
    self.init(
      publicPart: Artefact(
        kind: kind, shape: matrix.shape, layout: data.layout, format: format, root: matrix.root, field: E.Base.self, placement: placement),
      data: data, matrix: matrix, tailSecret: TailSecret.id(seed: seed), placement: placement)
  }
}

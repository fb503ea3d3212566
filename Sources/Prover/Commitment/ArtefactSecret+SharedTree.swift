import Fields
import Hashing
import Kernels
import Parallelism
import ProofSystem

extension ArtefactSecret {
  /// Commits several artefacts in one tree, in the order given: identity = root + row range. They share one seed and so one budget record;
  /// opening one opens the same positions of all.
  public static func commitTogether(
    _ parts: [(kind: String, format: CanonicalValue, data: MatrixData<E.Base>)], shape: CodeShape, seed: [UInt8]
  ) -> [ArtefactSecret] {
    let total = parts.reduce(0) { $0 + $1.data.layout.rowCount }
    let values = FieldBuffer<E.Base>(uninitialisedCount: total << shape.log2RowLength, secret: true)
    var first = 0
    for part in parts {
      (values.pointer + first).update(from: part.data.vector.pointer, count: part.data.vector.count)
      first += part.data.vector.count
    }
    let matrix = tree(values: values, rowCount: total, shape: shape, seed: seed)
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
  /// - Parameter values: `rowCount` · 2^m values, row-major, padding included.
  public static func tree(values: FieldBuffer<E.Base>, rowCount: Int, shape: CodeShape, seed: [UInt8]) -> HidingMatrix<E> {
    precondition(rowCount > 0 && rowCount <= StatementLimits.maximumRows, "a tree has 1 to \(StatementLimits.maximumRows) rows")
    precondition(values.count == rowCount << shape.log2RowLength)
    let length = 1 << shape.log2RowLength
    var randomness = Randomness(seed: seed)
    let rows = FieldBuffer<E.Base>(uninitialisedCount: rowCount * shape.dimension, secret: true)
    let target = SendablePointer(rows.pointer)
    let source = SendableConstPointer(values.pointer)
    parallelChunks(count: rowCount, minimumChunk: 1) { range in
      for row in range { (target.pointer + row * shape.dimension).update(from: source.pointer + row * length, count: length) }
    }
    for row in 0..<rowCount { randomness.fill(rows.pointer + row * shape.dimension + length, count: shape.tailCount) }
    let encoder = ReedSolomonEncoder<E>(log2RowLength: shape.log2RowLength, log2Length: shape.log2Length)
    return withExtendedLifetime(values) {
      HidingMatrix<E>(rows: rows, rowCount: rowCount, shape: shape, saltSeed: randomness.block(), encoder: encoder)
    }
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

import Fields

/// A rank-1 constraint system: (A z)_i · (B z)_i = (C z)_i for every row i, over z = (1, public outputs, public inputs, private wires).
///
/// Source: Setty, Spartan, 2019/550, definition 2.1; wire order of iden3's `.r1cs` format, version 1.
public struct Circuit<F: PrimeField>: Sendable {
  public let a: SparseMatrix<F>
  public let b: SparseMatrix<F>
  public let c: SparseMatrix<F>
  public let publicOutputCount: Int
  public let publicInputCount: Int

  public var constraintCount: Int { a.rowCount }
  /// Wires, the constant 1 included.
  public var wireCount: Int { a.columnCount }
  /// Wires 1...publicCount are public.
  public var publicCount: Int { publicOutputCount + publicInputCount }
  public var entryCount: Int { a.entryCount + b.entryCount + c.entryCount }

  /// Nil unless the three matrices agree in size and the public wires exist.
  public init?(a: SparseMatrix<F>, b: SparseMatrix<F>, c: SparseMatrix<F>, publicOutputCount: Int, publicInputCount: Int) {
    guard a.rowCount == b.rowCount, b.rowCount == c.rowCount, a.columnCount == b.columnCount, b.columnCount == c.columnCount,
      publicOutputCount >= 0, publicInputCount >= 0, publicOutputCount < a.columnCount,
      publicInputCount < a.columnCount - publicOutputCount
    else { return nil }
    self.a = a
    self.b = b
    self.c = c
    self.publicOutputCount = publicOutputCount
    self.publicInputCount = publicInputCount
  }
}

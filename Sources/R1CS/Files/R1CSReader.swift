import Fields

extension R1CSFile {
  /// What can be said about the constraints without their field.
  public struct TermCounts: Hashable, Sendable {
    /// Terms of A, B and C as the file has them.
    public var a = 0
    public var b = 0
    public var c = 0
    /// Constraints without a product of wires: A or B has no term, or one on the constant wire only.
    public var linearConstraints = 0

    public var total: Int { a &+ b &+ c }
  }

  /// Walks over the constraints section: every count is checked against its end, and it ends where the last constraint does.
  ///
  /// **Throws** `truncated`, `trailingBytes`, `tooManyTerms`. **Complexity** O(constraints) time, O(1) memory.
  public func countTerms() throws(CircuitError) -> TermCounts {
    let bytes = source.span
    let end = constraints.upperBound
    let termByteCount = 4 &+ header.fieldByteCount
    var at = constraints.lowerBound
    var counts = TermCounts()
    for constraint in 0..<header.constraintCount {
      var isLinear = false
      for matrix in 0..<3 {
        guard end &- at >= 4 else { throw truncated(constraint, at, needed: 4) }
        let count = word32(bytes, at)
        at = at &+ 4
        // Both factors are below 2^32, up to the 4 bytes of the wire: no overflow in 64 bits.
        let size = UInt64(count) &* UInt64(termByteCount)
        guard size <= UInt64(end &- at) else { throw truncated(constraint, at, needed: size) }
        switch matrix {
        case 0: counts.a = counts.a &+ Int(count)
        case 1: counts.b = counts.b &+ Int(count)
        default: counts.c = counts.c &+ Int(count)
        }
        if matrix < 2, count == 0 || (count == 1 && word32(bytes, at) == 0) { isLinear = true }
        at = at &+ Int(size)
      }
      if isLinear { counts.linearConstraints = counts.linearConstraints &+ 1 }
    }
    guard at == end else {
      throw .file(CircuitFilePlace(.r1cs, section: 2, offset: at), .trailingBytes(UInt64(end &- at)))
    }
    let most = max(counts.a, counts.b, counts.c)
    guard UInt64(most) <= UInt64(UInt32.max) else {
      throw .file(CircuitFilePlace(.r1cs, section: 2, offset: constraints.lowerBound), .tooManyTerms(UInt64(most)))
    }
    return counts
  }

  private func truncated(_ constraint: Int, _ offset: Int, needed: UInt64) -> CircuitError {
    .file(
      CircuitFilePlace(.r1cs, section: 2, offset: offset, constraint: constraint),
      .truncated(needed: needed, available: UInt64(constraints.upperBound &- offset)))
  }

  /// The circuit over F, with canonical matrices: the terms of a row by ascending wire, those on one wire added up, zeros dropped.
  ///
  /// **Throws** `otherPrime`; `customGates` when there are any; `truncated`, `trailingBytes`, `wireOutOfRange`, `notBelowPrime` with
  /// the constraint.
  /// **Complexity** O(terms), and O(t log t) for a row of t terms out of order. Memory is bounded by the size of the file: 4 bytes and
  /// an element for each term.
  public func read<F: PrimeField>(as field: F.Type) throws(CircuitError) -> Circuit<F> {
    let expected = FieldPrime(of: field)
    guard header.prime == expected else { throw .otherPrime(expected: expected, found: header.prime) }
    try refuseCustomGates()
    return try circuit(counts: countTerms())
  }

  @_specialize(where F == Goldilocks)
  @_specialize(where F == BN254Scalar)
  @_specialize(where F == RuntimePrimeField)
  private func circuit<F: PrimeField>(counts: TermCounts) throws(CircuitError) -> Circuit<F> {
    let bytes = source.span
    let reader = ElementReader<F>(fieldByteCount: header.fieldByteCount)
    let rows = header.constraintCount
    var a = SparseMatrixBuilder<F>(rowCount: rows, entryCount: counts.a)
    var b = SparseMatrixBuilder<F>(rowCount: rows, entryCount: counts.b)
    var c = SparseMatrixBuilder<F>(rowCount: rows, entryCount: counts.c)
    var at = constraints.lowerBound
    for constraint in 0..<rows {
      try readRow(bytes, reader, constraint, &at, &a)
      try readRow(bytes, reader, constraint, &at, &b)
      try readRow(bytes, reader, constraint, &at, &c)
    }
    guard
      let circuit = Circuit(
        a: a.matrix(columnCount: header.wireCount), b: b.matrix(columnCount: header.wireCount), c: c.matrix(columnCount: header.wireCount),
        publicOutputCount: header.publicOutputCount, publicInputCount: header.publicInputCount)
    else { throw .invalidCircuit("the matrices do not agree in size") }
    return circuit
  }

  /// One linear combination. That it lies inside the section was seen by `countTerms`.
  @inline(__always) private func readRow<F: PrimeField>(
    _ bytes: Span<UInt8>, _ reader: ElementReader<F>, _ constraint: Int, _ at: inout Int, _ matrix: inout SparseMatrixBuilder<F>
  ) throws(CircuitError) {
    let count = word32(bytes, at)
    var offset = at &+ 4
    for _ in 0..<count {
      let wire = word32(bytes, offset)
      guard Int(wire) < header.wireCount else {
        throw .file(
          CircuitFilePlace(.r1cs, section: 2, offset: offset, constraint: constraint), .wireOutOfRange(wire: wire, wires: header.wireCount))
      }
      guard let value = reader.element(bytes, source, at: offset &+ 4) else {
        throw .file(
          CircuitFilePlace(.r1cs, section: 2, offset: offset &+ 4, constraint: constraint, wire: Int(wire)), .notBelowPrime(header.prime))
      }
      matrix.append(column: wire, value: value)
      offset = offset &+ 4 &+ reader.fieldByteCount
    }
    matrix.endRow()
    at = offset
  }
}

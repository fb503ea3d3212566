import Fields

/// A constraint that values do not satisfy.
public struct ConstraintViolation<F: PrimeField>: Hashable, Sendable {
  /// From 0, in file order.
  public let constraint: Int
  /// (A z)_i, (B z)_i and (C z)_i.
  public let a: F
  public let b: F
  public let c: F

  /// `6 · 7 ≠ 41`. It shows values that may be private: for the owner of the witness only.
  public var values: String { "\(readable(a)) · \(readable(b)) ≠ \(readable(c))" }
}

extension Circuit {
  /// Constraints without a product of wires: in A or B the row is empty or lies on the constant wire.
  public var linearConstraintCount: Int {
    func isConstant(_ matrix: SparseMatrix<F>, _ row: Int) -> Bool {
      let start = matrix.rowStarts[row]
      let count = matrix.rowStarts[row &+ 1] &- start
      return count == 0 || (count == 1 && matrix.columns[Int(start)] == 0)
    }
    var count = 0
    for row in 0..<constraintCount where isConstant(a, row) || isConstant(b, row) { count = count &+ 1 }
    return count
  }

  /// The first constraint that these values of the wires, the constant 1 included, do not satisfy; nil when all hold.
  ///
  /// **Throws** `valueCount` and `constantNotOne`. **Complexity** O(entries).
  @_specialize(where F == Goldilocks)
  @_specialize(where F == BN254Scalar)
  @_specialize(where F == RuntimePrimeField)
  public func firstViolation(of witness: [F]) throws(CircuitError) -> ConstraintViolation<F>? {
    guard witness.count == wireCount else { throw .valueCount(expected: wireCount, found: witness.count) }
    guard witness.first == .one else { throw .constantNotOne }
    for row in 0..<constraintCount {
      let (left, right, output) = (a.product(row: row, witness), b.product(row: row, witness), c.product(row: row, witness))
      if left * right != output { return ConstraintViolation(constraint: row, a: left, b: right, c: output) }
    }
    return nil
  }

  /// `(3·main.a + 1) · (main.b) = (main.c)`, at most `termLimit` terms a side. A row outside the circuit gives an empty text.
  public func readableConstraint(_ row: Int, names: SymbolNames = SymbolNames(), termLimit: Int = 8) -> String {
    guard row >= 0, row < constraintCount else { return "" }
    let sides = [a, b, c].map { "(\($0.readableRow(row, names: names, termLimit: termLimit)))" }
    return "\(sides[0]) · \(sides[1]) = \(sides[2])"
  }
}

extension SparseMatrix {
  /// **Formula**: Σ_j M[row, j]·z[j]; row below `rowCount`, z of `columnCount` entries.
  @inline(__always) func product(row: Int, _ z: [F]) -> F {
    var sum = F.zero
    for entry in Int(rowStarts[row])..<Int(rowStarts[row &+ 1]) { sum += values[entry] * z[Int(columns[entry])] }
    return sum
  }

  func readableRow(_ row: Int, names: SymbolNames, termLimit: Int) -> String {
    let entries = Int(rowStarts[row])..<Int(rowStarts[row &+ 1])
    var out = ""
    for entry in entries.prefix(max(1, termLimit)) {
      var coefficient = readable(values[entry])
      let isNegative = coefficient.hasPrefix("-")
      if isNegative { coefficient.removeFirst() }
      if out.isEmpty { out = isNegative ? "-" : "" } else { out += isNegative ? " - " : " + " }
      let column = Int(columns[entry])
      switch (column, coefficient) {
      case (0, _): out += coefficient
      case (_, "1"): out += names.name(ofWire: column)
      default: out += "\(coefficient)·\(names.name(ofWire: column))"
      }
    }
    if entries.count > max(1, termLimit) { out += " + … \(entries.count &- max(1, termLimit)) more terms" }
    return out.isEmpty ? "0" : out
  }
}

/// The signed integer when it has at most 64 bits, else `0x` and the canonical representative.
func readable<F: PrimeField>(_ element: F) -> String {
  if let integer = element.signedInteger { return String(integer) }
  var bytes: [UInt8] = []
  element.appendBytes(to: &bytes)
  return FieldPrime(littleEndian: bytes).hex
}

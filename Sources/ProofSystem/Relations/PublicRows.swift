import Fields

/// The rows of a public lookup table, kept by column.
public struct PublicRows<Base: PrimeField>: Sendable, Equatable {
  /// Component k of every row; all of one length.
  public let columns: [[Base]]
  /// Rows.
  public let count: Int
  /// Components of a row.
  public var width: Int { columns.count }

  /// Precondition: columns of one length.
  public init(columns: [[Base]]) {
    count = columns.first?.count ?? 0
    precondition(columns.allSatisfy { $0.count == columns.first?.count }, "columns of two lengths")
    self.columns = columns
  }

  /// Precondition: rows of one width.
  public init(rows: [[Base]]) {
    precondition(rows.allSatisfy { $0.count == rows.first?.count }, "rows of two widths")
    self.init(columns: (0..<(rows.first?.count ?? 0)).map { k in rows.map { $0[k] } })
  }

  /// The integers of each column as elements of F.
  @_specialize(where Base == Goldilocks)
  @_specialize(where Base == BN254Scalar)
  @_specialize(where Base == RuntimePrimeField)
  public init(signedColumns: [[Int64]]) {
    self.init(columns: signedColumns.map { column in column.map { Base(signed: $0) } })
  }

  /// Row number `index`.
  public subscript(index: Int) -> [Base] { columns.map { $0[index] } }
  /// The rows in order, each a list of its own.
  public var rows: [[Base]] { (0..<count).map { self[$0] } }

  /// k when the first components are k, k + 1, …; nil when they are not, or there is no row.
  @_specialize(where Base == Goldilocks)
  @_specialize(where Base == BN254Scalar)
  @_specialize(where Base == RuntimePrimeField)
  public func consecutiveKey() -> Base? {
    guard let keys = columns.first, let first = keys.first else { return nil }
    var expected = first
    for key in keys {
      guard key == expected else { return nil }
      expected += .one
    }
    return first
  }

  /// Whether no two rows are equal.
  public var areDistinct: Bool { consecutiveKey() != nil || Set(rows).count == count }

  /// By component: Σ_j weights_j·component(j), and last Σ_j weights_j, over the rows that there are.
  @_specialize(where Base == Goldilocks, E == GoldilocksCubic)
  public func sums<E: ChallengeField>(weights: [E]) -> [E] where E.Base == Base {
    var out: [E] = columns.map { column in
      var sum = E.zero
      for (weight, value) in zip(weights, column) { sum += weight.scaled(by: value) }
      return sum
    }
    out.append(weights.prefix(count).reduce(.zero, +))
    return out
  }
}

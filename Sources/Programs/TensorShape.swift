/// Logical dimensions of an integer tensor.

/// Rows and columns of a tensor stored in row-major order: entry (i, j) is at index i·columns + j.
///
/// [n] and [n, 1] are the same shape here; a row vector is [1, n].
public struct TensorShape: Hashable, Sendable, CustomStringConvertible {
  /// Rows, at least 1.
  public let rows: Int
  /// Columns, at least 1.
  public let columns: Int

  /// A shape, or nil unless both dimensions are in 1 ... 2^31 and their product is at most 2^40.
  public init?(rows: Int, columns: Int = 1) {
    let limit = 1 << 31
    guard (1...limit).contains(rows), (1...limit).contains(columns) else { return nil }
    let (count, overflow) = rows.multipliedReportingOverflow(by: columns)
    guard !overflow, count <= 1 << 40 else { return nil }
    self.rows = rows
    self.columns = columns
  }

  /// Without the check: only for dimensions taken from checked shapes.
  init(checkedRows rows: Int, columns: Int) {
    self.rows = rows
    self.columns = columns
  }

  /// rows · columns.
  public var count: Int { rows * columns }

  /// `[rows, columns]`.
  public var description: String { "[\(rows), \(columns)]" }
}

/// An integer tensor: a shape and its entries in row-major order.
public struct IntegerTensor: Equatable, Sendable {
  /// Logical dimensions.
  public let shape: TensorShape
  /// `shape.count` entries.
  public let values: [Int64]

  /// A tensor, or nil when the number of values is not the shape's.
  public init?(shape: TensorShape, values: [Int64]) {
    guard values.count == shape.count else { return nil }
    self.shape = shape
    self.values = values
  }

  /// Without the check: only for results of operators.
  init(checkedShape shape: TensorShape, values: [Int64]) {
    self.shape = shape
    self.values = values
  }
}

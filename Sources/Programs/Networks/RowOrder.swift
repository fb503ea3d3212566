// RowOrder: the first k entries of each row in order, as values or as column numbers.
//
// Formula: the columns of a row are ordered by (x descending, column ascending), or (x ascending, column ascending); y[i, r] is the r-th
// column's value, or its number. Shapes: [rows, columns] → [rows, k]. Range: the operand's, or 0 … columns − 1.

/// An ordering node.
public struct RowOrder: IntegerOperator {
  /// Name in canonical descriptions.
  public static let name = "row-order"
  /// k, at least 1 and at most the columns.
  public let count: Int
  /// Whether the largest come first.
  public let isDescending: Bool
  /// Whether the result is column numbers.
  public let givesColumns: Bool

  /// The first `count` of each row.
  public init(count: Int, isDescending: Bool, givesColumns: Bool) {
    self.count = count
    self.isDescending = isDescending
    self.givesColumns = givesColumns
  }

  /// The shape rule at the top of this file.
  public func shape(node: String, operands: [TensorShape]) throws(ProgramError) -> TensorShape {
    let operand = try one(node, operands)
    guard (1...operand.columns).contains(count) else {
      throw .invalidParameter(node: node, reason: "\(count) of \(operand.columns) entries")
    }
    return TensorShape(checkedRows: operand.rows, columns: count)
  }

  /// The range rule at the top of this file.
  public func bounds(node: String, operands: [BoundedOperand], shape: TensorShape) throws(ProgramError) -> NodeBounds {
    let operand = try one(node, operands)
    let range = operand.bounds.range
    let difference = WideRange(range) + WideRange(range).scaled(by: -1)
    let magnitude = try AnalysisLimit.check(difference, node: node, relation: "x − x'", remedy: "use fewer bits (--bits)")
    let values = givesColumns ? IntegerRange(0...Int64(operand.shape.columns - 1)) : range
    return NodeBounds(
      values: ValueBounds(range: values, columns: shape.columns), enforced: values, relationMagnitude: max(magnitude, values.upper, 1))
  }

  /// The formula at the top of this file.
  public func evaluate(node: String, operands: [IntegerTensor], shape: TensorShape) throws(ProgramError) -> [Int64] {
    let operand = try one(node, operands)
    let columns = operand.shape.columns
    var result: [Int64] = []
    result.reserveCapacity(shape.count)
    for row in 0..<operand.shape.rows {
      let entries = Array(operand.values[(row * columns)..<((row + 1) * columns)])
      for column in Self.columns(of: entries, isDescending: isDescending).prefix(count) {
        result.append(givesColumns ? Int64(column) : entries[column])
      }
    }
    return result
  }

  /// The columns of one row by (value, descending or ascending, then column ascending).
  package static func columns(of row: [Int64], isDescending: Bool) -> [Int] {
    row.indices.sorted { a, b in row[a] == row[b] ? a < b : (isDescending ? row[a] > row[b] : row[a] < row[b]) }
  }
}

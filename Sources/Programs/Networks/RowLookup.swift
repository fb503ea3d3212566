// RowLookup: rows of a table by index (embeddings, gathers by data).
//
// Formula: y[i, :] = table[index[i], :]. Shapes: index [n], table [rows, columns] → [n, columns]. Range: the table's. A run with an
// index outside 0 ..< rows is refused; the key of the lookup is the table's public row number.

/// A row lookup node; operands: index, table.
public struct RowLookup: IntegerOperator {
  /// Name in canonical descriptions.
  public static let name = "row-lookup"

  /// The operator (it has no parameter).
  public init() {}

  /// The shape rule at the top of this file.
  public func shape(node: String, operands: [TensorShape]) throws(ProgramError) -> TensorShape {
    let (index, table) = try two(node, operands)
    guard let shape = TensorShape(rows: index.count, columns: table.columns) else {
      throw .invalidParameter(node: node, reason: "result is too large")
    }
    return shape
  }

  /// The range rule at the top of this file.
  public func bounds(node: String, operands: [BoundedOperand], shape: TensorShape) throws(ProgramError) -> NodeBounds {
    let (index, table) = try two(node, operands)
    let plain = try linearBounds(
      WideRange(table.bounds.range), node: node, columns: shape.columns, relation: "table entry", remedy: "narrow the table")
    let magnitude = max(plain.relationMagnitude, Int64(clamping: index.bounds.range.magnitude))
    return NodeBounds(values: plain.values, enforced: plain.enforced, relationMagnitude: magnitude)
  }

  /// The formula at the top of this file.
  /// - Throws: `.inputOutOfRange` for an index that is no row.
  public func evaluate(node: String, operands: [IntegerTensor], shape: TensorShape) throws(ProgramError) -> [Int64] {
    let (index, table) = try two(node, operands)
    let columns = table.shape.columns
    var result: [Int64] = []
    result.reserveCapacity(shape.count)
    for (position, value) in index.values.enumerated() {
      guard let row = Int(exactly: value), (0..<table.shape.rows).contains(row) else {
        throw .inputOutOfRange(node: node, index: position, value: value, range: IntegerRange(0...Int64(table.shape.rows - 1)))
      }
      result += table.values[(row * columns)..<((row + 1) * columns)]
    }
    return result
  }
}

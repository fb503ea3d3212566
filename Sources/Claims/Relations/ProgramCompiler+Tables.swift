import Programs
import ProofSystem

/// One-hot columns, products, function tables, counts.
extension ProgramCompiler {
  /// Bits O_k with Σ_k O_k = 1 and Σ_k k·O_k = x.
  func compileOneHot(
    _ number: Int, _ node: ProgramNode, _ oneHot: OneHot, _ operands: [NodeValue], _ builder: inout RelationBuilder
  ) throws(ClaimError) -> NodeValue {
    let (x, rows) = try single(node, operands.first)
    var out: [ColumnExpression] = []
    var bits: [(factor: Int64, part: ColumnExpression)] = []
    var weighted: [(factor: Int64, part: ColumnExpression)] = [(-1, x)]
    for k in 0..<oneHot.classCount {
      let bit = try committed(number, k, rows, &builder)
      try builder.range("\(name(node)).\(k).bit", bit, bits: 1, rows)
      bits.append((1, bit))
      weighted.append((Int64(k), bit))
      out.append(bit)
    }
    builder.equal("\(name(node)).one", rows: rows, try ColumnExpression.sum(constant: -1, bits))
    builder.equal("\(name(node)).index", rows: rows, try ColumnExpression.sum(weighted))
    return .columns(out, rows: rows)
  }

  /// y = x·w, committed and proved by one product sumcheck. y needs no range: it equals an integer below 2^62 in absolute value.
  func compileProduct(
    _ number: Int, _ node: ProgramNode, _ operands: [NodeValue], _ builder: inout RelationBuilder
  ) throws(ClaimError) -> NodeValue {
    let (left, rows) = try columns(node, operands.first)
    guard case .tensor(let right, let inner, let columns)? = operands.last, operands.count == 2, inner.count == left.count else {
      throw unsupported(node, "the right factor must be a committed tensor")
    }
    var products: [View] = []
    for j in 0..<columns.count {
      products.append(
        try builder.column("\(name(node)).\(j)", bits: rows.bits, .node(program: index, node: number, column: j)))
    }
    builder.product(
      ProductConstraint(name: name(node), rows: rows, inner: inner, columns: columns, left: left, right: right, products: products))
    return .columns(products.map { ColumnExpression($0) }, rows: rows)
  }

  /// (x, y) is a row of the function's table; membership enforces the range of both.
  func compileTable(
    _ number: Int, _ node: ProgramNode, _ table: TableLookup, _ operands: [NodeValue], _ builder: inout RelationBuilder
  ) throws(ClaimError) -> NodeValue {
    let (list, rows) = try columns(node, operands.first)
    let index = try builder.functionTable(table, node: name(node))
    var out: [ColumnExpression] = []
    for (column, x) in list.enumerated() {
      let y = try committed(number, column, rows, &builder)
      builder.lookup("\(name(node)).\(column)", table: index, [x, y], [rows])
      out.append(y)
    }
    return .columns(out, rows: rows)
  }

  /// (label, prediction) is a row of the K² table, whose multiplicities ARE the counts: an identifier of its own, distinct rows.
  func compileCounts(
    _ node: ProgramNode, _ counts: ConfusionCounts, _ operands: [NodeValue], _ builder: inout RelationBuilder
  ) throws(ClaimError) -> NodeValue {
    let (labels, rows) = try single(node, operands.first)
    let (predictions, _) = try single(node, operands.last)
    let size = Int64(counts.classCount)
    let pairs = (0..<size).flatMap { label in (0..<size).map { [label, $0] } }
    let (table, multiplicity) = try builder.table(name(node), .rows(pairs))
    builder.lookup(name(node), table: table, [labels, predictions], [rows])
    return .counts(multiplicity, count: pairs.count)
  }
}

import Programs
import ProofSystem

/// Turns a program into constraints over committed columns: one method per operator, in the files beside this one.
///
/// Every node's value is a list of column expressions (one per column, over the node's rows) or, for counts, single entries.
/// Every non-linear output is committed, so uncommitted values have degree at most 2 in committed cells (design 2, section 5.2).
struct ProgramCompiler {
  /// Symbolic value of a node.
  enum NodeValue {
    /// One expression per column, over `rows`.
    case columns([ColumnExpression], rows: Extent)
    /// A committed [rows, columns] tensor that only a product can read.
    case tensor(View, rows: Extent, columns: Extent)
    /// Single entries, row-major.
    case entries([ColumnExpression])
    /// The entries of one committed column: counts, of which there may be very many.
    case counts(View, count: Int)
    /// The nodes on the paths of an ensemble, level by level, over the grid of trees and rows.
    case paths([ColumnExpression], TreeGrid)
  }

  /// Where an input's values are.
  enum Source {
    case column(View)
    case tensor(View)
    case publicValues([Int64])
  }

  let program: Program
  let bounds: [NodeBounds]
  /// Index of this program among the proof's executions.
  let index: Int
  /// Prefix of all names of this claim.
  let prefix: String
  let source: (InputBinding) throws(ClaimError) -> Source

  init(
    program: Program, index: Int, prefix: String, source: @escaping (InputBinding) throws(ClaimError) -> Source
  ) throws(ClaimError) {
    self.program = program
    self.index = index
    self.prefix = prefix
    self.source = source
    do { bounds = try program.analyse() } catch { throw .program(error) }
  }

  /// Values of all nodes.
  func compile(_ builder: inout RelationBuilder) throws(ClaimError) -> [NodeValue] {
    var values: [NodeValue] = []
    for (number, node) in program.nodes.enumerated() {
      let operands = node.operands.map { values[$0] }
      values.append(try compile(number, node, operands, &builder))
    }
    return values
  }

  func name(_ node: ProgramNode) -> String { "\(prefix).\(node.name)" }

  func unsupported(_ node: ProgramNode, _ reason: String) -> ClaimError { .unsupported(node: name(node), reason: reason) }

  /// The columns of an operand.
  func columns(_ node: ProgramNode, _ value: NodeValue?) throws(ClaimError) -> ([ColumnExpression], Extent) {
    guard case .columns(let columns, let rows)? = value else { throw unsupported(node, "the operand is not a list of columns") }
    return (columns, rows)
  }

  func single(_ node: ProgramNode, _ value: NodeValue?) throws(ClaimError) -> (ColumnExpression, Extent) {
    let (list, rows) = try columns(node, value)
    guard list.count == 1, let first = list.first else { throw unsupported(node, "the operand must have one column") }
    return (first, rows)
  }

  /// A committed column with the values of one column of a node.
  func committed(_ number: Int, _ column: Int, _ rows: Extent, _ builder: inout RelationBuilder) throws(ClaimError) -> ColumnExpression {
    ColumnExpression(
      try builder.column(
        "\(name(program.nodes[number])).\(column)", bits: rows.bits, .node(program: index, node: number, column: column)))
  }

  private func compile(
    _ number: Int, _ node: ProgramNode, _ operands: [NodeValue], _ builder: inout RelationBuilder
  ) throws(ClaimError) -> NodeValue {
    switch node.operation {
    case .input(let input): return try compileInput(number, node, input, &builder)
    case .constant(let constant): return try compileConstant(number, node, constant, &builder)
    case .affine(let affine): return try compileAffine(node, affine, operands)
    case .concatenateColumns: return try concatenate(node, operands)
    case .oneHot(let oneHot): return try compileOneHot(number, node, oneHot, operands, &builder)
    case .matrixMultiply: return try compileProduct(number, node, operands, &builder)
    case .requantise(let requantise): return try compileRequantise(number, node, requantise, operands, &builder)
    case .table(let table): return try compileTable(number, node, table, operands, &builder)
    case .compareGreaterOrEqual(let compare): return try compileCompare(number, node, compare, operands, &builder)
    case .select: return try compileSelect(number, node, operands, &builder)
    case .argmax: return try compileArgmax(number, node, operands, &builder)
    case .confusionCounts(let counts): return try compileCounts(node, counts, operands, &builder)
    case .weightedSum(let sum): return try compileWeightedSum(node, sum, operands)
    case .treePaths(let paths): return try compileTreePaths(number, node, paths, operands, &builder)
    case .treeLeaves(let leaves): return try compileTreeLeaves(number, node, leaves, operands, &builder)
    case .view, .batchMatrixMultiply, .convolution, .multiply, .rescale, .divide, .squareRoot, .rowMaximum, .rowLookup, .rowOrder,
      .treeEnsemble:
      throw unsupported(node, "operators of imported networks have no relation yet")
    }
  }

  // MARK: Linear operators: no constraint, no column

  private func compileInput(
    _ number: Int, _ node: ProgramNode, _ input: Input, _ builder: inout RelationBuilder
  ) throws(ClaimError) -> NodeValue {
    let rows = Extent(count: node.shape.rows)
    switch try source(input.binding) {
    case .column(let view):
      guard view.variableCount == rows.bits, node.shape.columns == 1 else { throw unsupported(node, "the artefact has other dimensions") }
      return .columns([ColumnExpression(view)], rows: rows)
    case .tensor(let view):
      let columns = Extent(count: node.shape.columns)
      guard view.variableCount == rows.bits + columns.bits else { throw unsupported(node, "the artefact has other dimensions") }
      return .tensor(view, rows: rows, columns: columns)
    case .publicValues(let values):
      guard values.count == node.shape.count, values.allSatisfy(input.range.contains) else {
        throw .inconsistent("public values of \(name(node)) have another count or leave the declared range \(input.range)")
      }
      return .columns(try publicColumns(number, node, values, rows, &builder), rows: rows)
    }
  }

  /// Public numbers as columns: constants where a column is uniform, else committed and bound to the numbers.
  private func publicColumns(
    _ number: Int, _ node: ProgramNode, _ values: [Int64], _ rows: Extent, _ builder: inout RelationBuilder
  ) throws(ClaimError) -> [ColumnExpression] {
    var out: [ColumnExpression] = []
    for column in 0..<node.shape.columns {
      let own = stride(from: column, to: values.count, by: node.shape.columns).map { values[$0] }
      if let first = own.first, own.allSatisfy({ $0 == first }) {
        out.append(ColumnExpression(constant: first))
      } else {
        let expression = ColumnExpression(try builder.column("\(name(node)).\(column)", bits: rows.bits, .values(own)))
        builder.equal("\(name(node)).\(column).public", rows: rows, expression, publicValues: own)
        out.append(expression)
      }
    }
    return out
  }

  private func compileConstant(
    _ number: Int, _ node: ProgramNode, _ constant: Constant, _ builder: inout RelationBuilder
  ) throws(ClaimError) -> NodeValue {
    let rows = Extent(count: node.shape.rows)
    switch constant.content {
    case .uniform(let value): return .columns(Array(repeating: ColumnExpression(constant: value), count: node.shape.columns), rows: rows)
    case .values(let values): return .columns(try publicColumns(number, node, values, rows, &builder), rows: rows)
    }
  }

  private func compileAffine(_ node: ProgramNode, _ affine: Programs.Affine, _ operands: [NodeValue]) throws(ClaimError) -> NodeValue {
    let rows = Extent(count: node.shape.rows)
    var out = [ColumnExpression](repeating: ColumnExpression(constant: affine.constant), count: node.shape.columns)
    for (coefficient, operand) in zip(affine.coefficients, operands) {
      if let entries = Self.entries(operand), node.shape.count == entries.count {
        guard operands.count == 1 else { throw unsupported(node, "counts combine with nothing else") }
        var scaled: [ColumnExpression] = []
        for entry in entries { scaled.append(try ColumnExpression(constant: affine.constant).adding(entry, times: coefficient)) }
        return .entries(scaled)
      }
      let (list, own) = try columns(node, operand)
      guard own == rows || list.allSatisfy(\.isConstant) else { throw unsupported(node, "a hidden row cannot be repeated over the rows") }
      for (column, expression) in list.enumerated() { out[column] = try out[column].adding(expression, times: coefficient) }
    }
    return .columns(out, rows: rows)
  }

  private func concatenate(_ node: ProgramNode, _ operands: [NodeValue]) throws(ClaimError) -> NodeValue {
    var out: [ColumnExpression] = []
    for operand in operands { out += try columns(node, operand).0 }
    return .columns(out, rows: Extent(count: node.shape.rows))
  }

  /// Every entry of a value that consists of single ones.
  static func entries(_ value: NodeValue) -> [ColumnExpression]? {
    switch value {
    case .entries(let entries): entries
    case .counts(let column, let count): (0..<count).map { ColumnExpression(column.entry($0)) }
    case .columns, .tensor, .paths: nil
    }
  }

  private func compileWeightedSum(_ node: ProgramNode, _ sum: WeightedSum, _ operands: [NodeValue]) throws(ClaimError) -> NodeValue {
    if case .counts(let column, let count)? = operands.first {
      let indices = sum.coefficients.indices.prefix(count).filter { sum.coefficients[$0] != 0 }
      return .entries([try ColumnExpression.sum(indices.map { (sum.coefficients[$0], ColumnExpression(column.entry($0))) })])
    }
    guard case .entries(let entries)? = operands.first else { throw unsupported(node, "only counts can be summed with weights") }
    let parts = zip(sum.coefficients, entries).filter { $0.0 != 0 }.map { (factor: $0.0, part: $0.1) }
    return .entries([try ColumnExpression.sum(parts)])
  }
}

import Programs
import ProofSystem

/// Tree ensembles: committed paths through a committed table of nodes. Committed for each tree, row and level: the node's variant, threshold
/// and first child, the compared value, and the next node; three lookups.
extension ProgramCompiler {
  /// The nodes on the paths, level by level.
  func compileTreePaths(
    _ number: Int, _ node: ProgramNode, _ paths: TreePaths, _ operands: [NodeValue], _ builder: inout RelationBuilder
  ) throws(ClaimError) -> NodeValue {
    guard operands.count == 4, node.operands.count == 4 else { throw unsupported(node, "four operands are needed") }
    let (variant, rows) = try single(node, operands[0])
    let nodes = TreeNodeColumns(
      variant: variant, threshold: try single(node, operands[1]).0, child: try single(node, operands[2]).0, rows: rows)
    let (features, tableRows) = try columns(node, operands[3])
    let grid = TreeGrid(trees: Extent(count: paths.trees), rows: tableRows)
    let (label, places) = (name(node), node.operands)
    let (levels, width, count) = (paths.depth + 1, features.count, tableRows.count)
    let bits = TreePaths.comparisonBits(threshold: bounds[places[1]].range, features: bounds[places[3]].range)
    let steps = try builder.treePaths(
      label, nodes: nodes, features: features, grid: grid, depth: paths.depth, comparison: paths.comparison, comparisonBits: bits,
      root: paths.trees == 1 ? 0 : nil
    ) { (level, part, builder: inout RelationBuilder) throws(ClaimError) in
      ColumnExpression(
        try builder.column(
          "\(label).\(level).\(part.rawValue)", bits: grid.bits,
          .computed(program: index) { values in
            grid.spread(count) { tree, row in
              let path = (tree * count + row) * levels + level
              let here = Int(values[number][path])
              switch part {
              case .variant: return values[places[0]][here]
              case .threshold: return values[places[1]][here]
              case .child: return values[places[2]][here]
              case .x: return values[places[3]][row * width + Int(values[places[0]][here])]
              case .next: return values[number][path + 1]
              }
            }
          }))
    }.steps
    return .paths(steps, grid)
  }

  /// (last node, 1, values) is a row of the leaves; the outputs are sums over the trees.
  func compileTreeLeaves(
    _ number: Int, _ node: ProgramNode, _ leaves: TreeLeaves, _ operands: [NodeValue], _ builder: inout RelationBuilder
  ) throws(ClaimError) -> NodeValue {
    guard operands.count == 3, node.operands.count == 3, case .paths(let steps, let grid) = operands[0], let last = steps.last else {
      throw unsupported(node, "the first operand must be paths")
    }
    let (flag, nodes) = try single(node, operands[1])
    let (values, _) = try columns(node, operands[2])
    let label = name(node)
    let table = try builder.table("\(label).nodes", .numbered([[flag] + values], nodes)).index
    let (paths, flags, outputs) = (node.operands[0], node.operands[2], values.count)
    let (levels, count) = (steps.count, grid.rows.count)
    var views: [View] = []
    for output in 0..<outputs {
      views.append(
        try builder.column(
          "\(label).value.\(output)", bits: grid.bits,
          .computed(program: index) { all in
            grid.spread(count) { tree, row in
              all[flags][Int(all[paths][(tree * count + row) * levels + levels - 1]) * outputs + output]
            }
          }))
    }
    builder.lookup("\(label).leaf", table: table, [last, ColumnExpression(constant: 1)] + views.map { ColumnExpression($0) }, grid.extents)
    guard grid.trees.count > 1 else { return .columns(views.map { ColumnExpression($0) }, rows: grid.rows) }
    var sums: [ColumnExpression] = []
    for (output, view) in views.enumerated() {
      let sum = try committed(number, output, grid.rows, &builder)
      let parts = (0..<grid.trees.count).map { (factor: Int64(1), part: ColumnExpression(view.row($0, rowBits: grid.rows.bits))) }
      builder.equal("\(label).sum.\(output)", rows: grid.rows, try ColumnExpression.sum(parts + [(-1, sum)]))
      sums.append(sum)
    }
    return .columns(sums, rows: grid.rows)
  }
}

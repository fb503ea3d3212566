import Programs
import ProofSystem

/// Tree ensembles: paths of one length through a committed table of nodes, step by step.
extension NetworkCompiler {
  /// Most values of a leaf.
  private static var maximumOutputs: Int { 256 }

  /// A path starts at its tree's number and makes `depth` steps, each to a child or nowhere; it ends at a node with test 0, whose row of the leaf
  /// table is the result. Staying is allowed anywhere: it delays a path that has to end at a leaf, and changes nothing else.
  mutating func compileTrees(_ node: ProgramNode, _ ensemble: TreeEnsemble, _ operands: [Int]) throws(ClaimError) -> Int {
    let (x, nodes, leaves) = (operands[0], operands[1], operands[2])
    let shape = program.nodes[node.operands[0]].shape
    let (features, count, outputs) = (shape.columns, program.nodes[node.operands[1]].shape.rows, node.shape.columns)
    guard graph.nodes[nodes].copies == 1, graph.nodes[leaves].copies == 1 else { throw unsupported(node, "trees must not depend on the rows") }
    guard outputs <= Self.maximumOutputs else { throw unsupported(node, "leaves have more than \(Self.maximumOutputs) values") }
    let all = graph.nodes[x].copies
    let paths = node.shape.rows
    // A step has eight nodes of the graph and more.
    let steps = try entries(node.name, all, paths, max(1, ensemble.depth), 8) / (8 * all)
    _ = try entries(node.name, all, paths, outputs)
    _ = try entries(node.name, count, 6)
    // Children relative to their parent, so that staying is 0.
    let numbers = add(
      "\(node.name).numbers", .known((0..<Int64(count)).flatMap { [0, 0, 0, $0, $0, 0] }), count: 6 * count, copies: 1)
    let relative = combine("\(node.name).relative", [(1, nodes), (-1, numbers)], constant: 0, count: 6 * count, copies: 1)
    let held = hold("\(node.name).nodes", relative, rows: count, width: 6)
    let leaf = hold("\(node.name).leaves", leaves, rows: count, width: outputs)
    let leafTable = makeTable("\(node.name).leaves", [[.column(held)] + (0..<outputs).map { .column(leaf + $0) }], rows: count)
    let last: Int
    if ensemble.depth == 0 {
      let roots = (0..<all).flatMap { _ in (0..<paths).map { Int64($0 % ensemble.trees) } }
      last = add("\(node.name).last", .known(roots), count: paths, copies: all)
    } else {
      last = try walk(node, ensemble, x: x, nodes: nodes, held: held, features: features, count: count, steps: steps)
    }
    let values = read("\(node.name).leaf", last, leafTable)
    equal("\(node.name).end", [(1, values[0])])
    if outputs == 1 { return values[1] }
    return add(node.name, .concatenate(Array(values.dropFirst()), rows: paths), count: paths * outputs, copies: all)
  }

  /// The nodes where the paths end.
  private mutating func walk(
    _ node: ProgramNode, _ ensemble: TreeEnsemble, x: Int, nodes: Int, held: Int, features: Int, count: Int, steps: Int
  ) throws(ClaimError) -> Int {
    let all = graph.nodes[x].copies
    let (paths, depth) = (node.shape.rows, ensemble.depth)
    let hasMissing = ensemble.missing != nil
    let (turned, _, sampleBits) = try self.turned("\(node.name).features", x, width: features)
    let keyBits = log2Ceiling(count)
    let (xRange, nodeRange) = (bounds[node.operands[0]].range, bounds[node.operands[1]].range)
    let bits = max(1, Self.magnitudeBits(xRange), Self.magnitudeBits(nodeRange)) + 1
    let widest = max(bits, Self.magnitudeBits(nodeRange) + sampleBits, keyBits + 2)
    guard widest <= 59 else { throw .tooWide(node: "\(prefix).\(node.name)", bits: widest) }
    let total = features << sampleBits
    var columns = [NetworkTable.Component.column(hold("\(node.name).features", turned, rows: total, width: 1))]
    if let missing = ensemble.missing {
      let flags = try isEqual("\(node.name).missing", x, to: missing, xRange)
      columns.append(
        .column(hold("\(node.name).missing", try self.turned("\(node.name).missing", flags, width: features).node, rows: total, width: 1)))
    }
    let featureTable = makeTable("\(node.name).features", [columns], rows: total)
    func piece(_ move: Int64, _ child: Int) -> [NetworkTable.Component] {
      let tracks: [NetworkTable.Component] = hasMissing ? [.column(held + 5)] : []
      return [.constant(move), .column(held), .column(held + 1), .column(held + 2)] + tracks + [.column(held + child)]
    }
    let stay: [NetworkTable.Component] =
      [.constant(2), .constant(NetworkPathCells.stay)] + (hasMissing ? [0, 0, 0, 0] : [0, 0, 0]).map { .constant($0) }
    let nodeTable = makeTable("\(node.name).nodes", [piece(0, 4), piece(1, 3), stay], rows: count)
    let kind = NetworkPathCells(nodes: nodeTable, features: featureTable, hasMissing: hasMissing, limbs: split(bits))
    let (first, offset) = cells(.path(kind), all * steps)
    advise(
      node.name,
      .paths(
        NetworkTreePaths(
          x: x, nodes: nodes, features: features, trees: ensemble.trees, depth: depth, missing: ensemble.missing, sampleBits: sampleBits,
          keyBits: keyBits, cells: kind, first: first, offset: offset)))
    func part(_ part: NetworkPathCells.Part, _ compiler: inout NetworkCompiler) -> Int {
      compiler.add(
        "\(node.name).\(part)", .cells([NetworkGraph.CellTerm(column: first + part.rawValue, offset: offset, coefficient: 1)], constant: 0),
        count: steps, copies: all)
    }
    // Where a step starts, and where it ends.
    let here = combine(
      "\(node.name).here", [(1, part(.key, &self)), (-(1 << Int64(keyBits)), part(.move, &self))], constant: 0, count: steps, copies: all)
    let next = combine("\(node.name).next", [(1, here), (1, part(.delta, &self))], constant: 0, count: steps, copies: all)
    let positions: [Int32] = (0..<steps).map { $0 % depth == 0 ? -1 : Int32(truncatingIfNeeded: $0 - 1) }
    let before = add("\(node.name).before", .gather(next, positions: positions, fill: 0), count: steps, copies: all)
    let roots = add(
      "\(node.name).roots", .known((0..<steps).map { $0 % depth == 0 ? Int64(($0 / depth) % ensemble.trees) : 0 }), count: steps, copies: 1)
    let expected = combine("\(node.name).expected", [(1, before), (1, roots)], constant: 0, count: steps, copies: all)
    equal("\(node.name).path", [(1, here), (-1, expected)])
    // feature·2^r + sample.
    let samples = try sampleNumbers("\(node.name).samples", copies: all, samples: paths / ensemble.trees, width: ensemble.trees * depth)
    equal("\(node.name).cell", [(1, part(.cell, &self)), (-(1 << Int64(sampleBits)), part(.feature, &self)), (-1, samples)])
    let ends: [Int32] = (0..<paths).map { Int32(truncatingIfNeeded: $0 * depth + depth - 1) }
    return add("\(node.name).last", .gather(next, positions: ends, fill: 0), count: paths, copies: all)
  }

  /// [x = number] for every entry: [x ≥ number] + [number ≥ x] − 1.
  private mutating func isEqual(_ name: String, _ x: Int, to number: Int64, _ range: IntegerRange) throws(ClaimError) -> Int {
    let own = graph.nodes[x]
    guard number.magnitude < 1 << 60, let above = range.subtracting(IntegerRange(only: number)) else { throw .coefficientOverflow }
    guard range.contains(number) else { return add(name, .known([Int64](repeating: 0, count: own.total)), count: own.count, copies: own.copies) }
    func sign(_ label: String, _ factor: Int64, _ constant: Int64, _ range: IntegerRange, _ compiler: inout NetworkCompiler) throws(ClaimError) -> Int
    {
      let moved = compiler.combine("\(name).\(label)", [(factor, x)], constant: constant, count: own.count, copies: own.copies)
      return compiler.sign(
        "\(name).\(label).sign", try compiler.signed("\(name).\(label)", moved, range), count: own.count, copies: own.copies)
    }
    let isLeast = number == range.lower, isLargest = number == range.upper
    var terms: [(coefficient: Int64, node: Int)] = []
    if !isLeast { terms.append((1, try sign("above", 1, 0 - number, above, &self))) }
    if !isLargest { terms.append((1, try sign("below", -1, number, IntegerRange((0 - above.upper)...(0 - above.lower)), &self))) }
    return combine(name, terms, constant: 1 - Int64(terms.count), count: own.count, copies: own.copies)
  }
}

import Programs
import ProofSystem

/// Rows of tables by number, and orders of rows.
extension NetworkCompiler {
  /// Most components of a row that are read at once; wider rows are read entry by entry.
  private static var widest: Int { 16 }

  /// (index, table's row) is a row of the committed table; of a table that depends on the rows, (index·2^c + copy, …).
  mutating func compileRowLookup(_ node: ProgramNode, _ operands: [Int]) throws(ClaimError) -> Int {
    let (index, table) = (operands[0], operands[1])
    let shape = program.nodes[node.operands[1]].shape
    let all = copies(operands)
    let isFlat = shape.columns > Self.widest
    let width = isFlat ? 1 : shape.columns
    let count = graph.nodes[index].count
    _ = try entries(node.name, all, count, shape.columns)
    // Rows of the committed table beside the copies: of a wide one its entries.
    let rows = isFlat ? shape.count : shape.rows
    let tableCopies = graph.nodes[table].copies
    let copyBits = log2Ceiling(tableCopies)
    let bits = Self.magnitudeBits(bounds[node.operands[0]].range) + (isFlat ? log2Ceiling(shape.columns) : 0) + copyBits
    guard bits <= 61 else { throw .tooWide(node: "\(prefix).\(node.name)", bits: bits) }
    let source = NetworkTable.Source(node: table, width: width)
    let own: Int
    if let known = rowTables[source] {
      own = known
    } else {
      own = try rowTable("\(node.name).table", table, rows: rows, width: width)
      rowTables[source] = own
    }
    // index·columns + column, then copies.
    var key = index
    var keyCount = count
    if isFlat {
      keyCount = count * shape.columns
      let spread: [Int32] = (0..<count).flatMap { [Int32](repeating: Int32(truncatingIfNeeded: $0), count: shape.columns) }
      let repeated = add("\(node.name).repeated", .gather(index, positions: spread, fill: 0), count: keyCount, copies: graph.nodes[index].copies)
      let columns = add(
        "\(node.name).columns", .known((0..<count).flatMap { _ in (0..<Int64(shape.columns)).map { $0 } }), count: keyCount, copies: 1)
      key = combine(
        "\(node.name).entry", [(Int64(shape.columns), repeated), (1, columns)], constant: 0, count: keyCount, copies: graph.nodes[index].copies)
    }
    if tableCopies > 1 {
      let numbers = try sampleNumbers("\(node.name).copy", copies: all, samples: 1, width: keyCount)
      key = combine("\(node.name).place", [(1 << Int64(copyBits), key), (1, numbers)], constant: 0, count: keyCount, copies: all)
    }
    let columns = read(node.name, key, own)
    if columns.count == 1 { return columns[0] }
    return add("\(node.name).rows", .concatenate(columns, rows: count), count: count * shape.columns, copies: all)
  }

  private mutating func rowTable(_ name: String, _ table: Int, rows: Int, width: Int) throws(ClaimError) -> Int {
    let own = graph.nodes[table]
    if own.copies == 1 {
      if width == 1, case .parameter(let parameter) = own.kind, architecture.parameters[parameter].dimensions.count == 1 {
        return makeTable(name, [[.parameter(parameter)]], rows: rows)
      }
      let first = hold(name, table, rows: rows, width: width)
      return makeTable(name, [(0..<width).map { .column(first + $0) }], rows: rows)
    }
    // Row i of copy b at i·2^c + b: entries of a row stay together.
    let copyBits = log2Ceiling(own.copies)
    let total = try entries(name, rows, 1 << copyBits, width)
    var positions: [Int32] = []
    positions.reserveCapacity(total)
    for row in 0..<rows {
      for copy in 0..<(1 << copyBits) {
        for column in 0..<width {
          positions.append(copy < own.copies ? Int32(truncatingIfNeeded: copy * own.count + row * width + column) : -1)
        }
      }
    }
    let turned = add("\(name).turned", .gather(table, positions: positions, fill: 0), count: total, copies: 1)
    let first = hold(name, turned, rows: rows << copyBits, width: width)
    return makeTable(name, [(0..<width).map { .column(first + $0) }], rows: rows << copyBits)
  }

  /// Advice: columns j_0, j_1, … of each row, κ bits each. (j_r, v_r) are entries of the row, and (±v_r, j_r) strictly ordered: as many different
  /// entries as the row has, so all of them, in order.
  mutating func compileRowOrder(_ node: ProgramNode, _ order: RowOrder, _ operand: Int) throws(ClaimError) -> Int {
    let shape = program.nodes[node.operands[0]].shape
    let copies = graph.nodes[operand].copies
    let (rows, columns) = (shape.rows, shape.columns)
    let count = rows * columns
    guard columns > 1 else {
      return order.givesColumns ? add(node.name, .known([Int64](repeating: 0, count: copies * rows)), count: rows, copies: copies) : operand
    }
    let range = bounds[node.operands[0]].range
    let shift = log2Ceiling(columns)
    let (cells, samples, sampleBits) = try turned("\(node.name).entries", operand, width: columns)
    let bits = range.bitCount + shift
    guard bits <= 60, shift + sampleBits <= 60 else { throw .tooWide(node: "\(prefix).\(node.name)", bits: max(bits, shift + sampleBits)) }
    let first = hold("\(node.name).entries", cells, rows: columns << sampleBits, width: 1)
    let table = makeTable("\(node.name).entries", [[.column(first)]], rows: columns << sampleBits)
    let digits = limbs(shift, lower: 0, copies * count)
    advise(node.name, .order(operand, columns: columns, isDescending: order.isDescending, digits))
    let places = self.node("\(node.name).columns", digits, count: count, copies: copies)
    let numbers = try sampleNumbers("\(node.name).samples", copies: copies, samples: samples / copies, width: columns)
    let key = combine(
      "\(node.name).place", [(1 << Int64(sampleBits), places), (1, numbers)], constant: 0, count: count, copies: copies)
    let values = read(node.name, key, table)[0]
    func pick(_ name: String, _ node: Int, from start: Int, _ width: Int, _ compiler: inout NetworkCompiler) -> Int {
      let positions: [Int32] = (0..<rows).flatMap { row in (0..<width).map { Int32(truncatingIfNeeded: row * columns + start + $0) } }
      return compiler.add(name, .gather(node, positions: positions, fill: 0), count: rows * width, copies: copies)
    }
    let unit = (order.isDescending ? 1 : -1) * (Int64(1) << Int64(shift))
    let terms = [
      (unit, pick("\(node.name).value", values, from: 0, columns - 1, &self)),
      (-unit, pick("\(node.name).nextValue", values, from: 1, columns - 1, &self)),
      (-1, pick("\(node.name).column", places, from: 0, columns - 1, &self)),
      (1, pick("\(node.name).nextColumn", places, from: 1, columns - 1, &self)),
    ]
    let gap = combine("\(node.name).gap", terms.map { (coefficient: $0, node: $1) }, constant: -1, count: rows * (columns - 1), copies: copies)
    try bound("\(node.name).order", gap, bits: bits)
    return pick("\(node.name).first", order.givesColumns ? places : values, from: 0, order.count, &self)
  }
}

extension NetworkTable {
  /// What a table of rows is made of.
  struct Source: Hashable {
    let node: Int
    let width: Int
  }
}

import Programs
import ProofSystem

/// A committed table that a network's cells are looked up in: row i of piece f has the public key f·2^b + i, b the bits of the rows.
struct NetworkTable: Sendable {
  /// What stands beside the key.
  enum Component: Hashable, Sendable {
    /// Committed column of the network, from its first entry on.
    case column(Int)
    /// Hidden tensor in one dimension.
    case parameter(Int)
    case constant(Int64)
  }

  let name: String
  /// Components of each piece, as many in all.
  let pieces: [[Component]]
  /// Rows of a piece.
  let rows: Int

  /// The table over columns that are made already.
  func contents(_ columns: [View], _ artefact: ArtefactDescription, _ architecture: NetworkArchitecture) throws(ClaimError) -> TableContents {
    var out: [[ColumnExpression]] = []
    for piece in pieces {
      var own: [ColumnExpression] = []
      for component in piece {
        switch component {
        case .column(let column):
          guard columns.indices.contains(column) else { throw .inconsistent("\(name): column \(column) is not there") }
          own.append(ColumnExpression(columns[column]))
        case .parameter(let parameter): own.append(ColumnExpression(artefact.layout.view(NetworkParameter.tensorName(parameter))))
        case .constant(let value): own.append(ColumnExpression(constant: value))
        }
      }
      out.append(own)
    }
    return .numbered(out, Extent(count: rows))
  }
}

extension NetworkCells {
  /// Committed tables that the cells are looked up in.
  var tables: [Int] {
    switch self {
    case .limb, .sign, .table, .plain, .held: []
    case .reading(let table, _): [table]
    case .path(let path): [path.nodes, path.features]
    }
  }
}

/// Committed tables, and cells that are read from them.
extension NetworkCompiler {
  /// Σ of factors as one number. **Throws** `tooLarge` beyond what a network may have: a hostile program asks for no memory.
  func entries(_ name: String, _ factors: Int...) throws(ClaimError) -> Int {
    var out = 1
    for factor in factors {
      let (product, overflow) = out.multipliedReportingOverflow(by: factor)
      guard !overflow, product <= Self.maximumEntries else { throw .tooLarge("\(prefix).\(name): \(factors) entries") }
      out = product
    }
    return out
  }

  /// Commits the entries [rows, width] of a node of one copy, each column of them as one of the network's; returns the first.
  mutating func hold(_ name: String, _ node: Int, rows: Int, width: Int) -> Int {
    let (first, _) = cells(.held(number: kinds.count, width: width), rows)
    advise(name, .held(node, first: first, width: width))
    let columns = (0..<width).map { column in
      add(
        "\(name).\(column)", .cells([NetworkGraph.CellTerm(column: first + column, offset: 0, coefficient: 1)], constant: 0), count: rows, copies: 1)
    }
    let all = width == 1 ? columns[0] : add("\(name).all", .concatenate(columns, rows: rows), count: rows * width, copies: 1)
    equal(name, [(1, node), (-1, all)])
    return first
  }

  mutating func makeTable(_ name: String, _ pieces: [[NetworkTable.Component]], rows: Int) -> Int {
    lookupTables.append(NetworkTable(name: name, pieces: pieces, rows: rows))
    return lookupTables.count - 1
  }

  /// Components of the rows of a table of one piece that a node's entries number: a node for each component.
  mutating func read(_ name: String, _ key: Int, _ table: Int) -> [Int] {
    let own = graph.nodes[key]
    let width = lookupTables[table].pieces.first?.count ?? 0
    let (first, offset) = cells(.reading(table: table, width: width), own.total)
    advise(name, .read(key, table: table, first: first, offset: offset))
    func column(_ name: String, _ column: Int, _ compiler: inout NetworkCompiler) -> Int {
      compiler.add(
        name, .cells([NetworkGraph.CellTerm(column: column, offset: offset, coefficient: 1)], constant: 0), count: own.count, copies: own.copies)
    }
    let keys = column("\(name).key", first, &self)
    equal("\(name).key", [(1, key), (-1, keys)])
    return (0..<width).map { column("\(name).read\($0)", first + 1 + $0, &self) }
  }

  /// Entry (sample, j) of a node with `width` entries in each of its samples at j·2^r + sample, zero in the padding, in one copy for all rows of
  /// the claim. A number j of at most 61 − r bits is then determined by its place: (sample' − sample)/2^r is no small integer.
  mutating func turned(_ name: String, _ node: Int, width: Int) throws(ClaimError) -> (node: Int, samples: Int, bits: Int) {
    let own = graph.nodes[node]
    let samples = own.total / max(1, width)
    let bits = log2Ceiling(samples)
    let total = try entries(name, width, 1 << bits)
    if own.copies == 1, samples == 1 { return (node, 1, 0) }
    var positions: [Int32] = []
    positions.reserveCapacity(total)
    for j in 0..<width {
      for sample in 0..<(1 << bits) { positions.append(sample < samples ? Int32(truncatingIfNeeded: sample * width + j) : -1) }
    }
    return (add("\(name).turned", .gather(node, positions: positions, fill: 0), count: total, copies: 1), samples, bits)
  }

  /// The number of its sample at every entry of [copies, samples of a copy, width].
  mutating func sampleNumbers(_ name: String, copies: Int, samples: Int, width: Int) throws(ClaimError) -> Int {
    _ = try entries(name, copies, samples, width)
    let numbers = (0..<(copies * samples)).flatMap { [Int64](repeating: Int64($0), count: width) }
    return add(name, .known(numbers), count: samples * width, copies: copies)
  }

  /// Bits of the magnitude of a range.
  static func magnitudeBits(_ range: IntegerRange) -> Int { 64 - max(range.upper.magnitude, range.lower.magnitude).leadingZeroBitCount }
}

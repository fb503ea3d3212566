import Programs

/// The integers of a network's committed cells, from its graph.
struct NetworkWitness {
  private let network: NetworkCompiler
  private let model: NetworkModel
  var columns: [[Int64]]
  private var tables: [TableLookup: [Int64]] = [:]

  init(_ network: NetworkCompiler, _ model: NetworkModel) {
    self.network = network
    self.model = model
    columns = []
    for kind in network.kinds { for _ in 0..<kind.cells.width { columns.append([Int64](repeating: 0, count: kind.count)) } }
  }

  /// Key of a column in the record.
  static func key(_ column: Int) -> String { "cells\(column)" }

  /// Every column by key. **Throws** `inputOutOfRange` where a value leaves the range that a proof enforces, `inputMissing`, `invalidModel` where
  /// an output differs from what the claim says.
  mutating func record(_ claim: NetworkInference, _ data: DataTables) throws(ProgramError) -> [String: [Int64]] {
    var values: [[Int64]] = []
    values.reserveCapacity(network.graph.nodes.count)
    var next = 0
    func due(_ number: Int) -> Bool { next < network.advice.count && network.advice[next].before <= number }
    for (number, node) in network.graph.nodes.enumerated() {
      while due(number) {
        try follow(network.advice[next], values, claim, data)
        next += 1
      }
      values.append(try evaluate(number, node, values, data))
    }
    while due(network.graph.nodes.count) {
      try follow(network.advice[next], values, claim, data)
      next += 1
    }
    for (name, node, target) in network.expected where values[node] != values[target] {
      throw .invalidModel(reason: "output \(name) is not what the claim says")
    }
    var out: [String: [Int64]] = [:]
    for (index, column) in columns.enumerated() { out[Self.key(index)] = column }
    return out
  }

  private mutating func follow(
    _ advice: NetworkAdvice, _ values: [[Int64]], _ claim: NetworkInference, _ data: DataTables
  ) throws(ProgramError) {
    switch advice.step {
    case .value(let node, let digits): try write(values[node], digits, advice.name)
    case .complement(let node, let from, let digits): try write(values[node].map { from &- $0 }, digits, advice.name)
    case .division(let node, let multiplier, let shift, let quotient, let remainder, let range):
      let bits = Int64(abs(shift))
      let half = shift > 0 ? Int64(1) << (bits - 1) : 0
      var quotients: [Int64] = []
      var rests: [Int64] = []
      quotients.reserveCapacity(values[node].count)
      rests.reserveCapacity(values[node].count)
      for (index, value) in values[node].enumerated() {
        let sum = value &* multiplier &+ half
        let q = sum >> bits
        guard range.contains(q) else { throw .inputOutOfRange(node: advice.name, index: index, value: q, range: range) }
        quotients.append(q)
        rests.append(sum &- (q << bits))
      }
      try write(quotients, quotient, advice.name)
      try write(rests, remainder, advice.name)
    case .quotient(let a, let b, let shift, let isFloor, let range, let digits):
      var quotients: [Int64] = []
      for index in 0..<max(values[a].count, values[b].count) {
        // Operands of one size; one that does not depend on the rows is repeated.
        let divisor = values[b][index % values[b].count]
        let doubled = (values[a][index % values[a].count] << Int64(shift + 1)) &+ (isFloor ? 0 : divisor)
        guard divisor > 0, let quotient = IntegerDivision.divide(doubled, by: 2 &* divisor)?.quotient else {
          throw .inputOutOfRange(node: advice.name, index: index, value: divisor, range: IntegerRange(1...Int64(1) << 60))
        }
        guard range.contains(quotient) else { throw .inputOutOfRange(node: advice.name, index: index, value: quotient, range: range) }
        quotients.append(quotient)
      }
      try write(quotients, digits, advice.name)
    case .root(let node, let shift, let digits): try write(values[node].map { SquareRoot.root($0 << Int64(shift)) }, digits, advice.name)
    case .halfEven(let node, let multiplier, let shift, let half, let parity, let remainder):
      let sums = values[node].map { $0 &* multiplier &+ (Int64(1) << Int64(shift - 1)) }
      try write(sums.map { $0 >> Int64(shift + 1) }, half, advice.name)
      try write(sums.map { ($0 >> Int64(shift)) & 1 }, parity, advice.name)
      try write(sums.map { $0 & ((Int64(1) << Int64(shift)) - 1) }, remainder, advice.name)
    case .held(let node, let first, let width):
      for column in 0..<width {
        columns[first + column] = stride(from: column, to: values[node].count, by: width).map { values[node][$0] }
      }
    case .read(let node, let number, let first, let offset): try read(advice.name, values[node], network.lookupTables[number], first, offset)
    case .order(let node, let width, let isDescending, let digits):
      var numbers: [Int64] = []
      numbers.reserveCapacity(values[node].count)
      for start in stride(from: 0, to: values[node].count, by: width) {
        let row = values[node][start..<(start + width)]
        numbers += RowOrder.columns(of: Array(row), isDescending: isDescending).map { Int64($0) }
      }
      try write(numbers, digits, advice.name)
    case .paths(let paths): try follow(paths, values[paths.x], values[paths.nodes], advice.name)
    case .input(let name, let range, let digits, let complement):
      let own = try data.hiddenInput(claim, name)
      let expected = claim.rows * (model.architecture.inputs.first { $0.name == name }?.count ?? 0)
      guard own.count == expected else { throw .inputCount(node: name, expected: expected, actual: own.count) }
      try write(own, digits, advice.name)
      if let complement { try write(own.map { range.upper &- $0 }, complement, advice.name) }
    }
  }

  /// The rows of a table of one piece with these numbers, and the numbers.
  private mutating func read(_ name: String, _ keys: [Int64], _ table: NetworkTable, _ first: Int, _ offset: Int) throws(ProgramError) {
    for (index, key) in keys.enumerated() {
      guard key >= 0, key < Int64(table.rows) else {
        throw .inputOutOfRange(node: name, index: index, value: key, range: IntegerRange(0...Int64(max(1, table.rows) - 1)))
      }
      columns[first][offset + index] = key
    }
    for (place, component) in (table.pieces.first ?? []).enumerated() {
      let own: [Int64]
      switch component {
      case .column(let column):
        own = keys.map { columns[column][Int($0)] }
      case .parameter(let parameter): own = keys.map { model.values[parameter][Int($0)] }
      case .constant(let value): own = keys.map { _ in value }
      }
      for (index, value) in own.enumerated() { columns[first + 1 + place][offset + index] = value }
    }
  }

  private mutating func write(_ values: [Int64], _ digits: NetworkDigits, _ name: String) throws(ProgramError) {
    func refuse(_ index: Int, _ value: Int64, _ lower: Int64, _ bits: Int) -> ProgramError {
      .inputOutOfRange(node: name, index: index, value: value, range: IntegerRange(lower...(lower &+ ((1 << Int64(bits)) - 1))))
    }
    switch digits {
    case .limbs(let limbs, let lower):
      let bits = NetworkCompiler.bits(digits)
      for (index, value) in values.enumerated() where value < lower || (value &- lower) >> Int64(bits) != 0 {
        throw refuse(index, value, lower, bits)
      }
      for limb in limbs {
        let mask = (Int64(1) << Int64(limb.bits)) - 1
        for (index, value) in values.enumerated() { columns[limb.column][limb.offset + index] = ((value &- lower) >> Int64(limb.shift)) & mask }
      }
    case .sign(let first, let offset, let high, let low):
      let below = low.reduce(0, +)
      let half = Int64(1) << Int64(high + below - 1)
      let places = NetworkCompiler.lower(low)
      for (index, value) in values.enumerated() {
        guard value >= -half, value < half else { throw refuse(index, value, -half, high + below) }
        let all = value + half
        let top = all >> Int64(below)
        let isPositive = value >= 0
        columns[first][offset + index] = top
        columns[first + 1][offset + index] = isPositive ? 1 : 0
        columns[first + 2][offset + index] = isPositive ? top - (Int64(1) << Int64(high - 1)) : 0
        for (place, shift) in places {
          let limb = (all >> Int64(shift)) & ((Int64(1) << Int64(low[place])) - 1)
          columns[first + 3 + 2 * place][offset + index] = limb
          columns[first + 4 + 2 * place][offset + index] = isPositive ? limb : 0
        }
      }
    case .plain(let column, let offset): for (index, value) in values.enumerated() { columns[column][offset + index] = value }
    case .table(let first, let offset, let table):
      let outputs: [Int64]
      if let known = tables[table] { outputs = known } else { outputs = try table.outputs(node: name) }
      tables[table] = outputs
      for (index, value) in values.enumerated() {
        guard table.domain.contains(value) else { throw .inputOutOfRange(node: name, index: index, value: value, range: table.domain) }
        columns[first][offset + index] = value
        columns[first + 1][offset + index] = outputs[Int(value - table.domain.lower)]
      }
    }
  }

  private func evaluate(
    _ number: Int, _ node: NetworkGraph.Node, _ values: [[Int64]], _ data: DataTables
  ) throws(ProgramError) -> [Int64] {
    let graph = network.graph
    switch node.kind {
    case .parameter(let parameter): return model.values[parameter]
    case .known(let list): return list
    case .columns:
      guard let (table, names) = network.tables[number] else { return [] }
      var columns: [[Int64]] = []
      for name in names { columns.append(try data.column(table, name)) }
      guard columns.allSatisfy({ $0.count == node.copies }) else {
        throw .inputCount(node: node.name, expected: node.copies, actual: columns.first?.count ?? 0)
      }
      return (0..<node.copies).flatMap { row in columns.map { $0[row] } }
    case .cells(let terms, let constant):
      var out = [Int64](repeating: constant, count: node.total)
      for term in terms {
        for index in out.indices { out[index] &+= term.coefficient &* columns[term.column][term.offset + index] }
      }
      return out
    case .gather(let operand, let positions, let fill):
      let source = values[operand]
      let count = graph.nodes[operand].count
      var out: [Int64] = []
      out.reserveCapacity(node.total)
      for copy in 0..<node.copies { for position in positions { out.append(position < 0 ? fill : source[copy * count + Int(position)]) } }
      return out
    case .affine(let terms, let constant):
      var out = [Int64](repeating: constant, count: node.total)
      for (coefficient, operand) in terms {
        let (source, count) = (values[operand], graph.nodes[operand].count)
        let step = graph.nodes[operand].copies == 1 ? 0 : count
        for copy in 0..<node.copies {
          var place = 0
          for index in (copy * node.count)..<((copy + 1) * node.count) {
            out[index] &+= coefficient &* source[copy * step + place]
            place += 1
            if place == count { place = 0 }
          }
        }
      }
      return out
    case .concatenate(let operands, let rows):
      var out: [Int64] = []
      out.reserveCapacity(node.total)
      for row in 0..<(node.copies * rows) {
        for operand in operands {
          let width = graph.nodes[operand].count / rows
          let own = graph.nodes[operand].copies == 1 ? row % rows : row
          out += values[operand][(own * width)..<((own + 1) * width)]
        }
      }
      return out
    case .publicProduct(let operand, let matrix, let inner, let columns):
      let rows = graph.nodes[operand].total / inner
      return BatchMatrixMultiply(batch: 1, rows: rows, inner: inner, columns: columns, isLeftBatched: true, isRightBatched: true)
        .apply(values[operand], matrix)
    case .product(let left, let right, let product): return evaluate(product, node, left, right, values, data.products)
    }
  }

  private func evaluate(
    _ product: NetworkGraph.Product, _ node: NetworkGraph.Node, _ left: Int, _ right: Int, _ values: [[Int64]], _ products: NetworkProducts
  ) -> [Int64] {
    let nodes = network.graph.nodes
    switch product {
    case .convolution(let g):
      let all = ConvolutionGeometry(
        batch: g.batch * node.copies, inputChannels: g.inputChannels, outputChannels: g.outputChannels, groups: g.groups, input: g.input,
        kernel: g.kernel, output: g.output, strides: g.strides, dilations: g.dilations, padding: g.padding)
      return products.convolution(all, values[left], values[right])
    case .matrices(let batch, let rows, let inner, let columns, let isLeftBatched, let isRightBatched):
      let one = BatchMatrixMultiply(
        batch: batch, rows: rows, inner: inner, columns: columns, isLeftBatched: isLeftBatched, isRightBatched: isRightBatched)
      if node.copies == 1 { return products.matrices(one, values[left], values[right]) }
      var out: [Int64] = []
      out.reserveCapacity(node.total)
      func part(_ operand: Int, _ copy: Int) -> [Int64] {
        guard nodes[operand].copies > 1 else { return values[operand] }
        return Array(values[operand][(copy * nodes[operand].count)..<((copy + 1) * nodes[operand].count)])
      }
      for copy in 0..<node.copies { out += products.matrices(one, part(left, copy), part(right, copy)) }
      return out
    }
  }
}

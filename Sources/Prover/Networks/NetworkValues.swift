import Claims
import Fields
import Kernels
import Programs
import ProofSystem

/// Values of a network's nodes over the base field, from the committed cells; each is made when it is first asked for.
final class NetworkValues<E: KernelField> {
  typealias Base = E.Base
  private let network: NetworkConstraint
  private let witness: WitnessReader<E>
  private var made: [Int: [Base]] = [:]

  init(_ network: NetworkConstraint, _ witness: WitnessReader<E>) {
    self.network = network
    self.witness = witness
  }

  /// All entries of a node.
  subscript(_ node: Int) -> [Base] {
    if let known = made[node] { return known }
    let values = evaluate(network.graph.nodes[node])
    made[node] = values
    return values
  }

  /// The node as matrices [matrices, rows, columns] without a copy, when it is a hidden tensor that is committed in these dimensions; else
  /// its entries.
  func matrices(_ node: Int, rows: Int, columns: Int) -> NetworkMatrices<Base> {
    let outer = network.graph.nodes[node].total / (rows * columns)
    if let column = column(node, dimensions: (outer == 1 ? [] : [outer]) + [rows, columns]) {
      let stride = 1 << log2Ceiling(columns)
      return NetworkMatrices(column: column, count: outer, rowStride: stride, stride: stride << log2Ceiling(rows))
    }
    let values = self[node]
    return NetworkMatrices(values: values, count: values.count / (rows * columns), rowStride: columns, stride: rows * columns)
  }

  /// The committed entries of a hidden tensor of these dimensions, each padded; nil for other nodes.
  func column(_ node: Int, dimensions: [Int]) -> WitnessColumn<Base>? {
    guard case .parameter(let parameter) = network.graph.nodes[node].kind, network.parameterDimensions[parameter] == dimensions else { return nil }
    return witness.read(network.parameters[parameter])
  }

  private func evaluate(_ node: NetworkGraph.Node) -> [Base] {
    let nodes = network.graph.nodes
    switch node.kind {
    case .parameter(let parameter):
      let column = witness.read(network.parameters[parameter])
      defer { withExtendedLifetime(column) {} }
      let dimensions = network.parameterDimensions[parameter]
      let width = dimensions.last ?? 1
      let rows = NetworkParameter(name: "", dimensions: Array(dimensions.dropLast()), range: IntegerRange(only: 0)).paddedPositions
      return Self.runs(column.pointer, rows, stride: 1 << log2Ceiling(width), width: width)
    case .known(let list): return list.map { Base(signed: $0) }
    case .columns(let views):
      let columns = views.map { witness.read($0) }
      return (0..<node.copies).flatMap { row in columns.map { $0[row] } }
    case .cells(let terms, let constant):
      var out = [Base](repeating: Base(signed: constant), count: node.total)
      for term in terms {
        let column = witness.read(network.columns[term.column])
        Self.add(&out, column.pointer + term.offset, Base(signed: term.coefficient))
        withExtendedLifetime(column) {}
      }
      return out
    case .gather(let operand, let positions, let fill):
      return Self.gather(self[operand], positions, Base(signed: fill), copies: node.copies, count: nodes[operand].count)
    case .affine(let terms, let constant):
      var out = [Base](repeating: Base(signed: constant), count: node.total)
      for (coefficient, operand) in terms {
        Self.add(
          &out, self[operand], Base(signed: coefficient), copies: node.copies, count: node.count, sourceCount: nodes[operand].count,
          sourceCopies: nodes[operand].copies)
      }
      return out
    case .concatenate(let operands, let rows):
      var out: [Base] = []
      for row in 0..<(node.copies * rows) {
        for operand in operands {
          let width = nodes[operand].count / rows
          let own = nodes[operand].copies == 1 ? row % rows : row
          out += self[operand][(own * width)..<((own + 1) * width)]
        }
      }
      return out
    case .publicProduct(let operand, let matrix, let inner, let columns):
      return Self.multiply(self[operand], matrix.map { Base(signed: $0) }, rows: nodes[operand].total / inner, inner: inner, columns: columns)
    case .product(let left, let right, let product): return evaluate(product, node, left, right)
    }
  }

  private func evaluate(_ product: NetworkGraph.Product, _ node: NetworkGraph.Node, _ left: Int, _ right: Int) -> [Base] {
    let nodes = network.graph.nodes
    let (x, w) = (self[left], self[right])
    switch product {
    case .convolution(let g):
      let all = ConvolutionGeometry(
        batch: g.batch * node.copies, inputChannels: g.inputChannels, outputChannels: g.outputChannels, groups: g.groups, input: g.input,
        kernel: g.kernel, output: g.output, strides: g.strides, dilations: g.dilations, padding: g.padding)
      if let (x, w) = Self.integers(x, w, terms: g.fanIn) { return Self.elements(ParallelProducts.convolve(all, x, w)) }
      return all.apply(x.map { FieldSum($0) }, w.map { FieldSum($0) }).map(\.element)
    case .matrices(let batch, let rows, let inner, let columns, let isLeftBatched, let isRightBatched):
      let one = BatchMatrixMultiply(
        batch: batch, rows: rows, inner: inner, columns: columns, isLeftBatched: isLeftBatched, isRightBatched: isRightBatched)
      let integers = Self.integers(x, w, terms: inner)
      var out: [Base] = []
      out.reserveCapacity(node.total)
      for copy in 0..<node.copies {
        func part<Value>(_ values: [Value], _ operand: Int) -> [Value] {
          guard nodes[operand].copies > 1 else { return values }
          return Array(values[(copy * nodes[operand].count)..<((copy + 1) * nodes[operand].count)])
        }
        if let (x, w) = integers {
          out += Self.elements(ParallelProducts.multiply(one, part(x, left), part(w, right)))
        } else {
          out += one.apply(part(x, left).map { FieldSum($0) }, part(w, right).map { FieldSum($0) }).map(\.element)
        }
      }
      return out
    }
  }

  /// Both lists as integers, when sums of `terms` of their products stay below 2^62; nil otherwise, which only a false witness leads to.
  @_specialize(where E == GoldilocksCubic)
  private static func integers(_ a: [Base], _ b: [Base], terms: Int) -> ([Int64], [Int64])? {
    guard let (x, first) = integers(a), let (w, second) = integers(b) else { return nil }
    let (product, isLarge) = first.multipliedReportingOverflow(by: second)
    let (sum, isLarger) = product.multipliedReportingOverflow(by: UInt64(max(1, terms)))
    return isLarge || isLarger || sum >= 1 << 62 ? nil : (x, w)
  }

  /// The integers that elements stand for, and the largest magnitude.
  @_specialize(where E == GoldilocksCubic)
  private static func integers(_ values: [Base]) -> (list: [Int64], largest: UInt64)? {
    var out: [Int64] = []
    out.reserveCapacity(values.count)
    var largest: UInt64 = 0
    for value in values {
      guard let integer = value.signedInteger else { return nil }
      largest = max(largest, integer.magnitude)
      out.append(integer)
    }
    return (out, largest)
  }

  @_specialize(where E == GoldilocksCubic)
  private static func elements(_ values: [Int64]) -> [Base] { values.map { Base(signed: $0) } }

  // MARK: Loops

  /// `width` entries from each row's place on.
  @_specialize(where E == GoldilocksCubic)
  private static func runs(_ values: UnsafePointer<Base>, _ rows: [Int], stride: Int, width: Int) -> [Base] {
    var out: [Base] = []
    out.reserveCapacity(rows.count * width)
    for row in rows { out += UnsafeBufferPointer(start: values + row * stride, count: width) }
    return out
  }

  @_specialize(where E == GoldilocksCubic)
  private static func add(_ out: inout [Base], _ values: UnsafePointer<Base>, _ factor: Base) {
    for index in out.indices { out[index] += factor * values[index] }
  }

  @_specialize(where E == GoldilocksCubic)
  private static func add(
    _ out: inout [Base], _ values: [Base], _ factor: Base, copies: Int, count: Int, sourceCount: Int, sourceCopies: Int
  ) {
    for copy in 0..<copies {
      let source = sourceCopies == 1 ? 0 : copy * sourceCount
      var place = 0
      for index in (copy * count)..<((copy + 1) * count) {
        out[index] += factor * values[source + place]
        place += 1
        if place == sourceCount { place = 0 }
      }
    }
  }

  @_specialize(where E == GoldilocksCubic)
  private static func gather(_ values: [Base], _ positions: [Int32], _ fill: Base, copies: Int, count: Int) -> [Base] {
    var out: [Base] = []
    out.reserveCapacity(copies * positions.count)
    for copy in 0..<copies { for position in positions { out.append(position < 0 ? fill : values[copy * count + Int(position)]) } }
    return out
  }

  @_specialize(where E == GoldilocksCubic)
  private static func multiply(_ x: [Base], _ w: [Base], rows: Int, inner: Int, columns: Int) -> [Base] {
    var out = [Base](repeating: .zero, count: rows * columns)
    for i in 0..<rows {
      for k in 0..<inner {
        let factor = x[i * inner + k]
        if factor.isZero { continue }
        for j in 0..<columns { out[i * columns + j] += factor * w[k * columns + j] }
      }
    }
    return out
  }
}

/// Matrices whose rows lie in memory at fixed distances.
struct NetworkMatrices<Base: PrimeField>: @unchecked Sendable {
  private let values: [Base]
  private let column: WitnessColumn<Base>?
  /// Number of matrices.
  let count: Int
  /// Entries between the rows of a matrix, and between matrices.
  let rowStride: Int
  let stride: Int

  init(values: [Base] = [], column: WitnessColumn<Base>? = nil, count: Int, rowStride: Int, stride: Int) {
    self.values = values
    self.column = column
    self.count = count
    self.rowStride = rowStride
    self.stride = stride
  }

  /// The first entry of the first matrix, while `body` runs.
  func withPointer<Result>(_ body: (UnsafePointer<Base>) -> Result) -> Result? {
    if let column { return withExtendedLifetime(column) { body(column.pointer) } }
    return values.withUnsafeBufferPointer { $0.baseAddress.map(body) }
  }
}

/// A base element as the sums of products of the operators' definitions take them.
struct FieldSum<Base: PrimeField>: MultiplyAccumulate {
  let element: Base
  init(_ element: Base) { self.element = element }
  static var emptySum: FieldSum { FieldSum(.zero) }
  static func accumulate(_ sum: FieldSum, _ a: FieldSum, _ b: FieldSum) -> FieldSum { FieldSum(sum.element + a.element * b.element) }
}

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
    switch product {
    case .convolution(let g):
      let all = ConvolutionGeometry(
        batch: g.batch * node.copies, inputChannels: g.inputChannels, outputChannels: g.outputChannels, groups: g.groups, input: g.input,
        kernel: g.kernel, output: g.output, strides: g.strides, dilations: g.dilations, padding: g.padding)
      return all.apply(self[left].map { FieldSum($0) }, self[right].map { FieldSum($0) }).map(\.element)
    case .matrices(let batch, let rows, let inner, let columns, let isLeftBatched, let isRightBatched):
      var out: [Base] = []
      out.reserveCapacity(node.total)
      let (x, w) = (self[left], self[right])
      for copy in 0..<node.copies {
        for b in 0..<batch {
          func part(_ values: [Base], _ operand: Int, _ isBatched: Bool, _ size: Int) -> [Base] {
            let start = (nodes[operand].copies == 1 ? 0 : copy) * nodes[operand].count + (isBatched ? b * size : 0)
            return Array(values[start..<(start + size)])
          }
          out += Self.multiply(
            part(x, left, isLeftBatched, rows * inner), part(w, right, isRightBatched, inner * columns), rows: rows, inner: inner, columns: columns)
        }
      }
      return out
    }
  }

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

/// A base element as the sums of products of the operators' definitions take them.
struct FieldSum<Base: PrimeField>: MultiplyAccumulate {
  let element: Base
  init(_ element: Base) { self.element = element }
  static var emptySum: FieldSum { FieldSum(.zero) }
  static func accumulate(_ sum: FieldSum, _ a: FieldSum, _ b: FieldSum) -> FieldSum { FieldSum(sum.element + a.element * b.element) }
}

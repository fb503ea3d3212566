import Fields
import Programs
import ProofSystem

/// One dimension of a weight in product form.
public enum WeightDimension<E: ChallengeField>: Sendable {
  /// eq(point, i) for i < count.
  case equality([E], count: Int)
  /// eq(first, i)·eq(second, i) for i < count.
  case product([E], [E], count: Int)
  /// Σ over output positions o and kernel positions k that read input position i of eq(positions, o)·eq(kernel, k).
  case convolution(ConvolutionGeometry, positions: [E], kernel: [E])

  /// Entries.
  public var count: Int {
    switch self {
    case .equality(_, let count), .product(_, _, let count): count
    case .convolution(let geometry, _, _): geometry.input.reduce(1, *)
    }
  }

  /// Factors of the index bits, or nil for a dimension that is no tensor.
  var factors: [TensorFactor<E>]? {
    switch self {
    case .equality(let point, _): TensorFactor.equality(point)
    case .product(let first, let second, _):
      zip(first, second).map { .pair((E.one - $0) * (E.one - $1), $0 * $1) }
    case .convolution: nil
    }
  }

  /// scale times the weights of all entries.
  func table(_ loops: NetworkWeightLoops<E>, scale: E = .one) -> [E] {
    switch self {
    case .equality(let point, let count): return loops.equality(point, count, scale)
    case .product(let first, let second, let count):
      return zip(loops.equality(first, count, scale), loops.equality(second, count, .one)).map { $0 * $1 }
    case .convolution(let geometry, let positions, let kernel):
      return NetworkArithmetic.convolutionWeights(geometry, loops.equality(positions, 1 << positions.count, scale), Equality.table(kernel))
    }
  }
}

/// coefficient · Π_d weight_d(i_d) over the flat index of a node, zero beyond each dimension's count.
public struct StructuredWeight<E: ChallengeField>: Sendable {
  public var coefficient: E
  public var dimensions: [WeightDimension<E>]

  public init(_ coefficient: E, _ dimensions: [WeightDimension<E>]) {
    self.coefficient = coefficient
    self.dimensions = dimensions
  }

  /// eq(point, ·) over dimensions of these counts.
  public static func equality(_ coefficient: E, _ point: [E], counts: [Int]) -> StructuredWeight {
    var start = 0
    let dimensions = counts.map { count -> WeightDimension<E> in
      let bits = log2Ceiling(count)
      defer { start += bits }
      return .equality(Array(point[start..<(start + bits)]), count: count)
    }
    return StructuredWeight(coefficient, dimensions)
  }

  /// Whether a dimension is read by a convolution: no tensor, and of a table that costs kernel times output.
  var hasConvolution: Bool {
    dimensions.contains { if case .convolution = $0 { true } else { false } }
  }

  /// All entries.
  func table(_ loops: NetworkWeightLoops<E>) -> [E] {
    var out = [coefficient]
    for dimension in dimensions {
      out = out.count == 1 ? dimension.table(loops, scale: out[0]) : loops.outer(out, dimension.table(loops))
    }
    return out
  }
}

/// Weights of the one linear claim on all nodes of a network, pushed from results back to operands until they lie on committed cells.
///
/// Weights in product form are kept at once, since the verifier's text needs their points; all others wait until a value of them is asked for
/// (`settle`), so that the readings which lay out pads or replay messages do no work on activations.
public struct NetworkWeights<E: ChallengeField> {
  let network: NetworkConstraint
  private let loops: NetworkWeightLoops<E>
  private var graph: NetworkGraph { network.graph }
  private(set) var structured: [[StructuredWeight<E>]]
  /// Whether a weight that is not in product form arrives at the node.
  private(set) var hasDense: [Bool]
  private var dense: [[E]?]
  /// Weights in product form that are too many to be passed on as such: written out when their node's turn comes.
  private var waiting: [Int: [StructuredWeight<E>]] = [:]
  /// Most weights in product form that an affine node or a transposition hands to an operand; sums of sums would double them at every step.
  private static var limit: Int { 256 }
  /// Nodes whose weights have been passed on in product form, from the last down.
  private var passed: [Int] = []
  private var settled = 0
  /// Σ ⟨weight, known⟩ of settled nodes, and the equations' constants.
  public private(set) var known = E.zero
  /// Weights of nodes that are read off committed columns: entry i of the list lies, times each coefficient, on cell offset + i.
  private var cells: [(weights: [E], terms: [NetworkGraph.CellTerm])] = []

  /// The weights of Σ_e γ^e·equation_e at the point.
  public init(_ network: NetworkConstraint, point: [E], gamma: E, loops: NetworkWeightLoops<E> = .plain) {
    self.network = network
    self.loops = loops
    let count = network.graph.nodes.count
    structured = [[StructuredWeight<E>]](repeating: [], count: count)
    hasDense = [Bool](repeating: false, count: count)
    dense = [[E]?](repeating: nil, count: count)
    for (equation, power) in zip(network.equations, gamma.powers(network.equations.count)) {
      let weight = StructuredWeight<E>.equality(power, Array(point.prefix(equation.bits)), counts: equation.dimensions)
      for (coefficient, node) in equation.terms {
        structured[node].append(StructuredWeight(weight.coefficient.scaled(by: E.Base(signed: coefficient)), weight.dimensions))
      }
      if equation.constant != 0 {
        let mask = Equality.maskSum(Array(point.prefix(equation.bits)), equation.dimensions.map { Extent(count: $0) })
        known += (power * mask).scaled(by: E.Base(signed: equation.constant))
      }
    }
  }

  /// Whether any weight lies on the node.
  public func isUsed(_ node: Int) -> Bool { hasDense[node] || !structured[node].isEmpty }

  /// A further weight on a node that has not been passed.
  public mutating func add(_ weight: StructuredWeight<E>, to node: Int) { structured[node].append(weight) }

  /// The one weight on a product when it is in the product's own dimensions and at a point.
  public func single(_ node: Int) -> (coefficient: E, points: [[E]])? {
    guard !hasDense[node], structured[node].count == 1, let weight = structured[node].first,
      weight.dimensions.map(\.count) == graph.dimensions(node)
    else { return nil }
    var points: [[E]] = []
    for dimension in weight.dimensions {
      guard case .equality(let point, _) = dimension else { return nil }
      points.append(point)
    }
    return (weight.coefficient, points)
  }

  /// Passes the weights of a node that is no product on to its operands.
  public mutating func pass(_ node: Int) {
    guard isUsed(node) else { return }
    if hasTooMany(node) {
      waiting[node] = structured[node]
      structured[node] = []
      hasDense[node] = true
    }
    switch graph.nodes[node].kind {
    case .affine(let terms, _):
      for (coefficient, operand) in terms {
        guard graph.isPlain(operand, of: node) else {
          hasDense[operand] = true
          continue
        }
        if hasDense[node] { hasDense[operand] = true }
        for weight in structured[node] {
          structured[operand].append(StructuredWeight(weight.coefficient.scaled(by: E.Base(signed: coefficient)), weight.dimensions))
        }
      }
    case .gather(let operand, _, _):
      if hasDense[node] { hasDense[operand] = true }
      for weight in structured[node] {
        if let own = permuted(weight, node) { structured[operand].append(own) } else { hasDense[operand] = true }
      }
    case .concatenate(let operands, _): for operand in operands { hasDense[operand] = true }
    case .publicProduct(let operand, _, _, _): hasDense[operand] = true
    case .parameter, .known, .columns, .cells, .product: break
    }
    passed.append(node)
  }

  /// Whether an operand would have more weights in product form than `limit`, or each of several operands that of a convolution, which would be
  /// written out for every one of them. Depends on counts and geometries alone, so that all readings agree.
  private func hasTooMany(_ node: Int) -> Bool {
    let own = structured[node].count
    guard own > 0 else { return false }
    switch graph.nodes[node].kind {
    case .affine(let terms, _):
      if terms.count > 1, structured[node].contains(where: { $0.hasConvolution }) { return true }
      var counts: [Int: Int] = [:]
      for (_, operand) in terms where graph.isPlain(operand, of: node) { counts[operand, default: structured[operand].count] += own }
      return counts.values.contains { $0 > Self.limit }
    case .gather(let operand, _, _): return structured[operand].count + own > Self.limit
    default: return false
    }
  }

  /// A product whose weights the caller has replaced by claims on its operands.
  public mutating func finish(_ node: Int) { if isUsed(node) { passed.append(node) } }

  /// The weight through a transposition, in product form again where the dimensions agree.
  private func permuted(_ weight: StructuredWeight<E>, _ node: Int) -> StructuredWeight<E>? {
    guard let permutation = network.permutations[node] else { return nil }
    // A convolution over one entry is a factor too: the sum over the kernel entries that read it.
    let own = weight.dimensions.filter { $0.count != 1 || $0.factors == nil }
    guard own.map(\.count) == permutation.dimensions else { return nil }
    var out = own
    for (output, axis) in permutation.axes.enumerated() { out[axis] = own[output] }
    return StructuredWeight(weight.coefficient, out)
  }

  // MARK: Dense weights

  /// Does the work that waits: after it, `dense` holds what has arrived at every node that was not passed yet.
  public mutating func settle() {
    while settled < passed.count {
      let node = passed[settled]
      push(node)
      // Weights of hidden tensors and of table columns are read at the end.
      switch graph.nodes[node].kind {
      case .parameter, .columns: break
      default: dense[node] = nil
      }
      settled += 1
    }
  }

  /// All weights on a node as a list, product forms written out; call `settle` first.
  public func full(_ node: Int) -> [E] {
    guard var out = dense[node] ?? structured[node].first?.table(loops) else { return [E](repeating: .zero, count: graph.nodes[node].total) }
    for weight in structured[node].dropFirst(dense[node] == nil ? 1 : 0) { loops.add(&out, weight.table(loops)) }
    return out
  }

  private mutating func accumulate(_ node: Int, _ values: [E]) {
    guard var sum = dense[node] else {
      dense[node] = values
      return
    }
    dense[node] = nil
    loops.add(&sum, values)
    dense[node] = sum
  }

  private mutating func push(_ node: Int) {
    let own = graph.nodes[node]
    for weight in waiting.removeValue(forKey: node) ?? [] { accumulate(node, weight.table(loops)) }
    switch own.kind {
    case .affine(let terms, let constant):
      let all = terms.contains { !graph.isPlain($0.node, of: node) } || constant != 0 ? full(node) : []
      for (coefficient, operand) in terms {
        let factor = E.Base(signed: coefficient)
        if graph.isPlain(operand, of: node) {
          if let values = dense[node] { accumulate(operand, NetworkArithmetic.scaled(values, factor)) }
        } else {
          let target = graph.nodes[operand]
          accumulate(
            operand,
            NetworkArithmetic.folded(all, copies: own.copies, count: own.count, toCopies: target.copies, toCount: target.count, factor))
        }
      }
      if constant != 0 { known += NetworkArithmetic.sum(all).scaled(by: E.Base(signed: constant)) }
    case .gather(let operand, let positions, let fill):
      var values = dense[node]
      for weight in structured[node] where permuted(weight, node) == nil {
        let own = weight.table(loops)
        guard var sum = values else {
          values = own
          continue
        }
        values = nil
        loops.add(&sum, own)
        values = sum
      }
      guard let values else { return }
      let (out, filled) = NetworkArithmetic.scatter(values, positions, copies: own.copies, count: graph.nodes[operand].total / own.copies)
      accumulate(operand, out)
      if fill != 0 { known += filled.scaled(by: E.Base(signed: fill)) }
    case .concatenate(let operands, let rows):
      let all = full(node)
      var start = 0
      let width = own.count / max(1, rows)
      for operand in operands {
        let columns = graph.nodes[operand].count / max(1, rows)
        accumulate(
          operand,
          NetworkArithmetic.columns(
            all, rows: own.copies * rows, width: width, from: start, columns: columns,
            toRows: graph.nodes[operand].copies * rows))
        start += columns
      }
    case .publicProduct(let operand, let matrix, let inner, let columns):
      accumulate(operand, NetworkArithmetic.transposed(full(node), matrix, inner: inner, columns: columns))
    case .known(let values): known += NetworkArithmetic.inner(full(node), values)
    case .cells(let terms, let constant):
      let all = full(node)
      if constant != 0 { known += NetworkArithmetic.sum(all).scaled(by: E.Base(signed: constant)) }
      cells.append((all, terms))
    case .parameter, .columns, .product: break
    }
  }

  // MARK: The end

  /// Parameter nodes whose weights are all in product form over the parameter's own dimensions.
  private func tensors(_ node: Int, _ parameter: Int) -> [StructuredWeight<E>]? {
    guard !hasDense[node] else { return nil }
    let wanted = network.parameterDimensions[parameter].filter { $0 != 1 }
    for weight in structured[node] {
      guard weight.dimensions.filter({ $0.count != 1 }).map(\.count) == wanted, weight.dimensions.allSatisfy({ $0.factors != nil }) else {
        return nil
      }
    }
    return structured[node]
  }

  /// Weights on hidden tensors that are tensors themselves.
  public var terms: [(matrix: String, tensor: Tensor<E>)] {
    var out: [(matrix: String, tensor: Tensor<E>)] = []
    for (number, node) in graph.nodes.enumerated() {
      guard case .parameter(let parameter) = node.kind, isUsed(number), let weights = tensors(number, parameter) else { continue }
      let view = network.parameters[parameter]
      for weight in weights {
        var pieces: [[TensorFactor<E>]] = [[]]
        for dimension in weight.dimensions where dimension.count != 1 {
          let own = NetworkArithmetic.masked(dimension.factors ?? [], count: dimension.count)
          pieces = pieces.flatMap { piece in own.map { piece + $0 } }
        }
        out += pieces.map { (view.matrix, view.tensor($0, weight.coefficient)) }
      }
    }
    return out
  }

  /// What the last sumcheck runs over: committed columns with dense weights, by decreasing size, each at a multiple of it.
  public var stack: NetworkStack {
    var parts: [NetworkStack.Part] = []
    for (number, node) in graph.nodes.enumerated() where isUsed(number) {
      switch node.kind {
      case .parameter(let parameter):
        guard tensors(number, parameter) == nil else { continue }
        parts.append(NetworkStack.Part(view: network.parameters[parameter], source: .parameter(node: number, parameter)))
      case .columns(let views):
        for (entry, view) in views.enumerated() { parts.append(NetworkStack.Part(view: view, source: .table(node: number, entry))) }
      default: continue
      }
    }
    for (column, view) in network.columns.enumerated() where !network.unread.contains(column) {
      parts.append(NetworkStack.Part(view: view, source: .cells(column)))
    }
    return NetworkStack(parts)
  }

  /// The weights of the stack in pieces: entry i of each, times its coefficient, lies on entry start + i of the vector; zero elsewhere. Call
  /// `settle` first. Nothing is copied but weights on hidden tensors and columns of tables.
  package func pieces(_ stack: NetworkStack) -> [(weights: [E], coefficient: E.Base, start: Int)] {
    var out: [(weights: [E], coefficient: E.Base, start: Int)] = []
    var starts = [Int?](repeating: nil, count: network.columns.count)
    for part in stack.parts {
      if case .cells(let column) = part.source { starts[column] = part.offset } else { out.append((weights(part), .one, part.offset)) }
    }
    for (values, terms) in cells {
      for term in terms { if let start = starts[term.column] { out.append((values, E.Base(signed: term.coefficient), start + term.offset)) } }
    }
    return out
  }

  /// The weights of one part that is a hidden tensor or a column of a table, from its first entry on; zero beyond. Call `settle` first.
  private func weights(_ part: NetworkStack.Part) -> [E] {
    switch part.source {
    case .cells: return []
    case .table(let node, let entry):
      let all = full(node)
      return stride(from: entry, to: all.count, by: graph.nodes[node].count).map { all[$0] }
    case .parameter(let node, let parameter):
      var out = [E](repeating: .zero, count: 1 << part.view.variableCount)
      let places = NetworkParameter(name: "", dimensions: network.parameterDimensions[parameter], range: IntegerRange(only: 0)).paddedPositions
      for (place, weight) in zip(places, full(node)) { out[place] = weight }
      return out
    }
  }

  /// Σ_parts eq(selector)·Σ_i weight(i)·eq(rest, i): the stack's weight at a point.
  public func value(_ stack: NetworkStack, at point: [E]) -> E {
    // Cells that are used in columns of each size: no more of eq is written out.
    var used: [Int: Int] = [:]
    for (values, terms) in cells {
      for term in terms {
        let bits = network.columns[term.column].variableCount
        used[bits] = max(used[bits] ?? 0, term.offset + values.count)
      }
    }
    var tables: [Int: [E]] = [:]
    var selectors = [E](repeating: .zero, count: network.columns.count)
    var sum = E.zero
    for part in stack.parts {
      let bits = part.view.variableCount
      let (prefix, own) = stack.section(part, point)
      if case .cells(let column) = part.source {
        selectors[column] = prefix
        if tables[bits] == nil { tables[bits] = NetworkArithmetic.equality(own, count: used[bits] ?? 0) }
      } else {
        let weights = weights(part)
        sum += prefix * NetworkArithmetic.dot(weights, NetworkArithmetic.equality(own, count: weights.count))
      }
    }
    for (values, terms) in cells {
      // Columns of one size that the node reads at one place share the sum over its entries.
      var known: [(bits: Int, offset: Int, factor: E)] = []
      for term in terms {
        let bits = network.columns[term.column].variableCount
        let factor = selectors[term.column].scaled(by: E.Base(signed: term.coefficient))
        if let place = known.firstIndex(where: { $0.bits == bits && $0.offset == term.offset }) {
          known[place].factor += factor
        } else {
          known.append((bits, term.offset, factor))
        }
      }
      for (bits, offset, factor) in known { sum += factor * NetworkArithmetic.dot(values, tables[bits] ?? [], from: offset) }
    }
    return sum
  }

  /// ⟨weight, ·⟩ of a node at a point of its dimensions.
  public func value(_ node: Int, at points: [[E]]) -> E {
    let weight = StructuredWeight(E.one, zip(points, graph.dimensions(node)).map { .equality($0, count: $1) })
    return NetworkArithmetic.dot(full(node), weight.table(loops))
  }
}

/// The committed columns of the last sumcheck of a network, in one vector.
public struct NetworkStack: Sendable {
  /// One column.
  public struct Part: Sendable {
    enum Source: Sendable {
      case cells(Int)
      case table(node: Int, Int)
      case parameter(node: Int, Int)
    }
    public let view: View
    let source: Source
    /// First entry in the vector.
    public internal(set) var offset = 0

    init(view: View, source: Source) {
      self.view = view
      self.source = source
    }
  }

  public let parts: [Part]
  /// Variables of the vector.
  public let bits: Int

  init(_ parts: [Part]) {
    let order = parts.indices.sorted { (parts[$1].view.variableCount, $0) < (parts[$0].view.variableCount, $1) }
    var offset = 0
    var placed: [Part] = []
    for index in order {
      var part = parts[index]
      part.offset = offset
      offset += 1 << part.view.variableCount
      placed.append(part)
    }
    self.parts = placed
    bits = log2Ceiling(offset)
  }

  /// (eq of the part's place, the part's own point).
  func section<E: ChallengeField>(_ part: Part, _ point: [E]) -> (E, [E]) {
    let own = part.view.variableCount
    return (Equality.value(Array(point.prefix(bits - own)), index: part.offset >> own), Array(point.suffix(own)))
  }

  /// The vector at a point as a combination of committed cells.
  func terms<E: ChallengeField>(_ point: [E]) -> [(matrix: String, tensor: Tensor<E>)] {
    parts.map { part in
      let (prefix, own) = section(part, point)
      return (part.view.matrix, part.view.equality(own, prefix))
    }
  }
}

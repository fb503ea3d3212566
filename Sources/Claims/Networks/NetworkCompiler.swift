import Hashing
import Programs
import ProofSystem

/// Turns a network's program for one row into a graph over `rows` rows with committed cells: one method per operator.
struct NetworkCompiler {
  let claim: NetworkInference
  let architecture: NetworkArchitecture
  let program: Program
  let bounds: [NodeBounds]
  let prefix: String
  /// Bits of a limb.
  let limbBits: Int
  private(set) var graph = NetworkGraph()
  /// For every node the product whose dimensions it has, where it comes from one.
  private var products: [Int?] = []
  /// Degree of every node in committed cells.
  private var degrees: [Int] = []
  private(set) var equations: [NetworkEquation] = []
  private(set) var advice: [NetworkAdvice] = []
  /// Kinds of cells in order of first use: the number of their first column, and entries so far.
  private(set) var kinds: [(cells: NetworkCells, first: Int, count: Int)] = []
  private var kindPlaces: [NetworkCells: Int] = [:]
  private(set) var columnCount = 0
  private(set) var permutations: [Int: AxisPermutation] = [:]
  /// Committed tables in order.
  var lookupTables: [NetworkTable] = []
  /// Table of rows of a node, by node, columns of its rows, and whether all rows of the claim are in it.
  var rowTables: [NetworkTable.Source: Int] = [:]
  private(set) var tables: [Int: (table: String, columns: [String])] = [:]
  private(set) var expected: [(name: String, node: Int, target: Int)] = []
  /// Graph node of every program node.
  private(set) var values: [Int] = []
  /// Results of function tables whose argument is a rescaling's cells already.
  private var fused: [Int: (digits: NetworkDigits, table: TableLookup?)] = [:]
  /// Program nodes that read each program node.
  private let readers: [[Int]]

  init(_ claim: NetworkInference, _ architecture: NetworkArchitecture, prefix: String) throws(ClaimError) {
    self.claim = claim
    self.architecture = architecture
    self.prefix = prefix
    program = architecture.program
    bounds = architecture.bounds
    var cells = 0
    var readers = [[Int]](repeating: [], count: program.nodes.count)
    for (number, node) in program.nodes.enumerated() {
      for operand in node.operands { readers[operand].append(number) }
      switch node.operation {
      case .rescale, .requantise, .table, .rowMaximum, .argmax, .compareGreaterOrEqual: cells += node.shape.count
      case .rowOrder: for operand in node.operands { cells += architecture.program.nodes[operand].shape.count }
      case .treeEnsemble(let trees): cells += node.shape.rows * trees.depth
      default: break
      }
    }
    self.readers = readers
    let (all, overflow) = cells.multipliedReportingOverflow(by: claim.rows)
    guard !overflow, all <= 1 << 28 else { throw .tooLarge("\(claim.rows) rows of a network") }
    limbBits = min(16, max(8, log2Ceiling(all) - 3))
  }

  // MARK: Parts

  func unsupported(_ node: ProgramNode, _ reason: String) -> ClaimError { .unsupported(node: "\(prefix).\(node.name)", reason: reason) }

  /// Largest degree of a node in committed cells: beyond it the operands of a product are committed.
  private static var maximumDegree: Int { StatementLimits.maximumUncommittedDegree }

  mutating func add(_ name: String, _ wanted: NetworkGraph.Kind, count: Int, copies: Int) -> Int {
    let kind = lowered(name, wanted)
    let own = graph.nodes.count
    graph.nodes.append(NetworkGraph.Node(name: name, kind: kind, count: count, copies: copies))
    degrees.append(kind.degree { degrees[$0] })
    switch kind {
    case .product: products.append(own)
    case .affine(let terms, _):
      // The first operand of the same size that comes from a product.
      products.append(terms.first { graph.nodes[$0.node].total == count * copies && products[$0.node] != nil }.flatMap { products[$0.node] })
    default: products.append(nil)
    }
    return own
  }

  /// The same product of operands whose degrees add up to no more than `maximumDegree`.
  private mutating func lowered(_ name: String, _ kind: NetworkGraph.Kind) -> NetworkGraph.Kind {
    guard case .product(var left, var right, let product) = kind, degrees[left] + degrees[right] > Self.maximumDegree else { return kind }
    let larger = degrees[left] >= degrees[right] ? left : right
    let copy = committed("\(name).\(larger)", larger)
    if left == larger { left = copy }
    if right == larger { right = copy }
    return lowered(name, .product(left, right, product))
  }

  /// Cells that equal a node, entry by entry.
  private mutating func committed(_ name: String, _ node: Int) -> Int {
    let own = graph.nodes[node]
    let (column, offset) = cells(.plain, own.total)
    advise(name, .value(node, .plain(column: column, offset: offset)))
    let copy = self.node(name, .plain(column: column, offset: offset), count: own.count, copies: own.copies)
    equal(name, [(1, node), (-1, copy)])
    return copy
  }

  /// constant + Σ coefficient·node.
  mutating func combine(_ name: String, _ terms: [(coefficient: Int64, node: Int)], constant: Int64, count: Int, copies: Int) -> Int {
    add(name, .affine(terms, constant: constant), count: count, copies: copies)
  }

  func copies(_ nodes: [Int]) -> Int { nodes.reduce(1) { max($0, graph.nodes[$1].copies) } }

  mutating func advise(_ name: String, _ step: NetworkAdvice.Step) {
    advice.append(NetworkAdvice(before: graph.nodes.count, name: name, step: step))
  }

  /// Σ coefficient·node + constant = 0, at a point in the dimensions of the product that the first node comes from.
  mutating func equal(_ name: String, _ terms: [(coefficient: Int64, node: Int)], constant: Int64 = 0) {
    let first = terms.first?.node ?? 0
    equations.append(NetworkEquation(name: "\(prefix).\(name)", terms: terms, constant: constant, dimensions: dimensions(of: first)))
  }

  private func dimensions(of node: Int) -> [Int] { products[node].map { graph.dimensions($0) } ?? [graph.nodes[node].total] }

  /// Cells for `total` entries of a kind: first column and offset.
  mutating func cells(_ kind: NetworkCells, _ total: Int) -> (first: Int, offset: Int) {
    if let place = kindPlaces[kind] {
      defer { kinds[place].count += total }
      return (kinds[place].first, kinds[place].count)
    }
    kindPlaces[kind] = kinds.count
    kinds.append((kind, columnCount, total))
    columnCount += kind.width
    return (columnCount - kind.width, 0)
  }

  /// Widths of at most `limbBits`, nearly equal, the largest first.
  func split(_ bits: Int) -> [Int] {
    let count = max(1, (bits + limbBits - 1) / limbBits)
    return (0..<count).map { bits / count + ($0 < bits % count ? 1 : 0) }
  }

  /// Digits for integers in lower ..< lower + 2^bits: their lookups enforce it.
  mutating func limbs(_ bits: Int, lower: Int64, _ total: Int) -> NetworkDigits {
    var out: [(column: Int, offset: Int, bits: Int, shift: Int)] = []
    var shift = 0
    guard bits > 0 else { return .limbs([], lower: lower) }
    for width in split(bits) {
      let (first, offset) = cells(.limb(bits: width), total)
      out.append((first, offset, width, shift))
      shift += width
    }
    return .limbs(out, lower: lower)
  }

  /// The integer of these digits.
  mutating func node(_ name: String, _ digits: NetworkDigits, count: Int, copies: Int) -> Int {
    switch digits {
    case .limbs(let limbs, let lower):
      let terms = limbs.map { NetworkGraph.CellTerm(column: $0.column, offset: $0.offset, coefficient: 1 << Int64($0.shift)) }
      return add(name, .cells(terms, constant: lower), count: count, copies: copies)
    case .sign(let first, let offset, _, let low):
      var terms = [NetworkGraph.CellTerm(column: first, offset: offset, coefficient: 1 << Int64(low.reduce(0, +)))]
      terms += Self.lower(low).map { NetworkGraph.CellTerm(column: first + 3 + 2 * $0.place, offset: offset, coefficient: 1 << Int64($0.shift)) }
      return add(name, .cells(terms, constant: -(1 << Int64(Self.bits(digits) - 1))), count: count, copies: copies)
    case .table(let first, let offset, _), .plain(let first, let offset):
      return add(name, .cells([NetworkGraph.CellTerm(column: first, offset: offset, coefficient: 1)], constant: 0), count: count, copies: copies)
    }
  }

  /// max(0, value) of digits with a sign.
  mutating func positive(_ name: String, _ digits: NetworkDigits, count: Int, copies: Int) -> Int {
    guard case .sign(let first, let offset, _, let low) = digits else { preconditionFailure("digits without a sign") }
    var terms = [NetworkGraph.CellTerm(column: first + 2, offset: offset, coefficient: 1 << Int64(low.reduce(0, +)))]
    terms += Self.lower(low).map { NetworkGraph.CellTerm(column: first + 4 + 2 * $0.place, offset: offset, coefficient: 1 << Int64($0.shift)) }
    return add(name, .cells(terms, constant: 0), count: count, copies: copies)
  }

  /// 1 where the value is not negative, else 0.
  mutating func sign(_ name: String, _ digits: NetworkDigits, count: Int, copies: Int) -> Int {
    guard case .sign(let first, let offset, _, _) = digits else { preconditionFailure("digits without a sign") }
    return add(name, .cells([NetworkGraph.CellTerm(column: first + 1, offset: offset, coefficient: 1)], constant: 0), count: count, copies: copies)
  }

  /// Places and shifts of the lower limbs.
  static func lower(_ low: [Int]) -> [(place: Int, shift: Int)] {
    var shift = low.reduce(0, +)
    return low.enumerated().map { place, width in
      shift -= width
      return (place, shift)
    }
  }

  static func bits(_ digits: NetworkDigits) -> Int {
    switch digits {
    case .limbs(let limbs, _): limbs.reduce(0) { $0 + $1.bits }
    case .sign(_, _, let high, let low): high + low.reduce(0, +)
    case .table, .plain: 64
    }
  }

  /// Digits with a sign for integers of `bits` bits in two's complement, at least 2.
  mutating func signDigits(_ bits: Int, _ total: Int) -> NetworkDigits {
    let widths = split(max(2, bits))
    let (first, offset) = cells(.sign(high: widths[0], low: Array(widths.dropFirst())), total)
    return .sign(first: first, offset: offset, high: widths[0], low: Array(widths.dropFirst()))
  }

  /// Bits of two's complement that hold the range.
  static func signedBits(_ range: IntegerRange) -> Int {
    max(64 - range.upper.magnitude.leadingZeroBitCount, 64 - (range.lower < 0 ? ~range.lower : range.lower).magnitude.leadingZeroBitCount) + 1
  }

  /// Digits with a sign that equal a node.
  mutating func signed(_ name: String, _ node: Int, _ range: IntegerRange) throws(ClaimError) -> NetworkDigits {
    let bits = Self.signedBits(range)
    guard bits <= 60 else { throw .tooWide(node: "\(prefix).\(name)", bits: bits) }
    let own = graph.nodes[node]
    let digits = signDigits(bits, own.total)
    advise(name, .value(node, digits))
    let value = self.node("\(name).digits", digits, count: own.count, copies: own.copies)
    equal(name, [(1, node), (-1, value)])
    return digits
  }

  // MARK: Program

  /// Most entries of all nodes for all rows.
  static var maximumEntries: Int { 1 << 27 }

  /// Views of the named columns of a table, in order: (what reads them, table, columns, range that they must lie in).
  typealias Resolver = (String, String, [String], IntegerRange?) throws(ClaimError) -> [View]

  /// Compiles every node, and the outputs that the claim binds.
  mutating func compile(_ resolve: Resolver) throws(ClaimError) {
    // Hidden tensors may be larger, as long as products alone read them; nothing else is built that could not be kept.
    var (built, seen) = (0, 0)
    for (number, node) in program.nodes.enumerated() {
      values.append(try compile(number, node, resolve))
      for own in graph.nodes[seen...] {
        if case .parameter = own.kind { continue }
        built += min(own.total, Self.maximumEntries + 1)
      }
      seen = graph.nodes.count
      guard built <= Self.maximumEntries else { throw .tooLarge("\(built) entries of a network's tensors, at \(node.name)") }
    }
    for name in claim.outputs.keys.sorted() {
      guard let target = claim.outputs[name], architecture.outputs.contains(where: { $0.name.hasSameBytes(as: name) }),
        let node = program.output(name)
      else { throw .inconsistent("the network has no output \(name)") }
      try bind(name, values[node], range: bounds[node].range, target, resolve)
    }
    // A verifier writes out one weight for each of these entries.
    var entries = 0
    let inProductForm = inProductForm
    for (number, node) in graph.nodes.enumerated() where !inProductForm.contains(number) { entries += min(node.total, Self.maximumEntries + 1) }
    guard entries <= Self.maximumEntries else { throw .tooLarge("\(entries) entries of a network's tensors") }
  }

  /// Hidden tensors that nothing but products in the tensor's own dimensions read: no weights of theirs are written out.
  private var inProductForm: Set<Int> {
    var out: Set<Int> = []
    for (number, node) in graph.nodes.enumerated() { if case .parameter = node.kind { out.insert(number) } }
    for node in graph.nodes {
      switch node.kind {
      case .parameter, .known, .columns, .cells: break
      case .gather(let operand, _, _), .publicProduct(let operand, _, _, _): out.remove(operand)
      case .affine(let terms, _): for term in terms { out.remove(term.node) }
      case .concatenate(let operands, _): for operand in operands { out.remove(operand) }
      case .product(let left, let right, let product):
        for (operand, isLeft) in [(left, true), (right, false)] {
          guard case .parameter(let parameter) = graph.nodes[operand].kind else { continue }
          let own = architecture.parameters[parameter].dimensions.filter { $0 != 1 }
          if product.dimensions(isLeft: isLeft).filter({ $0 != 1 }) != own { out.remove(operand) }
        }
      }
    }
    for equation in equations { for term in equation.terms { out.remove(term.node) } }
    return out
  }

  private mutating func bind(
    _ name: String, _ node: Int, range: IntegerRange, _ target: NetworkInference.Target, _ resolve: Resolver
  ) throws(ClaimError) {
    let own = graph.nodes[node]
    guard own.copies == claim.rows || claim.rows == 1 else { throw .inconsistent("output \(name) does not depend on the rows") }
    let other: Int
    switch target {
    case .published(let numbers):
      guard numbers.count == own.total else { throw .inconsistent("output \(name) has \(own.total) integers, not \(numbers.count)") }
      other = add("output.\(name)", .known(numbers), count: own.count, copies: own.copies)
    case .columns(let table, let columns):
      other = try tableColumns(name, table, columns, count: own.count, range: nil, resolve)
    }
    expected.append((name, node, other))
    equal("output.\(name)", [(1, node), (-1, other)])
  }

  /// Stored integers of a table as a node. `range`: what the columns' declared ranges must lie in.
  private mutating func tableColumns(
    _ name: String, _ table: String, _ columns: [String], count: Int, range: IntegerRange?, _ resolve: Resolver
  ) throws(ClaimError) -> Int {
    guard columns.count == count else { throw .inconsistent("\(name) has \(count) entries, not \(columns.count)") }
    let views = try resolve(name, table, columns, range)
    let node = add(name, .columns(views), count: count, copies: claim.rows)
    tables[node] = (table, columns)
    return node
  }

  private mutating func compile(_ number: Int, _ node: ProgramNode, _ resolve: Resolver) throws(ClaimError) -> Int {
    let operands = node.operands.map { values[$0] }
    let count = node.shape.count
    switch node.operation {
    case .input(let input): return try compileInput(node, input, resolve)
    case .constant(let constant):
      switch constant.content {
      case .uniform(let value): return add(node.name, .known([Int64](repeating: value, count: count)), count: count, copies: 1)
      case .values(let list): return add(node.name, .known(list), count: count, copies: 1)
      }
    case .view(let view): return try compileView(node, view, operands[0])
    case .affine(let affine):
      let terms = zip(affine.coefficients, operands).map { (coefficient: $0, node: $1) }
      return add(node.name, .affine(terms, constant: affine.constant), count: count, copies: copies(operands))
    case .concatenateColumns:
      return add(node.name, .concatenate(operands, rows: node.shape.rows), count: count, copies: copies(operands))
    case .matrixMultiply:
      let (rows, columns) = (node.shape.rows, node.shape.columns)
      let inner = program.nodes[node.operands[0]].shape.columns
      return matrices(node, operands, .matrices(batch: 1, rows: rows, inner: inner, columns: columns, isLeftBatched: false, isRightBatched: false))
    case .batchMatrixMultiply(let product):
      return matrices(
        node, operands,
        .matrices(
          batch: product.batch, rows: product.rows, inner: product.inner, columns: product.columns, isLeftBatched: product.isLeftBatched,
          isRightBatched: product.isRightBatched))
    case .convolution(let convolution):
      guard graph.nodes[operands[1]].copies == 1, graph.nodes[operands[0]].copies == copies(operands) else {
        throw unsupported(node, "the kernel of a convolution must not depend on the rows")
      }
      return add(node.name, .product(operands[0], operands[1], .convolution(convolution.geometry)), count: count, copies: copies(operands))
    case .multiply: return elementwise(node.name, operands[0], operands[1], count)
    case .select:
      // y + c·(x − y).
      let all = copies(operands)
      let difference = combine("\(node.name).difference", [(1, operands[1]), (-1, operands[2])], constant: 0, count: count, copies: all)
      let chosen = elementwise("\(node.name).chosen", operands[0], difference, count)
      return combine(node.name, [(1, operands[2]), (1, chosen)], constant: 0, count: count, copies: all)
    case .rescale(let rescale): return try compileRescale(number, node, rescale.requantise, rescale.range, operands[0])
    case .requantise(let requantise): return try compileRescale(number, node, requantise, bounds[number].enforced, operands[0])
    case .table(let table): return try compileTable(number, node, table, operands[0])
    case .compareGreaterOrEqual(let compare):
      let shifted = combine("\(node.name).shifted", [(1, operands[0])], constant: 0 &- compare.threshold, count: count, copies: copies(operands))
      guard let range = bounds[node.operands[0]].range.subtracting(IntegerRange(only: compare.threshold)) else { throw .coefficientOverflow }
      let digits = try signed("\(node.name).digits", shifted, range)
      return sign(node.name, digits, count: count, copies: graph.nodes[shifted].copies)
    case .rowMaximum:
      return try maximum(node.name, operands[0], bounds[node.operands[0]].range, program.nodes[node.operands[0]].shape)
    case .argmax: return try compileArgmax(node, operands[0])
    case .oneHot(let oneHot): return try compileOneHot(node, oneHot, operands[0])
    case .divide(let divide): return try compileDivide(number, node, divide, operands)
    case .squareRoot(let root): return try compileSquareRoot(number, node, root, operands[0])
    case .rowLookup: return try compileRowLookup(node, operands)
    case .rowOrder(let order): return try compileRowOrder(node, order, operands[0])
    case .treeEnsemble(let trees): return try compileTrees(node, trees, operands)
    case .confusionCounts, .weightedSum, .treePaths, .treeLeaves:
      throw unsupported(node, "the operator \(type(of: node.operation.definition).name) has no relation inside networks yet")
    }
  }

  private func known(_ node: Int) -> [Int64]? {
    guard case .known(let values) = graph.nodes[node].kind else { return nil }
    return values
  }

  private mutating func matrices(_ node: ProgramNode, _ operands: [Int], _ product: NetworkGraph.Product) -> Int {
    if case .matrices(let batch, _, let inner, let columns, let isLeftBatched, let isRightBatched) = product, let matrix = known(operands[1]),
      graph.nodes[operands[1]].copies == 1, batch == 1 || (isLeftBatched && !isRightBatched)
    {
      return add(
        node.name, .publicProduct(operands[0], matrix: matrix, inner: inner, columns: columns), count: node.shape.count, copies: copies(operands))
    }
    return add(node.name, .product(operands[0], operands[1], product), count: node.shape.count, copies: copies(operands))
  }

  /// y[i] = left[i]·right[i].
  mutating func elementwise(_ name: String, _ left: Int, _ right: Int, _ count: Int) -> Int {
    add(
      name, .product(left, right, .matrices(batch: count, rows: 1, inner: 1, columns: 1, isLeftBatched: true, isRightBatched: true)),
      count: count, copies: copies([left, right]))
  }

  private mutating func compileView(_ node: ProgramNode, _ view: TensorView, _ operand: Int) throws(ClaimError) -> Int {
    // Nothing is written out for the tensor under another shape: hidden ones may have millions of entries.
    if view.dimensions.count == graph.nodes[operand].count, view == .reshape(to: view.dimensions) { return operand }
    guard let list = TensorView.positions(view.map, sourceCount: graph.nodes[operand].count), list.count < 1 << 31 else {
      throw unsupported(node, "the view leaves its operand")
    }
    if list.count == graph.nodes[operand].count, list.enumerated().allSatisfy({ $0 == $1 }) { return operand }
    let own = add(
      node.name, .gather(operand, positions: list.map { Int32(truncatingIfNeeded: $0) }, fill: view.fill), count: list.count,
      copies: graph.nodes[operand].copies)
    // The relation follows the positions: a transposition counts as one only where it says the same of every entry.
    if let permutation = view.permutation(sourceCount: graph.nodes[operand].count)?.squeezed, permutation.explains(list) {
      permutations[own] = permutation
    }
    return own
  }

  private mutating func compileInput(_ node: ProgramNode, _ input: Input, _ resolve: Resolver) throws(ClaimError) -> Int {
    let count = node.shape.count
    if let parameter = architecture.parameters.firstIndex(where: { input.binding == .tensor(artefact: $0.name) }) {
      return add(node.name, .parameter(parameter), count: count, copies: 1)
    }
    guard let own = architecture.inputs.first(where: { $0.binding == input.binding }), let source = claim.inputs[own.name] else {
      throw .inconsistent("the claim does not say where \(node.name) comes from")
    }
    switch source {
    case .published(let numbers):
      guard numbers.count == claim.rows * count, numbers.allSatisfy(input.range.contains) else {
        throw .inconsistent("input \(own.name) has \(claim.rows * count) integers in \(input.range)")
      }
      return add(node.name, .known(numbers), count: count, copies: claim.rows)
    case .columns(let table, let columns):
      return try tableColumns("input \(own.name)", table, columns, count: count, range: input.range, resolve)
    case .hidden:
      let total = claim.rows * count
      let bits = input.range.bitCount
      guard bits <= 60 else { throw .tooWide(node: node.name, bits: bits) }
      let digits = limbs(bits, lower: input.range.lower, total)
      let isExact = input.range.upper - input.range.lower == (1 << Int64(bits)) - 1
      let complement = isExact ? nil : limbs(bits, lower: 0, total)
      advise(node.name, .input(own.name, input.range, digits, complement: complement))
      let value = self.node(node.name, digits, count: count, copies: claim.rows)
      if let complement {
        let other = self.node("\(node.name).above", complement, count: count, copies: claim.rows)
        equal("\(node.name).above", [(1, value), (1, other)], constant: 0 - input.range.upper)
      }
      return value
    }
  }

  /// x·M + 2^(s−1) = q·2^s + ρ with 0 ≤ ρ < 2^s and q in the declared range.
  private mutating func compileRescale(
    _ number: Int, _ node: ProgramNode, _ requantise: Requantise, _ range: IntegerRange, _ operand: Int
  ) throws(ClaimError) -> Int {
    if requantise.rounding == .halfEven, requantise.shift > 0 { return try compileHalfEven(node, requantise, range, operand) }
    let own = graph.nodes[operand]
    let bits = range.bitCount
    guard bits <= 60 else { throw .tooWide(node: node.name, bits: bits) }
    // A table that takes exactly this range enforces it.
    var reader: TableLookup?
    for other in readers[number] {
      if reader == nil, case .table(let table) = program.nodes[other].operation, table.domain == range { reader = table }
    }
    var quotient: NetworkDigits
    if let reader, reader.isPositivePart, range.lower == -(1 << Int64(max(1, bits) - 1)), bits >= 2,
      range.upper == (1 << Int64(bits - 1)) - 1
    {
      quotient = signDigits(bits, own.total)
    } else if let reader, !reader.isPositivePart {
      let (first, offset) = cells(.table(reader), own.total)
      quotient = .table(first: first, offset: offset, reader)
    } else {
      quotient = limbs(bits, lower: range.lower, own.total)
    }
    let remainder = limbs(requantise.shift, lower: 0, own.total)
    advise(
      node.name,
      .division(
        operand, multiplier: requantise.multiplier, shift: requantise.shift, quotient: quotient, remainder: remainder, range: range))
    let q = self.node(node.name, quotient, count: own.count, copies: own.copies)
    let rest = self.node("\(node.name).remainder", remainder, count: own.count, copies: own.copies)
    let unit = Int64(1) << Int64(requantise.shift)
    equal(node.name, [(requantise.multiplier, operand), (-unit, q), (-1, rest)], constant: requantise.halfUnit)
    fused[q] = (quotient, reader)
    if case .limbs = quotient, range.upper - range.lower != (1 << Int64(bits)) - 1 {
      // The digits reach beyond the declared range.
      let above = limbs(bits, lower: 0, own.total)
      advise("\(node.name).above", .complement(q, from: range.upper, above))
      let other = self.node("\(node.name).above", above, count: own.count, copies: own.copies)
      equal("\(node.name).above", [(1, q), (1, other)], constant: 0 - range.upper)
    }
    return q
  }

  private mutating func compileTable(_ number: Int, _ node: ProgramNode, _ table: TableLookup, _ operand: Int) throws(ClaimError) -> Int {
    let own = graph.nodes[operand]
    if table.isPositivePart {
      var digits: NetworkDigits
      if let known = fused[operand], case .sign = known.digits {
        digits = known.digits
      } else {
        digits = try signed("\(node.name).digits", operand, table.domain)
      }
      return positive(node.name, digits, count: own.count, copies: own.copies)
    }
    var digits: NetworkDigits
    if let known = fused[operand], case .table = known.digits, known.table == table {
      digits = known.digits
    } else {
      let (first, offset) = cells(.table(table), own.total)
      digits = .table(first: first, offset: offset, table)
      advise(node.name, .value(operand, digits))
      let x = self.node("\(node.name).argument", digits, count: own.count, copies: own.copies)
      equal("\(node.name).argument", [(1, operand), (-1, x)])
    }
    guard case .table(let first, let offset, _) = digits else { throw unsupported(node, "digits of another kind") }
    return add(
      node.name, .cells([NetworkGraph.CellTerm(column: first + 1, offset: offset, coefficient: 1)], constant: 0), count: own.count, copies: own.copies
    )
  }

  /// The largest entry of each row, as a tournament: max(a, b) = a + max(0, b − a).
  private mutating func maximum(_ name: String, _ operand: Int, _ range: IntegerRange, _ shape: TensorShape) throws(ClaimError) -> Int {
    guard let difference = range.subtracting(range) else { throw .coefficientOverflow }
    var current = operand
    var width = shape.columns
    let copies = graph.nodes[operand].copies
    while width > 1 {
      let pairs = width / 2
      let rest = width - pairs
      func pick(_ column: (Int) -> Int, _ count: Int) -> [Int32] {
        (0..<shape.rows).flatMap { row in (0..<count).map { Int32(truncatingIfNeeded: row * width + column($0)) } }
      }
      // a: columns 0 …, the last one alone where the width is odd; b: the columns after them.
      let first = add("\(name).\(width).a", .gather(current, positions: pick({ $0 }, rest), fill: 0), count: shape.rows * rest, copies: copies)
      let a = add("\(name).\(width).left", .gather(current, positions: pick({ $0 }, pairs), fill: 0), count: shape.rows * pairs, copies: copies)
      let b = add(
        "\(name).\(width).right", .gather(current, positions: pick({ rest + $0 }, pairs), fill: 0), count: shape.rows * pairs, copies: copies)
      let gap = combine("\(name).\(width).gap", [(1, b), (-1, a)], constant: 0, count: shape.rows * pairs, copies: copies)
      let digits = try signed("\(name).\(width)", gap, difference)
      var more = positive("\(name).\(width).more", digits, count: shape.rows * pairs, copies: copies)
      if rest > pairs {
        let spread: [Int32] = (0..<shape.rows).flatMap { row in
          (0..<rest).map { $0 < pairs ? Int32(truncatingIfNeeded: row * pairs + $0) : -1 }
        }
        more = add("\(name).\(width).spread", .gather(more, positions: spread, fill: 0), count: shape.rows * rest, copies: copies)
      }
      current = combine("\(name).\(width).larger", [(1, first), (1, more)], constant: 0, count: shape.rows * rest, copies: copies)
      width = rest
    }
    return current
  }

  /// The largest of the keys z_j = x_j·2^κ + 2^κ − 1 − j, whose lowest κ bits are 2^κ − 1 − j.
  private mutating func compileArgmax(_ node: ProgramNode, _ operand: Int) throws(ClaimError) -> Int {
    let shape = program.nodes[node.operands[0]].shape
    let copies = graph.nodes[operand].copies
    let shift = Argmax.keyShift(columns: shape.columns)
    guard shift > 0 else { return add(node.name, .known([Int64](repeating: 0, count: copies * shape.rows)), count: shape.rows, copies: copies) }
    let unit = Int64(1) << Int64(shift)
    let order = add(
      "\(node.name).order", .known((0..<shape.rows).flatMap { _ in (0..<shape.columns).map { unit - 1 - Int64($0) } }), count: shape.count, copies: 1)
    let keys = combine("\(node.name).keys", [(unit, operand), (1, order)], constant: 0, count: shape.count, copies: copies)
    let range = bounds[node.operands[0]].range
    guard let scaled = range.scaled(by: unit), let all = scaled.adding(IntegerRange(0...(unit - 1))) else { throw .coefficientOverflow }
    let largest = try maximum("\(node.name).largest", keys, all, shape)
    let total = copies * shape.rows
    let bits = range.bitCount
    guard bits + shift <= 60 else { throw .tooWide(node: node.name, bits: bits + shift) }
    let quotient = limbs(bits, lower: range.lower, total)
    let remainder = limbs(shift, lower: 0, total)
    advise(
      "\(node.name).index",
      .division(largest, multiplier: 1, shift: -shift, quotient: quotient, remainder: remainder, range: range))
    let q = self.node("\(node.name).value", quotient, count: shape.rows, copies: copies)
    let rest = self.node("\(node.name).rest", remainder, count: shape.rows, copies: copies)
    equal("\(node.name).index", [(1, largest), (-unit, q), (-1, rest)])
    return combine(node.name, [(-1, rest)], constant: unit - 1, count: shape.rows, copies: copies)
  }

  /// Bits O_k with Σ_k O_k = 1 and Σ_k k·O_k = x.
  private mutating func compileOneHot(_ node: ProgramNode, _ oneHot: OneHot, _ operand: Int) throws(ClaimError) -> Int {
    let own = graph.nodes[operand]
    let classes = oneHot.classCount
    // [x = k] from the signs of x − k and k − x would take two comparisons an entry; a table of classes takes one lookup.
    let range = IntegerRange(0...Int64(max(1, classes) - 1))
    let spread: [Int32] = (0..<own.count).flatMap { entry in [Int32](repeating: Int32(truncatingIfNeeded: entry), count: classes) }
    let repeated = add("\(node.name).repeated", .gather(operand, positions: spread, fill: 0), count: own.count * classes, copies: own.copies)
    let numbers = add(
      "\(node.name).classes", .known((0..<own.count).flatMap { _ in (0..<Int64(classes)).map { $0 } }), count: own.count * classes, copies: 1)
    let gap = combine("\(node.name).gap", [(1, repeated), (-1, numbers)], constant: 0, count: own.count * classes, copies: own.copies)
    let table = TableLookup(
      function: .elementary(.sign, inputFractionBits: 0, outputFractionBits: 0, range: IntegerRange(-1...1)),
      domain: IntegerRange(-range.upper...range.upper))
    let digits = cells(.table(table), own.total * classes)
    let slot = NetworkDigits.table(first: digits.first, offset: digits.offset, table)
    advise(node.name, .value(gap, slot))
    let x = self.node("\(node.name).argument", slot, count: own.count * classes, copies: own.copies)
    equal("\(node.name).argument", [(1, gap), (-1, x)])
    let sign = add(
      "\(node.name).sign", .cells([NetworkGraph.CellTerm(column: digits.first + 1, offset: digits.offset, coefficient: 1)], constant: 0),
      count: own.count * classes, copies: own.copies)
    // 1 − sign².
    let square = elementwise("\(node.name).square", sign, sign, own.count * classes)
    return combine(node.name, [(-1, square)], constant: 1, count: own.count * classes, copies: own.copies)
  }
}

extension TableLookup {
  /// Whether the function is max(0, x) on its whole domain, seen from its parameters.
  package var isPositivePart: Bool {
    switch function {
    case .relu: true
    case .elementary(.leakyRelu(0), let input, let output, let range):
      // Numbers of tables have 40 fraction bits and are saturated to 2^22: below that they are x itself.
      input == output && range.lower <= 0 && range.upper >= max(0, domain.upper) && (0...40).contains(input)
        && domain.upper < Int64(1) << Int64(min(61, 22 + input)) && domain.lower > -(Int64(1) << 61)
    default: false
    }
  }
}

import Programs
import TestSupport

/// A random program over a random small table, from a seed: every operator, rows 1 … 40, formats of 1 to 30 bits.
///
/// The generator keeps to what the compiler can express (the right factor of a product is committed, counts end in sums) and to nothing
/// else: ranges are left to the analysis, which refuses many programs.
struct RandomProgram {
  private(set) var harness = ProgramHarness(columns: [])
  private(set) var program: Program
  private var random: ToyRandom
  private var builder = ProgramBuilder()
  /// Nodes that stand for columns over the table's rows.
  private var pool: [NodeReference] = []
  private var used: Set<Int> = []
  private var counts: [NodeReference] = []
  private let rows: Int
  private var next = 0

  init(seed: Int) throws {
    random = ToyRandom(seed)
    rows = [1, 2, 3, 5, 8, 13, Int.random(in: 1...40, using: &random), Int.random(in: 1...40, using: &random)].randomElement(using: &random) ?? 1
    program = ProgramBuilder().build()
    for index in 0..<Int.random(in: 1...3, using: &random) { try addInput(index) }
    let wanted = Int.random(in: 2...7, using: &random)
    for _ in 0..<wanted {
      // A step that does not fit the nodes at hand adds nothing.
      try step(below(15))
    }
    try finish()
  }

  private mutating func below(_ count: Int) -> Int { Int.random(in: 0..<count, using: &random) }

  private mutating func name(_ kind: String) -> String {
    next += 1
    return "\(kind)\(next)"
  }

  private mutating func keep(_ node: NodeReference, of operands: [NodeReference]) {
    pool.append(node)
    for operand in operands { used.insert(operand.index) }
  }

  // MARK: Inputs

  /// Two's complement, one-sided, or off centre.
  private mutating func range() -> IntegerRange {
    let bits = Int64.random(in: 1...(Bool.random(using: &random) ? 6 : 24), using: &random)
    let half = Int64(1) << (bits - 1)
    switch below(3) {
    case 0: return IntegerRange(-half...(half - 1))
    case 1: return IntegerRange(0...(half + Int64.random(in: 0..<half, using: &random)))
    default:
      let lower = Int64.random(in: -4 * half...4 * half, using: &random)
      return IntegerRange(lower...(lower + Int64.random(in: 0...2 * half, using: &random)))
    }
  }

  /// Values of a range, its ends among them.
  private mutating func values(_ range: IntegerRange, count: Int) -> [Int64] {
    (0..<count).map { _ in
      switch below(5) {
      case 0: range.lower
      case 1: range.upper
      default: Int64.random(in: range.lower...range.upper, using: &random)
      }
    }
  }

  private mutating func addInput(_ index: Int) throws {
    let shape = try OperatorTests.tensorShape(rows)
    let range = range()
    let values = values(range, count: rows)
    let name = "x\(index)"
    let binding: InputBinding
    if index > 0, below(4) == 0 {
      harness.publicInputs[name] = values
      binding = .publicValues(name: name)
    } else {
      harness.columns.append((name, range, values))
      binding = .column(artefact: "table", column: name, part: .value)
    }
    pool.append(try builder.add(name, .input(Input(binding: binding, range: range, shape: shape))))
  }

  // MARK: Operators

  private mutating func any() -> NodeReference {
    let index = below(pool.count)
    return pool[index]
  }

  /// What the analysis says of a node; nil where it refuses the program so far.
  private func range(of node: NodeReference) -> IntegerRange? {
    guard let bounds = try? builder.build().analyse() else { return nil }
    return bounds[node.index].range
  }

  private mutating func step(_ kind: Int) throws {
    let x = any()
    switch kind {
    case 0, 1: try addAffine(x)
    case 2: try addConcatenation(x)
    case 3: try addOneHot(x)
    case 4, 5: try addRequantise(x)
    case 6: try addTable(x)
    case 7:
      guard let range = range(of: x) else { return }
      let threshold = try threshold(range)
      keep(try builder.add(name("ge"), .compareGreaterOrEqual(CompareGreaterOrEqual(threshold: threshold)), [x]), of: [x])
    case 8: try addSelect(x)
    case 9: if x.shape.columns > 1 || below(4) == 0 { keep(try builder.add(name("argmax"), .argmax(Argmax()), [x]), of: [x]) }
    case 10, 13, 14: try addCounts(x)
    case 11: try addProduct(x)
    default: try addConstant()
    }
  }

  /// A threshold inside the range, at an end of it, or just beyond.
  private mutating func threshold(_ range: IntegerRange) throws -> Int64 {
    switch below(4) {
    case 0: range.lower
    case 1: range.upper &+ 1
    default: Int64.random(in: range.lower...range.upper, using: &random)
    }
  }

  private mutating func addAffine(_ x: NodeReference) throws {
    var terms = [(coefficient: coefficient(), node: x)]
    for other in pool.filter({ $0.shape == x.shape && $0 != x }).prefix(below(3)) { terms.append((coefficient(), other)) }
    if below(4) == 0 {
      // A public row, repeated over the rows.
      let row = try OperatorTests.tensorShape(1, x.shape.columns)
      let values = (0..<row.count).map { _ in coefficient() }
      terms.append((coefficient(), try builder.add(name("row"), .constant(Constant(.values(values), shape: row)))))
    }
    keep(try builder.affine(name("affine"), terms, constant: Int64.random(in: -1_000...1_000, using: &random)), of: terms.map(\.node))
  }

  private mutating func coefficient() -> Int64 {
    below(8) == 0 ? Int64.random(in: -(1 << 20)...(1 << 20), using: &random) : Int64.random(in: -5...5, using: &random)
  }

  private mutating func addConcatenation(_ x: NodeReference) throws {
    let others = pool.filter { $0.shape.rows == rows }.shuffled(using: &random).prefix(below(3) + 1)
    let parts = [x] + others
    guard parts.reduce(0, { $0 + $1.shape.columns }) <= 12 else { return }
    keep(try builder.add(name("cat"), .concatenateColumns(ConcatenateColumns()), parts), of: parts)
  }

  private mutating func addOneHot(_ x: NodeReference) throws {
    guard let index = try classIndex(x, limit: 9) else { return }
    keep(try builder.add(name("hot"), .oneHot(OneHot(classCount: index.count + below(2))), [index.node]), of: [x, index.node])
  }

  /// x as a class index, shifted to start at 0: nil when it has more values than `limit` or several columns.
  private mutating func classIndex(_ x: NodeReference, limit: Int64) throws -> (node: NodeReference, count: Int)? {
    guard x.shape.columns == 1, let range = range(of: x), range.upper - range.lower < limit else { return nil }
    let node = range.lower == 0 ? x : try builder.affine(name("index"), [(1, x)], constant: -range.lower)
    return (node, Int(range.upper - range.lower) + 1)
  }

  private mutating func addRequantise(_ x: NodeReference) throws {
    let bits = range(of: x)?.bitCount ?? 8
    let shift = below(4) == 0 ? below(3) : Int.random(in: 0...bits + 6, using: &random)
    let multiplier = below(2) == 0 ? 1 : Int64.random(in: 1...(1 << Int64(below(10))), using: &random)
    let rounding: Rounding = Bool.random(using: &random) ? .halfUp : .halfEven
    let policy: OutOfRangePolicy = below(3) == 0 ? .saturate(bits: Int.random(in: 1...10, using: &random)) : .refuse(limit: nil)
    keep(
      try builder.requantise(name("round"), x, multiplier: multiplier, shift: min(shift, 61), rounding: rounding, outOfRange: policy), of: [x])
  }

  private mutating func addTable(_ x: NodeReference) throws {
    guard let range = range(of: x), range.bitCount <= 10 else { return }
    let domain = below(2) == 0 ? range : IntegerRange((range.lower - 3)...(range.upper + 5))
    let function: TableFunction =
      switch below(3) {
      case 0: .relu
      case 1: .clamp(IntegerRange((range.lower / 2)...max(range.lower / 2, range.upper / 2)))
      default: .sigmoid(inputFractionBits: below(8), outputFractionBits: 1 + below(16))
      }
    keep(try builder.add(name("table"), .table(TableLookup(function: function, domain: domain)), [x]), of: [x])
  }

  private mutating func addSelect(_ x: NodeReference) throws {
    guard let range = range(of: x) else { return }
    let threshold = try threshold(range)
    let condition = try builder.add(name("if"), .compareGreaterOrEqual(CompareGreaterOrEqual(threshold: threshold)), [x])
    let others = pool.filter { $0.shape == x.shape }
    let (first, second) = (below(others.count), below(others.count))
    let (a, b) = (others[first], others[second])
    keep(try builder.add(name("select"), .select(Select()), [condition, a, b]), of: [x, condition, a, b])
  }

  private mutating func addCounts(_ x: NodeReference) throws {
    guard let labels = try classIndex(x, limit: 4), let predictions = try classIndex(any(), limit: 4) else { return }
    let classes = max(labels.count, predictions.count) + below(2)
    let node = try builder.add(name("counts"), .confusionCounts(ConfusionCounts(classCount: classes)), [labels.node, predictions.node])
    used.formUnion([labels.node.index, predictions.node.index])
    counts.append(node)
    if Bool.random(using: &random) { counts.append(try builder.affine(name("scaled"), [(coefficient(), node)], constant: 7)) }
    if Bool.random(using: &random) {
      let weights = (0..<node.shape.count).map { _ in coefficient() }
      counts.append(try builder.add(name("sum"), .weightedSum(WeightedSum(coefficients: weights)), [node]))
    }
  }

  private mutating func addProduct(_ x: NodeReference) throws {
    guard harness.weights == nil, x.shape.rows == rows, x.shape.columns <= 12 else { return }
    let (inner, columns) = (x.shape.columns, 1 + below(4))
    let bits = Int.random(in: 2...12, using: &random)
    let range = IntegerRange(-(1 << Int64(bits - 1))...((1 << Int64(bits - 1)) - 1))
    harness.weights = (inner, columns, bits, values(range, count: inner * columns))
    let shape = try OperatorTests.tensorShape(inner, columns)
    let weights = try builder.add("weights", .input(Input(binding: .tensor(artefact: "weights"), range: range, shape: shape)))
    keep(try builder.add(name("product"), .matrixMultiply(MatrixMultiply()), [x, weights]), of: [x])
  }

  private mutating func addConstant() throws {
    let range = range()
    let shape = try OperatorTests.tensorShape(rows, 1 + below(2))
    let content: Constant.Content = Bool.random(using: &random) ? .uniform(range.lower) : .values(values(range, count: shape.count))
    pool.append(try builder.add(name("constant"), .constant(Constant(content, shape: shape))))
  }

  /// Publishes all that nothing else reads, and all counts.
  private mutating func finish() throws {
    for node in pool where !used.contains(node.index) { try builder.output("out\(node.index)", node) }
    for node in counts { try builder.output("counts\(node.index)", node) }
    program = builder.build()
  }
}

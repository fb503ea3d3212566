/// The graph under construction: primitives with shapes, and everything that follows from the file alone computed at once.

import Programs

/// A number of the file that the program shows.
public struct PublishedNumber: Hashable, Sendable {
  /// The node that needs it.
  public let node: String
  /// What it is there, e.g. "Clip max".
  public let role: String
  /// The number.
  public let value: Double
}

/// Collects primitives.
///
/// A node whose operands are all known is computed on the spot: constant folding, of shapes as of weights. What is computed from a hidden
/// number is hidden. A view that enlarges a known tensor stays a view, so that a bias is stored once.
final class GraphBuilder {
  private let limits: ImportLimits
  private var work = 0
  /// Numbers of the tensors made so far, and how many there may be.
  private var held = 0
  private let room: Int
  private(set) var nodes: [GraphNode] = []
  private(set) var published: [PublishedNumber] = []
  private(set) var texts: [Double: String] = [:]
  /// The ONNX node being translated.
  var origin = -1
  var nodeName = "graph"
  var operationName = ""

  /// - Parameter fileNumbers: numbers that the file itself holds; they may be copied, cut and turned a few times.
  init(limits: ImportLimits, fileNumbers: Int) {
    self.limits = limits
    room = limits.total + 8 * min(fileNumbers, 1 << 40)
  }

  func refuse(_ reason: String) -> ModelImportError { .unsupported(node: nodeName, operation: operationName, reason: reason) }
  func invalid(_ reason: String) -> ModelImportError { .invalidNode(node: nodeName, operation: operationName, reason: reason) }

  subscript(_ value: GraphValue) -> GraphNode { nodes[value.id] }

  /// Product of dimensions, within the limit.
  func checkedCount(_ dimensions: [Int]) throws(ModelImportError) -> Int {
    var count = 1
    for dimension in dimensions {
      guard dimension >= 0 else { throw invalid("a dimension of \(dimension)") }
      guard dimension > 0 else { throw refuse("an empty tensor") }
      let (product, overflow) = count.multipliedReportingOverflow(by: dimension)
      guard !overflow, product <= limits.count else { throw .tooLarge(node: nodeName, reason: "a tensor of more than \(limits.count) numbers") }
      count = product
    }
    return count
  }

  /// Records a text so that codes can be printed; two texts with one code are refused.
  func record(_ text: String) throws(ModelImportError) {
    let code = TextCode.code(text)
    guard texts[code] == nil || texts[code] == text else { throw refuse("two texts have one 40-bit code") }
    texts[code] = text
  }

  /// A tensor of the file. Floats and small integer types are hidden; 32- and 64-bit integers, booleans and texts are plumbing.
  func tensor(_ tensor: ONNXTensor, isPublic: Bool? = nil) throws(ModelImportError) -> GraphValue {
    for text in tensor.texts { try record(text) }
    let isHidden = tensor.type.isFloat || [.int8, .uint8, .int16, .uint16].contains(tensor.type)
    let kind: ValueKind = tensor.type.isFloat ? .real : (tensor.type == .bool ? .boolean : (tensor.type == .string ? .text : .integer))
    return try known(tensor.numbers, tensor.dimensions, kind, isPublic: isPublic ?? !isHidden)
  }

  /// Known numbers.
  func known(
    _ numbers: [Double], _ dimensions: [Int], _ kind: ValueKind, isPublic: Bool, lattice: Double? = nil
  ) throws(ModelImportError) -> GraphValue {
    try hold(numbers.count)
    return append(
      GraphNode(
        primitive: .known, operands: [], dimensions: dimensions, kind: kind, known: numbers, isPublic: isPublic, lattice: lattice, origin: origin))
  }

  /// A public number on every entry, or a single one.
  func constant(_ value: Double, _ dimensions: [Int] = [], kind: ValueKind = .real) throws(ModelImportError) -> GraphValue {
    let count = try checkedCount(dimensions)
    try reserve(count)
    return try known([Double](repeating: value, count: count), dimensions, kind, isPublic: true)
  }

  /// Public integers, as shapes and indices are.
  func integers(_ values: [Int], _ dimensions: [Int]? = nil) throws(ModelImportError) -> GraphValue {
    try known(values.map { Double($0) }, dimensions ?? [values.count], .integer, isPublic: true)
  }

  /// A model input.
  func input(_ number: Int, _ dimensions: [Int], _ kind: ValueKind) throws(ModelImportError) -> GraphValue {
    try hold(try checkedCount(dimensions))
    return append(
      GraphNode(
        primitive: .input(number), operands: [], dimensions: dimensions, kind: kind, known: nil, isPublic: false, lattice: nil, origin: -1))
  }

  /// A primitive; computed at once when all operands are known.
  func add(
    _ primitive: Primitive, _ operands: [GraphValue], _ dimensions: [Int], _ kind: ValueKind, lattice: Double? = nil
  ) throws(ModelImportError) -> GraphValue {
    let count = try checkedCount(dimensions)
    try charge(primitive, count)
    try hold(count)
    let sources = operands.map { nodes[$0.id] }
    var known: [Double]?
    if !sources.isEmpty, sources.allSatisfy({ $0.known != nil }) {
      guard let values = primitive.evaluate(sources.compactMap(\.known)), values.count == count else {
        throw invalid("its constant operands do not fit")
      }
      known = values
    }
    let isEnlarging: Bool
    if case .view = primitive { isEnlarging = count > (sources.first?.count ?? 0) } else { isEnlarging = false }
    let isPublic = known != nil && sources.allSatisfy(\.isPublic)
    let isFolded = known != nil && (!isEnlarging || isPublic && count <= 4_096)
    var spacing = lattice
    if case .view = primitive, spacing == nil { spacing = sources.first?.lattice }
    return append(
      GraphNode(
        primitive: isFolded ? .known : primitive, operands: isFolded ? [] : operands.map(\.id), dimensions: dimensions, kind: kind, known: known,
        isPublic: isPublic, lattice: spacing, origin: origin))
  }

  /// Refuses so many numbers before memory is taken for them; `known` counts them when they come.
  func reserve(_ count: Int) throws(ModelImportError) {
    try hold(count)
    held -= count
  }

  /// Counts the numbers of a tensor before it is made.
  private func hold(_ count: Int) throws(ModelImportError) {
    guard held + count <= room else {
      throw .tooLarge(node: nodeName, reason: "more than \(limits.total) numbers in tensors that the model computes; give fewer rows at a time")
    }
    held += count
  }

  /// Counts the operations of a primitive; models beyond the limit are refused before anything runs.
  private func charge(_ primitive: Primitive, _ count: Int) throws(ModelImportError) {
    let perEntry: Int
    switch primitive {
    case .matrixMultiply(let product): perEntry = product.inner
    case .convolution(let geometry): perEntry = geometry.fanIn
    case .rowMaximum(let columns), .rowSum(let columns), .argmax(let columns): perEntry = columns
    case .treeEnsemble(let trees, _): perEntry = max(1, trees.depth)
    default: perEntry = 1
    }
    let (product, overflow) = count.multipliedReportingOverflow(by: perEntry)
    let (total, overflow2) = work.addingReportingOverflow(product)
    guard !overflow, !overflow2, total <= limits.work else { throw .tooLarge(node: nodeName, reason: "more than \(limits.work) operations") }
    work = total
  }

  /// The same numbers taken as another kind or public.
  func relabelled(_ value: GraphValue, kind: ValueKind? = nil, isPublic: Bool? = nil) -> GraphValue {
    let node = nodes[value.id]
    if node.known == nil {
      // A second name for a computed value: the identity view.
      let axis = ViewAxis(extent: node.count, stride: 1, terms: [ViewAxis.Term(axis: 0, step: 1)])
      return append(
        GraphNode(
          primitive: .view(.axes(dimensions: [node.count], source: [axis]), fill: 0), operands: [value.id], dimensions: node.dimensions,
          kind: kind ?? node.kind, known: nil, isPublic: false, lattice: node.lattice, origin: origin))
    }
    return append(
      GraphNode(
        primitive: node.primitive, operands: node.operands, dimensions: node.dimensions, kind: kind ?? node.kind, known: node.known,
        isPublic: isPublic ?? node.isPublic, lattice: node.lattice, origin: origin))
  }

  /// A number that the operator needs in public: known, single, and listed.
  func publish(_ value: GraphValue, role: String) throws(ModelImportError) -> Double {
    guard let numbers = nodes[value.id].known, let number = numbers.first, numbers.allSatisfy({ $0 == number }) else {
      throw refuse("\(role) must be one constant")
    }
    if !nodes[value.id].isPublic { list(role, number) }
    return number
  }

  /// Lists a published number.
  func list(_ role: String, _ value: Double) {
    let entry = PublishedNumber(node: nodeName, role: role, value: value)
    if !published.contains(entry) { published.append(entry) }
  }

  /// Public integers of a known tensor.
  func plumbing(_ value: GraphValue, role: String) throws(ModelImportError) -> [Int] {
    guard let numbers = nodes[value.id].known else { throw refuse("\(role) must be known at import, not computed from the input") }
    guard nodes[value.id].isPublic else { throw refuse("\(role) comes from hidden numbers") }
    var result: [Int] = []
    for number in numbers {
      guard let integer = Int(exactly: number.rounded(.towardZero)) else { throw invalid("\(role) is \(number)") }
      result.append(integer)
    }
    return result
  }

  private func append(_ node: GraphNode) -> GraphValue {
    nodes.append(node)
    return GraphValue(id: nodes.count - 1, dimensions: node.dimensions, kind: node.kind)
  }
}

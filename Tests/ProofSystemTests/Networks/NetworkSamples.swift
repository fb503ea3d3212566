import Programs

/// Builds small networks with weights of a fixed sequence.
struct NetworkSamples {
  var builder = ProgramBuilder()
  private var state: UInt64
  private var hidden: [(name: String, range: IntegerRange)] = []
  private var values: [[Int64]] = []
  private var inputs: [NetworkInput] = []
  private var outputs: [NetworkOutput] = []
  private var count = 0

  init(_ seed: UInt64) { state = seed &* 2_862_933_555_777_941_757 &+ 3_037_000_493 }

  mutating func next(_ range: ClosedRange<Int64>) -> Int64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return range.lowerBound + Int64((state >> 33) % UInt64(range.upperBound - range.lowerBound + 1))
  }

  mutating func numbers(_ count: Int, _ range: ClosedRange<Int64>) -> [Int64] {
    var out: [Int64] = []
    for _ in 0..<count { out.append(next(range)) }
    return out
  }

  mutating func add(_ operation: Operator, _ operands: [NodeReference] = []) throws -> NodeReference {
    count += 1
    return try builder.add("n\(count)", operation, operands)
  }

  mutating func input(_ name: String, _ count: Int, _ range: ClosedRange<Int64>) throws -> NodeReference {
    let own = IntegerRange(range)
    inputs.append(NetworkInput(name: name, dimensions: [count], unit: .one, range: own))
    guard let shape = TensorShape(rows: count) else { throw ProgramError.unknownName(name) }
    return try add(.input(Input(binding: .tensor(artefact: "input.\(name)"), range: own, shape: shape)))
  }

  mutating func weights(_ count: Int, _ range: ClosedRange<Int64>) throws -> NodeReference { try weights(numbers(count, range), range) }

  /// A hidden tensor with these values.
  mutating func weights(_ own: [Int64], _ range: ClosedRange<Int64>) throws -> NodeReference {
    let name = "weights.\(hidden.count)"
    hidden.append((name, IntegerRange(range)))
    values.append(own)
    guard let shape = TensorShape(rows: own.count) else { throw ProgramError.unknownName(name) }
    return try add(.input(Input(binding: .tensor(artefact: name), range: IntegerRange(range), shape: shape)))
  }

  mutating func reshape(_ node: NodeReference, _ rows: Int, _ columns: Int = 1) throws -> NodeReference {
    guard let shape = TensorShape(rows: rows, columns: columns) else { throw ProgramError.unknownName("shape") }
    return try add(.view(.reshape(to: shape)), [node])
  }

  /// Entries by position.
  mutating func gather(_ node: NodeReference, _ positions: [Int]) throws -> NodeReference {
    guard let shape = TensorShape(rows: positions.count) else { throw ProgramError.unknownName("shape") }
    return try add(.view(TensorView(.list(positions), shape: shape)), [node])
  }

  /// x [1, inner] times w [inner, columns], with a bias, rounded to `bits` bits.
  mutating func dense(_ x: NodeReference, _ inner: Int, _ columns: Int, shift: Int, bits: Int) throws -> NodeReference {
    let w = try weights(inner * columns, -100...100)
    let bias = try weights(columns, -3_000...3_000)
    let product = try add(
      .batchMatrixMultiply(BatchMatrixMultiply(batch: 1, rows: 1, inner: inner, columns: columns, isLeftBatched: true, isRightBatched: true)), [x, w])
    let flat = try reshape(product, columns)
    let sum = try add(.affine(Affine(coefficients: [1, 1], constant: 7)), [flat, bias])
    return try rescale(sum, shift: shift, bits: bits)
  }

  mutating func rescale(_ x: NodeReference, shift: Int, bits: Int) throws -> NodeReference {
    let half = Int64(1) << Int64(bits - 1)
    return try add(.rescale(Rescale(shift: shift, range: IntegerRange(-half...(half - 1)))), [x])
  }

  mutating func relu(_ x: NodeReference, bits: Int) throws -> NodeReference {
    let half = Int64(1) << Int64(bits - 1)
    return try add(.table(TableLookup(function: .relu, domain: IntegerRange(-half...(half - 1)))), [x])
  }

  mutating func output(_ name: String, _ node: NodeReference) throws {
    try builder.output(name, node)
    outputs.append(NetworkOutput(name: name, dimensions: [node.shape.count], unit: .one))
  }

  func model() throws -> NetworkModel {
    try NetworkModel(
      architecture: try NetworkArchitecture(program: builder.build(), inputs: inputs, outputs: outputs, hidden: hidden), values: values)
  }
}

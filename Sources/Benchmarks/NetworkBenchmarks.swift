import Programs
import ProofSystem

/// Inference of networks with random weights, weights and inputs hidden, outputs published; the commitment of the weights reported apart.
extension BenchmarkSuite {
  static func networks() throws -> [BenchmarkLine] {
    let lenet = try LayerStack.lenet()
    let perceptron = try LayerStack.perceptron([784, 512, 512, 10])
    return try lines("lenet", lenet, rows: 1, limit: 0.06) + lines("mlp-784-512-512-10", perceptron, rows: 1, limit: 0.06)
      + lines("lenet-100", lenet, rows: 100, limit: 1)
  }

  private static func lines(_ name: String, _ model: NetworkModel, rows: Int, limit: Double) throws -> [BenchmarkLine] {
    var draw = TreeDraw()
    var inputs: [String: [Int64]] = [:]
    for input in model.architecture.inputs { inputs[input.name] = (0..<(rows * input.count)).map { _ in Int64(draw.next(16_384)) } }
    let limits = NetworkLimits(prove: limit, verify: rows == 1 ? 10 : nil, kibibytes: rows == 1 ? 350 : nil)
    return try network(name, model, rows: rows, inputs: inputs, limits: limits, runs: 5)
  }
}

/// Layers with random weights of 16 bits and activations of 16 bits.
struct LayerStack {
  private var builder = ProgramBuilder()
  private var draw = TreeDraw()
  private var hidden: [(name: String, range: IntegerRange)] = []
  private var values: [[Int64]] = []
  private var count = 0

  /// LeNet-5 on 28 × 28: two convolutions of 5 × 5 with pooling by maximum, three dense layers.
  static func lenet() throws -> NetworkModel {
    var stack = LayerStack()
    var x = try stack.input(784)
    for (channels, size, outputs) in [(1, 28, 6), (6, 12, 16)] {
      x = try stack.convolution(x, channels: channels, size: size, outputs: outputs)
      x = try stack.pool(x, channels: outputs, size: size - 4)
    }
    for (inner, columns) in [(256, 120), (120, 84)] { x = try stack.positive(try stack.dense(x, inner, columns)) }
    return try stack.model(try stack.dense(x, 84, 10), inputs: 784, outputs: 10)
  }

  /// Dense layers of these widths with max(0, x) between them.
  static func perceptron(_ widths: [Int]) throws -> NetworkModel {
    var stack = LayerStack()
    var x = try stack.input(widths[0])
    for (index, (inner, columns)) in zip(widths, widths.dropFirst()).enumerated() {
      x = try stack.dense(x, inner, columns)
      if index < widths.count - 2 { x = try stack.positive(x) }
    }
    return try stack.model(x, inputs: widths[0], outputs: widths[widths.count - 1])
  }

  private mutating func add(_ operation: Operator, _ operands: [NodeReference] = []) throws -> NodeReference {
    count += 1
    return try builder.add("n\(count)", operation, operands)
  }

  private func shape(_ rows: Int, _ columns: Int = 1) throws -> TensorShape {
    guard let shape = TensorShape(rows: rows, columns: columns) else { throw ProgramError.unknownName("shape") }
    return shape
  }

  private mutating func input(_ count: Int) throws -> NodeReference {
    try add(.input(Input(binding: .tensor(artefact: "input.x"), range: Self.range, shape: try shape(count))))
  }

  private static let range = IntegerRange(-32_768...32_767)

  private mutating func weights(_ count: Int, _ magnitude: Int64) throws -> NodeReference {
    let name = "weights.\(hidden.count)"
    let range = IntegerRange(-magnitude...(magnitude - 1))
    hidden.append((name, range))
    values.append((0..<count).map { _ in Int64(draw.next(Int(2 * magnitude))) - magnitude })
    return try add(.input(Input(binding: .tensor(artefact: name), range: range, shape: try shape(count))))
  }

  /// Rounded so that sums of `terms` products stay in 16 bits.
  private mutating func rescaled(_ x: NodeReference, terms: Int) throws -> NodeReference {
    let shift = 16 + (log2Ceiling(terms) + 1) / 2
    let flat = try add(.view(.reshape(to: try shape(x.shape.count))), [x])
    return try add(.rescale(Rescale(shift: shift, range: Self.range)), [flat])
  }

  private mutating func positive(_ x: NodeReference) throws -> NodeReference {
    try add(.table(TableLookup(function: .relu, domain: Self.range)), [x])
  }

  private mutating func dense(_ x: NodeReference, _ inner: Int, _ columns: Int) throws -> NodeReference {
    let w = try weights(inner * columns, 1 << 15)
    let bias = try weights(columns, 1 << 28)
    let product = try add(
      .batchMatrixMultiply(BatchMatrixMultiply(batch: 1, rows: 1, inner: inner, columns: columns, isLeftBatched: true, isRightBatched: true)), [x, w])
    let flat = try add(.view(.reshape(to: try shape(columns))), [product])
    return try rescaled(try add(.affine(Affine(coefficients: [1, 1], constant: 0)), [flat, bias]), terms: inner)
  }

  private mutating func convolution(_ x: NodeReference, channels: Int, size: Int, outputs: Int) throws -> NodeReference {
    let kernel = try weights(outputs * channels * 25, 1 << 15)
    let bias = try weights(outputs, 1 << 28)
    let side = size - 4
    let product = try add(
      .convolution(
        Convolution(
          ConvolutionGeometry(
            batch: 1, inputChannels: channels, outputChannels: outputs, groups: 1, input: [size, size], kernel: [5, 5], output: [side, side],
            strides: [1, 1], dilations: [1, 1], padding: [0, 0]))), [x, kernel])
    let entries = outputs * side * side
    let axis = ViewAxis(extent: outputs, stride: 1, terms: [ViewAxis.Term(axis: 0, step: 1)])
    let spread = try add(
      .view(TensorView(.axes(dimensions: [outputs, side * side], source: [axis]), shape: try shape(entries))), [bias])
    let flat = try add(.view(.reshape(to: try shape(entries))), [product])
    let sum = try add(.affine(Affine(coefficients: [1, 1], constant: 0)), [flat, spread])
    return try positive(try rescaled(sum, terms: channels * 25))
  }

  /// The largest of every two by two entries.
  private mutating func pool(_ x: NodeReference, channels: Int, size: Int) throws -> NodeReference {
    let half = size / 2
    let terms = [(0, size * size), (1, 2 * size), (2, 2), (3, size), (4, 1)]
    let axis = ViewAxis(extent: channels * size * size, stride: 1, terms: terms.map { ViewAxis.Term(axis: $0.0, step: $0.1) })
    let windows = try add(
      .view(TensorView(.axes(dimensions: [channels, half, half, 2, 2], source: [axis]), shape: try shape(channels * half * half, 4))), [x])
    return try add(.view(.reshape(to: try shape(channels * half * half))), [try add(.rowMaximum(RowMaximum()), [windows])])
  }

  private mutating func model(_ y: NodeReference, inputs: Int, outputs: Int) throws -> NetworkModel {
    try builder.output("y", y)
    return try NetworkModel(
      architecture: try NetworkArchitecture(
        program: builder.build(), inputs: [NetworkInput(name: "x", dimensions: [inputs], unit: .one, range: Self.range)],
        outputs: [NetworkOutput(name: "y", dimensions: [outputs], unit: .one)], hidden: hidden), values: values)
  }
}

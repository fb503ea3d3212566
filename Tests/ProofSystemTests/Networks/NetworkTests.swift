import Claims
import Fields
import Parallelism
import Programs
import ProofSystem
import Prover
import Soundness
import TestSupport
import Testing

@Suite("Inference of imported networks")
struct NetworkTests {
  /// Two dense layers with max(0, x) between them, and the index of the largest score.
  static func perceptron(_ seed: UInt64) throws -> (NetworkModel, (Int) -> [Int64]) {
    var samples = NetworkSamples(seed)
    let x = try samples.input("x", 6, -128...127)
    let hidden = try samples.relu(try samples.dense(x, 6, 5, shift: 6, bits: 12), bits: 12)
    let scores = try samples.dense(hidden, 5, 3, shift: 7, bits: 14)
    try samples.output("scores", scores)
    try samples.output("class", try samples.add(.argmax(Argmax()), [try samples.reshape(scores, 1, 3)]))
    var rows = NetworkSamples(seed + 1)
    let given = rows.numbers(6 * 8, -128...127)
    return (try samples.model(), { Array(given.prefix(6 * $0)) })
  }

  @Test("a perceptron with argmax proves for one row and for several", arguments: [1, 3])
  func dense(rows: Int) throws {
    let (model, given) = try Self.perceptron(1)
    try NetworkHarness(model: model).check(rows: rows, ["x": given(rows)])
  }

  /// Convolution with padding and stride, bias, rounding, max(0, x), pooling by mean and by maximum, and a dense layer.
  static func convolutional(groups: Int = 1) throws -> NetworkModel {
    var samples = NetworkSamples(2)
    let x = try samples.input("x", 2 * 7 * 7, -100...99)
    let kernel = try samples.weights(4 * (2 / groups) * 9, -20...20)
    let bias = try samples.weights(4, -500...500)
    let first = try samples.add(
      .convolution(
        Convolution(
          ConvolutionGeometry(
            batch: 1, inputChannels: 2, outputChannels: 4, groups: groups, input: [7, 7], kernel: [3, 3], output: [4, 4], strides: [2, 2],
            dilations: [1, 1], padding: [1, 1]))), [x, kernel])
    let flat = try samples.reshape(first, 64)
    let spread = try samples.gather(bias, (0..<64).map { $0 / 16 })
    let sum = try samples.add(.affine(Affine(coefficients: [1, 1], constant: 0)), [flat, spread])
    let active = try samples.relu(try samples.rescale(sum, shift: 5, bits: 12), bits: 12)
    // Windows of two by two.
    let windows = (0..<16).flatMap { w in
      [0, 1, 4, 5].map { (w / 4) * 16 + ((w % 4) / 2) * 8 + (w % 2) * 2 + $0 }
    }
    let pooled = try samples.reshape(try samples.gather(active, windows), 16, 4)
    let ones = try samples.add(.constant(Constant(.values([1, 1, 2, 1]), shape: try #require(TensorShape(rows: 4)))))
    let mean = try samples.add(.matrixMultiply(MatrixMultiply()), [pooled, ones])
    let largest = try samples.add(.rowMaximum(RowMaximum()), [pooled])
    let both = try samples.add(
      .affine(Affine(coefficients: [1, 3], constant: -2)), [try samples.reshape(mean, 16), try samples.reshape(largest, 16)])
    try samples.output("y", try samples.dense(try samples.rescale(both, shift: 2, bits: 14), 16, 3, shift: 8, bits: 16))
    return try samples.model()
  }

  @Test("shuffled channels before a padded convolution on one entry: only the kernel's centre counts", arguments: [1, 3])
  func shuffled(rows: Int) throws {
    var samples = NetworkSamples(31)
    let x = try samples.input("x", 6, -5...5)
    let kernel = samples.numbers(6 * 3 * 9, -20...20)
    let w = try samples.weights(kernel, -20...20)
    let turned = ViewAxis(extent: 6, stride: 1, terms: [ViewAxis.Term(axis: 0, step: 1), ViewAxis.Term(axis: 1, step: 2)])
    let view = TensorView(.axes(dimensions: [2, 3], source: [turned]), shape: try #require(TensorShape(rows: 6)))
    let geometry = ConvolutionGeometry(
      batch: 1, inputChannels: 6, outputChannels: 6, groups: 2, input: [1, 1], kernel: [3, 3], output: [1, 1], strides: [1, 1], dilations: [1, 1],
      padding: [1, 1])
    let y = try samples.add(.convolution(Convolution(geometry)), [try samples.add(.view(view), [x]), w])
    try samples.output("y", try samples.reshape(y, 6))
    let harness = NetworkHarness(model: try samples.model())
    let row: [Int64] = [3, -1, 4, 1, -5, 2]
    let inputs = ["x": [[Int64]](repeating: row, count: rows).flatMap { $0 }]
    try harness.check(rows: rows, inputs)
    // What it would be if every kernel entry read the input.
    var whole: [Int64] = []
    for o in 0..<6 {
      var sum: Int64 = 0
      for c in 0..<3 {
        let entries = kernel[((o * 3 + c) * 9)..<((o * 3 + c + 1) * 9)]
        let channel = o / 3 * 3 + c
        sum += row[channel % 3 * 2 + channel / 3] * entries.reduce(0, +)
      }
      whole.append(sum)
    }
    let honest = try harness.published(rows: rows, inputs)
    let claim = NetworkInference(
      model: "net", rows: rows, inputs: ["x": .hidden], outputs: ["y": .published([[Int64]](repeating: whole, count: rows).flatMap { $0 })])
    #expect(claim.outputs != honest.outputs)
    #expect(throws: (any Error).self) { try NetworkHarness.check(try harness.instance([claim], hidden: [inputs], honest: honest)) }
  }

  @Test("a convolutional network with both kinds of pooling", arguments: [1, 2])
  func convolution(groups: Int) throws {
    let model = try Self.convolutional(groups: groups)
    var rows = NetworkSamples(3)
    for count in [1, 2] { try NetworkHarness(model: model).check(rows: count, ["x": rows.numbers(98 * count, -100...99)]) }
  }

  @Test("a tensor read several times, a residual connection and weights used twice are bound")
  func shared() throws {
    var samples = NetworkSamples(4)
    let x = try samples.input("x", 4, -50...50)
    let w = try samples.weights(16, -30...30)
    func layer(_ samples: inout NetworkSamples, _ x: NodeReference) throws -> NodeReference {
      let product = try samples.add(
        .batchMatrixMultiply(BatchMatrixMultiply(batch: 1, rows: 1, inner: 4, columns: 4, isLeftBatched: true, isRightBatched: true)), [x, w])
      return try samples.rescale(try samples.reshape(product, 4), shift: 4, bits: 12)
    }
    let first = try layer(&samples, x)
    let active = try samples.relu(first, bits: 12)
    let residual = try samples.add(.affine(Affine(coefficients: [1, 1, 2], constant: 5)), [active, first, x])
    let again = try samples.rescale(residual, shift: 1, bits: 13)
    let second = try layer(&samples, again)
    try samples.output("y", try samples.add(.affine(Affine(coefficients: [1, -1], constant: 0)), [second, first]))
    try NetworkHarness(model: try samples.model()).check(rows: 3, ["x": samples.numbers(12, -50...50)])
  }

  @Test("products of activations, comparison, selection, one-hot, tables")
  func elementwise() throws {
    var samples = NetworkSamples(5)
    let x = try samples.input("x", 6, -60...60)
    let z = try samples.input("z", 6, -64...63)
    let bias = try samples.weights(6, -40...40)
    let a = try samples.add(.affine(Affine(coefficients: [1, 1], constant: 0)), [x, bias])
    let product = try samples.rescale(try samples.add(.multiply(Multiply()), [a, z]), shift: 4, bits: 12)
    let isLarge = try samples.add(.compareGreaterOrEqual(CompareGreaterOrEqual(threshold: 3)), [product])
    let chosen = try samples.add(.select(Select()), [isLarge, product, a])
    let attention = try samples.add(
      .batchMatrixMultiply(BatchMatrixMultiply(batch: 2, rows: 1, inner: 3, columns: 1, isLeftBatched: true, isRightBatched: true)), [chosen, z])
    let gate = try samples.add(
      .table(TableLookup(function: .sigmoid(inputFractionBits: 4, outputFractionBits: 6), domain: IntegerRange(-64...63))), [z])
    let narrow = try samples.rescale(try samples.reshape(attention, 2), shift: 10, bits: 10)
    let other = try samples.add(
      .table(TableLookup(function: .sigmoid(inputFractionBits: 5, outputFractionBits: 6), domain: IntegerRange(-512...511))), [narrow])
    let index = try samples.add(.argmax(Argmax()), [try samples.reshape(chosen, 1, 6)])
    let hot = try samples.add(.oneHot(OneHot(classCount: 6)), [index])
    try samples.output("gate", gate)
    try samples.output("other", other)
    try samples.output("hot", hot)
    let model = try samples.model()
    for rows in [1, 2] {
      try NetworkHarness(model: model).check(rows: rows, ["x": samples.numbers(6 * rows, -60...60), "z": samples.numbers(6 * rows, -64...63)])
    }
  }

  @Test("a transposed hidden matrix is committed in its own order and opened as a tensor")
  func transposed() throws {
    var samples = NetworkSamples(6)
    let x = try samples.input("x", 5, -50...50)
    let w = try samples.weights(15, -30...30)
    let axes = TensorView.Map.axes(
      dimensions: [5, 3],
      source: [
        ViewAxis(extent: 3, stride: 5, terms: [ViewAxis.Term(axis: 1, step: 1)]),
        ViewAxis(extent: 5, stride: 1, terms: [ViewAxis.Term(axis: 0, step: 1)]),
      ])
    let turned = try samples.add(.view(TensorView(axes, shape: try #require(TensorShape(rows: 15)))), [w])
    let product = try samples.add(
      .batchMatrixMultiply(BatchMatrixMultiply(batch: 1, rows: 1, inner: 5, columns: 3, isLeftBatched: true, isRightBatched: true)), [x, turned])
    try samples.output("y", try samples.rescale(try samples.reshape(product, 3), shift: 3, bits: 14))
    let model = try samples.model()
    #expect(model.architecture.parameters[0].dimensions == [3, 5])
    try NetworkHarness(model: model).check(rows: 2, ["x": samples.numbers(10, -50...50)])
  }

  @Test("inputs and outputs as columns of tables, inputs in clear, and the well-formed network in one proof")
  func visibility() throws {
    var samples = NetworkSamples(7)
    let x = try samples.input("x", 2, -128...127)
    let z = try samples.input("z", 2, -10...10)
    let both = try samples.add(.affine(Affine(coefficients: [1, 2], constant: 0)), [x, z])
    let y = try samples.dense(both, 2, 1, shift: 4, bits: 14)
    try samples.output("y", y)
    let model = try samples.model()
    let (a, b, clear) = (samples.numbers(4, -100...100), samples.numbers(4, -100...100), samples.numbers(8, -10...10))
    let rows = (0..<4).flatMap { [a[$0], b[$0]] }
    let answers = try #require(try model.run(rows: 4, inputs: ["x": rows, "z": clear])["y"])
    let range = IntegerRange(-100...100)
    let schema = try TableSchema(columns: [
      TableColumn(name: "a", type: .integer(range)), TableColumn(name: "b", type: .integer(range)),
      TableColumn(name: "y", type: .integer(IntegerRange(-10_000...10_000))),
    ])
    var harness = NetworkHarness(model: model)
    harness.tables = ["t": try StoredTable(schema: schema, columns: [a, b, answers])]
    func claim(_ columns: [String]) -> NetworkInference {
      NetworkInference(
        model: "net", rows: 4, inputs: ["x": .columns(table: "t", columns: columns), "z": .published(clear)],
        outputs: ["y": .columns(table: "t", columns: ["y"])])
    }
    try NetworkHarness.check(try harness.instance([claim(["a", "b"])], wellFormed: true))
    #expect(throws: ProgramError.self) { try harness.instance([claim(["b", "a"])]) }
  }

  @Test("products in which an operand is the same for all rows, all batches or both")
  func batches() throws {
    var samples = NetworkSamples(9)
    let x = try samples.input("x", 12, -40...40)
    func product(_ left: NodeReference, _ right: NodeReference, _ sizes: [Int], _ isLeft: Bool, _ isRight: Bool, _ samples: inout NetworkSamples)
      throws
      -> NodeReference
    {
      let node = try samples.add(
        .batchMatrixMultiply(
          BatchMatrixMultiply(
            batch: sizes[0], rows: sizes[1], inner: sizes[2], columns: sizes[3], isLeftBatched: isLeft, isRightBatched: isRight)), [left, right])
      return try samples.reshape(node, sizes[0] * sizes[1] * sizes[3])
    }
    // Weights of their own for each of three batches, on either side; one matrix for all batches, on either side; activations on both.
    let heads = try samples.weights(3 * 4 * 2, -30...30)
    let turned = try samples.weights(3 * 2 * 2, -30...30)
    let one = try samples.weights(4, -30...30)
    let perHead = try product(x, heads, [3, 1, 4, 2], true, true, &samples)
    let fromLeft = try product(turned, x, [3, 2, 2, 2], true, true, &samples)
    let shared = try product(one, x, [3, 2, 2, 2], false, true, &samples)
    let right = try product(x, one, [3, 2, 2, 2], true, false, &samples)
    let both = try product(x, x, [3, 2, 2, 2], true, true, &samples)
    let square = try product(one, one, [2, 2, 2, 2], false, false, &samples)
    let sum = try samples.add(.affine(Affine(coefficients: [1, 2, -1, 3], constant: 0)), [fromLeft, shared, right, both])
    // A hidden tensor that is a factor above is read entry by entry as well.
    let spread = try samples.gather(one, (0..<12).map { $0 % 4 })
    let all = try samples.add(.affine(Affine(coefficients: [1, 5], constant: 1)), [sum, spread])
    try samples.output("all", try samples.rescale(all, shift: 3, bits: 14))
    try samples.output("heads", try samples.rescale(perHead, shift: 2, bits: 14))
    let mixed = try samples.add(.affine(Affine(coefficients: [1, 1], constant: 0)), [square, try samples.gather(shared, (0..<8).map { $0 })])
    try samples.output("square", try samples.rescale(mixed, shift: 2, bits: 14))
    let model = try samples.model()
    for rows in [1, 3] { try NetworkHarness(model: model).check(rows: rows, ["x": samples.numbers(12 * rows, -40...40)]) }
  }

  @Test("two inferences of one network in one proof")
  func two() throws {
    let (model, given) = try Self.perceptron(10)
    let harness = NetworkHarness(model: model)
    let inputs = [["x": given(1)], ["x": given(2)]]
    let claims = try zip([1, 2], inputs).map { try harness.published(rows: $0, $1) }
    try NetworkHarness.check(try harness.instance(claims, hidden: inputs))
  }

  @Test("quotients, floors, roots, rounding half to even")
  func divisions() throws {
    var samples = NetworkSamples(8)
    let a = try samples.input("a", 5, -900...900)
    let b = try samples.input("b", 5, 1...77)
    let bias = try samples.weights(5, -40...40)
    let sum = try samples.add(.affine(Affine(coefficients: [3, 1], constant: 0)), [a, bias])
    let nearest = try samples.add(.divide(Divide(shift: 4, range: IntegerRange(-50_000...50_000))), [sum, b])
    let floor = try samples.add(.divide(Divide(shift: 0, isFloor: true, range: IntegerRange(-4_096...4_095))), [sum, b])
    let root = try samples.add(.squareRoot(SquareRoot(shift: 6)), [b])
    let half = IntegerRange(-2_048...2_047)
    let even = try samples.add(.rescale(Rescale(shift: 1, rounding: .halfEven, range: half)), [sum])
    let scaled = try samples.add(.rescale(Rescale(multiplier: 13, shift: 7, rounding: .halfEven, range: IntegerRange(-1_000...999))), [nearest])
    for (name, node) in [("nearest", nearest), ("floor", floor), ("root", root), ("even", even)] { try samples.output(name, node) }
    try samples.output("scaled", scaled)
    let model = try samples.model()
    for rows in [1, 3] {
      let divisors = samples.numbers(5 * rows, 60...77)
      try NetworkHarness(model: model).check(rows: rows, ["a": samples.numbers(5 * rows, -300...300), "b": divisors])
    }
  }

  @Test("products of products of any depth: their factors are committed")
  func powers() throws {
    var samples = NetworkSamples(11)
    var x = try samples.input("x", 3, -2...2)
    let w = try samples.weights(3, -3...3)
    for _ in 0..<3 { x = try samples.add(.multiply(Multiply()), [x, x]) }
    for _ in 0..<6 { x = try samples.add(.multiply(Multiply()), [w, x]) }
    try samples.output("y", x)
    let harness = NetworkHarness(model: try samples.model())
    for rows in [1, 3] {
      let inputs = ["x": samples.numbers(3 * rows, -2...2)]
      try harness.check(rows: rows, inputs)
      let instance = try harness.instance([try harness.published(rows: rows, inputs)], hidden: [inputs])
      #expect(instance.relation.uncommittedDegree == 4)
    }
  }

  @Test("the artefact's format reads back to the same architecture")
  func canonical() throws {
    let model = try Self.convolutional()
    let contents = ArtefactContents.network(model.architecture)
    #expect(try ArtefactContents(kind: contents.kind, format: contents.format) == contents)
  }

  @Test("one thread and two make the same bytes, and a proof of 128 bits verifies")
  func production() throws {
    let (model, given) = try Self.perceptron(1)
    var harness = NetworkHarness(model: model)
    harness.profile = .p128
    harness.rowBits = 12
    let instance = try harness.instance([try harness.published(rows: 2, ["x": given(2)])], hidden: [["x": given(2)]])
    let proof = try NetworkHarness.prove(instance)
    _ = try ProofVerifier.verify(instance.statement, proof: proof)
    Parallelism.threadLimit = 1
    defer { Parallelism.threadLimit = 0 }
    let single = try NetworkHarness.prove(instance)
    #expect(single == proof)
  }
}

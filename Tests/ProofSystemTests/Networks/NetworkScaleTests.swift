import Claims
import Fields
import Kernels
import Programs
import ProofSystem
import Prover
import TestSupport
import Testing

/// What large networks need beside small ones: fast products, hidden tensors that are not written out, codewords that are not kept.
@Suite("Scale of networks") struct NetworkScaleTests {
  @Test(
    "products on all cores are the definitions'",
    arguments: [
      (1, 3, 5, 7, true, true), (4, 2, 3, 5, true, false), (4, 2, 3, 5, false, true), (6, 1, 1, 1, true, true), (5, 1, 1, 1, false, true),
      (1, 70, 130, 40, true, true), (2, 40, 300, 260, true, true), (1, 1, 513, 700, true, true),
    ])
  func matrices(batch: Int, rows: Int, inner: Int, columns: Int, isLeftBatched: Bool, isRightBatched: Bool) {
    var samples = NetworkSamples(11)
    let product = BatchMatrixMultiply(
      batch: batch, rows: rows, inner: inner, columns: columns, isLeftBatched: isLeftBatched, isRightBatched: isRightBatched)
    let left = samples.numbers((isLeftBatched ? batch : 1) * rows * inner, -70_000...70_000)
    let right = samples.numbers((isRightBatched ? batch : 1) * inner * columns, -900_000...900_000)
    #expect(NetworkProducts.parallel.matrices(product, left, right) == product.apply(left, right))
  }

  @Test("convolutions on all cores are the definition's", arguments: [1, 2, 4])
  func convolutions(groups: Int) {
    var samples = NetworkSamples(12)
    for (input, kernel, strides, dilations, padding) in [
      ([9, 8], [3, 3], [1, 1], [1, 1], [1, 1]), ([9, 8], [3, 2], [2, 3], [1, 2], [0, 1]), ([20], [5], [2], [3], [4]),
      ([4, 5, 6], [2, 2, 2], [1, 2, 1], [1, 1, 2], [0, 1, 0]),
    ] {
      let output = input.indices.map { (input[$0] + 2 * padding[$0] - dilations[$0] * (kernel[$0] - 1) - 1) / strides[$0] + 1 }
      let geometry = ConvolutionGeometry(
        batch: 2, inputChannels: 4, outputChannels: 8, groups: groups, input: input, kernel: kernel, output: output, strides: strides,
        dilations: dilations, padding: padding)
      let x = samples.numbers(8 * input.reduce(1, *), -70_000...70_000)
      let w = samples.numbers(32 / groups * kernel.reduce(1, *), -900_000...900_000)
      #expect(NetworkProducts.parallel.convolution(geometry, x, w) == geometry.apply(x, w))
    }
  }

  @Test("a codeword that is not kept gives the same root and columns") func streamed() throws {
    let shape = try #require(CodeShape(name: "S", log2RowLength: 9, tailCount: 64, log2Length: 12))
    var samples = NetworkSamples(13)
    let values = samples.numbers(37 << 9, 0...1_000_000)
    func matrix(keptByteCount: Int) -> HidingMatrix<GoldilocksCubic> {
      var randomness = Randomness(seed: [UInt8](repeating: 4, count: 32))
      var rows = HidingRows<Goldilocks>(shape)
      rows.append(FieldBuffer(values.map { Goldilocks(signed: $0) }), randomness: &randomness)
      return HidingMatrix(
        rows: rows, shape: shape, saltSeed: [UInt8](repeating: 9, count: 32),
        encoder: ReedSolomonEncoder(log2RowLength: shape.log2RowLength, log2Length: shape.log2Length), keptByteCount: keptByteCount)
    }
    let (kept, streamed) = (matrix(keptByteCount: 1 << 30), matrix(keptByteCount: 0))
    #expect(kept.root == streamed.root)
    let positions = [0, 1, 511, 512, 700, 2_047, 4_095]
    #expect(kept.columns(positions) == streamed.columns(positions))
  }

  @Test("hidden matrices and kernels of odd sizes, with random padding, prove in their committed dimensions") func padding() throws {
    var samples = NetworkSamples(14)
    let x = try samples.input("x", 3 * 5 * 5, -100...99)
    let kernel = try samples.weights(5 * 3 * 9, -20...20)
    let first = try samples.add(
      .convolution(
        Convolution(
          ConvolutionGeometry(
            batch: 1, inputChannels: 3, outputChannels: 5, groups: 1, input: [5, 5], kernel: [3, 3], output: [3, 3], strides: [1, 1],
            dilations: [1, 1], padding: [0, 0]))), [x, kernel])
    let active = try samples.relu(try samples.rescale(try samples.reshape(first, 45), shift: 5, bits: 12), bits: 12)
    // The hidden factor on the left.
    let w = try samples.weights(7 * 45, -50...50)
    let product = try samples.add(
      .batchMatrixMultiply(BatchMatrixMultiply(batch: 1, rows: 7, inner: 45, columns: 1, isLeftBatched: true, isRightBatched: true)), [w, active])
    let flat = try samples.reshape(product, 7)
    try samples.output("y", try samples.dense(try samples.rescale(flat, shift: 8, bits: 12), 7, 3, shift: 6, bits: 16))
    var rows = NetworkSamples(15)
    try NetworkHarness(model: try samples.model()).check(rows: 1, ["x": rows.numbers(75, -100...99)])
  }
}

import Claims
import Fields
import Kernels
import Parallelism
import Programs
import ProofSystem

/// The two tables of a product's sumcheck, over (copies and batch, when both operands differ along them, then) the inner dimensions.
struct NetworkProductTables<E: KernelField> {
  typealias Base = E.Base
  private let reduction: NetworkReduction
  private let a: FieldBuffer<E>
  private let b: FieldBuffer<E>
  /// Y at the points.
  let value: E

  init(_ reduction: NetworkReduction, _ points: [[E]], _ values: NetworkValues<E>) {
    self.reduction = reduction
    switch reduction.product {
    case .convolution(let geometry):
      a = Self.kernels(geometry, values, reduction.right, points)
      b = Self.inputs(geometry, values[reduction.left], points, copies: reduction.copies)
      value = E.parallelDot(UnsafePointer(a.pointer), UnsafePointer(b.pointer), count: a.count)
    case .matrices(let batch, let rows, let inner, let columns, let isLeftBatched, let isRightBatched):
      let nodes = reduction.network.graph.nodes
      let sizes = [reduction.copies, batch]
      let hasLeft = [nodes[reduction.left].copies == reduction.copies, isLeftBatched || batch == 1]
      let hasRight = [nodes[reduction.right].copies == reduction.copies, isRightBatched || batch == 1]
      let width = 1 << log2Ceiling(inner)
      let rowWeights = Self.weights(points[2], rows)
      let columnWeights = Self.weights(points[3], columns)
      let leftRows = Self.leftRows(values.matrices(reduction.left, rows: rows, columns: inner), rowWeights, inner: inner)
      let rightRows = Self.rightRows(values.matrices(reduction.right, rows: inner, columns: columns), columnWeights, inner: inner)
      switch reduction.strategy {
      case .both, .convolution:
        a = Self.spread(leftRows, sizes, hasLeft, inner: inner, width: width)
        b = Self.spread(rightRows, sizes, hasRight, inner: inner, width: width)
        let equality = Self.equality(points[0] + points[1])
        value = Self.value(a, b, equality, width: width)
      case .rightConstant:
        a = Self.contract(leftRows, sizes, hasLeft, Array(points.prefix(2)), inner: inner, width: width)
        b = Self.contract(rightRows, [1, 1], [true, true], [[], []], inner: inner, width: width)
        value = E.parallelDot(UnsafePointer(a.pointer), UnsafePointer(b.pointer), count: width)
      case .leftConstant:
        a = Self.contract(leftRows, [1, 1], [true, true], [[], []], inner: inner, width: width)
        b = Self.contract(rightRows, sizes, hasRight, Array(points.prefix(2)), inner: inner, width: width)
        value = E.parallelDot(UnsafePointer(a.pointer), UnsafePointer(b.pointer), count: width)
      }
    }
  }

  /// The rounds; returns the points of copies and batch and of the inner dimensions.
  func prove<Chain: TranscriptChain>(_ channel: inout ProverChannel<E, Chain>, _ points: [[E]]) -> (batch: [[E]], inner: [[E]]) {
    var batch = Array(points.prefix(2))
    var count = a.count
    if reduction.strategy == .both {
      let z = points[0] + points[1]
      var own: [E] = []
      let width = a.count >> z.count
      for round in z.indices {
        let half = 1 << (z.count - 1 - round)
        let equality = Self.equality(Array(z.dropFirst(round + 1)))
        let (c0, c2) = Self.round(a, b, half: half, width: width, equality)
        channel.send("network.batch.round", [c0, c2])
        let r = channel.challenge("network.batch.round.r")
        for table in [SendablePointer(a.pointer), SendablePointer(b.pointer)] {
          parallelChunks(count: half * width, minimumChunk: 1 << 12) { E.foldRange(table.pointer, half: half * width, range: $0, by: r) }
        }
        own.append(r)
      }
      batch = [Array(own.prefix(points[0].count)), Array(own.dropFirst(points[0].count))]
      count = width
    }
    let (end, first, second) = SumcheckProver.product(&channel, a, b, count: count, label: "network.round")
    // The operands in the order left, right.
    channel.send("network.operands", reduction.strategy == .convolution ? [second, first] : [first, second])
    return (batch, NetworkLayout.split(end, reduction.innerDimensions))
  }

  // MARK: Tables

  private static func equality(_ point: [E]) -> FieldBuffer<E> {
    let out = FieldBuffer<E>(uninitialisedCount: 1 << point.count)
    E.fillEqTable(out.pointer, point: point, scale: .one)
    return out
  }

  /// The first `count` of eq(point, ·).
  private static func weights(_ point: [E], _ count: Int) -> [E] { Array(Equality.table(point).prefix(count)) }

  /// Σ_i eq_i·⟨a_i, b_i⟩ of rows of `width` entries.
  private static func value(_ a: FieldBuffer<E>, _ b: FieldBuffer<E>, _ equality: FieldBuffer<E>, width: Int) -> E {
    let (x, y, weights) = (SendableConstPointer(a.pointer), SendableConstPointer(b.pointer), SendableConstPointer(equality.pointer))
    let parts = parallelMap(count: equality.count, minimumChunk: max(1, (1 << 12) / width)) { range in
      Self.value(x.pointer, y.pointer, weights.pointer, width: width, range)
    }
    withExtendedLifetime((a, b, equality)) {}
    return parts.reduce(E.zero) { $0 + $1 }
  }

  @_specialize(where E == GoldilocksCubic)
  private static func value(
    _ a: UnsafePointer<E>, _ b: UnsafePointer<E>, _ equality: UnsafePointer<E>, width: Int, _ range: Range<Int>
  ) -> E {
    var sum = E.zero
    for index in range {
      sum += equality[index] * (width == 1 ? a[index] * b[index] : E.dot(a + index * width, b + index * width, count: width))
    }
    return sum
  }

  private static func round(_ a: FieldBuffer<E>, _ b: FieldBuffer<E>, half: Int, width: Int, _ equality: FieldBuffer<E>) -> (c0: E, c2: E) {
    let (x, y, weights) = (SendableConstPointer(a.pointer), SendableConstPointer(b.pointer), SendableConstPointer(equality.pointer))
    let parts = parallelMap(count: half, minimumChunk: max(1, (1 << 12) / width)) { range in
      Self.sums(x.pointer, y.pointer, weights.pointer, half: half, width: width, range)
    }
    withExtendedLifetime((a, b, equality)) {}
    return parts.reduce((c0: E.zero, c2: E.zero)) { ($0.c0 + $1.c0, $0.c2 + $1.c2) }
  }

  @_specialize(where E == GoldilocksCubic)
  private static func sums(
    _ a: UnsafePointer<E>, _ b: UnsafePointer<E>, _ equality: UnsafePointer<E>, half: Int, width: Int, _ range: Range<Int>
  ) -> (c0: E, c2: E) {
    var (c0, c2) = (E.zero, E.zero)
    for index in range {
      var (low, lead) = (E.zero, E.zero)
      for k in 0..<width {
        let (i, j) = (index * width + k, (half + index) * width + k)
        low += a[i] * b[i]
        lead += (a[j] - a[i]) * (b[j] - b[i])
      }
      c0 += equality[index] * low
      c2 += equality[index] * lead
    }
    return (c0, c2)
  }

  /// Entries as they lie, over E: what is left of matrices of one row or one column.
  private static func lifted(_ values: UnsafePointer<Base>, count: Int) -> FieldBuffer<E> {
    let out = FieldBuffer<E>(uninitialisedCount: count, secret: true)
    let (source, target) = (SendableConstPointer(values), SendablePointer(out.pointer))
    parallelChunks(count: count, minimumChunk: 1 << 13) { range in
      NetworkLayout.lift(source.pointer + range.lowerBound, into: target.pointer + range.lowerBound, count: range.count)
    }
    return out
  }

  /// Σ_i weight_i·x[m, i, k] for every matrix m: [count, inner].
  @_specialize(where E == GoldilocksCubic)
  private static func leftRows(_ x: NetworkMatrices<Base>, _ weights: [E], inner: Int) -> FieldBuffer<E> {
    if weights == [.one], x.count == 1 || x.stride == inner, let out = x.withPointer({ lifted($0, count: x.count * inner) }) { return out }
    let out = FieldBuffer<E>(repeating: .zero, count: x.count * inner)
    let target = SendablePointer(out.pointer)
    _ = x.withPointer { pointer in
      let source = SendableConstPointer(pointer)
      // Chunks of the inner entries of all matrices, one after the other.
      let piece = min(inner, 1 << 12)
      let pieces = (inner + piece - 1) / piece
      parallelChunks(count: x.count * pieces, minimumChunk: max(1, (1 << 14) / max(1, weights.count * piece))) { range in
        for number in range {
          let (matrix, first) = (number / pieces, number % pieces * piece)
          let rows = weights.indices.map { source.pointer + matrix * x.stride + $0 * x.rowStride + first }
          rows.withUnsafeBufferPointer { rows in
            weights.withUnsafeBufferPointer { weights in
              guard let rows = rows.baseAddress, let coefficients = weights.baseAddress else { return }
              E.accumulateRows(
                target.pointer + matrix * inner + first, rows: rows, coefficients: coefficients, rowCount: weights.count,
                count: min(piece, inner - first))
            }
          }
        }
      }
    }
    return out
  }

  /// Σ_j weight_j·w[m, k, j] for every matrix m: [count, inner].
  @_specialize(where E == GoldilocksCubic)
  private static func rightRows(_ w: NetworkMatrices<Base>, _ weights: [E], inner: Int) -> FieldBuffer<E> {
    if weights == [.one], w.rowStride == 1, w.count == 1 || w.stride == inner, let out = w.withPointer({ lifted($0, count: w.count * inner) }) {
      return out
    }
    let out = FieldBuffer<E>(uninitialisedCount: w.count * inner, secret: true)
    let target = SendablePointer(out.pointer)
    let columns = weights.count
    _ = w.withPointer { pointer in
      let source = SendableConstPointer(pointer)
      parallelChunks(count: w.count * inner, minimumChunk: max(1, (1 << 14) / max(1, columns))) { range in
        weights.withUnsafeBufferPointer { weights in
          guard let coefficients = weights.baseAddress else { return }
          for row in range {
            target.pointer[row] = E.dot(coefficients, source.pointer + row / inner * w.stride + row % inner * w.rowStride, count: columns)
          }
        }
      }
    }
    return out
  }

  /// [copies, batch, inner] padded; dimensions that the rows lack are repeated over their logical entries.
  @_specialize(where E == GoldilocksCubic)
  private static func spread(_ rows: FieldBuffer<E>, _ sizes: [Int], _ has: [Bool], inner: Int, width: Int) -> FieldBuffer<E> {
    let padded = sizes.map { 1 << log2Ceiling($0) }
    let out = FieldBuffer<E>(repeating: .zero, count: padded[0] * padded[1] * width)
    for first in 0..<sizes[0] {
      for second in 0..<sizes[1] {
        let source = (has[0] ? first : 0) * (has[1] ? sizes[1] : 1) + (has[1] ? second : 0)
        let target = (first * padded[1] + second) * width
        for k in 0..<inner { out.pointer[target + k] = rows[source * inner + k] }
      }
    }
    return out
  }

  /// Σ over copies and batch of their weights times the rows: [inner] padded.
  @_specialize(where E == GoldilocksCubic)
  private static func contract(
    _ rows: FieldBuffer<E>, _ sizes: [Int], _ has: [Bool], _ points: [[E]], inner: Int, width: Int
  ) -> FieldBuffer<E> {
    let out = FieldBuffer<E>(repeating: .zero, count: width)
    let tables = zip(points, sizes).map { Equality.table($0).prefix($1) }
    for (first, one) in tables[0].enumerated() {
      for (second, other) in tables[1].enumerated() {
        let weight = one * other
        let source = ((has[0] ? first : 0) * (has[1] ? sizes[1] : 1) + (has[1] ? second : 0)) * inner
        for k in 0..<inner { out.pointer[k] += weight * rows[source + k] }
      }
    }
    return out
  }

  /// W_r(g, c, k) = eq(r_g, g)·Σ_o eq(r_o, o)·w[g, o, c, k], padded.
  private static func kernels(_ g: ConvolutionGeometry, _ values: NetworkValues<E>, _ node: Int, _ points: [[E]]) -> FieldBuffer<E> {
    let channels = g.inputChannels / g.groups
    let kernel = g.kernel.reduce(1, *)
    let outputs = weights(points[2], g.outputChannels / g.groups)
    if g.groups == 1, let column = values.column(node, dimensions: [outputs.count, channels, kernel]) {
      // In the padded dimensions of the commitment, which are the table's. What is committed beyond the logical entries is random.
      let width = 1 << log2Ceiling(kernel)
      let size = width << log2Ceiling(channels)
      let table = leftRows(NetworkMatrices(column: column, count: 1, rowStride: size, stride: size), outputs, inner: channels * width)
      let out = FieldBuffer<E>(repeating: .zero, count: size)
      for channel in 0..<channels {
        (out.pointer + channel * width).update(from: table.pointer + channel * width, count: kernel)
      }
      withExtendedLifetime(table) {}
      return out
    }
    let w = values[node]
    let inner = channels * kernel
    let folded = leftRows(
      NetworkMatrices(values: w, count: g.groups, rowStride: inner, stride: outputs.count * inner), outputs, inner: inner)
    let groups = weights(points[1], g.groups)
    var all: [E] = []
    all.reserveCapacity(folded.count)
    for index in 0..<folded.count { all.append(g.groups == 1 ? folded[index] : folded[index] * groups[index / inner]) }
    return NetworkLayout.padded(all, [g.groups, channels, kernel])
  }

  /// X_r(g, c, k) = Σ_{b,p} eq(r_b, b)·eq(r_p, p)·x[b, g, c, p·s + k·d − pad], padded.
  private static func inputs(_ g: ConvolutionGeometry, _ x: [Base], _ points: [[E]], copies: Int) -> FieldBuffer<E> {
    let positions = g.input.reduce(1, *)
    let inner = g.inputChannels * positions
    let folded = leftRows(
      NetworkMatrices(values: x, count: 1, rowStride: inner, stride: x.count), weights(points[0], copies * g.batch), inner: inner)
    let (out, kernel) = (weights(points[3], g.output.reduce(1, *)), g.kernel.reduce(1, *))
    let parts = parallelMap(count: g.inputChannels, minimumChunk: 1) { range in windows(g, folded, out, range, kernel: kernel) }
    return NetworkLayout.padded(parts.flatMap { $0 }, [g.groups, g.inputChannels / g.groups, kernel])
  }

  @_specialize(where E == GoldilocksCubic)
  private static func windows(_ g: ConvolutionGeometry, _ x: FieldBuffer<E>, _ weights: [E], _ channels: Range<Int>, kernel: Int) -> [E] {
    let positions = g.input.reduce(1, *)
    var result = [E](repeating: .zero, count: channels.count * kernel)
    for channel in channels {
      let (source, target) = (channel * positions, (channel - channels.lowerBound) * kernel)
      g.forEachPosition { output, position, input in result[target + position] += weights[output] * x[source + input] }
    }
    return result
  }
}

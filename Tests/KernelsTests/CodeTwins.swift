import Fields
import Kernels
import Testing

extension TwinChecks {
  func transforms(log2Count: Int, width: Int, stride: Int, inverse: Bool = false) throws {
    var samples = Samples(log2Count + 100 * width + 10_000 * stride)
    let w: [F] = try twiddles(log2Count, inverse: inverse)
    let start: [F] = samples.bases(stride << log2Count + 9)
    compare(start) {
      E.transformRows($0, log2Count: log2Count, width: width, stride: stride, twiddles: w)
    } with: {
      Twin.transformRows($0, log2Count: log2Count, width: width, stride: stride, twiddles: w)
    }
    compare(start) {
      E.transformRowsTransposed($0, log2Count: log2Count, width: width, stride: stride, twiddles: w)
    } with: {
      Twin.transformRowsTransposed($0, log2Count: log2Count, width: width, stride: stride, twiddles: w)
    }
  }

  /// The transform at some positions against the whole one.
  func selectedTransforms(log2Count: Int, width: Int, stride: Int, positions: [Int]) throws {
    var samples = Samples(log2Count + 100 * width + positions.count)
    let w: [F] = try twiddles(log2Count)
    var (whole, part): ([F], [F]) = (samples.bases(stride << log2Count), [])
    part = whole
    whole.withUnsafeMutableBufferPointer {
      if let base = $0.baseAddress { Twin.transformRows(base, log2Count: log2Count, width: width, stride: stride, twiddles: w) }
    }
    part.withUnsafeMutableBufferPointer {
      if let base = $0.baseAddress {
        E.transformRows(
          base, log2Count: log2Count, width: width, stride: stride, twiddles: w, positions: positions.map { UInt32($0) }, count: positions.count)
      }
    }
    for position in positions {
      #expect(part[(position * stride)..<(position * stride + width)] == whole[(position * stride)..<(position * stride + width)])
    }
  }

  /// The transforms of three columns against their definitions, term by term.
  func transformsAgainstDefinition(log2Count: Int) throws {
    let n = 1 << log2Count
    var samples = Samples(log2Count)
    let root = try #require(F.rootOfUnity(log2Order: log2Count))
    let w: [F] = try twiddles(log2Count)
    let input: [F] = samples.bases(3 * n)
    let powers = root.powers(n)
    func entry(_ j: Int, _ b: Int) -> F { powers[bitReversed(j, bits: log2Count) * b % n] }
    func transformed(_ body: (UnsafeMutablePointer<F>) -> Void) -> [F] {
      var output = input
      output.withUnsafeMutableBufferPointer { if let base = $0.baseAddress { body(base) } }
      return output
    }
    func expected(_ entry: (Int, Int) -> F) -> [F] {
      (0..<(3 * n)).map { k in (0..<n).reduce(F.zero) { $0 + input[3 * $1 + k % 3] * entry(k / 3, $1) } }
    }
    let forward = transformed { E.transformRows($0, log2Count: log2Count, width: 3, stride: 3, twiddles: w) }
    #expect(forward == expected { j, b in entry(j, b) })
    let backward = transformed { E.transformRowsTransposed($0, log2Count: log2Count, width: 3, stride: 3, twiddles: w) }
    #expect(backward == expected { b, j in entry(j, b) })
  }

  func gather(log2Count: Int, width: Int, stride: Int, tail: Int) {
    var samples = Samples(log2Count + 100 * width + 7 * tail)
    let n = 1 << log2Count
    let rows: [[F]] = (0..<width).map { _ in samples.bases(n) }
    let tails: [[F]] = (0..<width).map { _ in samples.bases(tail + 1) }
    let scales: [F] = samples.bases(n)
    let factor: F = samples.base()
    let start: [F] = samples.bases(stride * n + 9)
    withRows(rows) { rows in
      withRows(tails) { tails in
        compare(start) {
          E.gatherCoset(
            rows: rows, tails: tails, width: width, log2Count: log2Count, tailCount: tail, tailFactor: factor, scales: scales, into: $0,
            stride: stride)
        } with: {
          Twin.gatherCoset(
            rows: rows, tails: tails, width: width, log2Count: log2Count, tailCount: tail, tailFactor: factor, scales: scales, into: $0,
            stride: stride)
        }
      }
    }
  }

  func powersAndBytes(_ n: Int) {
    var samples = Samples(n)
    let start: F = samples.base()
    let ratio: F = samples.base()
    compare(samples.bases(n + 9)) {
      E.fillPowers($0, count: n, start: start, ratio: ratio)
    } with: {
      Twin.fillPowers($0, count: n, start: start, ratio: ratio)
    }
    let values: [F] = samples.bases(n)
    compare([UInt8](repeating: 7, count: n * F.byteCount + 9)) {
      E.writeBytes($0, values, count: n)
    } with: {
      Twin.writeBytes($0, values, count: n)
    }
  }
}

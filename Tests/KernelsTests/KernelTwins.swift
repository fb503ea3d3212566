import Fields
import Kernels
import Testing

// Each check runs a kernel and its twin on copies of the same arrays and compares the whole arrays, so that a write outside
// the stated range shows as well.

struct TwinChecks<E: KernelField> {
  typealias F = E.Base
  typealias Twin = ReferenceKernels<E>

  func linear(_ n: Int) {
    var samples = Samples(n)
    let a: [E] = samples.elements(n)
    let b: [E] = samples.elements(n)
    let values: [F] = samples.bases(n)
    let factor: E = samples.element()
    #expect(E.dot(a, values, count: n) == Twin.dotBase(a, values, count: n))
    #expect(E.dot(a, b, count: n) == Twin.dot(a, b, count: n))
    compare(samples.elements(n + 9)) {
      E.accumulate($0, a, coefficient: factor, count: n)
    } with: {
      Twin.accumulate($0, a, coefficient: factor, count: n)
    }
    compare(samples.elements(n + 9)) {
      E.combine($0, a, b, count: n, lambda: factor)
    } with: {
      Twin.combine($0, a, b, count: n, lambda: factor)
    }
    compare(samples.elements(2 * n + 9)) {
      E.fold($0, $0, half: n, by: factor)
    } with: {
      Twin.fold($0, $0, half: n, by: factor)
    }
    let table: [E] = samples.elements(2 * n)
    compare(samples.elements(n + 9)) {
      E.fold($0, table, half: n, by: factor)
    } with: {
      Twin.fold($0, table, half: n, by: factor)
    }
  }

  func rows(_ rowCount: Int, _ n: Int) {
    var samples = Samples(rowCount + 1000 * n)
    let rows: [[F]] = (0..<rowCount).map { _ in samples.bases(n + 1) }
    let coefficients: [E] = samples.elements(rowCount)
    let start: [E] = samples.elements(n + 9)
    withRows(rows) { pointers in
      compare(start) {
        E.accumulateRows($0, rows: pointers, coefficients: coefficients, rowCount: rowCount, count: n)
      } with: {
        Twin.accumulateRows($0, rows: pointers, coefficients: coefficients, rowCount: rowCount, count: n)
      }
    }
  }

  func eqTable(variables: Int) {
    var samples = Samples(variables)
    let point: [E] = samples.elements(variables)
    let scale: E = samples.element()
    compare(samples.elements(1 << variables + 9)) {
      E.fillEqTable($0, point: point, scale: scale)
    } with: {
      Twin.fillEqTable($0, point: point, scale: scale)
    }
  }

  func products(half: Int, range: Range<Int>) {
    var samples = Samples(half + range.lowerBound)
    let r: E = samples.element()
    let a: [E] = samples.elements(2 * half)
    let b: [E] = samples.elements(2 * half)
    #expect(E.productRound(a, b, half: half, range: range) == Twin.productRound(a, b, half: half, range: range))
    compareTables((0..<2).map { _ in samples.elements(4 * half + 1) }) {
      E.productFoldRound($0[0], $0[1], quarter: half, range: range, by: r)
    } with: {
      Twin.productFoldRound($0[0], $0[1], quarter: half, range: range, by: r)
    }
    compareTables((0..<2).map { _ in samples.elements(half + 9) }) {
      E.fractionParents(p: a, q: b, half: half, range: range, pOut: $0[0], qOut: $0[1])
      return (.zero, .zero)
    } with: {
      Twin.fractionParents(p: a, q: b, half: half, range: range, pOut: $0[0], qOut: $0[1])
      return (.zero, .zero)
    }
    let base: [F] = samples.bases(2 * half)
    compareTables((0..<2).map { _ in samples.elements(half + 9) }) {
      E.leafParents(p: base, q: b, half: half, range: range, pOut: $0[0], qOut: $0[1])
      return (.zero, .zero)
    } with: {
      Twin.leafParents(p: base, q: b, half: half, range: range, pOut: $0[0], qOut: $0[1])
      return (.zero, .zero)
    }
  }

  func fractions(half: Int, range: Range<Int>, lowBits: Int) {
    var samples = Samples(half + 100 * lowBits + range.lowerBound)
    let r: E = samples.element()
    let low: [E] = samples.elements(1 << lowBits)
    let high: [E] = samples.elements(half >> lowBits + 1)
    let lambda: E = samples.element()
    compareTables((0..<4).map { _ in samples.elements(2 * half + 1) }) {
      E.fractionRound(
        u: $0[0], q1: $0[1], p1: $0[2], q0: $0[3], half: half, range: range, eqHigh: high, eqLow: low, lowBits: lowBits)
    } with: {
      Twin.fractionRound(
        u: $0[0], q1: $0[1], p1: $0[2], q0: $0[3], half: half, range: range, eqHigh: high, eqLow: low, lowBits: lowBits)
    }
    compareTables((0..<4).map { _ in samples.elements(2 * half + 1) }) {
      E.fractionFirstRound(
        p0: $0[0], q1: $0[1], p1: $0[2], q0: $0[3], half: half, range: range, lambda: lambda, eqHigh: high, eqLow: low, lowBits: lowBits)
    } with: {
      Twin.fractionFirstRound(
        p0: $0[0], q1: $0[1], p1: $0[2], q0: $0[3], half: half, range: range, lambda: lambda, eqHigh: high, eqLow: low, lowBits: lowBits)
    }
    compareTables((0..<4).map { _ in samples.elements(4 * half + 1) }) {
      E.fractionFoldRound(
        u: $0[0], q1: $0[1], p1: $0[2], q0: $0[3], quarter: half, range: range, by: r, eqHigh: high, eqLow: low, lowBits: lowBits)
    } with: {
      Twin.fractionFoldRound(
        u: $0[0], q1: $0[1], p1: $0[2], q0: $0[3], quarter: half, range: range, by: r, eqHigh: high, eqLow: low, lowBits: lowBits)
    }
  }

  func leaves(half: Int, range: Range<Int>, lowBits: Int) {
    var samples = Samples(half + 100 * lowBits + range.lowerBound)
    let (r, lambda): (E, E) = (samples.element(), samples.element())
    let low: [E] = samples.elements(1 << lowBits)
    let high: [E] = samples.elements(half >> lowBits + 1)
    let (p0, p1): ([F], [F]) = (samples.bases(4 * half), samples.bases(4 * half))
    compareTables((0..<2).map { _ in samples.elements(2 * half + 1) }) {
      E.leafFirstRound(
        p0: p0, q1: $0[0], p1: p1, q0: $0[1], half: half, range: range, lambda: lambda, eqHigh: high, eqLow: low, lowBits: lowBits)
    } with: {
      Twin.leafFirstRound(
        p0: p0, q1: $0[0], p1: p1, q0: $0[1], half: half, range: range, lambda: lambda, eqHigh: high, eqLow: low, lowBits: lowBits)
    }
    // q1, q0, and room for u and p1.
    compareTables((0..<4).map { _ in samples.elements(4 * half + 1) }) {
      E.leafFoldRound(
        p0: p0, q1: $0[0], p1: p1, q0: $0[1], uOut: $0[2], p1Out: $0[3], quarter: half, range: range, by: r, lambda: lambda, eqHigh: high,
        eqLow: low, lowBits: lowBits)
    } with: {
      Twin.leafFoldRound(
        p0: p0, q1: $0[0], p1: p1, q0: $0[1], uOut: $0[2], p1Out: $0[3], quarter: half, range: range, by: r, lambda: lambda, eqHigh: high,
        eqLow: low, lowBits: lowBits)
    }
  }

  // MARK: Comparison

  func compare<T: Equatable>(
    _ start: [T], _ kernel: (UnsafeMutablePointer<T>) -> Void, with twin: (UnsafeMutablePointer<T>) -> Void,
    _ location: SourceLocation = #_sourceLocation
  ) {
    var left = start
    var right = start
    left.withUnsafeMutableBufferPointer { if let base = $0.baseAddress { kernel(base) } }
    right.withUnsafeMutableBufferPointer { if let base = $0.baseAddress { twin(base) } }
    let equal = left == right
    #expect(equal, sourceLocation: location)
  }

  func compareTables(
    _ start: [[E]], _ kernel: ([UnsafeMutablePointer<E>]) -> (c0: E, c2: E), with twin: ([UnsafeMutablePointer<E>]) -> (c0: E, c2: E),
    _ location: SourceLocation = #_sourceLocation
  ) {
    func run(_ body: ([UnsafeMutablePointer<E>]) -> (c0: E, c2: E)) -> (tables: [E], sums: (c0: E, c2: E)?) {
      var flat = start.flatMap { $0 }
      let sums = flat.withUnsafeMutableBufferPointer { buffer in
        buffer.baseAddress.map { base in body(start.indices.map { base + $0 * start[0].count }) }
      }
      return (flat, sums)
    }
    let left = run(kernel)
    let right = run(twin)
    let equal = left.tables == right.tables
    #expect(equal, sourceLocation: location)
    #expect(left.sums?.c0 == right.sums?.c0, sourceLocation: location)
    #expect(left.sums?.c2 == right.sums?.c2, sourceLocation: location)
  }
}

// MARK: Sparse rows and constraints

extension TwinChecks {
  /// Rows of 0 to 6 entries anywhere in `columnCount` columns.
  func sparse(rowCount: Int, columnCount: Int, range: Range<Int>) {
    var samples = Samples(rowCount + 100 * columnCount)
    var starts: [UInt32] = [0]
    var columns: [UInt32] = []
    for row in 0..<rowCount {
      for k in 0..<((row &* 7 + columnCount) % 7) { columns.append(UInt32((row &* 2_654_435_761 &+ k &* 40503) % columnCount)) }
      starts.append(UInt32(columns.count))
    }
    let values: [F] = samples.bases(columns.count + 1)
    let vector: [F] = samples.bases(columnCount)
    let weights: [E] = samples.elements(range.count)
    compare(samples.bases(rowCount)) {
      E.sparseRows($0, starts: starts, columns: columns, values: values, vector: vector, range: range)
    } with: {
      Twin.sparseRows($0, starts: starts, columns: columns, values: values, vector: vector, range: range)
    }
    compare(samples.elements(columnCount)) {
      E.scatterRows($0, starts: starts, columns: columns, values: values, weights: weights, range: range)
    } with: {
      Twin.scatterRows($0, starts: starts, columns: columns, values: values, weights: weights, range: range)
    }
  }
}

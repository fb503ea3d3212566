import Fields
import Kernels
import Testing

/// Every compiled variant that this processor can run, against the twins. One at a time: the choice is the process's.
@Suite(.serialized) struct KernelVariantTests {
  static let variants = KernelVariant.allCases.filter(\.isAvailable)
  let cubic = TwinChecks<GoldilocksCubic>()

  @Test func selection() {
    let before = KernelVariant.selected
    #expect(KernelVariant.plain.isAvailable)
    #expect(before == Self.variants.last)
    for variant in KernelVariant.allCases {
      #expect(variant.select() == variant.isAvailable)
      if variant.isAvailable { #expect(KernelVariant.selected == variant) }
    }
    #expect(before.select())
  }

  private func with(_ variant: KernelVariant, _ body: () throws -> Void) rethrows {
    let before = KernelVariant.selected
    #expect(variant.select())
    defer { before.select() }
    try body()
  }

  @Test(arguments: variants) func linear(_ variant: KernelVariant) {
    with(variant) {
      for n in sizes { cubic.linear(n) }
    }
  }

  @Test(arguments: variants) func accumulateRows(_ variant: KernelVariant) {
    with(variant) {
      for rowCount in [1, 2, 3, 15, 16, 17, 33, 65] {
        for n in [1, 3, 4, 7, 8, 9, 17, 33, 65] { cubic.rows(rowCount, n) }
      }
      cubic.rows(600, 11)
      cubic.rows(18, 4101)
    }
  }

  /// Long sums of the value whose partial products are the largest: reductions must come in time.
  @Test(arguments: variants) func largestValues(_ variant: KernelVariant) {
    typealias Twin = ReferenceKernels<GoldilocksCubic>
    let n = 6000
    let limb = Goldilocks(0xFFFF_FFFE_FFFF_FFFF)
    let element = GoldilocksCubic(limb, limb, limb)
    let a = [GoldilocksCubic](repeating: element, count: 2 * n)
    let values = [Goldilocks](repeating: limb, count: n)
    let zeroHalf = [GoldilocksCubic](repeating: .zero, count: n) + a[..<n]
    with(variant) {
      #expect(GoldilocksCubic.dot(a, values, count: n) == Twin.dotBase(a, values, count: n))
      #expect(GoldilocksCubic.dot(a, a, count: n) == Twin.dot(a, a, count: n))
      for table in [a, zeroHalf] {
        #expect(
          GoldilocksCubic.productRound(table, table, half: n, range: 0..<n)
            == Twin.productRound(table, table, half: n, range: 0..<n))
        for lowBits in [0, 13] {
          cubic.compareTables([table, table, table, table]) {
            GoldilocksCubic.fractionFirstRound(
              p0: $0[0], q1: $0[1], p1: $0[2], q0: $0[3], half: n, range: 0..<n, lambda: .zero, eqHigh: a, eqLow: a, lowBits: lowBits)
          } with: {
            Twin.fractionFirstRound(
              p0: $0[0], q1: $0[1], p1: $0[2], q0: $0[3], half: n, range: 0..<n, lambda: .zero, eqHigh: a, eqLow: a, lowBits: lowBits)
          }
        }
      }
    }
  }

  @Test(arguments: variants) func eqTables(_ variant: KernelVariant) {
    with(variant) {
      for variables in 0...10 { cubic.eqTable(variables: variables) }
    }
  }

  @Test(arguments: variants) func productRounds(_ variant: KernelVariant) {
    with(variant) {
      for half in sizes {
        cubic.products(half: half, range: 0..<half)
        cubic.products(half: half, range: (half / 3)..<(half - half / 4))
      }
    }
  }

  @Test(arguments: variants) func fractionRounds(_ variant: KernelVariant) {
    with(variant) {
      for lowBits in [0, 1, 2, 3, 4, 5, 6, 8] {
        for half in sizes {
          for range in [0..<half, (half / 3)..<(half - half / 4)] {
            cubic.fractions(half: half, range: range, lowBits: lowBits)
            cubic.leaves(half: half, range: range, lowBits: lowBits)
          }
        }
      }
    }
  }

  @Test(arguments: variants) func transforms(_ variant: KernelVariant) throws {
    try with(variant) {
      for log2Count in 0...6 {
        for (width, stride) in [(0, 1), (1, 1), (1, 3), (3, 3), (3, 8), (7, 8), (8, 8), (9, 11), (16, 16), (33, 40)] {
          try cubic.transforms(log2Count: log2Count, width: width, stride: stride)
          try cubic.transforms(log2Count: log2Count, width: width, stride: stride, inverse: true)
        }
      }
      for log2Count in 7...11 {
        try cubic.transforms(log2Count: log2Count, width: 5, stride: 5)
        try cubic.transforms(log2Count: log2Count, width: 8, stride: 8, inverse: true)
      }
      for log2Count in 0...8 { try cubic.transformsAgainstDefinition(log2Count: log2Count) }
      for (log2Count, positions) in [(0, [0]), (1, [1]), (3, [0, 5]), (6, [3, 17, 63]), (9, []), (9, [0, 1, 2, 130, 300, 301, 511]), (10, [1023])] {
        for (width, stride) in [(1, 1), (5, 8), (16, 16)] {
          try cubic.selectedTransforms(log2Count: log2Count, width: width, stride: stride, positions: positions)
        }
      }
    }
  }

  @Test(arguments: variants) func gather(_ variant: KernelVariant) {
    with(variant) {
      for log2Count in 0...7 {
        for (width, stride) in [(1, 1), (3, 3), (3, 8), (8, 8), (9, 16), (13, 15), (17, 40)] {
          let n = 1 << log2Count
          for tail in Set([0, 1, n / 2, n / 2 + 1, n - 1, n]) where tail >= 0 && tail <= n {
            cubic.gather(log2Count: log2Count, width: width, stride: stride, tail: tail)
          }
        }
      }
    }
  }

  @Test func sparseRows() {
    for rowCount in sizes {
      cubic.sparse(rowCount: rowCount, columnCount: rowCount + 5, range: 0..<rowCount)
      cubic.sparse(rowCount: rowCount, columnCount: 3, range: (rowCount / 3)..<(rowCount - rowCount / 4))
    }
  }

  @Test(arguments: variants) func columns(_ variant: KernelVariant) {
    with(variant) {
      for n in sizes {
        for columnCount in [0, 1, 2, 5] { cubic.columns(columnCount, n) }
        cubic.baseProducts(half: n, range: 0..<n)
        cubic.baseProducts(half: n, range: (n / 3)..<(n - n / 4))
      }
      cubic.columns(17, 33)
      cubic.columns(40, 2051)
    }
  }

  @Test(arguments: variants) func integerProducts(_ variant: KernelVariant) {
    var state: UInt64 = 7
    func numbers(_ count: Int) -> [Int64] {
      (0..<count).map { _ in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int64(bitPattern: state)
      }
    }
    with(variant) {
      for (rows, inner, columns) in [(1, 1, 1), (4, 130, 16), (5, 9, 17), (3, 129, 300), (9, 257, 7), (1, 20, 40), (6, 3, 273)] {
        let (a, b) = (numbers(rows * (inner + 2)), numbers(inner * (columns + 1)))
        var out = [Int64](repeating: 1, count: rows * (columns + 3))
        IntegerProducts.multiply(
          &out, outStride: columns + 3, a, aStride: inner + 2, b, bStride: columns + 1, rows: rows, inner: inner, columns: columns)
        let wrong = (0..<rows).reduce(0) { count, i in
          count
            + (0..<columns).filter { j in
              out[i * (columns + 3) + j] != (0..<inner).reduce(Int64(0)) { $0 &+ a[i * (inner + 2) + $1] &* b[$1 * (columns + 1) + j] }
            }.count
        }
        #expect(wrong == 0, "[\(rows), \(inner)] by [\(inner), \(columns)]")
        // Nothing is written between the rows.
        #expect((0..<rows).allSatisfy { i in (columns..<(columns + 3)).allSatisfy { out[i * (columns + 3) + $0] == 1 } })
      }
    }
  }

  @Test(arguments: variants) func powersAndBytes(_ variant: KernelVariant) {
    with(variant) {
      for n in sizes { cubic.powersAndBytes(n) }
    }
  }
}

/// Fields whose extension kernels are the twins: the conformances, and the twins against their definitions.
@Suite struct TwinTests {
  private func all<E: KernelField>(_ checks: TwinChecks<E>) throws {
    for n in [0, 1, 7, 33] {
      checks.linear(n)
      checks.rows(3, n)
      checks.powersAndBytes(n)
      checks.columns(3, n)
      checks.baseProducts(half: n, range: (n / 3)..<n)
      checks.tuples(rows: n, values: 2 * n, width: 2)
      checks.tuples(rows: 3 * n, values: n, width: 1)
      checks.products(half: n, range: 0..<n)
      checks.sparse(rowCount: n, columnCount: 2 * n + 1, range: 0..<n)
      checks.fractions(half: n, range: 0..<n, lowBits: 2)
      checks.leaves(half: n, range: 0..<n, lowBits: 2)
    }
    for log2Count in 0...5 {
      checks.eqTable(variables: log2Count)
      checks.gather(log2Count: log2Count, width: 3, stride: 8, tail: 1)
      try checks.transforms(log2Count: log2Count, width: 3, stride: 8)
      try checks.transformsAgainstDefinition(log2Count: log2Count)
    }
  }

  @Test func cubic() throws { try all(TwinChecks<GoldilocksCubic>()) }
  @Test func quadratic() throws { try all(TwinChecks<GoldilocksQuadratic>()) }
  @Test func bn254() throws { try all(TwinChecks<BN254Scalar>()) }

  /// BLS12-381, and a prime of 256 bits.
  @Test(arguments: [
    "73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001", "ca6297c79a46e5bf5f5d7edc26c16a79b2adb897c7384c9beddab10000000001",
  ]) func runtimePrimes(_ hexadecimal: String) throws {
    let digits = hexadecimal.reversed().map { UInt8($0.hexDigitValue ?? 0) }
    let bytes = stride(from: 0, to: digits.count, by: 2).map { digits[$0] | digits[$0 + 1] << 4 }
    try RuntimePrime(modulusBytes: bytes).withModulus { try all(TwinChecks<RuntimePrimeField>()) }
  }

  @Test func eqTableIsTheProduct() {
    var samples = Samples(3)
    let point: [GoldilocksCubic] = samples.elements(5)
    let scale: GoldilocksCubic = samples.element()
    var table = [GoldilocksCubic](repeating: .zero, count: 32)
    table.withUnsafeMutableBufferPointer {
      if let base = $0.baseAddress { GoldilocksCubic.fillEqTable(base, point: point, scale: scale) }
    }
    for u in 0..<32 {
      let product = point.enumerated().reduce(scale) { product, coordinate in
        product * (u >> (4 - coordinate.offset) & 1 == 1 ? coordinate.element : .one - coordinate.element)
      }
      #expect(table[u] == product)
    }
  }

  /// The two sums and the claim h(0) + h(1) determine h; folding by r must give h(r). Leaves give the same as the tables they stand for.
  @Test func roundsAgreeWithFolding() {
    typealias E = GoldilocksCubic
    let half = 24
    var samples = Samples(9)
    let (r, lambda): (E, E) = (samples.element(), samples.element())
    let low: [E] = samples.elements(8)
    let high: [E] = samples.elements(3)
    let base: [Goldilocks] = samples.bases(4 * half)
    let q: [E] = samples.elements(4 * half)
    // p0, q1, p1, q0.
    var tables: [E] = base[..<(2 * half)].map { E(base: $0) } + q[(2 * half)...] + base[(2 * half)...].map { E(base: $0) } + q[..<(2 * half)]
    func weighted(_ t: [E], at offset: Int, size: Int) -> E {
      (0..<half).reduce(.zero) { sum, j in
        let i = offset + j
        return sum + high[j >> 3] * low[j & 7] * (t[i] * t[size + i] + t[2 * size + i] * t[3 * size + i])
      }
    }
    let leafSums = base.withUnsafeBufferPointer { p in
      q.withUnsafeBufferPointer { q -> (c0: E, c2: E)? in
        guard let p = p.baseAddress, let q = q.baseAddress else { return nil }
        return E.leafFirstRound(
          p0: p, q1: q + 2 * half, p1: p + 2 * half, q0: q, half: half, range: 0..<half, lambda: lambda, eqHigh: high, eqLow: low, lowBits: 3)
      }
    }
    let sums = tables.withUnsafeMutableBufferPointer { buffer -> (c0: E, c2: E)? in
      buffer.baseAddress.map {
        E.fractionFirstRound(
          p0: $0, q1: $0 + 2 * half, p1: $0 + 4 * half, q0: $0 + 6 * half, half: half, range: 0..<half, lambda: lambda, eqHigh: high,
          eqLow: low, lowBits: 3)
      }
    }
    for i in 0..<(2 * half) { #expect(tables[i] == E(base: base[i]) + lambda * q[i]) }
    let h0 = weighted(tables, at: 0, size: 2 * half)
    let h1 = weighted(tables, at: half, size: 2 * half)
    #expect(sums?.c0 == h0)
    #expect(leafSums?.c0 == h0)
    #expect(leafSums?.c2 == sums?.c2)
    for table in 0..<4 {
      for j in 0..<half {
        let i = table * 2 * half + j
        tables[i] += r * (tables[i + half] - tables[i])
      }
    }
    let c2 = sums?.c2 ?? .zero
    #expect(weighted(tables, at: 0, size: 2 * half) == h0 + r * (h1 - h0 - c2) + r * r * c2)
  }
}

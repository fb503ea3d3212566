import Fields
import Kernels
import Parallelism
import ProofSystem

/// Prover of Σ_x eq(τ, x)·(a·b − c)(x) = 0 in eq form (`Sumcheck.verifyEquality`), from base-field tables.
///
/// The first round works in the base field: the terms of both coefficients are made in blocks, and each block is one product with a table of
/// eq. Folding makes tables over E; from the third round on they go through the fused kernel of a fraction layer: u·q1 + p1·q0 = a·b − c with
/// u = a, q1 = b, p1 = c and q0 = −1 constant.
struct ConstraintSumcheck<E: KernelField> {
  typealias Base = E.Base

  /// Returns the point and a, b, c there. Tables of 2^tau.count entries, which are only read.
  static func prove<Chain: TranscriptChain>(
    _ channel: inout ProverChannel<E, Chain>, a: FieldBuffer<Base>, b: FieldBuffer<Base>, c: FieldBuffer<Base>, tau: [E], label: String
  ) -> (point: [E], values: [E]) {
    let tables = [a, b, c]
    guard !tau.isEmpty else { return ([], tables.map { E(base: $0[0]) }) }
    var half = a.count / 2
    var point: [E] = []
    func send(_ sums: (c0: E, c2: E)) -> E {
      channel.send(label, [sums.c0, sums.c2])
      let r = channel.challenge(label + ".r")
      point.append(r)
      return r
    }
    var r = send(firstRound(a, b, c, half: half, SplitEquality(Array(tau[1...]))))
    let folded = tables.map { fold($0, half: half, by: r) }
    let minusOne = FieldBuffer<E>(uninitialisedCount: half)
    parallelFill(minusOne, -.one)
    let (u, q1) = (SendablePointer(folded[0].pointer), SendablePointer(folded[1].pointer))
    let (p1, q0) = (SendablePointer(folded[2].pointer), SendablePointer(minusOne.pointer))
    for index in 1..<max(tau.count, 1) {
      let eq = SplitEquality(Array(tau[(index + 1)...]))
      let quarter = half / 2
      let factor = r
      let parts = parallelMap(count: quarter, minimumChunk: 1024) { range in
        index == 1
          ? E.constraintSecondRound(
            a: u.pointer, b: q1.pointer, c: p1.pointer, half: quarter, range: range, eqHigh: eq.high.pointer, eqLow: eq.low.pointer,
            lowBits: eq.lowBits)
          : E.fractionFoldRound(
            u: u.pointer, q1: q1.pointer, p1: p1.pointer, q0: q0.pointer, quarter: quarter, range: range, by: factor,
            eqHigh: eq.high.pointer, eqLow: eq.low.pointer, lowBits: eq.lowBits)
      }
      r = send(ProductInstance<E>.sum(parts))
      half = quarter
    }
    // With one variable the first folding was the last.
    if tau.count > 1 { for table in folded { table.pointer[0] += r * (table.pointer[1] - table.pointer[0]) } }
    return (point, folded.map { $0[0] })
  }

  private static func firstRound(
    _ a: FieldBuffer<Base>, _ b: FieldBuffer<Base>, _ c: FieldBuffer<Base>, half: Int, _ eq: SplitEquality<E>
  ) -> (c0: E, c2: E) {
    let length = 1 << eq.lowBits
    let parts = parallelMap(count: 1 << (eq.high.count.trailingZeroBitCount), minimumChunk: max(1, 4096 >> eq.lowBits)) { range in
      let constant = FieldBuffer<Base>(uninitialisedCount: length, secret: true)
      let leading = FieldBuffer<Base>(uninitialisedCount: length, secret: true)
      var sums: (c0: E, c2: E) = (.zero, .zero)
      for block in range {
        let first = block << eq.lowBits
        E.constraintFirstRound(
          constant.pointer, leading.pointer, a: a.pointer, b: b.pointer, c: c.pointer, half: half, range: first..<(first + length))
        sums.c0 += eq.high[block] * E.dot(eq.low.pointer, UnsafePointer(constant.pointer), count: length)
        sums.c2 += eq.high[block] * E.dot(eq.low.pointer, UnsafePointer(leading.pointer), count: length)
      }
      return sums
    }
    return ProductInstance<E>.sum(parts)
  }

  /// table[i] + r·(table[half + i] − table[i]) over E.
  static func fold(_ table: FieldBuffer<Base>, half: Int, by r: E) -> FieldBuffer<E> {
    fold(UnsafePointer(table.pointer), rows: 2, stride: half, weights: [.one - r, r])
  }

  /// Σ_i weights[i]·table[i·stride + b] for b < stride: a table folded by several variables at once.
  static func fold(_ table: UnsafePointer<Base>, rows: Int, stride: Int, weights: [E]) -> FieldBuffer<E> {
    let out = FieldBuffer<E>(uninitialisedCount: stride, secret: true)
    let (target, source) = (SendablePointer(out.pointer), SendableConstPointer(table))
    parallelChunks(count: stride, minimumChunk: 2048) { range in
      E.fill(target.pointer + range.lowerBound, .zero, count: range.count)
      let pointers = FieldBuffer((0..<rows).map { source.pointer + $0 * stride + range.lowerBound })
      weights.withUnsafeBufferPointer { factors in
        guard let base = factors.baseAddress else { return }
        E.accumulateRows(target.pointer + range.lowerBound, rows: pointers.pointer, coefficients: base, rowCount: rows, count: range.count)
      }
    }
    return out
  }

  private static func parallelFill(_ table: FieldBuffer<E>, _ value: E) {
    let target = SendablePointer(table.pointer)
    parallelChunks(count: table.count, minimumChunk: 8192) { range in E.fill(target.pointer + range.lowerBound, value, count: range.count) }
  }
}

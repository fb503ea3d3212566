import Fields
import Kernels
import Parallelism

/// The four tables of one layer of the fraction tree; u = p0 + λ·q0 takes the place of p0 in the first round.
struct LayerTables<E: KernelField>: @unchecked Sendable {
  let u: UnsafeMutablePointer<E>
  let q1: UnsafeMutablePointer<E>
  let p1: UnsafeMutablePointer<E>
  let q0: UnsafeMutablePointer<E>

  /// Tables of `half` entries: p0 and q0 are the first halves of `p` and `q`, p1 and q1 the second ones.
  init(p: UnsafeMutablePointer<E>, q: UnsafeMutablePointer<E>, half: Int) {
    (u, q1, p1, q0) = (p, q + half, p + half, q)
  }

  /// Sums over tables of 2·half entries; before it u holds p0.
  func firstRound(half: Int, lambda: E, eq: SplitEquality<E>) -> (c0: E, c2: E) {
    ProductInstance<E>.sum(
      parallelMap(count: half, minimumChunk: 1024) { range in
        E.fractionFirstRound(
          p0: u, q1: q1, p1: p1, q0: q0, half: half, range: range, lambda: lambda, eqHigh: eq.high.pointer, eqLow: eq.low.pointer,
          lowBits: eq.lowBits)
      })
  }

  /// Folds tables of 4·quarter entries; sums over the folded ones.
  func foldRound(quarter: Int, by r: E, eq: SplitEquality<E>) -> (c0: E, c2: E) {
    ProductInstance<E>.sum(
      parallelMap(count: quarter, minimumChunk: 1024) { range in
        E.fractionFoldRound(
          u: u, q1: q1, p1: p1, q0: q0, quarter: quarter, range: range, by: r, eqHigh: eq.high.pointer, eqLow: eq.low.pointer,
          lowBits: eq.lowBits)
      })
  }

  /// Folds two entries to one.
  func foldLast(_ r: E) {
    for table in [u, q1, p1, q0] { table[0] += r * (table[1] - table[0]) }
  }
}

/// eq(point, ·) as two tables of square-root size: eq(j) = high[j >> lowBits]·low[j & (2^lowBits − 1)] (Dao–Thaler 2024/1210).
struct SplitEquality<E: KernelField>: Sendable {
  let high: FieldBuffer<E>
  let low: FieldBuffer<E>
  let lowBits: Int

  init(_ point: [E]) {
    lowBits = (point.count + 1) / 2
    let cut = point.count - lowBits
    high = FieldBuffer(uninitialisedCount: 1 << cut)
    low = FieldBuffer(uninitialisedCount: 1 << lowBits)
    E.fillEqTable(high.pointer, point: Array(point[..<cut]), scale: .one)
    E.fillEqTable(low.pointer, point: Array(point[cut...]), scale: .one)
  }
  /// The two factors' tables as they are indexed from `start` on, a multiple of a power of two that divides or is divided by 2^lowBits.
  func tables(from start: Int) -> (high: UnsafePointer<E>, low: UnsafePointer<E>) {
    (UnsafePointer(high.pointer + (start >> lowBits)), UnsafePointer(low.pointer + (start & ((1 << lowBits) - 1))))
  }
}

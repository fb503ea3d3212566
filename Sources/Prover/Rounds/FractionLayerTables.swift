import Fields
import Kernels
import Parallelism

/// The four tables of one layer of the fraction tree; u = p0 + λ·q0 takes the place of p0 in the first round.
struct LayerTables<E: KernelField>: @unchecked Sendable {
  let u: UnsafeMutablePointer<E>
  let q1: UnsafeMutablePointer<E>
  let p1: UnsafeMutablePointer<E>
  let q0: UnsafeMutablePointer<E>
  /// Memory of u and p1.
  let owners: [FieldBuffer<E>]

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

/// The tables of the lowest layer, whose numerators are base elements.
struct LeafTables<E: KernelField>: @unchecked Sendable {
  let p0: UnsafePointer<E.Base>
  let q1: UnsafeMutablePointer<E>
  let p1: UnsafePointer<E.Base>
  let q0: UnsafeMutablePointer<E>

  init(p0: UnsafeMutablePointer<E.Base>, q1: UnsafeMutablePointer<E>, p1: UnsafeMutablePointer<E.Base>, q0: UnsafeMutablePointer<E>) {
    self.p0 = UnsafePointer(p0)
    self.q1 = q1
    self.p1 = UnsafePointer(p1)
    self.q0 = q0
  }

  /// As `LayerTables.firstRound`; nothing is written.
  func firstRound(half: Int, lambda: E, eq: SplitEquality<E>) -> (c0: E, c2: E) {
    ProductInstance<E>.sum(
      parallelMap(count: half, minimumChunk: 1024) { range in
        E.leafFirstRound(
          p0: p0, q1: q1, p1: p1, q0: q0, half: half, range: range, lambda: lambda, eqHigh: eq.high.pointer, eqLow: eq.low.pointer,
          lowBits: eq.lowBits)
      })
  }

  /// As `LayerTables.foldRound`; u and p1 are written to `tables`, which has the same q1 and q0.
  func foldRound(into tables: LayerTables<E>, quarter: Int, by r: E, lambda: E, eq: SplitEquality<E>) -> (c0: E, c2: E) {
    ProductInstance<E>.sum(
      parallelMap(count: quarter, minimumChunk: 1024) { range in
        E.leafFoldRound(
          p0: p0, q1: q1, p1: p1, q0: q0, uOut: tables.u, p1Out: tables.p1, quarter: quarter, range: range, by: r, lambda: lambda,
          eqHigh: eq.high.pointer, eqLow: eq.low.pointer, lowBits: eq.lowBits)
      })
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
}

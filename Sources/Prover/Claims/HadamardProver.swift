import Claims
import Fields
import Kernels
import Parallelism
import ProofSystem

/// Prover of Σ_i eq(z, i)·Σ_k γ^k·(left_k·right_k − product_k)(i) = 0.
///
/// Long columns stay in the base field for the first rounds: round 1 takes the products of base elements, and the next ones fold tile by
/// tile what they read. Tables over E are made only when they are a fraction of the columns' length: their memory would cost more than the
/// arithmetic.
package struct HadamardProver<E: KernelField> {
  package typealias Base = E.Base
  private typealias Combination = ColumnCombination<E>

  /// Rounds that read long columns, and entries up to which tables are made at once.
  static var longColumnRounds: Int { 4 }
  static var shortest: Int { 1 << 13 }

  /// Σ_s scale_s·linear_s bound at the first coordinates: entry j = constant + Σ_k coefficients[k]·rows[k][j].
  private struct Bound: @unchecked Sendable {
    var constant = E.zero
    var rows: [UnsafePointer<Base>] = []
    var coefficients: [E] = []

    /// `weights`: eq of the point bound so far; `stride`: entries left.
    init(_ parts: [(scale: E, linear: Combination)], weights: [E], stride: Int) {
      for (scale, linear) in parts {
        constant += scale.scaled(by: linear.constant)
        for (column, coefficient) in zip(linear.columns, linear.coefficients) {
          let factor = scale.scaled(by: coefficient)
          for (index, weight) in weights.enumerated() {
            rows.append(column.pointer + index * stride)
            coefficients.append(weight * factor)
          }
        }
      }
    }

    func fill(_ out: UnsafeMutablePointer<E>, from first: Int, count: Int) {
      E.fill(out, constant, count: count)
      guard !rows.isEmpty else { return }
      let shifted = rows.map { $0 + first }
      shifted.withUnsafeBufferPointer { shifted in
        coefficients.withUnsafeBufferPointer { factors in
          guard let rows = shifted.baseAddress, let factors = factors.baseAddress else { return }
          E.accumulateRows(out, rows: rows, coefficients: factors, rowCount: shifted.count, count: count)
        }
      }
    }
  }

  private let factors: [(left: Combination, right: Combination)]
  private let products: [Combination]
  private let powers: [E]
  private let bits: Int

  /// Rounds that read the columns.
  private let columnRounds: Int

  /// `columnRounds`: how many rounds read the columns at most; what is sent does not depend on it.
  package init(_ group: [HadamardConstraint], powers: [E], witness: WitnessReader<E>, columnRounds: Int? = nil) {
    let bits = group.first?.bits ?? 0
    self.bits = bits
    self.columnRounds = min(columnRounds ?? (1 << bits > Self.shortest ? Self.longColumnRounds : 0), bits)
    self.powers = powers
    factors = group.map { (Combination($0.left, witness), Combination($0.right, witness)) }
    products = group.map { Combination(ColumnExpression($0.product), witness) }
  }

  /// Runs the rounds at z. Returns left_1, right_1, left_2, … at the point, the left ones without their factors γ^k.
  package func prove<Chain: TranscriptChain>(_ channel: inout ProverChannel<E, Chain>, z: [E], label: String) -> [E] {
    let inColumns = columnRounds
    var point: [E] = []
    var passes = inColumns == 0 ? tables(point) : []
    for index in z.indices {
      let eq = SplitEquality<E>(Array(z[(index + 1)...]))
      var total: (c0: E, c2: E) = (.zero, .zero)
      if index < inColumns {
        total = index == 0 ? firstRound(eq) : columnRound(eq, point)
      } else {
        if index == inColumns, index > 0 { passes = tables(point) }
        let previous = index > inColumns ? point.last : nil
        let count = 1 << (bits - (previous == nil ? index : index - 1))
        for pass in passes {
          let (c0, c2) = pass.round(count: count, foldingBy: previous, eq: eq)
          total.c0 += c0
          total.c2 += c2
        }
      }
      channel.send(label, [total.c0, total.c2])
      point.append(channel.challenge(label + ".r"))
    }
    if inColumns == z.count {
      passes = tables(point)
    } else if let last = point.last {
      for pass in passes { pass.foldLast(last) }
    }
    let values = passes.flatMap { [$0.u[0], $0.q1[0], $0.p1[0], $0.q0[0]] }
    return powers.enumerated().flatMap { k, power in [values[2 * k] * (power.inverse() ?? .zero), values[2 * k + 1]] }
  }

  // MARK: Rounds on columns

  /// The first round: (a·b − c) and Δa·Δb over the base field, tile by tile.
  @_specialize(where E == GoldilocksCubic)
  @_specialize(where E == GoldilocksQuadratic)
  private func firstRound(_ eq: SplitEquality<E>) -> (c0: E, c2: E) {
    let half = 1 << (bits - 1)
    let length = 1 << eq.lowBits
    let tile = min(length, 1024)
    let parts = parallelMap(count: eq.high.count, minimumChunk: max(1, 4096 >> eq.lowBits)) { range in
      let scratch = FieldBuffer<Base>(uninitialisedCount: 7 * tile, secret: true)
      let (a, b, c) = (scratch.pointer, scratch.pointer + 2 * tile, scratch.pointer + 4 * tile)
      let (constant, leading) = (scratch.pointer + 5 * tile, scratch.pointer + 6 * tile)
      var sums: (c0: E, c2: E) = (.zero, .zero)
      for block in range {
        var own: (c0: E, c2: E) = (.zero, .zero)
        for offset in stride(from: 0, to: length, by: tile) {
          let first = block << eq.lowBits + offset
          for (k, power) in powers.enumerated() {
            for (target, linear) in [(a, factors[k].left), (b, factors[k].right)] {
              linear.fill(target, from: first, count: tile)
              linear.fill(target + tile, from: half + first, count: tile)
            }
            products[k].fill(c, from: first, count: tile)
            E.constraintFirstRound(constant, leading, a: a, b: b, c: c, half: tile, range: 0..<tile)
            own.c0 += power * E.dot(UnsafePointer(eq.low.pointer + offset), UnsafePointer(constant), count: tile)
            own.c2 += power * E.dot(UnsafePointer(eq.low.pointer + offset), UnsafePointer(leading), count: tile)
          }
        }
        sums.c0 += eq.high[block] * own.c0
        sums.c2 += eq.high[block] * own.c2
      }
      return sums
    }
    return ProductInstance<E>.sum(parts)
  }

  /// A later round: every tile is folded by the point so far, then two products go through the kernel of a fraction layer.
  @_specialize(where E == GoldilocksCubic)
  @_specialize(where E == GoldilocksQuadratic)
  private func columnRound(_ eq: SplitEquality<E>, _ point: [E]) -> (c0: E, c2: E) {
    let half = 1 << (bits - point.count - 1)
    let length = 1 << eq.lowBits
    let tile = min(length, 256)
    let bound = bound(point)
    let parts = parallelMap(count: eq.high.count, minimumChunk: max(1, 1024 >> eq.lowBits)) { range in
      let scratch = FieldBuffer<E>(uninitialisedCount: 8 * tile, secret: true)
      var sums: (c0: E, c2: E) = (.zero, .zero)
      for block in range {
        for offset in stride(from: 0, to: length, by: tile) {
          let first = block << eq.lowBits + offset
          for pass in stride(from: 0, to: bound.count, by: 4) {
            for table in 0..<4 {
              let target = scratch.pointer + 2 * table * tile
              bound[pass + table].fill(target, from: first, count: tile)
              bound[pass + table].fill(target + tile, from: half + first, count: tile)
            }
            let (u, q1) = (scratch.pointer, scratch.pointer + 2 * tile)
            let (p1, q0) = (scratch.pointer + 4 * tile, scratch.pointer + 6 * tile)
            let (c0, c2) = E.fractionRound(
              u: u, q1: q1, p1: p1, q0: q0, half: tile, range: 0..<tile, eqHigh: eq.high.pointer + block, eqLow: eq.low.pointer + offset,
              lowBits: eq.lowBits)
            sums.c0 += c0
            sums.c2 += c2
          }
        }
      }
      return sums
    }
    withExtendedLifetime(self) {}
    return ProductInstance<E>.sum(parts)
  }

  // MARK: Tables

  /// left_1, right_1, left_2, …, the left ones times γ^k, then −Σ γ^k·product_k and 1, each bound at the point; an even number of factors, with
  /// zeros for the last two if need be.
  @_specialize(where E == GoldilocksCubic)
  @_specialize(where E == GoldilocksQuadratic)
  private func bound(_ point: [E]) -> [Bound] {
    let weights = Equality.table(point)
    let stride = 1 << (bits - point.count)
    func bind(_ parts: [(scale: E, linear: Combination)]) -> Bound { Bound(parts, weights: weights, stride: stride) }
    var out = zip(factors, powers).flatMap { factor, power in [bind([(power, factor.left)]), bind([(.one, factor.right)])] }
    out.append(bind(zip(products, powers).map { (-$1, $0) }))
    var one = bind([])
    one.constant = .one
    out.append(one)
    if out.count % 4 != 0 { out += [bind([]), bind([])] }
    return out
  }

  @_specialize(where E == GoldilocksCubic)
  @_specialize(where E == GoldilocksQuadratic)
  private func tables(_ point: [E]) -> [Pass<E>] {
    let count = 1 << (bits - point.count)
    let made = bound(point).map { bound -> FieldBuffer<E> in
      let out = FieldBuffer<E>(uninitialisedCount: count, secret: true)
      let target = SendablePointer(out.pointer)
      parallelChunks(count: count, minimumChunk: 4096) { range in
        // Tile by tile, so that a tile is still in the cache when the columns are added.
        for first in stride(from: range.lowerBound, to: range.upperBound, by: 1024) {
          bound.fill(target.pointer + first, from: first, count: min(1024, range.upperBound - first))
        }
      }
      return out
    }
    withExtendedLifetime(self) {}
    return stride(from: 0, to: made.count, by: 4).map { Pass(u: made[$0], q1: made[$0 + 1], p1: made[$0 + 2], q0: made[$0 + 3]) }
  }
}

/// Four tables of an eq-form sumcheck over u·q1 + p1·q0.
private struct Pass<E: KernelField> {
  let u: FieldBuffer<E>
  let q1: FieldBuffer<E>
  let p1: FieldBuffer<E>
  let q0: FieldBuffer<E>

  /// Sums of the next round over `count` entries, which are first folded by `foldingBy` when given.
  func round(count: Int, foldingBy r: E?, eq: SplitEquality<E>) -> (c0: E, c2: E) {
    let (u, q1, p1, q0) = (SendablePointer(u.pointer), SendablePointer(q1.pointer), SendablePointer(p1.pointer), SendablePointer(q0.pointer))
    let parts: [(c0: E, c2: E)]
    if let r {
      let quarter = count / 4
      parts = parallelMap(count: quarter, minimumChunk: 1024) { range in
        E.fractionFoldRound(
          u: u.pointer, q1: q1.pointer, p1: p1.pointer, q0: q0.pointer, quarter: quarter, range: range, by: r, eqHigh: eq.high.pointer,
          eqLow: eq.low.pointer, lowBits: eq.lowBits)
      }
    } else {
      let half = count / 2
      parts = parallelMap(count: half, minimumChunk: 1024) { range in
        E.fractionRound(
          u: u.pointer, q1: q1.pointer, p1: p1.pointer, q0: q0.pointer, half: half, range: range, eqHigh: eq.high.pointer,
          eqLow: eq.low.pointer, lowBits: eq.lowBits)
      }
    }
    return ProductInstance<E>.sum(parts)
  }

  func foldLast(_ r: E) {
    for table in [u, q1, p1, q0] { table.pointer[0] += r * (table.pointer[1] - table.pointer[0]) }
  }
}

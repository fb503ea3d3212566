import Claims
import Fields
import Kernels
import Parallelism
import ProofSystem

extension ClaimRelation where E: KernelField {
  /// The prover of one group of row-wise products. Two products share a pass: left_1·right_1 + left_2·right_2, the factors γ^k in the
  /// left ones; the last half pass carries −Σ γ^k·product_k with the constant 1.
  func prove<Chain: TranscriptChain>(_ group: [HadamardConstraint], _ channel: inout ProverChannel<E, Chain>, _ witness: WitnessReader<E>) {
    let bits = group.first?.bits ?? 0
    let z = channel.challenges("hadamard.point", count: bits)
    let gamma = channel.challenge("hadamard.batch")
    let powers = gamma.powers(group.count)
    let count = 1 << bits
    var tables: [(left: FieldBuffer<E>, right: FieldBuffer<E>)] = []
    for (constraint, power) in zip(group, powers) {
      tables.append((table([(power, constraint.left)], count, witness), table([(.one, constraint.right)], count, witness)))
    }
    let products = zip(group, powers).map { (-$1, ColumnExpression($0.product)) }
    tables.append((table(products, count, witness), FieldBuffer(repeating: .one, count: count)))
    if tables.count % 2 == 1 { tables.append((FieldBuffer(repeating: .zero, count: count), FieldBuffer(repeating: .zero, count: count))) }
    let passes = stride(from: 0, to: tables.count, by: 2).map {
      Pass(u: tables[$0].left, q1: tables[$0].right, p1: tables[$0 + 1].left, q0: tables[$0 + 1].right)
    }
    var remaining = count
    var previous: E?
    for index in z.indices {
      let eq = SplitEquality(Array(z[(index + 1)...]))
      var total: (c0: E, c2: E) = (.zero, .zero)
      for pass in passes {
        let (c0, c2) = pass.round(count: remaining, foldingBy: previous, eq: eq)
        total.c0 += c0
        total.c2 += c2
      }
      if previous != nil { remaining /= 2 }
      channel.send("hadamard.round", [total.c0, total.c2])
      previous = channel.challenge("hadamard.round.r")
    }
    if let previous { for pass in passes { pass.foldLast(previous) } }
    let inverses = powers.map { $0.inverse() ?? .zero }
    channel.send(
      "hadamard.factors", zip(tables, inverses).flatMap { table, inverse in [table.left[0] * inverse, table.right[0]] })
  }

  /// Σ factor·expression as one table over E.
  private func table(_ parts: [(E, ColumnExpression)], _ count: Int, _ witness: WitnessReader<E>) -> FieldBuffer<E> {
    var constant = E.zero
    var columns: [WitnessColumn<Base>] = []
    var coefficients: [E] = []
    for (factor, expression) in parts {
      constant += factor.scaled(by: Base(signed: expression.constant))
      for term in expression.terms {
        let column = witness.read(term.view)
        let coefficient = factor.scaled(by: Base(signed: term.coefficient))
        if term.view.variableCount == 0 {
          constant += coefficient.scaled(by: column[0])
        } else {
          columns.append(column)
          coefficients.append(coefficient)
        }
      }
    }
    let out = FieldBuffer<E>(repeating: constant, count: count)
    let (sources, factors) = (columns, coefficients)
    guard !sources.isEmpty else { return out }
    parallelChunks(count: count, minimumChunk: 4096) { range in
      let rows = FieldBuffer(sources.map { $0.pointer + range.lowerBound })
      factors.withUnsafeBufferPointer { factors in
        guard let base = factors.baseAddress else { return }
        E.accumulateRows(out.pointer + range.lowerBound, rows: rows.pointer, coefficients: base, rowCount: sources.count, count: range.count)
      }
    }
    withExtendedLifetime(columns) {}
    return out
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

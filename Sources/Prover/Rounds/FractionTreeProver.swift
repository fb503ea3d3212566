import Fields
import Kernels
import Parallelism
import ProofSystem

/// Prover of `LogUp.verify`: builds the leaves, the layers above, and runs the layer sumchecks with split eq tables.
public struct FractionTreeProver<E: KernelField> {
  public typealias Base = E.Base

  public static func prove<Chain: TranscriptChain>(
    _ channel: inout ProverChannel<E, Chain>, tree: FractionTree<Base>, witness: WitnessReader<E>, label: String = "logup"
  ) throws(ProverError) {
    try prove(&channel, tree: tree, witness: witness, label: label, refusesPoles: true)
  }

  /// `refusesPoles`: false makes a dishonest prover that goes on with a zero denominator.
  package static func prove<Chain: TranscriptChain>(
    _ channel: inout ProverChannel<E, Chain>, tree: FractionTree<Base>, witness: WitnessReader<E>, label: String = "logup", refusesPoles: Bool
  ) throws(ProverError) {
    let omega = channel.secret(label + ".omega")
    let drawn = channel.challenges(label + ".fingerprint", count: 2)
    var layers = [try FractionLeaves<E>.build(tree, witness: witness, omega: omega, alpha: drawn[0], beta: drawn[1], refusesPoles: refusesPoles)]
    for depth in stride(from: tree.depth - 1, through: 0, by: -1) { layers.append(parents(layers[layers.count - 1], half: 1 << depth)) }
    channel.clear(label + ".root", [layers[layers.count - 1].q[0]])
    layers.removeLast()
    var z: [E] = []
    while let layer = layers.popLast() { z = step(&channel, layer, z: z, label: label) }
  }

  struct Layer: Sendable {
    let p: FieldBuffer<E>
    let q: FieldBuffer<E>
  }

  private static func parents(_ layer: Layer, half: Int) -> Layer {
    let out = Layer(p: FieldBuffer(uninitialisedCount: half), q: FieldBuffer(uninitialisedCount: half))
    parallelChunks(count: half, minimumChunk: 1024) { range in
      E.fractionParents(p: layer.p.pointer, q: layer.q.pointer, half: half, range: range, pOut: out.p.pointer, qOut: out.q.pointer)
    }
    return out
  }

  /// One layer: claims at z move to (μ, x*). The children's tables are overwritten.
  private static func step<Chain: TranscriptChain>(
    _ channel: inout ProverChannel<E, Chain>, _ layer: Layer, z: [E], label: String
  ) -> [E] {
    let lambda = channel.challenge(label + ".lambda")
    let half = layer.p.count / 2
    let (p, q) = (SendablePointer(layer.p.pointer), SendablePointer(layer.q.pointer))
    // u = p0 + λ·q0 replaces p0.
    parallelChunks(count: half, minimumChunk: 4096) { range in
      E.combine(p.pointer + range.lowerBound, p.pointer + range.lowerBound, q.pointer + range.lowerBound, count: range.count, lambda: lambda)
    }
    let tables = Tables(u: p.pointer, q1: q.pointer + half, p1: p.pointer + half, q0: q.pointer)
    var point: [E] = []
    var count = half
    var previous: E?
    for index in z.indices {
      let eq = SplitEquality(Array(z[(index + 1)...]))
      let (c0, c2) = tables.round(count: count, foldingBy: previous, eq: eq)
      if previous != nil { count /= 2 }
      channel.send(label + ".round", [c0, c2])
      let r = channel.challenge(label + ".round.r")
      previous = r
      point.append(r)
    }
    if let r = previous { tables.foldLast(r) }
    channel.send(label + ".children", [tables.u[0], tables.p1[0], tables.q0[0], tables.q1[0]])
    withExtendedLifetime(layer) {}
    return [channel.challenge(label + ".mu")] + point
  }

  /// The four tables of one layer.
  private struct Tables: @unchecked Sendable {
    let u: UnsafeMutablePointer<E>
    let q1: UnsafeMutablePointer<E>
    let p1: UnsafeMutablePointer<E>
    let q0: UnsafeMutablePointer<E>

    /// Sums of the next round over `count` entries, which are first folded by `foldingBy` when given.
    func round(count: Int, foldingBy r: E?, eq: SplitEquality<E>) -> (c0: E, c2: E) {
      let parts: [(c0: E, c2: E)]
      if let r {
        let quarter = count / 4
        parts = parallelMap(count: quarter, minimumChunk: 1024) { range in
          E.fractionFoldRound(
            u: u, q1: q1, p1: p1, q0: q0, quarter: quarter, range: range, by: r, eqHigh: eq.high.pointer, eqLow: eq.low.pointer,
            lowBits: eq.lowBits)
        }
      } else {
        let half = count / 2
        parts = parallelMap(count: half, minimumChunk: 1024) { range in
          E.fractionRound(
            u: u, q1: q1, p1: p1, q0: q0, half: half, range: range, eqHigh: eq.high.pointer, eqLow: eq.low.pointer, lowBits: eq.lowBits)
        }
      }
      return ProductInstance<E>.sum(parts)
    }

    func foldLast(_ r: E) {
      for table in [u, q1, p1, q0] { table[0] += r * (table[1] - table[0]) }
    }
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

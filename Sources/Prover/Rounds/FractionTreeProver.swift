import Fields
import Kernels
import Parallelism
import ProofSystem

/// Prover of `LogUp.verify`: builds the leaves, the layers above, and runs the layer sumchecks with split eq tables.
///
/// Numerators of leaves are base elements until the second round of their layer.
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
    let leaves = FractionLeaves<E>.build(tree, witness: witness, omega: omega, alpha: drawn[0], beta: drawn[1])
    var layers = [Layer(p: .leaves(leaves.p), q: leaves.q)]
    for depth in stride(from: tree.depth - 1, through: 0, by: -1) { layers.append(parents(layers[layers.count - 1], half: 1 << depth)) }
    // The root's denominator is the product of all leaves'.
    let root = layers.removeLast().q[0]
    if refusesPoles, root == .zero { throw .pole }
    channel.clear(label + ".root", [root])
    var z: [E] = []
    while let layer = layers.popLast() { z = step(&channel, layer, z: z, label: label) }
  }

  private struct Layer: Sendable {
    enum Numerators: Sendable {
      case leaves(FieldBuffer<Base>)
      case inner(FieldBuffer<E>)
    }
    let p: Numerators
    let q: FieldBuffer<E>

    /// The numerators as challenge elements; of leaves a copy.
    var extendedNumerators: FieldBuffer<E> {
      switch p {
      case .leaves(let leaves): FieldBuffer(leaves.array.map { E(base: $0) })
      case .inner(let inner): inner
      }
    }
  }

  private static func parents(_ layer: Layer, half: Int) -> Layer {
    let p = FieldBuffer<E>(uninitialisedCount: half)
    let q = FieldBuffer<E>(uninitialisedCount: half)
    parallelChunks(count: half, minimumChunk: 1024) { range in
      switch layer.p {
      case .leaves(let children):
        E.leafParents(p: children.pointer, q: layer.q.pointer, half: half, range: range, pOut: p.pointer, qOut: q.pointer)
      case .inner(let children):
        E.fractionParents(p: children.pointer, q: layer.q.pointer, half: half, range: range, pOut: p.pointer, qOut: q.pointer)
      }
    }
    return Layer(p: .inner(p), q: q)
  }

  /// One layer: claims at z move to (μ, x*). The children's tables are overwritten.
  private static func step<Chain: TranscriptChain>(
    _ channel: inout ProverChannel<E, Chain>, _ layer: Layer, z: [E], label: String
  ) -> [E] {
    let lambda = channel.challenge(label + ".lambda")
    let half = layer.q.count / 2
    let (q0, q1) = (layer.q.pointer, layer.q.pointer + half)
    var point: [E] = []
    /// Sends the sums of the next round and keeps its challenge.
    func exchange(_ sums: (SplitEquality<E>) -> (c0: E, c2: E)) {
      let (c0, c2) = sums(SplitEquality(Array(z[(point.count + 1)...])))
      channel.send(label + ".round", [c0, c2])
      point.append(channel.challenge(label + ".round.r"))
    }
    let tables: LayerTables<E>
    if case .leaves(let p) = layer.p, half >= 4 {
      let leaves = LeafTables<E>(p0: p.pointer, q1: q1, p1: p.pointer + half, q0: q0)
      let (u, p1) = (FieldBuffer<E>(uninitialisedCount: half / 2), FieldBuffer<E>(uninitialisedCount: half / 2))
      tables = LayerTables(u: u.pointer, q1: q1, p1: p1.pointer, q0: q0, owners: [u, p1])
      exchange { leaves.firstRound(half: half / 2, lambda: lambda, eq: $0) }
      exchange { leaves.foldRound(into: tables, quarter: half / 4, by: point[0], lambda: lambda, eq: $0) }
    } else {
      let p = layer.extendedNumerators
      tables = LayerTables(u: p.pointer, q1: q1, p1: p.pointer + half, q0: q0, owners: [p])
      if half == 1 {
        p[0] += lambda * q0[0]
      } else {
        exchange { tables.firstRound(half: half / 2, lambda: lambda, eq: $0) }
      }
    }
    while point.count < z.count {
      let (quarter, r) = (half >> (point.count + 1), point[point.count - 1])
      exchange { tables.foldRound(quarter: quarter, by: r, eq: $0) }
    }
    if let r = point.last { tables.foldLast(r) }
    channel.send(label + ".children", [tables.u[0], tables.p1[0], tables.q0[0], tables.q1[0]])
    withExtendedLifetime((layer, tables)) {}
    return [channel.challenge(label + ".mu")] + point
  }
}

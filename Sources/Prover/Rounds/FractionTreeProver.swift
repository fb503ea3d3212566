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

  /// `refusesPoles`: false makes a dishonest prover that goes on with a zero denominator. `streamedLayers`, 1 or 2: see `FractionTreeMemory`; what
  /// is sent does not depend on it.
  package static func prove<Chain: TranscriptChain>(
    _ channel: inout ProverChannel<E, Chain>, tree: FractionTree<Base>, witness: WitnessReader<E>, label: String = "logup", refusesPoles: Bool,
    streamedLayers: Int? = nil
  ) throws(ProverError) {
    let omega = channel.secret(label + ".omega")
    let drawn = channel.challenges(label + ".fingerprint", count: 2)
    let leaves = FractionLeaves<E>(tree, witness: witness, omega: omega, alpha: drawn[0], beta: drawn[1])
    let streamed = tree.depth < 4 ? 1 : streamedLayers ?? FractionTreeMemory.streamedLayers(depth: tree.depth)
    var layers: [Layer] = (0..<streamed).map { .streamed(StreamedLayer(leaves: leaves, height: $0)) }
    // All stored layers, or the folded tables of a streamed one when those are done.
    let arena = FieldBuffer<E>(uninitialisedCount: 4 << (tree.depth - streamed))
    var next = arena.pointer
    for depth in stride(from: tree.depth - layers.count, through: 0, by: -1) {
      layers.append(.stored(parents(layers[layers.count - 1], at: next, count: 1 << depth)))
      next += 2 << depth
    }
    // The root's denominator is the product of all leaves'.
    guard case .stored(let top)? = layers.popLast() else { throw .pole }
    let root = top.q[0]
    if refusesPoles, root == .zero { throw .pole }
    channel.clear(label + ".root", [root])
    var z: [E] = []
    while let layer = layers.popLast() { z = step(&channel, layer, arena: arena, z: z, label: label) }
  }

  private enum Layer {
    case streamed(StreamedLayer<E>)
    case stored(Fractions)
  }

  /// Fractions p/q in memory: `count` numerators, then as many denominators.
  private struct Fractions: @unchecked Sendable {
    let p: UnsafeMutablePointer<E>
    let count: Int
    var q: UnsafeMutablePointer<E> { p + count }
  }

  private static func parents(_ layer: Layer, at start: UnsafeMutablePointer<E>, count: Int) -> Fractions {
    let out = Fractions(p: start, count: count)
    switch layer {
    case .streamed(let children): children.parents(p: out.p, q: out.q)
    case .stored(let children):
      parallelChunks(count: count, minimumChunk: 1024) { range in
        E.fractionParents(p: children.p, q: children.q, half: count, range: range, pOut: out.p, qOut: out.q)
      }
    }
    return out
  }

  /// One layer: claims at z move to (μ, x*). The children's tables are overwritten.
  private static func step<Chain: TranscriptChain>(
    _ channel: inout ProverChannel<E, Chain>, _ layer: Layer, arena: FieldBuffer<E>, z: [E], label: String
  ) -> [E] {
    let lambda = channel.challenge(label + ".lambda")
    var point: [E] = []
    /// Sends the sums of the next round and keeps its challenge.
    func exchange(_ sums: (SplitEquality<E>) -> (c0: E, c2: E)) {
      let (c0, c2) = sums(SplitEquality(Array(z[(point.count + 1)...])))
      channel.send(label + ".round", [c0, c2])
      point.append(channel.challenge(label + ".round.r"))
    }
    let tables: LayerTables<E>
    let half: Int
    switch layer {
    case .streamed(let stream) where stream.count >= 8:
      half = stream.count / 2
      tables = LayerTables(p: arena.pointer, q: arena.pointer + half, half: half / 2)
      exchange { stream.firstRound(lambda: lambda, eq: $0) }
      exchange { stream.foldRound(into: tables, by: point[0], lambda: lambda, eq: $0) }
    case .streamed(let stream):
      half = stream.count / 2
      tables = LayerTables(p: arena.pointer, q: arena.pointer + stream.count, half: half)
      stream.write(p: arena.pointer, q: arena.pointer + stream.count)
      firstStep()
    case .stored(let children):
      half = children.count / 2
      tables = LayerTables(p: children.p, q: children.q, half: half)
      firstStep()
    }
    func firstStep() {
      if half == 1 {
        tables.u[0] += lambda * tables.q0[0]
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
    withExtendedLifetime(arena) {}
    return [channel.challenge(label + ".mu")] + point
  }
}

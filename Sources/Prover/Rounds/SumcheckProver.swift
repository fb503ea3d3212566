import Fields
import Kernels
import Parallelism
import ProofSystem

/// One product-form instance Σ_x a(x)·b(x), folded in place round by round: the fold of round i is fused with the sums of round i + 1.
struct ProductInstance<E: KernelField>: ~Copyable {
  let a: FieldBuffer<E>
  let b: FieldBuffer<E>
  /// Entries left.
  private(set) var count: Int
  private var pending: (c0: E, c2: E)?

  /// Tables of 2^L entries each, or the first `count` = 2^L entries of them; they are overwritten.
  init(_ a: FieldBuffer<E>, _ b: FieldBuffer<E>, count: Int? = nil) {
    let length = count ?? a.count
    precondition(length <= a.count && length <= b.count && (count != nil || a.count == b.count))
    self.a = a
    self.b = b
    self.count = length
  }

  /// (c0, c2) of the next round.
  mutating func round() -> (c0: E, c2: E) {
    if let pending { return pending }
    let (left, right) = (SendableConstPointer(a.pointer), SendableConstPointer(b.pointer))
    let half = count / 2
    let parts = parallelMap(count: half, minimumChunk: 2048) { E.productRound(left.pointer, right.pointer, half: half, range: $0) }
    let sums = Self.sum(parts)
    pending = sums
    return sums
  }

  /// Binds the next variable; `more` says that another round follows, whose sums are computed in the same pass.
  mutating func bind(_ r: E, more: Bool) {
    let half = count / 2
    let (left, right) = (SendablePointer(a.pointer), SendablePointer(b.pointer))
    if more, half >= 2 {
      let quarter = half / 2
      let parts = parallelMap(count: quarter, minimumChunk: 2048) {
        E.productFoldRound(left.pointer, right.pointer, quarter: quarter, range: $0, by: r)
      }
      pending = Self.sum(parts)
    } else {
      fold(left, half, r)
      fold(right, half, r)
      pending = nil
    }
    count = half
  }

  private func fold(_ table: SendablePointer<E>, _ half: Int, _ r: E) {
    // In place: entry i is written from entries i and half + i, which no other chunk touches.
    parallelChunks(count: half, minimumChunk: 4096) { range in E.foldRange(table.pointer, half: half, range: range, by: r) }
  }

  static func sum(_ parts: [(c0: E, c2: E)]) -> (c0: E, c2: E) {
    var total: (c0: E, c2: E) = (.zero, .zero)
    for part in parts {
      total.c0 += part.c0
      total.c2 += part.c2
    }
    return total
  }
}

/// Prover of `Sumcheck.verifyProduct`.
public enum SumcheckProver {
  /// Returns the point and a(point), b(point). `count`: entries in use, the whole tables unless stated.
  public static func product<E: KernelField, Chain: TranscriptChain>(
    _ channel: inout ProverChannel<E, Chain>, _ a: FieldBuffer<E>, _ b: FieldBuffer<E>, count: Int? = nil, label: String
  ) -> (point: [E], a: E, b: E) {
    var instance = ProductInstance(a, b, count: count)
    var point: [E] = []
    while instance.count > 1 {
      let (c0, c2) = instance.round()
      channel.send(label, [c0, c2])
      let r = channel.challenge(label + ".r")
      instance.bind(r, more: instance.count > 2)
      point.append(r)
    }
    return (point, a[0], b[0])
  }
}

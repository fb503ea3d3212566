import Fields
import Kernels
import Parallelism

/// One of the lowest layers of the fraction tree, made anew from the columns, tile by tile, whenever it is read: the leaves (height 0) or their
/// parents (height 1). Held whole, a tree of 2^d leaves takes 80·2^d bytes over the cubic field; most of it is in these layers.
struct StreamedLayer<E: KernelField>: Sendable {
  let leaves: FractionLeaves<E>
  let height: Int

  /// Entries of one tile: eight of them stay in the second cache with all they are made of.
  private static var tile: Int { 1024 }

  var count: Int { 1 << (leaves.depth - height) }

  /// The layer's tiles at some offsets, one behind the other.
  private final class Tiles {
    /// Numerators of leaves.
    let base: FieldBuffer<E.Base>
    /// Numerators of their parents.
    let p: FieldBuffer<E>
    let q: FieldBuffer<E>
    private let layer: StreamedLayer<E>
    private let length: Int
    private let denominators: FieldBuffer<E>

    init(_ layer: StreamedLayer<E>, length: Int, count: Int) {
      self.layer = layer
      self.length = length
      let isInner = layer.height > 0
      base = FieldBuffer(uninitialisedCount: length * (isInner ? 2 : count))
      p = FieldBuffer(uninitialisedCount: isInner ? length * count : 0)
      q = FieldBuffer(uninitialisedCount: length * count)
      denominators = FieldBuffer(uninitialisedCount: isInner ? 2 * length : 0)
    }

    @_specialize(where E == GoldilocksCubic)
    func fill(_ offsets: [Int]) {
      let size = 1 << layer.leaves.depth
      for (slot, first) in offsets.enumerated() {
        let place = slot * length
        guard layer.height > 0 else {
          layer.leaves.fill(first..<first + length, p: base.pointer + place, q: q.pointer + place)
          continue
        }
        for side in 0..<2 {
          let start = first + side * (size / 2)
          layer.leaves.fill(start..<start + length, p: base.pointer + side * length, q: denominators.pointer + side * length)
        }
        E.leafParents(
          p: base.pointer, q: denominators.pointer, half: length, range: 0..<length, pOut: p.pointer + place, qOut: q.pointer + place)
      }
    }
  }

  /// Writes the layer above: `count` / 2 numerators and denominators.
  @_specialize(where E == GoldilocksCubic)
  func parents(p: UnsafeMutablePointer<E>, q: UnsafeMutablePointer<E>) {
    let half = count / 2
    let (pOut, qOut) = (SendablePointer(p), SendablePointer(q))
    let length = min(Self.tile, half)
    parallelChunks(count: half / length, minimumChunk: 2) { range in
      let tiles = Tiles(self, length: length, count: 2)
      for start in range.lazy.map({ $0 * length }) {
        tiles.fill([start, half + start])
        let (p, q) = (pOut.pointer + start, qOut.pointer + start)
        if height == 0 {
          E.leafParents(p: tiles.base.pointer, q: tiles.q.pointer, half: length, range: 0..<length, pOut: p, qOut: q)
        } else {
          E.fractionParents(p: tiles.p.pointer, q: tiles.q.pointer, half: length, range: 0..<length, pOut: p, qOut: q)
        }
      }
    }
  }

  /// Writes the whole layer, numerators in the extension field: of trees too small for tiles.
  func write(p: UnsafeMutablePointer<E>, q: UnsafeMutablePointer<E>) {
    let tiles = Tiles(self, length: count, count: 1)
    tiles.fill([0])
    for index in 0..<count {
      p[index] = height == 0 ? E(base: tiles.base[index]) : tiles.p[index]
      q[index] = tiles.q[index]
    }
  }

  /// As `LayerTables.firstRound` on tables of `count` / 2 entries; nothing is written.
  @_specialize(where E == GoldilocksCubic)
  func firstRound(lambda: E, eq: SplitEquality<E>) -> (c0: E, c2: E) {
    let (table, half) = (count / 2, count / 4)
    let length = min(Self.tile, half)
    return ProductInstance<E>.sum(
      parallelMap(count: half / length, minimumChunk: 2) { range in
        let tiles = Tiles(self, length: length, count: 4)
        let (q0, q1) = (tiles.q.pointer, tiles.q.pointer + 2 * length)
        return ProductInstance<E>.sum(
          range.map { number in
            let start = number * length
            tiles.fill([start, half + start, table + start, table + half + start])
            let (high, low) = eq.tables(from: start)
            if height == 0 {
              return E.leafFirstRound(
                p0: tiles.base.pointer, q1: q1, p1: tiles.base.pointer + 2 * length, q0: q0, half: length, range: 0..<length, lambda: lambda,
                eqHigh: high, eqLow: low, lowBits: eq.lowBits)
            }
            return E.fractionFirstRound(
              p0: tiles.p.pointer, q1: q1, p1: tiles.p.pointer + 2 * length, q0: q0, half: length, range: 0..<length, lambda: lambda,
              eqHigh: high, eqLow: low, lowBits: eq.lowBits)
          })
      })
  }

  /// As `LayerTables.foldRound`; the folded tables are written to `out`, which holds `count` / 4 entries of each.
  @_specialize(where E == GoldilocksCubic)
  func foldRound(into out: LayerTables<E>, by r: E, lambda: E, eq: SplitEquality<E>) -> (c0: E, c2: E) {
    let (table, quarter) = (count / 2, count / 8)
    let length = min(Self.tile, quarter)
    return ProductInstance<E>.sum(
      parallelMap(count: quarter / length, minimumChunk: 2) { range in
        let tiles = Tiles(self, length: length, count: 8)
        let (q0, q1) = (tiles.q.pointer, tiles.q.pointer + 4 * length)
        let folded = FieldBuffer<E>(uninitialisedCount: height == 0 ? 4 * length : 0)
        return ProductInstance<E>.sum(
          range.map { number in
            let start = number * length
            tiles.fill((0..<8).map { $0 / 4 * table + $0 % 4 * quarter + start })
            let (high, low) = eq.tables(from: start)
            let sums: (c0: E, c2: E)
            let (u, p1): (UnsafeMutablePointer<E>, UnsafeMutablePointer<E>)
            if height == 0 {
              (u, p1) = (folded.pointer, folded.pointer + 2 * length)
              sums = E.leafFoldRound(
                p0: tiles.base.pointer, q1: q1, p1: tiles.base.pointer + 4 * length, q0: q0, uOut: u, p1Out: p1, quarter: length,
                range: 0..<length, by: r, lambda: lambda, eqHigh: high, eqLow: low, lowBits: eq.lowBits)
            } else {
              (u, p1) = (tiles.p.pointer, tiles.p.pointer + 4 * length)
              E.accumulate(u, q0, coefficient: lambda, count: 4 * length)
              sums = E.fractionFoldRound(
                u: u, q1: q1, p1: p1, q0: q0, quarter: length, range: 0..<length, by: r, eqHigh: high, eqLow: low, lowBits: eq.lowBits)
            }
            for (target, source) in [(out.u, u), (out.q1, q1), (out.p1, p1), (out.q0, q0)] {
              (target + start).update(from: source, count: length)
              (target + quarter + start).update(from: source + length, count: length)
            }
            return sums
          })
      })
  }
}

/// What the prover of a fraction tree holds.
public enum FractionTreeMemory {
  /// Elements of the extension field in all layers that are stored, for a tree of 2^depth leaves; as much serves the folded tables of those that
  /// are not.
  public static func elementCount(depth: Int) -> Int { 4 << max(0, depth - streamedLayers(depth: depth)) }

  /// Layers from the leaves up that are made anew when they are read. The second one costs a tenth of the prover's time and halves the memory.
  static func streamedLayers(depth: Int) -> Int { isSecondLayerStreamed(depth: depth) ? 2 : 1 }

  /// Whether the parents of the leaves are made anew too.
  public static func isSecondLayerStreamed(depth: Int) -> Bool { depth >= 24 }
}

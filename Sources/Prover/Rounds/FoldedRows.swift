import Fields
import Kernels
import Parallelism
import ProofSystem

/// Rows and weights of a stack with its first variables bound, and the product sumcheck over the other row variables.
final class FoldedRows<E: KernelField> {
  typealias Base = E.Base

  /// Weights scale[i]·table on the columns from `offset` on of folded row i.
  struct Part: Sendable {
    let table: FieldBuffer<E>
    let offset: Int
    let scales: [E]
  }

  private static var tile: Int { 2048 }

  private let length: Int
  private var instance: ProductInstance<E>

  /// `count` folded rows of `length` entries: row i is Σ_p eq(point, p)·row(p, i). Rows that are not given are zero.
  init(_ parts: [Part], rows: [RowFolding<E>.Row], point: [E], count: Int, length: Int) {
    self.length = length
    let (weights, values) = (FieldBuffer<E>(uninitialisedCount: count * length), FieldBuffer<E>(uninitialisedCount: count * length, secret: true))
    let (ownTarget, rowTarget) = (SendablePointer(weights.pointer), SendablePointer(values.pointer))
    let equality = Equality.table(point)
    var sources = [[(pointer: SendableConstPointer<Base>, factor: E)]](repeating: [], count: count)
    for row in rows { sources[row.index % count].append((SendableConstPointer(row.pointer), equality[row.index / count])) }
    let live = (0..<count).map { row in parts.filter { !$0.scales[row].isZero } }
    let all = sources
    let (tile, pieces) = (min(Self.tile, length), (length + Self.tile - 1) / Self.tile)
    parallelChunks(count: count * pieces, minimumChunk: 2) { range in
      for number in range {
        let (row, first) = (number / pieces, number % pieces * tile)
        let columns = first..<min(first + tile, length)
        let own = ownTarget.pointer + row * length
        E.fill(own + first, .zero, count: columns.count)
        for part in live[row] {
          let shared = columns.clamped(to: part.offset..<(part.offset + part.table.count))
          guard !shared.isEmpty else { continue }
          E.accumulate(
            own + shared.lowerBound, part.table.pointer + (shared.lowerBound - part.offset), coefficient: part.scales[row], count: shared.count)
        }
        let target = rowTarget.pointer + row * length + first
        E.fill(target, .zero, count: columns.count)
        let pointers = all[row].map { $0.pointer.pointer + first }
        let factors = all[row].map(\.factor)
        pointers.withUnsafeBufferPointer { pointers in
          factors.withUnsafeBufferPointer { factors in
            if let rows = pointers.baseAddress, let coefficients = factors.baseAddress {
              E.accumulateRows(target, rows: rows, coefficients: coefficients, rowCount: factors.count, count: columns.count)
            }
          }
        }
      }
    }
    instance = ProductInstance(weights, values)
  }

  /// (c0, c2) of the next round.
  func round() -> (c0: E, c2: E) { instance.round() }

  /// Binds the next row variable.
  func bind(_ r: E, isLast: Bool) { instance.bind(r, more: !isLast) }

  /// After all rounds: the weights of the one row that is left.
  var weights: FieldBuffer<E> {
    let out = FieldBuffer<E>(uninitialisedCount: length)
    out.pointer.update(from: instance.a.pointer, count: length)
    return out
  }

  /// After all rounds: the row that is left, without its random entries.
  func copyRow(to out: UnsafeMutablePointer<E>) { out.update(from: instance.b.pointer, count: length) }
}

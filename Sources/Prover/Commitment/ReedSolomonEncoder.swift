import Fields
import Kernels
import Parallelism
import ProofSystem

/// Interleaved Reed–Solomon encoding over the project's domain x_j = g·w^rev(j), n = 2^log2Length points.
///
/// Block q of 2^m consecutive positions is the coset s_q·⟨w^(2^r)⟩ with s_q = g·w^(rev_r(q)), n = 2^(m+r): a row of 2^m + p
/// coefficients reduces there to c[i] + s_q^(2^m)·c[2^m + i], so each block is one transform of 2^m points and the layers that act on
/// zeros cost nothing.
public struct ReedSolomonEncoder<E: KernelField>: Sendable {
  public typealias Base = E.Base
  let log2RowLength: Int
  let log2Length: Int
  let twiddles: FieldBuffer<Base>
  /// s_q and s_q^(2^m).
  let cosets: [(shift: Base, tailFactor: Base)]

  /// Precondition: log2RowLength ≤ log2Length ≤ the field's two-adicity.
  public init(log2RowLength: Int, log2Length: Int) {
    self.log2RowLength = log2RowLength
    self.log2Length = log2Length
    let rateBits = log2Length - log2RowLength
    guard let root = Base.rootOfUnity(log2Order: log2Length) else { preconditionFailure("domain too large for the field") }
    let inner = root.power(1 << UInt64(rateBits))
    let half = max(1, (1 << log2RowLength) >> 1)
    let table = FieldBuffer<Base>(uninitialisedCount: half)
    Self.fillPowers(table.pointer, count: half, start: .one, ratio: inner)
    twiddles = table
    cosets = (0..<(1 << rateBits)).map { q in
      let shift = Base(Base.generator) * root.power(UInt64(EvaluationDomain.reverse(q, bits: rateBits)))
      return (shift, shift.power(1 << UInt64(log2RowLength)))
    }
  }

  static func fillPowers(_ out: UnsafeMutablePointer<Base>, count: Int, start: Base, ratio: Base) {
    let target = SendablePointer(out)
    parallelChunks(count: count, minimumChunk: 1 << 14) { range in
      E.fillPowers(target.pointer + range.lowerBound, count: range.count, start: start * ratio.power(UInt64(range.lowerBound)), ratio: ratio)
    }
  }

  /// Position-major codewords of `rows`: entry u of position j at [j·stride + u]. Row u has 2^m + tailCount coefficients, tailCount ≤ 2^m, the
  /// last ones at `tails`[u] when these are given.
  public func encode(rows: [UnsafePointer<Base>], tails: [UnsafePointer<Base>]? = nil, tailCount: Int, stride: Int) -> FieldBuffer<Base> {
    encode(blocks: cosets.indices, rows: rows, tails: tails, tailCount: tailCount, stride: stride)
  }

  /// Blocks of 2^m positions.
  package var blockCount: Int { cosets.count }

  /// The codewords at the positions of some blocks, from the first of them on. With `positions`, ascending ones inside the blocks, the others hold
  /// anything.
  package func encode(
    blocks: Range<Int>, rows: [UnsafePointer<Base>], tails: [UnsafePointer<Base>]? = nil, tailCount: Int, stride: Int, positions: [Int]? = nil
  ) -> FieldBuffer<Base> {
    let length = 1 << log2RowLength
    let out = FieldBuffer<Base>(uninitialisedCount: (blocks.count * stride) << log2RowLength)
    let target = SendablePointer(out.pointer)
    let (rowList, tailList) = (FieldBuffer(rows), FieldBuffer(tails ?? rows.map { $0 + length }))
    let width = rows.count
    parallelTasks(blocks.count) { index in
      let (shift, tailFactor) = cosets[blocks.lowerBound + index]
      let scales = FieldBuffer<Base>(uninitialisedCount: length)
      E.fillPowers(scales.pointer, count: length, start: .one, ratio: shift)
      let first = (blocks.lowerBound + index) << log2RowLength
      let wanted = positions.map { $0.filter { (first..<first + length).contains($0) }.map { UInt32(truncatingIfNeeded: $0 - first) } }
      if let wanted, wanted.isEmpty { return }
      let block = target.pointer + ((index * stride) << log2RowLength)
      E.gatherCoset(
        rows: rowList.pointer, tails: tailList.pointer, width: width, log2Count: log2RowLength, tailCount: tailCount, tailFactor: tailFactor,
        scales: scales.pointer, into: block, stride: stride)
      guard let wanted else {
        return E.transformRows(block, log2Count: log2RowLength, width: width, stride: stride, twiddles: twiddles.pointer)
      }
      let list = FieldBuffer(wanted)
      E.transformRows(
        block, log2Count: log2RowLength, width: width, stride: stride, twiddles: twiddles.pointer, positions: list.pointer, count: list.count)
    }
    return out
  }

  /// out[b] += Σ_j coefficient_j·x_j^b for b < out count (2^m or 2^(m+1) entries): the transposed encoding of sparse values.
  /// `positions` are distinct.
  public func accumulatePowers(_ out: UnsafeMutablePointer<E>, entries: Int, positions: [Int], coefficients: [E]) {
    let length = 1 << log2RowLength
    precondition(entries == length || entries == 2 * length)
    let width = E.degree
    let sums = cosets.indices.map { _ in FieldBuffer<Base>(uninitialisedCount: 0) }
    var blocks = sums
    let byBlock = Dictionary(grouping: zip(positions, coefficients), by: { $0.0 >> log2RowLength })
    let active = byBlock.keys.sorted()
    for q in active { blocks[q] = FieldBuffer(repeating: .zero, count: width << log2RowLength) }
    let filled = blocks
    parallelTasks(active.count) { index in
      let q = active[index]
      let block = filled[q].pointer
      for (position, coefficient) in byBlock[q] ?? [] {
        for limb in 0..<width { block[(position & (length - 1)) * width + limb] = coefficient.limb(limb) }
      }
      E.transformRowsTransposed(block, log2Count: log2RowLength, width: width, stride: width, twiddles: twiddles.pointer)
    }
    let target = SendablePointer(out)
    let shifts = active.map { cosets[$0] }
    parallelChunks(count: length, minimumChunk: 1 << 12) { range in
      for (q, coset) in zip(active, shifts) {
        filled[q].pointer.withMemoryRebound(to: E.self, capacity: length) { block in
          E.accumulateScaled(
            target.pointer, upper: entries > length ? target.pointer + length : nil, block, ratio: coset.shift, tailFactor: coset.tailFactor,
            range: range)
        }
      }
    }
    withExtendedLifetime(filled) {}
  }
}

/// Lets a pointer cross into a parallel loop whose chunks touch disjoint ranges.
struct SendablePointer<Element>: @unchecked Sendable {
  let pointer: UnsafeMutablePointer<Element>
  init(_ pointer: UnsafeMutablePointer<Element>) { self.pointer = pointer }
}

struct SendableConstPointer<Element>: @unchecked Sendable {
  let pointer: UnsafePointer<Element>
  init(_ pointer: UnsafePointer<Element>) { self.pointer = pointer }
  init(_ pointer: UnsafeMutablePointer<Element>) { self.pointer = UnsafePointer(pointer) }
}

/// One task per index, in parallel.
func parallelTasks(_ count: Int, _ body: @Sendable (Int) -> Void) {
  parallelChunks(count: count, minimumChunk: 1) { range in for index in range { body(index) } }
}

import Claims
import Fields
import Kernels
import Parallelism
import ProofSystem

extension NetworkWeightLoops where E: KernelField {
  /// On all cores, with the field's kernels. Twin: `plain`.
  package static var parallel: NetworkWeightLoops {
    NetworkWeightLoops(
      outer: { ParallelWeights.outer($0, $1) }, equality: { ParallelWeights.equality($0, count: $1, scale: $2) },
      add: { ParallelWeights.add(&$0, $1) })
  }
}

/// The loops of `NetworkWeightLoops.parallel`.
private enum ParallelWeights<E: KernelField> {
  /// Entries that are worth a call.
  private static var grain: Int { 1 << 12 }
  /// Shorter rows are multiplied one by one.
  private static var shortest: Int { 8 }

  @_specialize(where E == GoldilocksCubic)
  static func outer(_ a: [E], _ b: [E]) -> [E] {
    if b.count == 1, b[0] == .one { return a }
    if a.count == 1, a[0] == .one { return b }
    return rows(a, b, total: a.count * b.count)
  }

  /// The first `total` entries of the outer product.
  @_specialize(where E == GoldilocksCubic)
  private static func rows(_ a: [E], _ b: [E], total: Int) -> [E] {
    let width = b.count
    return [E](unsafeUninitializedCapacity: total) { buffer, count in
      guard let base = buffer.baseAddress, width > 0 else { return }
      let out = SendablePointer(base)
      parallelChunks(count: (total + width - 1) / width, minimumChunk: max(1, grain / width)) { range in
        b.withUnsafeBufferPointer { row in
          guard let row = row.baseAddress else { return }
          for i in range {
            let (target, length) = (out.pointer + i * width, min(width, total - i * width))
            if width < shortest {
              for j in 0..<length { target[j] = a[i] * row[j] }
            } else {
              E.fill(target, .zero, count: length)
              E.accumulate(target, row, coefficient: a[i], count: length)
            }
          }
        }
      }
      count = total
    }
  }

  @_specialize(where E == GoldilocksCubic)
  static func equality(_ point: [E], count: Int, scale: E) -> [E] {
    let total = min(count, 1 << point.count)
    guard total > 0 else { return [] }
    // Tables of 2^11 entries, one for each value of the other variables.
    let bits = min(11, point.count)
    let low = FieldBuffer<E>(uninitialisedCount: 1 << bits)
    guard bits < point.count else {
      E.fillEqTable(low.pointer, point: point, scale: scale)
      return Array(UnsafeBufferPointer(start: low.pointer, count: total))
    }
    E.fillEqTable(low.pointer, point: Array(point.suffix(bits)), scale: .one)
    let size = 1 << (point.count - bits)
    let high = FieldBuffer<E>(uninitialisedCount: size)
    E.fillEqTable(high.pointer, point: Array(point.dropLast(bits)), scale: scale)
    return rows(high.array, low.array, total: total)
  }

  @_specialize(where E == GoldilocksCubic)
  static func add(_ sum: inout [E], _ values: [E]) {
    let count = min(sum.count, values.count)
    sum.withUnsafeMutableBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return }
      let out = SendablePointer(base)
      parallelChunks(count: count, minimumChunk: grain) { range in
        values.withUnsafeBufferPointer { values in
          guard let source = values.baseAddress else { return }
          E.accumulate(out.pointer + range.lowerBound, source + range.lowerBound, coefficient: .one, count: range.count)
        }
      }
    }
  }
}

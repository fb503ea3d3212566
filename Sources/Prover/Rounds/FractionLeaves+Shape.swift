import Fields
import Kernels
import ProofSystem

extension FractionLeaves {
  /// Index ranges outside the logical shape, row-major, in order.
  static func unselected(_ shape: [Extent]) -> [Range<Int>] {
    guard let first = shape.first else { return [] }
    let inner = Array(shape.dropFirst())
    let innerBits = inner.reduce(0) { $0 + $1.bits }
    var out: [Range<Int>] = []
    let innerRanges = unselected(inner)
    if !innerRanges.isEmpty {
      for i in 0..<first.count { out += innerRanges.map { ($0.lowerBound + i << innerBits)..<($0.upperBound + i << innerBits) } }
    }
    if first.count < 1 << first.bits { out.append((first.count << innerBits)..<((1 << first.bits) << innerBits)) }
    return out
  }

  /// Index ranges inside the logical shape, row-major.
  static func selected(_ shape: [Extent]) -> [Range<Int>] {
    var out: [Range<Int>] = []
    var next = 0
    for gap in unselected(shape) {
      if gap.lowerBound > next { out.append(next..<gap.lowerBound) }
      next = gap.upperBound
    }
    let size = 1 << shape.reduce(0) { $0 + $1.bits }
    if next < size { out.append(next..<size) }
    return out
  }

  /// What of `ranges` lies inside `outer`, relative to its beginning.
  static func pieces(of ranges: [Range<Int>], inside outer: Range<Int>) -> [Range<Int>] {
    ranges.filter { $0.overlaps(outer) }.map {
      let part = $0.clamped(to: outer)
      return (part.lowerBound - outer.lowerBound)..<(part.upperBound - outer.lowerBound)
    }
  }
}

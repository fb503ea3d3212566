/// Views that only change the order of axes.

/// A view as a transposition: output axis k, of `dimensions[k]` entries, is source axis `axes[k]`.
public struct AxisPermutation: Hashable, Sendable {
  /// Dimensions of the output.
  public let dimensions: [Int]
  /// For each output axis the number of its axis in the source, row-major.
  public let axes: [Int]

  /// A transposition from its parts.
  public init(dimensions: [Int], axes: [Int]) {
    self.dimensions = dimensions
    self.axes = axes
  }

  /// The same without axes of one entry, the others numbered in their order.
  public var squeezed: AxisPermutation {
    let live = dimensions.indices.filter { dimensions[$0] != 1 }
    let ranks = Dictionary(uniqueKeysWithValues: live.map { axes[$0] }.sorted().enumerated().map { ($1, $0) })
    return AxisPermutation(dimensions: live.map { dimensions[$0] }, axes: live.map { ranks[axes[$0]] ?? 0 })
  }

  /// Whether entry i of the output is entry positions[i] of the source, for every i.
  public func explains(_ positions: [Int]) -> Bool {
    guard dimensions.reduce(1, *) == positions.count, axes.sorted() == Array(dimensions.indices) else { return false }
    var sizes = dimensions
    for (output, axis) in axes.enumerated() { sizes[axis] = dimensions[output] }
    var strides = sizes
    var stride = 1
    for axis in sizes.indices.reversed() {
      strides[axis] = stride
      stride *= sizes[axis]
    }
    var digits = [Int](repeating: 0, count: dimensions.count)
    var place = 0
    for position in positions {
      guard position == place else { return false }
      for k in dimensions.indices.reversed() {
        digits[k] += 1
        place += strides[axes[k]]
        if digits[k] < dimensions[k] { break }
        place -= strides[axes[k]] * dimensions[k]
        digits[k] = 0
      }
    }
    return true
  }

  /// Whether nothing changes its place.
  public var isIdentity: Bool { axes.enumerated().allSatisfy { $0 == $1 } }

  /// Dimensions of the source in its own order, for output dimensions `target` that equal `dimensions` up to axes of one entry; nil if they
  /// do not.
  public func sourceDimensions(of target: [Int]) -> [Int]? {
    if isIdentity { return target }
    guard target.filter({ $0 != 1 }) == dimensions.filter({ $0 != 1 }) else { return nil }
    var source = [Int](repeating: 1, count: dimensions.count)
    for (output, axis) in axes.enumerated() { source[axis] = dimensions[output] }
    return source
  }
}

extension TensorView {
  /// The transposition that this view of an operand of `sourceCount` entries is, or nil: every entry exactly once, nothing filled in, axes of
  /// full extent in another order.
  public func permutation(sourceCount: Int) -> AxisPermutation? {
    guard case .axes(let dimensions, let source) = map, Self.checkedCount(dimensions) == sourceCount, source.count <= Self.axisLimit
    else { return nil }
    // An axis of one entry must be met everywhere, or entries are filled in.
    for axis in source where axis.extent <= 1 {
      guard axis.start == 0, axis.divisor == 1,
        axis.terms.allSatisfy({ dimensions.indices.contains($0.axis) && ($0.step == 0 || dimensions[$0.axis] == 1) })
      else { return nil }
    }
    // Output axes with more than one entry, with their strides in the source.
    var strides = [Int](repeating: 0, count: dimensions.count)
    for axis in source where axis.extent > 1 {
      guard axis.start == 0, axis.divisor == 1 else { return nil }
      var reach = 1
      var used = 0
      for term in axis.terms where dimensions.indices.contains(term.axis) && dimensions[term.axis] > 1 {
        guard term.step > 0, strides[term.axis] == 0 else { return nil }
        let (stride, overflow) = term.step.multipliedReportingOverflow(by: axis.stride)
        let (span, over) = term.step.multipliedReportingOverflow(by: dimensions[term.axis] - 1)
        let (sum, beyond) = reach.addingReportingOverflow(span)
        guard !overflow, !over, !beyond else { return nil }
        strides[term.axis] = stride
        reach = sum
        used += 1
      }
      guard used > 0, reach == axis.extent else { return nil }
    }
    // Row-major: by decreasing stride, each stride the product of the smaller axes.
    let order = dimensions.indices.filter { dimensions[$0] > 1 }.sorted { strides[$0] > strides[$1] }
    var expected = 1
    for axis in order.reversed() {
      guard strides[axis] == expected else { return nil }
      let (next, overflow) = expected.multipliedReportingOverflow(by: dimensions[axis])
      guard !overflow else { return nil }
      expected = next
    }
    var axes = [Int](repeating: 0, count: dimensions.count)
    let all = order + dimensions.indices.filter { dimensions[$0] <= 1 }
    for (place, axis) in all.enumerated() { axes[axis] = place }
    // Axes of one entry come last in `all`; an identity keeps the order of the others.
    if order == order.sorted() { axes = Array(dimensions.indices) }
    return AxisPermutation(dimensions: dimensions, axes: axes)
  }
}

// View: public index plumbing. Entries of the operand, or a public fill value, in another arrangement.
//
// Formula: let i_0, …, i_d be the output's coordinates. Source axis a has the coordinate c_a = (start_a + Σ_t step_{a,t} · i_{axis t}) /
// divisor_a; y[i] = x[Σ_a c_a · stride_a] when every c_a is an integer in [0, extent_a), else y[i] = fill. A view by list names the source
// position (or −1 for the fill) of every entry. Transposes, slices, pads, broadcasts, windows of pooling and reshapes are views; to a
// proof they are a public sparse matrix and commit to nothing.
// Shapes: counts only; the result has the declared shape. Range: the operand's, with the fill where an entry can be filled.

/// One axis of a view's source.
public struct ViewAxis: Hashable, Sendable {
  /// A share of one output coordinate in this axis's coordinate.
  public struct Term: Hashable, Sendable {
    /// Number of the output axis.
    public let axis: Int
    /// Factor of its coordinate; may be negative or 0.
    public let step: Int

    /// step · i_axis.
    public init(axis: Int, step: Int) {
      self.axis = axis
      self.step = step
    }
  }

  /// Coordinates 0 ..< extent exist.
  public let extent: Int
  /// Distance of neighbouring coordinates in the operand.
  public let stride: Int
  /// Coordinate of output coordinate 0, before the division.
  public let start: Int
  /// 1, or d ≥ 2: only multiples of d exist (zeros between entries of a transposed convolution).
  public let divisor: Int
  /// The sum of these makes the coordinate.
  public let terms: [Term]

  /// An axis from its parts.
  public init(extent: Int, stride: Int, start: Int = 0, divisor: Int = 1, terms: [Term]) {
    self.extent = extent
    self.stride = stride
    self.start = start
    self.divisor = divisor
    self.terms = terms
  }
}

/// A view node; operand: any tensor.
public struct TensorView: IntegerOperator {
  /// Name in canonical descriptions.
  public static let name = "view"
  /// Most entries of a view: 2^28.
  public static let entryLimit = 1 << 28
  /// Most dimensions of a view, axes of its source, and terms of an axis.
  public static let axisLimit = 32

  /// Where entries come from.
  public enum Map: Hashable, Sendable {
    /// By coordinates: the output's dimensions and the source's axes.
    case axes(dimensions: [Int], source: [ViewAxis])
    /// By position: one per entry, −1 for the fill.
    case list([Int])
  }

  /// The map.
  public let map: Map
  /// What entries without a source are.
  public let fill: Int64
  /// Shape of the result.
  public let dimensions: TensorShape

  /// A view with a result of that shape.
  public init(_ map: Map, fill: Int64 = 0, shape: TensorShape) {
    self.map = map
    self.fill = fill
    dimensions = shape
  }

  /// The same entries in the same order under another shape.
  public static func reshape(to shape: TensorShape) -> TensorView {
    let axis = ViewAxis(extent: shape.count, stride: 1, terms: [ViewAxis.Term(axis: 0, step: 1)])
    return TensorView(.axes(dimensions: [shape.count], source: [axis]), shape: shape)
  }

  /// The shape rule at the top of this file.
  public func shape(node: String, operands: [TensorShape]) throws(ProgramError) -> TensorShape {
    let operand = try one(node, operands)
    guard let list = Self.positions(map, sourceCount: operand.count) else {
      throw .invalidParameter(node: node, reason: "the view leaves its operand of \(operand.count) entries, or is too large")
    }
    guard list.count == dimensions.count else {
      throw .invalidParameter(node: node, reason: "a view of \(list.count) entries for shape \(dimensions)")
    }
    return dimensions
  }

  /// The range rule at the top of this file.
  public func bounds(node: String, operands: [BoundedOperand], shape: TensorShape) throws(ProgramError) -> NodeBounds {
    let range = try one(node, operands).bounds.range
    let mayFill: Bool
    switch map {
    case .axes(let dimensions, let source): mayFill = source.contains { !$0.isTotal(dimensions) }
    case .list(let list): mayFill = list.contains(-1)
    }
    return try linearBounds(
      WideRange(mayFill ? range.hull(IntegerRange(only: fill)) : range), node: node, columns: shape.columns, relation: "view",
      remedy: "narrow the operand")
  }

  /// The formula at the top of this file.
  public func evaluate(node: String, operands: [IntegerTensor], shape: TensorShape) throws(ProgramError) -> [Int64] {
    let operand = try one(node, operands)
    guard let list = Self.positions(map, sourceCount: operand.values.count) else {
      throw .invalidParameter(node: node, reason: "the view leaves its operand")
    }
    return list.map { $0 < 0 ? fill : operand.values[$0] }
  }

  /// The source position of every entry, −1 for the fill; nil for a view that could leave a source of that many entries, has negative
  /// or no dimensions, or more than `entryLimit` entries.
  public static func positions(_ map: Map, sourceCount: Int) -> [Int]? {
    switch map {
    case .list(let list):
      return list.count <= entryLimit && list.allSatisfy { $0 >= -1 && $0 < sourceCount } ? list : nil
    case .axes(let dimensions, let source):
      guard let count = checkedCount(dimensions), count <= entryLimit, fits(source, dimensions, sourceCount) else { return nil }
      return positions(dimensions, source, count: count)
    }
  }

  /// Product of dimensions of at least 1 each; nil on overflow past 2^40.
  static func checkedCount(_ dimensions: [Int]) -> Int? {
    var count = 1
    for dimension in dimensions {
      guard (1...(1 << 31)).contains(dimension) else { return nil }
      count *= dimension
      if count > 1 << 40 { return nil }
    }
    return count
  }

  private static func fits(_ source: [ViewAxis], _ dimensions: [Int], _ sourceCount: Int) -> Bool {
    guard dimensions.count <= axisLimit, source.count <= axisLimit else { return false }
    var last = 0
    for axis in source {
      guard (1...(1 << 31)).contains(axis.extent), (0...(1 << 40)).contains(axis.stride), (1...(1 << 20)).contains(axis.divisor),
        axis.start.magnitude <= 1 << 31, axis.terms.allSatisfy({ dimensions.indices.contains($0.axis) && $0.step.magnitude <= 1 << 31 })
      else { return false }
      // Coordinates are sums of steps: none may come near the end of the integers.
      var span = Int128(axis.start.magnitude)
      for term in axis.terms { span += Int128(term.step.magnitude) * Int128(dimensions[term.axis]) }
      guard axis.terms.count <= axisLimit, span < 1 << 42 else { return false }
      let (reach, overflow) = axis.stride.multipliedReportingOverflow(by: axis.extent - 1)
      guard !overflow, reach < 1 << 41 else { return false }
      last += reach
    }
    return last < sourceCount
  }

  /// Odometer over the output: the coordinates of all source axes are kept as running sums. Output dimensions of one entry and source axes
  /// that no output coordinate moves cost nothing, so that an entry takes at most as many steps as there are other axes.
  private static func positions(_ all: [Int], _ axes: [ViewAxis], count: Int) -> [Int] {
    let kept = all.indices.filter { all[$0] > 1 }
    let dimensions = kept.map { all[$0] }
    let source = axes.filter { axis in axis.terms.contains { all[$0.axis] > 1 } }
    var offset = 0
    for axis in axes where !axis.terms.contains(where: { all[$0.axis] > 1 }) {
      guard axis.start >= 0, axis.start % axis.divisor == 0, axis.start / axis.divisor < axis.extent else {
        return [Int](repeating: -1, count: count)
      }
      offset += axis.start / axis.divisor * axis.stride
    }
    var result: [Int] = []
    result.reserveCapacity(count)
    var digits = [Int](repeating: 0, count: dimensions.count)
    var coordinates = source.map(\.start)
    // steps[d][a]: what one step of output axis d adds to source axis a.
    let steps = kept.map { d in source.map { axis in axis.terms.reduce(0) { $1.axis == d ? $0 + $1.step : $0 } } }
    while result.count < count {
      var position = offset
      for (axis, coordinate) in zip(source, coordinates) {
        guard coordinate >= 0, coordinate % axis.divisor == 0, coordinate / axis.divisor < axis.extent else {
          position = -1
          break
        }
        position += coordinate / axis.divisor * axis.stride
      }
      result.append(position)
      for d in dimensions.indices.reversed() {
        digits[d] += 1
        for a in coordinates.indices { coordinates[a] += steps[d][a] }
        if digits[d] < dimensions[d] { break }
        for a in coordinates.indices { coordinates[a] -= steps[d][a] * dimensions[d] }
        digits[d] = 0
      }
    }
    return result
  }
}

extension ViewAxis {
  /// Whether no output coordinate falls outside the axis.
  func isTotal(_ dimensions: [Int]) -> Bool {
    guard divisor == 1 else { return false }
    var low = start
    var high = start
    for term in terms where dimensions.indices.contains(term.axis) {
      let reach = term.step.multipliedReportingOverflow(by: dimensions[term.axis] - 1)
      if reach.overflow { return false }
      low += min(0, reach.partialValue)
      high += max(0, reach.partialValue)
    }
    return low >= 0 && high < extent
  }
}

/// Canonical descriptions of the operators of imported networks.

import Hashing

extension Operator {
  private static func list(_ values: [Int]) -> CanonicalValue { .list(values.map { CanonicalValue(signed: Int64($0)) }) }

  private static func flag(_ value: Bool) -> CanonicalValue { .boolean(value) }

  /// Name and parameters; the empty list for operators that are not of networks.
  var networkCanonical: CanonicalValue {
    switch self {
    case .view(let view): Self.describe(view)
    case .batchMatrixMultiply(let node):
      [
        .text(BatchMatrixMultiply.name), Self.list([node.batch, node.rows, node.inner, node.columns]), Self.flag(node.isLeftBatched),
        Self.flag(node.isRightBatched),
      ]
    case .convolution(let node):
      [
        .text(Convolution.name),
        Self.list([node.geometry.batch, node.geometry.inputChannels, node.geometry.outputChannels, node.geometry.groups]),
        Self.list(node.geometry.input), Self.list(node.geometry.kernel), Self.list(node.geometry.output), Self.list(node.geometry.strides),
        Self.list(node.geometry.dilations), Self.list(node.geometry.padding),
      ]
    case .multiply: [.text(Multiply.name)]
    case .rescale(let node):
      [
        .text(Rescale.name), CanonicalValue(signed: node.requantise.multiplier), CanonicalValue(signed: Int64(node.requantise.shift)),
        .text(node.requantise.rounding.rawValue), node.range.canonical,
      ]
    case .divide(let node): [.text(Divide.name), Self.list([node.shift]), Self.flag(node.isFloor), node.range.canonical]
    case .squareRoot(let node): [.text(SquareRoot.name), Self.list([node.shift])]
    case .rowMaximum: [.text(RowMaximum.name)]
    case .rowLookup: [.text(RowLookup.name)]
    case .rowOrder(let node): [.text(RowOrder.name), Self.list([node.count]), Self.flag(node.isDescending), Self.flag(node.givesColumns)]
    case .treeEnsemble(let node):
      [
        .text(TreeEnsemble.name), Self.list([node.trees, node.depth]), node.missing.map { CanonicalValue(signed: $0) } ?? "none",
      ]
    default: []
    }
  }

  private static func describe(_ view: TensorView) -> CanonicalValue {
    let map: CanonicalValue
    switch view.map {
    case .list(let positions): map = ["list", list(positions)]
    case .axes(let dimensions, let source):
      map = [
        "axes", list(dimensions),
        .list(
          source.map { axis in
            [list([axis.extent, axis.stride, axis.start, axis.divisor]), .list(axis.terms.map { list([$0.axis, $0.step]) })]
          }),
      ]
    }
    return [.text(TensorView.name), map, CanonicalValue(signed: view.fill), view.dimensions.canonical]
  }
}

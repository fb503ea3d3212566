/// Canonical descriptions: what identities and relation digests are made of.

import Hashing

extension CanonicalValue {
  /// A signed integer as decimal text: canonical integers are unsigned.
  init(signed value: Int64) { self = .text(String(value)) }
}

extension IntegerRange {
  /// [lower, upper] as decimal texts.
  public var canonical: CanonicalValue { .list([CanonicalValue(signed: lower), CanonicalValue(signed: upper)]) }
}

extension TensorShape {
  /// [rows, columns].
  public var canonical: CanonicalValue { .list([.integer(UInt64(rows)), .integer(UInt64(columns))]) }
}

extension TableSchema {
  /// The meaning of the columns in order: name, type, range or dictionary, missing rule, whether it is a key. The hints `target` and
  /// `protected` belong to pipelines and are left out.
  public var canonical: CanonicalValue {
    .list(
      columns.map { column in
        var entry: [String: CanonicalValue] = [
          "name": .text(column.name), "missing": .text(column.missing.rawValue), "key": .boolean(column.roles.contains(.key)),
        ]
        switch column.type {
        case .integer(let range):
          entry["type"] = "integer"
          entry["range"] = range.canonical
        case .decimal(let scale, let range):
          entry["type"] = "decimal"
          entry["scale"] = .integer(UInt64(scale))
          entry["range"] = range.canonical
        case .category(let names):
          entry["type"] = "category"
          entry["categories"] = .list(names.map { .text($0) })
        }
        return .dictionary(entry)
      })
  }
}

extension InputBinding {
  /// Kind and names.
  public var canonical: CanonicalValue {
    switch self {
    case .column(let artefact, let column, let part): ["column", .text(artefact), .text(column), .text(part.rawValue)]
    case .tensor(let artefact): ["tensor", .text(artefact)]
    case .publicValues(let name): ["public", .text(name)]
    }
  }
}

extension TableFunction {
  /// Name and parameters.
  public var canonical: CanonicalValue {
    switch self {
    case .relu: ["relu"]
    case .clamp(let range): ["clamp", range.canonical]
    case .sigmoid(let input, let output): ["sigmoid", .integer(UInt64(max(0, input))), .integer(UInt64(max(0, output)))]
    case .elementary(let function, let input, let output, let range):
      [
        "elementary", .list(function.description.map { .text($0) }), CanonicalValue(signed: Int64(input)),
        CanonicalValue(signed: Int64(output)), range.canonical,
      ]
    }
  }
}

extension Operator {
  /// Name and parameters.
  public var canonical: CanonicalValue {
    switch self {
    case .input(let input): [.text(Input.name), input.binding.canonical, input.range.canonical, input.dimensions.canonical]
    case .constant(let constant):
      switch constant.content {
      case .uniform(let value): [.text(Constant.name), "uniform", CanonicalValue(signed: value), constant.dimensions.canonical]
      case .values(let values):
        [.text(Constant.name), "values", .list(values.map(CanonicalValue.init(signed:))), constant.dimensions.canonical]
      }
    case .affine(let affine):
      [.text(Affine.name), .list(affine.coefficients.map(CanonicalValue.init(signed:))), CanonicalValue(signed: affine.constant)]
    case .concatenateColumns: [.text(ConcatenateColumns.name)]
    case .oneHot(let oneHot): [.text(OneHot.name), .integer(UInt64(max(0, oneHot.classCount)))]
    case .matrixMultiply: [.text(MatrixMultiply.name)]
    case .requantise(let node):
      [
        .text(Requantise.name), CanonicalValue(signed: node.multiplier), .integer(UInt64(max(0, node.shift))),
        .text(node.rounding.rawValue), node.limit?.canonical ?? "none",
      ]
    case .table(let node): [.text(TableLookup.name), node.function.canonical, node.domain.canonical]
    case .compareGreaterOrEqual(let node): [.text(CompareGreaterOrEqual.name), CanonicalValue(signed: node.threshold)]
    case .select: [.text(Select.name)]
    case .argmax: [.text(Argmax.name)]
    case .confusionCounts(let node): [.text(ConfusionCounts.name), .integer(UInt64(max(0, node.classCount)))]
    case .weightedSum(let node): [.text(WeightedSum.name), .list(node.coefficients.map(CanonicalValue.init(signed:)))]
    case .treePaths(let node):
      [
        .text(TreePaths.name), .integer(UInt64(max(0, node.trees))), .integer(UInt64(max(0, node.depth))), .text(node.comparison.rawValue),
      ]
    case .treeLeaves(let node): [.text(TreeLeaves.name), .integer(UInt64(max(0, node.trees)))]
    case .view, .batchMatrixMultiply, .convolution, .multiply, .rescale, .divide, .squareRoot, .rowMaximum, .rowLookup, .rowOrder,
      .treeEnsemble:
      networkCanonical
    }
  }
}

extension Program {
  /// Every node (name, operator, operands, shape) in order and every output: the whole public relation.
  public var canonical: CanonicalValue {
    [
      "nodes": .list(
        nodes.map { node in
          [
            .text(node.name), node.operation.canonical, .list(node.operands.map { .integer(UInt64(max(0, $0))) }), node.shape.canonical,
          ]
        }),
      "outputs": .list(outputs.map { [.text($0.name), .integer(UInt64(max(0, $0.node)))] }),
    ]
  }
}

extension LinearArchitecture {
  /// Every public parameter; the program follows from it.
  public var canonical: CanonicalValue {
    let taskValue: CanonicalValue
    switch task {
    case .binary(let positive): taskValue = ["binary", .integer(UInt64(max(0, positive)))]
    case .classes(let count): taskValue = ["classes", .integer(UInt64(max(0, count)))]
    case .regression(let range, let unitShift): taskValue = ["regression", range.canonical, .integer(UInt64(max(0, unitShift)))]
    }
    return [
      "schema": encoding.schema.canonical, "features": .list(encoding.columns.map { .text($0) }),
      "featureFractionBits": .integer(UInt64(encoding.fractionBits)), "target": .text(target), "task": taskValue,
      "weightBits": .integer(UInt64(max(0, weightBits))), "weightFractionBits": CanonicalValue(signed: Int64(weightFractionBits)),
      "scoreFractionBits": .integer(UInt64(max(0, scoreFractionBits))),
      "saturationBits": saturationBits.map { .integer(UInt64(max(0, $0))) } ?? "none",
    ]
  }
}

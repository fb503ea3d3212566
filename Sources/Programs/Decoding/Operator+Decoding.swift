/// Reading operators back from their canonical descriptions.

import Hashing

extension CanonicalValue {
  /// A small signed integer written as decimal text.
  var smallValue: Int? { signedValue.flatMap { Int(exactly: $0) } }

  /// A list of signed integers written as decimal texts.
  var signedList: [Int64]? {
    guard let items = listValue else { return nil }
    let values = items.compactMap(\.signedValue)
    return values.count == items.count ? values : nil
  }

  /// The same as `Int`.
  var smallList: [Int]? { signedList.map { $0.map { Int($0) } } }
}

extension TensorShape {
  /// Reads [rows, columns]; nil for anything else.
  public init?(canonical value: CanonicalValue) {
    guard let items = value.listValue, items.count == 2, let rows = items[0].countValue, let columns = items[1].countValue else { return nil }
    self.init(rows: rows, columns: columns)
  }
}

extension InputBinding {
  /// Reads what `canonical` writes; nil for anything else.
  public init?(canonical value: CanonicalValue) {
    guard let items = value.listValue, let kind = items.first?.textValue else { return nil }
    let texts = items.compactMap(\.textValue)
    guard texts.count == items.count else { return nil }
    switch (kind, texts.count) {
    case ("column", 4):
      guard let part = StoredPart(rawValue: texts[3]) else { return nil }
      self = .column(artefact: texts[1], column: texts[2], part: part)
    case ("tensor", 2): self = .tensor(artefact: texts[1])
    case ("public", 2): self = .publicValues(name: texts[1])
    default: return nil
    }
  }
}

extension ElementaryFunction {
  /// Functions without parameters, by their names.
  private static let plain: [ElementaryFunction] = [
    .exponential, .logarithm, .hyperbolicTangent, .errorFunction, .gelu, .geluTanh, .softplus, .softsign, .sine, .cosine, .tangent, .arcsine,
    .arccosine, .arctangent, .hyperbolicSine, .hyperbolicCosine, .inverseHyperbolicSine, .inverseHyperbolicCosine, .inverseHyperbolicTangent,
    .squareRoot, .reciprocal, .logistic, .absolute, .sign, .mish, .hardSwish,
  ]

  /// Reads `description`; nil for anything else. Parameters are below 2^60 in absolute value.
  public init?(description: [String]) {
    if let function = Self.plain.first(where: { $0.description == description }) {
      self = function
      return
    }
    let numbers = description.dropFirst().compactMap { Int64($0) }
    guard let name = description.first, numbers.count == description.count - 1, numbers.allSatisfy({ $0.magnitude < 1 << 60 }) else { return nil }
    switch (name, numbers.count) {
    case ("swish", 1): self = .swish(numbers[0])
    case ("elu", 1): self = .elu(numbers[0])
    case ("selu", 2): self = .selu(alpha: numbers[0], gamma: numbers[1])
    case ("celu", 1): self = .celu(numbers[0])
    case ("leakyRelu", 1): self = .leakyRelu(numbers[0])
    case ("hardSigmoid", 2): self = .hardSigmoid(alpha: numbers[0], beta: numbers[1])
    case ("thresholdedRelu", 1): self = .thresholdedRelu(numbers[0])
    case ("shrink", 2): self = .shrink(bias: numbers[0], lambda: numbers[1])
    case ("clip", 2): self = .clip(lower: numbers[0], upper: numbers[1])
    case ("power", 1): self = .power(numbers[0])
    default: return nil
    }
  }
}

extension TableFunction {
  /// Reads what `canonical` writes; nil for anything else.
  public init?(canonical value: CanonicalValue) {
    guard let items = value.listValue, let name = items.first?.textValue else { return nil }
    switch (name, items.count) {
    case ("relu", 1): self = .relu
    case ("clamp", 2):
      guard let range = IntegerRange(canonical: items[1]) else { return nil }
      self = .clamp(range)
    case ("sigmoid", 3):
      guard let input = items[1].countValue, let output = items[2].countValue else { return nil }
      self = .sigmoid(inputFractionBits: input, outputFractionBits: output)
    case ("elementary", 5):
      let texts = items[1].listValue ?? []
      let description = texts.compactMap(\.textValue)
      guard description.count == texts.count, let function = ElementaryFunction(description: description), let input = items[2].smallValue,
        let output = items[3].smallValue, let range = IntegerRange(canonical: items[4])
      else { return nil }
      self = .elementary(function, inputFractionBits: input, outputFractionBits: output, range: range)
    default: return nil
    }
  }
}

extension Operator {
  /// Reads what `canonical` writes; nil for anything else. What an operator checks itself (shapes, parameters) is not checked here.
  public init?(canonical value: CanonicalValue) {
    guard let items = value.listValue, let name = items.first?.textValue else { return nil }
    let parts = Array(items.dropFirst())
    if let plain = Operator(plain: name, parts) ?? Operator(network: name, parts) { self = plain } else { return nil }
  }

  private init?(plain name: String, _ parts: [CanonicalValue]) {
    switch (name, parts.count) {
    case (Input.name, 3):
      guard let binding = InputBinding(canonical: parts[0]), let range = IntegerRange(canonical: parts[1]),
        let shape = TensorShape(canonical: parts[2])
      else { return nil }
      self = .input(Input(binding: binding, range: range, shape: shape))
    case (Constant.name, 3):
      guard let shape = TensorShape(canonical: parts[2]) else { return nil }
      if parts[0].textValue == "uniform", let number = parts[1].signedValue {
        self = .constant(Constant(.uniform(number), shape: shape))
      } else if parts[0].textValue == "values", let values = parts[1].signedList {
        self = .constant(Constant(.values(values), shape: shape))
      } else {
        return nil
      }
    case (Affine.name, 2):
      guard let coefficients = parts[0].signedList, let constant = parts[1].signedValue else { return nil }
      self = .affine(Affine(coefficients: coefficients, constant: constant))
    case (ConcatenateColumns.name, 0): self = .concatenateColumns(ConcatenateColumns())
    case (OneHot.name, 1):
      guard let count = parts[0].countValue else { return nil }
      self = .oneHot(OneHot(classCount: count))
    case (MatrixMultiply.name, 0): self = .matrixMultiply(MatrixMultiply())
    case (Requantise.name, 4):
      guard let multiplier = parts[0].signedValue, let shift = parts[1].countValue,
        let rounding = parts[2].textValue.flatMap(Rounding.init(rawValue:))
      else { return nil }
      let limit = IntegerRange(canonical: parts[3])
      guard limit != nil || parts[3].textValue == "none" else { return nil }
      self = .requantise(Requantise(multiplier: multiplier, shift: shift, rounding: rounding, limit: limit))
    case (TableLookup.name, 2):
      guard let function = TableFunction(canonical: parts[0]), let domain = IntegerRange(canonical: parts[1]) else { return nil }
      self = .table(TableLookup(function: function, domain: domain))
    case (CompareGreaterOrEqual.name, 1):
      guard let threshold = parts[0].signedValue else { return nil }
      self = .compareGreaterOrEqual(CompareGreaterOrEqual(threshold: threshold))
    case (Select.name, 0): self = .select(Select())
    case (Argmax.name, 0): self = .argmax(Argmax())
    case (ConfusionCounts.name, 1):
      guard let count = parts[0].countValue else { return nil }
      self = .confusionCounts(ConfusionCounts(classCount: count))
    case (WeightedSum.name, 1):
      guard let coefficients = parts[0].signedList else { return nil }
      self = .weightedSum(WeightedSum(coefficients: coefficients))
    default: return nil
    }
  }

  private init?(network name: String, _ parts: [CanonicalValue]) {
    switch (name, parts.count) {
    case (TensorView.name, 3):
      guard let view = TensorView(canonical: parts) else { return nil }
      self = .view(view)
    case (BatchMatrixMultiply.name, 3):
      guard let sizes = parts[0].smallList, sizes.count == 4, let left = parts[1].boolValue, let right = parts[2].boolValue else { return nil }
      self = .batchMatrixMultiply(
        BatchMatrixMultiply(
          batch: sizes[0], rows: sizes[1], inner: sizes[2], columns: sizes[3], isLeftBatched: left, isRightBatched: right))
    case (Convolution.name, 7):
      let lists = parts.compactMap(\.smallList)
      guard lists.count == 7, lists[0].count == 4 else { return nil }
      self = .convolution(
        Convolution(
          ConvolutionGeometry(
            batch: lists[0][0], inputChannels: lists[0][1], outputChannels: lists[0][2], groups: lists[0][3], input: lists[1], kernel: lists[2],
            output: lists[3], strides: lists[4], dilations: lists[5], padding: lists[6])))
    case (Multiply.name, 0): self = .multiply(Multiply())
    case (Rescale.name, 4):
      guard let multiplier = parts[0].signedValue, let shift = parts[1].smallValue,
        let rounding = parts[2].textValue.flatMap(Rounding.init(rawValue:)),
        let range = IntegerRange(canonical: parts[3])
      else { return nil }
      self = .rescale(Rescale(multiplier: multiplier, shift: shift, rounding: rounding, range: range))
    case (Divide.name, 3):
      guard let shift = parts[0].smallList, shift.count == 1, let isFloor = parts[1].boolValue, let range = IntegerRange(canonical: parts[2]) else {
        return nil
      }
      self = .divide(Divide(shift: shift[0], isFloor: isFloor, range: range))
    case (SquareRoot.name, 1):
      guard let shift = parts[0].smallList, shift.count == 1 else { return nil }
      self = .squareRoot(SquareRoot(shift: shift[0]))
    case (RowMaximum.name, 0): self = .rowMaximum(RowMaximum())
    case (RowLookup.name, 0): self = .rowLookup(RowLookup())
    case (RowOrder.name, 3):
      guard let count = parts[0].smallList, count.count == 1, let descending = parts[1].boolValue, let columns = parts[2].boolValue else {
        return nil
      }
      self = .rowOrder(RowOrder(count: count[0], isDescending: descending, givesColumns: columns))
    case (TreeEnsemble.name, 2):
      guard let sizes = parts[0].smallList, sizes.count == 2 else { return nil }
      let missing = parts[1].signedValue
      guard missing != nil || parts[1].textValue == "none" else { return nil }
      self = .treeEnsemble(TreeEnsemble(trees: sizes[0], depth: sizes[1], missing: missing))
    default: return nil
    }
  }
}

extension TensorView {
  /// Reads the parts after the name.
  fileprivate init?(canonical parts: [CanonicalValue]) {
    guard parts.count == 3, let map = parts[0].listValue, let kind = map.first?.textValue, let fill = parts[1].signedValue,
      let shape = TensorShape(canonical: parts[2])
    else { return nil }
    switch (kind, map.count) {
    case ("list", 2):
      guard let positions = map[1].smallList else { return nil }
      self.init(.list(positions), fill: fill, shape: shape)
    case ("axes", 3):
      guard let dimensions = map[1].smallList, let axes = map[2].listValue else { return nil }
      let source = axes.compactMap { ViewAxis(canonical: $0) }
      guard source.count == axes.count else { return nil }
      self.init(.axes(dimensions: dimensions, source: source), fill: fill, shape: shape)
    default: return nil
    }
  }
}

extension ViewAxis {
  fileprivate init?(canonical value: CanonicalValue) {
    guard let items = value.listValue, items.count == 2, let sizes = items[0].smallList, sizes.count == 4, let list = items[1].listValue else {
      return nil
    }
    let terms = list.compactMap { term -> Term? in
      guard let pair = term.smallList, pair.count == 2 else { return nil }
      return Term(axis: pair[0], step: pair[1])
    }
    guard terms.count == list.count else { return nil }
    self.init(extent: sizes[0], stride: sizes[1], start: sizes[2], divisor: sizes[3], terms: terms)
  }
}

/// The program of batch inference by a linear model.

/// Which public names the artefacts of a program have, and what it computes beside the predictions.
public struct InferenceOptions: Hashable, Sendable {
  /// Artefact name of the table.
  public var table: String
  /// Artefact name of the weights.
  public var weights: String
  /// Also read the target column and count (label, prediction) pairs: outputs `confusion` and `correct`. Classes only.
  public var countsLabels: Bool

  /// Options with the usual names.
  public init(table: String = "table", weights: String = "weights", countsLabels: Bool = false) {
    self.table = table
    self.weights = weights
    self.countsLabels = countsLabels
  }
}

extension LinearArchitecture {
  /// Batch inference over the raw stored columns of a table of `rows` rows, so that a proof of it speaks of the table as committed.
  ///
  /// Outputs: `score` [rows, outputCount]; for a binary model `probability` [rows]; `prediction` [rows] (a class index, or stored
  /// units of the target); with `countsLabels` also `confusion` [classes, classes] and `correct` [1].
  /// - Throws: `.invalidModel` for `rows` outside 1 … 2^31, or `countsLabels` with a regression.
  public func program(rows: Int, options: InferenceOptions = InferenceOptions()) throws(ProgramError) -> Program {
    guard let shape = TensorShape(rows: rows) else { throw .invalidModel(reason: "\(rows) rows; at least 1 is needed") }
    var builder = ProgramBuilder()
    let features = try encoding.addNodes(to: &builder, rows: shape, table: options.table)
    let weights = try builder.add(
      "weights", .input(Input(binding: .tensor(artefact: options.weights), range: weightRange, shape: weightShape)))
    let accumulator = try builder.add("accumulator", .matrixMultiply(MatrixMultiply()), [features, weights])
    var policy = OutOfRangePolicy.refuse(limit: nil)
    if let saturationBits { policy = .saturate(bits: saturationBits) }
    let score = try builder.requantise("score", accumulator, shift: shift, outOfRange: policy)
    try builder.output("score", score)
    let prediction = try addPrediction(to: &builder, score: score)
    try builder.output("prediction", prediction)
    guard options.countsLabels else { return builder.build() }
    guard let classCount = task.classCount else { throw .invalidModel(reason: "a regression has no confusion matrix") }
    let labels = try builder.add(
      "value(\(target))",
      .input(
        Input(
          binding: .column(artefact: options.table, column: target, part: .value),
          range: IntegerRange(0...Int64(classCount - 1)), shape: shape)))
    try AccuracyProgram.addCounts(to: &builder, labels: labels, predictions: prediction, classCount: classCount)
    return builder.build()
  }

  private func addPrediction(to builder: inout ProgramBuilder, score: NodeReference) throws(ProgramError) -> NodeReference {
    switch task {
    case .binary(let positive):
      let half = Int64(1) << Int64(Self.tableBits - 1)
      let sigmoid = TableFunction.sigmoid(inputFractionBits: scoreFractionBits, outputFractionBits: Self.probabilityBits)
      let probability = try builder.add(
        "probability", .table(TableLookup(function: sigmoid, domain: IntegerRange(-half...(half - 1)))), [score])
      try builder.output("probability", probability)
      let threshold = Int64(1) << Int64(Self.probabilityBits - 1)
      let isPositive = try builder.add(
        "is-positive", .compareGreaterOrEqual(CompareGreaterOrEqual(threshold: threshold)), [probability])
      if positive == 1 { return isPositive }
      return try builder.affine("prediction", [(-1, isPositive)], constant: 1)
    case .classes:
      return try builder.add("prediction", .argmax(Argmax()), [score])
    case .regression(let range, let unitShift):
      return try builder.affine("prediction", [(Int64(1) << Int64(unitShift), score)], constant: range.lower)
    }
  }
}

/// Confusion matrix and number of correct predictions.
public enum AccuracyProgram {
  /// A program that counts (label, prediction) pairs of two bound columns: outputs `confusion` and `correct`.
  public static func make(
    rows: Int, classCount: Int, labels: InputBinding, predictions: InputBinding
  ) throws(ProgramError) -> Program {
    guard let shape = TensorShape(rows: rows) else { throw .invalidModel(reason: "\(rows) rows; at least 1 is needed") }
    guard (1...1_024).contains(classCount) else { throw .invalidModel(reason: "\(classCount) classes; 1 to 1024 are possible") }
    let range = IntegerRange(0...Int64(classCount - 1))
    var builder = ProgramBuilder()
    let labelNode = try builder.add("labels", .input(Input(binding: labels, range: range, shape: shape)))
    let predictionNode = try builder.add("predictions", .input(Input(binding: predictions, range: range, shape: shape)))
    try addCounts(to: &builder, labels: labelNode, predictions: predictionNode, classCount: classCount)
    return builder.build()
  }

  /// The least number of correct predictions of `rows` with accuracy at least numerator / denominator: ⌈rows·numerator/denominator⌉.
  /// Nil unless 0 ≤ numerator ≤ denominator, 1 ≤ denominator ≤ 10^9 and 0 ≤ rows ≤ 2^31.
  public static func minimumCorrect(rows: Int, numerator: Int64, denominator: Int64) -> Int64? {
    guard (0...(1 << 31)).contains(rows), (1...1_000_000_000).contains(denominator), (0...denominator).contains(numerator) else { return nil }
    return (Int64(rows) * numerator + denominator - 1) / denominator  // below 2^62
  }

  static func addCounts(
    to builder: inout ProgramBuilder, labels: NodeReference, predictions: NodeReference, classCount: Int
  ) throws(ProgramError) {
    let confusion = try builder.add("confusion", .confusionCounts(ConfusionCounts(classCount: classCount)), [labels, predictions])
    try builder.output("confusion", confusion)
    let correct = try builder.add("correct", .weightedSum(.trace(size: classCount)), [confusion])
    try builder.output("correct", correct)
  }
}

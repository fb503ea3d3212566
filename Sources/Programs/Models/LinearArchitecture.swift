/// Everything public about a linear model: features, task and number formats. The verifier rebuilds the program from it.

/// What a linear model predicts.
public enum LinearTask: Hashable, Sendable {
  /// One of two classes: class `positive` where the sigmoid of the score is at least 1/2, else the other one.
  case binary(positive: Int)
  /// The class with the largest score, of `count` ≥ 1; ties go to the lowest index.
  case classes(count: Int)
  /// A number in the target's stored units: lower + 2^unitShift · score.
  case regression(target: IntegerRange, unitShift: Int)

  /// Columns of the weight matrix.
  public var outputCount: Int {
    switch self {
    case .binary, .regression: 1
    case .classes(let count): count
    }
  }

  /// Number of classes, nil for a regression.
  public var classCount: Int? {
    switch self {
    case .binary: 2
    case .classes(let count): count
    case .regression: nil
    }
  }
}

/// The public part of a linear model.
///
/// **Formula**: acc = Σ_k feature_k · weight_k (the constant feature included); score = ⌊acc / 2^s + 1/2⌋ with
/// s = F + weightFractionBits − scoreFractionBits, saturated to `scoreBits` bits where asked; then by task:
/// binary: probability = sigmoid table(score), prediction from probability ≥ 2^(probabilityBits − 1);
/// classes: prediction = argmax of the scores; regression: prediction = lower + 2^unitShift · score.
public struct LinearArchitecture: Hashable, Sendable {
  /// Features from table columns.
  public let encoding: FeatureEncoding
  /// Name of the target column.
  public let target: String
  /// What is predicted.
  public let task: LinearTask
  /// Every weight is an integer w of this many bits in two's complement and stands for w / 2^weightFractionBits.
  public let weightBits: Int
  /// See `weightBits`; may be negative.
  public let weightFractionBits: Int
  /// Fraction bits of the score; for a regression the score is in units of 2^unitShift stored units.
  public let scoreFractionBits: Int
  /// Saturation of the score to that many bits; nil where the analysis shows that none is needed or none is wanted.
  public let saturationBits: Int?
  /// Fraction bits of the probability (binary only).
  public static let probabilityBits = 16
  /// Width of the sigmoid table's argument.
  public static let tableBits = 16

  /// An architecture from all its parts.
  /// - Throws: `.invalidModel` for parts that do not belong together, and what the analysis of its program refuses.
  public init(
    encoding: FeatureEncoding, target: String, task: LinearTask, weightBits: Int, weightFractionBits: Int, scoreFractionBits: Int,
    saturationBits: Int?
  ) throws(ProgramError) {
    self.encoding = encoding
    self.target = target
    self.task = task
    self.weightBits = weightBits
    self.weightFractionBits = weightFractionBits
    self.scoreFractionBits = scoreFractionBits
    self.saturationBits = saturationBits
    try checkParts()
    _ = try program(rows: 1).analyse()
  }

  private func checkParts() throws(ProgramError) {
    guard (2...32).contains(weightBits) else { throw .invalidModel(reason: "\(weightBits) weight bits; 2 to 32 are possible") }
    guard (-64...64).contains(weightFractionBits), (0...30).contains(scoreFractionBits), (0...61).contains(shift) else {
      throw .invalidModel(reason: "fraction bits of weights and score need a shift of \(shift) bits; 0 to 61 are possible")
    }
    guard !encoding.columns.contains(target) else { throw .invalidModel(reason: "the target \(target) is a feature") }
    guard let column = encoding.schema.column(target) else { throw .unknownColumn(target) }
    guard column.missing == .refuse else { throw .invalidModel(reason: "the target \(target) may be missing") }
    switch (task, column.type) {
    case (.binary(let positive), .category(let names)):
      guard names.count == 2, (0...1).contains(positive) else { throw .invalidModel(reason: "a binary model needs two classes") }
    case (.classes(let count), .category(let names)):
      guard names.count == count, count <= 1_024 else {
        throw .invalidModel(reason: "the target has \(names.count) classes, the model \(count); at most 1024 are possible")
      }
    case (.regression(let range, let unitShift), .integer(let declared)), (.regression(let range, let unitShift), .decimal(_, let declared)):
      guard range == declared, (0...61).contains(unitShift) else { throw .invalidModel(reason: "the target's range differs") }
    default: throw .invalidModel(reason: "classes need a category target and a regression a numeric one")
    }
  }

  /// s: the right shift from the accumulator to the score.
  public var shift: Int { encoding.fractionBits + weightFractionBits - scoreFractionBits }

  /// Range of a weight.
  public var weightRange: IntegerRange { IntegerRange(signedBits: weightBits) ?? IntegerRange(only: 0) }

  /// [featureCount, outputCount].
  public var weightShape: TensorShape { TensorShape(checkedRows: encoding.featureCount, columns: task.outputCount) }

  /// Chooses the formats so that the analysis passes.
  ///
  /// - Parameters:
  ///   - magnitudeBits: m with |weight| < 2^m in real units, from the public grid of powers of two; for a regression in units of
  ///     2^unitShift stored units (`unitShift(for:)`).
  ///   - weightBits: width of a weight.
  /// - Throws: `.invalidModel` or what the analysis refuses.
  public static func choose(
    encoding: FeatureEncoding, target: String, task: LinearTask, magnitudeBits: Int, weightBits: Int = 16
  ) throws(ProgramError) -> LinearArchitecture {
    func make(_ scoreBits: Int, saturation: Int?) throws(ProgramError) -> LinearArchitecture {
      try LinearArchitecture(
        encoding: encoding, target: target, task: task, weightBits: weightBits, weightFractionBits: weightBits - 1 - magnitudeBits,
        scoreFractionBits: scoreBits, saturationBits: saturation)
    }
    // The accumulator has this many fraction bits; the score cannot have more.
    let available = encoding.fractionBits + weightBits - 1 - magnitudeBits
    guard available >= 0 else { throw .invalidModel(reason: "weights of magnitude 2^\(magnitudeBits) are too large for the formats") }
    if case .regression = task { return try make(0, saturation: nil) }
    for bits in stride(from: min(12, available), through: 6, by: -1) {
      let range = try make(bits, saturation: tableBits).scoreRange()
      if IntegerRange(signedBits: tableBits)?.contains(range) == true { return try make(bits, saturation: nil) }
    }
    if case .classes = task { return try make(min(8, available), saturation: nil) }
    return try make(min(10, available), saturation: tableBits)
  }

  /// u: the unit of a regression's score is 2^u stored units, so that the score needs about 24 bits.
  public static func unitShift(for target: IntegerRange) -> Int { max(0, target.bitCount - 24) }

  /// The range of the rounded score before any saturation.
  private func scoreRange() throws(ProgramError) -> IntegerRange {
    let program = try program(rows: 1)
    guard let node = program.node(named: "score") else { throw .unknownName("score") }
    return try program.analyse()[node].range
  }
}

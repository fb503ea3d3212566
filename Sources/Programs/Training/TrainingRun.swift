/// Everything public about a run of mini-batch gradient descent in integers.

/// A public rational number: numerator / denominator.
public struct PublicFraction: Hashable, Sendable {
  public let numerator: Int64
  public let denominator: Int64

  /// The fraction as it stands, neither reduced nor checked: `TrainingRun` refuses what lies outside 0 … 10^12 over 1 … 10^12.
  public init(_ numerator: Int64, over denominator: Int64 = 1) {
    self.numerator = numerator
    self.denominator = denominator
  }

  var isValid: Bool { (0...1_000_000_000_000).contains(numerator) && (1...1_000_000_000_000).contains(denominator) }
}

/// One group of training features. Φ is the run's feature fraction bits: a feature X stands for X / 2^Φ.
public enum TrainingFeature: Hashable, Sendable {
  /// X = 2^shift·(x − centre) for the stored cell x; a missing cell is its column's lower bound.
  case number(column: String, centre: Int64, shift: Int)
  /// X = 2^Φ where the cell is present, else 0.
  case presence(column: String)
  /// One feature for each class, 2^Φ for the row's; with `missing` a first further class stands for a missing cell.
  case category(column: String, classCount: Int, missing: Bool)
  /// X = 2^Φ: its weight is the intercept. Last.
  case constant

  /// Number of features.
  public var count: Int {
    switch self {
    case .number, .presence, .constant: 1
    case .category(_, let classes, let missing): classes + (missing ? 1 : 0)
    }
  }
}

/// What the run learns to predict, and so its loss.
public enum TrainingTarget: Hashable, Sendable {
  /// Logistic loss; y = 1 for the class `positive` of a column of two classes.
  case binary(column: String, positive: Int)
  /// Softmax loss over 2 … 64 classes.
  case classes(column: String, count: Int)
  /// Squared error / 2 of 2^shift·(y − centre), which has the score's fraction bits.
  case number(column: String, centre: Int64, shift: Int)

  public var column: String {
    switch self {
    case .binary(let column, _), .classes(let column, _), .number(let column, _, _): column
    }
  }
  /// Columns of the weight matrix.
  public var outputCount: Int { if case .classes(_, let count) = self { count } else { 1 } }
}

/// Number formats of a run. Every value is an integer; the bits say what stands after the binary point.
public struct TrainingFormats: Hashable, Sendable {
  /// Φ.
  public var featureFractionBits: Int
  /// Fraction bits v of a weight, which is an integer of `weightBits` bits in two's complement.
  public var weightFractionBits: Int
  public var weightBits: Int
  /// Fraction bits of a score, which is an integer of `scoreBits` bits; at most 16 bits for a classification.
  public var scoreFractionBits: Int
  public var scoreBits: Int
  /// π: fraction bits of a probability. Without meaning for a number.
  public var probabilityBits: Int
  /// R: the coefficients of an update are integers over 2^R.
  public var updateBits: Int

  public init(
    featureFractionBits: Int = 10, weightFractionBits: Int = 24, weightBits: Int = 32, scoreFractionBits: Int = 11, scoreBits: Int = 16,
    probabilityBits: Int = 15, updateBits: Int = 24
  ) {
    self.featureFractionBits = featureFractionBits
    self.weightFractionBits = weightFractionBits
    self.weightBits = weightBits
    self.scoreFractionBits = scoreFractionBits
    self.scoreBits = scoreBits
    self.probabilityBits = probabilityBits
    self.updateBits = updateBits
  }
}

/// How the learning rate changes from epoch to epoch, e = 0, 1, ….
public enum TrainingSchedule: Hashable, Sendable {
  /// η.
  case constant
  /// η / (1 + decay·e).
  case inverse(decay: PublicFraction)
  /// η / 2^⌊e / every⌋.
  case halving(every: Int)
  /// η·(epochs − e) / epochs.
  case linear
}

/// A run of mini-batch gradient descent with momentum and L2 penalty: all its hyper-parameters and formats.
///
/// **Formula**, for step t with B_t rows in its batch, score z, prediction p (the sigmoid or softmax of z rounded, or z rounded) and target y:
/// g = (1/B_t)·Σ_b x_b·(p_b − y_b) + λ·w;  u_(t+1) = μ·u_t − η_t·g, rounded once, halves up;  w_(t+1) = w_t + u_(t+1).
/// Start: w = 0, u = 0. See `Docs/Semantics.md`, training.
public struct TrainingRun: Hashable, Sendable {
  /// In the model's order of features; the constant last.
  public let features: [TrainingFeature]
  public let target: TrainingTarget
  public let formats: TrainingFormats
  public let batchSize: Int
  public let epochs: Int
  public let learningRate: PublicFraction
  public let schedule: TrainingSchedule
  public let momentum: PublicFraction
  /// λ, of the mean loss + λ/2·|w|².
  public let penalty: PublicFraction
  public let penalisesIntercept: Bool

  /// - Throws: `invalidParameter` for parts outside their ranges.
  public init(
    features: [TrainingFeature], target: TrainingTarget, formats: TrainingFormats, batchSize: Int, epochs: Int, learningRate: PublicFraction,
    schedule: TrainingSchedule = .constant, momentum: PublicFraction = PublicFraction(0), penalty: PublicFraction = PublicFraction(0),
    penalisesIntercept: Bool = false
  ) throws(ProgramError) {
    self.features = features
    self.target = target
    self.formats = formats
    self.batchSize = batchSize
    self.epochs = epochs
    self.learningRate = learningRate
    self.schedule = schedule
    self.momentum = momentum
    self.penalty = penalty
    self.penalisesIntercept = penalisesIntercept
    try checkParts()
  }

  /// d: the constant included.
  public var featureCount: Int { features.reduce(0) { $0 + $1.count } }
  /// K.
  public var outputCount: Int { target.outputCount }
  /// Fraction bits of a residual p − y.
  public var residualBits: Int { if case .number = target { formats.scoreFractionBits } else { formats.probabilityBits } }
  /// Bits that a product of feature and weight has more than a score.
  public var scoreShift: Int { formats.featureFractionBits + formats.weightFractionBits - formats.scoreFractionBits }
  /// −2^(b−1) … 2^(b−1) − 1.
  public var weightRange: IntegerRange { IntegerRange(signedBits: formats.weightBits) ?? IntegerRange(only: 0) }
  public var scoreRange: IntegerRange { IntegerRange(signedBits: formats.scoreBits) ?? IntegerRange(only: 0) }

  static func refusal(_ reason: String) -> ProgramError { .invalidParameter(node: "training", reason: reason) }

  private func checkParts() throws(ProgramError) {
    let f = formats
    var most = 40
    if case .number = target {} else { most = 16 }
    guard (0...24).contains(f.featureFractionBits), (0...40).contains(f.weightFractionBits), (2...44).contains(f.weightBits),
      (0...30).contains(f.scoreFractionBits), (2...most).contains(f.scoreBits), (1...16).contains(f.probabilityBits),
      (1...40).contains(f.updateBits), (1...48).contains(scoreShift)
    else { throw Self.refusal("number formats out of range") }
    try Self.checkFeatures(features, target)
    guard (1...65_536).contains(batchSize), (1...100_000).contains(epochs) else {
      throw Self.refusal("batches of 1 to 65,536 rows, 1 to 100,000 epochs")
    }
    var fractions = [learningRate, momentum, penalty]
    if case .inverse(let decay) = schedule { fractions.append(decay) }
    if case .halving(let every) = schedule, !(1...100_000).contains(every) { throw Self.refusal("halving every 1 to 100,000 epochs") }
    guard fractions.allSatisfy(\.isValid), momentum.numerator <= momentum.denominator else {
      throw Self.refusal("rates are fractions from 0, the momentum at most 1")
    }
  }
}

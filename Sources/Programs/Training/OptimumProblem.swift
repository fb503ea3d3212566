/// A convex loss that a committed model is shown to be near the optimum of.

/// Number formats of a claim about an optimum. Every value is an integer; the bits say what stands after the binary point.
public struct OptimumFormats: Hashable, Sendable {
  /// Φ: a feature X stands for X / 2^Φ.
  public var featureFractionBits: Int
  /// f: of the sigmoid's or exponential's table arguments; of a residual where the target is a number.
  public var scoreFractionBits: Int
  /// b: bits of a table argument, or of a rounded score where the target is a number.
  public var scoreBits: Int
  /// π: of a probability. Without meaning for a number.
  public var probabilityBits: Int
  /// β: of the sigmoid's slope, or of an exponential. Without meaning for a number.
  public var slopeBits: Int

  public init(
    featureFractionBits: Int = 12, scoreFractionBits: Int = 11, scoreBits: Int = 16, probabilityBits: Int = 28, slopeBits: Int = 18
  ) {
    self.featureFractionBits = featureFractionBits
    self.scoreFractionBits = scoreFractionBits
    self.scoreBits = scoreBits
    self.probabilityBits = probabilityBits
    self.slopeBits = slopeBits
  }
}

/// What becomes of the weight of the constant feature.
public enum OptimumIntercept: String, Hashable, Sendable, CaseIterable {
  /// The penalty counts it like every other weight.
  case penalised
  /// It has no penalty and is minimised out, which leaves the other weights as strongly convex as before: of a number, and of two classes, where
  /// the claim also bounds the curvature along the intercept.
  case eliminated
}

/// The loss f(w) = Σ_rows loss + (Λ/2)·|w|², whose data are a committed table and whose w are a model's weights in units of the features.
///
/// The loss of a row is the logistic loss, the cross-entropy of a softmax, or half the squared error. f is Λ-strongly convex in every weight:
/// Λ > 0 is asked for, and every weight is penalised, but for a class that is fixed at 0 or an intercept that is minimised out.
/// See `Docs/Semantics.md`, optimum.
public struct OptimumProblem: Hashable, Sendable {
  /// In the model's order of features; the constant last.
  public let features: [TrainingFeature]
  public let target: TrainingTarget
  public let formats: OptimumFormats
  /// Λ, of the sum of the losses.
  public let penalty: PublicFraction
  public let intercept: OptimumIntercept
  /// The class whose weights are all 0; nil: all classes are penalised.
  public let fixedClass: Int?

  /// - Throws: `invalidParameter` for parts outside their ranges, and where f would not be strongly convex.
  public init(
    features: [TrainingFeature], target: TrainingTarget, formats: OptimumFormats, penalty: PublicFraction,
    intercept: OptimumIntercept = .penalised, fixedClass: Int? = nil
  ) throws(ProgramError) {
    self.features = features
    self.target = target
    self.formats = formats
    self.penalty = penalty
    self.intercept = intercept
    self.fixedClass = fixedClass
    try checkParts()
  }

  /// d: the constant included.
  public var featureCount: Int { features.reduce(0) { $0 + $1.count } }
  /// K.
  public var outputCount: Int { target.outputCount }
  /// Outputs whose weights are not fixed.
  public var freeOutputs: [Int] { (0..<outputCount).filter { $0 != fixedClass } }
  /// Fraction bits of a residual.
  public var residualBits: Int { isNumber ? formats.scoreFractionBits : formats.probabilityBits }
  public var isNumber: Bool { if case .number = target { true } else { false } }
  /// Whether a claim states the curvature along the intercept: of two classes whose intercept is minimised out.
  public var needsCurvature: Bool { intercept == .eliminated && !isNumber }

  static func refusal(_ reason: String) -> ProgramError { .invalidParameter(node: "optimum", reason: reason) }

  private func checkParts() throws(ProgramError) {
    try TrainingRun.checkFeatures(features, target)
    guard penalty.isValid, penalty.numerator > 0 else {
      throw Self.refusal("the penalty is a positive fraction: without one the loss is not strongly convex, and a small gradient says nothing")
    }
    let f = formats
    guard (0...24).contains(f.featureFractionBits), (0...30).contains(f.scoreFractionBits), f.scoreBits >= 2 else {
      throw Self.refusal("number formats out of range")
    }
    if isNumber {
      guard f.scoreBits <= 50 else { throw Self.refusal("number formats out of range") }
    } else {
      if intercept == .eliminated {
        guard case .binary = target else {
          throw Self.refusal("intercepts without penalty leave the loss of several classes flat in one direction: penalise them")
        }
      }
      guard (4...16).contains(f.scoreFractionBits), (4...18).contains(f.scoreBits), (16...30).contains(f.probabilityBits),
        (16...30).contains(f.slopeBits), f.probabilityBits >= f.scoreFractionBits + 5, f.slopeBits >= f.scoreFractionBits + 2
      else { throw Self.refusal("number formats out of range") }
    }
    if let fixedClass {
      guard case .classes(_, let count) = target, (0..<count).contains(fixedClass) else { throw Self.refusal("a fixed class is one of the classes") }
    }
  }
}

extension TrainingRun {
  /// Groups of features and a target by themselves. **Throws** `invalidParameter`.
  static func checkFeatures(_ features: [TrainingFeature], _ target: TrainingTarget) throws(ProgramError) {
    guard (1...4_096).contains(features.count), features.last == .constant, features.dropLast().allSatisfy({ $0 != .constant }) else {
      throw refusal("1 to 4,096 groups of features, the constant last")
    }
    for feature in features {
      switch feature {
      case .number(_, let centre, let shift):
        guard (0...24).contains(shift), centre.magnitude < 1 << 60 else { throw refusal("a feature's centre or shift") }
      case .category(_, let classes, _): guard (1...1_024).contains(classes) else { throw refusal("\(classes) classes of a feature") }
      case .presence, .constant: break
      }
    }
    let count = features.reduce(0) { $0 + $1.count }
    guard count <= 4_096 else { throw refusal("\(count) features; at most 4,096 are possible") }
    switch target {
    case .binary(_, let positive): guard (0...1).contains(positive) else { throw refusal("the positive class is 0 or 1") }
    case .classes(_, let count): guard (2...64).contains(count) else { throw refusal("\(count) classes; 2 to 64 are possible") }
    case .number(_, let centre, let shift):
      guard (0...30).contains(shift), centre.magnitude < 1 << 60 else { throw refusal("the target's centre or shift") }
    }
  }
}

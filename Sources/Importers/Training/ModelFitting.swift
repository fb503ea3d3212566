/// Fitting a linear model to a table, and rounding real weights to a model's integer format.

import Programs

/// Weights of the features of an encoding as exact binary fractions: value = integer / 2^48, [featureCount × outputs] row-major.
/// A feature value counts as a number in [0, 1].
struct RealWeights {
  static let fractionBits = 48
  let values: [Int128]

  /// m: the least power of two with every |value| ≤ 2^m − 2^(m−weightBits), so that rounding stays in range; at least −16.
  func magnitudeBits(weightBits: Int) -> Int {
    let largest = values.reduce(Int128(0)) { max($0, abs($1)) }
    var bits = -16
    while bits < 64 {
      let power = Int128(1) << Int128(Self.fractionBits + bits)
      let margin = Int128(1) << Int128(max(0, Self.fractionBits + bits - weightBits))
      if largest <= power - margin { break }
      bits += 1
    }
    return bits
  }

  /// round(value · 2^fractionBits), ties up.
  func rounded(fractionBits: Int) -> [Int64] {
    let shift = Self.fractionBits - fractionBits
    return values.map { value in
      if shift <= 0 { return Int64(clamping: value << Int128(-shift)) }
      return Int64(clamping: (value + (Int128(1) << Int128(shift - 1))) >> Int128(shift))
    }
  }

  /// An integer model of the given task.
  ///
  /// Weights take 16 bits; 24 where the largest is 64 times the unit or more, so that small ones keep their digits.
  /// - Parameter fine: weights of 32 bits, where an optimum is to be met closely.
  func model(encoding: FeatureEncoding, target: String, task: LinearTask, fine: Bool = false) throws(ProgramError) -> LinearModel {
    if fine {
      let architecture = try LinearArchitecture.choose(
        encoding: encoding, target: target, task: task, magnitudeBits: magnitudeBits(weightBits: 32), weightBits: 32)
      return try LinearModel(architecture: architecture, weights: rounded(fractionBits: architecture.weightFractionBits))
    }
    var weightBits = 16
    var magnitude = magnitudeBits(weightBits: weightBits)
    if magnitude > 6 {
      weightBits = 24
      magnitude = magnitudeBits(weightBits: weightBits)
    }
    let architecture = try LinearArchitecture.choose(
      encoding: encoding, target: target, task: task, magnitudeBits: magnitude, weightBits: weightBits)
    return try LinearModel(architecture: architecture, weights: rounded(fractionBits: architecture.weightFractionBits))
  }
}

/// Training of a linear model.
public enum ModelFitting {
  /// Most multiplications of a training run: more rows and columns get fewer epochs, down to 20.
  static let workLimit = 6_000_000_000

  /// Fits a model to the given rows of a table.
  ///
  /// - Returns: the model and the number of epochs that were allowed.
  /// - Throws: `.invalidModel` or what the formats refuse.
  public static func fit(
    _ table: StoredTable, rows: [Int], encoding: FeatureEncoding, target: String, task: LinearTask, settings: TrainingSettings,
    place: FilePlace
  ) throws(ImportError) -> (model: LinearModel, epochs: Int) {
    let matrix = try TrainingMatrix(table, encoding: encoding, rows: rows, place: place)
    let labels = table.values(target) ?? []
    let outputs = task.outputCount
    let work = max(1, 2 * matrix.rowCount * (matrix.denseCount + matrix.sparseWidth) * outputs)
    let epochs = min(settings.epochs, max(20, workLimit / work))
    let loss: TrainingLoss
    var regression: RegressionScale?
    switch task {
    case .binary(let positive): loss = .logistic(rows.map { labels[$0] == Int64(positive) ? 1 << 20 : 0 })
    case .classes(let count): loss = .softmax(rows.map { Int32(labels[$0]) }, classes: count)
    case .regression(let range, let unitShift):
      let scale = RegressionScale(rows.map { labels[$0] }, range: range, unitShift: unitShift)
      regression = scale
      loss = .squared(scale.targets)
    }
    let trainer = LinearTrainer(matrix: matrix, loss: loss, penaltyMicros: settings.penaltyMicros)
    var weights = matrix.weights(from: trainer.fit(epochs: epochs), outputs: outputs)
    if let regression { regression.unscale(&weights) }
    do throws(ProgramError) {
      return (try RealWeights(values: weights).model(encoding: encoding, target: target, task: task), epochs)
    } catch { throw ImportError(error, at: place) }
  }
}

/// The target of a regression, standardised for training.
struct RegressionScale {
  /// (g − μ)/σ in units of 2^−20, g the target on its range in units of 2^−30.
  let targets: [Int32]
  private let mean: Int64
  private let deviation: Int64
  /// Exponent of g's unit in units of the model's score: 2^(b − 30 − unitShift), −30 … −6.
  private let exponent: Int

  init(_ values: [Int64], range: IntegerRange, unitShift: Int) {
    let bits = range.bitCount
    let fixed = values.map { value -> Int64 in
      let offset = value &- range.lower
      return bits <= 30 ? offset << Int64(30 - bits) : offset >> Int64(bits - 30)
    }
    (mean, deviation) = Statistics.moments(fixed, isPresent: nil)
    targets = Statistics.standardised(fixed, isPresent: nil, mean: mean, deviation: deviation, bits: 20)
    exponent = bits - 30 - unitShift
  }

  /// From weights for the standardised target to weights for the score: w·σ and, for the constant (the last), + μ.
  /// |w| < 2^90 and σ·2^24 < 2^48 in score units: products stay below 2^114.
  func unscale(_ weights: inout [Int128]) {
    func inScoreUnits(_ value: Int64) -> Int128 {  // units of 2^−24
      let shift = 24 + exponent
      return shift >= 0 ? Int128(value) << Int128(shift) : Int128(value) >> Int128(-shift)
    }
    let factor = inScoreUnits(deviation)
    for index in weights.indices { weights[index] = (weights[index] >> 24) * factor }
    if let last = weights.indices.last { weights[last] += inScoreUnits(mean) << 24 }
  }
}

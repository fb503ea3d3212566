/// Models that are shown to be near the optimum of their loss: what the claim says, and weights that meet it.

import Programs

/// A problem, weights near its optimum, and what can be claimed of them.
public struct OptimumFitting: Sendable {
  public let problem: OptimumProblem
  public let model: LinearModel
  public let toleranceBits: Int
  public let radius: PublicFraction
  public let account: OptimumAccount
  /// Of two classes whose intercept has no penalty: what the slopes add up to at least, rounded down to five bits.
  public let curvature: Int64?

  /// Chooses number formats from schema and scores, finds weights unless they are given, and computes the distance that can be claimed.
  ///
  /// The units of the features are those of a process proof: a column of 0 and 1 as it is; a decimal column around 0 in whole numbers; any other
  /// from the middle of its range in a quarter of its width.
  ///
  /// - Parameter model: imported weights; nil: they are found here, by Newton's method over real numbers, and rounded to 32 bits.
  /// - Throws: `.invalidModel` with what problem or plan refuse; `.invalidValue` where the settings' radius is less than can be shown.
  public static func fit(
    _ table: StoredTable, encoding: FeatureEncoding, target: String, task: LinearTask, settings: TrainingSettings, model: LinearModel? = nil,
    place: FilePlace
  ) throws(ImportError) -> OptimumFitting {
    guard table.rowCount > 0 else {
      throw ImportError(.noRows, at: place, found: "no training row", expected: "at least one", remedy: "Train on more rows, or without proof")
    }
    let own: OptimumFitting
    do throws(ProgramError) {
      let search = OptimumFormatSearch(table: table, encoding: encoding, target: target, task: task, settings: settings)
      if let model { own = try search.claim(model) } else { own = try search.claim(try search.solved()) }
    } catch { throw ImportError(error, at: place) }
    guard let text = settings.radius, let radius = TrainingSettings.radius(text) else { return own }
    guard let stated = UpperBound(UInt128(radius.numerator)), let reached = own.account.distance.times(UInt128(radius.denominator)), reached <= stated
    else {
      throw ImportError(
        .invalidValue, at: place, found: "the radius \(text.quoted)",
        expected: "at least \(own.account.distance.text), which the gradient and the errors of the computation leave",
        remedy: model == nil ? "Widen model.training.radius" : "Widen model.training.radius, or import weights that were trained further")
    }
    return OptimumFitting(
      problem: own.problem, model: own.model, toleranceBits: own.toleranceBits, radius: radius, account: own.account, curvature: own.curvature)
  }
}

/// The search for number formats that fit table and model.
private struct OptimumFormatSearch {
  let table: StoredTable
  let encoding: FeatureEncoding
  let target: String
  let task: LinearTask
  let settings: TrainingSettings

  /// The problem with so many fraction bits of scores and probabilities.
  func problem(scoreBits: Int, probabilityBits: Int) throws(ProgramError) -> OptimumProblem {
    let widest = encoding.groups.reduce(0) { width, group in
      guard case .numeric(_, let range) = group, !ProcessTraining.isCentred(group, encoding.schema) else { return width }
      return max(width, range.bitCount - 2)
    }
    var formats = OptimumFormats(
      featureFractionBits: max(12, min(20, widest)), scoreFractionBits: scoreBits, probabilityBits: probabilityBits,
      slopeBits: 18)
    let goal: TrainingTarget
    var intercept = OptimumIntercept.penalised
    switch task {
    case .binary(let positive): goal = .binary(column: target, positive: positive)
    case .classes(let count):
      goal = .classes(column: target, count: count)
      formats.slopeBits = probabilityBits
    case .regression(let range, _):
      // In quarters of the target's range, as a process proof counts it.
      let unit = max(0, range.bitCount - 2)
      formats.scoreFractionBits = max(unit, min(30, probabilityBits))
      formats.scoreBits = min(50, formats.scoreFractionBits + 10)
      goal = .number(column: target, centre: ProcessTraining.middle(range), shift: formats.scoreFractionBits - unit)
      intercept = .eliminated
    }
    return try OptimumProblem(
      features: encoding.groups.map { ProcessTraining.feature($0, encoding.schema, fractionBits: formats.featureFractionBits) }, target: goal,
      formats: formats, penalty: PublicFraction(reducing: settings.penaltyMicros, over: 1_000_000), intercept: settings.intercept ?? intercept)
  }

  /// A model whose weights are the optimum of the problem, rounded. Few fraction bits of scores serve for that: units do not depend on them.
  func solved() throws(ProgramError) -> LinearModel {
    let problem = try problem(scoreBits: 6, probabilityBits: 16)
    let optimum = OptimumSolver(problem, table)
    let weights = optimum.solve()
    var refusal = ProgramError.invalidModel(reason: "no weight format fits")
    for bits in [32, 28, 24] {
      for magnitude in -8...30 {
        do throws(ProgramError) {
          let architecture = try LinearArchitecture.choose(
            encoding: encoding, target: target, task: task, magnitudeBits: magnitude, weightBits: bits)
          let plan = try OptimumPlan(problem, architecture: architecture, schemas: [table.schema], rowCount: table.rowCount)
          return try LinearModel(architecture: architecture, weights: optimum.modelWeights(weights, plan))
        } catch { refusal = error }
      }
    }
    throw refusal
  }

  /// The finest formats in which the weights' scores fit, and what they show.
  func claim(_ model: LinearModel) throws(ProgramError) -> OptimumFitting {
    var refusal = ProgramError.invalidModel(reason: "no number format fits")
    let isNumber = if case .regression = task { true } else { false }
    for probabilityBits in stride(from: 28, through: 16, by: -1) {
      for scoreBits in isNumber ? [11] : Array(stride(from: 11, through: 6, by: -1)) {
        do throws(ProgramError) {
          let problem = try problem(scoreBits: scoreBits, probabilityBits: probabilityBits)
          let plan = try OptimumPlan(problem, architecture: model.architecture, schemas: [table.schema], rowCount: table.rowCount)
          let witness = try OptimumReference(plan).witness(weights: model.weights) { name, part throws(ProgramError) in
            guard let values = table.values(name, part) else { throw .unknownColumn(name) }
            return values
          }
          let largest = witness.gradients.joined().reduce(UInt64(1)) { max($0, $1.magnitude) }
          // −2^t ..< 2^t.
          let bits = 64 - largest.leadingZeroBitCount
          guard bits <= 60 else { throw .invalidModel(reason: "the weights are far from the optimum of the loss") }
          var curvature: Int64?
          if problem.needsCurvature {
            let sum = (witness.columns["slope.0"] ?? []).reduce(0, +)
            let drop = max(0, 59 - sum.leadingZeroBitCount)
            curvature = (sum >> Int64(drop)) << Int64(drop)
          }
          let account = try OptimumAccount(plan, toleranceBits: bits, curvature: curvature)
          return OptimumFitting(
            problem: problem, model: model, toleranceBits: bits, radius: try radius(account.distance), account: account, curvature: curvature)
        } catch { refusal = error }
      }
    }
    throw refusal
  }

  /// The distance rounded up to two digits: a radius that says little more of the gradient than its size.
  private func radius(_ distance: UpperBound) throws(ProgramError) -> PublicFraction {
    var denominator: Int64 = 1
    while denominator <= 1_000_000_000_000 {
      guard let scaled = distance.times(UInt128(denominator)) else { break }
      let value = Int64(clamping: (scaled.units + (UInt128(1) << 64 - 1)) >> 64)
      if value >= 10 || denominator == 1_000_000_000_000 {
        if value <= 1_000_000_000_000 { return PublicFraction(reducing: max(1, value), over: denominator) }
        break
      }
      denominator *= 10
    }
    throw .invalidModel(reason: "the weights are further from the optimum of the loss than can be stated: \(distance.text)")
  }
}

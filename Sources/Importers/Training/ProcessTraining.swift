/// Training in the integers that a claim of type `training` speaks of, so that the run can be proved step by step.

import Hashing
import Programs

/// A run, what it gives, and how many steps it takes.
public struct ProcessTraining: Sendable {
  public let run: TrainingRun
  public let model: LinearModel
  /// The steps of each claim, in order.
  public let segments: [Range<Int>]
  /// The states between the segments: one fewer than these.
  public let checkpoints: [TrainingState]
  public var stepCount: Int { segments.last?.upperBound ?? 0 }

  /// Chooses units and number formats from the schema alone, runs the steps, and rounds the weights to a model's format.
  ///
  /// Units: a column of 0 and 1 as it is; a decimal column around 0 (what standardising gives) in whole numbers; any other from the middle of its
  /// range in a quarter of its width. A score gets as many fraction bits, 11 down to 6, as keep every score of the run in its 16 bits.
  ///
  /// - Throws: `.invalidModel` with what the run refuses.
  public static func fit(
    _ table: StoredTable, encoding: FeatureEncoding, target: String, task: LinearTask, settings: TrainingSettings, seed: Digest, place: FilePlace
  ) throws(ImportError) -> ProcessTraining {
    guard table.rowCount > 0 else {
      throw ImportError(.noRows, at: place, found: "no training row", expected: "at least one", remedy: "Train on more rows, or without proof")
    }
    var refusal = ProgramError.invalidModel(reason: "no number format fits")
    for updateBits in [24, 20, 16] {
      for scoreBits in stride(from: 11, through: 6, by: -1) {
        do throws(ProgramError) {
          let run = try makeRun(table, encoding, target, task, settings, scoreBits: scoreBits, updateBits: updateBits)
          let trainer = try Trainer(run, table, seed: seed)
          let segments = Self.segments(of: trainer.stepCount, count: settings.segments)
          var states = [TrainingState.zero(run)]
          for steps in segments { states.append(try trainer.train(from: states[states.count - 1], steps: steps)) }
          return ProcessTraining(
            run: run, model: try model(run, states[states.count - 1], encoding, target, task), segments: segments,
            checkpoints: Array(states.dropFirst().dropLast()))
        } catch { refusal = error }
      }
    }
    throw ImportError(refusal, at: place)
  }

  /// `total` steps in `count` parts of nearly equal lengths; fewer parts where there are fewer steps.
  static func segments(of total: Int, count: Int) -> [Range<Int>] {
    let parts = max(1, min(count, total))
    return (0..<parts).map { total / parts * $0 + min($0, total % parts)..<total / parts * ($0 + 1) + min($0 + 1, total % parts) }
  }

  private static func makeRun(
    _ table: StoredTable, _ encoding: FeatureEncoding, _ target: String, _ task: LinearTask, _ settings: TrainingSettings, scoreBits: Int,
    updateBits: Int
  ) throws(ProgramError) -> TrainingRun {
    var formats = TrainingFormats(featureFractionBits: 12, scoreFractionBits: scoreBits, updateBits: updateBits)
    let widest = encoding.groups.reduce(0) { width, group in
      guard case .numeric(_, let range) = group, !isCentred(group, encoding.schema) else { return width }
      return max(width, range.bitCount - 2)
    }
    formats.featureFractionBits = max(12, min(20, widest))
    let goal: TrainingTarget
    switch task {
    case .binary(let positive): goal = .binary(column: target, positive: positive)
    case .classes(let count): goal = .classes(column: target, count: count)
    case .regression(let range, _):
      formats.scoreFractionBits = max(scoreBits, range.bitCount - 2)
      formats.scoreBits = min(40, formats.scoreFractionBits + 8)
      goal = .number(column: target, centre: middle(range), shift: formats.scoreFractionBits - max(0, range.bitCount - 2))
    }
    let features = encoding.groups.map { feature($0, encoding.schema, fractionBits: formats.featureFractionBits) }
    return try TrainingRun(
      features: features, target: goal, formats: formats, batchSize: settings.batchSize, epochs: settings.epochs,
      learningRate: settings.learningRate, schedule: settings.schedule, momentum: settings.momentum,
      penalty: PublicFraction(reducing: settings.penaltyMicros, over: 1_000_000 * Int64(max(1, table.rowCount))))
  }

  /// Whether a number already counts in units around 0: a column of 0 and 1, or a decimal one whose range has 0 inside.
  static func isCentred(_ group: FeatureGroup, _ schema: TableSchema) -> Bool {
    guard case .numeric(let column, let range) = group else { return true }
    if range == IntegerRange(0...1) { return true }
    guard case .decimal? = schema.column(column)?.type else { return false }
    return range.lower < 0 && range.upper > 0
  }

  static func feature(_ group: FeatureGroup, _ schema: TableSchema, fractionBits: Int) -> TrainingFeature {
    switch group {
    case .constant: return .constant
    case .presence(let column): return .presence(column: column)
    case .category(let column, let count, let missing): return .category(column: column, classCount: count, missing: missing)
    case .numeric(let column, let range):
      if range == IntegerRange(0...1) { return .number(column: column, centre: 0, shift: fractionBits) }
      if isCentred(group, schema), case .decimal(let scale, _)? = schema.column(column)?.type {
        // 10^scale lies between 2^⌊3.32·scale⌋ and its double.
        return .number(column: column, centre: 0, shift: min(24, max(0, fractionBits - (scale * 332 + 50) / 100)))
      }
      return .number(column: column, centre: middle(range), shift: min(24, max(0, fractionBits - max(0, range.bitCount - 2))))
    }
  }

  static func middle(_ range: IntegerRange) -> Int64 { range.lower + (range.upper - range.lower) / 2 }

  /// The model with the finest weights that fit: 16 bits, or 24 where the largest would be cut.
  private static func model(
    _ run: TrainingRun, _ state: TrainingState, _ encoding: FeatureEncoding, _ target: String, _ task: LinearTask
  ) throws(ProgramError) -> LinearModel {
    var refusal = ProgramError.invalidModel(reason: "no weight format fits")
    for (bits, magnitudes) in [(16, -4...6), (24, 7...23)] {
      for magnitude in magnitudes {
        do throws(ProgramError) {
          return try run.model(
            state, architecture: LinearArchitecture.choose(encoding: encoding, target: target, task: task, magnitudeBits: magnitude, weightBits: bits)
          )
        } catch { refusal = error }
      }
    }
    throw refusal
  }
}

extension PublicFraction {
  /// In lowest terms.
  init(reducing numerator: Int64, over denominator: Int64) {
    var (a, b) = (numerator, denominator)
    while b != 0 { (a, b) = (b, a % b) }
    self.init(numerator / max(1, a), over: denominator / max(1, a))
  }
}

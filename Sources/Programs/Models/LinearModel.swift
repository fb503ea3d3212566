/// A linear model: public architecture and private integer weights.

/// Integer weights for an architecture.
public struct LinearModel: Equatable, Sendable {
  /// The public part.
  public let architecture: LinearArchitecture
  /// [featureCount, outputCount] row-major; the last row, of the constant feature, is the bias.
  public let weights: [Int64]

  /// Checks number and range of the weights.
  /// - Throws: `.invalidModel`.
  public init(architecture: LinearArchitecture, weights: [Int64]) throws(ProgramError) {
    guard weights.count == architecture.weightShape.count else {
      throw .invalidModel(reason: "\(weights.count) weights; the architecture has \(architecture.weightShape.count)")
    }
    guard weights.allSatisfy(architecture.weightRange.contains) else {
      throw .invalidModel(reason: "a weight lies outside \(architecture.weightRange)")
    }
    self.architecture = architecture
    self.weights = weights
  }

  /// The bias: one value per output.
  public var bias: ArraySlice<Int64> { weights.suffix(architecture.task.outputCount) }

  /// Inputs of `LinearArchitecture.program` for a table and this model.
  public func inputs(for table: StoredTable, options: InferenceOptions = InferenceOptions()) -> [InputBinding: [Int64]] {
    var inputs = table.inputs(artefact: options.table)
    inputs[.tensor(artefact: options.weights)] = weights
    return inputs
  }

  /// Runs the program on a table; one row is a table of one row.
  /// - Throws: what the interpreter refuses.
  public func run(_ table: StoredTable, options: InferenceOptions = InferenceOptions()) throws(ProgramError) -> Execution {
    try Interpreter.run(
      architecture.program(rows: table.rowCount, options: options), inputs: inputs(for: table, options: options))
  }
}

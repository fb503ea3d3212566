import Hashing
import Programs

/// The public part of a model of any kind that inference knows.
public enum ModelArchitecture: Hashable, Sendable {
  case linear(LinearArchitecture)
  case trees(TreeArchitecture)

  /// Features and target.
  public var schema: TableSchema {
    switch self {
    case .linear(let architecture): architecture.encoding.schema
    case .trees(let architecture): architecture.schema
    }
  }

  /// Names of the feature columns, in schema order.
  public var features: [String] {
    switch self {
    case .linear(let architecture): architecture.encoding.columns
    case .trees(let architecture): architecture.features
    }
  }

  /// Name of the target column.
  public var target: String {
    switch self {
    case .linear(let architecture): architecture.target
    case .trees(let architecture): architecture.target
    }
  }

  /// Number of classes, nil for a regression.
  public var classCount: Int? {
    switch self {
    case .linear(let architecture): architecture.task.classCount
    case .trees(let architecture): architecture.task.classCount
    }
  }

  /// Whether an output, higher values of which speak for class `positive`, is a score of that class, and where `unit` is given, unit times its
  /// probability: that of a binary model in steps of 2^−16, or the votes of a forest's trees. Outputs of other kinds are not judged.
  public func ranks(_ output: String, positive: Int, unit: Int64?) -> Bool {
    switch self {
    case .linear(let architecture):
      if output.hasPrefix("score.") { return output.hasSameBytes(as: "score.\(positive)") && unit == nil }
      guard case .binary(let own) = architecture.task, output == "probability" || output == "score" else { return unit == nil }
      return own == positive && (unit == nil || output == "probability" && unit == 1 << Int64(LinearArchitecture.probabilityBits))
    case .trees(let architecture):
      if output.hasPrefix("score.") { return output.hasSameBytes(as: "score.\(positive)") && (unit == nil || unit == Int64(architecture.trees)) }
      return unit == nil
    }
  }

  /// Batch inference over the stored columns of a table of `rows` rows.
  public func program(rows: Int, options: InferenceOptions = InferenceOptions()) throws(ProgramError) -> Program {
    switch self {
    case .linear(let architecture): try architecture.program(rows: rows, options: options)
    case .trees(let architecture): try architecture.program(rows: rows, options: options)
    }
  }

  /// Whether a table with this schema has every feature column, name and categories byte by byte, with the same type and missing rule.
  func accepts(_ other: TableSchema) -> Bool {
    features.allSatisfy { name in
      guard let own = schema.column(name), let theirs = other.column(name) else { return false }
      return own.type == theirs.type && own.missing == theirs.missing
    }
  }
}

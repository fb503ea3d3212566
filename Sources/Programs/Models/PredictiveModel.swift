/// A model of any kind that a pipeline makes.
public enum PredictiveModel: Equatable, Sendable {
  case linear(LinearModel)
  case trees(TreeModel)

  /// Features and target.
  public var schema: TableSchema {
    switch self {
    case .linear(let model): model.architecture.encoding.schema
    case .trees(let model): model.architecture.schema
    }
  }

  /// Name of the target column.
  public var target: String {
    switch self {
    case .linear(let model): model.architecture.target
    case .trees(let model): model.architecture.target
    }
  }

  /// Number of classes, nil for a regression.
  public var classCount: Int? {
    switch self {
    case .linear(let model): model.architecture.task.classCount
    case .trees(let model): model.architecture.task.classCount
    }
  }

  /// The class that a score of a model of two classes stands for; nil for models without such a score.
  public var positive: Int? {
    switch self {
    case .linear(let model): if case .binary(let positive) = model.architecture.task { positive } else { nil }
    case .trees(let model): if case .binary(let positive) = model.architecture.task { positive } else { nil }
    }
  }

  /// The linear model; nil for trees.
  public var linear: LinearModel? { if case .linear(let model) = self { model } else { nil } }

  /// Runs the program on a table; one row is a table of one row.
  /// - Throws: what the interpreter refuses.
  public func run(_ table: StoredTable) throws(ProgramError) -> Execution {
    switch self {
    case .linear(let model): try model.run(table)
    case .trees(let model): try model.run(table)
    }
  }
}

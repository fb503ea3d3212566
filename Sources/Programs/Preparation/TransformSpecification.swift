import Hashing

/// A number that a step uses.
public enum Operand: Hashable, Sendable {
  /// mantissa · 10^(−scale), public.
  case number(Int64, scale: Int)
  /// A column of the parameter table; its value stays hidden.
  case parameter(String)

  var canonical: CanonicalValue {
    switch self {
    case .number(let mantissa, let scale): ["number", CanonicalValue(signed: mantissa), CanonicalValue(signed: Int64(scale))]
    case .parameter(let name): ["parameter", .text(name)]
    }
  }
}

/// What an encoding does with a category that the training rows did not contain.
public enum UnseenRule: Hashable, Sendable {
  /// Every category of the schema counts as seen; no parameters are read.
  case allKnown
  /// No column of the one-hot group is 1.
  case zeros
  /// There must be none: the proof shows it.
  case error
  /// One more column (or, for an order, one more code) of this name.
  case other(String)

  var canonical: CanonicalValue {
    switch self {
    case .allKnown: ["all known"]
    case .zeros: ["zeros"]
    case .error: ["error"]
    case .other(let name): ["other", .text(name)]
    }
  }
}

/// How a wide quotient is kept in its declared range.
public enum QuotientLimit: Hashable, Sendable {
  /// A quotient outside is refused: there is no proof for such a table.
  case refuse(IntegerRange)
  /// A quotient outside becomes the nearest bound.
  case saturate(IntegerRange)

  public var range: IntegerRange {
    switch self {
    case .refuse(let range), .saturate(let range): range
    }
  }

  var canonical: CanonicalValue {
    switch self {
    case .refuse(let range): ["refuse", range.canonical]
    case .saturate(let range): ["saturate", range.canonical]
    }
  }
}

/// One step of a column's chain. x is the number before, with t digits after the point. Numbers of different scales are first brought to the
/// larger one, exactly.
public enum TransformStep: Hashable, Sendable {
  /// x where present, else the operand. No effect on a column without missing cells.
  case impute(Operand)
  /// The same for categories: the code of this text, which is added to the categories when it is not among them.
  case imputeCategory(String)
  /// 1 where the cell is missing, else 0.
  case missingIndicator
  /// min(max(x, lower), upper).
  case clip(lower: Operand?, upper: Operand?)
  /// ⌊10^scale·(x − centre) / divisor + 1/2⌋, the divisor at least one unit; standardise, min-max and robust scaling.
  case divide(centre: Operand, divisor: Operand, scale: Int, limit: QuotientLimit)
  /// The number nearest to 10^scale·log(1 + x); x ≥ 0. For more than 2^16 possible values, 1 + x is first cut to its 16 leading bits.
  case logarithm(LogarithmBase, scale: Int)
  /// Number of edges ≤ x.
  case bucketise([Operand])
  /// Place of the category in a public order.
  case ordinal([String], unseen: UnseenRule)
  /// One column of 0 and 1 for each category. Last step only.
  case oneHot(unseen: UnseenRule)

  /// (x − mean) / standard deviation of the parameters of `column`.
  public static func standardise(_ column: String, scale: Int, limit: QuotientLimit) -> TransformStep {
    .divide(centre: .parameter("\(column).mean"), divisor: .parameter("\(column).std"), scale: scale, limit: limit)
  }
  /// (x − minimum) / (maximum − minimum) of the parameters of `column`.
  public static func minMax(_ column: String, scale: Int, limit: QuotientLimit) -> TransformStep {
    .divide(centre: .parameter("\(column).min"), divisor: .parameter("\(column).range"), scale: scale, limit: limit)
  }
  /// (x − median) / interquartile range of the parameters of `column`.
  public static func robust(_ column: String, scale: Int, limit: QuotientLimit) -> TransformStep {
    .divide(centre: .parameter("\(column).median"), divisor: .parameter("\(column).iqr"), scale: scale, limit: limit)
  }

  var canonical: CanonicalValue {
    switch self {
    case .impute(let operand): ["impute", operand.canonical]
    case .imputeCategory(let text): ["impute category", .text(text)]
    case .missingIndicator: ["missing indicator"]
    case .clip(let lower, let upper): ["clip", lower?.canonical ?? ["none"], upper?.canonical ?? ["none"]]
    case .divide(let centre, let divisor, let scale, let limit):
      ["divide", centre.canonical, divisor.canonical, CanonicalValue(signed: Int64(scale)), limit.canonical]
    case .logarithm(let base, let scale): ["logarithm of one plus", .text(base.rawValue), CanonicalValue(signed: Int64(scale))]
    case .bucketise(let edges): ["bucketise", .list(edges.map(\.canonical))]
    case .ordinal(let order, let unseen): ["ordinal", .list(order.map { .text($0) }), unseen.canonical]
    case .oneHot(let unseen): ["one-hot", unseen.canonical]
    }
  }
}

/// One column of the output (a one-hot encoding: several), from one column of the input.
public struct ColumnTransform: Hashable, Sendable {
  /// Name of the output column; of one-hot columns, what their names start with: "name=category".
  public let name: String
  public let source: String
  /// Applied in order; without any the column is copied, missing cells included.
  public let steps: [TransformStep]

  public init(name: String, source: String, steps: [TransformStep]) {
    self.name = name
    self.source = source
    self.steps = steps
  }

  /// A copy.
  public static func copy(_ column: String) -> ColumnTransform { ColumnTransform(name: column, source: column, steps: []) }
}

/// The columns of a table as functions of another's and of fitted parameters, row by row. Columns that are not mentioned are left out.
public struct TransformSpecification: Hashable, Sendable {
  public let columns: [ColumnTransform]

  public init(_ columns: [ColumnTransform]) { self.columns = columns }

  /// Most transforms, and most columns of the output: 4,096.
  public static let maximumCount = 4_096
  /// Most steps of a chain.
  public static let maximumSteps = 16
  /// Most rows of the tables that all steps look up in: 2^20, sixteen logarithms.
  public static let maximumTableRows = 1 << 20
  /// Most hidden edges of a bucketise step.
  public static let maximumHiddenEdges = 64
  /// Most categories of an encoding.
  public static let maximumCategories = 1_024

  public var canonical: CanonicalValue {
    [
      "transform specification/v1",
      .list(columns.map { [.text($0.name), .text($0.source), .list($0.steps.map(\.canonical))] }),
    ]
  }
}

/// What `pipeline.yaml` says about the data phase: split, preparation, statistics, anonymity, disjointness.

import Programs

/// Where the nonce of a split's seed comes from.
public enum NonceSetting: Hashable, Sendable {
  /// None: the seed follows from the commitment alone, which the provider could have made again and again.
  case none
  /// The auditor's bytes.
  case auditor([UInt8])
  /// Public bytes that came out on a date (`2026-11-01` or RFC 3339), e.g. a beacon round.
  case dated([UInt8], date: String)
}

/// How rows are dealt to the training and the test part.
public enum SplitMethod: Hashable, Sendable {
  /// By a seeded order of all rows.
  case random
  /// By a seeded order within each class of a category column; nil: the target.
  case stratified(column: String?)
  /// Rows from a value of a column on are tested: out of time.
  case cutoff(column: String, from: String)
  /// All rows of one value of a column on one side.
  case groups(column: String)
}

/// A split that is proved. The share of test rows is the configuration's `testFraction`.
public struct ProvedSplit: Hashable, Sendable {
  /// How rows are dealt.
  public var method: SplitMethod
  /// What the seed comes from besides the commitment.
  public var nonce: NonceSetting

  /// A split.
  public init(method: SplitMethod = .random, nonce: NonceSetting = .none) {
    self.method = method
    self.nonce = nonce
  }
}

/// One condition on the rows that are used.
public struct FilterSetting: Hashable, Sendable {
  /// The column.
  public var column: String
  /// What its cells must be; a missing cell meets none.
  public var condition: Condition

  /// Conditions, with numbers as written.
  public enum Condition: Hashable, Sendable {
    /// from ≤ value ≤ to; nil: the end of the declared range.
    case between(from: String?, to: String?)
    /// The category.
    case equals(String)
    /// The cell is there.
    case present
  }

  /// A condition.
  public init(column: String, condition: Condition) {
    self.column = column
    self.condition = condition
  }
}

/// What a missing cell becomes.
public enum ImputeSetting: Hashable, Sendable {
  case mean, median, mode
  /// A number or a category, as written.
  case constant(String)
}

/// What an encoding does with categories that no training row has.
public enum UnseenSetting: Hashable, Sendable {
  case zeros, error, known
  /// A column or code of this name for all of them.
  case other(String)
}

/// A bound or an edge.
public enum BoundSetting: Hashable, Sendable {
  /// A number as written.
  case number(String)
  /// A quantile of the training part: numerator / denominator of the way.
  case quantile(numerator: Int, denominator: Int)
}

/// A scaling (x − centre) / divisor of fitted numbers.
public enum ScalingSetting: String, Hashable, Sendable, CaseIterable {
  case standardise
  case minMax = "min-max"
  case robust
}

/// One step of a column's chain.
public enum StepSetting: Hashable, Sendable {
  case impute(ImputeSetting)
  /// Digits after the point of the result, and the largest absolute value that it keeps (as written): beyond, it becomes that value.
  case scaling(ScalingSetting, digits: Int, limit: Int)
  case clip(from: BoundSetting?, to: BoundSetting?)
  case log(base: LogarithmBase, digits: Int)
  case bucketise([BoundSetting])
  case oneHot(unseen: UnseenSetting)
  /// Empty order: the schema's.
  case ordinal([String], unseen: UnseenSetting)
  case missingIndicator
  /// To so many digits after the point, fewer than the column has; negative: to tens, hundreds, ….
  case round(digits: Int)
}

/// What becomes of a column.
public enum ChainSetting: Hashable, Sendable {
  /// Numbers: median where cells are missing, then standardised; categories: one-hot.
  case auto
  /// The column is no feature.
  case drop
  /// These steps in order; none: the column as it is.
  case steps([StepSetting])
}

/// `prepare:`
public struct PreparationSettings: Hashable, Sendable {
  /// Rows that are used: all conditions hold. Applied before the split.
  public var filters: [FilterSetting]
  /// Whether only the first of equal rows is used. Applied after the filters, before the split.
  public var deduplicates: Bool
  /// Chains by column.
  public var columns: [String: ChainSetting]
  /// What becomes of features that `columns` does not list; nil: no column is transformed (rows are filtered only).
  public var others: ChainSetting?

  /// Settings.
  public init(filters: [FilterSetting] = [], deduplicates: Bool = false, columns: [String: ChainSetting] = [:], others: ChainSetting? = .auto) {
    self.filters = filters
    self.deduplicates = deduplicates
    self.columns = columns
    self.others = others
  }

  /// Whether columns are transformed.
  public var transforms: Bool { others != nil || !columns.isEmpty }
}

/// A statistic of one column.
public enum StatisticKind: String, Hashable, Sendable, CaseIterable {
  /// Missing cells.
  case missing
  case mean
  /// Standard deviation.
  case deviation
  /// Its square.
  case variance
  case minimum, maximum, median
  /// First and third.
  case quartiles
  /// Rows of each category.
  case counts
}

/// An interval, both ends as written.
public struct BoundsSetting: Hashable, Sendable {
  public var from: String
  public var to: String

  /// An interval.
  public init(from: String, to: String) {
    self.from = from
    self.to = to
  }
}

/// The share of one class among all rows.
public struct ClassShare: Hashable, Sendable {
  /// The class by name.
  public var name: String
  /// Where its share lies.
  public var bounds: BoundsSetting

  /// A bound of a class.
  public init(name: String, bounds: BoundsSetting) {
    self.name = name
    self.bounds = bounds
  }
}

/// What `statistics:` publishes of one column, or of two.
public enum StatisticSetting: Hashable, Sendable {
  /// The number itself.
  case revealed(column: String, StatisticKind)
  /// Only that it lies in an interval; bounds as written. Of numbers all but `quartiles` and `counts`; `missing` as a share.
  case bounded(column: String, StatisticKind, from: String, to: String)
  /// A quantile, numerator / denominator of the way; without bounds: revealed.
  case quantile(column: String, numerator: Int, denominator: Int, within: BoundsSetting?)
  /// Rows from each edge (a number as written) to below the next, and beyond them; with `share` only that each bin has such a share of the rows.
  case histogram(column: String, edges: [String], share: BoundsSetting?)
  /// That classes of a column have such shares of the rows; nothing about the others.
  case shares(column: String, [ClassShare])
  /// Pearson's correlation of two columns of numbers; without bounds: revealed. Reveals mean and deviation of both.
  case correlation(first: String, second: String, within: BoundsSetting?)
  /// Rows of each pair of categories of two columns.
  case pairs(first: String, second: String)
  /// Only that each pair has such a share of the rows.
  case pairShares(first: String, second: String, BoundsSetting)
}

/// `statistics:`
public enum StatisticsSetting: Hashable, Sendable {
  /// Missing cells; mean and deviation of numbers; counts of categories.
  case auto
  case list([StatisticSetting])
}

/// `anonymity:` every combination of values of these columns that occurs, occurs in `minimum` rows or more.
public struct AnonymitySetting: Hashable, Sendable {
  /// Quasi-identifiers.
  public var columns: [String]
  /// k.
  public var minimum: Int

  /// A setting.
  public init(columns: [String], minimum: Int) {
    self.columns = columns
    self.minimum = minimum
  }
}

/// `disjoint:` what training and test part do not share.
public enum DisjointSetting: Hashable, Sendable {
  /// A whole row.
  case rows
  /// A value of the columns together, e.g. a customer number.
  case key([String])
}

/// Claims about tables as data that a claim file asks for, in names and numbers as written.

import Programs

/// One output column of a transformation, or what is fitted for it.
public struct ColumnRequest: Hashable, Sendable {
  /// Name of the output; of a one-hot encoding the part before `=`.
  public var name: String
  /// The input column.
  public var source: String
  /// Steps in order; none: copied.
  public var steps: [StepSetting]
}

/// A measure with an interval that it shall lie in, or revealed.
public struct MeasureRequest<Kind: Hashable & Sendable>: Hashable, Sendable {
  /// What is measured.
  public var kind: Kind
  /// Lowest and highest value as written; nil: the number itself becomes public.
  public var within: Interval?

  /// Numbers as written.
  public struct Interval: Hashable, Sendable {
    public var from: String
    public var to: String
  }
}

/// Measures of how scores order and estimate a class.
public enum RankingMeasure: String, Hashable, Sendable, CaseIterable {
  /// Area under the ROC curve.
  case auc
  /// Largest distance of the two classes' distributions.
  case ks
  /// Mean squared error of a probability.
  case brier
  /// Mean negative logarithm of the probability of what happened.
  case logLoss = "log-loss"
}

/// Measures of how far predicted numbers lie from labels.
public enum ErrorMeasure: String, Hashable, Sendable, CaseIterable {
  /// Mean squared error.
  case mse
  /// Mean absolute error.
  case mae
  /// Share of the labels' variance that the predictions explain: reveals `mse` and the labels' sum and squares.
  case r2
}

/// A bound on a metric of predicted classes.
public struct MetricBoundRequest: Hashable, Sendable {
  /// Metrics by the names that bundles use.
  public enum Metric: String, Hashable, Sendable, CaseIterable {
    case accuracy, precision, recall, f1, demographicParityDifference, demographicParityRatio, equalOpportunityDifference, equalisedOddsDifference
  }
  /// The metric.
  public var metric: Metric
  /// The class that it is about, by name; nil for accuracy.
  public var selected: String?
  /// The bound as an exact fraction: at least for shares and ratios, at most for differences.
  public var numerator: Int64
  public var denominator: Int64
}

/// How predictions of classes are compared with labels.
public struct ConfusionRequest: Hashable, Sendable {
  public var labels: ClaimColumn
  public var predictions: ClaimColumn
  /// Column that divides the rows into groups.
  public var groups: ClaimColumn?
  /// Numbers at which a new group begins, as written; empty for categories.
  public var bands: [String]
  /// Smaller groups are not shown.
  public var minimumGroup: Int
  /// Bounds; empty: the counts are published.
  public var bounds: [MetricBoundRequest]
}

/// The rows of one group, in place of all rows.
public struct SliceRequest: Hashable, Sendable {
  /// Column that divides the rows into groups.
  public var groups: ClaimColumn
  /// Numbers at which a new group begins, as written; empty for categories.
  public var bands: [String]
  /// The group: a category by name, or the number of a band from 1 on.
  public var group: String
}

/// How scores are compared with labels.
public struct RankingRequest: Hashable, Sendable {
  public var labels: ClaimColumn
  public var scores: ClaimColumn
  /// The class by name.
  public var positive: String
  /// The score that stands for probability 1, as written; nil: scores are only an order.
  public var unit: String?
  public var measures: [MeasureRequest<RankingMeasure>]
  /// Equally wide bins of a calibration table; nil: none.
  public var calibrationBins: Int?
  /// The rows that are measured; nil: all.
  public var slice: SliceRequest?
}

/// One claim about tables. Artefacts go by their names in the store.
public enum TableClaim: Hashable, Sendable {
  /// Every row of a table is in one of two parts, or of k equal ones.
  case split(table: String, parts: [String], PipelineSplit)
  case statistics(table: String, StatisticsSetting)
  case filter(table: String, output: String, [FilterSetting])
  case deduplicate(table: String, output: String)
  case join(left: String, right: String, output: String, key: String)
  /// No columns: whole rows.
  case disjoint(tables: [String], columns: [String])
  case anonymity(table: String, AnonymitySetting)
  /// The parameters that the steps of these columns read.
  case fit(table: String, parameters: String, [ColumnRequest])
  case transform(input: String, parameters: String?, output: String, [ColumnRequest])
  case confusion(ConfusionRequest)
  case ranking(RankingRequest)
  case errors(labels: ClaimColumn, predictions: ClaimColumn, [MeasureRequest<ErrorMeasure>], SliceRequest?)

  /// Artefacts that are made from others, with which this claim begins.
  public var outputs: [String] {
    switch self {
    case .split(_, let parts, _): parts
    case .filter(_, let output, _), .deduplicate(_, let output), .join(_, _, let output, _), .transform(_, _, let output, _): [output]
    case .fit(_, let parameters, _): [parameters]
    case .statistics, .disjoint, .anonymity, .confusion, .ranking, .errors: []
    }
  }

  /// Artefacts that the claim reads.
  public var inputs: [String] {
    switch self {
    case .split(let table, _, _), .statistics(let table, _), .filter(let table, _, _), .deduplicate(let table, _), .anonymity(let table, _),
      .fit(let table, _, _):
      [table]
    case .join(let left, let right, _, _): [left, right]
    case .disjoint(let tables, _): tables
    case .transform(let input, let parameters, _, _): [input] + (parameters.map { [$0] } ?? [])
    case .confusion(let request):
      [request.labels.artefact, request.predictions.artefact] + (request.groups.map { [$0.artefact] } ?? [])
    case .ranking(let request):
      [request.labels.artefact, request.scores.artefact] + (request.slice.map { [$0.groups.artefact] } ?? [])
    case .errors(let labels, let predictions, _, let slice):
      [labels.artefact, predictions.artefact] + (slice.map { [$0.groups.artefact] } ?? [])
    }
  }
}

/// A split as `pipeline.yaml` writes it.
public struct PipelineSplit: Hashable, Sendable {
  public var split: ProvedSplit
  public var testFraction: String
  public var folds: Int?

  /// The split in a configuration of its own.
  public var configuration: PipelineConfiguration {
    var out = PipelineConfiguration(data: "", schema: "", target: "")
    out.provedSplit = split
    out.testFraction = testFraction
    out.folds = folds
    return out
  }
}

/// `pipeline.yaml`: what to run.

import Programs

/// A characteristic that no feature may stand for.
public struct ProtectedColumn: Hashable, Sendable {
  /// The column.
  public let column: String
  /// Where its values are cut into groups, as written (decimal texts, ascending): value < bands[0], bands[0] ≤ value < bands[1], …
  /// Empty: every value is a group of its own.
  public let bands: [String]

  /// A protected column.
  public init(column: String, bands: [String] = []) {
    self.column = column
    self.bands = bands
  }
}

/// What is published about accuracy.
public enum AccuracyClaim: Hashable, Sendable {
  /// Nothing.
  case none
  /// The confusion matrix.
  case revealed
  /// That accuracy is at least numerator / denominator, exactly.
  case atLeast(numerator: Int64, denominator: Int64)
}

/// Whether predictions stay behind a commitment.
public enum PredictionVisibility: String, Hashable, Sendable, CaseIterable {
  case committed
  case `public`
}

/// Whether artefacts that a run commits share one tree.
public enum TreeSharing: String, Hashable, Sendable, CaseIterable {
  /// One tree: smaller proofs; one hiding budget and one lifetime for all of them.
  case shared
  /// A tree and a hiding budget for each.
  case separate
}

/// Kind of model.
public enum ModelKind: String, Hashable, Sendable, CaseIterable {
  /// By the target: two classes logistic, other category columns softmax, numbers linear.
  case auto
  case logistic
  case softmax
  case linear
  /// One decision tree.
  case tree
  /// Several trees, each of rows and features that a seed gives.
  case forest

  /// Whether the model is made of decision trees.
  public var isOfTrees: Bool { self == .tree || self == .forest }
}

/// What is proved of a training.
public enum TrainingProof: String, Hashable, Sendable, CaseIterable {
  /// Nothing: the model is committed as it is.
  case none
  /// Every step: mini-batch descent, in the order of rows that a seed gives.
  case process
  /// That the weights are near the optimum of their penalised loss, whoever found them.
  case optimum
}

/// Settings of the built-in training.
public struct TrainingSettings: Hashable, Sendable {
  /// Passes over the training rows.
  public var epochs: Int
  /// Ridge penalty R as a decimal text: R/2 · |weights|² beside the sum of the losses.
  public var regularisation: String
  /// What is proved. The settings below are those of a training that is.
  public var proof = TrainingProof.none
  public var batchSize = 32
  public var learningRate = PublicFraction(1, over: 20)
  public var momentum = PublicFraction(9, over: 10)
  public var schedule = TrainingSchedule.linear
  /// Claims that the steps are cut into; each but the last ends at a committed checkpoint.
  public var segments = 1
  /// Of a proof of the optimum: the distance that is claimed, as a decimal text; nil: what gradient and errors leave, rounded up.
  public var radius: String?
  /// Of a proof of the optimum: what becomes of the intercept; nil: a classification penalises it, a number minimises it out.
  public var intercept: OptimumIntercept?

  /// Settings; the defaults suit a few thousand rows and a few dozen columns.
  public init(epochs: Int = 300, regularisation: String = "1.0") {
    self.epochs = epochs
    self.regularisation = regularisation
  }
}

/// Where the model comes from.
public enum ModelSource: Hashable, Sendable {
  /// Fitted by the tool.
  case training(TrainingSettings)
  /// Coefficients of a CSV or NPZ file.
  case coefficients(path: String)
  /// Decision trees, grown by the tool.
  case trees(TreeSettings)
}

/// A pipeline file. Paths are as written: relative to the file's own folder.
public struct PipelineConfiguration: Equatable, Sendable {
  /// The CSV file; empty with `rawArtefact`.
  public var data: String
  /// The schema file.
  public var schema: String
  /// The column that is predicted.
  public var target: String
  /// For two classes: the class whose probability the model gives; nil: the last category.
  public var positive: String?
  /// Protected characteristics.
  public var protected: [ProtectedColumn]
  /// Columns that are not features, besides the target and the protected ones.
  public var excluded: [String]
  /// Part of the rows that is tested, as a decimal text in 0 … 1. Of a split by groups: part of the groups; of a cut-off: not used.
  public var testFraction: String
  /// Seed of the split that is not proved.
  public var seed: UInt64
  /// Kind of model.
  public var kind: ModelKind
  /// Where its weights come from.
  public var source: ModelSource
  /// Whether the weights, fitted or imported, are proved to be near an optimum, and of what.
  public var optimum: TrainingSettings?
  /// Claim about accuracy.
  public var accuracy: AccuracyClaim
  /// Visibility of predictions.
  public var predictions: PredictionVisibility
  /// Whether an accuracy bound is published without the class counts.
  public var hidesClassCounts: Bool
  /// Lifetime number of proofs of an artefact.
  public var openings: Int
  /// Whether what a run commits shares one tree.
  public var trees: TreeSharing
  /// Name in the store of the committed table that is used in place of a CSV file; `data` and `schema` are empty then.
  public var rawArtefact: String?
  /// Tables whose columns are joined to it by a key, in order.
  public var joins: [JoinSetting]
  /// A split that is proved; nil: by `seed`, unproved.
  public var provedSplit: ProvedSplit?
  /// The test part is the last of so many equal parts of the seeded order; nil: `testFraction` of it.
  public var folds: Int?
  /// What is done to rows and columns before the model sees them; nil: it reads the table as it is.
  public var preparation: PreparationSettings?
  /// What is published about the table's columns.
  public var statistics: StatisticsSetting?
  /// k-anonymity of the table.
  public var anonymity: AnonymitySetting?
  /// What training and test part do not share.
  public var disjoint: DisjointSetting?
  /// Metrics that are claimed beside the accuracy.
  public var metrics: [MetricSetting]
  /// Comparisons of groups that are claimed.
  public var fairness: FairnessSettings?
  /// Metrics of single groups that are claimed.
  public var slices: SliceSettings?
  /// Name of the provider's key in the store that signs the bundle; nil: unsigned unless the command line names one.
  public var signingKey: String?

  /// A configuration with the defaults of a new file.
  public init(data: String, schema: String, target: String) {
    self.data = data
    self.schema = schema
    self.target = target
    positive = nil
    protected = []
    excluded = []
    testFraction = "0.25"
    seed = 1
    kind = .auto
    source = .training(TrainingSettings())
    optimum = nil
    accuracy = .revealed
    predictions = .committed
    hidesClassCounts = false
    openings = 20
    trees = .shared
    signingKey = nil
    rawArtefact = nil
    joins = []
    provedSplit = nil
    folds = nil
    preparation = nil
    statistics = nil
    anonymity = nil
    disjoint = nil
    metrics = []
    fairness = nil
    slices = nil
  }

  /// Whether the table is committed and the split proved: the data phase.
  public var hasDataPhase: Bool { provedSplit != nil }
}

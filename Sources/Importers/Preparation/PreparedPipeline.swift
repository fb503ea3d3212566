/// From a pipeline file to tables, features and an integer model: everything that happens before a model is committed.

import Programs

/// A pipeline ready to run.
public struct PreparedPipeline: Sendable {
  /// The pipeline with its table.
  public let loaded: LoadedPipeline
  /// The rows that are split: all of `loaded`, or those that filters leave.
  public let table: StoredTable
  /// Which rows of `table` are trained on and tested.
  public let split: RowSplit
  /// What is done to the columns, in order; none: the model reads the table as it is.
  public let stages: [PreparationStage]
  /// The features.
  public let encoding: FeatureEncoding
  /// The model.
  public private(set) var model: PredictiveModel
  /// Epochs of the training; nil for an imported model and for trees.
  public let epochs: Int?
  /// What a reader should know about the preparation, one sentence each.
  public let notes: [String]

  /// The pipeline file.
  public var configuration: PipelineConfiguration { loaded.configuration }
  /// Rows left out because their target is missing.
  public var droppedRowCount: Int { loaded.droppedRowCount }
  /// Test rows before any preparation of columns.
  public var rawTestTable: StoredTable { table.selecting(rows: split.test) }
  /// Training rows before any preparation of columns (possibly without rows).
  public var rawTrainingTable: StoredTable { table.selecting(rows: split.training) }
  /// Test rows as the model reads them.
  public var testTable: StoredTable { stages.last?.test ?? rawTestTable }
  /// Training rows as the model reads them (possibly without rows).
  public var trainingTable: StoredTable { stages.last?.training ?? rawTrainingTable }

  /// The same with another model: one that was trained by a seed, after the training rows were committed.
  public func replacing(model: PredictiveModel) -> PreparedPipeline {
    var out = self
    out.model = model
    return out
  }

  /// Prepares a pipeline.
  ///
  /// - Parameters:
  ///   - table: the rows that are split; nil: all.
  ///   - split: how; nil: by the seed of the configuration.
  /// - Throws: file, place, expectation and remedy of the first thing that is wrong.
  public init(_ loaded: LoadedPipeline, table: StoredTable? = nil, split: RowSplit? = nil) throws(ImportError) {
    let configuration = loaded.configuration
    let place = FilePlace(file: loaded.file)
    let table = table ?? loaded.table
    guard let fraction = RowSplit.fraction(configuration.testFraction) else {
      throw ImportError(
        .invalidValue, at: place, found: "the test fraction \(configuration.testFraction.quoted)", expected: "a number from 0 to 1",
        remedy: "Correct split.test")
    }
    let split = split ?? RowSplit(rowCount: table.rowCount, seed: configuration.seed, fraction: fraction)
    var (training, test) = (table.selecting(rows: split.training), table.selecting(rows: split.test))
    var notes: [String] = []
    var stages: [PreparationStage] = []
    var features = loaded.features
    if let preparation = configuration.preparation, preparation.transforms {
      var bins: Int?
      if case .trees(let settings) = configuration.source { bins = settings.bins }
      var planner = PreparationPlanner(preparation, features: loaded.features, target: configuration.target, file: loaded.file, bins: bins)
      stages = try planner.run(training: training, test: test)
      notes += planner.notes
      if let last = stages.last { (training, test) = (last.training, last.test) }
      features = training.schema.columns.map(\.name).filter { $0 != configuration.target }
    }
    if features.isEmpty {
      notes.append(
        "the model has no feature: without the target, protected, excluded and dropped columns nothing is left, and all rows get one answer")
    }
    do throws(ProgramError) { encoding = try FeatureEncoding(schema: training.schema, columns: features) } catch {
      throw ImportError(error, at: place)
    }
    switch configuration.source {
    case .training(let settings):
      let fitted = try ModelFitting.fit(
        training, rows: Array(0..<training.rowCount), encoding: encoding, target: configuration.target, task: loaded.task, settings: settings,
        place: place)
      model = .linear(fitted.model)
      epochs = fitted.epochs
      if split.training.count + split.test.count >= 2, let warning = RowSplit.warning(training: training.rowCount, test: test.rowCount) {
        notes.append(warning)
      }
      if split.training.isEmpty { notes.append("there is no training row: the model has only zero weights") }
      if fitted.epochs < settings.epochs {
        notes.append("\(fitted.epochs) of \(settings.epochs) epochs are run, because the table is large")
      }
    case .coefficients(let path):
      guard let coefficients = loaded.coefficients else {
        throw ImportError(
          .invalidModel, at: FilePlace(file: path), found: "no coefficients", expected: "a CSV or NPZ file", remedy: "Check model.import")
      }
      let imported = try coefficients.model(
        encoding: encoding, target: configuration.target, task: loaded.task, fine: configuration.optimum != nil)
      model = .linear(imported)
      epochs = nil
      if test.rowCount > 0 { notes.append(try RoundingComparison(coefficients, model: imported, table: test).words) }
    case .trees(let settings):
      model = .trees(try TreeFitting.tree(training, features: features, target: configuration.target, settings: settings, place: place))
      epochs = nil
    }
    if loaded.droppedRowCount > 0 { notes.append("\(loaded.droppedRowCount) rows without a target are left out") }
    self.loaded = loaded
    self.table = table
    self.split = split
    self.stages = stages
    self.notes = notes
  }
}

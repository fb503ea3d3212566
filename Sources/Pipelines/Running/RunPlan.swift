import Claims
import Evidence
import Importers
import Programs

/// Which artefacts and claims a pipeline asks for.
struct RunPlan {
  let prepared: PreparedPipeline
  /// Prefix of the artefacts' names in the store.
  let project: String
  /// What comes before the model; nil for a pipeline whose split is not proved.
  let phase: DataPhase?
  /// The training of the model, where its steps are proved: claims that hand over checkpoints.
  var trainings: [TrainingClaim] = []
  /// The tables that they hand over, in order.
  var checkpoints: [(name: String, table: StoredTable)] = []
  /// The certificate of the trees, where there is one.
  var treeTraining: TreeTrainingClaim?
  /// That the model is near an optimum, where that is proved.
  var optimum: OptimumClaim?
  /// Rows of a group that is shown, in place of the pipeline file's number.
  var smallestGroup: Int?

  /// The table that the model is tested on.
  var testName: String { phase?.modelInput ?? Self.test }
  static let test = "test"
  /// Name of the table that a segment of the training ends with, counted from 0.
  static func checkpoint(_ index: Int) -> String { "checkpoint-\(index + 1)" }
  static let model = "model"
  static let predictions = "predictions"
  static let predictionColumn = "prediction"

  init(_ prepared: PreparedPipeline, project: String, phase: DataPhase? = nil) {
    self.prepared = prepared
    self.project = project
    self.phase = phase
  }

  func storedName(_ name: String) -> String { "\(project).\(name)" }

  private var isClassifier: Bool { prepared.model.classCount != nil }
  /// Most classes that the accuracy can be claimed of: 256 when the confusion matrix is published, which then has 65,536 numbers, else the 1,024
  /// of the table of all pairs of classes (2^20 rows). Together with the model's scores a verifier's bound on costs (`StatementCaps`) may be lower.
  var maximumClasses: Int { prepared.configuration.accuracy == .revealed ? 256 : 1_024 }
  /// The target has so many classes that this accuracy cannot be claimed.
  var hasTooManyClasses: Bool { (prepared.model.classCount ?? 0) > maximumClasses }
  private var claimsAccuracy: Bool { prepared.configuration.accuracy != .none && isClassifier && !hasTooManyClasses }
  /// Predictions are committed unless they are published and nothing is claimed about them.
  private var commitsPredictions: Bool { prepared.configuration.predictions == .committed || claimsAccuracy || claimsMetrics }

  /// The predictions as a table: the target's classes, or numbers in the range that the model can reach; beside them scores that a metric needs.
  func predictions(_ execution: Execution) throws -> StoredTable {
    let model = prepared.model
    guard let values = execution.output(Self.predictionColumn), let node = execution.program.output(Self.predictionColumn),
      let target = model.schema.column(model.target)
    else { throw PipelineError(.fault, "The model gives no predictions.", remedy: "Report this as a defect.") }
    let type: ColumnType
    switch target.type {
    case .category: type = target.type
    case .integer: type = .integer(try execution.program.analyse()[node].range)
    case .decimal(let scale, _): type = .decimal(scale: scale, range: try execution.program.analyse()[node].range)
    }
    let prediction = TableColumn(name: Self.predictionColumn, type: type)
    let scores = try scoreColumns(execution)
    let schema = try TableSchema(columns: [prediction] + scores.map(\.column))
    return try StoredTable(schema: schema, columns: [values] + scores.map(\.values))
  }

  /// How good the predictions are, for the person who runs the pipeline.
  func outcome(_ predictions: StoredTable, test: StoredTable) -> String {
    let model = prepared.model
    guard let predicted = predictions.columns.first, let labels = test.values(model.target) else { return "" }
    guard let classes = model.classCount else {
      var digits = 0
      if case .decimal(let scale, _)? = test.schema.column(model.target)?.type { digits = scale }
      let summary = RegressionSummary(labels: labels, predictions: predicted, digits: digits)
      return
        "\(predicted.count) rows, mean absolute error \(Self.short(summary.meanAbsoluteError)), R² \(Self.short(summary.rSquared)) (not published)"
    }
    var counts = [Int64](repeating: 0, count: classes * classes)
    for (label, prediction) in zip(labels, predicted) { counts[Int(label) * classes + Int(prediction)] += 1 }
    guard let summary = AccuracySummary(confusion: counts, classCount: classes) else { return "\(predicted.count) rows" }
    let published = prepared.configuration.accuracy == .revealed ? "" : " (not published)"
    return "\(summary.correct) of \(summary.count) test rows correct\(published)"
  }

  private static func short(_ value: Double) -> String {
    let rounded = (value * 1_000).rounded() / 1_000
    return "\(rounded)"
  }

  /// What is committed, in the order of the bundle.
  func artefacts<E>(test: StoredTable, predictions: StoredTable, _ field: E.Type) -> [ArtefactVault<E>.Part] {
    func part(_ name: String, _ role: String, _ values: ArtefactValues) -> ArtefactVault<E>.Part {
      ArtefactVault<E>.Part(storedName: storedName(name), name: name, role: role, values: values)
    }
    let tables = phase?.artefacts.map { part($0.name, $0.role, $0.values) } ?? [part(Self.test, "testSet", .table(test))]
    return tables + checkpoints.map { part($0.name, "checkpoint", .table($0.table)) } + [part(Self.model, "model", ArtefactValues(prepared.model))]
      + (commitsPredictions ? [part(Self.predictions, "predictions", .table(predictions))] : [])
  }

  /// Whether what is committed shares one tree.
  var trees: TreeUse { prepared.configuration.trees == .shared ? .shared : .separate }

  /// The claims about model and predictions, in the order of the bundle.
  func requests() throws -> [(name: String, request: ClaimRequest)] { answers + (try metricRequests()) }

  private var answers: [(name: String, request: ClaimRequest)] {
    let tables = phase?.artefacts.map(\.name) ?? [Self.test]
    var out: [(name: String, request: ClaimRequest)] = (tables + checkpoints.map(\.name) + [Self.model]).map {
      ("\($0)-well-formed", .wellFormed(artefact: $0))
    }
    if commitsPredictions {
      out.append(("predictions-well-formed", .wellFormed(artefact: Self.predictions)))
      out.append(("inference", inference { .committed(artefact: Self.predictions, column: $0) }))
    }
    if prepared.configuration.predictions == .public { out.append(("published-predictions", inference { _ in .published })) }
    guard claimsAccuracy else { return out }
    let labels = ClaimStatement.ColumnName(artefact: testName, column: prepared.model.target)
    let predictions = ClaimStatement.ColumnName(artefact: Self.predictions, column: Self.predictionColumn)
    switch prepared.configuration.accuracy {
    case .none: break
    case .revealed: out.append(("accuracy", .accuracy(labels: labels, predictions: predictions, .revealed)))
    case .atLeast(let numerator, let denominator):
      // A threshold means little without the majority-class baseline, which needs the class counts.
      if !prepared.configuration.hidesClassCounts { out.append(("class-counts", .classCounts(labels))) }
      out.append(
        ("accuracy", .accuracy(labels: labels, predictions: predictions, .atLeast(numerator: numerator, denominator: denominator))))
    }
    return out
  }

  /// The model's prediction for every test row; the scores that metrics need only where the prediction is committed.
  private func inference(_ output: (String) -> RequestedOutput) -> ClaimRequest {
    var outputs = [Self.predictionColumn: output(Self.predictionColumn)]
    for (score, _) in scoreOutputs { if case .committed = output(score) { outputs[score] = output(score) } }
    return .inference(model: Self.model, input: .table(testName), outputs: outputs)
  }
}

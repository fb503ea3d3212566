import Claims
import Evidence
import Importers
import Programs

/// What the data phase commits beside its source, and what it claims.
struct DataPhase {
  let prepared: PreparedPipeline
  let rule: SplitRule
  /// Bundle names of the table with all columns and rows and of the table that is split, and the first of them.
  let raw: String, source: String
  let rawTable: StoredTable

  static let train = "train"
  static let test = "test"

  private var stageCount: Int { prepared.stages.count }

  /// Name of the training or test rows after a stage (−1: before any).
  func name(_ part: String, after stage: Int) -> String {
    if stage < 0 { return part }
    return stage == stageCount - 1 ? "\(part)-prepared" : "\(part)-stage-\(stage + 1)"
  }

  /// Name of the parameters of a stage.
  func parametersName(_ stage: Int) -> String { stageCount == 1 ? "parameters" : "parameters-\(stage + 1)" }

  /// Name of the table that the model is tested on.
  var modelInput: String { name(Self.test, after: stageCount - 1) }

  /// Name of the table that the model is trained on.
  var trainingInput: String { name(Self.train, after: stageCount - 1) }

  /// What is committed: name, role and values.
  var artefacts: [(name: String, role: String, values: ArtefactValues)] {
    var out: [(String, String, ArtefactValues)] = [
      (Self.train, "trainingSet", .table(prepared.rawTrainingTable)), (Self.test, "testSet", .table(prepared.rawTestTable)),
    ]
    for (index, stage) in prepared.stages.enumerated() {
      if let parameters = stage.parameters { out.append((parametersName(index), "fittedParameters", .table(parameters))) }
      let isLast = index == stageCount - 1
      out.append((name(Self.train, after: index), isLast ? "trainingSet" : "intermediate", .table(stage.training)))
      out.append((name(Self.test, after: index), isLast ? "testSet" : "intermediate", .table(stage.test)))
    }
    return out
  }

  /// The claims, well-formedness aside, in the order of the bundle.
  ///
  /// - Returns: the claims, and what a reader should know about those that are left out.
  /// - Throws: `ImportError`, `PipelineError` for what is not so.
  func claims() throws -> (claims: [(name: String, statement: ClaimStatement)], notes: [String]) {
    let statements = DataStatements(configuration: prepared.configuration, file: prepared.loaded.file)
    var out: [(name: String, statement: ClaimStatement)] = []
    let (statistics, notes) = try statements.statistics(raw, rawTable)
    if let statistics { out.append(("statistics", statistics)) }
    if let anonymity = try statements.anonymity(raw, rawTable) { out.append(("anonymity", anonymity)) }
    out.append(("split", .data(.split(SplitClaim(table: source, parts: [Self.train, Self.test], rule: rule)))))
    if let disjoint = try statements.disjoint((Self.train, prepared.rawTrainingTable), (Self.test, prepared.rawTestTable)) {
      out.append(("disjoint", disjoint))
    }
    var input = prepared.rawTrainingTable
    for (index, stage) in prepared.stages.enumerated() {
      let suffix = stageCount == 1 ? "" : "-\(index + 1)"
      if let fit = stage.fit {
        let claim = FitClaim(
          table: name(Self.train, after: index - 1), parameters: parametersName(index), specification: fit,
          presentCounts: try fit.presentCounts(input))
        out.append(("fit\(suffix)", .data(.fit(claim))))
      }
      for part in [Self.train, Self.test] {
        let claim = TransformClaim(
          input: name(part, after: index - 1), parameters: stage.parameters == nil ? nil : parametersName(index), output: name(part, after: index),
          specification: stage.transform)
        out.append(("transform-\(part)\(suffix)", .data(.transform(claim))))
      }
      input = stage.training
    }
    return (out, notes)
  }
}

/// A pipeline whose files have been read and checked: everything that does not depend on how the rows are split.

import Programs

/// Pipeline file, table and tasks.
public struct LoadedPipeline: Sendable {
  /// The pipeline file.
  public let configuration: PipelineConfiguration
  /// All rows of the data (those without a target left out).
  public let table: StoredTable
  /// Rows left out because their target is missing.
  public let droppedRowCount: Int
  /// Columns that the model may use, in schema order.
  public let features: [String]
  /// What is predicted.
  public let task: LinearTask
  /// Coefficients to import; nil when the model is fitted.
  public let coefficients: CoefficientFile?
  /// The pipeline's name in errors.
  public let file: String

  /// Reads the files of a pipeline and checks it.
  ///
  /// - Parameters:
  ///   - path: the pipeline file; paths in it are relative to its folder.
  ///   - received: the table of an artefact of the store, for `raw: {artefact: …}`.
  /// - Throws: `ImportError` with file, place, expectation and remedy of the first thing that is wrong; what `received` throws.
  public static func load(path: String, received: (String) throws -> StoredTable) throws -> LoadedPipeline {
    let configuration = try PipelineConfiguration.read(path: path)
    let folder = FilePaths.parent(of: path)
    func resolve(_ relative: String) -> String {
      relative.hasPrefix("/") ? relative : FilePaths.join(folder, relative)
    }
    var coefficients: CoefficientFile?
    if case .coefficients(let file) = configuration.source { coefficients = try CoefficientFile.read(path: resolve(file)) }
    if let artefact = configuration.rawArtefact {
      return try LoadedPipeline(
        configuration: configuration, imported: ImportedTable(table: try received(artefact), droppedRowCount: 0), coefficients: coefficients,
        file: path)
    }
    let document = try SchemaDocument.read(path: resolve(configuration.schema))
    let imported = try TableReader.read(path: resolve(configuration.data), document: document)
    return try LoadedPipeline(configuration: configuration, imported: imported, coefficients: coefficients, file: path)
  }

  /// Checks a pipeline whose files have been read; `file` names the pipeline in errors.
  public init(
    configuration: PipelineConfiguration, imported: ImportedTable, coefficients: CoefficientFile? = nil, file: String
  ) throws(ImportError) {
    let table = imported.table
    guard table.rowCount > 0 else {
      throw ImportError(
        .noRows, at: FilePlace(file: configuration.rawArtefact ?? configuration.data), found: "no row with a target", expected: "at least one row",
        remedy: "Check the data")
    }
    features = try Self.features(configuration, schema: table.schema, file: file)
    try ProtectedColumns.check(features: features, protected: configuration.protected, table: table, file: file)
    task = try Self.task(configuration, schema: table.schema, file: file)
    try MetricCheck.check(configuration, schema: table.schema, task: task, file: file)
    if let preparation = configuration.preparation {
      try PreparationPlanner.check(preparation, features: features, schema: table.schema, file: file)
    }
    self.configuration = configuration
    self.table = table
    droppedRowCount = imported.droppedRowCount
    self.coefficients = coefficients
    self.file = file
  }

  /// All columns but the target, the protected and the excluded ones.
  static func features(
    _ configuration: PipelineConfiguration, schema: TableSchema, file: String
  ) throws(ImportError) -> [String] {
    let names = schema.columns.map(\.name)
    for (key, name) in configuration.excluded.map({ ("exclude", $0) }) + [("target", configuration.target)] where !names.contains(name) {
      throw ImportError(
        .unknownColumn, at: FilePlace(file: file, column: name), found: "\(key) names a column that the schema does not have",
        expected: "a column of the schema", remedy: "Did you mean \(YAMLGroup.nearest(name, among: names).quoted)")
    }
    let left = Set(configuration.excluded).union(configuration.protected.map(\.column)).union([configuration.target])
    return names.filter { !left.contains($0) }
  }

  static func task(
    _ configuration: PipelineConfiguration, schema: TableSchema, file: String
  ) throws(ImportError) -> LinearTask {
    func refuse(_ problem: ImportProblem, _ found: String, _ expected: String, _ remedy: String) -> ImportError {
      ImportError(problem, at: FilePlace(file: file, column: configuration.target), found: found, expected: expected, remedy: remedy)
    }
    guard let column = schema.column(configuration.target) else {
      throw refuse(.unknownColumn, "a target that the schema does not have", "a column of the schema", "Correct target")
    }
    guard column.missing == .refuse else {
      throw refuse(.invalidTarget, "a target with missing: presence", "missing: drop", "Set missing: drop for the target in the schema")
    }
    switch (column.type, configuration.kind) {
    case (.category(let names), .auto), (.category(let names), .logistic), (.category(let names), .softmax):
      if let positive = configuration.positive, !names.contains(positive) {
        throw refuse(
          .unknownCategory, "the positive class \(positive.quoted)", "one of \(names.prefix(20).map(\.quoted).joined(separator: ", "))",
          "Did you mean \(YAMLGroup.nearest(positive, among: names).quoted)")
      }
      if configuration.kind == .logistic, names.count != 2 {
        throw refuse(.invalidModel, "\(names.count) classes", "two classes for kind: logistic", "Use kind: softmax")
      }
      if names.count != 2 || configuration.kind == .softmax { return .classes(count: names.count) }
      return .binary(positive: configuration.positive.flatMap { names.firstIndex(of: $0) } ?? 1)
    case (.integer(let range), .auto), (.integer(let range), .linear), (.decimal(_, let range), .auto), (.decimal(_, let range), .linear):
      guard configuration.accuracy == .none else {
        throw refuse(.invalidValue, "an accuracy claim for a numeric target", "claims.accuracy: none", "Set accuracy: none")
      }
      return .regression(target: range, unitShift: LinearArchitecture.unitShift(for: range))
    case (.category, .linear):
      throw refuse(.invalidModel, "a category target", "a numeric target for kind: linear", "Use kind: auto")
    default: throw refuse(.invalidModel, "a numeric target", "a category target for this kind", "Use kind: auto")
    }
  }
}

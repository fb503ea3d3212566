/// A pipeline whose files have been read and checked: everything that does not depend on how the rows are split.

import Programs

/// Pipeline file, table and tasks.
public struct LoadedPipeline: Sendable {
  /// The pipeline file.
  public let configuration: PipelineConfiguration
  /// All rows of the data (those without a target left out), with the columns of joined tables.
  public let table: StoredTable
  /// The same rows before any join.
  public let rawTable: StoredTable
  /// Tables that are joined to it, in order.
  public let joins: [JoinedTable]
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
  ///   - received: the table of an artefact of the store, for `raw: {artefact: …}` (nil) and for the joins, by their place in the list.
  /// - Throws: `ImportError` with file, place, expectation and remedy of the first thing that is wrong; what `received` throws.
  public static func load(path: String, received: (_ artefact: String, _ join: Int?) throws -> StoredTable) throws -> LoadedPipeline {
    let configuration = try PipelineConfiguration.read(path: path)
    let folder = FilePaths.parent(of: path)
    func resolve(_ relative: String) -> String {
      relative.hasPrefix("/") ? relative : FilePaths.join(folder, relative)
    }
    var coefficients: CoefficientFile?
    if case .coefficients(let file) = configuration.source { coefficients = try CoefficientFile.read(path: resolve(file)) }
    func read(_ data: String, _ schema: String) throws -> ImportedTable {
      try TableReader.read(path: resolve(data), document: try SchemaDocument.read(path: resolve(schema)))
    }
    let imported =
      if let artefact = configuration.rawArtefact {
        ImportedTable(table: try received(artefact, nil), droppedRowCount: 0)
      } else {
        try read(configuration.data, configuration.schema)
      }
    let others = try configuration.joins.enumerated().map { index, join in
      switch join.source {
      case .artefact(let name): try received(name, index)
      case .file(let data, let schema): try read(data, schema).table
      }
    }
    return try LoadedPipeline(configuration: configuration, imported: imported, joining: others, coefficients: coefficients, file: path)
  }

  /// Checks a pipeline whose files have been read; `others` are the tables of its joins, `file` names the pipeline in errors.
  public init(
    configuration: PipelineConfiguration, imported: ImportedTable, joining others: [StoredTable] = [], coefficients: CoefficientFile? = nil,
    file: String
  ) throws(ImportError) {
    var table = imported.table
    rawTable = table
    var joins: [JoinedTable] = []
    for (setting, other) in zip(configuration.joins, others) {
      let joined = try JoinedTable(setting, left: table, right: other, file: file)
      table = joined.result
      joins.append(joined)
    }
    self.joins = joins
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

  /// All columns but the target, the keys of joins, the protected and the excluded ones.
  static func features(
    _ configuration: PipelineConfiguration, schema: TableSchema, file: String
  ) throws(ImportError) -> [String] {
    let names = schema.columns.map(\.name)
    for (key, name) in configuration.excluded.map({ ("exclude", $0) }) + [("target", configuration.target)] where !names.contains(name) {
      throw ImportError(
        .unknownColumn, at: FilePlace(file: file, column: name), found: "\(key) names a column that the schema does not have",
        expected: "a column of the schema", remedy: "Did you mean \(YAMLGroup.nearest(name, among: names).quoted)")
    }
    let left = Set(configuration.excluded).union(configuration.protected.map(\.column)).union([configuration.target]).union(
      configuration.joins.map(\.key))
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
    if configuration.kind.isOfTrees, case .category(let names) = column.type {
      if let positive = configuration.positive, !names.contains(positive) {
        throw refuse(.unknownCategory, "the positive class \(positive.quoted)", "a category of the target", "Correct positive")
      }
      // The votes of two classes are two scores, too.
      return .classes(count: names.count)
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
    case (.integer(let range), .auto), (.integer(let range), .linear), (.decimal(_, let range), .auto), (.decimal(_, let range), .linear),
      (.integer(let range), .tree), (.integer(let range), .forest), (.decimal(_, let range), .tree), (.decimal(_, let range), .forest):
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

/// From a pipeline file to tables, features and an integer model: everything that happens before anything is committed.

import Foundation
import Programs

/// A pipeline ready to run.
public struct PreparedPipeline: Sendable {
  /// The pipeline file.
  public let configuration: PipelineConfiguration
  /// The schema file.
  public let document: SchemaDocument
  /// All rows of the data (those without a target left out).
  public let table: StoredTable
  /// Rows left out because their target is missing.
  public let droppedRowCount: Int
  /// Which rows of `table` are trained on and tested.
  public let split: RowSplit
  /// The features.
  public let encoding: FeatureEncoding
  /// The model.
  public let model: LinearModel
  /// Epochs of the training; nil for an imported model.
  public let epochs: Int?
  /// What a reader should know about the preparation, one sentence each.
  public let notes: [String]

  /// Test rows as a table.
  public var testTable: StoredTable { table.selecting(rows: split.test) }
  /// Training rows as a table (possibly without rows).
  public var trainingTable: StoredTable { table.selecting(rows: split.training) }

  /// Reads the files of a pipeline, checks it and fits or imports its model.
  ///
  /// - Parameter path: the pipeline file; paths in it are relative to its folder.
  /// - Throws: file, place, expectation and remedy of the first thing that is wrong.
  public static func load(path: String) throws(ImportError) -> PreparedPipeline {
    let configuration = try PipelineConfiguration.read(path: path)
    // Up to and with the last slash. Foundation's own functions trap on names of one character.
    let folder = path[..<(path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex)]
    func resolve(_ relative: String) -> String { relative.hasPrefix("/") ? relative : folder + relative }
    let document = try SchemaDocument.read(path: resolve(configuration.schema))
    let imported = try TableReader.read(path: resolve(configuration.data), document: document)
    var coefficients: CoefficientFile?
    if case .coefficients(let file) = configuration.source { coefficients = try CoefficientFile.read(path: resolve(file)) }
    return try PreparedPipeline(
      configuration: configuration, document: document, imported: imported, coefficients: coefficients, file: path)
  }

  /// Prepares a pipeline whose files have been read; `file` names the pipeline in errors.
  public init(
    configuration: PipelineConfiguration, document: SchemaDocument, imported: ImportedTable, coefficients: CoefficientFile? = nil,
    file: String
  ) throws(ImportError) {
    let place = FilePlace(file: file)
    let table = imported.table
    guard table.rowCount > 0 else {
      throw ImportError(
        .noRows, at: FilePlace(file: configuration.data), found: "no row with a target", expected: "at least one row",
        remedy: "Check the data")
    }
    let features = try Self.features(configuration, schema: table.schema, file: file)
    try ProtectedColumns.check(features: features, protected: configuration.protected, table: table, file: file)
    let task = try Self.task(configuration, schema: table.schema, file: file)
    guard let fraction = RowSplit.fraction(configuration.testFraction) else {
      throw ImportError(
        .invalidValue, at: place, found: "the test fraction \(configuration.testFraction.quoted)", expected: "a number from 0 to 1",
        remedy: "Correct split.test")
    }
    split = RowSplit(rowCount: table.rowCount, seed: configuration.seed, fraction: fraction)
    do throws(ProgramError) { encoding = try FeatureEncoding(schema: table.schema, columns: features) } catch {
      throw ImportError(error, at: place)
    }
    var notes: [String] = []
    switch configuration.source {
    case .training(let settings):
      let fitted = try ModelFitting.fit(
        table, rows: split.training, encoding: encoding, target: configuration.target, task: task, settings: settings, place: place)
      model = fitted.model
      epochs = fitted.epochs
      if split.training.isEmpty { notes.append("there is no training row: the model has only zero weights") }
      if fitted.epochs < settings.epochs {
        notes.append("\(fitted.epochs) of \(settings.epochs) epochs are run, because the table is large")
      }
    case .coefficients(let path):
      guard let coefficients else {
        throw ImportError(
          .invalidModel, at: FilePlace(file: path), found: "no coefficients", expected: "a CSV or NPZ file", remedy: "Check model.import")
      }
      model = try coefficients.model(encoding: encoding, target: configuration.target, task: task)
      epochs = nil
      let test = table.selecting(rows: split.test)
      if test.rowCount > 0 { notes.append(try RoundingComparison(coefficients, model: model, table: test).words) }
    }
    if imported.droppedRowCount > 0 { notes.append("\(imported.droppedRowCount) rows without a target are left out") }
    self.configuration = configuration
    self.document = document
    self.table = table
    droppedRowCount = imported.droppedRowCount
    self.notes = notes
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

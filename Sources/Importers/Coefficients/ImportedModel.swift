/// A model of imported coefficients, without a pipeline.

import Programs

/// An integer model made from a file of coefficients, a schema of its rows and the name of its target.
public struct ImportedModel: Sendable {
  /// The model.
  public let model: LinearModel
  /// What rounding to integers changes on the given rows; nil without rows.
  public let comparison: RoundingComparison?

  /// Reads the files; the features are all columns of the schema but the target and the excluded ones, as in a pipeline.
  ///
  /// - Parameters:
  ///   - coefficients: CSV or NPZ.
  ///   - positive: for two classes the one that the score stands for; nil: the last.
  ///   - rows: a CSV file of rows with the target's column, to compare the model with its coefficients on; nil for none.
  /// - Throws: file, place, expectation and remedy of the first thing that is wrong.
  public init(
    coefficients path: String, schema schemaPath: String, target: String, positive: String? = nil, excluding excluded: [String] = [],
    rows: String? = nil
  ) throws(ImportError) {
    var configuration = PipelineConfiguration(data: rows ?? path, schema: schemaPath, target: target)
    configuration.positive = positive
    configuration.excluded = excluded
    configuration.accuracy = .none
    let document = try SchemaDocument.read(path: schemaPath)
    let features = try LoadedPipeline.features(configuration, schema: document.schema, file: path)
    let task = try LoadedPipeline.task(configuration, schema: document.schema, file: path)
    let encoding: FeatureEncoding
    do throws(ProgramError) { encoding = try FeatureEncoding(schema: document.schema, columns: features) } catch {
      throw ImportError(error, at: FilePlace(file: schemaPath))
    }
    let file = try CoefficientFile.read(path: path)
    model = try file.model(encoding: encoding, target: target, task: task)
    guard let rows else {
      comparison = nil
      return
    }
    let table = try TableReader.read(path: rows, document: document).table
    guard table.rowCount > 0 else {
      throw ImportError(.noRows, at: FilePlace(file: rows), found: "no row", expected: "at least one row", remedy: "Check the data")
    }
    comparison = try RoundingComparison(file, model: model, table: table)
  }
}

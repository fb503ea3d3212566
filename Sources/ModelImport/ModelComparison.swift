/// The integer program against the float reference on rows.

/// Errors per output, and accuracy.
public struct ModelComparison: Sendable {
  /// One output.
  public struct Output: Sendable {
    /// Its name.
    public let name: String
    /// Largest |integer − float|.
    public let error: Double
    /// Largest |float|.
    public let largest: Double
    /// Rows on which the decision (the value of an integer output, the largest entry of a row of scores) differs; nil for other outputs.
    public let differing: Int?
    /// Decisions compared.
    public let decisions: Int
    /// The largest margin by which the float reference prefers its own decision on a differing row.
    public let largestMargin: Double
  }

  /// The outputs in order.
  public let outputs: [Output]
  /// Rows compared.
  public let rows: Int
  /// Share of labels that the float reference meets.
  public let floatAccuracy: Double?
  /// Share of labels that the integer program meets.
  public let integerAccuracy: Double?
}

extension ModelImporter {
  /// Runs both on rows. Labels are compared with the first integer output, else with the largest entry of the first output's rows.
  public func compare(
    _ imported: ImportedModel, rows: ModelRows, labels: [Double]? = nil, options: ImportOptions = ImportOptions()
  ) throws(ModelImportError) -> ModelComparison {
    let shapes = try inputShapes(rows, options)
    let graph = try ModelGraph(model, inputShapes: shapes, limits: options.limits)
    let kept = Set(graph.outputs.map(\.value.id))
    var floats = [[Double]](repeating: [], count: graph.outputs.count)
    var integers = floats
    let chunks = try chunks(rows, shapes)
    for chunk in chunks {
      let values = try graph.evaluate(chunk, keeping: kept) { _, _ in true }
      let results = try imported.run(chunk)
      for (index, output) in graph.outputs.enumerated() {
        floats[index] += values[output.value.id]
        integers[index] += results[index]
      }
    }
    var outputs: [ModelComparison.Output] = []
    for (index, format) in imported.outputs.enumerated() {
      outputs.append(Self.output(format, floats[index], integers[index]))
    }
    let judged = imported.outputs.firstIndex(where: \.isInteger) ?? 0
    func accuracy(_ values: [[Double]]) -> Double? {
      guard let labels, !labels.isEmpty, let format = imported.outputs.first else { return nil }
      let columns = imported.outputs[judged].isInteger ? 1 : format.dimensions.last ?? 1
      let decisions = Self.decisions(values[judged], columns: columns, isInteger: imported.outputs[judged].isInteger)
      guard decisions.count >= labels.count else { return nil }
      return Double(zip(decisions, labels).filter { $0 == $1 }.count) / Double(labels.count)
    }
    let count = rows.arrays.values.compactMap { $0.dimensions.first }.max() ?? 1
    return ModelComparison(outputs: outputs, rows: count, floatAccuracy: accuracy(floats), integerAccuracy: accuracy(integers))
  }

  private static func output(_ format: OutputFormat, _ floats: [Double], _ integers: [Double]) -> ModelComparison.Output {
    let error = zip(floats, integers).reduce(0) { max($0, abs($1.0 - $1.1)) }
    let largest = floats.reduce(0) { max($0, abs($1)) }
    let columns = format.dimensions.last ?? 1
    guard format.isInteger || (format.dimensions.count == 2 && columns > 1) else {
      return ModelComparison.Output(name: format.name, error: error, largest: largest, differing: nil, decisions: 0, largestMargin: 0)
    }
    let width = format.isInteger ? 1 : columns
    let (a, b) = (decisions(floats, columns: width, isInteger: format.isInteger), decisions(integers, columns: width, isInteger: format.isInteger))
    var margin = 0.0
    var differing = 0
    for (row, (x, y)) in zip(a, b).enumerated() where x != y {
      differing += 1
      if !format.isInteger { margin = max(margin, floats[row * width + Int(x)] - floats[row * width + Int(y)]) }
    }
    return ModelComparison.Output(name: format.name, error: error, largest: largest, differing: differing, decisions: a.count, largestMargin: margin)
  }

  private static func decisions(_ values: [Double], columns: Int, isInteger: Bool) -> [Double] {
    if isInteger { return values }
    return stride(from: 0, to: values.count - values.count % max(1, columns), by: max(1, columns)).map { start in
      var best = 0
      for column in 1..<max(1, columns) where values[start + column] > values[start + best] { best = column }
      return Double(best)
    }
  }
}

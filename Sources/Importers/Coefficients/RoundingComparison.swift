/// What rounding imported coefficients to a model's integers changes, on given rows.

import Programs

/// The answers of a model in integers beside those of its coefficients in floating point.
public struct RoundingComparison: Equatable, Sendable {
  /// Rows compared.
  public let rowCount: Int
  /// Largest |score in floating point − score in integers| over rows and outputs; scores of classes are log-odds, of numbers the target's units.
  public let largestDifference: Double
  /// Mean of the same.
  public let meanDifference: Double
  /// Rows with another class; nil for a numeric target.
  public let changedDecisions: Int?
  /// Accuracy, or for a numeric target the mean absolute error in the target's units: in floating point and in integers.
  public let metric: (floating: Double, integer: Double)

  /// Compares on every row of a table with the target's column.
  /// - Throws: `.invalidModel` for a model of other features, or what the interpreter refuses.
  public init(_ file: CoefficientFile, model: LinearModel, table: StoredTable) throws(ImportError) {
    let architecture = model.architecture
    let weights = try file.weights(encoding: architecture.encoding, target: architecture.target, task: architecture.task)
    let execution: Execution
    do throws(ProgramError) { execution = try model.run(table) } catch { throw ImportError(error, at: FilePlace(file: file.file)) }
    guard let integerScores = execution.output("score"), let decisions = execution.output("prediction"), table.rowCount > 0,
      let labels = table.values(architecture.target)
    else { throw CoefficientFile.error(file.file, nil, found: "nothing to compare", expected: "rows with the target's column") }
    let scores = Self.scores(weights, table, architecture)
    let unit = Self.unit(architecture)
    let fraction = Double(sign: .plus, exponent: architecture.scoreFractionBits, significand: 1)
    let differences = zip(scores, integerScores).map { abs($0 - Double($1) / fraction) * unit }
    rowCount = table.rowCount
    largestDifference = differences.max() ?? 0
    meanDifference = differences.reduce(0, +) / Double(max(1, differences.count))
    let outputs = architecture.task.outputCount
    let rows = 0..<table.rowCount
    switch architecture.task {
    case .binary, .classes:
      let real = rows.map { Self.decision(scores[($0 * outputs)..<(($0 + 1) * outputs)], architecture.task) }
      changedDecisions = zip(real, decisions).filter { $0 != $1 }.count
      func share(_ answers: [Int64]) -> Double { Double(zip(labels, answers).filter { $0 == $1 }.count) / Double(table.rowCount) }
      metric = (share(real), share(decisions))
    case .regression(let range, let unitShift):
      changedDecisions = nil
      let digits = CoefficientFile.power10(architecture.encoding.schema.column(architecture.target))
      let step = Double(sign: .plus, exponent: unitShift, significand: 1)
      let real = scores.map { Double(range.lower) + $0 * step }
      func error(_ answers: [Double]) -> Double {
        zip(labels, answers).reduce(0) { $0 + abs(Double($1.0) - $1.1) } / digits / Double(table.rowCount)
      }
      metric = (error(real), error(decisions.map(Double.init)))
    }
  }

  public static func == (left: RoundingComparison, right: RoundingComparison) -> Bool {
    left.rowCount == right.rowCount && left.largestDifference == right.largestDifference && left.meanDifference == right.meanDifference
      && left.changedDecisions == right.changedDecisions && left.metric == right.metric
  }

  /// The comparison in one sentence.
  public var words: String {
    let rows = "\(rowCount) row\(rowCount == 1 ? "" : "s")"
    let scores = "scores differ by at most \(Self.short(largestDifference)), by \(Self.short(meanDifference)) on average"
    guard let changedDecisions else {
      return "the model's integers against floating point, on \(rows): \(scores); mean absolute error \(Self.short(metric.integer)) instead of "
        + Self.short(metric.floating)
    }
    return "the model's integers against floating point, on \(rows): \(scores); "
      + "\(changedDecisions) decision\(changedDecisions == 1 ? "" : "s") change\(changedDecisions == 1 ? "s" : ""); "
      + "accuracy \(Self.percent(metric.integer)) instead of \(Self.percent(metric.floating))"
  }

  /// w · f for every row and output, row-major; the features exactly as the encoding means them, before any rounding.
  private static func scores(_ weights: [Double], _ table: StoredTable, _ architecture: LinearArchitecture) -> [Double] {
    let outputs = architecture.task.outputCount
    var scores = [Double](repeating: 0, count: table.rowCount * outputs)
    var next = 0
    for group in architecture.encoding.groups {
      let first = next
      next += group.count
      /// Adds value(row) times the weights of feature(row).
      func add(_ feature: (Int) -> (index: Int, value: Double)) {
        for row in 0..<table.rowCount {
          let (index, value) = feature(row)
          for k in 0..<outputs { scores[row * outputs + k] += value * weights[(first + index) * outputs + k] }
        }
      }
      switch group {
      case .constant: add { _ in (0, 1) }
      case .numeric(let column, let range):
        guard let values = table.values(column) else { continue }
        let size = Double(sign: .plus, exponent: range.bitCount, significand: 1)
        add { (0, (Double(values[$0]) - Double(range.lower)) / size) }
      case .presence(let column):
        guard let present = table.values(column, .presence) else { continue }
        add { (0, Double(present[$0])) }
      case .category(let column, _, let missing):
        guard let values = table.values(column) else { continue }
        let present = missing ? table.values(column, .presence) : nil
        add { (Int(values[$0]) + Int(present?[$0] ?? 0), 1) }
      }
    }
    return scores
  }

  private static func decision(_ scores: ArraySlice<Double>, _ task: LinearTask) -> Int64 {
    if case .binary(let positive) = task { return (scores.first ?? 0) >= 0 ? Int64(positive) : Int64(1 - positive) }
    var best = 0
    for (index, score) in scores.enumerated() where score > scores[scores.startIndex + best] { best = index }
    return Int64(best)
  }

  /// Size of one score: 1 for classes, 2^unitShift stored units of the target for numbers.
  private static func unit(_ architecture: LinearArchitecture) -> Double {
    guard case .regression(_, let unitShift) = architecture.task else { return 1 }
    return Double(sign: .plus, exponent: unitShift, significand: 1)
      / CoefficientFile.power10(architecture.encoding.schema.column(architecture.target))
  }

  /// Two significant digits below 1, three decimals above.
  private static func short(_ value: Double) -> String {
    guard value.isFinite, value != 0 else { return "0" }
    var scale = 1_000.0
    while value * scale < 10, scale < 1e15 { scale *= 10 }
    return "\((value * scale).rounded() / scale)"
  }

  private static func percent(_ share: Double) -> String { "\((share * 10_000).rounded() / 100) %" }
}

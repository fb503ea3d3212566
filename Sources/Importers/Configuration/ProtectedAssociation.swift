/// How strongly features still go together with protected characteristics.

import Programs

/// The feature that tells most about a protected column, of those that a model may read.
///
/// **Formula**: of two category columns Cramér's V = √(χ² / (n·(min(rows, columns) − 1))); of a category and a number the correlation ratio
/// η = √(squares between groups / all squares); of two numbers |r| of Pearson. All are between 0 (nothing) and 1 (all). A missing category counts
/// as one of its own; rows with a missing number are left out. In floating point, on the computer that runs the pipeline: nothing proves them.
public struct ProtectedAssociation: Equatable, Sendable {
  /// Which measure.
  public enum Measure: String, Sendable {
    case cramersV = "Cramér's V"
    case correlationRatio = "correlation ratio"
    case correlation = "correlation"
  }
  /// The protected column.
  public let protected: String
  /// The feature with the largest value, the first of equals.
  public let feature: String
  /// How it was measured.
  public let measure: Measure
  /// In 0 … 1.
  public let value: Double
  /// Rows that it was computed on.
  public let rowCount: Int

  /// In words, with whose word it is.
  public var words: String {
    let hundredths = Int((value * 100).rounded())
    let text = "\(hundredths / 100).\(hundredths % 100 < 10 ? "0" : "")\(hundredths % 100)"
    return
      "of all features \(feature.quoted) goes most with the protected \(protected.quoted): \(measure.rawValue) \(text) over \(rowCount) training rows "
      + "(computed here, not proved: the prover's word)"
  }

  /// The strongest of each protected column; nothing for a column that does not vary, or without features.
  public static func strongest(features: [String], protected: [ProtectedColumn], table: StoredTable, file: String) throws(ImportError)
    -> [ProtectedAssociation]
  {
    var out: [ProtectedAssociation] = []
    for entry in protected {
      guard let column = table.schema.column(entry.column) else { continue }
      var own = Variable(column, table)
      if !entry.bands.isEmpty { own.cut(try MetricCheck.edges(entry, column, file: file)) }
      var best: ProtectedAssociation?
      for name in features {
        guard let feature = table.schema.column(name).map({ Variable($0, table) }) else { continue }
        let (measure, value) = own.association(feature)
        guard let value, value > best?.value ?? -1 else { continue }
        best = ProtectedAssociation(protected: entry.column, feature: name, measure: measure, value: min(1, value), rowCount: table.rowCount)
      }
      if let best { out.append(best) }
    }
    return out
  }

  /// A column as numbers, or as classes.
  private struct Variable {
    var values: [Int64]
    var isPresent: [Bool]
    var isNumber: Bool

    init(_ column: TableColumn, _ table: StoredTable) {
      values = table.values(column.name) ?? []
      isPresent = table.values(column.name, .presence).map { $0.map { $0 == 1 } } ?? [Bool](repeating: true, count: values.count)
      if case .category = column.type { isNumber = false } else { isNumber = true }
    }

    mutating func cut(_ edges: [Int64]) {
      values = values.map { value in Int64(edges.count { $0 <= value }) }
      isNumber = false
    }

    /// Classes as small numbers; missing is one of them.
    private var codes: [Int] {
      var known: [Int64: Int] = [:]
      var missing: Int?
      var next = 0
      return zip(values, isPresent).map { value, isPresent in
        if let code = isPresent ? known[value] : missing { return code }
        defer { next += 1 }
        if isPresent { known[value] = next } else { missing = next }
        return next
      }
    }

    func association(_ other: Variable) -> (Measure, Double?) {
      switch (isNumber, other.isNumber) {
      case (false, false): (.cramersV, Self.cramersV(codes, other.codes))
      case (false, true): (.correlationRatio, Self.ratio(codes, other))
      case (true, false): (.correlationRatio, Self.ratio(other.codes, self))
      case (true, true): (.correlation, Self.correlation(self, other))
      }
    }

    private static func cramersV(_ first: [Int], _ second: [Int]) -> Double? {
      let (rows, columns) = ((first.max() ?? -1) + 1, (second.max() ?? -1) + 1)
      guard min(rows, columns) > 1, rows * columns <= 1 << 22 else { return nil }
      var counts = [Double](repeating: 0, count: rows * columns)
      var (across, down) = ([Double](repeating: 0, count: rows), [Double](repeating: 0, count: columns))
      for (a, b) in zip(first, second) {
        counts[a * columns + b] += 1
        across[a] += 1
        down[b] += 1
      }
      let n = Double(first.count)
      // χ²/n = Σ c²/(row·column) − 1.
      var sum = -1.0
      for a in 0..<rows { for b in 0..<columns { sum += counts[a * columns + b] * counts[a * columns + b] / (across[a] * down[b]) } }
      return n > 0 ? (max(0, sum) / Double(min(rows, columns) - 1)).squareRoot() : nil
    }

    private static func ratio(_ groups: [Int], _ number: Variable) -> Double? {
      let rows = groups.indices.filter { number.isPresent[$0] }
      guard !rows.isEmpty else { return nil }
      let mean = rows.reduce(0.0) { $0 + Double(number.values[$1]) } / Double(rows.count)
      var sums: [Int: (count: Double, sum: Double)] = [:]
      var all = 0.0
      for row in rows {
        let off = Double(number.values[row]) - mean
        sums[groups[row], default: (0, 0)].count += 1
        sums[groups[row], default: (0, 0)].sum += off
        all += off * off
      }
      guard all > 0, sums.count > 1 else { return nil }
      return (sums.keys.sorted().reduce(0.0) { $0 + (sums[$1]?.sum ?? 0) * (sums[$1]?.sum ?? 0) / (sums[$1]?.count ?? 1) } / all).squareRoot()
    }

    private static func correlation(_ first: Variable, _ second: Variable) -> Double? {
      let rows = first.values.indices.filter { first.isPresent[$0] && second.isPresent[$0] }
      guard !rows.isEmpty else { return nil }
      let n = Double(rows.count)
      let (a, b) = (rows.reduce(0.0) { $0 + Double(first.values[$1]) } / n, rows.reduce(0.0) { $0 + Double(second.values[$1]) } / n)
      var (ab, aa, bb) = (0.0, 0.0, 0.0)
      for row in rows {
        let (x, y) = (Double(first.values[row]) - a, Double(second.values[row]) - b)
        (ab, aa, bb) = (ab + x * y, aa + x * x, bb + y * y)
      }
      return aa > 0 && bb > 0 ? abs(ab) / (aa * bb).squareRoot() : nil
    }
  }
}

extension PreparedPipeline {
  /// The strongest association of a feature with each protected column, on the raw training rows.
  public func associations() throws(ImportError) -> [ProtectedAssociation] {
    try ProtectedAssociation.strongest(
      features: loaded.features, protected: configuration.protected, table: rawTrainingTable, file: loaded.file)
  }
}

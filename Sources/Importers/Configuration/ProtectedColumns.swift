/// Features must not stand for protected characteristics.

import Programs

/// The check of a pipeline's features against its protected columns.
public enum ProtectedColumns {
  /// Refuses a protected column among the features, and a feature that determines a protected characteristic.
  ///
  /// A feature determines it when the characteristic is not constant over the rows and every value of the feature (missing counts as a
  /// value) occurs with a single group of it. Values that occur once say nothing about that: they must make up less than half of
  /// the rows, else a column of different numbers would "determine" everything.
  /// - Throws: `.protectedFeature` or `.determinedProtected`, naming both columns; `.unknownColumn`; `.invalidValue` for bad bands.
  public static func check(
    features: [String], protected: [ProtectedColumn], table: StoredTable, file: String
  ) throws(ImportError) {
    for entry in protected {
      guard let column = table.schema.column(entry.column) else {
        throw ImportError(
          .unknownColumn, at: FilePlace(file: file, column: entry.column), found: "a protected column that the schema does not have",
          expected: "a column of the schema",
          remedy: "Did you mean \(YAMLGroup.nearest(entry.column, among: table.schema.columns.map(\.name)).quoted)")
      }
      if features.contains(entry.column) {
        throw ImportError(
          .protectedFeature, at: FilePlace(file: file, column: entry.column), found: "a protected column among the features",
          expected: "no protected feature", remedy: "Remove it from the features")
      }
      let groups = try groups(column, entry: entry, table: table, file: file)
      guard Set(groups).count > 1 else { continue }
      for feature in features where determines(codes(feature, table: table), groups) {
        throw ImportError(
          .determinedProtected, at: FilePlace(file: file, column: feature),
          found: "a feature that determines the protected column \(entry.column.quoted): every value of it occurs with one group only",
          expected: "features that do not give \(entry.column.quoted) away",
          remedy: "List \(feature.quoted) under exclude in the pipeline")
      }
    }
  }

  /// Stored value and presence of every row as one code.
  private static func codes(_ name: String, table: StoredTable) -> [Int64] {
    let values = table.values(name) ?? []
    guard let presence = table.values(name, .presence) else { return values }
    return zip(values, presence).map { $1 == 1 ? $0 : Int64.min }
  }

  /// The protected group of every row: the value, or the number of bands that begin at or below it.
  private static func groups(
    _ column: TableColumn, entry: ProtectedColumn, table: StoredTable, file: String
  ) throws(ImportError) -> [Int64] {
    let values = codes(column.name, table: table)
    guard !entry.bands.isEmpty else { return values }
    let digits: Int
    switch column.type {
    case .integer: digits = 0
    case .decimal(let scale, _): digits = scale
    case .category:
      throw ImportError(
        .invalidValue, at: FilePlace(file: file, column: column.name), found: "bands for a category", expected: "bands for numbers only",
        remedy: "Remove the bands")
    }
    var bounds: [Int64] = []
    for band in entry.bands {
      guard let bound = try? DecimalText(band.utf8).scaled(toDigits: digits), bounds.last.map({ $0 < bound }) ?? true else {
        throw ImportError(
          .invalidValue, at: FilePlace(file: file, column: column.name), found: "the band \(band.quoted)",
          expected: "ascending numbers with at most \(digits) digits after the point", remedy: "Correct the bands")
      }
      bounds.append(bound)
    }
    return values.map { value in value == Int64.min ? value : Int64(bounds.filter { $0 <= value }.count) }
  }

  static func determines(_ codes: [Int64], _ groups: [Int64]) -> Bool {
    var seen: [Int64: (group: Int64, count: Int)] = [:]
    for (code, group) in zip(codes, groups) {
      if let entry = seen[code] {
        if entry.group != group { return false }
        seen[code] = (group, entry.count + 1)
      } else {
        seen[code] = (group, 1)
      }
    }
    let single = seen.values.filter { $0.count == 1 }.count
    return 2 * single < codes.count
  }
}

/// Numbers and categories of a pipeline file in the stored units of a column.

import Programs

extension TableColumn {
  /// Digits after the point of a number column; nil for categories.
  var digits: Int? {
    switch type {
    case .integer: 0
    case .decimal(let scale, _): scale
    case .category: nil
    }
  }

  /// Names of a category column.
  var categories: [String]? { if case .category(let names) = type { names } else { nil } }

  /// The least stored number that is at least the text's (`up`), or the greatest that is at most it.
  /// - Throws: `.invalidValue` for a text that is no number, or a column of categories.
  func stored(_ text: String, up: Bool, place: FilePlace) throws(ImportError) -> Int64 {
    guard let digits, let number = try? DecimalText(text.utf8) else {
      throw ImportError(
        .invalidValue, at: place, found: text.quoted, expected: digits == nil ? "a category, not a number" : "a number", remedy: "Correct it")
    }
    if number.scale <= digits, let value = try? number.scaled(toDigits: digits) { return value }
    // Cut the digits that the column does not have.
    var power: Int128 = 1
    for _ in 0..<min(38, max(0, number.scale - digits)) { power *= 10 }
    let (quotient, rest) = Int128(number.mantissa).quotientAndRemainder(dividingBy: power)
    let floor = rest < 0 ? quotient - 1 : quotient
    let value = up && rest != 0 ? floor + 1 : floor
    guard number.scale > digits, let out = Int64(exactly: value) else {
      throw ImportError(.invalidValue, at: place, found: text.quoted, expected: "a number in \(rangeText)", remedy: "Correct it")
    }
    return out
  }

  /// The code of a category.
  /// - Throws: `.unknownCategory`, naming the nearest one.
  func code(_ text: String, place: FilePlace) throws(ImportError) -> Int64 {
    guard let names = categories else {
      throw ImportError(
        .invalidValue, at: place, found: text.quoted, expected: "a number: \(name.quoted) is no category", remedy: "Write from and to")
    }
    guard let code = names.firstIndex(where: { $0.hasSameUTF8(as: text) }) else {
      throw ImportError(
        .unknownCategory, at: place, found: text.quoted, expected: "one of the \(rangeText)",
        remedy: "Did you mean \(YAMLGroup.nearest(text, among: names).quoted)")
    }
    return Int64(code)
  }
}

extension String {
  func hasSameUTF8(as other: String) -> Bool { utf8.elementsEqual(other.utf8) }
}

extension TableSchema {
  /// The column, or an error that names the nearest one. `key`: which key of the pipeline file names it.
  func column(_ name: String, key: String, file: String) throws(ImportError) -> TableColumn {
    guard let column = column(name) else {
      throw ImportError(
        .unknownColumn, at: FilePlace(file: file, column: name), found: "\(key) names a column that the table does not have",
        expected: "a column of the schema", remedy: "Did you mean \(YAMLGroup.nearest(name, among: columns.map(\.name)).quoted)")
    }
    return column
  }
}

/// A condition on rows in stored units.
public enum ResolvedCondition: Hashable, Sendable {
  /// The cell is there and in the range.
  case within(column: String, IntegerRange)
  /// The cell is there.
  case present(column: String)
}

extension FilterSetting {
  /// The condition in the stored units of the table.
  /// - Throws: `.unknownColumn`, `.unknownCategory`, or `.invalidValue` for numbers that leave no value.
  public func resolved(_ schema: TableSchema, file: String) throws(ImportError) -> ResolvedCondition {
    let own = try schema.column(column, key: "prepare.filter", file: file)
    let place = FilePlace(file: file, column: column)
    switch condition {
    case .present: return .present(column: column)
    case .equals(let text):
      let value = own.categories == nil ? try own.stored(text, up: true, place: place) : try own.code(text, place: place)
      return .within(column: column, IntegerRange(only: value))
    case .between(let from, let to):
      let declared = own.type.range
      let lower = try from.map { text throws(ImportError) in max(declared.lower, try own.stored(text, up: true, place: place)) } ?? declared.lower
      let upper = try to.map { text throws(ImportError) in min(declared.upper, try own.stored(text, up: false, place: place)) } ?? declared.upper
      guard let range = IntegerRange(lower: lower, upper: upper) else {
        throw ImportError(
          .invalidValue, at: place, found: "a filter that no value meets", expected: "from and to with a value of \(own.rangeText) between them",
          remedy: "Correct from or to")
      }
      return .within(column: column, range)
    }
  }
}

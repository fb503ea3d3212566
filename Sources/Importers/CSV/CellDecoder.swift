/// Single cells to stored integers.

import Programs

/// Why a cell is refused.
enum CellError: Error, Equatable {
  case number(DecimalTextError, text: String)
  case outOfRange(Int64, text: String)
  case unknownCategory(text: String)

  /// With place, expectation and remedy.
  func located(file: String, line: Int, column: TableColumn) -> ImportError {
    let place = FilePlace(file: file, line: line, column: column.name)
    let range = column.rangeText
    switch self {
    case .number(.notANumber, let text):
      return ImportError(
        .wrongType, at: place, found: text.quoted, expected: "\(column.typeName) in \(range)",
        remedy: "Correct the cell, leave it empty if it is missing, or change the column's type in the schema")
    case .number(.tooManyDigits(let found, let allowed), let text):
      return ImportError(
        .tooManyDigits, at: place, found: "\(text.quoted) with \(found) digits after the point", expected: "at most \(allowed)",
        remedy: "Round the cell, or raise the column's digits or set moreDigits: round in the schema")
    case .number(.tooLarge, let text):
      return ImportError(
        .outOfRange, at: place, found: text.quoted, expected: "\(column.typeName) in \(range)", remedy: "Correct the cell")
    case .outOfRange(_, let text):
      return ImportError(
        .outOfRange, at: place, found: text.quoted, expected: "\(column.typeName) in \(range)",
        remedy: "Correct the cell, or widen the column's range in the schema")
    case .unknownCategory(let text):
      return ImportError(
        .unknownCategory, at: place, found: text.quoted, expected: "one of the \(range)",
        remedy: "Correct the cell, or add the category to the column in the schema")
    }
  }
}

extension TableColumn {
  /// `an integer`, `a decimal number with 2 digits` or `a category`.
  var typeName: String {
    switch type {
    case .integer: "an integer"
    case .decimal(let scale, _): "a decimal number with \(scale) digits"
    case .category: "a category"
    }
  }

  /// The range in the column's own notation.
  var rangeText: String {
    switch type {
    case .integer(let range): "\(range.lower) to \(range.upper)"
    case .decimal(let scale, let range):
      "\(DecimalText.text(range.lower, digits: scale)) to \(DecimalText.text(range.upper, digits: scale))"
    case .category(let names):
      "\(names.count) categories \(names.prefix(8).map(\.quoted).joined(separator: ", "))\(names.count > 8 ? ", …" : "")"
    }
  }
}

/// Decodes cells of one column.
struct CellDecoder {
  private enum Kind {
    case number(digits: Int, range: IntegerRange, rounds: Bool)
    case category([String: Int64])
  }
  private let kind: Kind

  init(_ column: TableColumn, rounds: Bool = false) {
    switch column.type {
    case .integer(let range): kind = .number(digits: 0, range: range, rounds: rounds)
    case .decimal(let scale, let range): kind = .number(digits: scale, range: range, rounds: rounds)
    case .category(let names):
      kind = .category(Dictionary(names.enumerated().map { ($1, Int64($0)) }, uniquingKeysWith: { first, _ in first }))
    }
  }

  /// The stored integer of a cell that is not empty.
  func decode(_ cell: ArraySlice<UInt8>) throws(CellError) -> Int64 {
    switch kind {
    case .number(let digits, let range, let rounds):
      let value: Int64
      do throws(DecimalTextError) {
        value = rounds ? try DecimalText.rounded(cell, toDigits: digits) : try DecimalText(cell).scaled(toDigits: digits)
      } catch {
        throw .number(error, text: String(decoding: cell, as: UTF8.self))
      }
      guard range.contains(value) else { throw .outOfRange(value, text: String(decoding: cell, as: UTF8.self)) }
      return value
    case .category(let indices):
      let text = String(decoding: cell, as: UTF8.self)
      guard let index = indices[text] else { throw .unknownCategory(text: text) }
      return index
    }
  }
}

/// The header line and the check of every record against it.

/// Column names of a file.
public struct CSVHeader: Sendable {
  /// In file order; unique and not empty.
  public let names: [String]
  let file: String

  /// Reads the first record of a parser.
  /// - Throws: `.emptyFile`, `.duplicateHeader`, or what the parser throws.
  public init(_ parser: inout CSVParser, file: String) throws(ImportError) {
    guard let record = try parser.next(keepsBlankLines: false) else {
      throw ImportError(
        .emptyFile, at: FilePlace(file: file), found: "no line at all", expected: "a line of column names and then the rows",
        remedy: "Check that this is the right file")
    }
    var names: [String] = []
    var seen: Set<String> = []
    for index in 0..<record.count {
      let name = record.text(index)
      let place = FilePlace(file: file, line: record.line, column: "\(index + 1)")
      guard !name.isEmpty else {
        throw ImportError(
          .duplicateHeader, at: place, found: "a column without a name", expected: "a name for every column",
          remedy: "Name the column in the first line")
      }
      guard seen.insert(name).inserted else {
        throw ImportError(
          .duplicateHeader, at: place, found: "the name \(name.quoted) a second time", expected: "different names",
          remedy: "Rename one of the columns")
      }
      names.append(name)
    }
    self.names = names
    self.file = file
  }

  /// Checks that a record has one cell per name.
  /// - Throws: `.raggedRow`.
  public func check(_ record: CSVRecord) throws(ImportError) {
    guard record.count == names.count else {
      throw ImportError(
        .raggedRow, at: FilePlace(file: file, line: record.line), found: "\(record.count) cells", expected: "\(names.count) as in the first line",
        remedy: "Add or remove cells; quote a cell that contains a comma")
    }
  }

  /// The next data record, blank lines left out unless the table has a single column.
  public func next(_ parser: inout CSVParser) throws(ImportError) -> CSVRecord? {
    guard let record = try parser.next(keepsBlankLines: names.count == 1) else { return nil }
    try check(record)
    return record
  }
}

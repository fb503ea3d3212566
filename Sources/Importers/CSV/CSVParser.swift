/// Comma-separated values (RFC 4180), as a stream of records: total on any bytes, memory bounded by one record.

/// One record: its cells' bytes, unquoted, one after the other.
public struct CSVRecord: Sendable {
  /// Line on which the record begins, from 1.
  public fileprivate(set) var line = 1
  fileprivate var bytes: [UInt8] = []
  fileprivate var ends: [Int] = []
  fileprivate var isBlank = true

  /// Number of cells.
  public var count: Int { ends.count }

  /// Bytes of a cell; empty for an index outside the record.
  public func cell(_ index: Int) -> ArraySlice<UInt8> {
    guard ends.indices.contains(index) else { return [] }
    return bytes[(index == 0 ? 0 : ends[index - 1])..<ends[index]]
  }

  /// A cell as text; the record has been checked to be UTF-8.
  public func text(_ index: Int) -> String { String(decoding: cell(index), as: UTF8.self) }
}

/// Limits of the reader.
public enum CSVLimit {
  /// Most bytes of a cell: 64 KiB.
  public static let cellBytes = 1 << 16
  /// Most bytes of a record: 512 KiB.
  public static let recordBytes = 1 << 19
  /// Most cells of a record.
  public static let cells = 1 << 15
}

/// Splits a byte source into records.
///
/// Accepted: comma separators; cells in double quotes with "" for a quote, then with commas and line ends inside; line ends CR LF or LF,
/// the last one optional; a UTF-8 byte order mark at the start. A line with nothing on it counts only in a table of one column.
/// Refused: a quote inside an unquoted cell, anything after a closing quote, an unclosed quote, a lone CR outside quotes, invalid UTF-8,
/// a cell or record over the limits.
public struct CSVParser {
  private var source: any ByteSource
  private let file: String
  private var chunk: [UInt8] = []
  private var offset = 0
  private var line = 1
  private var isAtStart = true
  private var record = CSVRecord()

  /// A parser; `file` is for errors.
  public init(_ source: any ByteSource, file: String) {
    self.source = source
    self.file = file
  }

  /// The next record, or nil at the end. Blank lines are returned as one empty cell when `keepsBlankLines`, else left out.
  public mutating func next(keepsBlankLines: Bool = false) throws(ImportError) -> CSVRecord? {
    if isAtStart { try skipByteOrderMark() }
    while try readRecord() {
      if record.isBlank && !keepsBlankLines { continue }
      try checkUTF8()
      return record
    }
    return nil
  }

  private enum State { case cellStart, plain, quoted, quoteInQuoted, carriageReturn }

  /// Reads into `record`; false at the end of the source.
  private mutating func readRecord() throws(ImportError) -> Bool {
    record.bytes.removeAll(keepingCapacity: true)
    record.ends.removeAll(keepingCapacity: true)
    record.line = line
    record.isBlank = true
    var state = State.cellStart
    var isEmpty = true
    while let byte = try nextByte() {
      isEmpty = false
      switch (state, byte) {
      case (.quoted, 0x22): state = .quoteInQuoted
      case (.quoted, _):
        if byte == 0x0A { line += 1 }
        try append(byte)
      case (.quoteInQuoted, 0x22):
        try append(byte)
        state = .quoted
      case (.carriageReturn, 0x0A), (.cellStart, 0x0A), (.plain, 0x0A), (.quoteInQuoted, 0x0A):
        line += 1
        try endCell()
        return true
      case (.carriageReturn, _): throw malformed("a carriage return without a line feed", "Save the file with LF or CR LF line ends")
      case (_, 0x0D): state = .carriageReturn
      case (_, 0x2C):
        record.isBlank = false
        try endCell()
        state = .cellStart
      case (.cellStart, 0x22):
        record.isBlank = false
        state = .quoted
      case (.quoteInQuoted, _): throw malformed("text after a closing quote", "Write a quote inside a quoted cell as \"\"")
      case (.plain, 0x22): throw malformed("a quote inside an unquoted cell", "Quote the whole cell and write the quote as \"\"")
      default:
        record.isBlank = false
        try append(byte)
        state = .plain
      }
    }
    if isEmpty { return false }
    switch state {
    case .quoted: throw malformed("the file ends inside a quoted cell", "Close the quote")
    case .carriageReturn: throw malformed("a carriage return without a line feed", "Save the file with LF or CR LF line ends")
    default: break
    }
    try endCell()
    return true
  }

  private mutating func nextByte() throws(ImportError) -> UInt8? {
    if offset == chunk.count {
      guard let next = try source.next() else { return nil }
      chunk = next
      offset = 0
    }
    defer { offset += 1 }
    return chunk[offset]
  }

  private mutating func append(_ byte: UInt8) throws(ImportError) {
    let start = record.ends.last ?? 0
    guard record.bytes.count - start < CSVLimit.cellBytes else {
      throw tooLong("a cell of more than \(CSVLimit.cellBytes) bytes")
    }
    guard record.bytes.count < CSVLimit.recordBytes else { throw tooLong("a line of more than \(CSVLimit.recordBytes) bytes") }
    record.bytes.append(byte)
  }

  private mutating func endCell() throws(ImportError) {
    guard record.ends.count < CSVLimit.cells else { throw tooLong("more than \(CSVLimit.cells) cells") }
    record.ends.append(record.bytes.count)
  }

  private mutating func skipByteOrderMark() throws(ImportError) {
    isAtStart = false
    var head: [UInt8] = []
    while head.count < 3, let byte = try nextByte() { head.append(byte) }
    let rest = head == [0xEF, 0xBB, 0xBF] ? [] : head
    chunk = rest + chunk[offset...]
    offset = 0
  }

  private func checkUTF8() throws(ImportError) {
    if record.bytes.allSatisfy({ $0 < 0x80 }) { return }
    for index in 0..<record.count where String(validating: record.cell(index), as: UTF8.self) == nil {
      throw ImportError(
        .invalidUTF8, at: FilePlace(file: file, line: record.line, column: "\(index + 1)"), found: "bytes that are not UTF-8",
        expected: "UTF-8 text", remedy: "Save the file as UTF-8")
    }
  }

  private func malformed(_ found: String, _ remedy: String) -> ImportError {
    ImportError(
      .malformedQuote, at: FilePlace(file: file, line: line, column: "\(record.ends.count + 1)"), found: found,
      expected: "comma-separated values as in RFC 4180", remedy: remedy)
  }

  private func tooLong(_ found: String) -> ImportError {
    ImportError(
      .tooLong, at: FilePlace(file: file, line: record.line, column: "\(record.ends.count + 1)"), found: found,
      expected: "at most \(CSVLimit.cellBytes) bytes in a cell and \(CSVLimit.recordBytes) in a line",
      remedy: "Shorten the text, or check for a missing line end or quote")
  }
}

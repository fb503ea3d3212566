/// CSV files as tables of integers, by a schema.

import Programs

/// A table read from a file, with what was left out.
public struct ImportedTable: Sendable {
  /// The cells.
  public let table: StoredTable
  /// Rows left out because the cell of a `drop` column is missing.
  public let droppedRowCount: Int

  /// A table that is known.
  public init(table: StoredTable, droppedRowCount: Int = 0) {
    self.table = table
    self.droppedRowCount = droppedRowCount
  }
}

/// Reads CSV files by a schema document.
public enum TableReader {
  /// Reads every row.
  ///
  /// Every column of the schema must be in the file; a file column that is neither in the schema nor in its `ignore` list is an error.
  /// - Throws: file, line and column of the first thing that is not as declared.
  public static func read(_ source: any ByteSource, file: String, document: SchemaDocument) throws(ImportError) -> ImportedTable {
    var parser = CSVParser(source, file: file)
    let header = try CSVHeader(&parser, file: file)
    let positions = try positions(header, document: document)
    let schema = document.schema
    var decoders: [CellDecoder] = []
    for column in schema.columns { decoders.append(CellDecoder(column, rounds: document.rounded.contains(column.name))) }
    let drops = schema.columns.map { document.droppedWhenMissing.contains($0.name) }
    var values = [[Int64]](repeating: [], count: schema.columns.count)
    var presences = [[Int64]](repeating: [], count: schema.columns.count)
    var dropped = 0
    let numbered = document.rowNumber.flatMap { name in schema.columns.firstIndex { $0.name == name } }
    var row = [Int64](repeating: 0, count: schema.columns.count)
    var present = [Bool](repeating: true, count: schema.columns.count)
    var number: Int64 = -1
    rows: while let record = try header.next(&parser) {
      number += 1
      for index in decoders.indices {
        if index == numbered {
          guard schema.columns[index].type.range.contains(number) else {
            throw CellError.outOfRange(number, text: String(number)).located(file: file, line: record.line, column: schema.columns[index])
          }
          row[index] = number
          continue
        }
        let cell = record.cell(positions[index])
        if cell.isEmpty {
          if drops[index] {
            dropped += 1
            continue rows
          }
          guard schema.columns[index].missing == .presence else {
            throw missing(schema.columns[index].name, file: file, line: record.line)
          }
          present[index] = false
          row[index] = schema.columns[index].type.range.lower
        } else {
          present[index] = true
          do throws(CellError) { row[index] = try decoders[index].decode(cell) } catch {
            throw error.located(file: file, line: record.line, column: schema.columns[index])
          }
        }
      }
      for index in decoders.indices {
        values[index].append(row[index])
        if schema.columns[index].missing == .presence { presences[index].append(present[index] ? 1 : 0) }
      }
    }
    var stored: [[Int64]] = []
    for (index, column) in schema.columns.enumerated() {
      stored.append(values[index])
      if column.missing == .presence { stored.append(presences[index]) }
    }
    do throws(ProgramError) {
      return ImportedTable(table: try StoredTable(schema: schema, columns: stored), droppedRowCount: dropped)
    } catch { throw ImportError(error, at: FilePlace(file: file)) }
  }

  /// Opens and reads a file, plain or gzip.
  public static func read(path: String, displayName: String? = nil, document: SchemaDocument) throws(ImportError) -> ImportedTable {
    try read(try InputFile.open(path: path, displayName: displayName), file: displayName ?? path, document: document)
  }

  private static func positions(_ header: CSVHeader, document: SchemaDocument) throws(ImportError) -> [Int] {
    let known = Set(document.schema.columns.map(\.name)).union(document.ignored)
    for name in header.names where !known.contains(name) {
      throw ImportError(
        .unknownColumn, at: FilePlace(file: header.file, line: 1, column: name), found: "a column that the schema does not know",
        expected: "the columns of the schema", remedy: "Add it to columns or to ignore in the schema")
    }
    var positions: [Int] = []
    for column in document.schema.columns {
      if column.name == document.rowNumber {
        guard !header.names.contains(column.name) else {
          throw ImportError(
            .duplicateHeader, at: FilePlace(file: header.file, line: 1, column: column.name), found: "a column that the schema calls rowNumber",
            expected: "no such column in the file", remedy: "Give rowNumber another name")
        }
        positions.append(0)
        continue
      }
      guard let position = header.names.firstIndex(of: column.name) else {
        throw ImportError(
          .missingColumn, at: FilePlace(file: header.file, line: 1, column: column.name), found: "no such column",
          expected: "every column of the schema", remedy: "Remove it from the schema or add it to the file")
      }
      positions.append(position)
    }
    return positions
  }

  private static func missing(_ column: String, file: String, line: Int) -> ImportError {
    ImportError(
      .missingCell, at: FilePlace(file: file, line: line, column: column), found: "an empty cell", expected: "a value",
      remedy: "Fill the cell, or set missing: presence for the column in the schema")
  }
}

import Claims
import Evidence
import Foundation
import Importers
import Programs

/// One public row for a model: from a CSV file or from `column=value` pairs.
enum PublicRow {
  /// Reads the row by the model's own schema; only the feature columns are taken.
  /// - Throws: as `read(_:schema:)`.
  static func read(_ text: String, architecture: ModelArchitecture) throws -> StoredTable {
    try read(text, schema: try TableSchema(columns: architecture.features.compactMap { architecture.schema.column($0) }))
  }

  /// Reads the row by a schema; only its columns are taken.
  ///
  /// - Parameter text: the path of a CSV file of one row, or pairs `column=value,…`; a value with commas stands in double quotes.
  /// - Throws: `ImportError` for a cell that is not as declared; `PipelineError.row`.
  static func read(_ text: String, schema: TableSchema) throws -> StoredTable {
    let columns = schema.columns
    if FileManager.default.fileExists(atPath: text) {
      var parser = CSVParser(try InputFile.open(path: text), file: text)
      let header = try CSVHeader(&parser, file: text).names
      let known = Set(columns.map(\.name))
      let document = SchemaDocument(schema: schema, ignored: header.filter { !known.contains($0) })
      return try single(try TableReader.read(path: text, document: document).table, text)
    }
    let pairs = try pairs(text)
    for (name, _) in pairs where schema.column(name) == nil {
      throw PipelineError(
        .row, "The model has no feature \(TerminalText.quoted(name)).",
        remedy: "Its features are \(columns.map { TerminalText.quoted($0.name) }.joined(separator: ", ")).")
    }
    let values = Dictionary(pairs) { first, _ in first }
    let missing = columns.filter { values[$0.name] == nil && $0.missing == .refuse }.map { TerminalText.quoted($0.name) }
    guard missing.isEmpty else {
      throw PipelineError(.row, "The row lacks \(missing.joined(separator: ", ")).", remedy: "Give every feature: column=value,column=value.")
    }
    let lines = [columns.map(\.name), columns.map { values[$0.name] ?? "" }].map { $0.map(quoted).joined(separator: ",") }
    let source = MemorySource(Array((lines.joined(separator: "\n") + "\n").utf8))
    return try single(try TableReader.read(source, file: "row", document: SchemaDocument(schema: schema)).table, "row")
  }

  private static func single(_ table: StoredTable, _ name: String) throws(PipelineError) -> StoredTable {
    guard table.rowCount == 1 else {
      throw PipelineError(.row, "\(TerminalText.quoted(name)) has \(table.rowCount) rows.", remedy: "Give a file of one row.")
    }
    return table
  }

  private static func quoted(_ cell: String) -> String { "\"" + cell.replacingOccurrences(of: "\"", with: "\"\"") + "\"" }

  /// `a=1,b="x, y"` as pairs.
  private static func pairs(_ text: String) throws(PipelineError) -> [(String, String)] {
    var parts: [String] = [""]
    var isQuoted = false
    for character in text {
      switch character {
      case "\"": isQuoted.toggle()
      case "," where !isQuoted: parts.append("")
      default: parts[parts.count - 1].append(character)
      }
    }
    var pairs: [(String, String)] = []
    for part in parts {
      guard let sign = part.firstIndex(of: "=") else {
        throw PipelineError(
          .row, "\(TerminalText.quoted(part)) is neither a file nor column=value.", remedy: "Write --row FILE.csv, or --row 'age=30,job=clerk'.")
      }
      let name = part[..<sign].trimmingCharacters(in: .whitespaces)
      pairs.append((name, part[part.index(after: sign)...].trimmingCharacters(in: .whitespaces)))
    }
    return pairs
  }
}

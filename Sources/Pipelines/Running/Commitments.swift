import Claims
import Evidence
import Fields
import Foundation
import Hashing
import Importers
import Programs
import Soundness
import Store

/// `commit`: a table into the store.
public enum Commitments {
  /// What was committed.
  public struct Result: Sendable {
    /// Its name in the store.
    public let name: String
    /// The commitment as a manifest would describe it.
    public let artefact: ManifestArtefact
    /// What its openings cost.
    public let price: OpeningsPrice
    /// Rows left out because a cell was missing.
    public let droppedRowCount: Int
    /// Whether the store had this commitment already.
    public let isKept: Bool

    /// The commitment for people: identity, what it gives away, what its openings cost.
    public var text: String {
      var lines = ["\(name): \(isKept ? "committed before, " : "")commitment \(artefact.identity)"]
      lines.append("  \(price.words)")
      if droppedRowCount > 0 { lines.append("  \(droppedRowCount) rows are left out, as the schema says") }
      lines.append("  Public with every proof about it: the number of rows, and this schema:")
      lines.append(
        JSONValue.object(artefact.format).prettyText.split(separator: "\n").map { "    " + TerminalText.escaped(String($0)) }.joined(separator: "\n"))
      lines.append("  Hidden: every cell.")
      return lines.joined(separator: "\n")
    }

    /// The commitment for programs.
    public var json: JSONValue {
      .object([
        "name": .string(name), "artefact": artefact.json, "openings": .integer(price.openings), "queries": .integer(price.queryCount),
        "droppedRows": .integer(droppedRowCount), "kept": .bool(isKept),
      ])
    }
  }

  /// Reads a CSV file by a schema and commits to it.
  ///
  /// - Parameters:
  ///   - data: the CSV file; `schema`: its schema file.
  ///   - name: name in the store; nil: from the file's name.
  ///   - openings: proofs that the commitment shall serve.
  /// - Throws: `ImportError`, `PipelineError`, `StoreError`.
  public static func commit(
    data: String, schema: String, name: String? = nil, openings: Int, store path: String, profile: SoundnessProfile = .p128
  ) throws -> Result {
    let name = name ?? ArtefactNames.name(ofFile: data)
    try ArtefactNames.check(name)
    let imported = try TableReader.read(path: data, document: try SchemaDocument.read(path: schema))
    guard imported.table.rowCount > 0 else {
      throw ImportError(.noRows, at: FilePlace(file: data), found: "no row", expected: "at least one row", remedy: "Check the data")
    }
    let values = ArtefactValues.table(imported.table)
    let price = try OpeningsPrice(openings: openings, cells: values.contents.cellCount, profile: profile)
    let vault = ArtefactVault<GoldilocksCubic>(store: try Store.open(URL(fileURLWithPath: path)), profile: profile)
    let (artefact, isKept) = try vault.commit(values, storedName: name, as: name, role: "dataset", price: price)
    return Result(
      name: name, artefact: ManifestArtefact(artefact.description, root: artefact.root, role: artefact.role), price: price,
      droppedRowCount: imported.droppedRowCount, isKept: isKept)
  }
}

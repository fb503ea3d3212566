import Claims
import Evidence
import Fields
import Foundation
import Hashing
import Importers
import Programs
import Soundness
import Store

/// `commit`: a table or a model into the store.
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
    /// For a model with rows to try it on: what rounding its coefficients to integers changes there. Not published.
    public let comparison: RoundingComparison?

    /// The commitment for people: identity, what it gives away, what its openings cost.
    public var text: String {
      var lines = ["\(name): \(isKept ? "committed before, " : "")commitment \(artefact.identity)"]
      lines.append("  \(price.words)")
      if droppedRowCount > 0 { lines.append("  \(droppedRowCount) rows are left out, as the schema says") }
      if let comparison { lines.append("  \(comparison.words) (not published)") }
      if artefact.kind == "network" {
        // The format is the whole program: `zkmlops import` lists what matters of it.
        return (lines + ["  Public with every proof about it: the program, its shapes and formats.", "  Hidden: every weight."])
          .joined(separator: "\n")
      }
      let isModel = artefact.kind != "table"
      let what = isModel ? "features, task and number formats" : "the number of rows, and this schema"
      lines.append("  Public with every proof about it: \(what):")
      lines.append(
        JSONValue.object(artefact.format).prettyText.split(separator: "\n").map { "    " + TerminalText.escaped(String($0)) }.joined(separator: "\n"))
      lines.append(isModel ? "  Hidden: every weight." : "  Hidden: every cell.")
      return lines.joined(separator: "\n")
    }

    private var rounding: JSONValue {
      guard let comparison else { return .null }
      return .object([
        "rows": .integer(comparison.rowCount), "largestDifference": .string("\(comparison.largestDifference)"),
        "meanDifference": .string("\(comparison.meanDifference)"), "changedDecisions": comparison.changedDecisions.map(JSONValue.integer) ?? .null,
        "metricInFloatingPoint": .string("\(comparison.metric.floating)"), "metricInIntegers": .string("\(comparison.metric.integer)"),
      ])
    }

    /// The commitment for programs.
    public var json: JSONValue {
      .object([
        "name": .string(name), "artefact": artefact.json, "openings": .integer(price.openings), "queries": .integer(price.queryCount),
        "droppedRows": .integer(droppedRowCount), "kept": .bool(isKept),
        "rounding": rounding,
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
    return try save(
      .table(imported.table), name: name, role: "dataset", openings: openings, store: path, profile: profile,
      droppedRowCount: imported.droppedRowCount)
  }

  /// What makes a model of a file of coefficients.
  public struct ModelSource: Sendable {
    /// CSV or NPZ.
    public var coefficients: String
    /// The schema file of the rows that the model reads.
    public var schema: String
    /// The column that it predicts.
    public var target: String
    /// For two classes the one that its score stands for; nil: the last.
    public var positive: String?
    /// Columns of the schema that are no features.
    public var excluded: [String]
    /// A CSV file of rows to compare the integer model with its coefficients on; nil for none.
    public var rows: String?

    /// A source from its parts.
    public init(coefficients: String, schema: String, target: String, positive: String? = nil, excluded: [String] = [], rows: String? = nil) {
      self.coefficients = coefficients
      self.schema = schema
      self.target = target
      self.positive = positive
      self.excluded = excluded
      self.rows = rows
    }
  }

  /// Reads the coefficients of a linear model, rounds them to integers and commits to these.
  ///
  /// - Parameters:
  ///   - name: name in the store; nil: from the file's name.
  ///   - openings: proofs that the commitment shall serve.
  /// - Throws: `ImportError`, `PipelineError`, `StoreError`.
  public static func commit(
    model source: ModelSource, name: String? = nil, openings: Int, store path: String, profile: SoundnessProfile = .p128
  ) throws -> Result {
    let name = name ?? ArtefactNames.name(ofFile: source.coefficients)
    try ArtefactNames.check(name)
    let imported = try ImportedModel(
      coefficients: source.coefficients, schema: source.schema, target: source.target, positive: source.positive, excluding: source.excluded,
      rows: source.rows)
    return try save(
      .model(imported.model), name: name, role: "model", openings: openings, store: path, profile: profile, comparison: imported.comparison)
  }

  static func save(
    _ values: ArtefactValues, name: String, role: String, openings: Int, store path: String, profile: SoundnessProfile, droppedRowCount: Int = 0,
    comparison: RoundingComparison? = nil
  ) throws -> Result {
    let price = try OpeningsPrice(openings: openings, cells: values.contents.cellCount, profile: profile)
    let vault = ArtefactVault<GoldilocksCubic>(store: try Store.open(URL(fileURLWithPath: path)), profile: profile)
    let (artefact, isKept) = try vault.commit(.init(storedName: name, name: name, role: role, values: values), price: price)
    return Result(
      name: name, artefact: ManifestArtefact(artefact.description, root: artefact.root, role: artefact.role), price: price,
      droppedRowCount: droppedRowCount, isKept: isKept, comparison: comparison)
  }
}

import Evidence
import Importers

extension RunResult {
  /// The last lines of a run, for people.
  public var summary: String {
    var lines: [String] = []
    let proofs = report.proofs.map { byteText($0.byteCount) }.joined(separator: ", ")
    lines.append(
      "\(report.claims.count) claims in \(report.proofs.count == 1 ? "one proof" : "\(report.proofs.count) proofs") of \(proofs); "
        + "verified in \(report.microseconds / 1_000) ms.")
    for claim in report.claims {
      for figure in claim.description.figures {
        if case .accuracy(let accuracy) = figure { lines += accuracy.sentences.map { "  \($0)" } }
      }
      // The first sentences say what was compared.
      if ["confusion", "ranking", "errors"].contains(claim.entry.type) {
        lines += claim.description.shows.filter { $0.contains("n = ") && !$0.contains("By class: ") }.map {
          "  \(claim.entry.name): \(TerminalText.escaped($0))"
        }
      }
    }
    lines.append("Bundle in \(TerminalText.escaped(output)): it holds nothing private. Anyone can check it:")
    lines.append("  zkmlops verify \(TerminalText.escaped(output))")
    return lines.joined(separator: "\n")
  }

  /// The result for programs.
  public var json: JSONValue {
    .object([
      "bundle": .string(output), "bundleID": .string(report.bundleID),
      "stages": .array(
        stages.map {
          .object(["name": .string($0.name), "microseconds": .integer(Int($0.seconds * 1e6)), "outcome": .string($0.outcome)])
        }),
      "associations": .array(
        associations.map {
          .object([
            "protected": .string($0.protected), "feature": .string($0.feature), "measure": .string($0.measure.rawValue),
            "value": .string("\($0.value)"), "rows": .integer($0.rowCount), "proved": .bool(false),
          ])
        }),
      "spent": .array(
        spendings.map {
          .object([
            "artefacts": .array($0.artefacts.map(JSONValue.string)),
            "storedNames": .array($0.artefacts.map { .string(storedNames[$0] ?? "") }), "queries": .integer($0.queries),
            "openingsBefore": .integer($0.openingsBefore), "openingsAfter": .integer($0.openingsAfter),
          ])
        }),
      "verification": report.json,
    ])
  }
}

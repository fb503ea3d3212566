import Claims
import Evidence
import Fields
import Foundation
import Hashing
import Programs
import Soundness
import Store

/// What a store holds, in words: budgets, refreshes, and everything that was ever revealed. Nothing secret.
public struct StoreInspection: Sendable {
  /// One artefact.
  public struct Artefact: Sendable {
    /// The store's record.
    public let record: StoredArtefact
    /// What it holds, e.g. `table, 250 rows, 22 columns`.
    public let contents: String
    /// Names of the artefacts that share its tree, and so its budget.
    public let sharing: [String]
    /// Its budget.
    public let budget: HidingBudget
    /// Whole proofs left, and at all.
    public let openings: (left: Int, all: Int)
    /// Everything that proofs told about its values.
    public let revealed: [(claim: String, label: String, value: String, proof: String)]
  }

  /// The store's folder.
  public let path: String
  /// Its artefacts, oldest first.
  public let artefacts: [Artefact]
  /// Proved equalities: names of the newer and the older commitment.
  public let refreshes: [(child: String, parent: String)]
  /// Shares of budgets given away or received: the artefact's name, code positions, the day.
  public let handovers: [(artefact: String, share: Int, isGiven: Bool, date: String)]
  /// Runs by outcome.
  public let runCount: Int
  /// What the difference of public numbers tells about single rows, one sentence each.
  public let warnings: [String]
  /// In what the store's place differs from the recorded one.
  public let differences: [String]

  /// Looks at the store in a folder.
  /// - Throws: `StoreError`.
  public init(path: String) throws {
    let store = try Store.open(URL(fileURLWithPath: path), create: false)
    let all = try store.artefacts()
    let names = Dictionary(all.map { ($0.identity, $0.name) }) { first, _ in first }
    artefacts = try all.map { record in
      let budget = try store.budget(of: record)
      let queries = (try? QueryCount.globalShape(m: record.shape.log2RowLength, profile: .p128))?.queryCount ?? 0
      let revealed = try store.disclosures(about: record.identity).map {
        (claim: $0.revealed.claim, label: $0.revealed.label, value: $0.revealed.value, proof: $0.proof.hex)
      }
      return Artefact(
        record: record, contents: Self.words(record),
        sharing: all.filter { $0.secretID == record.secretID && $0.identity != record.identity }.map(\.name), budget: budget,
        openings: (budget.openingsLeft(queries: queries), queries > 0 ? record.shape.tailLength / queries : 0), revealed: revealed)
    }
    refreshes = try store.refreshes().map { (names[$0.child] ?? $0.child.hex, names[$0.parent] ?? $0.parent.hex) }
    handovers = try store.handovers().map {
      let time = Timestamp(secondsSince1970: Int($0.recorded.timeIntervalSince1970))?.description ?? ""
      return (names[$0.artefact] ?? $0.artefact.hex, $0.share, $0.direction == .given, time)
    }
    warnings = Differencing.warnings(try Differencing.revealed(in: store))
    runCount = try store.runs().count
    differences = try store.differences().map(\.words)
    self.path = path
  }

  private static func words(_ record: StoredArtefact) -> String {
    switch ArtefactVault<GoldilocksCubic>.contents(record) {
    case .table(let schema, let rows)?: "table, \(counted(rows, "row")), \(counted(schema.columns.count, "column"))"
    case .linearModel(let architecture)?:
      "linear model, \(counted(architecture.weightShape.rows, "feature")), target \(TerminalText.quoted(architecture.target))"
    case .treeEnsemble(let architecture)?:
      "ensemble of \(counted(architecture.trees, "decision tree")), target \(TerminalText.quoted(architecture.target))"
    case .network(let architecture)?:
      "network, \(counted(architecture.parameters.count, "hidden tensor")), \(counted(architecture.parameters.reduce(0) { $0 + $1.count }, "weight"))"
    case nil: "\(TerminalText.escaped(record.kind)), of another version"
    }
  }

  /// The inspection for a terminal.
  public var text: String {
    var lines = [
      "Store \(TerminalText.escaped(path)): \(counted(artefacts.count, "artefact")), \(counted(runCount, "run")). Private; never share it."
    ]
    if !differences.isEmpty {
      lines.append("It is not where it was (\(differences.joined(separator: "; "))): it proves nothing until `zkmlops store adopt`.")
    }
    for artefact in artefacts {
      let record = artefact.record
      let state = (record.isSuperseded ? ", superseded" : "") + (record.hasSecret ? "" : ", secret erased")
      lines += ["", "\(TerminalText.escaped(record.name))  \(record.identity.hex.prefix(16))…  \(artefact.contents)\(state)"]
      let budget = artefact.budget
      lines.append(
        "  openings left: \(artefact.openings.left) of \(artefact.openings.all) (\(budget.left) of \(budget.capacity) positions; \(budget.used) used, "
          + "\(budget.reserved) reserved, \(budget.burnt) lost)\(budget.isLow ? "  LOW: `zkmlops refresh \(TerminalText.escaped(record.name))`" : "")"
      )
      if !artefact.sharing.isEmpty {
        lines.append("  one tree and one budget with \(artefact.sharing.map(TerminalText.escaped).joined(separator: ", "))")
      }
      if artefact.revealed.isEmpty { lines.append("  revealed: nothing beyond its public format") }
      for value in artefact.revealed {
        lines.append(
          "  revealed: \(TerminalText.escaped(value.claim)), \(TerminalText.escaped(value.label)): \(Self.cut(TerminalText.escaped(value.value))) "
            + "(proof \(value.proof.prefix(12))…)")
      }
    }
    for handover in handovers {
      lines.append("")
      lines.append(
        "\(TerminalText.escaped(handover.artefact)): \(counted(handover.share, "position")) of its budget \(handover.isGiven ? "given away" : "received"), "
          + "\(handover.date)")
    }
    for refresh in refreshes {
      lines += ["", "\(TerminalText.escaped(refresh.child)) holds the same data as \(TerminalText.escaped(refresh.parent)), proved"]
    }
    for warning in warnings { lines += ["", "WARNING: \(TerminalText.escaped(warning))"] }
    return lines.joined(separator: "\n") + "\n"
  }

  /// The inspection for programs.
  public var json: JSONValue {
    .object([
      "store": .string(path), "runs": .integer(runCount), "differences": .array(differences.map(JSONValue.string)),
      "artefacts": .array(artefacts.map(Self.json)), "warnings": .array(warnings.map(JSONValue.string)),
      "handovers": .array(
        handovers.map {
          .object([
            "artefact": .string($0.artefact), "positions": .integer($0.share), "direction": .string($0.isGiven ? "given" : "received"),
            "date": .string($0.date),
          ])
        }),
      "refreshes": .array(refreshes.map { .object(["child": .string($0.child), "parent": .string($0.parent)]) }),
    ])
  }

  private static func json(_ artefact: Artefact) -> JSONValue {
    .object([
      "name": .string(artefact.record.name), "identity": .string(artefact.record.identity.hex), "contents": .string(artefact.contents),
      "superseded": .bool(artefact.record.isSuperseded), "hasSecret": .bool(artefact.record.hasSecret),
      "sharesTreeWith": .array(artefact.sharing.map(JSONValue.string)),
      "openingsLeft": .integer(artefact.openings.left), "openings": .integer(artefact.openings.all),
      "positions": .object([
        "capacity": .integer(artefact.budget.capacity), "used": .integer(artefact.budget.used), "reserved": .integer(artefact.budget.reserved),
        "burnt": .integer(artefact.budget.burnt),
      ]),
      "revealed": .array(
        artefact.revealed.map {
          .object(["claim": .string($0.claim), "label": .string($0.label), "value": .string($0.value), "proof": .string($0.proof)])
        }),
    ])
  }

  private static func cut(_ text: String) -> String { text.count > 200 ? String(text.prefix(200)) + "…" : text }
}

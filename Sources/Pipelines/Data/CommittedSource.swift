import Claims
import Evidence
import Fields
import Importers
import Kernels
import Programs
import Store

/// The table of a pipeline and what filters leave of it, committed before any seed is drawn from a commitment.
struct CommittedSource<E: KernelField> where E.Base == Goldilocks {
  /// raw, then filtered and deduplicated where these steps are.
  let artefacts: [CommittedArtefact<E>]
  /// Store names by bundle name.
  let storedNames: [String: String]
  /// How the later of them come from the earlier.
  let claims: [ProofMaker<E>.Named]
  /// Whether the table that is split was committed in this run.
  let isFresh: Bool

  static var raw: String { "raw" }
  static var filtered: String { "filtered" }
  static var deduplicated: String { "deduplicated" }

  /// The table that is split.
  var split: CommittedArtefact<E>? { artefacts.last }
  /// The table as the owner knows it.
  var raw: CommittedArtefact<E>? { artefacts.first }

  /// Commits to the raw table in a tree of its own (it is what an owner signs), or takes the store's; then to what filters and deduplication leave.
  static func make(
    _ loaded: LoadedPipeline, received: CommittedArtefact<E>?, project: String, vault: ArtefactVault<E>
  ) throws -> CommittedSource {
    let statements = DataStatements(configuration: loaded.configuration, file: loaded.file)
    var storedNames = [raw: received == nil ? "\(project).\(raw)" : loaded.configuration.rawArtefact ?? raw]
    var isFresh = false
    let first: CommittedArtefact<E>
    if let received {
      first = received
    } else {
      let values = ArtefactValues.table(loaded.table)
      let price = try OpeningsPrice(openings: loaded.configuration.openings, cells: values.contents.cellCount, profile: vault.profile)
      let (artefact, isKept) = try vault.commit(
        .init(storedName: storedNames[raw] ?? raw, name: raw, role: "dataset", values: values), price: price)
      first = artefact
      isFresh = !isKept
    }
    var parts: [ArtefactVault<E>.Part] = []
    var claims: [ProofMaker<E>.Named] = []
    var (name, table) = (raw, loaded.table)
    func add(_ next: String, _ rows: StoredTable, _ claim: String, _ statement: ClaimStatement) {
      storedNames[next] = "\(project).\(next)"
      parts.append(.init(storedName: "\(project).\(next)", name: next, role: "selectedRows", values: .table(rows)))
      claims.append(.init(name: claim, statement: statement))
      (name, table) = (next, rows)
    }
    let conditions = try statements.conditions(table.schema)
    if !conditions.isEmpty {
      let rows = try statements.filtered(table, conditions)
      add(filtered, rows, "filter", .data(.filter(FilterClaim(table: name, output: filtered, conditions: conditions))))
    }
    if loaded.configuration.preparation?.deduplicates == true {
      let rows = table.selecting(rows: DeduplicateClaim.rows(table))
      add(deduplicated, rows, "deduplicate", .data(.deduplicate(DeduplicateClaim(table: name, output: deduplicated))))
    }
    var artefacts = [first]
    if !parts.isEmpty {
      let cells = parts.map { $0.values.contents.cellCount }.max() ?? 0
      let price = try OpeningsPrice(openings: loaded.configuration.openings, cells: cells, profile: vault.profile)
      let committed = try vault.commit(parts, price: price, trees: .shared)
      artefacts += committed.map(\.artefact)
      isFresh = committed.last.map { !$0.isKept } ?? isFresh
    }
    return CommittedSource(artefacts: artefacts, storedNames: storedNames, claims: claims, isFresh: isFresh)
  }
}

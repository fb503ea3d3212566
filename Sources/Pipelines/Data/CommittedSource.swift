import Claims
import Evidence
import Fields
import Importers
import Kernels
import Programs
import Store

/// The table of a pipeline and what filters leave of it, committed before any seed is drawn from a commitment.
struct CommittedSource<E: KernelField> where E.Base == Goldilocks {
  /// raw, then the tables that are joined to it, then what joins, filters and deduplication make of them.
  let artefacts: [CommittedArtefact<E>]
  /// Store names by bundle name.
  let storedNames: [String: String]
  /// How the later of them come from the earlier.
  let claims: [ProofMaker<E>.Named]
  /// Whether the table that is split was committed in this run.
  let isFresh: Bool
  /// Bundle name of the table with all columns and all rows: the raw one, or the last join's.
  let whole: String

  static var raw: String { "raw" }
  static var filtered: String { "filtered" }
  static var deduplicated: String { "deduplicated" }

  /// Name of a table that is joined, from 0.
  static func raw(join index: Int) -> String { "raw-\(index + 2)" }

  /// The table that is split.
  var split: CommittedArtefact<E>? { artefacts.last }

  /// Commits to the raw table and to those that are joined to it, each in a tree of its own (it is what an owner signs), or takes the store's; then
  /// to what joins, filters and deduplication leave.
  ///
  /// - Parameters:
  ///   - received: tables of the store, by their names in the bundle.
  ///   - tampering: what a dishonest provider does to the tables that are made here.
  static func make(
    _ loaded: LoadedPipeline, received: [String: CommittedArtefact<E>], project: String, vault: ArtefactVault<E>, tampering: TableTampering?
  ) throws -> CommittedSource {
    let statements = DataStatements(configuration: loaded.configuration, file: loaded.file)
    var storedNames: [String: String] = [:]
    var isFresh = false
    func own(_ name: String, _ table: StoredTable, _ artefact: String?, role: String) throws -> CommittedArtefact<E> {
      if let received = received[name] {
        storedNames[name] = artefact ?? name
        return received
      }
      let storedName = "\(project).\(name)"
      storedNames[name] = storedName
      let values = ArtefactValues.table(table)
      let price = try OpeningsPrice(openings: loaded.configuration.openings, cells: values.contents.cellCount, profile: vault.profile)
      let (committed, isKept) = try vault.commit(.init(storedName: storedName, name: name, role: role, values: values), price: price)
      isFresh = isFresh || !isKept
      return committed
    }
    var artefacts = [try own(raw, loaded.rawTable, loaded.configuration.rawArtefact, role: "dataset")]
    for (index, join) in loaded.joins.enumerated() {
      var artefact: String?
      if case .artefact(let name) = join.setting.source { artefact = name }
      artefacts.append(try own(raw(join: index), join.table, artefact, role: "joinedDataset"))
    }
    guard Set(artefacts.map(\.identity)).count == artefacts.count else {
      throw PipelineError(.claimDoesNotFit, "A table is joined to itself.", remedy: "Name another table under join.")
    }
    var parts: [ArtefactVault<E>.Part] = []
    var claims: [ProofMaker<E>.Named] = []
    var (name, table) = (raw, loaded.rawTable)
    func add(_ next: String, _ rows: StoredTable, _ claim: String, _ statement: ClaimStatement, role: String = "selectedRows") {
      storedNames[next] = "\(project).\(next)"
      parts.append(.init(storedName: "\(project).\(next)", name: next, role: role, values: .table(rows)))
      claims.append(.init(name: claim, statement: statement))
      (name, table) = (next, rows)
    }
    for (index, join) in loaded.joins.enumerated() {
      let suffix = loaded.joins.count == 1 ? "" : "-\(index + 1)"
      let claim = JoinClaim(left: name, right: raw(join: index), output: "joined\(suffix)", key: join.setting.key)
      add(claim.output, join.result, "join\(suffix)", .data(.join(claim)), role: "joinedRows")
    }
    let whole = name
    let conditions = try statements.conditions(table.schema)
    if !conditions.isEmpty {
      let rows = try statements.filtered(table, conditions)
      add(filtered, rows, "filter", .data(.filter(FilterClaim(table: name, output: filtered, conditions: conditions))))
    }
    if loaded.configuration.preparation?.deduplicates == true {
      let rows = table.selecting(rows: DeduplicateClaim.rows(table))
      add(deduplicated, rows, "deduplicate", .data(.deduplicate(DeduplicateClaim(table: name, output: deduplicated))))
    }
    if !parts.isEmpty {
      try tampering?.apply([], to: &parts)
      let cells = parts.map { $0.values.contents.cellCount }.max() ?? 0
      let price = try OpeningsPrice(openings: loaded.configuration.openings, cells: cells, profile: vault.profile)
      let committed = try vault.commit(parts, price: price, trees: .shared)
      artefacts += committed.map(\.artefact)
      isFresh = committed.last.map { !$0.isKept } ?? isFresh
    }
    return CommittedSource(artefacts: artefacts, storedNames: storedNames, claims: claims, isFresh: isFresh, whole: whole)
  }
}

import Claims
import Evidence
import Fields
import Hashing
import Importers
import Kernels
import Programs
import Store

/// A claim that a single proof shall carry, before the artefacts are opened.
struct WantedClaim {
  /// What is asked for.
  enum Content {
    case request(ClaimRequest)
    /// A claim of a claim file about tables; `openings`: outputs that the store does not have are committed with so many.
    case table(TableClaim, file: String, openings: Int?)
  }
  /// Name in the bundle.
  let name: String
  let content: Content

  /// Names in the store.
  var artefacts: [String] {
    switch content {
    case .request(let request): request.artefacts
    case .table(let claim, _, _): claim.inputs + claim.outputs
    }
  }

  /// Whether outputs may be committed.
  var commits: Bool {
    if case .table(_, _, .some) = content { true } else { false }
  }

  /// The claim over opened tables.
  func request(_ tables: [String: StoredTable], _ identities: [String: Digest]) throws -> ClaimRequest {
    switch content {
    case .request(let request): return request
    case .table(let claim, let file, _):
      return .data(try TableClaimMaker(file: file, tables: tables, identities: identities).claim(claim))
    }
  }
}

/// Tables and identities of opened artefacts, by name.
struct TableClaimMakerSource {
  var tables: [String: StoredTable] = [:]
  var identities: [String: Digest] = [:]

  init<E>(artefacts: [CommittedArtefact<E>]) {
    for artefact in artefacts {
      if case .table(let table) = artefact.values { tables[artefact.name] = table }
      identities[artefact.name] = artefact.identity
    }
  }
}

/// Commits to the outputs of claims that the store does not have.
struct OutputCommitments<E: KernelField> where E.Base == Goldilocks {
  let vault: ArtefactVault<E>

  /// Refuses claims whose outputs the store does not have.
  func check(_ wanted: [WantedClaim]) throws {
    let known = Set(try vault.store.artefacts().map(\.name))
    for claim in wanted {
      guard case .table(let table, let file, _) = claim.content, let missing = table.outputs.first(where: { !known.contains($0) }) else { continue }
      throw ImportError(
        .missingKey, at: FilePlace(file: file), found: "the output \(TerminalText.quoted(missing)), which the store does not have",
        expected: "a committed table, or commit: true", remedy: "Write commit: true, which computes and commits it, or correct the name")
    }
  }

  /// - Returns: names of what was committed.
  func commit(_ wanted: [WantedClaim]) throws -> [String] {
    var made: [String] = []
    for claim in wanted {
      guard case .table(let table, let file, let openings?) = claim.content else { continue }
      for name in table.outputs { try ArtefactNames.check(name) }
      let known = Set(try vault.store.artefacts().map(\.name))
      let missing = table.outputs.filter { !known.contains($0) }
      guard !missing.isEmpty else { continue }
      let inputs = try Set(table.inputs).sorted().map { try vault.load($0, as: $0, role: "artefact") }
      let source = TableClaimMakerSource(artefacts: inputs)
      let maker = TableClaimMaker(file: file, tables: source.tables, identities: source.identities)
      let parts = try maker.outputs(table).filter { missing.contains($0.name) }.map {
        ArtefactVault<E>.Part(storedName: $0.name, name: $0.name, role: "artefact", values: .table($0.table))
      }
      let price = try OpeningsPrice(openings: openings, cells: parts.map { $0.values.contents.cellCount }.max() ?? 0, profile: vault.profile)
      _ = try vault.commit(parts, price: price, trees: .shared)
      made += parts.map(\.name)
    }
    return made
  }
}

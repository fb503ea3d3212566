import Claims
import Fields
import Foundation
import Hashing
import Kernels
import Programs
import Soundness
import Store

/// Commits tables and tree ensembles into a store, for claims about them.
public enum TableCommitments {
  /// Commits to tables and saves the commitments; one that the store has for the same name and values is used.
  ///
  /// A split depends on the identity of its table: commit to the table first, and to the parts once the rows are dealt.
  /// - Parameters:
  ///   - tables: names in the store, which become those in bundles.
  ///   - openings: proofs that the commitments shall serve.
  ///   - trees: whether the new ones share a tree.
  ///   - options: the store, made if need be, and the profile; the output is not used.
  /// - Returns: the identities by name.
  /// - Throws: `PipelineError`, `StoreError`.
  public static func commit(
    _ tables: [(name: String, table: StoredTable)], openings: Int, trees: TreeUse = .shared, options: Pipeline.Options
  ) throws -> [String: Digest] {
    try commit(tables.map { Item(name: $0.name, role: "data", values: .table($0.table)) }, openings, trees, options)
  }

  /// Commits to tree ensembles in the same way.
  public static func commit(
    models: [(name: String, model: TreeModel)], openings: Int, trees: TreeUse = .shared, options: Pipeline.Options
  ) throws -> [String: Digest] {
    try commit(models.map { Item(name: $0.name, role: "model", values: .trees($0.model)) }, openings, trees, options)
  }

  private struct Item {
    let name: String
    let role: String
    let values: ArtefactValues
  }

  private static func commit(
    _ items: [Item], _ openings: Int, _ trees: TreeUse, _ options: Pipeline.Options
  ) throws -> [String: Digest] {
    options.profile == .p100
      ? try commit(items, openings, trees, options, GoldilocksQuadratic.self) : try commit(items, openings, trees, options, GoldilocksCubic.self)
  }

  private static func commit<E: KernelField>(
    _ items: [Item], _ openings: Int, _ trees: TreeUse, _ options: Pipeline.Options, _ field: E.Type
  ) throws -> [String: Digest] where E.Base == Goldilocks {
    for item in items { try ArtefactNames.check(item.name) }
    let store = try Store.open(URL(fileURLWithPath: options.store), create: true)
    let vault = ArtefactVault<E>(store: store, profile: options.profile)
    let parts = items.map { ArtefactVault<E>.Part(storedName: $0.name, name: $0.name, role: $0.role, values: $0.values) }
    let cells = parts.map { $0.values.contents.cellCount }.max() ?? 0
    let price = try OpeningsPrice(openings: openings, cells: cells, profile: options.profile)
    var identities: [String: Digest] = [:]
    for (part, committed) in zip(parts, try vault.commit(parts, price: price, trees: trees)) { identities[part.name] = committed.artefact.identity }
    return identities
  }
}

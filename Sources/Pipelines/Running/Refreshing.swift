import Claims
import Evidence
import Fields
import Foundation
import Kernels
import ProofSystem
import Soundness
import Store

/// `refresh`: a fresh commitment to the same values, proved equal to the first one.
///
/// A budget belongs to a tree, so all artefacts that share the tree are refreshed together, into one new tree, for one opening of the old one;
/// one opening that is left is enough for all of them. Refreshes form a star: a new commitment is compared with the first one while that has
/// budget, else with one that was compared with it, so that a verifier never follows more than two links.
public enum Refreshing {
  /// What came of a refresh.
  public struct Result: Sendable {
    /// Name of the new commitment in the store; commands go on using the old one and get the new commitment.
    public let storedName: String
    /// Name of the commitment that it was proved equal to.
    public let original: String
    /// All commitments that were renewed, that one first: names of the new one and of the one that it was proved equal to.
    public let renewed: [(storedName: String, original: String)]
    /// The proof and its bundle.
    public let proof: SingleProofs.Result
  }

  /// Commits afresh to an artefact's values and proves that both commitments hide the same.
  /// - Parameter alone: leaves the artefacts that share its tree where they are.
  /// - Throws: `PipelineError.spent`, `StoreError`, `BundleWriteError`.
  public static func refresh(
    _ name: String, alone: Bool = false, options: Pipeline.Options, listener: @escaping @Sendable (RunEvent) -> Void = { _ in }
  ) throws -> Result {
    options.profile == .p100
      ? try refresh(name, alone, options, listener, GoldilocksQuadratic.self)
      : try refresh(name, alone, options, listener, GoldilocksCubic.self)
  }

  /// A commitment and the one that a fresh one is compared with.
  private struct Renewal {
    /// All commitments to the values, the first one first.
    let star: [StoredArtefact]
    let parent: StoredArtefact
    var storedName: String { "\((star.first?.name ?? parent.name).prefix(60)).refresh-\(star.count)" }
  }

  private static func refresh<E: KernelField>(
    _ name: String, _ alone: Bool, _ options: Pipeline.Options, _ listener: @escaping @Sendable (RunEvent) -> Void, _ field: E.Type
  ) throws -> Result where E.Base == Goldilocks {
    try ArtefactNames.check(name)
    try Destination.prepare(options.output)
    var clock = StageClock(listener)
    let store = try Store.open(URL(fileURLWithPath: options.store), create: false)
    let vault = ArtefactVault<E>(store: store, profile: options.profile)
    let renewals = try renewals(name, alone: alone, vault)
    guard let asked = renewals.first else {
      throw PipelineError(
        .spent, "No commitment to \(TerminalText.quoted(name)) that a refresh could start from has an opening left.",
        remedy: "Commit the data afresh; a proof of equality is no longer possible.")
    }
    let originals = try clock.stage("open artefacts") {
      let originals = try renewals.map { try vault.load($0.parent, as: $0.parent.name, role: "original") }
      return (originals, TerminalText.escaped(originals.map(\.name).joined(separator: " + ")))
    }
    guard let shape = originals.first?.description.shape else {
      throw PipelineError(.fault, "Nothing was opened.", remedy: "Report this as a defect.")
    }
    let fresh = try clock.stage("commit afresh") {
      let fresh = commit(zip(renewals, originals).map { ($0.storedName, "refreshed", $1.values) }, shape: shape, E.self)
      try vault.save(fresh, storedNames: renewals.map(\.storedName))
      return (fresh, TerminalText.escaped(fresh.map(\.name).joined(separator: " + ")))
    }
    do {
      let claims = zip(originals, fresh).enumerated().flatMap { Self.claims($0, original: $1.0.name, fresh: $1.1.name, E.self) }
      let job = BundleJob<E>(
        store: store, profile: options.profile, output: options.output, purpose: "refresh \(name)", run: nil, signing: options.signing)
      let result = try job.make(claims, artefacts: zip(originals, fresh).flatMap { [$0, $1] }, &clock) { proven in
        for (original, fresh) in zip(originals, fresh) {
          try store.recordRefresh(child: fresh.identity, of: original.identity, proof: proven.digest)
        }
      }
      return Result(
        storedName: asked.storedName, original: asked.parent.name, renewed: renewals.map { ($0.storedName, $0.parent.name) },
        proof: SingleProofs.Result(report: result.report, spendings: result.spendings, output: options.output))
    } catch {
      // Commitments that nothing was proved of are of no use; those that a recorded proof opens stay.
      for artefact in fresh { try? store.deleteArtefact(artefact.identity) }
      throw error
    }
  }

  /// What is renewed: the named artefact first, then those whose newest commitment lies in the same tree and has the same code. Artefacts whose
  /// name went to other data are left behind.
  private static func renewals<E: KernelField>(_ name: String, alone: Bool, _ vault: ArtefactVault<E>) throws -> [Renewal] {
    let store = vault.store
    let depths = Dictionary(try store.refreshes().map { ($0.child, $0.depth) }) { first, _ in first }
    func renewal(_ artefact: StoredArtefact) throws -> Renewal? {
      let star = try store.sameData(as: artefact.identity)
      let parent = try star.first { try $0.hasSecret && depths[$0.identity, default: 0] < 2 && vault.openingsLeft($0) > 0 }
      return parent.map { Renewal(star: star, parent: $0) }
    }
    let newest = try newest(of: try store.artefact(named: name), store)
    guard let asked = try renewal(newest) else { return [] }
    guard !alone else { return [asked] }
    var renewals = [asked]
    for other in try store.sharingTree(with: newest) where other.identity != newest.identity && !other.isSuperseded {
      guard try Self.newest(of: other, store).identity == other.identity, let own = try renewal(other), own.parent.shape == asked.parent.shape,
        own.star.first?.isSuperseded != true
      else { continue }
      renewals.append(own)
    }
    return renewals
  }

  /// The last commitment to the same values.
  private static func newest(of artefact: StoredArtefact, _ store: Store) throws -> StoredArtefact {
    try store.sameData(as: artefact.identity).last(where: \.hasSecret) ?? artefact
  }

  private static func commit<E: KernelField>(
    _ parts: [(name: String, role: String, values: ArtefactValues)], shape: CodeShape, _ field: E.Type
  ) -> [CommittedArtefact<E>] where E.Base == Goldilocks {
    parts.count == 1
      ? parts.map { CommittedArtefact(name: $0.name, role: $0.role, values: $0.values, shape: shape) }
      : CommittedArtefact.together(parts, shape: shape)
  }

  private static func claims<E: KernelField>(_ index: Int, original: String, fresh: String, _ field: E.Type) -> [ProofMaker<E>.Named]
  where E.Base == Goldilocks {
    let suffix = index == 0 ? "" : "-\(index + 1)"
    return [
      .init(name: "well-formed-original\(suffix)", statement: .wellFormed(artefact: original)),
      .init(name: "well-formed-refreshed\(suffix)", statement: .wellFormed(artefact: fresh)),
      .init(name: "same-data\(suffix)", statement: .sameDataAs(artefact: fresh, original: original)),
    ]
  }
}

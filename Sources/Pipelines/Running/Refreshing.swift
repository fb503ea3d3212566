import Claims
import Evidence
import Fields
import Foundation
import Kernels
import Programs
import Soundness
import Store

/// `refresh`: a fresh commitment to the same values, proved equal to the first one.
///
/// Refreshes form a star: the new commitment is compared with the first one while that has budget, else with one that was compared with it,
/// so that a verifier never follows more than two links.
public enum Refreshing {
  /// What came of a refresh.
  public struct Result: Sendable {
    /// Name of the new commitment in the store; commands go on using the old one and get the new commitment.
    public let storedName: String
    /// Name of the commitment that it was proved equal to.
    public let original: String
    /// The proof and its bundle.
    public let proof: SingleProofs.Result
  }

  /// Commits afresh to an artefact's values and proves that both commitments hide the same.
  /// - Throws: `PipelineError.spent`, `StoreError`, `BundleWriteError`.
  public static func refresh(
    _ name: String, options: Pipeline.Options, listener: @escaping @Sendable (RunEvent) -> Void = { _ in }
  ) throws -> Result {
    options.profile == .p100
      ? try refresh(name, options, listener, GoldilocksQuadratic.self)
      : try refresh(name, options, listener, GoldilocksCubic.self)
  }

  private static func refresh<E: KernelField>(
    _ name: String, _ options: Pipeline.Options, _ listener: @escaping @Sendable (RunEvent) -> Void, _ field: E.Type
  ) throws -> Result where E.Base == Goldilocks {
    try ArtefactNames.check(name)
    try Destination.prepare(options.output)
    var clock = StageClock(listener)
    let store = try Store.open(URL(fileURLWithPath: options.store), create: false)
    let vault = ArtefactVault<E>(store: store, profile: options.profile)
    let star = try store.sameData(as: try store.artefact(named: name).identity)
    let depths = Dictionary(try store.refreshes().map { ($0.child, $0.depth) }) { first, _ in first }
    // The first commitment comes first.
    guard let parent = try star.first(where: { try $0.hasSecret && depths[$0.identity, default: 0] < 2 && vault.openingsLeft($0) > 0 }) else {
      throw PipelineError(
        .spent, "No commitment to \(TerminalText.quoted(name)) that a refresh could start from has an opening left.",
        remedy: "Commit the data afresh; a proof of equality is no longer possible.")
    }
    let storedName = "\((star.first?.name ?? name).prefix(60)).refresh-\(star.count)"
    let original = try clock.stage("open artefact") {
      (try vault.load(parent, as: parent.name, role: "original"), TerminalText.escaped(parent.name))
    }
    let fresh = try clock.stage("commit afresh") {
      let fresh = CommittedArtefact<E>(name: storedName, role: "refreshed", values: original.values, shape: original.description.shape)
      try vault.save(fresh, storedName: storedName)
      return (fresh, TerminalText.escaped(storedName))
    }
    do {
      let claims: [ProofMaker<E>.Named] = [
        .init(name: "well-formed-original", statement: .wellFormed(artefact: original.name)),
        .init(name: "well-formed-refreshed", statement: .wellFormed(artefact: fresh.name)),
        .init(name: "same-data", statement: .sameDataAs(artefact: fresh.name, original: original.name)),
      ]
      let job = BundleJob<E>(
        store: store, profile: options.profile, output: options.output, purpose: "refresh \(name)", run: nil, signing: options.signing)
      let result = try job.make(claims, artefacts: [original, fresh], &clock) { proven in
        try store.recordRefresh(child: fresh.identity, of: original.identity, proof: proven.digest)
      }
      return Result(
        storedName: storedName, original: original.name,
        proof: SingleProofs.Result(report: result.report, spendings: result.spendings, output: options.output))
    } catch {
      // A commitment that nothing was proved of is of no use; one that a recorded proof opens stays.
      try? store.deleteArtefact(fresh.identity)
      throw error
    }
  }
}

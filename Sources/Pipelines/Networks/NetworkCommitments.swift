import Claims
import Evidence
import Fields
import Foundation
import Hashing
import Programs
import Soundness
import Store

extension Commitments {
  /// Commits to an imported network.
  ///
  /// - Parameters:
  ///   - file: SHA-256 of the file that it was imported from; its commitment goes into the artefact, what opens it into the store.
  ///   - openings: proofs that the commitment shall serve.
  /// - Throws: `PipelineError`, `StoreError`.
  public static func commit(
    network: NetworkModel, file: Digest?, name: String, openings: Int, store path: String, profile: SoundnessProfile = .p128
  ) throws -> Result {
    try ArtefactNames.check(name)
    let store = try Store.open(URL(fileURLWithPath: path))
    var model = network
    if let file {
      guard
        let source = try known(file, network.architecture, name: name, store) ?? Programs.ModelSource(salt: SystemRandom.bytes(32), fileDigest: file)
      else { throw PipelineError(.fault, "A salt has another length.", remedy: "Report this as a defect.") }
      // Before the commitment that speaks of it: one that nothing opens would be worth nothing.
      try store.saveSource(source.commitment, salt: source.salt, file: source.fileDigest)
      model = try NetworkModel(architecture: network.architecture.bound(to: source.commitment), values: network.values)
    }
    return try save(.network(model), name: name, role: "model", openings: openings, store: path, profile: profile)
  }

  /// The source that the store's artefact of this name speaks of, when it is the same network from the same file: then the commitment can be kept.
  private static func known(_ file: Digest, _ architecture: NetworkArchitecture, name: String, _ store: Store) throws -> Programs.ModelSource? {
    guard let stored = try? store.artefact(named: name), case .network(let own)? = ArtefactVault<GoldilocksCubic>.contents(stored),
      let commitment = own.source, own == architecture.bound(to: commitment), let found = try store.source(of: commitment), found.file == file
    else { return nil }
    return Programs.ModelSource(salt: found.salt, fileDigest: found.file)
  }

  /// What opens the commitment to the file of a network of the store: to be shown to whom its provider wants to convince.
  /// - Throws: `PipelineError.claimDoesNotFit` when it is no network, or the store does not know its file; `StoreError`.
  public static func source(of name: String, store path: String) throws -> ModelSourceStatement {
    let store = try Store.open(URL(fileURLWithPath: path), create: false)
    let stored = try store.artefact(named: name)
    guard case .network(let architecture)? = ArtefactVault<GoldilocksCubic>.contents(stored), let commitment = architecture.source else {
      throw PipelineError(
        .claimDoesNotFit, "\(TerminalText.quoted(name)) is no network that was imported from a file.",
        remedy: "`zkmlops inspect` on the store lists its artefacts.")
    }
    guard let found = try store.source(of: commitment), let source = Programs.ModelSource(salt: found.salt, fileDigest: found.file) else {
      throw PipelineError(
        .claimDoesNotFit, "This store does not know the file of \(TerminalText.quoted(name)).",
        remedy: "The store that the model was imported into knows it.")
    }
    return ModelSourceStatement(artefact: stored.identity.hex, source: source)
  }
}

import Claims
import Evidence
import Fields
import Hashing
import Kernels
import Programs
import ProofSystem
import Prover
import Soundness
import Store

/// Committed artefacts in and out of the store.
struct ArtefactVault<E: KernelField>: Sendable where E.Base == Goldilocks {
  let store: Store
  let profile: SoundnessProfile

  /// The artefact of a name: the newest of its commitments (refreshed ones included) that has budget for a proof, else the newest.
  ///
  /// - Parameters:
  ///   - storedName: its name in the store.
  ///   - name: the name it shall have in a bundle.
  /// - Throws: `StoreError`, or `PipelineError.foreignArtefact`.
  func load(_ storedName: String, as name: String, role: String) throws -> CommittedArtefact<E> {
    try load(try current(try store.artefact(named: storedName)), as: name, role: role)
  }

  /// The newest commitment to the same values with budget for a proof, else the newest.
  func current(_ stored: StoredArtefact) throws -> StoredArtefact {
    let all = try store.sameData(as: stored.identity).filter(\.hasSecret)
    return try all.last { try openingsLeft($0) > 0 } ?? all.last ?? stored
  }

  /// Whole proofs that the artefact's budget allows.
  func openingsLeft(_ stored: StoredArtefact) throws -> Int {
    guard let shape = try? QueryCount.globalShape(m: stored.shape.log2RowLength, profile: profile) else { return 0 }
    return try store.budget(of: stored).openingsLeft(queries: shape.queryCount)
  }

  func load(_ stored: StoredArtefact, as name: String, role: String) throws -> CommittedArtefact<E> {
    func refuse(_ reason: String) -> PipelineError {
      PipelineError(
        .foreignArtefact, "The store's artefact \(TerminalText.quoted(stored.name)) cannot be used: \(reason).", remedy: "Commit the data afresh.")
    }
    guard let contents = Self.contents(stored) else { throw refuse("its description is not one of this version") }
    guard let shape = CodeShapes.shape(log2RowLength: stored.shape.log2RowLength, field: Goldilocks.self) else { throw refuse("its code is unknown") }
    let payload = try store.secret(of: stored)
    let layout = MatrixLayout(name: name, log2RowLength: shape.log2RowLength, tensors: contents.tensors)
    let data = MatrixData<Goldilocks>(layout: layout)
    guard payload.valueWidth == Goldilocks.byteCount, payload.count == layout.size else { throw refuse("its secret has another size") }
    for index in 0..<payload.count {
      let word = payload.values[(8 * index)..<(8 * index + 8)].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      data.vector.pointer[index] = Goldilocks(word)
    }
    guard let values = ArtefactValues(contents, from: data) else { throw refuse("its values do not fit its format") }
    let artefact = CommittedArtefact<E>(
      name: name, role: role, values: values, shape: shape, seed: payload.tailSeed, masterSecret: payload.masterSecret)
    guard artefact.identity == stored.identity else { throw refuse("its secret does not open its commitment") }
    return artefact
  }

  /// What the store's record says that an artefact holds; nil for a record of another program.
  static func contents(_ stored: StoredArtefact) -> ArtefactContents? {
    guard case .list(let parts)? = CanonicalReader.value(stored.preimage), parts.count == 2, parts[0] == .text("zkmlops/artefact/v1"),
      case .dictionary(let entries) = parts[1], case .text(let kind)? = entries["kind"], let format = entries["format"]
    else { return nil }
    return try? ArtefactContents(kind: kind, format: format)
  }

  /// Commits to values and saves the commitment; the one that the store has is used when it hides the same values in the same code.
  ///
  /// - Returns: the artefact, and whether the store had it.
  func commit(
    _ values: ArtefactValues, storedName: String, as name: String, role: String, price: OpeningsPrice
  ) throws -> (artefact: CommittedArtefact<E>, isKept: Bool) {
    let shape = try price.shape()
    if let kept = try existing(values, storedName: storedName, shape: shape) {
      return (try load(kept, as: name, role: role), true)
    }
    let artefact = CommittedArtefact<E>(name: name, role: role, values: values, shape: shape)
    try save(artefact, storedName: storedName)
    return (artefact, false)
  }

  /// Saves a commitment under a name, which it takes over from an older one.
  func save(_ artefact: CommittedArtefact<E>, storedName: String) throws {
    let shape = artefact.description.shape
    let record = NewArtefact(
      identity: artefact.identity, name: storedName, kind: artefact.description.contents.kind, preimage: artefact.secret.publicPart.preimage,
      shape: try StoredCodeShape(log2RowLength: shape.log2RowLength, tailLength: shape.tailCount, log2CodeLength: shape.log2Length))
    try store.saveArtefact(record, secret: try artefact.payload(), replacing: true)
  }

  private func existing(_ values: ArtefactValues, storedName: String, shape: CodeShape) throws -> StoredArtefact? {
    let stored: StoredArtefact
    do { stored = try store.artefact(named: storedName) } catch {
      guard case .unknownArtefact = error.reason else { throw error }
      return nil
    }
    guard stored.hasSecret, stored.shape.log2RowLength == shape.log2RowLength, let contents = Self.contents(stored), contents == values.contents
    else {
      return nil
    }
    let layout = MatrixLayout(name: storedName, log2RowLength: shape.log2RowLength, tensors: contents.tensors)
    return try store.secret(of: stored).values == CommittedArtefact<E>.encoded(values.matrix(layout)) ? try current(stored) : nil
  }
}

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
  private let secrets: OpenedSecrets<E>

  init(store: Store, profile: SoundnessProfile) {
    self.store = store
    self.profile = profile
    secrets = OpenedSecrets()
  }

  // MARK: Loading

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
    guard let record = ArtefactRecord(stored) else { throw refuse("its description is not one of this version") }
    guard let shape = CodeShapes.shape(log2RowLength: stored.shape.log2RowLength, field: Goldilocks.self) else { throw refuse("its code is unknown") }
    let payload = try secrets.payload(of: stored, in: store)
    let layout = MatrixLayout(name: name, log2RowLength: shape.log2RowLength, tensors: record.contents.tensors)
    guard payload.valueWidth == Goldilocks.byteCount, let range = record.values(layout, among: payload.count) else {
      throw refuse("its secret has another size")
    }
    let data = MatrixData<Goldilocks>(layout: layout)
    Self.read(payload, range, into: data.vector)
    guard let values = ArtefactValues(record.contents, from: data) else { throw refuse("its values do not fit its format") }
    let artefact: CommittedArtefact<E>
    if let placement = record.placement {
      artefact = CommittedArtefact(
        name: name, role: role, values: values, data: data, firstRow: placement.firstRow,
        matrix: try secrets.tree(of: stored, placement: placement, shape: shape, in: store), seed: payload.tailSeed,
        masterSecret: payload.masterSecret)
    } else {
      artefact = CommittedArtefact(
        name: name, role: role, values: values, data: data, shape: shape, seed: payload.tailSeed, masterSecret: payload.masterSecret)
    }
    guard artefact.identity == stored.identity else { throw refuse("its secret does not open its commitment") }
    return artefact
  }

  /// Elements from canonical bytes; what is not below p opens no commitment, which is checked by the identity.
  static func read(_ payload: SecretPayload, _ range: Range<Int>, into buffer: FieldBuffer<Goldilocks>) {
    payload.values.withUnsafeBytes { bytes in
      for (index, value) in range.enumerated() {
        buffer.pointer[index] = Goldilocks(UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: 8 * value, as: UInt64.self)))
      }
    }
  }

  /// What the store's record says that an artefact holds; nil for a record of another program.
  static func contents(_ stored: StoredArtefact) -> ArtefactContents? { ArtefactRecord(stored)?.contents }

  // MARK: Committing

  /// Something to commit to, with its name in the store and in a bundle.
  struct Part {
    let storedName: String
    let name: String
    let role: String
    let values: ArtefactValues
  }

  /// Commits to values and saves the commitment; the one that the store has is used when it hides the same values in the same code.
  ///
  /// - Returns: the artefact, and whether the store had it.
  func commit(_ part: Part, price: OpeningsPrice) throws -> (artefact: CommittedArtefact<E>, isKept: Bool) {
    guard let result = try commit([part], price: price, trees: .separate).first else {
      throw PipelineError(.fault, "Nothing was committed.", remedy: "Report this as a defect.")
    }
    return result
  }

  /// Commits to several artefacts and saves them. A commitment that the store has already is used when it hides the same values in the same code;
  /// the others are put into one tree: one budget and one lifetime, and about 54 kB less a proof for each.
  ///
  /// - Returns: the artefacts in the order of `parts`, and whether the store had each.
  func commit(_ parts: [Part], price: OpeningsPrice, trees: TreeUse) throws -> [(artefact: CommittedArtefact<E>, isKept: Bool)] {
    let shape = try price.shape()
    var found: [Int: CommittedArtefact<E>] = [:]
    for (index, part) in parts.enumerated() {
      guard let kept = try existing(part.values, storedName: part.storedName, shape: shape) else { continue }
      found[index] = try load(kept, as: part.name, role: part.role)
    }
    let kept = Set(found.keys)
    for group in groups(parts, without: kept, shape: shape, trees: trees) {
      let own = group.map { parts[$0] }
      let artefacts =
        own.count == 1
        ? own.map { CommittedArtefact<E>(name: $0.name, role: $0.role, values: $0.values, shape: shape) }
        : CommittedArtefact<E>.together(own.map { ($0.name, $0.role, $0.values) }, shape: shape)
      try save(artefacts, storedNames: own.map(\.storedName))
      for (index, artefact) in zip(group, artefacts) { found[index] = artefact }
    }
    return parts.indices.compactMap { index in found[index].map { ($0, kept.contains(index)) } }
  }

  /// Most rows of a tree that is made here: the next artefact begins another one.
  private static var maximumTreeRows: Int { 1 << 12 }

  /// Which of the parts that are not kept go into one tree.
  private func groups(_ parts: [Part], without kept: Set<Int>, shape: CodeShape, trees: TreeUse) -> [[Int]] {
    var groups: [[Int]] = []
    var rows = 0
    for (index, part) in parts.enumerated() where !kept.contains(index) {
      let own = CommittedArtefact<E>.rowCount(part.values, shape: shape)
      if trees == .shared, rows > 0, rows + own <= Self.maximumTreeRows, !groups.isEmpty {
        groups[groups.count - 1].append(index)
        rows += own
      } else {
        groups.append([index])
        rows = own
      }
    }
    return groups
  }

  /// Saves artefacts of one tree under their names, which they take over from older ones.
  func save(_ artefacts: [CommittedArtefact<E>], storedNames: [String]) throws {
    guard let first = artefacts.first else { return }
    let records = try zip(artefacts, storedNames).map { artefact, storedName in
      let shape = artefact.description.shape
      return NewArtefact(
        identity: artefact.identity, name: storedName, kind: artefact.description.contents.kind, preimage: artefact.secret.publicPart.preimage,
        shape: try StoredCodeShape(log2RowLength: shape.log2RowLength, tailLength: shape.tailCount, log2CodeLength: shape.log2Length))
    }
    try store.saveArtefacts(records, secret: try first.payload(), replacing: true)
  }

  private func existing(_ values: ArtefactValues, storedName: String, shape: CodeShape) throws -> StoredArtefact? {
    let stored: StoredArtefact
    do { stored = try store.artefact(named: storedName) } catch {
      guard case .unknownArtefact = error.reason else { throw error }
      return nil
    }
    guard stored.hasSecret, stored.shape.log2RowLength == shape.log2RowLength, let record = ArtefactRecord(stored), record.contents == values.contents
    else { return nil }
    let layout = MatrixLayout(name: storedName, log2RowLength: shape.log2RowLength, tensors: record.contents.tensors)
    let payload = try secrets.payload(of: stored, in: store)
    guard payload.valueWidth == Goldilocks.byteCount, let range = record.values(layout, among: payload.count) else { return nil }
    let kept = MatrixData<Goldilocks>(layout: layout)
    Self.read(payload, range, into: kept.vector)
    return kept.hasSameValues(as: values.matrix(layout), in: record.contents) ? try current(stored) : nil
  }
}

/// Whether artefacts that are committed at one time share a tree.
public enum TreeUse: String, Equatable, Sendable, CaseIterable {
  /// One tree for all of them: smaller proofs, one budget, one lifetime.
  case shared
  /// A tree for each: a budget of its own for each.
  case separate
}

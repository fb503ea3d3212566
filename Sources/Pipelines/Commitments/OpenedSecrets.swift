import Claims
import Evidence
import Fields
import Hashing
import Kernels
import ProofSystem
import Prover
import Store
import Synchronization

/// What a record of the store says about an artefact, read back from its preimage.
struct ArtefactRecord {
  let contents: ArtefactContents
  /// Its rows in a tree that it shares; nil when the tree is its own.
  let placement: TreePlacement?

  /// Nil for a record of another program.
  init?(_ stored: StoredArtefact) {
    guard case .list(let parts)? = CanonicalReader.value(stored.preimage), parts.count == 2, parts[0] == .text("zkmlops/artefact/v1"),
      case .dictionary(let entries) = parts[1], case .text(let kind)? = entries["kind"], let format = entries["format"],
      let contents = try? ArtefactContents(kind: kind, format: format)
    else { return nil }
    self.contents = contents
    guard let tree = entries["tree"] else {
      placement = nil
      return
    }
    guard case .list(let numbers) = tree, numbers.count == 2, case .integer(let first) = numbers[0], case .integer(let rows) = numbers[1],
      let firstRow = Int(exactly: first), let rowCount = Int(exactly: rows),
      let own = TreePlacement(firstRow: firstRow, treeRowCount: rowCount)
    else { return nil }
    placement = own
  }

  /// The artefact's rows in a secret of `count` values: all of them, or its own in a shared tree. Nil for another size.
  ///
  /// Stores of before random padding keep of a tree of its own only the cells that the layout uses: the rest of the last row is zero.
  func values(_ layout: MatrixLayout, among count: Int) -> Range<Int>? {
    let own = layout.rowCount << layout.log2RowLength
    guard let placement else { return count == own || count == layout.size ? 0..<count : nil }
    let first = placement.firstRow << layout.log2RowLength
    guard count == placement.treeRowCount << layout.log2RowLength, first + own <= count else { return nil }
    return first..<(first + own)
  }
}

/// Secrets that a command has read, and the trees made from them: artefacts of one tree share both.
final class OpenedSecrets<E: KernelField>: Sendable where E.Base == Goldilocks {
  private let payloads = Mutex<[[UInt8]: SecretPayload]>([:])
  private let trees = Mutex<[[UInt8]: HidingMatrix<E>]>([:])

  /// The secret of an artefact; that of a shared tree is read once.
  /// - Throws: `StoreError`.
  func payload(of stored: StoredArtefact, in store: Store) throws -> SecretPayload {
    if let known = payloads.withLock({ $0[stored.secretID] }) { return known }
    let read = try store.secret(of: stored)
    payloads.withLock { $0[stored.secretID] = read }
    return read
  }

  /// The matrix of a shared tree. Precondition: the secret has as many values as the tree.
  /// - Throws: `StoreError`.
  func tree(of stored: StoredArtefact, placement: TreePlacement, shape: CodeShape, in store: Store) throws -> HidingMatrix<E> {
    if let known = trees.withLock({ $0[stored.secretID] }) { return known }
    let payload = try payload(of: stored, in: store)
    let values = FieldBuffer<Goldilocks>(uninitialisedCount: placement.treeRowCount << shape.log2RowLength, secret: true)
    ArtefactVault<E>.read(payload, 0..<values.count, into: values)
    let matrix = ArtefactSecret<E>.tree(values: values, rowCount: placement.treeRowCount, shape: shape, seed: payload.tailSeed)
    trees.withLock { $0[stored.secretID] = matrix }
    return matrix
  }
}

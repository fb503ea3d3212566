import Evidence
import Foundation
import Hashing
import Store

/// Who signs the bundles of a command, and which bundle comes before.
public struct BundleSigning: Sendable, Equatable {
  /// Name of a provider's key in the store; nil: the bundle is unsigned.
  public var key: String?
  /// Identifier of the bundle before this one, or the path of that bundle; nil: this is the first.
  public var previous: String?

  /// No signature and no predecessor.
  public init(key: String? = nil, previous: String? = nil) {
    self.key = key
    self.previous = previous
  }

  /// The signer, looked up before anything is spent.
  /// - Throws: `StoreError`.
  func signer(_ store: Store) throws(StoreError) -> (any DocumentSigner)? {
    guard let key else { return nil }
    return try store.key(named: key, role: .provider)
  }

  /// The identifier of the bundle before.
  /// - Throws: `BundleError` for a path where no bundle is.
  func previousID() throws(BundleError) -> String? {
    guard let previous else { return nil }
    if Hexadecimal.isDigest(previous) { return previous }
    return try BundleReader.read(previous).manifest.bundleID
  }
}

/// `sign`: a data owner's statement on a committed table.
public enum DatasetSigning {
  /// What was signed.
  public struct Result: Sendable {
    /// The statement.
    public let signed: SignedDatasetStatement

    /// The statement for people.
    public var text: String {
      let statement = signed.statement
      var lines = [
        "Signed by key \(signed.signature.key.fingerprint):",
        "  dataset   \(TerminalText.escaped(statement.name)), \(counted(statement.rowCount, "row"))",
        "  identity  \(statement.identity)", "  schema    \(statement.schema)",
      ]
      if !statement.keyColumns.isEmpty { lines.append("  key       \(TerminalText.escaped(statement.keyColumns.joined(separator: ", ")))") }
      lines += ["  purpose   \(TerminalText.escaped(statement.purpose))", "  date      \(statement.date)"]
      lines.append("The statement goes into every bundle about this commitment, and along with `zkmlops handover`.")
      return lines.joined(separator: "\n")
    }

    /// The statement for programs.
    public var json: JSONValue {
      .object(["statement": signed.statement.json, "fingerprint": .string(signed.signature.key.fingerprint), "digest": .string(signed.digest)])
    }
  }

  /// Signs a committed table after its commitment was recomputed from the values, and records the statement in the store.
  ///
  /// - Parameters:
  ///   - name: the artefact's name in the store.
  ///   - key: name of a data owner's key.
  ///   - purpose: 1 to 500 printable characters.
  ///   - date: when; the system's clock unless given.
  /// - Throws: `PipelineError`, `StoreError`.
  public static func sign(_ name: String, key: String, purpose: String, store path: String, date: Timestamp = .now) throws -> Result {
    guard DatasetStatement.isPurpose(purpose) else {
      throw PipelineError(.row, "A purpose has 1 to 500 printable characters.", remedy: "Say in a sentence what the data are given away for.")
    }
    let store = try Store.open(URL(fileURLWithPath: path), create: false)
    let signer = try store.key(named: key, role: .owner)
    let committed = try Handovers.open(try store.artefact(named: name), store)
    let artefact = ManifestArtefact(committed.description, root: committed.root, role: "dataset")
    guard let statement = DatasetStatement(about: artefact, name: name, purpose: purpose, date: date) else {
      throw PipelineError(
        .claimDoesNotFit, "\(TerminalText.quoted(name)) is no table; data owners sign tables.",
        remedy: "`zkmlops inspect` on the store lists its artefacts.")
    }
    let signed = try SignedDatasetStatement(statement, signer: signer)
    try store.saveStatement(signed.fileBytes, on: committed.identity)
    return Result(signed: signed)
  }

  /// The recorded statements on an artefact.
  /// - Throws: `StoreError`, `BundleError` for a damaged record.
  static func statements(on artefact: Digest, _ store: Store) throws -> [SignedDatasetStatement] {
    try store.statements(on: artefact).map { try SignedDatasetStatement(fileBytes: $0, file: "statement in the store") }
  }
}

import Claims
import Evidence
import Fields
import Foundation
import Hashing
import Kernels
import Programs
import ProofSystem
import Prover
import Soundness
import Store

/// `handover` and `receive`: a committed artefact from one store to another.
public enum Handovers {
  /// What was handed over.
  public struct Given: Sendable {
    /// Its name in the store.
    public let name: String
    /// The file.
    public let path: String
    /// Proofs that the receiver may make, and code positions.
    public let openings: Int, positions: Int
    /// Proofs that are left here.
    public let openingsLeft: Int
    /// Statements of data owners that went along.
    public let statementCount: Int

    /// What was done, for people.
    public var text: String {
      var lines = [
        "\(TerminalText.escaped(name)) is in \(TerminalText.escaped(path)) with \(counted(openings, "opening")); \(openingsLeft) are left here, "
          + "and what is given away never comes back."
      ]
      if statementCount == 0 { lines.append("No data owner has signed it (`zkmlops sign`): the receiver cannot show whose data these are.") }
      lines.append(
        "The file is not encrypted and holds every value in the clear. Bring it over a protected channel, to one receiver, and delete it then:")
      lines.append("two receivers of one file would each spend the same openings, and the data would no longer be hidden.")
      return lines.joined(separator: "\n")
    }

    /// The same for programs.
    public var json: JSONValue {
      .object([
        "name": .string(name), "file": .string(path), "openings": .integer(openings), "positions": .integer(positions),
        "openingsLeft": .integer(openingsLeft), "statements": .integer(statementCount),
      ])
    }
  }

  /// What was received.
  public struct Received: Sendable {
    /// Its name in this store.
    public let name: String
    /// The commitment as a manifest would describe it.
    public let artefact: ManifestArtefact
    /// Proofs that this store may make.
    public let openings: Int
    /// The owners' statements, whose signatures hold.
    public let statements: [SignedDatasetStatement]
    /// Keys whose holders are known.
    public let trust: TrustedKeys

    /// What is to be said loudly: that of the keys that the reader knows, none has signed; nil where one has, or no keys were given.
    public var warning: String? {
      guard !trust.entries.isEmpty, !statements.contains(where: { trust.name(of: $0.signature.key.fingerprint, as: .owner) != nil }) else {
        return nil
      }
      return
        "WARNING: \(statements.isEmpty ? "no data owner has signed this" : "no key that signed this is that of a data owner in your list of trusted keys"): "
        + "nobody whom you know vouches for these data. Compare the fingerprint with its holder, or do not use what was received."
    }

    /// What was received, for people.
    public var text: String {
      var lines = ["\(name): commitment \(artefact.identity), recomputed from the values; \(counted(openings, "opening"))"]
      if statements.isEmpty { lines.append("  unsigned: no data owner vouches for it") }
      for signed in statements {
        let holder =
          trust.name(of: signed.signature.key.fingerprint, as: .owner).map { "\($0) (trusted)" } ?? (trust.entries.isEmpty ? "unknown" : "UNKNOWN")
        lines.append("  data owner \(TerminalText.escaped(holder)), key \(signed.signature.key.fingerprint)")
        lines.append("    for: \(TerminalText.escaped(signed.statement.purpose)), signed \(signed.statement.date)")
      }
      lines.append("Delete the handover file now: a copy of it, received elsewhere, would spend the same openings.")
      return lines.joined(separator: "\n")
    }

    /// The same for programs.
    public var json: JSONValue {
      .object([
        "name": .string(name), "artefact": artefact.json, "openings": .integer(openings),
        "statements": .array(
          statements.map {
            .object([
              "statement": $0.statement.json, "fingerprint": .string($0.signature.key.fingerprint),
              "trusted": .bool(trust.name(of: $0.signature.key.fingerprint, as: .owner) != nil),
            ])
          }),
      ])
    }
  }

  /// Gives an artefact away with a share of its hiding budget; the share is gone from here before the file has any content.
  ///
  /// - Parameters:
  ///   - name: the artefact's name in the store; it must have a tree of its own.
  ///   - path: the file to write, mode 0600; must not exist.
  ///   - openings: proofs that the receiver may make.
  /// - Throws: `StoreError`.
  public static func give(
    _ name: String, to path: String, openings: Int, store: String, profile: SoundnessProfile = .p128
  ) throws -> Given {
    let store = try Store.open(URL(fileURLWithPath: store), create: false)
    let stored = try store.artefact(named: name)
    guard contents(stored.preimage) != nil else { throw StoreError(.sharedSecret(name)) }
    // Checks that the secret opens the commitment: a damaged one must not cost budget.
    _ = try open(stored, store)
    let queries = try queries(stored.shape, profile)
    let (positions, overflow) = queries.multipliedReportingOverflow(by: openings)
    guard !overflow, openings >= 1 else { throw StoreError(.invalidArgument(name: "openings", rule: "at least 1")) }
    let content = try store.handOver(stored.identity, to: path, positions: positions)
    return Given(
      name: name, path: path, openings: openings, positions: positions, openingsLeft: try store.budget(of: stored).openingsLeft(queries: queries),
      statementCount: content.statements.count)
  }

  /// Accepts a handover: recomputes the commitment from values and seed, checks every owner's signature, then records artefact and share.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - name: name in this store; nil: the giver's.
  ///   - store: the store's folder; made when there is none.
  /// - Throws: `StoreError.handoverFile`, `.alreadyReceived`, `.nameTaken`; `PipelineError.foreignArtefact`; `BundleError` or `VerificationError` for
  ///   statements.
  public static func receive(
    _ path: String, as name: String? = nil, store storePath: String, trust: TrustedKeys = .none, profile: SoundnessProfile = .p128
  ) throws -> Received {
    let content = try Store.readHandover(path)
    let name = name ?? content.artefact.name
    try ArtefactNames.check(name)
    let committed = try recompute(content, name: name)
    let artefact = ManifestArtefact(committed.description, root: committed.root, role: "dataset")
    let statements = try content.statements.enumerated().map { index, bytes in
      let signed = try SignedDatasetStatement(fileBytes: bytes, file: "statement \(index + 1) of the handover")
      try signed.check(artefact)
      return signed
    }
    let store = try Store.open(URL(fileURLWithPath: storePath))
    let stored = try store.receive(content, as: name, secret: try committed.payload())
    for signed in statements { try store.saveStatement(signed.fileBytes, on: committed.identity) }
    return Received(
      name: name, artefact: artefact, openings: try store.budget(of: stored).openingsLeft(queries: try queries(stored.shape, profile)),
      statements: statements, trust: trust)
  }

  /// The artefact with its secret, its commitment recomputed.
  static func open(_ stored: StoredArtefact, _ store: Store) throws -> CommittedArtefact<GoldilocksCubic> {
    try ArtefactVault<GoldilocksCubic>(store: store, profile: .p128).load(stored, as: stored.name, role: "dataset")
  }

  private static func queries(_ shape: StoredCodeShape, _ profile: SoundnessProfile) throws -> Int {
    do { return try QueryCount.globalShape(m: shape.log2RowLength, profile: profile).queryCount } catch {
      throw PipelineError(.noCodeShape, "There is no code of rows of 2^\(shape.log2RowLength).", remedy: "Commit the data afresh.")
    }
  }

  /// The artefact that the values and the seed of a file make, when its identity is the file's.
  private static func recompute(_ content: HandoverContent, name: String) throws -> CommittedArtefact<GoldilocksCubic> {
    func refuse(_ reason: String) -> PipelineError {
      PipelineError(.foreignArtefact, "The handover is refused: \(reason).", remedy: "Ask its giver for a fresh one; nothing was accepted.")
    }
    guard let contents = contents(content.artefact.preimage) else { throw refuse("its description is not one of this version") }
    guard let shape = CodeShapes.shape(log2RowLength: content.artefact.shape.log2RowLength, field: Goldilocks.self),
      shape.tailCount == content.artefact.shape.tailLength, shape.log2Length == content.artefact.shape.log2CodeLength
    else { throw refuse("its code is unknown") }
    guard content.valueWidth == Goldilocks.byteCount, contents.cellCount <= content.values.count / Goldilocks.byteCount else {
      throw refuse("it has fewer values than its description calls for")
    }
    let layout = MatrixLayout(name: name, log2RowLength: shape.log2RowLength, tensors: contents.tensors)
    let count = content.values.count / Goldilocks.byteCount
    guard count == layout.size || count == layout.rowCount << layout.log2RowLength else {
      throw refuse("it has another number of values than its description")
    }
    let data = MatrixData<Goldilocks>(layout: layout)
    for index in 0..<count {
      let word = content.values[(8 * index)..<(8 * index + 8)].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      guard word < Goldilocks.modulus else { throw refuse("a value is not below the modulus") }
      data.vector.pointer[index] = Goldilocks(word)
    }
    guard let values = ArtefactValues(contents, from: data) else { throw refuse("its values do not fit its description") }
    let committed = CommittedArtefact<GoldilocksCubic>(
      name: name, role: "dataset", values: values, data: data, shape: shape, seed: content.tailSeed, masterSecret: SystemRandom.bytes(32))
    // The identity covers the file's values to the last cell, padding included.
    guard committed.identity == content.artefact.identity else { throw refuse("its values and its secret do not open its commitment") }
    return committed
  }

  /// What the description of an artefact with a tree of its own says that it holds.
  private static func contents(_ preimage: [UInt8]) -> ArtefactContents? {
    guard case .list(let parts)? = CanonicalReader.value(preimage), parts.count == 2, parts[0] == .text("zkmlops/artefact/v1"),
      case .dictionary(let entries) = parts[1], entries["tree"] == nil, case .text(let kind)? = entries["kind"], let format = entries["format"]
    else { return nil }
    return try? ArtefactContents(kind: kind, format: format)
  }
}

import Evidence
import Foundation
import GRDB
import Hashing

/// A share of a budget that was given away or received.
public struct HandoverEntry: Equatable, Sendable {
  /// Which way it went.
  public enum Direction: String, Equatable, Sendable {
    /// From this store.
    case given
    /// To this store.
    case received
  }

  /// Id of the handover, 16 bytes.
  public let id: [UInt8]
  /// Which way.
  public let direction: Direction
  /// The artefact.
  public let artefact: Digest
  /// Codeword positions.
  public let share: Int
  /// When it was recorded.
  public let recorded: Date
}

extension Store {
  /// Writes a handover file for an artefact and gives it `positions` of what is left of its budget.
  ///
  /// This store's capacity falls by `positions`, the receiver's is `positions`; as with `split`, the distinct positions that are ever opened
  /// over all holders never exceed the capacity of the first one. Order: an empty file is made beside `path` with mode 0600; the capacity falls,
  /// durably; then content is written, synchronised and renamed. A crash in between loses budget and never doubles it.
  /// - Parameters:
  ///   - identity: the artefact; its tree must be its own.
  ///   - path: must not exist; its folder must.
  ///   - positions: 1 or more.
  /// - Returns: what was written.
  /// - Throws: `budgetExceeded`, `sharedSecret`, `secretErased`, `invalidArgument`, `elsewhere`, `unknownArtefact`, and what writing throws.
  @discardableResult
  public func handOver(_ identity: Digest, to path: String, positions: Int) throws(StoreError) -> HandoverContent {
    guard positions >= 1 else { throw StoreError(.invalidArgument(name: "openings", rule: "at least 1")) }
    guard try PrivateFiles.attributes(path) == nil else { throw StoreError(.invalidArgument(name: "to", rule: "a path where nothing is")) }
    let artefact = try artefact(identity: identity)
    let payload = try secret(of: artefact)
    let signed = try statements(on: identity)
    let (from, id, now) = (try self.id(), randomBytes(16), Timestamp.now)
    var file = try PartialFile(for: path)
    let opened = try write { database in
      try requireHome(database)
      let sharing = try Int.fetchOne(database, sql: "SELECT count(*) FROM artefact WHERE secret = ?", arguments: [Data(artefact.secretID)]) ?? 0
      guard sharing == 1 else { throw StoreError(.sharedSecret(artefact.name)) }
      let record = try SecretRecord.require(artefact.secretID, in: database)
      guard !record.isErased else { throw StoreError(.secretErased(artefact.name)) }
      guard positions <= record.budget.left else { throw StoreError(.budgetExceeded(record.budget, requested: positions)) }
      try database.execute(
        sql: "UPDATE secret SET capacity = capacity - ? WHERE id = ?", arguments: [positions, Data(record.id)])
      try noteHandover(id, .given, artefact, positions, from: from, in: database)
      return record.positions.union(record.inherited)
    }
    let content = HandoverContent(
      id: id, from: from, created: now,
      artefact: NewArtefact(
        identity: identity, name: artefact.name, kind: artefact.kind, preimage: artefact.preimage, shape: artefact.shape),
      valueWidth: payload.valueWidth, values: payload.values, tailSeed: payload.tailSeed, share: positions, opened: opened, statements: signed)
    let bytes = HandoverFile.bytes(of: content)
    for start in stride(from: 0, to: bytes.count, by: 1 << 20) { try file.write(bytes[start..<min(start + 1 << 20, bytes.count)]) }
    try file.publish()
    return content
  }

  /// Reads a handover file: form, lengths and checksum. Whether it opens its commitment is for the caller to find out.
  /// - Throws: `handoverFile`, `cannotRead`.
  public static func readHandover(_ path: String) throws(StoreError) -> HandoverContent { try HandoverFile.read(path) }

  /// Saves a received artefact with its share of the budget; only after the commitment was recomputed.
  ///
  /// - Parameters:
  ///   - content: the file's.
  ///   - name: name in this store; must be free.
  ///   - secret: the secret that was found to open the commitment, with a master secret of this store's own.
  /// - Throws: `alreadyReceived` for a handover or a secret that this store has had before (also one that it gave away itself, or whose artefact
  ///   was removed); `identityMismatch`, `nameTaken`, `elsewhere`, and what writing throws.
  @discardableResult
  public func receive(_ content: HandoverContent, as name: String, secret: SecretPayload) throws(StoreError) -> StoredArtefact {
    var new = content.artefact
    new.name = name
    try check(new)
    guard secret.tailSeed == content.tailSeed else { throw StoreError(.identityMismatch) }
    let id = secret.secretID
    let stage = try SecretFile.stage(secret, for: secretPath(id))
    let digest = stage.checksum
    let lock = try StoreLock(path: directory + "/" + Self.lockName, seconds: options.lockSeconds)
    try read { database in
      try requireHome(database)
      let known = try Int.fetchOne(database, sql: "SELECT count(*) FROM handover WHERE id = ?", arguments: [Data(content.id)]) ?? 0
      guard known == 0, try SecretRecord.fetch(id, in: database) == nil else { throw StoreError(.alreadyReceived(name)) }
      try requireNew(new, replacing: false, in: database)
    }
    try stage.file.publish()
    let saved = try transaction { database in
      let time = currentTime()
      try database.execute(
        sql: """
          INSERT INTO secret (id, payload_digest, log2_row_length, tail_length, log2_code_length, capacity, used, positions, inherited, created_at)
          VALUES (?, ?, ?, ?, ?, ?, 0, x'', ?, ?)
          """,
        arguments: [
          Data(id), Data(digest), new.shape.log2RowLength, new.shape.tailLength, new.shape.log2CodeLength, content.share,
          Data(content.opened.encoded), time,
        ])
      let saved = try insert(new, secret: id, digest: digest, in: database)
      try noteHandover(content.id, .received, saved, content.share, from: content.from, in: database)
      return saved
    }
    _ = consume lock
    return saved
  }

  private func noteHandover(
    _ id: [UInt8], _ direction: HandoverEntry.Direction, _ artefact: StoredArtefact, _ share: Int, from: [UInt8], in database: Database
  ) throws {
    try database.execute(
      sql: "INSERT INTO handover (id, direction, artefact, secret, share, from_store, recorded_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
      arguments: [Data(id), direction.rawValue, artefact.identity.data, Data(artefact.secretID), share, Data(from), currentTime()])
  }

  /// Every share given away or received, oldest first.
  public func handovers() throws(StoreError) -> [HandoverEntry] {
    try read { database in
      try Row.fetchAll(database, sql: "SELECT * FROM handover ORDER BY recorded_at, rowid").map { row in
        guard let direction = HandoverEntry.Direction(rawValue: try row.text("direction")) else {
          throw StoreError(.corrupt(path: databasePath, detail: "a handover has no direction"))
        }
        return HandoverEntry(
          id: try row.bytes("id", count: 16), direction: direction, artefact: try row.digest("artefact"), share: try row.integer("share"),
          recorded: try row.date("recorded_at"))
      }
    }
  }
}

import Foundation
import GRDB
import Hashing

/// An artefact as the store records it: all of it may be public.
public struct StoredArtefact: Equatable, Sendable {
  /// SHA-256 of `preimage`: the commitment.
  public let identity: Digest
  /// The name it was saved under; a newer artefact may have taken it over.
  public let name: String
  /// What it is: dataset, weights, labels, …
  public let kind: String
  /// The public description that the identity is the digest of.
  public let preimage: [UInt8]
  /// The hiding code.
  public let shape: StoredCodeShape
  /// Id of the tail secret, 32 bytes: names the secret file and the budget record.
  public let secretID: [UInt8]
  /// When it was saved.
  public let created: Date
  /// Whether a newer artefact has its name.
  public let isSuperseded: Bool
  /// Whether its secret is still there.
  public let hasSecret: Bool
}

/// What `saveArtefact` records.
public struct NewArtefact: Sendable {
  /// SHA-256 of `preimage`.
  public var identity: Digest
  /// 1 to 200 characters, none of them a control character.
  public var name: String
  /// 1 to 200 characters.
  public var kind: String
  /// The public description.
  public var preimage: [UInt8]
  /// The hiding code.
  public var shape: StoredCodeShape

  /// The public side of an artefact.
  public init(identity: Digest, name: String, kind: String, preimage: [UInt8], shape: StoredCodeShape) {
    self.identity = identity
    self.name = name
    self.kind = kind
    self.preimage = preimage
    self.shape = shape
  }
}

extension Store {
  func secretPath(_ id: [UInt8]) -> String { secretsDirectory + "/" + hexadecimal(id) + SecretFile.suffix }

  /// Saves a freshly committed artefact and its secret. When it returns, both are durable.
  ///
  /// A tail seed is refused for other data or another shape, since two data sets under one tail give away their difference.
  /// - Parameter replacing: takes the name over from the artefact that has it, which stays in the store as superseded.
  /// - Throws: `invalidArgument`, `identityMismatch`, `nameTaken`, `alreadyRecorded`, `tailSeedReused`, `secretErased`,
  ///   `secretFile`, `elsewhere` (a copy that proves nothing needs no new artefacts), and what writing throws.
  @discardableResult
  public func saveArtefact(_ new: NewArtefact, secret: SecretPayload, replacing: Bool = false) throws(StoreError) -> StoredArtefact {
    guard let saved = try saveArtefacts([new], secret: secret, replacing: replacing).first else { throw StoreError(.unknownArtefact(new.name)) }
    return saved
  }

  /// Saves artefacts that share a tree, and so one secret: one file, one budget record. All of them are saved, or none.
  ///
  /// More of them may be saved later with the same secret.
  /// - Throws: what `saveArtefact` throws; `nameTaken` also for two of one name.
  @discardableResult
  public func saveArtefacts(_ new: [NewArtefact], secret: SecretPayload, replacing: Bool = false) throws(StoreError) -> [StoredArtefact] {
    guard let first = new.first else { return [] }
    for artefact in new { try check(artefact) }
    guard new.allSatisfy({ $0.shape == first.shape }) else {
      throw StoreError(.invalidArgument(name: "shape", rule: "the same for all artefacts of a tree"))
    }
    var names: Set<String> = []
    if let twice = new.first(where: { !names.insert($0.name).inserted }) { throw StoreError(.nameTaken(twice.name)) }
    let id = secret.secretID
    let path = secretPath(id)
    // The long part, outside of the lock. Not needed when the secret is shared with an artefact that is saved already.
    var staged: SecretFile.Staged?
    let digest: [UInt8]
    if try read({ database in try SecretRecord.fetch(id, in: database) }) == nil {
      let stage = try SecretFile.stage(secret, for: path)
      digest = stage.checksum
      staged = consume stage
    } else {
      digest = SecretFile.checksum(of: secret)
    }
    let lock = try StoreLock(path: directory + "/" + Self.lockName, seconds: options.lockSeconds)
    // The file gets its final name first: a record without a file would be worse than a file without a record.
    let known = try read { database in
      try requireHome(database)
      for artefact in new { try requireNew(artefact, replacing: replacing, in: database) }
      return try SecretRecord.fetch(id, in: database)
    }
    if let known {
      guard known.payloadDigest == digest, known.shape == first.shape else { throw StoreError(.tailSeedReused) }
      guard !known.isErased else { throw StoreError(.secretErased(first.name)) }
    } else if let stage = staged.take() {
      try stage.file.publish()
    } else {
      throw StoreError(.unknownSecret(hexadecimal(id)))
    }
    let saved = try transaction { database in try new.map { try insert($0, secret: id, digest: digest, in: database) } }
    _ = consume lock
    return saved
  }

  /// Artefacts that have the same secret: those that share a tree with this one, itself included, oldest first.
  /// - Throws: what reading throws.
  public func sharingTree(with artefact: StoredArtefact) throws(StoreError) -> [StoredArtefact] {
    try read { database in
      try Row.fetchAll(
        database, sql: Self.selectArtefact + " WHERE artefact.secret = ? ORDER BY artefact.created_at, artefact.rowid",
        arguments: [Data(artefact.secretID)]
      ).map(StoredArtefact.init(row:))
    }
  }

  func check(_ new: NewArtefact) throws(StoreError) {
    guard SHA256.hash(new.preimage) == new.identity else { throw StoreError(.identityMismatch) }
    for (name, text) in [("name", new.name), ("kind", new.kind)] {
      let scalars = text.unicodeScalars
      guard (1...200).contains(scalars.count), !scalars.contains(where: { $0.properties.generalCategory == .control }) else {
        throw StoreError(.invalidArgument(name: name, rule: "1 to 200 characters without control characters"))
      }
    }
  }

  func requireNew(_ new: NewArtefact, replacing: Bool, in database: Database) throws {
    if try fetchArtefact(database, "artefact.identity = ?", [new.identity.data]) != nil {
      throw StoreError(.alreadyRecorded(new.identity.hex))
    }
    if !replacing, try fetchArtefact(database, "artefact.name = ? AND superseded_at IS NULL", [new.name]) != nil {
      throw StoreError(.nameTaken(new.name))
    }
  }

  func insert(_ new: NewArtefact, secret: [UInt8], digest: [UInt8], in database: Database) throws -> StoredArtefact {
    let time = currentTime()
    try database.execute(
      sql: """
        INSERT INTO secret (id, payload_digest, log2_row_length, tail_length, log2_code_length, capacity, used, positions, inherited, created_at)
        VALUES (?, ?, ?, ?, ?, ?, 0, x'', x'', ?) ON CONFLICT (id) DO NOTHING
        """,
      arguments: [
        Data(secret), Data(digest), new.shape.log2RowLength, new.shape.tailLength, new.shape.log2CodeLength, new.shape.tailLength, time,
      ])
    try database.execute(
      sql: "UPDATE artefact SET superseded_at = ? WHERE name = ? AND superseded_at IS NULL", arguments: [time, new.name])
    try database.execute(
      sql: "INSERT INTO artefact (identity, name, kind, preimage, secret, created_at) VALUES (?, ?, ?, ?, ?, ?)",
      arguments: [new.identity.data, new.name, new.kind, Data(new.preimage), Data(secret), time])
    return try requireArtefact(new.identity, in: database)
  }

  /// The current artefact of this name.
  /// - Throws: `unknownArtefact`, and what reading throws.
  public func artefact(named name: String) throws(StoreError) -> StoredArtefact {
    try read { database in
      guard let found = try fetchArtefact(database, "artefact.name = ? AND superseded_at IS NULL", [name]) else {
        throw StoreError(.unknownArtefact(name))
      }
      return found
    }
  }

  /// The artefact with this identity.
  /// - Throws: `unknownArtefact`, and what reading throws.
  public func artefact(identity: Digest) throws(StoreError) -> StoredArtefact {
    try read { database in try requireArtefact(identity, in: database) }
  }

  /// All artefacts, superseded ones too, oldest first.
  public func artefacts() throws(StoreError) -> [StoredArtefact] {
    try read { database in
      try Row.fetchAll(database, sql: Self.selectArtefact + " ORDER BY artefact.created_at, artefact.rowid").map(StoredArtefact.init(row:))
    }
  }

  /// What is left of the budget of the artefact's secret.
  public func budget(of artefact: StoredArtefact) throws(StoreError) -> HidingBudget { try budget(ofSecret: artefact.secretID) }

  /// The artefact's secret, read from its file and checked against the record.
  /// - Throws: `secretFile`, `secretErased`, `unknownSecret`, and what reading throws.
  public func secret(of artefact: StoredArtefact) throws(StoreError) -> SecretPayload {
    let record = try read { database in try SecretRecord.require(artefact.secretID, in: database) }
    guard !record.isErased else { throw StoreError(.secretErased(artefact.name)) }
    let path = secretPath(record.id)
    let (payload, checksum) = try SecretFile.read(path)
    guard checksum == record.payloadDigest else { throw StoreError(.secretFile(path: path, fault: .notTheRecordedSecret)) }
    return payload
  }

  static let selectArtefact = """
    SELECT artefact.*, log2_row_length, tail_length, log2_code_length, erased_at
    FROM artefact JOIN secret ON secret.id = artefact.secret
    """

  private func fetchArtefact(_ database: Database, _ condition: String, _ arguments: StatementArguments) throws -> StoredArtefact? {
    try Row.fetchOne(database, sql: Self.selectArtefact + " WHERE " + condition, arguments: arguments).map(StoredArtefact.init(row:))
  }

  func requireArtefact(_ identity: Digest, in database: Database) throws -> StoredArtefact {
    guard let found = try fetchArtefact(database, "artefact.identity = ?", [identity.data]) else {
      throw StoreError(.unknownArtefact(identity.hex))
    }
    return found
  }
}

extension StoredArtefact {
  init(row: Row) throws {
    self.init(
      identity: try row.digest("identity"), name: try row.text("name"), kind: try row.text("kind"),
      preimage: try row.bytes("preimage"),
      shape: try StoredCodeShape(
        log2RowLength: row.integer("log2_row_length"), tailLength: row.integer("tail_length"),
        log2CodeLength: row.integer("log2_code_length")),
      secretID: try row.bytes("secret", count: 32), created: try row.date("created_at"),
      isSuperseded: try row.optionalInteger("superseded_at") != nil, hasSecret: try row.optionalInteger("erased_at") == nil)
  }
}

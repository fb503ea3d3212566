import Foundation
import GRDB
import Hashing

/// How a run ended.
public enum RunOutcome: String, Sendable {
  /// All stages done.
  case succeeded
  /// Stopped with an error.
  case failed
  /// Its process died.
  case interrupted
}

/// One run of a pipeline.
public struct RunEntry: Equatable, Sendable {
  /// Random id, 16 bytes.
  public let id: [UInt8]
  /// SHA-256 digest of the pipeline.
  public let pipeline: Digest
  /// When it started.
  public let started: Date
  /// When it ended; nil while it is under way.
  public let finished: Date?
  /// How it ended; nil while it is under way.
  public let outcome: RunOutcome?
}

/// One public value that a proof told.
public struct RevealedValue: Equatable, Sendable {
  /// The claim that states it.
  public let claim: String
  /// What the value is, e.g. `accuracy threshold`.
  public let label: String
  /// The value as the statement writes it.
  public let value: String
  /// Identities of the artefacts it tells about; empty for all that the proof opens.
  public let about: [Digest]

  /// A public value of a statement.
  public init(claim: String, label: String, value: String, about: [Digest] = []) {
    self.claim = claim
    self.label = label
    self.value = value
    self.about = about
  }
}

/// What the store keeps of a proof.
public struct ProofEntry: Equatable, Sendable {
  /// SHA-256 digest of its bytes.
  public let digest: Digest
  /// The run that made it, nil for a single claim.
  public let run: [UInt8]?
  /// Length in bytes.
  public let size: Int
  /// Identities of the artefacts it opens.
  public let artefacts: [Digest]
  /// What it tells.
  public let revealed: [RevealedValue]

  /// The record of a proof.
  public init(digest: Digest, run: [UInt8]? = nil, size: Int, artefacts: [Digest], revealed: [RevealedValue]) {
    self.digest = digest
    self.run = run
    self.size = size
    self.artefacts = artefacts
    self.revealed = revealed
  }
}

/// One line of the disclosure ledger of an artefact.
public struct Disclosure: Equatable, Sendable {
  /// The value.
  public let revealed: RevealedValue
  /// Digest of the proof that told it.
  public let proof: Digest
  /// When the proof was recorded.
  public let recorded: Date
}

extension Store {
  /// Records the start of a run. Its end is `finishRun`; when the process dies first, the next opening records that.
  /// - Parameter pipeline: SHA-256 digest of the pipeline.
  /// - Returns: the run's id.
  public func startRun(pipeline: Digest) throws(StoreError) -> [UInt8] {
    return try write { database in
      let id = randomBytes(16)
      let process = ProcessIdentity.current
      try database.execute(
        sql: "INSERT INTO run (id, pipeline, started_at, process_id, process_start, process_boot) VALUES (?, ?, ?, ?, ?, ?)",
        arguments: [Data(id), pipeline.data, currentTime(), process.identifier, process.startTime, process.bootID])
      return id
    }
  }

  /// Records the end of a run.
  /// - Throws: `unknownRun`, `runFinished`, and what writing throws.
  public func finishRun(_ id: [UInt8], outcome: RunOutcome) throws(StoreError) {
    try write { database in
      guard let run = try runEntries(database).first(where: { $0.id == id }) else { throw StoreError(.unknownRun(hexadecimal(id))) }
      guard run.outcome == nil else { throw StoreError(.runFinished(hexadecimal(id))) }
      try database.execute(
        sql: "UPDATE run SET finished_at = ?, outcome = ? WHERE id = ?", arguments: [currentTime(), outcome.rawValue, Data(id)])
    }
  }

  /// Every run, oldest first.
  public func runs() throws(StoreError) -> [RunEntry] { try read(runEntries) }

  /// Records a proof and all it reveals. Call it after `charge` and before the proof leaves the process, so that the ledger
  /// never lacks a disclosure. What is recorded stays: a proof that was then not released is listed all the same.
  /// - Throws: `alreadyRecorded`, `unknownRun`, `unknownArtefact`, `invalidArgument`, and what writing throws.
  public func recordProof(_ proof: ProofEntry) throws(StoreError) {
    guard proof.size > 0 else { throw StoreError(.invalidArgument(name: "size", rule: "at least 1")) }
    // SQLite ends a text at U+0000, so that the ledger would show less than was revealed.
    let isWhole = { (text: String) in !text.unicodeScalars.contains("\0") }
    guard proof.revealed.allSatisfy({ !$0.claim.isEmpty && !$0.label.isEmpty && [$0.claim, $0.label, $0.value].allSatisfy(isWhole) }) else {
      throw StoreError(.invalidArgument(name: "revealed", rule: "named with claim and label, and without U+0000"))
    }
    try write { database in
      guard try proofRow(proof.digest, in: database) == nil else { throw StoreError(.alreadyRecorded(proof.digest.hex)) }
      if let run = proof.run, try !runEntries(database).contains(where: { $0.id == run }) {
        throw StoreError(.unknownRun(hexadecimal(run)))
      }
      let artefacts = unique(proof.artefacts)
      for identity in artefacts + proof.revealed.flatMap(\.about) { _ = try requireArtefact(identity, in: database) }
      try database.execute(
        sql: "INSERT INTO proof (digest, run, size, recorded_at) VALUES (?, ?, ?, ?)",
        arguments: [proof.digest.data, proof.run.map { Data($0) }, proof.size, currentTime()])
      for identity in artefacts {
        try database.execute(
          sql: "INSERT INTO proof_artefact (proof, artefact) VALUES (?, ?)", arguments: [proof.digest.data, identity.data])
      }
      for value in proof.revealed {
        try database.execute(
          sql: "INSERT INTO revealed (proof, claim, label, value) VALUES (?, ?, ?, ?)",
          arguments: [proof.digest.data, value.claim, value.label, value.value])
        let row = database.lastInsertedRowID
        for identity in value.about.isEmpty ? artefacts : unique(value.about) {
          try database.execute(sql: "INSERT INTO revealed_about (revealed, artefact) VALUES (?, ?)", arguments: [row, identity.data])
        }
      }
    }
  }

  /// The record of a proof, nil when there is none.
  public func proof(_ digest: Digest) throws(StoreError) -> ProofEntry? {
    try read { database in
      guard let row = try proofRow(digest, in: database) else { return nil }
      let artefacts = try Row.fetchAll(
        database, sql: "SELECT artefact FROM proof_artefact WHERE proof = ? ORDER BY rowid", arguments: [digest.data])
      let revealed = try Row.fetchAll(database, sql: "SELECT * FROM revealed WHERE proof = ? ORDER BY id", arguments: [digest.data])
      return ProofEntry(
        digest: try row.digest("digest"), run: try row.optionalBytes("run"), size: try row.integer("size"),
        artefacts: try artefacts.map { try $0.digest("artefact") },
        revealed: try revealed.map { try revealedValue($0, in: database) })
    }
  }

  /// Everything that proofs ever told about the data of an artefact, oldest first; refreshed commitments hold the same data
  /// and count too.
  /// - Throws: `unknownArtefact`, and what reading throws.
  public func disclosures(about identity: Digest) throws(StoreError) -> [Disclosure] {
    try read { database in
      _ = try requireArtefact(identity, in: database)
      let same = try sameDataIdentities(identity, in: database).map(\.data)
      let rows = try Row.fetchAll(
        database,
        sql: """
          SELECT DISTINCT revealed.*, proof.recorded_at FROM revealed
            JOIN proof ON proof.digest = revealed.proof JOIN revealed_about ON revealed_about.revealed = revealed.id
          WHERE revealed_about.artefact IN (\(databaseQuestionMarks(count: same.count))) ORDER BY revealed.id
          """, arguments: StatementArguments(same))
      return try rows.map { row in
        Disclosure(
          revealed: try revealedValue(row, in: database), proof: try row.digest("proof"), recorded: try row.date("recorded_at"))
      }
    }
  }

  private func revealedValue(_ row: Row, in database: Database) throws -> RevealedValue {
    let about = try Row.fetchAll(
      database, sql: "SELECT artefact FROM revealed_about WHERE revealed = ? ORDER BY rowid", arguments: [try row.integer("id")])
    return RevealedValue(
      claim: try row.text("claim"), label: try row.text("label"), value: try row.text("value"),
      about: try about.map { try $0.digest("artefact") })
  }

  private func proofRow(_ digest: Digest, in database: Database) throws -> Row? {
    try Row.fetchOne(database, sql: "SELECT * FROM proof WHERE digest = ?", arguments: [digest.data])
  }

  private func runEntries(_ database: Database) throws -> [RunEntry] {
    try Row.fetchAll(database, sql: "SELECT * FROM run ORDER BY started_at, rowid").map { row in
      let outcome = try row.optionalText("outcome")
      guard outcome == nil || outcome.flatMap(RunOutcome.init(rawValue:)) != nil else {
        throw StoreError(.corrupt(path: databasePath, detail: "a run has an unknown outcome"))
      }
      return RunEntry(
        id: try row.bytes("id", count: 16), pipeline: try row.digest("pipeline"), started: try row.date("started_at"),
        finished: try row.optionalDate("finished_at"), outcome: outcome.flatMap(RunOutcome.init(rawValue:)))
    }
  }

  private func unique(_ identities: [Digest]) -> [Digest] {
    var seen: Set<Digest> = []
    return identities.filter { seen.insert($0).inserted }
  }
}

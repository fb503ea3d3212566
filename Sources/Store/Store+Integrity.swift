import Foundation
import GRDB
import Hashing

extension Store {
  /// Checks the whole store: the database's structure and references, every row's digest of a preimage, and every secret file
  /// against its record. Reads all secrets, so it takes as long as that.
  /// - Throws: `corrupt` or `secretFile` for the first fault found, and what reading throws.
  public func checkIntegrity() throws(StoreError) {
    let (artefacts, secrets) = try read { database in
      let problems = try String.fetchAll(database, sql: "PRAGMA integrity_check(1)")
      guard problems == ["ok"] else { throw StoreError(.corrupt(path: databasePath, detail: "its structure is broken")) }
      guard try Row.fetchOne(database, sql: "PRAGMA foreign_key_check") == nil else {
        throw StoreError(.corrupt(path: databasePath, detail: "a reference leads nowhere"))
      }
      return (
        try Row.fetchAll(database, sql: Self.selectArtefact).map(StoredArtefact.init(row:)), try SecretRecord.fetchAll(in: database)
      )
    }
    for artefact in artefacts where SHA256.hash(artefact.preimage) != artefact.identity {
      throw StoreError(.corrupt(path: databasePath, detail: "an identity is not the digest of its preimage"))
    }
    for record in secrets where !record.isErased {
      let path = secretPath(record.id)
      let (payload, checksum) = try SecretFile.read(path)
      guard checksum == record.payloadDigest, payload.secretID == record.id else {
        throw StoreError(.secretFile(path: path, fault: .notTheRecordedSecret))
      }
    }
  }

  /// Runs statements against the schema, for tests of what it refuses.
  package func execute(sql: String) throws(StoreError) {
    try write { database in try database.execute(sql: sql) }
  }

  /// Name of each migration and SHA-256 over its statements, for the test that a released one is never edited.
  package static var migrationDigests: [(name: String, digest: String)] {
    Migrations.all.map { ($0.name, SHA256.hash(Array($0.statements.joined(separator: "\n").utf8)).hex) }
  }
}

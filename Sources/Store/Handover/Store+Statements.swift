import Foundation
import GRDB
import Hashing

extension Store {
  /// Records a signed statement of a data owner on an artefact: the bytes of its file. Recorded ones are kept for ever.
  /// - Throws: what writing throws.
  public func saveStatement(_ bytes: [UInt8], on identity: Digest) throws(StoreError) {
    try write { database in
      try database.execute(
        sql: "INSERT INTO statement (digest, artefact, bytes, recorded_at) VALUES (?, ?, ?, ?) ON CONFLICT (digest) DO NOTHING",
        arguments: [SHA256.hash(bytes).data, identity.data, Data(bytes), currentTime()])
    }
  }

  /// The recorded statements on an artefact, oldest first.
  public func statements(on identity: Digest) throws(StoreError) -> [[UInt8]] {
    try read { database in
      try Row.fetchAll(
        database, sql: "SELECT bytes FROM statement WHERE artefact = ? ORDER BY recorded_at, rowid", arguments: [identity.data]
      ).map { try $0.bytes("bytes") }
    }
  }
}

import Foundation
import GRDB
import Hashing

extension Store {
  /// Records what opens the commitment to a model's file: its salt and the file's SHA-256. One that is recorded already is kept.
  /// - Throws: `invalidArgument` for a salt that has not 32 bytes, and what writing throws.
  public func saveSource(_ commitment: Digest, salt: [UInt8], file: Digest) throws(StoreError) {
    guard salt.count == 32 else { throw StoreError(.invalidArgument(name: "salt", rule: "32 bytes")) }
    try write { database in
      try database.execute(
        sql: "INSERT INTO source (commitment, salt, file, recorded_at) VALUES (?, ?, ?, ?) ON CONFLICT (commitment) DO NOTHING",
        arguments: [commitment.data, Data(salt), file.data, currentTime()])
    }
  }

  /// Salt and file digest behind a commitment; nil when this store does not know them.
  public func source(of commitment: Digest) throws(StoreError) -> (salt: [UInt8], file: Digest)? {
    try read { database in
      try Row.fetchOne(database, sql: "SELECT salt, file FROM source WHERE commitment = ?", arguments: [commitment.data]).map {
        (salt: try $0.bytes("salt", count: 32), file: try $0.digest("file"))
      }
    }
  }
}

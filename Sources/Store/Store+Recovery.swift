import Foundation
import GRDB
import Hashing

extension Store {
  /// Tidies up after killed processes. Lowers no count: what a dead process had reserved stays counted in full.
  func recover() throws(StoreError) {
    // Elsewhere the process numbers say nothing, and a copy is left as it is.
    guard try differences().isEmpty else { return }
    try PartialFile.removeAbandoned(in: secretsDirectory)
    let erased = try write { database in
      for row in try Row.fetchAll(database, sql: "SELECT * FROM reservation WHERE state = 'reserved'")
      where try !ProcessIdentity(row: row).isAlive {
        try database.execute(
          sql: "UPDATE reservation SET state = 'burnt', changed_at = ? WHERE id = ?", arguments: [currentTime(), Data(try row.bytes("id"))])
      }
      for row in try Row.fetchAll(database, sql: "SELECT * FROM run WHERE finished_at IS NULL")
      where try !ProcessIdentity(row: row).isAlive {
        try database.execute(
          sql: "UPDATE run SET outcome = 'interrupted', finished_at = ? WHERE id = ?", arguments: [currentTime(), Data(try row.bytes("id"))])
      }
      return try Row.fetchAll(database, sql: "SELECT id FROM secret WHERE erased_at IS NOT NULL").map { try $0.bytes("id") }
    }
    // A process that died between recording an erasure and carrying it out.
    for id in erased { try PrivateFiles.remove(secretPath(id)) }
  }

  /// Secret files that no record refers to: left by a process that died while saving, or newer than a restored database.
  /// They are never removed by themselves.
  public func unreferencedSecretFiles() throws(StoreError) -> [String] {
    let known = try read { database in
      Set(try Row.fetchAll(database, sql: "SELECT id FROM secret").map { hexadecimal(try $0.bytes("id")) + SecretFile.suffix })
    }
    return try PrivateFiles.names(in: secretsDirectory).filter { $0.hasSuffix(SecretFile.suffix) && !known.contains($0) }
  }
}

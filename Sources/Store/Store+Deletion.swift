import Foundation
import GRDB
import Hashing

extension Store {
  /// Removes an artefact that nothing refers to, and its secret unless another artefact shares it. The budget record stays for
  /// ever: a secret that comes back from a backup meets its count.
  /// - Throws: `referenced` while a refresh, a recorded proof or an open reservation refers to it; `unknownArtefact`,
  ///   `elsewhere`, and what writing throws.
  public func deleteArtefact(_ identity: Digest) throws(StoreError) {
    let orphan: [UInt8]? = try write { database in
      try requireHome(database)
      let artefact = try requireArtefact(identity, in: database)
      let refreshes = try count(database, "refresh WHERE ?1 IN (child, parent)", identity.data)
      let proofs = try count(database, "proof_artefact WHERE artefact = ?1", identity.data)
      let open = try openReservations(artefact.secretID, in: database)
      guard refreshes == 0, proofs == 0, open == 0 else {
        throw StoreError(.referenced(name: artefact.name, refreshes: refreshes, proofs: proofs, openReservations: open))
      }
      try database.execute(sql: "DELETE FROM artefact WHERE identity = ?", arguments: [identity.data])
      guard artefact.hasSecret, try count(database, "artefact WHERE secret = ?1", Data(artefact.secretID)) == 0 else { return nil }
      try erase(artefact.secretID, in: database)
      return artefact.secretID
    }
    if let orphan { try removeSecretFile(orphan) }
  }

  /// Erases the secret of an artefact (and of those that share it) and keeps the public record, the budget and the disclosures.
  /// Nothing can be proved about it afterwards. The file is removed; what the disk keeps of it is beyond the store.
  /// - Throws: `referenced` while a reservation is open; `secretErased`, `unknownArtefact`, `elsewhere`, and what writing throws.
  public func eraseSecret(of identity: Digest) throws(StoreError) {
    let id = try write { database in
      try requireHome(database)
      let artefact = try requireArtefact(identity, in: database)
      guard artefact.hasSecret else { throw StoreError(.secretErased(artefact.name)) }
      let open = try openReservations(artefact.secretID, in: database)
      guard open == 0 else {
        throw StoreError(.referenced(name: artefact.name, refreshes: 0, proofs: 0, openReservations: open))
      }
      try erase(artefact.secretID, in: database)
      return artefact.secretID
    }
    try removeSecretFile(id)
  }

  private func erase(_ secret: [UInt8], in database: Database) throws {
    try database.execute(sql: "UPDATE secret SET erased_at = ? WHERE id = ?", arguments: [currentTime(), Data(secret)])
  }

  /// After the record says "erased": a crash in between is made good at the next opening.
  private func removeSecretFile(_ id: [UInt8]) throws(StoreError) {
    try PrivateFiles.remove(secretPath(id))
    try PrivateFiles.synchronizeDirectory(secretsDirectory)
  }

  private func openReservations(_ secret: [UInt8], in database: Database) throws -> Int {
    try count(database, "reservation WHERE secret = ?1 AND state IN ('reserved', 'charged')", Data(secret))
  }

  private func count(_ database: Database, _ rest: String, _ argument: Data) throws -> Int {
    try Int.fetchOne(database, sql: "SELECT count(*) FROM " + rest, arguments: [argument]) ?? 0
  }
}

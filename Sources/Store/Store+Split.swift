import Foundation
import GRDB
import Hashing

extension Store {
  /// Makes a second store in `destination` and gives it part of what is left of every budget, so that both may prove.
  ///
  /// Of a budget with `left` positions, g = ⌊left · percent / 100⌋ are given away: this store's capacity falls by g, the new
  /// one's is g. What this store has opened is known to the new one and costs nothing there; what either opens later counts
  /// where it is opened, also when both open the same. So over both stores, and over any further splits, the distinct
  /// positions ever opened never exceed the capacity of the first store:
  /// |opened here ∪ opened there| ≤ (capacity − g) + g.
  ///
  /// Order: the new store is written in full but `pending`, then this one's capacities fall, then the new one becomes active.
  /// A crash in between can lose budget and never doubles it. Reservations under way stay with this store.
  /// - Parameters:
  ///   - destination: the new `.zkmlops` folder; must not exist. To be moved to its machine and adopted there.
  ///   - percent: part of what is left that is given away, 1...99.
  /// - Returns: the new store, open.
  /// - Throws: `invalidArgument`, `elsewhere`, `unfinishedSplit`, `secretFile`, and what writing throws.
  @discardableResult
  public func split(into destination: URL, percent: Int = 50) throws(StoreError) -> Store {
    guard (1...99).contains(percent) else { throw StoreError(.invalidArgument(name: "percent", rule: "from 1 to 99")) }
    let path = destination.path
    guard try PrivateFiles.attributes(path) == nil else { throw StoreError(.invalidArgument(name: "destination", rule: "a path where nothing is")) }
    let staging = path + ".split-" + hexadecimal(randomBytes(8))
    let lock = try StoreLock(path: directory + "/" + Self.lockName, seconds: options.lockSeconds)
    try read(requireHome)
    var isCommitted = false
    do {
      let other = try Store(directory: staging, create: true, options: options, pending: true, splitFrom: try id())
      let gifts = try copyContent(into: other, percent: percent)
      try transaction { database in try reduceCapacities(by: gifts, in: database) }
      isCommitted = true
      try other.write { database in try database.execute(sql: "UPDATE store SET state = 'active'") }
      try storeErrors(staging) { try other.queue.close() }
    } catch {
      // Before the commit nothing has been given away and the half-made store goes; afterwards it is the only one that has it.
      if !isCommitted { try? FileManager.default.removeItem(atPath: staging) }
      throw error
    }
    guard rename(staging, path) == 0 else { throw PrivateFiles.writeFailure(staging) }
    try PrivateFiles.synchronizeDirectory(PrivateFiles.parent(of: path))
    _ = consume lock
    return try Store.open(destination, create: false, options: options)
  }

  private typealias Gift = (secret: [UInt8], positions: Int)

  /// Copies secret files and rows. The new rows of `secret` have the gift as capacity and nothing used.
  private func copyContent(into other: Store, percent: Int) throws(StoreError) -> [Gift] {
    let records = try read { database in try SecretRecord.fetchAll(in: database) }
    for record in records where !record.isErased {
      let (payload, checksum) = try SecretFile.read(secretPath(record.id))
      guard checksum == record.payloadDigest else {
        throw StoreError(.secretFile(path: secretPath(record.id), fault: .notTheRecordedSecret))
      }
      let staged = try SecretFile.stage(payload, for: other.secretPath(record.id))
      try staged.file.publish()
    }
    let gifts = records.map { Gift(secret: $0.id, positions: $0.isErased ? 0 : gift(of: $0.budget.left, percent: percent)) }
    let tables = ["artefact", "refresh", "run", "proof", "proof_artefact", "revealed", "revealed_about", "statement", "handover", "source"]
    let rows = try read { database in
      try tables.map { table in (table, try Row.fetchAll(database, sql: "SELECT * FROM \(table) ORDER BY rowid")) }
    }
    try other.write { database in
      for (record, gift) in zip(records, gifts) { try copy(record, capacity: gift.positions, into: database) }
      for (table, rows) in rows {
        for row in rows {
          let columns = row.map(\.0).joined(separator: ", ")
          try database.execute(
            sql: "INSERT INTO \(table) (\(columns)) VALUES (\(databaseQuestionMarks(count: row.count)))",
            arguments: StatementArguments(row.map(\.1)))
        }
      }
    }
    return gifts
  }

  /// ⌊left · percent / 100⌋ for left < 2^32, percent ≤ 99.
  private func gift(of left: Int, percent: Int) -> Int { left * percent / 100 }

  private func copy(_ record: SecretRecord, capacity: Int, into database: Database) throws {
    try database.execute(
      sql: """
        INSERT INTO secret (id, payload_digest, log2_row_length, tail_length, log2_code_length, capacity, used, positions, inherited,
          created_at, erased_at)
        VALUES (?, ?, ?, ?, ?, ?, 0, x'', ?, ?, ?)
        """,
      arguments: [
        Data(record.id), Data(record.payloadDigest), record.shape.log2RowLength, record.shape.tailLength, record.shape.log2CodeLength,
        capacity, Data(record.positions.union(record.inherited).encoded), currentTime(), record.isErased ? currentTime() : nil,
      ])
  }

  private func reduceCapacities(by gifts: [Gift], in database: Database) throws {
    for gift in gifts where gift.positions > 0 {
      try database.execute(
        sql: "UPDATE secret SET capacity = capacity - ? WHERE id = ?", arguments: [gift.positions, Data(gift.secret)])
    }
  }
}

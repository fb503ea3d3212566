import Foundation
import GRDB

extension Store {
  /// One entry of the log of places.
  public struct PlaceEntry: Equatable, Sendable {
    /// When it was recorded.
    public let recorded: Date
    /// `created` or `adopted`.
    public let event: String
    /// Where the store was.
    public let place: StorePlace
  }

  /// The store's random id, 16 bytes. Copies share it; a split-off store has its own.
  public func id() throws(StoreError) -> [UInt8] {
    try read { database in try storeRow(database).bytes("id", count: 16) }
  }

  /// The id of the store that this one was split from, nil for a first one.
  public func splitFrom() throws(StoreError) -> [UInt8]? {
    try read { database in try storeRow(database).optionalBytes("split_from") }
  }

  /// Every place where the store has been, oldest first.
  public func places() throws(StoreError) -> [PlaceEntry] { try read(placeEntries) }

  /// In what the store's present place differs from the recorded one; empty when it is at home.
  public func differences() throws(StoreError) -> [StorePlace.Difference] {
    try read { database in try differences(database) }
  }

  /// Records the present place as the store's home, so that it proves again. Call it after the store was *moved*.
  ///
  /// > Warning: what remains the caller's promise, since no program can see it: that no other copy of this store will ever
  /// > prove again. Two live copies each spend the whole of what is left, and the positions they open together can exceed what
  /// > the random tails hide: the data is then no longer hidden. Where a copy stays in use, `split` in the old place first.
  /// > Not even noticed are two running copies of one machine image (same machine id, device and inode numbers), and an older
  /// > state of the files written back into the same folder without replacing them; after either, never
  /// > open an old commitment again, not even by a refresh: commit the data anew.
  /// - Returns: what had changed; when nothing had, nothing is recorded.
  /// - Throws: `unfinishedSplit`, and what writing throws.
  @discardableResult
  public func adopt() throws(StoreError) -> [StorePlace.Difference] {
    try write { database in
      guard try storeRow(database).text("state") == "active" else { throw StoreError(.unfinishedSplit(path: directory)) }
      let changed = try differences(database)
      if !changed.isEmpty { try record(try currentPlace(), event: "adopted", in: database) }
      return changed
    }
  }

  /// Refuses unless the store is whole and at home. Looked up afresh at every reservation and charge.
  func requireHome(_ database: Database) throws {
    guard try storeRow(database).text("state") == "active" else { throw StoreError(.unfinishedSplit(path: directory)) }
    let changed = try differences(database)
    guard changed.isEmpty else { throw StoreError(.elsewhere(changed)) }
  }

  func currentPlace() throws(StoreError) -> StorePlace {
    try StorePlace.current(directory: directory, database: databasePath, machineIDPath: options.machineIDPath)
  }

  func record(_ place: StorePlace, event: String, in database: Database) throws {
    try database.execute(
      sql: "INSERT INTO place (recorded_at, event, device, folder_inode, database_inode, machine) VALUES (?, ?, ?, ?, ?, ?)",
      arguments: [
        currentTime(), event, Int64(bitPattern: place.device), Int64(bitPattern: place.folderInode),
        Int64(bitPattern: place.databaseInode), place.machine.map { Data($0) },
      ])
  }

  private func differences(_ database: Database) throws -> [StorePlace.Difference] {
    guard let home = try placeEntries(database).last else {
      throw StoreError(.corrupt(path: databasePath, detail: "no place is recorded"))
    }
    return home.place.differences(from: try currentPlace())
  }

  private func placeEntries(_ database: Database) throws -> [PlaceEntry] {
    try Row.fetchAll(database, sql: "SELECT * FROM place ORDER BY sequence").map { row in
      PlaceEntry(
        recorded: try row.date("recorded_at"), event: try row.text("event"),
        place: StorePlace(
          device: UInt64(bitPattern: Int64(try row.integer("device"))), folderInode: UInt64(bitPattern: Int64(try row.integer("folder_inode"))),
          databaseInode: UInt64(bitPattern: Int64(try row.integer("database_inode"))), machine: try row.optionalBytes("machine")))
    }
  }

  func storeRow(_ database: Database) throws -> Row {
    guard let row = try Row.fetchOne(database, sql: "SELECT * FROM store") else {
      throw StoreError(.corrupt(path: databasePath, detail: "the store has no id"))
    }
    return row
  }
}

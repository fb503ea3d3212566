import Foundation
import GRDB
import Hashing
import Prover

extension Store: HidingLedger {
  /// `reserve` for a single secret.
  public func reserve(secret: [UInt8], queries: Int, purpose: String) throws(StoreError) -> ReservationID {
    let ids = try reserve([BudgetRequest(secret: secret, queries: queries)], purpose: purpose)
    guard let id = ids.first else { throw StoreError(.unknownSecret(hexadecimal(secret))) }
    return id
  }

  /// Reserves for every secret of a proof, or for none: one transaction, one wait for the disk.
  /// - Returns: one reservation for each request, in order.
  /// - Throws: `budgetExceeded` (the first that does not suffice), `unknownSecret`, `secretErased`, `elsewhere`,
  ///   `unfinishedSplit`, `invalidArgument`, and what writing throws.
  public func reserve(_ requests: [BudgetRequest], purpose: String) throws(StoreError) -> [ReservationID] {
    guard purpose.unicodeScalars.count <= 500 else { throw StoreError(.invalidArgument(name: "purpose", rule: "at most 500 characters")) }
    guard requests.allSatisfy({ $0.queries >= 1 && $0.queries <= 1 << 32 }) else {
      throw StoreError(.invalidArgument(name: "queries", rule: "at least 1 and at most 2^32"))
    }
    return try write { database in
      try requireHome(database)
      let process = ProcessIdentity.current
      return try requests.map { request in
        let record = try SecretRecord.require(request.secret, in: database)
        guard !record.isErased else { throw StoreError(.secretErased(hexadecimal(record.id))) }
        guard request.queries <= record.budget.left else { throw StoreError(.budgetExceeded(record.budget, requested: request.queries)) }
        let id = ReservationID()
        try database.execute(
          sql: """
            INSERT INTO reservation
              (id, secret, queries, purpose, state, process_id, process_start, process_boot, reserved_at, changed_at)
            VALUES (?, ?, ?, ?, 'reserved', ?, ?, ?, ?, ?)
            """,
          arguments: [
            Data(id.bytes), Data(record.id), request.queries, purpose, process.identifier, process.startTime, process.bootID,
            currentTime(), currentTime(),
          ])
        return id
      }
    }
  }

  /// `charge` for a single reservation.
  public func charge(_ reservation: ReservationID, positions: [Int]) throws(StoreError) {
    try charge([BudgetCharge(reservation, positions: positions)])
  }

  /// Charges every reservation of a proof, or none: one transaction, one wait for the disk. When it throws, the proof must
  /// not leave the process.
  /// - Throws: `unknownReservation`, `reservationState`, `reservationExceeded`, `positionOutOfRange`, `elsewhere`,
  ///   `unfinishedSplit`, and what writing throws.
  public func charge(_ charges: [BudgetCharge]) throws(StoreError) {
    try write { database in
      try requireHome(database)
      for charge in charges { try self.charge(charge.reservation, charge.positions, in: database) }
    }
  }

  private func charge(_ id: ReservationID, _ positions: [Int], in database: Database) throws {
    let row = try reservationRow(id, in: database)
    let state = try row.text("state")
    // A burnt reservation whose process lives after all (another process id space) may still be charged: that lowers the
    // count from the worst case to what is really opened.
    guard state == "reserved" || state == "burnt" else {
      throw StoreError(.reservationState(id: id.description, state: state, step: "charged"))
    }
    let record = try SecretRecord.require(try row.bytes("secret"), in: database)
    guard let opened = PositionSet(positions, log2Length: record.shape.log2CodeLength) else {
      throw StoreError(.positionOutOfRange(log2Length: record.shape.log2CodeLength))
    }
    let queries = try row.integer("queries")
    guard opened.count <= queries else {
      throw StoreError(.reservationExceeded(id: id.description, reserved: queries, positions: opened.count))
    }
    let added = opened.subtracting(record.positions).subtracting(record.inherited)
    let all = record.positions.union(added)
    try database.execute(
      sql: "UPDATE reservation SET state = 'charged', added = ?, changed_at = ? WHERE id = ?",
      arguments: [added.count, currentTime(), Data(id.bytes)])
    try database.execute(
      sql: "UPDATE secret SET used = ?, positions = ? WHERE id = ?", arguments: [all.count, Data(all.encoded), Data(record.id)])
  }

  /// Notes that the proof of a charged reservation has left the process. For the log: nothing depends on it.
  /// - Throws: `unknownReservation`, `reservationState`, and what writing throws.
  public func release(_ reservation: ReservationID) throws(StoreError) {
    try step(reservation, from: "charged", to: "released", onlyOwner: false)
  }

  /// - Throws: `unknownReservation`, `reservationState` (also when it is charged: what is charged stays charged),
  ///   `foreignReservation`, and what writing throws.
  public func abandon(_ reservation: ReservationID) throws(StoreError) {
    try step(reservation, from: "reserved", to: "abandoned", onlyOwner: true)
  }

  private func step(_ id: ReservationID, from: String, to: String, onlyOwner: Bool) throws(StoreError) {
    try write { database in
      let row = try reservationRow(id, in: database)
      let state = try row.text("state")
      guard state == from else { throw StoreError(.reservationState(id: id.description, state: state, step: to)) }
      if onlyOwner {
        guard try ProcessIdentity(row: row) == ProcessIdentity.current else {
          throw StoreError(.foreignReservation(id: id.description))
        }
      }
      try database.execute(
        sql: "UPDATE reservation SET state = ?, changed_at = ? WHERE id = ?", arguments: [to, currentTime(), Data(id.bytes)])
    }
  }

  private func reservationRow(_ id: ReservationID, in database: Database) throws -> Row {
    guard let row = try Row.fetchOne(database, sql: "SELECT * FROM reservation WHERE id = ?", arguments: [Data(id.bytes)]) else {
      throw StoreError(.unknownReservation(id.description))
    }
    return row
  }

  /// What is left of the budget of a tail secret.
  /// - Throws: `unknownSecret`, and what reading throws.
  public func budget(ofSecret secret: [UInt8]) throws(StoreError) -> HidingBudget {
    try read { database in try SecretRecord.require(secret, in: database).budget }
  }

  /// The distinct positions opened of a tail secret, those inherited over a split included, ascending.
  public func openedPositions(ofSecret secret: [UInt8]) throws(StoreError) -> [Int] {
    try read { database in
      let record = try SecretRecord.require(secret, in: database)
      return record.positions.union(record.inherited).sorted.map(Int.init)
    }
  }

  /// A reservation as the store records it.
  public struct ReservationEntry: Equatable, Sendable {
    /// Its id.
    public let id: ReservationID
    /// The tail secret.
    public let secret: [UInt8]
    /// Positions reserved.
    public let queries: Int
    /// What the proof was for.
    public let purpose: String
    /// `reserved`, `charged`, `released`, `abandoned` or `burnt`.
    public let state: String
    /// New positions that it used; nil before it is charged.
    public let added: Int?
    /// When it was made.
    public let reserved: Date
  }

  /// Every reservation ever made, oldest first; of one secret when given.
  public func reservations(ofSecret secret: [UInt8]? = nil) throws(StoreError) -> [ReservationEntry] {
    try read { database in
      let rows = try Row.fetchAll(
        database, sql: "SELECT * FROM reservation WHERE ?1 IS NULL OR secret = ?1 ORDER BY reserved_at, rowid",
        arguments: [secret.map { Data($0) }])
      return try rows.map { row in
        guard let id = ReservationID(bytes: try row.bytes("id")) else {
          throw StoreError(.corrupt(path: Self.databaseName, detail: "a reservation has no id"))
        }
        return ReservationEntry(
          id: id, secret: try row.bytes("secret"), queries: try row.integer("queries"), purpose: try row.text("purpose"),
          state: try row.text("state"), added: try row.optionalInteger("added"), reserved: try row.date("reserved_at"))
      }
    }
  }
}

extension ProcessIdentity {
  /// The process recorded in a row.
  init(row: Row) throws(StoreError) {
    guard let identifier = Int32(exactly: try row.integer("process_id")) else {
      throw StoreError(.corrupt(path: Store.databaseName, detail: "a process id is out of range"))
    }
    self.init(identifier: identifier, startTime: try row.text("process_start"), bootID: try row.text("process_boot"))
  }
}

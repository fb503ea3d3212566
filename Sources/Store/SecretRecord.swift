import Foundation
import GRDB
import Hashing

/// One row of the table `secret`, with the sums of its reservations.
struct SecretRecord {
  let id: [UInt8]
  let payloadDigest: [UInt8]
  let shape: StoredCodeShape
  let capacity: Int
  let positions: PositionSet
  /// Opened before a split: known to the world, free of charge.
  let inherited: PositionSet
  let reserved: Int
  let burnt: Int
  let isErased: Bool

  /// The record of a tail secret, nil when there is none.
  /// - Throws: `corrupt` for a row that the store does not write.
  static func fetch(_ id: [UInt8], in database: Database) throws -> SecretRecord? {
    try Row.fetchOne(database, sql: select + " WHERE id = ?", arguments: [Data(id)]).map(SecretRecord.init(row:))
  }

  static func fetchAll(in database: Database) throws -> [SecretRecord] {
    try Row.fetchAll(database, sql: select + " ORDER BY id").map(SecretRecord.init(row:))
  }

  /// As `fetch`, for an id that must be there.
  static func require(_ id: [UInt8], in database: Database) throws -> SecretRecord {
    guard let record = try fetch(id, in: database) else { throw StoreError(.unknownSecret(hexadecimal(id))) }
    return record
  }

  private static let select = """
    SELECT *,
      (SELECT coalesce(sum(queries), 0) FROM reservation WHERE reservation.secret = secret.id AND state = 'reserved') AS reserved,
      (SELECT coalesce(sum(queries), 0) FROM reservation WHERE reservation.secret = secret.id AND state = 'burnt') AS burnt
    FROM secret
    """

  private init(row: Row) throws {
    id = try row.bytes("id", count: 32)
    payloadDigest = try row.bytes("payload_digest", count: 32)
    shape = try StoredCodeShape(
      log2RowLength: row.integer("log2_row_length"), tailLength: row.integer("tail_length"),
      log2CodeLength: row.integer("log2_code_length"))
    capacity = try row.integer("capacity")
    reserved = try row.integer("reserved")
    burnt = try row.integer("burnt")
    isErased = try row.optionalInteger("erased_at") != nil
    guard let positions = PositionSet(encoded: try row.bytes("positions")), try positions.count == row.integer("used"),
      let inherited = PositionSet(encoded: try row.bytes("inherited"))
    else { throw StoreError(.corrupt(path: Store.databaseName, detail: "a list of positions is not in order")) }
    self.positions = positions
    self.inherited = inherited
  }

  var budget: HidingBudget { HidingBudget(capacity: capacity, used: positions.count, reserved: reserved, burnt: burnt) }
}

import Foundation
import GRDB

/// The private store of one project, the folder `.zkmlops/`: committed artefacts with their secrets, the hiding budget of
/// every secret, and the log of what was proved and revealed.
///
/// | in the folder | |
/// | --- | --- |
/// | `store.sqlite` | everything but the secrets; the schema is in `Migrations` |
/// | `secrets/ID.secret` | one file for every tail secret, see `SecretFile` |
/// | `keys/NAME.key` | private signing keys, see `KeyFile`; in a folder of mode 0700 |
/// | `lock` | advisory lock, held for the length of one change |
///
/// The folder has mode 0700, its files 0600, whatever the umask. Nothing in it is for sharing.
///
/// **Durability**: rollback journal (`journal_mode = TRUNCATE`) and `synchronous = FULL`: when a call returns, its transaction
/// has been synchronised and so has the end of its journal, so that it survives the loss of power. (With `DELETE` the end of a
/// transaction is a directory entry, which `FULL` does not synchronise; with a write-ahead log the newest transactions lie in
/// a second file, which a copy of `store.sqlite` alone leaves behind: both could bring back a smaller count.)
///
/// **Concurrency**: any number of threads and processes. A change takes the lock file, then an immediate transaction.
public final class Store: Sendable {
  /// The store's folder.
  public let directory: String
  let options: Options
  let queue: DatabaseQueue

  static let databaseName = "store.sqlite"
  static let lockName = "lock"
  static let secretsName = "secrets"

  /// What may be set at opening.
  public struct Options: Sendable {
    /// Seconds that a call waits for another process before it fails with `busy`.
    public var lockSeconds: Int
    /// Where the system keeps the machine's id.
    package var machineIDPath = "/etc/machine-id"

    /// Options with this patience.
    public init(lockSeconds: Int = 30) { self.lockSeconds = lockSeconds }
  }

  /// Opens the store in `directory` (the `.zkmlops` folder itself).
  ///
  /// Finishes what killed processes left: removes their temporary files, marks their reservations as burnt and their runs as
  /// interrupted. A store that is not where it was recorded opens all the same; only proving is refused (`differences`).
  /// - Parameter create: makes folder and database when there are none.
  /// - Throws: `missing`, `wrongFileType`, `permissionsTooOpen`, `cannotWrite`, `diskFull`, `busy`, `corrupt`, `newerFormat`,
  ///   `databaseMissing`.
  public static func open(_ directory: URL, create: Bool = true, options: Options = Options()) throws(StoreError) -> Store {
    let store = try Store(directory: directory.path, create: create, options: options)
    try store.recover()
    return store
  }

  init(directory: String, create: Bool, options: Options, pending: Bool = false, splitFrom: [UInt8]? = nil) throws(StoreError) {
    self.directory = directory
    self.options = options
    let database = directory + "/" + Self.databaseName
    let isThere = try PrivateFiles.attributes(database, followLinks: true) != nil
    guard create || isThere else { throw StoreError(.missing(path: directory)) }
    if create { try PrivateFiles.createDirectory(directory) }
    try PrivateFiles.requirePrivate(directory)
    let lock = try StoreLock(path: directory + "/" + Self.lockName, seconds: options.lockSeconds)
    try PrivateFiles.createDirectory(directory + "/" + Self.secretsName)
    try PrivateFiles.requirePrivate(directory + "/" + Self.secretsName)
    try PrivateFiles.createEmptyFile(database)
    try PrivateFiles.requirePrivate(database)
    queue = try storeErrors(database, seconds: options.lockSeconds) {
      try DatabaseQueue(path: database, configuration: Self.configuration(seconds: options.lockSeconds))
    }
    try prepare(database: database, pending: pending, splitFrom: splitFrom)
    _ = consume lock
  }

  private static func configuration(seconds: Int) -> Configuration {
    var configuration = Configuration()
    configuration.label = "store"
    configuration.foreignKeysEnabled = true
    configuration.busyMode = .timeout(Double(seconds))
    configuration.prepareDatabase { database in
      let journal = try String.fetchOne(database, sql: "PRAGMA journal_mode = TRUNCATE")
      try database.execute(sql: "PRAGMA synchronous = FULL; PRAGMA fullfsync = ON; PRAGMA trusted_schema = OFF; PRAGMA temp_store = MEMORY")
      let synchronous = try Int.fetchOne(database, sql: "PRAGMA synchronous")
      guard journal == "truncate", synchronous == 2 else {
        throw StoreError(.corrupt(path: databaseName, detail: "the database refuses durable transactions"))
      }
    }
    return configuration
  }

  /// Brings the schema up to date and writes the store's own row, once.
  private func prepare(database path: String, pending: Bool, splitFrom: [UInt8]?) throws(StoreError) {
    let secrets = try PrivateFiles.names(in: secretsDirectory).filter { $0.hasSuffix(SecretFile.suffix) }
    try storeErrors(path, seconds: options.lockSeconds) {
      guard try !queue.read(Migrations.migrator.hasBeenSuperseded) else { throw StoreError(.newerFormat(path: path)) }
      if try queue.read({ database in try !database.tableExists("store") }), !secrets.isEmpty {
        throw StoreError(.databaseMissing(path: directory, secretFiles: secrets.count))
      }
      try Migrations.migrator.migrate(queue)
      try queue.inTransaction(.immediate) { database in
        if try Row.fetchOne(database, sql: "SELECT * FROM store") != nil { return .rollback }
        guard secrets.isEmpty else { throw StoreError(.databaseMissing(path: directory, secretFiles: secrets.count)) }
        try database.execute(
          sql: "INSERT INTO store (row, id, split_from, created_at, state) VALUES (1, ?, ?, ?, ?)",
          arguments: [Data(randomBytes(16)), splitFrom.map { Data($0) }, currentTime(), pending ? "pending" : "active"])
        try record(try currentPlace(), event: "created", in: database)
        return .commit
      }
    }
    try PrivateFiles.synchronizeDirectory(directory)
  }

  var databasePath: String { directory + "/" + Self.databaseName }
  var secretsDirectory: String { directory + "/" + Self.secretsName }

  /// A consistent view of the database.
  func read<Value>(_ body: (Database) throws -> Value) throws(StoreError) -> Value {
    try storeErrors(databasePath, seconds: options.lockSeconds) { try queue.read(body) }
  }

  /// One change: lock file, immediate transaction, commit. Nothing is recorded when `body` throws.
  func write<Value>(_ body: (Database) throws -> Value) throws(StoreError) -> Value {
    let lock = try StoreLock(path: directory + "/" + Self.lockName, seconds: options.lockSeconds)
    let value = try transaction(body)
    _ = consume lock
    return value
  }

  /// An immediate transaction for a caller that holds the lock.
  func transaction<Value>(_ body: (Database) throws -> Value) throws(StoreError) -> Value {
    try storeErrors(databasePath, seconds: options.lockSeconds) {
      var value: Value?
      try queue.inTransaction(.immediate) { database in
        value = try body(database)
        return .commit
      }
      guard let value else { throw StoreError(.corrupt(path: databasePath, detail: "a transaction gave no result")) }
      return value
    }
  }
}

/// Runs `body` and turns the database's errors into the store's, without statement texts or arguments.
func storeErrors<Value>(_ path: String, seconds: Int = 0, _ body: () throws -> Value) throws(StoreError) -> Value {
  do {
    return try body()
  } catch let error as StoreError {
    throw error
  } catch let error as DatabaseError {
    switch error.resultCode {
    case .SQLITE_FULL: throw StoreError(.diskFull(path: path))
    case .SQLITE_BUSY, .SQLITE_LOCKED: throw StoreError(.busy(path: path, seconds: seconds))
    case .SQLITE_IOERR, .SQLITE_CANTOPEN, .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_AUTH:
      throw StoreError(.cannotWrite(path: path, cause: "database error \(error.extendedResultCode.rawValue), no space or no permission"))
    case .SQLITE_CONSTRAINT:
      throw StoreError(.corrupt(path: path, detail: "the schema refuses a change (\(error.message ?? "no reason given"))"))
    default: throw StoreError(.corrupt(path: path, detail: "database error \(error.extendedResultCode.rawValue)"))
    }
  } catch {
    throw StoreError(.corrupt(path: path, detail: "unexpected \(type(of: error))"))
  }
}

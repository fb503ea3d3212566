import Foundation

/// Where a store is: the folder and its database on their device, and the machine.
///
/// A copied or restored store shows a different place. Two running copies of one machine image, or an older state written
/// into the same files of the same folder, do not: see `Store.adopt()`.
public struct StorePlace: Equatable, Sendable {
  /// Device number of the folder.
  public let device: UInt64
  /// Inode number of the folder.
  public let folderInode: UInt64
  /// Inode number of the database file: another one after most kinds of restore into the same folder.
  public let databaseInode: UInt64
  /// SHA-256 of the machine id under a tag (the id itself is not for sharing), nil when the system has none.
  public let machine: [UInt8]?

  /// One way in which a store is elsewhere.
  public enum Difference: Equatable, Sendable {
    /// The folder's device number.
    case device(recorded: UInt64, found: UInt64)
    /// The folder's inode number.
    case folder(recorded: UInt64, found: UInt64)
    /// The database file's inode number.
    case database(recorded: UInt64, found: UInt64)
    /// The machine id; true where there is one.
    case machine(recorded: Bool, found: Bool)

    /// The difference in words.
    public var words: String {
      switch self {
      case .device(let recorded, let found): "it is on device \(found) instead of \(recorded)"
      case .folder(let recorded, let found): "its folder has inode \(found) instead of \(recorded)"
      case .database(let recorded, let found): "its database has inode \(found) instead of \(recorded)"
      case .machine(true, true): "it is on another machine"
      case .machine(let recorded, _): recorded ? "this machine has no id, the recorded one had" : "this machine has an id, the recorded one had none"
      }
    }
  }

  /// What differs between this recorded place and the one where the store is found.
  public func differences(from found: StorePlace) -> [Difference] {
    var out: [Difference] = []
    if machine != found.machine { out.append(.machine(recorded: machine != nil, found: found.machine != nil)) }
    if device != found.device { out.append(.device(recorded: device, found: found.device)) }
    if folderInode != found.folderInode { out.append(.folder(recorded: folderInode, found: found.folderInode)) }
    if databaseInode != found.databaseInode { out.append(.database(recorded: databaseInode, found: found.databaseInode)) }
    return out
  }

  /// The place of the store in `directory`, as the operating system sees it now.
  static func current(directory: String, database: String, machineIDPath: String) throws(StoreError) -> StorePlace {
    guard let folder = try PrivateFiles.attributes(directory, followLinks: true),
      let file = try PrivateFiles.attributes(database, followLinks: true)
    else { throw StoreError(.missing(path: directory)) }
    return StorePlace(
      device: UInt64(truncatingIfNeeded: folder.st_dev), folderInode: UInt64(truncatingIfNeeded: folder.st_ino),
      databaseInode: UInt64(truncatingIfNeeded: file.st_ino),
      machine: ProcessIdentity.line(of: machineIDPath).map { sha256(Array("zkmlops/store-machine/v1".utf8), Array($0.utf8)) })
  }
}

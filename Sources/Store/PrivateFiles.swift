import Evidence
import Foundation
import Hashing

/// The operating system calls under the store: private modes whatever the umask, durable renames, errors with the path.
enum PrivateFiles {
  static let directoryMode: mode_t = 0o700
  static let fileMode: mode_t = 0o600

  /// The store's error for `errno` after a failed write to `path`.
  static func writeFailure(_ path: String, _ code: Int32 = errno) -> StoreError {
    switch code {
    case ENOSPC, EDQUOT, EFBIG: StoreError(.diskFull(path: path))
    default: StoreError(.cannotWrite(path: path, cause: String(cString: strerror(code))))
    }
  }

  static func readFailure(_ path: String, _ code: Int32 = errno) -> StoreError {
    StoreError(.cannotRead(path: path, cause: String(cString: strerror(code))))
  }

  /// Attributes of what lies at `path`, nil when nothing does. Follows links only when asked.
  static func attributes(_ path: String, followLinks: Bool = false) throws(StoreError) -> stat? {
    var info = stat()
    if (followLinks ? stat(path, &info) : lstat(path, &info)) == 0 { return info }
    if errno == ENOENT || errno == ENOTDIR { return nil }
    throw readFailure(path)
  }

  /// Makes the directory with mode 0700, or checks that a directory lies there. True when it was made.
  @discardableResult
  static func createDirectory(_ path: String) throws(StoreError) -> Bool {
    if mkdir(path, directoryMode) == 0 {
      // The umask may have cleared bits that the owner needs.
      guard chmod(path, directoryMode) == 0 else { throw writeFailure(path) }
      try synchronizeDirectory(parent(of: path))
      return true
    }
    let code = errno
    guard code == EEXIST else { throw writeFailure(path, code) }
    guard let info = try attributes(path, followLinks: true), info.st_mode & S_IFMT == S_IFDIR else {
      throw StoreError(.wrongFileType(path: path))
    }
    return false
  }

  /// Makes an empty file with mode 0600 unless something lies there. Never opens an existing file: closing any descriptor
  /// of a database file would drop the locks that this process holds on it.
  static func createEmptyFile(_ path: String) throws(StoreError) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, fileMode)
    if descriptor < 0 {
      guard errno == EEXIST else { throw writeFailure(path) }
      return
    }
    defer { close(descriptor) }
    guard fchmod(descriptor, fileMode) == 0, fsync(descriptor) == 0 else { throw writeFailure(path) }
    try synchronizeDirectory(parent(of: path))
  }

  /// Refuses a file or directory to which group or others have any access.
  static func requirePrivate(_ path: String) throws(StoreError) {
    guard let info = try attributes(path, followLinks: true) else { throw StoreError(.missing(path: path)) }
    let mode = Int(info.st_mode & 0o777)
    guard mode & 0o077 == 0 else { throw StoreError(.permissionsTooOpen(path: path, mode: mode)) }
  }

  /// Makes the directory's entries (creations, renames, removals) durable.
  static func synchronizeDirectory(_ path: String) throws(StoreError) {
    let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw writeFailure(path) }
    defer { close(descriptor) }
    // Some file systems cannot synchronise directories and say so with EINVAL; there is nothing more to do on them.
    guard fsync(descriptor) == 0 || errno == EINVAL else { throw writeFailure(path) }
  }

  /// Removes a file; its absence is no error.
  static func remove(_ path: String) throws(StoreError) {
    guard unlink(path) == 0 || errno == ENOENT else { throw writeFailure(path) }
  }

  /// Names in a directory, sorted, without `.` and `..`; empty when there is no such directory.
  static func names(in path: String) throws(StoreError) -> [String] {
    guard try attributes(path, followLinks: true) != nil else { return [] }
    do {
      return try FileManager.default.contentsOfDirectory(atPath: path).sorted()
    } catch {
      throw StoreError(.cannotRead(path: path, cause: "it cannot be listed"))
    }
  }

  /// The directory that holds `path`.
  static func parent(of path: String) -> String {
    // Not by NSString: its path functions trap for a relative path of one letter.
    var head = Substring(path)
    while head.count > 1, head.last == "/" { head = head.dropLast() }
    guard let slash = head.lastIndex(of: "/") else { return "." }
    head = head[..<slash]
    while head.last == "/" { head = head.dropLast() }
    return head.isEmpty ? "/" : String(head)
  }
}

/// A file under a temporary name in the directory where it will belong. Removed unless `publish` is called.
struct PartialFile: ~Copyable {
  /// The file that this one becomes.
  let finalPath: String
  private let path: String
  private var descriptor: Int32

  /// The first part of every temporary name, followed by the writer's process.
  static let prefix = ".partial-"

  init(for finalPath: String) throws(StoreError) {
    self.finalPath = finalPath
    let process = ProcessIdentity.current
    let suffix = "\(process.identifier)-\(process.startTime)-\(hexadecimal(randomBytes(8)))"
    path = PrivateFiles.parent(of: finalPath) + "/" + Self.prefix + suffix
    descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, PrivateFiles.fileMode)
    guard descriptor >= 0 else { throw PrivateFiles.writeFailure(finalPath) }
    guard fchmod(descriptor, PrivateFiles.fileMode) == 0 else { throw PrivateFiles.writeFailure(finalPath) }
  }

  mutating func write(_ bytes: ArraySlice<UInt8>) throws(StoreError) {
    var done = 0
    while done < bytes.count {
      let count = bytes.withUnsafeBytes { buffer in
        Foundation.write(descriptor, buffer.baseAddress.map { $0 + done }, buffer.count - done)
      }
      if count < 0 {
        if errno == EINTR { continue }
        throw PrivateFiles.writeFailure(finalPath)
      }
      done += count
    }
  }

  /// Makes the content durable, still under the temporary name.
  mutating func synchronize() throws(StoreError) {
    guard fsync(descriptor) == 0 else { throw PrivateFiles.writeFailure(finalPath) }
  }

  /// Gives the file its final name, durably: fsync, rename, fsync of the directory.
  consuming func publish() throws(StoreError) {
    try synchronize()
    guard rename(path, finalPath) == 0 else { throw PrivateFiles.writeFailure(finalPath) }
    try PrivateFiles.synchronizeDirectory(PrivateFiles.parent(of: finalPath))
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
    // After `publish` the name is gone and this does nothing.
    unlink(path)
  }

  /// Removes temporary files whose writers are dead.
  static func removeAbandoned(in directory: String) throws(StoreError) {
    for name in try PrivateFiles.names(in: directory) where name.hasPrefix(prefix) {
      let parts = name.dropFirst(prefix.count).split(separator: "-")
      guard parts.count == 3, let identifier = Int32(parts[0]) else { continue }
      guard !ProcessIdentity.isRunning(identifier, startTime: String(parts[1])) else { continue }
      try PrivateFiles.remove(directory + "/" + name)
    }
  }
}

extension PrivateFiles {
  /// All bytes of a regular file of at most `limit` bytes; neither follows a link nor waits for the other end of a pipe.
  /// - Parameters:
  ///   - isPrivate: whether access of group or others is refused.
  ///   - damaged: makes the error of a file that cannot be used, from the reason.
  /// - Throws: that error, `permissionsTooOpen`, `cannotRead`.
  static func contents(_ path: String, limit: Int, isPrivate: Bool, damaged: (String) -> StoreError) throws(StoreError) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    guard descriptor >= 0 else { throw errno == ELOOP ? damaged("it is a link") : readFailure(path) }
    defer { close(descriptor) }
    var info = stat()
    guard fstat(descriptor, &info) == 0 else { throw readFailure(path) }
    guard info.st_mode & S_IFMT == S_IFREG, let size = Int(exactly: info.st_size) else { throw damaged("it is not a regular file") }
    guard !isPrivate || info.st_mode & 0o077 == 0 else { throw StoreError(.permissionsTooOpen(path: path, mode: Int(info.st_mode & 0o777))) }
    guard size <= limit else { throw damaged("it has more than \(limit) bytes") }
    var failure: Int32 = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      while count < size {
        let step = Foundation.read(descriptor, buffer.baseAddress.map { $0 + count }, size - count)
        if step < 0, errno == EINTR { continue }
        if step < 0 { failure = errno }
        guard step > 0 else { break }
        count += step
      }
    }
    guard failure == 0 else { throw readFailure(path, failure) }
    guard bytes.count == size else { throw damaged("it became shorter while it was read") }
    return bytes
  }
}

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A failed system call.
struct SystemError: Error, Equatable {
  /// The system's error number.
  let code: Int32

  /// The error of the call that has just failed.
  static var last: SystemError { SystemError(code: errno) }
}

/// An open file descriptor, closed at the end of its life.
///
/// Opens never follow a link in the last component unless asked to.
struct SystemFile: ~Copyable {
  /// What lies behind a path.
  enum Kind: Equatable {
    case regular(byteCount: Int)
    case directory
    case other
  }

  let descriptor: Int32

  private init(descriptor: Int32) {
    self.descriptor = descriptor
  }

  deinit {
    close(descriptor)
  }

  /// Opens for reading.
  ///
  /// A pipe does not block; `kind` tells what was opened.
  static func open(_ path: String, followingLinks: Bool) throws(SystemError) -> SystemFile {
    let flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | (followingLinks ? 0 : O_NOFOLLOW)
    return try adopt(retrying { openFile(path, flags) })
  }

  /// Opens `name` inside this directory for reading, not following a link.
  func open(_ name: String, directory: Bool = false) throws(SystemError) -> SystemFile {
    let flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW | (directory ? O_DIRECTORY : 0)
    return try Self.adopt(Self.retrying { openat(descriptor, name, flags) })
  }

  /// Creates `name` inside this directory for writing; fails if it exists.
  func create(_ name: String) throws(SystemError) -> SystemFile {
    let flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW
    return try Self.adopt(Self.retrying { openat(descriptor, name, flags, 0o644) })
  }

  /// Creates a directory inside this one.
  func createDirectory(_ name: String) throws(SystemError) {
    guard mkdirat(descriptor, name, 0o755) == 0 else { throw .last }
  }

  /// What the descriptor refers to.
  func kind() throws(SystemError) -> Kind {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .last }
    return Self.kind(status)
  }

  /// What `name` inside this directory is, without opening it or following a link.
  func kind(of name: String) throws(SystemError) -> Kind {
    var status = stat()
    guard fstatat(descriptor, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else { throw .last }
    return Self.kind(status)
  }

  private static func kind(_ status: stat) -> Kind {
    switch status.st_mode & S_IFMT {
    case S_IFREG: .regular(byteCount: Int(status.st_size))
    case S_IFDIR: .directory
    default: .other
    }
  }

  /// The rest of the file, read until its end or until one byte more than `limit`.
  func read(atMost limit: Int, expecting byteCount: Int) throws(SystemError) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(min(byteCount, limit) + 1)
    let chunk = 1 << 16
    while bytes.count <= limit {
      let wanted = min(chunk, limit + 1 - bytes.count)
      var failure: SystemError?
      let piece = [UInt8](unsafeUninitializedCapacity: wanted) { buffer, count in
        let got = Self.retrying { systemRead(descriptor, buffer.baseAddress, wanted) }
        if got < 0 { failure = .last }
        count = max(0, got)
      }
      if let failure { throw failure }
      if piece.isEmpty { break }
      bytes += piece
    }
    return bytes
  }

  /// Writes all bytes.
  func write(_ bytes: [UInt8]) throws(SystemError) {
    var done = 0
    while done < bytes.count {
      let put = bytes[done...].withUnsafeBytes { rest in Self.retrying { systemWrite(descriptor, rest.baseAddress, rest.count) } }
      guard put > 0 else { throw .last }
      done += put
    }
  }

  /// Waits until everything written is on the disk.
  func synchronize() throws(SystemError) {
    guard Self.retrying({ fsync(descriptor) }) == 0 else { throw .last }
  }

  /// Names in this directory except `.` and `..`, at most `limit` + 1 of them, in the order of their bytes; nil stands for names that are not UTF-8.
  func names(limit: Int) throws(SystemError) -> [String?] {
    let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
    guard copy >= 0 else { throw .last }
    guard let stream = fdopendir(copy) else {
      let error = SystemError.last
      close(copy)
      throw error
    }
    defer { closedir(stream) }
    rewinddir(stream)
    var names: [String?] = []
    while names.count <= limit {
      errno = 0
      guard let entry = readdir(stream) else {
        if errno != 0 { throw .last }
        break
      }
      let capacity = MemoryLayout.size(ofValue: entry.pointee.d_name)
      let name = withUnsafePointer(to: &entry.pointee.d_name) { tuple in
        tuple.withMemoryRebound(to: CChar.self, capacity: capacity) { String(validatingCString: $0) }
      }
      if name != "." && name != ".." { names.append(name) }
    }
    return names.sorted { ($0 ?? "") < ($1 ?? "") }
  }

  private static func adopt(_ descriptor: Int32) throws(SystemError) -> SystemFile {
    guard descriptor >= 0 else { throw .last }
    return SystemFile(descriptor: descriptor)
  }

  /// Repeats a call that a signal interrupts.
  private static func retrying<Result: SignedInteger>(_ call: () -> Result) -> Result {
    while true {
      let result = call()
      if result >= 0 || errno != EINTR { return result }
    }
  }

  /// The system's words for an error number.
  static func message(_ code: Int32) -> String {
    String(cString: strerror(code))
  }
}

// Members of `SystemFile` hide the global functions of the same name.
private func openFile(_ path: String, _ flags: Int32) -> Int32 { open(path, flags) }
private func systemRead(_ descriptor: Int32, _ buffer: UnsafeMutableRawPointer?, _ count: Int) -> Int { read(descriptor, buffer, count) }
private func systemWrite(_ descriptor: Int32, _ buffer: UnsafeRawPointer?, _ count: Int) -> Int { write(descriptor, buffer, count) }

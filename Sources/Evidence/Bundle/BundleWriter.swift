#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Why a bundle was not written.
///
/// Nothing half-written is left under the final name in any case.
public enum BundleWriteError: Error, Equatable, Sendable {
  /// Something other than a bundle or an empty directory is at the destination.
  case destinationNotABundle(path: String)
  /// A system call failed; `code` is the system's error number.
  case system(operation: String, path: String, code: Int32)

  /// Process exit code: 2.
  public var exitCode: ExitCode { .cannotDo }
}

extension BundleWriteError: CustomStringConvertible {
  /// The error in words with the remedy, safe to print on a terminal.
  public var description: String {
    switch self {
    case .destinationNotABundle(let path):
      "\(TerminalText.quoted(path)) exists and is not a bundle; it is left as it is. Choose another path or move it away"
    case .system(let operation, let path, let code):
      "cannot \(operation) \(TerminalText.quoted(path)): \(SystemFile.message(code))"
    }
  }
}

/// Writes bundles so that under the final name there is at any moment the old bundle, the new one, or nothing.
public enum BundleWriter {
  /// Writes a bundle as a directory.
  ///
  /// Everything is written and synchronised under a temporary name beside `path` and then renamed. An existing bundle or empty directory at `path` is
  /// replaced; anything else is refused.
  /// - Parameters:
  ///   - bundle: What to write.
  ///   - path: The directory to make; its parent must exist.
  ///   - report: An HTML report to put beside the manifest, or nil.
  /// - Throws: `BundleWriteError`.
  public static func write(_ bundle: EvidenceBundle, to path: String, report: String? = nil) throws(BundleWriteError) {
    var files = bundle.files
    if let report { files[BundleName.reportFile] = Array(report.utf8) }
    let destination = try Destination(path)
    let replaces = try destination.checkReplaceable()
    let temporary = destination.sibling("new")
    do {
      try writeDirectory(files, temporary)
      try destination.replace(by: temporary, replaces: replaces)
    } catch {
      removeBundle(temporary)
      throw error
    }
  }

  /// Writes a bundle as a .tar archive, in the same way; an existing regular file at `path` is replaced.
  public static func writeArchive(_ bundle: EvidenceBundle, to path: String, report: String? = nil) throws(BundleWriteError) {
    var files = bundle.files
    if let report { files[BundleName.reportFile] = Array(report.utf8) }
    try writeFile(TarArchive.write(files), to: path)
  }

  /// Writes one file under a temporary name beside `path`, synchronises it and renames it; an existing regular file is replaced.
  public static func writeFile(_ bytes: [UInt8], to path: String) throws(BundleWriteError) {
    let destination = try Destination(path)
    try destination.checkReplaceableFile()
    let temporary = destination.sibling("new")
    do throws(BundleWriteError) {
      let parent = try open(destination.parent)
      try write(bytes, name: temporary.name, in: parent, path: temporary.path)
      try step("rename", to: path) { rename(temporary.path, path) }
      try synchronize(parent, destination.parent)
    } catch {
      unlink(temporary.path)
      throw error
    }
  }

  private static func writeDirectory(_ files: [String: [UInt8]], _ temporary: Destination.Sibling) throws(BundleWriteError) {
    try step("create", to: temporary.path) { mkdir(temporary.path, 0o755) }
    let root = try open(temporary.path)
    for (folder, _) in BundleName.folders where files.keys.contains(where: { $0.hasPrefix("\(folder)/") }) {
      do { try root.createDirectory(folder) } catch { throw .system(operation: "create", path: "\(temporary.path)/\(folder)", code: error.code) }
      let directory = try open("\(temporary.path)/\(folder)")
      for (name, bytes) in files where name.hasPrefix("\(folder)/") {
        try write(bytes, name: String(name.dropFirst(folder.count + 1)), in: directory, path: "\(temporary.path)/\(name)")
      }
      try synchronize(directory, "\(temporary.path)/\(folder)")
    }
    for (name, bytes) in files where !name.contains("/") {
      try write(bytes, name: name, in: root, path: "\(temporary.path)/\(name)")
    }
    try synchronize(root, temporary.path)
  }

  private static func write(
    _ bytes: [UInt8], name: String, in directory: borrowing SystemFile, path: String
  ) throws(BundleWriteError) {
    do {
      let file = try directory.create(name)
      try file.write(bytes)
      try file.synchronize()
    } catch {
      throw .system(operation: "write", path: path, code: error.code)
    }
  }

  fileprivate static func open(_ path: String) throws(BundleWriteError) -> SystemFile {
    do { return try SystemFile.open(path, followingLinks: true) } catch { throw .system(operation: "open", path: path, code: error.code) }
  }

  fileprivate static func synchronize(_ directory: borrowing SystemFile, _ path: String) throws(BundleWriteError) {
    do { try directory.synchronize() } catch { throw .system(operation: "synchronise", path: path, code: error.code) }
  }

  fileprivate static func step(_ operation: String, to path: String, _ call: () -> Int32) throws(BundleWriteError) {
    guard call() == 0 else { throw .system(operation: operation, path: path, code: errno) }
  }

  /// Removes the files of the bundle layout under a path and the directories that are empty then; nothing else.
  fileprivate static func removeBundle(_ sibling: Destination.Sibling) {
    guard let names = Destination.layoutFiles(sibling.path) else { return }
    for name in names { unlink("\(sibling.path)/\(name)") }
    for (folder, _) in BundleName.folders { rmdir("\(sibling.path)/\(folder)") }
    rmdir(sibling.path)
  }
}

/// Where a bundle goes, and what is there now.
private struct Destination {
  /// A name beside the destination.
  struct Sibling {
    let path: String
    let name: String
  }

  let path: String
  let parent: String
  let name: String

  init(_ path: String) throws(BundleWriteError) {
    var trimmed = Substring(path)
    while trimmed.count > 1, trimmed.last == "/" { trimmed = trimmed.dropLast() }
    let name = trimmed.split(separator: "/").last.map(String.init) ?? ""
    guard !name.isEmpty, name != ".", name != ".." else { throw .destinationNotABundle(path: path) }
    self.path = String(trimmed)
    self.name = name
    let head = trimmed.dropLast(name.count)
    parent = head.isEmpty ? "." : String(head)
  }

  /// A hidden name beside the destination that no other process uses.
  func sibling(_ purpose: String) -> Sibling {
    let random = String(UInt64.random(in: 0...UInt64.max), radix: 36)
    let own = ".\(name).\(purpose)-\(random)"
    return Sibling(path: parent == "." ? own : parent + own, name: own)
  }

  /// Whether there is something to replace.
  func checkReplaceable() throws(BundleWriteError) -> Bool {
    var status = stat()
    guard lstat(path, &status) == 0 else {
      guard errno == ENOENT else { throw .system(operation: "look at", path: path, code: errno) }
      return false
    }
    guard let names = Self.layoutFiles(path), names.isEmpty || names.contains(BundleName.manifestFile) else {
      throw .destinationNotABundle(path: path)
    }
    return true
  }

  func checkReplaceableFile() throws(BundleWriteError) {
    var status = stat()
    guard lstat(path, &status) == 0 else {
      guard errno == ENOENT else { throw .system(operation: "look at", path: path, code: errno) }
      return
    }
    guard status.st_mode & S_IFMT == S_IFREG else { throw .destinationNotABundle(path: path) }
  }

  /// The files under `path` if it is a directory with nothing but files that the bundle layout has, else nil.
  static func layoutFiles(_ path: String) -> [String]? {
    guard let root = try? SystemFile.open(path, followingLinks: false), let top = list(root) else { return nil }
    var files: [String] = []
    for (name, kind) in top {
      switch (name, kind) {
      case (_, .directory):
        guard let end = BundleName.folders.first(where: { $0.0 == name })?.1, let folder = try? root.open(name, directory: true),
          let inner = list(folder)
        else { return nil }
        for (file, kind) in inner {
          guard case .regular = kind, file.hasSuffix(end) else { return nil }
          files.append("\(name)/\(file)")
        }
      case (BundleName.manifestFile, .regular), (BundleName.reportFile, .regular), (BundleName.attestationsFile, .regular):
        files.append(name)
      default:
        return nil
      }
    }
    return files
  }

  private static func list(_ directory: borrowing SystemFile) -> [(String, SystemFile.Kind)]? {
    guard let names = try? directory.names(limit: 100_000), names.count <= 100_000 else { return nil }
    var result: [(String, SystemFile.Kind)] = []
    for name in names {
      guard let name, let kind = try? directory.kind(of: name) else { return nil }
      result.append((name, kind))
    }
    return result
  }

  /// Moves the finished directory to the final name.
  ///
  /// An old bundle is moved aside first and removed last.
  func replace(by temporary: Sibling, replaces: Bool) throws(BundleWriteError) {
    let old = sibling("old")
    if replaces { try BundleWriter.step("move aside", to: path) { rename(path, old.path) } }
    do throws(BundleWriteError) {
      try BundleWriter.step("rename", to: path) { rename(temporary.path, path) }
    } catch {
      if replaces { _ = rename(old.path, path) }
      throw error
    }
    try BundleWriter.synchronize(try BundleWriter.open(parent), parent)
    if replaces { BundleWriter.removeBundle(old) }
  }
}

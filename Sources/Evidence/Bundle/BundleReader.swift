/// Reads bundles from disk without trusting anything in them.
public enum BundleReader {
  /// Reads and checks the bundle in a directory or a .tar archive.
  ///
  /// The path itself may be a link; nothing inside may. In an archive the files may lie under one common directory.
  /// - Throws: `BundleError`.
  public static func read(_ path: String, limits: BundleLimits = BundleLimits()) throws(BundleError) -> EvidenceBundle {
    try EvidenceBundle(files: try files(path, limits: limits), limits: limits)
  }

  /// The files of a directory or archive by their names inside the bundle, unchecked but for the bounds.
  static func files(_ path: String, limits: BundleLimits) throws(BundleError) -> [String: [UInt8]] {
    let root: SystemFile
    do {
      root = try SystemFile.open(path, followingLinks: true)
    } catch {
      throw .unreadable(path: path, code: error.code)
    }
    switch try kind(root, path) {
    case .directory:
      return try DirectoryReader(limits: limits).read(root, path)
    case .regular(let byteCount):
      guard byteCount <= limits.totalByteCount else { throw .tooLarge(name: path, limit: limits.totalByteCount) }
      let bytes: [UInt8]
      do {
        bytes = try root.read(atMost: limits.totalByteCount, expecting: byteCount)
      } catch {
        throw .unreadable(path: path, code: error.code)
      }
      return withoutCommonDirectory(try TarArchive.read(bytes, limits: limits))
    case .other:
      throw .notABundle(path: path)
    }
  }

  private static func kind(_ file: borrowing SystemFile, _ path: String) throws(BundleError) -> SystemFile.Kind {
    do {
      return try file.kind()
    } catch {
      throw .unreadable(path: path, code: error.code)
    }
  }

  /// Drops the first component of all names if they share it and the manifest lies under it.
  private static func withoutCommonDirectory(_ files: [String: [UInt8]]) -> [String: [UInt8]] {
    guard files[BundleName.manifestFile] == nil else { return files }
    let tops = Set(files.keys.map { $0.prefix { $0 != "/" } })
    guard tops.count == 1, let top = tops.first, files["\(top)/\(BundleName.manifestFile)"] != nil else { return files }
    return Dictionary(files.map { (String($0.key.dropFirst(top.count + 1)), $0.value) }) { first, _ in first }
  }
}

/// Reads the files of a bundle's directory: the layout's folders and no others, regular files only.
private struct DirectoryReader {
  let limits: BundleLimits
  private var files: [String: [UInt8]] = [:]
  private var entryCount = 0
  private var byteCount = 0

  init(limits: BundleLimits) {
    self.limits = limits
  }

  consuming func read(_ root: borrowing SystemFile, _ path: String) throws(BundleError) -> [String: [UInt8]] {
    var reader = self
    try reader.readDirectory(root, prefix: "", path: path)
    return reader.files
  }

  private mutating func readDirectory(_ directory: borrowing SystemFile, prefix: String, path: String) throws(BundleError) {
    let names: [String?]
    do {
      names = try directory.names(limit: limits.fileCount)
    } catch {
      throw .unreadable(path: path, code: error.code)
    }
    entryCount += names.count
    guard entryCount <= limits.fileCount else { throw .tooManyFiles(limit: limits.fileCount) }
    for name in names {
      // ASCII only: strings compare up to Unicode normalisation, file names do not.
      guard let name, name.utf8.allSatisfy({ $0 < 0x80 }) else {
        throw .unexpectedFile(name: prefix + (name ?? "(a name that is not UTF-8)"))
      }
      try readEntry(name, in: directory, fullName: prefix + name, path: path)
    }
  }

  private mutating func readEntry(_ name: String, in directory: borrowing SystemFile, fullName: String, path: String) throws(BundleError) {
    do {
      // Looked at before it is opened: opening a device can have effects.
      switch try directory.kind(of: name) {
      case .other:
        throw BundleError.notARegularFile(name: fullName)
      case .directory:
        guard BundleName.folders.contains(where: { $0.0 == fullName }) else { throw BundleError.unexpectedFile(name: fullName) }
        try readDirectory(try directory.open(name, directory: true), prefix: "\(fullName)/", path: "\(path)/\(name)")
      case .regular:
        try readFile(try directory.open(name), fullName)
      }
    } catch let error as BundleError {
      throw error
    } catch let error as SystemError {
      throw .unreadable(path: "\(path)/\(name)", code: error.code)
    } catch {
      throw .unexpectedFile(name: fullName)
    }
  }

  private mutating func readFile(_ file: borrowing SystemFile, _ fullName: String) throws {
    guard case .regular(let expected) = try file.kind() else { throw BundleError.notARegularFile(name: fullName) }
    let room = limits.totalByteCount - byteCount
    guard expected <= room else { throw BundleError.tooLarge(name: fullName, limit: limits.totalByteCount) }
    // The report is not looked at, only counted.
    guard fullName != BundleName.reportFile else {
      files[fullName] = []
      byteCount += expected
      return
    }
    let bytes = try file.read(atMost: room, expecting: expected)
    guard bytes.count == expected else { throw BundleError.changedWhileRead(name: fullName) }
    files[fullName] = bytes
    byteCount += bytes.count
  }
}

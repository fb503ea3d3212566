/// A total reader and a writer of ustar archives (POSIX.1-1988) of regular files and directories.
///
/// Refused are links, devices, pipes, extension headers, absolute names, names with empty, `.` or `..` components (a leading `./` is
/// dropped), duplicate names, numbers that are not octal, truncated archives and anything but zeros behind the end mark.
public enum TarArchive {
  static let blockSize = 512

  /// The regular files of an archive by name.
  ///
  /// - Parameters:
  ///   - bytes: The archive.
  ///   - limits: Bounds on its size and its number of members, directories counted too.
  /// - Returns: Contents by name.
  /// - Throws: `BundleError`, with the offset of the header that is refused.
  public static func read(_ bytes: [UInt8], limits: BundleLimits = BundleLimits()) throws(BundleError) -> [String: [UInt8]] {
    guard bytes.count <= limits.totalByteCount else { throw .tooLarge(name: "archive", limit: limits.totalByteCount) }
    var files: [String: [UInt8]] = [:]
    var names: Set<String> = []
    var at = 0
    while true {
      guard bytes.count - at >= blockSize else { throw .truncatedArchive(offset: at) }
      if bytes[at..<(at + blockSize)].allSatisfy({ $0 == 0 }) { break }
      let header = try TarHeader(bytes[at..<(at + blockSize)])
      at += blockSize
      // `names` also holds directories: a file and a directory of one name are refused too.
      if !header.name.isEmpty {
        guard names.count < limits.fileCount else { throw .tooManyFiles(limit: limits.fileCount) }
        guard names.insert(header.name).inserted else { throw .duplicateMember(name: header.name) }
      }
      guard !header.isDirectory else { continue }
      guard header.byteCount <= bytes.count - at else { throw .truncatedArchive(offset: at) }
      files[header.name] = Array(bytes[at..<(at + header.byteCount)])
      // No overflow: byteCount <= bytes.count.
      let padded = (header.byteCount + blockSize - 1) / blockSize * blockSize
      guard padded <= bytes.count - at else { throw .truncatedArchive(offset: at) }
      at += padded
    }
    // The end mark is two zero blocks; what tar pads behind it is zeros as well.
    guard bytes.count - at >= 2 * blockSize else { throw .truncatedArchive(offset: at) }
    guard bytes[at...].allSatisfy({ $0 == 0 }) else { throw .archiveHeader(offset: at, problem: .afterEnd) }
    return files
  }

  /// An archive of `files` in the order of their names: mode 0644, owner 0, time 0, so that equal files give equal bytes.
  ///
  /// Precondition: names are at most 100 bytes of printable ASCII, files below 8 GiB.
  public static func write(_ files: [String: [UInt8]]) -> [UInt8] {
    var bytes: [UInt8] = []
    for (name, content) in files.sorted(by: { $0.key < $1.key }) {
      bytes += TarHeader.encode(name: name, byteCount: content.count)
      bytes += content
      bytes += [UInt8](repeating: 0, count: (blockSize - content.count % blockSize) % blockSize)
    }
    return bytes + [UInt8](repeating: 0, count: 2 * blockSize)
  }
}

/// One ustar header block.
struct TarHeader {
  /// Name without a leading `./` and without a trailing slash; empty for the directory `./` itself.
  let name: String
  let isDirectory: Bool
  let byteCount: Int

  /// Reads the 512 bytes of `block`; its start index is the offset in errors.
  init(_ block: ArraySlice<UInt8>) throws(BundleError) {
    let offset = block.startIndex
    func field(_ range: Range<Int>) -> ArraySlice<UInt8> { block[(offset + range.lowerBound)..<(offset + range.upperBound)] }
    func text(_ range: Range<Int>) -> ArraySlice<UInt8> { field(range).prefix { $0 != 0 } }

    let magic = Array(field(257..<265))
    let isPOSIX = magic == Array("ustar\u{0}00".utf8)
    guard isPOSIX || magic == Array("ustar  \u{0}".utf8) else { throw .archiveHeader(offset: offset, problem: .notUstar) }
    // The checksum counts its own field as spaces.
    let sum = block.reduce(0) { $0 + Int($1) } - field(148..<156).reduce(0) { $0 + Int($1) } + 8 * 0x20
    guard Self.octal(field(148..<156)) == sum else { throw .archiveHeader(offset: offset, problem: .checksum) }
    let type = block[offset + 156]
    guard type == 0x30 || type == 0 || type == 0x35 else { throw .archiveHeader(offset: offset, problem: .memberType(type)) }
    guard let size = Self.octal(field(124..<136)) else { throw .archiveHeader(offset: offset, problem: .number) }
    isDirectory = type == 0x35
    guard !isDirectory || size == 0 else { throw .archiveHeader(offset: offset, problem: .number) }
    byteCount = size

    var path = text(0..<100)
    let prefix = isPOSIX ? text(345..<500) : []
    if !prefix.isEmpty { path = prefix + [UInt8(ascii: "/")] + path }
    guard let name = Self.checkedName(path, isDirectory: isDirectory) else {
      throw .archiveHeader(offset: offset, problem: .name)
    }
    self.name = name
  }

  /// The name, or nil if it is not one that a bundle can have.
  private static func checkedName(_ path: ArraySlice<UInt8>, isDirectory: Bool) -> String? {
    let slash = UInt8(ascii: "/")
    guard path.allSatisfy({ (0x20...0x7e).contains($0) && $0 != UInt8(ascii: "\\") }) else { return nil }
    var rest = path
    if isDirectory, rest.last == slash { rest = rest.dropLast() }
    if isDirectory, rest.elementsEqual(".".utf8) { return "" }
    if rest.starts(with: "./".utf8) { rest = rest.dropFirst(2) }
    let components = rest.split(separator: slash, omittingEmptySubsequences: false)
    for component in components {
      guard !component.isEmpty, !component.elementsEqual(".".utf8), !component.elementsEqual("..".utf8) else { return nil }
    }
    return String(decoding: rest, as: UTF8.self)
  }

  /// Octal digits after optional spaces, ended by a space, a zero byte or the end of the field; nil for anything else.
  private static func octal(_ field: ArraySlice<UInt8>) -> Int? {
    let digits = field.drop { $0 == 0x20 }
    let body = digits.prefix { (0x30...0x37).contains($0) }
    guard !body.isEmpty, digits.dropFirst(body.count).allSatisfy({ $0 == 0 || $0 == 0x20 }) else { return nil }
    // At most 12 digits: below 2^36.
    return body.reduce(0) { $0 << 3 | Int($1 - 0x30) }
  }

  /// The header of a regular file.
  static func encode(name: String, byteCount: Int) -> [UInt8] {
    precondition(name.utf8.count <= 100 && byteCount >= 0 && byteCount < 1 << 33, "ustar cannot hold this member")
    var block = [UInt8](repeating: 0, count: TarArchive.blockSize)
    func put(_ text: String, at offset: Int) {
      for (index, byte) in text.utf8.enumerated() { block[offset + index] = byte }
    }
    func octal(_ number: Int, digits: Int) -> String {
      let text = String(number, radix: 8)
      return String(repeating: "0", count: digits - text.count) + text
    }
    put(name, at: 0)
    put(octal(0o644, digits: 7), at: 100)
    put(octal(0, digits: 7), at: 108)
    put(octal(0, digits: 7), at: 116)
    put(octal(byteCount, digits: 11), at: 124)
    put(octal(0, digits: 11), at: 136)
    put("        ", at: 148)
    put("0", at: 156)
    put("ustar\u{0}00", at: 257)
    put(octal(block.reduce(0) { $0 + Int($1) }, digits: 6) + "\u{0} ", at: 148)
    return block
  }
}

import Foundation
import Hashing

/// The file of one secret. All numbers little-endian:
///
/// | bytes | |
/// | --- | --- |
/// | 8 | magic `ZKMLSECR` |
/// | 4 | version, 1 |
/// | 4 | bytes of one value w |
/// | 8 | number of values n |
/// | 32 + 32 + 32 | tail seed, salt seed, master secret |
/// | n·w | values |
/// | 32 | SHA-256 of all bytes before |
///
/// The checksum finds damage, not forgery: who can write the store owns it anyway. Written under a temporary name in the same
/// folder, synchronised, renamed, folder synchronised; so what has the final name is whole.
package enum SecretFile {
  /// End of every file name.
  package static let suffix = ".secret"
  static let magic = Array("ZKMLSECR".utf8)
  static let version: UInt32 = 1
  static let headerLength: UInt64 = 24 + 96
  static let checksumLength: UInt64 = 32
  /// Values are written in pieces of this many bytes.
  static let pieceLength = 1 << 20

  /// A whole, synchronised file that still lacks its final name.
  struct Staged: ~Copyable {
    var file: PartialFile
    let checksum: [UInt8]
  }

  /// All bytes before the values.
  private static func header(of payload: SecretPayload) -> [UInt8] {
    magic + littleEndian(UInt64(version), 4) + littleEndian(UInt64(payload.valueWidth), 4) + littleEndian(UInt64(payload.count), 8)
      + payload.tailSeed + payload.saltSeed + payload.masterSecret
  }

  /// Writes everything but the final name.
  static func stage(_ payload: SecretPayload, for path: String) throws(StoreError) -> Staged {
    var file = try PartialFile(for: path)
    var checksum = SHA256()
    let header = header(of: payload)
    checksum.update(header[...])
    try file.write(header[...])
    for start in stride(from: 0, to: payload.values.count, by: pieceLength) {
      let piece = payload.values[start..<min(start + pieceLength, payload.values.count)]
      checksum.update(piece)
      try file.write(piece)
    }
    let digest = checksum.finalize().bytes
    try file.write(digest[...])
    try file.synchronize()
    return Staged(file: file, checksum: digest)
  }

  /// The checksum that a file with this content has: identifies the payload.
  static func checksum(of payload: SecretPayload) -> [UInt8] {
    sha256(header(of: payload), payload.values)
  }

  /// Reads a file and throws what is wrong with it, for tests.
  package static func check(_ path: String) throws(StoreError) { _ = try read(path) }

  /// Reads a file of any content: the payload and its checksum, or what is wrong.
  /// - Throws: `secretFile`, `permissionsTooOpen`, `cannotRead`.
  static func read(_ path: String) throws(StoreError) -> (payload: SecretPayload, checksum: [UInt8]) {
    var bytes = try contents(path)
    func fail(_ fault: SecretFileFault) -> StoreError { StoreError(.secretFile(path: path, fault: fault)) }
    let found = UInt64(bytes.count)
    guard bytes.prefix(8).elementsEqual(magic.prefix(bytes.count)) else { throw fail(.wrongMagic) }
    guard found >= headerLength + checksumLength else {
      throw fail(.truncated(expected: headerLength + checksumLength, found: found))
    }
    let version = UInt32(truncatingIfNeeded: littleEndian(bytes[8..<12]))
    guard version == Self.version else { throw fail(.unsupportedVersion(version)) }
    let width = littleEndian(bytes[12..<16])
    let (length, overflow) = littleEndian(bytes[16..<24]).multipliedReportingOverflow(by: width)
    guard (1...64).contains(width), !overflow, length <= UInt64(Int64.max) / 2 else { throw fail(.invalidHeader) }
    let expected = headerLength + length + checksumLength
    guard found >= expected else { throw fail(.truncated(expected: expected, found: found)) }
    guard found == expected else { throw fail(.trailingBytes(expected: expected, found: found)) }
    // From here on all parts are there; the array is cut in place, since it may be large.
    let checksum = Array(bytes.suffix(Int(checksumLength)))
    bytes.removeLast(Int(checksumLength))
    guard sha256(bytes) == checksum else { throw fail(.checksum) }
    let seeds = (tail: Array(bytes[24..<56]), salt: Array(bytes[56..<88]), master: Array(bytes[88..<120]))
    bytes.removeFirst(Int(headerLength))
    let payload = try SecretPayload(
      valueWidth: Int(width), values: bytes, tailSeed: seeds.tail, saltSeed: seeds.salt, masterSecret: seeds.master)
    return (payload, checksum)
  }

  /// All bytes of a regular private file.
  private static func contents(_ path: String) throws(StoreError) -> [UInt8] {
    // Neither follows a link nor waits for the other end of a pipe.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    guard descriptor >= 0 else {
      switch errno {
      case ENOENT: throw StoreError(.secretFile(path: path, fault: .missing))
      case ELOOP: throw StoreError(.secretFile(path: path, fault: .notARegularFile))
      default: throw PrivateFiles.readFailure(path)
      }
    }
    defer { close(descriptor) }
    var info = stat()
    guard fstat(descriptor, &info) == 0 else { throw PrivateFiles.readFailure(path) }
    guard info.st_mode & S_IFMT == S_IFREG, let size = Int(exactly: info.st_size) else {
      throw StoreError(.secretFile(path: path, fault: .notARegularFile))
    }
    guard info.st_mode & 0o077 == 0 else { throw StoreError(.permissionsTooOpen(path: path, mode: Int(info.st_mode & 0o777))) }
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
    guard failure == 0 else { throw PrivateFiles.readFailure(path, failure) }
    return bytes
  }
}

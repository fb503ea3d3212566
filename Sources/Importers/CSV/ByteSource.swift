/// Bytes in chunks, from memory, a file or a gzip stream: readers hold one chunk at a time.

import Foundation

/// A stream of bytes.
public protocol ByteSource {
  /// The next chunk, or nil at the end. A chunk is never empty.
  mutating func next() throws(ImportError) -> [UInt8]?
}

/// Bytes in memory, one chunk.
public struct MemorySource: ByteSource {
  private var bytes: [UInt8]?

  /// A source of exactly these bytes.
  public init(_ bytes: [UInt8]) { self.bytes = bytes.isEmpty ? nil : bytes }

  public mutating func next() throws(ImportError) -> [UInt8]? {
    defer { bytes = nil }
    return bytes
  }
}

/// A file in chunks of 256 KiB.
public struct FileSource: ByteSource {
  private let handle: FileHandle
  private let path: String

  /// Opens a regular file.
  /// - Throws: `.unreadableFile`.
  public init(path: String, displayName: String? = nil) throws(ImportError) {
    self.path = displayName ?? path
    var isDirectory: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
      throw Self.unreadable(self.path, "no such file")
    }
    guard !isDirectory.boolValue else { throw Self.unreadable(self.path, "it is a folder") }
    guard let handle = FileHandle(forReadingAtPath: path) else { throw Self.unreadable(self.path, "the file cannot be opened") }
    self.handle = handle
  }

  public mutating func next() throws(ImportError) -> [UInt8]? {
    do {
      guard let data = try handle.read(upToCount: 1 << 18), !data.isEmpty else { return nil }
      return [UInt8](data)
    } catch {
      throw Self.unreadable(path, "reading failed")
    }
  }

  private static func unreadable(_ path: String, _ found: String) -> ImportError {
    ImportError(
      .unreadableFile, at: FilePlace(file: path), found: found, expected: "a readable file", remedy: "Check the path and its permissions")
  }
}

/// Opening a file as a stream, unpacking gzip by its first two bytes.
public enum InputFile {
  /// The file's bytes, unpacked when they begin as a gzip member does (1f 8b).
  public static func open(path: String, displayName: String? = nil) throws(ImportError) -> any ByteSource {
    let name = displayName ?? path
    var file = try FileSource(path: path, displayName: name)
    guard let first = try file.next() else { return MemorySource([]) }
    let all = Joined(first: first, rest: file)
    return first.starts(with: [0x1F, 0x8B]) ? GzipSource(all, file: name) : all
  }

  /// The whole file, unpacked, at most `limit` bytes.
  public static func read(path: String, displayName: String? = nil, limit: Int) throws(ImportError) -> [UInt8] {
    var source = try open(path: path, displayName: displayName)
    var bytes: [UInt8] = []
    while let chunk = try source.next() {
      guard bytes.count + chunk.count <= limit else {
        throw ImportError(
          .tooLong, at: FilePlace(file: displayName ?? path), found: "more than \(limit) bytes", expected: "a smaller file",
          remedy: "Check that this is the right file")
      }
      bytes += chunk
    }
    return bytes
  }

  private struct Joined<Rest: ByteSource>: ByteSource {
    var first: [UInt8]?
    var rest: Rest

    mutating func next() throws(ImportError) -> [UInt8]? {
      if let chunk = first {
        first = nil
        return chunk
      }
      return try rest.next()
    }
  }
}

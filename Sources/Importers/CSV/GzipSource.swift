/// The gzip format (RFC 1952): members one after the other, each with a checksum and a length.

/// Unpacks a gzip stream.
public struct GzipSource<Source: ByteSource>: ByteSource {
  private let file: String
  private var state: State
  private var checksum = CRC32()
  private var length: UInt32 = 0

  private enum State {
    case header(BitReader<Source>, isFirst: Bool)
    case body(Inflate<Source>)
    case end
  }

  /// Unpacks `source`; `file` is for errors.
  public init(_ source: Source, file: String) {
    self.file = file
    state = .header(BitReader(source), isFirst: true)
  }

  public mutating func next() throws(ImportError) -> [UInt8]? {
    while true {
      switch state {
      case .end: return nil
      case .header(var reader, let isFirst):
        if !isFirst {
          // Zero bytes after a member are padding; anything else must be another member.
          var byte = try reader.peek(8)
          while byte.count == 8, byte.bits == 0 {
            reader.skip(8)
            byte = try reader.peek(8)
          }
          guard byte.count == 8 else {
            state = .end
            return nil
          }
        }
        try readHeader(&reader)
        checksum = CRC32()
        length = 0
        state = .body(Inflate(reader, file: file))
      case .body(var inflate):
        state = .end  // no second copy of the window while it is written
        if let chunk = try inflate.next() {
          checksum.update(chunk)
          length &+= UInt32(truncatingIfNeeded: chunk.count)
          state = .body(inflate)
          return chunk
        }
        var trailer = inflate.finish()
        guard let sum = try trailer.read(32), let count = try trailer.read(32), sum == checksum.value, count == length else {
          throw corrupt("checksum or length differs")
        }
        state = .header(trailer, isFirst: false)
      }
    }
  }

  private func readHeader(_ reader: inout BitReader<Source>) throws(ImportError) {
    func byte(_ reader: inout BitReader<Source>) throws(ImportError) -> UInt8 {
      guard let value = try reader.read(8) else { throw corrupt("the header ends too early") }
      return UInt8(truncatingIfNeeded: value)
    }
    guard try byte(&reader) == 0x1F, try byte(&reader) == 0x8B, try byte(&reader) == 8 else { throw corrupt("not a gzip member") }
    let flags = try byte(&reader)
    guard flags & 0xE0 == 0 else { throw corrupt("unknown header flags") }
    for _ in 0..<6 { _ = try byte(&reader) }
    if flags & 4 != 0 {
      let count = Int(try byte(&reader)) | Int(try byte(&reader)) << 8
      for _ in 0..<count { _ = try byte(&reader) }
    }
    for flag in [UInt8(8), 16] where flags & flag != 0 {
      while try byte(&reader) != 0 {}
    }
    if flags & 2 != 0 { for _ in 0..<2 { _ = try byte(&reader) } }
  }

  private func corrupt(_ found: String) -> ImportError {
    ImportError(
      .corruptData, at: FilePlace(file: file), found: "gzip: \(found)", expected: "a whole gzip file", remedy: "Get the file again")
  }
}

/// The checksum of gzip and zip: CRC-32 with the reflected polynomial EDB88320.
struct CRC32 {
  private var register: UInt32 = 0xFFFF_FFFF

  private static let table: [UInt32] = (0..<256).map { index in
    (0..<8).reduce(UInt32(index)) { value, _ in value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1 }
  }

  mutating func update(_ bytes: [UInt8]) {
    for byte in bytes { register = register >> 8 ^ Self.table[Int((register ^ UInt32(byte)) & 0xFF)] }
  }

  var value: UInt32 { ~register }
}

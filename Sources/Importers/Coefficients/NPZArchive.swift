/// NumPy archives: a zip file of .npy arrays, stored or deflated. Total on any bytes.

/// Reading zip archives as NumPy writes them.
package enum NPZArchive {
  /// Most bytes of one unpacked member: 64 MiB.
  static let memberLimit = 1 << 26
  /// Most members.
  static let memberCount = 256

  /// The arrays by name (without `.npy`), found through the central directory.
  package static func read(_ bytes: [UInt8], file: String) throws(ImportError) -> [String: NPYArray] {
    func corrupt(_ found: String) -> ImportError {
      ImportError(
        .malformedArchive, at: FilePlace(file: file), found: found, expected: "an archive written by numpy.savez",
        remedy: "Write the file again")
    }
    let input = LittleEndianReader(bytes)
    guard let end = endRecord(input), let count = input.integer(end + 10, 2), let directory = input.integer(end + 16, 4) else {
      throw corrupt("no end of a zip directory")
    }
    guard count <= memberCount else { throw corrupt("\(count) members") }
    var arrays: [String: NPYArray] = [:]
    var position = directory
    for _ in 0..<count {
      guard input.integer(position, 4) == 0x0201_4B50, let flags = input.integer(position + 8, 2),
        let method = input.integer(position + 10, 2), let checksum = input.integer(position + 16, 4),
        let packedSize = input.integer(position + 20, 4), let size = input.integer(position + 24, 4),
        let nameLength = input.integer(position + 28, 2), let extraLength = input.integer(position + 30, 2),
        let commentLength = input.integer(position + 32, 2), let header = input.integer(position + 42, 4),
        let nameBytes = input.bytes(position + 46, nameLength), let name = String(validating: nameBytes, as: UTF8.self)
      else { throw corrupt("a broken directory entry") }
      position += 46 + nameLength + extraLength + commentLength
      guard flags & 1 == 0 else { throw corrupt("an encrypted member") }
      guard size <= memberLimit, packedSize <= memberLimit else { throw corrupt("a member of \(size) bytes") }
      guard input.integer(header, 4) == 0x0403_4B50, let localName = input.integer(header + 26, 2),
        let localExtra = input.integer(header + 28, 2), let packed = input.bytes(header + 30 + localName + localExtra, packedSize)
      else { throw corrupt("a broken member") }
      let content = try unpack(Array(packed), method: method, size: size, file: file)
      var sum = CRC32()
      sum.update(content)
      guard Int(sum.value) == checksum else { throw corrupt("the checksum of \(name.quoted) differs") }
      guard name.hasSuffix(".npy") else { continue }
      arrays[String(name.dropLast(4))] = try NPYArray(content, file: file)
    }
    return arrays
  }

  /// Position of the end record, searched from the end of the file.
  private static func endRecord(_ input: LittleEndianReader) -> Int? {
    let count = input.count
    guard count >= 22 else { return nil }
    for position in stride(from: count - 22, through: max(0, count - 22 - 65_535), by: -1)
    where input.integer(position, 4) == 0x0605_4B50 { return position }
    return nil
  }

  private static func unpack(_ packed: [UInt8], method: Int, size: Int, file: String) throws(ImportError) -> [UInt8] {
    func wrong(_ found: String) -> ImportError {
      ImportError(
        .unsupportedArchive, at: FilePlace(file: file), found: found, expected: "a stored or deflated member of the stated size",
        remedy: "Write the file with numpy.savez or numpy.savez_compressed")
    }
    var content: [UInt8] = []
    switch method {
    case 0: content = packed
    case 8:
      var inflate = Inflate(BitReader(MemorySource(packed)), file: file)
      while content.count <= size, let chunk = try inflate.next() { content += chunk }
    default: throw wrong("compression method \(method)")
    }
    guard content.count == size else { throw wrong("\(content.count) bytes") }
    return content
  }
}

/// Bounds-checked little-endian reads.
struct LittleEndianReader {
  private let data: [UInt8]

  init(_ bytes: [UInt8]) { data = bytes }

  var count: Int { data.count }

  /// `width` ≤ 4 bytes as an integer, or nil outside the data.
  func integer(_ position: Int, _ width: Int) -> Int? {
    bytes(position, width)?.reversed().reduce(0) { $0 << 8 | Int($1) }
  }

  /// A range of bytes, or nil outside the data.
  func bytes(_ position: Int, _ length: Int) -> ArraySlice<UInt8>? {
    guard position >= 0, length >= 0, position <= data.count, length <= data.count - position else { return nil }
    return data[position..<(position + length)]
  }
}

/// Prefix codes and bit input of the deflate format.

/// A canonical prefix code with lengths up to 15, decoded through one table of 2^15 entries.
struct HuffmanCode {
  static let maximumLength = 15
  /// Index: the next 15 bits, first bit lowest. Entry: symbol · 16 + length, 0 for a pattern that no code begins.
  private let table: [UInt16]

  /// A code from its lengths (0: unused), or nil when more codes are asked for than there are. Incomplete codes are accepted:
  /// their unused patterns decode to nil.
  init?(lengths: [Int]) {
    var counts = [Int](repeating: 0, count: Self.maximumLength + 1)
    for length in lengths {
      guard (0...Self.maximumLength).contains(length) else { return nil }
      counts[length] += 1
    }
    counts[0] = 0
    var code = 0
    var next = [Int](repeating: 0, count: Self.maximumLength + 1)
    for length in 1...Self.maximumLength {
      code = (code + counts[length - 1]) << 1
      next[length] = code
      guard code + counts[length] <= 1 << length else { return nil }
    }
    var table = [UInt16](repeating: 0, count: 1 << Self.maximumLength)
    for (symbol, length) in lengths.enumerated() where length > 0 {
      var reversed = 0
      for bit in 0..<length where (next[length] >> bit) & 1 == 1 { reversed |= 1 << (length - 1 - bit) }
      next[length] += 1
      for index in stride(from: reversed, to: table.count, by: 1 << length) { table[index] = UInt16(symbol << 4 | length) }
    }
    self.table = table
  }

  /// Symbol and length of the code at the front of 15 bits, or nil.
  func decode(_ bits: UInt32) -> (symbol: Int, length: Int)? {
    let entry = Int(table[Int(bits & 0x7FFF)])
    return entry == 0 ? nil : (entry >> 4, entry & 15)
  }
}

/// Bits of a byte source, lowest bit first.
struct BitReader<Source: ByteSource> {
  private var source: Source
  private var chunk: [UInt8] = []
  private var offset = 0
  private var buffer: UInt64 = 0
  private var count = 0

  init(_ source: Source) { self.source = source }

  /// Fills the buffer up to `wanted` ≤ 32 bits if the source has them.
  private mutating func fill(_ wanted: Int) throws(ImportError) {
    while count < wanted {
      if offset == chunk.count {
        guard let next = try source.next() else { return }
        chunk = next
        offset = 0
      }
      buffer |= UInt64(chunk[offset]) << UInt64(count)
      offset += 1
      count += 8
    }
  }

  /// Up to `wanted` bits without taking them; missing ones are 0.
  mutating func peek(_ wanted: Int) throws(ImportError) -> (bits: UInt32, count: Int) {
    try fill(wanted)
    return (UInt32(truncatingIfNeeded: buffer & ((1 << UInt64(wanted)) - 1)), min(count, wanted))
  }

  /// Takes bits that were peeked.
  mutating func skip(_ taken: Int) {
    buffer >>= UInt64(taken)
    count -= taken
  }

  /// `wanted` ≤ 32 bits, or nil when the source ends before.
  mutating func read(_ wanted: Int) throws(ImportError) -> UInt32? {
    let (bits, available) = try peek(wanted)
    guard available == wanted else { return nil }
    skip(wanted)
    return bits
  }

  /// Drops bits up to the next byte boundary.
  mutating func alignToByte() { skip(count % 8) }
}

/// Constants of RFC 1951, sections 3.2.5 and 3.2.7.
enum DeflateTables {
  static let codeLengthOrder = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]
  static let lengthBase = [
    3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258,
  ]
  static let lengthExtra = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0]
  static let distanceBase = [
    1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1_025, 1_537, 2_049, 3_073, 4_097, 6_145, 8_193,
    12_289, 16_385, 24_577,
  ]
}

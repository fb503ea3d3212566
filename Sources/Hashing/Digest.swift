/// A 32-byte hash value.
///
/// Stored as four words, most significant byte first, so that `<` is the lexicographic order of the bytes. Equality is not
/// constant time: digests here are public.
@frozen public struct Digest: Hashable, Sendable {
  @usableFromInline let word0: UInt64
  @usableFromInline let word1: UInt64
  @usableFromInline let word2: UInt64
  @usableFromInline let word3: UInt64

  /// The number of bytes, 32.
  public static var byteCount: Int { 32 }

  /// Bytes 0..<8, 8..<16, 16..<24 and 24..<32 as big-endian words.
  @inlinable public init(bigEndian word0: UInt64, _ word1: UInt64, _ word2: UInt64, _ word3: UInt64) {
    self.word0 = word0
    self.word1 = word1
    self.word2 = word2
    self.word3 = word3
  }

  /// The digest with exactly these 32 bytes; nil for any other length.
  public init?(bytes: ArraySlice<UInt8>) {
    guard bytes.count == 32 else { return nil }
    let start = bytes.startIndex
    func word(_ index: Int) -> UInt64 {
      bytes[(start &+ 8 &* index)..<(start &+ 8 &* index &+ 8)].reduce(0) { $0 &<< 8 | UInt64($1) }
    }
    self.init(bigEndian: word(0), word(1), word(2), word(3))
  }
  /// The digest with exactly these 32 bytes; nil for any other length.
  public init?(bytes: [UInt8]) { self.init(bytes: bytes[...]) }

  /// Reads 64 hexadecimal digits of either case; nil for anything else.
  public init?(hex: String) {
    var bytes: [UInt8] = []
    var high: UInt8?
    for character in hex.utf8 {
      let digit: UInt8
      switch character {
      case 0x30...0x39: digit = character &- 0x30
      case 0x41...0x46: digit = character &- 0x37
      case 0x61...0x66: digit = character &- 0x57
      default: return nil
      }
      if let first = high {
        bytes.append(first &<< 4 | digit)
        high = nil
      } else {
        high = digit
      }
      guard bytes.count <= 32 else { return nil }
    }
    guard high == nil else { return nil }
    self.init(bytes: bytes)
  }

  /// The 32 bytes.
  public var bytes: [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(32)
    appendBytes(to: &out)
    return out
  }

  /// Appends the 32 bytes.
  public func appendBytes(to bytes: inout [UInt8]) {
    bytes.append(littleEndian: word0.byteSwapped)
    bytes.append(littleEndian: word1.byteSwapped)
    bytes.append(littleEndian: word2.byteSwapped)
    bytes.append(littleEndian: word3.byteSwapped)
  }

  /// The 64 lower-case hexadecimal digits.
  public var hex: String { hexadecimal(bytes) }
}

extension Digest: Comparable, CustomStringConvertible {
  /// Lexicographic order of the bytes.
  public static func < (lhs: Self, rhs: Self) -> Bool {
    (lhs.word0, lhs.word1, lhs.word2, lhs.word3) < (rhs.word0, rhs.word1, rhs.word2, rhs.word3)
  }
  public var description: String { hex }
}

/// Two lower-case hexadecimal digits per byte.
public func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
  let digits: [Character] = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "a", "b", "c", "d", "e", "f"]
  var out = ""
  for byte in bytes {
    out.append(digits[Int(byte &>> 4)])
    out.append(digits[Int(byte & 15)])
  }
  return out
}

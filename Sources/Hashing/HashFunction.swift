/// A byte-oriented hash function with 32-byte digests.
///
/// Protocol version 1 uses `SHA256` everywhere; callers that are generic over `HashFunction` can be run over another one.
/// Use: `init()`, any number of `update`s, one `finalize`. The digest depends on the concatenation of the updates only.
public protocol HashFunction: Sendable {
  /// The state before the first byte.
  init()
  /// Appends a contiguous run of bytes to the message.
  mutating func update(_ bytes: ArraySlice<UInt8>)
  /// The digest of all bytes so far; the value then starts again from the empty message.
  mutating func finalize() -> Digest
  /// The digest of one contiguous message.
  static func hash(_ bytes: [UInt8]) -> Digest
}

extension HashFunction {
  /// Appends all bytes of an array.
  @inlinable public mutating func update(_ bytes: [UInt8]) { update(bytes[...]) }
  /// Appends the 32 bytes of a digest.
  @inlinable public mutating func update(_ digest: Digest) { update(digest.bytes[...]) }
  /// Appends one byte.
  @inlinable public mutating func update(byte: UInt8) { update([byte][...]) }
  /// Appends a 64-bit integer, little-endian.
  @inlinable public mutating func update(littleEndian word: UInt64) {
    var bytes: [UInt8] = []
    bytes.append(littleEndian: word)
    update(bytes[...])
  }
  /// The digest of one contiguous message, by `init`, `update`, `finalize`.
  @inlinable public static func hash(_ bytes: [UInt8]) -> Digest {
    var hasher = Self()
    hasher.update(bytes[...])
    return hasher.finalize()
  }
}

extension Array where Element == UInt8 {
  /// Appends the 8 little-endian bytes of `word`.
  @inlinable public mutating func append(littleEndian word: UInt64) {
    for shift in stride(from: UInt64(0), to: 64, by: 8) { append(UInt8(truncatingIfNeeded: word &>> shift)) }
  }
}

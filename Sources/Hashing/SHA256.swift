/// SHA-256 (FIPS 180-4) in plain Swift.
///
/// The block function is `SHA256.compress` unless the process installed another one, see `HashAcceleration`.
public struct SHA256: HashFunction {
  /// The digest length in bytes.
  public static var byteCount: Int { 32 }
  /// The block length in bytes.
  public static var blockByteCount: Int { 64 }

  var state = SHA256State.initial
  /// The bytes after the last whole block, fewer than 64.
  var pending: [UInt8] = []
  /// Message length so far, in bytes; FIPS 180-4 bounds it by 2^61.
  var messageByteCount: UInt64 = 0

  /// The state before the first byte.
  public init() {}

  /// Appends a contiguous run of bytes; whole blocks are read where they lie.
  public mutating func update(_ bytes: ArraySlice<UInt8>) {
    messageByteCount &+= UInt64(truncatingIfNeeded: bytes.count)
    var rest = bytes
    if !pending.isEmpty {
      let head = rest.prefix(64 &- pending.count)
      pending.append(contentsOf: head)
      rest = rest.dropFirst(head.count)
      guard pending.count == 64 else { return }
      var next = state
      HashAcceleration.blockFunction(&next, pending.span)
      state = next
      pending.removeAll(keepingCapacity: true)
    }
    let whole = rest.count & ~63
    if whole > 0 {
      HashAcceleration.blockFunction(&state, rest.span.extracting(first: whole))
      rest = rest.dropFirst(whole)
    }
    if !rest.isEmpty { pending.append(contentsOf: rest) }
  }

  /// The digest of all bytes so far; the value then starts again from the empty message.
  public mutating func finalize() -> Digest {
    Self.appendPadding(to: &pending, messageByteCount: messageByteCount)
    var last = state
    HashAcceleration.blockFunction(&last, pending.span)
    state = .initial
    messageByteCount = 0
    pending.removeAll(keepingCapacity: true)
    return last.digest
  }

  /// The digest of one contiguous message.
  public static func hash(_ bytes: [UInt8]) -> Digest { hash(bytes[...]) }

  /// The digest of one contiguous message.
  public static func hash(_ bytes: ArraySlice<UInt8>) -> Digest {
    var state = SHA256State.initial
    let whole = bytes.count & ~63
    if whole > 0 { HashAcceleration.blockFunction(&state, bytes.span.extracting(first: whole)) }
    var tail: [UInt8] = []
    tail.reserveCapacity(128)
    tail.append(contentsOf: bytes.dropFirst(whole))
    appendPadding(to: &tail, messageByteCount: UInt64(truncatingIfNeeded: bytes.count))
    HashAcceleration.blockFunction(&state, tail.span)
    return state.digest
  }

  /// The digest of a message that the caller gives away: padded in place and hashed in one call of the block function.
  static func hash(scratch message: inout [UInt8]) -> Digest {
    var state = SHA256State.initial
    appendPadding(to: &message, messageByteCount: UInt64(truncatingIfNeeded: message.count))
    HashAcceleration.blockFunction(&state, message.span)
    return state.digest
  }

  /// Appends 0x80, zeros and the 64-bit big-endian bit length, to a multiple of 64 bytes (FIPS 180-4, 5.1.1).
  /// `tail` is the message or its bytes after some whole blocks.
  static func appendPadding(to tail: inout [UInt8], messageByteCount: UInt64) {
    let zeros = (119 &- tail.count & 63) & 63
    tail.append(0x80)
    tail.append(contentsOf: repeatElement(0, count: zeros))
    tail.append(littleEndian: (messageByteCount &<< 3).byteSwapped)
  }
}

/// The chaining value of SHA-256: the words H0 … H7, laid out in this order.
@frozen public struct SHA256State: Hashable, Sendable {
  public var h0: UInt32
  public var h1: UInt32
  public var h2: UInt32
  public var h3: UInt32
  public var h4: UInt32
  public var h5: UInt32
  public var h6: UInt32
  public var h7: UInt32

  /// The initial value of FIPS 180-4, 5.3.3.
  @inlinable public static var initial: Self {
    Self(
      h0: 0x6a09_e667, h1: 0xbb67_ae85, h2: 0x3c6e_f372, h3: 0xa54f_f53a, h4: 0x510e_527f, h5: 0x9b05_688c, h6: 0x1f83_d9ab, h7: 0x5be0_cd19)
  }

  @inlinable init(h0: UInt32, h1: UInt32, h2: UInt32, h3: UInt32, h4: UInt32, h5: UInt32, h6: UInt32, h7: UInt32) {
    self.h0 = h0
    self.h1 = h1
    self.h2 = h2
    self.h3 = h3
    self.h4 = h4
    self.h5 = h5
    self.h6 = h6
    self.h7 = h7
  }

  /// The chaining value as a digest: H0 first, each word big-endian.
  @inlinable public var digest: Digest {
    Digest(
      bigEndian: UInt64(h0) &<< 32 | UInt64(h1), UInt64(h2) &<< 32 | UInt64(h3), UInt64(h4) &<< 32 | UInt64(h5), UInt64(h6) &<< 32 | UInt64(h7))
  }
}

import Fields
import Hashing

/// Kinds of absorbed payloads and of challenges: one byte in the hash chain (spec, head of `transcript.py`).
public enum TranscriptKind: UInt8, Sendable {
  case bytes = 1
  case base = 2
  case challengeField = 3
  case digest = 4
  case fieldChallenge = 0x81
  case indexChallenge = 0x82
}

/// One line of the transcript inventory: what was absorbed or drawn, under which label, how many elements.
public struct TranscriptEntry: Hashable, Sendable {
  public enum Verb: Sendable { case absorb, challenge }
  public let verb: Verb
  public let label: String
  public let kind: TranscriptKind
  public let count: Int

  public init(verb: Verb, label: String, kind: TranscriptKind, count: Int) {
    self.verb = verb
    self.label = label
    self.kind = kind
    self.count = count
  }
}

/// The Fiat–Shamir chain. Production uses `HashChain`; tests of non-vacuity replace it by one with frozen challenges.
public protocol TranscriptChain: Sendable {
  init()
  /// Everything absorbed and drawn so far, in order.
  var inventory: [TranscriptEntry] { get }
  /// The chain's state after the last step: equal states mean equal transcripts.
  var state: Digest { get }
  mutating func absorb(_ label: String, kind: TranscriptKind, payload: [UInt8], count: Int)
  /// The same as absorbing `count` zero bytes.
  mutating func observeZeros(_ label: String, _ count: Int)
  /// An endless stream of 8-byte words for one challenge of `count` values.
  mutating func words(_ label: String, kind: TranscriptKind, count: Int) -> ChallengeWords
}

/// The word stream of one challenge: block_j = SHA256(0x12 | seed | u64le j), four little-endian words a block.
public struct ChallengeWords: Sendable {
  let seed: [UInt8]
  var block: [UInt64] = []
  var position = 4
  var counter: UInt64 = 0

  public init(seed: [UInt8]) { self.seed = seed }

  public mutating func next() -> UInt64 {
    if position >= 4 {
      var bytes: [UInt8] = [0x12]
      bytes += seed
      appendLittleEndian(counter, to: &bytes)
      counter &+= 1
      block = littleEndianWords(SHA256.hash(bytes).bytes)
      position = 0
    }
    defer { position &+= 1 }
    return block[position]
  }
}

/// SHA-256 chain with domain-separated steps:
///
///     state_0   = SHA256("zkmlops/transcript/v1")
///     absorb    : state ← SHA256(0x10 | state | u8 len(label) | label | kind | u64le len(payload) | payload)
///     challenge : seed  = SHA256(0x11 | state | u8 len(label) | label | kind | u64le count);  state ← SHA256(0x13 | seed)
///
/// Source: spec `transcript.py`, T1; design 2, 5.1.
public struct HashChain: TranscriptChain {
  public private(set) var state: Digest
  public private(set) var inventory: [TranscriptEntry] = []

  public init() { state = SHA256.hash(Array("zkmlops/transcript/v1".utf8)) }

  private func header(_ tag: UInt8, _ label: String, _ kind: TranscriptKind, _ number: Int) -> [UInt8] {
    let name = Array(label.utf8)
    precondition(name.count < 256, "labels are shorter than 256 bytes")
    var bytes: [UInt8] = [tag]
    bytes.reserveCapacity(64 + name.count)
    bytes += state.bytes
    bytes.append(UInt8(truncatingIfNeeded: name.count))
    bytes += name
    bytes.append(kind.rawValue)
    appendLittleEndian(UInt64(number), to: &bytes)
    return bytes
  }

  public mutating func absorb(_ label: String, kind: TranscriptKind, payload: [UInt8], count: Int) {
    inventory.append(TranscriptEntry(verb: .absorb, label: label, kind: kind, count: count))
    var hash = SHA256()
    hash.update(header(0x10, label, kind, payload.count))
    hash.update(payload)
    state = hash.finalize()
  }

  /// Hashes the zeros in pieces, so that memory does not grow with the statement.
  public mutating func observeZeros(_ label: String, _ count: Int) {
    inventory.append(TranscriptEntry(verb: .absorb, label: label, kind: .bytes, count: 1))
    var hash = SHA256()
    hash.update(header(0x10, label, .bytes, count))
    let piece = [UInt8](repeating: 0, count: min(count, 1 << 16))
    var left = count
    while left > 0 {
      hash.update(piece[..<min(left, piece.count)])
      left -= piece.count
    }
    state = hash.finalize()
  }

  public mutating func words(_ label: String, kind: TranscriptKind, count: Int) -> ChallengeWords {
    inventory.append(TranscriptEntry(verb: .challenge, label: label, kind: kind, count: count))
    let seed = SHA256.hash(header(0x11, label, kind, count)).bytes
    state = SHA256.hash([0x13] + seed)
    return ChallengeWords(seed: seed)
  }
}

extension TranscriptChain {
  /// `count` uniform elements of E: limbs in order, each from `wordsPerDraw` words, rejected draws skipped.
  public mutating func challenges<E: ChallengeField>(_ label: String, count: Int, as: E.Type) -> [E] {
    var stream = words(label, kind: .fieldChallenge, count: count)
    var out: [E] = []
    out.reserveCapacity(count)
    for _ in 0..<count {
      var limbs: [E.Base] = []
      while limbs.count < E.degree {
        var draw: [UInt64] = []
        for _ in 0..<E.Base.wordsPerDraw { draw.append(stream.next()) }
        if let limb = E.Base(words: draw) { limbs.append(limb) }
      }
      out.append(E(limbs: limbs))
    }
    return out
  }

  /// `count` independent uniform indices in [0, 2^log2Range), with replacement, in drawing order.
  public mutating func indices(_ label: String, count: Int, log2Range: Int) -> [Int] {
    var stream = words(label, kind: .indexChallenge, count: count)
    let mask = (UInt64(1) << UInt64(log2Range)) &- 1
    return (0..<count).map { _ in Int(truncatingIfNeeded: stream.next() & mask) }
  }

  public mutating func absorb<E: ChallengeField>(_ label: String, elements: [E]) {
    var payload: [UInt8] = []
    payload.reserveCapacity(elements.count * E.byteCount)
    for element in elements { element.appendBytes(to: &payload) }
    absorb(label, kind: .challengeField, payload: payload, count: elements.count)
  }

  public mutating func absorb(_ label: String, digest: Digest) {
    absorb(label, kind: .digest, payload: digest.bytes, count: 1)
  }

  public mutating func observeZeros(_ label: String, _ count: Int) { observe(label, [UInt8](repeating: 0, count: count)) }

  public mutating func observe(_ label: String, _ bytes: [UInt8]) {
    absorb(label, kind: .bytes, payload: bytes, count: 1)
  }
}

func appendLittleEndian(_ value: UInt64, to bytes: inout [UInt8]) {
  for shift in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(8 * shift))) }
}

func littleEndianWords(_ bytes: [UInt8]) -> [UInt64] {
  var words: [UInt64] = []
  var word: UInt64 = 0
  for (index, byte) in bytes.enumerated() {
    word |= UInt64(byte) << UInt64(8 * (index & 7))
    if index & 7 == 7 {
      words.append(word)
      word = 0
    }
  }
  return words
}

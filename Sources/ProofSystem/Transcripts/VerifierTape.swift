import Fields
import Hashing

/// What claim-level code needs of a transcript: messages in, challenges out.
public protocol MessageTape<E>: ~Copyable {
  associatedtype E: ChallengeField
  /// P → V: `count` elements, absorbed as one group.
  mutating func message(_ label: String, count: Int) throws(VerificationError) -> [E]
  /// V → P: `count` uniform elements of E.
  mutating func challenges(_ label: String, count: Int) -> [E]
  /// A function of the statement and of the challenges so far that costs much to compute. Nothing is sent or absorbed; a tape that no proof
  /// depends on need not call `compute`.
  mutating func publicValue(_ label: String, _ compute: () -> E) -> E
}

extension MessageTape where Self: ~Copyable {
  public mutating func publicValue(_ label: String, _ compute: () -> E) -> E { compute() }
}

/// The format of a proof: magic, version, then elements, digests and salts in transcript order with no lengths.
public enum ProofFormat {
  public static let magic: [UInt8] = Array("ZKMPROOF".utf8)
  public static let version = 1
}

/// Reads proof bytes while it absorbs them. Every count is the caller's, i.e. the statement's; nothing may be left at the end.
///
/// Three verbs: message (absorbed and sent), observe (absorbed, known to both sides), hint (sent; bound by a root absorbed before).
public struct VerifierTape<E: ChallengeField, Chain: TranscriptChain>: MessageTape, ~Copyable {
  public private(set) var chain = Chain()
  private let bytes: [UInt8]
  private var position = 0

  public init(proof: [UInt8]) throws(VerificationError) {
    bytes = proof
    guard try raw(8) == ProofFormat.magic[...] else { throw .magic }
    let version = try raw(2).reversed().reduce(0) { $0 << 8 | Int($1) }
    guard version == ProofFormat.version else { throw .version(found: version) }
  }

  private mutating func raw(_ count: Int) throws(VerificationError) -> ArraySlice<UInt8> {
    let left = bytes.count - position
    guard count >= 0, left >= count else { throw .truncated(needed: count, left: left) }
    let piece = bytes[position..<(position + count)]
    position += count
    return piece
  }

  /// `count` hint bytes.
  public mutating func hintBytes(_ count: Int) throws(VerificationError) -> ArraySlice<UInt8> { try raw(count) }

  public mutating func hintDigest() throws(VerificationError) -> Digest {
    let at = position
    guard let digest = Digest(bytes: Array(try raw(32))) else { throw .truncated(needed: 32, left: bytes.count - at) }
    return digest
  }

  public mutating func hintBase(_ count: Int) throws(VerificationError) -> [E.Base] {
    let width = E.Base.byteCount
    let (needed, overflow) = count.multipliedReportingOverflow(by: width)
    guard !overflow else { throw .truncated(needed: Int.max, left: bytes.count - position) }
    var at = position
    _ = try raw(needed)
    var out: [E.Base] = []
    out.reserveCapacity(count)
    for _ in 0..<count {
      guard let element = E.Base(canonicalBytes: bytes[at..<(at + width)]) else { throw .nonCanonical(offset: at) }
      out.append(element)
      at += width
    }
    return out
  }

  public mutating func hintElements(_ count: Int) throws(VerificationError) -> [E] {
    let (needed, overflow) = count.multipliedReportingOverflow(by: E.degree)
    guard !overflow else { throw .truncated(needed: Int.max, left: bytes.count - position) }
    let limbs = try hintBase(needed)
    var out: [E] = []
    out.reserveCapacity(count)
    var start = 0
    while start < limbs.count {
      out.append(E(limbs: Array(limbs[start..<(start + E.degree)])))
      start += E.degree
    }
    return out
  }

  public mutating func message(_ label: String, count: Int) throws(VerificationError) -> [E] {
    let values = try hintElements(count)
    chain.absorb(label, elements: values)
    return values
  }

  public mutating func messageDigest(_ label: String) throws(VerificationError) -> Digest {
    let digest = try hintDigest()
    chain.absorb(label, digest: digest)
    return digest
  }

  public mutating func observe(_ label: String, _ payload: [UInt8]) { chain.observe(label, payload) }
  public mutating func observeZeros(_ label: String, _ count: Int) { chain.observeZeros(label, count) }

  /// Opened columns of one tree, positions ascending: hints bound by the root, absorbed so that proofs are unique.
  public mutating func absorbColumns(_ label: String, payload: [UInt8], count: Int) {
    chain.absorb(label, kind: .base, payload: payload, count: count)
  }

  public mutating func challenges(_ label: String, count: Int) -> [E] { chain.challenges(label, count: count, as: E.self) }

  public mutating func indices(_ label: String, count: Int, log2Range: Int) -> [Int] {
    chain.indices(label, count: count, log2Range: log2Range)
  }

  /// Ends the reading; fails when bytes are left.
  public func finish() throws(VerificationError) {
    guard position == bytes.count else { throw .trailingBytes(count: bytes.count - position) }
  }
}

/// Feeds recorded events back to verifier code: same labels, same order, same values, no hashing.
public struct ReplayTape<E: ChallengeField>: MessageTape, ~Copyable {
  public typealias Event = (label: String, values: [E])
  private var events: [Event]
  private var position = 0

  public init(events: [Event]) { self.events = events }

  /// What was recorded after the events so far.
  public mutating func append(_ later: some Sequence<Event>) { events.append(contentsOf: later) }

  private mutating func next(_ label: String, _ count: Int) -> [E] {
    let event = events[position]
    precondition(
      event.label == label && event.values.count == count, "replay: expected \(label)×\(count), recorded \(event.label)×\(event.values.count)")
    position += 1
    return event.values
  }
  public mutating func message(_ label: String, count: Int) -> [E] { next(label, count) }
  public mutating func challenges(_ label: String, count: Int) -> [E] { next(label, count) }
  /// What the prover recorded.
  public mutating func publicValue(_ label: String, _ compute: () -> E) -> E { next(label, 1)[0] }
}

/// Ones for messages and costly public values, fixed non-zero challenges: the symbolic run that lays out the pads before any proof exists.
public struct LayoutTape<E: ChallengeField>: MessageTape, ~Copyable {
  private var counter: UInt64 = 2
  public init() {}
  public mutating func message(_ label: String, count: Int) -> [E] { Array(repeating: .one, count: count) }
  public mutating func challenges(_ label: String, count: Int) -> [E] {
    (0..<count).map { _ in
      counter &+= 1
      return E(counter)
    }
  }
  public mutating func publicValue(_ label: String, _ compute: () -> E) -> E { .one }
}

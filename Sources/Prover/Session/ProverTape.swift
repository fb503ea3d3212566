import Kernels
import Fields
import Hashing
import ProofSystem

/// Writes the proof while it absorbs; records messages and challenges so that the verifier's text can be replayed on them.
public struct ProverTape<E: ChallengeField, Chain: TranscriptChain>: ~Copyable {
  public private(set) var chain = Chain()
  private var bytes = ProofFormat.magic + [UInt8(truncatingIfNeeded: ProofFormat.version), UInt8(truncatingIfNeeded: ProofFormat.version >> 8)]
  public private(set) var events: [ReplayTape<E>.Event] = []

  public init() {}

  public mutating func message(_ label: String, _ values: [E]) {
    chain.absorb(label, elements: values)
    for value in values { value.appendBytes(to: &bytes) }
    events.append((label, values))
  }

  public mutating func messageDigest(_ label: String, _ digest: Digest) {
    chain.absorb(label, digest: digest)
    bytes += digest.bytes
  }

  public mutating func observe(_ label: String, _ payload: [UInt8]) { chain.observe(label, payload) }
  public mutating func observeZeros(_ label: String, _ count: Int) { chain.observeZeros(label, count) }

  public mutating func absorbColumns(_ label: String, payload: [UInt8], count: Int) {
    chain.absorb(label, kind: .base, payload: payload, count: count)
  }

  public mutating func challenges(_ label: String, count: Int) -> [E] {
    let values = chain.challenges(label, count: count, as: E.self)
    events.append((label, values))
    return values
  }
  public mutating func challenge(_ label: String) -> E { challenges(label, count: 1)[0] }

  /// A value that the verifier computes itself (`ClaimChannel.publicValue`): kept for the replay, neither sent nor absorbed.
  public mutating func record(_ label: String, _ value: E) { events.append((label, [value])) }

  public mutating func indices(_ label: String, count: Int, log2Range: Int) -> [Int] {
    chain.indices(label, count: count, log2Range: log2Range)
  }

  public mutating func hint(_ payload: [UInt8]) { bytes += payload }

  /// The proof.
  public func finish() -> [UInt8] { bytes }
}

/// Prover side of the claim channel: sends z − pad, pads taken in the order of the layout.
public struct ProverChannel<E: ChallengeField, Chain: TranscriptChain>: ~Copyable {
  public var tape: ProverTape<E, Chain>
  private let pads: [E]
  /// Pads taken so far; at the end it equals the layout's count.
  public private(set) var used = 0
  /// False in the reading without zero-knowledge: scalars are sent in clear.
  let isPadded: Bool

  package init(tape: consuming ProverTape<E, Chain>, pads: [E], isPadded: Bool = true) {
    self.tape = tape
    self.pads = pads
    self.isPadded = isPadded
  }

  private mutating func nextPad() -> E {
    defer { used += 1 }
    return pads[used]
  }

  /// Sends secret scalars, one group.
  public mutating func send(_ label: String, _ values: [E]) {
    guard isPadded else { return tape.message(label, values) }
    var padded: [E] = []
    for value in values { padded.append(value - nextPad()) }
    tape.message(label, padded)
  }

  /// The committed non-zero scalar that the layout reserves here.
  public mutating func secret(_ label: String) -> E {
    let value = nextPad()
    if !isPadded { tape.message(label, [value]) }
    return value
  }

  /// Sends scalars in clear: the root of the fraction tree, or values that a linear check binds.
  public mutating func clear(_ label: String, _ values: [E]) { tape.message(label, values) }

  public mutating func challenges(_ label: String, count: Int) -> [E] { tape.challenges(label, count: count) }
  public mutating func challenge(_ label: String) -> E { tape.challenge(label) }
  /// A value that the verifier computes itself: kept for the replay, neither sent nor absorbed.
  public mutating func record(_ label: String, _ value: E) { tape.record(label, value) }
}

/// Why no proof was made. The statement or the witness is at fault, or the budget is spent.
public enum ProverError: Error, Equatable, Sendable {
  /// A denominator of the fraction tree was zero for these random choices (probability about 2^-160); start again.
  case pole
  /// The shape has fewer random coefficients than the proof opens positions.
  case tailTooShort(shape: String, tail: Int, queries: Int)
  /// No secret was given for an artefact of the statement.
  case missingSecret(String)
  /// The secret's commitment is not the one that the statement names.
  case wrongSecret(String)
  /// The pads used differ from the pads laid out: a relation whose prover and verifier disagree.
  case padMismatch(used: Int, expected: Int)
  /// A session made its proof already (or failed to): its pads and masks serve no second one.
  case sessionUsed
  /// The relation's verifier refuses what its prover sent, e.g. a zero challenge (probability about 1/|E|).
  case refusedByVerifier(VerificationError)
  /// Wires were given for another number of instances than the relation has.
  case instanceCount(expected: Int, found: Int)
  /// An instance of a circuit has another number of wires.
  case wireCount(instance: Int, expected: Int, found: Int)
  /// The constant or a public wire has not the value that the statement names.
  case publicWire(instance: Int, wire: Int)
  /// The wires do not satisfy this constraint, counted from 0.
  case unsatisfiedConstraint(instance: Int, constraint: Int)
  /// A bound wire differs from its artefact: number of the binding, place in its range.
  case unequalBinding(index: Int, entry: Int)
}

/// A relation whose witness this module can prove.
public protocol ProvableRelation<E>: Relation where E: KernelField {
  /// The prover's half of `verify`: the same messages in the same order, in clear; the channel pads them.
  func prove<Chain: TranscriptChain>(_ channel: inout ProverChannel<E, Chain>, _ witness: WitnessReader<E>) throws(ProverError)
}

import Hashing
import ProofSystem

/// A chain whose challenges depend on (seed, label, occurrence) alone, not on what was absorbed: a prover that knows them in advance.
///
/// Tests of non-vacuity use it: what Fiat–Shamir prevents must pass here and fail with `HashChain`. Source: spec `support.frozen`.
public struct FrozenChallenges: TranscriptChain {
  /// The seed of every chain that is made inside the task.
  @TaskLocal public static var seed = 0

  public private(set) var inventory: [TranscriptEntry] = []
  public private(set) var state = SHA256.hash(Array("frozen".utf8))
  private let seed = Self.seed
  private var occurrences: [String: Int] = [:]

  public init() {}

  public mutating func absorb(_ label: String, kind: TranscriptKind, payload: [UInt8], count: Int) {
    inventory.append(TranscriptEntry(verb: .absorb, label: label, kind: kind, count: count))
    state = SHA256.hash(state.bytes + Array(label.utf8) + payload)
  }

  public mutating func words(_ label: String, kind: TranscriptKind, count: Int) -> ChallengeWords {
    inventory.append(TranscriptEntry(verb: .challenge, label: label, kind: kind, count: count))
    occurrences[label, default: 0] += 1
    let text = "frozen \(seed) \(label) \(occurrences[label, default: 0])"
    return ChallengeWords(seed: SHA256.hash(Array(text.utf8)).bytes)
  }
}

/// The production chain that leaves out what is absorbed under one label: a prover (or both sides) that forgets to absorb.
public struct OmittingChain: TranscriptChain {
  /// The label left out by every chain that is made inside the task.
  @TaskLocal public static var omitted: String?

  private var chain = HashChain()
  private let omitted = Self.omitted
  public private(set) var inventory: [TranscriptEntry] = []
  public var state: Digest { chain.state }

  public init() {}

  public mutating func absorb(_ label: String, kind: TranscriptKind, payload: [UInt8], count: Int) {
    inventory.append(TranscriptEntry(verb: .absorb, label: label, kind: kind, count: count))
    if label != omitted { chain.absorb(label, kind: kind, payload: payload, count: count) }
  }

  public mutating func words(_ label: String, kind: TranscriptKind, count: Int) -> ChallengeWords {
    inventory.append(TranscriptEntry(verb: .challenge, label: label, kind: kind, count: count))
    return chain.words(label, kind: kind, count: count)
  }
}

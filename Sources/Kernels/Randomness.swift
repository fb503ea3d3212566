public import Fields
internal import Parallelism

/// The prover's deterministic generator: SHA-256 in counter mode on a 32-byte seed, field elements by rejection.
///
/// **Formula**: block i = SHA256("zkmlops/randomness/v1" | seed | u64le(i)), read as four little-endian words. Every draw starts
/// at a fresh block, takes its words in order, skips rejected ones and drops what is left of its last block. The output is a
/// function of the seed and of the sequence of draws; it does not depend on the number of threads.
public struct Randomness: Sendable {
  /// The seed, 32 bytes.
  public let seed: [UInt8]
  /// Number of the next block.
  public private(set) var counter: UInt64 = 0
  /// Writes `count` blocks from block `first` on.
  package typealias Blocks = @Sendable (_ out: UnsafeMutablePointer<UInt8>, _ first: UInt64, _ count: Int) -> Void
  private let blocks: Blocks

  /// Inside the package only: nobody else chooses the randomness of commitments and proofs.
  /// - Parameter seed: exactly 32 bytes, uniform and used for nothing else.
  package init(seed: [UInt8]) {
    precondition(seed.count == 32, "a seed has 32 bytes")
    self.init(seed: seed) { FastSHA256.randomBlocks($0, seed: seed, first: $1, count: $2) }
  }

  /// The same rules over other blocks.
  package init(seed: [UInt8], blocks: @escaping Blocks) {
    self.seed = seed
    self.blocks = blocks
  }

  /// The next block, 32 bytes: for seeds of other generators.
  public mutating func block() -> [UInt8] {
    defer { counter &+= 1 }
    return [UInt8](unsafeUninitializedCapacity: 32) { buffer, initialized in
      guard let out = buffer.baseAddress else { return }
      blocks(out, counter, 1)
      initialized = 32
    }
  }

  /// `count` independent uniform elements of F.
  public mutating func base<F: PrimeField>(_ count: Int, as field: F.Type = F.self) -> [F] {
    [F](unsafeUninitializedCapacity: max(0, count)) { buffer, initialized in
      guard let out = buffer.baseAddress, count > 0 else { return }
      fill(out, count: count)
      initialized = count
    }
  }

  /// Writes `count` independent uniform elements of F, those of `base(count)`.
  public mutating func fill<F: PrimeField>(_ out: UnsafeMutablePointer<F>, count: Int) {
    if F.self == Goldilocks.self {
      fillGoldilocks(UnsafeMutableRawPointer(out).assumingMemoryBound(to: UInt64.self), count: count)
    } else {
      fillGeneric(out, count: count)
    }
  }

  /// `count` independent uniform elements of E: `base(count · degree)`, grouped.
  public mutating func ext<E: ChallengeField>(_ count: Int, as field: E.Type = E.self) -> [E] {
    let degree = E.degree
    if E.self == GoldilocksCubic.self || E.self == GoldilocksQuadratic.self {
      // Their elements lie in memory as their limbs in order.
      return [E](unsafeUninitializedCapacity: max(0, count)) { buffer, initialized in
        guard let out = buffer.baseAddress, count > 0 else { return }
        fill(UnsafeMutableRawPointer(out).assumingMemoryBound(to: Goldilocks.self), count: count * degree)
        initialized = count
      }
    }
    let limbs = base(max(0, count) * degree, as: E.Base.self)
    return (0..<max(0, count)).map { E(limbs: Array(limbs[($0 * degree)..<(($0 + 1) * degree)])) }
  }

  /// A uniform non-zero element of E: draws of one element until it is not zero.
  public mutating func nonzero<E: ChallengeField>(as field: E.Type = E.self) -> E {
    while true {
      for element in ext(1, as: field) where !element.isZero { return element }
    }
  }
}

// MARK: Draws

extension Randomness {
  /// Blocks that a draw makes at a time.
  private static let bulk = 64

  /// The words of the next block.
  private mutating func appendWords(to words: inout [UInt64]) {
    let bytes = block()
    for k in 0..<4 {
      words.append(bytes[(8 * k)..<(8 * k + 8)].reversed().reduce(0) { $0 << 8 | UInt64($1) })
    }
  }

  /// Twin of the fast path below, for any field: a draw of several words takes them in order across block borders.
  package mutating func fillGeneric<F: PrimeField>(_ out: UnsafeMutablePointer<F>, count: Int) {
    let take = F.wordsPerDraw
    var words: [UInt64] = []
    var filled = 0
    while filled < count {
      appendWords(to: &words)
      while filled < count, words.count >= take {
        if let element = F(words: Array(words[..<take])) {
          (out + filled).initialize(to: element)
          filled += 1
        }
        words.removeFirst(take)
      }
    }
  }

  /// Writes words below p. Each round makes as many blocks as the missing words need at least, so that no block is made that a
  /// draw block by block would not have made.
  private mutating func fillGoldilocks(_ out: UnsafeMutablePointer<UInt64>, count: Int) {
    var filled = 0
    while filled < count {
      let round = Round(
        source: blocks, first: counter, blockCount: (count - filled + 3) / 4, out: out + filled, count: count - filled)
      counter &+= UInt64(round.blockCount)
      filled += round.run()
    }
  }

  /// Some consecutive blocks and the place for their accepted words.
  private struct Round: @unchecked Sendable {
    let source: Blocks
    let first: UInt64
    let blockCount: Int
    let out: UnsafeMutablePointer<UInt64>
    let count: Int

    /// Fills `out` from the start with words below p, at most `count`; returns how many there are.
    func run() -> Int {
      // Without a rejection (likely: a word is rejected with probability 2^-32) the words of block i have index 4i on.
      let kept = parallelMap(count: blockCount, minimumChunk: 2048) { keep($0) }.reduce(0, +)
      return kept == count ? kept : keep(0..<blockCount)
    }

    /// Writes the accepted words of some blocks from index 4 · (first of them) on; returns how many.
    private func keep(_ blocks: Range<Int>) -> Int {
      let start = 4 * blocks.lowerBound
      let end = min(4 * blocks.upperBound, count)
      var filled = start
      withUnsafeTemporaryAllocation(of: UInt64.self, capacity: 4 * bulk) { buffer in
        guard let words = buffer.baseAddress else { return }
        for block in stride(from: blocks.lowerBound, to: blocks.upperBound, by: bulk) {
          let some = min(bulk, blocks.upperBound - block)
          UnsafeMutableRawPointer(words).withMemoryRebound(to: UInt8.self, capacity: 32 * some) {
            source($0, first &+ UInt64(block), some)
          }
          for k in 0..<(4 * some) where filled < end {
            let word = UInt64(littleEndian: words[k])
            out[filled] = word
            if word < Goldilocks.modulus { filled += 1 }
          }
        }
      }
      return filled - start
    }
  }
}

import Hashing

/// Public randomness for splits, batches and samples, fixed by a commitment and a nonce that came after it.
///
/// **Formula**: seed = H("zkmlops/seed/v1", purpose, identity, nonce). A commitment is salted, so that a seed from it alone could be ground by
/// committing again; the nonce (an auditor's, or a public value dated after a signature over the commitment) is what prevents it.
/// Source: design 2, 5.3; design 4, 4.3.
public struct Nonce: Hashable, Sendable {
  /// Where the nonce comes from; printed by the verifier.
  public enum Source: Hashable, Sendable {
    /// The auditor chose it.
    case auditor
    /// A public value of a date (RFC 3339), e.g. a beacon round.
    case dated(String)
    /// The prover chose it: the seed could have been ground.
    case prover
  }
  public let bytes: [UInt8]
  public let source: Source

  public init(bytes: [UInt8], source: Source) {
    self.bytes = bytes
    self.source = source
  }

  public var canonical: CanonicalValue {
    switch source {
    case .auditor: ["auditor", .bytes(bytes)]
    case .dated(let date): ["dated", .text(date), .bytes(bytes)]
    case .prover: ["prover", .bytes(bytes)]
    }
  }

  /// The 32-byte seed for one purpose.
  public func seed(purpose: String, identity: Digest) -> Digest {
    CanonicalValue.list([.text(purpose), .bytes(identity.bytes), .bytes(bytes)]).digest(tag: "zkmlops/seed/v1")
  }
}

/// A public order of 0..<count: indices by increasing 64-bit word H("zkmlops/order/v1", seed, index), ties by index.
public enum SeededOrder {
  public static func order(seed: Digest, count: Int) -> [Int] {
    let words = (0..<count).map { index -> UInt64 in
      CanonicalValue.list([.bytes(seed.bytes), .integer(UInt64(index))]).digest(tag: "zkmlops/order/v1").bytes.prefix(8)
        .reduce(0) { $0 << 8 | UInt64($1) }
    }
    return (0..<count).sorted { (words[$0], $0) < (words[$1], $1) }
  }

  /// Place of each index in the order.
  public static func ranks(seed: Digest, count: Int) -> [Int] {
    var ranks = [Int](repeating: 0, count: count)
    for (place, index) in order(seed: seed, count: count).enumerated() { ranks[index] = place }
    return ranks
  }
}

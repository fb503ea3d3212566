import Hashing

/// The public randomness of one tree of a forest: the rows that it is trained on, and the features that each node may compare.
///
/// **Formula**: word i of a kind is piece i mod 4 (little-endian) of SHA-256("zkmlops/forest/v1" ‖ seed ‖ u64 tree ‖ u64 kind ‖ u64 ⌊i / 4⌋),
/// integers little-endian. Kind 0: draw i is row (word i) mod n. Kind 1: of F features, place p may compare those with the least words
/// p·F + f, as many as are kept, ties by number. Places: 1 is the root, 2p and 2p + 1 are the children of p.
public struct TreeSample: Sendable {
  /// The row of each draw; as many as the table has.
  public let rows: [Int]
  /// [places, features]: whether the place may compare the feature. Place 0 may compare none.
  private let allowed: [Bool]
  private let featureCount: Int

  /// - Parameter kept: features that a place may compare.
  /// - Throws: `.invalidModel` for numbers outside their ranges.
  public init(_ seed: Digest, tree: Int, rows: Int, features: Int, kept: Int, depth: Int) throws(ProgramError) {
    guard (1...TreeGrowth.maximumTrainingRows).contains(rows), (1...(1 << 16)).contains(features), (1...features).contains(kept), tree >= 0,
      (1...12).contains(depth), features << depth <= 1 << 22
    else { throw .invalidModel(reason: "\(kept) of \(features) features at each node of depth \(depth), \(rows) rows") }
    self.rows = Self.words(seed, tree: tree, kind: 0, count: rows).map { Int($0 % UInt64(rows)) }
    featureCount = features
    let words = Self.words(seed, tree: tree, kind: 1, count: features << depth)
    var allowed = [Bool](repeating: false, count: features << depth)
    for place in 1..<(1 << depth) {
      let own = (0..<features).sorted { (words[place * features + $0], $0) < (words[place * features + $1], $1) }
      for feature in own.prefix(kept) { allowed[place * features + feature] = true }
    }
    self.allowed = allowed
  }

  /// Whether a place may compare a feature; false for places and features that do not exist.
  public func isAllowed(_ feature: Int, place: Int) -> Bool {
    guard (0..<featureCount).contains(feature), (0..<(allowed.count / featureCount)).contains(place) else { return false }
    return allowed[place * featureCount + feature]
  }

  private static func words(_ seed: Digest, tree: Int, kind: UInt64, count: Int) -> [UInt64] {
    let prefix = Array("zkmlops/forest/v1".utf8) + seed.bytes + bytes(UInt64(tree)) + bytes(kind)
    var out: [UInt64] = []
    out.reserveCapacity(count + 3)
    for block in 0..<((count + 3) / 4) {
      let digest = SHA256.hash(prefix + bytes(UInt64(block))).bytes
      for piece in 0..<4 where out.count < count {
        out.append(digest[(8 * piece)..<(8 * piece + 8)].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
      }
    }
    return out
  }

  private static func bytes(_ value: UInt64) -> [UInt8] { (0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * UInt64($0))) } }
}

/// A Merkle tree with all its layers in memory: the reference for faster builders, and enough for small trees.
public struct MerkleTree: Sendable {
  /// layers[0] are the leaf hashes, the last layer is the root alone.
  public let layers: [[Digest]]
  /// The root.
  public let root: Digest

  /// The number of levels above the leaves.
  public var depth: Int { layers.count &- 1 }

  /// Builds the tree over 2^depth leaf hashes. **Throws** `MerkleError.leafCountNotPowerOfTwo`.
  public init(leaves: [Digest]) throws(MerkleError) {
    guard !leaves.isEmpty, leaves.count & (leaves.count &- 1) == 0 else { throw .leafCountNotPowerOfTwo(leaves.count) }
    var layers = [leaves]
    var top = leaves
    while top.count > 1 {
      let below = top
      top = (0..<(below.count / 2)).map { i in
        Merkle.nodeHash(height: layers.count, left: below[2 &* i], right: below[2 &* i &+ 1])
      }
      layers.append(top)
    }
    self.layers = layers
    self.root = top[0]
  }

  /// The siblings that `Merkle.verifyMultiproof` consumes for these ascending, distinct, non-empty indices.
  ///
  /// **Throws** `MerkleError.invalidIndices`.
  public func multiproof(indices: [Int]) throws(MerkleError) -> [Digest] {
    guard let first = indices.first, let last = indices.last, first >= 0, last < layers[0].count,
      zip(indices, indices.dropFirst()).allSatisfy({ $0 < $1 })
    else { throw .invalidIndices }
    var out: [Digest] = []
    var known = indices
    for layer in layers.dropLast() {
      var parents: [Int] = []
      var at = 0
      while at < known.count {
        let index = known[at]
        at = at &+ 1
        if index & 1 == 0, at < known.count, known[at] == index | 1 {
          at = at &+ 1
        } else {
          out.append(layer[index ^ 1])
        }
        parents.append(index &>> 1)
      }
      known = parents
    }
    return out
  }
}

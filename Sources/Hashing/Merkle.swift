/// Salted Merkle trees with pruned multiproofs: hashing of nodes and verification.
///
/// leaf_j = SHA-256(0x00 ‖ salt_j ‖ column bytes), node(h, a, b) = SHA-256(0x01 ‖ u8 h ‖ a ‖ b), h the height of the node above
/// the leaves (1 … depth). A salt is 32 random bytes, or empty for columns that may be public. The length of a column is fixed by
/// the statement, so a leaf pre-image has one parse. Leaves and inner nodes differ in the first byte, inner nodes of different
/// heights in the second, so no node can be read as one of another height.
///
/// The multiproof of a set of leaf indices: from the leaves up, on each level from left to right, the sibling of every known node
/// that is not itself known. All of it must be used, nothing may be missing: a set of openings has one proof.
public enum Merkle {
  /// The greatest depth: heights and indices stay in range.
  public static var maximumDepth: Int { 60 }

  /// The hash of a leaf: `salt` (32 bytes, or empty) and the encoded column.
  public static func leafHash(salt: ArraySlice<UInt8>, column: ArraySlice<UInt8>) -> Digest {
    var message: [UInt8] = []
    let room = 1 &+ salt.count &+ column.count
    // Room for the padding too: one allocation per hash.
    message.reserveCapacity(room &+ 72)
    message.append(0)
    message.append(contentsOf: salt)
    message.append(contentsOf: column)
    return SHA256.hash(scratch: &message)
  }
  /// The hash of a leaf: `salt` (32 bytes, or empty) and the encoded column.
  public static func leafHash(salt: [UInt8], column: [UInt8]) -> Digest { leafHash(salt: salt[...], column: column[...]) }

  /// The hash of an inner node at `height` ≥ 1 above the leaves (reduced to 8 bits; `maximumDepth` keeps it in range).
  public static func nodeHash(height: Int, left: Digest, right: Digest) -> Digest {
    var message: [UInt8] = []
    message.reserveCapacity(128)
    message.append(1)
    message.append(UInt8(truncatingIfNeeded: height))
    left.appendBytes(to: &message)
    right.appendBytes(to: &message)
    return SHA256.hash(scratch: &message)
  }

  /// The number of digests in the multiproof of `indices`, ascending and distinct, in a tree of `depth` levels.
  ///
  /// Total: on other input it returns some number between 0 and indices.count · depth.
  public static func siblingCount(indices: [Int], depth: Int) -> Int {
    var known = indices
    var total = 0
    for _ in 0..<max(0, min(depth, maximumDepth)) {
      var parents: [Int] = []
      parents.reserveCapacity(known.count)
      var at = 0
      while at < known.count {
        let index = known[at]
        if index & 1 == 0, at &+ 1 < known.count, known[at &+ 1] == index | 1 {
          at = at &+ 2
        } else {
          total = total &+ 1
          at = at &+ 1
        }
        parents.append(index &>> 1)
      }
      known = parents
    }
    return total
  }

  /// Checks that `leaves` are the leaf hashes at `indices` of the tree with this root.
  ///
  /// `indices` ascend, are distinct and at least one; leaf i of `leaves` belongs to index i of `indices`.
  /// **Throws** `MerkleError`, one case per way to fail; total on any input.
  /// **Complexity** one node hash per distinct ancestor of the indices.
  public static func verifyMultiproof(
    root: Digest, depth: Int, indices: [Int], leaves: [Digest], siblings: ArraySlice<Digest>
  ) throws(MerkleError) {
    guard depth >= 0, depth <= maximumDepth else { throw .depthOutOfRange(depth) }
    guard indices.count == leaves.count else { throw .leafCount(expected: indices.count, found: leaves.count) }
    guard let last = indices.last, let first = indices.first, first >= 0, last >> depth == 0 else { throw .invalidIndices }
    guard zip(indices, indices.dropFirst()).allSatisfy({ $0 < $1 }) else { throw .invalidIndices }
    var positions = indices
    var nodes = leaves
    var supply = siblings.makeIterator()
    for level in 0..<depth {
      // Parents overwrite the front of both arrays: never more of them than nodes read.
      var count = 0
      var at = 0
      while at < positions.count {
        let index = positions[at]
        let node = nodes[at]
        at = at &+ 1
        let left: Digest
        let right: Digest
        if index & 1 == 0, at < positions.count, positions[at] == index | 1 {
          (left, right) = (node, nodes[at])
          at = at &+ 1
        } else {
          guard let sibling = supply.next() else { throw .tooFewSiblings }
          (left, right) = index & 1 == 0 ? (node, sibling) : (sibling, node)
        }
        nodes[count] = nodeHash(height: level &+ 1, left: left, right: right)
        positions[count] = index &>> 1
        count = count &+ 1
      }
      positions.removeLast(positions.count &- count)
      nodes.removeLast(nodes.count &- count)
    }
    guard supply.next() == nil else { throw .unusedSiblings }
    guard nodes == [root] else { throw .rootMismatch }
  }

  /// The same over an array of siblings.
  public static func verifyMultiproof(
    root: Digest, depth: Int, indices: [Int], leaves: [Digest], siblings: [Digest]
  ) throws(MerkleError) {
    try verifyMultiproof(root: root, depth: depth, indices: indices, leaves: leaves, siblings: siblings[...])
  }
}

/// Why a tree could not be built or a multiproof was rejected.
public enum MerkleError: Error, Equatable, Sendable {
  /// The depth is negative or over `Merkle.maximumDepth`.
  case depthOutOfRange(Int)
  /// Not exactly one leaf hash per index.
  case leafCount(expected: Int, found: Int)
  /// The indices are empty, not ascending, repeated or outside the tree.
  case invalidIndices
  /// The multiproof ended early.
  case tooFewSiblings
  /// The multiproof has digests left over.
  case unusedSiblings
  /// The recomputed root is another one.
  case rootMismatch
  /// The number of leaves of a tree is not a power of two.
  case leafCountNotPowerOfTwo(Int)
}

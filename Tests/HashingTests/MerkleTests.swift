import Hashing
import TestSupport
import Testing

@Suite struct MerkleTests {
  private func leaves(_ count: Int) -> [Digest] {
    (0..<count).map { Merkle.leafHash(salt: [UInt8](repeating: UInt8($0 & 0xFF), count: 32), column: [UInt8($0 & 0xFF)]) }
  }

  @Test func knownAnswerOfTheSpecification() throws {
    let expected = try SpecVectors.load().codes.merkle
    let leaves = leaves(8)
    let tree = try MerkleTree(leaves: leaves)
    let proof = try tree.multiproof(indices: expected.indices)
    #expect(tree.root.bytes == expected.root.bytes && tree.depth == 3)
    #expect(proof.map(\.bytes) == expected.multiproof.map(\.bytes))
    try Merkle.verifyMultiproof(root: tree.root, depth: 3, indices: expected.indices, leaves: expected.indices.map { leaves[$0] }, siblings: proof)
  }

  @Test func preimagesAreAsSpecified() {
    let (a, b) = (SHA256.hash([1]), SHA256.hash([2]))
    #expect(Merkle.leafHash(salt: [7, 8], column: [9]) == SHA256.hash([0, 7, 8, 9]))
    #expect(Merkle.leafHash(salt: [], column: [UInt8](repeating: 3, count: 1000)) == SHA256.hash([0] + [UInt8](repeating: 3, count: 1000)))
    #expect(Merkle.nodeHash(height: 5, left: a, right: b) == SHA256.hash([1, 5] + a.bytes + b.bytes))
  }

  /// All 2^n − 1 sets of leaves of trees up to 8 leaves: complete, minimal, and every kind of damage is refused.
  @Test(arguments: 0...3) func everySetOfLeaves(depth: Int) throws {
    let leaves = leaves(1 << depth)
    let tree = try MerkleTree(leaves: leaves)
    for mask in 1..<(1 << (1 << depth)) {
      let indices = (0..<(1 << depth)).filter { mask >> $0 & 1 == 1 }
      let opened = indices.map { leaves[$0] }
      let proof = try tree.multiproof(indices: indices)
      #expect(proof.count == Merkle.siblingCount(indices: indices, depth: depth))
      func verify(
        root: Digest? = nil, depth other: Int? = nil, _ indices: [Int], _ opened: [Digest], _ siblings: [Digest]
      ) -> MerkleError? {
        do throws(MerkleError) {
          try Merkle.verifyMultiproof(root: root ?? tree.root, depth: other ?? depth, indices: indices, leaves: opened, siblings: siblings)
          return nil
        } catch {
          return error
        }
      }
      #expect(verify(indices, opened, proof) == nil)
      #expect(verify(root: leaves[0] == tree.root ? SHA256.hash([]) : leaves[0], indices, opened, proof) == .rootMismatch)
      #expect(verify(indices, opened, proof + [leaves[0]]) == .unusedSiblings)
      if !proof.isEmpty { #expect(verify(indices, opened, proof.dropLast()) == .tooFewSiblings) }
      for at in opened.indices {
        var forged = opened
        forged[at] = SHA256.hash([0xEE])
        #expect(verify(indices, forged, proof) == .rootMismatch)
      }
      for at in proof.indices {
        var forged = proof
        forged[at] = SHA256.hash([0xEE])
        #expect(verify(indices, opened, forged) == .rootMismatch)
      }
      if opened.count > 1 {
        var swapped = opened
        swapped.swapAt(0, 1)
        #expect(verify(indices, swapped, proof) == .rootMismatch)
        #expect(verify(indices.reversed(), opened.reversed(), proof) == .invalidIndices)
      }
      #expect(verify(indices + indices.suffix(1), opened + opened.suffix(1), proof) == .invalidIndices)
      #expect(verify(indices, opened + opened, proof) == .leafCount(expected: opened.count, found: 2 * opened.count))
      #expect(verify(depth: depth + 1, indices, opened, proof) != nil)
    }
  }

  @Test func indicesOutsideTheTreeAndAbsurdDepths() throws {
    let tree = try MerkleTree(leaves: leaves(4))
    for indices in [[], [-1], [4], [.max], [.min, 0], [0, .max]] {
      #expect(throws: MerkleError.invalidIndices) {
        try Merkle.verifyMultiproof(root: tree.root, depth: 2, indices: indices, leaves: indices.map { _ in tree.root }, siblings: [])
      }
      #expect(throws: MerkleError.invalidIndices) { try tree.multiproof(indices: indices) }
    }
    for depth in [-1, 61, .max, .min] {
      #expect(throws: MerkleError.depthOutOfRange(depth)) {
        try Merkle.verifyMultiproof(root: tree.root, depth: depth, indices: [0], leaves: [tree.root], siblings: [])
      }
    }
    #expect(Merkle.siblingCount(indices: [.min, 7, 7, 3, .max], depth: .max) <= 5 * 60)
    #expect(Merkle.siblingCount(indices: [0], depth: -5) == 0 && Merkle.siblingCount(indices: [], depth: 20) == 0)
  }

  @Test func aLeafCannotPassAsANodeNorANodeAtAnotherHeight() throws {
    let leaves = leaves(4)
    let tree = try MerkleTree(leaves: leaves)
    // The inner layer presented as the leaves of a shallower tree: heights differ, so the root does.
    #expect(throws: MerkleError.rootMismatch) {
      try Merkle.verifyMultiproof(root: tree.root, depth: 1, indices: [0, 1], leaves: tree.layers[1], siblings: [])
    }
  }

  @Test(arguments: [0, 3, 5, 6, 7, 12]) func treesHaveAPowerOfTwoLeaves(count: Int) {
    #expect(throws: MerkleError.leafCountNotPowerOfTwo(count)) { try MerkleTree(leaves: leaves(count)) }
  }

  @Test func aLargerTreeWithRandomIndices() throws {
    let leaves = leaves(1 << 12)
    let tree = try MerkleTree(leaves: leaves)
    var generator = SeededGenerator(seed: 12)
    for count in [1, 2, 200, 3000] {
      let indices = Set((0..<count).map { _ in Int(generator.next() & 0xFFF) }).sorted()
      let proof = try tree.multiproof(indices: indices)
      #expect(proof.count == Merkle.siblingCount(indices: indices, depth: 12))
      try Merkle.verifyMultiproof(root: tree.root, depth: 12, indices: indices, leaves: indices.map { leaves[$0] }, siblings: proof)
    }
  }
}

import Fields
import Hashing
import Kernels
import Parallelism

/// A Merkle tree over the columns of a position-major codeword, all layers in one buffer.
///
/// leaf_j = SHA256(0x00 | salt_j | column bytes), node = SHA256(0x01 | u8 height | left | right). Salts are expanded from a seed, or
/// absent at the public-safe levels.
public final class DigestTree: Sendable {
  /// Layers from the leaves to the root, 32 bytes a digest.
  private let digests: FieldBuffer<UInt8>
  /// First digest of each layer.
  private let layerOffsets: [Int]
  public let depth: Int
  public let root: Digest

  /// - columns: `columnByteCount` bytes at base + j·strideByteCount, j < 2^depth.
  convenience init(depth: Int, saltSeed: [UInt8]?, hashColumns: @escaping HashColumns) {
    self.init(depth: depth, saltSeed: saltSeed, pieces: 1) { _ in hashColumns }
  }

  /// Hashes the columns of a range of positions with their salts, 32 bytes each, into digests.
  typealias HashColumns = @Sendable (_ range: Range<Int>, _ salts: UnsafePointer<UInt8>?, _ out: UnsafeMutablePointer<UInt8>) -> Void

  /// With leaves in `pieces` equal parts, one after the other, so that no more than one part's columns need to be there.
  init(depth: Int, saltSeed: [UInt8]?, pieces: Int, columns: (_ piece: Int) -> HashColumns) {
    self.depth = depth
    var offsets = [0]
    for layer in 0...depth { offsets.append(offsets[layer] + (1 << (depth - layer))) }
    layerOffsets = offsets
    digests = FieldBuffer<UInt8>(uninitialisedCount: offsets[depth + 1] * 32)
    let base = SendablePointer(digests.pointer)
    let size = (1 << depth) / pieces
    for piece in 0..<pieces {
      let hashColumns = columns(piece)
      parallelChunks(count: size, minimumChunk: 64) { range in
        // In runs, so that salts stay in the first-level cache.
        var start = piece * size + range.lowerBound
        let end = piece * size + range.upperBound
        let salts = FieldBuffer<UInt8>(uninitialisedCount: 256 * 32)
        while start < end {
          let run = start..<min(start + 256, end)
          if let saltSeed { FastSHA256.salts(salts.pointer, seed: saltSeed, first: UInt64(run.lowerBound), count: run.count) }
          hashColumns(run, saltSeed == nil ? nil : UnsafePointer(salts.pointer), base.pointer + 32 * run.lowerBound)
          start = run.upperBound
        }
      }
    }
    for layer in 1..<(depth + 1) {
      let below = offsets[layer - 1]
      let here = offsets[layer]
      parallelChunks(count: 1 << (depth - layer), minimumChunk: 512) { range in
        FastSHA256.nodes(
          base.pointer + 32 * (here + range.lowerBound), children: base.pointer + 32 * (below + 2 * range.lowerBound),
          height: UInt8(truncatingIfNeeded: layer), count: range.count)
      }
    }
    root = Self.digest(digests.pointer + 32 * offsets[depth])
  }

  private static func digest(_ pointer: UnsafePointer<UInt8>) -> Digest {
    guard let digest = Digest(bytes: Array(UnsafeBufferPointer(start: pointer, count: 32))) else { preconditionFailure("32 bytes") }
    return digest
  }

  /// Sibling digests for sorted distinct `indices`: from the leaves up, left to right, the sibling of each known node unless known.
  func multiproof(_ indices: [Int]) -> [Digest] {
    var out: [Digest] = []
    var known = indices
    for layer in 0..<depth {
      var parents: [Int] = []
      var position = 0
      while position < known.count {
        let index = known[position]
        if index & 1 == 0, position + 1 < known.count, known[position + 1] == index + 1 {
          position += 1
        } else {
          out.append(Self.digest(digests.pointer + 32 * (layerOffsets[layer] + (index ^ 1))))
        }
        parents.append(index >> 1)
        position += 1
      }
      known = parents
    }
    return out
  }
}

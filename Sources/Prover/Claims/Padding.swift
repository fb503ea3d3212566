import Claims
import Fields
import Hashing
import Kernels
import ProofSystem

/// Random padding of artefacts (`Docs/Decisions/0006-random-padding.md`).
///
/// No claim's weight reaches a cell outside the logical shape, so such cells may hold anything. Uniform ones hide: whoever opens more
/// positions than the tail has coefficients learns linear combinations of a row, and has to find these cells too before a cell that means
/// something is determined.
extension MatrixData {
  /// Fills every cell that is not in the logical shape of one of the contents' tensors, the end of the last row included.
  ///
  /// - Parameters:
  ///   - contents: what the matrix holds; its tensors are those of `layout`.
  ///   - seed: the 32 bytes that tails and salts come from. The cells are drawn from SHA-256("zkmlops/padding/v1" ‖ seed ‖ index), so a
  ///     commitment can be made again from its values and its seed.
  ///   - index: of the artefact in a tree that it shares.
  public func fillPadding(of contents: ArtefactContents, seed: [UInt8], index: Int = 0) {
    let number = (0..<8).map { UInt8(truncatingIfNeeded: index >> (8 * $0)) }
    var randomness = Randomness(seed: SHA256.hash(Array("zkmlops/padding/v1".utf8) + seed + number).bytes)
    for tensor in contents.tensors {
      guard let start = layout.offsets[tensor.name] else { continue }
      for gap in Self.gaps(contents.logicalShape(of: tensor)) { randomness.fill(vector.pointer + start + gap.lowerBound, count: gap.count) }
    }
    randomness.fill(vector.pointer + layout.size, count: vector.count - layout.size)
  }

  /// Whether both matrices hold the same values in the logical shapes of the contents' tensors, whatever their padding.
  public func hasSameValues(as other: MatrixData, in contents: ArtefactContents) -> Bool {
    contents.tensors.allSatisfy { tensor in
      guard let start = layout.offsets[tensor.name], let theirs = other.layout.offsets[tensor.name] else { return false }
      return FractionLeaves<GoldilocksCubic>.selected(contents.logicalShape(of: tensor)).allSatisfy { range in
        range.allSatisfy { vector.pointer[start + $0] == other.vector.pointer[theirs + $0] }
      }
    }
  }

  /// Index ranges outside a logical shape, row-major, ascending.
  static func gaps(_ shape: [Extent]) -> [Range<Int>] { FractionLeaves<GoldilocksCubic>.unselected(shape) }
}

extension ArtefactSecret {
  /// Commits contents with random padding. `data` is filled in place.
  /// > Warning: `seed` belongs to one hiding-budget record; a second commitment of the same data takes a fresh seed.
  public convenience init(contents: ArtefactContents, shape: CodeShape, data: MatrixData<E.Base>, seed: [UInt8]) {
    data.fillPadding(of: contents, seed: seed)
    self.init(kind: contents.kind, format: contents.format, shape: shape, data: data, seed: seed)
  }

  /// Commits contents in one tree with random padding. The data are filled in place.
  public static func commitTogether(
    _ parts: [(contents: ArtefactContents, data: MatrixData<E.Base>)], shape: CodeShape, seed: [UInt8]
  ) -> [ArtefactSecret] {
    for (index, part) in parts.enumerated() { part.data.fillPadding(of: part.contents, seed: seed, index: index) }
    return commitTogether(parts.map { ($0.contents.kind, $0.contents.format, $0.data) }, shape: shape, seed: seed)
  }
}

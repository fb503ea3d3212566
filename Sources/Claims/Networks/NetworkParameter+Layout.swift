import Programs
import ProofSystem

extension NetworkParameter {
  /// Place of every entry, in row-major order of the logical dimensions, in the committed tensor, whose dimensions are padded to powers of two.
  public var paddedPositions: [Int] {
    var places = [0]
    for dimension in dimensions {
      let size = 1 << log2Ceiling(dimension)
      places = places.flatMap { place in (0..<dimension).map { place * size + $0 } }
    }
    return places
  }
}

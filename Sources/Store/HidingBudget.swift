/// What is left of the hiding budget of one tail secret, in codeword positions.
///
/// Any `capacity` distinct positions of a row are jointly uniform (the random tail has at least that many coefficients), so
/// they may be opened over the whole life of the secret; one more would tell about the data.
public struct HidingBudget: Equatable, Sendable {
  /// Distinct positions that this store may open in all; at most the tail length, less what was given away by splits.
  public let capacity: Int
  /// Distinct positions opened from this store.
  public let used: Int
  /// Worst case of the proofs under way.
  public let reserved: Int
  /// Worst case of the proofs whose process died before its positions were recorded. Never given back.
  public let burnt: Int

  /// Positions that a new proof may reserve.
  public var left: Int { max(0, capacity - used - reserved - burnt) }

  /// Whole proofs of `queries` positions each that are left: ⌊left / queries⌋, 0 for `queries` < 1.
  public func openingsLeft(queries: Int) -> Int { queries < 1 ? 0 : left / queries }

  /// Less than a fifth of the capacity is left.
  public var isLow: Bool { left < (capacity + 4) / 5 }
}

/// The shape of the code that hides an artefact: rows of 2^`log2RowLength` data values and `tailLength` random coefficients,
/// evaluated at 2^`log2CodeLength` points.
public struct StoredCodeShape: Equatable, Sendable {
  /// m.
  public let log2RowLength: Int
  /// p, in 1...2^m: the lifetime number of distinct positions.
  public let tailLength: Int
  /// log2 of the number of points, at most 32; 2^m + p points at least.
  public let log2CodeLength: Int

  /// - Throws: `invalidArgument` for numbers that are no shape.
  public init(log2RowLength: Int, tailLength: Int, log2CodeLength: Int) throws(StoreError) {
    guard (0...31).contains(log2RowLength), (1...1 << log2RowLength).contains(tailLength), (1...32).contains(log2CodeLength),
      (1 << log2RowLength) + tailLength <= 1 << log2CodeLength
    else { throw StoreError(.invalidArgument(name: "shape", rule: "a row with its tail within the code, at most 2^32 points")) }
    self.log2RowLength = log2RowLength
    self.tailLength = tailLength
    self.log2CodeLength = log2CodeLength
  }
}

/// A set of codeword positions, kept sorted. Its encoding is the sorted list of 4-byte little-endian numbers.
struct PositionSet: Equatable {
  private(set) var sorted: [UInt32]

  /// The set of these numbers, nil when one is outside of 0..<2^`log2Length`.
  init?(_ positions: [Int], log2Length: Int) {
    var numbers: [UInt32] = []
    numbers.reserveCapacity(positions.count)
    for position in positions {
      guard position >= 0, position >> log2Length == 0, let number = UInt32(exactly: position) else { return nil }
      numbers.append(number)
    }
    numbers.sort()
    sorted = []
    sorted.reserveCapacity(numbers.count)
    for number in numbers where sorted.last != number { sorted.append(number) }
  }

  /// The set with this encoding, nil unless strictly increasing.
  init?(encoded bytes: [UInt8]) {
    guard bytes.count % 4 == 0 else { return nil }
    sorted = stride(from: 0, to: bytes.count, by: 4).map { UInt32(truncatingIfNeeded: littleEndian(bytes[$0..<$0 + 4])) }
    guard zip(sorted, sorted.dropFirst()).allSatisfy({ $0 < $1 }) else { return nil }
  }

  private init(sorted: [UInt32]) { self.sorted = sorted }

  var count: Int { sorted.count }
  var encoded: [UInt8] { sorted.flatMap { littleEndian(UInt64($0), 4) } }

  func union(_ other: PositionSet) -> PositionSet {
    var out: [UInt32] = []
    out.reserveCapacity(count + other.count)
    var left = sorted[...], right = other.sorted[...]
    while let a = left.first, let b = right.first {
      out.append(min(a, b))
      if a <= b { left.removeFirst() }
      if b <= a { right.removeFirst() }
    }
    return PositionSet(sorted: out + left + right)
  }

  func subtracting(_ other: PositionSet) -> PositionSet {
    let removed = Set(other.sorted)
    return PositionSet(sorted: sorted.filter { !removed.contains($0) })
  }
}

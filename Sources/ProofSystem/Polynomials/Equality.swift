import Fields

/// Multilinear equality polynomials. Project-wide order: variable 0 is the most significant index bit and is bound first.
///
/// **Formula**: eq(z, b) = Π_i (z_i b_i + (1 − z_i)(1 − b_i)).
public enum Equality {
  /// [eq(point, u)] for u < 2^point.count.
  @_specialize(where E == GoldilocksCubic)
  @_specialize(where E == GoldilocksQuadratic)
  @_specialize(where E == BN254Scalar)
  public static func table<E: ChallengeField>(_ point: [E]) -> [E] {
    // Grown from the least significant variable in one array: large tables would otherwise be allocated twice over.
    var table = [E](repeating: .zero, count: 1 << point.count)
    table[0] = .one
    var size = 1
    for z in point.reversed() {
      for index in 0..<size {
        let value = table[index]
        let high = value * z
        table[index] = value - high
        table[size + index] = high
      }
      size *= 2
    }
    return table
  }

  /// eq(point, bits of index), most significant bit first.
  public static func value<E: ChallengeField>(_ point: [E], index: Int) -> E {
    var out = E.one
    for (i, z) in point.enumerated() {
      out *= (index >> (point.count - 1 - i)) & 1 == 1 ? z : .one - z
    }
    return out
  }

  /// Σ_{u < count} eq(point, u): walks down the bits of `count`.
  public static func prefixSum<E: ChallengeField>(_ point: [E], count: Int) -> E {
    if count >= 1 << point.count { return .one }
    var total = E.zero
    var run = E.one
    for (i, z) in point.enumerated() {
      if (count >> (point.count - 1 - i)) & 1 == 1 {
        total += run * (.one - z)
        run *= z
      } else {
        run *= .one - z
      }
    }
    return total
  }

  /// Tensors that sum to eq(point, b) for start ≤ b < stop and to 0 elsewhere: one per dyadic piece.
  public static func range<E: ChallengeField>(_ point: [E], from start: Int, to stop: Int) -> [[TensorFactor<E>]] {
    let count = point.count
    var pieces: [[TensorFactor<E>]] = []
    var start = start
    while start < stop {
      var size = 0
      while size < count, start % (2 << size) == 0, start + (2 << size) <= stop { size += 1 }
      var factors: [TensorFactor<E>] = []
      for (i, z) in point.enumerated() {
        if i >= count - size {
          factors.append(.pair(.one - z, z))
        } else {
          factors.append((start >> (count - 1 - i)) & 1 == 1 ? .pair(.zero, z) : .pair(.one - z, .zero))
        }
      }
      pieces.append(factors)
      start += 1 << size
    }
    return pieces
  }

  /// Tensors that sum to eq(point, ·) restricted to a logical shape. The shape rule of design 2, section 4.
  public static func masked<E: ChallengeField>(_ point: [E], _ shape: [Extent]) -> [[TensorFactor<E>]] {
    var products: [[TensorFactor<E>]] = [[]]
    var at = 0
    for extent in shape {
      let pieces = range(Array(point[at..<(at + extent.bits)]), from: 0, to: extent.count)
      products = products.flatMap { product in pieces.map { product + $0 } }
      at += extent.bits
    }
    return products
  }

  /// Sum of eq(point, ·) over the logical shape: the multilinear extension of the shape's indicator.
  public static func maskSum<E: ChallengeField>(_ point: [E], _ shape: [Extent]) -> E {
    var total = E.one
    var at = 0
    for extent in shape {
      total *= prefixSum(Array(point[at..<(at + extent.bits)]), count: extent.count)
      at += extent.bits
    }
    return total
  }
}

/// One dimension of a logical shape: `count` entries inside 2^bits.
public struct Extent: Hashable, Sendable {
  public let bits: Int
  public let count: Int
  public init(bits: Int, count: Int) {
    self.bits = bits
    self.count = count
  }
  /// The least power of two that holds `count` entries.
  public init(count: Int) { self.init(bits: log2Ceiling(count), count: count) }
}

/// ⌈log2 x⌉ for x ≥ 1; 0 for x ≤ 1.
public func log2Ceiling(_ x: Int) -> Int { x <= 1 ? 0 : Int.bitWidth - (x - 1).leadingZeroBitCount }

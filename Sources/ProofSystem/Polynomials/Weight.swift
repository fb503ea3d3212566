import Fields

/// One factor of a tensor weight: its values at bit 0 and at bit 1.
@frozen public enum TensorFactor<E: ChallengeField>: Hashable, Sendable {
  /// (1, 0): the index bit is fixed to 0.
  case zeroBit
  /// (0, 1): the index bit is fixed to 1.
  case oneBit
  case pair(E, E)

  @inlinable public static func == (lhs: Self, rhs: Self) -> Bool {
    switch (lhs, rhs) {
    case (.zeroBit, .zeroBit), (.oneBit, .oneBit): true
    case (.pair(let low, let high), .pair(let other, let upper)): low == other && high == upper
    default: false
    }
  }

  @inlinable public func hash(into hasher: inout Hasher) {
    switch self {
    case .zeroBit: hasher.combine(0 as UInt8)
    case .oneBit: hasher.combine(1 as UInt8)
    case .pair(let low, let high):
      hasher.combine(low)
      hasher.combine(high)
    }
  }

  @inlinable public var low: E {
    switch self {
    case .zeroBit: .one
    case .oneBit: .zero
    case .pair(let low, _): low
    }
  }
  @inlinable public var high: E {
    switch self {
    case .zeroBit: .zero
    case .oneBit: .one
    case .pair(_, let high): high
    }
  }
  /// low + r·(high − low).
  @inlinable public func bound(to r: E) -> E {
    switch self {
    case .zeroBit: .one - r
    case .oneBit: r
    case .pair(let low, let high): low + r * (high - low)
    }
  }

  /// Factors that fix `bits` variables to the bits of `value`, most significant first.
  @inlinable public static func fixing(_ value: Int, bits: Int) -> [TensorFactor] {
    (0..<bits).map { (value >> (bits - 1 - $0)) & 1 == 1 ? .oneBit : .zeroBit }
  }
  /// eq(z, ·) = ⊗_i (1 − z_i, z_i).
  @inlinable public static func equality(_ point: [E]) -> [TensorFactor] { point.map { .pair(.one - $0, $0) } }
  /// (1, x, x², …, x^(2^bits − 1)) = ⊗_i (1, x^(2^(bits−1−i))): variable 0 carries the highest power.
  public static func powers(_ x: E.Base, bits: Int) -> [TensorFactor] {
    var squares: [E.Base] = []
    var square = x
    for _ in 0..<bits {
      squares.append(square)
      square *= square
    }
    return squares.reversed().map { .pair(.one, E(base: $0)) }
  }
}

/// A tensor weight w(b) = coefficient · Π_i factors[i][b_i].
public struct Tensor<E: ChallengeField>: Hashable, Sendable {
  public var coefficient: E
  public var factors: [TensorFactor<E>]

  @inlinable public init(_ coefficient: E, _ factors: [TensorFactor<E>]) {
    self.coefficient = coefficient
    self.factors = factors
  }
  @inlinable public func scaled(by scale: E) -> Tensor { Tensor(coefficient * scale, factors) }
  @inlinable public func prepending(_ prefix: [TensorFactor<E>]) -> Tensor { Tensor(coefficient, prefix + factors) }
  /// The tensor on the remaining variables with the first `point.count` bound.
  @inlinable public func bound(to point: [E]) -> Tensor {
    var value = coefficient
    for (factor, r) in zip(factors, point) { value *= factor.bound(to: r) }
    return Tensor(value, Array(factors.dropFirst(point.count)))
  }
  /// The multilinear extension at a full point.
  public func evaluate(at point: [E]) -> E { bound(to: point).coefficient }
}

/// A public weight of a linear claim ⟨w, v⟩: a tensor, or a dense list under leading tensor factors (zero beyond the list).
public enum Weight<E: ChallengeField>: Sendable {
  case tensor(Tensor<E>)
  /// `values` on the last `variables` variables, `prefix` on those before.
  case dense(prefix: [TensorFactor<E>], values: [E], variables: Int)

  /// Binds the first `point.count` variables.
  public func bound(to point: [E]) -> Weight {
    switch self {
    case .tensor(let tensor):
      return .tensor(tensor.bound(to: point))
    case .dense(let prefix, let values, let variables):
      var scale = E.one
      for (factor, r) in zip(prefix, point) { scale *= factor.bound(to: r) }
      var rest = Array(prefix.dropFirst(point.count))
      var table = scale == .one ? values : values.map { $0 * scale }
      var left = variables
      for r in point.dropFirst(prefix.count) {
        left -= 1
        let half = 1 << left
        let low = table.prefix(half)
        let high = table.dropFirst(half)
        var folded: [E] = []
        folded.reserveCapacity(low.count)
        for (a, b) in zip(low, high) { folded.append(a + r * (b - a)) }
        for a in low.dropFirst(high.count) { folded.append(a - r * a) }
        table = folded
      }
      if left < variables { rest = [] }
      return .dense(prefix: rest, values: table, variables: left)
    }
  }

  public func scaled(by scale: E) -> Weight {
    switch self {
    case .tensor(let tensor): .tensor(tensor.scaled(by: scale))
    case .dense(let prefix, let values, let variables): .dense(prefix: prefix, values: values.map { $0 * scale }, variables: variables)
    }
  }

  public func prepending(_ factors: [TensorFactor<E>]) -> Weight {
    switch self {
    case .tensor(let tensor): .tensor(tensor.prepending(factors))
    case .dense(let prefix, let values, let variables): .dense(prefix: factors + prefix, values: values, variables: variables)
    }
  }

  /// ⟨w, vector⟩ for a vector of 2^variables entries.
  @_specialize(where E == GoldilocksCubic)
  @_specialize(where E == GoldilocksQuadratic)
  @_specialize(where E == BN254Scalar)
  public func innerProduct(with vector: [E]) -> E {
    switch self {
    case .tensor(let tensor):
      return tensor.coefficient * Self.contract(tensor.factors[...], vector[...])
    case .dense(let prefix, let values, let variables):
      var folded = vector
      for factor in prefix { folded = Self.fold(folded, factor) }
      precondition(folded.count == 1 << variables)
      var total = E.zero
      for (w, x) in zip(values, folded) { total += w * x }
      return total
    }
  }

  private static func fold(_ vector: [E], _ factor: TensorFactor<E>) -> [E] {
    let half = vector.count / 2
    switch factor {
    case .zeroBit: return Array(vector.prefix(half))
    case .oneBit: return Array(vector.suffix(half))
    case .pair(let low, let high): return zip(vector.prefix(half), vector.suffix(half)).map { low * $0 + high * $1 }
    }
  }

  private static func contract(_ factors: ArraySlice<TensorFactor<E>>, _ vector: ArraySlice<E>) -> E {
    var table = Array(vector)
    var half = table.count / 2
    for factor in factors {
      switch factor {
      case .zeroBit: break
      case .oneBit: for i in 0..<half { table[i] = table[half + i] }
      case .pair(let low, let high): for i in 0..<half { table[i] = low * table[i] + high * table[half + i] }
      }
      half /= 2
    }
    return table.first ?? .zero
  }
}

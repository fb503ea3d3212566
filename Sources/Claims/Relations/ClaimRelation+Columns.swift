import Fields
import ProofSystem

/// Sums over rows, shifts by a row, and row-wise products.
extension ClaimRelation {
  /// Σ over rows of the expression, minus the total: one linear claim, without randomness.
  func sumClaim<Value: ClaimValue>(_ constraint: SumConstraint) -> LinearClaim<Value> where Value.E == E {
    let count = E(UInt64(constraint.rows.count))
    let left = terms(constraint.expression, Self.indicator(constraint.rows), mask: count, .one)
    let right = terms(constraint.total, [[]], mask: .one, -.one)
    let target = E(signed: constraint.total.constant) - count.scaled(by: Base(signed: constraint.expression.constant))
    return LinearClaim(left + right, Value(target))
  }

  /// Tensors that sum to 1 on the logical rows and to 0 elsewhere.
  static func indicator(_ rows: Extent) -> [[TensorFactor<E>]] {
    var pieces: [[TensorFactor<E>]] = []
    var start = 0
    while start < rows.count {
      var size = 0
      while size < rows.bits, start % (2 << size) == 0, start + (2 << size) <= rows.count { size += 1 }
      let fixed = rows.bits - size
      pieces.append(TensorFactor.fixing(start >> size, bits: fixed) + [TensorFactor<E>](repeating: .pair(.one, .one), count: size))
      start += 1 << size
    }
    return pieces
  }

  /// next~(r) = Σ_j column(j)·w(j), w(j) = eq(r, j − 1): with k the bit of j − 1 that turns from 0 to 1, bits above k agree, those below
  /// turn from 1 to 0. One tensor for each k.
  static func successor(_ point: [E]) -> [[TensorFactor<E>]] {
    point.indices.map { k in
      point.enumerated().map { position, r in
        if position < k { return .pair(.one - r, r) }
        return position == k ? .pair(.zero, .one - r) : .pair(r, .zero)
      }
    }
  }

  /// One random point for all shifts of one length.
  func shiftClaims<Channel: ClaimChannel & ~Copyable>(_ channel: inout Channel) -> [LinearClaim<Channel.Value>] where Channel.E == E {
    var points: [Int: [E]] = [:]
    var claims: [LinearClaim<Channel.Value>] = []
    for shift in shifts {
      let point = points[shift.bits] ?? channel.challenges("shift.point", count: shift.bits)
      points[shift.bits] = point
      let source = Self.successor(point).map { (matrix: shift.column.matrix, tensor: shift.column.tensor($0, .one)) }
      claims.append(LinearClaim(source + [(shift.next.matrix, shift.next.equality(point, -.one))], Channel.Value(.zero)))
    }
    return claims
  }

  /// Row-wise products by length, in order of first use.
  public var hadamardGroups: [[HadamardConstraint]] {
    var groups: [[HadamardConstraint]] = []
    for constraint in hadamards {
      if let index = groups.firstIndex(where: { $0.first?.bits == constraint.bits }) {
        groups[index].append(constraint)
      } else {
        groups.append([constraint])
      }
    }
    return groups
  }

  /// Σ_i eq(z, i)·Σ_k γ^k·(left_k·right_k − product_k)(i) = 0 for random z, γ: one sumcheck for all products of one length.
  ///
  /// **Soundness**: bits/|E| for z, (number of products)/|E| for γ, 2/|E| a round. The factors are received; product_k enters as one
  /// linear claim, so that no further check is needed.
  func verify<Channel: ClaimChannel & ~Copyable>(
    _ group: [HadamardConstraint], _ channel: inout Channel
  ) throws(VerificationError) -> [LinearClaim<Channel.Value>] where Channel.E == E {
    let z = channel.challenges("hadamard.point", count: group.first?.bits ?? 0)
    let gamma = channel.challenge("hadamard.batch")
    let (point, claim) = try Sumcheck.verifyEquality(&channel, claim: Channel.Value(.zero), point: z, label: "hadamard.round")
    let factors = try channel.receive("hadamard.factors", count: 2 * group.count)
    let equality = [TensorFactor.equality(point)]
    var claims: [LinearClaim<Channel.Value>] = []
    var products: [(matrix: String, tensor: Tensor<E>)] = []
    var sum = Channel.Value(.zero) - claim
    for (index, (constraint, power)) in zip(group, gamma.powers(group.count)).enumerated() {
      let (left, right) = (factors[2 * index], factors[2 * index + 1])
      sum = sum + channel.product(left, right) * power
      products.append((constraint.product.matrix, constraint.product.equality(point, power)))
      for (value, expression) in [(left, constraint.left), (right, constraint.right)] {
        claims.append(LinearClaim(terms(expression, equality, mask: .one, .one), value - E(signed: expression.constant)))
      }
    }
    return claims + [LinearClaim(products, sum)]
  }
}

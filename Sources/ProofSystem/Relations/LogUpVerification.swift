import Fields

/// LogUp as one fraction tree: Papini–Haböck 2023/1284 in the form of design 2, section 3.1; spec `logup.py`.
///
/// Fingerprint of a tuple v of table `id`: φ(id, v) = id + Σ_{k ≥ 1} β^k v_k. Leaves (numerator, denominator): selected lookup row
/// (1, α − φ); table row (−m_j, α − φ), public or committed alike; everything else (0, 1); the last leaf (0, ω), ω committed, uniform, non-zero.
/// Claim: the root is (0, q_root), q_root ≠ 0 in clear (uniform on E* because of ω). Node i of a layer of 2^l has children i and
/// i + 2^l. Layer: a + λb = Σ_x eq(z, x)·[u(x)·q1(x) + p1(x)·q0(x)], u = p0 + λ·q0; two products of single scalars (spec L2).
///
/// **Soundness**: width·leaves/|E| for the fingerprint, 2/|E| a round. The two returned claims are linear in the committed columns.
public enum LogUp {
  @_specialize(where Channel == AffineChannel<GoldilocksCubic, VerifierTape<GoldilocksCubic, HashChain>, AllChecks>)
  @_specialize(where Channel == AffineChannel<GoldilocksCubic, LayoutTape<GoldilocksCubic>, AllChecks>)
  @_specialize(where Channel == AffineChannel<GoldilocksCubic, ReplayTape<GoldilocksCubic>, AllChecks>)
  @_specialize(where Channel == AffineChannel<GoldilocksQuadratic, VerifierTape<GoldilocksQuadratic, HashChain>, AllChecks>)
  @_specialize(where Channel == AffineChannel<GoldilocksQuadratic, LayoutTape<GoldilocksQuadratic>, AllChecks>)
  @_specialize(where Channel == AffineChannel<GoldilocksQuadratic, ReplayTape<GoldilocksQuadratic>, AllChecks>)
  @_specialize(where Channel == AffineChannel<BN254Scalar, VerifierTape<BN254Scalar, HashChain>, AllChecks>)
  @_specialize(where Channel == AffineChannel<BN254Scalar, LayoutTape<BN254Scalar>, AllChecks>)
  @_specialize(where Channel == AffineChannel<BN254Scalar, ReplayTape<BN254Scalar>, AllChecks>)
  @_specialize(where Channel == AffineChannel<RuntimePrimeField, VerifierTape<RuntimePrimeField, HashChain>, AllChecks>)
  @_specialize(where Channel == AffineChannel<RuntimePrimeField, LayoutTape<RuntimePrimeField>, AllChecks>)
  @_specialize(where Channel == AffineChannel<RuntimePrimeField, ReplayTape<RuntimePrimeField>, AllChecks>)
  public static func verify<Channel: ClaimChannel & ~Copyable>(
    _ channel: inout Channel, tree: FractionTree<Channel.E.Base>, label: String = "logup"
  ) throws(VerificationError) -> [LinearClaim<Channel.Value>] {
    typealias E = Channel.E
    let omega = try channel.secret(label + ".omega")
    let fingerprint = channel.challenges(label + ".fingerprint", count: 2)
    let root = try channel.clear(label + ".root", count: 1)[0]
    try channel.require(CheckName(label + ".root_nonzero"), !root.isZero)
    var p = Channel.Value(.zero)
    var q = Channel.Value(root)
    var z: [E] = []
    for _ in 0..<tree.depth {
      let lambda = channel.challenge(label + ".lambda")
      let (point, claim) = try Sumcheck.verifyEquality(&channel, claim: p + q * lambda, point: z, label: label + ".round")
      let children = try channel.receive(label + ".children", count: 4)
      let (u, p1, q0, q1) = (children[0], children[1], children[2], children[3])
      let first = channel.product(u, q1)
      let second = channel.product(p1, q0)
      try channel.assertZero(CheckName(label + ".layer"), first + second - claim)
      let mu = channel.challenge(label + ".mu")
      let p0 = u - q0 * lambda
      p = p0 + (p1 - p0) * mu
      q = q0 + (q1 - q0) * mu
      z = [mu] + point
    }
    return leafClaims(tree, z: z, p: p, q: q, omega: omega, alpha: fingerprint[0], beta: fingerprint[1])
  }

  /// ⟨eq, m⟩ = numerators − p; ⟨eq, φ parts⟩ = denominators + eq_last·ω − q.
  static func leafClaims<Value: ClaimValue>(
    _ tree: FractionTree<Value.E.Base>, z: [Value.E], p: Value, q: Value, omega: Value, alpha: Value.E, beta: Value.E
  ) -> [LinearClaim<Value>] {
    typealias E = Value.E
    let last = Equality.value(z, index: (1 << tree.depth) - 1)
    let powers = beta.powers(tree.width + 1)
    var numerators = E.zero
    var denominators = E.one - last
    var pTerms: [LinearClaim<Value>.Term] = []
    var qTerms: [LinearClaim<Value>.Term] = []
    for (lookup, offset) in zip(tree.lookups, tree.lookupOffsets) {
      let (prefix, own) = section(z, offset: offset, bits: lookup.bits)
      numerators += prefix * Equality.maskSum(own, lookup.selected)
      denominators += committedSum(
        lookup.components, identifier: tree.tables[lookup.table].identifier, selected: lookup.selected, prefix: prefix, own: own, alpha: alpha,
        powers: powers, &qTerms)
    }
    for (table, offset) in zip(tree.tables, tree.tableOffsets) {
      let (prefix, own) = section(z, offset: offset, bits: table.bits)
      if let multiplicity = table.multiplicity {
        for piece in Equality.masked(own, table.shape) {
          pTerms.append((multiplicity.matrix, multiplicity.tensor(piece, prefix)))
        }
      } else {
        numerators -= prefix * Equality.maskSum(own, table.shape)
      }
      if case .committed(let components, let extent) = table.rows {
        denominators += committedSum(
          components, identifier: table.identifier, selected: [extent], prefix: prefix, own: own, alpha: alpha, powers: powers, &qTerms)
      } else if case .numbered(let pieces, let extent) = table.rows {
        let (high, low) = (Array(own.dropLast(extent.bits)), Array(own.suffix(extent.bits)))
        let keys = keySum(low, count: extent.count)
        let mask = Equality.prefixSum(low, count: extent.count)
        for (number, components) in pieces.enumerated() {
          let weight = prefix * Equality.value(high, index: number)
          let zero = LookupExpression<E.Base>([])
          denominators += committedSum(
            [zero] + components, identifier: table.identifier, selected: [extent], prefix: weight, own: low, alpha: alpha, powers: powers, &qTerms)
          denominators -= weight * powers[1] * (keys + mask.scaled(by: E.Base(UInt64(number << extent.bits))))
        }
      } else {
        denominators += prefix * tableSum(table, own: own, alpha: alpha, powers: powers)
      }
    }
    return [
      LinearClaim(pTerms, Value(numerators) - p),
      LinearClaim(qTerms, Value(denominators) + omega * last - q),
    ]
  }

  /// The public part of Σ_i prefix·eq(own, i)·(α − φ(i) − 1) over selected i; the committed part, negated, is appended to `terms`.
  private static func committedSum<E: ChallengeField>(
    _ components: [LookupExpression<E.Base>], identifier: UInt64, selected: [Extent], prefix: E, own: [E], alpha: E, powers: [E],
    _ terms: inout [(matrix: String, tensor: Tensor<E>)]
  ) -> E {
    let mask = Equality.maskSum(own, selected)
    let pieces = Equality.masked(own, selected)
    var constant = alpha - E(identifier)
    for (component, power) in zip(components, powers.dropFirst()) {
      constant -= power.scaled(by: component.constant)
      for term in component.terms {
        let coefficient = prefix * power.scaled(by: term.coefficient)
        if term.view.variableCount == 0 {
          terms.append((term.view.matrix, term.view.tensor([], coefficient * mask)))
        } else {
          for piece in pieces { terms.append((term.view.matrix, term.view.tensor(piece, coefficient))) }
        }
      }
    }
    return prefix * mask * (constant - .one)
  }

  /// Σ_{i < count} eq(point, i)·i, over the dyadic pieces of the range.
  static func keySum<E: ChallengeField>(_ point: [E], count: Int) -> E {
    var total = E.zero
    for piece in Equality.range(point, from: 0, to: count) {
      // (Σ of the weights, Σ of weight·number) of the bits so far.
      var (sum, numbers) = (E.one, E.zero)
      for factor in piece {
        numbers = (numbers + numbers) * (factor.low + factor.high) + sum * factor.high
        sum *= factor.low + factor.high
      }
      total += numbers
    }
    return total
  }

  /// (eq of the section's prefix, the section's own point).
  static func section<E: ChallengeField>(_ z: [E], offset: Int, bits: Int) -> (E, [E]) {
    let prefix = z.count - bits
    return (Equality.value(Array(z.prefix(prefix)), index: offset >> bits), Array(z.suffix(bits)))
  }

  /// Σ_j eq(own, j)·(α − φ(row j) − 1) of a public table.
  private static func tableSum<E: ChallengeField>(_ table: LookupTable<E.Base>, own: [E], alpha: E, powers: [E]) -> E {
    let shifted = alpha - E(table.identifier) - .one
    switch table.rows {
    case .integers:
      // Σ_j eq(own, j) = 1 and Σ_j eq(own, j)·j = Σ_i own_i·2^(bits−1−i).
      var index = E.zero
      for coordinate in own { index = index + index + coordinate }
      return shifted - powers[1] * index
    case .explicit(let rows):
      let sums = rows.sums(weights: Equality.table(own))
      var sum = (sums.last ?? .zero) * shifted
      for (column, power) in zip(sums.dropLast(), powers.dropFirst()) { sum -= column * power }
      return sum
    case .committed, .numbered: return .zero
    }
  }
}

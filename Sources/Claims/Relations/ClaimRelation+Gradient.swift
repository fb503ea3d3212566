import Fields
import ProofSystem

/// The reduction of a `GradientConstraint` to linear claims.
extension ClaimRelation {
  /// With a random point ρ over the features and γ: A(i) = Σ_j eq(ρ, j)·X_j(i), R(i) = Σ_k γ^k·residual_k(i). The value v = Σ_i A(i)·R(i) is
  /// received and reduced by one product sumcheck over the rows to A and R at a point z; then
  ///
  /// - Σ_k γ^k·Σ_{j < d} eq(ρ, j)·(values_k(j) − penalties_k[j]) = factor·v,
  /// - A(z) and R(z) are linear claims, and
  /// - Σ_{i outside the rows} eq(z, i)·R(i) = 0: what the table has there is nobody's business, so the residuals must be zero.
  ///
  /// **Soundness**: (bits of the features + outputs)/|E| for ρ and γ, 2/|E| a round, bits of the rows/|E| for the zeros at z.
  @_specialize(where E == GoldilocksCubic, Channel == AffineChannel<GoldilocksCubic, VerifierTape<GoldilocksCubic, HashChain>, AllChecks>)
  @_specialize(where E == GoldilocksCubic, Channel == AffineChannel<GoldilocksCubic, LayoutTape<GoldilocksCubic>, AllChecks>)
  @_specialize(where E == GoldilocksCubic, Channel == AffineChannel<GoldilocksCubic, ReplayTape<GoldilocksCubic>, AllChecks>)
  func verify<Channel: ClaimChannel & ~Copyable>(
    _ gradient: GradientConstraint, _ channel: inout Channel
  ) throws(VerificationError) -> [LinearClaim<Channel.Value>] where Channel.E == E {
    let features = gradient.featureExtent
    let point = channel.challenges("gradient.point", count: features.bits)
    let gammas = channel.challenge("gradient.batch").powers(gradient.residuals.count)
    let value = try channel.receiveOne("gradient.value")
    let (rowPoint, claim) = try Sumcheck.verifyProduct(&channel, claim: value, rounds: gradient.rows.bits, label: "gradient.round")
    let factors = try channel.receive("gradient.factors", count: 2)
    let both = channel.product(factors[0], factors[1])
    try channel.assertZero("gradient.final", both - claim)
    // Coordinates.
    let weights = Equality.table(point)
    let pieces = Equality.masked(point, [features])
    var coordinates: [(matrix: String, tensor: Tensor<E>)] = []
    var constant = E.zero
    for ((view, own), gamma) in zip(zip(gradient.values, gradient.penalties), gammas) {
      for piece in pieces { coordinates.append((view.matrix, view.tensor(piece, gamma))) }
      for (expression, weight) in zip(own, weights) where !(expression.terms.isEmpty && expression.constant == 0) {
        let scale = -(gamma * weight)
        coordinates += terms(expression, [], mask: .one, scale)
        constant += scale.scaled(by: Base(signed: expression.constant))
      }
    }
    // A and R at z.
    let row = [TensorFactor.equality(rowPoint)]
    var folded: [(matrix: String, tensor: Tensor<E>)] = []
    var shift = E.zero
    for (expression, weight) in zip(gradient.features, weights) {
      folded += terms(expression, row, mask: .one, weight)
      shift += weight.scaled(by: Base(signed: expression.constant))
    }
    let residuals = zip(gradient.residuals, gammas).map { view, gamma in (matrix: view.matrix, tensor: view.tensor(row[0], gamma)) }
    var claims = [
      LinearClaim(coordinates, value * E(base: Base(signed: gradient.factor)) - constant), LinearClaim(folded, factors[0] - shift),
      LinearClaim(residuals, factors[1]),
    ]
    let outside = Equality.range(rowPoint, from: gradient.rows.count, to: 1 << gradient.rows.bits)
    if !outside.isEmpty {
      let zeros = zip(gradient.residuals, gammas).flatMap { view, gamma in outside.map { (matrix: view.matrix, tensor: view.tensor($0, gamma)) } }
      claims.append(LinearClaim(zeros, Channel.Value(.zero)))
    }
    return claims
  }
}

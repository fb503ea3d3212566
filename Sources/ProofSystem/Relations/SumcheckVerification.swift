import Fields

/// Sumcheck, variable 0 first; written once over the claim algebra.
///
/// A round polynomial of degree 2 is sent as (c0, c2) = (h(0), leading coefficient); the linear one follows from the claim.
/// - product form, Σ_x A(x)·B(x) = claim: c1 = claim − 2·c0 − c2.
/// - eq form, Σ_x eq(z, x)·f(x) = claim, eq factored out (Gruen 2024/108, section 3): round polynomial = eq(z_i, X)·t(X) with earlier
///   factors dropped, (1−z_i)·t(0) + z_i·t(1) = claim, c1 = (claim − c0)/z_i − c2. The last claim is f(r): no eq factor remains.
///
/// **Soundness**: 2/|E| a round. The caller checks the returned value at the returned point.
public enum Sumcheck {
  /// h(r) of the product-form round polynomial with h(0) + h(1) = claim.
  static func nextClaim<Value: ClaimValue>(_ claim: Value, _ c0: Value, _ c2: Value, at r: Value.E) -> Value {
    let c1 = claim - c0 - c0 - c2
    return c0 + (c1 + c2 * r) * r
  }

  /// Returns the point and the claim on A(point)·B(point).
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
  public static func verifyProduct<Channel: ClaimChannel & ~Copyable>(
    _ channel: inout Channel, claim: Channel.Value, rounds: Int, label: String
  ) throws(VerificationError) -> (point: [Channel.E], claim: Channel.Value) {
    var claim = claim
    var point: [Channel.E] = []
    for _ in 0..<rounds {
      let sent = try channel.receive(label, count: 2)
      let r = channel.challenge(label + ".r")
      claim = nextClaim(claim, sent[0], sent[1], at: r)
      point.append(r)
    }
    return (point, claim)
  }

  /// Several product sumchecks at once: round j is ONE message, (c0, c2) of each instance with more than j rounds, in order, and one
  /// common challenge (spec S3).
  public static func verifyLockstep<Channel: ClaimChannel & ~Copyable>(
    _ channel: inout Channel, claims: [Channel.Value], rounds: [Int], label: String
  ) throws(VerificationError) -> [(point: [Channel.E], claim: Channel.Value)] {
    var states = claims.map { (point: [Channel.E](), claim: $0) }
    for round in 0..<(rounds.max() ?? 0) {
      let active = rounds.indices.filter { rounds[$0] > round }
      let sent = try channel.receive(label, count: 2 * active.count)
      let r = channel.challenge(label + ".r")
      for (position, instance) in active.enumerated() {
        states[instance].claim = nextClaim(states[instance].claim, sent[2 * position], sent[2 * position + 1], at: r)
        states[instance].point.append(r)
      }
    }
    return states
  }

  /// Returns the point and the claim on f(point).
  public static func verifyEquality<Channel: ClaimChannel & ~Copyable>(
    _ channel: inout Channel, claim: Channel.Value, point z: [Channel.E], label: String
  ) throws(VerificationError) -> (point: [Channel.E], claim: Channel.Value) {
    var claim = claim
    var point: [Channel.E] = []
    for coordinate in z {
      guard let inverse = coordinate.inverse() else { throw .zeroCoordinate(CheckName(label)) }
      let sent = try channel.receive(label, count: 2)
      let c1 = (claim - sent[0]) * inverse - sent[1]
      let r = channel.challenge(label + ".r")
      claim = sent[0] + (c1 + sent[1] * r) * r
      point.append(r)
    }
    return (point, claim)
  }
}

import Fields
import ProofSystem

/// The reduction of a descent: all steps in one sumcheck over the step's bits, whose messages do not grow with the number of steps but by one
/// round for each doubling.
extension ClaimRelation {
  /// With a random point (r_t, r_b, r_j), γ and α, P(t, j) = eq(r_t, t)·Σ_b eq(r_b, b)·X_j(row), Q(t, b) = eq(r_t, t)·a_t·Σ_j eq(r_j, j)·X_j(row),
  /// W(t, j) = Σ_k γ^k·w_t[j, k], E(t, b) = Σ_k γ^k·(outputs_k(t, b) − target_k(row)), Z(t) and L(t) the γ-combinations of scores at r_b and of the
  /// linear part of the update at r_j, V(t) that of penalised weights:
  ///
  /// 0 = Σ_t { α·[Σ_j P·W − M(t)·Z(t)] + Σ_b Q·E + M(t)·L(t) + l(t)·V(t) }, M(t) = eq(r_t, t)·[t < T], l(t) = eq(r_t, t)·l_t.
  ///
  /// P and Q at a point are sums over the table's rows with public weights, so that one more sumcheck over the rows ends at table columns.
  ///
  /// **Soundness**: (variables of the point + outputs)/|E| for the point, γ and α; 2/|E| for each round and each of the three sums in lockstep.
  @_specialize(where E == GoldilocksCubic, Channel == AffineChannel<GoldilocksCubic, VerifierTape<GoldilocksCubic, HashChain>, AllChecks>)
  @_specialize(where E == GoldilocksCubic, Channel == AffineChannel<GoldilocksCubic, LayoutTape<GoldilocksCubic>, AllChecks>)
  @_specialize(where E == GoldilocksCubic, Channel == AffineChannel<GoldilocksCubic, ReplayTape<GoldilocksCubic>, AllChecks>)
  func verify<Channel: ClaimChannel & ~Copyable>(
    _ descent: DescentConstraint, _ channel: inout Channel
  ) throws(VerificationError) -> [LinearClaim<Channel.Value>] where Channel.E == E {
    let point = DescentPoint<E>(descent, channel.challenges("descent.point", count: descent.steps.bits + descent.batchBits + descent.featureBits))
    let batching = channel.challenges("descent.batch", count: 2)
    let (gammas, alpha) = (batching[0].powers(descent.scores.count), batching[1])
    let (stepPoint, sum) = try Sumcheck.verifyProduct(
      &channel, claim: Channel.Value(.zero), rounds: descent.steps.bits, label: "descent.steps")
    let mask = channel.publicValue("descent.mask") { point.stepSum(at: stepPoint, descent) { _ in 1 } }
    let penalty = channel.publicValue("descent.penalty") { point.stepSum(at: stepPoint, descent) { descent.penaltyCoefficients[$0] } }
    let parts = try channel.receive("descent.parts", count: 4)
    let (scored, scores, linear, penalised) = (parts[0], parts[1], parts[2], parts[3])
    let rest = sum - (scored - scores * mask) * alpha - linear * mask - penalised * penalty
    let inner = try Sumcheck.verifyLockstep(
      &channel, claims: [scored, rest], rounds: [descent.featureBits, descent.batchBits], label: "descent.inner")
    let (featurePoint, batchPoint) = (inner[0].point, inner[1].point)
    let factors = try channel.receive("descent.factors", count: 5)
    let scoreProduct = channel.product(factors[0], factors[1])
    try channel.assertZero("descent.scores", scoreProduct - inner[0].claim)
    let gradientProduct = channel.product(factors[2], factors[3])
    try channel.assertZero("descent.gradients", gradientProduct - inner[1].claim)
    let rows = try Sumcheck.verifyLockstep(
      &channel, claims: [factors[0], factors[2], factors[4]], rounds: [Int](repeating: descent.rows.bits, count: 3), label: "descent.rows")
    let rowPoint = rows[0].point
    let gathers = [
      channel.publicValue("descent.gather") { point.gather(descent, stepPoint, point.batch, rowPoint, .score) },
      channel.publicValue("descent.gather") { point.gather(descent, stepPoint, batchPoint, rowPoint, .gradient) },
      channel.publicValue("descent.gather") { point.gather(descent, stepPoint, batchPoint, rowPoint, .target) },
    ]
    let row = [TensorFactor.equality(rowPoint)]
    let featureWeights = [Equality.table(featurePoint), Equality.table(point.feature)]
    return [
      combination(descent.scores, gammas, [TensorFactor.equality(stepPoint + point.batch)], scores),
      combination(descent.outputs, gammas, [TensorFactor.equality(stepPoint + batchPoint)], factors[3] + factors[4]),
      LinearClaim(
        DescentWeights(descent, gammas, stepPoint, .point(featurePoint)).terms(offset: 0, .one), factors[1]),
      linearPart(descent, gammas, stepPoint, point.feature, linear),
      penaltyPart(descent, gammas, stepPoint, point.feature, penalised),
      combination(descent.features, featureWeights[0], row, rows[0].claim, scale: gathers[0]),
      combination(descent.features, featureWeights[1], row, rows[1].claim, scale: gathers[1]),
      combination(descent.targets, gammas, row, rows[2].claim, scale: gathers[2]),
    ]
  }

  /// scale·Σ weight·expression at a point = value; the weights of a point sum to 1, padding included.
  private func combination<Value: ClaimValue>(
    _ list: [ColumnExpression], _ weights: [E], _ pieces: [[TensorFactor<E>]], _ value: Value, scale: E = .one
  ) -> LinearClaim<Value> where Value.E == E {
    var constant = E.zero
    var out: [(matrix: String, tensor: Tensor<E>)] = []
    for (expression, weight) in zip(list, weights) {
      let own = weight * scale
      out += terms(expression, pieces, mask: .one, own)
      constant += own.scaled(by: Base(signed: expression.constant))
    }
    return LinearClaim(out, value - constant)
  }

  /// Σ_k γ^k·[2^R·w_(t+1) − (2^R + A)·w_t + A·w_(t−1) + remainder − 2^(R−1)] at (t*, r_j).
  private func linearPart<Value: ClaimValue>(
    _ descent: DescentConstraint, _ gammas: [E], _ stepPoint: [E], _ feature: [E], _ value: Value
  ) -> LinearClaim<Value> where Value.E == E {
    let scale = Base(signed: Int64(1) << Int64(descent.updateBits))
    let momentum = Base(signed: descent.momentum)
    let weights = DescentWeights(descent, gammas, stepPoint, .point(feature))
    var out = weights.terms(offset: 1, E(base: scale))
    out += weights.terms(offset: 0, E(base: -(scale + momentum)))
    if descent.momentum != 0 { out += weights.terms(offset: -1, E(base: momentum)) }
    var total = E.zero
    for (view, gamma) in zip(descent.remainders, gammas) {
      out.append((view.matrix, view.equality(stepPoint + feature, gamma)))
      total += gamma
    }
    return LinearClaim(out, value + total.scaled(by: Base(signed: Int64(1) << Int64(descent.updateBits - 1))))
  }

  /// Σ_k γ^k·w_t at (t*, r_j), less the feature that has no penalty.
  private func penaltyPart<Value: ClaimValue>(
    _ descent: DescentConstraint, _ gammas: [E], _ stepPoint: [E], _ feature: [E], _ value: Value
  ) -> LinearClaim<Value> where Value.E == E {
    var out = DescentWeights(descent, gammas, stepPoint, .point(feature)).terms(offset: 0, .one)
    if let free = descent.unpenalised {
      let weight = Equality.value(feature, index: free)
      out += DescentWeights(descent, gammas, stepPoint, .fixed(free)).terms(offset: 0, -weight)
    }
    return LinearClaim(out, value)
  }
}

/// The random point of one descent.
public struct DescentPoint<E: ChallengeField>: Sendable {
  public let step: [E]
  public let batch: [E]
  public let feature: [E]

  public init(_ descent: DescentConstraint, _ point: [E]) {
    step = Array(point.prefix(descent.steps.bits))
    batch = Array(point.dropFirst(descent.steps.bits).prefix(descent.batchBits))
    feature = Array(point.dropFirst(descent.steps.bits + descent.batchBits))
  }

  /// Which weights of places a gather has.
  public enum Gather: Sendable {
    /// eq(r_t, t).
    case score
    /// eq(r_t, t)·a_t.
    case gradient
    /// 1.
    case target
  }

  /// Weight of every step: `eq(z, t)` times what the gather says, or 0 beyond the steps.
  @_specialize(where E == GoldilocksCubic)
  public func stepWeights(_ descent: DescentConstraint, at z: [E], _ kind: Gather) -> [E] {
    var out = Equality.table(z)
    let own = Equality.table(step)
    for t in out.indices {
      guard t < descent.steps.count else {
        out[t] = .zero
        continue
      }
      switch kind {
      case .score: out[t] *= own[t]
      case .gradient: out[t] = (out[t] * own[t]).scaled(by: E.Base(signed: descent.gradientCoefficients[t]))
      case .target: break
      }
    }
    return out
  }

  /// Σ_{t < T} eq(r_t, t)·eq(z, t)·coefficient_t.
  @_specialize(where E == GoldilocksCubic)
  func stepSum(at z: [E], _ descent: DescentConstraint, _ coefficient: (Int) -> Int64) -> E {
    var sum = E.zero
    for (t, weight) in stepWeights(descent, at: z, .score).enumerated() where t < descent.steps.count {
      sum += weight.scaled(by: E.Base(signed: coefficient(t)))
    }
    return sum
  }

  /// Σ over places with a row: (weight of the step at `steps`)·eq(places, b)·eq(rows, row).
  @_specialize(where E == GoldilocksCubic)
  func gather(_ descent: DescentConstraint, _ steps: [E], _ places: [E], _ rows: [E], _ kind: Gather) -> E {
    let weights = stepWeights(descent, at: steps, kind)
    let (batch, row) = (Equality.table(places), Equality.table(rows))
    var sum = E.zero
    for t in 0..<descent.steps.count {
      var own = E.zero
      for b in batch.indices {
        let index = Int(descent.batches[t << descent.batchBits + b])
        if index >= 0 { own += batch[b] * row[index] }
      }
      sum += weights[t] * own
    }
    return sum
  }
}

/// Linear claims on Σ_k γ^k·w_(t + offset)[j, k] at (t*, j*): committed is w_(t+1), so earlier ones are the column shifted along t.
struct DescentWeights<E: ChallengeField> {
  enum Feature {
    case point([E])
    case fixed(Int)
  }
  private let descent: DescentConstraint
  private let gammas: [E]
  private let step: [E]
  private let feature: Feature

  init(_ descent: DescentConstraint, _ gammas: [E], _ step: [E], _ feature: Feature) {
    self.descent = descent
    self.gammas = gammas
    self.step = step
    self.feature = feature
  }

  private var factors: [TensorFactor<E>] {
    switch feature {
    case .point(let point): TensorFactor.equality(point)
    case .fixed(let index): TensorFactor.fixing(index, bits: descent.featureBits)
    }
  }

  /// `offset` 1, 0 or −1.
  func terms(offset: Int, _ coefficient: E) -> [(matrix: String, tensor: Tensor<E>)] {
    let pieces: [[TensorFactor<E>]]
    switch offset {
    case 1: pieces = [TensorFactor.equality(step)]
    case 0: pieces = Self.predecessor(step)
    default:
      // c + 2 = t: the bits above the last are one apart, the last one agrees.
      pieces = step.isEmpty ? [] : Self.predecessor(Array(step.dropLast())).map { $0 + TensorFactor.equality([step[step.count - 1]]) }
    }
    var out: [(matrix: String, tensor: Tensor<E>)] = []
    for (view, gamma) in zip(descent.weights, gammas) {
      for piece in pieces { out.append((view.matrix, view.tensor(piece + factors, gamma * coefficient))) }
    }
    switch offset {
    case 0: out += start(descent.initial, coefficient * Equality.value(step, index: 0))
    case -1:
      out += start(descent.previous, coefficient * Equality.value(step, index: 0))
      if !step.isEmpty { out += start(descent.initial, coefficient * Equality.value(step, index: 1)) }
    default: break
    }
    return out
  }

  /// Columns of weights before the first step, on the logical features.
  private func start(_ views: [View], _ coefficient: E) -> [(matrix: String, tensor: Tensor<E>)] {
    let pieces: [[TensorFactor<E>]]
    switch feature {
    case .point(let point): pieces = Equality.masked(point, [Extent(bits: descent.featureBits, count: descent.features.count)])
    case .fixed: pieces = [factors]
    }
    return zip(views, gammas).flatMap { view, gamma in pieces.map { (view.matrix, view.tensor($0, gamma * coefficient)) } }
  }

  /// Tensors that sum to eq(z, c + 1) for c < 2^bits − 1 and to 0 at the last c: with k the bit of c that turns from 0 to 1, bits above k agree
  /// and those below turn from 1 to 0.
  static func predecessor(_ point: [E]) -> [[TensorFactor<E>]] {
    point.indices.map { k in
      point.enumerated().map { position, r in
        if position < k { return .pair(.one - r, r) }
        return position == k ? .pair(r, .zero) : .pair(.zero, .one - r)
      }
    }
  }
}

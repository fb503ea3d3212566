import Fields

/// Steps 2–5 of the transcript (design 2, 2.2.3), generic over the claim algebra: the same text lays out the pads, replays the prover's
/// own messages, and verifies.
public struct Front<E: ChallengeField>: Sendable {
  /// Per shape: the row point r, W' on m variables, and a = ⟨W', g⟩.
  public struct Residual: Sendable {
    public let point: [E]
    public let weights: [Tensor<E>]
    public let value: E
  }
  public let residuals: [Residual]
  public let epsilon: E
  /// Most claims batched at once.
  public let claimCount: Int
}

/// A claim restricted to the matrices of one shape.
public struct ShapeClaim<Value: ClaimValue>: Sendable {
  public let terms: [LinearClaim<Value>.Term]
  public let value: Value
  public init(terms: [LinearClaim<Value>.Term], value: Value) {
    self.terms = terms
    self.value = value
  }
}

extension Front {
  /// PIOP, split, sacrifice, row folding, shield. Every check goes through `assertZero` or `reveal`.
  public static func run<Channel: ClaimChannel & ~Copyable>(
    _ channel: inout Channel, relation: any Relation<E>, shapes: [CodeShape], stacks: [RowStack], groups: (borrowing Channel) -> Int,
    sacrifice: (inout Channel) throws(VerificationError) -> Void
  ) throws(VerificationError) -> Front where Channel.E == E {
    let claims = try relation.verify(&channel)
    let perShape = try split(&channel, claims, shapes: shapes, stacks: stacks)
    let end = try finish(&channel, perShape, stacks: stacks, groups: groups, sacrifice: sacrifice)
    var residuals: [Residual] = []
    for ((point, value), (claims, stack)) in zip(zip(end.points, end.values), zip(perShape, stacks)) {
      let weights = bind(batchWeight(claims, stack: stack, lambda: end.lambda), to: point)
      residuals.append(Residual(point: point, weights: weights, value: value))
    }
    return Front(residuals: residuals, epsilon: end.epsilon, claimCount: perShape.map(\.count).max() ?? 0)
  }

  /// What follows the split, without the weights.
  static func finish<Channel: ClaimChannel & ~Copyable>(
    _ channel: inout Channel, _ perShape: [[ShapeClaim<Channel.Value>]], stacks: [RowStack], groups: (borrowing Channel) -> Int,
    sacrifice: (inout Channel) throws(VerificationError) -> Void
  ) throws(VerificationError) -> (lambda: E, points: [[E]], epsilon: E, values: [E]) where Channel.E == E {
    if groups(channel) > 0 { try sacrifice(&channel) }
    let (lambda, folded) = try foldRows(&channel, perShape, stacks: stacks)
    let mu = try channel.receive("shield.mu", count: stacks.count)
    let epsilon = channel.challenge("shield.epsilon")
    let values = try channel.reveal("shield.a", zip(mu, folded).map { ("shield", $0 + $1.claim * epsilon) })
    return (lambda, folded.map(\.point), epsilon, values)
  }

  /// The terms bound at a point, those with equal factors left as one.
  @_specialize(where E == GoldilocksCubic)
  private static func bind(_ terms: [Tensor<E>], to point: [E]) -> [Tensor<E>] {
    var out: [Tensor<E>] = []
    var places: [[TensorFactor<E>]: Int] = [:]
    for term in terms {
      let bound = term.bound(to: point)
      if let place = places[bound.factors] {
        out[place].coefficient += bound.coefficient
      } else {
        places[bound.factors] = out.count
        out.append(bound)
      }
    }
    return out
  }

  /// The zero-knowledge reading.
  public static func run<Tape: MessageTape & ~Copyable, Policy: CheckPolicy>(
    _ channel: inout AffineChannel<E, Tape, Policy>, relation: any Relation<E>, shapes: [CodeShape], stacks: [RowStack]
  ) throws(VerificationError) -> Front where Tape.E == E {
    try run(
      &channel, relation: relation, shapes: shapes, stacks: stacks, groups: { $0.products.count },
      sacrifice: { (channel: inout AffineChannel<E, Tape, Policy>) throws(VerificationError) in try sacrificeProducts(&channel) })
  }

  /// What follows the split in the zero-knowledge reading, for whoever needs the checks alone.
  public static func finish<Tape: MessageTape & ~Copyable, Policy: CheckPolicy>(
    _ channel: inout AffineChannel<E, Tape, Policy>, _ perShape: [[ShapeClaim<Affine<E>>]], stacks: [RowStack]
  ) throws(VerificationError) where Tape.E == E {
    _ = try finish(
      &channel, perShape, stacks: stacks, groups: { $0.products.count },
      sacrifice: { (channel: inout AffineChannel<E, Tape, Policy>) throws(VerificationError) in try sacrificeProducts(&channel) })
  }

  /// A claim over several shapes: all partial values but the last shape's arrive padded; the last follows (spec P4).
  public static func split<Channel: ClaimChannel & ~Copyable>(
    _ channel: inout Channel, _ claims: [LinearClaim<Channel.Value>], shapes: [CodeShape], stacks: [RowStack]
  ) throws(VerificationError) -> [[ShapeClaim<Channel.Value>]] where Channel.E == E {
    var out: [[ShapeClaim<Channel.Value>]] = shapes.map { _ in [] }
    for claim in claims {
      let parts = stacks.map { stack in claim.terms.filter { stack.member($0.matrix) != nil } }
      // A term on a matrix of no shape would drop out of every part.
      guard parts.reduce(0, { $0 + $1.count }) == claim.terms.count else { throw .statementMismatch("claim matrix") }
      let used = parts.indices.filter { !parts[$0].isEmpty }
      guard let last = used.last else {
        try channel.assertZero("claim.empty", claim.value)
        continue
      }
      let values = used.count > 1 ? try channel.receive("split", count: used.count - 1) : []
      var rest = claim.value
      for (index, value) in zip(used, values) {
        out[index].append(ShapeClaim(terms: parts[index], value: value))
        rest = rest - value
      }
      out[last].append(ShapeClaim(terms: parts[last], value: rest))
    }
    return out
  }

  /// One λ, then the row rounds of all shapes in lockstep.
  static func foldRows<Channel: ClaimChannel & ~Copyable>(
    _ channel: inout Channel, _ perShape: [[ShapeClaim<Channel.Value>]], stacks: [RowStack]
  ) throws(VerificationError) -> (lambda: E, folded: [(point: [E], claim: Channel.Value)]) where Channel.E == E {
    let lambda = channel.challenge("rows.batch")
    var sums: [Channel.Value] = []
    for claims in perShape {
      var sum = Channel.Value(.zero)
      var run = E.one
      for claim in claims {
        sum = sum + claim.value * run
        run *= lambda
      }
      sums.append(sum)
    }
    return (lambda, try Sumcheck.verifyLockstep(&channel, claims: sums, rounds: stacks.map(\.bits), label: "rows.round"))
  }

  /// Terms of Σ_j λ^j w_j on the row stack of one shape.
  @_specialize(where E == GoldilocksCubic, Value == Affine<GoldilocksCubic>)
  public static func batchWeight<Value: ClaimValue>(_ claims: [ShapeClaim<Value>], stack: RowStack, lambda: E) -> [Tensor<E>]
  where Value.E == E {
    var out: [Tensor<E>] = []
    var run = E.one
    for claim in claims {
      for term in claim.terms { out.append(stack.lift(term.matrix, term.tensor).scaled(by: run)) }
      run *= lambda
    }
    return out
  }

  /// ρ; σ = ρ·P_a − f, τ = P_b − g in clear; THREE linear checks per product group (design 2, 2.2.3 step 3).
  static func sacrificeProducts<Tape: MessageTape & ~Copyable, Policy: CheckPolicy>(
    _ channel: inout AffineChannel<E, Tape, Policy>
  ) throws(VerificationError) where Tape.E == E {
    let rho = channel.challenge("sacrifice.rho")
    let products = channel.products
    var forms: [(check: CheckName, form: Affine<E>)] = []
    for (group, (a, b)) in products.enumerated() {
      forms.append(("sacrifice.sigma", Affine(.zero, pad: .pad(a)) * rho - Affine(.zero, pad: .product(group, .f))))
      forms.append(("sacrifice.tau", Affine(.zero, pad: .pad(b)) - Affine(.zero, pad: .product(group, .g))))
    }
    let opened = try channel.reveal("sacrifice.open", forms)
    for group in products.indices {
      let sigma = opened[2 * group]
      let tau = opened[2 * group + 1]
      let form =
        Affine(.zero, pad: .product(group, .ab)) * rho - Affine(.zero, pad: .product(group, .h))
        - Affine(.zero, pad: .product(group, .g)) * sigma - Affine(.zero, pad: .product(group, .f)) * tau - sigma * tau
      try channel.assertZero("sacrifice.product", form)
    }
  }

  /// The symbolic run: pad layout and the most claims batched at once.
  static func padLayout(relation: any Relation<E>, shapes: [CodeShape], stacks: [RowStack]) throws(VerificationError) -> (PadLayout, Int) {
    var channel = AffineChannel(tape: LayoutTape<E>(), policy: AllChecks.self)
    let claims = try relation.verify(&channel)
    let perShape = try split(&channel, claims, shapes: shapes, stacks: stacks)
    try finish(&channel, perShape, stacks: stacks)
    let layout = PadLayout(
      count: channel.padCount, secrets: channel.secrets, products: channel.products, checkCount: channel.checks.count)
    return (layout, perShape.map(\.count).max() ?? 0)
  }
}

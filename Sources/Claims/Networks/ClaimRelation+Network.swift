import Fields
import Programs
import ProofSystem

/// The reduction of a network: one linear claim on all nodes, from the results back to committed cells.
extension ClaimRelation {
  /// Σ_e γ^e·equation_e at a random point is Σ_n ⟨ω_n, node_n⟩ = 0. From the last node to the first: a linear node passes its weight to its
  /// operands; for a product Y with weight c·eq(r, ·) the value v = Y~(r) is received and leaves the claim, a product sumcheck reduces it to
  /// values of the operands, and these enter the claim again with fresh random factors. A product with any other weight has first a sumcheck
  /// of ⟨ω, Y⟩ to Y~(r). At the end all weights lie on committed columns: tensors on hidden tensors, and one sumcheck for the rest.
  ///
  /// **Soundness**: (variables of the point + equations)/|E| for point and γ, 1/|E| for each pair of fresh factors, 2/|E| a round.
  @_specialize(where E == GoldilocksCubic, Channel == AffineChannel<GoldilocksCubic, VerifierTape<GoldilocksCubic, HashChain>, AllChecks>)
  @_specialize(where E == GoldilocksCubic, Channel == AffineChannel<GoldilocksCubic, LayoutTape<GoldilocksCubic>, AllChecks>)
  @_specialize(where E == GoldilocksCubic, Channel == AffineChannel<GoldilocksCubic, ReplayTape<GoldilocksCubic>, AllChecks>)
  func verify<Channel: ClaimChannel & ~Copyable>(
    _ network: NetworkConstraint, _ channel: inout Channel
  ) throws(VerificationError) -> [LinearClaim<Channel.Value>] where Channel.E == E {
    let point = channel.challenges("network.point", count: network.pointBits)
    var weights = NetworkWeights<E>(network, point: point, gamma: channel.challenge("network.batch"))
    var value = Channel.Value(.zero)
    for node in network.graph.nodes.indices.reversed() {
      guard case .product(let left, let right, _) = network.graph.nodes[node].kind else {
        weights.pass(node)
        continue
      }
      guard weights.isUsed(node) else { continue }
      let received: Channel.Value
      let points: [[E]]
      if let single = weights.single(node) {
        received = try channel.receiveOne("network.value")
        value = value - received * single.coefficient
        points = single.points
      } else {
        let sum = try channel.receiveOne("network.sum")
        value = value - sum
        let bits = network.graph.dimensions(node).map { log2Ceiling($0) }
        let (own, claim) = try Sumcheck.verifyProduct(&channel, claim: sum, rounds: bits.reduce(0, +), label: "network.dense")
        points = Self.split(own, bits)
        let weight = channel.publicValue("network.weight") {
          weights.settle()
          return weights.value(node, at: points)
        }
        received = try channel.receiveOne("network.value")
        try channel.assertZero("network.dense", received * weight - claim)
      }
      weights.finish(node)
      let reduction = NetworkReduction(network, node)
      let ends = try reduction.verify(&channel, claim: received, points: points)
      let factors = channel.challenges("network.factors", count: 2)
      value = value + ends.left * factors[0] + ends.right * factors[1]
      let own = reduction.weights(points, ends.batch, ends.inner)
      weights.add(own.left.scaled(by: factors[0]), to: left)
      weights.add(own.right.scaled(by: factors[1]), to: right)
    }
    let known = channel.publicValue("network.known") {
      weights.settle()
      return weights.known
    }
    value = value - known
    let stack = weights.stack
    let cells = try channel.receiveOne("network.cells")
    let (end, claim) = try Sumcheck.verifyProduct(&channel, claim: cells, rounds: stack.bits, label: "network.stack")
    let weight = channel.publicValue("network.weight") {
      weights.settle()
      return weights.value(stack, at: end)
    }
    let opened = try channel.receiveOne("network.opening")
    try channel.assertZero("network.stack", opened * weight - claim)
    return [LinearClaim(weights.terms, value - cells), LinearClaim(stack.terms(end), opened)]
  }

  /// Consecutive parts of these lengths.
  static func split(_ point: [E], _ bits: [Int]) -> [[E]] {
    var start = 0
    return bits.map { count in
      defer { start += count }
      return Array(point[start..<(start + count)])
    }
  }
}

extension StructuredWeight {
  /// factor times the weight.
  public func scaled(by factor: E) -> StructuredWeight { StructuredWeight(coefficient * factor, dimensions) }
}

/// How one product is reduced to its operands.
///
/// With Y at (points): matrices whose right operand is the same for every b and copy: v = Σ_k X~(r_b, r_i, k)·W~(k, r_j); likewise with left
/// and right exchanged; else Σ_b eq(r_b, b)·Σ_k X~(b, r_i, k)·W~(b, k, r_j), the sum over copies and batch first, in eq form. Convolutions:
/// v = Σ_{g,c,k} W_r(g, c, k)·X_r(g, c, k), W_r = Σ_o eq(r_g, g)·eq(r_o, o)·w[g, o, c, k], X_r = Σ_{b,p} eq(r_b, b)·eq(r_p, p)·x[b, g, c, p·s + k·d − pad].
package struct NetworkReduction {
  /// Which operands differ along copies and batch.
  package enum Strategy {
    case rightConstant, leftConstant, both, convolution
  }
  package let network: NetworkConstraint
  package let node: Int
  package let left: Int
  package let right: Int
  package let product: NetworkGraph.Product

  package init(_ network: NetworkConstraint, _ node: Int) {
    self.network = network
    self.node = node
    guard case .product(let left, let right, let product) = network.graph.nodes[node].kind else { preconditionFailure("no product") }
    self.left = left
    self.right = right
    self.product = product
  }

  package var copies: Int { network.graph.nodes[node].copies }

  package var strategy: Strategy {
    guard case .matrices(let batch, _, _, _, let isLeftBatched, let isRightBatched) = product else { return .convolution }
    let leftVaries = network.graph.nodes[left].copies > 1 || (isLeftBatched && batch > 1)
    let rightVaries = network.graph.nodes[right].copies > 1 || (isRightBatched && batch > 1)
    if !rightVaries { return .rightConstant }
    return leftVaries ? .both : .leftConstant
  }

  /// Variables of the sum over copies and batch, and of the inner sum.
  package var innerDimensions: [Int] {
    switch product {
    case .matrices(_, _, let inner, _, _, _): [inner]
    case .convolution(let g): [g.groups, g.inputChannels / g.groups, g.kernel.reduce(1, *)]
    }
  }

  /// The claims on the operands, with the points of copies and batch and of the inner sum.
  func verify<Channel: ClaimChannel & ~Copyable>(
    _ channel: inout Channel, claim: Channel.Value, points: [[Channel.E]]
  ) throws(VerificationError) -> (left: Channel.Value, right: Channel.Value, batch: [[Channel.E]], inner: [[Channel.E]]) {
    var claim = claim
    var batch = Array(points.prefix(2))
    if strategy == .both {
      let (own, next) = try Sumcheck.verifyEquality(&channel, claim: claim, point: points[0] + points[1], label: "network.batch.round")
      batch = [Array(own.prefix(points[0].count)), Array(own.dropFirst(points[0].count))]
      claim = next
    }
    let bits = innerDimensions.map { log2Ceiling($0) }
    let (own, end) = try Sumcheck.verifyProduct(&channel, claim: claim, rounds: bits.reduce(0, +), label: "network.round")
    let factors = try channel.receive("network.operands", count: 2)
    try channel.assertZero("network.product", channel.product(factors[0], factors[1]) - end)
    var start = 0
    let inner = bits.map { count -> [Channel.E] in
      defer { start += count }
      return Array(own[start..<(start + count)])
    }
    return (factors[0], factors[1], batch, inner)
  }

  /// Weights of the two operands at the end of the reduction.
  package func weights<E: ChallengeField>(
    _ points: [[E]], _ batch: [[E]], _ inner: [[E]]
  ) -> (left: StructuredWeight<E>, right: StructuredWeight<E>) {
    switch product {
    case .matrices(let count, let rows, let width, let columns, let isLeftBatched, let isRightBatched):
      func operand(_ number: Int, isLeft: Bool, isBatched: Bool, _ rest: [WeightDimension<E>]) -> StructuredWeight<E> {
        var out = StructuredWeight<E>(.one, [])
        // A dimension that the operand lacks sums to the mask of the result's; constant operands come out of the sum over b as they are.
        for (own, (size, has)) in zip(batch, [(copies, network.graph.nodes[number].copies == copies), (count, isBatched || count == 1)]) {
          if has { out.dimensions.append(.equality(own, count: size)) } else { out.coefficient *= mask(isLeft: isLeft, own, size) }
        }
        out.dimensions += rest
        return out
      }
      return (
        operand(left, isLeft: true, isBatched: isLeftBatched, [.equality(points[2], count: rows), .equality(inner[0], count: width)]),
        operand(right, isLeft: false, isBatched: isRightBatched, [.equality(inner[0], count: width), .equality(points[3], count: columns)])
      )
    case .convolution(let g):
      let channels = WeightDimension<E>.equality(inner[1], count: g.inputChannels / g.groups)
      let kernel = WeightDimension<E>.equality(inner[2], count: g.kernel.reduce(1, *))
      return (
        StructuredWeight(
          .one,
          [
            .equality(points[0], count: copies * g.batch), .equality(inner[0], count: g.groups), channels,
            .convolution(g, positions: points[3], kernel: inner[2]),
          ]),
        StructuredWeight(
          .one,
          [.product(points[1], inner[0], count: g.groups), .equality(points[2], count: g.outputChannels / g.groups), channels, kernel])
      )
    }
  }

  /// In a sum over b of products, each operand that lacks a dimension is repeated over its logical entries; an operand that is constant in all
  /// of them has left the sum with factor 1, the other operand carries the weights.
  private func mask<E: ChallengeField>(isLeft: Bool, _ point: [E], _ count: Int) -> E {
    switch strategy {
    case .rightConstant where !isLeft, .leftConstant where isLeft: .one
    default: Equality.prefixSum(point, count: count)
    }
  }
}

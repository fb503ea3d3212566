import Fields
import Hashing
import ProofSystem

extension R1CSRelation {
  @_specialize(where E == GoldilocksCubic, Channel == AffineChannel<GoldilocksCubic, VerifierTape<GoldilocksCubic, HashChain>, AllChecks>)
  @_specialize(where E == GoldilocksCubic, Channel == AffineChannel<GoldilocksCubic, LayoutTape<GoldilocksCubic>, AllChecks>)
  @_specialize(where E == GoldilocksCubic, Channel == AffineChannel<GoldilocksCubic, ReplayTape<GoldilocksCubic>, AllChecks>)
  public func verify<Channel: ClaimChannel & ~Copyable>(_ channel: inout Channel) throws(VerificationError) -> [LinearClaim<Channel.Value>]
  where Channel.E == E {
    var claims = [publicClaim(at: channel.challenges("r1cs.public", count: instanceBits + publicBits)) as LinearClaim<Channel.Value>]
    if !bindings.isEmpty {
      let rho = channel.challenge("r1cs.bind")
      claims += bindings.map { bindingClaim($0, rho) }
    }
    let tau = channel.challenges("r1cs.tau", count: instanceBits + constraintBits)
    let (rowPoint, rowClaim) = try Sumcheck.verifyEquality(&channel, claim: Channel.Value(.zero), point: tau, label: "r1cs.rows")
    let factors = try channel.receive("r1cs.factors", count: 3)
    let product = channel.product(factors[0], factors[1])
    try channel.assertZero("r1cs.product", product - factors[2] - rowClaim)
    let alpha = channel.challenge("r1cs.alpha")
    let combined = factors[0] + (factors[1] + factors[2] * alpha) * alpha
    let (columnPoint, final) = try Sumcheck.verifyProduct(&channel, claim: combined, rounds: wireBits, label: "r1cs.columns")
    let rows = Array(rowPoint.dropFirst(instanceBits))
    let matrix = channel.publicValue("r1cs.matrix") { circuit.evaluate(rows: rows, columns: columnPoint, alpha: alpha) }
    let weight = wires.tensor(TensorFactor.equality(Array(rowPoint.prefix(instanceBits)) + columnPoint), matrix)
    return claims + [LinearClaim([(wires.matrix, weight)], final)]
  }

  /// Σ_{i<k, j≤n} eq(point, (i, j))·z_{i,j} = Σ eq(point, (i, j))·(1, public values)_{i,j}.
  private func publicClaim<Value: ClaimValue>(at point: [E]) -> LinearClaim<Value> where Value.E == E {
    let shape = [Extent(bits: instanceBits, count: instanceCount), Extent(bits: publicBits, count: circuit.publicCount + 1)]
    let upper = [TensorFactor<E>](repeating: .zeroBit, count: wireBits - publicBits)
    let terms = Equality.masked(point, shape).map { piece in
      (matrix: wires.matrix, tensor: wires.tensor(Array(piece.prefix(instanceBits)) + upper + piece.dropFirst(instanceBits), E.one))
    }
    let wireWeights = Equality.table(Array(point.dropFirst(instanceBits)))
    var target = E.zero
    for (weight, values) in zip(Equality.table(Array(point.prefix(instanceBits))), publicValues) {
      var sum = wireWeights[0]
      for (own, value) in zip(wireWeights.dropFirst(), values) { sum += own.scaled(by: value) }
      target += weight * sum
    }
    return LinearClaim(terms, Value(target))
  }

  /// Σ_j ρ^j·z[cell j] − Σ_j ρ^j·v[offset + j] = 0.
  private func bindingClaim<Value: ClaimValue>(_ binding: R1CSBinding, _ rho: E) -> LinearClaim<Value> where Value.E == E {
    let own: [Tensor<E>]
    switch binding.cells {
    case .wires(let range, let instance):
      let prefix = TensorFactor<E>.fixing(instance, bits: instanceBits)
      own = PowerWeights.range(rho, bits: wireBits, from: range.lowerBound, to: range.upperBound).map { $0.prepending(prefix) }
    case .instances(let range, let wire):
      let suffix = TensorFactor<E>.fixing(wire, bits: wireBits)
      own = PowerWeights.range(rho, bits: instanceBits, from: range.lowerBound, to: range.upperBound).map {
        Tensor($0.coefficient, $0.factors + suffix)
      }
    }
    let slice = PowerWeights.range(rho, bits: binding.column.variableCount, from: binding.offset, to: binding.offset + binding.count)
    let terms =
      own.map { (matrix: wires.matrix, tensor: wires.tensor($0.factors, $0.coefficient)) }
      + slice.map { (matrix: binding.column.matrix, tensor: binding.column.tensor($0.factors, -$0.coefficient)) }
    return LinearClaim(terms, Value(.zero))
  }
}

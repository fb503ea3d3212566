import Fields
import Hashing
import Kernels
import ProofSystem
import Prover

extension LinearAuditRelation {
  private func masked(_ matrix: String, _ tensor: String, _ point: [E], _ shape: [Extent], _ coefficient: E) -> [(matrix: String, tensor: Tensor<E>)]
  {
    let view = (matrices.first { $0.name == matrix }?.layout ?? auxiliary).view(tensor)
    return Equality.masked(point, shape).map { (matrix, view.tensor($0, coefficient)) }
  }

  /// Requantised product at a random point, then the fraction tree.
  public func verify<Channel: ClaimChannel & ~Copyable>(_ channel: inout Channel) throws(VerificationError) -> [LinearClaim<Channel.Value>]
  where Channel.E == E {
    let q = parameters
    let r = channel.challenges("matmul.point", count: ln + lc)
    let value = try channel.receiveOne("requantise.value")
    let half = Equality.maskSum(r, [rows, outputs]) * E(UInt64(1) << UInt64(q.sigma - 1))
    guard let inverse = E(UInt64(q.mult)).inverse() else { throw .zeroCoordinate("matmul") }
    let (kappa, claim) = try Sumcheck.verifyProduct(&channel, claim: (value - half) * inverse, rounds: ld, label: "matmul.round")
    let factors = try channel.receive("matmul.values", count: 2)
    let product = channel.product(factors[0], factors[1])
    try channel.assertZero("matmul.final", product - claim)
    let scale = E(UInt64(1) << UInt64(q.sigma))
    return [
      LinearClaim(masked("aux", "h", r, [rows, outputs], scale) + masked("aux", "rem", r, [rows, outputs], .one), value),
      LinearClaim(masked("dataset", "X", Array(r[..<ln]) + kappa, [rows, features], .one), factors[0]),
      LinearClaim(masked("model", "W", kappa + Array(r[ln...]), [features, outputs], .one), factors[1]),
    ] + (try LogUp.verify(&channel, tree: tree))
  }

  public func prove<Chain: TranscriptChain>(_ channel: inout ProverChannel<E, Chain>, _ witness: WitnessReader<E>) throws(ProverError) {
    let r = channel.challenges("matmul.point", count: ln + lc)
    let h = witness.read(auxiliary.view("h"))
    let rem = witness.read(auxiliary.view("rem"))
    let x = witness.read(matrices[0].layout.view("X"))
    let w = witness.read(matrices[1].layout.view("W"))
    let rowWeights = Equality.table(Array(r[..<ln])).prefix(rows.count)
    let outputWeights = Equality.table(Array(r[ln...])).prefix(outputs.count)
    let scale = Base(UInt64(1) << UInt64(parameters.sigma))
    var value = E.zero
    var left = [E](repeating: .zero, count: 1 << ld)
    var right = left
    for (i, a) in rowWeights.enumerated() {
      for (j, b) in outputWeights.enumerated() { value += (a * b).scaled(by: h[i << lc + j] * scale + rem[i << lc + j]) }
      for k in 0..<features.count { left[k] += a.scaled(by: x[i << ld + k]) }
    }
    for (j, b) in outputWeights.enumerated() { for k in 0..<features.count { right[k] += b.scaled(by: w[k << lc + j]) } }
    channel.send("requantise.value", [value])
    let (_, a, b) = SumcheckProver.product(&channel, FieldBuffer(left), FieldBuffer(right), label: "matmul.round")
    channel.send("matmul.values", [a, b])
    try FractionTreeProver<E>.prove(&channel, tree: tree, witness: witness)
  }
}

import Fields
import Kernels
import ProofSystem
import Prover

/// A relation without zero-knowledge: its prover sends scalars in clear, its verifier reads them through the concrete channel.
public enum ClearRun {
  /// Proof bytes of the relation's own messages. `secrets` are the values of `channel.secret` in order.
  public static func prove<E: KernelField, Chain: TranscriptChain>(
    _ relation: any ProvableRelation<E>, _ witness: WitnessReader<E>, secrets: [E] = [], chain: Chain.Type
  ) throws(ProverError) -> [UInt8] {
    var channel = ProverChannel<E, Chain>(tape: ProverTape(), pads: secrets, isPadded: false)
    try relation.prove(&channel, witness)
    return channel.tape.finish()
  }

  /// The linear claims that the verifier is left with.
  public static func verify<Configuration: EngineConfiguration>(
    _ relation: any Relation<Configuration.E>, _ proof: [UInt8], _: Configuration.Type
  ) throws(VerificationError) -> [LinearClaim<Concrete<Configuration.E>>] {
    let tape = try VerifierTape<Configuration.E, Configuration.Chain>(proof: proof)
    var channel = ConcreteChannel(tape: tape, policy: Configuration.Policy.self)
    let claims = try relation.verify(&channel)
    try channel.tape.finish()
    return claims
  }

  /// Σ ⟨tensor, data⟩ of a claim, entry by entry: the dense reference.
  public static func value<E: KernelField>(_ terms: [LinearClaim<Concrete<E>>.Term], _ matrices: [String: MatrixData<E.Base>]) -> E {
    var total = E.zero
    for (name, tensor) in terms {
      guard let data = matrices[name] else { continue }
      for index in 0..<min(data.vector.count, 1 << tensor.factors.count) {
        total += DenseReference.entry(tensor, index).scaled(by: data.vector[index])
      }
    }
    return total
  }
}

/// Weights written out entry by entry.
public enum DenseReference {
  /// coefficient · Π_i factors[i][bit i of index], bit 0 the most significant.
  public static func entry<E>(_ tensor: Tensor<E>, _ index: Int) -> E {
    var value = tensor.coefficient
    let count = tensor.factors.count
    for (i, factor) in tensor.factors.enumerated() {
      let bit = (index >> (count - 1 - i)) & 1
      switch factor {
      case .zeroBit: value = bit == 0 ? value : .zero
      case .oneBit: value = bit == 1 ? value : .zero
      case .pair(let low, let high): value *= bit == 0 ? low : high
      }
    }
    return value
  }

  /// All entries of a weight on `variables` variables.
  public static func table<E>(_ weight: Weight<E>, variables: Int) -> [E] {
    switch weight {
    case .tensor(let tensor):
      return (0..<(1 << variables)).map { entry(tensor, $0) }
    case .dense(let prefix, let values, let own):
      return (0..<(1 << variables)).map { index in
        let place = index & ((1 << own) - 1)
        guard place < values.count else { return .zero }
        return entry(Tensor(values[place], prefix), index >> own)
      }
    }
  }

  /// Σ_b w(b)·v(b).
  public static func inner<E>(_ weights: [Weight<E>], _ vector: [E]) -> E {
    var total = E.zero
    for weight in weights {
      for (w, v) in zip(table(weight, variables: log2Ceiling(vector.count)), vector) { total += w * v }
    }
    return total
  }

  /// Binds variable 0 of a dense table.
  public static func fold<E: ChallengeField>(_ table: [E], by r: E) -> [E] {
    let half = table.count / 2
    return zip(table.prefix(half), table.suffix(half)).map { $0 + r * ($1 - $0) }
  }
}

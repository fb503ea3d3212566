import Claims
import Fields
import Kernels
import ProofSystem

extension ClaimRelation where E: KernelField {
  /// The prover of one group of row-wise products.
  func prove<Chain: TranscriptChain>(_ group: [HadamardConstraint], _ channel: inout ProverChannel<E, Chain>, _ witness: WitnessReader<E>) {
    let z = channel.challenges("hadamard.point", count: group.first?.bits ?? 0)
    let gamma = channel.challenge("hadamard.batch")
    let prover = HadamardProver<E>(group, powers: gamma.powers(group.count), witness: witness)
    channel.send("hadamard.factors", prover.prove(&channel, z: z, label: "hadamard.round"))
  }
}

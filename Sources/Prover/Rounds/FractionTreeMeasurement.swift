import Fields
import Hashing
import Kernels
import ProofSystem

/// Runs the fraction tree's prover alone, for benchmarks: nothing is committed and nothing is sent to anyone.
public enum FractionTreeMeasurement<E: KernelField> {
  public static func run(tree: FractionTree<E.Base>, witness: WitnessReader<E>) throws(ProverError) {
    var channel = ProverChannel<E, HashChain>(tape: ProverTape(), pads: [E(0x1234_5678_9ABC)], isPadded: false)
    try FractionTreeProver<E>.prove(&channel, tree: tree, witness: witness)
  }
}

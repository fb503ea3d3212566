import Fields
import Hashing
import Kernels
import Parallelism
import ProofSystem

/// The same commitment, relation, row folding and recursion WITHOUT zero-knowledge: no tails, salts, pads or masks. It exists to measure
/// what zero-knowledge costs; its output is not a proof that the verifier reads.
package enum PlainSession<E: KernelField> {
  /// Runs all steps over the auxiliary matrix alone (no artefacts) and returns the bytes sent.
  package static func run(
    relation: any ProvableRelation<E>, shape: CodeShape, levels: [LigeritoLevel], queryCount: Int, auxiliary: MatrixData<E.Base>
  ) throws(ProverError) -> Int {
    precondition(relation.matrices.isEmpty)
    let length = 1 << shape.log2RowLength
    let encoder = ReedSolomonEncoder<E>(log2RowLength: shape.log2RowLength, log2Length: shape.log2Length)
    let rowCount = auxiliary.layout.rowCount
    let stride = HidingMatrix<E>.stride(forWidth: rowCount)
    let rows = (0..<rowCount).map { UnsafePointer(auxiliary.vector.pointer + $0 * length) }
    let codeword = encoder.encode(rows: rows, tailCount: 0, stride: stride)
    let tree = HidingMatrix<E>.hash(codeword, width: rowCount, stride: stride, depth: shape.log2Length, saltSeed: nil)
    var tape = ProverTape<E, HashChain>()
    tape.messageDigest("aux.root", tree.root)
    var channel = ProverChannel(tape: tape, pads: [.one], isPadded: false)
    try relation.prove(&channel, WitnessReader(matrices: ["aux": auxiliary]))
    var reading = ConcreteChannel(tape: ReplayTape(events: channel.tape.events), policy: AllChecks.self)
    let claims: [LinearClaim<Concrete<E>>]
    do { claims = try relation.verify(&reading) } catch { preconditionFailure("the relation refuses its own prover: \(error)") }
    let stack = RowStack([(name: "aux", layout: auxiliary.layout)])
    let lambda = channel.challenge("rows.batch")
    let terms = Front<E>.batchWeight(claims.map { ShapeClaim(terms: $0.terms, value: $0.value) }, stack: stack, lambda: lambda)
    let folding = RowFolding<E>(length: length, stack: stack, terms: terms, rows: rows.enumerated().map { ($0, $1, $1 + length) })
    var point: [E] = []
    for _ in 0..<stack.bits {
      let (c0, c2) = folding.round()
      channel.send("rows.round", [c0, c2])
      let r = channel.challenge("rows.round.r")
      folding.bind(r)
      point.append(r)
    }
    let weights = folding.boundWeights()
    let vector = folding.foldedRow(point, dimension: length)
    let oracle = LevelOracle<E>(vector: vector, level: levels[0], present: Array(0..<(1 << levels[0].rowBits)))
    channel.tape.messageDigest("ligerito.root", oracle.tree.root)
    let leaves = Array(Set(channel.tape.indices("rows.query", count: queryCount, log2Range: shape.log2Length))).sorted()
    for position in leaves { channel.tape.hint(HidingMatrix<E>.columnBytes(codeword, position: position, width: rowCount, stride: stride)) }
    for digest in tree.multiproof(leaves) { channel.tape.hint(digest.bytes) }
    LigeritoProver<E>.open(&channel.tape, Production<E>.self, oracle: oracle, vector: vector, levels: levels) { lambda, dense in
      E.accumulate(dense.pointer, weights.pointer, coefficient: .one, count: length)
      encoder.accumulatePowers(
        dense.pointer, entries: length, positions: leaves, coefficients: Array(lambda.powers(leaves.count + 1).dropFirst()))
    }
    return channel.tape.finish().count
  }
}

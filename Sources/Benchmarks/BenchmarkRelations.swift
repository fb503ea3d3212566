import Fields
import Hashing
import Kernels
import ProofSystem
import Prover

/// One committed vector of 2^bits values, opened at one random point; in the auxiliary matrix, or in an artefact.
struct OpeningRelation<E: KernelField>: ProvableRelation {
  let bits: Int
  let matrices: [RelationMatrix]
  let auxiliary: MatrixLayout
  var lookupDegree: Int { 0 }
  var pointVariables: Int { bits }
  var uncommittedDegree: Int { 1 }
  var descriptor: CanonicalValue { .dictionary(["relation": "benchmark opening", "bits": .integer(UInt64(bits))]) }

  init(bits: Int, shape: CodeShape, persistent: Bool) {
    self.bits = bits
    let vector = [TensorLayout("v", [bits])]
    matrices =
      persistent
      ? [RelationMatrix(name: "a", shape: shape.name, layout: MatrixLayout(name: "a", log2RowLength: shape.log2RowLength, tensors: vector))] : []
    auxiliary = MatrixLayout(name: "aux", log2RowLength: shape.log2RowLength, tensors: persistent ? [TensorLayout("w", [2])] : vector)
  }

  private var view: View { matrices.first?.layout.view("v") ?? auxiliary.view("v") }

  func verify<Channel: ClaimChannel & ~Copyable>(_ channel: inout Channel) throws(VerificationError) -> [LinearClaim<Channel.Value>]
  where Channel.E == E {
    let point = channel.challenges("opening.point", count: bits)
    let value = try channel.receiveOne("opening.value")
    return [LinearClaim([(view.matrix, view.equality(point, E.one))], value)]
  }

  func prove<Chain: TranscriptChain>(_ channel: inout ProverChannel<E, Chain>, _ witness: WitnessReader<E>) throws(ProverError) {
    let point = channel.challenges("opening.point", count: bits)
    channel.send("opening.value", [EvaluationOracle.evaluate(witness.read(view), at: point)])
  }
}

/// 2^bits values, each looked up in the table of 2^tableBits integers.
struct LookupRelation<E: KernelField>: ProvableRelation {
  let tree: FractionTree<E.Base>
  let matrices: [RelationMatrix] = []
  let auxiliary: MatrixLayout
  let lookupCount: Int
  var lookupDegree: Int { tree.degree }
  var pointVariables: Int { tree.depth }
  var uncommittedDegree: Int { 1 }
  var descriptor: CanonicalValue { .dictionary(["relation": "benchmark lookups", "tree": tree.description]) }

  /// `values` columns of 2^bits committed values, of which the first `lookups` are looked up.
  init(bits: Int, values: Int, lookups: Int, tableBits: Int, shape: CodeShape) {
    auxiliary = MatrixLayout(
      name: "aux", log2RowLength: shape.log2RowLength,
      tensors: (0..<values).map { TensorLayout("v\($0)", [bits]) } + [TensorLayout("m", [tableBits])])
    let layout = auxiliary
    let extent = Extent(bits: bits, count: 1 << bits)
    tree = FractionTree(
      lookups: (0..<lookups).map { Lookup(name: "v\($0)", table: 0, components: [LookupExpression(layout.view("v\($0)"))], selected: [extent]) },
      tables: [LookupTable(name: "range", identifier: 1, rows: .integers(bits: tableBits), multiplicity: layout.view("m"))])
    lookupCount = lookups << bits
  }

  func verify<Channel: ClaimChannel & ~Copyable>(_ channel: inout Channel) throws(VerificationError) -> [LinearClaim<Channel.Value>]
  where Channel.E == E { try LogUp.verify(&channel, tree: tree) }

  func prove<Chain: TranscriptChain>(_ channel: inout ProverChannel<E, Chain>, _ witness: WitnessReader<E>) throws(ProverError) {
    try FractionTreeProver<E>.prove(&channel, tree: tree, witness: witness)
  }
}

import Fields
import Hashing
import Kernels
import ProofSystem
import Prover

/// The smallest relation with every ingredient: Σ_i a_i·b_i = c for a committed artefact a, a secret witness b, public c; optionally a
/// second artefact d of another shape with a_0 + d_0 = e, a claim over two shapes. The same as the specification's `example_inner`.
public struct InnerProductRelation<E: KernelField>: ProvableRelation {
  public let bits: Int
  public let total: E.Base
  public let second: (shape: String, log2RowLength: Int, value: E.Base)?
  public let matrices: [RelationMatrix]
  public let auxiliary: MatrixLayout
  public var lookupDegree: Int { 0 }
  public var pointVariables: Int { 0 }
  public var uncommittedDegree: Int { 2 }

  public init(
    bits: Int, log2RowLength: Int, shape: String, total: E.Base, second: (shape: String, log2RowLength: Int, value: E.Base)? = nil
  ) {
    self.bits = bits
    self.total = total
    self.second = second
    var matrices = [
      RelationMatrix(
        name: "a", shape: shape, layout: MatrixLayout(name: "a", log2RowLength: log2RowLength, tensors: [TensorLayout("values", [bits])]))
    ]
    if let second {
      let layout = MatrixLayout(name: "d", log2RowLength: second.log2RowLength, tensors: [TensorLayout("values", [bits])])
      matrices.append(RelationMatrix(name: "d", shape: second.shape, layout: layout))
    }
    self.matrices = matrices
    auxiliary = MatrixLayout(name: "aux", log2RowLength: log2RowLength, tensors: [TensorLayout("b", [bits])])
  }

  private static func number(_ element: E.Base) -> CanonicalValue {
    var bytes: [UInt8] = []
    element.appendBytes(to: &bytes)
    guard bytes.count == 8 else { return .bytes(bytes) }
    return .integer(bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) })
  }

  public var descriptor: CanonicalValue {
    .dictionary([
      "relation": .text("inner product"), "bits": .integer(UInt64(bits)), "total": Self.number(total),
      "second": .list(second.map { [.text($0.shape), Self.number($0.value)] } ?? []), "layouts": .list(matrices.map(\.layout.description)),
    ])
  }

  public func verify<Channel: ClaimChannel & ~Copyable>(_ channel: inout Channel) throws(VerificationError) -> [LinearClaim<Channel.Value>]
  where Channel.E == E {
    let (point, claim) = try Sumcheck.verifyProduct(&channel, claim: Channel.Value(E(base: total)), rounds: bits, label: "inner.round")
    let values = try channel.receive("inner.values", count: 2)
    let product = channel.product(values[0], values[1])
    try channel.assertZero("inner.final", product - claim)
    let a = matrices[0].layout.view("values")
    var claims = [
      LinearClaim([("a", a.equality(point, E.one))], values[0]),
      LinearClaim([("aux", auxiliary.view("b").equality(point, E.one))], values[1]),
    ]
    if let second {
      let d = matrices[1].layout.view("values").entry(0)
      claims.append(
        LinearClaim([("a", a.entry(0).tensor([], E.one)), ("d", d.tensor([], E.one))], Channel.Value(E(base: second.value))))
    }
    return claims
  }

  public func prove<Chain: TranscriptChain>(_ channel: inout ProverChannel<E, Chain>, _ witness: WitnessReader<E>) throws(ProverError) {
    func lifted(_ view: View) -> FieldBuffer<E> {
      let column = witness.read(view)
      return FieldBuffer((0..<column.count).map { E(base: column[$0]) })
    }
    let (_, x, y) = SumcheckProver.product(
      &channel, lifted(matrices[0].layout.view("values")), lifted(auxiliary.view("b")), label: "inner.round")
    channel.send("inner.values", [x, y])
  }
}

import Fields
import Hashing
import Kernels
import ProofSystem
import Prover

/// The inner-product relation with random data, as the specification's `inner_instance`.
public enum InnerInstances {
  /// Values of the two vectors and of the second artefact.
  public struct Data<Base: PrimeField>: Sendable {
    public var a: [Base]
    public var b: [Base]
    public var d: [Base]
    public init(bits: Int, seed: Int) {
      a = ToyRandom.elements(1 << bits, seed: 1000 + seed)
      b = ToyRandom.elements(1 << bits, seed: 2000 + seed)
      d = ToyRandom.elements(1 << bits, seed: 3000 + seed)
    }
    public var total: Base { zip(a, b).reduce(.zero) { $0 + $1.0 * $1.1 } }
  }

  /// - Parameters:
  ///   - bits: log2 of the vectors' length.
  ///   - m: log2 row length of the first shape; the codes have 2^(m + 3) points.
  ///   - secondM: row length of a second shape, with the claim a_0 + d_0 over both.
  ///   - excess: added to the true public total: a false statement when not zero.
  public static func make<E: ToyField>(
    _: E.Type, seed: Int, m: Int = 4, bits: Int = 5, secondM: Int? = nil, excess: E.Base = .zero, data: Data<E.Base>? = nil,
    openings: Int = 1, context: [UInt8] = []
  ) throws -> ToyInstance<E> {
    let profile = E.toyProfile
    let rowBits = min(m, secondM ?? m) - 1
    var shapes = [try ToyParts.shape("S", m: m, log2Length: m + 3, rowBits: rowBits, openings: openings, profile: profile)]
    if let secondM {
      shapes.append(try ToyParts.shape("T", m: secondM, log2Length: secondM + 3, rowBits: rowBits, openings: openings, profile: profile))
    }
    let data = data ?? Data(bits: bits, seed: seed)
    let relation = InnerProductRelation<E>(
      bits: bits, log2RowLength: m, shape: "S", total: data.total + excess,
      second: secondM.map { ("T", $0, (data.a.first ?? .zero) + (data.d.first ?? .zero)) })
    var secrets: [String: ArtefactSecret<E>] = [:]
    for matrix in relation.matrices {
      guard let shape = shapes.first(where: { $0.name == matrix.shape }) else { continue }
      secrets[matrix.name] = ArtefactSecret(
        kind: "tensor", format: .dictionary([:]), shape: shape,
        data: ToyParts.matrix(matrix.layout, ["values": matrix.name == "a" ? data.a : data.d]), seed: ToyRandom.seed(seed + 7))
    }
    let levels = try ToyParts.levels(shapes, rowBits: rowBits, finalBits: min(2, rowBits), profile: profile)
    let statement = try Statement<E>(
      profile: profile, shapes: shapes, primary: "S", levels: levels, relation: relation, artefacts: ToyParts.references(secrets),
      context: context)
    return ToyInstance(
      statement: statement, relation: relation, secrets: secrets, auxiliary: ToyParts.matrix(relation.auxiliary, ["b": data.b]))
  }
}

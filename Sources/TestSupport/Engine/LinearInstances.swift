import Fields
import Hashing
import Kernels
import ProofSystem
import Prover

/// The linear audit with random data, as the specification's `linear_instance`.
public enum LinearInstances {
  /// What to change before the reference interpreter runs, and what after it.
  public struct Tamper<E: ToyField>: Sendable {
    public var before: @Sendable (inout LinearWitness<E>) -> Void
    public var after: @Sendable (inout LinearWitness<E>) -> Void
    public init(
      before: @escaping @Sendable (inout LinearWitness<E>) -> Void = { _ in }, after: @escaping @Sendable (inout LinearWitness<E>) -> Void = { _ in }
    ) {
      self.before = before
      self.after = after
    }
  }

  public typealias Parameters = LinearAuditRelation<GoldilocksCubic>.Parameters

  /// - Parameters:
  ///   - parameters: sizes and formats; `minCorrect` is replaced by the true count less `slack`.
  ///   - twoShapes: the model in a shape of its own.
  ///   - skip: constraints left out on both sides.
  public static func make<E: ToyField>(
    _: E.Type, seed: Int, parameters: Parameters = Parameters(), twoShapes: Bool = false, slack: Int = 0, skip: [String] = [],
    tamper: Tamper<E> = Tamper(), rowLengthBits m: Int = 7, context: [UInt8] = []
  ) throws -> ToyInstance<E> {
    let profile = E.toyProfile
    let rowBits = twoShapes ? 4 : m - 1
    var shapes = [try ToyParts.shape("S", m: m, log2Length: m + 3, rowBits: rowBits, profile: profile)]
    if twoShapes { shapes.append(try ToyParts.shape("T", m: 5, log2Length: 8, rowBits: rowBits, profile: profile)) }
    let data = integers(seed: seed, parameters)
    func relation(minCorrect: Int) -> LinearAuditRelation<E> {
      LinearAuditRelation(
        parameters: parameters.converted(minCorrect: minCorrect), datasetShape: "S", modelShape: twoShapes ? "T" : "S",
        rowBits: ["S": m, "T": 5, "aux": m], skip: skip)
    }
    var witness = LinearWitness(relation(minCorrect: 0), x: data.x, labels: data.labels, w: data.w)
    witness.run()
    let counts = witness.confusion
    let final = relation(minCorrect: max(counts[0] + counts[3] - slack, 0))
    witness = LinearWitness(final, x: data.x, labels: data.labels, w: data.w)
    tamper.before(&witness)
    witness.run()
    tamper.after(&witness)
    return try assemble(witness, shapes: shapes, rowBits: rowBits, seed: seed, context: context)
  }

  /// The instance of a filled witness.
  public static func assemble<E: ToyField>(
    _ witness: LinearWitness<E>, shapes: [CodeShape], rowBits: Int, seed: Int, context: [UInt8] = []
  ) throws -> ToyInstance<E> {
    let relation = witness.relation
    let matrices = witness.matrices
    var secrets: [String: ArtefactSecret<E>] = [:]
    for matrix in relation.matrices {
      guard let shape = shapes.first(where: { $0.name == matrix.shape }), let data = matrices[matrix.name] else { continue }
      secrets[matrix.name] = ArtefactSecret(
        kind: matrix.name, format: relation.formats[matrix.name] ?? .dictionary([:]), shape: shape, data: data, seed: ToyRandom.seed(seed + 11))
    }
    let levels = try ToyParts.levels(shapes, rowBits: rowBits, finalBits: min(3, rowBits), profile: E.toyProfile)
    let statement = try Statement<E>(
      profile: E.toyProfile, shapes: shapes, primary: "S", levels: levels, relation: relation, artefacts: ToyParts.references(secrets),
      context: context)
    return ToyInstance(
      statement: statement, relation: relation, secrets: secrets, auxiliary: matrices["aux"] ?? MatrixData(layout: relation.auxiliary))
  }

  /// Random signed xb-bit X and W, Boolean labels.
  static func integers(seed: Int, _ q: Parameters) -> (x: [Int], labels: [Int], w: [Int]) {
    var random = ToyRandom(seed)
    let top = 1 << (q.xb - 1)
    let x = (0..<(q.n * q.d)).map { _ in Int.random(in: -top..<top, using: &random) }
    let labels = (0..<(q.n * q.c)).map { _ in Int.random(in: 0...1, using: &random) }
    return (x, labels, (0..<(q.d * q.c)).map { _ in Int.random(in: -top..<top, using: &random) })
  }
}

extension LinearAuditRelation.Parameters {
  /// The same numbers for another field.
  func converted<Other: KernelField>(minCorrect: Int) -> LinearAuditRelation<Other>.Parameters {
    var out = LinearAuditRelation<Other>.Parameters()
    (out.n, out.d, out.c, out.xb, out.mult, out.sigma) = (n, d, c, xb, mult, sigma)
    (out.hb, out.yb, out.theta, out.minCorrect) = (hb, yb, theta, minCorrect)
    return out
  }
}

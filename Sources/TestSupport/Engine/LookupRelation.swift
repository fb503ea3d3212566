import Fields
import Hashing
import Kernels
import ProofSystem
import Prover

/// Lookups alone: column x in 0…7 less 3, pairs (k, v) in a table of three rows, so that the table has a filling row. Columns lie in an
/// artefact, multiplicities in the auxiliary matrix.
public struct LookupRelation<E: ToyField>: ProvableRelation {
  public typealias Base = E.Base
  public let bits: Int
  public let count: Int
  public let matrices: [RelationMatrix]
  public let auxiliary: MatrixLayout
  public let tree: FractionTree<Base>
  /// False makes a prover that goes on with a zero denominator.
  public var refusesPoles = true
  /// How many layers of the tree the prover makes anew whenever it reads them; nil as it would by itself.
  public var streamedLayers: Int?
  public var lookupDegree: Int { tree.degree }
  public var pointVariables: Int { 0 }
  public var uncommittedDegree: Int { 1 }
  public var descriptor: CanonicalValue {
    .dictionary(["relation": .text("lookups"), "tree": tree.description, "layouts": .list(matrices.map(\.layout.description))])
  }

  /// The pairs of the table.
  public static var pairs: [(key: Int, value: Int)] { [(0, 5), (1, 7), (2, 11)] }

  public init(bits: Int, count: Int, log2RowLength: Int) {
    self.bits = bits
    self.count = count
    let columns = MatrixLayout(name: "w", log2RowLength: log2RowLength, tensors: ["x", "k", "v"].map { TensorLayout($0, [bits]) })
    matrices = [RelationMatrix(name: "w", shape: "S", layout: columns)]
    auxiliary = MatrixLayout(name: "aux", log2RowLength: log2RowLength, tensors: [TensorLayout("m.r", [3]), TensorLayout("m.t", [2])])
    let rows = Self.pairs.map { [Base(UInt64($0.key)), Base(UInt64($0.value))] }
    let selected = [Extent(bits: bits, count: count)]
    tree = FractionTree(
      lookups: [
        Lookup(name: "x", table: 0, components: [LookupExpression(signedConstant: 3, [(1, columns.view("x"))])], selected: selected),
        Lookup(
          name: "kv", table: 1, components: [LookupExpression(columns.view("k")), LookupExpression(columns.view("v"))], selected: selected),
      ],
      tables: [
        LookupTable(name: "r", identifier: 1, rows: .integers(bits: 3), multiplicity: auxiliary.view("m.r")),
        LookupTable(name: "t", identifier: 2, rows: .explicit(PublicRows(rows: rows)), multiplicity: auxiliary.view("m.t")),
      ])
  }

  public func verify<Channel: ClaimChannel & ~Copyable>(_ channel: inout Channel) throws(VerificationError) -> [LinearClaim<Channel.Value>]
  where Channel.E == E { try LogUp.verify(&channel, tree: tree) }

  public func prove<Chain: TranscriptChain>(_ channel: inout ProverChannel<E, Chain>, _ witness: WitnessReader<E>) throws(ProverError) {
    try FractionTreeProver<E>.prove(&channel, tree: tree, witness: witness, refusesPoles: refusesPoles, streamedLayers: streamedLayers)
  }
}

/// Columns and counts of `LookupRelation`.
public struct LookupWitness<E: ToyField>: Sendable {
  public let relation: LookupRelation<E>
  public var tensors: [String: [E.Base]]

  public init(_ relation: LookupRelation<E>, seed: Int) {
    self.relation = relation
    var random = ToyRandom(seed)
    let length = 1 << relation.bits
    let keys = (0..<length).map { _ in Int.random(in: 0..<3, using: &random) }
    tensors = [
      "x": (0..<length).map { _ in E.Base(signed: Int64.random(in: -3...4, using: &random)) },
      "k": keys.map { E.Base(UInt64($0)) }, "v": keys.map { E.Base(UInt64(LookupRelation<E>.pairs[$0].value)) },
    ]
    recount()
  }

  public subscript(_ name: String) -> [E.Base] {
    get { tensors[name] ?? [] }
    set { tensors[name] = newValue }
  }

  /// Multiplicities of the present columns.
  public mutating func recount() {
    for (index, table) in relation.tree.tables.enumerated() {
      self["m." + table.name] = FractionLeaves<E>.multiplicities(relation.tree, table: index, witness: reader).map { E.Base($0) }
    }
  }

  public var matrices: [String: MatrixData<E.Base>] {
    let columns = tensors.filter { !$0.key.hasPrefix("m.") }
    return [
      "w": ToyParts.matrix(relation.matrices[0].layout, columns),
      "aux": ToyParts.matrix(relation.auxiliary, tensors.filter { $0.key.hasPrefix("m.") }),
    ]
  }
  public var reader: WitnessReader<E> { WitnessReader(matrices: matrices) }

  /// The whole zero-knowledge instance.
  public func instance(seed: Int, m: Int = 5) throws -> ToyInstance<E> {
    let shape = try ToyParts.shape("S", m: m, log2Length: m + 3, rowBits: m - 1, profile: E.toyProfile)
    let all = matrices
    let secret = ArtefactSecret<E>(
      kind: "table", format: .dictionary([:]), shape: shape, data: all["w"] ?? MatrixData(layout: relation.matrices[0].layout),
      seed: ToyRandom.seed(seed + 5))
    let statement = try Statement<E>(
      profile: E.toyProfile, shapes: [shape], primary: "S",
      levels: ToyParts.levels([shape], rowBits: m - 1, finalBits: 2, profile: E.toyProfile), relation: relation,
      artefacts: ToyParts.references(["w": secret]))
    return ToyInstance(
      statement: statement, relation: relation, secrets: ["w": secret], auxiliary: all["aux"] ?? MatrixData(layout: relation.auxiliary))
  }
}

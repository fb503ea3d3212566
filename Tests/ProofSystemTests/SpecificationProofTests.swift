import Fields
import Hashing
import Kernels
import ProofSystem
import Prover
import Soundness
import TestSupport
import Testing

/// Whole small proofs of the executable specification: verified from their bytes, and made again byte for byte.
@Suite("Proofs of the executable specification")
struct SpecificationProofTests {
  static func seed(_ n: Int) -> [UInt8] { [UInt8(n)] + [UInt8](repeating: 0, count: 31) }

  static func shape(_ name: String, _ m: Int, _ logLength: Int, rowBits: Int, _ profile: SoundnessProfile) throws -> CodeShape {
    let (tail, _) = try QueryCount.tailForBudget(m: m, log2CodeLength: logLength, openings: 1, log2RowLength: rowBits, profile: profile)
    return try #require(CodeShape(name: name, log2RowLength: m, tailCount: tail, log2Length: logLength))
  }

  static func data<Base: PrimeField>(_ layout: MatrixLayout, _ tensors: [String: [Limb]]) -> MatrixData<Base> {
    let data = MatrixData<Base>(layout: layout)
    for (name, values) in tensors { data.set(name, values.map { Base($0.value) }) }
    return data
  }

  /// Proves, compares the bytes, verifies, and compares what was absorbed.
  static func check<E: KernelField, R: ProvableRelation<E>>(
    _ vector: ProofVector, relation: R, shapes: [CodeShape], levels: [LigeritoLevel], profile: SoundnessProfile, kinds: [String: String],
    formats: [String: CanonicalValue], artefactSeed: Int
  ) throws {
    var secrets: [String: ArtefactSecret<E>] = [:]
    for matrix in relation.matrices {
      let shape = try #require(shapes.first { $0.name == matrix.shape })
      let secret = ArtefactSecret<E>(
        kind: kinds[matrix.name] ?? "tensor", format: formats[matrix.name] ?? .dictionary([:]), shape: shape,
        data: data(matrix.layout, vector.artefacts[matrix.name]?.values ?? [:]), seed: seed(artefactSeed))
      #expect(secret.publicPart.preimage == vector.artefacts[matrix.name]?.preimage.bytes)
      #expect(secret.publicPart.identity.bytes == vector.artefacts[matrix.name]?.identity.bytes)
      secrets[matrix.name] = secret
    }
    let references = secrets.mapValues {
      ArtefactReference(kind: $0.publicPart.kind, format: $0.publicPart.format, identity: $0.publicPart.identity)
    }
    let statement = try Statement<E>(
      profile: profile, shapes: shapes, primary: shapes[0].name, levels: levels, relation: relation, artefacts: references,
      context: vector.context.bytes)
    #expect(statement.parameters.encoded == vector.parameters.bytes)
    #expect(CanonicalValue.list([relation.descriptor, relation.auxiliary.description]).encoded.count == vector.relation.bytes.count)
    #expect(statement.relationDigest.bytes == vector.relationDigest.bytes)
    #expect(statement.treeDescription.encoded == vector.trees.bytes)
    #expect(statement.zeroByteCount == vector.zeroBytes)
    let session = try ProofSession<Production<E>>(
      statement: statement, relation: relation, secrets: secrets, auxiliary: data(relation.auxiliary, vector.aux),
      randomness: Randomness(seed: vector.proverSeed.bytes))
    let proof = try session.prove()
    #expect(SHA256.hash(proof) == SHA256.hash(vector.proof.bytes))
    let verified = try ProofVerifier.verify(statement, proof: vector.proof.bytes)
    #expect(
      verified.inventory.map { "\($0.verb) \($0.label) \($0.kind.rawValue) \($0.count)" }
        == vector.inventory.map { "\($0.verb) \($0.label) \($0.kind) \($0.count)" })
  }

  static func vector(_ name: String) throws -> ProofVector {
    try #require(try SpecVectors.load().proofs.first { $0.name == name })
  }

  @Test("inner product") func innerProduct() throws {
    let vector = try Self.vector("inner product")
    let toy = TestProfile.toy
    let shape = try Self.shape("S", 4, 7, rowBits: 3, toy)
    let a = try #require(vector.artefacts["a"]?.values["values"]).map { Goldilocks($0.value) }
    let b = try #require(vector.aux["b"]).map { Goldilocks($0.value) }
    let total = zip(a, b).reduce(Goldilocks.zero) { $0 + $1.0 * $1.1 }
    let relation = InnerProductRelation<GoldilocksCubic>(bits: 2, log2RowLength: 4, shape: "S", total: total)
    let levels = try Ligerito.schedule(variables: 5, rowBits: 3, finalBits: 2, profile: toy, firstLogRate: 2, foldBits: 2)
    try Self.check(vector, relation: relation, shapes: [shape], levels: levels, profile: toy, kinds: [:], formats: [:], artefactSeed: 13)
  }

  @Test("inner product, two shapes, quadratic extension") func twoShapes() throws {
    let vector = try Self.vector("inner product, two shapes, quadratic extension")
    let toy = TestProfile.toyQuadratic
    let shapes = [try Self.shape("S", 5, 8, rowBits: 3, toy), try Self.shape("T", 4, 7, rowBits: 3, toy)]
    let a = try #require(vector.artefacts["a"]?.values["values"]).map { Goldilocks($0.value) }
    let b = try #require(vector.aux["b"]).map { Goldilocks($0.value) }
    let d = try #require(vector.artefacts["d"]?.values["values"]).map { Goldilocks($0.value) }
    let total = zip(a, b).reduce(Goldilocks.zero) { $0 + $1.0 * $1.1 }
    let relation = InnerProductRelation<GoldilocksQuadratic>(
      bits: 3, log2RowLength: 5, shape: "S", total: total, second: ("T", 4, a[0] + d[0]))
    let levels = try Ligerito.schedule(variables: 7, rowBits: 3, finalBits: 2, profile: toy, firstLogRate: 2, foldBits: 2)
    try Self.check(vector, relation: relation, shapes: shapes, levels: levels, profile: toy, kinds: [:], formats: [:], artefactSeed: 14)
  }

  @Test("linear audit") func linearAudit() throws {
    let vector = try Self.vector("linear audit")
    let toy = TestProfile.toy
    let shape = try Self.shape("S", 7, 10, rowBits: 6, toy)
    var parameters = LinearAuditRelation<GoldilocksCubic>.Parameters()
    let counts = try #require(vector.aux["m.confusion"]).map { Int($0.value) }
    parameters.minCorrect = counts[0] + counts[3] - 1
    let relation = LinearAuditRelation<GoldilocksCubic>(
      parameters: parameters, datasetShape: "S", modelShape: "S", rowBits: ["S": 7, "aux": 7])
    let levels = try Ligerito.schedule(variables: 8, rowBits: 6, finalBits: 3, profile: toy, firstLogRate: 2, foldBits: 2)
    try Self.check(
      vector, relation: relation, shapes: [shape], levels: levels, profile: toy, kinds: ["dataset": "dataset", "model": "model"],
      formats: relation.formats, artefactSeed: 12)
  }
}

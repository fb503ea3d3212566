import Fields
import Hashing
import Kernels
import ProofSystem
import Prover
import Soundness
import TestSupport
import Testing

/// Every public part of a statement is in the transcript before the first challenge: a proof is for one statement alone.
@Suite("Binding of the statement") struct StatementBindingTests {
  typealias E = GoldilocksCubic

  /// The chain after steps 0 and 1 without the auxiliary roots.
  static func state<E: ToyField>(_ statement: Statement<E>, roots: [String: Digest]) -> Digest {
    var chain = HashChain()
    statement.observeParameters { chain.observe($0, $1) }
    for matrix in statement.relation.matrices {
      guard let reference = statement.artefacts[matrix.name], let shape = statement.shapes.first(where: { $0.name == matrix.shape }),
        let root = roots[matrix.name]
      else { continue }
      let artefact = Artefact(
        kind: reference.kind, shape: shape, layout: matrix.layout, format: reference.format, root: root, field: E.Base.self)
      chain.observe("artefact", Statement<E>.artefactPayload(matrix, artefact))
    }
    chain.observe("trees", statement.treeDescription.encoded)
    statement.observeAfterCommit({ chain.observe($0, $1) }, zeros: { chain.observeZeros($0, $1) })
    return chain.state
  }

  /// The statement with one public part changed, by name.
  static func variants(_ instance: ToyInstance<E>) throws -> [(name: String, statement: Statement<E>)] {
    let base = instance.statement
    let inner = try #require(instance.relation as? InnerProductRelation<E>)
    let shape = base.shapes[0]
    func artefact(kind: String = "tensor", format: CanonicalValue = .dictionary([:])) throws -> [String: ArtefactReference] {
      ["a": ArtefactReference(kind: kind, format: format, identity: try #require(base.artefacts["a"]).identity)]
    }
    func statement(_ profile: SoundnessProfile) throws -> Statement<E> {
      try Statement(
        profile: profile, shapes: base.shapes, primary: "S", levels: base.levels, relation: base.relation, artefacts: base.artefacts)
    }
    var levels = base.levels
    let last = levels[levels.count - 1]
    levels[levels.count - 1] = LigeritoLevel(
      rowBits: last.rowBits, log2RowLength: last.log2RowLength, log2Length: last.log2Length, queryCount: last.queryCount + 1)
    let longer = try #require(
      CodeShape(name: "S", log2RowLength: shape.log2RowLength, tailCount: shape.tailCount, log2Length: shape.log2Length + 1))
    let wider = try #require(
      CodeShape(name: "S", log2RowLength: shape.log2RowLength, tailCount: 2 * shape.tailCount, log2Length: shape.log2Length))
    return [
      ("total", try instance.with(relation: InnerProductRelation<E>(bits: 5, log2RowLength: 4, shape: "S", total: inner.total + .one)).statement),
      ("size", try instance.with(relation: InnerProductRelation<E>(bits: 4, log2RowLength: 4, shape: "S", total: inner.total)).statement),
      ("level table", try instance.with(levels: levels).statement),
      ("kind", try instance.with(artefacts: artefact(kind: "other")).statement),
      ("format", try instance.with(artefacts: artefact(format: .dictionary(["scale": 1]))).statement),
      ("code length", try instance.with(shapes: [longer]).statement), ("tail", try instance.with(shapes: [wider]).statement),
      ("profile name", try statement(SoundnessProfile(uncheckedName: "other", extensionDegree: 3, targetBits: 6))),
      ("profile target", try statement(SoundnessProfile(uncheckedName: "toy", extensionDegree: 3, targetBits: 5))),
      ("context", try instance.with(context: [1]).statement), ("longer context", try instance.with(context: [1, 0]).statement),
    ]
  }

  @Test("each public part changes the transcript and rejects the proof") func everyPart() throws {
    let instance = try InnerInstances.make(E.self, seed: 4)
    let root = try #require(instance.secrets["a"]).publicPart.root
    let variants = try Self.variants(instance)
    var states = Set(variants.map { Self.state($0.statement, roots: ["a": root]) })
    states.insert(Self.state(instance.statement, roots: ["a": root]))
    states.insert(Self.state(instance.statement, roots: ["a": SHA256.hash([1])]))
    #expect(states.count == variants.count + 2)
    let proof = try instance.prove()
    try instance.verify(proof)
    for (name, statement) in variants {
      // Identities are checked elsewhere: here the transcript alone is to refuse.
      Dropping.$names.withValue(["commitment.identity", "soundness"]) {
        #expect(throws: VerificationError.self, "\(name) is not bound") {
          _ = try ProofVerifier.verify(statement, proof: proof, configuration: Dropped<E>.self)
        }
      }
    }
  }

  @Test("every number of an audit is bound") func auditParameters() throws {
    typealias Parameters = LinearInstances.Parameters
    let changes: [(inout Parameters) -> Void] = [
      { _ in }, { $0.n += 1 }, { $0.d += 1 }, { $0.c += 1 }, { $0.xb += 1 }, { $0.mult += 1 }, { $0.sigma += 1 }, { $0.hb += 1 }, { $0.yb += 1 },
      { $0.theta += 1 }, { $0.minCorrect += 1 },
    ]
    var digests: Set<Digest> = []
    for change in changes {
      var q = LinearAuditRelation<E>.Parameters()
      change(&q)
      let relation = LinearAuditRelation<E>(parameters: q, datasetShape: "S", modelShape: "S", rowBits: ["S": 7, "aux": 7])
      digests.insert(CanonicalValue.list([relation.descriptor, relation.auxiliary.description]).digest(tag: "zkmlops/relation/v1"))
    }
    #expect(digests.count == changes.count)
  }

  @Test("tables and selectors are part of a lookup relation's digest") func tables() {
    typealias Base = Goldilocks
    let layout = MatrixLayout(name: "aux", log2RowLength: 4, tensors: [TensorLayout("x", [2]), TensorLayout("y", [2]), TensorLayout("m", [2])])
    func tree(
      identifier: UInt64 = 1, rows: TableRows<Base> = .integers(bits: 2), count: Int = 3, column: String = "x", constant: Int64 = 0, factor: Int64 = 1
    ) -> Digest {
      let expression = LookupExpression<Base>(signedConstant: constant, [(factor, layout.view(column))])
      return FractionTree(
        lookups: [Lookup(name: "l", table: 0, components: [expression], selected: [Extent(bits: 2, count: count)])],
        tables: [LookupTable(name: "t", identifier: identifier, rows: rows, multiplicity: layout.view("m"))]
      ).description.digest(tag: "test")
    }
    let explicit: [[Base]] = (0..<4).map { [Base(UInt64($0))] }
    let seen: Set = [
      tree(), tree(identifier: 2), tree(rows: .explicit(PublicRows(rows: explicit))),
      tree(rows: .explicit(PublicRows(rows: explicit.reversed()))), tree(rows: .integers(bits: 1)),
      tree(count: 4), tree(column: "y"), tree(constant: 1), tree(factor: 2),
    ]
    #expect(seen.count == 9)
  }

  @Test("an identity binds kind, schema, code, layout, root and field") func identity() throws {
    let layout = MatrixLayout(name: "a", log2RowLength: 4, tensors: [TensorLayout("values", [5])])
    func identity(
      kind: String = "tensor", m: Int = 4, tail: Int = 8, length: Int = 7, layout: MatrixLayout? = nil, format: CanonicalValue = .dictionary([:]),
      root: [UInt8] = [1], prime: Bool = false, name: String = "S"
    ) throws -> Digest {
      let shape = try #require(CodeShape(name: name, log2RowLength: m, tailCount: tail, log2Length: length))
      let own = layout ?? MatrixLayout(name: "a", log2RowLength: m, tensors: [TensorLayout("values", [5])])
      let digest = SHA256.hash(root)
      return prime
        ? Artefact(kind: kind, shape: shape, layout: own, format: format, root: digest, field: BN254Scalar.self).identity
        : Artefact(kind: kind, shape: shape, layout: own, format: format, root: digest, field: Goldilocks.self).identity
    }
    let renamed = MatrixLayout(name: "a", log2RowLength: 4, tensors: [TensorLayout("other", [5])])
    let reshaped = MatrixLayout(name: "a", log2RowLength: 4, tensors: [TensorLayout("values", [2, 3])])
    let seen: Set = [
      try identity(), try identity(kind: "model"), try identity(m: 3), try identity(tail: 16), try identity(length: 8),
      try identity(layout: renamed), try identity(layout: reshaped), try identity(format: .dictionary(["scale": 1])), try identity(root: [2]),
      try identity(prime: true),
    ]
    #expect(seen.count == 10)
    // Neither the role nor the shape's name nor the matrix's name is in it.
    let elsewhere = MatrixLayout(name: "d", log2RowLength: 4, tensors: layout.tensors)
    #expect(try identity() == identity(layout: elsewhere, name: "T"))
  }
}

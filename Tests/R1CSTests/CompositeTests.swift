import Claims
import Fields
import Hashing
import Kernels
import Programs
import ProofSystem
import Prover
import R1CS
import TestSupport
import Testing

/// A circuit beside built-in claims in one proof: the column that the circuit reads is the one that is well-formed.
@Suite("R1CS: composite proofs") struct CompositeTests {
  typealias E = GoldilocksCubic

  /// Wire 1 = Σ of the squares of wires 2..<9, wires 2..<9 = entries 2..<9 of the column x, declared 0…255.
  static func instance(x: [Int64], sum: Int64? = nil) throws -> ToyInstance<E> {
    let shape = try #require(CodeShape(name: "S", log2RowLength: 9, tailCount: 64, log2Length: 12))
    let schema = try TableSchema(columns: [TableColumn(name: "x", type: .integer(IntegerRange(0...255)))])
    let contents = ArtefactContents.table(schema, rowCount: x.count)
    let data = MatrixData<Goldilocks>(layout: MatrixLayout(name: "t", log2RowLength: 9, tensors: contents.tensors))
    data.set("c0", x.map { Goldilocks(signed: $0) })
    let secret = ArtefactSecret<E>(kind: contents.kind, format: contents.format, shape: shape, data: data, seed: ToyRandom.seed(3))
    let table = ArtefactDescription(name: "t", contents: contents, shape: shape, identity: secret.publicPart.identity)
    let claims = try CompiledClaims(claims: [.wellFormed(artefact: "t")], artefacts: [table])

    // Wires: 1, sum, seven cells, seven squares.
    var rows: [[SampleCircuits.Row<Goldilocks>]] = [[], [], []]
    for j in 0..<7 {
      rows[0].append([(2 + j, .one)])
      rows[1].append([(2 + j, .one)])
      rows[2].append([(9 + j, .one)])
    }
    rows[0].append((0..<7).map { (9 + $0, .one) })
    rows[1].append([(0, .one)])
    rows[2].append([(1, .one)])
    let circuit = SampleCircuits.circuit(rows, columnCount: 16, outputs: 1, inputs: 0)
    let cells = x[2..<9].map { Goldilocks(signed: $0) }
    let squares = cells.map { $0 * $0 }
    let total = sum.map { Goldilocks(signed: $0) } ?? squares.reduce(.zero) { $0 + $1 }
    func r1cs(_ layout: MatrixLayout) throws -> R1CSRelation<E> {
      try R1CSRelation(
        circuit: circuit, digest: SampleCircuit.digest(circuit), publicValues: [[total]],
        bindings: [R1CSBinding(.wires(2..<9, instance: 0), column: data.layout.view("c0"), offset: 2, extent: x.count)],
        matrices: [RelationMatrix(name: "t", shape: "S", layout: data.layout)], log2RowLength: layout.log2RowLength, auxiliary: layout)
    }
    let (statement, relation) = try ProofPlan.statement(
      claims: claims, profile: TestProfile.toy, context: [], field: E.self, tensors: [R1CSRelation<E>.wireTensor(circuit, instances: 1)]
    ) { (own: ClaimRelation<E>) in try CompositeRelation([own, r1cs(own.auxiliary)]) }
    let auxiliary = WitnessFiller<E>.fill(relation, executions: [], artefacts: ["t": data])
    let circuitRelation = try r1cs(relation.auxiliary)
    let z = auxiliary.tensor("z")
    for (wire, value) in ([.one, total] + cells + squares).enumerated() { z[wire] = value }
    return ToyInstance(
      statement: statement, relation: try ProvableComposite([relation, TamperedR1CS(honest: circuitRelation)]), secrets: ["t": secret],
      auxiliary: auxiliary)
  }

  static let column: [Int64] = [7, 255, 0, 3, 9, 100, 255, 1, 2, 77, 5, 6, 8]

  @Test("both parts hold: accepted; one is false: rejected") func parts() throws {
    let honest = try Self.instance(x: Self.column)
    let proof = try honest.prove()
    try honest.verify(proof)
    var wide = Self.column
    wide[12] = 256
    for (x, sum) in [(Self.column, Int64(3)), (wide, nil)] {
      let other = try Self.instance(x: x, sum: sum)
      #expect(throws: VerificationError.self) { try other.verify(other.prove()) }
      #expect(throws: VerificationError.self) { try other.verify(proof) }
    }
  }

  @Test("the descriptor holds both, the zero bytes all entries") func descriptor() throws {
    let instance = try Self.instance(x: Self.column)
    let composite = try #require(instance.statement.relation as? CompositeRelation<E>)
    #expect(composite.parts.count == 2 && composite.matrices.count == 1)
    #expect(composite.transcriptPaddingCells == 30 && composite.lookupDegree > 0 && composite.uncommittedDegree == 2)
    #expect(composite.descriptor == .list([.text("zkmlops/composite/v1")] + composite.parts.map(\.descriptor)))
  }

  @Test("parts for other auxiliary matrices or artefacts do not compose") func mismatches() throws {
    let one = try R1CSInstances.sample(E.self, constraints: 5).relation
    let other = try R1CSInstances.sample(E.self, constraints: 50).relation
    #expect(throws: VerificationError.statementMismatch("auxiliary matrix of a composite relation")) { try CompositeRelation([one, other]) }
    #expect(throws: VerificationError.statementMismatch("auxiliary matrix of a composite relation")) { try CompositeRelation<E>([]) }
    let layouts = [4, 3].map { MatrixLayout(name: "t", log2RowLength: 5, tensors: [TensorLayout("c0", [$0])]) }
    let parts = try layouts.map { layout in
      let sample = SampleCircuits.random(Goldilocks.self, constraints: 2, free: 2, publicCount: 1, seed: 1)
      return try R1CSRelation<E>(
        circuit: sample.circuit, digest: sample.digest, publicValues: [sample.publicValues],
        matrices: [RelationMatrix(name: "t", shape: "S", layout: layout)], log2RowLength: 5)
    }
    #expect(throws: VerificationError.statementMismatch("artefacts of a composite relation")) { try CompositeRelation(parts) }
    #expect(try CompositeRelation([parts[0], parts[0]]).matrices.count == 1)
  }

  @Test("a shared auxiliary matrix must hold the wires' tensor") func auxiliary() throws {
    let sample = SampleCircuits.random(Goldilocks.self, constraints: 2, free: 2, publicCount: 1, seed: 1)
    for tensors in [[TensorLayout("y", [0, 3])], [TensorLayout("z", [0, 2])], [TensorLayout("z", [3])]] {
      #expect(throws: R1CSRelationError.auxiliary) {
        try R1CSRelation<E>(
          circuit: sample.circuit, digest: sample.digest, publicValues: [sample.publicValues], log2RowLength: 5,
          auxiliary: MatrixLayout(name: "aux", log2RowLength: 5, tensors: tensors))
      }
    }
  }
}

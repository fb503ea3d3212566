import Claims
import Fields
import Hashing
import Programs
import ProofSystem
import TestSupport
import Testing

/// The degree of uncommitted values is computed from the constraints, and a statement refuses more than 4.
@Suite("Uncommitted degree") struct UncommittedDegreeTests {
  typealias E = GoldilocksCubic

  /// A chain of products whose outputs nobody commits: x·y, (x·y)·y, … ; the last one is claimed to be zero in every row.
  static func chain(_ length: Int, committed: Bool = false, closed: Bool = false) throws -> ClaimRelation<E> {
    let layout = MatrixLayout(name: "data", log2RowLength: 4, tensors: [TensorLayout("x", [1]), TensorLayout("y", [0])])
    var builder = RelationBuilder(rowBits: 1)
    let rows = Extent(count: 2)
    var value = layout.view("x")
    let one = Extent(count: 1)
    for index in 0..<length {
      var next = try builder.column("v\(index)", bits: 1, .values([0, 0]))
      if !committed { next = View(matrix: "nobody\(closed && index + 1 == length ? 0 : index)", slots: [.variable(0)]) }
      builder.product(
        ProductConstraint(
          name: "p\(index)", rows: rows, inner: one, columns: one, left: [ColumnExpression(value)], right: layout.view("y"), products: [next]))
      value = next
    }
    builder.equal("zero", rows: rows, ColumnExpression(value))
    let matrix = RelationMatrix(name: "data", shape: "S", layout: layout)
    return try ClaimRelation(descriptor: "chain", matrices: [matrix], builder: builder, log2RowLength: 4)
  }

  static func statement(_ relation: ClaimRelation<E>) throws -> Statement<E> {
    let shape = try ToyParts.shape("S", m: 4, log2Length: 7, rowBits: 3, profile: TestProfile.toy)
    return try Statement(
      profile: TestProfile.toy, shapes: [shape], primary: "S",
      levels: ToyParts.levels([shape], rowBits: 3, finalBits: 2, profile: TestProfile.toy), relation: relation,
      artefacts: ["data": ArtefactReference(kind: "tensor", format: "", identity: SHA256.hash([]))])
  }

  @Test("a product of committed columns has degree 2, however long the chain") func committed() throws {
    #expect(try Self.chain(0).uncommittedDegree == 1)
    for length in 1...6 {
      let relation = try Self.chain(length, committed: true)
      #expect(relation.uncommittedDegree == 2)
      _ = try Self.statement(relation)
    }
  }

  @Test("a chain of uncommitted products has one degree more for each; above 4 the statement is refused") func chains() throws {
    for length in 1...6 {
      let relation = try Self.chain(length)
      #expect(relation.uncommittedDegree >= length + 1)
      if length <= 4 { #expect(relation.uncommittedDegree == length + 1) }
      // Up to 4 the degree is allowed, but this relation's claims are on matrices that do not exist.
      let expected: VerificationError = length < 4 ? .statementMismatch("claim matrix") : .statementMismatch("uncommitted degree")
      #expect(throws: expected, "\(length)") { _ = try Self.statement(relation) }
    }
  }

  @Test("a value that nothing explains, or that explains itself, is refused") func unexplained() throws {
    let circle = try Self.chain(3, closed: true)
    #expect(circle.uncommittedDegree > StatementLimits.maximumUncommittedDegree)
    #expect(throws: VerificationError.statementMismatch("uncommitted degree")) { _ = try Self.statement(circle) }
  }

  @Test("compiled claims have degree 2 or less") func compiled() throws {
    let harness = try ClaimHarness()
    #expect(try harness.instance(harness.all).relation.uncommittedDegree == 2)
    #expect(try harness.instance([.wellFormed(artefact: "test")]).relation.uncommittedDegree == 1)
  }
}

import Claims
import Fields
import Hashing
import Programs
import ProofSystem
import Prover
import Soundness
import Testing

/// Statements that would mean something else than they say, or that cost too much, are refused before any proof byte is read.
@Suite("Refused statements")
struct ClaimRefusalTests {
  typealias E = GoldilocksCubic

  @Test("predictions in a column whose classes are swapped") func swappedClasses() throws {
    let world = try ManyClaimsTests.world()
    let artefacts = try ManyClaimsTests.artefacts(world, together: false).map(\.0)
    let swapped = try TableSchema(columns: [TableColumn(name: "prediction", type: .category(["good", "bad"]))])
    let other = try #require(artefacts.last)
    let predictions = ArtefactDescription(
      name: "predictions", contents: .table(swapped, rowCount: world.test.rowCount), shape: other.shape, identity: other.identity)
    let claim = ClaimStatement.inference(
      model: "model", input: .table("test"), outputs: ["prediction": .committed(artefact: "predictions", column: "prediction")])
    #expect(throws: ClaimError.self) { _ = try CompiledClaims(claims: [claim], artefacts: Array(artefacts.dropLast()) + [predictions]) }
    #expect(throws: Never.self) { _ = try CompiledClaims(claims: [claim], artefacts: artefacts) }
  }

  @Test("labels that may be missing") func missingLabels() throws {
    let world = try ManyClaimsTests.world()
    let shape = try #require(CodeShapes.shape(log2RowLength: 14, field: Goldilocks.self))
    let identity = SHA256.hash([1])
    func table(_ name: String, _ missing: MissingRule) throws -> ArtefactDescription {
      let schema = try TableSchema(columns: [TableColumn(name: "class", type: .category(["bad", "good"]), missing: missing)])
      return ArtefactDescription(name: name, contents: .table(schema, rowCount: world.test.rowCount), shape: shape, identity: identity)
    }
    let claim = ClaimStatement.accuracy(
      labels: .init(artefact: "a", column: "class"), predictions: .init(artefact: "b", column: "class"), disclosure: .atLeast(correct: 1))
    #expect(throws: Never.self) { _ = try CompiledClaims(claims: [claim], artefacts: [table("a", .refuse), table("b", .refuse)]) }
    #expect(throws: ClaimError.self) { _ = try CompiledClaims(claims: [claim], artefacts: [table("a", .presence), table("b", .refuse)]) }
    #expect(throws: ClaimError.self) { _ = try CompiledClaims(claims: [claim], artefacts: [table("a", .refuse), table("b", .presence)]) }
  }

  @Test("an auxiliary matrix beyond the largest shape") func tooLarge() throws {
    let shape = try #require(CodeShapes.shape(log2RowLength: 22, field: Goldilocks.self))
    let wide = IntegerRange(-(1 << 60)...((1 << 60) - 2))
    let schema = try TableSchema(columns: (0..<16).map { TableColumn(name: "c\($0)", type: .integer(wide)) })
    let artefact = ArtefactDescription(
      name: "t", contents: .table(schema, rowCount: 1 << 24), shape: shape, identity: SHA256.hash([2]))
    #expect(throws: ClaimError.self) {
      let claims = try CompiledClaims(claims: [.wellFormed(artefact: "t")], artefacts: [artefact])
      _ = try ProofPlan.statement(claims: claims, profile: .p128, context: [], field: E.self)
    }
  }

  @Test("an artefact with the name of an auxiliary tree", arguments: ["aux", "mask.m14p2048n16"]) func reservedNames(_ name: String) throws {
    let shape = try #require(CodeShapes.shape(log2RowLength: 14, field: Goldilocks.self))
    let schema = try TableSchema(columns: [TableColumn(name: "c", type: .integer(IntegerRange(0...1)))])
    let placement = try #require(TreePlacement(firstRow: 0, treeRowCount: 2))
    for tree in [nil, ("tree", placement)] as [(String, TreePlacement)?] {
      let artefact = ArtefactDescription(
        name: name, contents: .table(schema, rowCount: 2), shape: shape, identity: SHA256.hash([3]),
        sharedTree: tree.map { (name: $0.0, placement: $0.1) })
      #expect(throws: ClaimError.self) {
        let claims = try CompiledClaims(claims: [.wellFormed(artefact: name)], artefacts: [artefact])
        _ = try ProofPlan.statement(claims: claims, profile: .p128, context: [], field: E.self)
      }
    }
  }

  @Test("rows of a shared tree that overlap, or leave the tree", arguments: [(0, 1, 2), (1, 1, 2), (3, 4, 5)])
  func sharedRows(_ first: Int, _ second: Int, _ rows: Int) throws {
    let shape = try #require(CodeShapes.shape(log2RowLength: 11, field: Goldilocks.self))
    // 2^12 cells: two rows of 2^11 each.
    let schema = try TableSchema(columns: [TableColumn(name: "c", type: .integer(IntegerRange(0...1)))])
    func artefact(_ name: String, _ row: Int) throws -> ArtefactDescription {
      let placement = try #require(TreePlacement(firstRow: row, treeRowCount: rows))
      return ArtefactDescription(
        name: name, contents: .table(schema, rowCount: 1 << 12), shape: shape, identity: SHA256.hash([4]), sharedTree: ("tree", placement))
    }
    let artefacts = second < rows ? [try artefact("a", first), try artefact("b", second)] : [try artefact("a", first)]
    #expect(throws: ClaimError.self) {
      let claims = try CompiledClaims(claims: artefacts.map { .wellFormed(artefact: $0.name) }, artefacts: artefacts)
      _ = try ProofPlan.statement(claims: claims, profile: .p128, context: [], field: E.self)
    }
  }
}

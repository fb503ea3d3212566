import Claims
import Fields
import Kernels
import ProofSystem
import Prover
import TestSupport
import Testing

/// Cells outside logical shapes are don't-care: no claim reads them, so they may hold anything, and artefacts hold random elements there.
@Suite("Padding") struct PaddingTests {
  typealias E = GoldilocksCubic

  /// Cells that some constraint reads, multiplicities of table rows included.
  static func cellsRead(_ relation: ClaimRelation<E>) -> Set<Cell> {
    var out = Set(ConstraintSystem(relation).checks.flatMap(ConstraintSystem.cells))
    for lookup in relation.tree.lookups {
      for term in lookup.components.flatMap(\.terms) {
        for row in 0..<lookup.count { out.insert(Cell(matrix: term.view.matrix, index: term.view.indices[row])) }
      }
    }
    for table in relation.tree.tables {
      guard let multiplicity = table.multiplicity else { continue }
      for row in 0..<table.count { out.insert(Cell(matrix: multiplicity.matrix, index: multiplicity.indices[row])) }
    }
    return out
  }

  @Test("no claim reads a cell outside the logical shape of an artefact, and every cell inside is read") func readCells() throws {
    let harness = try ClaimHarness()
    let instance = try harness.instance(harness.all)
    let read = Self.cellsRead(instance.relation)
    for (name, contents) in harness.contents {
      let layout = try #require(instance.relation.matrices.first { $0.name == name }?.layout)
      var inside: Set<Cell> = []
      for tensor in contents.tensors {
        let shape = contents.logicalShape(of: tensor)
        let columns = shape.count == 2 ? shape[1] : Extent(count: 1)
        for row in 0..<shape[0].count {
          for column in 0..<columns.count {
            inside.insert(Cell(matrix: name, index: (layout.offsets[tensor.name] ?? 0) + (row << columns.bits) + column))
          }
        }
      }
      #expect(read.filter { $0.matrix == name } == inside, "\(name)")
    }
  }

  @Test("anything may stand in cells that no constraint reads, in artefacts and in the witness", arguments: 1...4) func anything(_ seed: Int) throws {
    let harness = try ClaimHarness()
    // Every kind of claim by itself, and all at once.
    for claims in harness.all.map({ [$0] }) + [harness.all] {
      let instance = try harness.instance(
        claims, paddingSeed: seed,
        recounted: { relation, data in
          let read = Self.cellsRead(relation)
          let noise: [Goldilocks] = ToyRandom.elements(data.vector.count, seed: seed)
          for index in 0..<data.vector.count where !read.contains(Cell(matrix: "aux", index: index)) { data.vector.pointer[index] = noise[index] }
        })
      try instance.check()
    }
  }

  @Test("artefacts are committed with random padding, which is a function of the seed") func filled() throws {
    let harness = try ClaimHarness()
    let claims = [ClaimStatement.wellFormed(artefact: "test"), .wellFormed(artefact: "model")]
    let (one, same, other) = (
      try harness.instance(claims), try harness.instance(claims), try harness.instance(claims, paddingSeed: 2)
    )
    let read = Self.cellsRead(one.relation)
    for name in ["test", "model"] {
      let (a, b, c) = (try #require(one.secrets[name]), try #require(same.secrets[name]), try #require(other.secrets[name]))
      #expect(a.publicPart.identity == b.publicPart.identity && a.publicPart.identity != c.publicPart.identity)
      for index in 0..<a.data.vector.count {
        let (first, second) = (a.data.vector.pointer[index], c.data.vector.pointer[index])
        if read.contains(Cell(matrix: name, index: index)) { #expect(first == second) } else { #expect(!first.isZero && first != second) }
      }
    }
  }
}

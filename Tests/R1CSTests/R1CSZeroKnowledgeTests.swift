import Fields
import ProofSystem
import R1CS
import TestSupport
import Testing

/// x² = y, y·x = z, z + x + 5·1 = out public … as in the tests of the engine: the view has full rank, and two witnesses look alike.
@Suite("R1CS: zero knowledge") struct R1CSZeroKnowledgeTests {
  /// (w1 − w2)·(w1 + w2) = public: solved by many pairs.
  static func instance<E: ToyField>(_ field: E.Type, first: UInt64, instances: Int = 1) throws -> ToyInstance<E> {
    let rows: [[SampleCircuits.Row<E.Base>]] = [[[(2, .one), (3, -.one)]], [[(2, .one), (3, .one)]], [[(1, .one)]]]
    let circuit = SampleCircuits.circuit(rows, columnCount: 4, inputs: 1)
    // With d = w1 − w2 and s = w1 + w2, d·s = 36.
    let d = E.Base(first)
    let s = E.Base(36) * (d.inverse() ?? .one)
    let half = E.Base(2).inverse() ?? .one
    let wires: [E.Base] = [.one, E.Base(36), (d + s) * half, (s - d) * half]
    return try R1CSInstances.make(field, circuit, wires: Array(repeating: wires, count: instances), m: 4)
  }

  static func hides<E: ToyField>(_ field: E.Type, instances: Int = 1) throws {
    let deficits = try RankRun(instance: instance(field, first: 2, instances: instances)).deficits()
    #expect(deficits == (0, 0, 0))
    let difference = try RankRun.difference(
      between: instance(field, first: 2, instances: instances), instance(field, first: 5, instances: instances))
    #expect(difference == nil)
  }

  @Test("full rank and two witnesses, cubic") func cubic() throws { try Self.hides(GoldilocksCubic.self) }
  @Test("full rank and two witnesses, two instances, cubic") func instances() throws { try Self.hides(GoldilocksCubic.self, instances: 2) }
  @Test("full rank and two witnesses, quadratic") func quadratic() throws { try Self.hides(GoldilocksQuadratic.self) }
  @Test("full rank and two witnesses, BN254") func prime() throws { try Self.hides(BN254Scalar.self) }

  @Test("control: a pad used twice") func padUsedTwice() throws {
    #expect(try RankRun(instance: Self.instance(GoldilocksCubic.self, first: 2), fault: .padReused).deficits().first > 0)
  }

  @Test("false wires do not look alike") func control() throws {
    let one = try Self.instance(GoldilocksCubic.self, first: 2)
    let relation = try #require(one.relation as? R1CSRelation<GoldilocksCubic>)
    var two = try one.with(relation: TamperedR1CS(honest: relation))
    two.auxiliary = R1CSInstances.unchecked(relation, [[.one, Goldilocks(36), Goldilocks(3), Goldilocks(4)]])
    #expect(try RankRun.difference(between: one, two) != nil)
  }
}

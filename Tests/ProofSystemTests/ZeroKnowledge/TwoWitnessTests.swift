import Fields
import Kernels
import ProofSystem
import Prover
import TestSupport
import Testing

/// Two witnesses of one statement: whatever one prover reveals, the other reveals too for some randomness of its own. That randomness is
/// solved for, stage by stage, and everything sent is compared.
@Suite("Zero knowledge: two witnesses") struct TwoWitnessTests {
  /// a, b and a′, b′ with one inner product (and one a_0 + d_0).
  static func pair<E: ToyField>(_: E.Type, secondM: Int?) throws -> (ToyInstance<E>, ToyInstance<E>) {
    let one = InnerInstances.Data<E.Base>(bits: 4, seed: 1)
    var two = InnerInstances.Data<E.Base>(bits: 4, seed: 2)
    let rest = zip(two.a, two.b).dropLast().reduce(E.Base.zero) { $0 + $1.0 * $1.1 }
    two.b[15] = (one.total - rest) * (two.a[15].inverse() ?? .zero)
    two.d[0] = one.a[0] + one.d[0] - two.a[0]
    #expect(one.total == two.total)
    func make(_ data: InnerInstances.Data<E.Base>) throws -> ToyInstance<E> {
      try InnerInstances.make(E.self, seed: 1, m: 4, bits: 4, secondM: secondM, data: data)
    }
    return (try make(one), try make(two))
  }

  static func indistinguishable<E: ToyField>(_ field: E.Type, secondM: Int?) throws {
    let (one, two) = try pair(field, secondM: secondM)
    #expect(try RankRun.difference(between: one, two) == nil)
  }

  @Test("one shape, cubic") func oneShape() throws { try Self.indistinguishable(GoldilocksCubic.self, secondM: nil) }
  @Test("two shapes, cubic") func twoShapes() throws { try Self.indistinguishable(GoldilocksCubic.self, secondM: 4) }
  @Test("one shape, quadratic") func quadratic() throws { try Self.indistinguishable(GoldilocksQuadratic.self, secondM: nil) }
  @Test("one shape, BN254") func prime() throws { try Self.indistinguishable(BN254Scalar.self, secondM: nil) }

  /// Not a proof of hiding, but a tripwire: the same statement proved twice shares no message.
  @Test("two proofs of one witness share no message") func freshRandomness() throws {
    let instance = try RankTests.instance(GoldilocksCubic.self)
    let first = try RankRun(instance: instance, proverSeed: 1).reveal()
    let second = try RankRun(instance: instance, proverSeed: 2).reveal()
    #expect(zip(first.first, second.first).allSatisfy { $0 != $1 })
    // Opened columns of the artefact are the same: its tail is the artefact's.
    let columns = instance.statement.queryCounts[0] * instance.statement.relation.matrices[0].layout.rowCount
    #expect(zip(first.second, second.second).filter { $0 == $1 }.count == columns)
  }
}

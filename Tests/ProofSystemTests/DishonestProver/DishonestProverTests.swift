import Fields
import ProofSystem
import Prover
import TestSupport
import Testing

/// Every cheat is rejected, and is accepted when the one check in its way is off on both sides: no check is vacuous, none is redundant
/// with another for its cheat.
@Suite("Dishonest provers") struct DishonestProverTests {
  @Test("against PadZK itself", arguments: [Cheat].allFields { layerCheats($0) }) func layers(_ cheat: Cheat) throws {
    try cheat.expectCaughtByThisCheckAlone()
  }
  @Test("against the binding of the statement", arguments: [Cheat].allFields { bindingCheats($0) }) func binding(_ cheat: Cheat) throws {
    try cheat.expectCaughtByThisCheckAlone()
  }
  @Test("against the sacrifice (F1)", arguments: [Cheat].allFields { productPadCheats($0) }) func productPads(_ cheat: Cheat) throws {
    try cheat.expectCaughtByThisCheckAlone()
  }
  @Test("against the linear audit: false witnesses", arguments: [Cheat].allFields { auditCheats($0) }) func audit(_ cheat: Cheat) throws {
    try cheat.expectCaughtByThisCheckAlone()
  }
  @Test("against the fraction tree", arguments: [Cheat].allFields { lookupCheats($0) }) func lookups(_ cheat: Cheat) throws {
    try cheat.expectCaughtByThisCheckAlone()
  }
  @Test("against the recursion", arguments: [Cheat].allFields { ligeritoCheats($0) }) func ligerito(_ cheat: Cheat) throws {
    try cheat.expectCaughtByThisCheckAlone()
  }

  @Test("the audits that cheats start from are accepted when honest") func honest() throws {
    let instance = try LinearInstances.make(GoldilocksCubic.self, seed: 21)
    try instance.verify(instance.prove())
    let forged = try LayerCheats<GoldilocksCubic>.forgedColumns()
    #expect(throws: VerificationError.self) { try forged.verify(forged.prove()) }
  }

  /// Names of all checks that real runs of the verifier reach: over one and two shapes, with and without lookups, and a claim without terms.
  static func reachedChecks() throws -> Set<CheckName> {
    typealias E = GoldilocksCubic
    let recorder = CheckRecorder()
    let inner = try InnerInstances.make(E.self, seed: 4, m: 5, secondM: 4)
    let empty = try inner.with(relation: EmptyClaimRelation(honest: try #require(inner.relation as? InnerProductRelation<E>), value: .zero))
    for instance in [inner, empty, try LinearInstances.make(E.self, seed: 21, twoShapes: true)] {
      let proof = try instance.prove()
      _ = try Recording.$recorder.withValue(recorder) { try instance.verify(proof, Recorded<E>.self) }
    }
    return recorder.names
  }

  @Test("every check of the verifier has a dishonest prover") func everyCheckHasACheat() throws {
    let reached = try Self.reachedChecks()
    let covered = Set(CheatCatalogue<GoldilocksCubic>.all.compactMap(\.check))
    #expect(reached.subtracting(covered).isEmpty, "no dishonest prover against \(reached.subtracting(covered))")
    #expect(covered.subtracting(reached).isEmpty, "not reached: \(covered.subtracting(reached))")
    #expect(reached.count >= 17)
  }

  @Test("cheats have distinct names") func names() {
    #expect(Set(CheatCatalogue<GoldilocksCubic>.all.map(\.name)).count == CheatCatalogue<GoldilocksCubic>.all.count)
  }
}

private func layerCheats<E: ToyField>(_: E.Type) -> [Cheat] { LayerCheats<E>.all }
private func bindingCheats<E: ToyField>(_: E.Type) -> [Cheat] { BindingCheats<E>.all }
private func productPadCheats<E: ToyField>(_: E.Type) -> [Cheat] { ProductPadCheats<E>.all }
private func auditCheats<E: ToyField>(_: E.Type) -> [Cheat] { AuditCheats<E>.all }
private func lookupCheats<E: ToyField>(_: E.Type) -> [Cheat] { LookupCheats<E>.all }
private func ligeritoCheats<E: ToyField>(_: E.Type) -> [Cheat] { LigeritoCheats<E>.all }

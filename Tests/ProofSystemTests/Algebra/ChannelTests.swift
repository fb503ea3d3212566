import Fields
import Kernels
import ProofSystem
import Prover
import TestSupport
import Testing

/// The concrete and the affine reading of one relation agree: at the pads' values, every affine claim and check is the concrete one.
@Suite("Claim algebra") struct ChannelTests {
  /// Value of a form at the pads.
  static func value<E: ToyField>(_ form: Affine<E>, _ session: ProofSession<Frozen<E>>) -> E {
    form.terms.reduce(form.constant) { $0 + $1.coefficient * session.pads[$1.key.slot(padCount: session.statement.layout.count)] }
  }

  static func compare<E: ToyField>(_ instance: ToyInstance<E>) throws {
    let session = try ProofSession<Frozen<E>>(instance, seed: 3)
    session.samplePads()
    let secrets = session.statement.layout.secrets.map { session.pads[$0] }
    let clear = try ClearRun.prove(instance.relation, session.witness, secrets: secrets, chain: FrozenChallenges.self)
    let concrete = try ClearRun.verify(instance.relation, clear, Frozen<E>.self)
    var padded = ProverChannel<E, FrozenChallenges>(tape: ProverTape(), pads: session.pads)
    try instance.relation.prove(&padded, session.witness)
    var reading = session.replay(padded.tape.events)
    let affine = try instance.relation.verify(&reading)
    #expect(concrete.count == affine.count)
    let matrices = instance.secrets.mapValues(\.data).merging(["aux": instance.auxiliary]) { $1 }
    for (x, y) in zip(concrete, affine) {
      #expect(x.value.element == value(y.value, session))
      #expect(x.terms.map(\.matrix) == y.terms.map(\.matrix) && x.terms.map(\.tensor) == y.terms.map(\.tensor))
      #expect(ClearRun.value(x.terms, matrices) == x.value.element, "a claim that is not true of the data")
    }
    #expect(!reading.checks.isEmpty)
    for (check, form) in reading.checks { #expect(value(form, session).isZero, "\(check)") }
    #expect(reading.padCount == padded.used)
    #expect(reading.padCount <= session.statement.layout.count)
  }

  @Test("concrete run = affine run") func agree() throws {
    try Self.compare(InnerInstances.make(GoldilocksCubic.self, seed: 2, secondM: 5))
    try Self.compare(LinearInstances.make(GoldilocksCubic.self, seed: 2))
    try Self.compare(LinearInstances.make(GoldilocksCubic.self, seed: 3, twoShapes: true))
    try Self.compare(InnerInstances.make(GoldilocksQuadratic.self, seed: 2))
    try Self.compare(LinearInstances.make(GoldilocksQuadratic.self, seed: 2))
    try Self.compare(InnerInstances.make(BN254Scalar.self, seed: 2, secondM: 6))
    try Self.compare(LinearInstances.make(BN254Scalar.self, seed: 2))
  }

  @Test("in clear, a false statement fails in its own check") func falseStatements() throws {
    typealias E = GoldilocksCubic
    func attempt(_ instance: ToyInstance<E>) throws {
      let witness = WitnessReader<E>(matrices: instance.secrets.mapValues(\.data).merging(["aux": instance.auxiliary]) { $1 })
      let proof = try ClearRun.prove(instance.relation, witness, secrets: [E(5)], chain: HashChain.self)
      _ = try ClearRun.verify(instance.relation, proof, Production<E>.self)
    }
    try attempt(InnerInstances.make(E.self, seed: 2))
    #expect(throws: VerificationError.checkFailed("inner.final")) { try attempt(InnerInstances.make(E.self, seed: 2, excess: .one)) }
    let product = try LinearInstances.make(E.self, seed: 21, tamper: AuditCheats<E>.wrongProduct)
    #expect(throws: VerificationError.checkFailed("matmul.final")) { try attempt(product) }
    for tamper in [
      AuditCheats<E>.outOfRangeRemainder, AuditCheats<E>.wrongActivation, AuditCheats<E>.flippedDecision, AuditCheats<E>.nonBooleanDecision,
      AuditCheats<E>.shiftedMultiplicity,
    ] {
      let instance = try LinearInstances.make(E.self, seed: 21, slack: 2, tamper: tamper)
      #expect(throws: VerificationError.checkFailed("logup.layer")) { try attempt(instance) }
    }
  }

  @Test("the laid out pads are the pads used, whatever the layout's challenges") func layout() throws {
    let instance = try LinearInstances.make(GoldilocksCubic.self, seed: 2, twoShapes: true)
    let layout = instance.statement.layout
    #expect(layout.secrets.count == 1 && !layout.products.isEmpty)
    // Every product takes two pads, none of them a secret; product groups use no pad of another group.
    for (a, b) in layout.products { #expect(a != b && !layout.secrets.contains(a) && !layout.secrets.contains(b)) }
    let slots = layout.products.indices.flatMap { group in PadKey.Member.allCases.map { PadKey.product(group, $0).slot(padCount: layout.count) } }
    #expect(Set(slots) == Set(layout.count..<layout.total))
  }
}

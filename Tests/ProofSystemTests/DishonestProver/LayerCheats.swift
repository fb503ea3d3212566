import Fields
import Hashing
import Kernels
import ProofSystem
import Prover
import TestSupport
import Testing

/// x′ = x + 1, y′ = x·y/x′: the product check holds, both evaluation claims are false.
struct FalseOpening<E: ToyField>: ProvableRelation {
  let honest: InnerProductRelation<E>
  var descriptor: CanonicalValue { honest.descriptor }
  var matrices: [RelationMatrix] { honest.matrices }
  var auxiliary: MatrixLayout { honest.auxiliary }
  var lookupDegree: Int { honest.lookupDegree }
  var pointVariables: Int { honest.pointVariables }
  var uncommittedDegree: Int { honest.uncommittedDegree }

  func verify<Channel: ClaimChannel & ~Copyable>(_ channel: inout Channel) throws(VerificationError) -> [LinearClaim<Channel.Value>]
  where Channel.E == E { try honest.verify(&channel) }

  func prove<Chain: TranscriptChain>(_ channel: inout ProverChannel<E, Chain>, _ witness: WitnessReader<E>) throws(ProverError) {
    func lifted(_ view: View) -> FieldBuffer<E> {
      let column = witness.read(view)
      return FieldBuffer((0..<column.count).map { E(base: column[$0]) })
    }
    let (_, x, y) = SumcheckProver.product(
      &channel, lifted(matrices[0].layout.view("values")), lifted(auxiliary.view("b")), label: "inner.round")
    let other = x + .one
    channel.send("inner.values", [other, x * y * (other.inverse() ?? .zero)])
  }
}

/// After ε, g is moved so that ⟨W′, g⟩ is what a false claim needs: a mask chosen too late.
final class LateMask<Configuration: EngineConfiguration>: ProofSession<Configuration> where Configuration.E: ToyField {
  override func shield(_ channel: inout ProverChannel<E, Chain>) {
    channel.send("shield.mu", zip(boundWeights, masks).map { Self.dot($0, $1) })
    let epsilon = channel.challenge("shield.epsilon")
    shielded = zip(masks, foldedRows).map { mask, row in FieldBuffer(zip(mask.array, row.array).map { $0 + epsilon * $1 }) }
    var reading = replay(channel.tape.events + [("shield.a", shielded.map { _ in .zero })])
    do {
      _ = try Front.run(&reading, relation: relation, shapes: statement.shapes, stacks: statement.stacks)
    } catch { Issue.record("the front cannot be replayed: \(error)") }
    let wanted = reading.checks.filter { $0.check == "shield" }.map { check in
      check.form.terms.reduce(check.form.constant) { $0 + $1.coefficient * pads[$1.key.slot(padCount: statement.layout.count)] }
    }
    for (index, value) in wanted.enumerated() {
      guard let place = boundWeights[index].array.firstIndex(where: { !$0.isZero }), let inverse = boundWeights[index][place].inverse() else {
        continue
      }
      shielded[index][place] += (value - Self.dot(boundWeights[index], shielded[index])) * inverse
    }
    channel.clear("shield.a", wanted)
  }

  static func dot(_ weights: FieldBuffer<E>, _ vector: FieldBuffer<E>) -> E {
    zip(weights.array, vector.array).reduce(.zero) { $0 + $1.0 * $1.1 }
  }
}

/// Masks with another mask than the committed one.
final class UncommittedMask<Configuration: EngineConfiguration>: ProofSession<Configuration> where Configuration.E: ToyField {
  override func shield(_ channel: inout ProverChannel<E, Chain>) {
    masks = masks.map { mask in
      var other = mask.array
      other[0] += .one
      return FieldBuffer(other)
    }
    super.shield(&channel)
  }
}

/// M′ is another one than the committed one when the pads are opened.
final class UncommittedPadMask<Configuration: EngineConfiguration>: ProofSession<Configuration> where Configuration.E: ToyField {
  override func commitAuxiliary() {
    super.commitAuxiliary()
    padMasks[0][3] += .one
  }
}

/// The rows of a false vector under the true one's root.
enum LayerCheats<E: ToyField> {
  static var all: [Cheat] {
    [
      Cheat("false public total", check: "inner.final") {
        let instance = try InnerInstances.make(E.self, seed: 4, excess: .one)
        try Cheat.run(instance, ProofSession<Dropped<E>>(instance))
      },
      Cheat("false openings", check: "shield") {
        let instance = try falseOpening(secondM: nil)
        try Cheat.run(instance, ProofSession<Dropped<E>>(instance))
      },
      Cheat("false openings, two shapes", check: "shield") {
        let instance = try falseOpening(secondM: 5)
        try Cheat.run(instance, ProofSession<Dropped<E>>(instance))
      },
      Cheat("mask chosen after epsilon", check: "level0.claims") {
        let instance = try falseOpening(secondM: nil)
        try Cheat.run(instance, LateMask<Dropped<E>>(instance))
      },
      Cheat("mask not committed", check: "level0.claims") {
        let instance = try InnerInstances.make(E.self, seed: 4, secondM: 4)
        try Cheat.run(instance, UncommittedMask<Dropped<E>>(instance))
      },
      Cheat("pad mask not committed", check: "level0.claims") {
        let instance = try InnerInstances.make(E.self, seed: 4)
        try Cheat.run(instance, UncommittedPadMask<Dropped<E>>(instance))
      },
      Cheat("forged level-0 columns", check: "level0.merkle", expecting: Cheat.failing("level0.merkle")) {
        let instance = try forgedColumns()
        try Cheat.run(instance, ProofSession<Dropped<E>>(instance))
      },
      Cheat("claim without a term", check: "claim.empty") {
        var instance = try InnerInstances.make(E.self, seed: 4)
        let relation = EmptyClaimRelation(honest: try #require(instance.relation as? InnerProductRelation<E>))
        instance = try instance.with(relation: relation)
        try Cheat.run(instance, ProofSession<Dropped<E>>(instance))
      },
    ]
  }

  static func falseOpening(secondM: Int?) throws -> ToyInstance<E> {
    var instance = try InnerInstances.make(E.self, seed: 4, secondM: secondM)
    instance.relation = FalseOpening(honest: try #require(instance.relation as? InnerProductRelation<E>))
    return instance
  }

  /// A true statement about a′ = a + e_0, with the columns of a′ under the root of a.
  static func forgedColumns() throws -> ToyInstance<E> {
    var data = InnerInstances.Data<E.Base>(bits: 5, seed: 4)
    var instance = try InnerInstances.make(E.self, seed: 4, excess: data.b[0], data: data)
    data.a[0] += .one
    let other = try #require(InnerInstances.make(E.self, seed: 4, data: data).secrets["a"])
    let real = try #require(instance.secrets["a"])
    instance.secrets["a"] = ArtefactSecret(publicPart: real.publicPart, data: other.data, matrix: other.matrix, tailSecret: real.tailSecret)
    return instance
  }
}

/// An inner product with a received value that is claimed to be zero and read from no matrix.
struct EmptyClaimRelation<E: ToyField>: ProvableRelation {
  let honest: InnerProductRelation<E>
  var value = E.one
  var descriptor: CanonicalValue { .list([.text("empty"), honest.descriptor]) }
  var matrices: [RelationMatrix] { honest.matrices }
  var auxiliary: MatrixLayout { honest.auxiliary }
  var lookupDegree: Int { 0 }
  var pointVariables: Int { 0 }
  var uncommittedDegree: Int { 2 }

  func verify<Channel: ClaimChannel & ~Copyable>(_ channel: inout Channel) throws(VerificationError) -> [LinearClaim<Channel.Value>]
  where Channel.E == E {
    let claims = try honest.verify(&channel)
    return claims + [LinearClaim([], try channel.receiveOne("empty.value"))]
  }

  func prove<Chain: TranscriptChain>(_ channel: inout ProverChannel<E, Chain>, _ witness: WitnessReader<E>) throws(ProverError) {
    try honest.prove(&channel, witness)
    channel.send("empty.value", [value])
  }
}

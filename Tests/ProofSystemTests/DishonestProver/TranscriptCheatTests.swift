import Fields
import Hashing
import Kernels
import ProofSystem
import Prover
import TestSupport
import Testing

/// Round messages bent to a false total by a prover that knows the challenge of round 1 in advance: the error e of the claim becomes
/// d·(1 − 2r) + e·r when c0 grows by d.
struct BentSumcheck<E: ToyField>: ProvableRelation {
  let honest: InnerProductRelation<E>
  /// Claimed total less the true one.
  let excess: E
  var descriptor: CanonicalValue { honest.descriptor }
  var matrices: [RelationMatrix] { honest.matrices }
  var auxiliary: MatrixLayout { honest.auxiliary }
  var lookupDegree: Int { 0 }
  var pointVariables: Int { 0 }
  var uncommittedDegree: Int { 2 }

  func verify<Channel: ClaimChannel & ~Copyable>(_ channel: inout Channel) throws(VerificationError) -> [LinearClaim<Channel.Value>]
  where Channel.E == E { try honest.verify(&channel) }

  func prove<Chain: TranscriptChain>(_ channel: inout ProverChannel<E, Chain>, _ witness: WitnessReader<E>) throws(ProverError) {
    func lifted(_ view: View) -> [E] {
      let column = witness.read(view)
      return (0..<column.count).map { E(base: column[$0]) }
    }
    var preview = Chain()
    let r = preview.challenges("inner.round.r", count: 1, as: E.self)[0]
    var a = lifted(matrices[0].layout.view("values"))
    var b = lifted(auxiliary.view("b"))
    var error = excess
    while a.count > 1 {
      let half = a.count / 2
      var c0 = E.zero
      var c2 = E.zero
      for i in 0..<half {
        c0 += a[i] * b[i]
        c2 += (a[half + i] - a[i]) * (b[half + i] - b[i])
      }
      // The claim's error after this round is error·r + d·(1 − 2r): zero for this d, in the first round.
      let d = -(error * r) * ((.one - r - r).inverse() ?? .zero)
      channel.send("inner.round", [c0 + (error.isZero ? .zero : d), c2])
      error = .zero
      let challenge = channel.challenge("inner.round.r")
      a = DenseReference.fold(a, by: challenge)
      b = DenseReference.fold(b, by: challenge)
    }
    channel.send("inner.values", [a[0], b[0]])
  }
}

/// What Fiat–Shamir prevents: the same forgery passes with challenges known in advance and fails with real ones.
@Suite("Fiat–Shamir") struct TranscriptCheatTests {
  typealias E = GoldilocksCubic

  @Test("known challenges allow a forged sumcheck, real ones do not") func frozenForgery() throws {
    var instance = try InnerInstances.make(E.self, seed: 4, excess: .one)
    instance.relation = BentSumcheck(honest: try #require(instance.relation as? InnerProductRelation<E>), excess: .one)
    try instance.verify(instance.prove(Frozen<E>.self), Frozen<E>.self)
    let real = try instance.prove(Dropped<E>.self)
    #expect(throws: VerificationError.checkFailed("ligerito.final_claim")) { try instance.verify(real) }
  }

  @Test("an honest proof under frozen challenges depends on their seed") func frozenSeed() throws {
    let instance = try InnerInstances.make(E.self, seed: 4)
    let proof = try FrozenChallenges.$seed.withValue(1) { try instance.prove(Frozen<E>.self) }
    FrozenChallenges.$seed.withValue(2) { #expect(throws: VerificationError.self) { try instance.verify(proof, Frozen<E>.self) } }
    _ = try FrozenChallenges.$seed.withValue(1) { try instance.verify(proof, Frozen<E>.self) }
  }

  /// Labels that a proof absorbs.
  static func labels(_ instance: ToyInstance<E>) throws -> [String] {
    var out: [String] = []
    for entry in try instance.verify(instance.prove()).inventory where entry.verb == .absorb && !out.contains(entry.label) { out.append(entry.label) }
    return out
  }

  @Test("a prover that omits to absorb anything is rejected", arguments: [false, true]) func omittedAbsorb(twoShapes: Bool) throws {
    let instance = try LinearInstances.make(E.self, seed: 21, twoShapes: twoShapes)
    let labels = try Self.labels(instance)
    #expect(labels.count >= 22)
    for label in labels {
      let proof = try OmittingChain.$omitted.withValue(label) { try instance.prove(Omitting<E>.self) }
      #expect(throws: VerificationError.self, "\(label) is not absorbed by the verifier") { try instance.verify(proof) }
      // Accepted by a verifier that omits it too: the omission alone was wrong.
      _ = try OmittingChain.$omitted.withValue(label) { try instance.verify(proof, Omitting<E>.self) }
    }
  }
}

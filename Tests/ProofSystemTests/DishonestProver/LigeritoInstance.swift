import Fields
import Hashing
import Kernels
import ProofSystem
import Prover
import TestSupport
import Testing

/// The recursion alone: a random vector with absent rows, random claims of every kind of weight, values from the dense reference.
struct LigeritoInstance<E: ToyField>: Sendable {
  var vector: [E]
  var claims: [OpeningClaim<E>]
  var levels: [LigeritoLevel]
  var present: [Int]

  init(seed: Int, variables: Int, rowBits: Int, foldBits: Int) throws {
    var random = ToyRandom(seed)
    var randomness = Randomness(seed: ToyRandom.seed(seed))
    levels = try Ligerito.schedule(
      variables: variables, rowBits: rowBits, finalBits: 2, profile: E.toyProfile, firstLogRate: 2, foldBits: foldBits)
    let rowCount = 1 << levels[0].rowBits
    present = Array((0..<rowCount).shuffled(using: &random).prefix(Int.random(in: 1...rowCount, using: &random))).sorted()
    vector = [E](repeating: .zero, count: 1 << variables)
    let length = 1 << levels[0].log2RowLength
    for u in present { vector.replaceSubrange((u * length)..<((u + 1) * length), with: randomness.ext(length, as: E.self)) }
    let values = vector
    claims = (0..<Int.random(in: 1...4, using: &random)).map { _ in
      let weights = Self.weight(variables, &random, &randomness)
      return OpeningClaim(weights, DenseReference.inner(weights, values))
    }
  }

  /// An eq point, powers of a base element, a dense list under tensor factors, or an eq point on a logical shape.
  static func weight(_ variables: Int, _ random: inout ToyRandom, _ randomness: inout Randomness) -> [Weight<E>] {
    let scale: [E] = randomness.ext(1)
    let point: [E] = randomness.ext(variables)
    switch Int.random(in: 0..<5, using: &random) {
    case 0: return [.tensor(Tensor(scale[0], TensorFactor.equality(point)))]
    case 1:
      let x: [E.Base] = randomness.base(1)
      return [.tensor(Tensor(.one, TensorFactor.powers(x[0], bits: variables)))]
    case 2:
      let split = Int.random(in: 0...variables, using: &random)
      let count = Int.random(in: 0...(1 << (variables - split)), using: &random)
      return [.dense(prefix: TensorFactor.equality(Array(point[..<split])), values: randomness.ext(count), variables: variables - split)]
    case 3:
      let index = Int.random(in: 0..<(1 << variables), using: &random)
      return [.tensor(Tensor(scale[0], TensorFactor.fixing(index, bits: variables)))]
    default:
      let split = Int.random(in: 0...variables, using: &random)
      let shape = [split, variables - split].map { Extent(bits: $0, count: Int.random(in: 1...(1 << $0), using: &random)) }
      return Equality.masked(point, shape).map { .tensor(Tensor(scale[0], $0)) }
    }
  }

  /// `committed`: what level 1 is encoded from; `root`: a root sent in place of its own.
  func prove<Configuration: EngineConfiguration>(
    _: Configuration.Type, committed: [E]? = nil, root: Digest? = nil
  ) -> [UInt8] where Configuration.E == E {
    var tape = ProverTape<E, Configuration.Chain>()
    let oracle = LevelOracle<E>(vector: FieldBuffer(committed ?? vector), level: levels[0], present: present)
    tape.messageDigest("ligerito.root", root ?? oracle.tree.root)
    let variables = log2Ceiling(vector.count)
    LigeritoProver<E>.open(&tape, Configuration.self, oracle: oracle, vector: FieldBuffer(vector), levels: levels) { lambda, dense in
      var run = E.one
      for claim in claims {
        for weight in claim.weights {
          for (b, entry) in DenseReference.table(weight, variables: variables).enumerated() { dense[b] += run * entry }
        }
        run *= lambda
      }
    }
    return tape.finish()
  }

  func verify<Configuration: EngineConfiguration>(_ proof: [UInt8], _: Configuration.Type) throws(VerificationError)
  where Configuration.E == E {
    var tape = try VerifierTape<E, Configuration.Chain>(proof: proof)
    let root = try tape.messageDigest("ligerito.root")
    try Ligerito.verify(&tape, Configuration.self, root: root, claims: claims, levels: levels, present: present)
    try tape.finish()
  }

  /// The root of another vector of the same shape.
  func root(of other: [E]) -> Digest { LevelOracle<E>(vector: FieldBuffer(other), level: levels[0], present: present).tree.root }

  /// 1 added to every present entry; claims true of the result.
  func shifted() -> Self {
    var out = self
    let length = 1 << levels[0].log2RowLength
    for u in present { for b in 0..<length { out.vector[u * length + b] += .one } }
    out.claims = claims.map { OpeningClaim($0.weights, DenseReference.inner($0.weights, out.vector)) }
    return out
  }
}

/// The four checks of the recursion.
enum LigeritoCheats<E: ToyField> {
  static var all: [Cheat] {
    [
      Cheat("wrong value", check: "ligerito.final_claim", expecting: Cheat.failing("ligerito.final_claim")) {
        var instance = try LigeritoInstance<E>(seed: 3, variables: 7, rowBits: 5, foldBits: 2)
        let proof = instance.prove(Dropped<E>.self)
        instance.claims = instance.claims.map { OpeningClaim($0.weights, $0.value + .one) }
        try instance.verify(proof, Dropped<E>.self)
      },
      Cheat("another vector than committed, several levels", check: "ligerito.query_claims", expecting: Cheat.failing("ligerito.final_claim")) {
        let instance = try LigeritoInstance<E>(seed: 4, variables: 7, rowBits: 5, foldBits: 2)
        let other = instance.shifted()
        try other.verify(other.prove(Dropped<E>.self, committed: instance.vector), Dropped<E>.self)
      },
      Cheat("another vector than committed, last level", check: "ligerito.final_columns", expecting: Cheat.failing("ligerito.final_columns")) {
        let instance = try LigeritoInstance<E>(seed: 5, variables: 4, rowBits: 2, foldBits: 2)
        #expect(instance.levels.count == 1)
        let other = instance.shifted()
        try other.verify(other.prove(Dropped<E>.self, committed: instance.vector), Dropped<E>.self)
      },
      Cheat("forged columns", check: "ligerito.merkle", expecting: Cheat.failing("ligerito.merkle")) {
        let instance = try LigeritoInstance<E>(seed: 6, variables: 7, rowBits: 5, foldBits: 2)
        let other = instance.shifted()
        try other.verify(other.prove(Dropped<E>.self, root: instance.root(of: instance.vector)), Dropped<E>.self)
      },
    ]
  }
}

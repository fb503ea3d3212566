import Fields
import Kernels
import ProofSystem
import Prover
import TestSupport
import Testing

/// Sumcheck alone, in clear: the verifier's last claim is the tables' value at its point.
@Suite("Sumcheck") struct SumcheckTests {
  /// Σ a·b over tables that are not committed: for the concrete channel only.
  struct ProductRun<E: ToyField> {
    let a: [E]
    let b: [E]

    func proof<Chain: TranscriptChain>(_: Chain.Type) -> [UInt8] {
      var channel = ProverChannel<E, Chain>(tape: ProverTape(), pads: [], isPadded: false)
      _ = SumcheckProver.product(&channel, FieldBuffer(a), FieldBuffer(b), label: "round")
      return channel.tape.finish()
    }
  }

  static func product<E: ToyField>(_: E.Type) throws {
    var randomness = Randomness(seed: ToyRandom.seed(1))
    for bits in 0...9 {
      let run = ProductRun<E>(a: randomness.ext(1 << bits), b: randomness.ext(1 << bits))
      let total = zip(run.a, run.b).reduce(E.zero) { $0 + $1.0 * $1.1 }
      let proof = run.proof(HashChain.self)
      func verified(_ claim: E) throws -> (point: [E], claim: E) {
        var channel = ConcreteChannel(tape: try VerifierTape<E, HashChain>(proof: proof), policy: AllChecks.self)
        let (point, last) = try Sumcheck.verifyProduct(&channel, claim: Concrete(claim), rounds: bits, label: "round")
        try channel.tape.finish()
        return (point, last.element)
      }
      let (point, last) = try verified(total)
      #expect(point.count == bits)
      let folded = point.reduce((run.a, run.b)) { (DenseReference.fold($0.0, by: $1), DenseReference.fold($0.1, by: $1)) }
      #expect(last == folded.0[0] * folded.1[0])
      #expect(try verified(total + .one).claim != last)
    }
  }

  @Test("product form against dense evaluation") func product() throws {
    try Self.product(GoldilocksCubic.self)
    try Self.product(GoldilocksQuadratic.self)
    try Self.product(BN254Scalar.self)
  }

  /// Round messages of the eq form by definition: t(X) = Σ_x eq(z_{>i}, x)·f(X, x) with the bound prefix dropped.
  static func equalityMessages<E: ToyField>(_ f: (E, E) -> E, _ a: [E], _ b: [E], z: [E], chain: inout HashChain) -> (messages: [[E]], point: [E]) {
    var (a, b, point, messages) = (a, b, [E](), [[E]]())
    for i in z.indices {
      let half = a.count / 2
      let eq = Equality.table(Array(z[(i + 1)...]))
      func sum(_ x: E) -> E {
        (0..<half).reduce(E.zero) { $0 + eq[$1] * f(a[$1] + x * (a[half + $1] - a[$1]), b[$1] + x * (b[half + $1] - b[$1])) }
      }
      // A polynomial of degree 2 from three values: c0, and c2 = (t(2) − 2t(1) + t(0))/2.
      let c2 = (sum(E(2)) - sum(.one) - sum(.one) + sum(.zero)) * (E(2).inverse() ?? .zero)
      messages.append([sum(.zero), c2])
      chain.absorb("round", elements: messages[i])
      let r = chain.challenges("round.r", count: 1, as: E.self)[0]
      point.append(r)
      a = DenseReference.fold(a, by: r)
      b = DenseReference.fold(b, by: r)
    }
    return (messages, point)
  }

  static func equality<E: ToyField>(_: E.Type) throws {
    var randomness = Randomness(seed: ToyRandom.seed(2))
    for bits in 0...6 {
      let (a, b, z): ([E], [E], [E]) = (randomness.ext(1 << bits), randomness.ext(1 << bits), randomness.ext(bits))
      var chain = HashChain()
      let (messages, expected) = equalityMessages({ $0 * $1 }, a, b, z: z, chain: &chain)
      var proof = ProofFormat.magic + [UInt8(ProofFormat.version), 0]
      for message in messages.flatMap({ $0 }) { message.appendBytes(to: &proof) }
      let total = zip(Equality.table(z), zip(a, b)).reduce(E.zero) { $0 + $1.0 * $1.1.0 * $1.1.1 }
      var channel = ConcreteChannel(tape: try VerifierTape<E, HashChain>(proof: proof), policy: AllChecks.self)
      let (point, last) = try Sumcheck.verifyEquality(&channel, claim: Concrete(total), point: z, label: "round")
      try channel.tape.finish()
      #expect(point == expected)
      let folded = point.reduce((a, b)) { (DenseReference.fold($0.0, by: $1), DenseReference.fold($0.1, by: $1)) }
      #expect(last.element == folded.0[0] * folded.1[0])
    }
  }

  @Test("eq form against its definition") func equality() throws {
    try Self.equality(GoldilocksCubic.self)
    try Self.equality(GoldilocksQuadratic.self)
    try Self.equality(BN254Scalar.self)
  }

  @Test("lockstep of several sizes: prefixes of one list of challenges") func lockstep() throws {
    typealias E = GoldilocksCubic
    var randomness = Randomness(seed: ToyRandom.seed(3))
    let sizes = [3, 1, 4, 0]
    var tables: [(a: [E], b: [E])] = sizes.map { (randomness.ext(1 << $0), randomness.ext(1 << $0)) }
    let claims = tables.map { zip($0.a, $0.b).reduce(E.zero) { $0 + $1.0 * $1.1 } }
    var tape = ProverTape<E, HashChain>()
    for round in 0..<4 {
      var message: [E] = []
      for index in sizes.indices where sizes[index] > round {
        let (a, b) = tables[index]
        let half = a.count / 2
        message.append((0..<half).reduce(E.zero) { $0 + a[$1] * b[$1] })
        message.append((0..<half).reduce(E.zero) { $0 + (a[half + $1] - a[$1]) * (b[half + $1] - b[$1]) })
      }
      tape.message("round", message)
      let r = tape.challenge("round.r")
      for index in sizes.indices where sizes[index] > round {
        tables[index] = (DenseReference.fold(tables[index].a, by: r), DenseReference.fold(tables[index].b, by: r))
      }
    }
    var channel = ConcreteChannel(tape: try VerifierTape<E, HashChain>(proof: tape.finish()), policy: AllChecks.self)
    let states = try Sumcheck.verifyLockstep(&channel, claims: claims.map { Concrete($0) }, rounds: sizes, label: "round")
    try channel.tape.finish()
    for (state, table) in zip(states, tables) { #expect(state.claim.element == table.a[0] * table.b[0]) }
    for (state, size) in zip(states, sizes) { #expect(state.point == Array(states[2].point.prefix(size))) }
  }
}

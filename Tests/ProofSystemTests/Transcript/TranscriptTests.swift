import Fields
import Hashing
import Kernels
import ProofSystem
import Prover
import TestSupport
import Testing

@Suite("Transcript chain") struct TranscriptTests {
  @Test("steps of the specification's vectors") func vectors() throws {
    var chain = HashChain()
    for step in try SpecVectors.load().transcript {
      switch step.step {
      case "start": break
      case "absorb bytes": chain.observe(try #require(step.label), try #require(step.payload).bytes)
      case "absorb extension vector":
        let payload = try #require(step.payload).bytes
        var elements: [GoldilocksCubic] = []
        for start in stride(from: 0, to: payload.count, by: GoldilocksCubic.byteCount) {
          let limbs = try (0..<3).map { try #require(Goldilocks(canonicalBytes: payload, at: start + 8 * $0)) }
          elements.append(GoldilocksCubic(limbs: limbs))
        }
        chain.absorb(try #require(step.label), elements: elements)
      case "challenges":
        let drawn = chain.challenges(try #require(step.label), count: try #require(step.count), as: GoldilocksCubic.self)
        #expect(drawn == step.values.map { GoldilocksCubic(limbs: $0.map { Goldilocks($0.value) }) })
      case "indices":
        let drawn = chain.indices(try #require(step.label), count: try #require(step.count), log2Range: try #require(step.log2Range))
        #expect(drawn == step.indices)
      default: Issue.record("unknown step \(step.step)")
      }
      #expect(chain.state.bytes == step.state.bytes, "after \(step.step)")
    }
  }

  @Test("every part of an absorb matters, and so does the number of challenges") func everyPart() {
    func drawn(_ label: String, _ kind: TranscriptKind, _ payload: [UInt8], count: Int = 1) -> GoldilocksCubic {
      var chain = HashChain()
      chain.absorb(label, kind: kind, payload: payload, count: 1)
      return chain.challenges("c", count: count, as: GoldilocksCubic.self)[0]
    }
    let seen: Set = [
      drawn("a", .bytes, []), drawn("b", .bytes, []), drawn("a", .base, []), drawn("a", .bytes, [0]), drawn("a", .bytes, [0, 0]),
      drawn("", .bytes, Array("a".utf8)), drawn("a", .bytes, [], count: 2),
    ]
    #expect(seen.count == 7)
    var chain = HashChain()
    let first = chain.challenges("c", count: 1, as: GoldilocksCubic.self)
    #expect(first != chain.challenges("c", count: 1, as: GoldilocksCubic.self))
  }

  @Test("one absorb of two parts differs from two absorbs") func grouping() {
    var one = HashChain()
    one.observe("a", [1, 2])
    var two = HashChain()
    two.observe("a", [1])
    two.observe("a", [2])
    #expect(one.state != two.state)
  }

  @Test("indices fill their range and nothing else") func indices() {
    var chain = HashChain()
    let drawn = chain.indices("q", count: 2000, log2Range: 3)
    #expect(Set(drawn) == Set(0..<8))
    #expect(chain.indices("q", count: 3, log2Range: 0) == [0, 0, 0])
  }

  @Test("limbs of challenges do not repeat") func limbs() {
    var chain = HashChain()
    let drawn = chain.challenges("c", count: 200, as: GoldilocksCubic.self)
    #expect(Set(drawn.flatMap { e in (0..<3).map { e.limb($0) } }).count == 600)
    var prime = HashChain()
    #expect(Set(prime.challenges("c", count: 200, as: BN254Scalar.self)).count == 200)
  }

  static func sameOnBothSides<E: ToyField>(_ instance: ToyInstance<E>) throws {
    let session = try ProofSession<Production<E>>(instance)
    session.samplePads()
    session.commitAuxiliary()
    try session.runProtocol()
    session.openPads()
    session.merge()
    let (oracle, vector) = session.commitLevelOne()
    let positions = session.openRows()
    session.openLevels(oracle: oracle, vector: vector, positions: positions)
    let inventory = session.tape.chain.inventory
    let proof = session.tape.finish()
    #expect(SHA256.hash(proof) == SHA256.hash(try instance.prove()))
    #expect(try instance.verify(proof).inventory == inventory)
    #expect(try instance.verify(proof).openedPositions == positions)
  }

  @Test("prover and verifier absorb and draw the same list") func inventory() throws {
    try Self.sameOnBothSides(LinearInstances.make(GoldilocksCubic.self, seed: 5, twoShapes: true))
    try Self.sameOnBothSides(InnerInstances.make(GoldilocksQuadratic.self, seed: 5, m: 5, secondM: 6))
    try Self.sameOnBothSides(InnerInstances.make(BN254Scalar.self, seed: 5, m: 5, secondM: 4))
  }

  /// Everything public is absorbed before the first challenge, and every message before the next one.
  @Test("the order of the transcript") func order() throws {
    let instance = try LinearInstances.make(GoldilocksCubic.self, seed: 5, twoShapes: true)
    let inventory = try instance.verify(instance.prove()).inventory
    let first = try #require(inventory.firstIndex { $0.verb == .challenge })
    #expect(
      inventory[..<first].map(\.label)
        == ["parameters", "relation", "context", "artefact", "artefact", "trees", "aux.root", "aux.root", "relation", "zeros"])
    let labels = inventory.map(\.label)
    func at(_ label: String) -> Int { labels.firstIndex(of: label) ?? -1 }
    let order = [
      "matmul.point", "requantise.value", "matmul.round", "matmul.values", "logup.fingerprint", "logup.root", "logup.lambda", "split",
      "sacrifice.rho", "sacrifice.open", "rows.batch", "rows.round", "shield.mu", "shield.epsilon", "shield.a", "pads.zeta", "pads.mu",
      "pads.epsilon", "merge.cross", "merge.epsilon", "ligerito.root", "rows.query", "rows.columns", "ligerito.batch", "ligerito.round",
    ]
    #expect(order.map(at) == order.map(at).sorted())
    #expect(!order.map(at).contains(-1))
    let final = try #require(labels.lastIndex(of: "ligerito.final"))
    #expect(final < (labels.lastIndex(of: "ligerito.query") ?? -1))
  }
}

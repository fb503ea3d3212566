import Fields
import Hashing
import ProofSystem
import Prover
import TestSupport
import Testing

/// A small proof, byte by byte: whatever is changed, the verifier ends in a typed error, and in the expected one where that is determined.
@Suite("Bytes of a proof") struct ProofBytesTests {
  /// The smallest whole proof over E.
  static func small<E: ToyField>(_: E.Type) throws -> (instance: ToyInstance<E>, proof: [UInt8]) {
    let instance = try InnerInstances.make(E.self, seed: 6, m: 4, bits: 2)
    return (instance, try instance.prove(seed: 6))
  }

  static func rejected<E: ToyField>(_ instance: ToyInstance<E>, _ proof: [UInt8]) -> Bool {
    do throws(VerificationError) {
      try instance.verify(proof)
      return false
    } catch { return true }
  }

  /// Every byte flipped in one bit and in random others; `step` > 1 samples.
  static func flips<E: ToyField>(_ field: E.Type, step: Int) throws {
    let (instance, proof) = try small(field)
    var random = ToyRandom(1)
    var accepted: [Int] = []
    for i in stride(from: 0, to: proof.count, by: step) {
      for mask in [1 << UInt8(i % 8), UInt8.random(in: 1...255, using: &random)] {
        var other = proof
        other[i] ^= mask
        if !rejected(instance, other) { accepted.append(i) }
      }
    }
    #expect(accepted.isEmpty)
    try instance.verify(proof)
  }

  @Test("every byte flipped two ways, cubic") func flipsCubic() throws { try Self.flips(GoldilocksCubic.self, step: 1) }
  @Test("bytes flipped, quadratic") func flipsQuadratic() throws { try Self.flips(GoldilocksQuadratic.self, step: 5) }
  @Test("bytes flipped, BN254") func flipsPrime() throws { try Self.flips(BN254Scalar.self, step: 11) }

  static func flipsOfAnAudit() throws {
    let instance = try LinearInstances.make(GoldilocksCubic.self, seed: 6, twoShapes: true)
    let proof = try instance.prove()
    var random = ToyRandom(3)
    for _ in 0..<400 {
      var other = proof
      other[Int.random(in: 0..<proof.count, using: &random)] ^= UInt8.random(in: 1...255, using: &random)
      #expect(rejected(instance, other))
    }
  }
  @Test("sampled bytes of an audit over two shapes") func audit() throws { try Self.flipsOfAnAudit() }

  @Test("every truncation") func truncations() throws {
    let (instance, proof) = try Self.small(GoldilocksCubic.self)
    for count in 0..<proof.count {
      do throws(VerificationError) {
        try instance.verify(Array(proof.prefix(count)))
        Issue.record("accepted with \(count) bytes")
      } catch {
        guard case .truncated(let needed, let left) = error else {
          Issue.record("\(count) bytes: \(error)")
          continue
        }
        #expect(needed > left && left >= 0 && left <= count)
      }
    }
  }

  @Test("extensions") func extensions() throws {
    let (instance, proof) = try Self.small(GoldilocksCubic.self)
    for extra in [[0], [0xff], Array(proof.suffix(32)), proof] {
      #expect(throws: VerificationError.trailingBytes(count: extra.count)) { try instance.verify(proof + extra) }
    }
  }

  @Test("random bytes after the header, and without one") func randomBytes() throws {
    let (instance, proof) = try Self.small(GoldilocksCubic.self)
    var random = ToyRandom(2)
    for _ in 0..<300 {
      let body = (0..<(proof.count - 10)).map { _ in UInt8.random(in: 0...255, using: &random) }
      #expect(Self.rejected(instance, Array(proof.prefix(10)) + body))
    }
    for count in [0, 1, 7, 8, 9, 10, 11, 1000] {
      #expect(Self.rejected(instance, (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }))
      #expect(Self.rejected(instance, [UInt8](repeating: 0, count: count)))
    }
  }

  @Test("another magic, another version") func header() throws {
    let (instance, proof) = try Self.small(GoldilocksCubic.self)
    var other = proof
    other[0] = 0x7a
    #expect(throws: VerificationError.magic) { try instance.verify(other) }
    for version in [0, 2, 255, 256, 65535] {
      var other = proof
      other[8] = UInt8(version & 255)
      other[9] = UInt8(version >> 8)
      #expect(throws: VerificationError.version(found: version)) { try instance.verify(other) }
    }
  }

  /// All-ones in every place: an element's place answers with its own offset.
  static func nonCanonical<E: ToyField>(_ field: E.Type) throws {
    let (instance, proof) = try small(field)
    let width = E.Base.byteCount
    var slots = 0
    for at in stride(from: 10, through: proof.count - width, by: 8) {
      var other = proof
      other.replaceSubrange(at..<(at + width), with: [UInt8](repeating: 0xff, count: width))
      do throws(VerificationError) {
        try instance.verify(other)
        Issue.record("accepted with ones at \(at)")
      } catch {
        if error == .nonCanonical(offset: at) { slots += 1 }
      }
    }
    var expected = 0
    for entry in try instance.verify(proof).inventory where entry.verb == .absorb {
      switch entry.kind {
      case .challengeField: expected += entry.count * E.degree
      case .base: expected += entry.label == "ligerito.columns" ? entry.count * E.degree : entry.count
      default: break
      }
    }
    #expect(slots == expected && expected > 50)
  }

  @Test("every element slot refuses a non-canonical encoding") func nonCanonicalSlots() throws {
    try Self.nonCanonical(GoldilocksCubic.self)
    try Self.nonCanonical(GoldilocksQuadratic.self)
    try Self.nonCanonical(BN254Scalar.self)
  }

  /// The first message made small through its pad; x + p denotes the same element and must still be refused.
  final class SmallMessage<Configuration: EngineConfiguration>: ProofSession<Configuration> where Configuration.E: ToyField {
    override func samplePads() {
      super.samplePads()
      guard let a = secrets["a"]?.data.tensor("values") else { return }
      let b = auxiliary.tensor("b")
      let first = (0..<(a.count / 2)).reduce(Base.zero) { $0 + a[$1] * b[$1] }
      let old = pads[0]
      pads[0] = E(base: first - Base(5))
      // Products of pad 0 would have to follow.
      precondition(!statement.layout.products.contains { $0.0 == 0 || $0.1 == 0 } && old != pads[0])
    }
  }

  @Test("the same element encoded as x + p") func alias() throws {
    let instance = try InnerInstances.make(GoldilocksCubic.self, seed: 4)
    let proof = try SmallMessage<Production<GoldilocksCubic>>(instance).prove()
    let at = 10 + 32 + 32
    #expect(proof[at..<(at + 8)] == [5, 0, 0, 0, 0, 0, 0, 0])
    try instance.verify(proof)
    var other = proof
    // 5 + p = 2^64 − 2^32 + 6.
    other.replaceSubrange(at..<(at + 8), with: [6, 0, 0, 0, 0xff, 0xff, 0xff, 0xff])
    #expect(throws: VerificationError.nonCanonical(offset: at)) { try instance.verify(other) }
  }
}

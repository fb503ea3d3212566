import Fields
import Hashing
import ProofSystem
import Prover
import R1CS
import TestSupport
import Testing

/// False circuits, witnesses and statements: each is rejected, and accepted once the check or claim in its way is off on both sides.
@Suite("R1CS: dishonest provers") struct R1CSDishonestTests {
  static func isFinalClaim(_ error: any Error) -> Bool { error as? VerificationError == .checkFailed("ligerito.final_claim") }

  /// The same statement with another relation on both sides.
  static func tampered<E: ToyField>(_ instance: ToyInstance<E>, _ change: (inout TamperedR1CS<E>) -> Void) throws -> ToyInstance<E> {
    guard let honest = instance.relation as? R1CSRelation<E> else { throw ProverError.missingSecret("relation") }
    var relation = TamperedR1CS(honest: honest)
    change(&relation)
    return try instance.with(relation: relation)
  }

  /// Rejected by the last claim, in clear by the named check; accepted without the check.
  static func expectCaught<E: ToyField>(_ instance: ToyInstance<E>, by check: CheckName) throws {
    #expect(throws: VerificationError.checkFailed("ligerito.final_claim")) { try instance.verify(instance.prove()) }
    let clear = try ClearRun.prove(
      instance.relation, WitnessReader(matrices: instance.secrets.mapValues(\.data).merging(["aux": instance.auxiliary]) { $1 }),
      chain: HashChain.self)
    #expect(throws: VerificationError.checkFailed(check)) { try ClearRun.verify(instance.statement.relation, clear, Production<E>.self) }
    try Dropping.$names.withValue([check]) {
      _ = try ClearRun.verify(instance.statement.relation, clear, Dropped<E>.self)
      try instance.verify(instance.prove(Dropped<E>.self), Dropped<E>.self)
    }
  }

  /// Breaks constraint after constraint: its C side gets another multiple of the constant.
  static func everyConstraint<E: ToyField>(_: E.Type) throws {
    let sample = SampleCircuits.random(E.Base.self, constraints: 6, free: 3, publicCount: 2, seed: 2)
    for broken in 0..<6 {
      var rows: [[SampleCircuits.Row<E.Base>]] = []
      for matrix in [sample.circuit.a, sample.circuit.b, sample.circuit.c] {
        rows.append(
          (0..<6).map { row in
            (Int(matrix.rowStarts[row])..<Int(matrix.rowStarts[row + 1])).map { (Int(matrix.columns[$0]), matrix.values[$0]) }
          })
      }
      let old = rows[2][broken].first { $0.column == 0 }?.value ?? .zero
      rows[2][broken].removeAll { $0.column == 0 }
      rows[2][broken].append((0, old + .one == .zero ? .two : old + .one))
      let circuit = SampleCircuits.circuit(rows, columnCount: sample.circuit.wireCount, inputs: 2)
      let instance = try R1CSInstances.make(E.self, circuit, wires: [sample.wires])
      #expect(throws: ProverError.unsatisfiedConstraint(instance: 0, constraint: broken)) { try instance.prove() }
      let relation = try #require(instance.relation as? R1CSRelation<E>)
      #expect(R1CSWitness<E>.firstFailure(relation, instance.auxiliary).map { $0 == (0, broken) } == true)
      try expectCaught(tampered(instance) { _ in }, by: "r1cs.product")
    }
  }

  @Test("each constraint broken in turn, cubic") func cubic() throws { try Self.everyConstraint(GoldilocksCubic.self) }
  @Test("each constraint broken in turn, quadratic") func quadratic() throws { try Self.everyConstraint(GoldilocksQuadratic.self) }
  @Test("each constraint broken in turn, BN254") func prime() throws { try Self.everyConstraint(BN254Scalar.self) }

  @Test("one of three instances false") func oneInstance() throws {
    typealias E = GoldilocksCubic
    let instance = try R1CSInstances.sample(E.self, constraints: 5, free: 3, publicCount: 2, instances: 3)
    let relation = try #require(instance.relation as? R1CSRelation<E>)
    let last = relation.circuit.wireCount - 1
    instance.auxiliary.tensor("z")[1 << relation.wireBits + last] += .one
    #expect(throws: ProverError.unsatisfiedConstraint(instance: 1, constraint: 4)) { try instance.prove() }
    try Self.expectCaught(Self.tampered(instance) { _ in }, by: "r1cs.product")
  }

  /// Proofs of the tampered relation against both readings: with and without one claim.
  static func expectCaught<E: ToyField>(_ instance: ToyInstance<E>, byClaim claim: Int, _ change: (inout TamperedR1CS<E>) -> Void = { _ in }) throws {
    let full = try tampered(instance, change)
    #expect(throws: VerificationError.checkFailed("ligerito.final_claim")) { try full.verify(full.prove()) }
    let without = try tampered(instance) {
      change(&$0)
      $0.omittedClaim = claim
    }
    try without.verify(without.prove())
  }

  @Test("a wrong public signal: the public claim") func publicSignal() throws {
    typealias E = GoldilocksCubic
    let sample = SampleCircuits.random(Goldilocks.self, constraints: 6, free: 4, publicCount: 3, seed: 5)
    for wrong in 0..<3 {
      var values = sample.publicValues
      values[wrong] += .one
      try Self.expectCaught(R1CSInstances.make(E.self, sample.circuit, wires: [sample.wires], publicValues: [values]), byClaim: 0)
    }
    // Another constant: all wires doubled satisfy nothing, but a homogeneous circuit with constant 0 would.
    let rows: [[SampleCircuits.Row<Goldilocks>]] = [[[(1, .one)]], [[(2, .one)]], [[(0, .one)]]]
    let circuit = SampleCircuits.circuit(rows, columnCount: 3, inputs: 1)
    try Self.expectCaught(
      R1CSInstances.make(E.self, circuit, wires: [[.zero, .zero, Goldilocks(5)]], publicValues: [[.zero]]), byClaim: 0)
  }

  @Test("the public signal of the last of three instances") func publicSignalOfInstance() throws {
    let instance = try R1CSInstances.sample(GoldilocksCubic.self, constraints: 5, free: 3, publicCount: 2, instances: 3)
    let relation = try #require(instance.relation as? R1CSRelation<GoldilocksCubic>)
    var values = relation.publicValues
    values[2][1] += .one
    let wires = (0..<3).map { own in (0..<relation.circuit.wireCount).map { instance.auxiliary.tensor("z")[own << relation.wireBits + $0] } }
    try Self.expectCaught(R1CSInstances.make(GoldilocksCubic.self, relation.circuit, wires: wires, publicValues: values), byClaim: 0)
  }

  @Test("false a, b, c with the right product: the claim on the matrices") func falseFactors() throws {
    func run<E: ToyField>(_ field: E.Type) throws {
      let instance = try R1CSInstances.sample(field, constraints: 5, free: 3, publicCount: 2)
      try Self.expectCaught(instance, byClaim: 1) {
        // a′ = a + 1, b′ = b, c′ = c + b: a′·b′ − c′ is what it was.
        $0.factors = { [$0[0] + .one, $0[1], $0[2] + $0[1]] }
      }
    }
    try run(GoldilocksCubic.self)
    try run(GoldilocksQuadratic.self)
    try run(BN254Scalar.self)
  }

  @Test("lengths, order and circuit are bound: proofs do not carry over") func otherStatements() throws {
    typealias E = GoldilocksCubic
    let sample = SampleCircuits.random(Goldilocks.self, constraints: 6, free: 4, publicCount: 2, seed: 5)
    let circuit = sample.circuit
    let instance = try R1CSInstances.make(E.self, circuit, wires: [sample.wires])
    let proof = try instance.prove()
    func rejected(_ other: ToyInstance<E>) { #expect(throws: VerificationError.self) { try other.verify(proof) } }
    let swapped = try #require(
      Circuit(a: circuit.b, b: circuit.a, c: circuit.c, publicOutputCount: 0, publicInputCount: 2))
    rejected(try R1CSInstances.make(E.self, swapped, wires: [sample.wires]))
    // The same digest claimed for other matrices: the verifier's own evaluation differs.
    rejected(
      try R1CSInstances.make(
        E.self, SampleCircuits.random(Goldilocks.self, constraints: 6, free: 4, publicCount: 2, seed: 6).circuit, wires: [sample.wires],
        digest: sample.digest))
    // The same circuit with another split of public wires, another digest, another count.
    let outputs = try #require(Circuit(a: circuit.a, b: circuit.b, c: circuit.c, publicOutputCount: 1, publicInputCount: 1))
    rejected(try R1CSInstances.make(E.self, outputs, wires: [sample.wires]))
    rejected(try R1CSInstances.make(E.self, circuit, wires: [sample.wires], digest: SHA256.hash([1])))
    let fewer = try #require(Circuit(a: circuit.a, b: circuit.b, c: circuit.c, publicOutputCount: 0, publicInputCount: 1))
    rejected(try R1CSInstances.make(E.self, fewer, wires: [sample.wires]))
    // A false witness that satisfies swapped matrices alone.
    #expect(throws: R1CSRelationError.publicCount(instance: 0, expected: 2, found: 1)) {
      try R1CSInstances.make(E.self, circuit, wires: [sample.wires], publicValues: [[.one]])
    }
  }

  @Test("every flipped byte and every truncation is rejected") func bytes() throws {
    let instance = try R1CSInstances.sample(GoldilocksCubic.self, constraints: 5, free: 3, publicCount: 2, instances: 2)
    let proof = try instance.prove()
    for position in stride(from: 0, to: proof.count, by: max(1, proof.count / 400)) {
      var other = proof
      other[position] ^= 1 << UInt8(position % 8)
      #expect(throws: VerificationError.self) { try instance.verify(other) }
    }
    for count in stride(from: 0, to: proof.count, by: max(1, proof.count / 100)) {
      #expect(throws: VerificationError.self) { try instance.verify(Array(proof.prefix(count))) }
    }
    #expect(throws: VerificationError.trailingBytes(count: 1)) { try instance.verify(proof + [0]) }
  }

  @Test("statements of other circuits have other digests") func descriptors() throws {
    typealias E = GoldilocksCubic
    let sample = SampleCircuits.random(Goldilocks.self, constraints: 6, free: 4, publicCount: 2, seed: 5)
    func digest(_ instance: ToyInstance<E>) -> Digest { instance.statement.relationDigest }
    var seen = Set<Digest>()
    seen.insert(digest(try R1CSInstances.make(E.self, sample.circuit, wires: [sample.wires])))
    seen.insert(digest(try R1CSInstances.make(E.self, sample.circuit, wires: [sample.wires, sample.wires])))
    seen.insert(digest(try R1CSInstances.make(E.self, sample.circuit, wires: [sample.wires], digest: SHA256.hash([1]))))
    seen.insert(digest(try R1CSInstances.make(E.self, sample.circuit, wires: [sample.wires], publicValues: [[.one, .two]])))
    #expect(seen.count == 4)
  }

  /// Ones for messages and challenges, zeros under one label.
  struct ZeroTape: MessageTape, ~Copyable {
    let zeroLabel: String
    mutating func message(_ label: String, count: Int) -> [GoldilocksCubic] { Array(repeating: .one, count: count) }
    mutating func challenges(_ label: String, count: Int) -> [GoldilocksCubic] {
      Array(repeating: label == zeroLabel ? .zero : GoldilocksCubic(3), count: count)
    }
  }

  @Test("a zero coordinate of τ is an error, not a division") func zeroCoordinate() throws {
    let relation = try R1CSInstances.sample(GoldilocksCubic.self).relation
    var channel = AffineChannel(tape: ZeroTape(zeroLabel: "r1cs.tau"), policy: AllChecks.self)
    #expect(throws: VerificationError.zeroCoordinate("r1cs.rows")) { _ = try relation.verify(&channel) }
    var other = AffineChannel(tape: ZeroTape(zeroLabel: "none"), policy: AllChecks.self)
    #expect(try relation.verify(&other).count == 2)
  }
}

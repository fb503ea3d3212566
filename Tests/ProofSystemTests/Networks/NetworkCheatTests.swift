import Claims
import Fields
import Programs
import ProofSystem
import Prover
import TestSupport
import Testing

/// False witnesses of networks: each is rejected, and accepted once the constraint that it breaks is left out on both sides.
@Suite("Dishonest inference of networks")
struct NetworkCheatTests {
  private struct Subject {
    let harness: NetworkHarness
    let claim: NetworkInference
    let inputs: [String: [Int64]]
    /// Name of the last node of a kind, as constraints have it.
    func name(_ isWanted: (Operator) -> Bool) -> String {
      "0." + (harness.model.architecture.program.nodes.last { isWanted($0.operation) }?.name ?? "")
    }
  }

  private func subject(
    _ seed: UInt64, _ build: (inout NetworkSamples) throws -> NodeReference, inputs: [String: Int], range: ClosedRange<Int64>
  ) throws -> Subject {
    var samples = NetworkSamples(seed)
    try samples.output("y", try build(&samples))
    let harness = NetworkHarness(model: try samples.model())
    let own = inputs.mapValues { samples.numbers($0, range) }
    return Subject(harness: harness, claim: try harness.published(rows: 1, own), inputs: own)
  }

  private func isAccepted(_ subject: Subject, dropped: Set<String> = [], forge: ((inout [String: [Int64]]) -> Void)? = nil) -> Bool {
    let made = try? subject.harness.instance([subject.claim], hidden: [subject.inputs], dropped: dropped, forge: forge)
    guard let instance = made else { return false }
    return (try? NetworkHarness.check(instance)) != nil
  }

  /// Every committed cell by key and entry.
  private func cells(_ subject: Subject) throws -> [(key: String, entry: Int)] {
    var out: [(key: String, entry: Int)] = []
    _ = try subject.harness.instance([subject.claim], hidden: [subject.inputs]) { record in
      for key in record.keys.sorted() { for entry in (record[key] ?? []).indices { out.append((key, entry)) } }
    }
    return out
  }

  /// Cells that may be one more when `both` are left out and not when only `first` is.
  private func freed(_ subject: Subject, by second: Set<String>, with first: Set<String>) throws -> Int {
    try cells(subject).filter { cell in
      let forge = { (record: inout [String: [Int64]]) -> Void in record[cell.key]?[cell.entry] += 1 }
      return !isAccepted(subject, dropped: first, forge: forge) && isAccepted(subject, dropped: first.union(second), forge: forge)
    }.count
  }

  private func dense(_ seed: UInt64) throws -> Subject {
    try subject(
      seed,
      { samples in
        let x = try samples.input("x", 2, -128...127)
        return try samples.relu(try samples.dense(x, 2, 2, shift: 5, bits: 12), bits: 12)
      }, inputs: ["x": 2], range: -100...100)
  }

  @Test("no committed cell may be changed")
  func everyCell() throws {
    let subject = try dense(11)
    #expect(isAccepted(subject))
    let free = try cells(subject).filter { cell in isAccepted(subject) { $0[cell.key]?[cell.entry] += 1 } }
    #expect(free.isEmpty)
  }

  @Test("a false output is stopped by the equation of the output alone")
  func output() throws {
    let subject = try dense(12)
    guard case .published(var values)? = subject.claim.outputs["y"] else { return }
    values[0] += 1
    let claim = NetworkInference(model: "net", rows: 1, inputs: subject.claim.inputs, outputs: ["y": .published(values)])
    for (dropped, isWanted) in [(Set<String>(), false), (["0.output.y"], true)] {
      let instance = try subject.harness.instance([claim], hidden: [subject.inputs], dropped: dropped, honest: subject.claim)
      #expect(((try? NetworkHarness.check(instance)) != nil) == isWanted)
    }
  }

  @Test("a false quotient or remainder is stopped by the rescaling's equation alone")
  func rescale() throws {
    let subject = try dense(13)
    let name = subject.name { if case .rescale = $0 { true } else { false } }
    #expect(try freed(subject, by: [name], with: []) > 0)
  }

  @Test("a false positive part is stopped by its lookups alone")
  func positivePart() throws {
    let subject = try dense(14)
    let instance = try subject.harness.instance([subject.claim], hidden: [subject.inputs])
    let lookups = Set(instance.relation.tree.lookups.map(\.name).filter { $0.hasPrefix("0.cells") })
    #expect(try freed(subject, by: lookups, with: ["0.output.y"]) > 0)
  }

  @Test("a false quotient or root is stopped by its remainder's equations alone")
  func division() throws {
    let subject = try subject(
      15,
      { samples in
        let (a, b) = (try samples.input("a", 1, -500...500), try samples.input("b", 1, 1...60))
        _ = try samples.weights(1, 0...1)
        return try samples.add(.divide(Divide(shift: 3, range: IntegerRange(-4_096...4_095))), [a, b])
      }, inputs: ["a": 1, "b": 1], range: 20...50)
    #expect(isAccepted(subject))
    let name = subject.name { if case .divide = $0 { true } else { false } }
    #expect(try freed(subject, by: ["\(name).remainder", "\(name).room"], with: ["0.output.y"]) > 0)
    #expect(try freed(subject, by: [], with: ["0.output.y"]) == 0)
  }

  @Test("a false factor of a product of products is stopped by the equation with the factor alone")
  func factor() throws {
    let subject = try subject(
      18,
      { samples in
        var x = try samples.input("x", 1, -4...3)
        let w = try samples.weights(1, 2...3)
        for _ in 0..<4 { x = try samples.add(.multiply(Multiply()), [w, x]) }
        return x
      }, inputs: ["x": 1], range: 1...3)
    #expect(isAccepted(subject))
    let names = Set(
      try subject.harness.instance([subject.claim], hidden: [subject.inputs]).relation.networks.flatMap(\.equations).map(\.name))
    let factors = names.filter { $0.split(separator: ".").count == 3 && $0 != "0.output.y" }
    #expect(factors.count == 1)
    #expect(try freed(subject, by: factors, with: ["0.output.y"]) > 0)
  }

  @Test("flipped bytes of a small proof are rejected, and a proof serves its own statement alone")
  func bytes() throws {
    let subject = try dense(16)
    let instance = try subject.harness.instance([subject.claim], hidden: [subject.inputs])
    let proof = try NetworkHarness.prove(instance)
    _ = try ProofVerifier.verify(instance.statement, proof: proof)
    var accepted = 0
    for place in stride(from: 0, to: proof.count, by: max(1, proof.count / 400)) {
      var flipped = proof
      flipped[place] ^= 1 << UInt8(place % 8)
      if (try? ProofVerifier.verify(instance.statement, proof: flipped)) != nil { accepted += 1 }
    }
    #expect(accepted == 0)
    let other = try dense(17)
    let statement = try other.harness.instance([other.claim], hidden: [other.inputs]).statement
    #expect(throws: VerificationError.self) { try ProofVerifier.verify(statement, proof: proof) }
  }
}

import Evidence
import Fields
import Foundation
import Pipelines
import R1CS
import Testing

@Suite("Proofs about circuits", .serialized) struct CircuitProofTests {
  static let shared = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../../../shared/data/r1cs")

  static let files = [
    "bls12381_kyc", "bls12381_poseidon", "bn254_circuit2", "bn254_complex_10000", "bn254_mycircuit", "bn254_poseidon", "gl_circom_stark_bits",
    "gl_circom_stark_example", "gl_circuzz_11", "gl_circuzz_25", "gl_circuzz_33t", "gl_circuzz_9", "pasta_nova_toy",
  ]

  static func inFolder<Value>(_ body: (URL) throws -> Value) throws -> Value {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("circuits-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try body(folder)
  }

  @Test("every shared circuit proves and verifies", arguments: files) func shared(_ name: String) throws {
    let circuit = Self.shared.appendingPathComponent("\(name).r1cs").path
    guard FileManager.default.fileExists(atPath: circuit) else {
      print("SKIPPED: \(name) is not in ../shared/data/r1cs")
      return
    }
    try Self.inFolder { folder in
      let out = folder.appendingPathComponent("proof").path
      let witness = Self.shared.appendingPathComponent("\(name).wtns").path
      let result = try CircuitProofs.prove(CircuitProofs.Options(circuit: circuit, witnesses: [witness], output: out))
      let file = try R1CSFile(CircuitProofs.read(circuit))
      let proof = try CircuitProof(CircuitProofs.read(out))
      let report = try CircuitVerifier.verify(file, proof)
      #expect(report.outputs == result.outputs && report.inputs == result.inputs && !report.isReordered)
      #expect(report.constraintCount == file.header.constraintCount)
      // Another public value, another prime, a proof cut off.
      if let first = proof.publicValues.first?.first {
        var wrong = proof
        wrong.publicValues[0][0] =
          first == [UInt8](repeating: 0, count: first.count) ? [1] + first.dropFirst() : [UInt8](repeating: 0, count: first.count)
        #expect(throws: CircuitProofError.self) { try CircuitVerifier.verify(file, wrong) }
      }
      var cut = proof
      cut.proof.removeLast()
      #expect(throws: CircuitProofError.self) { try CircuitVerifier.verify(file, cut) }
      var swapped = proof
      swapped.prime = FieldPrime(littleEndian: [13])
      #expect(throws: CircuitProofError.self) { try CircuitVerifier.verify(file, swapped) }
    }
  }

  /// x·y = z over any field, as files.
  static func product(_ folder: URL, _ name: String, z: Bool = true) throws -> (circuit: String, witness: String) {
    var builder = CircuitBuilder<Goldilocks>()
    let x = builder.privateInput("x")
    let y = builder.privateInput("y")
    builder.publicOutput(z ? "z" : "other", z ? builder.product(x, y) : builder.product(x, x))
    let built = try builder.build()
    let witness = try built.witness(publicInputs: [], privateInputs: [Goldilocks(6), Goldilocks(7)])
    let paths = (folder.appendingPathComponent("\(name).r1cs").path, folder.appendingPathComponent("\(name).wtns").path)
    try Data(built.r1csFile()).write(to: URL(fileURLWithPath: paths.0))
    try Data(WitnessFile.file(values: witness)).write(to: URL(fileURLWithPath: paths.1))
    return paths
  }

  @Test("a proof does not serve another circuit of the same shape") func otherCircuit() throws {
    try Self.inFolder { folder in
      let (first, second) = (try Self.product(folder, "a"), try Self.product(folder, "b", z: false))
      let out = folder.appendingPathComponent("proof").path
      let result = try CircuitProofs.prove(CircuitProofs.Options(circuit: first.circuit, witnesses: [first.witness], output: out))
      #expect(result.outputs == [["42"]])
      let proof = try CircuitProof(CircuitProofs.read(out))
      #expect(throws: CircuitProofError.self) { try CircuitVerifier.verify(R1CSFile(CircuitProofs.read(second.circuit)), proof) }
      // The witness of one circuit does not satisfy the other, and the message names the constraint.
      let error = #expect(throws: PipelineError.self) {
        try CircuitProofs.prove(CircuitProofs.Options(circuit: second.circuit, witnesses: [first.witness], output: out))
      }
      #expect(error?.message.contains("constraint") == true)
    }
  }

  @Test("any bytes as a proof file end in a typed error") func hostileFiles() throws {
    try Self.inFolder { folder in
      let paths = try Self.product(folder, "a")
      let out = folder.appendingPathComponent("proof").path
      _ = try CircuitProofs.prove(CircuitProofs.Options(circuit: paths.circuit, witnesses: [paths.witness], output: out))
      let good = try CircuitProofs.read(out)
      let file = try R1CSFile(CircuitProofs.read(paths.circuit))
      let start = good.count - (try CircuitProof(good)).proof.count
      for length in Array(0..<start) + [good.count - 1] {
        #expect(throws: CircuitProofError.self) { try CircuitVerifier.verify(file, CircuitProof(Array(good.prefix(length)))) }
      }
      for place in 0..<start {
        var bad = good
        bad[place] ^= 1
        // The digest of the file is a note, not part of what is proved.
        let report = try? CircuitVerifier.verify(file, CircuitProof(bad))
        #expect(report == nil || report?.isReordered == true)
      }
      #expect(throws: CircuitProofError.self) { try CircuitVerifier.verify(file, CircuitProof(good + [0])) }
    }
  }

  @Test("primes that carry no proof are refused by name") func refusedPrimes() throws {
    for known in KnownPrime.all {
      let field = Result { try CircuitField(known.prime) }
      guard case .success(let own) = field else { continue }
      let possible = (try? own.check(log2Cells: 14, targetBits: 128)) != nil
      if ["bn254", "bls12-381", "pallas", "vesta", "goldilocks"].contains(known.name) { #expect(possible, "\(known.name)") }
      if known.name.hasPrefix("sec") || known.name == "grumpkin" {
        let error = #expect(throws: CircuitProofError.self) { try own.check(log2Cells: 14, targetBits: 128) }
        #expect(error?.description.contains(known.name) == true, "\(known.name): \(error?.description ?? "")")
      }
    }
  }

  @Test("bindings are read as written") func bindings() throws {
    let names = try SymbolNames(
      Array("1,1,0,main.out\n2,2,0,main.x[0]\n3,3,0,main.x[1]\n4,4,0,main.x[2]\n5,-1,0,main.gone\n6,5,0,main.y\n".utf8))
    #expect(names.wire(named: "main.x[1]") == 3)
    #expect(names.name(ofWire: 5) == "main.y")
  }
}

import Fields
import Foundation
import Hashing
import R1CS
import Testing

struct SharedCircuit: Sendable, CustomTestStringConvertible {
  let name: String
  let prime: String
  let counts: [Int]
  let digest: String
  var testDescription: String { name }

  init(_ name: String, _ prime: String, _ counts: [Int], _ digest: String) {
    self.name = name
    self.prime = prime
    self.counts = counts
    self.digest = digest
  }

  /// Wires, public outputs and inputs, private inputs, constraints, linear, non-zeros, bytes: the table of the data's description.
  /// Digests: `reference/r1cs_check.py`.
  static let all = [
    SharedCircuit(
      "gl_circuzz_25", "goldilocks", [513, 2, 0, 0, 511, 0, 2544, 40_852],
      "7bc5ff862c309928993f714ef1bce4b0e2f76a8fe96ce9986e8b2584fddfa1eb"),
    SharedCircuit(
      "gl_circuzz_11", "goldilocks", [1106, 1, 0, 0, 1108, 89, 4263, 73_388],
      "18c502902fdce730bfc86386a4e1742918a1fb10e1ab886f242ca3cf57c8ae85"),
    SharedCircuit(
      "gl_circuzz_33t", "goldilocks", [2186, 1, 0, 1, 2180, 888, 7712, 136_280],
      "53d10b1885e341980a8904525973b50fc0011aaf52bdf97d29b2fcca6ffdd9e0"),
    SharedCircuit(
      "gl_circuzz_9", "goldilocks", [8018, 1, 0, 0, 8032, 3190, 29536, 515_048],
      "10357011ad22a0ec8d65917b4f674e3fd160c82c2af3e3e1dafa154122e4262e"),
    SharedCircuit(
      "gl_circom_stark_bits", "goldilocks", [61, 0, 0, 1, 60, 0, 298, 4872],
      "34887677b9d981b7aae1049e3f5887e6d31b45a2654ba3d63e54d30491638bb7"),
    SharedCircuit(
      "gl_circom_stark_example", "goldilocks", [5, 2, 1, 0, 3, 2, 8, 260],
      "5a93a6a3006b0a24f48952477fab4cd8ae4ac52256c192864d9549c5a8afdefd"),
    SharedCircuit(
      "bn254_mycircuit", "bn254", [4, 1, 0, 2, 1, 0, 3, 264],
      "266a7949346804af65308348c708b27fb70f2c6f4e3fbce5c7b821484f1adbd9"),
    SharedCircuit(
      "bn254_circuit2", "bn254", [132, 1, 0, 2, 131, 0, 647, 26_032],
      "d6dd6026eda8e8eab731db38b98f7ac0e659e918d351526f853eade8b4ad2bc4"),
    SharedCircuit(
      "bn254_complex_10000", "bn254", [10002, 1, 0, 1, 10000, 0, 30000, 1_280_128],
      "ce8ac29a9787699927e73693880abd68341a15e5f37df326f1d6f8bd72fcfcc0"),
    SharedCircuit(
      "bn254_poseidon", "bn254", [215, 1, 0, 1, 213, 0, 2574, 97_052],
      "a714f6c865f5fce32a65dfe865a1e4c72df4bdc9fedb0abf093026e8e3acc41f"),
    SharedCircuit("bls12381_poseidon", "bls12-381", [215, 1, 0, 1, 213, 0, 2574, 97_052], ""),
    SharedCircuit("bls12381_kyc", "bls12-381", [17, 0, 4, 2, 11, 0, 53, 2288], ""),
    SharedCircuit("pasta_nova_toy", "vesta", [5, 2, 2, 1, 1, 1, 3, 272], ""),
  ]
}

@Suite("Shared circom circuits") struct SharedCircuitTests {
  @Test("every file of ../shared/data/r1cs is in the list") func everyFile() throws {
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: CircuitFixtures.shared.path) else {
      print("SKIPPED: there is no ../shared/data/r1cs")
      return
    }
    #expect(Set(names.filter { $0.hasSuffix(".r1cs") }) == Set(SharedCircuit.all.map { "\($0.name).r1cs" }))
  }

  @Test("headers and counts are those of the table", arguments: SharedCircuit.all) func counts(_ entry: SharedCircuit) throws {
    guard let bytes = CircuitFixtures.sharedFile("\(entry.name).r1cs"), let values = CircuitFixtures.sharedFile("\(entry.name).wtns")
    else { return }
    let file = try R1CSFile(bytes)
    let info = try R1CSInfo(file)
    #expect(info.prime.name == entry.prime)
    #expect(
      [
        info.wires, info.publicOutputs, info.publicInputs, info.privateInputs, info.constraints, info.linearConstraints, info.totalNonZeros,
        info.fileByteCount,
      ] == entry.counts)
    #expect(info.fileDigest == SHA256.hash(bytes))
    #expect(file.labels.count == info.wires)
    let witness = try WitnessFile(values)
    #expect(witness.count == info.wires)
    #expect(witness.prime == info.prime)
  }

  @Test("the circuit is read, its digest is the checker's, the witness satisfies it", arguments: SharedCircuit.all)
  func circuits(_ entry: SharedCircuit) throws {
    guard let bytes = CircuitFixtures.sharedFile("\(entry.name).r1cs"), let values = CircuitFixtures.sharedFile("\(entry.name).wtns")
    else { return }
    switch entry.prime {
    case "goldilocks": try check(entry, bytes, values, Goldilocks.self)
    case "bn254": try check(entry, bytes, values, BN254Scalar.self)
    default:
      let file = try R1CSFile(bytes)
      let expected = CircuitError.otherPrime(expected: FieldPrime(of: BN254Scalar.self), found: file.header.prime)
      #expect(throws: expected) { try file.read(as: BN254Scalar.self) }
    }
  }

  private func check<F: PrimeField>(_ entry: SharedCircuit, _ bytes: [UInt8], _ values: [UInt8], _ field: F.Type) throws {
    let file = try R1CSFile(bytes)
    let circuit = try file.read(as: field)
    let info = R1CSInfo(file, circuit: circuit)
    #expect(info.linearConstraints == entry.counts[5])
    #expect(info.totalNonZeros == entry.counts[6])
    #expect(info.circuitDigest?.hex == entry.digest)
    let witness = try WitnessFile(values).read(for: circuit)
    let none = try circuit.firstViolation(of: witness)
    #expect(none == nil)
    // Written again, the file differs at most in the order of sections and of terms: sizes and digest are the same.
    let again = try circuit.r1csFile(
      privateInputCount: file.header.privateInputCount, labels: file.labels, labelCount: file.header.labelCount)
    #expect(again.count == bytes.count)
    #expect(try R1CSFile(again).read(as: field).digest == circuit.digest)
    let rewritten = try WitnessFile.file(values: witness)
    #expect(SHA256.hash(rewritten) == SHA256.hash(values))
    // Every wire counts: a changed value is found in a constraint that names it, or the wire is in none.
    for wire in [1, circuit.wireCount / 2, circuit.wireCount - 1] {
      var changed = witness
      changed[wire] += .one
      let used = [circuit.a, circuit.b, circuit.c].contains { $0.columns.contains(UInt32(wire)) }
      let violation = try circuit.firstViolation(of: changed)
      #expect((violation != nil) == used)
    }
  }
}

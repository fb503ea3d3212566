import Fields
import Hashing

/// What there is to say about an `.r1cs` file.
public struct R1CSInfo: Hashable, Sendable {
  public let constraints: Int
  /// Wires, the constant 1 included.
  public let wires: Int
  /// Non-zero entries of A, B and C; without the circuit, the terms that the file has.
  public let nonZeros: [Int]
  /// Constraints without a product of wires.
  public let linearConstraints: Int
  public let prime: FieldPrime
  public let fieldByteCount: Int
  public let publicOutputs: Int
  public let publicInputs: Int
  /// As the header has it: it may exceed the wires.
  public let privateInputs: Int
  public let labels: UInt64
  public let customGates: UInt32
  public let fileByteCount: Int
  /// SHA-256 of the file.
  public let fileDigest: Digest
  /// The digest of the circuit; nil when its field has no type here, or it has custom gates.
  public let circuitDigest: Digest?

  /// Non-zero entries of all three matrices.
  public var totalNonZeros: Int { nonZeros.reduce(0, &+) }
  /// Linear constraints in thousandths of all, rounded down; 0 for a circuit without constraints.
  public var linearPerMille: Int { constraints == 0 ? 0 : linearConstraints &* 1000 / constraints }

  /// From the file alone, for any prime. **Throws** what `countTerms` throws.
  public init(_ file: R1CSFile) throws(CircuitError) {
    let counts = try file.countTerms()
    self.init(file, nonZeros: [counts.a, counts.b, counts.c], linear: counts.linearConstraints, digest: nil)
  }

  /// From the file and the circuit read from it.
  public init<F: PrimeField>(_ file: R1CSFile, circuit: Circuit<F>) {
    self.init(
      file, nonZeros: [circuit.a.entryCount, circuit.b.entryCount, circuit.c.entryCount], linear: circuit.linearConstraintCount,
      digest: circuit.digest)
  }

  private init(_ file: R1CSFile, nonZeros: [Int], linear: Int, digest: Digest?) {
    let header = file.header
    constraints = header.constraintCount
    wires = header.wireCount
    self.nonZeros = nonZeros
    linearConstraints = linear
    prime = header.prime
    fieldByteCount = header.fieldByteCount
    publicOutputs = header.publicOutputCount
    publicInputs = header.publicInputCount
    privateInputs = header.privateInputCount
    labels = header.labelCount
    customGates = max(header.customGateCount, header.customGateUseCount)
    fileByteCount = file.source.count
    fileDigest = file.fileDigest
    circuitDigest = digest
  }
}

extension R1CSInfo: CustomStringConvertible {
  /// One `name: value` a line.
  public var description: String {
    let share = linearPerMille
    var lines = [
      "prime: \(prime) (\(prime.bitCount) bits, \(fieldByteCount) bytes an element)",
      "constraints: \(constraints)",
      "linear constraints: \(linearConstraints) (\(share / 10).\(share % 10) %)",
      "wires: \(wires)",
      "non-zeros: \(totalNonZeros) (A \(nonZeros[0]), B \(nonZeros[1]), C \(nonZeros[2]))",
      "public outputs: \(publicOutputs)",
      "public inputs: \(publicInputs)",
      "private inputs: \(privateInputs)",
      "labels: \(labels)",
    ]
    if customGates > 0 { lines.append("custom gates: \(customGates)") }
    lines.append("circuit digest: \(circuitDigest?.hex ?? "none")")
    lines.append("file SHA-256: \(fileDigest.hex) (\(fileByteCount) bytes)")
    return lines.joined(separator: "\n")
  }
}

// libFuzzer target for the reader of `.r1cs` files. Any bytes must end in a circuit or a CircuitError; what is accepted is canonical,
// and is the same circuit after it was written and read again.
//
// `Scripts/fuzz` builds and runs it. The first byte chooses: 0 the rest is a file; else the rest is the constraints section of one.

import Fields
import R1CS

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzR1CSFile(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: start, count: count))
  guard let choice = bytes.first else { return 0 }
  let rest = Array(bytes.dropFirst())
  do throws(CircuitError) {
    switch choice % 3 {
    case 0: try fuzzFile(rest)
    case 1: try fuzzConstraints(rest, Goldilocks.self)
    default: try fuzzConstraints(rest, BN254Scalar.self)
    }
  } catch {
    precondition(!error.description.isEmpty)
  }
  return 0
}

private func fuzzFile(_ bytes: [UInt8]) throws(CircuitError) {
  let file = try R1CSFile(bytes)
  precondition(8 * file.header.wireCount <= bytes.count)
  precondition(file.labels.count == file.header.wireCount)
  let info = try R1CSInfo(file)
  precondition(4 * info.totalNonZeros <= bytes.count && info.linearConstraints <= info.constraints)
  precondition(!info.description.isEmpty)
  switch info.prime {
  case FieldPrime(of: Goldilocks.self): try fuzzCircuit(file, Goldilocks.self)
  case FieldPrime(of: BN254Scalar.self): try fuzzCircuit(file, BN254Scalar.self)
  default: return
  }
}

private func fuzzCircuit<F: PrimeField>(_ file: R1CSFile, _ field: F.Type) throws(CircuitError) {
  let circuit = try file.read(as: field)
  for matrix in [circuit.a, circuit.b, circuit.c] {
    let parts = SparseMatrix(rowStarts: matrix.rowStarts, columns: matrix.columns, values: matrix.values, columnCount: circuit.wireCount)
    precondition(parts != nil && matrix.rowCount == file.header.constraintCount)
  }
  precondition(circuit.publicCount < circuit.wireCount && circuit.linearConstraintCount <= circuit.constraintCount)
  let again = try R1CSFile(
    circuit.r1csFile(privateInputCount: file.header.privateInputCount, labels: file.labels, labelCount: file.header.labelCount))
  let second = try again.read(as: field)
  precondition(second.digest == circuit.digest && again.labels == file.labels)
  let violation = try circuit.firstViolation(of: [.one] + Array(repeating: F.two, count: circuit.wireCount - 1))
  if let violation { precondition(!circuit.readableConstraint(violation.constraint).isEmpty) }
}

/// A frame around the constraints of at most 3 rows, 8 wires.
private func fuzzConstraints<F: PrimeField>(_ bytes: [UInt8], _ field: F.Type) throws(CircuitError) {
  guard let rows = bytes.first else { return }
  let body = Array(bytes.dropFirst())
  let header =
    little(UInt32(F.byteCount)) + F.modulusBytes + little(UInt32(8)) + little(UInt32(1)) + little(UInt32(2)) + little(UInt32(rows))
    + little(UInt64(9)) + little(UInt32(rows % 4))
  var file = Array("r1cs".utf8) + little(UInt32(1)) + little(UInt32(3))
  for (type, content) in [(2, body), (1, header), (3, Array(repeating: 0, count: 64))] as [(UInt32, [UInt8])] {
    file += little(type) + little(UInt64(content.count)) + content
  }
  try fuzzFile(file)
}

private func little<T: FixedWidthInteger>(_ value: T) -> [UInt8] {
  (0..<(T.bitWidth / 8)).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
}

// libFuzzer target for the readers of `.wtns` and `.sym` files. Any bytes must end in a value or a CircuitError; values that are
// accepted are written and read again as the same.
//
// `Scripts/fuzz` builds and runs it. The first byte chooses: even a `.wtns` file, odd a `.sym` file.

import Fields
import R1CS

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzWitness(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: start, count: count))
  guard let choice = bytes.first else { return 0 }
  let rest = Array(bytes.dropFirst())
  do throws(CircuitError) {
    if choice & 1 == 0 { try fuzzValues(rest) } else { try fuzzNames(rest) }
  } catch {
    precondition(!error.description.isEmpty)
  }
  return 0
}

private func fuzzValues(_ bytes: [UInt8]) throws(CircuitError) {
  let file = try WitnessFile(bytes)
  precondition(8 * file.count <= bytes.count)
  switch file.prime {
  case FieldPrime(of: Goldilocks.self): try fuzzValues(file, Goldilocks.self)
  case FieldPrime(of: BN254Scalar.self): try fuzzValues(file, BN254Scalar.self)
  default: return
  }
}

private func fuzzValues<F: PrimeField>(_ file: WitnessFile, _ field: F.Type) throws(CircuitError) {
  let values = try file.read(as: field)
  precondition(values.count == file.count && values.first == .one)
  let again = try WitnessFile(WitnessFile.file(values: values, fieldByteCount: file.fieldByteCount)).read(as: field)
  precondition(again == values)
}

private func fuzzNames(_ bytes: [UInt8]) throws(CircuitError) {
  let names = try SymbolNames(bytes)
  precondition(names.count <= bytes.count)
  for wire in [0, 1, 2, 7, Int.max] {
    let name = names.name(ofWire: wire)
    precondition(!name.isEmpty && name.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F })
    if names.knownName(ofWire: wire) == name { _ = names.wire(named: name) }
  }
}

import Fields
import Hashing

/// A `.wtns` file of version 2 whose frame and header are in order: the values of all wires of a circuit, wire 0 (the constant) first.
///
/// ```
/// section 1: bytes of an element n8 (u32), the prime (n8 bytes), count (u32)     section 2: count elements of n8 bytes
/// ```
/// Sections may come in any order; unknown ones are skipped. Source: iden3, snarkjs, src/wtns_utils.js.
public struct WitnessFile: Sendable {
  /// Bytes of an element in this file: a multiple of 8 that holds the prime.
  public let fieldByteCount: Int
  public let prime: FieldPrime
  /// Values, the constant 1 included.
  public let count: Int
  let source: ArraySlice<UInt8>
  let content: Range<Int>

  public init(_ bytes: [UInt8]) throws(CircuitError) { try self.init(bytes[...]) }

  /// **Complexity** O(1) beside the number of sections; the bytes are kept, not copied.
  public init(_ source: ArraySlice<UInt8>) throws(CircuitError) {
    self.source = source
    let frame = try SectionedFile(source, kind: .wtns, version: 2, definedTypes: 2)
    let (width, prime, at) = try frame.fieldHeader(source, rest: 4)
    self.prime = prime
    fieldByteCount = width
    let declared = word32(source.span, at)
    // Both factors are below 2^32.
    content = try frame.section(2, length: UInt64(declared) &* UInt64(width))
    count = Int(declared)
  }

  /// The values over F.
  ///
  /// **Throws** `otherPrime`; `notBelowPrime` with the wire; `constantNotOne`.
  /// **Complexity** O(count) time and memory, bounded by the size of the file.
  @_specialize(where F == Goldilocks)
  @_specialize(where F == BN254Scalar)
  @_specialize(where F == RuntimePrimeField)
  public func read<F: PrimeField>(as field: F.Type) throws(CircuitError) -> [F] {
    let expected = FieldPrime(of: field)
    guard prime == expected else { throw .otherPrime(expected: expected, found: prime) }
    let bytes = source.span
    let reader = ElementReader<F>(fieldByteCount: fieldByteCount)
    var values: [F] = []
    values.reserveCapacity(count)
    var at = content.lowerBound
    for wire in 0..<count {
      guard let value = reader.element(bytes, source, at: at) else {
        throw .file(CircuitFilePlace(.wtns, section: 2, offset: at, wire: wire), .notBelowPrime(prime))
      }
      values.append(value)
      at = at &+ fieldByteCount
    }
    guard values.first == .one else { throw .constantNotOne }
    return values
  }

  /// The values for this circuit. **Throws** as `read(as:)`, and `valueCount` when the circuit has another number of wires.
  public func read<F: PrimeField>(for circuit: Circuit<F>) throws(CircuitError) -> [F] {
    let expected = FieldPrime(of: F.self)
    guard prime == expected else { throw .otherPrime(expected: expected, found: prime) }
    guard count == circuit.wireCount else { throw .valueCount(expected: circuit.wireCount, found: count) }
    return try read(as: F.self)
  }

  /// Values as a `.wtns` file, version 2; equal values give equal bytes. `fieldByteCount`: as for `Circuit.r1csFile`.
  ///
  /// **Throws** `notRepresentable`.
  public static func file<F: PrimeField>(values: [F], fieldByteCount: Int? = nil) throws(CircuitError) -> [UInt8] {
    let width = try checkedWidth(fieldByteCount, F.self)
    guard let count = UInt32(exactly: values.count) else { throw .notRepresentable("\(values.count) values") }
    var out: [UInt8] = []
    out.reserveCapacity(values.count &* width &+ width &+ 64)
    out.append(contentsOf: CircuitFileKind.wtns.rawValue.utf8)
    out.append(littleEndian: UInt32(2))
    out.append(littleEndian: UInt32(2))
    out.append(littleEndian: UInt32(1))
    out.append(littleEndian: UInt64(width &+ 8))
    appendFieldHeader(width, F.self, to: &out)
    out.append(littleEndian: count)
    out.append(littleEndian: UInt32(2))
    out.append(littleEndian: UInt64(values.count &* width))
    for value in values { value.appendFileBytes(count: width, to: &out) }
    return out
  }
}

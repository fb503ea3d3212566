import Fields
import Hashing

/// What the header of an `.r1cs` file says.
public struct R1CSHeader: Hashable, Sendable {
  /// Bytes of a coefficient in this file: a multiple of 8 that holds the prime, possibly more than needed.
  public let fieldByteCount: Int
  public let prime: FieldPrime
  /// Wires, the constant 1 included.
  public let wireCount: Int
  public let publicOutputCount: Int
  public let publicInputCount: Int
  /// Compilers count inputs here that optimisation removed: it may exceed the wires.
  public let privateInputCount: Int
  public let labelCount: UInt64
  public let constraintCount: Int
  /// Entries of the custom gate list, and uses of them; a circuit with any of them is not read.
  public let customGateCount: UInt32
  public let customGateUseCount: UInt32

  /// Reads the header of a whole file; the frame, the label map's length and the counts are checked, the constraints are not.
  public static func read(_ bytes: ArraySlice<UInt8>) throws(CircuitError) -> R1CSHeader { try R1CSFile(bytes).header }
  /// Reads the header of a whole file; the frame, the label map's length and the counts are checked, the constraints are not.
  public static func read(_ bytes: [UInt8]) throws(CircuitError) -> R1CSHeader { try read(bytes[...]) }
}

/// An `.r1cs` file of version 1 whose frame and header are in order: read the header, choose the field, then `read(as:)`.
///
/// Sections may come in any order. Header, constraints and label map must be there; the latter's length bounds the wires by the size
/// of the file. Custom gate sections (4, 5) may be there if they are empty, unknown ones are skipped.
///
/// Source: iden3, Binary format for R1CS (r1csfile, doc/r1cs_bin_format.md).
public struct R1CSFile: Sendable {
  public let header: R1CSHeader
  let source: ArraySlice<UInt8>
  let constraints: Range<Int>
  let labelSection: Range<Int>

  public init(_ bytes: [UInt8]) throws(CircuitError) { try self.init(bytes[...]) }

  /// **Complexity** O(1) beside the number of sections; the bytes are kept, not copied.
  public init(_ source: ArraySlice<UInt8>) throws(CircuitError) {
    self.source = source
    let frame = try SectionedFile(source, kind: .r1cs, version: 1, definedTypes: 5)
    let (fieldByteCount, prime, at) = try frame.fieldHeader(source, rest: 28)
    let bytes = source.span
    let wires = UInt64(word32(bytes, at))
    let outputs = UInt64(word32(bytes, at &+ 4))
    let inputs = UInt64(word32(bytes, at &+ 8))
    guard 1 &+ outputs &+ inputs <= wires else {
      throw .file(CircuitFilePlace(.r1cs, section: 1, offset: at), .publicWires(needed: 1 &+ outputs &+ inputs, wires: wires))
    }
    labelSection = try frame.section(3, length: 8 &* wires)
    constraints = try frame.section(2)
    header = R1CSHeader(
      fieldByteCount: fieldByteCount, prime: prime, wireCount: Int(wires), publicOutputCount: Int(outputs), publicInputCount: Int(inputs),
      privateInputCount: Int(word32(bytes, at &+ 12)), labelCount: word64(bytes, at &+ 16), constraintCount: Int(word32(bytes, at &+ 24)),
      customGateCount: try Self.gateCount(frame, source, section: 4), customGateUseCount: try Self.gateCount(frame, source, section: 5))
  }

  /// SHA-256 of the file.
  public var fileDigest: Digest { SHA256.hash(source) }

  /// Label of each wire.
  public var labels: [UInt64] {
    let bytes = source.span
    var labels: [UInt64] = []
    labels.reserveCapacity(header.wireCount)
    for wire in 0..<header.wireCount { labels.append(word64(bytes, labelSection.lowerBound &+ 8 &* wire)) }
    return labels
  }

  /// **Throws** `customGates` unless the file has none and uses none.
  func refuseCustomGates() throws(CircuitError) {
    guard header.customGateCount == 0 else {
      throw .file(CircuitFilePlace(.r1cs, section: 4, offset: 0), .customGates(count: header.customGateCount))
    }
    guard header.customGateUseCount == 0 else {
      throw .file(CircuitFilePlace(.r1cs, section: 5, offset: 0), .customGates(count: header.customGateUseCount))
    }
  }

  /// The count that a custom gate section begins with; a section without any byte counts as empty too.
  private static func gateCount(_ frame: SectionedFile, _ source: ArraySlice<UInt8>, section: UInt32) throws(CircuitError) -> UInt32 {
    guard let content = frame.optionalSection(section), !content.isEmpty else { return 0 }
    let place = CircuitFilePlace(.r1cs, section: section, offset: content.lowerBound)
    guard content.count >= 4 else { throw .file(place, .truncated(needed: 4, available: UInt64(content.count))) }
    let count = word32(source.span, content.lowerBound)
    guard count > 0 || content.count == 4 else { throw .file(place, .sectionLength(expected: 4, found: UInt64(content.count))) }
    return count
  }
}

/// Why a circuit, a circuit's file or a witness was refused.
public enum CircuitError: Error, Equatable, Sendable {
  /// A file is not what it should be, at this place.
  case file(CircuitFilePlace, CircuitFileFault)
  /// The file is over another field than the one asked for.
  case otherPrime(expected: FieldPrime, found: FieldPrime)
  /// A witness has not one value for each wire of the circuit, or a list of inputs not one for each declared input.
  case valueCount(expected: Int, found: Int)
  /// Wire 0 of a witness is not 1.
  case constantNotOne
  /// A list of labels has not one entry for each wire.
  case labelCount(expected: Int, found: Int)
  /// A file format cannot hold a number this large, or elements of this width.
  case notRepresentable(String)
  /// A description of a circuit makes no sense: the reason.
  case invalidCircuit(String)
}

extension CircuitError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .file(let place, let fault): "\(place): \(fault)"
    case .otherPrime(let expected, let found): "the file is over the field of \(found), expected \(expected)"
    case .valueCount(let expected, let found): "\(found) values, expected \(expected)"
    case .constantNotOne: "wire 0 of the witness is not 1"
    case .labelCount(let expected, let found): "\(found) labels, expected \(expected), one for each wire"
    case .notRepresentable(let what): "the file format cannot hold \(what)"
    case .invalidCircuit(let reason): reason
    }
  }
}

/// The formats of circom's files.
public enum CircuitFileKind: String, Sendable {
  case r1cs
  case wtns
  case sym
}

/// Where in a file something was found.
public struct CircuitFilePlace: Hashable, Sendable {
  public var kind: CircuitFileKind
  /// Type number of the section, nil outside all sections.
  public var section: UInt32?
  /// Byte offset in the file.
  public var offset: Int
  /// The constraint, from 0.
  public var constraint: Int?
  /// The wire, from 0.
  public var wire: Int?
  /// The line of a text file, from 1.
  public var line: Int?

  public init(_ kind: CircuitFileKind, section: UInt32? = nil, offset: Int, constraint: Int? = nil, wire: Int? = nil, line: Int? = nil) {
    self.kind = kind
    self.section = section
    self.offset = offset
    self.constraint = constraint
    self.wire = wire
    self.line = line
  }

  static func sectionName(_ kind: CircuitFileKind, _ section: UInt32) -> String {
    switch (kind, section) {
    case (.r1cs, 1), (.wtns, 1): "header"
    case (.r1cs, 2): "constraints"
    case (.r1cs, 3): "wire-to-label map"
    case (.r1cs, 4): "custom gate list"
    case (.r1cs, 5): "custom gate applications"
    case (.wtns, 2): "values"
    default: "unknown"
    }
  }
}

extension CircuitFilePlace: CustomStringConvertible {
  public var description: String {
    var out = ".\(kind.rawValue)"
    if let section { out += ", section \(section) (\(Self.sectionName(kind, section)))" }
    if let line { out += ", line \(line)" }
    if let constraint { out += ", constraint \(constraint)" }
    if let wire { out += ", wire \(wire)" }
    return out + ", byte \(offset)"
  }
}

/// What is wrong at a place of a file.
public enum CircuitFileFault: Hashable, Sendable {
  /// Other first bytes than the format's.
  case magic(found: [UInt8])
  case version(expected: UInt32, found: UInt32)
  /// The file or the section ends before what was announced.
  case truncated(needed: UInt64, available: UInt64)
  /// Bytes that belong to nothing.
  case trailingBytes(UInt64)
  /// A second section of the same type; the byte offset of the first one's content.
  case duplicateSection(first: Int)
  case missingSection
  /// The length of a section contradicts the header.
  case sectionLength(expected: UInt64, found: UInt64)
  /// Bytes of a field element: not a positive multiple of 8.
  case fieldByteCount(UInt32)
  /// The modulus is even, or below 3.
  case notAnOddPrime(FieldPrime)
  /// More public wires than wires, the constant 1 counted as one of them.
  case publicWires(needed: UInt64, wires: UInt64)
  /// A term names a wire that does not exist.
  case wireOutOfRange(wire: UInt32, wires: Int)
  /// An element is not below the prime.
  case notBelowPrime(FieldPrime)
  /// Custom gates, or uses of them: their meaning is not in the constraints, so that a proof of the constraints alone would prove less
  /// than the circuit says.
  case customGates(count: UInt32)
  /// 2^32 or more terms in one matrix.
  case tooManyTerms(UInt64)
  /// A line of a `.sym` file is not `label,wire,component,name`; the part that is wrong.
  case symbolLine(String)
}

extension CircuitFileFault: CustomStringConvertible {
  public var description: String {
    switch self {
    case .magic(let found): "not a file of this format: it begins with the bytes \(hexadecimalText(found))"
    case .version(let expected, let found): "version \(found), expected \(expected)"
    case .truncated(let needed, let available): "ends early: \(needed) bytes expected, \(available) left"
    case .trailingBytes(let count): "\(count) bytes too many"
    case .duplicateSection(let first): "a second section of this type, the first is at byte \(first)"
    case .missingSection: "the section is missing"
    case .sectionLength(let expected, let found): "the section has \(found) bytes, expected \(expected)"
    case .fieldByteCount(let count): "\(count) bytes in a field element, expected a positive multiple of 8"
    case .notAnOddPrime(let prime): "the modulus \(prime.hex) is no odd prime"
    case .publicWires(let needed, let wires): "\(wires) wires, but the constant and the public signals take \(needed)"
    case .wireOutOfRange(let wire, let wires): "wire \(wire) in a circuit of \(wires) wires"
    case .notBelowPrime(let prime): "an element that is not below the prime \(prime)"
    case .customGates(let count): "\(count) custom gates: a proof of the constraints alone would not cover them"
    case .tooManyTerms(let count): "\(count) terms in one matrix, at most 2^32 - 1"
    case .symbolLine(let part): "expected label,wire,component,name; the \(part) is wrong"
    }
  }
}

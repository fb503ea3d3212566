import Claims
import Fields
import Hashing
import ProofSystem
import R1CS
import Soundness

/// A proof about a circuit as a file: a header line, the length of a JSON statement, the statement, the proof bytes.
///
/// Layout: `zkmlops-r1cs-proof/v1\n`, u32 little-endian length, canonical JSON (`docs/WireFormat.md`), then the proof to the end of the file.
public struct CircuitProof: Sendable {
  /// Wires of the circuit that are a slice of a committed column.
  public struct Link: Equatable, Sendable {
    public var firstWire: Int
    public var count: Int
    public var artefact: String
    public var column: String
    /// First row of the column.
    public var firstRow: Int

    public init(firstWire: Int, count: Int, artefact: String, column: String, firstRow: Int) {
      self.firstWire = firstWire
      self.count = count
      self.artefact = artefact
      self.column = column
      self.firstRow = firstRow
    }
  }

  static let magic = Array("zkmlops-r1cs-proof/v1\n".utf8)
  /// Most bytes of the statement.
  static let statementLimit = 1 << 26

  /// Digest of the circuit's matrices in canonical order.
  public var circuit: Digest
  /// SHA-256 of the `.r1cs` file that was proved.
  public var file: Digest
  public var prime: FieldPrime
  /// Bits of soundness: 128 or 100.
  public var targetBits: Int
  /// Public outputs, then public inputs, of each instance: canonical little-endian bytes.
  public var publicValues: [[[UInt8]]]
  public var artefacts: [ManifestArtefact]
  public var links: [Link]
  public var proof: [UInt8]

  public init(
    circuit: Digest, file: Digest, prime: FieldPrime, targetBits: Int, publicValues: [[[UInt8]]], artefacts: [ManifestArtefact] = [],
    links: [Link] = [], proof: [UInt8] = []
  ) {
    self.circuit = circuit
    self.file = file
    self.prime = prime
    self.targetBits = targetBits
    self.publicValues = publicValues
    self.artefacts = artefacts
    self.links = links
    self.proof = proof
  }

  /// The file's bytes.
  public var bytes: [UInt8] {
    let json = Array(statement.canonicalText.utf8)
    var out = Self.magic
    for shift in stride(from: 0, to: 32, by: 8) { out.append(UInt8(truncatingIfNeeded: json.count >> shift)) }
    return out + json + proof
  }

  private var statement: JSONValue {
    .object([
      "artefacts": .array(artefacts.map(\.json)), "circuit": .string(circuit.hex), "file": .string(file.hex),
      "links": .array(
        links.map {
          .object([
            "artefact": .string($0.artefact), "column": .string($0.column), "count": .integer($0.count), "firstRow": .integer($0.firstRow),
            "firstWire": .integer($0.firstWire),
          ])
        }), "prime": .string(HexBytes.text(prime.littleEndianBytes)),
      "public": .array(publicValues.map { .array($0.map { .string(HexBytes.text($0)) }) }), "target": .integer(targetBits),
    ])
  }

  /// Reads a proof file. **Throws** `CircuitProofError` for any other bytes than `bytes` writes; never traps.
  public init(_ source: [UInt8]) throws(CircuitProofError) {
    let start = Self.magic.count + 4
    guard source.count >= start, source.prefix(Self.magic.count).elementsEqual(Self.magic) else { throw .format("it is no proof about a circuit") }
    let length = source[Self.magic.count..<start].reversed().reduce(0) { $0 << 8 | Int($1) }
    guard length <= Self.statementLimit, length <= source.count - start else { throw .format("its statement is cut off") }
    do {
      let value = try JSONParser.parse(
        Array(source[start..<(start + length)]), limits: JSONParser.Limits(byteCount: Self.statementLimit, valueCount: 1 << 22))
      let node = JSONNode(value)
      let fields = try node.fields(["artefacts", "circuit", "file", "links", "prime", "public", "target"])
      func digest(_ key: String) throws -> Digest {
        let text = try fields.node(key).string("must be a digest", where: Hexadecimal.isDigest)
        guard let digest = Digest(hex: text) else { throw try fields.node(key).notAllowed("must be a digest") }
        return digest
      }
      func bytes(_ node: JSONNode) throws -> [UInt8] {
        guard let bytes = HexBytes.bytes(try node.string()), bytes.count <= 64 else { throw node.notAllowed("must be at most 64 bytes") }
        return bytes
      }
      circuit = try digest("circuit")
      file = try digest("file")
      prime = FieldPrime(littleEndian: try bytes(try fields.node("prime")))
      targetBits = try fields.node("target").integer(in: 1...1_000)
      publicValues = try fields.node("public").elements(atMost: 1 << 16).map { try $0.elements().map(bytes) }
      artefacts = try fields.node("artefacts").elements(atMost: 64).map { try ManifestArtefact.read($0) }
      links = try fields.node("links").elements(atMost: 4_096).map { node in
        let own = try node.fields(["artefact", "column", "count", "firstRow", "firstWire"])
        let range = 0...(1 << 31)
        return Link(
          firstWire: try own.node("firstWire").integer(in: range), count: try own.node("count").integer(in: range),
          artefact: try own.node("artefact").string(), column: try own.node("column").string(),
          firstRow: try own.node("firstRow").integer(in: range))
      }
      proof = Array(source[(start + length)...])
      guard Array(statement.canonicalText.utf8).elementsEqual(source[start..<(start + length)]) else {
        throw CircuitProofError.format("its statement is not in canonical form")
      }
    } catch let error as CircuitProofError { throw error } catch { throw .format("\(error)") }
  }
}

/// Why a proof about a circuit is not accepted.
public enum CircuitProofError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The file is not one of this format.
  case format(String)
  /// The proof is about another circuit than the file holds.
  case otherCircuit(expected: Digest, found: Digest)
  /// The proof is over another field than the file.
  case otherPrime(expected: FieldPrime, found: FieldPrime)
  /// The field carries no proof at the profile's soundness.
  case field(String)
  /// Statement and circuit do not fit: public values, links, sizes.
  case statement(String)
  /// The proof does not hold.
  case proof(ProofSystem.VerificationError)

  public var description: String {
    switch self {
    case .format(let reason): "the proof file cannot be read: \(reason)"
    case .otherCircuit(let expected, let found):
      "the proof is about circuit \(found.hex.prefix(16))…, and the file holds circuit \(expected.hex.prefix(16))…"
    case .otherPrime(let expected, let found): "the proof is over the field of \(found), and the circuit over that of \(expected)"
    case .field(let reason): reason
    case .statement(let reason): "the statement does not fit the circuit: \(reason)"
    case .proof(let error): "the proof does not hold: \(error)"
    }
  }
}

/// Bytes as lower-case hexadecimal, without a bound on their number.
enum HexBytes {
  static func text(_ bytes: [UInt8]) -> String {
    var out = ""
    out.reserveCapacity(2 * bytes.count)
    for byte in bytes {
      let text = String(byte, radix: 16)
      out += text.utf8.count == 1 ? "0" + text : text
    }
    return out
  }

  /// nil for anything but pairs of lower-case digits.
  static func bytes(_ text: String) -> [UInt8]? {
    let digits = Array(text.utf8)
    guard digits.count % 2 == 0 else { return nil }
    var out: [UInt8] = []
    for place in stride(from: 0, to: digits.count, by: 2) {
      guard let high = Hexadecimal.digit(digits[place]), let low = Hexadecimal.digit(digits[place + 1]), digits[place] < 0x41 || digits[place] > 0x46,
        digits[place + 1] < 0x41 || digits[place + 1] > 0x46
      else { return nil }
      out.append(high << 4 | low)
    }
    return out
  }
}

/// A non-negative integer of any size in decimal digits.
public enum DecimalBytes {
  /// Little-endian bytes, as decimal text.
  public static func text(littleEndian bytes: [UInt8]) -> String {
    var digits: [UInt32] = [0]
    for byte in bytes.reversed() {
      var carry = UInt32(byte)
      for place in digits.indices {
        let value = digits[place] * 256 + carry
        digits[place] = value % 10_000
        carry = value / 10_000
      }
      while carry > 0 {
        digits.append(carry % 10_000)
        carry /= 10_000
      }
    }
    var text = String(digits[digits.count - 1])
    for group in digits.dropLast().reversed() {
      let part = String(group)
      text += String(repeating: "0", count: 4 - part.utf8.count) + part
    }
    return text
  }
}

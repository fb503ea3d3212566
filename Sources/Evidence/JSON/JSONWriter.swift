import Hashing

extension JSONValue {
  /// The RFC 8785 bytes: no space, keys ascending by UTF-16 code units, shortest escapes, UTF-8.
  ///
  /// Precondition: integers are below 2^53 in size (values from `JSONParser` always are).
  public var canonicalBytes: [UInt8] {
    var writer = JSONWriter(indented: false)
    writer.write(self, depth: 0)
    return writer.bytes
  }

  /// The same value for people: two spaces a level, one member a line, a line feed at the end.
  public var prettyBytes: [UInt8] {
    var writer = JSONWriter(indented: true)
    writer.write(self, depth: 0)
    return writer.bytes + [0x0a]
  }

  /// `canonicalBytes` as text.
  public var canonicalText: String { String(decoding: canonicalBytes, as: UTF8.self) }

  /// `prettyBytes` as text.
  public var prettyText: String { String(decoding: prettyBytes, as: UTF8.self) }
}

/// Writes JSON, canonical or indented.
///
/// Members are in canonical order in both.
struct JSONWriter {
  private let indented: Bool
  private(set) var bytes: [UInt8] = []

  init(indented: Bool) {
    self.indented = indented
  }

  mutating func write(_ value: JSONValue, depth: Int) {
    switch value {
    case .null: bytes += Array("null".utf8)
    case .bool(let flag): bytes += Array((flag ? "true" : "false").utf8)
    case .integer(let number):
      precondition(number.magnitude <= JSONValue.largestInteger, "JSON integers are below 2^53; write a string")
      bytes += Array(String(number).utf8)
    case .string(let text): write(text)
    case .array(let elements):
      list(elements, open: "[", close: "]", depth: depth) { writer, element in writer.write(element, depth: depth + 1) }
    case .object(let object):
      list(object.members, open: "{", close: "}", depth: depth) { writer, member in
        writer.write(member.key)
        writer.bytes += Array((writer.indented ? ": " : ":").utf8)
        writer.write(member.value, depth: depth + 1)
      }
    }
  }

  private mutating func list<Element>(
    _ elements: [Element], open: Unicode.Scalar, close: Unicode.Scalar, depth: Int, each: (inout JSONWriter, Element) -> Void
  ) {
    bytes.append(UInt8(ascii: open))
    for (index, element) in elements.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      newLine(depth: depth + 1)
      each(&self, element)
    }
    if !elements.isEmpty { newLine(depth: depth) }
    bytes.append(UInt8(ascii: close))
  }

  private mutating func newLine(depth: Int) {
    guard indented else { return }
    bytes.append(0x0a)
    bytes += [UInt8](repeating: 0x20, count: 2 * depth)
  }

  /// Escapes of RFC 8785, 3.2.2.2: the two-character ones where they exist, `\u00xx` for other controls, nothing else.
  private mutating func write(_ text: String) {
    bytes.append(0x22)
    for byte in text.utf8 {
      switch byte {
      case 0x22: bytes += [0x5c, 0x22]
      case 0x5c: bytes += [0x5c, 0x5c]
      case 0x08: bytes += Array("\\b".utf8)
      case 0x09: bytes += Array("\\t".utf8)
      case 0x0a: bytes += Array("\\n".utf8)
      case 0x0c: bytes += Array("\\f".utf8)
      case 0x0d: bytes += Array("\\r".utf8)
      case 0..<0x20: bytes += Array("\\u00".utf8) + Array(hexadecimal([byte]).utf8)
      default: bytes.append(byte)
      }
    }
    bytes.append(0x22)
  }
}

/// Nested public data with one canonical, injective byte encoding: statements, parameters and commitments are hashed through it.
///
/// | value | encoding |
/// |---|---|
/// | integer | `i`, u64 little-endian |
/// | text | `s`, u64 byte count, UTF-8 |
/// | bytes | `b`, u64 count, the bytes |
/// | boolean | `t` or `f` |
/// | list | `l`, u64 count, the items |
/// | dictionary | `d`, u64 count, then key (as text) and value in ascending order of the keys' UTF-8 bytes |
///
/// Negative integers are not representable: they are written as field elements. Strings are encoded as they are, without
/// Unicode normalisation; two values are equal when their encodings are, not when Swift's strings are.
public indirect enum CanonicalValue: Hashable, Sendable {
  case integer(UInt64)
  case text(String)
  case bytes([UInt8])
  case boolean(Bool)
  case list([CanonicalValue])
  case dictionary([String: CanonicalValue])

  /// The canonical encoding.
  public var encoded: [UInt8] {
    var out: [UInt8] = []
    appendEncoding(to: &out)
    return out
  }

  /// Appends the canonical encoding.
  public func appendEncoding(to out: inout [UInt8]) {
    switch self {
    case .integer(let value):
      out.append(UInt8(ascii: "i"))
      out.append(littleEndian: value)
    case .text(let text):
      Self.append(text: text, to: &out)
    case .bytes(let bytes):
      out.append(UInt8(ascii: "b"))
      out.append(littleEndian: UInt64(bytes.count))
      out.append(contentsOf: bytes)
    case .boolean(let value):
      out.append(UInt8(ascii: value ? "t" : "f"))
    case .list(let items):
      out.append(UInt8(ascii: "l"))
      out.append(littleEndian: UInt64(items.count))
      for item in items { item.appendEncoding(to: &out) }
    case .dictionary(let entries):
      out.append(UInt8(ascii: "d"))
      out.append(littleEndian: UInt64(entries.count))
      // The order of UTF-8 bytes is the order of code points; String's own order is not.
      for (key, value) in entries.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
        Self.append(text: key, to: &out)
        value.appendEncoding(to: &out)
      }
    }
  }

  /// **Formula**: SHA-256(encoding of the list [tag, self]).
  public func digest(tag: String) -> Digest { SHA256.hash(Self.list([.text(tag), self]).encoded) }

  private static func append(text: String, to out: inout [UInt8]) {
    out.append(UInt8(ascii: "s"))
    out.append(littleEndian: UInt64(text.utf8.count))
    out.append(contentsOf: text.utf8)
  }
}

extension CanonicalValue {
  /// Equality of the encodings.
  public static func == (lhs: CanonicalValue, rhs: CanonicalValue) -> Bool {
    switch (lhs, rhs) {
    case (.integer(let a), .integer(let b)): a == b
    case (.text(let a), .text(let b)): a.hasSameBytes(as: b)
    case (.bytes(let a), .bytes(let b)): a == b
    case (.boolean(let a), .boolean(let b)): a == b
    case (.list(let a), .list(let b)): a == b
    case (.dictionary, .dictionary): lhs.encoded == rhs.encoded
    default: false
    }
  }

  public func hash(into hasher: inout Hasher) { hasher.combine(encoded) }
}

extension CanonicalValue: ExpressibleByIntegerLiteral, ExpressibleByStringLiteral, ExpressibleByBooleanLiteral,
  ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  public init(integerLiteral value: UInt64) { self = .integer(value) }
  public init(stringLiteral value: String) { self = .text(value) }
  public init(booleanLiteral value: Bool) { self = .boolean(value) }
  public init(arrayLiteral elements: CanonicalValue...) { self = .list(elements) }
  /// Of equal keys the last one counts.
  public init(dictionaryLiteral elements: (String, CanonicalValue)...) {
    self = .dictionary(Dictionary(elements, uniquingKeysWith: { _, last in last }))
  }
  /// The 32 bytes of a digest.
  public init(_ digest: Digest) { self = .bytes(digest.bytes) }
}

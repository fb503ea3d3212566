import Hashing

/// Reads the canonical encoding of `CanonicalValue` back: total on any bytes, and only accepting what encodes to the same bytes.
struct CanonicalReader {
  private let bytes: [UInt8]
  private var at = 0

  /// The value of exactly these bytes, or nil.
  static func value(_ bytes: [UInt8]) -> CanonicalValue? {
    var reader = CanonicalReader(bytes: bytes)
    guard let value = reader.value(depth: 0), reader.at == bytes.count, value.encoded == bytes else { return nil }
    return value
  }

  private init(bytes: [UInt8]) { self.bytes = bytes }

  private mutating func byte() -> UInt8? {
    guard at < bytes.count else { return nil }
    defer { at += 1 }
    return bytes[at]
  }

  private mutating func number() -> UInt64? {
    guard bytes.count - at >= 8 else { return nil }
    defer { at += 8 }
    return bytes[at..<(at + 8)].reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// A count of things that take at least one byte each.
  private mutating func count() -> Int? {
    guard let number = number(), number <= UInt64(bytes.count - at) else { return nil }
    return Int(number)
  }

  private mutating func raw() -> [UInt8]? {
    guard let count = count() else { return nil }
    defer { at += count }
    return Array(bytes[at..<(at + count)])
  }

  private mutating func text() -> String? { raw().flatMap { String(validating: $0, as: UTF8.self) } }

  private mutating func value(depth: Int) -> CanonicalValue? {
    guard depth < 32, let tag = byte() else { return nil }
    switch tag {
    case UInt8(ascii: "i"): return number().map { .integer($0) }
    case UInt8(ascii: "s"): return text().map { .text($0) }
    case UInt8(ascii: "b"): return raw().map { .bytes($0) }
    case UInt8(ascii: "t"): return .boolean(true)
    case UInt8(ascii: "f"): return .boolean(false)
    case UInt8(ascii: "l"):
      guard let count = count() else { return nil }
      var items: [CanonicalValue] = []
      for _ in 0..<count {
        guard let item = value(depth: depth + 1) else { return nil }
        items.append(item)
      }
      return .list(items)
    case UInt8(ascii: "d"):
      guard let count = count() else { return nil }
      var entries: [String: CanonicalValue] = [:]
      for _ in 0..<count {
        guard byte() == UInt8(ascii: "s"), let key = text(), let item = value(depth: depth + 1) else { return nil }
        entries[key] = item
      }
      return .dictionary(entries)
    default: return nil
    }
  }
}

/// A total parser of the JSON that bundles allow: any bytes end in a value or a `JSONError`.
///
/// Accepts RFC 8259 texts in UTF-8 without byte order mark, with distinct keys, no lone surrogates, integers only. The cap on values bounds
/// memory (about 100 bytes a value at worst), the cap on depth bounds the stack.
public struct JSONParser: Sendable {
  /// Bounds on a document.
  public struct Limits: Equatable, Sendable {
    /// Most bytes.
    public var byteCount: Int
    /// Most values, keys counted too.
    public var valueCount: Int
    /// Most arrays and objects around a value.
    public var depth: Int

    /// Bounds; the default of 4 MiB and depth 64 is that of files in a bundle.
    public init(byteCount: Int = 4 << 20, valueCount: Int = 1 << 20, depth: Int = 64) {
      self.byteCount = byteCount
      self.valueCount = valueCount
      self.depth = depth
    }
  }

  private let bytes: [UInt8]
  private let limits: Limits
  private var at = 0
  private var valueCount = 0

  private init(_ bytes: [UInt8], limits: Limits) {
    self.bytes = bytes
    self.limits = limits
  }

  /// Parses one document.
  ///
  /// - Parameters:
  ///   - bytes: UTF-8 text.
  ///   - limits: Bounds on size, number of values and depth.
  /// - Returns: The value.
  /// - Throws: `JSONError` with the offset of the first thing wrong.
  public static func parse(_ bytes: [UInt8], limits: Limits = Limits()) throws(JSONError) -> JSONValue {
    guard bytes.count <= limits.byteCount else { throw JSONError(.tooLarge(limit: limits.byteCount), at: limits.byteCount) }
    var parser = JSONParser(bytes, limits: limits)
    let value = try parser.value(depth: 0)
    parser.skipSpace()
    guard parser.at == bytes.count else { throw JSONError(.trailingBytes, at: parser.at) }
    return value
  }

  private var next: UInt8? {
    at < bytes.count ? bytes[at] : nil
  }

  private mutating func skipSpace() {
    while let byte = next, byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 { at += 1 }
  }

  private func unexpected() -> JSONError {
    if let byte = next { return JSONError(.unexpectedByte(byte), at: at) }
    return JSONError(.unexpectedEnd, at: at)
  }

  private mutating func take(_ byte: UInt8) throws(JSONError) {
    guard next == byte else { throw unexpected() }
    at += 1
  }

  private mutating func count() throws(JSONError) {
    guard valueCount < limits.valueCount else { throw JSONError(.tooManyValues(limit: limits.valueCount), at: at) }
    valueCount += 1
  }

  private mutating func value(depth: Int) throws(JSONError) -> JSONValue {
    skipSpace()
    try count()
    guard let first = next else { throw unexpected() }
    switch first {
    case UInt8(ascii: "{"): return try object(depth: depth + 1)
    case UInt8(ascii: "["): return try array(depth: depth + 1)
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try literal("true", .bool(true))
    case UInt8(ascii: "f"): return try literal("false", .bool(false))
    case UInt8(ascii: "n"): return try literal("null", .null)
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .integer(try integer())
    default: throw unexpected()
    }
  }

  private mutating func literal(_ text: StaticString, _ value: JSONValue) throws(JSONError) -> JSONValue {
    for byte in text.description.utf8 { try take(byte) }
    return value
  }

  private mutating func array(depth: Int) throws(JSONError) -> JSONValue {
    guard depth <= limits.depth else { throw JSONError(.tooDeep(limit: limits.depth), at: at) }
    at += 1
    skipSpace()
    if next == UInt8(ascii: "]") {
      at += 1
      return .array([])
    }
    var elements: [JSONValue] = []
    while true {
      elements.append(try value(depth: depth))
      skipSpace()
      if next == UInt8(ascii: "]") { break }
      try take(UInt8(ascii: ","))
    }
    at += 1
    return .array(elements)
  }

  private mutating func object(depth: Int) throws(JSONError) -> JSONValue {
    guard depth <= limits.depth else { throw JSONError(.tooDeep(limit: limits.depth), at: at) }
    at += 1
    skipSpace()
    if next == UInt8(ascii: "}") {
      at += 1
      return .object(JSONObject(sorted: []))
    }
    var found: [(offset: Int, member: JSONObject.Member)] = []
    while true {
      skipSpace()
      let offset = at
      guard next == UInt8(ascii: "\"") else { throw unexpected() }
      try count()
      let key = try string()
      skipSpace()
      try take(UInt8(ascii: ":"))
      found.append((offset, JSONObject.Member(key: key, value: try value(depth: depth))))
      skipSpace()
      if next == UInt8(ascii: "}") { break }
      try take(UInt8(ascii: ","))
    }
    at += 1
    return .object(try sorted(found))
  }

  private func sorted(_ found: [(offset: Int, member: JSONObject.Member)]) throws(JSONError) -> JSONObject {
    let ordered = found.sorted { $0.member.key.precedesCanonically($1.member.key) }
    for (left, right) in zip(ordered, ordered.dropFirst()) where left.member.key.hasSameScalars(as: right.member.key) {
      throw JSONError(.duplicateKey(right.member.key), at: right.offset)
    }
    return JSONObject(sorted: ordered.map(\.member))
  }

  private mutating func integer() throws(JSONError) -> Int {
    let start = at
    let negative = next == UInt8(ascii: "-")
    if negative { at += 1 }
    guard let first = next, (0x30...0x39).contains(first) else { throw unexpected() }
    var magnitude = 0
    var digits = 0
    while let byte = next, (0x30...0x39).contains(byte) {
      digits += 1
      guard digits <= 16 else { throw JSONError(.integerOutOfRange, at: start) }  // 2^53 has 16 digits
      magnitude = magnitude * 10 + Int(byte - 0x30)
      at += 1
    }
    if first == 0x30 && digits > 1 { throw JSONError(.leadingZero, at: start) }
    if let byte = next, byte == UInt8(ascii: ".") || byte == UInt8(ascii: "e") || byte == UInt8(ascii: "E") {
      throw JSONError(.notAnInteger, at: at)
    }
    guard magnitude <= JSONValue.largestInteger else { throw JSONError(.integerOutOfRange, at: start) }
    return negative ? -magnitude : magnitude
  }

  private mutating func string() throws(JSONError) -> String {
    at += 1
    var scanner = JSONStringScanner(bytes: bytes, at: at)
    let text = try scanner.scan()
    at = scanner.at
    return text
  }
}

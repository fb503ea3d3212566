/// Reads the inside of a JSON string: UTF-8 well-formedness (Unicode table 3-7), escapes, surrogate pairs.
struct JSONStringScanner {
  private let bytes: [UInt8]
  /// The next byte; after `scan` the one behind the closing quote.
  private(set) var at: Int
  private var text: [UInt8] = []

  init(bytes: [UInt8], at: Int) {
    self.bytes = bytes
    self.at = at
  }

  /// Reads up to and including the closing quote.
  mutating func scan() throws(JSONError) -> String {
    while true {
      guard at < bytes.count else { throw JSONError(.unexpectedEnd, at: at) }
      let byte = bytes[at]
      switch byte {
      case UInt8(ascii: "\""):
        at += 1
        return String(decoding: text, as: UTF8.self)
      case UInt8(ascii: "\\"):
        try escape()
      case 0..<0x20:
        throw JSONError(.controlCharacter(byte), at: at)
      case 0x20..<0x80:
        text.append(byte)
        at += 1
      default:
        try multibyte(lead: byte)
      }
    }
  }

  private mutating func multibyte(lead: UInt8) throws(JSONError) {
    let start = at
    let count: Int
    var second: ClosedRange<UInt8> = 0x80...0xbf
    switch lead {
    case 0xc2...0xdf: count = 2
    case 0xe0: (count, second) = (3, 0xa0...0xbf)  // no overlong form
    case 0xed: (count, second) = (3, 0x80...0x9f)  // no surrogate
    case 0xe1...0xef: count = 3
    case 0xf0: (count, second) = (4, 0x90...0xbf)
    case 0xf1...0xf3: count = 4
    case 0xf4: (count, second) = (4, 0x80...0x8f)  // up to U+10FFFF
    default: throw JSONError(.invalidUTF8, at: start)
    }
    text.append(lead)
    for index in 1..<count {
      let allowed = index == 1 ? second : 0x80...0xbf
      guard start + index < bytes.count, allowed.contains(bytes[start + index]) else { throw JSONError(.invalidUTF8, at: start) }
      text.append(bytes[start + index])
    }
    at = start + count
  }

  private mutating func escape() throws(JSONError) {
    let start = at
    guard at + 1 < bytes.count else { throw JSONError(.unexpectedEnd, at: bytes.count) }
    at += 2
    switch bytes[start + 1] {
    case UInt8(ascii: "\""): text.append(0x22)
    case UInt8(ascii: "\\"): text.append(0x5c)
    case UInt8(ascii: "/"): text.append(0x2f)
    case UInt8(ascii: "b"): text.append(0x08)
    case UInt8(ascii: "f"): text.append(0x0c)
    case UInt8(ascii: "n"): text.append(0x0a)
    case UInt8(ascii: "r"): text.append(0x0d)
    case UInt8(ascii: "t"): text.append(0x09)
    case UInt8(ascii: "u"): try unicodeEscape(from: start)
    default: throw JSONError(.invalidEscape, at: start)
    }
  }

  private mutating func unicodeEscape(from start: Int) throws(JSONError) {
    let unit = try codeUnit()
    var scalar = UInt32(unit)
    if (0xd800...0xdbff).contains(unit) {
      guard at + 1 < bytes.count, bytes[at] == UInt8(ascii: "\\"), bytes[at + 1] == UInt8(ascii: "u") else {
        throw JSONError(.loneSurrogate, at: start)
      }
      at += 2
      let low = try codeUnit()
      guard (0xdc00...0xdfff).contains(low) else { throw JSONError(.loneSurrogate, at: start) }
      scalar = 0x10000 + (UInt32(unit & 0x3ff) << 10 | UInt32(low & 0x3ff))
    }
    // Only an unpaired low surrogate is left that is no scalar value.
    guard let valid = Unicode.Scalar(scalar) else { throw JSONError(.loneSurrogate, at: start) }
    text.append(contentsOf: Array(String(valid).utf8))
  }

  private mutating func codeUnit() throws(JSONError) -> UInt16 {
    var unit: UInt16 = 0
    for _ in 0..<4 {
      guard at < bytes.count else { throw JSONError(.unexpectedEnd, at: at) }
      guard let digit = Hexadecimal.digit(bytes[at]) else { throw JSONError(.invalidEscape, at: at) }
      unit = unit << 4 | UInt16(digit)
      at += 1
    }
    return unit
  }
}

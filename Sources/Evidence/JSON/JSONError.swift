/// Why bytes are not the JSON that bundles allow, and where.
public struct JSONError: Error, Equatable, Sendable {
  /// What is wrong.
  public enum Reason: Equatable, Sendable {
    /// The document has more bytes than allowed.
    case tooLarge(limit: Int)
    /// The document has more values than allowed.
    case tooManyValues(limit: Int)
    /// Arrays and objects are nested deeper than allowed.
    case tooDeep(limit: Int)
    /// The document ends inside a value.
    case unexpectedEnd
    /// A byte that cannot stand here.
    case unexpectedByte(UInt8)
    /// Something follows the value.
    case trailingBytes
    /// Not UTF-8.
    case invalidUTF8
    /// A `\u` escape of half a surrogate pair.
    case loneSurrogate
    /// A backslash followed by something JSON has no escape for.
    case invalidEscape
    /// A byte below 0x20 inside a string.
    case controlCharacter(UInt8)
    /// Two members of one object have the same key.
    case duplicateKey(String)
    /// A fraction or exponent; numbers are integers.
    case notAnInteger
    /// An integer with |n| ≥ 2^53.
    case integerOutOfRange
    /// A number with a leading zero.
    case leadingZero
  }

  /// What is wrong.
  public let reason: Reason
  /// The byte, counted from 0, at which it was noticed.
  public let offset: Int

  /// An error at a byte.
  public init(_ reason: Reason, at offset: Int) {
    self.reason = reason
    self.offset = offset
  }
}

extension JSONError: CustomStringConvertible {
  /// The error in words, safe to print on a terminal.
  public var description: String {
    "byte \(offset): \(reason.words)"
  }
}

extension JSONError.Reason {
  /// The reason in words.
  var words: String {
    switch self {
    case .tooLarge(let limit): "more than \(limit) bytes of JSON"
    case .tooManyValues(let limit): "more than \(limit) JSON values"
    case .tooDeep(let limit): "JSON nested deeper than \(limit)"
    case .unexpectedEnd: "the JSON ends too early"
    case .unexpectedByte(let byte): "byte 0x\(String(byte, radix: 16)) cannot stand here in JSON"
    case .trailingBytes: "something follows the JSON value"
    case .invalidUTF8: "not UTF-8"
    case .loneSurrogate: "an escape of half a surrogate pair"
    case .invalidEscape: "an escape that JSON does not have"
    case .controlCharacter(let byte): "control character 0x\(String(byte, radix: 16)) in a string; write it as an escape"
    case .duplicateKey(let key): "the key \(TerminalText.quoted(key)) occurs twice in one object"
    case .notAnInteger: "a number with fraction or exponent; only integers are allowed"
    case .integerOutOfRange: "an integer of 2^53 or more; write it as a string"
    case .leadingZero: "a number with a leading zero"
    }
  }
}

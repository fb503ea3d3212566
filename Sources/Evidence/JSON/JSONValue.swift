/// A JSON value as bundles use it: integers below 2^53 in size, no fractions, no exponents (RFC 8785 without floats).
///
/// Equality is equality of the canonical bytes: strings are compared scalar by scalar, never up to Unicode normalisation.
public enum JSONValue: Sendable {
  /// `null`.
  case null
  /// `true` or `false`.
  case bool(Bool)
  /// An integer n with |n| < 2^53.
  case integer(Int)
  /// A string of Unicode scalar values.
  case string(String)
  /// An array.
  case array([JSONValue])
  /// An object, members in canonical order.
  case object(JSONObject)

  /// The largest integer that JSON carries here: 2^53 − 1.
  public static let largestInteger = (1 << 53) - 1

  /// An object from its members.
  ///
  /// `members`: keys are distinct. Of two equal keys the first is kept; values read from outside go through `JSONParser`, which rejects them.
  public static func object(_ members: [String: JSONValue]) -> JSONValue {
    .object(JSONObject(members.map { ($0.key, $0.value) }))
  }

  /// What kind of value this is, in the words of error messages.
  public var kind: JSONKind {
    switch self {
    case .null: .null
    case .bool: .bool
    case .integer: .integer
    case .string: .string
    case .array: .array
    case .object: .object
    }
  }
}

/// The kinds of JSON value.
public enum JSONKind: String, Equatable, Sendable {
  /// `null`.
  case null
  /// `true` or `false`.
  case bool = "true or false"
  /// An integer.
  case integer
  /// A string.
  case string
  /// An array.
  case array
  /// An object.
  case object
}

extension JSONValue: Equatable {
  /// Equality of canonical bytes.
  public static func == (left: JSONValue, right: JSONValue) -> Bool {
    switch (left, right) {
    case (.null, .null): true
    case (.bool(let a), .bool(let b)): a == b
    case (.integer(let a), .integer(let b)): a == b
    case (.string(let a), .string(let b)): a.hasSameScalars(as: b)
    case (.array(let a), .array(let b)): a == b
    case (.object(let a), .object(let b)): a == b
    default: false
    }
  }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral {
  /// A string.
  public init(stringLiteral value: String) { self = .string(value) }
  /// An integer; a literal of 2^53 or more is a programming error that the writer's precondition finds.
  public init(integerLiteral value: Int) { self = .integer(value) }
  /// `true` or `false`.
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  /// An array.
  public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
}

extension String {
  /// Whether both strings have the same Unicode scalars; `==` would also equate canonically equivalent ones.
  func hasSameScalars(as other: String) -> Bool {
    utf8.elementsEqual(other.utf8)
  }

  /// Whether this key comes before `other` in RFC 8785 order: by UTF-16 code units.
  func precedesCanonically(_ other: String) -> Bool {
    utf16.lexicographicallyPrecedes(other.utf16)
  }
}

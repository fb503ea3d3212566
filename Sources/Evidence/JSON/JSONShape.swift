/// Why a JSON value has not the shape that was asked for, and where in it.
public struct JSONShapeError: Error, Equatable, Sendable {
  /// What is wrong.
  public enum Problem: Equatable, Sendable {
    /// A required member is not there.
    case missing
    /// A member that this format does not have.
    case unknownField
    /// A value of another kind.
    case kind(expected: JSONKind, actual: JSONKind)
    /// A value of the right kind that is not allowed; `rule` says what is.
    case notAllowed(rule: String)
  }

  /// Where, as a JSON pointer (RFC 6901); empty for the whole document.
  public let path: String
  /// What is wrong.
  public let problem: Problem

  /// A problem at a place.
  public init(_ problem: Problem, at path: String) {
    self.path = path
    self.problem = problem
  }
}

extension JSONShapeError: CustomStringConvertible {
  /// The error in words, safe to print on a terminal.
  public var description: String {
    let place = path.isEmpty ? "the document" : TerminalText.escaped(path)
    switch problem {
    case .missing: return "\(place) is missing"
    case .unknownField: return "\(place) is not a field of this format"
    case .kind(let expected, let actual): return "\(place): expected \(expected.rawValue), found \(actual.rawValue)"
    case .notAllowed(let rule): return "\(place): \(rule)"
    }
  }
}

/// A JSON value with its place in the document: reads typed values and reports what is wrong by path.
public struct JSONNode: Sendable {
  /// The value.
  public let value: JSONValue
  /// Its place, as a JSON pointer.
  public let path: String

  /// A value at a place; the root's path is empty.
  public init(_ value: JSONValue, path: String = "") {
    self.value = value
    self.path = path
  }

  private func wrongKind(_ expected: JSONKind) -> JSONShapeError {
    JSONShapeError(.kind(expected: expected, actual: value.kind), at: path)
  }

  /// An error at this place.
  public func notAllowed(_ rule: String) -> JSONShapeError {
    JSONShapeError(.notAllowed(rule: rule), at: path)
  }

  /// The string; `accept` and `rule` restrict it further.
  public func string(_ rule: String = "", where accept: (String) -> Bool = { _ in true }) throws(JSONShapeError) -> String {
    guard case .string(let text) = value else { throw wrongKind(.string) }
    guard accept(text) else { throw notAllowed(rule) }
    return text
  }

  /// The integer, within `range`.
  public func integer(in range: ClosedRange<Int> = -JSONValue.largestInteger...JSONValue.largestInteger) throws(JSONShapeError) -> Int {
    guard case .integer(let number) = value else { throw wrongKind(.integer) }
    guard range.contains(number) else { throw notAllowed("must be in \(range.lowerBound)...\(range.upperBound)") }
    return number
  }

  /// The truth value.
  public func bool() throws(JSONShapeError) -> Bool {
    guard case .bool(let flag) = value else { throw wrongKind(.bool) }
    return flag
  }

  /// The elements of an array of at most `limit` elements.
  public func elements(atMost limit: Int = Int.max) throws(JSONShapeError) -> [JSONNode] {
    guard case .array(let elements) = value else { throw wrongKind(.array) }
    guard elements.count <= limit else { throw notAllowed("more than \(limit) elements") }
    return elements.enumerated().map { JSONNode($1, path: "\(path)/\($0)") }
  }

  /// The object itself.
  public func object() throws(JSONShapeError) -> JSONObject {
    guard case .object(let object) = value else { throw wrongKind(.object) }
    return object
  }

  /// The members of an object that has the `required` keys, perhaps some of the `optional` ones, and no others.
  public func fields(_ required: [String], optional: [String] = []) throws(JSONShapeError) -> JSONFields {
    let object = try object()
    for member in object.members {
      let known = required.contains { $0.hasSameScalars(as: member.key) } || optional.contains { $0.hasSameScalars(as: member.key) }
      guard known else { throw JSONShapeError(.unknownField, at: JSONFields.child(path, member.key)) }
    }
    for key in required where object[key] == nil {
      throw JSONShapeError(.missing, at: JSONFields.child(path, key))
    }
    return JSONFields(object: object, path: path)
  }
}

/// The members of an object whose keys have been checked.
public struct JSONFields: Sendable {
  fileprivate let object: JSONObject
  fileprivate let path: String

  /// The member `key`; one that is absent is reported as missing.
  public func node(_ key: String) throws(JSONShapeError) -> JSONNode {
    guard let node = optional(key) else { throw JSONShapeError(.missing, at: JSONFields.child(path, key)) }
    return node
  }

  /// The member `key`, or nil if it is absent.
  public func optional(_ key: String) -> JSONNode? {
    object[key].map { JSONNode($0, path: JSONFields.child(path, key)) }
  }

  static func child(_ path: String, _ key: String) -> String {
    var token = ""
    for scalar in key.unicodeScalars {
      switch scalar {
      case "~": token += "~0"
      case "/": token += "~1"
      default: token.unicodeScalars.append(scalar)
      }
    }
    return "\(path)/\(token)"
  }
}

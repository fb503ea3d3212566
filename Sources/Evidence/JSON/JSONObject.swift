/// The members of a JSON object in canonical order: keys ascending by UTF-16 code units (RFC 8785, 3.2.3), all distinct.
public struct JSONObject: Sendable {
  /// One member.
  public struct Member: Sendable {
    /// The key.
    public let key: String
    /// The value.
    public let value: JSONValue
  }

  /// Members, keys strictly ascending.
  public let members: [Member]

  /// Sorts the members; of two equal keys the first is kept.
  public init(_ pairs: [(String, JSONValue)]) {
    var members: [Member] = []
    members.reserveCapacity(pairs.count)
    // `sorted` is stable, so the first of two equal keys stays first.
    for pair in pairs.sorted(by: { $0.0.precedesCanonically($1.0) }) {
      if let last = members.last, last.key.hasSameScalars(as: pair.0) { continue }
      members.append(Member(key: pair.0, value: pair.1))
    }
    self.members = members
  }

  /// Members already strictly ascending; the parser's way in.
  init(sorted members: [Member]) {
    self.members = members
  }

  /// The value of `key`, or nil.
  ///
  /// Complexity: O(log count) key comparisons.
  public subscript(key: String) -> JSONValue? {
    var low = 0
    var high = members.count
    while low < high {
      let middle = low + (high - low) / 2
      let member = members[middle]
      if member.key.hasSameScalars(as: key) { return member.value }
      if member.key.precedesCanonically(key) { low = middle + 1 } else { high = middle }
    }
    return nil
  }

  /// The object with `key` set to `value`, or without `key` if `value` is nil.
  public func setting(_ key: String, to value: JSONValue?) -> JSONObject {
    var pairs = members.filter { !$0.key.hasSameScalars(as: key) }.map { ($0.key, $0.value) }
    if let value { pairs.append((key, value)) }
    return JSONObject(pairs)
  }
}

extension JSONObject: Equatable {
  /// Equality of canonical bytes.
  public static func == (left: JSONObject, right: JSONObject) -> Bool {
    left.members.count == right.members.count
      && zip(left.members, right.members).allSatisfy { $0.key.hasSameScalars(as: $1.key) && $0.value == $1.value }
  }
}

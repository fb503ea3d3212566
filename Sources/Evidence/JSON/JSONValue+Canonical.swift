import Hashing

extension JSONNode {
  /// The value as public data with an injective binary encoding, for digests of formats and statements.
  ///
  /// The encoding has no negative integers, no null and no two keys that are canonically equivalent; such values are refused, so that the map is
  /// injective. Depth is that of the value (at most 64 from `JSONParser`).
  /// - Throws: `JSONShapeError.notAllowed` at the value that cannot be encoded.
  public func canonicalValue() throws(JSONShapeError) -> CanonicalValue {
    switch value {
    case .null:
      throw notAllowed("null cannot stand here; leave the field out")
    case .bool(let flag):
      return .boolean(flag)
    case .integer(let number):
      guard let magnitude = UInt64(exactly: number) else { throw notAllowed("negative integers are written as strings here") }
      return .integer(magnitude)
    case .string(let text):
      return .text(text)
    case .array:
      var items: [CanonicalValue] = []
      for element in try elements() { items.append(try element.canonicalValue()) }
      return .list(items)
    case .object(let object):
      var entries: [String: CanonicalValue] = [:]
      for member in object.members {
        let child = JSONNode(member.value, path: JSONFields.child(path, member.key))
        guard entries.updateValue(try child.canonicalValue(), forKey: member.key) == nil else {
          throw child.notAllowed("another key is the same up to Unicode normalisation")
        }
      }
      return .dictionary(entries)
    }
  }
}

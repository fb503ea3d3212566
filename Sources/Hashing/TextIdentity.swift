/// Names as identities.

extension String {
  /// Whether both texts are the same bytes in UTF-8.
  ///
  /// Swift's `==` holds for canonically equivalent texts, and so do keys of dictionaries and members of sets; digests are over bytes. Where
  /// a text is an identity (a column, a category, an artefact, an output) this is the comparison, and names of one list are distinct in
  /// Swift's stronger sense, so that a lookup finds at most one entry, whose bytes are then compared.
  @inlinable public func hasSameBytes(as other: String) -> Bool { utf8.elementsEqual(other.utf8) }
}

extension Array where Element == String {
  /// Whether both lists have the same texts in the same order, byte by byte.
  public func hasSameBytes(as other: [String]) -> Bool { count == other.count && zip(self, other).allSatisfy { $0.hasSameBytes(as: $1) } }
}

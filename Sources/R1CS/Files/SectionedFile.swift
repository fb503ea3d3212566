/// The frame that `.r1cs` and `.wtns` share: magic, version, and sections of a type and a length, in any order.
///
/// ```
/// magic 4 bytes | version u32 | section count u32 | count times: type u32, length u64, content
/// ```
/// Everything little-endian. Sections whose type the format does not define are skipped, as it demands; a defined one may occur once.
/// Sections follow one another, so that none can overlap: a length that is too large makes the file end early.
struct SectionedFile: Sendable {
  let kind: CircuitFileKind
  /// Content of the sections of types 1, 2, … : byte offsets in the file.
  private(set) var sections: [Range<Int>?]
  /// Sections of other types.
  private(set) var ignoredSectionCount = 0

  /// `definedTypes`: types 1 … definedTypes are the format's own.
  ///
  /// **Complexity** O(sections), memory O(definedTypes).
  init(_ source: ArraySlice<UInt8>, kind: CircuitFileKind, version: UInt32, definedTypes: Int) throws(CircuitError) {
    self.kind = kind
    sections = Array(repeating: nil, count: definedTypes)
    let bytes = source.span
    let magic = Array(source.prefix(4))
    guard magic == Array(kind.rawValue.utf8) else { throw .file(CircuitFilePlace(kind, offset: 0), .magic(found: magic)) }
    guard bytes.count >= 12 else {
      throw .file(CircuitFilePlace(kind, offset: 4), .truncated(needed: 8, available: UInt64(bytes.count &- 4)))
    }
    let found = word32(bytes, 4)
    guard found == version else { throw .file(CircuitFilePlace(kind, offset: 4), .version(expected: version, found: found)) }
    var at = 12
    for _ in 0..<word32(bytes, 8) {
      guard bytes.count &- at >= 12 else {
        throw .file(CircuitFilePlace(kind, offset: at), .truncated(needed: 12, available: UInt64(bytes.count &- at)))
      }
      let type = word32(bytes, at)
      let length = word64(bytes, at &+ 4)
      at = at &+ 12
      let left = UInt64(bytes.count &- at)
      guard length <= left else {
        throw .file(CircuitFilePlace(kind, section: type, offset: at), .truncated(needed: length, available: left))
      }
      let content = at..<(at &+ Int(length))
      if type >= 1, UInt64(type) <= UInt64(definedTypes) {
        let index = Int(type) &- 1
        if let first = sections[index] {
          throw .file(CircuitFilePlace(kind, section: type, offset: at), .duplicateSection(first: first.lowerBound))
        }
        sections[index] = content
      } else {
        ignoredSectionCount = ignoredSectionCount &+ 1
      }
      at = content.upperBound
    }
    guard at == bytes.count else {
      throw .file(CircuitFilePlace(kind, offset: at), .trailingBytes(UInt64(bytes.count &- at)))
    }
  }

  /// The content of a section; nil when the file has none of this type.
  func optionalSection(_ type: UInt32) -> Range<Int>? {
    type >= 1 && Int(type) <= sections.count ? sections[Int(type) &- 1] : nil
  }

  /// The content of a section. **Throws** `missingSection`.
  func section(_ type: UInt32) throws(CircuitError) -> Range<Int> {
    guard let content = optionalSection(type) else { throw .file(CircuitFilePlace(kind, section: type, offset: 0), .missingSection) }
    return content
  }

  /// A section of exactly `length` bytes.
  func section(_ type: UInt32, length: UInt64) throws(CircuitError) -> Range<Int> {
    let content = try section(type)
    guard UInt64(content.count) == length else {
      throw .file(
        CircuitFilePlace(kind, section: type, offset: content.lowerBound), .sectionLength(expected: length, found: UInt64(content.count)))
    }
    return content
  }

  /// Reads the start of a header, which both formats share: the width of elements and the prime. `rest`: bytes after the prime.
  func fieldHeader(_ source: ArraySlice<UInt8>, rest: Int) throws(CircuitError) -> (fieldByteCount: Int, prime: FieldPrime, next: Int) {
    let bytes = source.span
    let content = try section(1)
    let start = content.lowerBound
    guard content.count >= 4 else {
      throw .file(CircuitFilePlace(kind, section: 1, offset: start), .truncated(needed: 4, available: UInt64(content.count)))
    }
    let width = word32(bytes, start)
    guard width > 0, width & 7 == 0 else { throw .file(CircuitFilePlace(kind, section: 1, offset: start), .fieldByteCount(width)) }
    _ = try section(1, length: UInt64(width) &+ UInt64(4 &+ rest))
    let next = start &+ 4 &+ Int(width)
    let prime = FieldPrime(littleEndian: source[(source.startIndex &+ start &+ 4)..<(source.startIndex &+ next)])
    guard prime.isOddAndAboveTwo else { throw .file(CircuitFilePlace(kind, section: 1, offset: start &+ 4), .notAnOddPrime(prime)) }
    return (Int(width), prime, next)
  }
}

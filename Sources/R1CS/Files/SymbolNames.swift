/// Names of wires out of a `.sym` file: lines `label,wire,component,name`, wire -1 for a signal that optimisation removed.
///
/// Names serve messages and look-up only. Control characters in them are replaced by `?`.
public struct SymbolNames: Sendable {
  /// By ascending wire, one for each; names are kept as places in the file, so that memory is bounded by its size.
  private var entries: [(wire: Int, name: Range<Int>)] = []
  private var source: ArraySlice<UInt8> = []

  /// No names: every wire i is `w<i>`.
  public init() {}

  public init(_ bytes: [UInt8]) throws(CircuitError) { try self.init(bytes[...]) }

  /// Reads a `.sym` file. Of several signals on one wire the first names it. Lines end in LF or CR LF; empty ones are skipped.
  ///
  /// **Throws** `symbolLine` with the line. **Complexity** O(n), O(n log n) when wires are out of order.
  public init(_ source: ArraySlice<UInt8>) throws(CircuitError) {
    self.source = source
    var all: [(wire: Int, name: Range<Int>)] = []
    var isAscending = true
    var line = 0
    var start = source.startIndex
    while start < source.endIndex {
      let end = source[start...].firstIndex(of: 0x0A) ?? source.endIndex
      line += 1
      if let entry = try Self.entry(source[start..<end], line: line, offset: start &- source.startIndex) {
        if let last = all.last, last.wire >= entry.wire { isAscending = false }
        all.append(entry)
      }
      start = end < source.endIndex ? end &+ 1 : end
    }
    guard !isAscending else {
      entries = all
      return
    }
    // Equal wires in the order of the file: names are places in it.
    all.sort { ($0.wire, $0.name.lowerBound) < ($1.wire, $1.name.lowerBound) }
    for entry in all where entry.wire != entries.last?.wire { entries.append(entry) }
  }

  /// Wires that have a name.
  public var count: Int { entries.count }

  /// The name of a wire; `w<i>` when it has none, `one` for wire 0.
  public func name(ofWire wire: Int) -> String { knownName(ofWire: wire) ?? (wire == 0 ? "one" : "w\(wire)") }

  /// The name of a wire, nil when the file has none.
  public func knownName(ofWire wire: Int) -> String? {
    var low = 0
    var high = entries.count
    while low < high {
      let middle = (low &+ high) / 2
      if entries[middle].wire < wire { low = middle &+ 1 } else { high = middle }
    }
    guard low < entries.count, entries[low].wire == wire else { return nil }
    let bytes = source[entries[low].name].map { $0 < 0x20 || $0 == 0x7F ? UInt8(ascii: "?") : $0 }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The wire that has this name. **Complexity** O(bytes of the file).
  public func wire(named name: String) -> Int? {
    let wanted = Array(name.utf8)
    return entries.first { source[$0.name].elementsEqual(wanted) }?.wire
  }

  /// One line; nil when it is empty or its signal has no wire.
  private static func entry(
    _ text: ArraySlice<UInt8>, line: Int, offset: Int
  ) throws(CircuitError) -> (wire: Int, name: Range<Int>)? {
    let text = text.last == 0x0D ? text.dropLast() : text
    guard !text.isEmpty else { return nil }
    func fail(_ part: String) -> CircuitError { .file(CircuitFilePlace(.sym, offset: offset, line: line), .symbolLine(part)) }
    var rest = text
    func field() -> ArraySlice<UInt8>? {
      guard let comma = rest.firstIndex(of: UInt8(ascii: ",")) else { return nil }
      let part = rest[rest.startIndex..<comma]
      rest = rest[(comma &+ 1)...]
      return part
    }
    guard let label = field(), decimal(label) != nil else { throw fail("label") }
    guard let wireText = field() else { throw fail("wire") }
    let isRemoved = wireText.elementsEqual("-1".utf8)
    let wire = decimal(wireText)
    guard isRemoved || wire != nil else { throw fail("wire") }
    guard let component = field(), decimal(component) != nil || component.elementsEqual("-1".utf8) else { throw fail("component") }
    guard !rest.isEmpty else { throw fail("name") }
    guard let wire else { return nil }
    return (wire, rest.startIndex..<rest.endIndex)
  }

  /// A number of 1 to 18 digits.
  private static func decimal(_ text: ArraySlice<UInt8>) -> Int? {
    guard !text.isEmpty, text.count <= 18 else { return nil }
    var value = 0
    for character in text {
      guard character >= 0x30, character <= 0x39 else { return nil }
      value = value &* 10 &+ Int(character &- 0x30)
    }
    return value
  }

  /// A `.sym` file for these names, nil for wires without one; wire i has label i and component 0. Index 0 is the constant, without line.
  public static func file(names: [String?]) -> [UInt8] {
    var out: [UInt8] = []
    for (wire, name) in names.enumerated() where wire > 0 {
      if let name { out.append(contentsOf: "\(wire),\(wire),0,\(name)\n".utf8) }
    }
    return out
  }
}

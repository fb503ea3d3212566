/// Strict reading of groups of keys: every key must be known, every value of the declared kind.

/// A mapping whose keys have been checked.
struct YAMLGroup {
  let file: String
  let place: YAMLPlace
  private let entries: [String: YAMLEntry]
  private let names: [String]

  /// Checks that `node` is a mapping with keys among `allowed`.
  /// - Throws: `.invalidValue` for another kind of node, `.unknownKey` with the nearest allowed key.
  init(_ node: YAMLNode, file: String, allowed: [String]) throws(ImportError) {
    guard case .mapping(let list, let place) = node else {
      throw Self.error(
        .invalidValue, file, node.place, found: node.kind, expected: "the keys \(allowed.joined(separator: ", "))",
        remedy: "Write key: value lines here")
    }
    for entry in list where !allowed.contains(entry.key) {
      let nearest = Self.nearest(entry.key, among: allowed)
      throw Self.error(
        .unknownKey, file, entry.place, found: "the unknown key \(entry.key.quoted)",
        expected: "one of \(allowed.joined(separator: ", "))", remedy: "Did you mean \(nearest)")
    }
    self.file = file
    self.place = place
    names = list.map(\.key)
    entries = Dictionary(list.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// The value of a key, or nil.
  func optional(_ key: String) -> YAMLNode? { entries[key]?.value }

  /// The keys in file order.
  var keys: [String] { names }

  /// The value of a key.
  /// - Throws: `.missingKey`.
  func required(_ key: String) throws(ImportError) -> YAMLNode {
    guard let entry = entries[key] else {
      throw Self.error(
        .missingKey, file, place, found: "no key \(key)", expected: "\(key): with a value", remedy: "Add the key \(key)")
    }
    return entry.value
  }

  /// A scalar as text.
  func text(_ node: YAMLNode, _ expected: String = "a text") throws(ImportError) -> String {
    guard case .scalar(let text, let isPlain, _) = node, !(isPlain && text.isEmpty) else {
      throw invalid(node, node.kind == "a value" ? "no value" : node.kind, expected)
    }
    return text
  }

  /// A list of texts.
  func texts(_ node: YAMLNode) throws(ImportError) -> [String] {
    var result: [String] = []
    for item in try list(node) { result.append(try text(item)) }
    return result
  }

  /// A list.
  func list(_ node: YAMLNode) throws(ImportError) -> [YAMLNode] {
    guard case .sequence(let items, _) = node else { throw invalid(node, node.kind, "a list: [a, b] or lines that begin with -") }
    return items
  }

  /// An integer in a range.
  func integer<T: FixedWidthInteger>(_ node: YAMLNode, _ range: ClosedRange<T>) throws(ImportError) -> T {
    let expected = "an integer from \(range.lowerBound) to \(range.upperBound)"
    let text = try text(node, expected)
    guard let value = T(text), range.contains(value) else { throw invalid(node, text.quoted, expected) }
    return value
  }

  /// true or false.
  func boolean(_ node: YAMLNode) throws(ImportError) -> Bool {
    let text = try text(node, "true or false")
    switch text {
    case "true": return true
    case "false": return false
    default: throw invalid(node, text.quoted, "true or false")
    }
  }

  /// One of a few words.
  func choice<T: RawRepresentable & CaseIterable>(_ node: YAMLNode, _ type: T.Type) throws(ImportError) -> T where T.RawValue == String {
    let names = T.allCases.map(\.rawValue)
    let text = try text(node, "one of \(names.joined(separator: ", "))")
    guard let value = T(rawValue: text) else {
      let nearest = Self.nearest(text, among: names)
      throw Self.error(
        .invalidValue, file, node.place, found: text.quoted, expected: "one of \(names.joined(separator: ", "))",
        remedy: "Did you mean \(nearest)")
    }
    return value
  }

  /// An error about a value.
  func invalid(_ node: YAMLNode, _ found: String, _ expected: String, remedy: String = "Correct the value") -> ImportError {
    Self.error(.invalidValue, file, node.place, found: found, expected: expected, remedy: remedy)
  }

  static func error(
    _ problem: ImportProblem, _ file: String, _ place: YAMLPlace, found: String, expected: String, remedy: String
  ) -> ImportError {
    ImportError(
      problem, at: FilePlace(file: file, line: place.line, column: "\(place.column)"), found: found, expected: expected, remedy: remedy)
  }

  /// The candidate with the least edit distance (the first of equals); empty for no candidate.
  static func nearest(_ text: String, among candidates: [String]) -> String {
    candidates.min { distance(text, $0) < distance(text, $1) } ?? ""
  }

  /// Levenshtein distance over at most 64 bytes of each text.
  private static func distance(_ a: String, _ b: String) -> Int {
    let a = Array(a.utf8.prefix(64))
    let b = Array(b.utf8.prefix(64))
    var row = Array(0...b.count)
    for (i, x) in a.enumerated() {
      var diagonal = i
      row[0] = i + 1
      for (j, y) in b.enumerated() {
        let substituted = diagonal + (x == y ? 0 : 1)
        diagonal = row[j + 1]
        row[j + 1] = min(substituted, diagonal + 1, row[j] + 1)
      }
    }
    return row[b.count]
  }
}

/// Writing texts into YAML.
enum YAMLText {
  /// A double-quoted scalar that any YAML reader reads back as exactly this text.
  static func quote(_ text: String) -> String {
    var out = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": out += "\\\""
      case "\\": out += "\\\\"
      case "\n": out += "\\n"
      case "\t": out += "\\t"
      default:
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned, .surrogate:
          let hex = String(scalar.value, radix: 16, uppercase: true)
          out += "\\U" + String(repeating: "0", count: 8 - hex.count) + hex
        default: out.unicodeScalars.append(scalar)
        }
      }
    }
    return out + "\""
  }

  /// The text bare when that is unmistakable, else quoted.
  static func name(_ text: String) -> String {
    let words: Set<String> = ["true", "false", "null", "yes", "no", "on", "off", "y", "n", "~"]
    let isPlain =
      text.utf8.allSatisfy {
        (0x61...0x7A).contains($0) || (0x41...0x5A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5F
      } && text.utf8.first.map { !(0x30...0x39).contains($0) } == true && !words.contains(text.lowercased())
    return isPlain ? text : quote(text)
  }

  /// The text as a comment's part: one line, no control character.
  static func comment(_ text: String) -> String { text.escaped(limit: 120) }
}

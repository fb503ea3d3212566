/// Reads the part of YAML that lists of trusted keys need: `key: value` lines, and one list of such groups under a key.
///
/// The verifier links no YAML library. Anything beyond that part is refused, never guessed: nesting deeper than a list of groups, anchors,
/// tags, flow style, block texts, tabs. All values are texts.
struct PlainYAML {
  private let path: String
  private var members: [(String, JSONValue)] = []
  private var list: (key: String, groups: [[(String, JSONValue)]], indent: Int)?

  static func read(_ bytes: [UInt8], path: String) throws(TrustFileError) -> JSONValue {
    guard let text = String(validating: bytes, as: UTF8.self) else { throw TrustFileError(path: path, line: nil, problem: "not UTF-8") }
    var reader = PlainYAML(path: path)
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      try reader.take(String(line.last == "\r" ? line.dropLast() : line), number: index + 1)
    }
    reader.endList()
    return .object(JSONObject(reader.members))
  }

  private init(path: String) { self.path = path }

  private func failure(_ number: Int, _ problem: String) -> TrustFileError { TrustFileError(path: path, line: number, problem: problem) }

  private mutating func take(_ line: String, number: Int) throws(TrustFileError) {
    guard !line.contains("\t") else { throw failure(number, "a tab; indent with spaces") }
    let indent = line.prefix { $0 == " " }.count
    let body = line.dropFirst(indent)
    guard !body.isEmpty, body.first != "#", !(indent == 0 && body == "---") else { return }
    if body.hasPrefix("- ") {
      guard var open = list, open.groups.isEmpty || open.indent == indent + 2 else { throw failure(number, "a list item where none can be") }
      let (key, value) = try pair(body.dropFirst(2), number)
      guard let value else { throw failure(number, "no value") }
      open.groups.append([(key, .string(value))])
      open.indent = indent + 2
      list = open
    } else if indent > 0 {
      guard var open = list, var group = open.groups.last, open.indent == indent else { throw failure(number, "unexpected indentation") }
      let (key, value) = try pair(body, number)
      guard let value else { throw failure(number, "no value") }
      guard !group.contains(where: { $0.0 == key }) else { throw failure(number, "the key occurs twice") }
      group.append((key, .string(value)))
      open.groups[open.groups.count - 1] = group
      list = open
    } else {
      endList()
      let (key, value) = try pair(body, number)
      guard !members.contains(where: { $0.0 == key }) else { throw failure(number, "the key occurs twice") }
      if let value { members.append((key, .string(value))) } else { list = (key, [], 0) }
    }
  }

  private mutating func endList() {
    guard let open = list else { return }
    members.append((open.key, .array(open.groups.map { .object(JSONObject($0)) })))
    list = nil
  }

  /// `key: value`, or `key:` alone.
  private func pair(_ text: Substring, _ number: Int) throws(TrustFileError) -> (key: String, value: String?) {
    guard let colon = text.firstIndex(of: ":") else { throw failure(number, "expected key: value") }
    let key = text[..<colon]
    guard !key.isEmpty, key.allSatisfy({ $0.isASCII && $0.isLetter }) else { throw failure(number, "a key is a word") }
    let rest = text[text.index(after: colon)...]
    guard rest.isEmpty || rest.first == " " else { throw failure(number, "a space follows the colon") }
    return (String(key), try scalar(rest.drop { $0 == " " }, number))
  }

  private func scalar(_ text: Substring, _ number: Int) throws(TrustFileError) -> String? {
    guard let first = text.first, first != "#" else { return nil }
    if first == "\"" || first == "'" {
      let inner = text.dropFirst()
      guard let end = inner.firstIndex(of: first), isBlank(inner[inner.index(after: end)...]), !inner[..<end].contains("\\") else {
        throw failure(number, "a quoted text has no escapes and ends in the same quotation mark")
      }
      return String(inner[..<end])
    }
    guard !"&*!|>%@`{}[],?-".contains(first) else { throw failure(number, "a plain text cannot begin with \(first); put it into quotation marks") }
    var value = text
    // A comment begins at a number sign after a space.
    for index in text.indices where text[index] == "#" && index > text.startIndex && text[text.index(before: index)] == " " {
      value = text[..<index]
      break
    }
    while value.last == " " { value.removeLast() }
    guard !value.contains(": ") else { throw failure(number, "a text with a colon stands in quotation marks") }
    return String(value)
  }

  private func isBlank(_ text: Substring) -> Bool {
    let rest = text.drop { $0 == " " }
    return rest.isEmpty || rest.first == "#"
  }
}

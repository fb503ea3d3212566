/// Reads the part of YAML that lists of trusted keys and policies need: `key: value` lines, lists of such groups under a key, and values
/// that are lists of texts in brackets.
///
/// The verifier links no YAML library. Anything beyond that part is refused, never guessed: nesting deeper than a list of groups, anchors,
/// tags, other flow style, block texts, tabs. All values are texts.
struct PlainYAML {
  /// A text outside of that part.
  struct Failure: Error, Equatable {
    /// Counted from 1; nil for the whole file.
    let line: Int?
    let problem: String
  }

  /// The values and where they stand.
  struct Document {
    let value: JSONValue
    /// Line, counted from 1, by JSON pointer.
    let lines: [String: Int]

    /// The line of the value at a pointer, or of what it would stand in.
    func line(of path: String) -> Int? {
      var path = path[...]
      while !path.isEmpty {
        if let line = lines[String(path)] { return line }
        path = path.lastIndex(of: "/").map { path[..<$0] } ?? ""
      }
      return nil
    }
  }

  private var members: [(String, JSONValue)] = []
  private var list: (key: String, groups: [[(String, JSONValue)]], indent: Int)?
  private var lines: [String: Int] = [:]

  static func read(_ bytes: [UInt8], path: String) throws(TrustFileError) -> JSONValue {
    do { return try document(bytes).value } catch { throw TrustFileError(path: path, line: error.line, problem: error.problem) }
  }

  static func document(_ bytes: [UInt8]) throws(Failure) -> Document {
    guard let text = String(validating: bytes, as: UTF8.self) else { throw Failure(line: nil, problem: "not UTF-8") }
    var reader = PlainYAML()
    // By scalars: a carriage return with its line feed is one character.
    for (index, line) in text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      try reader.take(String(line.last == "\r" ? line.dropLast() : line), number: index + 1)
    }
    reader.endList()
    return Document(value: .object(JSONObject(reader.members)), lines: reader.lines)
  }

  private func failure(_ number: Int, _ problem: String) -> Failure { Failure(line: number, problem: problem) }

  private mutating func take(_ line: String, number: Int) throws(Failure) {
    guard !line.contains("\t") else { throw failure(number, "a tab; indent with spaces") }
    let indent = line.prefix { $0 == " " }.count
    let body = line.dropFirst(indent)
    guard !body.isEmpty, body.first != "#", !(indent == 0 && body == "---") else { return }
    if body.hasPrefix("- ") {
      guard var open = list, open.groups.isEmpty || open.indent == indent + 2 else { throw failure(number, "a list item where none can be") }
      let (key, value) = try pair(body.dropFirst(2), number)
      guard let value else { throw failure(number, "no value") }
      lines["/\(open.key)/\(open.groups.count)"] = number
      lines["/\(open.key)/\(open.groups.count)/\(key)"] = number
      open.groups.append([(key, value)])
      open.indent = indent + 2
      list = open
    } else if indent > 0 {
      guard var open = list, var group = open.groups.last, open.indent == indent else { throw failure(number, "unexpected indentation") }
      let (key, value) = try pair(body, number)
      guard let value else { throw failure(number, "no value") }
      guard !group.contains(where: { $0.0 == key }) else { throw failure(number, "the key occurs twice") }
      group.append((key, value))
      open.groups[open.groups.count - 1] = group
      lines["/\(open.key)/\(open.groups.count - 1)/\(key)"] = number
      list = open
    } else {
      endList()
      let (key, value) = try pair(body, number)
      guard !members.contains(where: { $0.0 == key }) else { throw failure(number, "the key occurs twice") }
      lines["/\(key)"] = number
      if let value { members.append((key, value)) } else { list = (key, [], 0) }
    }
  }

  private mutating func endList() {
    guard let open = list else { return }
    members.append((open.key, .array(open.groups.map { .object(JSONObject($0)) })))
    list = nil
  }

  /// `key: value`, or `key:` alone.
  private func pair(_ text: Substring, _ number: Int) throws(Failure) -> (key: String, value: JSONValue?) {
    guard let colon = text.firstIndex(of: ":") else { throw failure(number, "expected key: value") }
    let key = text[..<colon]
    guard !key.isEmpty, key.allSatisfy({ $0.isASCII && $0.isLetter }) else { throw failure(number, "a key is a word") }
    let rest = text[text.index(after: colon)...]
    guard rest.isEmpty || rest.first == " " else { throw failure(number, "a space follows the colon") }
    let value = rest.drop { $0 == " " }
    if value.first == "[" { return (String(key), .array(try texts(value.dropFirst(), number).map(JSONValue.string))) }
    return (String(key), try scalar(value, number).map(JSONValue.string))
  }

  /// `a, "b, c"]` and nothing after it but a comment.
  private func texts(_ text: Substring, _ number: Int) throws(Failure) -> [String] {
    var out: [String] = []
    var rest = text.drop { $0 == " " }
    if rest.first == "]", isBlank(rest.dropFirst()) { return [] }
    while true {
      let item: Substring
      if let quote = rest.first, quote == "\"" || quote == "'" {
        guard let end = rest.dropFirst().firstIndex(of: quote) else { throw failure(number, "a quotation mark is not closed") }
        item = rest[...end]
      } else {
        item = rest.prefix { $0 != "," && $0 != "]" }
        guard !item.contains("[") else { throw failure(number, "a list in brackets holds texts alone") }
      }
      guard let value = try scalar(item, number), !value.isEmpty else { throw failure(number, "an empty place in a list") }
      out.append(value)
      rest = rest[item.endIndex...].drop { $0 == " " }
      guard let next = rest.first, next == "," || next == "]" else { throw failure(number, "a list in brackets ends with ] on its line") }
      rest = rest.dropFirst()
      if next == "]" {
        guard isBlank(rest) else { throw failure(number, "something after the list") }
        return out
      }
      rest = rest.drop { $0 == " " }
    }
  }

  private func scalar(_ text: Substring, _ number: Int) throws(Failure) -> String? {
    guard let first = text.first, first != "#" else { return nil }
    if first == "\"" || first == "'" {
      let inner = text.dropFirst()
      guard let end = inner.firstIndex(of: first), isBlank(inner[inner.index(after: end)...]), !inner[..<end].contains("\\") else {
        throw failure(number, "a quoted text has no escapes and ends in the same quotation mark")
      }
      return String(inner[..<end])
    }
    let isNegative = first == "-" && text.dropFirst().first?.isNumber == true
    guard isNegative || !"&*!|>%@`{}[],?-".contains(first) else {
      throw failure(number, "a plain text cannot begin with \(first); put it into quotation marks")
    }
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

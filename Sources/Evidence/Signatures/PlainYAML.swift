/// Reads the part of YAML that lists of trusted keys and policies need: `key: value` lines, lists of such groups under a key, one of them on a line in
/// braces or its keys below each other, and values that are lists of texts in brackets.
///
/// The verifier links no YAML library. Anything beyond that part is refused, never guessed: nesting deeper than a list of groups, anchors,
/// tags, other flow style, flow style over several lines, block texts, tabs. All values are texts.
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
  /// The list that is read: `isClosed` after a group in braces, which no line continues.
  private var list: (key: String, groups: [[(String, JSONValue)]], indent: Int, isClosed: Bool)?
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
      lines["/\(open.key)/\(open.groups.count)"] = number
      let content = body.dropFirst(2).drop { $0 == " " }
      if content.first == "{" {
        let group = try group(content.dropFirst(), number)
        for (key, _) in group { lines["/\(open.key)/\(open.groups.count)/\(key)"] = number }
        open.groups.append(group)
        // No key can follow below: nothing is indented by so little.
        open.indent = indent + 2
        open.isClosed = true
        list = open
        return
      }
      let (key, value) = try pair(body.dropFirst(2), number)
      guard let value else { throw failure(number, "no value") }
      lines["/\(open.key)/\(open.groups.count)/\(key)"] = number
      open.groups.append([(key, value)])
      open.indent = indent + 2
      open.isClosed = false
      list = open
    } else if indent > 0 {
      guard var open = list, var group = open.groups.last, open.indent == indent, !open.isClosed else {
        throw failure(number, "unexpected indentation")
      }
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
      if let value { members.append((key, value)) } else { list = (key, [], 0, false) }
    }
  }

  private mutating func endList() {
    guard let open = list else { return }
    members.append((open.key, .array(open.groups.map { .object(JSONObject($0)) })))
    list = nil
  }

  /// `key: value, key: [a, b]}` and nothing after it but a comment.
  private func group(_ text: Substring, _ number: Int) throws(Failure) -> [(String, JSONValue)] {
    let end = "a group in braces ends with } on its line; or write each of its keys on a line of its own, the first after `- `"
    var out: [(String, JSONValue)] = []
    var rest = text.drop { $0 == " " }
    while true {
      guard let colon = rest.firstIndex(of: ":") else { throw failure(number, end) }
      let key = String(rest[..<colon])
      guard !key.isEmpty, key.allSatisfy({ $0.isASCII && $0.isLetter }) else { throw failure(number, "a key is a word") }
      guard !out.contains(where: { $0.0 == key }) else { throw failure(number, "the key occurs twice") }
      rest = rest[rest.index(after: colon)...]
      guard rest.first == " " else { throw failure(number, "a space follows the colon") }
      rest = rest.drop { $0 == " " }
      if rest.first == "[" {
        let (texts, after) = try list(rest.dropFirst(), number)
        out.append((key, .array(texts.map(JSONValue.string))))
        rest = after
      } else {
        let item: Substring
        if let quote = rest.first, quote == "\"" || quote == "'" {
          guard let close = rest.dropFirst().firstIndex(of: quote) else { throw failure(number, "a quotation mark is not closed") }
          item = rest[...close]
        } else {
          item = rest.prefix { $0 != "," && $0 != "}" }
          guard !item.contains(where: { "{[]#".contains($0) }) else { throw failure(number, end) }
        }
        guard let value = try scalar(item, number), !value.isEmpty else { throw failure(number, "no value") }
        out.append((key, .string(value)))
        rest = rest[item.endIndex...]
      }
      rest = rest.drop { $0 == " " }
      guard let next = rest.first, next == "," || next == "}" else { throw failure(number, end) }
      rest = rest.dropFirst().drop { $0 == " " }
      if next == "}" {
        guard isBlank(rest) else { throw failure(number, "something after the group") }
        return out
      }
    }
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
    let (out, rest) = try list(text, number)
    guard isBlank(rest) else { throw failure(number, "something after the list") }
    return out
  }

  /// `a, "b, c"]`, and what comes after it.
  private func list(_ text: Substring, _ number: Int) throws(Failure) -> (texts: [String], rest: Substring) {
    var out: [String] = []
    var rest = text.drop { $0 == " " }
    if rest.first == "]" { return ([], rest.dropFirst()) }
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
      if next == "]" { return (out, rest) }
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

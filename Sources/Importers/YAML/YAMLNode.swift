/// YAML as a tree with places: only mappings, sequences and scalars; anchors, aliases and tags are refused where they stand.

import CYaml

/// A node with the place where it begins.
indirect enum YAMLNode: Equatable {
  case scalar(String, isPlain: Bool, YAMLPlace)
  case sequence([YAMLNode], YAMLPlace)
  case mapping([YAMLEntry], YAMLPlace)

  var place: YAMLPlace {
    switch self {
    case .scalar(_, _, let place), .sequence(_, let place), .mapping(_, let place): place
    }
  }

  /// For messages.
  var kind: String {
    switch self {
    case .scalar: "a value"
    case .sequence: "a list"
    case .mapping: "a group of keys"
    }
  }
}

/// One key of a mapping.
struct YAMLEntry: Equatable {
  let key: String
  let place: YAMLPlace
  let value: YAMLNode
}

/// Line and column, from 1.
struct YAMLPlace: Equatable {
  let line: Int
  let column: Int
}

/// Limits of the reader.
enum YAMLLimit {
  static let bytes = 1 << 23
  static let depth = 16
  static let nodes = 1 << 20
}

/// Builds the tree from the events of libyaml.
struct YAMLTreeReader {
  private let file: String
  private var nodes = 0

  /// Reads a single document.
  static func read(_ bytes: [UInt8], file: String) throws(ImportError) -> YAMLNode {
    guard bytes.count <= YAMLLimit.bytes else {
      throw ImportError(
        .tooLong, at: FilePlace(file: file), found: "\(bytes.count) bytes", expected: "at most \(YAMLLimit.bytes)",
        remedy: "Check that this is the right file")
    }
    guard String(validating: bytes, as: UTF8.self) != nil else {
      throw ImportError(
        .invalidUTF8, at: FilePlace(file: file), found: "bytes that are not UTF-8", expected: "UTF-8 text", remedy: "Save the file as UTF-8")
    }
    let result: Result<YAMLNode, ImportError> = bytes.withUnsafeBufferPointer { buffer in
      // The parser keeps its own address, so it lives on the heap.
      let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
      defer { parser.deallocate() }
      guard yaml_parser_initialize(parser) == 1 else {
        return .failure(
          ImportError(.yamlSyntax, at: FilePlace(file: file), found: "no memory for the parser", expected: "memory", remedy: "Try again"))
      }
      defer { yaml_parser_delete(parser) }
      yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
      yaml_parser_set_input_string(parser, buffer.baseAddress, buffer.count)
      var reader = YAMLTreeReader(file: file)
      do throws(ImportError) { return .success(try reader.document(parser)) } catch { return .failure(error) }
    }
    return try result.get()
  }

  private init(file: String) { self.file = file }

  /// What the reader needs of an event.
  private enum Event {
    case streamStart, streamEnd, documentStart, documentEnd, sequenceEnd, mappingEnd
    case scalar(String, isPlain: Bool, YAMLPlace)
    case sequenceStart(YAMLPlace), mappingStart(YAMLPlace)
  }

  private mutating func document(_ parser: UnsafeMutablePointer<yaml_parser_t>) throws(ImportError) -> YAMLNode {
    guard case .streamStart = try next(parser), case .documentStart = try next(parser) else {
      throw error(.emptyFile, YAMLPlace(line: 1, column: 1), "nothing", "a group of keys", "Check that this is the right file")
    }
    let node = try self.node(try next(parser), parser, depth: 0)
    _ = try next(parser)  // the document's end
    guard case .streamEnd = try next(parser) else {
      throw error(.forbiddenYAML, node.place, "more than one document", "one document", "Remove the line ---")
    }
    return node
  }

  private mutating func node(_ event: Event, _ parser: UnsafeMutablePointer<yaml_parser_t>, depth: Int) throws(ImportError) -> YAMLNode {
    nodes += 1
    switch event {
    case .scalar(let text, let isPlain, let place): return .scalar(text, isPlain: isPlain, place)
    case .sequenceStart(let place):
      try checkLimits(place, depth: depth)
      var items: [YAMLNode] = []
      while true {
        let event = try next(parser)
        if case .sequenceEnd = event { return .sequence(items, place) }
        items.append(try node(event, parser, depth: depth + 1))
      }
    case .mappingStart(let place):
      try checkLimits(place, depth: depth)
      var entries: [YAMLEntry] = []
      var keys: Set<String> = []
      while true {
        let event = try next(parser)
        if case .mappingEnd = event { return .mapping(entries, place) }
        guard case .scalar(let key, _, let keyPlace) = event else {
          throw error(.yamlSyntax, place, "a key that is not a text", "a text before the colon", "Write key: value")
        }
        guard keys.insert(key).inserted else {
          throw error(.duplicateKey, keyPlace, "the key \(key.quoted) a second time", "every key once", "Remove one of them")
        }
        entries.append(YAMLEntry(key: key, place: keyPlace, value: try node(try next(parser), parser, depth: depth + 1)))
      }
    default:
      throw error(.yamlSyntax, YAMLPlace(line: 1, column: 1), "an incomplete document", "a group of keys", "Check the indentation")
    }
  }

  private func checkLimits(_ place: YAMLPlace, depth: Int) throws(ImportError) {
    guard depth < YAMLLimit.depth, nodes < YAMLLimit.nodes else {
      throw error(.tooLong, place, "too many or too deeply nested entries", "at most \(YAMLLimit.depth) levels", "Simplify the file")
    }
  }

  private func next(_ parser: UnsafeMutablePointer<yaml_parser_t>) throws(ImportError) -> Event {
    var event = yaml_event_t()
    guard yaml_parser_parse(parser, &event) == 1 else {
      let problem = parser.pointee.problem.map { String(cString: $0) } ?? "not YAML"
      let mark = parser.pointee.problem_mark
      throw error(
        .yamlSyntax, YAMLPlace(line: Int(mark.line) + 1, column: Int(mark.column) + 1), problem.escaped(), "YAML",
        "Check the indentation and quotes there")
    }
    defer { yaml_event_delete(&event) }
    let place = YAMLPlace(line: Int(event.start_mark.line) + 1, column: Int(event.start_mark.column) + 1)
    func refuse(anchor: Bool, tag: Bool) throws(ImportError) {
      if anchor { throw error(.forbiddenYAML, place, "an anchor (&)", "plain keys and values", "Write the value out") }
      if tag { throw error(.forbiddenYAML, place, "a tag (!)", "plain keys and values", "Remove the tag") }
    }
    switch event.type {
    case YAML_STREAM_START_EVENT: return .streamStart
    case YAML_STREAM_END_EVENT: return .streamEnd
    case YAML_DOCUMENT_START_EVENT:
      guard event.data.document_start.tag_directives.start == event.data.document_start.tag_directives.end else {
        throw error(.forbiddenYAML, place, "a %TAG directive", "plain keys and values", "Remove it")
      }
      return .documentStart
    case YAML_DOCUMENT_END_EVENT: return .documentEnd
    case YAML_SEQUENCE_END_EVENT: return .sequenceEnd
    case YAML_MAPPING_END_EVENT: return .mappingEnd
    case YAML_ALIAS_EVENT: throw error(.forbiddenYAML, place, "an alias (*)", "plain keys and values", "Write the value out")
    case YAML_SEQUENCE_START_EVENT:
      try refuse(anchor: event.data.sequence_start.anchor != nil, tag: event.data.sequence_start.tag != nil)
      return .sequenceStart(place)
    case YAML_MAPPING_START_EVENT:
      try refuse(anchor: event.data.mapping_start.anchor != nil, tag: event.data.mapping_start.tag != nil)
      return .mappingStart(place)
    case YAML_SCALAR_EVENT:
      let scalar = event.data.scalar
      try refuse(anchor: scalar.anchor != nil, tag: scalar.tag != nil)
      let text = String(decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length), as: UTF8.self)
      return .scalar(text, isPlain: scalar.style == YAML_PLAIN_SCALAR_STYLE, place)
    default: throw error(.yamlSyntax, place, "an unknown part", "YAML", "Simplify the file")
    }
  }

  private func error(_ problem: ImportProblem, _ place: YAMLPlace, _ found: String, _ expected: String, _ remedy: String) -> ImportError {
    ImportError(
      problem, at: FilePlace(file: file, line: place.line, column: "\(place.column)"), found: found, expected: expected, remedy: remedy)
  }
}

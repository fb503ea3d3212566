import Claims
import Hashing
import Programs

/// A network's public part: its canonical description as JSON, texts and numbers as they stand there.
enum NetworkArchitectureJSON {
  /// Deepest nesting of a description.
  private static let depth = 12

  static func value(_ architecture: NetworkArchitecture) -> JSONValue { value(architecture.canonical) }

  private static func value(_ canonical: CanonicalValue) -> JSONValue {
    switch canonical {
    case .integer(let number): .integer(Int(clamping: number))
    case .text(let text): .string(text)
    case .boolean(let flag): .bool(flag)
    case .list(let items): .array(items.map(value))
    case .dictionary(let entries): .object(JSONObject(entries.map { ($0.key, value($0.value)) }))
    case .bytes(let bytes): .array(bytes.map { .integer(Int($0)) })
    }
  }

  static func read(_ node: JSONNode) throws(StatementError) -> NetworkArchitecture {
    try readingStatements { try NetworkArchitecture(canonical: try canonical(node, depth: depth)) }
  }

  private static func canonical(_ node: JSONNode, depth: Int) throws -> CanonicalValue {
    guard depth > 0 else { throw node.notAllowed("is nested too deeply") }
    switch node.value {
    case .integer(let number):
      guard number >= 0 else { throw node.notAllowed("must not be negative") }
      return .integer(UInt64(number))
    case .string(let text): return .text(text)
    case .bool(let flag): return .boolean(flag)
    case .array: return .list(try node.elements(atMost: ProgramLimits.entries).map { try canonical($0, depth: depth - 1) })
    case .object:
      var entries: [String: CanonicalValue] = [:]
      for member in try node.object().members {
        let own = try canonical(JSONNode(member.value, path: JSONFields.child(node.path, member.key)), depth: depth - 1)
        guard entries.updateValue(own, forKey: member.key) == nil else { throw node.notAllowed("names one entry twice") }
      }
      return .dictionary(entries)
    case .null: throw node.notAllowed("must not be null")
    }
  }
}

/// `networkInference`: `{"model": "net", "rows": 2, "inputs": {"x": "hidden"}, "outputs": {"y": {"published": [1, 2]}}}`; an input or output may
/// also be `{"table": "t", "columns": ["a", "b"]}`.
enum NetworkInferenceJSON {
  static func value(_ claim: NetworkInference) -> JSONValue {
    let inputs = claim.inputs.mapValues { source -> JSONValue in
      switch source {
      case .hidden: "hidden"
      case .published(let values): published(values)
      case .columns(let table, let columns): committed(table, columns)
      }
    }
    let outputs = claim.outputs.mapValues { target -> JSONValue in
      switch target {
      case .published(let values): published(values)
      case .columns(let table, let columns): committed(table, columns)
      }
    }
    return .object(["model": .string(claim.model), "rows": .integer(claim.rows), "inputs": .object(inputs), "outputs": .object(outputs)])
  }

  // Integers may have more than 53 bits: they are written as texts.
  private static func published(_ values: [Int64]) -> JSONValue { .object(["published": .array(values.map { .string(String($0)) })]) }

  private static func committed(_ table: String, _ columns: [String]) -> JSONValue {
    .object(["table": .string(table), "columns": .array(columns.map { .string($0) })])
  }

  static func read(_ node: JSONNode) throws -> NetworkInference {
    let fields = try node.fields(["model", "rows", "inputs", "outputs"])
    var inputs: [String: NetworkInference.Source] = [:]
    for (name, part) in try parts(try fields.node("inputs")) {
      if case .string(let word) = part.value {
        guard word == "hidden" else { throw part.notAllowed("must be hidden, or say what is published or committed") }
        inputs[name] = .hidden
      } else {
        switch try target(part) {
        case .published(let values): inputs[name] = .published(values)
        case .columns(let table, let columns): inputs[name] = .columns(table: table, columns: columns)
        }
      }
    }
    var outputs: [String: NetworkInference.Target] = [:]
    for (name, part) in try parts(try fields.node("outputs")) { outputs[name] = try target(part) }
    return NetworkInference(
      model: try fields.node("model").name(), rows: try fields.node("rows").integer(in: 1...NetworkInference.maximumRows), inputs: inputs,
      outputs: outputs)
  }

  private static func parts(_ node: JSONNode) throws -> [(String, JSONNode)] {
    var out: [(String, JSONNode)] = []
    var names: Set<String> = []
    for member in try node.object().members {
      // Texts that look alike are one key of a dictionary, though two of the document.
      guard names.insert(member.key).inserted else { throw node.notAllowed("names one part twice") }
      out.append((member.key, JSONNode(member.value, path: JSONFields.child(node.path, member.key))))
    }
    return out
  }

  private static func target(_ node: JSONNode) throws -> NetworkInference.Target {
    let fields = try node.fields([], optional: ["published", "table", "columns"])
    switch (fields.optional("published"), fields.optional("table"), fields.optional("columns")) {
    case (let values?, nil, nil):
      return .published(
        try values.elements(atMost: 1 << 22).map { item in
          let text = try item.string()
          guard let number = Int64(text), String(number) == text else { throw item.notAllowed("must be an integer as text") }
          return number
        })
    case (nil, let table?, let columns?):
      return .columns(table: try table.name(), columns: try columns.elements(atMost: 1 << 16).map { try $0.string() })
    default: throw node.notAllowed("must have published, or table and columns")
    }
  }
}

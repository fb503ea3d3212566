extension Chain {
  /// The tree in lines, children under their parents.
  var lines: [String] {
    var out: [String] = []
    for root in roots { Self.add(root, first: "", rest: "", to: &out) }
    return out
  }

  private static func add(_ node: Node, first: String, rest: String, to out: inout [String]) {
    var line = "\(first)\(node.name)"
    if let derivation = node.derivation {
      line += "  \(derivation)"
      if !node.others.isEmpty { line += ", with \(node.others.joined(separator: ", "))" }
      line += node.claim.map { " [\($0)]" } ?? ""
    }
    out.append(line)
    let stem = rest + (node.children.isEmpty ? "   " : "│  ")
    out.append("\(stem)\(node.what)")
    for signature in node.signed { out.append("\(stem)\(signature)") }
    if !node.claims.isEmpty { out.append("\(stem)claims: \(node.claims.joined(separator: ", "))") }
    // Deeper artefacts stay where they are: a chain of thousands would be wider than anybody can read.
    let rest = rest.count < 60 ? rest : String(rest.dropLast(3))
    for (index, child) in node.children.enumerated() {
      let isLast = index == node.children.count - 1
      add(child, first: rest + (isLast ? "└─ " : "├─ "), rest: rest + (isLast ? "   " : "│  "), to: &out)
    }
  }

  /// The chain for programs.
  var json: JSONValue {
    .object([
      "roots": .array(roots.map(Self.json)), "notEvidenced": .array(notEvidenced.map(JSONValue.string)), "wellFormed": .integer(wellFormedCount),
    ])
  }

  /// Flat: a tree of thousands of artefacts would be nested deeper than readers of JSON go.
  private static func json(_ root: Node) -> JSONValue {
    var list: [JSONValue] = []
    func add(_ node: Node, parent: String?) {
      list.append(
        .object([
          "name": .string(node.name), "what": .string(node.what), "from": parent.map(JSONValue.string) ?? .null,
          "how": node.derivation.map(JSONValue.string) ?? .null, "claim": node.claim.map(JSONValue.string) ?? .null,
          "with": .array(node.others.map(JSONValue.string)), "claims": .array(node.claims.map(JSONValue.string)),
          "signed": .array(node.signed.map(JSONValue.string)),
        ]))
      for child in node.children { add(child, parent: node.name) }
    }
    add(root, parent: nil)
    return .array(list)
  }
}

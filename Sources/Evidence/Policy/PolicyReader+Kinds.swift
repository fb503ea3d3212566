extension PolicyReader {
  /// The requirement of one kind from its keys.
  static func kind(_ word: String, _ item: JSONNode, _ keys: JSONFields) throws(JSONShapeError) -> PolicyRequirement.Kind {
    func number(_ key: String) throws(JSONShapeError) -> PolicyNumber? { try keys.optional(key)?.number() }
    func count(_ key: String) throws(JSONShapeError) -> PolicyNumber? {
      guard let node = keys.optional(key) else { return nil }
      return PolicyNumber(try node.count())
    }
    func words(_ key: String) throws(JSONShapeError) -> [String] { try keys.optional(key)?.texts() ?? [] }
    func text(_ key: String) throws(JSONShapeError) -> String? { try keys.optional(key)?.label() }
    func moment(_ key: String) throws(JSONShapeError) -> Timestamp? { try keys.optional(key)?.day() }
    func artefact(_ key: String) throws(JSONShapeError) -> String { try keys.node(key).name() }
    func days() throws(JSONShapeError) -> Int? { try keys.optional("maximumAgeDays")?.count(in: 0...36_500) }
    func least() throws(JSONShapeError) -> PolicyNumber { PolicyNumber(try keys.node("minimum").count()) }

    switch word {
    case "claim": return .claim(type: try artefact("type"), about: try artefact("about"))
    case "rows": return .rows(table: try artefact("table"), minimum: try count("minimum"), maximum: try count("maximum"))
    case "split": return .split(try split(item, keys, try days()))
    case "disjoint":
      let tables = try words("tables")
      guard !tables.isEmpty else { throw try keys.node("tables").notAllowed("names no table") }
      return .disjoint(tables: tables, key: try words("key"))
    case "statistic":
      let node = try keys.node("statistic")
      guard let statistic = PolicyRequirement.StatisticName(rawValue: try node.string()) else {
        throw node.notAllowed("must be one of \(PolicyRequirement.StatisticName.allCases.map(\.rawValue).joined(separator: ", "))")
      }
      let wanted = PolicyRequirement.StatisticWanted(
        table: try artefact("table"), column: try keys.node("column").label(), second: try text("second"), statistic: statistic,
        minimum: try number("minimum"), maximum: try number("maximum"))
      guard statistic.isNumber || wanted.minimum == nil && wanted.maximum == nil else {
        throw node.notAllowed("has no minimum or maximum: it is a list of counts")
      }
      guard (statistic == .pairs) == (wanted.second != nil) else { throw node.notAllowed("`second` goes with pairs, and pairs with `second`") }
      return .statistic(wanted)
    case "groups":
      let columns = try words("columns")
      guard (1...2).contains(columns.count) else { throw try keys.node("columns").notAllowed("must be one or two columns") }
      return .groups(
        table: try artefact("table"), columns: columns, minimum: try least(), allowAbsent: try keys.optional("allowAbsent")?.flag() ?? false)
    case "anonymity":
      let columns = try words("columns")
      guard !columns.isEmpty else { throw try keys.node("columns").notAllowed("names no column") }
      return .anonymity(table: try artefact("table"), columns: columns, minimum: try least())
    case "fit": return .fit(on: try artefact("on"))
    case "transform": return .transform(table: try artefact("table"), from: try keys.optional("from")?.name())
    case "inference":
      return .inference(model: try artefact("model"), input: try artefact("input"), output: try keys.optional("output")?.name())
    case "accuracy":
      return .accuracy(
        .init(
          model: try artefact("model"), input: try artefact("input"), minimum: try number("minimum"), rows: try count("rows"),
          aboveBaseline: try keys.optional("aboveBaseline")?.flag() ?? false))
    case "metric":
      let category = try text("class")
      let ofClass = ["precision", "recall", "f1"]
      let name = try keys.node("metric").word(PolicyRequirement.metricNames)
      guard category != nil || !ofClass.contains(name) else {
        throw try keys.node("metric").notAllowed("is one class's: name it with `class`")
      }
      return .metric(
        .init(
          model: try artefact("model"), input: try artefact("input"), metric: name,
          category: category, minimum: try number("minimum"), maximum: try number("maximum"), rows: try count("rows")))
    case "fairness":
      return .fairness(
        .init(
          model: try artefact("model"), input: try artefact("input"), by: try keys.node("by").label(),
          bands: keys.optional("bands") == nil ? nil : try words("bands"),
          metric: try keys.node("metric").word(PolicyRequirement.fairnessNames), outcome: try keys.node("outcome").label(),
          minimumGroup: try count("minimumGroup"), minimum: try number("minimum"), maximum: try number("maximum")))
    case "signer":
      let role = try keys.node("role").role()
      if let table = keys.optional("table"), role != .owner { throw table.notAllowed("only a data owner signs tables; the others sign the bundle") }
      if role == .owner, keys.optional("table") == nil { throw JSONShapeError(.missing, at: "\(item.path)/table") }
      return .signer(role: role, name: try text("holder"), table: try keys.optional("table")?.name())
    case "soundness":
      let bits = try keys.optional("bits")?.count(in: 1...1_000)
      let profile = try keys.optional("profile")?.name()
      guard bits != nil || profile != nil else { throw item.notAllowed("asks for nothing") }
      return .soundness(bits: bits, profile: profile)
    case "date":
      let (after, before, age) = (try moment("after"), try moment("before"), try days())
      guard after != nil || before != nil || age != nil else { throw item.notAllowed("asks for nothing") }
      return .date(after: after, before: before, maximumAgeDays: age)
    default: return .lineage(tables: try words("tables"))
    }
  }

  private static func split(_ item: JSONNode, _ keys: JSONFields, _ days: Int?) throws(JSONShapeError) -> PolicyRequirement.SplitWanted {
    func list(_ key: String, _ known: [String]) throws(JSONShapeError) -> [String] {
      guard let node = keys.optional(key) else { return [] }
      let words = try node.texts()
      guard words.allSatisfy(known.contains) else { throw node.notAllowed("must be some of \(known.joined(separator: ", "))") }
      return words
    }
    let nonces = try list("nonces", ["auditor", "dated"])
    let nonce = try keys.optional("auditorNonce")?.string("must be 1 to 1,024 bytes in lower-case hexadecimal digits") {
      (2...2_048).contains($0.utf8.count) && $0.utf8.count.isMultiple(of: 2)
        && $0.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }
    let commitment = try keys.optional("commitment")?.digest()
    let dated = try keys.optional("datedNonce")?.label()
    let needed = [
      ("auditorNonce", "auditor"), ("commitment", "auditor"), ("datedNonce", "dated"), ("nonceDate", "dated"), ("maximumAgeDays", "dated"),
    ]
    for (key, word) in needed where !nonces.contains(word) {
      if let node = keys.optional(key) { throw node.notAllowed("needs `nonces: [\(word)]`") }
    }
    return PolicyRequirement.SplitWanted(
      table: try keys.node("table").name(), parts: try keys.optional("parts")?.texts() ?? [],
      methods: try list("methods", ["random", "stratified", "groups", "cutoff"]), nonces: nonces, auditorNonce: nonce, commitment: commitment,
      datedNonce: dated, nonceDate: try keys.optional("nonceDate")?.day(), maximumAgeDays: days)
  }
}

extension JSONNode {
  /// 1 to 200 printable characters.
  func label() throws(JSONShapeError) -> String {
    try string("must be 1 to 200 printable characters") {
      (1...200).contains($0.unicodeScalars.count) && !$0.unicodeScalars.contains(where: TerminalText.isUnsafe)
    }
  }

  /// One of a few words.
  func word(_ known: [String]) throws(JSONShapeError) -> String {
    let word = try string()
    guard known.contains(word) else { throw notAllowed("must be one of \(known.joined(separator: ", "))") }
    return word
  }

  /// Labels in brackets, or one alone.
  func texts() throws(JSONShapeError) -> [String] {
    guard case .array = value else { return [try label()] }
    return try list(atMost: 256) { item throws(JSONShapeError) in try item.label() }
  }

  /// A decimal number, in JSON also a whole one.
  func number() throws(JSONShapeError) -> PolicyNumber {
    if case .integer(let number) = value { return PolicyNumber(number) }
    guard let number = PolicyNumber(try string()) else { throw notAllowed("must be a decimal number of at most 18 digits") }
    return number
  }

  /// A whole number in the range.
  func count(in range: ClosedRange<Int> = 0...1 << 40) throws(JSONShapeError) -> Int {
    let number = try number()
    guard number.digits == 0, let count = Int(exactly: number.numerator), range.contains(count) else {
      throw notAllowed("must be a whole number in \(range.lowerBound)...\(range.upperBound)")
    }
    return count
  }

  /// true or false.
  func flag() throws(JSONShapeError) -> Bool {
    if case .bool(let flag) = value { return flag }
    switch try string() {
    case "true": return true
    case "false": return false
    default: throw notAllowed("must be true or false")
    }
  }

  /// A day (its beginning) or a UTC moment.
  func day() throws(JSONShapeError) -> Timestamp {
    let text = try string()
    guard let moment = Timestamp(text) ?? Timestamp("\(text)T00:00:00Z") else {
      throw notAllowed("must be a day or a UTC moment, e.g. 2026-01-31 or 2026-01-31T12:00:00Z")
    }
    return moment
  }
}

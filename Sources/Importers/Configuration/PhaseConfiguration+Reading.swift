/// Strict reading of `split`, `raw`, `disjoint` and `anonymity` in `pipeline.yaml`.

import Programs

extension PipelineConfiguration {
  private enum MethodWord: String, CaseIterable { case random, stratified, cutoff, groups }

  /// `{test, seed}`: the form that is not proved; with `method`: a proved one.
  mutating func readSplit(_ node: YAMLNode, file: String) throws(ImportError) {
    let group = try YAMLGroup(node, file: file, allowed: ["test", "seed", "method", "nonce", "stratify", "column", "from", "folds"])
    let testNode = group.optional("test")
    if let test = testNode {
      let text = try group.text(test)
      guard let share = RowSplit.fraction(text) else { throw group.invalid(test, text.quoted, "a decimal number from 0 to 1, e.g. 0.25") }
      guard share.numerator > 0, share.numerator < share.denominator else {
        let part = share.numerator > 0 ? "training" : "test"
        throw group.invalid(
          test, "\(text), which leaves no row for the \(part) part", "a share above 0 and below 1, e.g. 0.25",
          remedy: "Write the share of the rows that are tested")
      }
      testFraction = text
    }
    guard let methodNode = group.optional("method") else {
      for key in ["nonce", "stratify", "column", "from", "folds"] {
        guard let other = group.optional(key) else { continue }
        throw group.invalid(
          other, "\(key) without method", "method: random, stratified, cutoff or groups beside it", remedy: "Add method, or remove \(key)")
      }
      if let node = group.optional("seed") { seed = try group.integer(node, 0...(1 << 53)) }
      return
    }
    if let node = group.optional("seed") {
      throw group.invalid(
        node, "seed beside method", "a nonce at most: the seed of a proved split follows from the commitment",
        remedy: "Remove seed, or remove method for a split that is not proved")
    }
    let word = try group.choice(methodNode, MethodWord.self)
    func forbid(_ keys: [String]) throws(ImportError) {
      for key in keys {
        guard let other = group.optional(key) else { continue }
        throw group.invalid(other, "\(key) with method: \(word.rawValue)", "no such key here", remedy: "Remove \(key)")
      }
    }
    if let node = group.optional("folds") {
      guard testNode == nil else {
        throw group.invalid(node, "test beside folds", "one of them: the last of k folds is tested", remedy: "Remove one")
      }
      try readFolds(try group.integer(node, 2...64))
    } else if let test = testNode, !Self.isProvableShare(testFraction) {
      throw group.invalid(test, testFraction.quoted, "at most 6 digits after the point for a proved split")
    }
    var split = ProvedSplit()
    switch word {
    case .random:
      try forbid(["stratify", "column", "from"])
    case .stratified:
      try forbid(["column", "from", "folds"])
      split.method = .stratified(column: try group.optional("stratify").map { node throws(ImportError) in try group.text(node, "a category column") })
    case .cutoff:
      try forbid(["stratify", "nonce", "folds", "test"])
      split.method = .cutoff(column: try group.text(try group.required("column")), from: try group.text(try group.required("from")))
    case .groups:
      try forbid(["stratify", "from", "folds"])
      split.method = .groups(column: try group.text(try group.required("column")))
    }
    if let node = group.optional("nonce") { split.nonce = try Self.nonce(node, file: file) }
    provedSplit = split
  }

  private mutating func readFolds(_ count: Int) throws(ImportError) { folds = count }

  /// Denominators of proved shares are below 2^20.
  static func isProvableShare(_ text: String) -> Bool { RowSplit.fraction(text).map { $0.denominator <= 1_000_000 } ?? false }

  private static func nonce(_ node: YAMLNode, file: String) throws(ImportError) -> NonceSetting {
    let group = try YAMLGroup(node, file: file, allowed: ["auditor", "dated", "date"])
    let (auditor, dated) = (group.optional("auditor"), group.optional("dated"))
    if let auditor, dated == nil {
      if let date = group.optional("date") {
        throw group.invalid(date, "date beside auditor", "no date", remedy: "Remove date, or write dated for auditor")
      }
      let text = try group.text(auditor, "hexadecimal digits")
      guard let bytes = hexadecimal(text), (8...64).contains(bytes.count) else {
        throw group.invalid(auditor, text.quoted, "8 to 64 bytes in hexadecimal, as the auditor gave them")
      }
      return .auditor(bytes)
    }
    guard let dated, auditor == nil else {
      throw group.invalid(node, "neither or both of auditor and dated", "{auditor: HEX}, or {dated: TEXT, date: 2026-11-01}")
    }
    let text = try group.text(dated, "a public text or hexadecimal digits")
    guard (1...200).contains(text.utf8.count) else { throw group.invalid(dated, text.quoted, "1 to 200 bytes") }
    let dateNode = try group.required("date")
    let date = try group.text(dateNode, "a date such as 2026-11-01")
    guard isDate(date) else { throw group.invalid(dateNode, date.quoted, "a date such as 2026-11-01 or 2026-11-01T12:00:00Z") }
    return .dated(hexadecimal(text).flatMap { $0.count >= 8 ? $0 : nil } ?? Array(text.utf8), date: date)
  }

  /// Bytes of an even number of hexadecimal digits, or nil.
  static func hexadecimal(_ text: String) -> [UInt8]? {
    let digits = text.utf8.map { byte -> UInt8? in
      switch byte {
      case 0x30...0x39: byte - 0x30
      case 0x41...0x46: byte - 0x37
      case 0x61...0x66: byte - 0x57
      default: nil
      }
    }
    guard !digits.isEmpty, digits.count.isMultiple(of: 2) else { return nil }
    var bytes: [UInt8] = []
    for index in stride(from: 0, to: digits.count, by: 2) {
      guard let high = digits[index], let low = digits[index + 1] else { return nil }
      bytes.append(high << 4 | low)
    }
    return bytes
  }

  /// `YYYY-MM-DD`, or with `Thh:mm:ssZ`; months and days within 1 … 12 and 1 … 31.
  static func isDate(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    let pattern = Array("dddd-dd-ddTdd:dd:ddZ".utf8)
    guard bytes.count == 10 || bytes.count == 20 else { return false }
    for (byte, wanted) in zip(bytes, pattern) where wanted == 0x64 ? !(0x30...0x39).contains(byte) : byte != wanted { return false }
    func number(_ place: Int) -> Int { Int(bytes[place] - 0x30) * 10 + Int(bytes[place + 1] - 0x30) }
    guard (1...12).contains(number(5)), (1...31).contains(number(8)) else { return false }
    return bytes.count == 10 || (number(11) < 24 && number(14) < 60 && number(17) < 61)
  }

  /// `raw: {artefact: NAME}`.
  mutating func readRaw(_ node: YAMLNode, file: String) throws(ImportError) {
    let group = try YAMLGroup(node, file: file, allowed: ["artefact"])
    rawArtefact = try group.text(try group.required("artefact"), "the name of a table in the store")
  }

  /// `disjoint: true`, or a list of key columns.
  mutating func readDisjoint(_ node: YAMLNode, _ root: YAMLGroup) throws(ImportError) {
    if case .scalar = node {
      disjoint = try root.boolean(node) ? .rows : nil
      return
    }
    let names = try root.texts(node)
    guard !names.isEmpty, Set(names).count == names.count else { throw root.invalid(node, "no column, or one twice", "true, or different columns") }
    disjoint = .key(names)
  }

  /// `anonymity: {columns: [...], minimum: k}`.
  mutating func readAnonymity(_ node: YAMLNode, file: String) throws(ImportError) {
    let group = try YAMLGroup(node, file: file, allowed: ["columns", "minimum"])
    let columnsNode = try group.required("columns")
    let names = try group.texts(columnsNode)
    guard !names.isEmpty, Set(names).count == names.count else { throw group.invalid(columnsNode, "no column, or one twice", "different columns") }
    anonymity = AnonymitySetting(columns: names, minimum: try group.integer(try group.required("minimum"), 2...1_000_000))
  }

  /// What contradicts itself over several keys.
  func checkPhase(_ root: YAMLGroup) throws(ImportError) {
    if let node = root.optional("raw") {
      for key in ["data", "schema"] {
        guard let other = root.optional(key) else { continue }
        throw root.invalid(
          other, "\(key) beside raw", "one of them: an artefact of the store has its rows and its schema", remedy: "Remove \(key), or remove raw")
      }
      guard provedSplit != nil else { throw needsSplit(root, node, "raw") }
    }
    for key in ["join", "prepare", "statistics", "anonymity", "disjoint"] {
      guard let node = root.optional(key), provedSplit == nil else { continue }
      if key == "disjoint", disjoint == nil { continue }
      throw needsSplit(root, node, key)
    }
  }

  private func needsSplit(_ root: YAMLGroup, _ node: YAMLNode, _ key: String) -> ImportError {
    root.invalid(
      node, "\(key) with a split that is not proved", "split: {test: 0.25, method: random} or another method",
      remedy: "Give split a method in place of its seed, or remove \(key)")
  }
}

extension VerificationReport {
  /// The report for a terminal: 100 columns at most, ASCII control characters and everything that could act on the terminal escaped.
  public var text: String {
    var out = TextLines()
    out.add("Evidence for a determination, not a determination.")
    out.add("")
    out.add("Bundle   \(bundleID)")
    out.add("Written  \(manifest.created) by zkmlops \(manifest.toolVersion), format \(Manifest.formatVersion), profile \(manifest.profile)")
    out.add("Previous \(manifest.previous ?? "none")")
    addSigners(to: &out)
    out.add("")
    let cost = "\(ByteCount.text(proofByteCount)) of proofs, \(Milliseconds.text(microseconds))"
    out.add("Verified \(counted(claims.count, "claim")) in \(counted(proofs.count, "proof")): \(cost).")
    for (index, claim) in claims.enumerated() {
      out.add("")
      out.add("\(index + 1). \(claim.entry.name) (\(claim.entry.type))")
      out.add(claim.description)
    }
    let chain = Chain(self)
    out.add("")
    out.add("Chain: what comes from what, with the claim that says so")
    for line in chain.lines { out.add("  " + line) }
    out.add("  No claim stands on an artefact whose well-formedness is unproved: checked for \(counted(chain.wellFormedCount, "artefact")).")
    if !chain.notEvidenced.isEmpty {
      out.add("")
      out.add("Not evidenced in the chain")
      for sentence in chain.notEvidenced { out.item(sentence, indent: 2) }
    }
    out.add("")
    out.add("Proofs")
    for proof in proofs {
      let size = "\(ByteCount.text(proof.byteCount)), \(Milliseconds.text(proof.microseconds))"
      out.add("  \(proof.entry.digest.prefix(16))…  \(size), \(proof.summary.soundnessBits) bits, \(proof.summary.field)")
      out.item(proof.entry.claims.joined(separator: ", "), indent: 5)
    }
    out.add("")
    out.add("Not established by this bundle")
    for sentence in notEstablished { out.item(sentence, indent: 2) }
    return out.text
  }

  private func addSigners(to out: inout TextLines) {
    if !signers.contains(where: \.isOfManifest) { out.add("Signed   no: the bundle is unsigned, nobody vouches for it") }
    for signer in signers {
      let words = words(signer)
      out.add((signer.isOfManifest ? "Signed   " : "Data     ") + words.who)
      out.add("         key \(signer.fingerprint)")
      for detail in words.details { out.item(detail, indent: 9) }
    }
  }

  /// A signer in words: role and name, and what was signed.
  func words(_ signer: Signer) -> (who: String, details: [String]) {
    let who = "\(signer.role.words): \(name(of: signer).map { "\($0) (trusted)" } ?? "unknown")"
    switch signer.subject {
    case .manifest(let claims): return (who, claims ? [] : signer.role == .provider ? ["claims.jsonl is not signed by this key"] : [])
    case .dataset(let artefact, let statement):
      let keys = statement.keyColumns.isEmpty ? "" : ", key \(statement.keyColumns.joined(separator: ", "))"
      return (
        who,
        [
          "\(artefact): committed as \(statement.name), \(counted(statement.rowCount, "row"))\(keys), signed \(statement.date)",
          "for: \(statement.purpose)",
        ]
      )
    }
  }

  private func counted(_ count: Int, _ noun: String) -> String {
    "\(count) \(noun)\(count == 1 ? "" : "s")"
  }
}

extension ManifestEdge.Kind {
  /// The kind as words between the two names.
  var words: String {
    switch self {
    case .derivedFrom: "is derived from"
    case .fittedOn: "is fitted on"
    case .trainedOn: "is trained on"
    case .evaluatedOn: "is evaluated on"
    case .predictedBy: "is predicted by"
    case .sameDataAs: "holds the same data as"
    }
  }
}

extension Figure {
  /// The figure as sentences.
  var sentences: [String] {
    switch self {
    case .accuracy(let accuracy): accuracy.sentences
    case .value(let label, let text): ["\(label): \(text)"]
    // Their numbers are among what the claim shows.
    case .metric, .groups: []
    case .confusionMatrix(let matrix):
      ["Confusion matrix of \(matrix.total) rows:"]
        + zip(matrix.classes, matrix.counts).map { name, row in
          "actual \(name): " + zip(matrix.classes, row).map { "\($1) as \($0)" }.joined(separator: ", ")
        }
    }
  }
}

/// Sizes as text, in powers of 1000.
enum ByteCount {
  static func text(_ count: Int) -> String {
    guard count >= 1_000 else { return "\(count) B" }
    // Rounded up: a size is never printed smaller than it is.
    let tenths = count / 100 + (count.isMultiple(of: 100) ? 0 : 1)
    guard tenths >= 10_000 else { return "\(tenths / 10).\(tenths % 10) kB" }
    let megabytes = tenths / 1_000 + (tenths.isMultiple(of: 1_000) ? 0 : 1)
    return "\(megabytes / 10).\(megabytes % 10) MB"
  }
}

/// Times as text.
enum Milliseconds {
  static func text(_ microseconds: Int) -> String {
    "\(microseconds / 1_000).\(microseconds / 100 % 10) ms"
  }
}

/// Lines of text, escaped and folded at spaces.
private struct TextLines {
  private static let width = 100
  private(set) var text = ""

  /// One line as it is, escaped but not folded.
  mutating func add(_ line: String) {
    text += TerminalText.escaped(line) + "\n"
  }

  /// A claim's parts.
  mutating func add(_ description: ClaimDescription) {
    section("shown", description.shows + description.figures.flatMap(\.sentences))
    let revealed = description.discloses.filter { $0.extent != .hidden }
      .map { "\($0.field): \($0.value)\($0.extent == .bounded ? " (a bound)" : "")" }
    let hidden = description.discloses.filter { $0.extent == .hidden }.map(\.field)
    section("revealed", revealed, empty: "nothing beyond the above")
    section("hidden", hidden.isEmpty ? [] : [hidden.joined(separator: ", ")], empty: "")
    section("not shown", description.doesNotShow, empty: "")
  }

  private mutating func section(_ title: String, _ sentences: [String], empty: String = "–") {
    guard !sentences.isEmpty || !empty.isEmpty else { return }
    add("   \(title)")
    for sentence in sentences.isEmpty ? [empty] : sentences { item(sentence, indent: 5) }
  }

  /// A bulleted sentence, folded.
  mutating func item(_ sentence: String, indent: Int) {
    let margin = String(repeating: " ", count: indent)
    var line = margin + "-"
    for word in TerminalText.escaped(sentence).split(separator: " ", omittingEmptySubsequences: false) {
      if line.unicodeScalars.count + 1 + word.unicodeScalars.count > Self.width, line != margin + "-" {
        text += line + "\n"
        line = margin + " "
      }
      line += " " + word
    }
    text += line + "\n"
  }
}

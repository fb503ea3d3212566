import Claims

extension PolicyEvaluation {
  // MARK: Signatures

  func signer(_ role: SigningRole, _ name: String?, _ word: String?) -> Verdict {
    guard let word else {
      return signed(report.signers.filter { $0.isOfManifest && $0.role == role }, role, name, "the bundle")
    }
    return each(word) { artefact in
      let own = report.signers.filter { signer in
        if case .dataset(let table, _) = signer.subject { return signer.role == role && provenance.areEqual(table, artefact) }
        return false
      }
      return signed(own, role, name, artefact)
    }
  }

  private func signed(_ signers: [Signer], _ role: SigningRole, _ name: String?, _ subject: String) -> Verdict {
    guard let first = signers.first else { return .notMet("\(subject) is not signed by a \(role.words)") }
    guard report.trust.entries.contains(where: { $0.role == role }) else {
      return .notCheckable("\(subject) is signed by key \(first.fingerprint.prefix(16))…, but this verifier was told of no trusted \(role.words)")
    }
    let holders = signers.compactMap { report.name(of: $0) }
    if let holder = holders.first(where: { holder in name.map { same($0, holder) } ?? true }) { return .met("\(subject) is signed by \(holder)") }
    guard let holder = holders.first else {
      return .notMet("\(subject) is signed by key \(first.fingerprint.prefix(16))…, which is not on the list of trusted keys")
    }
    return .notMet("\(subject) is signed by \(holder)")
  }

  /// The earliest date at which a trusted owner signed exactly this commitment; equal values do not count, since a new commitment to them could
  /// have been made later.
  func ownerDate(_ table: String) -> Timestamp? {
    report.signers.compactMap { signer -> Timestamp? in
      guard case .dataset(let name, let statement) = signer.subject, name == table, report.name(of: signer) != nil else { return nil }
      return statement.date
    }.min()
  }

  // MARK: Bundle

  func soundness(_ bits: Int?, _ profile: String?) -> Verdict {
    var verdicts: [Verdict] = []
    if let profile {
      let own = report.manifest.profile
      verdicts.append(Verdict(own == profile ? .met : .notMet, "the profile is \(own)"))
    }
    if let bits {
      let least = report.proofs.map(\.summary.soundnessBits).min()
      verdicts.append(
        least.map { Verdict($0 >= bits ? .met : .notMet, "the weakest proof has \($0) bits") } ?? .notEvidenced("the bundle has no proof"))
    }
    return .all(verdicts)
  }

  func date(_ after: Timestamp?, _ before: Timestamp?, _ age: Int?) -> Verdict {
    let created = report.manifest.created
    var verdicts: [Verdict] = []
    func add(_ holds: Bool) {
      let outcome = BundleRequirements.vouched(report, "", holds: holds, reason: "the manifest says \(created)")
      verdicts.append(Verdict(outcome.state, outcome.reason))
    }
    if let after { add(created > after) }
    if let before { add(created < before) }
    if let age { add(created <= now && now.seconds - created.seconds <= age * Timestamp.secondsPerDay) }
    return .all(verdicts)
  }

  // MARK: Lineage

  func lineage(_ words: [String]) -> Verdict {
    let tables = report.manifest.artefacts.map(\.name).filter { table($0) != nil }
    guard !words.isEmpty else {
      guard !tables.isEmpty else { return .notEvidenced("the bundle has no table") }
      let grounded = grounded()
      return .all(tables.map { origin($0, grounded) })
    }
    let grounded = grounded()
    return .all(
      words.map { word in each(word) { table($0) == nil ? .notCheckable("\($0) is a model: training is not proved") : origin($0, grounded) } })
  }

  /// Tables that are signed by a trusted owner, or that a claim determines from such tables alone: the least such set, so that tables which
  /// determine only each other are not in it.
  private func grounded() -> Set<String> {
    var found: Set<String> = []
    var grows = true
    while grows {
      grows = false
      for name in report.manifest.artefacts.map(\.name) where table(name) != nil && !found.contains(name) {
        guard isSigned(name) || groundedStep(name, found) != nil else { continue }
        found.formUnion(provenance.equals(name))
        grows = true
      }
    }
    return found
  }

  private func isSigned(_ name: String) -> Bool { provenance.equals(name).contains { ownerDate($0) != nil } }

  /// The first claim that determines the table from tables of `grounded` (and models) alone.
  private func groundedStep(_ name: String, _ grounded: Set<String>) -> Provenance.Step? {
    provenance.determining(name).first { step in
      let tables = step.sources.filter { table($0) != nil }
      return !tables.isEmpty && tables.allSatisfy(grounded.contains)
    }
  }

  /// Walks to the tables that nothing determines: each must be signed.
  private func origin(_ name: String, _ grounded: Set<String>) -> Verdict {
    var seen: Set<String> = []
    var open = [name]
    var roots: [String] = []
    var verdicts: [Verdict] = []
    while let next = open.popLast() {
      guard seen.insert(next).inserted, table(next) != nil else { continue }
      let equal = provenance.equals(next)
      seen.formUnion(equal)
      if let signed = equal.first(where: { ownerDate($0) != nil }) {
        roots.append(signed)
        continue
      }
      if let step = groundedStep(next, grounded) {
        open += step.sources
        continue
      }
      let steps = provenance.determining(next)
      if steps.isEmpty {
        verdicts.append(.notEvidenced(openEnd(next, of: name)))
      } else {
        open += steps.flatMap(\.sources)
      }
    }
    guard verdicts.isEmpty else { return .all(verdicts) }
    guard grounded.contains(name) else {
      return .notEvidenced("\(name) comes from no signed table: the claims lead to tables that determine only each other, or to no table")
    }
    return .met(roots == [name] ? "\(name) is signed" : "\(name) comes from \(roots.sorted().joined(separator: ", ")), signed")
  }

  private func openEnd(_ root: String, of name: String) -> String {
    let chain = root == name ? "\(name)" : "\(name) leads to \(root), which"
    if let open = provenance.equals(root).compactMap({ provenance.partlyFilled[$0] }).first {
      let columns = open.prefix(3).joined(separator: ", ") + (open.count > 3 ? ", …" : "")
      return "\(chain) has columns that no claim determines (\(columns))"
    }
    let signer = report.signers.first { signer in
      if case .dataset(let table, _) = signer.subject { return provenance.areEqual(table, root) }
      return false
    }
    if let signer {
      return "\(chain) is signed by key \(signer.fingerprint.prefix(16))…, which is not on the list of trusted keys, and no claim derives it"
    }
    return "\(chain) is neither derived from anything by a claim nor signed by a data owner"
  }
}

extension Timestamp {
  static let secondsPerDay = 86_400

  /// Seconds since 0000-03-01, not counting leap seconds.
  var seconds: Int {
    let bytes = Array(description.utf8)
    func number(_ range: Range<Int>) -> Int { bytes[range].reduce(0) { $0 * 10 + Int($1) - 0x30 } }
    let month = number(5..<7)
    let year = number(0..<4) - (month <= 2 ? 1 : 0)
    let days = 365 * year + year / 4 - year / 100 + year / 400 + (153 * ((month + 9) % 12) + 2) / 5 + number(8..<10) - 1
    return days * Self.secondsPerDay + number(11..<13) * 3_600 + number(14..<16) * 60 + number(17..<19)
  }
}

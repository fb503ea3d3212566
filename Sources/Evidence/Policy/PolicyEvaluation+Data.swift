import Claims
import Programs

extension PolicyEvaluation {
  // MARK: Splits

  func split(_ wanted: PolicyRequirement.SplitWanted) -> Verdict {
    each(wanted.table) { table in
      let own = claims.compactMap { entry -> (name: String, claim: SplitClaim)? in
        guard case .data(.split(let split)) = entry.statement, provenance.rowSources(split.table).contains(table) else { return nil }
        return (entry.name, split)
      }
      guard !own.isEmpty else { return .notEvidenced("no claim says how the rows of \(table) were dealt") }
      var parts: [String] = []
      for word in wanted.parts {
        let names = artefacts(word)
        guard !names.isEmpty else { return .notEvidenced("the bundle has no artefact with the role or name \(word)") }
        parts += names
      }
      let fitting = own.filter { split in parts.allSatisfy { part in split.claim.parts.contains { provenance.areEqual($0, part) } } }
      guard !fitting.isEmpty else { return .notEvidenced("no split of \(table) has \(parts.joined(separator: ", ")) among its parts") }
      // Every one: otherwise a harmless split could stand in for the one that was used.
      return .all(fitting.map { method($0.name, $0.claim, wanted) })
    }
  }

  private func method(_ name: String, _ split: SplitClaim, _ wanted: PolicyRequirement.SplitWanted) -> Verdict {
    guard wanted.methods.isEmpty || wanted.methods.contains(split.rule.method) else { return .notMet("\(name): \(split.rule.words)") }
    guard !wanted.nonces.isEmpty, let nonce = split.rule.nonce else { return .met("\(name): \(split.rule.words)") }
    guard !nonce.bytes.isEmpty else { return .notMet("\(name): the split has no nonce, so the seed could have been ground") }
    switch nonce.source {
    case .prover: return .notMet("\(name): the prover chose the nonce, so the seed could have been ground")
    case .auditor:
      guard wanted.nonces.contains("auditor") else { return .notMet("\(name): the nonce is said to be the auditor's") }
      return auditorNonce(name, split.table, nonce, wanted)
    case .dated(let date):
      guard wanted.nonces.contains("dated") else { return .notMet("\(name): the nonce is a dated value, not the auditor's") }
      return datedNonce(name, split.table, nonce, date, wanted)
    }
  }

  /// Only who gave the nonce can tell that it is theirs, and for which commitment they gave it: one that was made later could be ground.
  private func auditorNonce(_ name: String, _ table: String, _ nonce: Nonce, _ wanted: PolicyRequirement.SplitWanted) -> Verdict {
    let text = Hexadecimal.text(nonce.bytes)
    guard let own = wanted.auditorNonce else {
      return .notCheckable("\(name) says that \(text) is the auditor's nonce; put the one you gave into the policy as auditorNonce")
    }
    guard own == text else { return .notMet("\(name): the nonce is \(text), not the auditor's") }
    let identity = report.manifest.artefacts.first { $0.name == table }?.identity
    if let commitment = wanted.commitment {
      guard commitment == identity else {
        return .notMet("\(name): the nonce was given for another commitment than that of \(table), so the seed could have been ground")
      }
    } else if ownerDate(table) == nil {
      return .notCheckable(
        "\(name): the nonce is the auditor's, but for which commitment it was given is not known; put the identity into the policy as commitment")
    }
    return .met("\(name): \(text) is the auditor's nonce, given for this commitment")
  }

  /// A value that nobody knew before its date, later than the commitment: that it is one, the reader looks up.
  private func datedNonce(
    _ name: String, _ table: String, _ nonce: Nonce, _ text: String, _ wanted: PolicyRequirement.SplitWanted
  ) -> Verdict {
    guard let date = Timestamp(text) ?? Timestamp("\(text)T00:00:00Z") else { return .notMet("\(name): the nonce's date is no UTC time") }
    guard let signed = ownerDate(table) else {
      return .notEvidenced("\(name): no trusted data owner dated the commitment of \(table) before the nonce, so the seed could have been ground")
    }
    guard date > signed else {
      return .notMet("\(name): the nonce of \(date) is not later than the signature on \(table) of \(signed), so the seed could have been ground")
    }
    let created = report.manifest.created
    guard date <= created else { return .notMet("\(name): the nonce of \(date) is later than the bundle of \(created)") }
    let own = Hexadecimal.text(nonce.bytes)
    guard let looked = wanted.datedNonce, let known = wanted.nonceDate else {
      return .notCheckable(
        "\(name) says that \(readable(nonce) ?? own) is a public value of \(date); look it up, and put what you find into the policy as datedNonce, "
          + "and when it became public as nonceDate")
    }
    guard known > signed else {
      return .notMet("\(name): the nonce was public on \(known), before the signature on \(table) of \(signed), so the seed could have been ground")
    }
    guard own == Hexadecimal.text(Array(looked.utf8)) || own == looked else {
      return .notMet("\(name): the nonce is \(readable(nonce) ?? own), not the public value that was looked up")
    }
    let words = "\(name): the nonce is the public value that was looked up, of \(date), later than the owner's signature of \(signed)"
    guard let days = wanted.maximumAgeDays else { return .met(words) }
    let isRecent = created.seconds - date.seconds <= days * Timestamp.secondsPerDay
    let outcome = BundleRequirements.vouched(report, "", holds: isRecent, reason: "\(words), and the bundle of \(created)")
    return Verdict(outcome.state, outcome.reason)
  }

  /// A nonce that is a printable text; nil for other bytes.
  private func readable(_ nonce: Nonce) -> String? {
    guard let text = String(validating: nonce.bytes, as: UTF8.self), !text.unicodeScalars.contains(where: TerminalText.isUnsafe) else { return nil }
    return "\"\(text)\""
  }

  // MARK: Tables against each other

  func disjoint(_ words: [String], _ key: [String]) -> Verdict {
    var tables: [String] = []
    for word in words {
      let names = artefacts(word)
      guard !names.isEmpty else { return .notEvidenced("the bundle has no artefact with the role or name \(word)") }
      for name in names where !tables.contains(where: { provenance.areEqual($0, name) }) { tables.append(name) }
    }
    guard tables.count >= 2 else { return .notEvidenced("\(words.joined(separator: ", ")) names one table alone") }
    // Rows that differ in some columns differ in more of them.
    let own = claims.filter { entry in
      guard case .data(.disjoint(let claim)) = entry.statement else { return false }
      let covers = tables.allSatisfy { table in claim.tables.contains { provenance.areEqual($0, table) } }
      guard covers, !key.isEmpty else { return covers }
      return !claim.columns.isEmpty && claim.columns.allSatisfy { column in key.contains { same($0, column) } }
    }
    guard !own.isEmpty else {
      return .notEvidenced(
        "no claim says that \(tables.joined(separator: ", ")) share no \(key.isEmpty ? "row" : "value of \(key.joined(separator: ", "))")")
    }
    return .met(by: own.map(\.name))
  }

  func anonymity(_ word: String, _ columns: [String], _ minimum: PolicyNumber) -> Verdict {
    each(word) { name in
      let own = data(about: name) { if case .anonymity(let claim) = $0 { (claim, claim.table) } else { nil } }
      // Fewer columns make larger groups.
      let fitting = own.filter { entry in columns.allSatisfy { column in entry.claim.quasiIdentifiers.contains { same($0, column) } } }
      return .any(
        fitting.map { entry in
          let interval = ProvedInterval(lower: Int128(entry.claim.minimum), upper: Int128(Int.max))
          return Verdict(interval.state(minimum: minimum, maximum: nil), "\(entry.name): at least \(entry.claim.minimum) rows of every combination")
        }, otherwise: .notEvidenced("no claim of anonymity of \(name) covers these columns"))
    }
  }

  // MARK: Preprocessing

  func fit(_ word: String) -> Verdict {
    each(word) { table in
      var verdicts: [Verdict] = []
      var fitted: [String] = []
      for (name, statement) in claims {
        guard case .data(.fit(let claim)) = statement else { continue }
        fitted.append(claim.parameters)
        verdicts.append(
          holdsRows(claim.table, of: table)
            ? .met("\(name): \(claim.parameters) is fitted on \(claim.table)") : .notMet("\(name): \(claim.parameters) is fitted on \(claim.table)"))
      }
      for (name, statement) in claims {
        guard case .data(.transform(let claim)) = statement, let parameters = claim.parameters,
          !fitted.contains(where: { provenance.areEqual($0, parameters) })
        else { continue }
        verdicts.append(.notEvidenced("\(name) uses \(parameters), of which no claim says what it is fitted on"))
      }
      guard !verdicts.isEmpty else { return .notEvidenced("no claim fits anything") }
      return .all(verdicts)
    }
  }

  func transform(_ word: String, _ source: String?) -> Verdict {
    each(word) { name in
      let own = data(about: name) { if case .transform(let claim) = $0 { (claim, claim.output) } else { nil } }
      guard !own.isEmpty else { return .notEvidenced("no claim says how \(name) was transformed") }
      guard let source else { return .met(by: own.map(\.name)) }
      let wanted = artefacts(source)
      let reached = provenance.ancestors(name)
      guard wanted.contains(where: { reached.contains($0) }) else {
        return wanted.isEmpty
          ? .notEvidenced("the bundle has no artefact with the role or name \(source)")
          : .notMet("\(name) comes from \(own.map(\.claim.input).joined(separator: ", ")), not from \(wanted.joined(separator: ", "))")
      }
      return .met(by: own.map(\.name))
    }
  }
}

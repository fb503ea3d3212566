import Claims
import Programs

/// How one requirement ends, and why.
struct Verdict: Equatable {
  let state: BundleRequirements.State
  let reason: String

  init(_ state: BundleRequirements.State, _ reason: String) {
    self.state = state
    self.reason = reason
  }

  static func met(_ reason: String) -> Verdict { Verdict(.met, reason) }
  static func notMet(_ reason: String) -> Verdict { Verdict(.notMet, reason) }
  static func notEvidenced(_ reason: String) -> Verdict { Verdict(.notEvidenced, reason) }
  static func notCheckable(_ reason: String) -> Verdict { Verdict(.notCheckable, reason) }

  /// Met by claims alone.
  static func met(by claims: [String]) -> Verdict { .met("proved by \(claims.joined(separator: ", "))") }

  private var rank: Int {
    switch state {
    case .notMet: 0
    case .notEvidenced: 1
    case .notCheckable: 2
    case .met: 3
    }
  }

  /// The worst of several that must all hold; reasons of equally bad ones follow each other.
  static func all(_ verdicts: [Verdict]) -> Verdict {
    guard let worst = verdicts.map(\.rank).min() else { return .notEvidenced("there is nothing to look at") }
    return joined(verdicts.filter { $0.rank == worst })
  }

  /// The best of several of which one suffices. A claim that says the contrary decides against those that leave it open: what is proved is true.
  static func any(_ verdicts: [Verdict], otherwise: Verdict) -> Verdict {
    let met = verdicts.filter { $0.state == .met }
    if !met.isEmpty { return joined(met) }
    for state in [BundleRequirements.State.notMet, .notCheckable, .notEvidenced] {
      let own = verdicts.filter { $0.state == state }
      if !own.isEmpty { return joined(own) }
    }
    return otherwise
  }

  private static func joined(_ verdicts: [Verdict]) -> Verdict {
    var reasons: [String] = []
    for verdict in verdicts where !reasons.contains(verdict.reason) { reasons.append(verdict.reason) }
    let shown = reasons.prefix(4).joined(separator: "; ") + (reasons.count > 4 ? "; and \(reasons.count - 4) more" : "")
    return Verdict(verdicts.first?.state ?? .notEvidenced, shown)
  }
}

/// Holds requirements against one verified bundle. Everything is derived from statements, formats and signatures; names and roles of artefacts are
/// the writer's words.
struct PolicyEvaluation {
  let report: VerificationReport
  let now: Timestamp
  let provenance: Provenance
  /// Claims with their statements, in the order of the manifest.
  let claims: [(name: String, statement: ClaimStatement)]
  /// Artefacts with a verified claim of well-formedness.
  let wellFormed: Set<String>

  init(report: VerificationReport, now: Timestamp) {
    self.report = report
    self.now = now
    provenance = Provenance(report)
    claims = report.claims.compactMap { claim in report.statements[claim.entry.name].map { (claim.entry.name, $0) } }
    wellFormed = Set(report.claims.filter { $0.entry.type == ClaimDescription.wellFormedType }.flatMap(\.description.uses))
  }

  func verdict(_ kind: PolicyRequirement.Kind) -> Verdict {
    switch kind {
    case .claim(let type, let about): claim(type, about)
    case .rows(let table, let minimum, let maximum): rows(table, minimum, maximum)
    case .split(let wanted): split(wanted)
    case .disjoint(let tables, let key): disjoint(tables, key)
    case .statistic(let wanted): statistic(wanted)
    case .groups(let table, let columns, let minimum, let allowAbsent): groups(table, columns, minimum, allowAbsent)
    case .anonymity(let table, let columns, let minimum): anonymity(table, columns, minimum)
    case .fit(let table): fit(table)
    case .transform(let table, let source): transform(table, source)
    case .inference(let model, let input, let output): inference(model, input, output)
    case .accuracy(let wanted): accuracy(wanted)
    case .metric(let wanted): metric(wanted)
    case .fairness(let wanted): fairness(wanted)
    case .signer(let role, let name, let table): signer(role, name, table)
    case .soundness(let bits, let profile): soundness(bits, profile)
    case .date(let after, let before, let age): date(after, before, age)
    case .lineage(let tables): lineage(tables)
    }
  }

  // MARK: Artefacts

  /// Artefacts that a word names, by role or name, in the order of the manifest. Of tables with the same rows before and after a transformation the
  /// first one alone: what is claimed of the later ones counts for it.
  func artefacts(_ word: String) -> [String] {
    let named = report.manifest.artefacts.filter { $0.role == word || $0.name == word }.map(\.name)
    let all = Set(named)
    return named.filter { name in
      !provenance.sameRows(name).contains { all.contains($0) && !provenance.areEqual($0, name) }
    }
  }

  /// Whether a table holds the rows of another: it is that table, of equal values, or transformed from it.
  func holdsRows(_ table: String, of original: String) -> Bool { provenance.sameRows(table).contains(original) }

  /// The verdict over every artefact that the word names; not evidenced when there is none.
  func each(_ word: String, _ verdict: (String) -> Verdict) -> Verdict {
    let names = artefacts(word)
    guard !names.isEmpty else { return .notEvidenced("the bundle has no artefact with the role or name \(word)") }
    return .all(names.map(verdict))
  }

  func table(_ name: String) -> (schema: TableSchema, rows: Int)? {
    guard case .table(let schema, let rows)? = report.contents[name] else { return nil }
    return (schema, rows)
  }

  func noTable(_ name: String) -> Verdict { .notEvidenced("\(name) is no table") }

  /// Whether a word of the policy and a name from data are the same.
  func same(_ first: String, _ second: String) -> Bool { first.hasSameScalars(as: second) }

  /// The data claims of one kind about a table or one of equal values.
  func data<Claim>(about table: String, _ pick: (DataClaim) -> (claim: Claim, table: String)?) -> [(name: String, claim: Claim)] {
    claims.compactMap { entry in
      guard case .data(let data) = entry.statement, let (claim, own) = pick(data), provenance.areEqual(own, table) else { return nil }
      return (entry.name, claim)
    }
  }

  // MARK: Any claim

  /// Types that this verifier knows.
  private static let types: Set<String> = [
    "wellFormed", "inference", "accuracy", "classCounts", "sameDataAs", SplitClaim.type, StatisticsClaim.type, FilterClaim.type,
    DeduplicateClaim.type, JoinClaim.type, DisjointClaim.type, AnonymityClaim.type, FitClaim.type, TransformClaim.type,
    ConfusionClaim.type, RankingClaim.type, ErrorClaim.type, TrainingClaim.type, OptimumClaim.type, TreeTrainingClaim.type,
    NetworkInference.type,
  ]

  private func claim(_ type: String, _ about: String) -> Verdict {
    guard Self.types.contains(type) || report.claims.contains(where: { $0.entry.type == type }) else {
      return .notCheckable("this verifier knows no claim of type \(type)")
    }
    let whole = TrainingChain.whole(report.statements)
    return each(about) { artefact in
      let own = report.claims.filter { claim in
        claim.entry.type == type && claim.description.uses.contains { provenance.areEqual($0, artefact) }
      }
      // The last steps of a training alone say nothing of the model: they may start anywhere.
      let valid = own.filter { type != TrainingClaim.type || whole.contains($0.entry.name) }
      if valid.isEmpty, let partial = own.first {
        return .notEvidenced("\(partial.entry.name) starts at a checkpoint to which no proved steps lead")
      }
      return own.isEmpty ? .notEvidenced("no claim of type \(type) is about \(artefact)") : .met(by: valid.map(\.entry.name))
    }
  }

  private func rows(_ word: String, _ minimum: PolicyNumber?, _ maximum: PolicyNumber?) -> Verdict {
    each(word) { name in
      guard let (_, rows) = table(name) else { return noTable(name) }
      guard wellFormed.contains(name) else { return .notEvidenced("nothing is proved of \(name)") }
      return Verdict(ProvedInterval(Int128(rows)).state(minimum: minimum, maximum: maximum), "\(name) has \(ClaimMeaning.count(rows, "row"))")
    }
  }
}
